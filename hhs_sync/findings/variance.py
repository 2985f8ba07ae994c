"""Paid less or more than the contract, paid twice, interest not paid (PAY-01, PAY-02, PAY-05).

The allowed amount is what the payer lets the session cost: paid + the patient's share + sequestration. It is compared
with the contract's rate, where one is on file; else with the rate that the payer's own payments have taught
(`learned.py`), and said to be that.

    underpaid    rate - allowed > 1.00 and > 2 % of the rate (both, so that rounding stays out)
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hhs_sync.facts.claim import ClaimState
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.asking import ask, days_later
from hhs_sync.findings.finding import Finding, Part, Stake
from hhs_sync.findings.learned import Learned, LearnedRate, Price, Priced, learn, prices
from hhs_sync.findings.situation import Situation
from hhs_sync.findings.words import counted, usd
from hhs_sync.ledger.entry import Evidence
from hhs_sync.mapping.rules import PayerFamily

if TYPE_CHECKING:
    from hhs_sync.facts.session import Session
    from hhs_sync.money import Money

# Interest older than a year is not taken up any more.
ASKED_DAYS = 365
# MaineCare reviews an underpayment within 120 days of the remittance, or never (MBM I 1.12-1).
MAINECARE_REVIEW_DAYS = 120
# A carrier pays or disputes a clean claim within 30 days; then it bears 1.5 % a month (24-A MRS 2436).
CLEAN_CLAIM_DAYS = 30
INTEREST_PER_MILLE = 15
MONTH_DAYS = 30
# The superintendent sets a least amount that was not read; under a dollar nobody asks.
INTEREST_MIN = 100

LEARNED_ACTION = (
    "Compare with the contract. If the learned rate is right, put it into the mappings (hhs-sync mappings learned) and "
    "dispute the payment; if not, put the right one there."
)

_RECEIVED = frozenset({ClaimState.ACCEPTED, ClaimState.RECEIVED, ClaimState.PENDING, ClaimState.FINALIZED})


def against_contract(at: Situation) -> Iterator[Finding]:
    """PAY-01 and PAY-02: the first payer's standing answer against the contract's rate, or the one that was learned."""
    told = list(prices(at))
    learned = learn(told)
    for one in told:
        session, payer = one.session, one.answer.payer.id
        rate = at.rules.rate(payer, session.service_code, session.modifiers, session.clinician, session.date)
        if rate is not None:
            yield from _against(at, one, rate.amount * max(session.units, 1), None)
        elif (known := learned.rate(one.priced, session.date)) is not None:
            yield from _against(at, one, known.amount, known)
    yield from _lowered(at, learned, told)


def _against(at: Situation, one: Price, expected: Money, learned: LearnedRate | None) -> Iterator[Finding]:
    """What was allowed, beside a rate; nobody is told that a payer was too generous by a rate that is learned only."""
    limits = at.rules.practice.thresholds
    difference = expected - one.allowed
    if abs(difference) <= limits.underpaid_amount or abs(difference) * 100 <= limits.underpaid_percent * expected:
        return
    if difference > 0:
        yield _underpaid(at, one, expected, learned)
    elif learned is None:
        yield _overpaid(at, one, expected)


def _underpaid(at: Situation, one: Price, expected: Money, learned: LearnedRate | None) -> Finding:
    answer = one.answer
    mainecare = answer.payer.family is PayerFamily.MAINECARE
    window = days_later(at.payment_date(answer.remittance.key), MAINECARE_REVIEW_DAYS)
    says = f"{answer.payer.name} allowed {usd(one.allowed)} where "
    return ask(
        at,
        "PAY-01",
        answer.match.paid,
        f"{says}the contract says {usd(expected)}."
        if learned is None
        else f"{says}it allowed {usd(expected)} otherwise ({learned.support}; not confirmed).",
        amount=expected - one.allowed,
        action=LEARNED_ACTION if learned else None,
        since=min(answer.day, at.today),
        deadline=window if mainecare else None,
        session=one.session,
        payer=answer.payer.id,
        evidence=answer.evidence,
        numbers=(
            ("learned rate" if learned else "contract", expected),
            ("allowed", one.allowed),
            ("paid", answer.share.paid),
        ),
    )


def _overpaid(at: Situation, one: Price, expected: Money) -> Finding:
    answer = one.answer
    return ask(
        at,
        "PAY-02",
        answer.match.paid,
        f"{answer.payer.name} allowed {usd(one.allowed)} where the contract says {usd(expected)}: too much, or the "
        f"rate on file is old.",
        amount=one.allowed - expected,
        at_stake=Stake.PAYER,
        since=min(answer.day, at.today),
        session=one.session,
        payer=answer.payer.id,
        evidence=answer.evidence,
        numbers=(("contract", expected), ("allowed", one.allowed), ("paid", answer.share.paid)),
    )


def _lowered(at: Situation, learned: Learned, told: Sequence[Price]) -> Iterator[Finding]:
    """PAY-01: a payer that allows less than it used to, from a day on. Asked once, not for each payment."""
    limits = at.rules.practice.thresholds
    lowered = {
        one: rate
        for one, steps in learned.rates.items()
        for rate in steps[-1:]
        if rate.before is not None
        and rate.before - rate.amount > limits.underpaid_amount
        and (rate.before - rate.amount) * 100 > limits.underpaid_percent * rate.before
    }
    if not lowered:
        return
    since: dict[Priced, list[Price]] = defaultdict(list)
    for one in told:
        known = lowered.get(one.priced)
        if known is not None and known.first <= one.session.date:
            since[one.priced].append(one)
    for priced, paid in since.items():
        rate, session = lowered[priced], paid[0].session
        on_file = at.rules.rate(priced.payer, priced.code, priced.modifiers, session.clinician, rate.last)
        if on_file is not None or rate.before is None:
            continue
        yield ask(
            at,
            "PAY-01",
            f"lowered/{priced.payer}/{priced.code}/{'.'.join(priced.modifiers)}/{priced.units}/{priced.whose}",
            f"{at.payer_name(priced.payer)} allows {usd(rate.amount)} for {priced.procedure} "
            f"since {rate.first}; before, it allowed {usd(rate.before)} ({rate.support}; not confirmed).",
            amount=sum(max(rate.before - one.allowed, 0) for one in paid),
            action="Look for a notice of the new rate, and put the right one into the mappings; else dispute it.",
            since=min(*(one.answer.day for one in paid), at.today),
            payer=priced.payer,
            count=len(paid),
            evidence=(evidence for one in paid for evidence in one.answer.evidence),
            parts=(Part(one.session.key, one.session.date, max(rate.before - one.allowed, 0)) for one in paid),
            numbers=(("learned rate", rate.amount), ("learned before", rate.before)),
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
