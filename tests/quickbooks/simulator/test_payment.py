"""Payments: what they pay, which credits they use, and what happens when either end changes."""

import pytest

from tests.quickbooks.simulator.caller import payment


@pytest.fixture
def customer(caller):
    return caller.customer("ANTH")


@pytest.fixture
def invoice(caller, customer):
    return caller.sales("Invoice", customer, 150)


def test_a_payment_pays_its_invoice_and_waits_in_undeposited_funds(caller, customer, invoice):
    paid = caller.payment(customer, 85, ("Invoice", invoice, "85.00"))

    after = caller.read("Invoice", invoice["Id"])
    assert paid["UnappliedAmt"] == 0
    assert paid["DepositToAccountRef"]["name"] == "Undeposited Funds"
    assert after["Balance"] == 65
    assert after["LinkedTxn"] == [{"TxnId": paid["Id"], "TxnType": "Payment"}]
    assert caller.read("Customer", customer["Id"])["Balance"] == 65
    assert caller.trial_balance() == {
        "Accounts Receivable (A/R)": 6500,
        "Undeposited Funds": 8500,
        "Services": -15000,
    }


def test_money_left_over_stays_with_the_payment(caller, customer, invoice):
    paid = caller.payment(customer, 65, ("Invoice", invoice, 55))

    assert (paid["UnappliedAmt"], caller.read("Customer", customer["Id"])["Balance"]) == (10, 85)


def test_a_payment_tells_what_it_paid_in_name_and_value(caller, customer):
    invoice = caller.sales("Invoice", customer, 150, DocNumber="A1")

    line = caller.payment(customer, 150, ("Invoice", invoice, 150))["Line"][0]

    pairs = {pair["value"]["Name"]: pair["value"]["Value"] for pair in line["LineEx"]["any"]}
    assert pairs == {"txnId": invoice["Id"], "txnOpenBalance": "150.00", "txnReferenceNumber": "A1"}


def test_a_payment_of_nothing_applies_a_credit_to_an_invoice(caller, customer, invoice):
    credit = caller.sales("CreditMemo", customer, 150)

    paid = caller.payment(customer, 0, ("Invoice", invoice, 150), ("CreditMemo", credit, 150))

    used = caller.read("CreditMemo", credit["Id"])
    assert (paid["UnappliedAmt"], caller.read("Invoice", invoice["Id"])["Balance"]) == (0, 0)
    assert (used["RemainingCredit"], used["Balance"], used["TotalAmt"]) == (0, 0, 150)
    assert caller.trial_balance() == {}


def test_money_and_credit_pay_together(caller, customer, invoice):
    credit = caller.sales("CreditMemo", customer, 65)

    paid = caller.payment(customer, 85, ("Invoice", invoice, 150), ("CreditMemo", credit, 65))

    assert (paid["UnappliedAmt"], caller.read("Invoice", invoice["Id"])["Balance"]) == (0, 0)


def test_a_journal_entry_on_receivables_can_be_paid(caller, customer):
    bank = caller.account("Checking", "Checking")
    receivable = caller.query("SELECT * FROM Account WHERE AccountType = 'Accounts Receivable'")["Account"][0]
    entry = caller.save(
        "JournalEntry",
        {
            "TxnDate": "2026-11-05",
            "Line": [
                {
                    "Amount": 60,
                    "JournalEntryLineDetail": {
                        "PostingType": "Debit",
                        "AccountRef": {"value": receivable["Id"]},
                        "Entity": {"Type": "Customer", "EntityRef": {"value": customer["Id"]}},
                    },
                },
                {
                    "Amount": 60,
                    "JournalEntryLineDetail": {"PostingType": "Credit", "AccountRef": {"value": bank["Id"]}},
                },
            ],
        },
    )

    paid = caller.payment(customer, 60, ("JournalEntry", entry, 60))

    assert (paid["UnappliedAmt"], caller.read("Customer", customer["Id"])["Balance"]) == (0, 0)


def test_more_than_is_open_cannot_be_applied(caller, customer, invoice):
    caller.payment(customer, 100, ("Invoice", invoice, 100))

    code, detail = caller.fault("Payment", payment(customer, 100, ("Invoice", invoice, 50.01)))

    assert (code, "more than its open balance" in detail) == ("6000", True)


def test_more_than_was_paid_cannot_be_applied(caller, customer, invoice):
    assert caller.fault("Payment", payment(customer, 50, ("Invoice", invoice, 60)))[0] == "6000"


def test_a_credit_must_meet_something(caller, customer):
    credit = caller.sales("CreditMemo", customer, 65)

    assert caller.fault("Payment", payment(customer, 0, ("CreditMemo", credit, 65)))[0] == "6000"


def test_another_customers_invoice_cannot_be_paid(caller, invoice):
    other = caller.customer("HPHC")

    assert caller.fault("Payment", payment(other, 150, ("Invoice", invoice, 150)))[0] == "620"


@pytest.mark.parametrize(
    ("setting", "billed", "code"), [(False, False, "620"), (True, False, None), (False, True, None)]
)
def test_a_parent_may_pay_for_a_child_it_is_billed_for_and_by_a_switch_for_any(simulate, setting, billed, code):
    caller = simulate(parent_pays_children=setting)
    parent = caller.customer("ANTH")
    child = caller.customer("ANTH K1", Job=True, ParentRef={"value": parent["Id"]}, BillWithParent=billed)
    invoice = caller.sales("Invoice", child, 150)

    answer = caller.call("POST", "payment", body=payment(parent, 150, ("Invoice", invoice, 150))).json()

    assert answer.get("Fault", {"Error": [{"code": None}]})["Error"][0]["code"] == code


def test_what_is_gone_cannot_be_paid(caller, customer, invoice):
    caller.delete("Invoice", invoice)

    assert caller.fault("Payment", payment(customer, 150, ("Invoice", invoice, 150)))[0] == "610"


def test_a_changed_payment_gives_back_what_it_no_longer_pays(caller, customer, invoice):
    paid = caller.payment(customer, 150, ("Invoice", invoice, 150))

    changed = caller.save("Payment", {**paid, "Line": paid["Line"][:0]})

    assert changed["UnappliedAmt"] == 150
    assert caller.read("Invoice", invoice["Id"])["Balance"] == 150
    assert caller.read("Invoice", invoice["Id"])["LinkedTxn"] == []


def test_a_voided_payment_pays_nothing_and_says_so_in_front_of_its_note(caller, customer, invoice):
    paid = caller.payment(customer, 150, ("Invoice", invoice, 150), PrivateNote="ref 7")

    body = {"Id": paid["Id"], "SyncToken": paid["SyncToken"], "sparse": True}
    voided = caller.save("Payment", body, operation="update", include="void")

    assert (voided["TotalAmt"], voided["UnappliedAmt"], voided["Line"]) == (0, 0, [])
    assert voided["PrivateNote"].startswith("Voided")
    assert voided["PrivateNote"].endswith("ref 7")
    assert caller.read("Invoice", invoice["Id"])["Balance"] == 150


class TestWhenWhatWasPaidGoes:
    @pytest.mark.parametrize("how", ["delete", "void"])
    def test_the_payment_stays_as_unapplied_money(self, caller, customer, invoice, how):
        paid = caller.payment(customer, 150, ("Invoice", invoice, 150))
        held = caller.read("Invoice", invoice["Id"])

        body = {"Id": held["Id"], "SyncToken": held["SyncToken"]}
        answer = caller.call("POST", "invoice", body=body, operation=how)

        after = caller.read("Payment", paid["Id"])
        assert answer.status_code == 200
        assert (after["UnappliedAmt"], after["Line"], after["SyncToken"]) == (150, [], "1")
        assert caller.read("Customer", customer["Id"])["Balance"] == -150

    @pytest.mark.parametrize("how", ["delete", "void"])
    def test_or_it_is_refused_by_a_switch(self, simulate, how):
        caller = simulate(paid_documents="refuse")
        customer = caller.customer("ANTH")
        invoice = caller.sales("Invoice", customer, 150)
        caller.payment(customer, 150, ("Invoice", invoice, 150))

        assert caller.fault("Invoice", {"Id": invoice["Id"], "SyncToken": "0"}, operation=how)[0] == "6000"
        assert caller.read("Invoice", invoice["Id"])["Balance"] == 0

    def test_a_credit_that_met_it_is_given_back(self, caller, customer, invoice):
        credit = caller.sales("CreditMemo", customer, 65)
        paid = caller.payment(customer, 85, ("Invoice", invoice, 150), ("CreditMemo", credit, 65))
        caller.delete("Invoice", caller.read("Invoice", invoice["Id"]))

        assert caller.read("CreditMemo", credit["Id"])["RemainingCredit"] == 65
        assert caller.read("Payment", paid["Id"])["UnappliedAmt"] == 85

    def test_an_invoice_whose_credit_goes_is_open_again_by_that_much(self, caller, customer, invoice):
        credit = caller.sales("CreditMemo", customer, 65)
        caller.payment(customer, 85, ("Invoice", invoice, 150), ("CreditMemo", credit, 65))
        caller.delete("CreditMemo", caller.read("CreditMemo", credit["Id"]))

        assert caller.read("Invoice", invoice["Id"])["Balance"] == 65
        assert caller.read("Customer", customer["Id"])["Balance"] == 65

    def test_an_invoice_that_shrinks_below_what_was_paid_frees_the_payment(self, caller, customer, invoice):
        paid = caller.payment(customer, 150, ("Invoice", invoice, 150))
        held = caller.read("Invoice", invoice["Id"])
        held["Line"][0]["Amount"] = 100

        assert caller.save("Invoice", held)["Balance"] == 0
        after = caller.read("Payment", paid["Id"])
        assert (after["UnappliedAmt"], [line["Amount"] for line in after["Line"]]) == (50, [100])


def test_paying_makes_an_invoice_count_as_changed_but_not_as_a_new_version(caller, customer, invoice, clock):
    clock.advance(60)
    caller.payment(customer, 150, ("Invoice", invoice, 150))

    after = caller.read("Invoice", invoice["Id"])

    assert after["SyncToken"] == "0"
    assert after["MetaData"]["LastUpdatedTime"] > invoice["MetaData"]["LastUpdatedTime"]


def test_paying_makes_a_new_version_by_a_switch(simulate):
    caller = simulate(links_bump_sync_token=True)
    customer = caller.customer("ANTH")
    invoice = caller.sales("Invoice", customer, 150)
    caller.payment(customer, 150, ("Invoice", invoice, 150))

    assert caller.read("Invoice", invoice["Id"])["SyncToken"] == "1"
