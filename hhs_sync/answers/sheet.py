"""Reads a filled-in list, CSV or XLSX, into rows of texts, whatever a spreadsheet program made of the file on the way.

    encodings       UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252
    separators      comma, semicolon or tab, as the header shows
    numbers         a whole number in a cell is told without decimals: a float is never shown as such
    days            cells that hold a day are told as ISO texts; how people write days is read in `cells`

The first sheet with a header that names the key or the id is the list.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from msgspec import Struct

from hhs_sync.answers import ID, KEY, TO_FILL_IN
from hhs_sync.errors import AnswersError

if TYPE_CHECKING:
    from collections.abc import Sequence

ZIP = b"PK\x03\x04"
BYTES_MAX = 64 << 20
"""A list of 50,000 exceptions is some 40 MB as CSV; what is larger is some other file."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Row(Struct, frozen=True):
    """One row: where it stands, for messages, and its texts by their headings."""

    place: str
    cells: Mapping[str, str]


def read_rows(content: bytes, name: str) -> Iterator[Row]:
    """The rows of a list under its header. Raises AnswersError when the file is no such list; `name` is for that."""
    if len(content) > BYTES_MAX:
        raise AnswersError(f"{name}: larger than {BYTES_MAX >> 20} MB: this is no list of exceptions")
    for sheet, lines in _sheets(content, name):
        header: list[str] | None = None
        for number, line in lines:
            if header is None:
                header = [text.strip() for text in line] if KEY in line or ID in line else None
                continue
            cells = dict(zip(header, line, strict=False))
            if any(cells.get(column) for column in (KEY, ID)):
                yield Row(f"{name}, {sheet}row {number}", cells)
        if header is not None:
            return
    raise AnswersError(
        f"{name}: no column is headed {KEY} or {ID}: export the list anew with `hhs-sync report exceptions`, and fill"
        f" in its columns {', '.join(TO_FILL_IN)}"
    )


def _sheets(content: bytes, name: str) -> Iterator[tuple[str, Iterable[tuple[int, Sequence[str]]]]]:
    """Each sheet with what its rows are called by; a CSV is one sheet without a name."""
    if content.startswith(ZIP):
        yield from _of_workbook(content, name)
    else:
        yield "", _of_csv(content)


def _of_csv(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for cells in reader:
        yield reader.line_num, cells


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF16):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _of_workbook(content: bytes, name: str) -> Iterator[tuple[str, Iterable[tuple[int, Sequence[str]]]]]:
    import openpyxl  # noqa: PLC0415  Only who reads a workbook waits for the library.

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        problem = f"cannot be read as a workbook ({type(error).__name__}): save it as XLSX or CSV"
        raise AnswersError(f"{name}: {problem}") from None
    try:
        for sheet in book.worksheets:
            rows = ([_text(cell) for cell in line] for line in sheet.iter_rows(values_only=True))
            yield f"sheet “{sheet.title}”, ", enumerate(rows, start=1)
    finally:
        book.close()


def _text(cell: object) -> str:
    """A cell as text: what a person sees there, days as ISO texts."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    if isinstance(cell, float):
        # The shortest text that gives the same float: 25.1 stands as 25.1, 25.0 as 25.
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)
