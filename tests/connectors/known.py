"""What the store remembers for a connector, in memory: a double with behaviour, for all tests of connectors."""

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path

from hhs_sync.connector import Connector, Settings, connector_class
from hhs_sync.facts.document import Document, Reading
from hhs_sync.facts.fact import Fact

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases" / "connectors"
NOW = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2026, 3, 20, 8, tzinfo=dt.UTC)


class Memory:
    """Known, as the store keeps it."""

    def __init__(self, now: dt.datetime = NOW) -> None:
        self.now = now
        self.files: dict[tuple[str, int, int], str] = {}
        self.digests: set[str] = set()

    def has_file(self, path: str, size: int, modified_ns: int) -> bool:
        return (path, size, modified_ns) in self.files

    def has_document(self, digest: str) -> bool:
        return digest in self.digests

    def remember_file(self, path: str, size: int, modified_ns: int, digest: str) -> None:
        self.files[(path, size, modified_ns)] = digest

    def take(self, documents: Iterable[Document]) -> list[Document]:
        """Store what is fetched, one after the other, as a turn does."""
        taken = []
        for document in documents:
            self.digests.add(document.digest)
            taken.append(document)
        return taken


def put(path: Path, content: bytes | str, at: dt.datetime = LONG_AGO) -> Path:
    """A file that came to rest at a moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def open_connector(use: str, name: str = "src", base: Path = ROOT, **options: object) -> Connector:
    """A connector by its entry point, as the house opens it."""
    return connector_class(use)(Settings(name=name, base=base, options={"path": "in", **options}, where="c.toml:7"))


def document(content: bytes | str, name: str = "a.csv") -> Document:
    content = content.encode() if isinstance(content, str) else content
    return Document.of(source="src", name=name, content=content, received_at=NOW, as_of=LONG_AGO)


def read(use: str, content: bytes | str, name: str = "a.csv", **options: object) -> Reading:
    return open_connector(use, **options).read(document(content, name))


def facts(reading: Reading) -> list[Fact]:
    return [placed.fact for placed in reading.facts]


def problems(reading: Reading) -> list[tuple[str, str]]:
    return [(one.place, one.problem) for one in reading.unreadable]
