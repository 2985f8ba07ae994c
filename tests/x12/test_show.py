"""A remittance in words: what was paid, why not more, and whether it adds up."""

import msgspec

from hhs_sync.facts.document import Unreadable
from hhs_sync.facts.remittance import Adjustment, Imbalance
from hhs_sync.x12.show import show_fact, show_unreadable
from tests.x12.made import CLAIMS, REMITTANCES, claim_payment, remittance
from tests.x12.test_reading import ANSWERS, read_x12

PAID = REMITTANCES["a claim with a line"]
TAKEN_BACK = REMITTANCES["a reversal, its correction, and what was taken back"]


def test_a_remittance_reads_like_this() -> None:
    assert """\
Payment 111.60 by ACH on 2026-01-09, trace EFT0001
  from  MAINECARE SERVICES (MEDME, 1010203040)
  to    PINE TREE COUNSELING (1234567893, 010203040)

  Claim S1: processed as primary                               charged     180.00   paid     111.60
    client's share 15.00, payer's number 2600900000001
      remarks MA01 N520
    2026-01-02  90837 95 HE                                                180.00          111.60
        CO 45        53.40  contract: above the fee schedule
        PR 3         15.00  client's share: copay
        remarks N130
        ✓ line: 180.00 - 68.40 = 111.60
    ✓ claim: 180.00 - 68.40 = 111.60

  ✓ payment: 111.60 - 0.00 = 111.60""" == show_fact(PAID)


def test_what_was_taken_back_is_shown_with_its_reference() -> None:
    shown = show_fact(TAKEN_BACK)

    assert "Claim S1: reversal of an earlier payment" in shown
    assert "    WO          -60.00  overpayment taken back (2507)" in shown
    assert "✓ payment: 240.00 + 61.18 = 301.18" in shown
    assert "corrects 2507" in shown
    assert "sent on to MAINECARE" in shown


def test_an_equation_that_fails_is_crossed_at_its_level() -> None:
    wrong = msgspec.structs.replace(
        remittance(claim_payments=(claim_payment(amount_charged=100, amount_paid=101),)),
        amount_paid=90,
        imbalances=(Imbalance(level="claim", segment=1, difference=1),),
    )

    shown = show_fact(wrong)

    assert "✗ claim: 1.00 - 0.00 = 1.00, but 1.01 is told, which is 0.01 too much" in shown
    assert "✗ payment: 1.01 - 0.00 = 1.01, but 0.90 is told, which is 0.11 too little" in shown


def test_persons_are_shown_only_when_asked_for() -> None:
    for fact in (PAID, CLAIMS["primary"]):
        assert "ALDER" not in show_fact(fact)
        assert "10000001A" not in show_fact(fact)
        assert "client ALDER, ADA, member 10000001A" in show_fact(fact, names=True)


def test_a_remittance_that_is_not_to_be_posted_says_so() -> None:
    shown = show_fact(msgspec.structs.replace(PAID, test=True, complete=False, envelope_problems=("GE is missing",)))

    assert "! a test, not to be posted (ISA15 T)" in shown
    assert "✗ not whole" in shown
    assert "! GE is missing" in shown


def test_other_words_for_reasons_take_the_place_of_ours() -> None:
    shown = show_fact(PAID, words=lambda group, code: f"<{group}-{code}>")

    assert "contract: <CO-45>" in shown
    assert "fee schedule" not in shown


def test_codes_that_nobody_knows_are_shown_as_they_are() -> None:
    unknown = claim_payment(claim_status="77", amount_charged=1, adjustments=(Adjustment("ZZ", "999", 1),))

    shown = show_fact(remittance(claim_payments=(unknown,)))

    assert "Claim S1: status 77" in shown
    assert "ZZ 999        0.01  ZZ: reason 999" in shown


def test_a_claim_is_shown_with_what_others_paid() -> None:
    shown = show_fact(CLAIMS["secondary"])

    assert "Claim S1: 312.80 on 2026-01-09" in shown
    assert "to    MAINECARE SERVICES (MEDME)\n  as    the second payer" in shown
    assert "before: MEDICARE paid 90.00" in shown
    assert ", replacement" in show_fact(CLAIMS["replacement"])


def test_an_answer_is_shown_with_its_reason() -> None:
    [placed] = read_x12(ANSWERS, "inbox").facts

    assert "277CA claim S1: accepted\n  accepted into adjudication (A2): accepted for processing (20)" == show_fact(
        placed.fact
    )


def test_an_unreadable_row_is_shown_with_its_place_and_its_money() -> None:
    row = Unreadable(place="segment 12, position 345", problem="BPR02 is not an amount of money", amount=1250)

    assert "✗ segment 12, position 345: BPR02 is not an amount of money (12.50)" == show_unreadable(row)
