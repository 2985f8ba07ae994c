"""What a person may decide about a finding, and the decision that comes of it.

People decide about a finding; the ledger and the plan read decisions about facts. Which fact that is follows from the
kind of decision:

    the finding itself         wait, accept, assign, note, reopen, map
    a session                  write off, adjust, bill the client, cancel, do not bill, notice given, pay the payer back
    the claim payment          set reason
    the finding's subject      choose a match, old system, virtual card, no repeat
    the proposed decision      approve
    the entry in QuickBooks    restore or adopt an edit
    the plan's digest          approve the plan
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from hhs_sync.facts.document import FactKey
from hhs_sync.facts.resolution import Resolution, ResolutionKind, Terms
from hhs_sync.ledger.resolution import ADJUST_ACCOUNTS, NEEDS_APPROVAL
from hhs_sync.mapping.rules import Treatment
from hhs_sync.money import Money, format_money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hhs_sync.findings.finding import Candidate, Finding

ABOUT_FINDING = frozenset(
    {
        ResolutionKind.WAIT_UNTIL,
        ResolutionKind.ACCEPT,
        ResolutionKind.ASSIGN,
        ResolutionKind.NOTE,
        ResolutionKind.REOPEN,
        ResolutionKind.MAP,
    }
)
ABOUT_SESSION = frozenset(
    {
        ResolutionKind.WRITE_OFF,
        ResolutionKind.ADJUST,
        ResolutionKind.BILL_CLIENT,
        ResolutionKind.CANCEL_CHARGE,
        ResolutionKind.DO_NOT_BILL,
        ResolutionKind.NOTICE_GIVEN,
        ResolutionKind.PAY_PAYER_BACK,
    }
)
ABOUT_ENTRY = frozenset({ResolutionKind.RESTORE_EDIT, ResolutionKind.ADOPT_EDIT})
ABOUT_EVIDENCE = frozenset({ResolutionKind.UNCLAIMED})


REMARKS = frozenset({ResolutionKind.NOTE, ResolutionKind.ASSIGN, ResolutionKind.WAIT_UNTIL})
POSTS_NOTHING = REMARKS | {ResolutionKind.ACCEPT, ResolutionKind.REOPEN}
"""Decisions about the question alone: neither the ledger nor the plan reads them."""
IRREVERSIBLE = frozenset({ResolutionKind.PAY_PAYER_BACK, ResolutionKind.UNCLAIMED})
"""Money leaves: taking the decision back brings back the entry, never the money."""
REASONS = tuple(one.value for one in Treatment if one is not Treatment.HOLD)
"""What the adjustments of a claim payment may be taken for."""
LAW = "CMP"


class Answer(Terms, frozen=True, kw_only=True):
    """What a person decides about a finding. `session` says which one, where several stand behind it."""

    session: FactKey | None = None


def decision(finding: Finding, answer: Answer, *, key: FactKey, by: str, at: dt.datetime) -> Resolution:
    """The decision as it is stored. Raises ValueError, with what to do, when it makes no sense for the finding."""
    _check(finding, answer, at.date())
    kind = answer.kind
    said = {name: getattr(answer, name) for name in Terms.__struct_fields__}
    if kind is ResolutionKind.ACCEPT:
        # An acceptance covers the amount that was seen: when more is at stake later, the question is asked again.
        said["amount"] = finding.amount
    payer = finding.payer if kind is ResolutionKind.PAY_PAYER_BACK else None
    said["account"] = answer.account or payer
    said["reason"] = " ".join(answer.reason.split())
    return Resolution(**said, key=key, subject=subject_of(kind, finding, answer.session), by=by, at=at)


def _check(finding: Finding, answer: Answer, today: dt.date) -> None:
    kind = answer.kind
    if kind in (ResolutionKind.NOTE, ResolutionKind.ACCEPT) and not answer.reason.strip():
        raise ValueError("say why: an empty remark tells nobody anything")
    if kind is ResolutionKind.WAIT_UNTIL and (answer.until is None or answer.until <= today):
        raise ValueError(f"wait until a day after today ({today})")
    if kind is ResolutionKind.ASSIGN and not (answer.owner or "").strip():
        raise ValueError("say who answers it")
    amount = answer.amount or 0
    needs_amount = kind in NEEDS_APPROVAL or kind is ResolutionKind.PAY_PAYER_BACK
    if (needs_amount and amount <= 0) or amount < 0:
        raise ValueError("the amount must be more than 0.00")
    if kind is ResolutionKind.ADJUST and answer.account not in {None, "", *ADJUST_ACCOUNTS}:
        raise ValueError(f"adjust as one of: {', '.join(ADJUST_ACCOUNTS)}")
    if kind is ResolutionKind.SET_REASON and answer.account not in REASONS:
        raise ValueError(f"the reason must be one of: {', '.join(REASONS)}")
    if kind is ResolutionKind.CHOOSE_MATCH:
        _check_match(finding, answer)


def _check_match(finding: Finding, answer: Answer) -> None:
    if not answer.targets:
        raise ValueError("name what it pays")
    if len(set(answer.targets)) != len(answer.targets):
        raise ValueError("the same thing is named twice")
    if not answer.amounts:
        return
    if len(answer.amounts) != len(answer.targets) or min(answer.amounts) <= 0:
        raise ValueError("each part needs an amount of more than 0.00")
    if sum(answer.amounts) != finding.amount:
        difference = format_money(finding.amount - sum(answer.amounts))
        raise ValueError(f"the parts come to {format_money(sum(answer.amounts))}: {difference} is left")


def suggested(finding: Finding, number: int) -> Answer:
    """The answer that takes a finding's suggestion (the first is 1). Raises ValueError when there is none."""
    if not 1 <= number <= len(finding.candidates):
        raise ValueError(f"there are {len(finding.candidates)} suggestions")
    if ResolutionKind.CHOOSE_MATCH not in finding.answers:
        return Answer(kind=ResolutionKind.ACCEPT, reason=f"as suggested: {', '.join(finding.candidates[0].agrees)}")
    return Answer(kind=ResolutionKind.CHOOSE_MATCH, targets=finding.candidates[number - 1].targets)


def exact_suggestions(finding: Finding) -> tuple[Candidate, ...]:
    """The one suggestion against which nothing speaks, for the whole amount; none where a choice is left.

    That the client is not named speaks against it: an amount alone is anybody's, so a person looks at each such one.
    """
    if ResolutionKind.CHOOSE_MATCH not in finding.answers or len(finding.candidates) != 1:
        return ()
    one = finding.candidates[0]
    return (one,) if not one.differs and one.amount == finding.amount and finding.group != LAW else ()


def never_in_bulk(kind: ResolutionKind, finding: Finding, limit: Money, amount: Money | None = None) -> str:
    """Why a decision may not be made about many at once; "" where it may."""
    if kind in REMARKS:
        return ""
    if finding.group == LAW:
        return "a matter of law is decided one by one"
    if kind in IRREVERSIBLE:
        return "money that goes back is decided one by one"
    if kind in NEEDS_APPROVAL and (amount if amount is not None else finding.amount) > limit:
        return f"more than {format_money(limit)} needs a second person, and is decided one by one"
    if kind is ResolutionKind.ACCEPT and finding.amount > limit:
        return f"more than {format_money(limit)} needs a second person, and is decided one by one"
    return ""


def without_rivals(findings: Sequence[Finding]) -> list[Finding]:
    """The findings whose one exact suggestion no other of them lays claim to."""
    claims: dict[FactKey, int] = {}
    for one in findings:
        for candidate in exact_suggestions(one):
            for target in candidate.targets:
                claims[target] = claims.get(target, 0) + 1
    return [
        one
        for one in findings
        if (exact := exact_suggestions(one)) and all(claims[target] == 1 for target in exact[0].targets)
    ]


def in_few_words(one: Resolution) -> str:
    """A decision as a list tells it."""
    word = one.kind.value.replace("_", " ")
    if one.kind is ResolutionKind.WAIT_UNTIL:
        return f"wait until {one.until}"
    if one.kind is ResolutionKind.ASSIGN:
        return f"assigned to {one.owner}"
    if one.kind in (ResolutionKind.NOTE, ResolutionKind.ACCEPT):
        return f"{word}: {one.reason}"
    if one.kind is ResolutionKind.SET_REASON:
        return f"is {one.account}"
    if one.kind is ResolutionKind.TAKE_BACK:
        return "taken back"
    if one.kind is ResolutionKind.CHOOSE_MATCH:
        split = len(one.targets) > 1 and not one.subject.startswith("bank_deposit/")
        return f"split over {len(one.targets)}" if split else "match chosen"
    return f"{word} {format_money(one.amount)}" if one.amount else word


def taking_back(one: Resolution, *, key: FactKey, by: str, at: dt.datetime, reason: str = "") -> Resolution:
    """The decision that takes another one back."""
    return Resolution(key=key, kind=ResolutionKind.TAKE_BACK, subject=one.key, by=by, at=at, reason=reason)


def about(finding: Finding, decisions: Iterable[Resolution]) -> list[Resolution]:
    """The decisions that are about a finding, its subject, or what it concerns; the oldest first."""
    subjects = {
        finding.key,
        finding.subject,
        finding.subject.partition(">")[0],
        finding.subject.removeprefix("entry/"),
        *finding.sessions,
        *(one.fact for one in finding.evidence[:1]),
    }
    return sorted((one for one in decisions if one.subject in subjects), key=lambda one: (one.at, one.key))


def subject_of(kind: ResolutionKind, finding: Finding, session: FactKey | None = None) -> str:
    """The subject of a decision about a finding. Raises ValueError, with what to do, when there is none or several."""
    if kind in ABOUT_FINDING:
        return finding.key
    if kind is ResolutionKind.APPROVE:
        return finding.approves or finding.subject
    if kind in ABOUT_SESSION:
        return _session(kind, finding, session)
    if kind in ABOUT_EVIDENCE:
        if len(finding.evidence) != 1:
            raise ValueError(f"{len(finding.evidence)} payments stand behind {finding.code}: decide about each alone")
        return finding.evidence[0].fact
    if kind is ResolutionKind.APPROVE_PLAN:
        if not finding.candidates:
            raise ValueError(f"{finding.code} is not about a plan that waits for approval")
        return finding.candidates[0].targets[0]
    if kind in ABOUT_ENTRY:
        return finding.subject.removeprefix("entry/")
    return finding.subject.partition(">")[0]


def _session(kind: ResolutionKind, finding: Finding, session: FactKey | None) -> FactKey:
    if session is not None:
        if session not in finding.sessions:
            raise ValueError(f"{finding.code} is not about that session")
        return session
    if len(finding.sessions) == 1:
        return finding.sessions[0]
    word = kind.value.replace("_", " ")
    if not finding.sessions:
        raise ValueError(f"{finding.code} concerns no session: “{word}” needs one")
    raise ValueError(f"{finding.code} concerns {len(finding.sessions)} sessions: say for which one to {word}")
