"""Where each question stands, by what people decided about it.

    WAIT_UNTIL  waiting until the day, then open again        ASSIGN  another owner
    ACCEPT      resolved, with a reason                       NOTE    a remark beside it
    REOPEN      takes the last WAIT_UNTIL or ACCEPT back, and asks again what a rule has closed

A decision is about a finding's key; ASSIGN, NOTE and WAIT_UNTIL may also be about its subject, so that a remark on a
session stays with it whatever is asked next. An acceptance needs a reason; above the practice's approval limit and in
matters of law it needs a second person as well. It covers the amount that was accepted: when more is at stake later,
the question is asked again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from hhs_sync.facts.resolution import Resolution, ResolutionKind
from hhs_sync.findings.finding import Finding, FindingState, Owner
from hhs_sync.ledger.resolution import approvals

if TYPE_CHECKING:
    from hhs_sync.facts.current import Facts
    from hhs_sync.money import Money

_KINDS = frozenset(
    {
        ResolutionKind.WAIT_UNTIL,
        ResolutionKind.ACCEPT,
        ResolutionKind.REOPEN,
        ResolutionKind.ASSIGN,
        ResolutionKind.NOTE,
    }
)
_BY_KEY_ONLY = frozenset({ResolutionKind.ACCEPT, ResolutionKind.REOPEN})
LAW = "CMP"
ACCEPTED_WITHOUT_REASON = "accepted without a reason: say why"
NEEDS_SECOND_PERSON = "accepted by {by}; a second person has to approve it"


def with_states(findings: Iterable[Finding], facts: Facts, limit: Money, today: dt.date) -> list[Finding]:
    """The findings with the state, owner and notes that people gave them."""
    decisions: dict[str, list[Resolution]] = defaultdict(list)
    for one in facts.resolutions.values():
        if one.kind in _KINDS:
            decisions[one.subject].append(one)
    if not decisions:
        return list(findings)
    approved = approvals(facts.resolutions)
    return [_with_state(one, _about(one, decisions), approved, limit, today) for one in findings]


def with_decisions(finding: Finding, decisions: Sequence[Resolution], limit: Money, today: dt.date) -> Finding:
    """A finding as further decisions leave it, before the next look: the same rule, over what stands already."""
    approved = approvals({one.key: one for one in decisions})
    approving = next(
        (one.by for one in decisions if one.kind is ResolutionKind.APPROVE and one.subject == finding.approves), None
    )
    if finding.approves and approving:
        day = decisions[-1].at.date()
        return msgspec.structs.replace(
            finding, state=FindingState.RESOLVED, closed_by=f"approved by {approving}", closed_on=day
        )
    return _with_state(finding, decisions, approved, limit, today)


def reopened(findings: Mapping[str, Finding], facts: Facts) -> list[Finding]:
    """Questions that a person asks again although their cause is gone: as they stood, until somebody accepts them."""
    found: dict[str, Finding] = {}
    for one in facts.resolutions.values():
        if one.kind is ResolutionKind.REOPEN and one.finding and one.subject not in findings:
            before = msgspec.json.decode(one.finding, type=Finding)
            found[before.key] = msgspec.structs.replace(
                before, state=FindingState.OPEN, closed_by="", closed_on=None, waits_until=None, approves=None
            )
    return list(found.values())


def _about(finding: Finding, decisions: Mapping[str, Sequence[Resolution]]) -> list[Resolution]:
    """What was decided about a finding, oldest first."""
    of_subject = (one for one in decisions.get(finding.subject, ()) if one.kind not in _BY_KEY_ONLY)
    return sorted((*decisions.get(finding.key, ()), *of_subject), key=lambda one: (one.at, one.key))


def _with_state(
    finding: Finding, decisions: Sequence[Resolution], approved: Mapping[str, str], limit: Money, today: dt.date
) -> Finding:
    last: Resolution | None = None
    for one in decisions:
        if one.kind is ResolutionKind.NOTE and one.reason:
            finding = _noted(finding, f"{one.at.date()} {one.by}: {one.reason}")
        elif one.kind is ResolutionKind.ASSIGN and one.owner:
            finding = msgspec.structs.replace(finding, owner=one.owner)
        elif one.kind is ResolutionKind.REOPEN:
            last = None
            finding = _asked_again(finding, one)
        elif one.kind in (ResolutionKind.WAIT_UNTIL, ResolutionKind.ACCEPT):
            last = one
    if last is None or finding.state is FindingState.CLEARED:
        return finding
    if last.kind is ResolutionKind.WAIT_UNTIL:
        return _waiting(finding, last, today)
    return _accepted(finding, last, approved, limit)


def _asked_again(finding: Finding, decision: Resolution) -> Finding:
    again = msgspec.structs.replace(
        finding, state=FindingState.OPEN, closed_by="", closed_on=None, waits_until=None, approves=None
    )
    if not decision.reason:
        return again
    return _noted(again, f"{decision.at.date()} {decision.by} asked again: {decision.reason}")


def _waiting(finding: Finding, decision: Resolution, today: dt.date) -> Finding:
    if decision.reason:
        finding = _noted(finding, f"{decision.at.date()} {decision.by}: {decision.reason}")
    if decision.until is None or decision.until <= today:
        return finding
    return msgspec.structs.replace(finding, state=FindingState.WAITING, waits_until=decision.until)


def _accepted(finding: Finding, decision: Resolution, approved: Mapping[str, str], limit: Money) -> Finding:
    if not decision.reason.strip():
        return _noted(finding, ACCEPTED_WITHOUT_REASON)
    if decision.amount is not None and finding.amount > decision.amount:
        return _noted(finding, f"{decision.at.date()} {decision.by} accepted a smaller amount: {decision.reason}")
    if (finding.amount > limit or finding.group == LAW) and decision.key not in approved:
        waiting = _noted(finding, NEEDS_SECOND_PERSON.format(by=decision.by))
        answers = (ResolutionKind.APPROVE, *waiting.answers)
        return msgspec.structs.replace(
            waiting, owner=Owner.APPROVER.value, approves=decision.key, answers=tuple(dict.fromkeys(answers))
        )
    return msgspec.structs.replace(
        finding,
        state=FindingState.RESOLVED,
        closed_by=f"{decision.by}: {decision.reason}",
        closed_on=decision.at.date(),
    )


def _noted(finding: Finding, note: str) -> Finding:
    return msgspec.structs.replace(finding, notes=(*finding.notes, note))
