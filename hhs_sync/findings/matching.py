"""Money and answers that found no home, or found another one than expected (MAT-01 to MAT-03)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from hhs_sync.facts.document import own_key
from hhs_sync.findings.asking import ask, days_later
from hhs_sync.findings.finding import Candidate, Effect, Finding, Severity, Stake
from hhs_sync.findings.situation import Answer, Situation
from hhs_sync.findings.words import usd
from hhs_sync.ledger.entry import EntryKind, Evidence
from hhs_sync.ledger.remittance import takes_back
from hhs_sync.ledger.session import WhyUncharged
from hhs_sync.mapping.accounts import Account

if TYPE_CHECKING:
    from hhs_sync.books import ClientCreditLeft
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.payment import ClientPayment
    from hhs_sync.facts.session import Session
    from hhs_sync.money import Money
    from hhs_sync.receivables.open_items import OpenItem

CANDIDATES_MAX = 5
# A change that a payer made is asked about for a year: later nobody would take it up with the payer.
CHANGE_ASKED_DAYS = 365
# Sessions that are not charged for a reason with its own question (SRC-01, SRC-04, CMP-01).
_ASKED_ELSEWHERE = frozenset({WhyUncharged.INCOMPLETE, WhyUncharged.PAYER_UNKNOWN, WhyUncharged.MAINECARE_MEMBER})


def claims_without_session(at: Situation) -> Iterator[Finding]:
    """MAT-01: a claim payment that no session, or more than one, answers to. Its money is in suspense."""
    for one in at.books.claims.unmatched.values():
        claim = one.claim
        if one.old_system or takes_back(claim):
            continue  # what takes money back is PAY-03
        remittance = at.facts.remittances[one.remittance]
        payer = at.payer_of(remittance)
        told = claim.amount_paid + claim.amount_patient
        what = (
            f"paid {usd(claim.amount_paid)}"
            if claim.amount_paid
            else f"settled {usd(claim.amount_charged)} without payment"
        )
        yield ask(
            at,
            "MAT-01",
            one.paid,
            f"{payer.name if payer else remittance.payer_name or 'A payer'} {what} on a claim whose home is not known: "
            f"{one.reason}.",
            amount=told or claim.amount_charged,
            effect=None if claim.amount_paid else Effect.NONE,
            since=at.remittance_known_on(one.remittance),
            payer=payer.id if payer else None,
            service_dates=tuple(sorted({line.date_first for line in claim.lines if line.date_first})),
            evidence=(Evidence(one.remittance, f"segment {claim.segment}"),),
            numbers=(
                ("charged", claim.amount_charged),
                ("paid", claim.amount_paid),
                ("patient share", claim.amount_patient),
            ),
            candidates=tuple(
                Candidate(
                    targets=candidate.sessions,
                    amount=sum(at.facts.sessions[key].fee for key in candidate.sessions),
                    agrees=candidate.agrees,
                    differs=candidate.differs,
                )
                for candidate in one.candidates
            ),
        )


def payments_without_charge(at: Situation) -> Iterator[Finding]:
    """MAT-01: the session is known, but nothing on it is open to this payer (not held, or the client's own)."""
    for one in at.books.unplaced:
        if one.session is None or one.amount <= 0 or one.reason.startswith("paid more"):
            continue
        if at.books.uncharged.get(one.session) in _ASKED_ELSEWHERE:
            continue
        remittance, _, segment = one.paid.rpartition("#")
        yield ask(
            at,
            "MAT-01",
            f"{one.paid}>{one.session}",
            f"{at.payer_name(one.payer)} paid {usd(one.amount)} on a session, but {one.reason}.",
            amount=one.amount,
            since=min(one.date, at.today),
            session=at.facts.sessions[one.session],
            payer=one.payer,
            evidence=(Evidence(one.session), Evidence(remittance, f"segment {segment}")),
        )


def changed_by_payer(at: Situation) -> Iterator[Finding]:
    """MAT-02: the payer says that it paid for something else than we billed."""
    for key, answers in at.answers.items():
        answer = at.latest_answer(key, answers[-1].payer.id)
        if answer is None or answer.later or at.today > days_later(answer.day, CHANGE_ASKED_DAYS):
            continue
        item = at.open_by_payer.get((key, answer.payer.id))
        changed = _restated(answer, at.facts.sessions[key])
        if answer.match.charge_differs and item is not None and len(answer.match.shares) == 1:
            yield _other_charge(at, answer, item)
        elif changed:
            yield _other_code(at, answer, changed)


def _other_charge(at: Situation, answer: Answer, item: OpenItem) -> Finding:
    session = at.facts.sessions[answer.share.session]
    told, billed = abs(answer.share.charged), session.fee
    return ask(
        at,
        "MAT-02",
        answer.match.paid,
        f"{answer.payer.name} answered a charge of {usd(told)}; {usd(billed)} was billed. Its adjustments wait.",
        amount=abs(item.amount),
        since=min(answer.day, at.today),
        session=session,
        payer=answer.payer.id,
        evidence=answer.evidence,
        numbers=(("charge told", told), ("charge billed", billed), ("open", item.amount)),
        covers=(answer.match.paid,),
    )


def _other_code(at: Situation, answer: Answer, changed: str) -> Finding:
    session = at.facts.sessions[answer.share.session]
    payer = answer.payer.id
    line = next(one for one in answer.claim.lines if one.billed_code or one.units_billed)
    before = at.rules.rate(payer, session.service_code, session.modifiers, session.clinician, session.date)
    after = at.rules.rate(payer, line.service_code, line.modifiers, session.clinician, session.date)
    difference = abs(before.amount - after.amount) if before and after else 0
    return ask(
        at,
        "MAT-02",
        answer.match.paid,
        f"{answer.payer.name} changed the {changed} of a claim of {usd(session.fee)}"
        f"{f'; the contract makes a difference of {usd(difference)}' if difference else ''}.",
        amount=difference,
        severity=None if difference else Severity.LOW,
        effect=Effect.NONE,
        since=min(answer.day, at.today),
        session=session,
        payer=payer,
        evidence=answer.evidence,
    )


def _restated(answer: Answer, session: Session) -> str:
    """What the payer itself says that it changed (SVC06 and SVC07 beside SVC01 and SVC05)."""
    for line in answer.claim.lines:
        if line.date_first not in (None, session.date):
            continue
        if line.billed_code and line.billed_code != line.service_code:
            return "procedure code"
        if line.billed_code and line.billed_modifiers != line.modifiers:
            return "modifiers"
        if line.units_billed and line.units_billed != line.units:
            return "units"
    return ""


def client_money_without_home(at: Situation) -> Iterator[Finding]:
    """MAT-03: client money that names no client, or a client but nothing that it pays."""
    by_amount: dict[Money, list[OpenItem]] = defaultdict(list)
    for item in at.open_by_client.values():
        by_amount[item.amount].append(item)
    for key, payment in at.facts.client_payments.items():
        if at.books.payments[key].client is None:
            yield _nobodys(at, payment, by_amount)
    for left in at.books.credits:
        named_no_session = left.item == left.payment
        if named_no_session and at.today < days_later(left.since, at.rules.practice.thresholds.credit_days):
            yield _unnamed(at, left)


def _nobodys(at: Situation, payment: ClientPayment, by_amount: Mapping[Money, list[OpenItem]]) -> Finding:
    why = "a client that no session knows" if payment.client else "no client and no session"
    fits = sorted(by_amount.get(payment.amount, ()), key=lambda item: (abs(payment.date - item.since), item.session))
    return ask(
        at,
        "MAT-03",
        payment.key,
        f"A {payment.method.value} payment of {usd(payment.amount)} names {why}.",
        amount=payment.amount,
        at_stake=Stake.CLIENT,
        since=at.known_on(payment.key, payment.date),
        evidence=(Evidence(payment.key),),
        candidates=tuple(
            Candidate(targets=(item.session,), amount=item.amount, agrees=("amount",), differs=("client not named",))
            for item in fits[:CANDIDATES_MAX]
        ),
    )


def _unnamed(at: Situation, left: ClientCreditLeft) -> Finding:
    open_items = [
        item
        for session in at.sessions_by_client.get(left.client, ())
        if (item := at.open_by_client.get(session.key)) is not None and item.amount > 0
    ]
    open_items.sort(key=lambda item: (item.amount != left.amount, item.since, item.session))
    owed = sum(item.amount for item in open_items)
    why = f"the client owes {usd(owed)} on other sessions" if owed else "the client owes nothing"
    return ask(
        at,
        "MAT-03",
        left.payment,
        f"A client paid {usd(left.amount)} without naming a session, and {why}: it is kept as the client's credit.",
        amount=left.amount,
        at_stake=Stake.CLIENT,
        since=at.known_on(left.payment, left.since),
        client=left.client,
        evidence=(Evidence(left.payment),),
        candidates=tuple(
            Candidate(
                targets=(item.session,),
                amount=item.amount,
                agrees=("client", "amount") if item.amount == left.amount else ("client",),
                differs=() if item.amount == left.amount else ("amount",),
            )
            for item in open_items[:CANDIDATES_MAX]
        ),
    )


def money_back_without_home(at: Situation) -> Iterator[Finding]:
    """MAT-03: a refund or dispute of nobody, a refund beyond the credit, a card charge that only the payout tells."""
    backs = [("refund", one.key, one.amount, one.date) for one in at.facts.refunds.values()]
    backs += [("dispute", one.key, one.amount, one.date) for one in at.facts.disputes.values()]
    for word, key, amount, day in backs:
        if at.books.payments[key].client is None:
            yield ask(
                at,
                "MAT-03",
                key,
                f"A {word} of {usd(amount)} names no client and no payment that is known.",
                amount=amount,
                since=at.known_on(key, day),
                evidence=(Evidence(key),),
            )
    for entry in at.books.entries:
        if entry.kind is EntryKind.REFUND:
            credited = {one.item: one.amount for one in entry.lines if one.account is Account.CLIENT_CREDIT}
            yield from _beyond_credit(at, entry.evidence[0].fact, credited)
    yield from _charges_of_payouts_alone(at)


def _beyond_credit(at: Situation, refund: FactKey, taken: Mapping[FactKey | None, Money]) -> Iterator[Finding]:
    amount = taken.get(refund, 0)
    if amount > 0:
        told = at.facts.refunds[refund]
        yield ask(
            at,
            "MAT-03",
            refund,
            f"A refund of {usd(told.amount)} gives back {usd(amount)} more than the client had as a credit.",
            amount=amount,
            since=at.known_on(refund, told.date),
            client=at.books.payments[refund].client,
            evidence=(Evidence(refund),),
        )


def _charges_of_payouts_alone(at: Situation) -> Iterator[Finding]:
    known = {own_key(key) for key in at.facts.client_payments}
    known.update(one.reference for one in at.facts.client_payments.values() if one.reference)
    for payout in at.facts.payouts.values():
        for item in payout.items:
            if item.kind == "charge" and item.reference not in known:
                yield ask(
                    at,
                    "MAT-03",
                    f"{payout.key}#{item.reference}",
                    f"A card payout holds a charge of {usd(item.amount)} that no client payment tells of.",
                    amount=item.amount,
                    at_stake=Stake.CLIENT,
                    since=at.known_on(payout.key, payout.date),
                    evidence=(Evidence(payout.key, f"charge {item.reference}"),),
                )


CHECKS = (
    claims_without_session,
    payments_without_charge,
    changed_by_payer,
    client_money_without_home,
    money_back_without_home,
)
