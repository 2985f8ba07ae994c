"""A folder of X12 files as a clearinghouse or payer leaves them: 835, 837P, 277CA, 277, 999, in any mix.

What a file holds is seen from its content, not its name. The moment that it tells of is that of its interchange (ISA09
and ISA10, taken as the practice's time), so that a file fetched late does not outrank a newer one.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING

from connectors.folder import Folder
from connectors.options import Options
from hhs_sync.x12.envelopes import marks
from hhs_sync.x12.reading import READER_VERSION, read_x12

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hhs_sync.connector import Known, Settings
    from hhs_sync.facts.document import Document, Reading


class X12Folder:
    """A folder of X12 files."""

    reader_version = READER_VERSION

    def __init__(self, settings: Settings) -> None:
        """Read the keys."""
        options = Options(settings)
        self._folder = Folder(options)
        options.done()
        self._zone = zoneinfo.ZoneInfo(settings.time_zone)
        self.name = settings.name

    def fetch(self, known: Known) -> Iterator[Document]:
        """The files that were not taken before."""
        return self._folder.fetch(known, as_of=self._interchange_moment)

    def read(self, document: Document) -> Reading:
        """The remittances, claims and acknowledgements of a file."""
        return read_x12(document.content, self.name)

    def _interchange_moment(self, content: bytes) -> dt.datetime | None:
        """When the first interchange was made; None where its header does not say (or is none)."""
        first = next(marks(content), None)
        if first is None or len(first.header.elements) < 11:
            return None
        text = first.header.elements[9].strip() + first.header.elements[10].strip()[:4]
        for form in ("%y%m%d%H%M", "%Y%m%d%H%M"):
            try:
                return dt.datetime.strptime(text, form).replace(tzinfo=self._zone).astimezone(dt.UTC)
            except ValueError:
                continue
        return None
