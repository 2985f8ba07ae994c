"""What has gone away: questions that were open at the last review and are not any more, and by what.

A finding has no history of its own: it is there while its cause is. So the record before is compared with the
findings now. Whoever or whatever closed a question is told with it, and for a week it stays on the report, so that
what the program closed by itself is a list that a person can look through.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.finding import FindingState
from hhs_sync.review.record import Cleared

if TYPE_CHECKING:
    from hhs_sync.facts.resolution import Resolution
    from hhs_sync.findings.finding import Finding
    from hhs_sync.review.record import Record

SHOWN_DAYS = 7
RULE = "rule: "
"""How the program says, in `Cleared.closed_by`, that no person closed a question."""
_CLOSED = frozenset({FindingState.RESOLVED, FindingState.CLEARED})
# These decide nothing by themselves.
_REMARKS = frozenset(
    {
        ResolutionKind.NOTE,
        ResolutionKind.ASSIGN,
        ResolutionKind.WAIT_UNTIL,
        ResolutionKind.REOPEN,
        ResolutionKind.TAKE_BACK,
        ResolutionKind.WITHDRAW,
    }
)


def cleared_since(
    previous: Record | None, findings: Iterable[Finding], resolutions: Iterable[Resolution], today: dt.date
) -> tuple[Cleared, ...]:
    """What went away within the last week, the latest first."""
    now = {one.key: one for one in findings}
    found = {one.key: one for one in _closed_now(now.values())}
    if previous is not None:
        decided: dict[str, list[Resolution]] = defaultdict(list)
        for one in resolutions:
            if one.kind not in _REMARKS:
                decided[one.subject].append(one)
        for before in previous.findings:
            if before.is_open and before.key not in now:
                found.setdefault(before.key, _gone(before, _decision(before, decided, previous.as_of), today))
        for old in previous.cleared:
            if old.key not in now:
                found.setdefault(old.key, old)
    first = today - dt.timedelta(days=SHOWN_DAYS)
    recent = (one for one in found.values() if one.closed_on >= first)
    return tuple(sorted(recent, key=lambda one: (-one.closed_on.toordinal(), one.key)))


def _closed_now(findings: Iterable[Finding]) -> Iterator[Cleared]:
    for one in findings:
        if one.state in _CLOSED and one.closed_on is not None:
            yield _cleared(one, one.closed_on, one.closed_by, by_person=one.state is FindingState.RESOLVED)


def _gone(before: Finding, decision: Resolution | None, today: dt.date) -> Cleared:
    if decision is None:
        return _cleared(before, today, f"rule: {before.clears_when}", by_person=False)
    word = decision.kind.value.replace("_", " ")
    why = f", {decision.reason}" if decision.reason else ""
    return _cleared(before, decision.at.date(), f"{decision.by}: {word}{why}", by_person=True)


def _decision(before: Finding, decided: dict[str, list[Resolution]], since: dt.date) -> Resolution | None:
    """The latest decision about the question, its subject or its sessions that may have closed it."""
    about: Sequence[str] = (
        before.key,
        before.subject,
        before.subject.partition(">")[0],
        before.subject.removeprefix("entry/"),
        *before.sessions,
    )
    found = [one for subject in about for one in decided.get(subject, ()) if one.at.date() >= since]
    return max(found, key=lambda one: (one.at, one.key), default=None)


def _cleared(one: Finding, day: dt.date, by: str, *, by_person: bool) -> Cleared:
    return Cleared(
        key=one.key,
        code=one.code,
        title=one.title,
        says=one.says,
        amount=one.amount,
        closed_on=day,
        closed_by=by,
        payer=one.payer,
        client=one.client,
        finding=msgspec.structs.replace(
            one,
            state=FindingState.RESOLVED if by_person else FindingState.CLEARED,
            closed_by=by,
            closed_on=day,
            approves=None,
        ),
    )
