"""What went out: each attempt to write to QuickBooks, stored before the call, and what came of it (see intent.py).

The request id names *this push*, not its content: QuickBooks answers a repeated id with its first answer. It holds a
part drawn at random once per practice and database, because the running numbers start again when the database is lost,
and QuickBooks' memory doesn't.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, bindparam, select

from hhs_sync.ledger.entry import EntryKey
from hhs_sync.money import Money
from hhs_sync.plan.changes import PushedEntry
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.store import schema
from hhs_sync.store.bulk import insert
from hhs_sync.store.database import Database, bump
from hhs_sync.store.documents import parts
from hhs_sync.store.intent import (
    Effects,
    Intent,
    NotDone,
    Operation,
    Outcome,
    PushState,
    Refusal,
    Refused,
    Saved,
    Unclear,
    Wish,
)
from hhs_sync.store.secrets import Secrets

# QuickBooks takes 50 characters, or 36 where the items of a batch add theirs; ours are good for both.
REQUEST_ID_LENGTH_MAX = 36

# How long to wait after the first, second, ... refusal of an entry. Most refusals want a person: first within the same
# sitting, then once a day.
PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (5, 30, 120, 480, 1440))

_encoder = msgspec.json.Encoder()
_effects: msgspec.json.Decoder[Effects] = msgspec.json.Decoder(Effects)
_KINDS = {kind.value: kind for kind in QuickBooksKind}


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
        """Take entries that QuickBooks holds already for ours: a push without a call."""
        if not entries:
            return
        draw = self._random_part(practice)
        with self._database.write(practice) as connection:
            intents = intend(connection, practice, [wish_to_adopt(entry) for entry in entries], at, draw)
            outcomes = [
                Saved(
                    request_id=intent.request_id,
                    quickbooks_id=entry.quickbooks_id,
                    sync_token="",
                    posted_digest=entry.posted_digest,
                )
                for intent, entry in zip(intents, entries, strict=True)
            ]
            record(connection, practice, outcomes, at)

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
        return {entry.key: entry for entry in sorted(found, key=lambda entry: entry.key)}

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
    assert len({wish.entry for wish in wishes}) == len(wishes), "one push of an entry at a time"
    newest = newest_pushes(connection, practice, [wish.entry for wish in wishes])
    intents: list[Intent] = []
    for wish in wishes:
        before = newest.get(wish.entry)
        number = 1 if before is None else before.number + 1
        request_id = f"{wish.reference}.{draw}.{number}"
        assert len(request_id) <= REQUEST_ID_LENGTH_MAX, f"the request id {request_id} is too long"
        intents.append(Intent(wish=wish, number=number, request_id=request_id, intended_at=at))
    add_pushes(connection, practice, intents, newest)
    bump(connection, practice, "pushes")
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
    intents: Sequence[Intent],
    newest: Mapping[EntryKey, Row[Any]],
) -> None:
    """Store new intents as the newest of their entries. The count of refusals goes on until something is saved."""
    table = schema.pushes
    for part in parts(row.id for row in newest.values()):
        connection.execute(table.update().where(table.c.id.in_(part)).values(newest=False))
    rows = []
    for intent in intents:
        wish = intent.wish
        before = newest.get(wish.entry)
        goes_on = before is not None and before.state != PushState.SAVED.value
        rows.append(
            {
                "practice": practice,
                "entry": wish.entry,
                "number": intent.number,
                "request_id": intent.request_id,
                "reference": wish.reference,
                "kind": wish.kind.value,
                "operation": wish.operation.value,
                "desired_digest": wish.desired_digest,
                "date": None if wish.date is None else wish.date.isoformat(),
                "amount": wish.amount,
                "effects": _encoder.encode(wish.effects).decode(),
                "body": wish.body or None,
                "intended_at": intent.intended_at.isoformat(),
                "state": intent.state.value,
                "newest": True,
                "quickbooks_id": wish.quickbooks_id or None,
                "refusals": before.refusals if before is not None and goes_on else 0,
                "refused_since": before.refused_since if before is not None and goes_on else None,
            }
        )
    columns = tuple(rows[0])
    insert(connection, table, columns, [tuple(row.values()) for row in rows])


def settle(connection: Connection, outcomes: Sequence[tuple[Row[Any], Outcome]], at: dt.datetime) -> None:
    """Write each outcome into the row of its push."""
    table = schema.pushes
    changes = [{"push_id": row.id, **columns_of(row, outcome, at)} for row, outcome in outcomes]
    statement = table.update().where(table.c.id == bindparam("push_id"))
    names = [name for name in changes[0] if name != "push_id"]
    connection.execute(statement.values({name: bindparam(name) for name in names}), changes)


def columns_of(row: Row[Any], outcome: Outcome, at: dt.datetime) -> dict[str, Any]:
    """What an outcome changes in the row of its push."""
    assert row.state in {PushState.OPEN.value, PushState.UNCLEAR.value}, f"{row.request_id} is settled already"
    columns = {
        "ended_at": at.isoformat(),
        "body": row.body,
        "quickbooks_id": row.quickbooks_id,
        "sync_token": None,
        "posted_digest": None,
        "code": None,
        "message": None,
        "refusals": row.refusals,
        "refused_since": row.refused_since,
        "next_try_at": None,
    }
    match outcome:
        case Saved():
            return columns | {
                "state": PushState.SAVED.value,
                "body": None,
                "quickbooks_id": outcome.quickbooks_id,
                "sync_token": outcome.sync_token,
                "posted_digest": outcome.posted_digest,
                "refusals": 0,
                "refused_since": None,
            }
        case Refused():
            pause = PAUSES[min(row.refusals, len(PAUSES) - 1)]
            return columns | {
                "state": PushState.REFUSED.value,
                "body": None,
                "code": outcome.code,
                "message": outcome.message,
                "refusals": row.refusals + 1,
                "refused_since": row.refused_since or at.isoformat(),
                "next_try_at": (at + pause).isoformat(),
            }
        case NotDone():
            return columns | {"state": PushState.NOT_DONE.value, "body": None, "message": outcome.message}
        case Unclear():
            return columns | {"state": PushState.UNCLEAR.value, "message": outcome.message}


def stand(connection: Connection, practice: str, entries: Sequence[PushedEntry]) -> None:
    """Let these entries stand as what we last wrote."""
    table = schema.pushed
    for part in parts(entry.key for entry in entries):
        connection.execute(table.delete().where(table.c.practice == practice, table.c.entry.in_(part)))
    insert(
        connection,
        table,
        ("practice", "entry", "kind", "reference", "quickbooks_id", "desired_digest", "posted_digest", "voided",
         "date", "amount", "effects"),
        [
            (practice, entry.key, entry.kind.value, entry.reference, entry.quickbooks_id, entry.desired_digest,
             entry.posted_digest, entry.voided, None if entry.date is None else entry.date.isoformat(), entry.amount,
             _encoder.encode(entry.effects).decode())
            for entry in entries
        ],
    )  # fmt: skip


def pushed_by(push: Row[Any], saved: Saved) -> PushedEntry:
    """What a saved push has written."""
    return PushedEntry(
        key=push.entry,
        kind=QuickBooksKind(push.kind),
        reference=push.reference,
        quickbooks_id=saved.quickbooks_id,
        desired_digest=push.desired_digest,
        posted_digest=saved.posted_digest,
        voided=push.operation == Operation.VOID.value,
        date=None if push.date is None else dt.date.fromisoformat(push.date),
        amount=push.amount,
        effects=_effects.decode(push.effects),
    )


def pushed_of(row: Sequence[Any]) -> PushedEntry:
    """A row of `pushed` as a value. Taken apart by place, for there are as many of them as a practice has entries."""
    _, key, kind, reference, quickbooks_id, desired_digest, posted_digest, voided, date, amount, effects = row
    return PushedEntry(
        key=key,
        kind=_KINDS[kind],
        reference=reference,
        quickbooks_id=quickbooks_id,
        desired_digest=desired_digest,
        posted_digest=posted_digest,
        voided=voided,
        date=None if date is None else _day(date),
        amount=amount,
        effects=_shared_effects(effects),
    )


@lru_cache(maxsize=65536)
def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@lru_cache(maxsize=65536)
def _shared_effects(text: str) -> Effects:
    """The same sums stand behind thousands of entries: they are read once and shared."""
    return _effects.decode(text)


def intent_of(row: Row[Any]) -> Intent:
    """A row of `pushes` as the intent it began as."""
    wish = Wish(
        entry=row.entry,
        kind=QuickBooksKind(row.kind),
        reference=row.reference,
        operation=Operation(row.operation),
        desired_digest=row.desired_digest,
        date=None if row.date is None else dt.date.fromisoformat(row.date),
        amount=row.amount,
        effects=_effects.decode(row.effects),
        quickbooks_id=row.quickbooks_id or "",
        body=row.body or "",
    )
    return Intent(
        wish=wish,
        number=row.number,
        request_id=row.request_id,
        intended_at=dt.datetime.fromisoformat(row.intended_at),
        state=PushState(row.state),
        message=row.message or "",
        unclear_since=None if row.ended_at is None else dt.datetime.fromisoformat(row.ended_at),
    )


def refusal_of(row: Row[Any]) -> Refusal:
    """A refused row of `pushes` as a value."""
    return Refusal(
        entry=row.entry,
        kind=QuickBooksKind(row.kind),
        operation=Operation(row.operation),
        code=row.code,
        message=row.message,
        count=row.refusals,
        since=dt.datetime.fromisoformat(row.refused_since),
        last_at=dt.datetime.fromisoformat(row.ended_at),
        next_try_at=dt.datetime.fromisoformat(row.next_try_at),
        desired_digest=row.desired_digest,
        amount=row.amount,
    )
