"""The shapes that documents are made of refuse what QuickBooks would refuse."""

from __future__ import annotations

import pytest

from hhs_sync.ledger.entry import EntryKind
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.plan.movement import Movement
from hhs_sync.plan.references import References
from hhs_sync.plan.writer import Writer
from tests.builders import day
from tests.plan.entries import SECRET, A, HandBooks, rules

MOVED = Movement("charge:s", day("2025-11-09"), EntryKind.CHARGE, (), (), "Batch 2025-W45", ("charge:s",))


def writer() -> Writer:
    return Writer(HandBooks(entries=()), rules(), References(SECRET))


def test_lines_that_many_documents_share_are_made_once() -> None:
    made = writer()
    kind, customer = QuickBooksKind.INVOICE, made.customers.payer("ANTH")
    for suffix in ("one", "two"):
        made.sales_form(
            kind, MOVED, suffix, customer=customer, against=A.AR_PAYER, rest={(A.REVENUE_COMMERCIAL, "mk"): -15000}
        )
    one, two = made.desired().entries

    assert one.lines is two.lines
    assert one.reference != two.reference


def test_a_sales_form_below_zero_is_a_mistake_of_ours() -> None:
    made = writer()
    with pytest.raises(AssertionError, match="below zero"):
        made.sales_form(
            QuickBooksKind.INVOICE, MOVED, "invoice", customer=made.customers.payer("ANTH"), against=A.AR_PAYER,
            rest={(A.REVENUE_COMMERCIAL, "mk"): 1},
        )  # fmt: skip


def test_deposits_purchases_transfers_and_journal_entries_refuse_what_is_not_legal() -> None:
    made = writer()
    with pytest.raises(AssertionError, match="below zero"):
        made.deposit(MOVED, {}, (made.line(A.INTEREST, -1),))
    with pytest.raises(AssertionError, match="costs something"):
        made.purchase(MOVED, A.BANK, (made.line(A.CARD_FEES, 0),))
    with pytest.raises(AssertionError, match="moves something"):
        made.transfer(MOVED, paid_from=A.CARD_STRIPE, deposit_to=A.BANK, amount=0)
    with pytest.raises(AssertionError, match="balances"):
        made.journal_entry(MOVED, (made.line(A.INTEREST, -1),))


def test_a_payment_of_nothing_goes_nowhere_and_does_nothing_to_the_books() -> None:
    made = writer()
    made.payment(
        MOVED, "apply", customer=made.customers.client(None), receivable=A.AR_CLIENT, amount=0, deposit_to=None,
        links={"invoice": 100, "credit": 100},
    )  # fmt: skip
    (one,) = made.desired().entries

    assert () == one.effects
    assert one.deposit_to is None
