"""Close a period: look whether its books hold, and sign its journal as a document.

A period is closed when everything in it is answered: the controls hold, QuickBooks ties and holds all of it, and no
critical question is open. A person may close over that with a reason, which is kept. From then on what facts say
otherwise about closed days is told in the first open one (see `ledger/period_close.py`). Reopening is a document too.

Where the accountant closed the month in QuickBooks before, what came too late for it there is not signed here either:
like all that comes late it is told in the first open day, where QuickBooks can take it.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING

from hhs_sync.errors import HhsSyncError
from hhs_sync.facts.resolution import ClosedPeriod
from hhs_sync.facts.resolution_text import decision_key
from hhs_sync.findings.finding import Severity
from hhs_sync.findings.words import counted
from hhs_sync.intake import decide
from hhs_sync.ledger.period_close import clients_of, closed_through, journal_digest, write_journal
from hhs_sync.look import load_facts, look
from hhs_sync.money import format_money
from hhs_sync.plan.changes import Create, Hold, HoldReason, Update

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hhs_sync.facts.document import FactKey
    from hhs_sync.ledger.entry import Entry, EntryKey
    from hhs_sync.office import Desk
    from hhs_sync.review import Review


class NotClosableError(HhsSyncError):
    """The period can't be closed as it is; `reasons` says what stands against it, one sentence each."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        """Hold every reason, for a person wants to mend them in one go."""
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def close(
    desk: Desk, through: dt.date, *, by: str, reason: str = "", override: bool = False, wait_seconds: float = 0.0
) -> ClosedPeriod:
    """Close all open days up to `through` and store the signed journal.

    Raises NotClosableError when something stands against it and `override` is not given (a reason is needed then), or
    when nothing could be closed at all; PracticeBusyError when somebody else works on the practice.
    """
    with desk.store.lock(desk.practice, owner=f"close, pid {os.getpid()}", wait_seconds=wait_seconds):
        closed = closed_through(load_facts(desk).closed_periods.values())
        if through >= desk.today:
            raise NotClosableError((f"{through} is not over yet: the last day that can be closed is yesterday",))
        if closed is not None and through <= closed:
            raise NotClosableError((f"the books are closed through {closed} already",))
        seen = look(desk)
        against = stands_against(seen, through)
        if against and not (override and reason):
            raise NotClosableError(against)
        late = too_late(seen)
        entries = [one for one in _open_entries(seen, closed, through) if one.key not in late]
        left = (
            f"{counted(len(late), 'entry', 'entries')} too late for QuickBooks, told on the first open day"
            if late
            else ""
        )
        why = "; ".join(one for one in (reason, *against, left) if one)
        clients = clients_of(entries, seen.books.session_clients)
        return _store(desk, through, by, why, write_journal(entries), clients)


def reopen(desk: Desk, through: dt.date, *, by: str, reason: str, wait_seconds: float = 0.0) -> ClosedPeriod:
    """Open a closed period again, and all that follow it. Raises NotClosableError when no close ends on that day."""
    with desk.store.lock(desk.practice, owner=f"reopen, pid {os.getpid()}", wait_seconds=wait_seconds):
        closed = closed_through(load_facts(desk).closed_periods.values())
        if closed is None or closed < through:
            raise NotClosableError((f"the books are not closed through {through}",))
        return _store(desk, through, by, reason, "", {}, reopened=True)


def stands_against(seen: Review, through: dt.date) -> tuple[str, ...]:
    """What stands against closing, one sentence each."""
    critical = [one for one in seen.findings if one.is_open and one.severity is Severity.CRITICAL]
    failing = [one for one in seen.controls if one.unexplained]
    missing = [
        change.desired
        for change in seen.plan.changes
        if isinstance(change, Create | Update) and change.desired.date is not None and change.desired.date <= through
    ]
    late = too_late(seen)
    waiting = [
        change
        for change in seen.plan.changes
        if isinstance(change, Hold) and _is_within(change, through) and not _is_told_by(change, late)
    ]
    against = [f"{control.name} is off by {format_money(control.unexplained)}" for control in failing]
    if critical:
        against.append(
            f"{len(critical)} critical exceptions are open ({', '.join(sorted({one.code for one in critical}))})"
        )
    if missing:
        against.append(f"{len(missing)} entries of the period are not in QuickBooks yet: run `hhs-sync sync` first")
    if waiting:
        are = counted(len(waiting), "entry of the period is", "entries of the period are")
        against.append(f"{are} held: answer the exceptions about QuickBooks first")
    return tuple(against)


def too_late(seen: Review) -> frozenset[EntryKey]:
    """The entries that QuickBooks lacks altogether, and can't take because their month is closed there."""
    lacking = {
        change.key: change.desired.renders
        for change in seen.plan.changes
        if isinstance(change, Hold) and change.reason is HoldReason.CLOSED and change.desired and not change.stands
    }
    if not lacking:
        return frozenset()
    there = {entry for wish in seen.desired.entries if wish.key not in lacking for entry in wish.renders}
    return frozenset(entry for renders in lacking.values() for entry in renders if entry not in there)


def _is_within(change: Hold, through: dt.date) -> bool:
    about = change.desired or change.pushed
    return about is not None and about.date is not None and about.date <= through


def _is_told_by(change: Hold, entries: frozenset[EntryKey]) -> bool:
    """Whether all that a document tells is among these entries."""
    return change.desired is not None and entries.issuperset(change.desired.renders)


def _open_entries(seen: Review, closed: dt.date | None, through: dt.date) -> list[Entry]:
    return [one for one in seen.books.entries if one.date <= through and (closed is None or one.date > closed)]


def _store(  # noqa: PLR0917  The parts of the document that is signed.
    desk: Desk,
    through: dt.date,
    by: str,
    reason: str,
    journal: str,
    clients: Mapping[FactKey, str],
    *,
    reopened: bool = False,
) -> ClosedPeriod:
    at = desk.clock()
    period = ClosedPeriod(
        key=decision_key("closed_period", f"{through}-{at:%Y%m%dT%H%M%S}"),
        through=through,
        by=by,
        at=at,
        reason=reason,
        journal=journal,
        journal_digest=journal_digest(journal) if journal else "",
        clients=clients,
        reopened=reopened,
    )
    what = "reopened" if reopened else "closed"
    decide(desk, [period], name=f"period {what} by {by}")
    desk.store.activity.note(
        desk.practice, at=at, by=by, what=f"period {what}",
        details={"through": through.isoformat(), "journal": period.journal_digest, "reason": reason},
    )  # fmt: skip
    return period
