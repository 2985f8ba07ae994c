"""Full receivables: the worked example document by document, and what holds for any practice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hhs_sync.books import keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.ledger.entry import EntryKind
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import Shape
from hhs_sync.plan.accrual import FORMS, render_accrual
from hhs_sync.plan.desired import Desired, QuickBooksKind
from hhs_sync.plan.references import References, batch_date
from tests.builders import day
from tests.plan.entries import NUMBERS, SECRET, HandBooks, entry, is_application, line, rules, told
from tests.plan.legal import illegalities
from tests.plan.worked_example import STEPS, books
from tests.strategies import practices
from tests.test_worked_example import books_after

COLUMNS = ("1000", "1100", "1150", "1210", "2200", "2300", "2400", "40", "49", "6100", "6200", "7100")
# The trial balance after each step, as the accounting design prints it: cents, credits negative.
TRIAL_BALANCES = """
0     0 15000 0 0 0 0 0 -15000 0 0 0 0
1     0 30000 0 0 0 0 0 -30000 0 0 0 0
2     0 30000 0 2500 -2500 0 0 -30000 0 0 0 0
3     8500 15000 0 2500 0 0 0 -30000 4000 0 0 0
4     8500 30000 0 2500 0 0 0 -45000 4000 0 0 0
5     8500 26000 0 2500 0 0 0 -45000 8000 0 0 0
6     8500 41000 0 2500 0 0 0 -60000 8000 0 0 0
7     8500 41000 0 2500 0 0 0 -60000 8000 0 0 0
8     8500 41000 0 2500 0 0 0 -60000 8000 0 0 0
9     8500 71000 0 2500 0 0 0 -90000 8000 0 0 0
10    17000 58500 0 2500 0 0 0 -90000 12000 0 0 0
11    17000 58500 -12000 2500 0 0 0 -90000 24000 0 0 0
11r   17000 58500 0 2500 0 0 0 -90000 12000 0 0 0
12    17000 43500 0 2500 0 0 0 -75000 12000 0 0 0
13    17000 88500 0 2500 0 0 0 -120000 12000 0 0 0
14    24500 76000 0 2500 0 0 0 -120000 17000 0 0 0
15    30500 76000 0 2500 0 0 -6000 -120000 17000 0 0 0
16    39000 76000 0 2500 0 -8500 -6000 -120000 17000 0 0 0
17    39000 76000 0 10000 0 -8500 -6000 -127500 17000 0 0 0
18    48649 76000 0 0 0 -8500 -6000 -127500 17000 351 0 0
19    61649 65000 0 0 -2000 -8500 -6000 -127500 17000 351 0 0
20    71057 67400 0 0 -2000 -8500 -6000 -142500 20192 351 0 0
21    79557 69900 0 0 -2000 -8500 -6000 -157500 24192 351 0 0
22    79557 70900 0 0 -2000 -8500 0 -172500 32192 351 0 0
23    81557 65900 0 0 -2000 -8500 0 -172500 35192 351 0 0
24    83057 51900 0 0 -2000 0 0 -172500 39192 351 0 0
25    83057 64400 0 0 -2000 -8500 0 -172500 35192 351 0 0
26    81057 64400 0 0 0 -8500 0 -172500 35192 351 0 0
27    83457 62000 0 0 0 -8500 0 -172500 35192 351 0 0
28    83457 59500 0 0 0 -8500 0 -172500 37692 351 0 0
29    92085 47000 0 0 0 -8500 0 -172500 41692 351 0 -128
30    100585 22000 0 0 0 0 0 -172500 49692 351 0 -128
31    100585 12000 0 0 0 0 0 -172500 49692 351 10000 -128
"""


def render(last: str = "31", shape: Shape = Shape.CODED) -> Desired:
    return render_accrual(books(last), rules(shape), References(SECRET))


def in_order(text: str) -> str:
    """A document's text with its effects sorted."""
    head, _, effects = text.strip().rpartition(": ")
    return f"{head}: {', '.join(sorted(effects.split(', ')))}"


def by_number(effects: Iterable[tuple[Account, int]]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for account, amount in effects:
        sums[NUMBERS[account]] += amount
    return {number: amount for number, amount in sums.items() if amount}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_makes_the_documents_that_the_accounting_design_prints(step: str) -> None:
    entries, printed = STEPS[step]
    keys = {entry.key for entry in entries}
    made = Counter(told(one) for one in render().entries if one.renders[0] in keys and not is_application(one))

    assert Counter(in_order(line) for line in printed.splitlines() if line) == made


def test_the_worked_example_takes_84_documents_and_a_payment_of_nothing_for_each_credit_memo_applied() -> None:
    made = render().entries

    assert 84 == sum(not is_application(one) for one in made)
    assert 20 == sum(is_application(one) for one in made)
    assert 20 == sum(one.kind is QuickBooksKind.CREDIT_MEMO for one in made)


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("row", TRIAL_BALANCES.strip().splitlines())
def test_the_documents_come_to_the_trial_balance_of_each_step(row: str, shape: Shape) -> None:
    step, *expected = row.split()
    effects = by_number(effect for one in render(step, shape).entries for effect in one.effects)
    found = [str(sum(amount for number, amount in effects.items() if number.startswith(column))) for column in COLUMNS]

    assert expected == found
    assert "1190" not in effects
    assert "1200" not in effects


@pytest.mark.parametrize("shape", Shape)
def test_the_worked_example_is_legal_at_every_step(shape: Shape) -> None:
    for step in STEPS:
        assert [] == list(illegalities(render(step, shape)))


def links(last: str, key: str) -> dict[str, int]:
    (found,) = [one for one in render(last).entries if one.key == key]
    return {link.entry: link.amount for link in found.links}


def test_a_payment_links_its_invoice_and_the_credit_memo_is_applied_beside_it() -> None:
    claim = "claim-payment:remittance/era/1#K1"

    assert {"charge:session/ehr/K1|invoice": 8500} == links("3", f"{claim}|payment>session/ehr/K1")
    assert {"charge:session/ehr/K1|invoice": 6500, f"{claim}|credit": 6500} == links("3", f"{claim}|apply")


def test_a_reversed_claim_is_paid_again_on_the_invoice_of_its_reversal() -> None:
    claim, reversal = "claim-payment:remittance/era/5#K1", "reversal:remittance/era/5#K1|invoice"

    assert {reversal: 7500} == links("14", f"{claim}|payment>session/ehr/K1")
    assert {reversal: 5000, f"{claim}|credit": 5000} == links("14", f"{claim}|apply")


def test_customers_are_payers_before_the_clients_under_them() -> None:
    names = render().customers

    assert {"Anthem", "Medicare", "Second Plan", "MaineCare", "Harvard Pilgrim"} <= {one.display for one in names}
    assert [bool(one.payer and one.code) for one in names] == sorted(bool(one.payer and one.code) for one in names)
    assert "K9 Second Plan" in {one.display for one in names}


def test_under_payer_batch_no_client_is_told_apart_and_totals_stand_for_items() -> None:
    made = render(shape=Shape.PAYER_BATCH)
    names = {one.display for one in made.customers}

    assert {
        "Anthem", "Medicare", "Second Plan", "MaineCare", "Harvard Pilgrim", "Clients (detail in practice ledger)",
    } == names  # fmt: skip
    assert len(made.entries) < len(render().entries)


def test_under_payer_batch_a_remittance_adjusts_in_total_and_pays_claim_by_claim() -> None:
    made = [one for one in render("30", Shape.PAYER_BATCH).entries if "/9" in one.key and not is_application(one)]

    assert [
        "CreditMemo ANTH: Cr 1100 130.00, Dr 1190 50.00, Dr 4910 80.00",
        "Deposit: Cr 1200 170.00, Dr 1000 85.00, Dr 2300 85.00",
        "Invoice CLIENTS (DETAIL IN PRACTICE LEDGER): Cr 1190 50.00, Dr 1100 50.00",
        "Payment ANTH: Cr 1100 85.00, Dr 1200 85.00",
        "Payment ANTH: Cr 1100 85.00, Dr 1200 85.00",
    ] == sorted(map(told, made))


def test_nothing_of_a_session_bears_the_day_of_the_session() -> None:
    charged = {entry.key: entry.date for entry in books().entries if entry.kind is EntryKind.CHARGE}
    for one in render().entries:
        if one.renders[0] in charged:
            assert batch_date(charged[one.renders[0]]) == one.date


def test_every_kind_of_entry_has_a_form() -> None:
    assert set(EntryKind) == set(FORMS)


def test_what_is_held_is_not_told() -> None:
    held = books("1")
    entries = tuple(msgspec.structs.replace(one, held=True) for one in held.entries)
    made = render_accrual(msgspec.structs.replace(held, entries=entries), rules(), References(SECRET))

    assert () == made.entries


def test_the_real_books_of_the_worked_example_make_the_same_documents() -> None:
    """From documents in, not by hand; the allowance is not part of that case, and K13 was charged on its own day."""
    real = books_after("31")
    coded = msgspec.structs.replace(real, client_codes={f"c-K{n}": f"K{n}" for n in range(1, 14)})
    made = render_accrual(coded, rules(), References(SECRET))
    by_hand = [one for one in render().entries if "allowance" not in one.key]

    assert Counter(map(told, by_hand)) == Counter(map(told, made.entries))
    assert [] == list(illegalities(made))


@given(facts=practices(), shape=st.sampled_from(Shape), oldest_first=st.booleans(), coded=st.booleans())
@settings(max_examples=40)
def test_documents_do_what_the_entries_do_and_are_legal(
    facts: tuple[Fact, ...], shape: Shape, oldest_first: bool, coded: bool
) -> None:
    practice = rules(shape, oldest_first=oldest_first)
    kept = keep_books(Facts.of(facts), practice, day("2026-03-01"))
    if coded:
        codes = {client: f"C{n}" for n, client in enumerate(sorted(set(kept.session_clients.values())))}
        kept = msgspec.structs.replace(kept, client_codes=codes)
    made = render_accrual(kept, practice, References(SECRET))

    assert [] == list(illegalities(made))
    assert by_number((line.account, line.amount) for one in kept.entries if not one.held for line in one.lines) == (
        by_number(effect for one in made.entries for effect in one.effects)
    )


@given(facts=practices(), shape=st.sampled_from(Shape))
@settings(max_examples=25)
def test_what_passes_from_customer_to_customer_is_zero_after_every_movement(
    facts: tuple[Fact, ...], shape: Shape
) -> None:
    practice = rules(shape)
    kept = keep_books(Facts.of(facts), practice, day("2026-03-01"))
    through: Counter[str] = Counter()
    for one in render_accrual(kept, practice, References(SECRET)).entries:
        for account, amount in one.effects:
            if account is Account.TRANSFER_CLEARING:
                through[one.key.split("|")[0]] += amount

    assert {} == {key: amount for key, amount in through.items() if amount}


def test_the_order_of_entries_within_the_books_changes_no_document() -> None:
    kept = books()
    turned = msgspec.structs.replace(kept, entries=tuple(reversed(kept.entries)))
    made = render_accrual(turned, rules(), References(SECRET))

    assert {one.key: one.amount for one in render().entries} == {one.key: one.amount for one in made.entries}
    assert QuickBooksKind.CUSTOMER not in {one.kind for one in made.entries}


def test_money_that_a_closed_month_told_is_taken_back_by_a_journal_entry() -> None:
    """The fees of a payout that never was: they have no item of their own, and no receipt waits for a deposit."""
    fees = entry(
        "opposite:2025-12-01:payout-fees:payout/pay/po1", "2025-12-01", EntryKind.CORRECTION,
        line(Account.CARD_FEES, "-3.51"), line(Account.CARD_STRIPE, "3.51"),
    )  # fmt: skip
    made = render_accrual(HandBooks(entries=(fees,)), rules(), References(SECRET)).entries

    assert ["JournalEntry: Cr 6100 3.51, Dr 1210 3.51"] == [told(one) for one in made]
