"""Customers, accounts, items and the rest: names, parents, types, and what being made inactive means."""

import pytest

from tests.quickbooks.simulator.caller import sales_form


def child(parent, **more):
    return {"Job": True, "ParentRef": {"value": parent["Id"]}, **more}


class TestNames:
    @pytest.mark.parametrize("kind", ["Customer", "Vendor", "Employee"])
    def test_a_name_is_taken_by_customers_vendors_and_employees_together(self, caller, kind):
        held = caller.customer("Anthem")

        code, detail = caller.fault(kind, {"DisplayName": "ANTHEM", "GivenName": "A"})

        assert (code, f"Id={held['Id']}" in detail) == ("6240", True)

    def test_a_name_is_made_from_its_parts_and_must_come_from_somewhere(self, caller):
        made = caller.save("Customer", {"Title": "Mx", "GivenName": "Robin", "FamilyName": "Doe"})

        assert (made["DisplayName"], caller.fault("Customer", {"Notes": "x"})[0]) == ("Mx Robin Doe", "6000")

    @pytest.mark.parametrize("name", ["A:B", "A\tB", "A\nB"])
    def test_some_signs_are_not_allowed(self, caller, name):
        assert caller.fault("Customer", {"DisplayName": name})[0] == "6000"

    def test_a_name_has_its_length(self, caller):
        assert caller.customer("x" * 500)["DisplayName"] == "x" * 500
        assert caller.fault("Customer", {"DisplayName": "x" * 501})[0] == "2050"

    def test_a_renamed_customer_shows_in_its_old_documents_and_below(self, caller):
        parent = caller.customer("Old")
        below = caller.customer("K1", **child(parent))
        invoice = caller.sales("Invoice", below, 1)
        caller.save("Customer", {"Id": parent["Id"], "SyncToken": "0", "sparse": True, "DisplayName": "New"})

        assert caller.read("Customer", below["Id"])["FullyQualifiedName"] == "New:K1"
        assert caller.read("Invoice", invoice["Id"])["CustomerRef"]["name"] == "New:K1"

    def test_what_is_made_inactive_gives_its_name_free_and_takes_it_back(self, caller):
        held = caller.customer("Anthem")
        off = caller.save("Customer", {**held, "Active": False})
        again = caller.save("Customer", {**off, "Active": True})

        assert (off["DisplayName"], again["DisplayName"]) == ("Anthem (deleted)", "Anthem")

    def test_lists_are_not_deleted(self, caller):
        held = caller.customer("A")

        assert caller.delete("Customer", held).json()["Fault"]["Error"][0]["code"] == "500"


class TestSubCustomers:
    def test_a_sub_customer_says_job_and_names_its_parent(self, caller):
        parent = caller.customer("ANTH")
        made = caller.customer("ANTH K1", **child(parent))

        assert (made["FullyQualifiedName"], made["Level"]) == ("ANTH:ANTH K1", 1)
        assert caller.fault("Customer", {"DisplayName": "B", "ParentRef": {"value": parent["Id"]}})[0] == "6150"
        assert caller.fault("Customer", {"DisplayName": "B", "Job": True})[0] == "6150"
        assert caller.fault("Customer", {"DisplayName": "B", "Job": True, "ParentRef": {"value": "77"}})[0] == "2500"

    def test_five_levels_are_the_most(self, caller):
        held = caller.customer("L0")
        for level in range(1, 5):
            held = caller.customer(f"L{level}", **child(held))

        assert caller.fault("Customer", {"DisplayName": "L5", **child(held)})[0] == "6150"

    def test_a_parent_owes_what_its_children_owe(self, caller):
        parent = caller.customer("ANTH")
        below = caller.customer("ANTH K1", **child(parent))
        caller.sales("Invoice", below, 150)
        caller.sales("Invoice", parent, 10)

        found = caller.read("Customer", parent["Id"])

        assert (found["Balance"], found["BalanceWithJobs"]) == (10, 160)
        assert caller.found("Customer", "WHERE Balance > '100'")["Customer"][0]["Id"] == below["Id"]

    def test_whom_to_bill_is_settled_once_there_are_invoices(self, caller):
        parent = caller.customer("ANTH")
        below = caller.customer("ANTH K1", **child(parent))
        changed = caller.save("Customer", {**below, "BillWithParent": True})
        caller.sales("Invoice", below, 150)

        assert caller.fault("Customer", {**changed, "BillWithParent": False})[0] == "6130"


class TestAccounts:
    def test_type_and_detail_type_follow_from_each_other(self, caller):
        by_type = caller.save("Account", {"Name": "A", "AccountType": "Other Current Liability"})
        by_detail = caller.account("B", "DiscountsRefundsGiven")

        assert by_type["AccountSubType"] == "OtherCurrentLiabilities"
        assert (by_detail["AccountType"], by_detail["Classification"]) == ("Income", "Revenue")

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"AccountSubType": "Checking"}, "2020"),
            ({"Name": "X"}, "2020"),
            ({"Name": "X", "AccountType": "Piggy Bank"}, "2170"),
            ({"Name": "X", "AccountSubType": "Piggy"}, "2170"),
            ({"Name": "X", "AccountType": "Bank", "AccountSubType": "Travel"}, "2170"),
            ({"Name": "A:B", "AccountSubType": "Checking"}, "6000"),
            ({"Name": "services", "AccountSubType": "Checking"}, "6240"),
            ({"Name": "X" * 101, "AccountSubType": "Checking"}, "2050"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, caller, body, code):
        assert caller.fault("Account", body)[0] == code

    def test_a_number_is_used_once(self, caller):
        caller.account("A", "Checking", AcctNum="1000")

        assert caller.fault("Account", {"Name": "B", "AccountSubType": "Checking", "AcctNum": "1000"})[0] == "6240"

    def test_a_sub_account_is_of_its_parents_type_and_counts_into_it(self, caller):
        parent = caller.account("Bank", "Checking")
        below = caller.account("Petty", "CashOnHand", ParentRef={"value": parent["Id"]})
        caller.sales("SalesReceipt", caller.customer("A"), 5, DepositToAccountRef={"value": below["Id"]})
        other = {"Name": "C", "AccountSubType": "Travel", "ParentRef": {"value": parent["Id"]}}

        found = caller.read("Account", parent["Id"])

        assert (found["CurrentBalance"], found["CurrentBalanceWithSubAccounts"]) == (0, 5)
        assert below["FullyQualifiedName"] == "Bank:Petty"
        assert caller.fault("Account", other)[0] == "6000"

    def test_a_balance_is_shown_on_its_own_side(self, caller):
        liability = caller.account("Credits", "OtherCurrentLiabilities")
        item = caller.item("PREPAY", liability)
        caller.sales("SalesReceipt", caller.customer("A"), 25, item=item["Id"])

        assert caller.read("Account", liability["Id"])["CurrentBalance"] == 25

    def test_quickbooks_own_account_with_a_balance_cannot_be_made_inactive(self, caller):
        caller.sales("Invoice", caller.customer("A"), 25)
        receivable = caller.found("Account", "WHERE AccountType = 'Accounts Receivable'")["Account"][0]

        assert caller.fault("Account", {**receivable, "Active": False})[0] == "6000"


class TestItems:
    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"Name": "X", "Type": "Service"}, "2020"),
            ({"Type": "Service", "IncomeAccountRef": {"value": "6"}}, "2020"),
            ({"Name": "X", "Type": "Miracle", "IncomeAccountRef": {"value": "6"}}, "2170"),
            ({"Name": "X", "Type": "Inventory", "IncomeAccountRef": {"value": "6"}}, "2020"),
            ({"Name": "X", "Type": "Service", "IncomeAccountRef": {"value": "1"}}, "6000"),
            ({"Name": "HOURS", "Type": "Service", "IncomeAccountRef": {"value": "6"}}, "6240"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, caller, body, code):
        """Account 1 is receivables, account 6 is Services."""
        assert caller.fault("Item", body)[0] == code

    def test_stock_that_is_sold_leaves_at_cost(self, caller):
        cost, stock = caller.account("Cost", "SuppliesMaterialsCogs"), caller.account("Stock", "Inventory")
        body = {"Name": "Pump", "Type": "Inventory", "QtyOnHand": 10, "InvStartDate": "2026-01-01", "PurchaseCost": 8}
        refs = {"IncomeAccountRef": "6", "ExpenseAccountRef": cost["Id"], "AssetAccountRef": stock["Id"]}
        item = caller.save("Item", {**body, **{name: {"value": account} for name, account in refs.items()}})
        form = sales_form(caller.customer("A"), 45, item=item["Id"])
        form["Line"][0]["SalesItemLineDetail"] |= {"Qty": 3, "UnitPrice": 15}
        caller.save("Invoice", form)

        found = caller.trial_balance()

        assert (found["Stock"], found["Cost"], found["Opening Balance Equity"]) == (5600, 2400, -8000)

    def test_what_cannot_be_sold_is_refused_on_a_form(self, caller):
        spent = caller.account("Supplies", "SuppliesMaterials")
        item = caller.save(
            "Item", {"Name": "Paper", "Type": "NonInventory", "ExpenseAccountRef": {"value": spent["Id"]}}
        )

        assert caller.fault("Invoice", sales_form(caller.customer("A"), 1, item=item["Id"]))[0] == "6000"


def test_classes_and_locations_nest(caller):
    for kind, flag in (("Class", "SubClass"), ("Department", "SubDepartment")):
        parent = caller.save(kind, {"Name": "Portland"})
        below = caller.save(kind, {"Name": "Office", "ParentRef": {"value": parent["Id"]}})

        assert (below["FullyQualifiedName"], below[flag], parent[flag]) == ("Portland:Office", True, False)
        assert caller.fault(kind, {"Name": "portland"})[0] == "6240"
        assert caller.fault(kind, {})[0] == "2020"


def test_what_only_quickbooks_makes_cannot_be_made(caller):
    for kind in ("TaxCode", "TaxRate", "CustomerType", "Budget"):
        assert caller.fault(kind, {"Name": "x"})[0] == "500"


class TestPreferences:
    def test_a_group_changes_only_what_it_names(self, caller):
        after = caller.preferences("SalesFormsPrefs", CustomTxnNumbers="false")

        assert after["SalesFormsPrefs"]["CustomTxnNumbers"] is False
        assert after["SalesFormsPrefs"]["AllowDiscount"] is True
        assert after["AccountingInfoPrefs"]["ClassTrackingPerTxnLine"] is True

    def test_an_old_version_is_stale(self, caller):
        caller.preferences("SalesFormsPrefs", AllowDiscount=False)

        assert caller.fault("Preferences", {"SyncToken": "0", "SalesFormsPrefs": {"AllowDiscount": True}})[0] == "5010"

    def test_company_addresses_come_back_with_iso_countries_and_without_coordinates(self, caller):
        held = caller.call("GET", f"companyinfo/{caller.realm}").json()["CompanyInfo"]
        address = {"Line1": "2 Elm", "Country": "Canada", "Lat": "1", "Long": "2"}

        after = caller.save("CompanyInfo", {"SyncToken": held["SyncToken"], "sparse": True, "CompanyAddr": address})

        assert after["CompanyAddr"]["Country"] == "CAN"
        assert not {"Lat", "Long"} & set(after["CompanyAddr"])
        assert after["CompanyAddr"]["City"] == "Portland"

    def test_automatic_credits_take_the_wrong_invoice_when_they_are_on(self, caller):
        customer = caller.customer("ANTH")
        old = caller.sales("Invoice", customer, 100)
        caller.preferences("SalesFormsPrefs", AutoApplyCredit=True)
        credit = caller.sales("CreditMemo", customer, 60)
        caller.sales("CreditMemo", customer, 90)
        new = caller.sales("Invoice", customer, 30)

        assert (credit["Balance"], caller.read("Invoice", old["Id"])["Balance"], new["Balance"]) == (0, 0, 0)
        assert caller.read("Customer", customer["Id"])["Balance"] == -20
        assert len(caller.found("Payment", "WHERE TotalAmt = '0'")["Payment"]) == 3

    def test_automatic_credits_are_off_at_first(self, caller):
        customer = caller.customer("ANTH")
        caller.sales("CreditMemo", customer, 60)

        assert caller.sales("Invoice", customer, 100)["Balance"] == 100


def test_a_number_sent_as_text_comes_back_as_a_number(seeded):
    term = seeded.save("Term", {"Name": "Net 7", "DueDays": "7"})
    worked = {"NameOf": "Employee", "EmployeeRef": {"value": "35"}, "Hours": "2", "Minutes": "30"}
    time = seeded.save("TimeActivity", worked)
    code = {"TaxRateName": "T", "RateValue": "5.5", "TaxAgencyId": "1"}
    tax = seeded.call("POST", "taxservice/taxcode", body={"TaxCode": "T", "TaxRateDetails": [code]}).json()

    assert (term["DueDays"], time["Hours"], time["Minutes"]) == (7, 2, 30)
    assert tax["TaxRateDetails"][0]["RateValue"] == 5.5


def test_time_is_of_the_day_on_which_it_began(seeded):
    worked = {"NameOf": "Employee", "EmployeeRef": {"value": "35"}, "StartTime": "2013-07-05T08:00:00-08:00"}
    time = seeded.save("TimeActivity", {**worked, "EndTime": "2013-07-05T17:00:00-08:00"})

    assert time["TxnDate"] == "2013-07-05"


def test_the_customer_of_a_paid_form_stays(caller):
    first, second = caller.customer("A"), caller.customer("B")
    invoice = caller.sales("Invoice", first, 10)
    caller.payment(first, 10, ("Invoice", invoice, 10))

    assert caller.fault("Invoice", {**invoice, "CustomerRef": {"value": second["Id"]}})[0] == "6000"
