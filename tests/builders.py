"""Short ways to write facts and rules in tests: money as text, days as "2025-11-03", sensible defaults for the rest."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hhs_sync.facts.claim import Acknowledgement, Claim, ClaimLine, ClaimState
from hhs_sync.facts.coverage import Coverage
from hhs_sync.facts.deposit import BankDeposit
from hhs_sync.facts.payment import ClientPayment, Dispute, PaymentMethod, Payout, PayoutItem, Refund
from hhs_sync.facts.remittance import (
    Adjustment,
    ClaimPayment,
    ProviderAdjustment,
    Remittance,
    ServiceLine,
    imbalances,
)
from hhs_sync.facts.resolution import Resolution, ResolutionKind
from hhs_sync.facts.session import Session, SessionState
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import (
    Clinician,
    Payer,
    PayerFamily,
    Policy,
    Practice,
    ProviderReason,
    Reason,
    Rules,
    Service,
    Thresholds,
    Treatment,
)
from hhs_sync.money import Money, parse_money

ANTHEM = Payer(id="ANTH", name="Anthem", family=PayerFamily.COMMERCIAL, names=("ANTHEM BCBS",), bank_texts=("ANTHEM",))
HARVARD = Payer(id="HPHC", name="Harvard Pilgrim", family=PayerFamily.COMMERCIAL, bank_texts=("HPHC",))
MEDICARE = Payer(
    id="MEDA", name="Medicare", family=PayerFamily.MEDICARE, bank_texts=("NGS MEDICARE",), sequestration=True
)
SECOND = Payer(id="SECO", name="Second Plan", family=PayerFamily.COMMERCIAL, bank_texts=("SECOND PLAN",))
MAINECARE = Payer(
    id="MCARE", name="MaineCare", family=PayerFamily.MAINECARE, bank_texts=("STATE TREASURER",), answer_days=21
)

AUTOMATIC = (
    ("CO", "45", Treatment.CONTRACTUAL),
    ("CO", "253", Treatment.SEQUESTRATION),
    ("OA", "23", Treatment.PRIOR_PAYER),
    ("PR", "1", Treatment.PATIENT),
    ("PR", "2", Treatment.PATIENT),
    ("PR", "3", Treatment.PATIENT),
    ("CO", "16", Treatment.DENIED_FIX),
    ("CO", "27", Treatment.DENIED_COVERAGE),
    ("CO", "197", Treatment.DENIED_AUTHORISATION),
    ("CO", "29", Treatment.DENIED_LATE),
)

OUTSIDE_CLAIMS = {
    **dict.fromkeys(("WO", "FB", "72", "WU", "OB", "TL"), Account.RECOUPMENT),
    "L6": Account.INTEREST,
    "IR": Account.TAX_WITHHELD,
}


def day(text: str) -> dt.date:
    """A day written "2025-11-03"."""
    return dt.date.fromisoformat(text)


def money(text: str) -> Money:
    """Cents of "1,234.50"."""
    return parse_money(text)


def make_rules(*, thresholds: Thresholds | None = None, **practice: Any) -> Rules:
    """Rules of a practice with five payers, two clinicians and the automatic reasons."""
    settings = {"id": "casco", "name": "Casco Counseling", "policy": Policy.ACCRUAL, **practice}
    return Rules(
        practice=Practice(**settings, thresholds=thresholds or Thresholds()),
        payers=(ANTHEM, HARVARD, MEDICARE, SECOND, MAINECARE),
        services=(Service(code="90834"), Service(code="90837"), Service(code="NOSHOW", kind="no_show")),
        reasons=tuple(Reason(group=group, code=code, treatment=how) for group, code, how in AUTOMATIC),
        provider_reasons=tuple(ProviderReason(code=code, account=account) for code, account in OUTSIDE_CLAIMS.items()),
        clinicians=(Clinician(id="mk", class_name="M. Keene"), Clinician(id="ro", class_name="R. Orr")),
    )


def session(name: str, when: str, fee: str = "150.00", payer: str | None = "ANTH", **more: Any) -> Session:
    """A completed session of client "c-NAME" with claim number NAME (when a payer is billed)."""
    settings: dict[str, Any] = {
        "client": f"c-{name}",
        "clinician": "mk",
        "service_code": "90837",
        "claim_number": name if payer else None,
        "state": SessionState.COMPLETED,
    }
    return Session(key=session_key(name), date=day(when), fee=money(fee), payer=payer, **{**settings, **more})


def session_key(name: str) -> str:
    """The key that `session` gives."""
    return f"session/ehr/{name}"


def adjustments(text: str) -> tuple[Adjustment, ...]:
    """Adjustments written "CO-45 40.00, PR-3 25.00"."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        reason, amount = part.split()
        group, _, code = reason.partition("-")
        found.append(Adjustment(group, code, money(amount)))
    return tuple(found)


def claim(
    number: str, charged: str, paid: str, told: str = "", *, status: str = "1", segment: int = 10, **more: Any
) -> ClaimPayment:
    """A claim payment whose adjustments stand at claim level."""
    return ClaimPayment(
        claim_number=number,
        claim_status=status,
        amount_charged=money(charged),
        amount_paid=money(paid),
        adjustments=adjustments(told),
        segment=segment,
        **more,
    )


def service_line(code: str, when: str, charged: str, paid: str, told: str = "", **more: Any) -> ServiceLine:
    """A service line within a claim payment."""
    return ServiceLine(
        service_code=code,
        date_first=day(when),
        amount_charged=money(charged),
        amount_paid=money(paid),
        adjustments=adjustments(told),
        **{"segment": 11, **more},
    )


def remittance(
    name: str,
    when: str,
    paid: str,
    *claims: ClaimPayment,
    payer: str = "ANTH",
    plb: str = "",
    **more: Any,
) -> Remittance:
    """A remittance with its claims numbered in order; PLB written "WO -85.00 REFERENCE, L6 -1.28"."""
    numbered = tuple(
        ClaimPayment(**{**{f: getattr(one, f) for f in one.__struct_fields__}, "segment": 10 * place})
        for place, one in enumerate(claims, start=1)
    )
    provider = tuple(
        ProviderAdjustment(
            reason_code=part[0],
            amount=money(part[1]),
            reference=part[2] if len(part) > 2 else None,
            segment=900 + place,
        )
        for place, part in enumerate(one.split(maxsplit=2) for one in plb.split(",") if one.strip())
    )
    settings: dict[str, Any] = {
        "payer_name": payer,
        "payment_date": day(when),
        "eft_trace": f"TRACE{name}",
        "payment_method": "ACH",
        "content_digest": name,
        "imbalances": imbalances(money(paid), numbered, provider, 2),
    }
    return Remittance(
        key=remittance_key(name),
        amount_paid=money(paid),
        claim_payments=numbered,
        provider_adjustments=provider,
        **{**settings, **more},
    )


def remittance_key(name: str) -> str:
    """The key that `remittance` gives."""
    return f"remittance/era/{name}"


def bank(name: str, when: str, amount: str, text: str = "", **more: Any) -> BankDeposit:
    """A line on the bank's statement."""
    return BankDeposit(
        key=f"bank_deposit/bank/4321/{name}",
        account="4321",
        date=day(when),
        amount=money(amount),
        description=text,
        **more,
    )


def client_payment(name: str, when: str, amount: str, method: str = "check", **more: Any) -> ClientPayment:
    """Money from a client."""
    return ClientPayment(
        key=f"client_payment/pay/{name}",
        date=day(when),
        amount=money(amount),
        method=PaymentMethod(method),
        reference=more.pop("reference", name),
        processor="stripe" if method == "card" else None,
        **more,
    )


def refund(name: str, when: str, amount: str, method: str = "check", **more: Any) -> Refund:
    """Money given back to a client."""
    return Refund(
        key=f"refund/pay/{name}",
        date=day(when),
        amount=money(amount),
        method=PaymentMethod(method),
        reference=name,
        processor="stripe" if method == "card" else None,
        **more,
    )


def dispute(name: str, when: str, amount: str, fee: str = "0", method: str = "card", **more: Any) -> Dispute:
    """A contested card payment or a bounced check."""
    return Dispute(
        key=f"dispute/pay/{name}",
        date=day(when),
        amount=money(amount),
        fee=money(fee),
        method=PaymentMethod(method),
        processor="stripe" if method == "card" else None,
        **more,
    )


def payout(name: str, when: str, amount: str, *items: tuple[str, str, str, str]) -> Payout:
    """A card payout; items are (kind, reference, amount, fee)."""
    return Payout(
        key=f"payout/pay/{name}",
        payout_id=name,
        processor="stripe",
        date=day(when),
        amount=money(amount),
        items=tuple(PayoutItem(kind, reference, money(gross), money(fee)) for kind, reference, gross, fee in items),
    )


def coverage(client: str, payer: str, first: str = "2025-01-01", order: int = 1, **more: Any) -> Coverage:
    """A payer that stands behind a client."""
    return Coverage(
        key=f"coverage/ehr/{client}/{payer}", client=client, payer=payer, order=order, first=day(first), **more
    )


def decide(name: str, kind: ResolutionKind, subject: str, when: str, by: str = "dana", **more: Any) -> Resolution:
    """A person's decision, made at noon."""
    at = dt.datetime.combine(day(when), dt.time(12), tzinfo=dt.UTC)
    return Resolution(key=f"resolution/decisions/{name}", kind=kind, subject=subject, by=by, at=at, **more)


def sent(number: str, when: str, charged: str = "150.00", payer: str = "ANTH", **more: Any) -> Claim:
    """A claim that went out, with one line of 90837; `line` names other fields of the line."""
    line = {"service_code": "90837", "amount_charged": money(charged), **more.pop("line", {})}
    return Claim(
        key=f"claim/837/{more.pop('name', number)}",
        claim_number=number,
        date_submitted=day(when),
        payer_name=payer,
        amount_charged=money(charged),
        lines=(ClaimLine(**line),),
        **more,
    )


def acknowledged(number: str, when: str, state: str = "accepted", **more: Any) -> Acknowledgement:
    """What a receiver said about a claim before any payment."""
    return Acknowledgement(
        key=f"acknowledgement/277/{number}/{when}",
        kind="277CA",
        claim_number=number,
        state=ClaimState(state),
        date=day(when),
        **more,
    )
