"""A remittance is posted once, whole, and only when it is ours and adds up."""

from __future__ import annotations

from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.matching.acceptance import Judged, Standing, judge_remittances
from tests.builders import claim, decide, make_rules, remittance, remittance_key

PAID = claim("K1", "150", "85", "CO-45 65", payer_claim_number="P1")


def judge(*facts: Fact, **practice: object) -> dict[str, Judged]:
    found = judge_remittances(Facts.of(facts), make_rules(**practice))
    return {key.rsplit("/", 1)[-1]: one for key, one in found.items()}


def test_what_adds_up_is_accepted() -> None:
    assert Standing.ACCEPTED is judge(remittance("1", "2025-11-14", "85.00", PAID))["1"].standing


def test_what_does_not_add_up_is_held() -> None:
    found = judge(remittance("1", "2025-11-14", "84.99", PAID))["1"]

    assert (Standing.HELD, "the sums do not come out") == (found.standing, found.why)


def test_a_cut_off_remittance_is_held_even_when_it_adds_up() -> None:
    assert Standing.HELD is judge(remittance("1", "2025-11-14", "85.00", PAID, complete=False))["1"].standing


def test_a_test_file_is_no_remittance() -> None:
    assert Standing.TEST is judge(remittance("1", "2025-11-14", "85.00", PAID, test=True))["1"].standing


def test_the_same_trace_amount_and_day_with_other_content_is_held_as_a_repeat() -> None:
    found = judge(
        remittance("1", "2025-11-14", "85.00", PAID, eft_trace="T1"),
        remittance("2", "2025-11-14", "85.00", claim("K2", "150", "85", "CO-45 65"), eft_trace="T1"),
    )

    assert (Standing.DUPLICATE, remittance_key("1")) == (found["2"].standing, found["2"].repeats)


def test_the_same_claim_payments_under_another_trace_are_held_as_a_repeat() -> None:
    found = judge(remittance("1", "2025-11-14", "85.00", PAID), remittance("2", "2025-11-21", "85.00", PAID))

    assert Standing.DUPLICATE is found["2"].standing


def test_claim_payments_that_come_back_split_into_two_remittances_are_held() -> None:
    second = claim("K2", "150", "90", "CO-45 60", payer_claim_number="P2")
    found = judge(
        remittance("1", "2025-11-14", "175.00", PAID, second),
        remittance("2", "2025-11-21", "85.00", PAID),
        remittance("3", "2025-11-22", "90.00", second),
        remittance("4", "2025-11-23", "95.00", claim("K2", "150", "95", "CO-45 55", payer_claim_number="P2")),
    )

    assert [Standing.DUPLICATE, Standing.DUPLICATE, Standing.ACCEPTED] == [found[name].standing for name in "234"]


def test_a_repeat_that_a_person_accepted_is_posted() -> None:
    accepted = decide("d", ResolutionKind.NOT_A_REPEAT, remittance_key("2"), "2025-12-01")
    found = judge(remittance("1", "2025-11-14", "85.00", PAID), remittance("2", "2025-11-21", "85.00", PAID), accepted)

    assert Standing.ACCEPTED is found["2"].standing


def test_equal_payments_without_the_payers_claim_number_are_not_called_repeats() -> None:
    plain = claim("K1", "150", "85", "CO-45 65")
    found = judge(remittance("1", "2025-11-14", "85.00", plain), remittance("2", "2025-11-21", "85.00", plain))

    assert Standing.ACCEPTED is found["2"].standing


def test_a_remittance_to_another_tax_id_is_not_ours() -> None:
    theirs = remittance("1", "2025-11-14", "85.00", PAID, payee_ids=("999999999",))
    ours = remittance("2", "2025-11-15", "85.00", claim("K9", "85", "85"), payee_ids=("111111111", "1234567893"))
    found = judge(theirs, ours, tax_ids=("111111111",))

    assert (Standing.NOT_OURS, Standing.ACCEPTED) == (found["1"].standing, found["2"].standing)
