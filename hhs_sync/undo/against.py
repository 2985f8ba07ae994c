"""What stands against an undo: entries that a person in QuickBooks changed, reconciled, linked to, or closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hhs_sync.facts.resolution import ResolutionKind, standing
from hhs_sync.look import load_facts
from hhs_sync.money import format_money
from hhs_sync.plan.changes import Hold, HoldReason, PostedEntry, PushedEntry, Update, Void

if TYPE_CHECKING:
    from hhs_sync.ledger.entry import EntryKey
    from hhs_sync.office import Desk
    from hhs_sync.plan.changes import Change
    from hhs_sync.quickbooks.client import QuickBooksClient
    from hhs_sync.review import Review

_EDITED = "decide first what stands (exception QBO-03: --restore-edit or --adopt-edit)"
_CLOSE_HERE = (
    "close its month here (hhs-sync close --practice {practice} --through DATE), and the undo posts a correction in the"
    " open one"
)
WHY = {
    HoldReason.EDITED: f"was changed in QuickBooks by hand: {_EDITED}",
    HoldReason.DELETED: f"was deleted in QuickBooks by hand: {_EDITED}",
    HoldReason.CLOSED: f"lies in a period that is closed in QuickBooks only: {_CLOSE_HERE}; or have it opened there",
    HoldReason.LINKED: "rests in a deposit that stays: take back the bank's file first",
    HoldReason.UNCLEAR: "was written, and it is not known whether QuickBooks saved it: run hhs-sync sync first",
    HoldReason.PRIVACY: "would tell something about a client: {detail}",
}
"""What stands against an undo, by the reason of the hold that it would meet, and what to do."""


def stands_against(
    desk: Desk, client: QuickBooksClient, before: Review, after: Review, written: Sequence[Change]
) -> Iterator[str]:
    """Why it may not be done as it is, and what to do instead, one sentence each. Raises QuickBooksError."""
    concerned = _concerned(before, after)
    for change in after.plan.changes:
        if isinstance(change, Hold) and change.key in concerned and change.reason in WHY:
            said = WHY[change.reason].format(practice=desk.practice, detail=change.detail)
            yield f"{_held_named(change)} {said}"
    pushed = desk.store.pushes.pushed_entries(desk.practice)
    decided = standing(load_facts(desk).resolutions.values())
    for key in sorted(concerned & pushed.keys()):
        if (key, ResolutionKind.ADOPT_EDIT) in decided:
            yield (
                f"{_named(pushed[key])} stands in QuickBooks as a person changed it, by decision: take that decision"
                " back first (exception QBO-03), or void the entry there by hand"
            )
    touched = [one.posted for one in written if isinstance(one, Update | Void)]
    yield from _bound(desk, client, touched, frozenset(one.quickbooks_id for one in pushed.values()))


def _concerned(before: Review, after: Review) -> set[EntryKey]:
    """The entries in QuickBooks that would be other than they are."""
    old = {one.key: one.digest() for one in before.desired.entries}
    new = {one.key: one.digest() for one in after.desired.entries}
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def _bound(desk: Desk, client: QuickBooksClient, touched: Sequence[PostedEntry], ours: frozenset[str]) -> Iterator[str]:
    """Entries that would be changed or voided, and that a person has reconciled, or linked something to."""
    from hhs_sync.quickbooks.bound import linked_by_others, reconciled  # noqa: PLC0415  Loads the wire's libraries.

    dates = [one.date for one in touched if one.date is not None]
    if not dates:
        return
    held = reconciled(client, min(dates), max(dates))
    links = linked_by_others(client, touched, ours)
    for one in touched:
        if one.quickbooks_id in held:
            close = _CLOSE_HERE.format(practice=desk.practice)
            yield f"{_posted_named(one)} is reconciled: undo that in QuickBooks first, or {close}"
        elif one.quickbooks_id in links:
            others = ", ".join(links[one.quickbooks_id])
            yield f"{_posted_named(one)} has something of others linked to it ({others}): unlink it in QuickBooks first"


def _held_named(change: Hold) -> str:
    if change.posted is not None:
        return _posted_named(change.posted)
    about = change.pushed or change.desired
    assert about is not None, "a hold is about something"
    return f"{about.kind.value} {about.reference} of {format_money(about.amount)}"


def _named(one: PushedEntry) -> str:
    return f"{one.kind.value} {one.reference} of {one.date}, {format_money(one.amount)},"


def _posted_named(one: PostedEntry) -> str:
    return f"{one.kind.value} {one.reference or one.quickbooks_id} of {one.date}, {format_money(one.amount)},"
