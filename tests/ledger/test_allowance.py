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
