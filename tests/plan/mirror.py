"""QuickBooks as it would be had it taken every wish as it was: what we recorded, and what it shows."""

from __future__ import annotations

from collections.abc import Iterable

from hhs_sync.plan.changes import PostedEntry, PushedEntry
from hhs_sync.plan.content import content_of
from hhs_sync.plan.desired import DesiredEntry, QuickBooksKind
from tests.plan.entries import NUMBERS, rules

Posted = dict[tuple[QuickBooksKind, str], PostedEntry]


def by_number(wish: DesiredEntry) -> tuple[tuple[str, int], ...]:
    sums: dict[str, int] = {}
    for account, amount in wish.effects:
        sums[NUMBERS[account]] = sums.get(NUMBERS[account], 0) + amount
    return tuple(sorted(sums.items()))


def shown(wish: DesiredEntry, quickbooks_id: str, references: dict[str, str] | None = None) -> PostedEntry:
    """An entry as QuickBooks shows it once it took the wish."""
    return PostedEntry(
        kind=wish.kind,
        quickbooks_id=quickbooks_id,
        sync_token="0",
        reference=wish.reference,
        date=wish.date,
        amount=wish.amount,
        digest=f"shows {wish.digest()}",
        content_digest=content_of(wish, rules(), references or {}).digest(),
        customer=wish.customer.display if wish.customer else "",
        effects=by_number(wish),
        summary=f"{wish.kind.value} {quickbooks_id}",
    )


def recorded(wish: DesiredEntry, posted: PostedEntry, *, voided: bool = False) -> PushedEntry:
    """What we remember of having written a wish."""
    return PushedEntry(
        key=wish.key,
        kind=wish.kind,
        reference=wish.reference,
        quickbooks_id=posted.quickbooks_id,
        desired_digest=wish.digest(),
        posted_digest=posted.digest,
        voided=voided,
        date=wish.date,
        amount=wish.amount,
        effects=posted.effects,
    )


def taken(wishes: Iterable[DesiredEntry]) -> tuple[dict[str, PushedEntry], Posted]:
    """Every wish, written and there."""
    wishes = tuple(wishes)
    references = {wish.key: wish.reference for wish in wishes}
    pushed, posted = {}, {}
    for number, wish in enumerate(wishes, start=1):
        there = shown(wish, str(number), references)
        posted[wish.kind, there.quickbooks_id] = there
        pushed[wish.key] = recorded(wish, there)
    return pushed, posted
