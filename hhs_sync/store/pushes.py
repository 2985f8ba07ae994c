"""What went out: each attempt to write to QuickBooks, stored before the call, and what came of it (see intent.py).

How a row becomes a value stands in push_rows.py.

The request id names *this push*, not its content: QuickBooks answers a repeated id with its first answer. It holds a
part drawn at random once per practice and database, because the running numbers start again when the database is lost,
and QuickBooks' memory doesn't.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Row, bindparam, select

from hhs_sync.ledger.entry import EntryKey
from hhs_sync.money import Money
from hhs_sync.plan.changes import PushedEntry
from hhs_sync.store import schema
from hhs_sync.store.bulk import insert
from hhs_sync.store.database import Database, bump
from hhs_sync.store.documents import parts
from hhs_sync.store.intent import Intent, Operation, Outcome, PushState, Refusal, Saved, Wish
from hhs_sync.store.push_rows import (
    columns_of,
    intent_of,
    pushed_by,
    pushed_of,
    refusal_of,
    row_of,
    saved_columns,
    standing_row_of,
)
from hhs_sync.store.secrets import Secrets

# QuickBooks takes 50 characters, or 36 where the items of a batch add theirs; ours are good for both.
REQUEST_ID_LENGTH_MAX = 36


class Listed(Struct, frozen=True):
    """One attempt to write, as a list shows it. Times and days are as stored: ISO texts."""

    id: int
    entry: EntryKey
    kind: str
    operation: str
    reference: str
    date: str | None
    amount: Money
    state: str
    intended_at: str
    ended_at: str | None
    quickbooks_id: str | None
    code: str | None
    message: str | None
    refusals: int


class Pushes:
    """The pushes of all practices."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        """Work on this database; the random part of request ids is kept among the secrets."""
        self._database = database
        self._secrets = secrets

    def intend(self, practice: str, wishes: Sequence[Wish], at: dt.datetime) -> tuple[Intent, ...]:
        """Write down what is about to be asked for; on disk when it returns, in the order given."""
        if not wishes:
            return ()
        draw = self._random_part(practice)
        with self._database.write(practice) as connection:
            return intend(connection, practice, wishes, at, draw)

    def record(self, practice: str, outcomes: Sequence[Outcome], at: dt.datetime) -> None:
        """Write down what came of intents; on disk when it returns. A later answer may settle an unclear one."""
        if not outcomes:
            return
        with self._database.write(practice) as connection:
            record(connection, practice, outcomes, at)

    def adopt(self, practice: str, entries: Sequence[PushedEntry], at: dt.datetime) -> None:
        """Take entries that QuickBooks holds already for ours: a push without a call.

        After a lost database there may be hundreds of thousands, so each is written down with its outcome at once.
        """
        if not entries:
            return
        draw = self._random_part(practice)
        with self._database.write(practice) as connection:
            newest = newest_pushes(connection, practice, [entry.key for entry in entries])
            intents = numbered([wish_to_adopt(entry) for entry in entries], at, draw, newest)
            rows = [
                row_of(intent, newest.get(entry.key)) | saved_columns(entry.quickbooks_id, "", entry.posted_digest, at)
                for intent, entry in zip(intents, entries, strict=True)
            ]
            add_pushes(connection, practice, rows, newest)
            stand(connection, practice, [replace(entry, voided=False) for entry in entries])
            bump(connection, practice, "pushes")

    def open_intents(self, practice: str) -> list[Intent]:
        """Pushes of which it is not known what came: look in QuickBooks before trying again. The earliest first."""
        table = schema.pushes
        unsettled = table.c.state.in_([PushState.OPEN.value, PushState.UNCLEAR.value])
        query = select(table).where(table.c.practice == practice, unsettled).order_by(table.c.id)
        with self._database.read() as connection:
            return [intent_of(row) for row in connection.execute(query)]

    def pushed_entries(self, practice: str) -> dict[EntryKey, PushedEntry]:
        """What we last wrote, by entry, in the order of the keys."""
        table = schema.pushed
        with self._database.read() as connection:
            found = [pushed_of(row) for row in connection.execute(select(table).where(table.c.practice == practice))]
        found.sort(key=attrgetter("key"))
        return {entry.key: entry for entry in found}

    def some(self, practice: str, entries: Iterable[EntryKey]) -> dict[EntryKey, PushedEntry]:
        """What we last wrote of these entries; what was never written is left out."""
        table = schema.pushed
        mine = select(table).where(table.c.practice == practice)
        with self._database.read() as connection:
            rows = [row for part in parts(entries) for row in connection.execute(mine.where(table.c.entry.in_(part)))]
        return {entry.key: entry for entry in map(pushed_of, rows)}

    def saved_between(self, practice: str, first: dt.datetime, before: dt.datetime | None) -> tuple[EntryKey, ...]:
        """The entries that pushes saved that were intended from `first` on and before the other moment, each once."""
        table = schema.pushes
        saved = (table.c.practice == practice) & (table.c.state == PushState.SAVED.value)
        with self._database.read() as connection:
            rows = connection.execute(
                select(table.c.entry, table.c.intended_at).where(saved).order_by(table.c.id)
            ).all()
        moment = dt.datetime.fromisoformat
        found = (
            row.entry
            for row in rows
            if first <= moment(row.intended_at) and (before is None or moment(row.intended_at) < before)
        )
        return tuple(dict.fromkeys(found))

    def saved_since(self, practice: str, moments: Mapping[EntryKey, dt.datetime]) -> frozenset[EntryKey]:
        """Which of these entries pushes saved that were intended after the moment given for each."""
        table = schema.pushes
        query = select(table.c.entry, table.c.intended_at).where(
            table.c.practice == practice, table.c.state == PushState.SAVED.value
        )
        with self._database.read() as connection:
            return frozenset(
                row.entry
                for part in parts(moments)
                for row in connection.execute(query.where(table.c.entry.in_(part)))
                if dt.datetime.fromisoformat(row.intended_at) > moments[row.entry]
            )

    def standing(self, practice: str, entries: Sequence[EntryKey]) -> list[PushedEntry]:
        """What we last wrote of these entries, in the order asked for; what was never written is left out."""
        table = schema.pushed
        query = select(table).where(table.c.practice == practice, table.c.entry.in_(list(entries)))
        with self._database.read() as connection:
            found = {row.entry: pushed_of(row) for row in connection.execute(query)}
        return [found[key] for key in entries if key in found]

    def on_account(self, practice: str, number: str, *, limit: int, offset: int = 0) -> list[PushedEntry]:
        """What stands of ours that touches an account of QuickBooks, the newest first; what was voided touches none."""
        table = schema.pushed
        touches = table.c.effects.contains(f'"{number}"', autoescape=True)
        mine = (table.c.practice == practice, table.c.voided.is_(False), touches)
        query = select(table).where(*mine).order_by(table.c.date.desc(), table.c.entry)
        with self._database.read() as connection:
            return [pushed_of(row) for row in connection.execute(query.limit(limit).offset(offset))]

    def listed(self, practice: str, *, limit: int, before: int | None = None) -> list[Listed]:
        """Every attempt to write, the newest first, or those before the one of this number."""
        table = schema.pushes
        columns = [table.c[name] for name in Listed.__struct_fields__]
        query = select(*columns).where(table.c.practice == practice).order_by(table.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(table.c.id < before)
        with self._database.read() as connection:
            return [Listed(*row) for row in connection.execute(query)]

    def refusals(self, practice: str) -> dict[EntryKey, Refusal]:
        """The entries whose newest push was refused, in the order of the keys."""
        table = schema.pushes
        refused = (table.c.state == PushState.REFUSED.value) & table.c.newest
        with self._database.read() as connection:
            rows = connection.execute(select(table).where(table.c.practice == practice, refused)).all()
        return {row.entry: refusal_of(row) for row in sorted(rows, key=lambda row: row.entry)}

    def forget_refusals(self, practice: str, entries: Sequence[EntryKey], at: dt.datetime) -> None:
        """Count these entries' refusals as not done: nobody wishes them any more, so nobody tries them again."""
        if not entries:
            return
        table = schema.pushes
        refused = (table.c.practice == practice) & (table.c.state == PushState.REFUSED.value) & table.c.newest
        with self._database.write(practice) as connection:
            for part in parts(entries):
                connection.execute(
                    table.update()
                    .where(refused, table.c.entry.in_(part))
                    .values(state=PushState.NOT_DONE.value, ended_at=at.isoformat(), message="not wished any more")
                )
            bump(connection, practice, "pushes")

    def _random_part(self, practice: str) -> str:
        return self._secrets.drawn(practice, "request ids", 4).hex()


def intend(
    connection: Connection,
    practice: str,
    wishes: Sequence[Wish],
    at: dt.datetime,
    draw: str,
) -> tuple[Intent, ...]:
    """Number the wishes and store them within the caller's transaction."""
    newest = newest_pushes(connection, practice, [wish.entry for wish in wishes])
    intents = numbered(wishes, at, draw, newest)
    add_pushes(connection, practice, [row_of(intent, newest.get(intent.wish.entry)) for intent in intents], newest)
    bump(connection, practice, "pushes")
    return intents


def numbered(
    wishes: Sequence[Wish], at: dt.datetime, draw: str, newest: Mapping[EntryKey, Row[Any]]
) -> tuple[Intent, ...]:
    """The wishes as intents, with the numbers and request ids that follow those of their newest pushes."""
    assert len({wish.entry for wish in wishes}) == len(wishes), "one push of an entry at a time"
    intents: list[Intent] = []
    for wish in wishes:
        before = newest.get(wish.entry)
        number = 1 if before is None else before.number + 1
        request_id = f"{wish.reference}.{draw}.{number}"
        assert len(request_id) <= REQUEST_ID_LENGTH_MAX, f"the request id {request_id} is too long"
        intents.append(Intent(wish=wish, number=number, request_id=request_id, intended_at=at))
    return tuple(intents)


def record(connection: Connection, practice: str, outcomes: Sequence[Outcome], at: dt.datetime) -> None:
    """Settle intents within the caller's transaction."""
    intents = by_request_id(connection, practice, [outcome.request_id for outcome in outcomes])
    unknown = [outcome.request_id for outcome in outcomes if outcome.request_id not in intents]
    assert not unknown, f"no intent was stored for {unknown[:3]}"
    settle(connection, [(intents[outcome.request_id], outcome) for outcome in outcomes], at)
    saved = [(intents[outcome.request_id], outcome) for outcome in outcomes if isinstance(outcome, Saved)]
    stand(connection, practice, [pushed_by(intent, outcome) for intent, outcome in saved])
    bump(connection, practice, "pushes")


def wish_to_adopt(entry: PushedEntry) -> Wish:
    """What there is to write down about an entry that is there already."""
    return Wish(
        entry=entry.key,
        kind=entry.kind,
        reference=entry.reference,
        operation=Operation.ADOPT,
        desired_digest=entry.desired_digest,
        date=entry.date,
        amount=entry.amount,
        effects=entry.effects,
        quickbooks_id=entry.quickbooks_id,
    )


def newest_pushes(connection: Connection, practice: str, entries: Sequence[EntryKey]) -> dict[EntryKey, Row[Any]]:
    """The newest push of each entry that has one."""
    table = schema.pushes
    found: dict[EntryKey, Row[Any]] = {}
    for part in parts(entries):
        query = select(table).where(table.c.practice == practice, table.c.entry.in_(part), table.c.newest)
        found.update((row.entry, row) for row in connection.execute(query))
    return found


def by_request_id(connection: Connection, practice: str, request_ids: Sequence[str]) -> dict[str, Row[Any]]:
    """The pushes with these request ids."""
    table = schema.pushes
    found: dict[str, Row[Any]] = {}
    for part in parts(request_ids):
        query = select(table).where(table.c.practice == practice, table.c.request_id.in_(part))
        found.update((row.request_id, row) for row in connection.execute(query))
    return found


def add_pushes(
    connection: Connection,
    practice: str,
    rows: Sequence[dict[str, Any]],
    newest: Mapping[EntryKey, Row[Any]],
) -> None:
    """Store new pushes as the newest of their entries."""
    table = schema.pushes
    for part in parts(row.id for row in newest.values()):
        connection.execute(table.update().where(table.c.id.in_(part)).values(newest=False))
    insert(connection, table, ("practice", *rows[0]), [(practice, *row.values()) for row in rows])


def settle(connection: Connection, outcomes: Sequence[tuple[Row[Any], Outcome]], at: dt.datetime) -> None:
    """Write each outcome into the row of its push."""
    table = schema.pushes
    changes = [{"push_id": row.id, **columns_of(row, outcome, at)} for row, outcome in outcomes]
    statement = table.update().where(table.c.id == bindparam("push_id"))
    names = [name for name in changes[0] if name != "push_id"]
    connection.execute(statement.values({name: bindparam(name) for name in names}), changes)


def stand(connection: Connection, practice: str, entries: Sequence[PushedEntry]) -> None:
    """Let these entries stand as what we last wrote."""
    table = schema.pushed
    for part in parts(entry.key for entry in entries):
        connection.execute(table.delete().where(table.c.practice == practice, table.c.entry.in_(part)))
    rows = [{"practice": practice, **standing_row_of(entry)} for entry in entries]
    if rows:
        insert(connection, table, tuple(rows[0]), [tuple(row.values()) for row in rows])
