"""Pushes as rows of the database and as values, both ways (see pushes.py, which alone reads and writes the rows)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Row

from hhs_sync.facts.document import Digest
from hhs_sync.money import Money
from hhs_sync.plan.changes import PushedEntry
from hhs_sync.plan.desired import QuickBooksKind
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

# How long to wait after the first, second, ... refusal of an entry. Most refusals want a person: first within the same
# sitting, then once a day.
PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (5, 30, 120, 480, 1440))

_encoder = msgspec.json.Encoder()
_effects: msgspec.json.Decoder[Effects] = msgspec.json.Decoder(Effects)
_KINDS = {kind.value: kind for kind in QuickBooksKind}


def row_of(intent: Intent, before: Row[Any] | None) -> dict[str, Any]:
    """An intent as the newest row of its entry. The count of refusals goes on until something is saved."""
    wish = intent.wish
    goes_on = before is not None and before.state != PushState.SAVED.value
    return {
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
            return saved_columns(outcome.quickbooks_id, outcome.sync_token, outcome.posted_digest, at)
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


def saved_columns(quickbooks_id: str, sync_token: str, posted_digest: Digest, at: dt.datetime) -> dict[str, Any]:
    """What it changes in the row of a push that QuickBooks holds it."""
    return {
        "state": PushState.SAVED.value,
        "ended_at": at.isoformat(),
        "body": None,
        "quickbooks_id": quickbooks_id,
        "sync_token": sync_token,
        "posted_digest": posted_digest,
        "code": None,
        "message": None,
        "refusals": 0,
        "refused_since": None,
        "next_try_at": None,
    }


def standing_row_of(entry: PushedEntry) -> dict[str, Any]:
    """What stands of ours in QuickBooks, as a row of `pushed`."""
    return {
        "entry": entry.key,
        "kind": entry.kind.value,
        "reference": entry.reference,
        "quickbooks_id": entry.quickbooks_id,
        "desired_digest": entry.desired_digest,
        "posted_digest": entry.posted_digest,
        "voided": entry.voided,
        "date": None if entry.date is None else entry.date.isoformat(),
        "amount": entry.amount,
        "effects": _encoder.encode(entry.effects).decode(),
    }


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
        date=None if date is None else shared_day(date),
        amount=_shared_amount(amount),
        effects=shared_effects(effects),
    )


@lru_cache(maxsize=65536)
def shared_day(text: str) -> dt.date:
    """A day from its ISO text. Thousands of entries bear the same one."""
    return dt.date.fromisoformat(text)


@lru_cache(maxsize=65536)
def _shared_amount(cents: Money) -> Money:
    """The same amount, as one object: fees and what payers pay for them are few."""
    return cents


@lru_cache(maxsize=65536)
def shared_effects(text: str) -> Effects:
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
