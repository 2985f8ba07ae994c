"""The difference between what QuickBooks should hold, what we last wrote there, and what is there now.

Three things are compared, not two: a two-way comparison would undo the bookkeeper's edit every five minutes. Here are
the values; `compare.py` does the comparing.

    desired  pushed  posted             change
    yes      no      no                 Create
    yes      same    same as pushed     (none: converged)
    yes      other   same as pushed     Update
    no       yes     same as pushed     Void (never delete)
    yes      no      bears our mark     Adopt (we died between call and outcome)
    yes      other   same as desired    Adopt (a person already did what we were about to do)
    any      yes     differs or gone    Hold (a person edited it: QBO-03)
    any      any     in a closed period Hold (QBO-01)
    -        -       without our mark   (none: not ours)
"""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import TypeAlias

from msgspec import Struct

from hhs_sync.facts.document import Digest
from hhs_sync.ledger.entry import EntryKey
from hhs_sync.mapping.rules import Rules
from hhs_sync.money import Money
from hhs_sync.plan.desired import DesiredEntry, QuickBooksKind


class PushedEntry(Struct, frozen=True, kw_only=True, gc=False):
    """What we last wrote, and how QuickBooks showed it right afterwards."""

    key: EntryKey
    kind: QuickBooksKind
    reference: str
    quickbooks_id: str
    desired_digest: Digest
    posted_digest: Digest
    voided: bool = False
    date: dt.date | None = None
    amount: Money = 0
    effects: tuple[tuple[str, Money], ...] = ()


class PostedEntry(Struct, frozen=True, kw_only=True, gc=False):
    """What QuickBooks shows now. `reference` is our mark where it bears one; `effects` are by account number, cents.

    `digest` names what matters of it (date, customer, lines, links, total), not QuickBooks' own bookkeeping
    (SyncToken, balance, times). `summary` is a short text of it for a person, without anything about a client.
    """

    kind: QuickBooksKind
    quickbooks_id: str
    sync_token: str
    reference: str | None
    date: dt.date | None
    amount: Money
    digest: Digest
    content_digest: Digest = ""
    voided: bool = False
    deleted: bool = False
    customer: str = ""
    effects: tuple[tuple[str, Money], ...] = ()
    summary: str = ""


class HoldReason(Enum):
    """Why a change waits for a person."""

    EDITED = "changed in QuickBooks by hand"
    DELETED = "deleted in QuickBooks by hand"
    CLOSED = "in a period that QuickBooks has closed"
    PRIVACY = "something about a client would leave"
    LINKED = "a change that other entries rest on"
    UNCLEAR = "not known whether QuickBooks saved it"
    REFUSED = "refused by QuickBooks"
    NEEDS = "waits for an entry that is held"


class Create(Struct, frozen=True, kw_only=True, tag="create", gc=False):
    """Write a new entry."""

    desired: DesiredEntry


class Update(Struct, frozen=True, kw_only=True, tag="update", gc=False):
    """Write our new wish over what we wrote before."""

    desired: DesiredEntry
    pushed: PushedEntry
    posted: PostedEntry


class Void(Struct, frozen=True, kw_only=True, tag="void", gc=False):
    """Take back what is no longer wished. Never a deletion."""

    pushed: PushedEntry
    posted: PostedEntry


class Adopt(Struct, frozen=True, kw_only=True, tag="adopt", gc=False):
    """Take an entry that is there already, bearing our mark or being what we wish, for ours."""

    desired: DesiredEntry
    posted: PostedEntry


class Hold(Struct, frozen=True, kw_only=True, tag="hold", gc=False):
    """Leave it as it is and ask a person."""

    key: EntryKey
    reason: HoldReason
    amount: Money
    desired: DesiredEntry | None = None
    pushed: PushedEntry | None = None
    posted: PostedEntry | None = None
    detail: str = ""

    @property
    def stands(self) -> bool:
        """Whether QuickBooks holds the entry in some form that is neither void nor deleted."""
        return self.posted is not None and not self.posted.voided and not self.posted.deleted


Change: TypeAlias = Create | Update | Void | Adopt | Hold


class Plan(Struct, frozen=True, kw_only=True):
    """Everything that would make QuickBooks right, in the order in which it may be done.

    `waits` says why the plan needs a person's approval of its `digest` before anything in it is pushed ("" when not).
    """

    changes: tuple[Change, ...] = ()
    digest: Digest = ""
    waits: str = ""

    @property
    def on_their_way(self) -> frozenset[EntryKey]:
        """The entries that the plan writes, takes back, or asks about."""
        return frozenset([one.key if isinstance(one, Hold) else _entry_of(one).key for one in self.changes])


def _entry_of(change: Create | Update | Void | Adopt) -> DesiredEntry | PushedEntry:
    return change.pushed if isinstance(change, Void) else change.desired


class Limits(Struct, frozen=True, kw_only=True):
    """How far a plan may go without a person's approval, and where QuickBooks' books are closed.

    A plan waits when updates and voids are more than `changes_few` and more than `changes_percent` of what stands in
    QuickBooks, when any change is dated before `oldest`, or when it is the first of a practice and
    `first_plan_waits`. Nothing dated up to `books_closed_through` is changed.
    """

    changes_percent: int = 20
    changes_few: int = 10
    oldest: dt.date | None = None
    first_plan_waits: bool = False
    books_closed_through: dt.date | None = None

    @staticmethod
    def of(
        rules: Rules,
        today: dt.date,
        *,
        books_closed_through: dt.date | None = None,
    ) -> Limits:
        """The practice's own limits, as of a day."""
        thresholds = rules.practice.thresholds
        return Limits(
            changes_percent=thresholds.plan_changes_percent,
            oldest=today - dt.timedelta(days=thresholds.plan_age_days),
            first_plan_waits=rules.practice.first_plan_waits,
            books_closed_through=books_closed_through,
        )


class Decisions(Struct, frozen=True, kw_only=True):
    """What people decided: edits in QuickBooks that stand, edits to be written over, plans that may be pushed."""

    adopted: frozenset[EntryKey] = frozenset()
    restored: frozenset[EntryKey] = frozenset()
    approved: frozenset[Digest] = frozenset()
