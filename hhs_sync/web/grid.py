"""A table on a page: cells with what they lead to. `grid.html` shows it; amounts to the right, 0.00 printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from urllib.parse import quote

from msgspec import Struct

from hhs_sync.money import Money, format_money

ROWS_MAX = 150
"""Rows of a table that has no pages: some 60 kB. Its sums are over all of them."""


class Cell(Struct, frozen=True):
    """One cell: its text, where it leads, a class for its look, and whether it holds an amount."""

    text: str
    href: str = ""
    look: str = ""
    is_number: bool = False


class Column(Struct, frozen=True):
    """A heading; numbers stand to the right."""

    name: str
    is_number: bool = False


class Grid(Struct, frozen=True, kw_only=True):
    """Rows under headings; `foot` is the line of sums, `more` leads to the rows that follow.

    A `slim` one is as wide as what stands in it, so that a name and its amount stay side by side.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[Cell, ...] = ()
    note: str = ""
    empty: str = "Nothing."
    more: str = ""
    slim: bool = False

    @property
    def shown(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows that the page shows: one of thousands would be slow to load, and nobody reads to its end."""
        return self.rows[:ROWS_MAX]


def columns(*names: str, numbers: Sequence[str] = ()) -> tuple[Column, ...]:
    """Headings, those in `numbers` to the right."""
    return tuple(Column(name, name in numbers) for name in names)


def text(said: str, href: str = "", look: str = "") -> Cell:
    """A text."""
    return Cell(said, href, look)


def day(on: dt.date | None, href: str = "") -> Cell:
    """A day, or nothing."""
    return Cell(on.isoformat() if on else "", href, "date")


def money(amount: Money, href: str = "", *, should_be_nothing: bool = False) -> Cell:
    """An amount; one that should be nothing is marked where it is something."""
    return Cell(format_money(amount), href, "off" if should_be_nothing and amount else "", is_number=True)


def number(count: int, href: str = "") -> Cell:
    """A count."""
    return Cell(f"{count:,}", href, is_number=True)


def of_practice(practice: str, *parts: str) -> str:
    """The address of one of a practice's pages; whatever stands in a key is quoted."""
    return "/".join(["/practice", quote(practice), *(quote(part, safe="/:") for part in parts)])
