"""Journal entries, purchases, bills and what pays them."""

import pytest


@pytest.fixture
def bank(caller):
    return caller.account("Operating checking", "Checking")


@pytest.fixture
def fees(caller):
    return caller.account("Card fees", "BankCharges")


def journal(*lines, **more):
    """`lines` are (debit or credit, account, amount, more detail)."""
    return {
        "TxnDate": "2026-11-30",
        "Line": [
            {
                "Amount": amount,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account["Id"]}, **detail},
            }
            for side, account, amount, detail in lines
        ],
        **more,
    }


def spend(account, amount, **more):
    return {
        "Amount": amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account["Id"]}, **more},
    }


def receivable(caller):
    return caller.query("SELECT * FROM Account WHERE AccountType = 'Accounts Receivable'")["Account"][0]


class TestJournalEntry:
    def test_it_posts_what_its_lines_say(self, caller, bank, fees):
        caller.save("JournalEntry", journal(("Debit", fees, "3.51", {}), ("Credit", bank, 3.51, {})))

        assert caller.trial_balance() == {"Card fees": 351, "Operating checking": -351}

    def test_it_must_balance(self, caller, bank, fees):
        entry = journal(("Debit", fees, "3.51", {}), ("Credit", bank, 3.5, {}))

        assert caller.fault("JournalEntry", entry)[0] == "2300"

    def test_a_line_on_receivables_names_its_customer(self, caller, bank):
        entry = journal(("Debit", receivable(caller), 10, {}), ("Credit", bank, 10, {}))

        code, detail = caller.fault("JournalEntry", entry)

        assert code == "6000"
        assert "When you use Accounts Receivable, you must choose a customer in the Name field." in detail

    @pytest.mark.parametrize(("setting", "status"), [("many", 200), ("one", 400)])
    def test_two_lines_on_receivables_are_allowed_or_refused_by_a_switch(self, simulate, setting, status):
        caller = simulate(journal_receivable_lines=setting)
        first, second = caller.customer("A"), caller.customer("B")
        account = receivable(caller)
        names = [{"Entity": {"Type": "Customer", "EntityRef": {"value": one["Id"]}}} for one in (first, second)]
        entry = journal(("Debit", account, 10, names[0]), ("Credit", account, 10, names[1]))

        assert caller.call("POST", "journalentry", body=entry).status_code == status

    def test_a_number_used_twice_is_refused_by_its_long_name(self, caller, bank, fees):
        lines = (("Debit", fees, 1, {}), ("Credit", bank, 1, {}))
        held = caller.save("JournalEntry", journal(*lines, DocNumber="J-1"))

        _, detail = caller.fault("JournalEntry", journal(*lines, DocNumber="J-1"))

        assert f"is assigned to TxnType=Journal Entry with TxnId={held['Id']}" in detail

    def test_neither_side_nor_account_may_be_missing(self, caller, bank, fees):
        without = journal(("", fees, 1, {}), ("Credit", bank, 1, {}))
        nowhere = journal(("Debit", {"Id": ""}, 1, {}), ("Credit", bank, 1, {}))

        assert [caller.fault("JournalEntry", entry)[0] for entry in (without, nowhere)] == ["2170", "2020"]


class TestPurchase:
    def test_it_pays_from_the_bank_what_its_lines_were_spent_on(self, caller, bank, fees):
        made = caller.save(
            "Purchase", {"PaymentType": "Check", "AccountRef": {"value": bank["Id"]}, "Line": [spend(fees, "3.51")]}
        )

        assert made["TotalAmt"] == 3.51
        assert caller.trial_balance() == {"Card fees": 351, "Operating checking": -351}

    def test_a_credit_comes_back(self, caller, fees):
        card = caller.account("Visa", "CreditCard")
        caller.save(
            "Purchase",
            {
                "PaymentType": "CreditCard",
                "AccountRef": {"value": card["Id"]},
                "Credit": True,
                "Line": [spend(fees, 3)],
            },
        )

        assert caller.trial_balance() == {"Card fees": -300, "Visa": 300}

    def test_the_account_must_suit_the_way_of_paying(self, caller, bank, fees):
        body = {"PaymentType": "CreditCard", "AccountRef": {"value": bank["Id"]}, "Line": [spend(fees, 1)]}

        assert caller.fault("Purchase", body)[0] == "6000"
        assert caller.fault("Purchase", {**body, "PaymentType": "Barter"})[0] == "2170"
        assert caller.fault("Purchase", {**body, "PaymentType": ""})[0] == "2020"


class TestBills:
    @pytest.fixture
    def vendor(self, caller):
        return caller.save("Vendor", {"DisplayName": "Landlord"})

    def bill(self, caller, vendor, amount, fees):
        return caller.save(
            "Bill", {"VendorRef": {"value": vendor["Id"]}, "TxnDate": "2026-11-01", "Line": [spend(fees, amount)]}
        )

    def test_a_bill_is_owed_until_it_is_paid(self, caller, vendor, bank, fees):
        bill = self.bill(caller, vendor, 900, fees)
        owed = caller.read("Vendor", vendor["Id"])["Balance"]
        payment = {
            "VendorRef": {"value": vendor["Id"]},
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": {"value": bank["Id"]}},
            "TotalAmt": 900,
            "Line": [{"Amount": 900, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
        }

        paid = caller.save("BillPayment", payment)

        after = caller.read("Bill", bill["Id"])
        assert (owed, after["Balance"], caller.read("Vendor", vendor["Id"])["Balance"]) == (900, 0, 0)
        assert after["LinkedTxn"] == [{"TxnId": paid["Id"], "TxnType": "BillPaymentCheck"}]
        assert caller.trial_balance() == {"Card fees": 90000, "Operating checking": -90000}

        voided = caller.save(
            "BillPayment",
            {"Id": paid["Id"], "SyncToken": "0", "sparse": True},
            operation="update",
            include="void",
        )
        assert (voided["TotalAmt"], caller.read("Bill", bill["Id"])["Balance"]) == (0, 900)

    def test_a_vendor_credit_lessens_what_is_owed(self, caller, vendor, fees):
        self.bill(caller, vendor, 900, fees)
        caller.save("VendorCredit", {"VendorRef": {"value": vendor["Id"]}, "Line": [spend(fees, 100)]})

        assert caller.read("Vendor", vendor["Id"])["Balance"] == 800

    def test_an_order_posts_nothing(self, caller, vendor, fees):
        made = caller.save("PurchaseOrder", {"VendorRef": {"value": vendor["Id"]}, "Line": [spend(fees, 100)]})

        assert (made["POStatus"], caller.trial_balance()) == ("Open", {})
