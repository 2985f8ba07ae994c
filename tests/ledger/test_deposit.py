"""From clearing to the bank: when money goes to suspense, and what a late remittance finds."""

from __future__ import annotations

import pytest

from hhs_sync.books import keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.ledger.deposit import known_on
from hhs_sync.ledger.entry import EntryKind
from hhs_sync.mapping.accounts import Account
from tests.builders import bank, claim, day, make_rules, remittance, remittance_key, session

PAID = claim("K1", "150", "85", "CO-45 40, PR-3 25")
LINE = bank("1", "2025-11-14", "85", "ANTHEM TRACE1")  # a Friday: five business days later is the 21st


@pytest.mark.parametrize(
    ("payment_date", "production_date", "as_of", "known"),
    [
        ("2025-11-14", "2025-11-12", "2025-11-20", "2025-11-20"),
        ("2025-11-14", "2025-11-12", "2025-11-10", "2025-11-14"),
        (None, "2025-11-12", "2025-11-10", "2025-11-12"),
        (None, None, "2025-11-10", "2025-11-10"),
    ],
)
def test_a_remittance_is_known_when_it_came_and_not_before_it_was_made(
    payment_date: str | None, production_date: str | None, as_of: str, known: str
) -> None:
    dates = {
        "payment_date": payment_date and day(payment_date),
        "production_date": production_date and day(production_date),
    }
    facts = Facts.of([remittance("1", "2025-11-01", "85", PAID, **dates)], as_of=day(as_of))

    assert day(known) == known_on(facts, remittance_key("1"))


def test_a_remittance_that_nobody_dated_the_arrival_of_is_known_on_its_own_day() -> None:
    facts = Facts.of([remittance("1", "2025-11-14", "85", PAID)])
    undated = Facts(remittances=facts.remittances)

    assert day("2025-11-14") == known_on(undated, remittance_key("1"))


@pytest.mark.parametrize(
    ("came", "kinds"),
    [
        ("2025-11-21", [EntryKind.CLAIM_PAYMENT, EntryKind.REMITTANCE_DEPOSIT]),
        ("2025-11-22", [EntryKind.BANK_SUSPENSE, EntryKind.CLAIM_PAYMENT]),
    ],
)
def test_money_is_in_suspense_only_when_its_remittance_came_after_the_wait(came: str, kinds: list[EntryKind]) -> None:
    facts = Facts.of([session("K1", "2025-11-03"), remittance("1", "2025-11-14", "85", PAID), LINE], as_of=day(came))
    books = keep_books(facts, make_rules(), day("2025-12-31"))

    assert kinds == sorted((one.kind for one in books.entries[1:]), key=lambda kind: kind.value)
    assert 0 == sum(one.amount_on(Account.SUSPENSE) for one in books.entries)


@pytest.mark.parametrize(("today", "told"), [("2025-11-20", []), ("2025-11-21", ["deposit:bank_deposit/bank/4321/1"])])
def test_money_that_nothing_explains_goes_to_suspense_when_it_has_waited(today: str, told: list[str]) -> None:
    books = keep_books(Facts.of([LINE]), make_rules(), day(today))

    assert told == [one.key for one in books.entries]


def test_money_that_left_without_a_reason_on_file_is_never_suspense() -> None:
    books = keep_books(
        Facts.of([bank("1", "2025-11-14", "-85"), bank("2", "2025-11-14", "0")]), make_rules(), day("2025-12-31")
    )

    assert () == books.entries
