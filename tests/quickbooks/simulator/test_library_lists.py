"""python-quickbooks 0.9.12 against the seeded company: what the seed holds, and the lists.

What a client of Intuit's sandbox takes for granted: which ids are there, which shapes come back.
"""

import pytest
from quickbooks import objects
from quickbooks.exceptions import (
    QuickbooksException,
)
from quickbooks.objects.attachable import Attachable
from quickbooks.objects.base import Address
from quickbooks.objects.companycurrency import CompanyCurrency
from quickbooks.objects.creditcardpayment_entity import CreditCardPayment
from quickbooks.objects.customertype import CustomerType
from quickbooks.objects.exchangerate import ExchangeRate
from quickbooks.objects.preferences import Preferences
from quickbooks.objects.recurringtransaction import (
    RecurringTransaction,
)
from quickbooks.objects.taxservice import TaxRateDetails, TaxService
from quickbooks.objects.trackingclass import Class

from tests.quickbooks.simulator.library import account, first


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

    def test_every_kind_has_members_but_attachments(self, qb):
        members = (CustomerType, CompanyCurrency, ExchangeRate, CreditCardPayment, RecurringTransaction, Class)
        assert Attachable.all(qb=qb) == []
        for kind in members:
            assert kind.all(qb=qb), kind
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
            "Budget",
            "JournalEntry",
            "PurchaseOrder",
            "RefundReceipt",
            "SalesReceipt",
            "VendorCredit",
        ]:
            assert getattr(objects, name).all(qb=qb), name

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
        assert account(84, qb).CurrentBalance > 0
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
