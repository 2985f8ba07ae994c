"""How a change goes: versions, sparse and full updates, voids, deletes, closed books; refusals leave no trace."""

import pytest

from tests.quickbooks.simulator.caller import payment, sales_form


@pytest.fixture
def customer(caller):
    return caller.customer("ANTH")


@pytest.fixture
def invoice(caller, customer):
    return caller.sales("Invoice", customer, 150, DocNumber="A1", PrivateNote="our mark")


class TestVersions:
    def test_each_update_counts_one_up(self, caller, invoice):
        once = caller.save("Invoice", {**invoice, "PrivateNote": "b"})
        twice = caller.save("Invoice", {**once, "PrivateNote": "c"})

        assert [one["SyncToken"] for one in (invoice, once, twice)] == ["0", "1", "2"]

    def test_an_old_version_is_stale_and_a_number_is_as_good_as_a_string(self, caller, invoice):
        caller.save("Invoice", {**invoice, "SyncToken": 0, "PrivateNote": "b"})

        code, detail = caller.fault("Invoice", {**invoice, "PrivateNote": "c"})

        assert code == "5010"
        assert "were working on this at the same time" in detail
        assert caller.read("Invoice", invoice["Id"])["PrivateNote"] == "b"

    def test_what_was_deleted_is_gone_for_good(self, caller, invoice):
        answer = caller.delete("Invoice", invoice).json()

        assert answer["Invoice"] == {"domain": "QBO", "status": "Deleted", "Id": invoice["Id"]}
        assert caller.fault("Invoice", invoice)[0] == "610"
        assert caller.call("GET", f"invoice/{invoice['Id']}").json()["Fault"]["Error"][0]["code"] == "610"
        assert caller.trial_balance() == {}

    def test_a_change_names_the_version_it_means(self, caller, invoice):
        assert caller.fault("Invoice", {"Id": invoice["Id"], "sparse": True})[0] == "2020"


class TestSparseAndFull:
    def test_a_sparse_update_keeps_what_it_does_not_name(self, caller, invoice):
        body = {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "CustomerMemo": {"value": "thanks"}}

        after = caller.save("Invoice", body)

        assert (after["PrivateNote"], after["DocNumber"], after["TotalAmt"]) == ("our mark", "A1", 150)
        assert after["CustomerMemo"] == {"value": "thanks"}

    def test_a_full_update_clears_what_it_leaves_out(self, caller, invoice):
        body = {name: value for name, value in invoice.items() if name != "PrivateNote"}

        assert "PrivateNote" not in caller.save("Invoice", body)

    def test_a_blank_in_a_sparse_update_clears(self, caller, invoice):
        body = {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": ""}

        assert "PrivateNote" not in caller.save("Invoice", body)

    @pytest.mark.parametrize(
        "slip",
        [
            {"CustomerRefs": {"value": "1"}},
            {"PrivateNotes": ""},
            {"Line": [{**sales_form({"Id": "1"}, 1)["Line"][0], "Descripton": "typo"}]},
        ],
    )
    def test_an_attribute_quickbooks_does_not_know_is_refused(self, caller, customer, slip):
        code, detail = caller.fault("Invoice", {**sales_form(customer, 1), **slip})

        assert (code, "unsupported or invalid" in detail) == ("2010", True)

    def test_or_kept_as_sent_by_a_switch(self, simulate):
        caller = simulate(unknown_properties="kept")
        made = caller.save("Customer", {"DisplayName": "K1", "NewIn2027": {"a": [1]}})

        assert caller.read("Customer", made["Id"])["NewIn2027"] == {"a": [1]}

    def test_sums_and_balances_are_not_for_the_client_to_set(self, caller, invoice):
        after = caller.save("Invoice", {**invoice, "Balance": 0, "TotalAmt": 1})

        assert (after["Balance"], after["TotalAmt"]) == (150, 150)


class TestVoid:
    def test_a_voided_invoice_stays_with_nothing_on_it(self, caller, invoice):
        body = {"Id": invoice["Id"], "SyncToken": "0"}

        after = caller.save("Invoice", body, operation="void")

        assert (after["TotalAmt"], after["Balance"], after["SyncToken"], after["DocNumber"]) == (0, 0, "1", "A1")
        assert after["PrivateNote"] == "Voided - our mark"
        assert [line["Amount"] for line in after["Line"]] == [0, 0]
        assert caller.trial_balance() == {}

    def test_a_sales_receipt_is_voided_by_an_update(self, caller, customer):
        receipt = caller.sales("SalesReceipt", customer, 25)
        body = {"Id": receipt["Id"], "SyncToken": "0", "sparse": True}

        after = caller.save("SalesReceipt", body, operation="update", include="void")

        assert (after["TotalAmt"], after["PrivateNote"], caller.trial_balance()) == (0, "Voided", {})

    @pytest.mark.parametrize("kind", ["CreditMemo", "RefundReceipt"])
    def test_not_everything_can_be_voided(self, caller, customer, kind):
        bank = caller.account("Checking", "Checking")
        made = caller.sales(kind, customer, 25, DepositToAccountRef={"value": bank["Id"]})

        assert caller.fault(kind, {"Id": made["Id"], "SyncToken": "0"}, operation="void")[0] == "500"


class TestClosedBooks:
    @pytest.fixture
    def closed(self, caller, invoice):
        caller.preferences("AccountingInfoPrefs", BookCloseDate="2026-11-30")
        return invoice

    def test_nothing_dated_in_the_closed_period_can_be_made_changed_or_removed(self, caller, customer, closed):
        void = {"Id": closed["Id"], "SyncToken": "0"}

        assert caller.fault("Invoice", sales_form(customer, 1, TxnDate="2026-11-30"))[0] == "6210"
        assert caller.fault("Invoice", {**closed, "TxnDate": "2026-12-01"})[0] == "6210"
        assert caller.fault("Invoice", void, operation="void")[0] == "6210"
        assert caller.fault("Invoice", void, operation="delete")[0] == "6210"

    def test_the_day_after_is_open_and_may_pay_what_is_closed(self, caller, customer, closed):
        paid = caller.save("Payment", payment(customer, 150, ("Invoice", closed, 150), TxnDate="2026-12-01"))

        assert (paid["UnappliedAmt"], caller.read("Invoice", closed["Id"])["Balance"]) == (0, 0)

    def test_lists_know_no_period(self, caller, closed):
        assert caller.customer("K1")["DisplayName"] == "K1"

    def test_the_books_can_be_opened_again(self, caller, customer, closed):
        caller.preferences("AccountingInfoPrefs", BookCloseDate="")

        assert caller.sales("Invoice", customer, 1, TxnDate="2026-11-03")["TotalAmt"] == 1

    def test_without_a_password_the_number_is_another(self, simulate):
        caller = simulate(close_password=False)
        caller.preferences("AccountingInfoPrefs", BookCloseDate="2026-11-30")

        assert caller.fault("Invoice", sales_form(caller.customer("A"), 1))[0] == "6200"


def test_a_refusal_leaves_no_trace(caller, customer, invoice):
    """The refused update names a new line before the one that is wrong."""
    bad = [*sales_form(customer, 7)["Line"], {"Amount": 1, "SalesItemLineDetail": {"ItemRef": {"value": "99"}}}]
    before = caller.read("Invoice", invoice["Id"])

    refused = caller.fault("Invoice", {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "Line": bad})

    assert refused[0] == "2500"
    assert caller.read("Invoice", invoice["Id"]) == before
    assert caller.sales("Invoice", customer, 1)["Id"] == str(int(invoice["Id"]) + 1)


def test_quickbooks_dates_what_nobody_dated_by_its_own_pacific_day(caller, customer, clock):
    form = sales_form(customer, 1)
    del form["TxnDate"]
    clock.advance(14 * 3600)  # 23:00 in California, already tomorrow in Maine.
    caller.refresh()

    assert caller.save("Invoice", form)["TxnDate"] == "2026-11-21"
