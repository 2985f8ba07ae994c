"""Law and privacy (CMP-01 to CMP-04): never closed alone, never hidden by an earlier cause.

    CMP-01  a MaineCare member may owe a small copay and nothing else, also when coverage is granted back in time
            (MaineCare Benefits Manual I 1.05, II 65.11; 42 CFR 447.15)
    CMP-02  a text about to leave would have told something about a client
    CMP-03  a government overpayment goes back within 60 days (42 CFR 401.305, 42 USC 1320a-7k(d))
    CMP-04  MaineCare pays last, and reviews an underpayment for 120 days only (I 1.07, I 1.12-1)

CMP-05 stands with the client's balance that it stops (`client.py`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hhs_sync.findings.asking import ask, days_later
from hhs_sync.findings.denial import MAINECARE_SHARE, subject_of
from hhs_sync.findings.finding import Effect, Finding, Severity, Stake
from hhs_sync.findings.member import guarded
from hhs_sync.findings.situation import Situation
from hhs_sync.findings.variance import MAINECARE_REVIEW_DAYS
from hhs_sync.findings.words import counted, usd
from hhs_sync.ledger.entry import Evidence
from hhs_sync.ledger.session import WhyUncharged
from hhs_sync.mapping.rules import PayerFamily
from hhs_sync.plan.changes import Hold, HoldReason

if TYPE_CHECKING:
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.session import Session
    from hhs_sync.money import Money

OVERPAYMENT_DAYS = 60
OVERPAYMENT_CRITICAL_DAYS = 30
# MaineCare's claims have to be right within a year; the order of payers is asked about for so long.
ORDER_ASKED_DAYS = 365
_GOVERNMENT = frozenset({PayerFamily.MAINECARE, PayerFamily.MEDICARE})


def member_billed(at: Situation) -> Iterator[Finding]:
    """CMP-01: a charge that the books refuse, money taken for it, a share beyond the copay, a client's open balance."""
    paid: dict[FactKey, Money] = defaultdict(int)
    for payment in at.facts.client_payments.values():
        match = at.books.payments[payment.key]
        if match.session:
            paid[match.session] += payment.amount
    for key, why in at.books.uncharged.items():
        if why is WhyUncharged.MAINECARE_MEMBER:
            session = at.facts.sessions[key]
            yield _member(
                at, session, session.fee - session.discount, _refused(session, paid.get(key, 0)), paid.get(key, 0)
            )
    for key, item in at.open_by_client.items():
        session = at.facts.sessions[key]
        if item.amount > 0 and guarded(at, session):
            says = f"A client with MaineCare is asked for {usd(item.amount)} on a covered service."
            yield _member(at, session, item.amount, says, paid.get(key, 0))
    yield from _beyond_copay(at)


def _refused(session: Session, paid: Money) -> str:
    what = "missed appointment" if session.state.value in {"no_show", "late_cancel"} else "session"
    says = f"A {what} of {usd(session.fee)} would be charged to a MaineCare member"
    return f"{says}, who has paid {usd(paid)} for it: give it back." if paid else f"{says}."


def _member(at: Situation, session: Session, amount: Money, says: str, paid: Money) -> Finding:
    return ask(
        at,
        "CMP-01",
        session.key,
        says,
        amount=max(amount, paid),
        at_stake=Stake.CLIENT,
        since=at.known_on(session.key, session.date),
        session=session,
        evidence=(
            Evidence(session.key),
            *(Evidence(one.key) for one in at.coverages_by_client.get(session.client, ())),
        ),
        numbers=(("charge", amount), ("already paid", paid)),
        covers=(session.key,),
    )


def _beyond_copay(at: Situation) -> Iterator[Finding]:
    for (paid, key), held in at.held_by_share.items():
        wrong = [one for one in held if one.why.startswith(MAINECARE_SHARE)]
        answer = at.latest_answer(key, held[0].payer) if wrong else None
        item = at.open_by_payer.get((key, held[0].payer))
        if answer is None or answer.match.paid != paid or item is None or item.amount <= 0:
            continue
        amount = sum(one.amount for one in wrong)
        yield ask(
            at,
            "CMP-01",
            subject_of(answer),
            f"A remittance leaves {usd(amount)} to a MaineCare member: {wrong[0].why}.",
            amount=amount,
            at_stake=Stake.CLIENT,
            since=min(answer.day, at.today),
            session=at.facts.sessions[key],
            payer=answer.payer.id,
            evidence=answer.evidence,
            covers=(subject_of(answer),),
        )


def about_to_leave(at: Situation) -> Iterator[Finding]:
    """CMP-02: the outbound guard stopped an entry. What it saw is not repeated here."""
    for change in at.plan.changes:
        if isinstance(change, Hold) and change.reason is HoldReason.PRIVACY:
            yield ask(
                at,
                "CMP-02",
                f"entry/{change.key}",
                f"An entry of {usd(change.amount)} was stopped on its way to QuickBooks: its "
                f"{change.detail or 'text tells something about a client'}.",
                amount=0,
                at_stake=Stake.NOBODY,
                since=at.seen_since("CMP-02", f"entry/{change.key}"),
                evidence=(
                    evidence
                    for key in (change.desired.renders if change.desired else ())
                    for evidence in at.evidence_by_entry.get(key, ())
                ),
            )


def overpaid_by_government(at: Situation, others: Sequence[Finding]) -> Iterator[Finding]:
    """CMP-03: money of MaineCare or Medicare that is not ours: sixty days from the day it was found."""
    for found in others:
        payer = at.rules.payer_by_id(found.payer) if found.payer else None
        if found.code != "PAY-02" or payer is None or payer.family not in _GOVERNMENT:
            continue
        days = (at.today - found.since).days
        critical = days >= OVERPAYMENT_CRITICAL_DAYS
        ends = days_later(found.since, OVERPAYMENT_DAYS)
        yield ask(
            at,
            "CMP-03",
            found.subject,
            f"{payer.name} overpaid {usd(found.amount)}: it is to be reported and given back by {ends}, "
            f"{counted(max((ends - at.today).days, 0), 'day')} from now.",
            amount=found.amount,
            at_stake=Stake.PAYER,
            since=found.since,
            severity=Severity.CRITICAL if critical else None,
            due_from=days_later(found.since, OVERPAYMENT_CRITICAL_DAYS if critical else 0),
            deadline=ends,
            payer=payer.id,
            client=found.client,
            clinician=found.clinician,
            service_dates=found.service_dates,
            sessions=found.sessions,
            evidence=found.evidence,
            parent=found.key,
        )


def mainecare_review(at: Situation, others: Sequence[Finding]) -> Iterator[Finding]:
    """CMP-04: an underpayment that MaineCare would review, while the window is open."""
    for found in others:
        payer = at.rules.payer_by_id(found.payer) if found.payer else None
        if found.code == "PAY-01" and payer is not None and payer.family is PayerFamily.MAINECARE and found.deadline:
            left = (found.deadline - at.today).days
            if left >= 0:
                yield ask(
                    at,
                    "CMP-04",
                    found.subject,
                    f"MaineCare paid {usd(found.amount)} too little; the request for a review may be filed until "
                    f"{found.deadline}, {MAINECARE_REVIEW_DAYS} days after the remittance.",
                    amount=found.amount,
                    since=found.since,
                    deadline=found.deadline,
                    due_from=max(days_later(found.deadline, -30), found.since),
                    payer=payer.id,
                    client=found.client,
                    clinician=found.clinician,
                    service_dates=found.service_dates,
                    sessions=found.sessions,
                    evidence=found.evidence,
                    parent=found.key,
                )


def mainecare_first(at: Situation) -> Iterator[Finding]:
    """CMP-04: MaineCare was billed while another plan stands before it."""
    if not at.facts.coverages:
        return
    first_day = days_later(at.today, -ORDER_ASKED_DAYS)
    for key, charge in at.books.charged.items():
        if charge.payer is None or charge.payer.family is not PayerFamily.MAINECARE:
            continue
        session = at.facts.sessions[key]
        before = _before_mainecare(at, session) if session.date >= first_day else ""
        if before:
            yield ask(
                at,
                "CMP-04",
                key,
                f"A session of {usd(session.fee)} is billed to MaineCare first, but {before} stands before it.",
                amount=session.fee - session.discount,
                effect=Effect.NONE,
                since=at.known_on(key, session.date),
                session=session,
                payer=charge.payer.id,
                evidence=(
                    Evidence(key),
                    *(Evidence(one.key) for one in at.coverages_by_client.get(session.client, ())),
                ),
                action="Bill the other insurer first and keep its answer.",
            )


def _before_mainecare(at: Situation, session: Session) -> str:
    """The name of another plan that is active on the session's day in front of MaineCare; "" when there is none."""
    active = [
        (one.order, payer)
        for one in at.coverages_by_client.get(session.client, ())
        if (payer := at.rules.payer(one.payer)) and _active(one.first, one.last, session.date)
    ]
    own = [order for order, payer in active if payer.family is PayerFamily.MAINECARE]
    others = [(order, payer) for order, payer in active if payer.family is not PayerFamily.MAINECARE]
    if not own or not others:
        return ""
    order, payer = min(others, key=lambda one: (one[0], one[1].id))
    return payer.name if order <= min(own) else ""


def _active(first: dt.date, last: dt.date | None, day: dt.date) -> bool:
    return first <= day and (last is None or day <= last)


CHECKS = (member_billed, about_to_leave, mainecare_first)
FOLLOW_UPS = (overpaid_by_government, mainecare_review)
"""What follows from the findings of other checks."""
