"""Paid less or more than the contract, paid twice, interest not paid (PAY-01, PAY-02, PAY-05).

The allowed amount is what the payer lets the session cost: paid + the patient's share + sequestration. It is compared
with the contract's rate, where one is on file; without one nobody says that it was right or wrong.

    underpaid    rate - allowed > 1.00 and > 2 % of the rate (both, so that rounding stays out)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hhs_sync.facts.claim import ClaimState
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.asking import ask, days_later
from hhs_sync.findings.finding import Finding, Stake
from hhs_sync.findings.situation import Answer, Situation
from hhs_sync.findings.words import counted, usd
from hhs_sync.ledger.entry import Evidence
from hhs_sync.mapping.rules import PayerFamily, Treatment

if TYPE_CHECKING:
    from hhs_sync.facts.session import Session
    from hhs_sync.money import Money

# An underpayment or interest older than a year is not taken up any more.
ASKED_DAYS = 365
# MaineCare reviews an underpayment within 120 days of the remittance, or never (MBM I 1.12-1).
MAINECARE_REVIEW_DAYS = 120
# A carrier pays or disputes a clean claim within 30 days; then it bears 1.5 % a month (24-A MRS 2436).
CLEAN_CLAIM_DAYS = 30
INTEREST_PER_MILLE = 15
MONTH_DAYS = 30
# The superintendent sets a least amount that was not read; under a dollar nobody asks.
INTEREST_MIN = 100

_ALLOWED = frozenset({Treatment.PATIENT, Treatment.SEQUESTRATION})
_RECEIVED = frozenset({ClaimState.ACCEPTED, ClaimState.RECEIVED, ClaimState.PENDING, ClaimState.FINALIZED})


def against_contract(at: Situation) -> Iterator[Finding]:
    """PAY-01 and PAY-02: the first payer's standing answer against the contract's rate."""
    if not at.rules.rates:
        return
    limits = at.rules.practice.thresholds
    excess_asked = {(one.paid, one.session) for one in at.books.unplaced}
    for key, answers in at.answers.items():
        answer = at.latest_answer(key, answers[0].payer.id)
        if answer is None or answer.later or at.today > days_later(answer.day, ASKED_DAYS):
            continue
        paid = answer.match.paid
        if at.held_by_share.get((paid, key)) or (paid, key) in excess_asked:
            continue  # denials and what waits for a decision are asked about as such
        session = at.facts.sessions[key]
        rate = at.rules.rate(answer.payer.id, session.service_code, session.modifiers, session.clinician, session.date)
        allowed = _allowed(at, answer)
        if rate is None or allowed <= 0:
            continue
        expected = rate.amount * max(session.units, 1)
        difference = expected - allowed
        if abs(difference) <= limits.underpaid_amount or abs(difference) * 100 <= limits.underpaid_percent * expected:
            continue
        yield (
            _underpaid(at, answer, session, expected, allowed)
            if difference > 0
            else _overpaid(at, answer, session, expected, allowed)
        )


def _allowed(at: Situation, answer: Answer) -> Money:
    """Paid + the patient's share + sequestration, in cents."""
    allowed = answer.share.paid
    for one in answer.share.adjustments:
        rule = at.rules.reason(one.group, one.reason_code, answer.payer.id, answer.day)
        if rule is not None and rule.treatment in _ALLOWED:
            allowed += one.amount
    return allowed


def _underpaid(at: Situation, answer: Answer, session: Session, expected: Money, allowed: Money) -> Finding:
    mainecare = answer.payer.family is PayerFamily.MAINECARE
    window = days_later(at.payment_date(answer.remittance.key), MAINECARE_REVIEW_DAYS)
    return ask(
        at,
        "PAY-01",
        answer.match.paid,
        f"{answer.payer.name} allowed {usd(allowed)} where the contract says {usd(expected)}.",
        amount=expected - allowed,
        since=min(answer.day, at.today),
        deadline=window if mainecare else None,
        session=session,
        payer=answer.payer.id,
        evidence=answer.evidence,
        numbers=(("contract", expected), ("allowed", allowed), ("paid", answer.share.paid)),
    )


def _overpaid(at: Situation, answer: Answer, session: Session, expected: Money, allowed: Money) -> Finding:
    return ask(
        at,
        "PAY-02",
        answer.match.paid,
        f"{answer.payer.name} allowed {usd(allowed)} where the contract says {usd(expected)}: too much, or the rate on "
        f"file is old.",
        amount=allowed - expected,
        at_stake=Stake.PAYER,
        since=min(answer.day, at.today),
        session=session,
        payer=answer.payer.id,
        evidence=answer.evidence,
        numbers=(("contract", expected), ("allowed", allowed), ("paid", answer.share.paid)),
    )


def paid_twice(at: Situation) -> Iterator[Finding]:
    """PAY-02: money beyond what was open on the session; it waits as owed to the payer."""
    for one in at.books.unplaced:
        if one.amount <= 0 or one.session is None or not one.reason.startswith("paid more"):
            continue
        back = at.decisions.get((one.session, ResolutionKind.PAY_PAYER_BACK))
        if (one.paid, one.session) in at.taken_back or (back is not None and (back.amount or 0) >= one.amount):
            continue
        remittance, _, segment = one.paid.rpartition("#")
        before = [answer for answer in at.answers.get(one.session, ()) if answer.match.paid != one.paid]
        yield ask(
            at,
            "PAY-02",
            f"{one.paid}>{one.session}",
            f"{at.payer_name(one.payer)} paid {usd(one.amount)} more than was open on the session"
            f"{'; it had been paid before' if before else ''}.",
            amount=one.amount,
            at_stake=Stake.PAYER,
            since=min(one.date, at.today),
            session=at.facts.sessions[one.session],
            payer=one.payer,
            evidence=(
                Evidence(one.session),
                *(evidence for answer in before for evidence in answer.evidence[1:]),
                Evidence(remittance, f"segment {segment}"),
            ),
        )


def interest_due(at: Situation) -> Iterator[Finding]:
    """PAY-05: a carrier paid a clean claim late and without interest."""
    first = days_later(at.today, -ASKED_DAYS)
    for key, answers in at.answers.items():
        answer = answers[0]
        if answer.share.paid <= 0 or answer.day < first or answer.payer.family is not PayerFamily.COMMERCIAL:
            continue
        if answer.later or any(one.reason_code == "L6" for one in answer.remittance.provider_adjustments):
            continue
        session = at.facts.sessions[key]
        received = _received(at, session)
        paid_on = at.payment_date(answer.remittance.key)
        late = (paid_on - received).days - CLEAN_CLAIM_DAYS if received else 0
        interest = _interest(answer.share.paid, late)
        if late > 0 and interest >= INTEREST_MIN:
            yield ask(
                at,
                "PAY-05",
                f"{answer.match.paid}>{key}",
                f"{answer.payer.name} paid {usd(answer.share.paid)} {counted(late, 'day')} late and without interest; "
                f"{usd(interest)} is due unless the plan is self-funded.",
                amount=interest,
                since=min(answer.day, at.today),
                session=session,
                payer=answer.payer.id,
                evidence=answer.evidence,
                numbers=(("paid", answer.share.paid), ("interest", interest)),
            )


def _received(at: Situation, session: Session) -> dt.date | None:
    """The day on which the payer had the claim: accepted, else sent, where either is known."""
    number = (session.claim_number or "").strip().upper()
    told = at.acknowledgements_by_number.get(number, ())
    accepted = [one.date for one in told if one.state in _RECEIVED and one.date]
    sent = [one.date_submitted for one in at.claims_of(session) if one.date_submitted]
    return max(accepted or sent, default=session.billed_on)


def _interest(paid: Money, late_days: int) -> Money:
    """1.5 % a month, day by day, rounded to the nearest cent: paid x 15 / 1000 x days / 30."""
    whole = 1000 * MONTH_DAYS
    return (2 * paid * INTEREST_PER_MILLE * max(late_days, 0) + whole) // (2 * whole)


CHECKS = (against_contract, paid_twice, interest_due)
