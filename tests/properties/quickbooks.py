"""QuickBooks in memory: it takes every change of a plan as it is, and shows what it took."""

from __future__ import annotations

import datetime as dt

import msgspec

from hhs_sync.books import Books
from hhs_sync.mapping.rules import Rules
from hhs_sync.plan import desired_entries, make_plan
from hhs_sync.plan.changes import (
    Adopt,
    Create,
    Decisions,
    Hold,
    Limits,
    Plan,
    PostedEntry,
    PushedEntry,
    Update,
    Void,
)
from hhs_sync.plan.desired import Desired, DesiredEntry, QuickBooksKind
from tests.plan.entries import SECRET
from tests.plan.mirror import recorded, shown

RENT = PostedEntry(
    kind=QuickBooksKind.PURCHASE,
    quickbooks_id="rent",
    sync_token="0",
    reference=None,
    date=None,
    amount=90000,
    digest="rent",
    effects=(("1000", -90000), ("6500", 90000)),
    summary="Purchase rent",
)
"""Somebody else's entry, which nobody may touch."""


class QuickBooks:
    """What we wrote, and what is there."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.pushed: dict[str, PushedEntry] = {}
        self.posted: dict[tuple[QuickBooksKind, str], PostedEntry] = {(RENT.kind, RENT.quickbooks_id): RENT}
        self.taken: dict[str, DesiredEntry] = {}
        self.restored: set[str] = set()
        self.closed_through: dt.date | None = None
        self._number = 0

    def desired(self, books: Books) -> Desired:
        """What it should hold."""
        return desired_entries(books, self.rules, SECRET)

    def plan(self, desired: Desired) -> Plan:
        """What is to be done."""
        limits = Limits(books_closed_through=self.closed_through)
        decisions = Decisions(restored=frozenset(self.restored))
        return make_plan(desired, self.pushed, self.posted, limits, rules=self.rules, decisions=decisions)

    def push(self, desired: Desired) -> Plan:
        """Carry a plan out, all of it but what is held."""
        plan = self.plan(desired)
        references = {one.key: one.reference for one in desired.entries}
        for change in plan.changes:
            if isinstance(change, Void):
                before = change.posted
                now = msgspec.structs.replace(before, voided=True, amount=0, digest="voided", effects=())
                self.posted[now.kind, now.quickbooks_id] = now
                was = self.pushed[change.pushed.key]
                self.pushed[was.key] = msgspec.structs.replace(was, voided=True, posted_digest="voided")
            elif isinstance(change, Create | Update):
                number = change.posted.quickbooks_id if isinstance(change, Update) else self._next()
                now = shown(change.desired, number, references)
                self.posted[now.kind, number] = now
                self.pushed[change.desired.key] = recorded(change.desired, now)
                self.taken[change.desired.key] = change.desired
            else:
                assert isinstance(change, Hold), f"nobody else writes here: {type(change) is Adopt}"
        return plan

    def _next(self) -> str:
        self._number += 1
        return str(self._number)
