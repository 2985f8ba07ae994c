"""Reports: recorded shapes, sums that agree with the books, cash and accrual."""

import pytest

from hhs_sync.quickbooks.simulator.ledger import Posting
from hhs_sync.quickbooks.simulator.reports import REPORTS
from hhs_sync.quickbooks.simulator.reports.basis import shares
from tests.quickbooks.simulator.caller import direct_line, linked_line

NOVEMBER = {"start_date": "2026-11-01", "end_date": "2026-11-30"}


class Books:
    """A payer with two clients: one invoice paid in part, one credited, one old and open; rent owed."""

    def __init__(self, caller):
        self.caller = caller
        self.bank = caller.account("Checking", "Checking")
        self.income = caller.account("Sessions", "ServiceFeeIncome")
        self.sub = caller.account("Telehealth", "ServiceFeeIncome", ParentRef={"value": self.income["Id"]})
        self.contra = caller.account("Adjustments", "DiscountsRefundsGiven")
        self.rent = caller.account("Rent", "RentOrLeaseOfBuildings")
        self.interest = caller.account("Interest", "InterestEarned")
        items = [
            caller.item(name, account) for name, account in (("S", self.income), ("T", self.sub), ("A", self.contra))
        ]
        self.session, self.telehealth, self.adjustment = (item["Id"] for item in items)
        self.payer = caller.customer("ANTH")
        child = {"Job": True, "ParentRef": {"value": self.payer["Id"]}}
        self.first, self.second = caller.customer("ANTH K1", **child), caller.customer("ANTH K2", **child)
        self.clinician = caller.save("Class", {"Name": "Clinician A"})

        old = {"TxnDate": "2025-12-01", "DueDate": "2025-12-31"}
        self.old = caller.sales("Invoice", self.second, 200, item=self.session, DocNumber="OLD", **old)
        self.new = caller.sales("Invoice", self.first, 150, item=self.session, DocNumber="NEW")
        self.tele = caller.sales(
            "Invoice", self.first, 60, item=self.telehealth, ClassRef={"value": self.clinician["Id"]}
        )
        self.credit = caller.sales("CreditMemo", self.first, 40, item=self.adjustment)
        links = (("Invoice", self.new, 140), ("CreditMemo", self.credit, 40))
        self.paid = caller.payment(self.first, 100, *links, PaymentRefNum="EFT-1")
        lines = (linked_line("Payment", self.paid, 100), direct_line(self.interest, "1.28"))
        bank = {"value": self.bank["Id"]}
        body = {"DepositToAccountRef": bank, "TxnDate": "2026-11-20", "Line": list(lines)}
        self.deposit = caller.save("Deposit", body)
        self.vendor = caller.save("Vendor", {"DisplayName": "Landlord"})
        spend = {"Amount": 900, "AccountBasedExpenseLineDetail": {"AccountRef": {"value": self.rent["Id"]}}}
        bill = {"VendorRef": {"value": self.vendor["Id"]}, "TxnDate": "2026-11-01", "DueDate": "2026-11-15"}
        self.bill = caller.save("Bill", {**bill, "Line": [spend]})

    def report(self, name, **params):
        answer = self.caller.call("GET", f"reports/{name}", **params)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def books(caller):
    return Books(caller)


def flat(rows):
    """Every line of a report as text, sections opened: `name|amount|...`."""
    for row in rows.get("Row", ()):
        for part in ("Header", "Rows", "Summary"):
            if part == "Rows" and part in row:
                yield from flat(row["Rows"])
            elif part in row:
                yield "|".join(cell["value"] for cell in row[part]["ColData"])
        if "ColData" in row:
            yield "|".join(cell["value"] for cell in row["ColData"])


def lines(report):
    return list(flat(report["Rows"]))


class TestTrialBalance:
    def test_it_reads_as_recorded(self, books):
        report = books.report("TrialBalance", **NOVEMBER)

        assert report["Header"] == {
            "Time": "2026-11-21T09:00:00-08:00",
            "ReportName": "TrialBalance",
            "ReportBasis": "Accrual",
            "StartPeriod": "2026-11-01",
            "EndPeriod": "2026-11-30",
            "Currency": "USD",
            "Option": [{"Name": "NoReportData", "Value": "false"}],
        }
        assert [(one["ColTitle"], one["ColType"]) for one in report["Columns"]["Column"]] == [
            ("", "Account"),
            ("Debit", "Money"),
            ("Credit", "Money"),
        ]
        rows = report["Rows"]["Row"]
        assert rows[0] == {
            "ColData": [{"value": "Checking", "id": books.bank["Id"]}, {"value": "101.28"}, {"value": ""}]
        }
        assert (rows[-1]["type"], rows[-1]["group"], "ColData" in rows[-1]) == ("Section", "GrandTotal", False)

    def test_income_of_earlier_years_stands_in_retained_earnings(self, books):
        assert lines(books.report("TrialBalance", **NOVEMBER)) == [
            "Checking|101.28|",
            "Accounts Receivable (A/R)|270.00|",
            "Accounts Payable (A/P)||900.00",
            "Retained Earnings||200.00",
            "Adjustments|40.00|",
            "Sessions||150.00",
            "Sessions:Telehealth||60.00",
            "Rent|900.00|",
            "Interest||1.28",
            "TOTAL|1311.28|1311.28",
        ]
        assert "Sessions||200.00" in lines(books.report("TrialBalance", end_date="2025-12-31"))

    def test_on_cash_basis_only_what_was_paid_counts(self, books):
        """140 of the 150 were settled: 100 in money and 40 by the credit."""
        assert lines(books.report("TrialBalance", accounting_method="Cash", **NOVEMBER)) == [
            "Checking|101.28|",
            "Adjustments|40.00|",
            "Sessions||140.00",
            "Interest||1.28",
            "TOTAL|141.28|141.28",
        ]

    def test_money_applied_to_nothing_is_unapplied_income_on_cash_basis(self, books):
        books.caller.payment(books.second, 30)

        assert "Unapplied Cash Payment Income||30.00" in lines(
            books.report("TrialBalance", accounting_method="Cash", **NOVEMBER)
        )


def test_profit_and_loss_nests_accounts_and_ends_in_sums(books):
    report = books.report("ProfitAndLoss", **NOVEMBER)

    assert lines(report) == [
        "Income|",
        "Adjustments|-40.00",
        "Sessions|150.00",
        "Telehealth|60.00",
        "Total Sessions|210.00",
        "Total Income|170.00",
        "Gross Profit|170.00",
        "Expenses|",
        "Rent|900.00",
        "Total Expenses|900.00",
        "Net Operating Income|-730.00",
        "Other Income|",
        "Interest|1.28",
        "Total Other Income|1.28",
        "Net Other Income|1.28",
        "Net Income|-728.72",
    ]
    groups = ["Income", "GrossProfit", "Expenses", "NetOperatingIncome", "OtherIncome", "NetOtherIncome", "NetIncome"]
    assert [row["group"] for row in report["Rows"]["Row"]] == groups
    parent = report["Rows"]["Row"][0]["Rows"]["Row"][1]
    assert parent["Header"]["ColData"] == [{"value": "Sessions", "id": books.income["Id"]}, {"value": "150.00"}]
    assert report["Header"]["SummarizeColumnsBy"] == "Total"


def test_profit_and_loss_on_cash_basis_counts_what_was_settled_in_the_period(books):
    said = lines(books.report("ProfitAndLoss", accounting_method="cash", **NOVEMBER))
    before = books.report("ProfitAndLoss", accounting_method="Cash", start_date="2025-01-01", end_date="2025-12-31")

    assert ("Total Income|100.00" in said, "Net Income|101.28" in said) == (True, True)
    assert before["Header"]["Option"][-1] == {"Name": "NoReportData", "Value": "true"}


def test_profit_and_loss_can_be_asked_for_one_class(books):
    report = books.report("ProfitAndLoss", **{"class": books.clinician["Id"]}, **NOVEMBER)

    assert "Net Income|60.00" in lines(report)
    assert report["Header"]["Class"] == books.clinician["Id"]


@pytest.mark.parametrize("method", ["Accrual", "Cash"])
def test_the_balance_sheet_balances(books, method):
    report = books.report("BalanceSheet", accounting_method=method, **NOVEMBER)

    totals = [row["Summary"]["ColData"][1]["value"] for row in report["Rows"]["Row"]]
    assert totals == (["371.28"] * 2 if method == "Accrual" else ["101.28"] * 2)
    assert [row["group"] for row in report["Rows"]["Row"]] == ["TotalAssets", "TotalLiabilitiesAndEquity"]


def test_the_balance_sheet_shows_what_stands_against_what(books):
    assert lines(books.report("BalanceSheet", **NOVEMBER)) == [
        "ASSETS|",
        "Current Assets|",
        "Bank Accounts|",
        "Checking|101.28",
        "Total Bank Accounts|101.28",
        "Accounts Receivable|",
        "Accounts Receivable (A/R)|270.00",
        "Total Accounts Receivable|270.00",
        "Total Current Assets|371.28",
        "TOTAL ASSETS|371.28",
        "LIABILITIES AND EQUITY|",
        "Liabilities|",
        "Current Liabilities|",
        "Accounts Payable|",
        "Accounts Payable (A/P)|900.00",
        "Total Accounts Payable|900.00",
        "Total Current Liabilities|900.00",
        "Total Liabilities|900.00",
        "Equity|",
        "Retained Earnings|200.00",
        "Net Income|-728.72",
        "Total Equity|-528.72",
        "TOTAL LIABILITIES AND EQUITY|371.28",
    ]


def test_the_general_ledger_shows_each_line_with_the_balance_after_it(books):
    report = books.report("GeneralLedger", **NOVEMBER)

    sections = {row["Header"]["ColData"][0]["value"]: row for row in report["Rows"]["Row"]}
    receivable = sections["Accounts Receivable (A/R)"]["Rows"]["Row"]
    assert ["|".join(cell["value"] for cell in row["ColData"]) for row in receivable] == [
        "Beginning Balance|||||||200.00",
        "2026-11-03|Invoice|NEW|ANTH:ANTH K1||Sessions|150.00|350.00",
        "2026-11-03|Invoice||ANTH:ANTH K1||Sessions:Telehealth|60.00|410.00",
        "2026-11-03|Credit Memo||ANTH:ANTH K1||Adjustments|-40.00|370.00",
        "2026-11-14|Payment|EFT-1|ANTH:ANTH K1||Undeposited Funds|-100.00|270.00",
    ]
    assert receivable[1]["ColData"][1]["id"] == books.new["Id"]
    summary = sections["Checking"]["Summary"]["ColData"]
    assert (summary[0]["value"], summary[6]["value"]) == ("Total for Checking", "101.28")
    assert "-Split-" in {row["ColData"][5]["value"] for row in sections["Checking"]["Rows"]["Row"]}
    keys = [column["MetaData"][0]["Value"] for column in report["Columns"]["Column"]]
    assert keys == ["tx_date", "txn_type", "doc_num", "name", "memo", "split_acc", "subt_nat_amount", "rbal_nat_amount"]


def test_the_list_of_transactions_names_each_document_once(books):
    books.caller.sales("Estimate", books.payer, 5)

    report = books.report("TransactionList", **NOVEMBER)

    assert lines(report) == [
        "2026-11-01|Bill||Yes|Landlord||Accounts Payable (A/P)|Rent|900.00",
        "2026-11-03|Invoice|NEW|Yes|ANTH:ANTH K1||Accounts Receivable (A/R)|Sessions|150.00",
        "2026-11-03|Invoice||Yes|ANTH:ANTH K1||Accounts Receivable (A/R)|Sessions:Telehealth|60.00",
        "2026-11-03|Credit Memo||Yes|ANTH:ANTH K1||Accounts Receivable (A/R)|Adjustments|-40.00",
        "2026-11-03|Estimate||No|ANTH||||5.00",
        "2026-11-14|Payment|EFT-1|Yes|ANTH:ANTH K1||Undeposited Funds|Accounts Receivable (A/R)|100.00",
        "2026-11-20|Deposit||Yes|||Checking|-Split-|101.28",
    ]


class TestAgeing:
    def test_customers_nest_and_ages_add_up(self, books):
        report = books.report("AgedReceivables", report_date="2026-11-30")

        assert lines(report) == [
            "ANTH||||||",
            "ANTH K1||70.00||||70.00",
            "ANTH K2|||||200.00|200.00",
            "Total ANTH|0.00|70.00|0.00|0.00|200.00|270.00",
            "TOTAL|0.00|70.00|0.00|0.00|200.00|270.00",
        ]
        titles = [column["ColTitle"] for column in report["Columns"]["Column"]]
        assert titles == ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"]
        assert {"Name": "report_date", "Value": "2026-11-30"} in report["Header"]["Option"]

    def test_an_item_is_current_until_the_day_after_it_is_due(self, books):
        on_the_day = lines(books.report("AgedReceivables", report_date="2026-11-03", customer=books.first["Id"]))
        after = lines(books.report("AgedReceivables", report_date="2026-12-04", customer=books.first["Id"]))

        assert on_the_day[-1] == "TOTAL|170.00|0.00|0.00|0.00|0.00|170.00"
        assert after[-1] == "TOTAL|0.00|0.00|70.00|0.00|0.00|70.00"

    def test_a_payment_counts_from_its_own_day(self, books):
        before = lines(books.report("CustomerBalance", report_date="2026-11-13"))
        after = lines(books.report("CustomerBalance", report_date="2026-11-14"))

        assert (before[-1], after[-1]) == ("TOTAL|370.00", "TOTAL|270.00")

    def test_details_name_the_documents(self, books):
        assert lines(books.report("AgedReceivableDetail", report_date="2026-11-30")) == [
            "91 or more days past due|||||||",
            "2025-12-01|Invoice|OLD|ANTH:ANTH K2|2025-12-31|334|200.00|200.00",
            "Total for 91 or more days past due||||||200.00|200.00",
            "1 - 30 days past due|||||||",
            "2026-11-03|Invoice|NEW|ANTH:ANTH K1|2026-11-03|27|150.00|10.00",
            "2026-11-03|Invoice||ANTH:ANTH K1|2026-11-03|27|60.00|60.00",
            "Total for 1 - 30 days past due||||||210.00|70.00",
            "TOTAL||||||410.00|270.00",
        ]

    def test_money_that_was_applied_to_nothing_lessens_what_is_owed(self, books):
        books.caller.payment(books.second, 30)

        assert lines(books.report("CustomerBalance", report_date="2026-11-30"))[-1] == "TOTAL|240.00"

    def test_vendors_are_told_alike(self, books):
        assert (
            lines(books.report("AgedPayables", report_date="2026-11-30"))[-1]
            == "TOTAL|0.00|900.00|0.00|0.00|0.00|900.00"
        )
        assert lines(books.report("VendorBalance")) == ["Landlord|900.00", "TOTAL|900.00"]

    def test_what_customers_owe_is_what_receivables_say(self, books):
        owed = lines(books.report("CustomerBalance", report_date="2026-11-30"))[-1].split("|")[1]

        assert f"Accounts Receivable (A/R)|{owed}|" in lines(books.report("TrialBalance", **NOVEMBER))


class TestSummaries:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("CustomerSales", ["ANTH:ANTH K1|170.00", "Not Specified|1.28", "TOTAL|171.28"]),
            ("ClassSales", ["Clinician A|60.00", "Not Specified|111.28", "TOTAL|171.28"]),
            ("VendorExpenses", ["Landlord|900.00", "TOTAL|900.00"]),
            ("ItemSales", ["A|-40.00", "S|150.00", "T|60.00", "TOTAL|170.00"]),
            ("CustomerIncome", ["ANTH:ANTH K1|170.00|0.00|170.00", "TOTAL|170.00|0.00|170.00"]),
        ],
    )
    def test_sales_and_expenses_are_told_by_what_they_belong_to(self, books, name, expected):
        assert lines(books.report(name, **NOVEMBER)) == expected

    def test_cash_flow_ends_with_what_is_at_the_bank(self, books):
        said = lines(books.report("CashFlow", **NOVEMBER))

        assert said[-2:] == ["Net cash increase for period|101.28", "Cash at end of period|101.28"]
        assert said[1] == "Net Income|-728.72"


@pytest.mark.parametrize("name", sorted(REPORTS))
@pytest.mark.parametrize("method", ["Accrual", "Cash"])
def test_every_report_answers_with_and_without_data(books, simulate, name, method):
    empty = simulate().call("GET", f"reports/{name}", accounting_method=method)
    full = books.report(name.lower(), accounting_method=method, date_macro="All")

    assert empty.status_code == 200
    assert set(empty.json()) == {"Header", "Columns", "Rows"}
    assert full["Header"]["ReportName"] == name
    assert (full["Rows"] == {}) == (full["Header"]["Option"][-1]["Value"] == "true")
    assert {line.count("|") + 1 for line in lines(full)} <= {len(full["Columns"]["Column"])}


def test_a_question_that_makes_no_sense_is_refused(caller):
    for name, params in (
        ("Unicorn", {}),
        ("TrialBalance", {"accounting_method": "Vibes"}),
        ("TrialBalance", {"end_date": "x"}),
    ):
        assert caller.call("GET", f"reports/{name}", **params).status_code == 400


def test_parts_of_a_payment_add_up_to_the_cent():
    lines_of_invoice = [Posting("a", -10000), Posting("b", -5000)]

    assert shares(lines_of_invoice, 10000, 15000) == [-6667, -3333]
    assert [sum(shares(lines_of_invoice, paid, 15000)) for paid in range(0, 15001, 7)] == [
        -paid for paid in range(0, 15001, 7)
    ]
