"""A table of a report, and its plain forms: CSV for spreadsheets, JSON for programs.

A cell is a text, whole cents, a count, a day or nothing; its column says which. So amounts stay numbers wherever a
table goes, and texts can be made harmless: a spreadsheet takes a cell that begins with = + - or @ for a formula, and
such a text gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from hhs_sync.money import format_money, plain_money

Cell: TypeAlias = str | int | dt.date | None

BYTE_ORDER_MARK = "\ufeff"
PIECE_ROWS = 500
"""Rows of a CSV that are written at once."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Kind(Enum):
    """What the cells of a column are. Money is whole cents."""

    TEXT = "text"
    MONEY = "money"
    COUNT = "count"
    DATE = "date"


class Column(Struct, frozen=True):
    """A column: its heading, and what stands in it. What is not for `paper` is for programs only."""

    name: str
    kind: Kind = Kind.TEXT
    paper: bool = True


class Table(Struct, frozen=True, kw_only=True):
    """Rows under headings. `total` is the last line, where one makes sense; `note` a sentence below."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    note: str = ""
    empty: str = "Nothing."

    def on_paper(self) -> tuple[tuple[int, Column], ...]:
        """The columns that people see, each with its place in the rows."""
        return tuple((place, column) for place, column in enumerate(self.columns) if column.paper)


def text(name: str, *, paper: bool = True) -> Column:
    """A column of texts."""
    return Column(name, Kind.TEXT, paper)


def money(name: str) -> Column:
    """A column of amounts."""
    return Column(name, Kind.MONEY)


def count(name: str) -> Column:
    """A column of counts."""
    return Column(name, Kind.COUNT)


def date(name: str) -> Column:
    """A column of days."""
    return Column(name, Kind.DATE)


def shown(cell: Cell, kind: Kind) -> str:
    """A cell as people read it: "1,234.50", "2025-11-24", "3"; nothing as nothing, and 0 as 0.00."""
    if cell is None:
        return ""
    if kind is Kind.MONEY:
        assert isinstance(cell, int), "money is whole cents"
        return format_money(cell)
    if kind is Kind.COUNT:
        assert isinstance(cell, int), "a count is a whole number"
        return f"{cell:,}"
    return str(cell)


def write_csv(tables: Sequence[Table]) -> Iterator[bytes]:
    """Tables as one CSV, piece by piece, with a byte order mark, by which spreadsheets know UTF-8.

    Several tables share one header: every column of any of them, after a column `Part` that names the table.
    """
    headings = list(dict.fromkeys(column.name for table in tables for column in table.columns))
    several = len(tables) > 1
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    out.write(BYTE_ORDER_MARK)
    writer.writerow(["Part", *headings] if several else headings)
    for table in tables:
        places = {column.name: place for place, column in enumerate(table.columns)}
        for number, row in enumerate(table.rows, start=1):
            cells = [_plain(row[places[name]], table.columns[places[name]].kind) if name in places else ""
                     for name in headings]  # fmt: skip
            writer.writerow([table.title, *cells] if several else cells)
            if number % PIECE_ROWS == 0:
                yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    """What was written so far, which is then forgotten."""
    piece = out.getvalue().encode()
    out.seek(0)
    out.truncate()
    return piece


def _plain(cell: Cell, kind: Kind) -> str:
    """A cell for a spreadsheet: amounts as bare numbers, texts that cannot be taken for formulas."""
    if cell is None:
        return ""
    if kind is Kind.MONEY:
        assert isinstance(cell, int), "money is whole cents"
        return plain_money(cell)
    written = str(cell)
    return f"'{written}" if isinstance(cell, str) and written.startswith(_FORMULA) else written


def write_json(
    content: dict[str, Any], tables: Iterable[Table], listed: Mapping[str, Iterable[dict[str, Any]]] | None = None
) -> Iterator[bytes]:
    """Data as JSON, piece by piece: `content`, then what is `listed` under its names, then the tables.

    Amounts in tables are texts with two decimals, days are ISO texts.
    """
    yield msgspec.json.format(msgspec.json.encode(content), indent=2).rstrip(b"}\n ")
    for name, values in (listed or {}).items():
        yield from _array(name, values)
    yield from _array("tables", (_data(table) for table in tables))
    yield b"\n}\n"


def _array(name: str, values: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """One key with a list, each value on a line of its own."""
    yield f',\n  "{name}": ['.encode()
    for number, value in enumerate(values):
        yield (b",\n    " if number else b"\n    ") + msgspec.json.encode(value)
    yield b"]"


def _data(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "columns": [{"name": column.name, "kind": column.kind.value} for column in table.columns],
        "rows": [_fields(table, row) for row in table.rows],
        **({"total": _fields(table, table.total)} if table.total else {}),
    }


def _fields(table: Table, row: tuple[Cell, ...]) -> dict[str, Cell]:
    return {
        column.name: plain_money(cell) if column.kind is Kind.MONEY and isinstance(cell, int) else cell
        for column, cell in zip(table.columns, row, strict=True)
    }
