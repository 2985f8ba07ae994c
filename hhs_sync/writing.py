"""Carrying a plan out: every text is looked at once more on its way, and refusals of what nobody wishes are let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hhs_sync.look import load_facts
from hhs_sync.plan.changes import Hold, Void
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.plan.privacy import Guard, roster_of
from hhs_sync.quickbooks.push import push
from hhs_sync.quickbooks.refresh import load_catalog

if TYPE_CHECKING:
    from hhs_sync.ledger.entry import EntryKey
    from hhs_sync.office import Desk
    from hhs_sync.plan.changes import Change, Plan
    from hhs_sync.quickbooks.client import QuickBooksClient
    from hhs_sync.quickbooks.report import PushReport
    from hhs_sync.store.lock import Held


CARRIED_OUT = "plan carried out"
"""What the activity calls a plan that was written to QuickBooks; its subject is the plan's digest."""


def write_plan(desk: Desk, plan: Plan, client: QuickBooksClient, lock: Held, *, by: str = "sync") -> PushReport:
    """Push a plan, with every text looked at once more on its way out. That it was begun is noted first.

    Which entries belong to which plan is told by when they were set out to be written: one plan at a time is carried
    out, under the practice's lock.
    """
    desk.store.activity.note(
        desk.practice,
        at=desk.clock(),
        by=by,
        what=CARRIED_OUT,
        subject=plan.digest,
        details={"changes": sum(not isinstance(change, Hold) for change in plan.changes)},
    )
    facts = load_facts(desk)
    codes = [one.code for one in facts.client_codes.values()]
    guard = Guard(roster_of(facts), desk.rules, codes)
    catalog = load_catalog(desk.store, desk.practice, desk.rules)
    report = push(plan, client, desk.store, desk.practice, catalog, guard, desk.clock, verify=lock.verify)
    return msgspec.structs.replace(report, plan=plan.digest)


def forget_refusals(desk: Desk, plan: Plan) -> None:
    """Let go of refusals of what is not wished any more, or the practice would never be quiet again.

    A customer is not in a plan: its refusal goes when nothing is left that could name it.
    """
    named = {_key(change) for change in plan.changes}
    gone = [
        key
        for key, one in desk.store.pushes.refusals(desk.practice).items()
        if key not in named and (one.kind is not QuickBooksKind.CUSTOMER or not named)
    ]
    desk.store.pushes.forget_refusals(desk.practice, gone, desk.clock())


def _key(change: Change) -> EntryKey:
    if isinstance(change, Hold):
        return change.key
    return change.pushed.key if isinstance(change, Void) else change.desired.key
