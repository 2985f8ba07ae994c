"""What payers may answer to a claim, and how they take it back. Everything adds up, as in an 835 it must."""

from __future__ import annotations

import msgspec

from hhs_sync.facts.remittance import Adjustment, ClaimPayment

# How a claim of 150.00 may be answered: status, adjustments in cents; the rest is paid.
ANSWERS = {
    "paid": ("1", (("CO", "45", 4000), ("PR", "3", 2500))),
    "paid in full": ("1", ()),
    "paid by Medicare": ("1", (("CO", "45", 3000), ("CO", "253", 192), ("PR", "2", 2400))),
    "all to the deductible": ("1", (("CO", "45", 4000), ("PR", "1", -1))),
    "forwarded": ("19", (("CO", "45", 4000), ("PR", "2", 2500))),
    "second in line": ("2", (("OA", "23", 12500),)),
    "second and pays nothing": ("2", (("OA", "23", 12500), ("CO", "45", -1))),
    "MaineCare copay": ("1", (("CO", "45", 5000), ("PR", "3", 200))),
    "denied": ("4", (("CO", "16", -1),)),
    "partly denied": ("1", (("CO", "197", 5000),)),
    "nobody mapped the reason": ("1", (("CO", "999", 1000),)),
    "an estimate": ("25", (("CO", "45", 4000),)),
}
PROVIDER_ADJUSTMENTS = (
    (), (), (("L6", -128),), (("WO", 2500),), (("WO", -8500),), (("WO", 1000), ("72", -1000)), (("IR", 50),),
    (("ZZ", 300),), (("FB", 8500),),
)  # fmt: skip


def answered(number: str, charged: int, how: str, segment: int, payer_number: str) -> ClaimPayment:
    """A claim payment that adds up; an adjustment of -1 takes all that is left."""
    status, told = ANSWERS[how]
    left = charged
    adjustments = []
    for group, reason, amount in told:
        taken = min(left, left if amount < 0 else amount)
        left -= taken
        if taken:
            adjustments.append(Adjustment(group, reason, taken))
    return ClaimPayment(
        claim_number=number,
        claim_status=status,
        amount_charged=charged,
        amount_paid=left,
        adjustments=tuple(adjustments),
        payer_claim_number=payer_number,
        segment=segment,
    )


def turned(claim: ClaimPayment, segment: int) -> ClaimPayment:
    """A reversal: the same with all signs turned."""
    return msgspec.structs.replace(
        claim,
        claim_status="22",
        amount_charged=-claim.amount_charged,
        amount_paid=-claim.amount_paid,
        adjustments=tuple(Adjustment(one.group, one.reason_code, -one.amount) for one in claim.adjustments),
        segment=segment,
    )
