"""Deposits and transfers: money on its way from Undeposited Funds to the bank."""

import pytest

from tests.quickbooks.simulator.caller import direct_line, linked_line


@pytest.fixture
def customer(caller):
    return caller.customer("ANTH")


@pytest.fixture
def bank(caller):
    return caller.account("Operating checking", "Checking")


@pytest.fixture
def recoupments(caller):
    return caller.account("Payer recoupments", "OtherCurrentLiabilities")


def deposit(bank, *lines, **more):
    return {"DepositToAccountRef": {"value": bank["Id"]}, "TxnDate": "2026-11-20", "Line": list(lines), **more}


def test_a_deposit_takes_payments_and_receipts_less_a_take_back(caller, customer, bank, recoupments):
    paid = caller.payment(customer, 100)
    receipt = caller.sales("SalesReceipt", customer, "25.00")

    made = caller.save(
        "Deposit",
        deposit(
            bank,
            linked_line("Payment", paid, 100),
            linked_line("SalesReceipt", receipt, 25),
            direct_line(recoupments, "-85.00"),
        ),
    )

    assert made["TotalAmt"] == 40
    assert caller.read("Payment", paid["Id"])["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "Deposit"}]
    assert caller.trial_balance() == {
        "Operating checking": 4000,
        "Accounts Receivable (A/R)": -10000,
        "Payer recoupments": 8500,
        "Services": -2500,
    }


def test_a_deposit_may_come_to_nothing_but_not_to_less(caller, customer, bank, recoupments):
    paid = caller.payment(customer, 85)

    refused = caller.fault(
        "Deposit", deposit(bank, linked_line("Payment", paid, 85), direct_line(recoupments, "-85.01"))
    )
    made = caller.save("Deposit", deposit(bank, linked_line("Payment", paid, 85), direct_line(recoupments, -85)))

    assert (refused[0], made["TotalAmt"]) == ("6000", 0)


@pytest.mark.parametrize("amount", [85, 0])
def test_undeposited_funds_are_taken_by_links_and_not_by_a_line_on_their_account(caller, customer, bank, amount):
    paid = caller.payment(customer, 85)
    undeposited = {"Id": paid["DepositToAccountRef"]["value"]}

    code, detail, *_ = caller.fault("Deposit", deposit(bank, direct_line(undeposited, amount)))

    assert (code, "Select a bank account for this deposit" in detail) == ("6000", True)


@pytest.mark.parametrize("kind", ["Payment", "SalesReceipt"])
@pytest.mark.parametrize("how", ["update", "delete", "void"])
def test_what_was_deposited_is_locked_until_the_deposit_goes(caller, customer, bank, kind, how):
    held = caller.payment(customer, 85) if kind == "Payment" else caller.sales("SalesReceipt", customer, 85)
    made = caller.save("Deposit", deposit(bank, linked_line(kind, held, 85)))
    held = caller.read(kind, held["Id"])
    params = {"operation": how} if how == "delete" else {}
    params |= {"operation": "update", "include": "void"} if how == "void" else {}

    locked = caller.fault(kind, {**held, "PrivateNote": "changed", "sparse": True}, **params)
    caller.delete("Deposit", made)
    held = caller.read(kind, held["Id"])
    freed = caller.call("POST", kind.lower(), body={**held, "PrivateNote": "changed", "sparse": True}, **params)

    assert (locked[0], freed.status_code) == ("6540", 200)
    assert "Deposited Transaction cannot be changed" in locked[1]


def test_a_payment_goes_to_the_bank_once(caller, customer, bank):
    paid = caller.payment(customer, 85)
    first = caller.save("Deposit", deposit(bank, linked_line("Payment", paid, 85)))

    code, detail = caller.fault("Deposit", deposit(bank, linked_line("Payment", paid, 85)))

    assert (code, f"already in deposit {first['Id']}" in detail) == ("620", True)


def test_a_payment_that_went_elsewhere_cannot_be_deposited(caller, customer, bank):
    clearing = caller.account("Card clearing", "CashOnHand")
    paid = caller.payment(customer, 85, DepositToAccountRef={"value": clearing["Id"]})

    code, detail = caller.fault("Deposit", deposit(bank, linked_line("Payment", paid, 85)))

    assert (code, "not in Undeposited Funds" in detail) == ("620", True)


def test_a_payment_is_deposited_whole(caller, customer, bank):
    paid = caller.payment(customer, 85)

    assert caller.fault("Deposit", deposit(bank, linked_line("Payment", paid, 80)))[0] == "6000"


def test_a_linked_line_that_calls_itself_direct_is_asked_for_its_account(caller, customer, bank):
    """python-quickbooks writes DetailType on every line of a deposit."""
    line = {**linked_line("Payment", caller.payment(customer, 85), 85), "DetailType": "DepositLineDetail"}

    code, detail = caller.fault("Deposit", deposit(bank, line))

    assert (code, "Line.DepositLineDetail.AccountRef is missing" in detail) == ("2020", True)


def test_a_linked_payment_has_line_id_0_and_1_passes_only_by_a_switch(caller, simulate, customer, bank):
    """python-quickbooks' to_linked_txn() writes 1."""
    line = linked_line("Payment", caller.payment(customer, 85), 85)
    line["LinkedTxn"][0]["TxnLineId"] = 1

    assert caller.fault("Deposit", deposit(bank, line))[0] == "2500"

    lenient = simulate(deposit_line_id_strict=False)
    line = linked_line("Payment", lenient.payment(lenient.customer("ANTH"), 85), 85)
    line["LinkedTxn"][0]["TxnLineId"] = 1
    assert lenient.save("Deposit", deposit(lenient.account("Bank", "Checking"), line))["TotalAmt"] == 85


def test_an_update_of_a_deposit_carries_everything_even_when_sparse(caller, customer, bank):
    paid = caller.payment(customer, 85)
    made = caller.save("Deposit", deposit(bank, linked_line("Payment", paid, 85)))
    key = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "seen"}

    bare = caller.fault("Deposit", key)
    whole = caller.save("Deposit", {**made, **key})

    assert (bare[0], whole["PrivateNote"], whole["TotalAmt"]) == ("2020", "seen", 85)


def test_a_direct_line_keeps_its_customer_and_class(caller, customer, bank):
    income = caller.account("Sessions", "ServiceFeeIncome")
    clinician = caller.save("Class", {"Name": "Clinician A"})
    line = direct_line(
        income,
        170,
        Entity={"value": customer["Id"], "type": "CUSTOMER"},
        ClassRef={"value": clinician["Id"]},
        CheckNum="EFT-9",
    )

    made = caller.save("Deposit", deposit(bank, line))

    detail = made["Line"][0]["DepositLineDetail"]
    assert detail["Entity"] == {"value": customer["Id"], "name": "ANTH", "type": "CUSTOMER"}
    assert detail["ClassRef"] == {"value": clinician["Id"], "name": "Clinician A"}


def test_a_transfer_moves_money_between_two_accounts(caller, bank):
    clearing = caller.account("Card clearing", "CashOnHand")

    body = {"FromAccountRef": {"value": clearing["Id"]}, "ToAccountRef": {"value": bank["Id"]}, "Amount": "96.49"}
    made = caller.save("Transfer", body)

    assert made["Amount"] == 96.49
    assert caller.trial_balance() == {"Operating checking": 9649, "Card clearing": -9649}
    assert caller.fault("Transfer", {**body, "ToAccountRef": {"value": clearing["Id"]}})[0] == "6000"
    assert caller.fault("Transfer", {**body, "Amount": -1})[0] == "6000"
