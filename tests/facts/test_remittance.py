import pytest
from msgspec.structs import replace

from hhs_sync.facts.remittance import (
    Adjustment,
    ClaimPayment,
    Imbalance,
    ProviderAdjustment,
    Remittance,
    ServiceLine,
    imbalances,
)

# CLP*C1*1*150*100, its line SVC*HC:90837*150*102 with CAS*CO*45*48, and a CAS*PR*3*2 of the claim as a whole.
LINE = ServiceLine(
    service_code="90837",
    amount_charged=150_00,
    amount_paid=102_00,
    adjustments=(Adjustment("CO", "45", 48_00),),
    segment=11,
)
CLAIM = ClaimPayment(
    claim_number="C1",
    claim_status="1",
    amount_charged=150_00,
    amount_paid=100_00,
    adjustments=(Adjustment("PR", "3", 2_00),),
    lines=(LINE,),
    segment=9,
)
TAKEN_BACK = ProviderAdjustment(reason_code="WO", amount=30_00, segment=20)
INTEREST = ProviderAdjustment(reason_code="L6", amount=-1_00, segment=20)


@pytest.mark.parametrize(
    ("paid", "claims", "provider_adjustments", "expected"),
    [
        (100_00, (CLAIM,), (), ()),
        (71_00, (CLAIM,), (TAKEN_BACK, INTEREST), ()),
        (0, (), (), ()),
        (99_99, (CLAIM,), (), (Imbalance(level="payment", segment=2, difference=-1),)),
        (100_00, (CLAIM,), (TAKEN_BACK,), (Imbalance(level="payment", segment=2, difference=30_00),)),
        (101_00, (replace(CLAIM, amount_paid=101_00),), (), (Imbalance(level="claim", segment=9, difference=1_00),)),
        (
            100_00,
            (replace(CLAIM, lines=(replace(LINE, amount_paid=101_00),)),),
            (),
            (Imbalance(level="line", segment=11, difference=-1_00),),
        ),
    ],
)
def test_each_sum_that_does_not_come_out_is_told_with_its_place(paid, claims, provider_adjustments, expected) -> None:
    assert expected == imbalances(paid, claims, provider_adjustments, 2)


def test_a_remittance_balances_when_nothing_was_found_wrong() -> None:
    remittance = Remittance(key="remittance/era/1", payer_name="Anthem", amount_paid=0, content_digest="")

    assert remittance.balances
    assert not replace(remittance, imbalances=(Imbalance(level="claim", segment=9, difference=1),)).balances


@pytest.mark.parametrize(
    ("claim_status", "reversal", "predetermination"), [("1", False, False), ("22", True, False), ("25", False, True)]
)
def test_the_claim_status_tells_what_is_no_plain_payment(claim_status, reversal, predetermination) -> None:
    claim = replace(CLAIM, claim_status=claim_status)

    assert (reversal, predetermination) == (claim.is_reversal, claim.is_predetermination)


def test_the_adjustments_of_a_claim_are_its_own_and_those_of_its_lines() -> None:
    assert [("PR", 2_00), ("CO", 48_00)] == [(one.group, one.amount) for one in CLAIM.all_adjustments()]
