"""Remittances, claims and the envelope that the tests of this folder read and write."""

import datetime as dt

import msgspec

from hhs_sync.facts.claim import Claim, ClaimLine, PriorPayment
from hhs_sync.facts.document import Placed, Unreadable
from hhs_sync.facts.remittance import Adjustment, ClaimPayment, ProviderAdjustment, Remittance, ServiceLine
from hhs_sync.x12.remittance import read_remittances
from hhs_sync.x12.write import Biller, Envelope, balanced

WRITTEN_AT = dt.datetime(2026, 1, 9, 7, 30, tzinfo=dt.UTC)
BILLER = Biller(name="PINE TREE COUNSELING", npi="1234567893", tax_id="010203040")


def remittance(**changes: object) -> Remittance:
    usual = {
        "key": "",
        "content_digest": "",
        "amount_paid": 0,
        "handling": "I",
        "payer_name": "MAINECARE SERVICES",
        "payer_ids": ("MEDME", "1010203040"),
        "payer_trace_id": "1010203040",
        "payee_name": BILLER.name,
        "payee_ids": (BILLER.npi, BILLER.tax_id),
        "payment_method": "ACH",
        "payment_date": dt.date(2026, 1, 9),
        "eft_trace": "EFT0001",
    }
    return balanced(Remittance(**usual | changes))


def claim_payment(**changes: object) -> ClaimPayment:
    usual = {"claim_number": "S1", "claim_status": "1", "amount_charged": 0, "amount_paid": 0, "segment": 0}
    return ClaimPayment(**usual | changes)


LINE = ServiceLine(
    service_code="90837",
    modifiers=("95", "HE"),
    units="1",
    date_first=dt.date(2026, 1, 2),
    amount_charged=18000,
    amount_paid=11160,
    amount_allowed=12660,
    line_key="S1L1",
    adjustments=(Adjustment("CO", "45", 5340), Adjustment("PR", "3", 1500)),
    remark_codes=("N130",),
    segment=0,
)

REMITTANCES = {
    "a claim with a line": remittance(
        production_date=dt.date(2026, 1, 8),
        claim_payments=(
            claim_payment(
                amount_charged=18000,
                amount_paid=11160,
                amount_patient=1500,
                filing_indicator="MC",
                payer_claim_number="2600900000001",
                frequency="1",
                client_name="ALDER, ADA",
                member_id="10000001A",
                clinician_npi="1900010004",
                remark_codes=("MA01", "N520"),
                date_first=dt.date(2026, 1, 2),
                lines=(LINE,),
            ),
        ),
    ),
    "a denial pays nothing": remittance(
        claim_payments=(
            claim_payment(claim_status="4", amount_charged=18000, adjustments=(Adjustment("CO", "197", 18000),)),
        ),
    ),
    "a reversal, its correction, and what was taken back": remittance(
        claim_payments=(
            claim_payment(
                claim_status="22",
                amount_charged=-18000,
                amount_paid=-15000,
                original_payer_claim_number="2507",
                adjustments=(Adjustment("CO", "45", -3000),),
            ),
            claim_payment(
                amount_charged=18000,
                amount_paid=9000,
                corrected_member_id="10000002A",
                adjustments=(Adjustment("CO", "45", 7000), Adjustment("PR", "3", 2000)),
            ),
            claim_payment(claim_number="S2", amount_charged=30000, amount_paid=30000, crossover_payer="MAINECARE"),
        ),
        provider_adjustments=(
            ProviderAdjustment(reason_code="WO", reference="2507", amount=-6000, provider_id="1", segment=0),
            ProviderAdjustment(reason_code="L6", amount=-123, provider_id="1", segment=0),
            ProviderAdjustment(
                reason_code="FB", reference="X", amount=5, provider_id="2", fiscal_year_end="20261231", segment=0
            ),
        ),
    ),
    "seven reasons need two segments": remittance(
        claim_payments=(
            claim_payment(
                amount_charged=2800,
                adjustments=tuple(Adjustment("CO", str(reason), 100 * reason, "1") for reason in range(1, 8)),
            ),
        ),
    ),
    "the payer changed code and units": remittance(
        claim_payments=(
            claim_payment(
                amount_charged=10,
                amount_paid=10,
                lines=(
                    ServiceLine(
                        service_code="90834",
                        billed_code="90837",
                        billed_modifiers=("95",),
                        units="1.5",
                        units_billed="2",
                        date_first=dt.date(2026, 1, 2),
                        date_last=dt.date(2026, 1, 5),
                        amount_charged=10,
                        amount_paid=10,
                        segment=0,
                    ),
                ),
            ),
        ),
    ),
    "more is taken back than paid": remittance(
        claim_payments=(),
        provider_adjustments=(ProviderAdjustment(reason_code="WO", amount=617350, segment=0),),
    ),
    "a name that is not plain ASCII": remittance(payer_name="SANTÉ MAINE ÉTOILE"),
}


CLAIM = Claim(
    key="",
    claim_number="S1",
    date_submitted=dt.date(2026, 1, 9),
    payer_name="MAINECARE SERVICES",
    payer_id="MEDME",
    payer_order="P",
    filing_indicator="MC",
    client_name="ALDER, ADA",
    member_id="10000001A",
    billing_npi=BILLER.npi,
    clinician_npi="1900010004",
    amount_charged=31280,
    lines=(
        ClaimLine(
            line_key="S1L1",
            service_code="90837",
            modifiers=("95",),
            amount_charged=20000,
            date_first=dt.date(2026, 1, 2),
        ),
        ClaimLine(
            service_code="H2017",
            units="8",
            amount_charged=11280,
            date_first=dt.date(2026, 1, 2),
            date_last=dt.date(2026, 1, 5),
            clinician_npi="1900010005",
        ),
    ),
)

CLAIMS = {
    "primary": CLAIM,
    "replacement": msgspec.structs.replace(CLAIM, frequency="7", original_payer_claim_number="2507"),
    "secondary": msgspec.structs.replace(
        CLAIM,
        payer_order="S",
        prior_payments=(PriorPayment(payer_name="MEDICARE", payer_id="14112", amount_paid=9000),),
    ),
}

ENVELOPE = Envelope(sender="MEDME", receiver="PINETREE", written_at=WRITTEN_AT)


def remittances(content: bytes) -> list[Remittance]:
    return [row.fact for row in read_remittances(content, "era") if isinstance(row, Placed)]


def unreadable(content: bytes) -> list[Unreadable]:
    return [row for row in read_remittances(content, "era") if isinstance(row, Unreadable)]
