"""What a connector is: the hands that bring documents in, and how to read them.

A connector fetches documents (the only I/O it does) and reads each into facts (pure). The house finds connectors by
the entry-point group `hhs_sync.connectors` and never imports them; a connector imports only this module, `facts`,
`money`, `x12`, `mapping` and `errors`. In the config:

    [[practices.connectors]]
    use  = "x12_folder"          # the entry point
    name = "clearinghouse"       # the source's name in fact keys and on reports
    path = "inbox/835"           # every other key is the connector's own setting

A connector class is called with its settings and raises ConfigError when they are wrong. `fetch` may repeat itself
freely: the store knows documents by their bytes. `read` never raises for wrong data: what it cannot understand
becomes an `Unreadable` with its place, and the rest of the document is read all the same. Facts carry keys of the form
"kind/source/own-key"; a source without keys of its own uses date, parties, amount and a running number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from hhs_sync.errors import ConfigError
from hhs_sync.facts.document import Document, Reading

GROUP = "hhs_sync.connectors"


class Settings(Struct, frozen=True, kw_only=True):
    """What a connector is given: its name, the folder that relative paths start at, and its own keys."""

    name: str
    base: Path
    options: Mapping[str, Any]
    where: str = "config.toml"
    """Where in the config it stands, for error messages."""
    time_zone: str = "America/New_York"
    """The practice's: a time that names another zone is turned into it once, when it is read."""


class Known(Protocol):
    """What the store remembers for a connector between fetches."""

    now: dt.datetime

    def has_file(self, path: str, size: int, modified_ns: int) -> bool:
        """True when this very file (path, size, time) was taken before: it need not be read again."""

    def has_document(self, digest: str) -> bool:
        """True when these bytes were taken before, under whatever name."""

    def remember_file(self, path: str, size: int, modified_ns: int, digest: str) -> None:
        """Note that this file was taken."""


@runtime_checkable
class Connector(Protocol):
    """A source of documents."""

    name: str
    reader_version: str
    """Changes whenever `read` would make other facts of the same bytes: stored readings are then made anew."""

    def fetch(self, known: Known) -> Iterable[Document]:
        """Bring in what is new. Raises OSError or an HhsSyncError when the source does not answer."""

    def read(self, document: Document) -> Reading:
        """Turn bytes into facts; what cannot be understood becomes `Unreadable`. Pure."""


@runtime_checkable
class HasForm(Protocol):
    """A connector, or its class, whose documents people type: it has an empty form for them."""

    @staticmethod
    def empty_form() -> bytes:
        """The form as an XLSX."""


def connector_class(use: str) -> Callable[[Settings], Connector]:
    """The connector that an entry point names. Raises ConfigError with the names there are."""
    found = {point.name: point for point in entry_points(group=GROUP)}
    if use not in found:
        known = ", ".join(sorted(found)) or "none installed"
        raise ConfigError((f"there is no connector {use!r}; there are: {known}",))
    loaded: Callable[[Settings], Connector] = found[use].load()
    return loaded
