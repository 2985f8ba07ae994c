"""Sessions from a practice system's CSV export, through a column profile.

    [[practices.connectors]]
    use     = "sessions_csv"
    name    = "ehr"
    path    = "inbox/sessions"
    profile = "mappings/profiles/simplepractice.toml"
    covers  = "dates of the file"        # when each export holds all sessions of its days: what is gone was withdrawn

Keys of a profile may stand here too and outrank it. Columns of clinical notes are emptied before the document is
stored: they are never needed for billing, and the heading then says that they were dropped.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import structlog

from connectors.csv_folder import CsvFolder, reading
from connectors.options import Options
from connectors.profile import Profile, load_profile
from connectors.session_rows import sessions
from connectors.table import Table, read_table
from hhs_sync.facts.document import Document, Reading, Unreadable
from hhs_sync.facts.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hhs_sync.connector import Known, Settings

DROPPED = " (dropped)"
"""What stands behind the heading of a column whose cells were emptied."""


class SessionsCsv(CsvFolder):
    """A folder of session exports, all of one profile."""

    def __init__(self, settings: Settings) -> None:
        """Read the keys and the profile. Raises ConfigError with everything that is wrong in either."""
        options = Options(settings, load_profile(settings))
        options.text("profile")
        self._profile = Profile(options)
        super().__init__(options, self._profile.columns, "2")
        options.done()

    def fetch(self, known: Known) -> Iterator[Document]:
        """The exports that were not taken before, without their notes."""
        return self.folder.fetch(known, clean=self._without_notes)

    def read_rows(self, table: Table, document: Document) -> Reading:
        """The sessions of an export."""
        days, amounts = self.days(), self.amounts()
        rows = self.rows(table)
        facts = list(sessions(table, rows, self._profile, days=days, amounts=amounts, source=self.name))
        told = {placed.fact.date for placed in facts if isinstance(placed.fact, Session)}
        return reading(facts, table.unreadable, self.covered("session", told, document, table.unreadable))

    def _without_notes(self, content: bytes) -> bytes:
        """The export with the cells of note columns emptied; their line breaks stay, so that line numbers do."""
        table = read_table(content, self.columns)
        if isinstance(table, Unreadable):
            return content
        used = set(table.index.values())
        notes = [
            place
            for place, heading in enumerate(table.header)
            if place not in used and self._profile.is_note(heading) and not heading.endswith(DROPPED)
        ]
        if not notes:
            return content
        structlog.get_logger().info("note columns dropped before storing", source=self.name, columns=len(notes))
        return _emptied(table, notes).encode()


def _emptied(table: Table, places: list[int]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=table.delimiter)
    for row in csv.reader(io.StringIO(table.text, newline=""), delimiter=table.delimiter):
        for place in places:
            if place < len(row):
                is_heading = row[place] == table.header[place]
                row[place] = row[place] + DROPPED if is_heading else "\n" * max(0, len(row[place].splitlines()) - 1)
        writer.writerow(row)
    return out.getvalue()
