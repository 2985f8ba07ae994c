"""make_plan(): compare what we want, what we last pushed and what is there, and say what would make QuickBooks right.

A practice in which nothing has changed costs two look-ups and one digest per entry, and no more. Whatever stands in
the way of a change (a person's edit, closed books, something about a client, an entry that is held itself) turns it
into a Hold, which is a question and not an error. The order is that of the wishes, in which needs come first; voids
come last, in the opposite order.

What was voided and is wished again is brought back, unless its month was closed meanwhile. Then a new entry tells it in
the open month, and the void one stays as the accountant closed it:

    Deposit 85.00 of September 1     voided on September 3, the books closed through September 5
    Deposit 85.00 of September 6     new, once it is wished again; the one of September 1 stays at 0.00
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import TypeAlias

from hhs_sync.facts.document import Digest
from hhs_sync.ledger.entry import EntryKey
from hhs_sync.mapping.rules import Rules
from hhs_sync.plan.banked import RECEIPTS, Banked
from hhs_sync.plan.changes import (
    Adopt,
    Change,
    Create,
    Decisions,
    Hold,
    HoldReason,
    Limits,
    Plan,
    PostedEntry,
    PushedEntry,
    Update,
    Void,
)
from hhs_sync.plan.content import content_of
from hhs_sync.plan.desired import WAVES, Desired, DesiredEntry, QuickBooksKind
from hhs_sync.plan.privacy import Guard

Pushed: TypeAlias = Mapping[EntryKey, PushedEntry]
Paused: TypeAlias = tuple[HoldReason, str]
"""Why an entry may not be tried now, and what QuickBooks said."""
Posted: TypeAlias = Mapping[tuple[QuickBooksKind, str], PostedEntry]


def make_plan(
    desired: Desired,
    pushed: Pushed,
    posted: Posted,
    limits: Limits,
    *,
    rules: Rules,
    decisions: Decisions | None = None,
    guard: Guard | None = None,
    paused: Mapping[EntryKey, Paused] | None = None,
) -> Plan:
    """What would make QuickBooks right, in the order in which it may be done.

    `pushed` is what we wrote, by our own key; `posted` what QuickBooks shows, by its kind and id. `paused` names
    entries that may not be tried now (refused before, or not known whether saved).
    """
    return Comparison(
        desired=desired,
        pushed=pushed,
        posted=posted,
        limits=limits,
        rules=rules,
        decisions=decisions or Decisions(),
        guard=guard,
        paused=paused or {},
    ).plan()


class Comparison:
    """One comparison of the three."""

    def __init__(
        self,
        *,
        desired: Desired,
        pushed: Pushed,
        posted: Posted,
        limits: Limits,
        rules: Rules,
        decisions: Decisions,
        guard: Guard | None,
        paused: Mapping[EntryKey, Paused],
    ) -> None:
        """Take the three, and what bounds a change."""
        self.desired = desired
        self.pushed = pushed
        self.posted = posted
        self.limits = limits
        self.rules = rules
        self.decisions = decisions
        self.guard = guard
        self.paused = paused
        self.changes: list[Change] = []
        self._missing: set[EntryKey] = set()
        self._digests: dict[EntryKey, Digest] = {}
        self._by_mark: dict[str, list[PostedEntry]] | None = None
        self._banked: Banked | None = None
        self._taken_apart: set[EntryKey] = set()
        self._references: dict[EntryKey, str] | None = None

    def plan(self) -> Plan:
        """Compare everything."""
        known = 0
        for wish in self.desired.entries:
            before = self.pushed.get(wish.key)
            if before is None:
                self._add(self._new(wish))
                continue
            known += 1
            if wish.key in self._taken_apart:
                wish = self._in_deposits().letting_go(wish)  # noqa: PLW2901  It is wished so for this one plan.
            digest = wish.digest()
            there = self.posted.get((before.kind, before.quickbooks_id))
            converged = digest == before.desired_digest and not before.voided
            if there is None or there.digest != before.posted_digest or there.deleted:
                self._digests[wish.key] = digest
                self._add(self._edited(wish, before, there, wish_is_new=not converged))
            elif not converged:
                self._digests[wish.key] = digest
                self._add(self._bounded(Update(desired=wish, pushed=before, posted=there)))
        # Customers are pushed and never wished.
        if known < sum([one.kind is not QuickBooksKind.CUSTOMER for one in self.pushed.values()]):
            self._take_back()
        digest = self._digest()
        return Plan(changes=tuple(self.changes), digest=digest, waits=self._waits(digest))

    # --- what is wished

    def _new(self, wish: DesiredEntry) -> Change:
        """A wish that we never pushed: new, or pushed by a run that died before it could say so."""
        marked = self._marked(wish.reference)
        standing = [one for one in marked if not one.voided] or marked[:1]
        if not standing or self._is_over(standing[0], wish):
            return self._bounded(Create(desired=wish))
        if len(standing) == 1:
            return Adopt(desired=wish, posted=standing[0])
        return _hold(HoldReason.UNCLEAR, wish=wish, there=standing[0], detail="several entries bear its mark")

    def _edited(
        self, wish: DesiredEntry, before: PushedEntry, there: PostedEntry | None, *, wish_is_new: bool
    ) -> Change | None:
        """An entry that is not as we left it: a person's decision says whether theirs or ours stands."""
        if wish.key in self.decisions.adopted:
            return None
        gone = there is None or there.deleted
        if there is not None and not gone and wish_is_new and self._is_as_wished(wish, there):
            return Adopt(desired=wish, posted=there)
        if wish.key in self.decisions.restored:
            if there is None or there.deleted:
                return self._bounded(Create(desired=wish))
            return self._bounded(Update(desired=wish, pushed=before, posted=there))
        reason = HoldReason.DELETED if gone else HoldReason.EDITED
        detail = "voided there" if there is not None and there.voided else ""
        return _hold(reason, wish=wish, before=before, there=there, detail=detail)

    def _bounded(self, change: Create | Update) -> Change:
        """The change, or why it has to wait. What is void in a month that was closed stays; a new entry is made."""
        wish = change.desired
        if isinstance(change, Update) and self._is_over(change.posted, wish):
            change = Create(desired=wish)
        before = change.pushed if isinstance(change, Update) else None
        there = change.posted if isinstance(change, Update) else None
        reason, detail = self._obstacle(wish, there)
        return _hold(reason, wish=wish, before=before, there=there, detail=detail) if reason else change

    def _obstacle(self, wish: DesiredEntry, there: PostedEntry | None) -> tuple[HoldReason | None, str]:
        """What stands in the way of writing a wish."""
        if self._is_closed(wish.date) or (there is not None and self._is_closed(there.date)):
            return HoldReason.CLOSED, f"the books are closed through {self.limits.books_closed_through}"
        if self.guard is not None:
            leaks = self.guard.check(wish)
            if leaks:
                return HoldReason.PRIVACY, "; ".join(one.says for one in leaks)
        if wish.key in self.paused:
            return self.paused[wish.key]
        if there is not None and not there.voided and wish.kind in RECEIPTS:
            deposit = self._in_deposits().holder_of(wish)
            if deposit is not None:
                return self._held_by(deposit, wish)
        if self._missing and self._rests_on_missing(wish):
            return HoldReason.NEEDS, "an entry that it rests on is not in QuickBooks"
        return None, ""

    def _held_by(self, deposit: DesiredEntry, wish: DesiredEntry) -> tuple[HoldReason, str]:
        """A receipt waits for its deposit, which lets go of it where a person wants the receipt written over."""
        if wish.key not in self.decisions.restored:
            return HoldReason.LINKED, "a deposit holds it"
        if deposit.key in self.decisions.adopted:
            return HoldReason.EDITED, "it cannot be put back: the deposit that holds it stands as somebody changed it"
        self._taken_apart.add(deposit.key)
        return HoldReason.NEEDS, "the deposit that holds it lets go of it first"

    def _rests_on_missing(self, wish: DesiredEntry) -> bool:
        return any(one in self._missing for one in wish.needs) or any(one.entry in self._missing for one in wish.links)

    # --- what is not wished any more

    def _take_back(self) -> None:
        """What we pushed and do not wish any more is voided; deposits first, then what they held."""
        wished = {wish.key for wish in self.desired.entries}
        left = [
            one for key, one in self.pushed.items() if key not in wished and one.kind is not QuickBooksKind.CUSTOMER
        ]
        for before in sorted(left, key=lambda one: -WAVES[one.kind]):
            self._add(self._unwished(before))

    def _unwished(self, before: PushedEntry) -> Change | None:
        there = self.posted.get((before.kind, before.quickbooks_id))
        if there is None or there.deleted or there.voided or before.key in self.decisions.adopted:
            return None
        if there.digest != before.posted_digest:
            if before.key not in self.decisions.restored:
                return _hold(HoldReason.EDITED, before=before, there=there)
        elif before.voided:
            return None
        if self._is_closed(there.date):
            detail = f"the books are closed through {self.limits.books_closed_through}"
            return _hold(HoldReason.CLOSED, before=before, there=there, detail=detail)
        if before.key in self.paused:
            reason, detail = self.paused[before.key]
            return _hold(reason, before=before, there=there, detail=detail)
        return Void(pushed=before, posted=there)

    # --- asking around

    def _add(self, change: Change | None) -> None:
        if change is None:
            return
        self.changes.append(change)
        if isinstance(change, Hold) and change.desired is not None and not change.stands:
            self._missing.add(change.key)

    def _is_over(self, there: PostedEntry, wish: DesiredEntry) -> bool:
        """Whether an entry was voided in a month that is closed by now, while it is wished again in an open one."""
        return there.voided and self._is_closed(there.date) and not self._is_closed(wish.date)

    def _is_closed(self, date: dt.date | None) -> bool:
        closed = self.limits.books_closed_through
        return closed is not None and date is not None and date <= closed

    def _marked(self, reference: str) -> list[PostedEntry]:
        """Entries that bear a mark of ours and that we have no record of."""
        if self._by_mark is None:
            ours = {(one.kind, one.quickbooks_id) for one in self.pushed.values()}
            self._by_mark = {}
            for place, one in self.posted.items():
                if one.reference and not one.deleted and place not in ours:
                    self._by_mark.setdefault(one.reference, []).append(one)
        return self._by_mark.get(reference, [])

    def _in_deposits(self) -> Banked:
        """Receipts that lie in a deposit which is in QuickBooks and which we still wish to hold them."""
        if self._banked is None:
            self._banked = Banked(self.desired, self.pushed, self.decisions.restored)
        return self._banked

    def _is_as_wished(self, wish: DesiredEntry, there: PostedEntry) -> bool:
        """Whether a person already did what we were about to do."""
        if not there.content_digest or there.reference != wish.reference:
            return False
        if self._references is None:
            self._references = {one.key: one.reference for one in self.desired.entries}
        return content_of(wish, self.rules, self._references).digest() == there.content_digest

    # --- the whole

    def _digest(self) -> Digest:
        """Names what the plan would do, without any id of QuickBooks, so that an approval holds while it stays so."""
        whole = hashlib.sha256()
        for change in self.changes:
            if isinstance(change, Create):
                whole.update(b"create ")
                whole.update(change.desired.content())
            elif isinstance(change, Void):
                whole.update(f"void {change.pushed.key} {change.pushed.desired_digest}".encode())
            elif not isinstance(change, Hold):
                wish = change.desired
                digest = self._digests.get(wish.key) or wish.digest()
                whole.update(f"{type(change).__name__} {wish.key} {digest}".encode())
        return whole.hexdigest()

    def _waits(self, digest: Digest) -> str:
        """Why a person should look at the plan first; "" when nobody need."""
        writes = [change for change in self.changes if isinstance(change, Create | Update | Void)]
        if not writes or digest in self.decisions.approved:
            return ""
        limits = self.limits
        reasons = []
        altered = sum(not isinstance(change, Create) for change in writes)
        standing = sum(not one.voided for one in self.pushed.values())
        if altered > limits.changes_few and altered * 100 > limits.changes_percent * standing:
            reasons.append(f"{altered} of {standing} entries would be changed or voided")
        dates = [one for one in map(_date_of, writes) if one is not None]
        if limits.oldest is not None and dates and min(dates) < limits.oldest:
            reasons.append(f"a change is dated {min(dates)}, before {limits.oldest}")
        if limits.first_plan_waits and not self.pushed:
            reasons.append(f"these would be the first {len(writes)} entries")
        return f"{'; '.join(reasons)}: approve plan {digest}" if reasons else ""


def _hold(
    reason: HoldReason,
    *,
    wish: DesiredEntry | None = None,
    before: PushedEntry | None = None,
    there: PostedEntry | None = None,
    detail: str = "",
) -> Hold:
    """A question instead of a change."""
    about = wish or before
    assert about is not None, "a hold is about something"
    return Hold(
        key=about.key, reason=reason, amount=about.amount, desired=wish, pushed=before, posted=there, detail=detail
    )


def _date_of(change: Create | Update | Void) -> dt.date | None:
    """The earliest date that a change touches."""
    if isinstance(change, Create):
        return change.desired.date
    dates = [change.posted.date, change.pushed.date]
    if isinstance(change, Update):
        dates.append(change.desired.date)
    return min((one for one in dates if one is not None), default=None)
