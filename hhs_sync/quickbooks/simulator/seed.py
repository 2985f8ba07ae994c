"""A company like the one Intuit gives to developers: clients written against that sandbox find what they expect.

The ids that such clients rely on are the sandbox's own: accounts 35 Checking, 36 Savings, 84 Accounts Receivable and so
on, item 10 Pest Control, tax agency 1. All else is invented. Everything is made through the same door as any change,
dated from 2010 on, so that the books behind it are real.
"""

from datetime import UTC, datetime, timedelta

from hhs_sync.quickbooks.simulator import changes, chart, taxes
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Write
from hhs_sync.quickbooks.simulator.kinds import KINDS
from hhs_sync.quickbooks.simulator.placing import place, place_service
from hhs_sync.quickbooks.simulator.wire import Fields, amount, cents

FOUNDED = datetime(2010, 1, 4, 17, 0, tzinfo=UTC)
STEP = timedelta(days=190)
"""Between one document of a kind and the next: thirty of them reach from 2010 into 2025."""

MANY = 30

ACCOUNTS = (
    ("1", "Supplies and Services", chart.EXPENSE, "OtherMiscellaneousServiceCost"),
    ("2", "Retained Earnings", chart.EQUITY, chart.RETAINED_EARNINGS),
    ("4", "Undeposited Funds", chart.OTHER_CURRENT_ASSET, chart.UNDEPOSITED_FUNDS),
    ("5", "Sales", chart.INCOME, "OtherPrimaryIncome"),
    ("7", "Advertising", chart.EXPENSE, "AdvertisingPromotional"),
    ("8", "Bank Charges", chart.EXPENSE, "BankCharges"),
    ("11", "Insurance", chart.EXPENSE, "Insurance"),
    ("12", "Legal & Professional Fees", chart.EXPENSE, "LegalProfessionalFees"),
    ("13", "Meals and Entertainment", chart.EXPENSE, "EntertainmentMeals"),
    ("14", "Miscellaneous", chart.OTHER_EXPENSE, "OtherMiscellaneousExpense"),
    ("15", "Office Expenses", chart.EXPENSE, "OfficeGeneralAdministrativeExpenses"),
    ("17", "Rent or Lease", chart.EXPENSE, "RentOrLeaseOfBuildings"),
    ("22", "Travel", chart.EXPENSE, "Travel"),
    ("24", "Utilities", chart.EXPENSE, "Utilities"),
    ("25", "Interest Earned", chart.OTHER_INCOME, "InterestEarned"),
    ("33", "Accounts Payable (A/P)", chart.PAYABLE, "AccountsPayable"),
    ("34", "Opening Balance Equity", chart.EQUITY, chart.OPENING_BALANCE_EQUITY),
    ("35", "Checking", chart.BANK, "Checking"),
    ("36", "Savings", chart.BANK, "Savings"),
    ("37", "Truck", "Fixed Asset", "Vehicles"),
    ("42", "Visa", chart.CREDIT_CARD, "CreditCard"),
    ("44", "Notes Payable", "Long Term Liability", "OtherLongTermLiabilities"),
    ("54", "Pest Control Services", chart.INCOME, "ServiceFeeIncome"),
    ("79", "Sales of Product Income", chart.INCOME, "SalesOfProductIncome"),
    ("80", "Cost of Goods Sold", chart.COST_OF_GOODS_SOLD, "SuppliesMaterialsCogs"),
    ("81", "Inventory Asset", chart.OTHER_CURRENT_ASSET, "Inventory"),
    ("82", "Design income", chart.INCOME, "OtherPrimaryIncome"),
    ("84", "Accounts Receivable (A/R)", chart.RECEIVABLE, "AccountsReceivable"),
    ("86", "Discounts given", chart.INCOME, chart.DISCOUNTS_GIVEN),
    ("89", "Sales Tax Payable", chart.OTHER_CURRENT_LIABILITY, chart.SALES_TAX_PAYABLE),
)

SERVICES = (
    ("1", "Services", "5", 0),
    ("2", "Hours", "5", 5000),
    ("4", "Design", "82", 7500),
    ("6", "Gardening", "54", 3000),
    ("10", "Pest Control", "54", 3500),
)

CUSTOMERS = (
    "Ann's Bird Haven",
    "Bay Kayak Rental",
    "Cedar Street Motors",
    "Drake's Sporting Goods",
    "East End Bakery",
    "Fern Hill Nursery",
    "Granite Coffee",
    "Harbor Books",
    "Island Ferry Supply",
    "Juniper Yoga",
    "Kestrel Bicycles",
    "Lantern Theater",
    "Maple Ridge Farm",
    "Northwind Sails",
    "Old Mill Pottery",
    "Pine Point Campground",
    "Quarry Climbing Gym",
    "Rosehip Florist",
    "Saltmarsh Design",
    "Tamarack Furniture",
    "Umber Paint",
    "Village Hardware",
    "Wharf Street Cafe",
    "Xylem Tree Care",
    "Yarrow Herbs",
    "Zephyr Balloons",
    "Alder Print Shop",
    "Birch Lane School",
    "Clover Dairy",
    "Driftwood Framing",
)
VENDORS = ("Norton Lumber and Building Materials", "Corner Office Supply", "Penobscot Power", "Summit Insurance")
EMPLOYEES = (("Emily", "Plant"), ("John", "Johnson"))


def fill(company: Company) -> None:
    """Fill a company whose preferences, terms, payment methods and tax codes are there already."""
    _accounts(company)
    _items(company)
    _people(company)
    _small_lists(company)
    _sales(company)
    _purchases(company)
    _single_documents(company)
    _rarer_documents(company)
    company.events.clear()
    company.unsaved_requests.clear()


def _accounts(company: Company) -> None:
    for object_id, name, type_name, subtype in ACCOUNTS:
        company.open_account(chart.StandingAccount(name, type_name, subtype), FOUNDED, object_id)
    company.last_ids["Account"] = 90
    opening = {"DepositToAccountRef": {"value": "35"}, "TxnDate": "2010-01-04", "PrivateNote": "Opening Balance"}
    line = {"Amount": 50_000, "DepositLineDetail": {"AccountRef": {"value": "34"}}}
    changes.create(company, KINDS["Deposit"], {**opening, "Line": [line]}, Write(FOUNDED))


def _items(company: Company) -> None:
    for object_id, name, account, price in SERVICES:
        place_service(company, object_id, name, account, FOUNDED, price)
    company.last_ids["Item"] = 10
    pump = {
        "Name": "Pump",
        "Type": "Inventory",
        "QtyOnHand": 25,
        "InvStartDate": "2010-01-04",
        "UnitPrice": 15,
        "PurchaseCost": 10,
        "IncomeAccountRef": {"value": "79"},
        "ExpenseAccountRef": {"value": "80"},
        "AssetAccountRef": {"value": "81"},
    }
    changes.create(company, KINDS["Item"], pump, Write(FOUNDED))


def _people(company: Company) -> None:
    for place_in_list, name in enumerate(CUSTOMERS):
        person = {
            "DisplayName": name,
            "CompanyName": name,
            "PrimaryEmailAddr": {"Address": f"c{place_in_list}@example.com"},
        }
        changes.create(company, KINDS["Customer"], {**person, "BillAddr": _address(place_in_list)}, _at(place_in_list))
    for place_in_list, name in enumerate(VENDORS):
        changes.create(company, KINDS["Vendor"], {"DisplayName": name, "CompanyName": name}, _at(place_in_list))
    for place_in_list, (given, family) in enumerate(EMPLOYEES):
        employee = {"GivenName": given, "FamilyName": family, "PrimaryAddr": _address(place_in_list)}
        changes.create(company, KINDS["Employee"], employee, _at(place_in_list))


def _small_lists(company: Company) -> None:
    changes.create(company, KINDS["TaxAgency"], {"DisplayName": "Maine Revenue Services"}, _at(0))
    for name, rate in (("Maine", "5.5"), ("Lodging", "9")):
        detail = {"TaxRateName": name, "RateValue": rate, "TaxAgencyId": "1"}
        taxes.make_tax_code(company, {"TaxCode": name, "TaxRateDetails": [detail]}, _at(0))
    for kind, title in (("Class", "Landscaping"), ("Class", "Retail"), ("Department", "Main Office")):
        changes.create(company, KINDS[kind], {"Name": title}, _at(1))
    place(company, "CompanyCurrency", "1", {"Code": "CAD", "Name": "Canadian Dollar", "Active": True}, FOUNDED)
    euro = {"SourceCurrencyCode": "EUR", "Rate": "1.0815", "AsOfDate": "2010-01-04"}
    changes.create(company, KINDS["ExchangeRate"], euro, _at(0))


def _sales(company: Company) -> None:
    """Thirty invoices, each third half paid; as many estimates, credit memos and payments, customer after customer."""
    for turn in range(MANY):
        when = _at(turn)
        customer = {"CustomerRef": {"value": str(turn + 1)}, "TxnDate": when.today.isoformat()}
        changes.create(company, KINDS["Estimate"], {**customer, "Line": [_line(turn + 1)]}, when)
        invoice = changes.create(company, KINDS["Invoice"], {**customer, "Line": [_line(turn), _line(turn + 2)]}, when)
        credit = changes.create(company, KINDS["CreditMemo"], {**customer, "Line": [_line(turn % 2)]}, when)
        whole, used = cents(invoice["TotalAmt"], "TotalAmt") or 0, cents(credit["TotalAmt"], "TotalAmt") or 0
        settled = whole if turn % 3 else whole // 2
        links = [_link("Invoice", invoice, settled)]
        if turn % 4 and used <= settled:
            links.append(_link("CreditMemo", credit, used))
        else:
            used = 0
        money = settled - used
        paid = {**customer, "TotalAmt": amount(money), "PaymentMethodRef": {"value": "2"}, "Line": links}
        changes.create(company, KINDS["Payment"], paid, when)


def _purchases(company: Company) -> None:
    """Thirty bills, two of three paid from the bank, and some expenses."""
    vendor = company.names["Name", VENDORS[0].casefold()][1]
    for turn in range(MANY):
        when = _at(turn)
        owed = {"VendorRef": {"value": vendor}, "TxnDate": when.today.isoformat()}
        account = ("17", "24", "11")[turn % 3]
        whole = 10_000 + turn * 725
        bill = changes.create(company, KINDS["Bill"], {**owed, "Line": [_spent(account, whole)]}, when)
        if turn % 3:
            paid = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "35"}}}
            body = {**owed, **paid, "TotalAmt": amount(whole), "Line": [_link("Bill", bill, whole)]}
            changes.create(company, KINDS["BillPayment"], body, when)
        if turn % 5 == 0:
            card = {"PaymentType": "CreditCard", "AccountRef": {"value": "42"}, "TxnDate": when.today.isoformat()}
            changes.create(company, KINDS["Purchase"], {**card, "Line": [_spent("22", 4_250)]}, when)


def _single_documents(company: Company) -> None:
    when = _at(MANY - 1)
    dated = {"TxnDate": when.today.isoformat()}
    moved = {"FromAccountRef": {"value": "35"}, "ToAccountRef": {"value": "36"}, "Amount": 800, **dated}
    changes.create(company, KINDS["Transfer"], moved, when)
    paid = {"BankAccountRef": {"value": "35"}, "CreditCardAccountRef": {"value": "42"}, "Amount": 100, **dated}
    changes.create(company, KINDS["CreditCardPayment"], paid, when)
    employee = next(iter(company.tables["Employee"]))
    worked = {"NameOf": "Employee", "EmployeeRef": {"value": employee}, "Hours": 3, "Minutes": 30, **dated}
    changes.create(company, KINDS["TimeActivity"], {**worked, "Description": "Site visit"}, when)
    vendor = company.names["Name", VENDORS[2].casefold()][1]
    schedule = {"StartDate": dated["TxnDate"], "IntervalType": "Monthly", "DayOfMonth": 1, "NumInterval": 1}
    template = {
        "VendorRef": {"value": vendor},
        "Line": [_spent("24", 12_500)],
        "RecurringInfo": {"Name": "Power bill", "RecurType": "Automated", "Active": True, "ScheduleInfo": schedule},
    }
    changes.create(company, KINDS["RecurringTransaction"], {"Bill": template}, when)


def _rarer_documents(company: Company) -> None:
    """One of each kind that a company has few of, and a deposit that takes the last payments to the bank."""
    when = _at(MANY - 1)
    dated = {"TxnDate": when.today.isoformat()}
    sold = {"CustomerRef": {"value": "1"}, **dated, "Line": [_line(3)]}
    changes.create(company, KINDS["SalesReceipt"], sold, when)
    changes.create(company, KINDS["RefundReceipt"], {**sold, "DepositToAccountRef": {"value": "35"}}, when)
    bought = {"VendorRef": {"value": company.names["Name", VENDORS[1].casefold()][1]}, **dated}
    changes.create(company, KINDS["VendorCredit"], {**bought, "Line": [_spent("11", 1_500)]}, when)
    detail = {"ItemRef": {"value": "11"}, "Qty": 4, "UnitPrice": 10}
    ordered = {"Amount": 40, "DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": detail}
    changes.create(company, KINDS["PurchaseOrder"], {**bought, "Line": [ordered]}, when)
    sides = [("Debit", "8"), ("Credit", "35")]
    moved = [{"PostingType": side, "AccountRef": {"value": account}} for side, account in sides]
    lines = [{"Amount": 12, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": one} for one in moved]
    changes.create(company, KINDS["JournalEntry"], {**dated, "Line": lines}, when)
    waiting = list(company.tables["Payment"].values())[-3:]
    taken = [
        {"Amount": one["TotalAmt"], "LinkedTxn": [{"TxnId": one["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
        for one in waiting
    ]
    changes.create(company, KINDS["Deposit"], {"DepositToAccountRef": {"value": "35"}, **dated, "Line": taken}, when)
    place(company, "CustomerType", "1", {"Name": "Retail", "Active": True}, FOUNDED)
    planned = {"AccountRef": {"value": "7"}, "BudgetDate": "2025-01-01", "Amount": 500}
    budget = {"Name": "2025", "StartDate": "2025-01-01", "EndDate": "2025-12-31", "BudgetDetail": [planned]}
    kind = {"BudgetType": "ProfitAndLoss", "BudgetEntryType": "Monthly", "Active": True}
    place(company, "Budget", "1", {**budget, **kind}, FOUNDED)


def _at(turn: int) -> Write:
    return Write(FOUNDED + STEP * turn)


def _line(turn: int) -> Fields:
    object_id, name, _, price = SERVICES[turn % len(SERVICES)]
    quantity = turn % 4 + 1
    whole = (price or 4_000) * quantity
    detail: Fields = {"ItemRef": {"value": object_id}, "TaxCodeRef": {"value": "NON"}}
    if price:
        detail |= {"Qty": quantity, "UnitPrice": amount(price)}
    return {
        "Amount": amount(whole),
        "Description": name,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }


def _link(kind: str, held: Fields, whole: int) -> Fields:
    return {"Amount": amount(whole), "LinkedTxn": [{"TxnId": held["Id"], "TxnType": kind}]}


def _spent(account: str, whole: int) -> Fields:
    detail = {"AccountRef": {"value": account}}
    return {
        "Amount": amount(whole),
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": detail,
    }


def _address(turn: int) -> Fields:
    return {
        "Line1": f"{turn + 1} Example Street",
        "City": "Portland",
        "CountrySubDivisionCode": "ME",
        "PostalCode": "04101",
    }
