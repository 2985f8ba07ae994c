"""Post a past period on purpose: the part of the plan that is dated in it, whatever its age.

A daily turn posts nothing older than the practice's limit until a person approves the whole plan. When a practice comes
over, or a month was left out, this takes the plan's changes of one period, and where wanted those that follow from one
source alone. It is the same plan and the same push; whoever names the period has approved it. Entries that rest on
others outside the period wait for them, as ever.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from hhs_sync.errors import HhsSyncError
from hhs_sync.intake import take_in
from hhs_sync.look import look
from hhs_sync.plan.changes import Create, Hold, Update, Void
from hhs_sync.writing import write_plan

if TYPE_CHECKING:
    from hhs_sync.facts.document import Digest, FactKey
    from hhs_sync.intake import Progress
    from hhs_sync.ledger.entry import EntryKey
    from hhs_sync.office import Desk
    from hhs_sync.plan.changes import Change, Plan
    from hhs_sync.quickbooks.client import QuickBooksClient
    from hhs_sync.quickbooks.report import PushReport
    from hhs_sync.review import Review


DIGEST_LENGTH_MIN = 8
"""So many characters of a digest name a plan."""


class Period(Struct, frozen=True, kw_only=True):
    """Which part of a plan is meant: entries dated from `first` to `last`, of one connector's documents or of all."""

    first: dt.date
    last: dt.date
    source: str | None = None


def plan_backfill(desk: Desk, period: Period, progress: Progress, wait_seconds: float) -> Plan:
    """The changes of the period; QuickBooks is asked first, and nothing is written.

    Raises HhsSyncError when the source is none of the practice's, and QuickBooksError when it can't be asked.
    """
    _known_source(desk, period.source)
    with desk.store.lock(desk.practice, owner=f"backfill, pid {os.getpid()}", wait_seconds=wait_seconds):
        _ask(desk, progress)
        return within(_look(desk, progress), period)


def apply_backfill(
    desk: Desk, period: Period, expected: Digest, progress: Progress, wait_seconds: float
) -> tuple[Plan, PushReport]:
    """Write the changes of the period to QuickBooks.

    `expected` is the beginning of the digest of the plan that was shown, "" for whatever it is now: but the first
    entries of a practice are written only by their digest. Raises HhsSyncError then, and as `plan_backfill` does.
    """
    _known_source(desk, period.source)
    with desk.store.lock(desk.practice, owner=f"backfill, pid {os.getpid()}", wait_seconds=wait_seconds) as lock:
        client = _ask(desk, progress)
        plan = within(_look(desk, progress), period)
        _approved(desk, plan, expected)
        progress(f"writing {sum(1 for one in plan.changes if not isinstance(one, Hold))} entries to QuickBooks")
        report = write_plan(desk, plan, client, lock)
        desk.store.activity.note(
            desk.practice,
            at=desk.clock(),
            by="backfill",
            what="period posted",
            details={"from": period.first.isoformat(), "to": period.last.isoformat(), "written": report.written},
        )
        return plan, report


def within(review: Review, period: Period) -> Plan:
    """The part of a review's plan that belongs to a period."""
    evidence = {
        entry.key: {_source_of(one.fact) for one in entry.evidence} for entry in review.books.entries
    }  # fmt: skip
    renders = {entry.key: entry.renders for entry in review.desired.entries}

    def belongs(change: Change) -> bool:
        day = date_of(change)
        if day is None or not period.first <= day <= period.last:
            return False
        if period.source is None:
            return True
        told_by = (evidence.get(entry, set()) for entry in renders.get(key_of(change), ()))
        return any(period.source in sources for sources in told_by)

    changes = tuple(change for change in review.plan.changes if belongs(change))
    return msgspec.structs.replace(review.plan, changes=changes, waits="", digest=digest_of(changes))


def date_of(change: Change) -> dt.date | None:
    """The date under which a change stands, or will stand, in QuickBooks."""
    if isinstance(change, Void):
        return change.pushed.date
    if isinstance(change, Hold):
        about = change.desired or change.pushed
        return about.date if about is not None else None
    return change.desired.date


def key_of(change: Change) -> EntryKey:
    """The entry that a change is about."""
    if isinstance(change, Hold):
        return change.key
    return change.pushed.key if isinstance(change, Void) else change.desired.key


def digest_of(changes: tuple[Change, ...]) -> Digest:
    """Names what would be done, so that two people can see that they mean the same."""
    whole = hashlib.sha256()
    for change in changes:
        if isinstance(change, Create | Update):
            whole.update(f"{type(change).__name__} {key_of(change)} {change.desired.digest()}\n".encode())
        elif not isinstance(change, Hold):
            whole.update(f"{type(change).__name__} {key_of(change)}\n".encode())
    return whole.hexdigest()


def _approved(desk: Desk, plan: Plan, expected: Digest) -> None:
    """Refuse a plan that is not the one that was shown, and a first one that nobody names."""
    if not plan.digest.startswith(expected):
        raise HhsSyncError(f"the plan is another one than {expected} by now ({plan.digest[:12]}): look at it again")
    first = desk.rules.practice.first_plan_waits and not desk.store.pushes.pushed_entries(desk.practice)
    if first and len(expected) < DIGEST_LENGTH_MIN:
        raise HhsSyncError(
            f"these would be the first {len(plan.changes)} entries of {desk.practice}: look at the plan, then say"
            f" --apply {plan.digest[:12]}"
        )


def _source_of(fact: FactKey) -> str:
    """The name of the connector in a fact's key ("session/ehr/8841")."""
    return fact.split("/")[1] if fact.count("/") else ""


def _known_source(desk: Desk, source: str | None) -> None:
    names = [one.name for one in desk.config.connectors]
    if source is not None and source not in names:
        raise HhsSyncError(f"practice {desk.practice} has no source {source!r}; it has: {', '.join(names)}")


def _ask(desk: Desk, progress: Progress) -> QuickBooksClient:
    from hhs_sync.quickbooks.refresh import refresh  # noqa: PLC0415  Loads the wire's libraries.

    progress("asking QuickBooks what changed")
    client = desk.call(progress)
    refresh(client, desk.store, desk.practice, desk.rules, desk.clock())
    return client


def _look(desk: Desk, progress: Progress) -> Review:
    progress("taking in documents")
    taken = take_in(desk, progress)
    progress("keeping the books")
    return look(desk, taken.obstacles)
