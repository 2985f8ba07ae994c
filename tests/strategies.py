"""Random practices for hypothesis: sessions, and events that may happen to them, in any combination that can occur.

A claim payment is generated from what it explains (paid, contractual, patient), so that it adds up; reversals repeat an
earlier one with all signs turned; provider-level adjustments are drawn so that no payment is negative, as payers must
do (X12 RFI 2660).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from hhs_sync.facts.deposit import BankDeposit
from hhs_sync.facts.remittance import Adjustment, ClaimPayment, ProviderAdjustment, Remittance, imbalances
from hhs_sync.facts.resolution import ResolutionKind
from tests.builders import bank, client_payment, decide, payout, refund, session, session_key

if TYPE_CHECKING:
    from hhs_sync.facts.fact import Fact
    from hhs_sync.facts.session import Session

FIRST = dt.date(2025, 9, 1)
DAYS = 120
FEES = (7500, 12000, 15000)


def on(offset: int) -> str:
    """The day that lies so many days after the first."""
    return (FIRST + dt.timedelta(days=offset)).isoformat()


@st.composite
def practices(draw: st.DrawFn) -> tuple[Fact, ...]:
    """Facts of a small practice: up to eight sessions and whatever happened to them."""
    sessions = draw(st.lists(_sessions(), min_size=1, max_size=8, unique_by=lambda one: one.key))
    facts: list[Fact] = list(sessions)
    history: dict[str, ClaimPayment] = {}
    for number in range(draw(st.integers(0, 5))):
        facts.extend(_remittance(draw, number, sessions, history))
    facts.extend(_client_money(draw, sessions))
    facts.extend(_decisions(draw, sessions))
    if draw(st.booleans()):
        facts.append(
            bank("odd", on(draw(st.integers(0, DAYS))), "33.33", draw(st.sampled_from(["", "HPHC", "DEPOSIT"])))
        )
    return tuple(facts)


@st.composite
def _sessions(draw: st.DrawFn) -> Session:
    name = draw(st.sampled_from("ABCDEFGHJKLM"))
    payer = draw(st.sampled_from([None, "ANTH", "ANTH", "MEDA", "MCARE", "Unheard Of"]))
    return session(
        name,
        on(draw(st.integers(0, 60))),
        f"{draw(st.sampled_from(FEES)) / 100:.2f}",
        payer,
        client=draw(st.sampled_from(["ada", "ben", "cas"])),
        clinician=draw(st.sampled_from(["mk", "ro"])),
        secondary_payer=draw(st.sampled_from([None, None, "SECO", "MCARE"])) if payer else None,
        discount=draw(st.sampled_from([0, 0, 2500])) if payer is None else 0,
    )


def _remittance(draw: st.DrawFn, number: int, sessions: list[Session], history: dict[str, ClaimPayment]) -> list[Fact]:
    """A remittance over some sessions, with a bank line of its own more often than not."""
    claims: list[ClaimPayment] = []
    for one in draw(st.lists(st.sampled_from(sessions), max_size=3, unique_by=lambda one: one.key)):
        segment = 10 * len(claims) + 10
        number_of_claim = one.claim_number or "unknown"
        if number_of_claim in history and draw(st.booleans()):
            claims.append(_reversed(history.pop(number_of_claim), segment))
            segment += 10
        claims.append(_claim(draw, one, segment))
        history[number_of_claim] = claims[-1]
    told = sum(claim.amount_paid for claim in claims)
    provider = draw(st.sampled_from([(), (("L6", -128),), (("WO", 500),), (("WO", -700),), (("ZZ", 300),)]))
    plb = [
        ProviderAdjustment(reason_code=code, amount=amount, segment=900 + n)
        for n, (code, amount) in enumerate(provider)
    ]
    paid = told - sum(one.amount for one in plb)
    if paid < 0:
        plb.append(ProviderAdjustment(reason_code="FB", amount=paid, segment=990))
        paid = 0
    if draw(st.integers(0, 9)) == 0:
        paid += 1  # one in ten does not add up
    when = draw(st.integers(20, DAYS))
    told_by = Remittance(
        key=f"remittance/era/{number}",
        payer_name=draw(st.sampled_from(["ANTH", "MEDA", "MCARE", "SECO", "Somebody"])),
        amount_paid=paid,
        payment_method="ACH" if paid else "NON",
        payment_date=FIRST + dt.timedelta(days=when),
        eft_trace=f"TRACE{number}00",
        claim_payments=tuple(claims),
        provider_adjustments=tuple(plb),
        imbalances=imbalances(paid, tuple(claims), tuple(plb), 1),
        content_digest=str(number),
    )
    facts: list[Fact] = [told_by]
    if paid and draw(st.integers(0, 3)):
        line: BankDeposit = bank(
            f"r{number}", on(when + draw(st.integers(0, 9))), f"{paid / 100:.2f}", f"TRACE{number}00"
        )
        facts.append(line)
    return facts


def _claim(draw: st.DrawFn, one: Session, segment: int) -> ClaimPayment:
    contractual = draw(st.sampled_from([0, 4000, one.fee]))
    patient = draw(st.sampled_from([0, 200, 2500]))
    reason = draw(st.sampled_from([("PR", "3"), ("PR", "1"), ("CO", "16"), ("CO", "999")]))
    if contractual + patient > one.fee:
        patient = 0
    told = [Adjustment("CO", "45", contractual)] if contractual else []
    if patient:
        told.append(Adjustment(*reason, patient))
    return ClaimPayment(
        claim_number=one.claim_number or "unknown",
        claim_status=draw(st.sampled_from(["1", "1", "19", "2", "4"])),
        amount_charged=one.fee,
        amount_paid=one.fee - contractual - patient,
        adjustments=tuple(told),
        payer_claim_number=draw(st.sampled_from([None, f"P{one.claim_number}"])),
        segment=segment,
    )


def _reversed(claim: ClaimPayment, segment: int) -> ClaimPayment:
    return ClaimPayment(
        claim_number=claim.claim_number,
        claim_status="22",
        amount_charged=-claim.amount_charged,
        amount_paid=-claim.amount_paid,
        adjustments=tuple(Adjustment(one.group, one.reason_code, -one.amount) for one in claim.adjustments),
        payer_claim_number=claim.payer_claim_number,
        segment=segment,
    )


def _client_money(draw: st.DrawFn, sessions: list[Session]) -> list[Fact]:
    facts: list[Fact] = []
    for number in range(draw(st.integers(0, 4))):
        one = draw(st.sampled_from(sessions))
        when = draw(st.integers(0, DAYS))
        amount = draw(st.sampled_from(["20.00", "25.00", "150.00"]))
        method = draw(st.sampled_from(["card", "check", "cash"]))
        named = {"session": one.key.rsplit("/", 1)[-1]} if draw(st.booleans()) else {}
        client = draw(st.sampled_from([one.client, one.client, None, "stranger"]))
        facts.append(client_payment(f"pay{number}", on(when), amount, method, client=client, **named))
        if method == "card" and draw(st.booleans()):
            net = f"{float(amount) - 1:.2f}"
            facts.append(payout(f"po_{number}000", on(when + 2), net, ("charge", f"pay{number}", amount, "1.00")))
            facts.append(bank(f"po{number}", on(when + 3), net, f"STRIPE PO {number}000"))
        elif method != "card" and draw(st.booleans()):
            facts.append(bank(f"slip{number}", on(when + 3), amount, "DEPOSIT"))
        if draw(st.integers(0, 4)) == 0:
            facts.append(refund(f"back{number}", on(when + 10), "5.00", method, client=one.client))
    return facts


def _decisions(draw: st.DrawFn, sessions: list[Session]) -> list[Fact]:
    kinds = [
        ResolutionKind.WRITE_OFF,
        ResolutionKind.ADJUST,
        ResolutionKind.BILL_CLIENT,
        ResolutionKind.CANCEL_CHARGE,
        ResolutionKind.DO_NOT_BILL,
    ]
    return [
        decide(
            f"d{number}",
            draw(st.sampled_from(kinds)),
            session_key(draw(st.sampled_from(sessions)).key.rsplit("/", 1)[-1]),
            on(draw(st.integers(0, DAYS))),
            amount=draw(st.sampled_from([None, 1000, 3000])),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
