"""Every case that matching must know has a test that names it; this one prints where each is.

`pytest -rP tests/matching/test_cases.py` shows the list.
"""

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]

CASES = {
    "a dropped modifier": "matching/test_remittance.py::test_a_dropped_or_changed_modifier_does_not_hide_the_session",
    "a changed modifier": "matching/test_remittance.py::test_a_dropped_or_changed_modifier_does_not_hide_the_session",
    "a line that was split": (
        "matching/test_remittance.py::test_a_session_that_the_payer_split_into_two_lines_takes_both"
    ),
    "lines that were merged": (
        "matching/test_remittance.py::test_two_sessions_that_the_payer_merged_into_one_line_share_it_to_the_cent"
    ),
    "changed units": "matching/test_remittance.py::test_changed_units_do_not_hide_the_session",
    "a changed code": (
        "matching/test_remittance.py::test_a_restated_code_is_still_its_session_when_nothing_else_is_left_to_choose"
    ),
    "several sessions on one claim": (
        "matching/test_remittance.py::test_lines_of_one_claim_go_to_the_sessions_that_their_line_keys_name"
    ),
    "a corrected claim's frequency code": (
        "matching/test_remittance.py::test_a_corrected_claim_keeps_its_sessions_whatever_its_frequency_code"
    ),
    "secondary after primary": (
        "matching/test_remittance.py::test_the_second_payer_after_the_first_finds_the_same_session"
    ),
    "a replacement claim's number": (
        "matching/test_remittance.py::test_a_replacement_claim_under_a_new_number_is_found_by_the_line_key_that_it_kept"
    ),
    "a lost claim number, line key kept": (
        "matching/test_remittance.py::test_the_line_key_finds_the_session_when_the_claim_number_was_lost"
    ),
    "paper without claim numbers": (
        "matching/test_remittance.py::test_a_stack_of_paper_without_claim_numbers_finds_its_sessions"
    ),
    "two candidates": "matching/test_remittance.py::test_each_candidate_comes_with_the_reasons_for_and_against_it",
    "a reversal in the same remittance": (
        "matching/test_remittance.py::"
        "test_a_reversal_finds_its_original_in_the_same_remittance_even_where_both_lost_our_number"
    ),
    "a reversal in a later remittance": (
        "matching/test_remittance.py::test_a_reversal_finds_its_sessions_by_the_payers_own_claim_number"
    ),
    "a reversal of something never received": (
        "ledger/test_remittance.py::test_a_reversal_of_something_never_received_moves_no_receivable"
    ),
    "a repeat by payer, trace and amount": (
        "matching/test_acceptance.py::test_the_same_trace_amount_and_day_with_other_content_is_held_as_a_repeat"
    ),
    "a repeat by content": (
        "matching/test_acceptance.py::test_the_same_claim_payments_under_another_trace_are_held_as_a_repeat"
    ),
    "a repeat that is split differently": (
        "matching/test_acceptance.py::test_claim_payments_that_come_back_split_into_two_remittances_are_held"
    ),
    "the trace in the bank's text or CCD+ addenda": (
        "matching/test_deposit.py::test_the_trace_in_the_banks_text_and_the_amount_match"
    ),
    "sender, amount and date": "matching/test_deposit.py::test_sender_amount_and_date_match_one_of_each",
    "several remittances in one bank line": (
        "matching/test_deposit.py::test_one_combination_that_alone_gives_the_sum_matches"
    ),
    "one remittance in several bank lines": (
        "matching/test_deposit.py::"
        "test_one_remittance_in_several_bank_lines_matches_by_the_combination_that_alone_gives_its_sum"
    ),
    "two combinations with one sum": "matching/test_deposit.py::test_two_combinations_with_one_sum_are_a_question",
    "a payout by its id": "matching/test_deposit.py::test_a_payout_is_found_by_its_id",
    "the State Treasurer's text for MaineCare": (
        "matching/test_deposit.py::test_mainecare_is_paid_by_the_state_treasurer"
    ),
    "a client payment by its session": (
        "ledger/test_payment.py::test_a_copay_taken_before_the_payer_ruled_is_a_liability_until_then"
    ),
    "a client payment by its invoice": (
        "ledger/test_payment.py::test_a_payment_that_names_an_invoice_closes_its_session"
    ),
    "a client payment to the oldest item, or a credit": (
        "ledger/test_payment.py::test_money_that_names_no_session_stays_a_credit_unless_the_practice_says_oldest_first"
    ),
    "a client payment of nobody we know": "ledger/test_payment.py::test_money_of_nobody_we_know_is_in_suspense",
}


def test_every_case_has_a_test_that_names_it() -> None:
    for case, where in CASES.items():
        print(f"{case:50} {where}")  # noqa: T201 - the list is for a person.

    assert [] == [
        where for where in CASES.values() if where.partition("::")[2] not in names_in(where.partition("::")[0])
    ]


def names_in(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
