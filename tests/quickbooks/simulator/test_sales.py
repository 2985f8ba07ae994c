"""Sales forms: what their lines post, which sums they carry, and what is refused."""

import pytest

from tests.quickbooks.simulator.caller import sales_form


@pytest.fixture
def customer(caller):
    return caller.customer("ANTH")


def test_an_invoice_debits_receivables_and_credits_the_accounts_of_its_items(caller, customer):
    revenue = caller.item("SESSION-COM", caller.account("Sessions", "ServiceFeeIncome"))
    contra = caller.item("CONTRACT-COM", caller.account("Contractual adjustments", "DiscountsRefundsGiven"))

    caller.save(
        "Invoice",
        {
            "CustomerRef": {"value": customer["Id"]},
            "TxnDate": "2026-11-03",
            "Line": [
                *sales_form(customer, "150.00", item=revenue["Id"])["Line"],
                *sales_form(customer, -30, item=contra["Id"])["Line"],
            ],
        },
    )

    assert caller.trial_balance() == {
        "Accounts Receivable (A/R)": 12000,
        "Sessions": -15000,
        "Contractual adjustments": 3000,
    }


def test_a_line_may_reach_a_liability_through_its_item(caller, customer):
    transfer = caller.item("PR-TRANSFER", caller.account("Transfer clearing", "OtherCurrentLiabilities"))

    caller.sales("CreditMemo", customer, 25, item=transfer["Id"])

    assert caller.trial_balance() == {"Accounts Receivable (A/R)": -2500, "Transfer clearing": 2500}


def test_a_form_comes_back_with_its_sums_references_and_a_subtotal_line(caller, customer):
    invoice = caller.sales("Invoice", customer, "100.10", 49.9, DocNumber="A1")

    assert invoice["CustomerRef"] == {"value": customer["Id"], "name": "ANTH"}
    assert (invoice["TotalAmt"], invoice["Balance"]) == (150.0, 150.0)
    assert [line["DetailType"] for line in invoice["Line"]] == ["SalesItemLineDetail"] * 2 + ["SubTotalLineDetail"]
    assert [line.get("Id") for line in invoice["Line"]] == ["1", "2", None]
    assert invoice["TxnTaxDetail"] == {"TotalTax": 0}
    assert (invoice["SyncToken"], invoice["domain"], invoice["sparse"]) == ("0", "QBO", False)


def test_amounts_add_up_however_they_were_spelled(caller, customer):
    invoice = caller.sales("Invoice", customer, 0.1 + 0.2, "0.30", 5)

    assert invoice["TotalAmt"] == 5.6


def test_a_form_of_less_than_nothing_is_refused_and_one_of_nothing_is_not(caller, customer):
    code, detail = caller.fault("Invoice", sales_form(customer, 100, -100.01))

    assert (code, caller.sales("Invoice", customer, 100, -100)["TotalAmt"]) == ("6000", 0)
    assert "must be 0 or greater" in detail


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"CustomerRef": None}, "2020", "CustomerRef"),
        ({"CustomerRef": {"value": "999"}}, "2500", "Names element id 999 not found"),
        ({"Line": []}, "2020", "Line"),
        ({"DocNumber": "x" * 22}, "2050", "Supplied length:22"),
        ({"TxnDate": "yesterday"}, "2030", "yesterday"),
        ({"DepartmentRef": {"value": "7"}}, "2500", "Departments element id 7 not found"),
    ],
)
def test_what_is_missing_or_wrong_in_a_form_is_named(caller, customer, change, code, says):
    refused, detail = caller.fault("Invoice", {**sales_form(customer, 100), **change})

    assert (refused, says in detail) == (code, True)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"Amount": None}, "2020"),
        ({"Amount": "much"}, "2090"),
        ({"SalesItemLineDetail": {"ItemRef": {"value": "88"}}}, "2500"),
        ({"SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "VAT"}}}, "6100"),
        ({"SalesItemLineDetail": {"ItemRef": {"value": "1"}, "Qty": 2, "UnitPrice": 60}}, "6070"),
        ({"SalesItemLineDetail": {"ItemRef": {"value": "1"}, "ClassRef": {"value": "5"}}}, "2500"),
    ],
)
def test_what_is_wrong_in_a_line_is_refused(caller, customer, line, code):
    form = sales_form(customer, 100)
    form["Line"][0] |= line

    refused, _ = caller.fault("Invoice", form)

    assert refused == code


def test_a_percentage_discount_is_taken_off_the_subtotal(caller, customer):
    form = sales_form(customer, 35)
    form["Line"].append(
        {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}}
    )

    invoice = caller.save("Invoice", form)

    assert [line["Amount"] for line in invoice["Line"]] == [35, 35, 3.5]
    assert invoice["TotalAmt"] == 31.5
    assert caller.trial_balance() == {"Accounts Receivable (A/R)": 3150, "Services": -3500, "Discounts given": 350}


def test_sales_tax_goes_to_its_own_liability(caller, customer):
    invoice = caller.save("Invoice", sales_form(customer, 100, TxnTaxDetail={"TotalTax": "5.50"}))

    assert invoice["TotalAmt"] == 105.5
    assert caller.trial_balance()["Sales Tax Payable"] == -550


def test_a_sales_receipt_without_an_account_goes_to_undeposited_funds(caller, customer):
    receipt = caller.sales("SalesReceipt", customer, 25)

    assert receipt["DepositToAccountRef"]["name"] == "Undeposited Funds"
    assert caller.trial_balance() == {"Undeposited Funds": 2500, "Services": -2500}


def test_a_refund_receipt_takes_the_money_back_out(caller, customer):
    bank = caller.account("Checking", "Checking")
    caller.sales("RefundReceipt", customer, 40, DepositToAccountRef={"value": bank["Id"]})

    assert caller.trial_balance() == {"Checking": -4000, "Services": 4000}
    assert caller.fault("RefundReceipt", sales_form(customer, 40))[0] == "2020"


def test_an_estimate_posts_nothing(caller, customer):
    caller.sales("Estimate", customer, 100)

    assert caller.trial_balance() == {}


def test_an_old_invoice_keeps_its_account_when_its_item_gets_another(caller, customer):
    old, new = caller.account("Old income", "ServiceFeeIncome"), caller.account("New income", "ServiceFeeIncome")
    item = caller.item("Session", old)
    invoice = caller.sales("Invoice", customer, 100, item=item["Id"])
    caller.save("Item", {**item, "IncomeAccountRef": {"value": new["Id"]}})
    caller.save("Invoice", {**invoice, "PrivateNote": "seen"})

    caller.sales("Invoice", customer, 7, item=item["Id"])

    assert (caller.trial_balance()["Old income"], caller.trial_balance()["New income"]) == (-10000, -700)


def test_an_inactive_customer_or_item_takes_no_new_documents_but_keeps_its_old_ones(caller, customer):
    item = caller.item("Session", caller.account("Income", "ServiceFeeIncome"))
    invoice = caller.sales("Invoice", customer, 100, item=item["Id"])
    caller.save("Item", {**item, "Active": False})
    held = caller.read("Customer", customer["Id"])
    caller.save("Customer", {**held, "Active": False})

    refused = caller.fault("Invoice", sales_form(customer, 100))
    kept = caller.save("Invoice", {**invoice, "PrivateNote": "still ours"})

    assert refused[0] == "610"
    assert "made inactive" in refused[1]
    assert kept["PrivateNote"] == "still ours"


class TestNumbers:
    def test_a_number_used_twice_is_refused_and_the_holder_named(self, caller, customer):
        first = caller.sales("Invoice", customer, 100, DocNumber="R-1")

        code, detail = caller.fault("Invoice", sales_form(customer, 5, DocNumber="R-1"))

        assert code == "6140"
        assert f"DocNumber=R-1 is assigned to TxnType=Invoice with TxnId={first['Id']}" in detail

    def test_a_number_counts_within_its_kind_of_document(self, caller, customer):
        caller.sales("Invoice", customer, 100, DocNumber="R-1")

        assert caller.sales("CreditMemo", customer, 100, DocNumber="R-1")["DocNumber"] == "R-1"

    def test_one_request_may_ask_for_a_duplicate(self, caller, customer):
        caller.sales("Invoice", customer, 100, DocNumber="R-1")

        again = caller.save("Invoice", sales_form(customer, 5, DocNumber="R-1"), include="allowduplicatedocnum")

        assert again["DocNumber"] == "R-1"

    def test_the_number_of_a_deleted_document_is_free_again(self, caller, customer):
        caller.delete("Invoice", caller.sales("Invoice", customer, 100, DocNumber="R-1"))

        assert caller.sales("Invoice", customer, 100, DocNumber="R-1")["DocNumber"] == "R-1"

    def test_with_custom_numbers_a_form_stays_without_unless_it_asks(self, caller, customer):
        assert "DocNumber" not in caller.sales("Invoice", customer, 100)
        assert caller.sales("Invoice", customer, 100, DocNumber="AUTO_GENERATE")["DocNumber"] == "1001"

    def test_without_custom_numbers_quickbooks_numbers_by_itself(self, simulate):
        caller = simulate(custom_numbers=False)
        customer = caller.customer("ANTH")

        assert [caller.sales("Invoice", customer, 100)["DocNumber"] for _ in range(2)] == ["1001", "1002"]

    @pytest.mark.parametrize(("how", "code"), [("refused", "6140"), ("if-custom", None), ("allowed", None)])
    def test_without_custom_numbers_a_number_used_twice_is_disputed(self, simulate, how, code):
        caller = simulate(custom_numbers=False, duplicate_numbers=how)
        customer = caller.customer("ANTH")
        caller.sales("Invoice", customer, 100, DocNumber="R-1")

        answer = caller.call("POST", "invoice", body=sales_form(customer, 5, DocNumber="R-1")).json()

        assert answer.get("Fault", {"Error": [{"code": None}]})["Error"][0]["code"] == code

    def test_a_company_may_choose_not_to_be_warned(self, simulate):
        caller = simulate(duplicate_numbers="allowed")
        customer = caller.customer("ANTH")

        assert [caller.sales("Invoice", customer, 1, DocNumber="R-1")["DocNumber"] for _ in range(2)] == ["R-1"] * 2
