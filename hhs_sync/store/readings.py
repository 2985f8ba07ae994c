"""What readers made of the documents: each distinct version of a fact once, with who showed it first and last.

A year of daily full exports that repeat fifty thousand sessions stores fifty thousand facts (`sightings.py` says how).

The readings of a source belong to one version of its reader, a *generation*. When the reader changes, the documents are
read again into a new generation, in as many steps as it takes, while the old one stands; once the last document of the
source was read, the new one takes over and the old one goes. A crash in between only means to go on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, func, select

from hhs_sync.facts.current import Export, Facts, Stamp, Told, Version, current_facts, outranks
from hhs_sync.facts.document import Covers, Digest, Document, Extent, FactKey, Reading, Source, Unreadable
from hhs_sync.facts.fact import Fact, read_fact
from hhs_sync.facts.sharing import FactReader
from hhs_sync.store import schema
from hhs_sync.store.database import Database
from hhs_sync.store.documents import add_documents, copies_of, parts
from hhs_sync.store.sightings import batches, store_batch


class Stored(Struct, frozen=True, kw_only=True):
    """How many documents and how many versions of facts were new."""

    documents: int
    versions: int


class Readings:
    """The facts of all practices."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def load_facts(self, practice: str, *, sharing: bool = True) -> Facts:
        """The facts that stand. Without `sharing` they take twice the room, and load in two thirds of the time."""
        return current_facts(self.told(practice, sharing=sharing))

    def told(self, practice: str, *, sharing: bool = True) -> Told:
        """All that the practice's documents told, as the readers that count have read them."""
        with self._database.read() as connection:
            readers = schema.readers
            active = select(readers.c.id).where(readers.c.practice == practice, readers.c.active)
            reader_ids = list(connection.execute(active).scalars())
            stamps = stamps_of(connection, practice)
            read = FactReader().read if sharing else read_fact
            return Told(
                versions=tuple(chain.from_iterable(versions_of(connection, one, stamps, read) for one in reader_ids)),
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

    def extent(self, practice: str) -> Extent:
        """How far the practice's documents reach now."""
        with self._database.read() as connection:
            return extent_of(connection, practice)

    def only_new_since(self, practice: str, extent: Extent) -> dict[FactKey, str] | None:
        """The facts, each with its kind, that documents told since, where that is all that they did.

        None where anything that stood before may stand otherwise now: a document was read anew, came again, tells a
        fact once more, leaves facts out, or could not be read whole.
        """
        facts, sightings, documents = schema.facts, schema.sightings, schema.documents
        with self._database.read() as connection:
            now = extent_of(connection, practice)
            if (now.copies, now.readers) != (extent.copies, extent.readers):
                return None
            since = documents.c.id > extent.document
            fresh = select(documents.c.id).where(documents.c.practice == practice, since).scalar_subquery()
            for table in (schema.exports, schema.unreadable):
                if connection.execute(
                    select(table.c.document_id).where(table.c.document_id.in_(fresh)).limit(1)
                ).first():
                    return None
            query = (
                select(facts.c.key, facts.c.kind, sightings.c.first_document_id)
                .join(sightings, sightings.c.fact_id == facts.c.id)
                .where(sightings.c.last_document_id.in_(fresh))
            )
            rows = connection.execute(query).all()
            if any(first <= extent.document for _, _, first in rows) or len({row.key for row in rows}) < len(rows):
                return None
            told = {row.key: row.kind for row in rows}
            for part in parts(told):
                older = select(facts.c.key).where(facts.c.reader_id.in_(now.readers), facts.c.key.in_(part))
                if len(connection.execute(older).all()) > len(part):
                    return None
            return told

    def history(self, practice: str, key: FactKey) -> list[Version]:
        """Every version of one fact, the one first shown first."""
        readers = schema.readers
        active = select(readers.c.id).where(readers.c.practice == practice, readers.c.active)
        with self._database.read() as connection:
            stamps = stamps_of(connection, practice)
            reader_ids = connection.execute(active).scalars().all()
            found = chain.from_iterable(versions_of(connection, one, stamps, key=key) for one in reader_ids)
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


def extent_of(connection: Connection, practice: str) -> Extent:
    """How far a practice's documents reach."""
    documents, copies, readers = schema.documents, schema.document_copies, schema.readers
    own = select(documents.c.id).where(documents.c.practice == practice).scalar_subquery()
    active = select(readers.c.id).where(readers.c.practice == practice, readers.c.active).order_by(readers.c.id)
    return Extent(
        document=connection.execute(
            select(func.coalesce(func.max(documents.c.id), 0)).where(documents.c.practice == practice)
        ).scalar_one(),
        copies=connection.execute(select(func.count()).where(copies.c.document_id.in_(own))).scalar_one(),
        readers=tuple(connection.execute(active).scalars()),
    )


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
    read: Callable[[str], Fact] = read_fact,
    *,
    key: FactKey | None = None,
) -> Iterator[Version]:
    """The versions of all facts that one reader made, or of one fact."""
    facts, sightings = schema.facts, schema.sightings
    columns = (facts.c.body, facts.c.place, sightings.c.first_document_id, sightings.c.last_document_id)
    query = select(*columns).join(sightings).where(facts.c.reader_id == reader_id)
    if key is not None:
        query = query.where(facts.c.key == key)
    # In small portions, so that the texts never lie in memory all at once: a remittance may be long.
    for portion in connection.execution_options(yield_per=500).execute(query).partitions():
        for body, place, first, last in portion:
            yield Version(fact=read(body), place=place, first=stamps[first], last=stamps[last])


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
