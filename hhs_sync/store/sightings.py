"""Readings as rows: each distinct version of a fact once, and who showed it first and last.

For a fact that is told again with the same text only its last sighting moves, all of a batch's in one statement. What
belongs to a new version of the reader is a new generation, which takes over once it has read every document of its
source (see `readings.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from msgspec import Struct
from sqlalchemy import Column, Connection, LargeBinary, Text, select

from hhs_sync.facts.document import Digest, Document, FactKey, Reading
from hhs_sync.facts.fact import kind_of, write_fact
from hhs_sync.store import schema
from hhs_sync.store.bulk import allocate, insert, stage, temporary
from hhs_sync.store.database import bump
from hhs_sync.store.documents import parts, stored

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
