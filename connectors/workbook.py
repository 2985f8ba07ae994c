"""Excel workbooks (XLSX): each sheet as the text of a CSV file, so that one reader of tables serves both.

What a cell becomes:

    a number              in 15 digits, as Excel shows it: a formula's 59.900000000000006 is 59.9
    a date                as the config says that this source writes dates
    a line break          "; ", so that a row of the sheet is a line and is told by its number
    a formula             its result, as Excel saved it

Hidden sheets are not read: nobody saw what they hold.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import warnings
import zipfile
from typing import TYPE_CHECKING, NamedTuple

from hhs_sync.facts.document import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

BEGINS = b"PK\x03\x04"
"""How an XLSX begins; so does every other ZIP archive."""

UNPACKED_MAX = 512 * 1024 * 1024
"""Bytes. A sheet of 100,000 rows and 24 columns unpacks to some 150 MB; an archive made to fill the disk, to more."""
COLUMNS_MAX = 200
"""Cells right of these are not looked at: the widest export known has some 80 columns."""


class Spelling(NamedTuple):
    """How a source writes dates (as `strftime` has it) and the decimal sign."""

    date: str = "%Y-%m-%d"
    decimal: str = "."


PLAIN = Spelling()


def read_sheets(content: bytes, spelling: Spelling) -> list[str] | Unreadable:
    """The visible sheets of a workbook as CSV text, in order; or why there is none."""
    problem = _why_no_workbook(content)
    if problem:
        return Unreadable(place="file", problem=problem, whole_document=True)
    import openpyxl  # noqa: PLC0415 - it takes longer to import than most files take to read.

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # It warns of decorations that it does not know.
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            return [_text(_rows(sheet), spelling) for sheet in visible]
    except Exception:  # noqa: BLE001 - a damaged workbook makes it raise whatever its parts raise.
        problem = "this workbook is damaged: open it, and save it again as XLSX or CSV"
        return Unreadable(place="file", problem=problem, whole_document=True)


def _why_no_workbook(content: bytes) -> str:
    """Why this archive is not to be opened; "" when it is a workbook of a size that one can bear."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return "this Excel workbook or archive is cut off or damaged: save it again as XLSX or CSV"
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        return "this is an archive and no Excel workbook: unpack it first, or save the table as XLSX or CSV"
    if sum(part.file_size for part in parts) > UNPACKED_MAX:
        return f"this workbook unpacks to more than {UNPACKED_MAX // 1024 // 1024} MB: save it as CSV, in parts"
    return ""


def _rows(sheet: object) -> Iterable[tuple[object, ...]]:
    # Some programs write that a sheet is one cell large; then only that cell would be read.
    sheet.reset_dimensions()  # type: ignore[attr-defined]
    return sheet.iter_rows(max_col=COLUMNS_MAX, values_only=True)  # type: ignore[attr-defined, no-any-return]


def _text(rows: Iterable[tuple[object, ...]], spelling: Spelling) -> str:
    told = [[_cell(value, spelling) for value in row] for row in rows]
    while told and not any(told[-1]):
        told.pop()
    width = max((place + 1 for row in told for place, cell in enumerate(row) if cell), default=0)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows((row + [""] * width)[:width] for row in told)
    return text.getvalue()


def _cell(value: object, spelling: Spelling) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return format(value, ".15G").replace(".", spelling.decimal)
    if isinstance(value, dt.datetime):
        time = value.strftime(" %H:%M") if (value.hour, value.minute) != (0, 0) else ""
        return value.strftime(spelling.date) + time
    if isinstance(value, dt.date):
        return value.strftime(spelling.date)
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    return "; ".join(line.strip() for line in str(value).splitlines() if line.strip())
