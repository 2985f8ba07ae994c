"""From clearing to the bank: when money goes to suspense, and what a late remittance finds."""

from __future__ import annotations

import pytest

from hhs_sync.books import keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.ledger.deposit import known_on
from hhs_sync.ledger.entry import EntryKind
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import ProviderReason, Rules
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


PARTS = (bank("1", "2025-11-14", "60", "ANTHEM"), bank("2", "2025-11-18", "25", "ANTHEM"))


def test_what_the_first_of_several_lines_lacks_is_in_transit_until_the_others_bring_it() -> None:
    facts = Facts.of([session("K1", "2025-11-03"), remittance("1", "2025-11-14", "85", PAID), *PARTS])
    books = keep_books(facts, make_rules(), day("2025-12-31"))

    assert [(6000, 2500, -8500), (2500, -2500, 0)] == [
        tuple(one.amount_on(account) for account in (Account.BANK, Account.IN_TRANSIT, Account.PAYER_CLEARING))
        for one in books.entries
        if one.kind is EntryKind.REMITTANCE_DEPOSIT
    ]


def test_a_line_whose_others_never_come_is_money_that_nothing_explains() -> None:
    facts = Facts.of([session("K1", "2025-11-03"), remittance("1", "2025-11-14", "85", PAID), PARTS[0]])
    books = keep_books(facts, make_rules(), day("2025-12-31"))

    assert {"deposit:bank_deposit/bank/4321/1": EntryKind.BANK_SUSPENSE} == {
        one.key: one.kind for one in books.entries if one.amount_on(Account.BANK)
    }
    assert 8500 == sum(one.amount_on(Account.PAYER_CLEARING) for one in books.entries)


@pytest.mark.parametrize(("came", "suspended"), [("2025-11-21", []), ("2025-11-24", ["1", "2"])])
def test_a_remittance_that_came_after_its_first_line_was_in_suspense_takes_all_of_them_out(
    came: str, suspended: list[str]
) -> None:
    """The first line goes to suspense on the 21st, the second on the 25th: what was posted stays as it was."""
    facts = Facts.of([session("K1", "2025-11-03"), remittance("1", "2025-11-14", "85", PAID), *PARTS], as_of=day(came))
    books = keep_books(facts, make_rules(), day("2025-12-31"))
    left: dict[str | None, int] = {}
    for entry in books.entries:
        for line in entry.lines:
            if line.account is Account.SUSPENSE:
                left[line.item] = left.get(line.item, 0) + line.amount

    assert suspended == [one.key[-1] for one in books.entries if one.kind is EntryKind.BANK_SUSPENSE]
    assert {f"bank_deposit/bank/4321/{number}": 0 for number in suspended} == left


@pytest.mark.parametrize(("today", "told"), [("2025-11-20", []), ("2025-11-21", ["deposit:bank_deposit/bank/4321/1"])])
def test_money_that_nothing_explains_goes_to_suspense_when_it_has_waited(today: str, told: list[str]) -> None:
    books = keep_books(Facts.of([LINE]), make_rules(), day(today))

    assert told == [one.key for one in books.entries]


def test_money_that_left_without_a_reason_on_file_is_never_suspense() -> None:
    books = keep_books(
        Facts.of([bank("1", "2025-11-14", "-85"), bank("2", "2025-11-14", "0")]), make_rules(), day("2025-12-31")
    )

    assert () == books.entries


LEVY = (
    ProviderReason(code="LE", account=Account.ADMINISTRATIVE),
    ProviderReason(code="LE", account=Account.TAX_WITHHELD, payer="ANTH"),
    ProviderReason(code="LE", account=Account.RECOUPMENT, payer="ANTH", first=day("2025-12-01")),
)


@pytest.mark.parametrize(
    ("payer", "payment_date", "production_date", "account"),
    [
        ("ANTH", "2025-11-14", None, Account.TAX_WITHHELD),
        ("ANTH", "2025-12-01", None, Account.RECOUPMENT),
        ("ANTH", None, "2025-11-14", Account.TAX_WITHHELD),
        ("HPHC", "2025-12-01", None, Account.ADMINISTRATIVE),
    ],
)
def test_what_a_payer_keeps_outside_claims_goes_where_its_own_rule_of_that_day_says(
    payer: str, payment_date: str | None, production_date: str | None, account: Account
) -> None:
    rules = make_rules()
    dated = {
        "payment_date": day(payment_date) if payment_date else None,
        "production_date": day(production_date) if production_date else None,
    }
    paid = remittance("1", "2025-12-01", "80", PAID, payer=payer, plb="LE 5.00", **dated)
    facts = Facts.of([session("K1", "2025-11-03", payer=payer), paid, bank("1", "2025-12-02", "80", f"{payer} TRACE1")])
    named = {name: getattr(rules, name) for name in rules.__struct_fields__}
    books = keep_books(facts, Rules(**named | {"provider_reasons": LEVY}), day("2025-12-31"))

    assert {account: 500} == {
        line.account: line.amount
        for entry in books.entries
        if entry.kind is EntryKind.REMITTANCE_DEPOSIT
        for line in entry.lines
        if line.account not in {Account.BANK, Account.PAYER_CLEARING}
    }
