"""Renders templates: everything that a template prints is escaped, and a name that does not exist is an error."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from hhs_sync.findings.catalogue import GROUPS
from hhs_sync.money import format_money
from hhs_sync.reports.table import Kind, shown

if TYPE_CHECKING:
    from hhs_sync.reports.table import Cell

PIECES = 256
"""Pieces of a template that are handed on at once."""


def render(template: str, **content: object) -> Iterator[bytes]:
    """A page, piece by piece. Raises jinja2.TemplateError when the template is wrong: a mistake of ours."""
    stream = _environment().get_template(template).stream(**content)
    stream.enable_buffering(PIECES)
    return (piece.encode() for piece in stream)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("hhs_sync.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(money=format_money, moment=_moment, cell=_cell)
    environment.globals.update(groups=GROUPS, MONEY=Kind.MONEY, COUNT=Kind.COUNT, DATE=Kind.DATE)
    return environment


def _moment(at: dt.datetime) -> str:
    """A moment to the minute: "2025-11-24 06:10"."""
    return f"{at:%Y-%m-%d %H:%M}"


def _cell(value: Cell, kind: Kind) -> str:
    return shown(value, kind)
