"""What a push did: counts for the summary, and what waits for a person."""

from __future__ import annotations

from msgspec import Struct

from hhs_sync.ledger.entry import EntryKey
from hhs_sync.plan.changes import Hold
from hhs_sync.plan.desired import QuickBooksKind


class RefusedChange(Struct, frozen=True, kw_only=True):
    """A change that QuickBooks refused, with Intuit's code and its short message."""

    key: EntryKey
    kind: QuickBooksKind
    code: str
    message: str


class PushReport(Struct, frozen=True, kw_only=True):
    """What came of a plan.

    `adopted` counts entries that were there already; `pausing` changes that were refused before and whose next try is
    not due; `later` those that QuickBooks was too busy for; `unclear` those of which it is not known whether they were
    saved: the next push looks before anything else. `stopped` says why the push ended early ("" when it did not).
    `plan` is the digest of the plan that was carried out, by which the push can be undone.
    """

    created: int = 0
    updated: int = 0
    voided: int = 0
    adopted: int = 0
    held: tuple[Hold, ...] = ()
    refused: tuple[RefusedChange, ...] = ()
    pausing: int = 0
    later: int = 0
    unclear: int = 0
    stopped: str = ""
    plan: str = ""
    created_by_kind: tuple[tuple[QuickBooksKind, int], ...] = ()

    @property
    def written(self) -> int:
        """How many entries QuickBooks now holds as wished because of this push."""
        return self.created + self.updated + self.voided
