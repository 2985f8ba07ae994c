"""One write on its way: the wish as the store keeps it, and the request as it is sent.

What is stored with the intent is enough to send the very same request again after a crash: the batch's request id, the
item's id in it and the body. QuickBooks knows a repeated item by these two ids together, whatever else is in the batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from hhs_sync.ledger.entry import EntryKey
from hhs_sync.mapping.rules import Rules
from hhs_sync.money import Money
from hhs_sync.plan.changes import Create, Hold, HoldReason, Update, Void
from hhs_sync.plan.desired import DesiredEntry, QuickBooksKind
from hhs_sync.quickbooks.catalog import Catalog, Missing
from hhs_sync.quickbooks.client import BatchItem
from hhs_sync.quickbooks.entities import body_of, object_for
from hhs_sync.quickbooks.posted import digest_of
from hhs_sync.store.intent import Intent, Operation, Wish

Guard = Callable[[str], str]
"""Says why a text may not leave the house; "" when it may."""

# Attributes whose texts are QuickBooks' own words or ids, or the entry's date: nothing about a person can stand there.
NOT_FREE = frozenset({"type", "Type", "Id", "SyncToken", "TxnId", "TxnType", "TxnLineId", "TxnDate", "DetailType"})
# A reference's `value` is an id; a memo's is what somebody wrote.
REFERENCES = ("Ref", "Entity")


_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


class Sent(Struct, frozen=True, kw_only=True):
    """A request as it goes out. `batch` is the request id of its batch, "" for a call of its own."""

    batch: str
    item: str
    body: msgspec.Raw


class Write(Struct, frozen=True, kw_only=True):
    """One change on its way to QuickBooks. `tries` counts how often it was sent."""

    change: Create | Update | Void | None
    wish: Wish
    body: bytes
    batch: str = ""
    item: str = ""
    intent: Intent | None = None
    tries: int = 0

    @property
    def key(self) -> EntryKey:
        """Our own name of the entry."""
        return self.wish.entry

    @property
    def kind(self) -> QuickBooksKind:
        """What kind of entry it is."""
        return self.wish.kind

    @property
    def request_id(self) -> str:
        """The id under which the store knows this push."""
        assert self.intent is not None, "an intent is stored before anything is sent"
        return self.intent.request_id

    @property
    def fields(self) -> dict[str, Any]:
        """What the body says."""
        said: dict[str, Any] = _decoder.decode(self.body)
        return said

    def with_token(self, sync_token: str) -> Write:
        """The same change, laid over a newer version of the object."""
        return msgspec.structs.replace(self, body=_encoder.encode({**self.fields, "SyncToken": sync_token}))

    def without_number(self) -> Write:
        """The same change to an object that bears no number; our mark stays in its note."""
        fields = {name: value for name, value in self.fields.items() if name != "DocNumber"}
        return msgspec.structs.replace(self, body=_encoder.encode(fields))

    def would_be(self) -> str:
        """The digest that QuickBooks' object has once this write is saved."""
        return digest_of(self.kind, self.fields)

    def batch_item(self) -> BatchItem:
        """The write as an item of a batch. A void by update is an update."""
        operation = "create" if self.wish.operation is Operation.CREATE else "update"
        return BatchItem(id=self.item, operation=operation, kind=self.kind.value, body=self.body)

    def to_keep(self) -> Wish:
        """The wish with the request, as the store keeps it until the outcome is known."""
        sent = Sent(batch=self.batch, item=self.item, body=msgspec.Raw(self.body))
        return msgspec.structs.replace(self.wish, body=msgspec.json.encode(sent).decode())


def write_of(change: Create | Update, catalog: Catalog, guard: Guard) -> Write | Hold:
    """The write that a change asks for, or why it has to wait: QuickBooks lacks something, or a name would leave."""
    desired = change.desired
    try:
        made = object_for(desired, catalog)
    except Missing as missing:
        return hold(change, HoldReason.NEEDS, str(missing))
    if isinstance(change, Update):
        body = body_of(
            made, Id=change.posted.quickbooks_id, SyncToken=change.posted.sync_token,
            sparse=desired.kind is QuickBooksKind.CUSTOMER,
        )  # fmt: skip
    else:
        body = body_of(made)
    problem = problem_in(body, guard)
    if problem:
        return hold(change, HoldReason.PRIVACY, problem)
    return Write(change=change, wish=wish_of(change, catalog.rules), body=body)


def wish_of(change: Create | Update, rules: Rules) -> Wish:
    """What the store keeps of a wish."""
    desired = change.desired
    return Wish(
        entry=desired.key,
        kind=desired.kind,
        reference=desired.reference,
        operation=Operation.UPDATE if isinstance(change, Update) else Operation.CREATE,
        desired_digest=desired.digest(),
        date=desired.date,
        amount=desired.amount,
        effects=effects_of(desired, rules),
        quickbooks_id=change.posted.quickbooks_id if isinstance(change, Update) else "",
    )


def wish_of_void(change: Void) -> Wish:
    """What the store keeps of a void: what was pushed before."""
    pushed = change.pushed
    return Wish(
        entry=pushed.key,
        kind=pushed.kind,
        reference=pushed.reference,
        operation=Operation.VOID,
        desired_digest=pushed.desired_digest,
        date=pushed.date,
        amount=pushed.amount,
        effects=pushed.effects,
        quickbooks_id=pushed.quickbooks_id,
    )


def write_again(intent: Intent) -> Write:
    """The write that an intent of an earlier run was about, ready to be sent as it was."""
    sent = msgspec.json.decode(intent.wish.body, type=Sent)
    return Write(change=None, wish=intent.wish, body=bytes(sent.body), batch=sent.batch, item=sent.item, intent=intent)


def hold(change: Create | Update | Void, reason: HoldReason, detail: str) -> Hold:
    """Leave a change to a person."""
    if isinstance(change, Void):
        return Hold(
            key=change.pushed.key, reason=reason, amount=change.pushed.amount, pushed=change.pushed,
            posted=change.posted, detail=detail,
        )  # fmt: skip
    update = change if isinstance(change, Update) else None
    return Hold(
        key=change.desired.key,
        reason=reason,
        amount=change.desired.amount,
        desired=change.desired,
        pushed=update.pushed if update else None,
        posted=update.posted if update else None,
        detail=detail,
    )


def problem_in(body: bytes, guard: Guard) -> str:
    """Why a body may not leave the house, by the first text that the guard objects to; "" when it may."""
    for text in free_texts(msgspec.json.decode(body)):
        problem = guard(text)
        if problem:
            return problem
    return ""


def free_texts(value: Any, name: str = "", within: str = "") -> list[str]:
    """Every text of a body that somebody could have written something into."""
    if isinstance(value, str):
        is_id = name == "value" and within.endswith(REFERENCES)
        return [] if name in NOT_FREE or is_id else [value]
    if isinstance(value, dict):
        return [text for inner_name, inner in value.items() for text in free_texts(inner, inner_name, name)]
    if isinstance(value, list):
        return [text for inner in value for text in free_texts(inner, name, within)]
    return []


def effects_of(desired: DesiredEntry, rules: Rules) -> tuple[tuple[str, Money], ...]:
    """A wish's effects by the number of QuickBooks' account."""
    sums: Counter[str] = Counter()
    for account, cents in desired.effects:
        mapped = rules.account(account)
        sums[mapped.number if mapped else account.value] += cents
    return tuple(sorted((number, cents) for number, cents in sums.items() if cents))
