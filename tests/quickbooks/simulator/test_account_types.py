"""Which accounts a document may touch: receivables belong to a customer, payables to a vendor, money goes to a bank."""

import pytest

from tests.quickbooks.simulator.caller import direct_line, payment, sales_form

RECEIVABLE, PAYABLE, CHECKING, TRAVEL, INCOME = ({"value": number} for number in ("84", "33", "35", "22", "79"))
CUSTOMER = {"Id": "1"}


def spend(account, **more):
    return {"Amount": 5, "AccountBasedExpenseLineDetail": {"AccountRef": account, **more}}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Invoice", sales_form(CUSTOMER, 1, ARAccountRef=CHECKING)),
        ("SalesReceipt", sales_form(CUSTOMER, 1, DepositToAccountRef=RECEIVABLE)),
        ("RefundReceipt", sales_form(CUSTOMER, 1, DepositToAccountRef=INCOME)),
        ("Payment", payment(CUSTOMER, 1, ARAccountRef=INCOME)),
        ("Payment", payment(CUSTOMER, 1, DepositToAccountRef=TRAVEL)),
        ("Deposit", {"DepositToAccountRef": TRAVEL, "Line": [direct_line({"Id": "79"}, 1)]}),
        ("Deposit", {"DepositToAccountRef": CHECKING, "Line": [direct_line({"Id": "84"}, 1)]}),
        ("Deposit", {"DepositToAccountRef": CHECKING, "Line": [direct_line({"Id": "33"}, 1)]}),
        (
            "Deposit",
            {
                "DepositToAccountRef": CHECKING,
                "Line": [direct_line({"Id": "79"}, 5)],
                "CashBack": {"AccountRef": RECEIVABLE, "Amount": 1},
            },
        ),
        ("Transfer", {"FromAccountRef": CHECKING, "ToAccountRef": RECEIVABLE, "Amount": 1}),
        ("Transfer", {"FromAccountRef": CHECKING, "ToAccountRef": TRAVEL, "Amount": 1}),
        ("Purchase", {"PaymentType": "Check", "AccountRef": CHECKING, "Line": [spend(RECEIVABLE)]}),
        ("Purchase", {"PaymentType": "Check", "AccountRef": CHECKING, "Line": [spend(PAYABLE)]}),
        ("Bill", {"VendorRef": {"value": "31"}, "APAccountRef": CHECKING, "Line": [spend(TRAVEL)]}),
        ("Bill", {"VendorRef": {"value": "31"}, "Line": [spend(RECEIVABLE)]}),
        ("VendorCredit", {"VendorRef": {"value": "31"}, "APAccountRef": CHECKING, "Line": [spend(TRAVEL)]}),
        ("CreditCardPayment", {"BankAccountRef": PAYABLE, "CreditCardAccountRef": {"value": "42"}, "Amount": 1}),
    ],
)
def test_an_account_that_does_not_suit_is_refused(seeded, kind, body):
    code, _ = seeded.fault(kind, body)

    assert code == "6000"


@pytest.mark.parametrize(
    ("kind", "body", "customer"),
    [
        (
            "Deposit",
            {
                "DepositToAccountRef": CHECKING,
                "Line": [direct_line({"Id": "84"}, 5, Entity={"value": "1", "type": "CUSTOMER"})],
            },
            -500,
        ),
        (
            "Purchase",
            {"PaymentType": "Check", "AccountRef": CHECKING, "Line": [spend(RECEIVABLE, CustomerRef={"value": "1"})]},
            500,
        ),
        (
            "Purchase",
            {
                "PaymentType": "Check",
                "AccountRef": CHECKING,
                "EntityRef": {"value": "1", "type": "Customer"},
                "Line": [spend(RECEIVABLE)],
            },
            500,
        ),
    ],
)
def test_receivables_with_a_customer_move_what_the_customer_owes(seeded, kind, body, customer):
    before = seeded.sim.state.companies[seeded.realm].ledger.receivable["1"]
    seeded.save(kind, body)

    assert seeded.sim.state.companies[seeded.realm].ledger.receivable["1"] - before == customer


def test_cash_back_leaves_the_deposit_for_its_own_account(seeded):
    before = dict(seeded.sim.state.companies[seeded.realm].ledger.balances)
    made = seeded.save(
        "Deposit",
        {
            "DepositToAccountRef": CHECKING,
            "Line": [direct_line({"Id": "79"}, 100)],
            "CashBack": {"AccountRef": {"value": "36"}, "Amount": 20, "Memo": "petty"},
        },
    )

    after = seeded.sim.state.companies[seeded.realm].ledger.balances
    assert made["TotalAmt"] == 80
    assert {number: after[number] - before.get(number, 0) for number in ("35", "36", "79")} == {
        "35": 8000,
        "36": 2000,
        "79": -10000,
    }
