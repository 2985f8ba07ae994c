"""What QuickBooks showed when last asked: entries, lists, and how far we have asked. All of it can be fetched again.

An entry that shows as before is not written, and one that differs in its SyncToken alone is no news (QuickBooks counts
an invoice's up when a payment of ours links it), so that the practice's turn key moves only when something changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar

import msgspec
from sqlalchemy import Connection, select, tuple_

from hhs_sync.facts.document import Digest
from hhs_sync.money import Money
from hhs_sync.plan.changes import PostedEntry, PushedEntry
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.store import schema
from hhs_sync.store.bulk import insert
from hhs_sync.store.database import Database, bump
from hhs_sync.store.documents import parts
from hhs_sync.store.push_rows import shared_day, shared_effects

Value = TypeVar("Value")

EntryName: TypeAlias = tuple[str, str]
"""QuickBooks' kind and id of an entry."""

_encoder = msgspec.json.Encoder()
_entry: msgspec.json.Decoder[PostedEntry] = msgspec.json.Decoder(PostedEntry)


class _Shown(msgspec.Struct, kw_only=True, gc=False):
    """What matters of a stored entry that stands as we left it; what repeats from entry to entry is not read yet."""

    kind: QuickBooksKind
    quickbooks_id: str
    sync_token: str
    reference: str | None
    date: str | None
    amount: Money
    digest: Digest
    voided: bool = False
    deleted: bool = False
    customer: str = ""
    effects: msgspec.Raw = msgspec.Raw(b"[]")


_shown: msgspec.json.Decoder[_Shown] = msgspec.json.Decoder(_Shown)


class Mirror:
    """The mirrors of all practices."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def entries(
        self, practice: str, pushed: Iterable[PushedEntry] = ()
    ) -> dict[tuple[QuickBooksKind, str], PostedEntry]:
        """Every entry by QuickBooks' kind and id, in that order.

        An entry that shows as `pushed` left it shares its texts with what was pushed, and bears neither `summary` nor
        `content_digest`, for nobody asks for them: of a large practice nearly all do, and take a quarter of the room.
        """
        table = schema.mirror
        left = {one.reference: one for one in pushed}
        query = select(table.c.body).where(table.c.practice == practice)
        with self._database.read() as connection:
            portions = connection.execution_options(yield_per=5_000).execute(query).partitions()
            texts = (body for portion in portions for (body,) in portion)
            posted = [_read(text, left) for text in texts] if left else [_entry.decode(text) for text in texts]
        posted.sort(key=attrgetter("kind._value_", "quickbooks_id"))
        return {(one.kind, one.quickbooks_id): one for one in posted}

    def some(
        self, practice: str, names: Iterable[tuple[QuickBooksKind, str]]
    ) -> dict[tuple[QuickBooksKind, str], PostedEntry]:
        """These entries by QuickBooks' kind and id; what was never seen is left out."""
        with self._database.read() as connection:
            shown = bodies(connection, practice, [(kind.value, number) for kind, number in names])
        posted = (_entry.decode(body) for body in shown.values())
        return {(entry.kind, entry.quickbooks_id): entry for entry in posted}

    def replace(self, practice: str, entries: Iterable[PostedEntry]) -> int:
        """Take these for all there is, after a full read; tell how many rows were added, changed or removed."""
        with self._database.write(practice) as connection:
            before = bodies(connection, practice)
            after = written(entries)
            return change(connection, practice, before, after, gone=before.keys() - after.keys())

    def upsert(self, practice: str, entries: Iterable[PostedEntry]) -> int:
        """Take these for what they show now, and leave the others; tell how many rows were added or changed."""
        after = written(entries)
        if not after:
            return 0
        with self._database.write(practice) as connection:
            before = bodies(connection, practice, after)
            return change(connection, practice, before, after, gone=set())

    def write_list(self, practice: str, name: str, value: Any) -> None:  # noqa: ANN401 - whatever msgspec writes.
        """Keep a list of QuickBooks' (accounts, items, preferences) under a name, as JSON."""
        table = schema.mirror_lists
        body = _encoder.encode(value).decode()
        mine = (table.c.practice == practice) & (table.c.name == name)
        with self._database.write(practice) as connection:
            before = connection.execute(select(table.c.body).where(mine)).scalar()
            if before == body:
                return
            connection.execute(table.delete().where(mine))
            connection.execute(table.insert().values(practice=practice, name=name, body=body))
            bump(connection, practice, "mirror")

    def read_list(self, practice: str, name: str, kind: type[Value]) -> Value | None:
        """The list that was kept under the name, or None. Raises msgspec.ValidationError when it is of another kind."""
        table = schema.mirror_lists
        query = select(table.c.body).where(table.c.practice == practice, table.c.name == name)
        with self._database.read() as connection:
            body = connection.execute(query).scalar()
        return None if body is None else msgspec.json.decode(body, type=kind)

    def cursor(self, practice: str, name: str) -> str | None:
        """How far somebody has asked: the time of the last changes from QuickBooks, a connector's place."""
        table = schema.cursors
        query = select(table.c.value).where(table.c.practice == practice, table.c.name == name)
        with self._database.read() as connection:
            value: str | None = connection.execute(query).scalar()
        return value

    def set_cursor(self, practice: str, name: str, value: str) -> None:
        """Note how far somebody has asked. This is no news of its own: the turn key stays."""
        table = schema.cursors
        with self._database.write(practice) as connection:
            connection.execute(table.delete().where(table.c.practice == practice, table.c.name == name))
            connection.execute(table.insert().values(practice=practice, name=name, value=value))


def _read(body: str, left: Mapping[str, PushedEntry]) -> PostedEntry:
    """A stored text as an entry, which shares what it can with what we left."""
    shown = _shown.decode(body)
    before = left.get(shown.reference or "")
    if (
        before is None
        or shown.digest != before.posted_digest
        or shown.quickbooks_id != before.quickbooks_id
        or shown.kind is not before.kind
        or shown.deleted
    ):
        return _entry.decode(body)
    return PostedEntry(
        kind=before.kind,
        quickbooks_id=before.quickbooks_id,
        sync_token=sys.intern(shown.sync_token),
        reference=before.reference,
        date=None if shown.date is None else shared_day(shown.date),
        amount=before.amount if shown.amount == before.amount else shown.amount,
        digest=before.posted_digest,
        voided=shown.voided,
        customer=sys.intern(shown.customer),
        effects=shared_effects(bytes(shown.effects).decode()),
    )


def written(entries: Iterable[PostedEntry]) -> dict[EntryName, str]:
    """The entries as the texts that are stored; the last of several of one name counts."""
    return {(entry.kind.value, entry.quickbooks_id): _encoder.encode(entry).decode() for entry in entries}


def bodies(connection: Connection, practice: str, names: Iterable[EntryName] | None = None) -> dict[EntryName, str]:
    """The stored texts, of all entries or of those named."""
    table = schema.mirror
    query = select(table.c.kind, table.c.quickbooks_id, table.c.body).where(table.c.practice == practice)
    if names is None:
        return {(kind, number): body for kind, number, body in connection.execute(query)}
    name = tuple_(table.c.kind, table.c.quickbooks_id)
    return {
        (kind, number): body
        for part in parts(names, size=200)
        for kind, number, body in connection.execute(query.where(name.in_(part)))
    }


def change(
    connection: Connection,
    practice: str,
    before: dict[EntryName, str],
    after: dict[EntryName, str],
    gone: set[EntryName],
) -> int:
    """Write what differs, and tell how many rows that were."""
    table = schema.mirror
    changed = {name: body for name, body in after.items() if before.get(name) != body}
    replaced = (changed.keys() & before.keys()) | gone
    name = tuple_(table.c.kind, table.c.quickbooks_id)
    for part in parts(replaced, size=200):
        connection.execute(table.delete().where(table.c.practice == practice, name.in_(part)))
    rows = [(practice, kind, number, body) for (kind, number), body in changed.items()]
    insert(connection, table, ("practice", "kind", "quickbooks_id", "body"), rows)
    if gone or any(_is_news(before.get(name), body) for name, body in changed.items()):
        bump(connection, practice, "mirror")
    return len(changed) + len(gone)


def _is_news(before: str | None, after: str) -> bool:
    """Whether an entry shows anything else than before but its SyncToken."""
    if before is None:
        return True
    was, now = (msgspec.structs.replace(_entry.decode(one), sync_token="") for one in (before, after))
    return was != now
