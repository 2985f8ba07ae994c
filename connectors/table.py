"""Bytes of an export to rows: encoding, delimiter, heading line, and rows that fit the heading. CSV, or XLSX.

    Report of appointments            lines before the heading are passed over
    Date;Client;Fee                   the heading: the first line that names every column we can't do without
    2026-03-04;C-17;"150,00"          a row, with the number of its first line
    Date;Client;Fee                   the heading again, as pages of a report repeat it: passed over
    Total;;"150,00"                   a line of totals: passed over when its date can't be read

Of a workbook the first visible sheet that has the heading is read; a second one is told. A row that does not fit is an
`Unreadable` with its line, never quoting a cell. A quotation mark that is opened and not closed swallows rows: such
rows are told, with all their lines, and not taken for one.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, NamedTuple

from connectors.workbook import BEGINS as WORKBOOK
from connectors.workbook import PLAIN, Spelling, read_sheets
from hhs_sync.facts.document import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DELIMITERS = (",", "\t", ";", "|")
HEADING_WITHIN = 30
"""Lines in which the heading must stand: reports begin with a title, the period and a blank line or two."""

_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "an Excel workbook of the old form, or one with a password: save it as XLSX or CSV"),
    (b"%PDF", "a PDF: export it as CSV"),
    (b"<!DOCTYPE", "a web page (a sign-in page, perhaps), not an export"),
    (b"<html", "a web page (a sign-in page, perhaps), not an export"),
)
_TOTAL = re.compile(r"^(grand |sub)?-?total|^(sum|page total|report total)\b", re.IGNORECASE)
_WORDS = re.compile(r"[a-z0-9#]+")


class Column(NamedTuple):
    """A field, the headings under which it may stand, and whether a file without it is of no use."""

    field: str
    headings: tuple[str, ...]
    required: bool = False


class Table:
    """The rows of one file. `index` says where in a row each field stands; an absent field is an empty last cell."""

    def __init__(self, text: str, delimiter: str, header_row: int, columns: Sequence[Column]) -> None:
        """Stand right behind the heading."""
        self.text = text
        self.delimiter = delimiter
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        self.header = [next(self._reader) for _ in range(header_row + 1)][-1]
        self.width = len(self.header)
        places = find_columns(self.header, columns)
        self.index: Mapping[str, int] = {column.field: places.get(column.field, self.width) for column in columns}
        self._needed = max(places[column.field] for column in columns if column.required)
        self.unreadable: list[Unreadable] = []

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with the number of its first line, one empty cell longer than the heading."""
        reader, width, header = self._reader, self.width, self.header
        before = reader.line_num
        try:
            for row in reader:
                line = before + 1
                before = reader.line_num
                if before > line and self._swallowed(row, line, before):
                    continue
                if len(row) != width and not self._fits(row, line):
                    continue
                if row[0] == header[0] and row == header:
                    continue
                row.append("")
                yield line, row
        except csv.Error:
            self._tell(before + 1, "from this line on the file is no table (a quotation mark is not closed?)")

    def is_nothing(self, row: Sequence[str]) -> bool:
        """True for a line that tells no fact of its own: blank, or adding up the ones above it."""
        first = next((cell.strip() for cell in row if cell.strip()), "")
        return not first or _TOTAL.match(first) is not None

    def _tell(self, line: int, problem: str) -> None:
        self.unreadable.append(Unreadable(place=f"line {line}", problem=problem))

    def _fits(self, row: list[str], line: int) -> bool:
        """Bring a row to the width of the heading, or say why not.

        Programs leave empty cells off the end of a line, or add some; what we need must be there, and a last line
        without its end is one that was cut off.
        """
        if self.is_nothing(row):
            return False
        while len(row) > self.width and not row[-1].strip():
            row.pop()
        if len(row) > self.width:
            self._tell(line, f"{len(row)} columns where the heading has {self.width}")
            return False
        cut = len(row) < self.width and line > self.text.count("\n") and not self.text.endswith(("\n", "\r"))
        if len(row) <= self._needed or cut:
            self._tell(line, f"only {len(row)} columns where the heading has {self.width}: the line is cut off")
            return False
        row.extend([""] * (self.width - len(row)))
        return True

    def _swallowed(self, row: list[str], first: int, last: int) -> bool:
        """True when a row over several lines is rather a quotation mark gone astray than a cell with line breaks."""
        inner = [line for cell in row if "\n" in cell or "\r" in cell for line in cell.splitlines()]
        like_rows = self.width > 2 and any(line.count(self.delimiter) >= self.width - 1 for line in inner)
        if not like_rows and self.text.count('"') % 2 == 0:
            return False
        self._tell(first, f"a quotation mark is not closed: lines {first} to {last} can't be told apart")
        return True


def read_table(content: bytes, columns: Sequence[Column], spelling: Spelling = PLAIN) -> Table | Unreadable:
    """The table that a file holds, or why it holds none. `spelling` is for a workbook's dates and numbers."""
    if content.startswith(WORKBOOK):
        return _of_workbook(content, columns, spelling)
    for beginning, problem in _FOREIGN:
        if content[:32].lstrip().lower().startswith(beginning.lower()):
            return Unreadable(place="file", problem=f"this is {problem}", whole_document=True)
    text = decode(content)
    told = text[:6].lower()
    if told.startswith("sep=") and text[4:5]:
        # Excel's own way to say the delimiter, on a line before all others.
        rest = text.partition("\n")[2]
        return _under_heading("\n" + rest, (text[4],), columns)
    return _under_heading(text, DELIMITERS, columns)


def _of_workbook(content: bytes, columns: Sequence[Column], spelling: Spelling) -> Table | Unreadable:
    sheets = read_sheets(content, spelling)
    if isinstance(sheets, Unreadable):
        return sheets
    found = [_under_heading(sheet, (",",), columns) for sheet in sheets or [""]]
    tables = [(number, one) for number, one in enumerate(found, 1) if isinstance(one, Table)]
    if not tables:
        return found[0]
    table = tables[0][1]
    problem = "another sheet has the same heading: what it holds was not read; put it into a file of its own"
    table.unreadable.extend(Unreadable(place=f"sheet {number}", problem=problem) for number, _ in tables[1:])
    return table


def _under_heading(text: str, delimiters: Sequence[str], columns: Sequence[Column]) -> Table | Unreadable:
    best: list[str] = [column.headings[0] for column in columns if column.required]
    for delimiter in delimiters:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            for number, row in enumerate(reader):
                if number >= HEADING_WITHIN:
                    break
                found = find_columns(row, columns)
                lacking = [one.headings[0] for one in columns if one.required and one.field not in found]
                if not lacking:
                    return _unless_doubled(Table(text, delimiter, number, columns), columns)
                best = min(best, lacking, key=len)
        except csv.Error:
            continue
    problem = f"no heading line names these columns: {', '.join(best)}"
    return Unreadable(place="file", problem=problem, whole_document=True)


def _unless_doubled(table: Table, columns: Sequence[Column]) -> Table | Unreadable:
    used = {heading_key(heading) for column in columns for heading in column.headings}
    keys = [heading_key(cell) for cell in table.header]
    twice = sorted({cell for cell in table.header if heading_key(cell) in used and keys.count(heading_key(cell)) > 1})
    if not twice:
        return table
    problem = f"the heading names a column twice: {', '.join(twice)}"
    return Unreadable(place="file", problem=problem, whole_document=True)


def find_columns(header: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """Where each field stands; a field's earlier headings go before its later ones."""
    places = {heading_key(cell): place for place, cell in reversed(list(enumerate(header)))}
    found: dict[str, int] = {}
    for column in columns:
        for heading in column.headings:
            place = places.get(heading_key(heading))
            if place is not None:
                found[column.field] = place
                break
    return found


def heading_key(heading: str) -> str:
    """A heading without what spellings differ in (case, blanks, punctuation): "Client_ID" is "client id"."""
    return "".join(_WORDS.findall(heading.lower()))


def decode(content: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 where it says so or holds, else Windows' Western encoding."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    nulls = content[:200].count(0)
    if nulls > len(content[:200]) // 4:
        return content.decode("utf-16-be" if content[0] == 0 else "utf-16-le", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
