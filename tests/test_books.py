"""The books keep their invariants, whatever happened in whatever order."""

from __future__ import annotations

import random
from collections import defaultdict

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from hhs_sync.books import Books, keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.ledger.balances import trial_balance
from hhs_sync.mapping.accounts import CARD_CLEARING, RECEIVABLE, Account
from hhs_sync.matching.acceptance import Standing
from tests.builders import day, make_rules
from tests.strategies import practices

TODAY = day("2026-03-01")


def keep(facts: tuple[Fact, ...] | list[Fact], **practice: object) -> Books:
    return keep_books(Facts.of(facts), make_rules(**practice), TODAY)


@given(facts=practices(), seed=st.integers())
def test_order_and_repetition_do_not_matter(facts: tuple[Fact, ...], seed: int) -> None:
    shuffled = [*facts, *facts]
    random.Random(seed).shuffle(shuffled)

    assert msgspec.json.encode(keep(facts).entries) == msgspec.json.encode(keep(shuffled).entries)


@given(facts=practices(), oldest_first=st.booleans())
@settings(max_examples=75)
def test_every_entry_has_its_own_key_and_the_trial_balance_is_zero(facts: tuple[Fact, ...], oldest_first: bool) -> None:
    books = keep(facts, oldest_first=oldest_first)
    keys = [entry.key for entry in books.entries]

    assert len(keys) == len(set(keys))
    assert 0 == sum(trial_balance(books.entries).values())


@given(facts=practices())
def test_open_items_add_up_to_the_receivables(facts: tuple[Fact, ...]) -> None:
    books = keep(facts)
    balance = trial_balance(books.entries)

    for account in RECEIVABLE:
        assert balance.get(account, 0) == sum(item.amount for item in books.open_items if item.account is account)


@given(facts=practices())
def test_the_bank_account_is_the_sum_of_the_banks_lines_and_of_what_was_given_back(facts: tuple[Fact, ...]) -> None:
    known = Facts.of(facts)
    books = keep_books(known, make_rules(), TODAY)
    lines = sum(line.amount for line in known.bank_deposits.values())
    back = sum(one.amount for one in known.refunds.values() if one.method.value != "card")

    assert lines - back == trial_balance(books.entries).get(Account.BANK, 0)


@given(facts=practices())
def test_every_cent_of_a_remittance_is_told_once(facts: tuple[Fact, ...]) -> None:
    """What reaches the bank for accepted remittances is what they say was paid, told in lines that each have a home."""
    known = Facts.of(facts)
    books = keep_books(known, make_rules(), TODAY)
    for key, judged in books.judged.items():
        remittance = known.remittances[key]
        if judged.standing is not Standing.ACCEPTED or key not in books.bank.banked:
            continue
        lines = {f"deposit:{line}" for line in books.bank.banked[key]}
        deposits = [entry for entry in books.entries if entry.key in lines]
        assert remittance.amount_paid == sum(entry.amount_on(Account.BANK) for entry in deposits)


@given(facts=practices())
def test_clearing_holds_exactly_what_has_no_bank_line_yet(facts: tuple[Fact, ...]) -> None:
    known = Facts.of(facts)
    books = keep_books(known, make_rules(), TODAY)
    waiting: dict[str, int] = defaultdict(int)
    for entry in books.entries:
        for line in entry.lines:
            if line.account is Account.PAYER_CLEARING:
                waiting[entry.evidence[0].fact] += line.amount
    banked = sum(
        line.amount
        for entry in books.entries
        if entry.key.startswith("deposit:")
        for line in entry.lines
        if line.account is Account.PAYER_CLEARING
    )
    in_transit = sum(
        amount
        for key, amount in waiting.items()
        if key in known.remittances and key not in books.bank.banked and known.remittances[key].amount_paid
    )

    assert in_transit == trial_balance(books.entries).get(Account.PAYER_CLEARING, 0)
    assert banked <= 0


@given(facts=practices())
def test_client_credits_are_what_is_left_of_client_money(facts: tuple[Fact, ...]) -> None:
    known = Facts.of(facts)
    books = keep_books(known, make_rules(), TODAY)
    if known.refunds:
        return
    left = sum(credit.amount for credit in books.credits)

    assert -left == trial_balance(books.entries).get(Account.CLIENT_CREDIT, 0)


@given(facts=practices())
def test_a_card_processors_balance_is_what_it_has_not_paid_out(facts: tuple[Fact, ...]) -> None:
    known = Facts.of(facts)
    books = keep_books(known, make_rules(), TODAY)
    charged = sum(one.amount for one in known.client_payments.values() if one.method.value == "card")
    back = sum(one.amount for one in known.refunds.values() if one.method.value == "card")
    fees = sum(item.fee for one in known.payouts.values() for item in one.items)
    paid_out = sum(one.amount for one in known.payouts.values() if one.key in books.bank.banked)
    cleared = [entry for entry in books.entries if entry.key.startswith("deposit:bank_deposit/bank/4321/po")]
    moved = -sum(line.amount for entry in cleared for line in entry.lines if line.account in CARD_CLEARING)
    balance = sum(amount for account, amount in trial_balance(books.entries).items() if account in CARD_CLEARING)

    assert moved == paid_out
    assert charged - back - fees - paid_out == balance
