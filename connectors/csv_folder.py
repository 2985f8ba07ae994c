"""What all connectors of CSV and XLSX files share: folder, headings, how dates and amounts look, what is covered.

Each such connector is a `CsvFolder` with headings and keys of its own, which reads the rows of a table (`read_rows`).
Its form is in the table of its module; a practice whose files name columns otherwise says so in the config:

    [practices.connectors.columns]
    date = "Payment Date"            # or a list: the first that a file has
    [practices.connectors.only]
    "Status" = ["Posted"]            # rows with another word in this column are passed over
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from connectors.folder import Folder
from connectors.table import Column, Table, read_table
from connectors.values import COVERS, DATES, Amounts, Days, covered
from connectors.workbook import Spelling
from hhs_sync.facts.document import Document, Placed, Reading, Unreadable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from connectors.options import Options
    from hhs_sync.connector import Known
    from hhs_sync.facts.document import Covers


class CsvFolder(ABC):
    """A connector: a folder of CSV or XLSX files of one form."""

    def __init__(self, options: Options, columns: Sequence[Column], version: str) -> None:
        """Read the keys that all have in common; `version` changes with the code that reads the form."""
        self.name = options.settings.name
        self.folder = Folder(options)
        self._only = {
            heading: frozenset(word.strip().lower() for word in words)
            for heading, words in options.table("only").items()
        }
        choosers = tuple(Column(_chooser(heading), (heading,), required=True) for heading in self._only)
        self.columns = (*_renamed(columns, options), *choosers)
        self._dates = options.texts("dates", DATES)
        self._decimal = options.choice("decimal", (".", ","))
        self._zone = options.settings.time_zone
        self.covers = options.choice("covers", COVERS)
        self.reader_version = options.version(version)

    def fetch(self, known: Known) -> Iterator[Document]:
        """The files that were not taken before."""
        return self.folder.fetch(known)

    def read(self, document: Document) -> Reading:
        """What the document's table tells, or why it has none."""
        table = read_table(document.content, self.columns, Spelling(self._dates[0], self._decimal))
        return nothing_read(table) if isinstance(table, Unreadable) else self.read_rows(table, document)

    @abstractmethod
    def read_rows(self, table: Table, document: Document) -> Reading:
        """What the rows of a document's table tell; those that can't be understood are added to its `unreadable`."""

    def rows(self, table: Table) -> Iterator[tuple[int, list[str]]]:
        """The rows that the config does not pass over, each with its line."""
        if not self._only:
            return table.rows()
        choosers = [(table.index[_chooser(heading)], words) for heading, words in self._only.items()]
        return (
            (line, row)
            for line, row in table.rows()
            if all(row[place].strip().lower() in words for place, words in choosers)
        )

    def days(self) -> Days:
        """A fresh reader of dates for one document."""
        return Days(self._dates, self._zone)

    def amounts(self) -> Amounts:
        """A fresh reader of amounts for one document."""
        return Amounts(self._decimal)

    def covered(
        self, kind: str, days: Iterable[dt.date], document: Document, unreadable: list[Unreadable]
    ) -> Covers | None:
        """What the document covers by what the config claims."""
        return covered(self.covers, kind, days, document.name, unreadable)


def nothing_read(problem: Unreadable) -> Reading:
    """The reading of a document of which nothing could be read."""
    return Reading(unreadable=(problem,))


def reading(facts: list[Placed], unreadable: list[Unreadable], covers: Covers | None = None) -> Reading:
    """The reading of a document, unreadable rows in the order of their lines."""
    return Reading(facts=tuple(facts), unreadable=tuple(sorted(unreadable, key=_line)), covers=covers)


def _chooser(heading: str) -> str:
    return f"only {heading}"


def _line(row: Unreadable) -> int:
    digits = row.place.rpartition(" ")[2]
    return int(digits) if digits.isdigit() else 0


def _renamed(columns: Sequence[Column], options: Options) -> tuple[Column, ...]:
    names = options.table("columns")
    for field in names.keys() - {column.field for column in columns}:
        known = ", ".join(column.field for column in columns)
        options.wrong("columns", f"names {field}, which is no field; there are: {known}")
    return tuple(column._replace(headings=names.get(column.field, column.headings)) for column in columns)
