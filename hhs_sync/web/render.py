"""Fills templates in: everything that a template prints is escaped, and a name that does not exist is an error."""

from __future__ import annotations

import datetime as dt
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from hhs_sync.money import format_money
from hhs_sync.web.assets import address_of
from hhs_sync.web.rights import Right


def render(template: str, **content: object) -> bytes:
    """A page, or a part of one, as bytes."""
    return environment().get_template(template).render(**content).encode()


@cache
def environment() -> Environment:
    """Templates and their filters: `money` (cents to "1,234.50"), `moment` and `day` (ISO), `clock`, `count`."""
    made = Environment(
        loader=PackageLoader("hhs_sync.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(money=format_money, moment=_moment, clock=_clock, day=_day, count=_count)
    made.globals.update(static=address_of, Right=Right)
    return made


def _moment(at: dt.datetime | None) -> str:
    """A moment to the minute, "2026-11-24 06:10"; a dash where there is none."""
    return f"{at:%Y-%m-%d %H:%M}" if at else "–"


def _clock(at: dt.datetime) -> str:
    return f"{at:%H:%M}"


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else "–"


def _count(number: int) -> str:
    return f"{number:,}"
