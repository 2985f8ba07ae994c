"""Claims on their way to an answer: not billed, rejected, near the deadline, unanswered, second payer waiting.

    session ── billed? ── accepted? ── answered? ── second payer billed? ── answered?
               BIL-01     BIL-02       BIL-04       BIL-05                  BIL-04
               └─ BIL-03 in the last days before the filing deadline

The earlier warning steps (60 and 30 days before the deadline) make BIL-01 pressing; at the last two (14 and 7) the
deadline itself becomes the question.

Only what a payer still owes is looked at, and each open item asks one question: the earliest one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.days import add_business_days
from hhs_sync.facts.claim import ClaimState
from hhs_sync.findings.asking import ask, days_later
from hhs_sync.findings.deadline import Deadline, filing_deadline
from hhs_sync.findings.finding import Finding, Severity
from hhs_sync.findings.situation import Situation
from hhs_sync.findings.words import counted, usd
from hhs_sync.ledger.entry import Evidence
from hhs_sync.mapping.rules import PayerFamily

if TYPE_CHECKING:
    from hhs_sync.facts.claim import Acknowledgement, Claim
    from hhs_sync.facts.session import Session
    from hhs_sync.mapping.rules import Payer
    from hhs_sync.receivables.open_items import OpenItem

UNBILLED_HIGH_DAYS = 30
UNANSWERED_HIGH_DAYS = 60
ACKNOWLEDGED_WITHIN_DAYS = 3
SECOND_BILLED_WITHIN_DAYS = 5
LAST_STEPS = 2
# CLP02: processed and forwarded to the next payer, so that no claim of ours need follow (X12 code list 1029).
FORWARDED = frozenset({"19", "20", "21"})
_SENT_ON = frozenset({ClaimState.ACCEPTED, ClaimState.RECEIVED, ClaimState.PENDING, ClaimState.FINALIZED})


class _Waiting(Struct, frozen=True):
    """One session that its payer has not answered yet."""

    session: Session
    payer: Payer
    item: OpenItem
    claims: tuple[Claim, ...]
    told: tuple[Acknowledgement, ...]
    deadline: Deadline

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (
            Evidence(self.session.key),
            *(Evidence(claim.key) for claim in self.claims),
            *(Evidence(one.key) for one in self.told),
        )


def open_with_payers(at: Situation) -> Iterator[Finding]:
    """BIL-01 to BIL-05: the first question of each item that a payer owes and has not answered."""
    for (key, party), item in at.open_by_payer.items():
        charge = at.books.charged.get(key)
        if item.amount <= 0 or charge is None or charge.payer is None:
            continue
        answer = at.latest_answer(key, party)
        if answer is not None:
            if answer.share.paid == 0 and not at.held_by_share.get((answer.match.paid, key)):
                yield from _unanswered(at, answer.payer, item, answer.day, answer.evidence)
        elif charge.payer.id == party:
            if key not in at.answers:
                yield from _first_payer(at, _waiting(at, key, charge.payer, item))
        elif charge.secondary is not None and charge.secondary.id == party:
            yield from _second_payer(at, key, charge.payer, charge.secondary, item)


def _waiting(at: Situation, key: str, payer: Payer, item: OpenItem) -> _Waiting:
    session = at.facts.sessions[key]
    number = (session.claim_number or "").strip().upper()
    return _Waiting(
        session,
        payer,
        item,
        tuple(one for one in at.claims_of(session) if one.payer_order == "P"),
        tuple(at.acknowledgements_by_number.get(number, ())),
        filing_deadline(payer, session.date, granted=_granted(at, session)),
    )


def _granted(at: Situation, session: Session) -> dt.date | None:
    """The latest day on which coverage for the session's day was granted, where that came after its start."""
    days = [
        one.granted_on
        for one in at.coverages_by_client.get(session.client, ())
        if one.granted_on and one.first <= session.date
    ]
    return max(days, default=None)


def _first_payer(at: Situation, one: _Waiting) -> Iterator[Finding]:
    rejected = _rejection(one)
    billed = bool(one.claims or one.session.billed_on or one.session.claim_number)
    if rejected is not None or not billed:
        left = (one.deadline.date - at.today).days
        steps = sorted(at.rules.practice.thresholds.filing_warning_days)
        if steps and left <= steps[:LAST_STEPS][-1]:
            yield _near_deadline(at, one, left, steps[:LAST_STEPS], rejected)
        elif rejected is not None:
            yield _rejected(at, one, rejected)
        elif at.today >= add_business_days(one.session.date, at.rules.practice.thresholds.unbilled_business_days):
            yield _unbilled(at, one)
        return
    sent = one.claims[-1].date_submitted if one.claims else None
    tracked = bool(at.acknowledgements_by_number)
    if sent and tracked and not one.told and at.today >= days_later(sent, ACKNOWLEDGED_WITHIN_DAYS):
        yield _unacknowledged(at, one, sent)
    else:
        started = next((ack.date for ack in reversed(one.told) if ack.state in _SENT_ON and ack.date), None)
        started = started or sent or one.session.billed_on or one.session.date
        yield from _unanswered(at, one.payer, one.item, started, one.evidence)


def _unbilled(at: Situation, one: _Waiting) -> Finding:
    days = (at.today - one.session.date).days
    first_warning = max(at.rules.practice.thresholds.filing_warning_days, default=0)
    pressing_from = min(
        days_later(one.session.date, UNBILLED_HIGH_DAYS),
        max(days_later(one.deadline.date, -first_warning), one.session.date),
    )
    pressing = at.today >= pressing_from
    beside = _same_day_claim(at, one)
    return ask(
        at,
        "BIL-01",
        one.session.key,
        f"A session of {usd(one.item.amount)} for {one.payer.name} was held {counted(days, 'day')} ago and not billed"
        f"{beside}. It may be filed until {one.deadline.date}.",
        amount=one.item.amount,
        since=add_business_days(one.session.date, at.rules.practice.thresholds.unbilled_business_days),
        severity=Severity.HIGH if pressing else None,
        due_from=pressing_from if pressing else None,
        deadline=one.deadline.date,
        session=one.session,
        payer=one.payer.id,
        evidence=one.evidence,
    )


def _same_day_claim(at: Situation, one: _Waiting) -> str:
    """MaineCare wants all services of a day on one claim (MaineCare Benefits Manual II 65.12)."""
    if one.payer.family is not PayerFamily.MAINECARE:
        return ""
    others = at.sessions_by_client.get(one.session.client, ())
    same = [other for other in others if other.date == one.session.date and other.claim_number]
    return "; another session of that day is on a claim already, and both belong on one" if same else ""


def _rejected(at: Situation, one: _Waiting, told: Acknowledgement) -> Finding:
    since = min(told.date or at.known_on(told.key, one.session.date), at.today)
    return ask(
        at,
        "BIL-02",
        one.session.key,
        f"The claim of {usd(one.item.amount)} to {one.payer.name} was rejected"
        f"{f': {told.reason}' if told.reason else ''}. It may be filed until {one.deadline.date}.",
        amount=one.item.amount,
        since=since,
        deadline=one.deadline.date,
        session=one.session,
        payer=one.payer.id,
        evidence=one.evidence,
    )


def _unacknowledged(at: Situation, one: _Waiting, sent: dt.date) -> Finding:
    days = (at.today - sent).days
    return ask(
        at,
        "BIL-02",
        one.session.key,
        f"The claim of {usd(one.item.amount)} went to {one.payer.name} {counted(days, 'day')} ago, and nobody "
        f"acknowledged it.",
        amount=one.item.amount,
        since=days_later(sent, ACKNOWLEDGED_WITHIN_DAYS),
        deadline=one.deadline.date,
        session=one.session,
        payer=one.payer.id,
        evidence=one.evidence,
        action="Look for the claim at the clearinghouse; send it again if it is not there.",
    )


def _near_deadline(
    at: Situation, one: _Waiting, left: int, steps: list[int], rejected: Acknowledgement | None
) -> Finding:
    step = next(count for count in steps if left <= count)
    state = "rejected" if rejected is not None else "not billed"
    when = f"passed on {one.deadline.date}" if left < 0 else f"is {one.deadline.date}, in {counted(left, 'day')}"
    return ask(
        at,
        "BIL-03",
        one.session.key,
        f"A session of {usd(one.item.amount)} for {one.payer.name} is {state}, and the filing deadline {when}: "
        f"{one.deadline.clause}.",
        amount=one.item.amount,
        since=max(days_later(one.deadline.date, -steps[-1]), one.session.date),
        severity=Severity.CRITICAL if left <= steps[0] else None,
        due_from=max(days_later(one.deadline.date, -step), one.session.date),
        deadline=one.deadline.date,
        session=one.session,
        payer=one.payer.id,
        evidence=one.evidence,
    )


def _rejection(one: _Waiting) -> Acknowledgement | None:
    """The rejection that stands: the last word on the claim, with no claim sent after it."""
    if not one.told or one.told[-1].state is not ClaimState.REJECTED:
        return None
    told = one.told[-1]
    again = [claim for claim in one.claims if claim.date_submitted and told.date and claim.date_submitted > told.date]
    return None if again else told


def _unanswered(
    at: Situation, payer: Payer, item: OpenItem, started: dt.date, evidence: tuple[Evidence, ...]
) -> Iterator[Finding]:
    """BIL-04, from a day on which the payer had the claim or said that it is still looking at it."""
    session = at.facts.sessions[item.session]
    since = days_later(started, payer.answer_days)
    if at.today < since:
        return
    days = (at.today - started).days
    pressing = days >= UNANSWERED_HIGH_DAYS
    expected = min(at.expected(session, payer.id), item.amount)
    yield ask(
        at,
        "BIL-04",
        f"{session.key}>{payer.id}",
        f"{payer.name} has not answered a claim of {usd(item.amount)} for {counted(days, 'day')}; "
        f"{usd(expected)} is expected.",
        amount=expected,
        since=since,
        severity=Severity.HIGH if pressing else None,
        due_from=max(days_later(started, UNANSWERED_HIGH_DAYS), since) if pressing else None,
        session=session,
        payer=payer.id,
        evidence=evidence,
        numbers=(("charged", item.amount), ("expected", expected)),
    )


def _second_payer(at: Situation, key: str, first: Payer, second: Payer, item: OpenItem) -> Iterator[Finding]:
    session = at.facts.sessions[key]
    answer = at.latest_answer(key, first.id)
    evidence = (Evidence(key), *(answer.evidence if answer else ()))
    claims = [one for one in at.claims_of(session) if one.payer_order != "P"]
    if claims:
        sent = claims[-1].date_submitted or item.since
        yield from _unanswered(at, second, item, sent, (*evidence, Evidence(claims[-1].key)))
        return
    if answer is not None and (answer.claim.claim_status in FORWARDED or answer.claim.crossover_payer):
        yield from _unanswered(at, second, item, item.since, evidence)
        return
    # Without our own claims (837) nobody can tell whether the second one went out: ask when its answer is overdue.
    wait = SECOND_BILLED_WITHIN_DAYS if at.facts.claims else second.answer_days
    since = days_later(item.since, wait)
    if at.today >= since:
        deadline = filing_deadline(second, session.date, explained=answer.day if answer else None)
        yield ask(
            at,
            "BIL-05",
            f"{key}>{second.id}",
            f"{first.name} left {usd(item.amount)} to {second.name}, and no claim to {second.name} is known. "
            f"It may be filed until {deadline.date}.",
            amount=item.amount,
            since=since,
            deadline=deadline.date,
            session=session,
            payer=second.id,
            evidence=evidence,
        )


CHECKS = (open_with_payers,)
