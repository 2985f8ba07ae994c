"""What is told at once, in which order, and under which date."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from hhs_sync.ledger.entry import EntryKind
from hhs_sync.plan.movement import ORDER, movements
from tests.plan.entries import A, entry, line
from tests.plan.worked_example import STEPS, banked, books, charge, from_client, paid


def test_every_kind_of_entry_has_its_place_in_the_order() -> None:
    assert sorted(kind.value for kind in EntryKind) == sorted(kind.value for kind, _ in ORDER)


def test_under_coded_every_entry_is_a_movement_of_its_own() -> None:
    made = movements(books().entries, coded=True)

    assert sum(len(entries) for entries, _ in STEPS.values()) == len(made)
    assert all((one.key,) == one.renders for one in made)


def test_what_opens_a_debt_stands_before_what_closes_it_and_the_bank_comes_last() -> None:
    same_day = [
        banked("1", "2025-11-03", "85", K1="85"),
        from_client("K1", "1", "2025-11-03", "25", A.CARD_STRIPE, closes="25"),
        paid("1", "K1", "2025-11-03", "85", "40", "25"),
        charge("K1", "2025-11-03"),
        charge("K2", "2025-11-04"),
    ]

    assert [
        EntryKind.CHARGE, EntryKind.CLAIM_PAYMENT, EntryKind.CLIENT_PAYMENT, EntryKind.CHARGE,
        EntryKind.REMITTANCE_DEPOSIT,
    ] == [one.kind for one in movements(same_day, coded=True)]  # fmt: skip


def test_a_visits_money_bears_the_date_of_its_batch_and_a_remittance_its_own() -> None:
    made = movements(
        [
            charge("K1", "2025-11-03"),
            from_client("K1", "1", "2025-11-03", "25", A.CARD_STRIPE),
            paid("1", "K1", "2025-11-05", "85", "40", "25"),
            banked("1", "2025-11-06", "85", K1="85"),
        ],
        coded=True,
    )

    assert ["2025-11-09", "2025-11-09", "2025-11-05", "2025-11-06"] == [str(one.date) for one in made]
    assert ["Batch 2025-W45", "Client payment", "Insurance remittance", "Insurance deposit"] == [
        one.memo for one in made
    ]


def test_under_payer_batch_movements_tell_every_line_once() -> None:
    made = movements(books().entries, coded=False)
    by_account: Counter[object] = Counter()
    for one in books().entries:
        for each in one.lines:
            by_account[each.account, each.party, each.item] += each.amount
    for moved in made:
        for each in moved.lines:
            by_account[each.account, each.party, each.item] -= each.amount

    assert {} == {place: amount for place, amount in by_account.items() if amount}
    assert {one.key for one in books().entries} == {key for one in made for key in one.renders}
    assert all(sum(line.amount for line in one.lines) == 0 for one in made)


def test_under_payer_batch_money_stays_apart_claim_by_claim() -> None:
    made = movements(
        [paid("1", "K1", "2025-11-05", "85", "40", "25"), paid("1", "K2", "2025-11-05", "150", "0")], coded=False
    )

    assert {
        "claim-payment:remittance/era/1#K1": [(A.PAYER_CLEARING, 8500), (A.AR_PAYER, -8500)],
        "claim-payment:remittance/era/1#K2": [(A.PAYER_CLEARING, 15000), (A.AR_PAYER, -15000)],
        "batch:claim-payment:remittance/era/1:ANTH": [
            (A.CONTRACTUAL_COMMERCIAL, 4000), (A.AR_CLIENT, 2500), (A.AR_PAYER, -6500),
        ],
    } == {one.key: [(line.account, line.amount) for line in one.lines] for one in made}  # fmt: skip


def test_what_a_payer_paid_too_much_goes_with_its_money() -> None:
    """150.00 for 110.00 allowed: 40.00 are the payer's again, and the adjustment is told with the batch."""
    more = entry(
        "claim-payment:remittance/era/1#10", "2025-11-05", EntryKind.CLAIM_PAYMENT,
        line(A.PAYER_CLEARING, "150", "ANTH", "s1"), line(A.RECOUPMENT, "-40", "ANTH", "s1"),
        line(A.CONTRACTUAL_COMMERCIAL, "40", None, "s1"), line(A.AR_PAYER, "-150", "ANTH", "s1"),
        line(A.PAYER_CLEARING, "85", "ANTH", "s2"), line(A.AR_PAYER, "-85", "ANTH", "s2"), facts=("remittance/era/1",),
    )  # fmt: skip
    made = movements([more], coded=False)

    assert {
        "claim-payment:remittance/era/1#10": [
            (A.PAYER_CLEARING, 15000), (A.RECOUPMENT, -4000), (A.AR_PAYER, -11000), (A.PAYER_CLEARING, 8500),
            (A.AR_PAYER, -8500),
        ],
        "batch:claim-payment:remittance/era/1:ANTH": [(A.CONTRACTUAL_COMMERCIAL, 4000), (A.AR_PAYER, -4000)],
    } == {one.key: [(line.account, line.amount) for line in one.lines] for one in made}  # fmt: skip


@pytest.mark.parametrize("how", [{"held": True}, {"corrects": "2025-10"}])
def test_money_that_is_held_or_corrects_a_closed_month_is_told_whole(how: dict[str, object]) -> None:
    whole = msgspec.structs.replace(paid("1", "K1", "2025-11-05", "85", "40", "25"), **how)
    (made,) = movements([whole], coded=False)

    assert whole.lines == made.lines


def test_a_claim_payment_whose_money_cannot_be_told_by_session_stays_together() -> None:
    odd = entry(
        "claim-payment:remittance/era/1#10", "2025-11-05", EntryKind.CLAIM_PAYMENT,
        line(A.PAYER_CLEARING, "10", "ANTH", "s"), line(A.CONTRACTUAL_COMMERCIAL, "-10", "ANTH", "s"),
        facts=("remittance/era/1",),
    )  # fmt: skip
    (made,) = movements([odd], coded=False)

    assert odd.key == made.key
    assert odd.lines == made.lines


def test_a_correction_stays_alone_under_payer_batch() -> None:
    corrected = entry(
        "charge:session/ehr/K1", "2025-12-01", EntryKind.CHARGE, line(A.AR_PAYER, "150", "ANTH", "session/ehr/K1"),
        line(A.REVENUE_COMMERCIAL, "-150", None, "session/ehr/K1"), corrects="2025-11",
    )  # fmt: skip
    (made,) = movements([corrected], coded=False)

    assert "charge:session/ehr/K1" == made.key
    assert "Correction of 2025-11" == made.memo


def test_a_remittance_of_two_payers_claims_is_a_batch_for_each() -> None:
    made = movements(
        [paid("1", "K1", "2025-11-05", "0", "40"), paid("1", "K13", "2025-11-05", "0", "40", payer="HPHC")], coded=False
    )

    assert ["batch:claim-payment:remittance/era/1:ANTH", "batch:claim-payment:remittance/era/1:HPHC"] == sorted(
        one.key for one in made
    )


def test_money_that_came_before_its_remittance_is_told_with_the_batch() -> None:
    late = entry(
        "claim-payment:remittance/era/2#10", "2025-11-05", EntryKind.CLAIM_PAYMENT, line(A.SUSPENSE, "85"),
        line(A.RECOUPMENT, "-85", "HPHC", "s"), facts=("remittance/era/2",),
    )  # fmt: skip

    assert ["batch:claim-payment:remittance/era/2:"] == [one.key for one in movements([late], coded=False)]
