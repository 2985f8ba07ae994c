"""Remittances: what a payer paid, and why that and no more (X12 835, 005010X221A1; or a typed-in paper EOB).

One ST of an 835 is one payment: a check, an EFT, or an advice that pays nothing.

    Remittance (BPR, TRN)
      ClaimPayment (CLP)         charge - adjustments = paid
        Adjustment (CAS)
        ServiceLine (SVC)        charge - adjustments = paid
          Adjustment (CAS)
      ProviderAdjustment (PLB)   claims - provider adjustments = payment; positive takes money away
"""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.money import Money

# Claim statuses (CLP02) that mean something of their own; later payers are second and third, as such or forwarded (X12
# code list 1029).
LATER_PAYER = frozenset({"2", "3", "20", "21"})
REVERSAL = "22"
PREDETERMINATION = "25"


class Adjustment(Struct, frozen=True, gc=False, omit_defaults=True, array_like=True):
    """One triplet of a CAS: who bears it (CO, PR, OA, PI, CR), why (CARC), how much in cents; positive lowers pay."""

    group: str
    reason_code: str
    amount: Money
    quantity: str | None = None


class ServiceLine(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One procedure within a claim payment (loop 2110).

    `service_code` and `modifiers` are as paid (SVC01), `billed_code` and `billed_modifiers` as billed (SVC06) where
    the payer changed them. `line_key` echoes our REF*6R. `amount_allowed` is AMT*B6: told, never part of a sum.
    """

    service_code: str
    modifiers: tuple[str, ...] = ()
    billed_code: str | None = None
    billed_modifiers: tuple[str, ...] = ()
    units: str = "1"
    units_billed: str | None = None
    date_first: dt.date | None = None
    date_last: dt.date | None = None
    amount_charged: Money
    amount_paid: Money
    amount_allowed: Money | None = None
    line_key: str | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remark_codes: tuple[str, ...] = ()
    segment: int


class ClaimPayment(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One claim's part of a remittance (loop 2100); may pay nothing.

    `claim_status` is CLP02 as sent ("1", "2", "19", "22", ...). `adjustments` are those at claim level only; those of
    the lines are in `lines`. `segment` is the number of the CLP segment in its document, for evidence. Names and
    member numbers are kept for matching and never leave the store.
    """

    claim_number: str
    claim_status: str
    amount_charged: Money
    amount_paid: Money
    amount_patient: Money = 0
    filing_indicator: str | None = None
    payer_claim_number: str | None = None
    original_payer_claim_number: str | None = None
    frequency: str | None = None
    client_name: str | None = None
    member_id: str | None = None
    corrected_member_id: str | None = None
    clinician_npi: str | None = None
    crossover_payer: str | None = None
    date_first: dt.date | None = None
    date_last: dt.date | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remark_codes: tuple[str, ...] = ()
    lines: tuple[ServiceLine, ...] = ()
    segment: int

    @property
    def is_reversal(self) -> bool:
        """True when this takes back an earlier payment (CLP02 22)."""
        return self.claim_status == REVERSAL

    @property
    def is_predetermination(self) -> bool:
        """True when this tells what would be paid (CLP02 25): it is not money."""
        return self.claim_status == PREDETERMINATION

    @property
    def of_later_payer(self) -> bool:
        """True when the second, third or a later payer answers (CLP02 2, 3, 20, 21)."""
        return self.claim_status in LATER_PAYER

    def all_adjustments(self) -> tuple[Adjustment, ...]:
        """Adjustments of the claim and of all its lines."""
        return self.adjustments + tuple(one for line in self.lines for one in line.adjustments)


class ProviderAdjustment(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A change to the payment outside any claim (one PLB pair). Positive lowers the payment, negative raises it."""

    reason_code: str
    reference: str | None = None
    amount: Money
    provider_id: str | None = None
    fiscal_year_end: str | None = None
    segment: int


class Imbalance(Struct, frozen=True, kw_only=True, gc=False):
    """A sum of the remittance that does not come out: where, and by how much in cents (told minus computed)."""

    level: str
    segment: int
    difference: Money


class Remittance(Struct, frozen=True, kw_only=True, gc=False, tag="remittance", omit_defaults=True):
    """One 835 transaction set, ST to SE: one payment and what it pays.

    `amount_paid` is BPR02 in cents, negative when BPR03 says D. `payment_method` is BPR04 (ACH, CHK, NON, ...),
    `payment_date` BPR16, `eft_trace` TRN02 (the check number on paper), `payer_trace_id` TRN03.
    `content_digest` names the content from ST to SE without its control numbers and envelope, so that the same payment
    sent again is known. `complete` is False when the set was cut off or its trailer is missing: such a one is never
    posted. `test` marks a test interchange (ISA15 T). `imbalances` are the equations that do not hold.
    `envelope_problems` says in plain words what is odd about the envelope (wrong counts, missing trailers) without
    being about money.
    """

    key: FactKey
    payer_name: str
    payer_ids: tuple[str, ...] = ()
    payee_name: str = ""
    payee_ids: tuple[str, ...] = ()
    amount_paid: Money
    handling: str = ""
    payment_method: str = ""
    payment_date: dt.date | None = None
    production_date: dt.date | None = None
    eft_trace: str = ""
    payer_trace_id: str = ""
    claim_payments: tuple[ClaimPayment, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    imbalances: tuple[Imbalance, ...] = ()
    content_digest: str
    version: str = ""
    control_number: str = ""
    interchange_control_number: str = ""
    test: bool = False
    complete: bool = True
    envelope_problems: tuple[str, ...] = ()
    segment: int = 0

    @property
    def balances(self) -> bool:
        """True when every line, every claim and the payment add up to the cent."""
        return not self.imbalances


def imbalances(
    amount_paid: Money,
    claim_payments: tuple[ClaimPayment, ...],
    provider_adjustments: tuple[ProviderAdjustment, ...],
    segment: int,
) -> tuple[Imbalance, ...]:
    """Check the three equations of the 835 (TR3 section 1.10.2) in cents and tell each one that fails.

    Line: SVC02 - CAS of the line = SVC03. Claim: CLP03 - all CAS = CLP04. Payment: BPR02 = CLP04 - PLB.
    """
    found: list[Imbalance] = []
    for claim in claim_payments:
        adjusted = sum(one.amount for one in claim.adjustments)
        for line in claim.lines:
            of_line = sum(one.amount for one in line.adjustments)
            adjusted += of_line
            difference = line.amount_paid - (line.amount_charged - of_line)
            if difference:
                found.append(Imbalance(level="line", segment=line.segment, difference=difference))
        difference = claim.amount_paid - (claim.amount_charged - adjusted)
        if difference:
            found.append(Imbalance(level="claim", segment=claim.segment, difference=difference))
    computed = sum(claim.amount_paid for claim in claim_payments) - sum(one.amount for one in provider_adjustments)
    if amount_paid != computed:
        found.append(Imbalance(level="payment", segment=segment, difference=amount_paid - computed))
    return tuple(found)
