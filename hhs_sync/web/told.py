"""What each fact says, under the names by which the table of evidence knows it.

No client's name is among it, nor the bank's own text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from hhs_sync.facts.claim import Claim
from hhs_sync.facts.coverage import Coverage
from hhs_sync.facts.deposit import BankDeposit
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.payment import ClientPayment, Dispute, Payout, ProcessorBalance, Refund
from hhs_sync.facts.remittance import ClaimPayment, Remittance
from hhs_sync.facts.resolution import ClientCode
from hhs_sync.facts.resolution_text import decision_key
from hhs_sync.facts.session import Session
from hhs_sync.money import Money, format_money
from hhs_sync.x12.reasons import CLAIM_STATUS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hhs_sync.store import Store

Value: TypeAlias = str | Money | dt.date | None
Told: TypeAlias = Mapping[str, Value]

DATE, CODE, CHARGE, ALLOWED, PAID, PATIENT = "Service", "Code", "Charge", "Allowed", "Paid", "Patient's share"
CLIENT, CLINICIAN, PAYER, CLAIM = "Client", "Clinician", "Payer", "Claim"
ADJUSTED, WHOLE, PAID_ON, TRACE, STATE = "Adjusted", "Whole payment", "Money of", "Trace", "State"
DATED, AMOUNT = "Dated", "Amount"


class Names(Struct, frozen=True, kw_only=True):
    """How people, payers and clinicians are called."""

    codes: Mapping[str, str] = {}
    payers: Mapping[str, str] = {}
    clinicians: Mapping[str, str] = {}

    def code(self, client: str | None) -> str | None:
        """A client's code; a dash where none was drawn."""
        return self.codes.get(client, "–") if client else None


def codes_of(store: Store, practice: str, facts: Iterable[Fact]) -> dict[str, str]:
    """The codes of the clients that these facts are about."""
    clients = {one for fact in facts if isinstance(one := getattr(fact, "client", None), str)}
    drawn = store.readings.standing(practice, [decision_key("client_code", one) for one in sorted(clients)])
    return {one.client: one.code for one, _ in drawn.values() if isinstance(one, ClientCode)}


def in_words(told: Told, *names: str) -> str:
    """What a fact says of these things, in one line."""
    return " · ".join(text for name in names if (text := text_of(told.get(name))))


def text_of(value: Value) -> str:
    """As people read it: amounts with two decimals, days as ISO texts."""
    if value is None:
        return ""
    if isinstance(value, int):
        return format_money(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def title_of(fact: Fact) -> str:
    """What a column of this fact is headed by."""
    if isinstance(fact, Remittance):
        return "Remittance"
    return {BankDeposit: "Bank", ClientPayment: "by the client"}.get(type(fact), type(fact).__name__)


def told_by(fact: Fact, place: str, names: Names) -> Told:
    """What a fact says; at a place in it, what it says there."""
    for kind, tell in _TELLERS:
        if isinstance(fact, kind):
            return tell(fact, place, names)
    return {}


def _session(one: Session, _place: str, names: Names) -> Told:
    return {
        DATE: one.date,
        CLIENT: names.code(one.client),
        CLINICIAN: names.clinicians.get(one.clinician, one.clinician),
        PAYER: one.payer,
        CLAIM: one.claim_number,
        CODE: " ".join((one.service_code, *one.modifiers)),
        CHARGE: one.fee - one.discount,
        STATE: one.state.value.replace("_", " "),
    }


def _claim(one: Claim, _place: str, _names: Names) -> Told:
    line = one.lines[0] if len(one.lines) == 1 else None
    return {
        DATE: line.date_first if line else None,
        PAYER: one.payer_name,
        CLAIM: one.claim_number,
        CODE: " ".join((line.service_code, *line.modifiers)) if line else None,
        CHARGE: one.amount_charged,
        STATE: f"sent {one.date_submitted}" if one.date_submitted else "",
    }


def _remittance(one: Remittance, place: str, _names: Names) -> Told:
    paid = next((claim for claim in one.claim_payments if place == f"segment {claim.segment}"), None)
    whole: dict[str, Value] = {
        PAYER: one.payer_name, TRACE: one.eft_trace, WHOLE: one.amount_paid, PAID_ON: one.payment_date,
        STATE: f"{len(one.claim_payments)} claims, {one.payment_method}".strip(", "),
    }  # fmt: skip
    return whole if paid is None else {**whole, **_claim_payment(paid), STATE: CLAIM_STATUS.get(paid.claim_status, "")}


def _claim_payment(one: ClaimPayment) -> dict[str, Value]:
    line = one.lines[0] if len(one.lines) == 1 else None
    adjusted = ", ".join(
        f"{each.group}-{each.reason_code} {format_money(each.amount)}" for each in one.all_adjustments()[:4]
    )
    return {
        DATE: (line.date_first if line else None) or one.date_first,
        CLAIM: one.claim_number,
        CODE: " ".join((line.billed_code or line.service_code, *line.modifiers)) if line else None,
        CHARGE: one.amount_charged,
        PATIENT: one.amount_patient,
        ALLOWED: one.amount_paid + one.amount_patient,
        PAID: one.amount_paid,
        ADJUSTED: adjusted,
    }


def _payment(one: ClientPayment | Refund | Dispute | Payout, _place: str, names: Names) -> Told:
    way = getattr(one, "method", None)
    return {
        CLIENT: names.code(getattr(one, "client", None)),
        WHOLE: one.amount if isinstance(one, ClientPayment | Payout) else -one.amount,
        PAID_ON: one.date,
        TRACE: getattr(one, "reference", None) or getattr(one, "payout_id", None),
        STATE: way.value if way else type(one).__name__.lower(),
    }


def _processor(one: ProcessorBalance, _place: str, _names: Names) -> Told:
    fees = f", {format_money(one.pending_fees)} of fees to come" if one.pending_fees else ""
    return {WHOLE: one.balance, PAID_ON: one.date, STATE: f"{one.processor}'s balance{fees}"}


def _bank(one: BankDeposit, _place: str, _names: Names) -> Told:
    return {WHOLE: one.amount, PAID_ON: one.date, TRACE: one.trace, STATE: f"account …{one.account[-4:]}"}


def _coverage(one: Coverage, _place: str, names: Names) -> Told:
    until = f" to {one.last}" if one.last else ""
    return {CLIENT: names.code(one.client), PAYER: one.payer, STATE: f"from {one.first}{until}"}


_TELLERS: tuple[tuple[type, Callable[..., Told]], ...] = (
    (Session, _session),
    (Claim, _claim),
    (Remittance, _remittance),
    (ClientPayment, _payment),
    (Refund, _payment),
    (Dispute, _payment),
    (Payout, _payment),
    (ProcessorBalance, _processor),
    (BankDeposit, _bank),
    (Coverage, _coverage),
)
