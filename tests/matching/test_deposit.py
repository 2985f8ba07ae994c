"""Bank lines find what makes them up by trace, sender and unique sums; a tie is a question."""

from __future__ import annotations

import pytest

from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.remittance import Remittance
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.matching.deposit import match_bank_deposits
from hhs_sync.matching.match import BankMatches
from tests.builders import bank, client_payment, decide, make_rules, payout, remittance, remittance_key

WHEN = "2025-11-14"
LINE = "bank_deposit/bank/4321/1"
SECOND = "bank_deposit/bank/4321/2"


def match(*facts: Fact) -> BankMatches:
    known = Facts.of(facts)
    return match_bank_deposits(known, make_rules(), list(known.remittances.values()))


def era(name: str, paid: str = "85.00", when: str = WHEN, **more: str) -> Remittance:
    return remittance(name, when, paid, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["ACH CREDIT TRN*1*TRACE77123*1512345678", "ANTHEM trace77123", "0000TRACE77123"])
def test_the_trace_in_the_banks_text_and_the_amount_match(text: str) -> None:
    found = match(era("7", eft_trace="TRACE77123"), bank("1", "2025-11-30", "85.00", text))

    assert "trace and amount" == found.matched[LINE].rule


def test_a_trace_in_the_banks_own_field_matches() -> None:
    assert match(era("7", eft_trace="0012345"), bank("1", WHEN, "85.00", "ACH", trace="12345")).matched


def test_of_two_lines_with_its_trace_and_amount_the_earlier_is_the_payment() -> None:
    """The same payment is not sent twice under one trace: the later line is asked about, and the first stays told."""
    lines = [bank("1", "2025-11-20", "85.00", "TRACE77123"), bank("2", WHEN, "85.00", "TRACE77123")]
    found = match(era("7", eft_trace="TRACE77123"), *lines)

    assert {remittance_key("7"): (SECOND,)} == found.banked


def test_an_equal_trace_with_another_amount_is_a_question_with_the_difference() -> None:
    found = match(era("7", eft_trace="TRACE77123"), bank("1", WHEN, "80.00", "TRACE77123"))

    assert not found.matched
    assert -500 == found.doubts[LINE].difference


def test_a_short_number_that_happens_to_stand_in_the_text_proves_nothing() -> None:
    found = match(era("7", eft_trace="1114"), bank("1", WHEN, "80.00", "CHECKCARD 1114 STORE"))

    assert not found.matched
    assert not found.doubts


def test_two_remittances_under_one_trace_make_one_line_by_their_sum() -> None:
    found = match(
        era("1", "50.00", eft_trace="TRACE77123"),
        era("2", "35.00", eft_trace="TRACE77123"),
        bank("1", WHEN, "85.00", "TRACE77123"),
    )

    assert "trace and sum" == found.matched[LINE].rule


def test_sender_amount_and_date_match_one_of_each() -> None:
    found = match(era("1"), bank("1", "2025-11-18", "85.00", "ANTHEM PAYMENT"))

    assert "sender, amount and date" == found.matched[LINE].rule


def test_outside_the_window_the_sender_proves_nothing() -> None:
    assert not match(era("1"), bank("1", "2025-12-05", "85.00", "ANTHEM PAYMENT")).matched


def test_two_remittances_of_one_sender_and_amount_are_a_question() -> None:
    found = match(era("1"), era("2"), bank("1", WHEN, "85.00", "ANTHEM PAYMENT"))

    assert not found.matched
    assert {(remittance_key("1"),), (remittance_key("2"),)} == set(found.doubts[LINE].combinations)


def test_two_bank_lines_for_one_remittance_are_a_question() -> None:
    found = match(era("1"), bank("1", WHEN, "85.00", "ANTHEM"), bank("2", WHEN, "85.00", "ANTHEM"))

    assert not found.matched


def test_one_combination_that_alone_gives_the_sum_matches() -> None:
    found = match(era("1", "50.00"), era("2", "35.00"), era("3", "20.00"), bank("1", WHEN, "85.00", "ANTHEM"))

    assert (remittance_key("1"), remittance_key("2")) == found.matched[LINE].parts


def test_two_combinations_with_one_sum_are_a_question() -> None:
    found = match(
        era("1", "50.00"), era("2", "35.00"), era("3", "45.00"), era("4", "40.00"), bank("1", WHEN, "85.00", "ANTHEM")
    )

    assert not found.matched
    assert 2 == len(found.doubts[LINE].combinations)


def test_a_payout_is_found_by_its_id() -> None:
    found = match(payout("po_1ABC23", WHEN, "96.49"), bank("1", WHEN, "96.49", "STRIPE TRANSFER PO 1ABC23"))

    assert found.matched


def test_checks_on_one_slip_match_by_their_only_sum() -> None:
    found = match(
        client_payment("1021", "2025-11-10", "25.00"),
        client_payment("1022", "2025-11-11", "30.00"),
        client_payment("1023", "2025-11-11", "100.00"),
        bank("1", WHEN, "55.00", "DEPOSIT"),
    )

    assert ("client_payment/pay/1021", "client_payment/pay/1022") == found.matched[LINE].parts


def test_a_check_is_not_banked_before_it_was_written() -> None:
    assert not match(client_payment("9", "2025-11-20", "25.00"), bank("1", WHEN, "25.00", "DEPOSIT")).matched


def test_what_a_person_chose_stands_when_it_adds_up() -> None:
    chosen = decide("d", ResolutionKind.CHOOSE_MATCH, LINE, WHEN, targets=(remittance_key("2"),))
    found = match(era("1"), era("2"), bank("1", WHEN, "85.00", "ANTHEM"), chosen)

    assert (remittance_key("2"),) == found.matched[LINE].parts
    assert {remittance_key("2"): (LINE,)} == found.banked


def test_one_remittance_in_several_bank_lines_matches_by_the_combination_that_alone_gives_its_sum() -> None:
    lines = [bank("1", "2025-11-17", "60.00", "ACH ANTHEM"), bank("2", WHEN, "25.00", "ACH ANTHEM")]
    found = match(era("7"), *lines, bank("3", WHEN, "12.00", "ACH ANTHEM"))

    assert {LINE, SECOND} == found.matched.keys()
    assert {"sender, date and sum of several lines"} == {one.rule for one in found.matched.values()}
    assert {remittance_key("7"): (SECOND, LINE)} == found.banked, "by date"
    assert not found.doubts


def test_until_the_last_line_is_there_nothing_is_matched() -> None:
    found = match(era("7"), bank("1", WHEN, "60.00", "ACH ANTHEM"), bank("3", WHEN, "12.00", "ACH ANTHEM"))

    assert not found.matched
    assert not found.banked
    assert not found.doubts


def test_lines_that_bear_the_trace_and_add_up_need_no_sender_and_no_near_day() -> None:
    lines = [bank("1", WHEN, "60.00", "TRN 1 TRACE77123"), bank("2", "2025-12-02", "25.00", "TRACE77123")]
    found = match(era("7", eft_trace="TRACE77123"), *lines)

    assert "trace and sum of several lines" == found.matched[LINE].rule
    assert {remittance_key("7"): (LINE, SECOND)} == found.banked


def test_a_line_with_the_trace_and_one_of_the_sender_without_it_add_up() -> None:
    lines = [bank("1", WHEN, "60.00", "TRN 1 TRACE77123"), bank("2", WHEN, "25.00", "ACH ANTHEM")]

    assert {LINE, SECOND} == match(era("7", eft_trace="TRACE77123"), *lines).matched.keys()


def test_lines_of_another_sender_or_day_are_no_part_of_it() -> None:
    first = bank("1", WHEN, "60.00", "ACH ANTHEM")

    assert not match(era("7"), first, bank("2", WHEN, "25.00", "ACH HARVARD PILGRIM")).matched
    assert not match(era("7"), first, bank("2", "2025-11-24", "25.00", "ACH ANTHEM")).matched


def test_a_check_does_not_come_in_several_lines() -> None:
    lines = [bank("1", WHEN, "60.00", "ACH ANTHEM"), bank("2", WHEN, "25.00", "ACH ANTHEM")]

    assert not match(era("7", payment_method="CHK"), *lines).matched


def test_several_combinations_of_bank_lines_are_a_question_with_each_of_them() -> None:
    amounts = ("60.00", "25.00", "50.00", "35.00")
    lines = [bank(str(number), WHEN, amount, "ACH ANTHEM") for number, amount in enumerate(amounts, start=1)]
    found = match(era("7"), *lines)

    assert not found.matched
    assert ((remittance_key("7"), SECOND),) == found.doubts[LINE].combinations
    assert 4 == len(found.doubts)


def test_two_payments_that_the_same_lines_could_make_up_are_a_question() -> None:
    lines = [bank("1", WHEN, "60.00", "ACH ANTHEM"), bank("2", WHEN, "25.00", "ACH ANTHEM")]
    found = match(era("7"), era("8"), *lines)

    assert not found.matched
    assert {(remittance_key("7"), SECOND), (remittance_key("8"), SECOND)} == set(found.doubts[LINE].combinations)


def test_what_has_surer_evidence_is_taken_first() -> None:
    """A remittance of 60.00 takes the line; what its lines seemed to make up waits on."""
    lines = [bank("1", WHEN, "60.00", "ACH ANTHEM"), bank("2", WHEN, "25.00", "ACH ANTHEM")]
    found = match(era("7"), era("8", "60.00"), *lines)

    assert {remittance_key("8"): (LINE,)} == found.banked


@pytest.mark.parametrize(
    "said",
    [
        [(LINE, (remittance_key("7"), "bank_deposit/bank/4321/2"))],
        [(LINE, (remittance_key("7"),)), ("bank_deposit/bank/4321/2", (remittance_key("7"),))],
    ],
)
def test_a_person_says_which_lines_are_one_payment(said: list[tuple[str, tuple[str, ...]]]) -> None:
    """On one of them for all, or on each."""
    amounts = ("60.00", "25.00", "50.00", "35.00")
    lines = [bank(str(number), WHEN, amount, "ACH ANTHEM") for number, amount in enumerate(amounts, start=1)]
    chosen = [
        decide(f"d{number}", ResolutionKind.CHOOSE_MATCH, line, WHEN, targets=targets)
        for number, (line, targets) in enumerate(said)
    ]
    found = match(era("7"), *lines, *chosen)

    assert {remittance_key("7"): (LINE, SECOND)} == found.banked
    assert "chosen by a person" == found.matched[SECOND].rule
    assert not found.doubts


def test_chosen_lines_that_do_not_add_up_are_asked_about_with_the_difference() -> None:
    lines = [bank("1", WHEN, "60.00", "ACH"), bank("2", WHEN, "20.00", "ACH")]
    chosen = decide("d", ResolutionKind.CHOOSE_MATCH, LINE, WHEN, targets=(remittance_key("7"), SECOND))
    found = match(era("7"), *lines, chosen)

    assert not found.matched
    assert {LINE: -500, SECOND: -500} == {key: one.difference for key, one in found.doubts.items()}


def test_one_payment_is_not_chosen_for_two_lines_that_are_each_all_of_it() -> None:
    lines = [bank("1", WHEN, "85.00", "ACH"), bank("2", WHEN, "85.00", "ACH")]
    chosen = [
        decide(f"d{line.key}", ResolutionKind.CHOOSE_MATCH, line.key, WHEN, targets=(remittance_key("7"),))
        for line in lines
    ]

    assert not match(era("7"), *lines, *chosen).matched


def test_a_payout_comes_in_several_lines_too() -> None:
    lines = [bank("1", WHEN, "60.00", "STRIPE TRANSFER"), bank("2", WHEN, "25.00", "STRIPE TRANSFER")]

    assert {LINE, SECOND} == match(payout("po_1ABC23", WHEN, "85.00"), *lines).matched.keys()


def test_mainecare_is_paid_by_the_state_treasurer() -> None:
    text = "STATE TREASURER PAYMENTS PPD ID 10100"
    found = match(era("7", payer="MCARE"), bank("1", "2025-11-17", "85.00", text))

    assert "sender, amount and date" == found.matched[LINE].rule
    assert not match(era("7"), bank("1", "2025-11-17", "85.00", text)).matched
