"""Who owes, as QuickBooks knows them."""

from __future__ import annotations

from hhs_sync.mapping.accounts import Account
from hhs_sync.plan.customers import Customers
from tests.plan.entries import HandBooks, rules

BOOKS = HandBooks(entries=(), session_clients={"s": "c-1", "t": "c-2"}, client_codes={"c-1": "K7F3Q"})


def test_under_coded_a_payers_claim_is_owed_by_the_client_under_it() -> None:
    customers = Customers(BOOKS, rules())

    assert "K7F3Q Anthem" == customers.payer("ANTH", "s").display
    assert "Anthem" == customers.payer("ANTH", "t").display
    assert "Anthem" == customers.payer("ANTH").display
    assert "K7F3Q" == customers.client("c-1").display
    assert "Clients (detail in practice ledger)" == customers.client("c-2").display


def test_the_same_customer_is_the_same_object() -> None:
    customers = Customers(BOOKS, rules())

    assert customers.payer("ANTH", "s") is customers.payer("ANTH", "s")
    assert customers.client("c-2") is customers.client(None)


def test_without_codes_clients_are_not_told_apart() -> None:
    customers = Customers(BOOKS, rules(), coded=False)

    assert "Anthem" == customers.owing(Account.AR_PAYER, "ANTH", "s").display
    assert "Clients (detail in practice ledger)" == customers.owing(Account.AR_CLIENT, "c-1", "s").display


def test_a_payer_that_nobody_mapped_is_not_identified() -> None:
    customers = Customers(BOOKS, rules())

    assert "Payer not identified" == customers.payer("NOPE").display
    assert not customers.is_payer("NOPE")
    assert customers.is_payer("ANTH")


def test_the_customers_named_bring_the_payers_above_them() -> None:
    customers = Customers(BOOKS, rules())
    customers.payer("ANTH", "s")
    customers.client("c-1")

    assert ["K7F3Q", "Anthem", "K7F3Q Anthem"] == [one.display for one in customers.named()]
