"""What readers made of the documents: each distinct version of a fact once, with who showed it first and last.

A year of daily full exports that repeat fifty thousand sessions stores fifty thousand facts: for a fact that is told
again with the same text, only its last sighting moves, all of a document's in one statement.

The readings of a source belong to one version of its reader, a *generation*. When the reader changes, the documents are
read again into a new generation, in as many steps as it takes, while the old one stands; once the last document of the
source was read, the new one takes over and the old one goes. A crash in between only means to go on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import chain
from typing import Any

from msgspec import Struct
from sqlalchemy import Column, Connection, LargeBinary, Row, Text, select

from hhs_sync.facts.current import Export, Facts, Stamp, Told, Version, current_facts, outranks
from hhs_sync.facts.document import Covers, Digest, Document, FactKey, Reading, Source, Unreadable
from hhs_sync.facts.fact import Fact, kind_of, read_fact, write_fact
from hhs_sync.store import schema
from hhs_sync.store.bulk import allocate, insert, stage, temporary
from hhs_sync.store.database import Database, bump
from hhs_sync.store.documents import add_documents, copies_of, parts, stored

# What one transaction takes: enough that its cost vanishes, little enough that another writer waits a second or two and
# that what was read fits into memory (a fact takes some ten times its bytes there).
FACTS_AT_ONCE = 20_000
DOCUMENTS_AT_ONCE = 1_000
BYTES_AT_ONCE = 8_000_000

# A version's name is the beginning of its text's sha256, beside its key: 128 bits are more than enough among the few
# versions of one fact.
VERSION_BYTES = 16

staged_versions = temporary(
    "staged_versions",
    Column("number", schema.Number),
    Column("key", Text),
    Column("version", LargeBinary),
)
staged_sightings = temporary(
    "staged_sightings",
    Column("fact_id", schema.Number),
    Column("document_id", schema.Number),
    Column("place", Text),
)


class Stored(Struct, frozen=True, kw_only=True):
    """How many documents and how many versions of facts were new."""

    documents: int
    versions: int


class Readings:
    """The facts of all practices."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def load_facts(self, practice: str) -> Facts:
        """The facts that stand."""
        return current_facts(self.told(practice))

    def told(self, practice: str) -> Told:
        """All that the practice's documents told, as the readers that count have read them."""
        with self._database.read() as connection:
            readers = schema.readers
            active = select(readers.c.id).where(readers.c.practice == practice, readers.c.active)
            reader_ids = list(connection.execute(active).scalars())
            stamps = stamps_of(connection, practice)
            return Told(
                versions=tuple(chain.from_iterable(versions_of(connection, one, stamps) for one in reader_ids)),
                exports=tuple(chain.from_iterable(exports_of(connection, one, stamps) for one in reader_ids)),
                unreadable=tuple(chain.from_iterable(unreadable_of(connection, one, stamps) for one in reader_ids)),
                copies=copies_of(connection, practice),
            )

    def starting_with(self, practice: str, source: str, prefix: str) -> tuple[Fact, ...]:
        """Every version of those of a source's facts whose keys begin so, in the order of their keys."""
        facts, readers = schema.facts, schema.readers
        of_source = (readers.c.practice == practice) & (readers.c.source == source)
        active = select(readers.c.id).where(of_source, readers.c.active)
        named = facts.c.key.startswith(prefix, autoescape=True)
        query = select(facts.c.key, facts.c.body).where(facts.c.reader_id.in_(active), named)
        with self._database.read() as connection:
            return tuple(read_fact(row.body) for row in sorted(connection.execute(query), key=lambda row: row.key))

    def standing(self, practice: str, keys: Iterable[FactKey]) -> dict[FactKey, tuple[Fact, Source]]:
        """The version that stands of each of these facts, and where it was told; what no document tells is left out.

        Only these facts and their documents are read, however large the practice. A fact that a later export leaves out
        is shown as it was told last.
        """
        facts, sightings, readers, documents = schema.facts, schema.sightings, schema.readers, schema.documents
        active = select(readers.c.id).where(readers.c.practice == practice, readers.c.active)
        chosen: dict[FactKey, Version] = {}
        with self._database.read() as connection:
            reader_ids = connection.execute(active).scalars().all()
            columns = (facts.c.body, facts.c.place, sightings.c.first_document_id, sightings.c.last_document_id)
            query = select(*columns).join(sightings).where(facts.c.reader_id.in_(reader_ids))
            rows = [row for part in parts(keys) for row in connection.execute(query.where(facts.c.key.in_(part)))]
            shown = {number for _, _, *both in rows for number in both}
            stamps = {
                row.id: stamp_of(row)
                for part in parts(shown)
                for row in connection.execute(select(documents).where(documents.c.id.in_(part)))
            }
        for body, place, first, last in rows:
            version = Version(fact=read_fact(body), place=place, first=stamps[first], last=stamps[last])
            other = chosen.get(version.fact.key)
            if other is None or outranks(version, other):
                chosen[version.fact.key] = version
        return {
            key: (one.fact, Source(document=one.first.digest, document_name=one.first.name, place=one.place))
            for key, one in chosen.items()
        }

    def of_kinds(self, practice: str, kinds: Sequence[str]) -> list[Fact]:
        """Every version of the practice's facts of these kinds: for a search over one practice, never over all."""
        facts, readers = schema.facts, schema.readers
        active = select(readers.c.id).where(readers.c.practice == practice, readers.c.active)
        query = select(facts.c.body).where(facts.c.reader_id.in_(active), facts.c.kind.in_(kinds))
        with self._database.read() as connection:
            return [read_fact(body) for body in connection.execute(query).scalars()]

    def first_told_by(self, practice: str, digest: Digest, limit: int) -> list[tuple[str, FactKey, str]]:
        """Kind, key and place of the facts that a document was the first to tell, in the order of their keys."""
        facts, sightings, readers, documents = schema.facts, schema.sightings, schema.readers, schema.documents
        query = (
            select(facts.c.kind, facts.c.key, facts.c.place)
            .select_from(facts)
            .join(sightings, sightings.c.fact_id == facts.c.id)
            .join(documents, documents.c.id == sightings.c.first_document_id)
            .join(readers, readers.c.id == facts.c.reader_id)
            .where(documents.c.practice == practice, documents.c.digest == digest, readers.c.active)
            .order_by(facts.c.key)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [(row.kind, row.key, row.place) for row in connection.execute(query)]

    def not_read_in(self, practice: str, digest: Digest, limit: int) -> list[tuple[str, str]]:
        """Place and problem of what nobody could read in a document."""
        lost, documents, readers = schema.unreadable, schema.documents, schema.readers
        query = (
            select(lost.c.place, lost.c.problem)
            .select_from(lost)
            .join(documents, documents.c.id == lost.c.document_id)
            .join(readers, readers.c.id == lost.c.reader_id)
            .where(documents.c.practice == practice, documents.c.digest == digest, readers.c.active)
            .order_by(lost.c.number)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [(row.place, row.problem) for row in connection.execute(query)]

    def history(self, practice: str, key: FactKey) -> list[Version]:
        """Every version of one fact, the one first shown first."""
        readers = schema.readers
        active = select(readers.c.id).where(readers.c.practice == practice, readers.c.active)
        with self._database.read() as connection:
            stamps = stamps_of(connection, practice)
            reader_ids = connection.execute(active).scalars().all()
            found = chain.from_iterable(versions_of(connection, one, stamps, key) for one in reader_ids)
            return sorted(found, key=lambda version: (version.first, version.last))

    def store(
        self,
        practice: str,
        readings: Iterable[tuple[Document, Reading]],
        reader_version: str,
    ) -> Stored:
        """Store readings of one source's documents, and the documents themselves where they are new.

        Takes them as they come, some thousands of facts to a transaction; what was stored before an error stays. A
        document that this version of the reader has read already is passed over.
        """
        documents = versions = 0
        for batch in batches(readings):
            with self._database.write(practice) as connection:
                documents += len(add_documents(connection, practice, [document for document, _ in batch]))
                versions += store_batch(connection, practice, batch, reader_version)
        return Stored(documents=documents, versions=versions)


def batches(readings: Iterable[tuple[Document, Reading]]) -> Iterator[list[tuple[Document, Reading]]]:
    """Gather readings until they are worth a transaction."""
    batch: list[tuple[Document, Reading]] = []
    facts = size = 0
    for document, reading in readings:
        batch.append((document, reading))
        facts += len(reading.facts)
        size += len(document.content)
        if facts >= FACTS_AT_ONCE or size >= BYTES_AT_ONCE or len(batch) >= DOCUMENTS_AT_ONCE:
            yield batch
            batch, facts, size = [], 0, 0
    if batch:
        yield batch


class Shown(Struct, kw_only=True, gc=False):
    """One version as a batch of documents shows it; `first` and `last` are the database's numbers of documents."""

    kind: str
    body: bytes
    place: str
    first: int
    last: int


def store_batch(
    connection: Connection,
    practice: str,
    batch: Sequence[tuple[Document, Reading]],
    reader_version: str,
) -> int:
    """Store the readings of stored documents within the caller's transaction; tell how many versions were new."""
    source = batch[0][0].source
    assert all(document.source == source for document, _ in batch), "the readings of one call are of one source"
    reader_id, active = reader_for(connection, practice, source, reader_version)
    rows = stored(connection, practice, {document.digest for document, _ in batch})
    # A document that another source brought in first is that one's to read.
    unread = {
        digest: row.id for digest, row in rows.items() if row.source == source and row.reader_id != reader_id
    }  # fmt: skip
    readings = {document.digest: reading for document, reading in batch if document.digest in unread}
    order = {
        row.id: (dt.datetime.fromisoformat(row.as_of), dt.datetime.fromisoformat(row.received_at), row.digest)
        for row in rows.values()
    }
    in_order = sorted(readings, key=lambda digest: order[unread[digest]])
    shown: dict[tuple[FactKey, bytes], Shown] = {}
    for digest in in_order:
        add_shown(shown, unread[digest], readings[digest])
    new = store_shown(connection, reader_id, shown, order)
    store_remarks(connection, reader_id, {unread[digest]: readings[digest] for digest in in_order})
    for part in parts(unread.values()):
        table = schema.documents
        connection.execute(table.update().where(table.c.id.in_(part)).values(reader_id=reader_id))
    if not active:
        take_over(connection, practice, source, reader_id)
    if unread:
        bump(connection, practice, "facts")
    return new


def add_shown(shown: dict[tuple[FactKey, bytes], Shown], document_id: int, reading: Reading) -> None:
    """Add what one document shows; the documents come in their order."""
    for placed in reading.facts:
        fact = placed.fact
        body = write_fact(fact)
        version = fact.key, sha256(body).digest()[:VERSION_BYTES]
        known = shown.get(version)
        if known is None:
            kind = kind_of(fact)
            shown[version] = Shown(kind=kind, body=body, place=placed.place, first=document_id, last=document_id)
        else:
            known.last = document_id


def store_shown(
    connection: Connection,
    reader_id: int,
    shown: dict[tuple[FactKey, bytes], Shown],
    order: dict[int, tuple[dt.datetime, dt.datetime, Digest]],
) -> int:
    """Add the versions that are new, and move the first and last sightings of the others; tell how many were new."""
    if not shown:
        return 0
    numbered = list(shown.items())
    stage(connection, staged_versions, [(number, *version) for number, (version, _) in enumerate(numbered)])
    facts, sightings = schema.facts, schema.sightings
    same = (
        (facts.c.reader_id == reader_id)
        & (facts.c.key == staged_versions.c.key)
        & (facts.c.version == staged_versions.c.version)
    )
    columns = (
        staged_versions.c.number,
        facts.c.id,
        sightings.c.first_document_id,
        sightings.c.last_document_id,
    )
    # Outer joins, so that SQLite walks what is staged and looks up the facts, never the other way round.
    looked_up = staged_versions.outerjoin(facts, same).outerjoin(sightings, sightings.c.fact_id == facts.c.id)
    query = select(*columns).select_from(looked_up)
    known = [row for row in connection.execute(query).all() if row[1] is not None]
    rank = ranks(connection, order, {number for _, _, first, last in known for number in (first, last)})
    earlier: list[tuple[int, int, str]] = []
    later: list[tuple[int, int, str]] = []
    for number, fact_id, first, last in known:
        seen = numbered[number][1]
        if rank[seen.first] < rank[first]:
            earlier.append((fact_id, seen.first, seen.place))
        if rank[seen.last] > rank[last]:
            later.append((fact_id, seen.last, ""))
    move_sightings(connection, earlier, later)
    old = {number for number, _, _, _ in known}
    new = [numbered[number] for number in range(len(numbered)) if number not in old]
    add_versions(connection, reader_id, new)
    return len(new)


def ranks(
    connection: Connection,
    order: dict[int, tuple[dt.datetime, dt.datetime, Digest]],
    others: set[int],
) -> dict[int, int]:
    """The place of each document in the order of all that are concerned, as a small number."""
    table = schema.documents
    known = dict(order)
    for part in parts(others - order.keys()):
        for row in connection.execute(select(table).where(table.c.id.in_(part))):
            times = dt.datetime.fromisoformat(row.as_of), dt.datetime.fromisoformat(row.received_at)
            known[row.id] = (*times, row.digest)
    return {number: place for place, number in enumerate(sorted(known, key=lambda number: known[number]))}


def move_sightings(
    connection: Connection,
    earlier: Sequence[tuple[int, int, str]],
    later: Sequence[tuple[int, int, str]],
) -> None:
    """Note documents that showed versions earlier than the first, or later than the last, that was known."""
    facts, sightings, staged = schema.facts, schema.sightings, staged_sightings
    concerned = sightings.c.fact_id == staged.c.fact_id
    if later:
        stage(connection, staged, later)
        connection.execute(sightings.update().where(concerned).values(last_document_id=staged.c.document_id))
    if earlier:
        stage(connection, staged, earlier)
        connection.execute(sightings.update().where(concerned).values(first_document_id=staged.c.document_id))
        connection.execute(facts.update().where(facts.c.id == staged.c.fact_id).values(place=staged.c.place))


def add_versions(
    connection: Connection,
    reader_id: int,
    new: Sequence[tuple[tuple[FactKey, bytes], Shown]],
) -> None:
    """Add versions that no document had shown before."""
    numbered = list(zip(allocate(connection, schema.facts, len(new)), new, strict=True))
    insert(
        connection,
        schema.facts,
        ("id", "reader_id", "key", "version", "kind", "place", "body"),
        [
            (fact_id, reader_id, key, version, one.kind, one.place, one.body.decode())
            for fact_id, ((key, version), one) in numbered
        ],
    )
    insert(
        connection,
        schema.sightings,
        ("fact_id", "first_document_id", "last_document_id"),
        [(fact_id, one.first, one.last) for fact_id, (_, one) in numbered],
    )


def store_remarks(connection: Connection, reader_id: int, readings: dict[int, Reading]) -> None:
    """Store what the documents cover, and what could not be read of them."""
    for table in (schema.exports, schema.unreadable):
        for part in parts(readings):
            of_these = (table.c.reader_id == reader_id) & table.c.document_id.in_(part)
            connection.execute(table.delete().where(of_these))
    insert(
        connection,
        schema.exports,
        ("reader_id", "document_id", "kind", "first", "last", "whole"),
        [
            (reader_id, document_id, one.covers.kind, one.covers.first.isoformat(), one.covers.last.isoformat(),
             not one.unreadable)
            for document_id, one in readings.items()
            if one.covers is not None
        ],
    )  # fmt: skip
    insert(
        connection,
        schema.unreadable,
        ("reader_id", "document_id", "number", "place", "problem", "amount", "whole_document"),
        [
            (reader_id, document_id, number, one.place, one.problem, one.amount, one.whole_document)
            for document_id, reading in readings.items()
            for number, one in enumerate(reading.unreadable)
        ],
    )


def reader_for(connection: Connection, practice: str, source: str, version: str) -> tuple[int, bool]:
    """The generation that a new reading belongs to, and whether it is the one that counts."""
    readers = schema.readers
    of_source = (readers.c.practice == practice) & (readers.c.source == source)
    rows = connection.execute(select(readers).where(of_source)).all()
    # Whoever goes back to an earlier program half way through finds its readings still counting.
    same = [row for row in rows if row.version == version and not row.stale]
    if same:
        found = max(same, key=lambda row: (row.active, row.id))
        return found.id, found.active
    (number,) = allocate(connection, readers, 1)
    new = {"id": number, "practice": practice, "source": source, "version": version, "active": not rows}
    connection.execute(readers.insert().values(**new))
    return number, not rows


def take_over(connection: Connection, practice: str, source: str, reader_id: int) -> None:
    """Let the new generation count, and drop all others, if it has read every document of its source."""
    documents, readers, facts, sightings = schema.documents, schema.readers, schema.facts, schema.sightings
    of_source = (documents.c.practice == practice) & (documents.c.source == source)
    unread = documents.c.reader_id.is_(None) | (documents.c.reader_id != reader_id)
    if connection.execute(select(documents.c.id).where(of_source, unread).limit(1)).first() is not None:
        return
    others = select(readers.c.id).where(
        readers.c.practice == practice, readers.c.source == source, readers.c.id != reader_id
    )
    old = list(connection.execute(others).scalars())
    of_old = select(facts.c.id).where(facts.c.reader_id.in_(old))
    connection.execute(sightings.delete().where(sightings.c.fact_id.in_(of_old)))
    for table in (facts, schema.exports, schema.unreadable):
        connection.execute(table.delete().where(table.c.reader_id.in_(old)))
    connection.execute(readers.delete().where(readers.c.id.in_(old)))
    connection.execute(readers.update().where(readers.c.id == reader_id).values(active=True))


def stamps_of(connection: Connection, practice: str) -> dict[int, Stamp]:
    """The stamps of the practice's documents by their numbers."""
    table = schema.documents
    columns = (table.c.id, table.c.as_of, table.c.received_at, table.c.digest, table.c.source, table.c.name)
    moment = dt.datetime.fromisoformat
    return {
        number: Stamp(moment(as_of), moment(received_at), digest, source, name)
        for number, as_of, received_at, digest, source, name in connection.execute(
            select(*columns).where(table.c.practice == practice)
        )
    }


def stamp_of(row: Row[Any]) -> Stamp:
    """The stamp of a document's row."""
    moment = dt.datetime.fromisoformat
    return Stamp(moment(row.as_of), moment(row.received_at), row.digest, row.source, row.name)


def versions_of(
    connection: Connection,
    reader_id: int,
    stamps: dict[int, Stamp],
    key: FactKey | None = None,
) -> Iterator[Version]:
    """The versions of all facts that one reader made, or of one fact."""
    facts, sightings = schema.facts, schema.sightings
    columns = (facts.c.body, facts.c.place, sightings.c.first_document_id, sightings.c.last_document_id)
    query = select(*columns).join(sightings).where(facts.c.reader_id == reader_id)
    if key is not None:
        query = query.where(facts.c.key == key)
    # In portions, so that the texts never lie in memory all at once.
    for portion in connection.execution_options(yield_per=5_000).execute(query).partitions():
        for body, place, first, last in portion:
            yield Version(fact=read_fact(body), place=place, first=stamps[first], last=stamps[last])


def exports_of(connection: Connection, reader_id: int, stamps: dict[int, Stamp]) -> Iterator[Export]:
    """The full exports that one reader has read."""
    table = schema.exports
    day = dt.date.fromisoformat
    for row in connection.execute(select(table).where(table.c.reader_id == reader_id)):
        covers = Covers(kind=row.kind, first=day(row.first), last=day(row.last))
        yield Export(stamp=stamps[row.document_id], covers=covers, whole=row.whole)


def unreadable_of(
    connection: Connection, reader_id: int, stamps: dict[int, Stamp]
) -> Iterator[tuple[Stamp, Unreadable]]:
    """What one reader could not read, in the order of the places."""
    table = schema.unreadable
    query = select(table).where(table.c.reader_id == reader_id).order_by(table.c.document_id, table.c.number)
    for row in connection.execute(query):
        one = Unreadable(
            place=row.place, problem=row.problem, amount=row.amount, whole_document=row.whole_document
        )  # fmt: skip
        yield stamps[row.document_id], one
