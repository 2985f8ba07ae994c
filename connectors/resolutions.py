"""What people decided in this program: resolutions, client codes, closed periods.

The pages and the command line store these documents themselves, under the source `decisions`; there is nothing to
fetch. Reading them is the business of `hhs_sync/facts/resolution_text.py`, where they are written too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.options import Options
from hhs_sync.facts.resolution_text import READER_VERSION, read_resolution_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hhs_sync.connector import Known, Settings
    from hhs_sync.facts.document import Document, Reading


class Resolutions:
    """The program's own documents."""

    reader_version = READER_VERSION

    def __init__(self, settings: Settings) -> None:
        """Take no keys."""
        Options(settings).done()
        self.name = settings.name

    def fetch(self, known: Known) -> Iterable[Document]:
        """Nothing: these documents are stored where they are made."""
        return ()

    def read(self, document: Document) -> Reading:
        """The decisions of a document."""
        return read_resolution_document(document.content)
