"""A report as a spreadsheet (XLSX): one sheet for each part, typed cells, filters, a header that stays in sight.

Amounts and days are numbers to the spreadsheet, so that it can add and sort them; texts are written as texts, so that
none is ever taken for a formula or an address. The sum of a column follows the filter that a person sets. Rows go to
disk as they are written: a sheet of many rows never stands in memory as a whole.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter
from msgspec import Struct
from xlsxwriter.utility import xl_col_to_name

from hhs_sync.answers import DECISION, TO_FILL_IN, WAIT
from hhs_sync.answers.decisions import WORDS
from hhs_sync.reports.table import Kind, Table, shown

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from hhs_sync.reports.table import Cell, Column

PIECE_BYTES = 1 << 16
WIDTH_MIN, WIDTH_MAX = 8, 56
MEASURED_ROWS = 300
"""Rows that the width of a column is taken from; a longer text further down wraps."""
FILL_IN_WIDTH = 18
SHEET_NAME_MAX = 31
# The spreadsheet's own limit, less the header and the sum.
ROWS_MAX = 1_048_576 - 2
NUMBER = {Kind.MONEY: "#,##0.00;-#,##0.00;0.00", Kind.COUNT: "#,##0", Kind.DATE: "yyyy-mm-dd", Kind.TEXT: "@"}


class Page(Struct, frozen=True):
    """What stands on top of each page."""

    title: str
    subtitle: str
    as_of: dt.date | None


class Look(Struct, frozen=True):
    """How cells look: the header, each kind of cell, cells to fill in, and the sums."""

    header: Format
    fill_in_header: Format
    cell: dict[Kind, Format]
    fill_in: Format
    fill_in_day: Format
    total: dict[Kind, Format]


def write_workbook(
    tables: Sequence[Table], *, title: str, subtitle: str, as_of: dt.date | None, made_at: dt.datetime
) -> Iterator[bytes]:
    """Tables as one XLSX file, piece by piece; each table is a sheet. `made_at` is the moment that it bears."""
    with tempfile.TemporaryDirectory(prefix="hhs-sync-") as folder:
        path = Path(folder) / "report.xlsx"
        _write(path, tables, Page(title, subtitle, as_of), made_at)
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece


def _write(path: Path, tables: Sequence[Table], page: Page, made_at: dt.datetime) -> None:
    options = {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False,
               "strings_to_urls": False, "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": page.title, "subject": page.subtitle, "created": made_at.replace(tzinfo=None)})
        book.set_size(2400, 1500)
        look = _look(book)
        for table in tables:
            sheet = book.add_worksheet(table.title[:SHEET_NAME_MAX])
            _set_up_page(sheet, page, table.title)
            _write_table(sheet, table, look)


def _look(book: Workbook) -> Look:
    top = {"valign": "top"}
    number = {kind: {"num_format": form, **top} for kind, form in NUMBER.items()}
    wrap = {"text_wrap": True}
    header = {"bold": True, "bottom": 1, "valign": "bottom", **wrap}
    return Look(
        book.add_format({**header, "bg_color": "#E9F2EE"}),
        book.add_format({**header, "bg_color": "#FAF1DE"}),
        {kind: book.add_format({**form, **(wrap if kind is Kind.TEXT else {})}) for kind, form in number.items()},
        book.add_format({"bg_color": "#FFFBF1", "num_format": "@", "border": 1, "border_color": "#E2DFD6", **wrap}),
        book.add_format({"bg_color": "#FFFBF1", "num_format": NUMBER[Kind.DATE], "border": 1,
                         "border_color": "#E2DFD6"}),
        {kind: book.add_format({**form, "bold": True, "top": 1}) for kind, form in number.items()},
    )  # fmt: skip


def _set_up_page(sheet: Worksheet, page: Page, part: str) -> None:
    """Landscape, as wide as the paper, the header on every page; what it is on top, the page's number below."""
    sheet.set_landscape()
    sheet.set_paper(1)  # Letter.
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.repeat_rows(0)
    heading = f"{page.title} – {page.subtitle}: {part}".replace("&", "&&")
    sheet.set_header(f"&L{heading}&R{f'As of {page.as_of}' if page.as_of else ''}")
    sheet.set_footer("&LClients appear by code only&RPage &P of &N")


def _write_table(sheet: Worksheet, table: Table, look: Look) -> None:
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        fill_in = column.name in TO_FILL_IN
        hidden = {} if column.paper or fill_in else {"hidden": True}
        width = FILL_IN_WIDTH if fill_in else _width(table, place)
        form = look.fill_in_day if column.name == WAIT else look.fill_in if fill_in else None
        sheet.set_column(place, place, width, form, hidden)
        sheet.write_string(0, place, column.name, look.fill_in_header if fill_in else look.header)
    rows = table.rows[:ROWS_MAX]
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            _write_cell(sheet, (number, place), cell, table.columns[place], look)
    if not rows:
        sheet.write_string(1, 0, table.empty)
        return
    sheet.autofilter(0, 0, len(rows), len(table.columns) - 1)
    if table.total:
        _write_total(sheet, table, len(rows), look)
    _offer_decisions(sheet, table, len(rows))


def _write_cell(sheet: Worksheet, at: tuple[int, int], cell: Cell, column: Column, look: Look) -> None:
    if column.name in TO_FILL_IN:
        sheet.write_blank(*at, None, look.fill_in_day if column.name == WAIT else look.fill_in)
    elif cell is None or cell == "":
        return
    elif column.kind is Kind.MONEY:
        assert isinstance(cell, int), "money is whole cents"
        # A cell of a spreadsheet is a float: hundredths up to ninety trillion are told exactly enough to print.
        sheet.write_number(*at, cell / 100, look.cell[Kind.MONEY])
    elif isinstance(cell, int):
        sheet.write_number(*at, cell, look.cell[Kind.COUNT])
    elif isinstance(cell, dt.date):
        sheet.write_datetime(*at, cell, look.cell[Kind.DATE])
    else:
        sheet.write_string(*at, cell, look.cell[Kind.TEXT])


def _write_total(sheet: Worksheet, table: Table, rows: int, look: Look) -> None:
    """The last line: sums that follow the filter."""
    assert table.total is not None, "only called with a total"
    for place, (cell, column) in enumerate(zip(table.total, table.columns, strict=True)):
        if isinstance(cell, str):
            sheet.write_string(rows + 1, place, cell, look.total[Kind.TEXT])
        elif isinstance(cell, int):
            letter = xl_col_to_name(place)
            value = cell / 100 if column.kind is Kind.MONEY else cell
            formula = f"=SUBTOTAL(109,{letter}2:{letter}{rows + 1})"
            sheet.write_formula(rows + 1, place, formula, look.total[column.kind], value)


def _offer_decisions(sheet: Worksheet, table: Table, rows: int) -> None:
    """Let the column of decisions offer the words that are understood, without refusing others."""
    names = [column.name for column in table.columns]
    if DECISION in names:
        place = names.index(DECISION)
        offer: dict[str, Any] = {"validate": "list", "source": sorted(WORDS), "error_type": "information"}
        sheet.data_validation(1, place, rows, place, offer)


def _width(table: Table, place: int) -> int:
    """Wide enough for most of what stands in a column."""
    column = table.columns[place]
    texts = [shown(row[place], column.kind) for row in table.rows[:MEASURED_ROWS]]
    longest = max((len(one) for one in (*texts, column.name)), default=0)
    return max(WIDTH_MIN, min(longest + 2, WIDTH_MAX))
