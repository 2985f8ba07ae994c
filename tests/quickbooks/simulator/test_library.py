"""python-quickbooks 0.9.12 against the seeded company, as it is used against Intuit's sandbox.

What a client of the sandbox takes for granted: which ids are there, which shapes come back, what the library sends.
"""

from datetime import datetime

import pytest
from quickbooks import objects
from quickbooks.exceptions import (
    AuthorizationException,
    ObjectNotFoundException,
    QuickbooksException,
    ValidationException,
)
from quickbooks.helpers import qb_datetime_utc_offset_format
from quickbooks.objects.attachable import Attachable
from quickbooks.objects.base import Address, AttachableRef, CustomerMemo, Ref
from quickbooks.objects.companycurrency import CompanyCurrency
from quickbooks.objects.creditcardpayment_entity import CreditCardPayment
from quickbooks.objects.customertype import CustomerType
from quickbooks.objects.deposit import Deposit, DepositLine, DepositLineDetail
from quickbooks.objects.detailline import (
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    DescriptionOnlyLine,
    DetailLine,
    DiscountLine,
    DiscountLineDetail,
    ItemBasedExpenseLine,
    ItemBasedExpenseLineDetail,
    SalesItemLine,
    SalesItemLineDetail,
)
from quickbooks.objects.exchangerate import ExchangeRate
from quickbooks.objects.journalentry import JournalEntry, JournalEntryLine, JournalEntryLineDetail
from quickbooks.objects.payment import PaymentLine
from quickbooks.objects.preferences import Preferences
from quickbooks.objects.recurringtransaction import (
    RecurringBill,
    RecurringInfo,
    RecurringInvoice,
    RecurringTransaction,
    ScheduleInfo,
)
from quickbooks.objects.taxservice import TaxRateDetails, TaxService
from quickbooks.objects.trackingclass import Class


@pytest.fixture
def seeded(simulate):
    return simulate(seed_company=True)


@pytest.fixture
def qb(seeded, connect):
    return connect(seeded.sim)


def first(kind, qb):
    return kind.all(max_results=1, qb=qb)[0]


def sales_line(item, amount=100, **detail):
    line = SalesItemLine()
    line.LineNum = 1
    line.Description = "description"
    line.Amount = amount
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = item.to_ref()
    for name, value in detail.items():
        setattr(line.SalesItemLineDetail, name, value)
    return line


def spend_line(amount=200, account="1"):
    line = AccountBasedExpenseLine()
    line.Amount = amount
    line.AccountBasedExpenseLineDetail = AccountBasedExpenseLineDetail()
    line.AccountBasedExpenseLineDetail.AccountRef = Ref()
    line.AccountBasedExpenseLineDetail.AccountRef.value = int(account)
    return line


def account(number, qb):
    return objects.Account.get(number, qb=qb)


def make_invoice(qb, request_id=None, customer=None):
    invoice = objects.Invoice()
    invoice.Line.append(sales_line(first(objects.Item, qb)))
    invoice.CustomerRef = (customer or first(objects.Customer, qb)).to_ref()
    invoice.CustomerMemo = CustomerMemo()
    invoice.CustomerMemo.value = "Customer Memo"
    invoice.save(qb=qb, request_id=request_id)
    return invoice


class TestTheSeed:
    @pytest.mark.parametrize(
        ("number", "name", "sort"),
        [
            (35, "Checking", "Checking"),
            (36, "Savings", "Savings"),
            (4, "Undeposited Funds", "UndepositedFunds"),
            (33, "Accounts Payable (A/P)", "AccountsPayable"),
            (42, "Visa", "CreditCard"),
            (79, "Sales of Product Income", "SalesOfProductIncome"),
            (80, "Cost of Goods Sold", "SuppliesMaterialsCogs"),
            (81, "Inventory Asset", "Inventory"),
            (84, "Accounts Receivable (A/R)", "AccountsReceivable"),
            (86, "Discounts given", "DiscountsRefundsGiven"),
        ],
    )
    def test_accounts_have_the_ids_that_clients_rely_on(self, qb, number, name, sort):
        found = account(number, qb)

        assert (found.Name, found.AccountSubType) == (name, sort)

    def test_there_are_more_than_twenty_accounts_and_fewer_expenses(self, qb):
        expenses = objects.Account.filter(AccountType="Expense", qb=qb)

        assert objects.Account.count(qb=qb) > 20
        assert 0 < len(expenses) < 20
        assert account(1, qb).Classification == "Expense"
        assert [one.AccountType for one in objects.Account.filter(Name="Travel", qb=qb)] == ["Expense"]
        assert objects.Account.where("Name = 'checking'", max_results=1, qb=qb)[0].Id == "35"

    def test_every_kind_can_be_listed_and_most_have_members(self, qb):
        empty = (Attachable, CustomerType, objects.Budget)
        for kind in (*empty, CompanyCurrency, ExchangeRate, CreditCardPayment, RecurringTransaction, Class):
            assert bool(kind.all(qb=qb)) == (kind not in empty), kind
        for name in [
            "Account",
            "Bill",
            "BillPayment",
            "CreditMemo",
            "Customer",
            "Department",
            "Deposit",
            "Employee",
            "Estimate",
            "Invoice",
            "Item",
            "Payment",
            "PaymentMethod",
            "Purchase",
            "TaxAgency",
            "TaxCode",
            "TaxRate",
            "Term",
            "TimeActivity",
            "Transfer",
            "Vendor",
            "CompanyInfo",
        ]:
            assert getattr(objects, name).all(qb=qb), name
        for name in ["JournalEntry", "PurchaseOrder", "RefundReceipt", "SalesReceipt", "VendorCredit"]:
            assert getattr(objects, name).all(qb=qb) == [], name

    def test_there_are_thirty_of_what_is_paged_some_with_balance_0(self, qb):
        for kind in (
            objects.Customer,
            objects.Invoice,
            objects.Estimate,
            objects.CreditMemo,
            objects.Bill,
            objects.Payment,
        ):
            assert kind.count(qb=qb) == 30, kind
        assert 0 < objects.Invoice.count("Balance = '0'", qb=qb) < 30
        assert objects.Invoice.count("TxnDate < '2011-01-01'", qb=qb) > 0
        assert objects.Invoice.count("TxnDate > '2024-12-31'", qb=qb) > 0

    def test_the_first_customer_has_an_invoice_and_the_first_item_can_be_sold(self, qb):
        customer = first(objects.Customer, qb)

        assert objects.Invoice.count(f"CustomerRef = '{customer.Id}'", qb=qb) == 1
        assert first(objects.Item, qb).IncomeAccountRef.value
        assert objects.Item.get(10, qb=qb).Name == "Pest Control"
        assert len(objects.Item.filter(Type="Inventory", qb=qb)) == 1

    def test_its_books_balance_and_its_templates_and_lists_are_there(self, qb):
        sheet = qb.get_report("BalanceSheet")
        totals = {row["Summary"]["ColData"][1]["value"] for row in sheet["Rows"]["Row"]}

        assert len(totals) == 1
        assert [one.Bill.RecurringInfo.Name for one in RecurringTransaction.where("Type = 'Bill'", qb=qb)] == [
            "Power bill"
        ]
        assert CompanyCurrency.get(1, qb=qb).Name == "Canadian Dollar"
        assert objects.TaxAgency.get(1, qb=qb).DisplayName
        assert [one.Name for one in objects.TaxCode.all(max_results=1, qb=qb)] == ["TAX", "NON", "Maine", "Lodging"]

    def test_nothing_of_the_seed_counts_as_changed_now(self, seeded, clock):
        answer = seeded.call("GET", "cdc", entities="Invoice,Customer", changedSince="2026-11-20").json()

        assert answer["CDCResponse"][0]["QueryResponse"] == [{}, {}]

    def test_the_company_says_who_it_is(self, seeded, qb):
        info = objects.CompanyInfo.get(seeded.realm, qb=qb)
        raw = seeded.query("select * from companyinfo")["CompanyInfo"][0]

        assert (info.CompanyAddr.Country, info.FiscalYearStartMonth) == ("USA", "January")
        assert {"Name", "Value"} == set(raw["NameValue"][0])
        assert {"Id", "Line1", "City", "PostalCode"} <= set(raw["CompanyAddr"])
        assert {"LegalName", "Email", "WebAddr", "SupportedLanguages", "Country"} <= set(raw)


class TestLists:
    def test_an_account_of_a_detail_type_alone_finds_its_type(self, qb):
        made = objects.Account()
        made.Name, made.AcctNum, made.AccountSubType = "Petty cash", "1999", "CashOnHand"
        made.save(qb=qb)

        found = objects.Account.filter(Name="Petty cash", qb=qb)[0]
        found.Name = "Small cash"
        found.save(qb=qb)

        found = account(made.Id, qb)
        assert (found.Name, found.AcctNum, found.AccountType, found.Classification) == (
            "Small cash",
            "1999",
            "Bank",
            "Asset",
        )

    def test_a_customer_keeps_every_part_of_name_and_address(self, qb):
        person = objects.Customer()
        person.Title, person.GivenName, person.FamilyName, person.Suffix = "Mx", "Robin", "Doe", "Jr"
        person.CompanyName = person.DisplayName = "Robin Doe Ltd"
        person.BillAddr = Address()
        person.BillAddr.Line1, person.BillAddr.City, person.BillAddr.Country = "1 Elm", "Saco", "U.S.A"
        person.save(qb=qb)

        found = objects.Customer.get(person.Id, qb=qb)

        assert (found.Title, found.GivenName, found.Suffix, found.FullyQualifiedName) == (
            "Mx",
            "Robin",
            "Jr",
            "Robin Doe Ltd",
        )
        assert (found.BillAddr.Line1, found.BillAddr.Country) == ("1 Elm", "U.S.A")

    def test_the_first_of_each_list_can_be_read_changed_and_saved_whole(self, qb):
        for kind, name in (
            (objects.Customer, "GivenName"),
            (objects.Vendor, "GivenName"),
            (objects.Employee, "FamilyName"),
            (objects.Department, "Name"),
            (Class, "Name"),
            (objects.Item, "Name"),
            (objects.PaymentMethod, "Name"),
        ):
            held = first(kind, qb)
            setattr(held, name, "Changed")
            held.save(qb=qb)

            assert getattr(kind.get(held.Id, qb=qb), name) == "Changed", kind

    def test_terms_employees_departments_classes_agencies_and_stock_can_be_made(self, qb):
        term = objects.Term()
        term.Name, term.DueDays = "Net 10", 10
        term.save(qb=qb)
        employee = objects.Employee()
        employee.GivenName, employee.FamilyName = "Sam", "Poe"
        employee.save(qb=qb)
        department = objects.Department()
        department.Name = "Annex"
        department.save(qb=qb)
        tracking = Class()
        tracking.Name = "New class"
        tracking.save(qb=qb)
        agency = objects.TaxAgency()
        agency.DisplayName = "City"
        agency.save(qb=qb)
        stock = objects.Item()
        stock.Name, stock.Type, stock.TrackQtyOnHand, stock.QtyOnHand = "Hose", "Inventory", True, 10
        stock.InvStartDate = "2015-01-01"
        where = (
            "AccountType = 'Income' and AccountSubType = 'SalesOfProductIncome'",
            "AccountSubType = 'SuppliesMaterialsCogs'",
            "AccountSubType = 'Inventory'",
        )
        refs = [objects.Account.where(one, max_results=1, qb=qb)[0].to_ref() for one in where]
        stock.IncomeAccountRef, stock.ExpenseAccountRef, stock.AssetAccountRef = refs
        stock.save(qb=qb)

        assert objects.Term.get(term.Id, qb=qb).DueDays == 10
        assert objects.Employee.get(employee.Id, qb=qb).DisplayName == "Sam Poe"
        assert objects.Department.get(department.Id, qb=qb).FullyQualifiedName == "Annex"
        assert int(Class.get(tracking.Id, qb=qb).Id) > 2**32
        assert objects.TaxAgency.get(agency.Id, qb=qb).DisplayName == "City"
        assert (objects.Item.get(stock.Id, qb=qb).QtyOnHand, objects.Item.get(stock.Id, qb=qb).TrackQtyOnHand) == (
            10,
            True,
        )

    def test_the_tax_service_makes_codes_and_rates(self, qb):
        service = TaxService()
        service.TaxCode = "Meals"
        detail = TaxRateDetails()
        detail.TaxRateName, detail.RateValue, detail.TaxAgencyId = "Meals", 8, 1
        service.TaxRateDetails.append(detail)

        made = service.save(qb=qb)

        back = made.TaxRateDetails[0]
        assert (made.TaxCode, back.RateValue, back.TaxAgencyId, back.TaxApplicableOn) == ("Meals", 8, "1", "Sales")
        assert (
            objects.TaxCode.filter(Name="Meals", qb=qb)[0].SalesTaxRateList.TaxRateDetail[0].TaxRateRef.name == "Meals"
        )
        with pytest.raises(QuickbooksException, match="Duplicate Name"):
            service.save(qb=qb)

    def test_preferences_are_read_and_saved_whole(self, qb):
        chosen = Preferences.get(qb=qb)
        assert (chosen.Id, chosen.AccountingInfoPrefs.TaxYearMonth) == ("1", "January")
        assert chosen.OtherPrefs.NameValue[0].Name == "SalesFormsPrefs.DefaultCustomerMessage"
        assert chosen.VendorAndPurchasesPrefs.BillableExpenseTracking is True
        chosen.EmailMessagesPrefs.EstimateMessage.Subject = "Our offer"
        chosen.save(qb=qb)

        assert Preferences.get(qb=qb).EmailMessagesPrefs.EstimateMessage.Subject == "Our offer"
        assert Preferences.get(qb=qb).AccountingInfoPrefs.TaxYearMonth == "January"

    def test_an_exchange_rate_has_no_id_and_is_saved_all_the_same(self, qb):
        rate = ExchangeRate.where("SourceCurrencyCode = 'EUR'", qb=qb)[0]
        assert (rate.TargetCurrencyCode, hasattr(rate, "Id")) == ("USD", False)
        before = rate.Rate
        rate.Rate = before + 1
        rate.save(qb=qb)

        assert ExchangeRate.where("SourceCurrencyCode = 'EUR'", qb=qb)[0].Rate == before + 1


class TestDocuments:
    def test_an_invoice_comes_back_as_it_went(self, qb):
        customer = first(objects.Customer, qb)
        found = objects.Invoice.get(make_invoice(qb).Id, qb=qb)

        assert (found.CustomerRef.name, found.CustomerMemo.value) == (customer.DisplayName, "Customer Memo")
        assert (found.Line[0].Description, found.Line[0].Amount, found.Line[0].LineNum) == ("description", 100.0, 1)

    def test_a_repeated_request_id_makes_one_invoice(self, qb):
        assert make_invoice(qb, "same").Id == make_invoice(qb, "same").Id

    def test_a_deleted_invoice_is_found_no_more(self, qb):
        invoice = make_invoice(qb)
        invoice.delete(qb=qb)

        assert objects.Invoice.filter(Id=invoice.Id, qb=qb) == []

    def test_an_invoice_is_voided_sent_printed_and_linked(self, seeded, qb):
        invoice = make_invoice(qb)
        paper = invoice.download_pdf(qb=qb)
        sent = invoice.send(qb=qb, send_to="someone+tag@example.com")
        found = objects.Invoice.get(invoice.Id, qb=qb, params={"include": "invoiceLink"})
        statement = f"select * from invoice where id = '{invoice.Id}'"  # noqa: S608  There is no SQL behind it.
        listed = seeded.call("GET", "query", query=statement, include="invoiceLink")
        voided = found.void(qb=qb)

        assert paper.startswith(b"%PDF-1.4")
        assert (sent["Invoice"]["EmailStatus"], sent["Invoice"]["BillEmail"]["Address"]) == (
            "EmailSent",
            "someone+tag@example.com",
        )
        assert found.InvoiceLink.startswith(seeded.sim.base_url)
        assert listed.json()["QueryResponse"]["Invoice"][0]["InvoiceLink"] == found.InvoiceLink
        assert objects.Invoice.get(invoice.Id, qb=qb).InvoiceLink == ""
        assert voided["Invoice"]["TotalAmt"] == 0

    def test_a_pdf_can_be_read_by_others(self, qb):
        paper = make_invoice(qb).download_pdf(qb=qb)

        table = int(paper.rsplit(b"startxref\n", 1)[1].split()[0])
        assert paper[table:].startswith(b"xref\n0 7\n")
        places = [int(line.split()[0]) for line in paper[table:].splitlines()[3:9]]
        assert [paper[place:].startswith(b"%d 0 obj" % number) for number, place in enumerate(places, 1)] == [True] * 6

    def test_an_estimate_with_a_discount_keeps_its_lines_in_order(self, qb):
        estimate = objects.Estimate()
        estimate.CustomerRef = first(objects.Customer, qb).to_ref()
        estimate.Line.append(sales_line(objects.Item.get(10, qb=qb), 35.0, UnitPrice=35, Qty=1))
        discount = DiscountLine()
        discount.Amount = 3.5
        discount.DiscountLineDetail = DiscountLineDetail()
        discount.DiscountLineDetail.PercentBased = True
        discount.DiscountLineDetail.DiscountPercent = 10
        discount.DiscountLineDetail.DiscountAccountRef = account(86, qb).to_ref()
        estimate.Line.append(discount)
        note = DescriptionOnlyLine()
        note.Description = "a word"
        estimate.Line.append(note)
        estimate.save(qb=qb)

        found = objects.Estimate.get(estimate.Id, qb=qb)

        assert found.TotalAmt == 31.5
        assert [line.DetailType for line in found.Line] == [
            "SalesItemLineDetail",
            "DescriptionOnly",
            "SubTotalLineDetail",
            "DiscountLineDetail",
        ]
        assert found.Line[-1].DiscountLineDetail.DiscountAccountRef.name == "Discounts given"

    def test_the_newest_credit_memo_is_read_changed_and_saved_whole(self, qb):
        memo = first(objects.CreditMemo, qb)
        memo.PrivateNote = "Test"
        memo.save(qb=qb)

        assert objects.CreditMemo.get(memo.Id, qb=qb).PrivateNote == "Test"

    def test_a_payment_pays_and_is_voided(self, qb):
        customer = first(objects.Customer, qb)
        invoice = make_invoice(qb)
        payment = objects.Payment()
        payment.TotalAmt = 140.0
        payment.CustomerRef = customer.to_ref()
        payment.PaymentMethodRef = first(objects.PaymentMethod, qb).to_ref()
        line = PaymentLine()
        line.Amount = 100
        line.LinkedTxn.append(invoice.to_linked_txn())
        payment.Line.append(line)
        payment.save(qb=qb)

        found = objects.Payment.get(payment.Id, qb=qb)
        assert (found.TotalAmt, found.UnappliedAmt, found.CustomerRef.name) == (140.0, 40.0, customer.DisplayName)
        payment.void(qb=qb)
        found = objects.Payment.get(payment.Id, qb=qb)
        assert (found.TotalAmt, "Voided" in found.PrivateNote) == (0.0, True)

    def test_a_sales_receipt_is_made_and_voided(self, qb):
        receipt = objects.SalesReceipt()
        receipt.TotalAmt = 100.0
        receipt.CustomerRef = first(objects.Customer, qb).to_ref()
        receipt.Line = [sales_line(first(objects.Item, qb), 100.0, Qty=1, UnitPrice=100.0, ServiceDate="2026-11-20")]
        receipt = receipt.save(qb=qb)
        assert receipt.Line[0].SalesItemLineDetail["Qty"] == 1
        receipt.void(qb=qb)

        found = objects.SalesReceipt.get(receipt.Id, qb=qb)
        assert (found.TotalAmt, found.PrivateNote) == (0.0, "Voided")

    def test_a_refund_receipt_needs_no_customer(self, qb):
        refund = objects.RefundReceipt()
        refund.DocNumber, refund.Balance, refund.PaymentType = "DocNum123", 100, "Check"
        line = DetailLine()
        line.DetailType, line.Amount = "SalesItemLineDetail", 200
        line.SalesItemLineDetail = SalesItemLineDetail()
        line.SalesItemLineDetail.ItemRef = first(objects.Item, qb).to_ref()
        refund.Line.append(line)
        refund.DepositToAccountRef = account(35, qb).to_ref()
        refund.save(qb=qb)

        assert objects.RefundReceipt.get(refund.Id, qb=qb).Line[0].Amount == 200

    def test_bills_are_paid_by_check_and_the_payment_voided(self, qb):
        vendor = first(objects.Vendor, qb)
        bill = objects.Bill()
        bill.Line.append(spend_line())
        bill.VendorRef = vendor.to_ref()
        bill.save(qb=qb)
        paid = objects.BillPayment()
        paid.PayType, paid.TotalAmt, paid.PrivateNote = "Check", 200, "Private Note"
        paid.VendorRef = vendor.to_ref()
        paid.CheckPayment = objects.CheckPayment()
        paid.CheckPayment.BankAccountRef = account(35, qb).to_ref()
        paid.APAccountRef = account(33, qb).to_ref()
        line = objects.BillPaymentLine()
        line.LinkedTxn.append(bill.to_linked_txn())
        line.Amount = 200
        paid.Line.append(line)
        paid.save(qb=qb)

        assert (objects.Bill.get(bill.Id, qb=qb).Balance, len(objects.Bill.get(bill.Id, qb=qb).Line)) == (0, 1)
        paid.void(qb=qb)
        found = objects.BillPayment.get(paid.Id, qb=qb)
        assert (found.TotalAmt, found.PrivateNote) == (0.0, "Voided - Private Note")

    def test_purchases_and_orders_of_stock_keep_price_quantity_and_tax_code(self, qb):
        line = ItemBasedExpenseLine()
        line.Amount = 100
        line.ItemBasedExpenseLineDetail = ItemBasedExpenseLineDetail()
        line.ItemBasedExpenseLineDetail.BillableStatus = "NotBillable"
        line.ItemBasedExpenseLineDetail.UnitPrice, line.ItemBasedExpenseLineDetail.Qty = 100, 1
        line.ItemBasedExpenseLineDetail.CustomerRef = first(objects.Customer, qb).to_ref()
        line.ItemBasedExpenseLineDetail.TaxCodeRef = first(objects.TaxCode, qb).to_ref()
        line.ItemBasedExpenseLineDetail.ItemRef = objects.Item.filter(Type="Inventory", qb=qb)[0].to_ref()
        visa = objects.Account()
        visa.FullyQualifiedName, visa.Id = "Visa", "42"
        purchase = objects.Purchase()
        purchase.DocNumber, purchase.PaymentType, purchase.TotalAmt = "Doc123", "CreditCard", 100
        purchase.AccountRef = visa.to_ref()
        purchase.Line.append(line)
        purchase.save(qb=qb, params={"include": "allowduplicatedocnum"})
        order = objects.PurchaseOrder()
        order.Line.append(line)
        order.VendorRef = first(objects.Vendor, qb).to_ref()
        order.APAccountRef = first(objects.Account, qb).to_ref()
        order.save(qb=qb)

        for found in (objects.Purchase.get(purchase.Id, qb=qb), objects.PurchaseOrder.get(order.Id, qb=qb)):
            detail = found.Line[0].ItemBasedExpenseLineDetail
            assert (found.TotalAmt, detail.UnitPrice, detail.Qty, detail.TaxCodeRef.value) == (100, 100, 1, "TAX")

    def test_deposits_transfers_and_card_payments_move_money(self, qb):
        bank = objects.Account.filter(AccountType="Bank", max_results=2, qb=qb)
        line = DepositLine()
        line.Amount = 20.00
        line.DepositLineDetail = DepositLineDetail()
        line.DepositLineDetail.AccountRef = bank[0].to_ref()
        deposit = Deposit()
        deposit.DepositToAccountRef = bank[1].to_ref()
        deposit.Line.append(line)
        deposit.save(qb=qb)
        where = "Classification = 'Asset' AND FullyQualifiedName != 'Accounts Receivable (A/R)'"
        one, other = objects.Account.where(where, max_results=2, qb=qb)
        transfer = objects.Transfer()
        transfer.Amount, transfer.FromAccountRef, transfer.ToAccountRef = 100, one.to_ref(), other.to_ref()
        transfer.save(qb=qb)
        paid = CreditCardPayment.all(max_results=1, qb=qb)[0]
        paid.Amount += 1
        paid.save(qb=qb)

        assert Deposit.get(deposit.Id, qb=qb).TotalAmt == 20
        assert objects.Transfer.get(transfer.Id, qb=qb).Amount == 100
        assert CreditCardPayment.get(paid.Id, qb=qb).Amount == 101
        assert objects.Transfer.get(paid.Id, qb=qb).Amount == 101

    def test_a_journal_entry_posts(self, qb):
        entry = JournalEntry()
        for side, number in (("Debit", 22), ("Credit", 35)):
            line = JournalEntryLine()
            line.Amount = 12.34
            line.JournalEntryLineDetail = JournalEntryLineDetail()
            line.JournalEntryLineDetail.PostingType = side
            line.JournalEntryLineDetail.AccountRef = account(number, qb).to_ref()
            entry.Line.append(line)
        entry.save(qb=qb)

        assert JournalEntry.get(entry.Id, qb=qb).Line[1].JournalEntryLineDetail.PostingType == "Credit"

    def test_time_is_kept_and_changed(self, qb):
        employee = first(objects.Employee, qb)
        worked = objects.TimeActivity()
        worked.NameOf, worked.EmployeeRef, worked.Description = "Employee", employee.to_ref(), "Test"
        worked.StartTime = qb_datetime_utc_offset_format(datetime(2016, 7, 22, 10, 0), "-07:00")  # noqa: DTZ001
        worked.EndTime = qb_datetime_utc_offset_format(datetime(2016, 7, 22, 11, 0), "-07:00")  # noqa: DTZ001
        worked.CostRate = 50.0
        worked.save(qb=qb)
        newest = first(objects.TimeActivity, qb)
        newest.CostRate = 75.0
        newest.save(qb=qb)

        assert newest.Id == worked.Id
        assert objects.TimeActivity.get(worked.Id, qb=qb).CostRate == 75.0


class TestRecurringTransactions:
    def template(self, qb, name="Each month"):
        invoice = RecurringInvoice()
        invoice.Line.append(sales_line(first(objects.Item, qb)))
        invoice.CustomerRef = first(objects.Customer, qb).to_ref()
        info = RecurringInfo()
        info.Active, info.Name = True, name
        info.ScheduleInfo = ScheduleInfo()
        info.ScheduleInfo.StartDate, info.ScheduleInfo.IntervalType = "2026-12-01", "Monthly"
        info.ScheduleInfo.DayOfMonth, info.ScheduleInfo.NumInterval, info.ScheduleInfo.MaxOccurrences = 1, 1, 6
        invoice.RecurringInfo = info
        whole = RecurringTransaction()
        whole.Invoice = invoice
        return whole

    def test_a_template_is_made_read_changed_and_deleted(self, seeded, qb):
        books = dict(seeded.sim.state.companies[seeded.realm].ledger.balances)
        made = self.template(qb).save(qb=qb)
        held = RecurringTransaction.get(made.Invoice.Id, qb=qb)
        held.Invoice.RecurringInfo.ScheduleInfo.DayOfMonth = 15
        held.Invoice.Line[0].Amount = 250
        held.save(qb=qb)
        found = RecurringTransaction.get(made.Invoice.Id, qb=qb)

        assert made.Invoice.RecurringInfo.ScheduleInfo.MaxOccurrences == 6
        assert (found.Invoice.RecurringInfo.ScheduleInfo.DayOfMonth, found.Invoice.Line[0].Amount) == (15, 250)
        assert dict(seeded.sim.state.companies[seeded.realm].ledger.balances) == books
        stub = found.delete(qb=qb)["RecurringTransaction"]["Invoice"]
        assert (stub["Id"], stub["status"]) == (made.Invoice.Id, "Deleted")
        with pytest.raises(ObjectNotFoundException):
            RecurringTransaction.get(made.Invoice.Id, qb=qb)

    def test_templates_are_found_by_type(self, qb):
        self.template(qb).save(qb=qb)
        bill = RecurringBill()
        bill.Line.append(spend_line(500))
        bill.VendorRef = first(objects.Vendor, qb).to_ref()
        bill.RecurringInfo = self.template(qb, "Each week").Invoice.RecurringInfo
        whole = RecurringTransaction()
        whole.Bill = bill
        whole.save(qb=qb)

        kinds = [next(iter(vars(one))) for one in RecurringTransaction.all(qb=qb)]
        assert sorted(kinds) == ["Bill", "Bill", "Invoice"]
        assert all(hasattr(one, "Bill") for one in RecurringTransaction.where("Type = 'Bill'", qb=qb))

    def test_a_template_without_a_name_or_of_nothing_is_refused(self, qb, seeded):
        nameless = self.template(qb, "")

        with pytest.raises(ValidationException):
            nameless.save(qb=qb)
        assert seeded.fault("RecurringTransaction", {"Unicorn": {}})[0] == "6000"


class TestAttachments:
    def note(self, qb, **more):
        note = Attachable()
        reference = AttachableRef()
        reference.EntityRef = first(objects.Vendor, qb).to_ref()
        note.AttachableRef.append(reference)
        for name, value in more.items():
            setattr(note, name, value)
        return note

    def test_a_note_is_made_changed_found_and_deleted(self, seeded, qb):
        note = self.note(qb, Note="first")
        note.save(qb=qb)
        held = Attachable.all(max_results=1, qb=qb)[0]
        held.Note = "second"
        held.save(qb=qb)

        found = Attachable.get(note.Id, qb=qb)
        assert (found.Note, found.AttachableRef[0].EntityRef.type) == ("second", "Vendor")
        assert (
            seeded.found("Attachable", f"WHERE AttachableRef.EntityRef.value = '{first(objects.Vendor, qb).Id}'")[
                "maxResults"
            ]
            == 1
        )
        assert found.delete(qb=qb)["Attachable"]["status"] == "Deleted"
        assert seeded.query("select * from attachable") == {}

    @pytest.mark.parametrize("content", [b"hello\nworld\n", b"", bytes(range(256)) * 10])
    def test_a_file_goes_up_and_comes_back_byte_for_byte(self, seeded, qb, content, tmp_path):
        path = tmp_path / "remittance.bin"
        path.write_bytes(content)
        made = self.note(qb, FileName="remittance.bin", ContentType="application/x-835", _FilePath=str(path)).save(
            qb=qb
        )

        address = seeded.call("GET", f"download/{made.Id}").text
        back = seeded.session.get(address, timeout=5)

        assert (made.Size, made.FileName) == (len(content), "remittance.bin")
        assert (back.content, back.headers["Content-Type"]) == (content, "application/x-835")
        assert made.TempDownloadUri == address

    def test_other_clients_send_crlf_and_bytes(self, seeded):
        answer = seeded.session.post(
            f"{seeded.sim.api_base_url}/company/{seeded.realm}/upload",
            files={
                "file_content_01": ("a.txt", b"one\r\n\r\ntwo", "text/plain"),
                "file_content_02": ("b.txt", b"x", "text/plain"),
                "file_metadata_02": (None, '{"FileName": "named.txt", "Note": "n"}', "application/json"),
            },
            headers={"Authorization": f"Bearer {seeded.refresh().json()['access_token']}"},
            timeout=5,
        ).json()

        first_file, second_file = (one["Attachable"] for one in answer["AttachableResponse"])
        assert (first_file["FileName"], first_file["Size"]) == ("a.txt", 10)
        assert (second_file["FileName"], second_file["Note"]) == ("named.txt", "n")

    def test_what_hangs_on_nothing_and_what_is_no_upload_is_refused(self, seeded):
        body = {"Note": "n", "AttachableRef": [{"EntityRef": {"type": "Invoice", "value": "999"}}]}

        assert seeded.fault("Attachable", body)[0] == "2500"
        assert seeded.fault("Attachable", {})[0] == "2020"
        assert seeded.call("POST", "upload", body=b"{}").json()["Fault"]["Error"][0]["code"] == "2010"
        assert seeded.call("GET", "download/5").json()["Fault"]["Error"][0]["code"] == "610"


class TestHowTheLibraryHearsRefusals:
    def test_each_refusal_arrives_as_the_class_its_number_calls_for(self, qb):
        with pytest.raises(ObjectNotFoundException):
            objects.Invoice.get(99999, qb=qb)
        with pytest.raises(ValidationException) as missing:
            objects.Invoice().save(qb=qb)
        stale = first(objects.Customer, qb)
        stale.SyncToken = "7"
        with pytest.raises(QuickbooksException) as old:
            stale.save(qb=qb)

        assert (missing.value.error_code, old.value.error_code) == (2020, 5010)

    def test_a_revoked_session_is_an_authorization_exception(self, seeded, qb):
        seeded.sim.state.keys.access.clear()

        with pytest.raises(AuthorizationException):
            first(objects.Customer, qb)
