"""The month-end allowance of the worked example: three unanswered claims, forty dollars each, back on the first."""

from __future__ import annotations

import msgspec

from hhs_sync.books import keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.ledger.balances import trial_balance
from hhs_sync.mapping.accounts import INCOME_AND_EXPENSE, Account
from hhs_sync.mapping.rules import Rate
from tests.builders import claim, day, make_rules, remittance, session

FACTS = Facts.of(
    [
        *(session(name, "2025-11-05") for name in ("K4", "K8", "K12")),
        session("K1", "2025-11-03"),
        session("private", "2025-11-06", payer=None),
        session("no-rate", "2025-11-06", service_code="90791"),
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 40, PR-3 25")),
        remittance("2", "2025-12-10", "85", claim("K4", "150", "85", "CO-45 40, PR-3 25")),
    ]
)
RULES = msgspec.structs.replace(
    make_rules(month_end_allowance=True), rates=(Rate(payer="ANTH", code="90837", amount=11000),)
)


def test_unanswered_claims_come_down_to_the_contract_rate_at_month_end() -> None:
    books = keep_books(FACTS, RULES, day("2025-12-05"))
    november = trial_balance([one for one in books.entries if one.date <= day("2025-11-30")])

    assert -12000 == november[Account.ALLOWANCE]
    assert 16000 == november[Account.CONTRACTUAL_COMMERCIAL]
    assert -(90000 - 16000) == sum(amount for one, amount in november.items() if one in INCOME_AND_EXPENSE)


def test_the_allowance_is_gone_on_the_first_of_the_next_month() -> None:
    books = keep_books(FACTS, RULES, day("2025-12-05"))
    december = trial_balance([one for one in books.entries if one.date <= day("2025-12-01")])

    assert 0 == december[Account.ALLOWANCE]


def test_a_claim_that_stays_unanswered_is_expected_anew_each_month() -> None:
    books = keep_books(FACTS, RULES, day("2026-02-10"))
    keys = [one.key for one in books.entries if one.kind.value == "allowance"]

    assert 6 == len(keys)
    assert 8000 == next(one for one in books.entries if one.key == "allowance:2026-01").amount_on(
        Account.CONTRACTUAL_COMMERCIAL
    )


def test_a_practice_that_did_not_choose_it_gets_no_allowance() -> None:
    books = keep_books(FACTS, make_rules(), day("2026-02-10"))

    assert not [one for one in books.entries if one.kind.value == "allowance"]


def test_the_rate_is_that_of_the_clinician_and_of_the_modifiers() -> None:
    rates = (
        Rate(payer="ANTH", code="90837", amount=11000),
        Rate(payer="ANTH", code="90837", clinician="ro", amount=12000),
        Rate(payer="ANTH", code="90837", modifiers=("95",), amount=14999),
    )
    facts = Facts.of(
        [
            session("K1", "2025-11-05", clinician="mk"),
            session("K2", "2025-11-05", clinician="ro"),
            session("K3", "2025-11-05", clinician="mk", modifiers=("95",)),
            session("K4", "2025-11-05", "110.00", clinician="mk"),
        ]
    )
    books = keep_books(facts, msgspec.structs.replace(RULES, rates=rates), day("2025-12-05"))
    told = next(one for one in books.entries if one.key == "allowance:2025-11")

    assert [("mk", 4000 + 1), ("ro", 3000)] == [
        (line.clinician, line.amount) for line in told.lines if line.account is Account.CONTRACTUAL_COMMERCIAL
    ]
    assert ["session/ehr/K1", "session/ehr/K2", "session/ehr/K3"] == [one.fact for one in told.evidence]


def test_only_the_first_answer_ends_the_expectation() -> None:
    facts = Facts.of(
        [
            session("K1", "2025-11-05"),
            remittance("1", "2025-11-14", "50", claim("K1", "150", "50", "CO-999 100")),
            remittance("2", "2026-01-14", "60", claim("K1", "150", "60", "CO-45 90")),
        ]
    )
    books = keep_books(facts, RULES, day("2026-02-10"))

    assert not [one for one in books.entries if one.kind.value == "allowance"]


def test_the_lines_of_an_allowance_are_in_order_of_account_payer_and_clinician() -> None:
    rates = (
        *RULES.rates,
        Rate(payer="HPHC", code="90837", amount=10000),
        Rate(payer="MEDA", code="90837", amount=9000),
    )
    facts = Facts.of(
        [
            session("K1", "2025-11-05", payer="MEDA", clinician="mk"),
            session("K2", "2025-11-05", payer="HPHC", clinician="mk"),
            session("K3", "2025-11-05", payer="ANTH", clinician="ro"),
            session("K4", "2025-11-05", payer="ANTH", clinician="mk"),
        ]
    )
    books = keep_books(facts, msgspec.structs.replace(RULES, rates=rates), day("2025-12-05"))
    told = next(one for one in books.entries if one.key == "allowance:2025-11")

    assert [("ANTH", "mk", 4000), ("ANTH", "ro", 4000), ("HPHC", "mk", 5000), ("MEDA", "mk", 6000)] == [
        (line.party, line.clinician, line.amount) for line in told.lines if line.amount > 0
    ]
