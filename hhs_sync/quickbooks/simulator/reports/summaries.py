"""Shorter reports: sales by customer, item, class and location; expenses by vendor; stock; cash; the chart itself."""

from collections import defaultdict
from collections.abc import Callable

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.reports.basis import Counted
from hhs_sync.quickbooks.simulator.reports.detail import DATE, MEMO, NAME, NUMBER, TYPE, documents, natural
from hhs_sync.quickbooks.simulator.reports.report import (
    Asked,
    cells,
    columns,
    grand_total,
    header,
    lines,
    money_columns,
    report,
    row,
    section,
    sorted_accounts,
    words,
)
from hhs_sync.quickbooks.simulator.wire import Fields, amount, cents, decimal

INCOME_TYPES = (chart.INCOME, chart.OTHER_INCOME)
COST_TYPES = (chart.COST_OF_GOODS_SOLD, chart.EXPENSE, chart.OTHER_EXPENSE)
OPERATING = (
    chart.RECEIVABLE,
    chart.OTHER_CURRENT_ASSET,
    chart.PAYABLE,
    chart.CREDIT_CARD,
    chart.OTHER_CURRENT_LIABILITY,
)
INVESTING = ("Fixed Asset", "Other Asset")
FINANCING = ("Long Term Liability", chart.EQUITY)


def _of_period(company: Company, asked: Asked, types: tuple[str, ...]) -> list[Counted]:
    found = lines(company, asked)
    kinds = {object_id: account["AccountType"] for object_id, account in company.tables["Account"].items()}
    return [
        one for one in found if (asked.start is None or one.day >= asked.start) and kinds[one.line.account] in types
    ]


def _by(
    company: Company, asked: Asked, name: str, kind: str, key: Callable[[Counted], str | None], types: tuple[str, ...]
) -> Fields:
    """One row for each customer (vendor, class, ...) with the sum of its lines."""
    sign = -1 if types == INCOME_TYPES else 1
    sums: defaultdict[str | None, int] = defaultdict(int)
    for one in _of_period(company, asked, types):
        sums[key(one)] += sign * one.line.cents
    named = [(_title(company, kind, object_id), object_id, whole) for object_id, whole in sums.items() if whole]
    named.sort(key=lambda one: one[0].casefold())
    found = [row(cells(title, (whole,), object_id)) for title, object_id, whole in named]
    total = [grand_total([sum(sums.values())])] if found else []
    return report(header(name, asked, empty=not found), money_columns(kind, "Total"), [*found, *total])


def _title(company: Company, kind: str, object_id: str | None) -> str:
    if object_id is None:
        return "Not Specified"
    held = company.tables[kind][object_id]
    return str(held.get("FullyQualifiedName") or held.get("DisplayName") or held["Name"])


def customer_sales(company: Company, asked: Asked) -> Fields:
    """Income by customer."""
    return _by(company, asked, "CustomerSales", "Customer", lambda one: one.line.customer, INCOME_TYPES)


def class_sales(company: Company, asked: Asked) -> Fields:
    """Income by class."""
    return _by(company, asked, "ClassSales", "Class", lambda one: one.line.class_id, INCOME_TYPES)


def department_sales(company: Company, asked: Asked) -> Fields:
    """Income by location."""
    return _by(company, asked, "DepartmentSales", "Department", lambda one: one.line.department, INCOME_TYPES)


def vendor_expenses(company: Company, asked: Asked) -> Fields:
    """Expenses by vendor."""
    return _by(company, asked, "VendorExpenses", "Vendor", lambda one: one.line.vendor, COST_TYPES)


def customer_income(company: Company, asked: Asked) -> Fields:
    """Income less expenses by customer."""
    earned: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place, types in enumerate((INCOME_TYPES, COST_TYPES)):
        for one in _of_period(company, asked, types):
            if one.line.customer is not None:
                earned[one.line.customer][place] += one.line.cents if place else -one.line.cents
    found = [
        row(cells(_title(company, "Customer", customer), (income, cost, income - cost), customer))
        for customer, (income, cost) in sorted(
            earned.items(), key=lambda one: _title(company, "Customer", one[0]).casefold()
        )
        if income or cost
    ]
    sums = [sum(pair[0] for pair in earned.values()), sum(pair[1] for pair in earned.values())]
    total = [grand_total([*sums, sums[0] - sums[1]])] if found else []
    cols = money_columns("Customer", "Total Income", "Total Expenses", "Net Income")
    return report(header("CustomerIncome", asked, empty=not found), cols, [*found, *total])


def item_sales(company: Company, asked: Asked) -> Fields:
    """What was sold, by item: the lines of sales forms in the period."""
    sold: defaultdict[str, int] = defaultdict(int)
    for kind, sign in (("Invoice", 1), ("SalesReceipt", 1), ("CreditMemo", -1), ("RefundReceipt", -1)):
        for fields in company.tables[kind].values():
            dated = fields["TxnDate"]
            if (asked.start is not None and dated < asked.start.isoformat()) or dated > asked.end.isoformat():
                continue
            for line in fields["Line"]:
                detail = line.get("SalesItemLineDetail")
                if detail:
                    sold[detail["ItemRef"]["value"]] += sign * (cents(line["Amount"], "Amount") or 0)
    found = [
        row(cells(_title(company, "Item", item), (sold[item],), item))
        for item in sorted(sold, key=lambda one: _title(company, "Item", one).casefold())
        if sold[item]
    ]
    total = [grand_total([sum(sold.values())])] if found else []
    return report(header("ItemSales", asked, empty=not found), money_columns("Item", "Amount"), [*found, *total])


def inventory_valuation(company: Company, asked: Asked) -> Fields:
    """Stock on hand at cost."""
    found = []
    worth = 0
    for object_id, item in company.tables["Item"].items():
        if item["Type"] == "Inventory":
            quantity, cost = decimal(item.get("QtyOnHand"), "QtyOnHand") or 0, cents(item["PurchaseCost"], "Cost") or 0
            value = int(quantity * cost)
            worth += value
            found.append(row(words((item["FullyQualifiedName"], object_id), str(quantity), value, str(amount(cost)))))
    if found:
        found.append(section(None, (), words("TOTAL", "", worth, ""), "GrandTotal"))
    cols = columns(
        ("", "ProductsAndService", "item"),
        ("Qty", "Quantity", "qty"),
        ("Asset Value", "Money", "value"),
        ("Calc. Avg", "Money", "average"),
    )
    return report(header("InventoryValuationSummary", asked, empty=not found, basis=False), cols, found)


def cash_flow(company: Company, asked: Asked) -> Fields:
    """Where the money at the bank came from and went to: net income, then the change of everything but the bank."""
    counted = lines(company, asked)
    kinds = {object_id: account["AccountType"] for object_id, account in company.tables["Account"].items()}
    change: defaultdict[str, int] = defaultdict(int)
    begun = 0
    for one in counted:
        if asked.start is None or one.day >= asked.start:
            change[one.line.account] -= one.line.cents
        elif kinds[one.line.account] == chart.BANK:
            begun += one.line.cents
    income = sum(whole for account, whole in change.items() if kinds[account] in (*INCOME_TYPES, *COST_TYPES))
    found = []
    total = 0
    earned = row(cells("Net Income", (income,)))
    for title, group, types, first in (
        ("OPERATING ACTIVITIES", "OperatingActivities", OPERATING, [{**earned, "group": "NetIncome"}]),
        ("INVESTING ACTIVITIES", "InvestingActivities", INVESTING, []),
        ("FINANCING ACTIVITIES", "FinancingActivities", FINANCING, []),
    ):
        inside: list[Fields] = list(first)
        whole = income if first else 0
        for account in sorted_accounts(company):
            moved = change.get(account["Id"], 0)
            if account["AccountType"] in types and moved:
                inside.append(row(cells(account["FullyQualifiedName"], (moved,), account["Id"])))
                whole += moved
        if inside:
            summary = cells(f"Net cash provided by {title.lower()}", (whole,))
            found.append(section(cells(title, (None,)), inside, summary, group))
        total += whole
    found.append(section(None, (), cells("Net cash increase for period", (total,)), "CashIncrease"))
    if begun:
        found.append(section(None, (), cells("Cash at beginning of period", (begun,)), "BeginningCash"))
    found.append(section(None, (), cells("Cash at end of period", (begun + total,)), "EndingCash"))
    return report(
        header("CashFlow", asked, empty=not change, basis=False),
        money_columns("Account", "Total"),
        found if change else [],
    )


def profit_and_loss_detail(company: Company, asked: Asked) -> Fields:
    """Each line on income and expense accounts, account by account."""
    known = documents(company)
    by_account: defaultdict[str, list[Counted]] = defaultdict(list)
    for one in _of_period(company, asked, (*INCOME_TYPES, *COST_TYPES)):
        by_account[one.line.account].append(one)
    found = []
    for account in sorted_accounts(company):
        balance = 0
        inside = []
        for one in by_account.get(account["Id"], ()):
            whole = natural(company, account["Id"], one.line.cents)
            balance += whole
            document = known[one.document]
            party = one.line.customer or one.line.vendor
            kind = "Customer" if one.line.customer else "Vendor"
            name = (_title(company, kind, party), party) if party else ""
            inside.append(
                row(
                    words(
                        one.day.isoformat(),
                        (document.type_name, document.object_id),
                        document.number,
                        name,
                        one.line.memo,
                        whole,
                        balance,
                    )
                )
            )
        if inside:
            title = account["FullyQualifiedName"]
            head = words((title, account["Id"]), *[""] * 6)
            found.append(section(head, inside, words(f"Total for {title}", *[""] * 4, balance, "")))
    cols = columns(
        DATE, TYPE, NUMBER, NAME, MEMO, ("Amount", "Money", "subt_nat_amount"), ("Balance", "Money", "rbal_nat_amount")
    )
    return report(header("ProfitAndLossDetail", asked, empty=not found), cols, found)


def account_list(company: Company, asked: Asked) -> Fields:
    """The chart of accounts with balances."""
    found = []
    for account in sorted_accounts(company):
        balance = natural(company, account["Id"], company.ledger.balances.get(account["Id"], 0))
        found.append(
            row(
                words(
                    (account["FullyQualifiedName"], account["Id"]),
                    account["AccountType"],
                    account["AccountSubType"],
                    account.get("Description", ""),
                    balance,
                )
            )
        )
    cols = columns(
        ("Account", "Account", "account_name"),
        ("Type", "String", "account_type"),
        ("Detail type", "String", "detail_acc_type"),
        ("Description", "String", "account_desc"),
        ("Balance", "Money", "account_bal"),
    )
    return report(header("AccountList", asked, empty=not found, basis=False), cols, found)
