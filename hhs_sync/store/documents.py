"""What came in: documents as received, each stored once, and the files that they were taken from.

A document is named by its bytes. The same bytes again, under another name or from another source, are a copy: noted as
such and not stored. A document keeps the earliest moment that any of its copies tells: a copy is often made later (a
file copied by hand has a new date), and must not make an old export the newest.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Connection, Row, bindparam, func, or_, select

from hhs_sync.errors import StoreError
from hhs_sync.facts.current import Copy
from hhs_sync.facts.document import Digest, Document
from hhs_sync.store import schema
from hhs_sync.store.bulk import allocate, insert
from hhs_sync.store.database import Database, bump

# What `add` takes into memory at once: some hundred remittances, or one export of everything.
BYTES_AT_ONCE = 32_000_000

Value = TypeVar("Value", int, str, tuple[str, str])


class DocumentInfo(Struct, frozen=True, kw_only=True):
    """A document without its bytes. `size` is in bytes; `reader_version` is None while nobody has read it."""

    digest: Digest
    source: str
    name: str
    received_at: dt.datetime
    as_of: dt.datetime
    size: int
    reader_version: str | None


class Documents:
    """The documents of all practices."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def add(self, practice: str, documents: Iterable[Document]) -> tuple[Digest, ...]:
        """Store what is new, note what is a copy, and tell which were new. On disk when it returns."""
        new: list[Digest] = []
        waiting: list[Document] = []
        size = 0
        for document in documents:
            waiting.append(document)
            size += len(document.content)
            if size > BYTES_AT_ONCE:
                with self._database.write(practice) as connection:
                    new.extend(add_documents(connection, practice, waiting))
                waiting, size = [], 0
        if waiting:
            with self._database.write(practice) as connection:
                new.extend(add_documents(connection, practice, waiting))
        return tuple(new)

    def has(self, practice: str, digest: Digest) -> bool:
        """True when these bytes are stored for the practice."""
        with self._database.read() as connection:
            return digest in stored(connection, practice, [digest])

    def name(self, practice: str, digest: Digest) -> str:
        """What a person calls the document; "" when there is none."""
        with self._database.read() as connection:
            found = stored(connection, practice, [digest]).get(digest)
        return str(found.name) if found is not None else ""

    def read(self, practice: str, digest: Digest) -> Document:
        """The document with its bytes. Raises StoreError when there is none of this name."""
        table, contents = schema.documents, schema.document_contents
        wanted = (table.c.practice == practice) & (table.c.digest == digest)
        columns = (table.c.source, table.c.name, table.c.received_at, table.c.as_of, contents.c.content)
        with self._database.read() as connection:
            row = connection.execute(select(*columns).join(contents).where(wanted)).first()
        if row is None:
            raise StoreError(f"there is no document {digest[:12]} in this practice")
        document = Document.of(
            source=row.source,
            name=row.name,
            content=zlib.decompress(row.content),
            received_at=dt.datetime.fromisoformat(row.received_at),
            as_of=dt.datetime.fromisoformat(row.as_of),
        )
        if document.digest != digest:
            raise StoreError(f"the bytes of document {digest[:12]} are damaged: restore the database from its backup")
        return document

    def catalog(self, practice: str, source: str | None = None) -> list[DocumentInfo]:
        """Every document of the practice, or of one source of it, the earliest first."""
        table, readers = schema.documents, schema.readers
        query = select(table, readers.c.version).outerjoin(readers).where(table.c.practice == practice)
        if source is not None:
            query = query.where(table.c.source == source)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        found = [
            DocumentInfo(
                digest=row.digest,
                source=row.source,
                name=row.name,
                received_at=dt.datetime.fromisoformat(row.received_at),
                as_of=dt.datetime.fromisoformat(row.as_of),
                size=row.size,
                reader_version=row.version,
            )
            for row in rows
        ]
        return sorted(found, key=lambda one: (one.as_of, one.received_at, one.digest))

    def last_received(self, *, apart_from: str) -> dict[str, dt.datetime]:
        """When each practice's newest document came in, those of one source apart."""
        table = schema.documents
        query = (
            select(table.c.practice, func.max(table.c.received_at))
            .where(table.c.source != apart_from)
            .group_by(table.c.practice)
        )
        with self._database.read() as connection:
            return {practice: dt.datetime.fromisoformat(at) for practice, at in connection.execute(query)}

    def to_read_again(self, practice: str, versions: Mapping[str, str]) -> Sequence[Digest]:
        """The documents of these sources that this version of their reader has not read, the earliest first."""
        table, readers = schema.documents, schema.readers
        query = (
            select(table.c.digest, table.c.as_of, table.c.received_at)
            .outerjoin(readers)
            .where(table.c.practice == practice, table.c.source == bindparam("source"))
            .where(or_(table.c.reader_id.is_(None), readers.c.version != bindparam("version")))
        )
        found: list[tuple[dt.datetime, dt.datetime, Digest]] = []
        with self._database.read() as connection:
            for source, version in versions.items():
                for row in connection.execute(query, {"source": source, "version": version}):
                    times = dt.datetime.fromisoformat(row.as_of), dt.datetime.fromisoformat(row.received_at)
                    found.append((*times, row.digest))
        return [digest for _, _, digest in sorted(found)]

    def known(self, practice: str, source: str, now: dt.datetime) -> Known:
        """What a connector is told about earlier fetches (the `Known` of hhs_sync.connector)."""
        return Known(self._database, practice, source, now)


class Known:
    """What the store remembers for a connector between fetches.

    What a connector asks to remember is kept in memory until `save`, which the turn calls when the documents are
    stored: a file remembered before its document is on disk would be lost in a crash between the two.
    """

    def __init__(self, database: Database, practice: str, source: str, now: dt.datetime) -> None:
        """Read from the database at the first question, not before."""
        self.now = now
        self._database = database
        self._practice = practice
        self._source = source
        self._files: dict[str, tuple[int, int]] | None = None
        self._digests: set[Digest] | None = None
        self._taken: dict[str, tuple[int, int, Digest]] = {}

    def has_file(self, path: str, size: int, modified_ns: int) -> bool:
        """True when this very file (path, size, time) was taken before: it need not be read again."""
        if self._files is None:
            table = schema.files_taken
            mine = (table.c.practice == self._practice) & (table.c.source == self._source)
            with self._database.read() as connection:
                rows = connection.execute(select(table.c.path, table.c.size, table.c.modified_ns).where(mine)).all()
            self._files = {row.path: (row.size, row.modified_ns) for row in rows}
        return self._files.get(path) == (size, modified_ns)

    def has_document(self, digest: Digest) -> bool:
        """True when these bytes were taken before, under whatever name."""
        if self._digests is None:
            query = select(schema.documents.c.digest).where(schema.documents.c.practice == self._practice)
            with self._database.read() as connection:
                self._digests = set(connection.execute(query).scalars())
        return digest in self._digests

    def remember_file(self, path: str, size: int, modified_ns: int, digest: Digest) -> None:
        """Note that this file was taken; kept for good by `save`."""
        self._taken[path] = (size, modified_ns, digest)

    def taken(self, digests: Collection[Digest]) -> set[Digest]:
        """Which of these documents lay in files that were seen since the last `save`."""
        return {digest for _, _, digest in self._taken.values() if digest in digests}

    def save(self) -> None:
        """Keep the files whose documents are stored. A file without its document will be taken again."""
        if not self._taken:
            return
        taken, self._taken, self._files, self._digests = self._taken, {}, None, None
        with self._database.write(self._practice) as connection:
            known = stored(connection, self._practice, {digest for _, _, digest in taken.values()})
            files = {path: file for path, file in taken.items() if file[2] in known}
            table = schema.files_taken
            for part in parts(files):
                mine = (table.c.practice == self._practice) & (table.c.source == self._source)
                connection.execute(table.delete().where(mine, table.c.path.in_(part)))
            insert(
                connection,
                table,
                ("practice", "source", "path", "size", "modified_ns", "document_id"),
                [
                    (self._practice, self._source, path, size, modified_ns, known[digest].id)
                    for path, (size, modified_ns, digest) in files.items()
                ],
            )
            renamed = (
                (digest, self._source, PurePath(path).name)
                for path, (_, _, digest) in files.items()
                if PurePath(path).name != PurePath(known[digest].name).name
            )
            note_copies(connection, self._practice, renamed)


def add_documents(connection: Connection, practice: str, documents: Sequence[Document]) -> list[Digest]:
    """Store what is new within the caller's transaction, and tell which were new."""
    ids = stored(connection, practice, [document.digest for document in documents])
    fresh: dict[Digest, Document] = {}
    again: list[Document] = []
    for document in documents:
        assert document.as_of.tzinfo is not None, "a document's as_of has a time zone"
        assert document.received_at.tzinfo is not None, "a document's received_at has a time zone"
        if document.digest in ids or document.digest in fresh:
            again.append(document)
        else:
            fresh[document.digest] = document
    numbered = list(zip(allocate(connection, schema.documents, len(fresh)), fresh.values(), strict=True))
    insert(
        connection,
        schema.documents,
        ("id", "practice", "digest", "source", "name", "received_at", "as_of", "size"),
        [
            (number, practice, one.digest, one.source, one.name, one.received_at.isoformat(), one.as_of.isoformat(),
             len(one.content))
            for number, one in numbered
        ],
    )  # fmt: skip
    insert(
        connection,
        schema.document_contents,
        ("document_id", "content"),
        [(number, zlib.compress(document.content)) for number, document in numbered],
    )
    if fresh:
        bump(connection, practice, "documents")
    if again:
        move_back(connection, practice, again)
        note_copies(connection, practice, [(one.digest, one.source, one.name) for one in again])
    return list(fresh)


def move_back(connection: Connection, practice: str, again: Sequence[Document]) -> None:
    """Give a stored document the earlier moment, and the name, that its source tells of it now.

    It takes another place among the versions of its facts then, which are counted by their first and last showing
    only. So all documents of the source are to be read anew; it is rare enough.
    """
    table, readers = schema.documents, schema.readers
    known = stored(connection, practice, {document.digest for document in again})
    for document in sorted(again, key=lambda one: (one.as_of, one.received_at), reverse=True):
        found = known[document.digest]
        times = dt.datetime.fromisoformat(found.as_of), dt.datetime.fromisoformat(found.received_at)
        if document.source != found.source or (document.as_of, document.received_at) >= times:
            continue
        connection.execute(
            table.update()
            .where(table.c.id == found.id)
            .values(
                name=document.name,
                as_of=document.as_of.isoformat(),
                received_at=document.received_at.isoformat(),
            )
        )
        of_source = (table.c.practice == practice) & (table.c.source == found.source)
        connection.execute(table.update().where(of_source).values(reader_id=None))
        of_source = (readers.c.practice == practice) & (readers.c.source == found.source)
        connection.execute(readers.update().where(of_source).values(stale=True))
        note_copies(connection, practice, [(document.digest, found.source, found.name)])
        bump(connection, practice, "documents")


def note_copies(connection: Connection, practice: str, seen: Iterable[tuple[Digest, str, str]]) -> None:
    """Note under which further sources and names stored documents came in. Its own name is no copy of a document."""
    copies = schema.document_copies
    names = sorted(set(seen))
    known = stored(connection, practice, {digest for digest, _, _ in names})
    wanted = {(known[digest].id, source, name) for digest, source, name in names if digest in known}
    noted: set[tuple[int, str, str]] = set()
    for part in parts({row.id for row in known.values()}):
        rows = connection.execute(select(copies).where(copies.c.document_id.in_(part)))
        noted.update((row.document_id, row.source, row.name) for row in rows)
    own = {(row.id, row.source, row.name) for row in known.values()}
    for document_id, source, name in noted & own:
        same = (copies.c.document_id == document_id) & (copies.c.source == source) & (copies.c.name == name)
        connection.execute(copies.delete().where(same))
    missing = sorted(wanted - own - noted)
    insert(connection, copies, ("document_id", "source", "name"), missing)
    if missing or noted & own:
        bump(connection, practice, "documents")


def stored(connection: Connection, practice: str, digests: Iterable[Digest]) -> dict[Digest, Row[Any]]:
    """The rows of those of the documents that are stored."""
    table = schema.documents
    found: dict[Digest, Row[Any]] = {}
    for part in parts(digests):
        query = select(table).where(table.c.practice == practice, table.c.digest.in_(part))
        found.update((row.digest, row) for row in connection.execute(query))
    return found


def parts(values: Iterable[Value], size: int = 500) -> Iterator[list[Value]]:
    """The values in order, as many at a time as fit into one statement (older SQLite takes 999)."""
    ordered = sorted(set(values))
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def copies_of(connection: Connection, practice: str) -> tuple[Copy, ...]:
    """Every further name under which a document of the practice came in."""
    table, copies = schema.documents, schema.document_copies
    columns = (table.c.digest, table.c.name, copies.c.name.label("copy_name"), copies.c.source.label("copy_source"))
    rows = connection.execute(select(*columns).join(copies).where(table.c.practice == practice))
    return tuple(
        Copy(
            document=row.digest,
            document_name=row.name,
            copy_name=row.copy_name,
            copy_source=row.copy_source,
        )
        for row in rows
    )
