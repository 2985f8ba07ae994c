"""Profit and loss, and the balance sheet: sections of accounts that nest and end in sums."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.reports.report import (
    Asked,
    cells,
    header,
    lines,
    money_columns,
    report,
    row,
    section,
    tree,
)
from hhs_sync.quickbooks.simulator.reports.trial_balance import INCOME_STATEMENT
from hhs_sync.quickbooks.simulator.wire import Fields

Section = tuple[str, str, tuple[str, ...]]
"""Title, group, and the account types that stand in it."""

INCOME: Section = ("Income", "Income", (chart.INCOME,))
COST: Section = ("Cost of Goods Sold", "COGS", (chart.COST_OF_GOODS_SOLD,))
EXPENSES: Section = ("Expenses", "Expenses", (chart.EXPENSE,))
OTHER_INCOME: Section = ("Other Income", "OtherIncome", (chart.OTHER_INCOME,))
OTHER_EXPENSES: Section = ("Other Expenses", "OtherExpenses", (chart.OTHER_EXPENSE,))

CURRENT_ASSETS: tuple[Section, ...] = (
    ("Bank Accounts", "BankAccounts", (chart.BANK,)),
    ("Accounts Receivable", "AR", (chart.RECEIVABLE,)),
    ("Other Current Assets", "OtherCurrentAssets", (chart.OTHER_CURRENT_ASSET,)),
)
LONG_ASSETS: tuple[Section, ...] = (
    ("Fixed Assets", "FixedAssets", ("Fixed Asset",)),
    ("Other Assets", "OtherAssets", ("Other Asset",)),
)
CURRENT_LIABILITIES: tuple[Section, ...] = (
    ("Accounts Payable", "AP", (chart.PAYABLE,)),
    ("Credit Cards", "CreditCards", (chart.CREDIT_CARD,)),
    ("Other Current Liabilities", "OtherCurrentLiabilities", (chart.OTHER_CURRENT_LIABILITY,)),
)
LONG_LIABILITIES: tuple[Section, ...] = (("Long-Term Liabilities", "LongTermLiabilities", ("Long Term Liability",)),)

OPTIONS = (("AccountingStandard", "GAAP"),)


def profit_and_loss(company: Company, asked: Asked) -> Fields:
    """Income less cost less expenses, over the period."""
    figures: defaultdict[str, int] = defaultdict(int)
    for one in lines(company, asked):
        if asked.start is None or one.day >= asked.start:
            figures[one.line.account] += one.line.cents
    pages = _Pages(company, figures)
    income, cost = pages.add(INCOME, sign=-1), pages.add(COST)
    pages.sum("Gross Profit", "GrossProfit", income - cost)
    expenses = pages.add(EXPENSES)
    pages.sum("Net Operating Income", "NetOperatingIncome", income - cost - expenses)
    other = pages.add(OTHER_INCOME, sign=-1)
    other_expenses = pages.add(OTHER_EXPENSES)
    if other or other_expenses:
        pages.sum("Net Other Income", "NetOtherIncome", other - other_expenses)
    net = income - cost - expenses + other - other_expenses
    pages.sum("Net Income", "NetIncome", net)
    empty = not any(figures[account["Id"]] for account in pages.of_types(INCOME_STATEMENT))
    head = header("ProfitAndLoss", asked, empty=empty, summarized=True, options=OPTIONS)
    return report(head, money_columns("Account", "Total"), pages.rows)


def balance_sheet(company: Company, asked: Asked) -> Fields:
    """Assets, and what they stand against, at the end of the period."""
    found = lines(company, asked)
    figures: defaultdict[str, int] = defaultdict(int)
    year_start = date(asked.end.year, 1, 1)
    classes = {object_id: account["Classification"] for object_id, account in company.tables["Account"].items()}
    net_income = 0
    for one in found:
        if classes[one.line.account] not in INCOME_STATEMENT:
            figures[one.line.account] += one.line.cents
        elif one.day >= year_start:
            net_income -= one.line.cents
        else:
            retained = company.standing_account(chart.RETAINED_EARNINGS, asked.write.moment)
            figures[retained] += one.line.cents
    assets, total_assets = _assets(company, figures)
    against, total_against = _against(company, figures, net_income)
    assert total_assets == total_against, "The balance sheet does not balance."
    empty = not any(figures.values()) and not net_income
    head = header("BalanceSheet", asked, empty=empty, summarized=True, options=OPTIONS)
    return report(head, money_columns("Account", "Total"), [] if empty else [assets, against])


class _Pages:
    """Rows as they are added to a statement."""

    def __init__(self, company: Company, figures: dict[str, int]) -> None:
        self.company = company
        self.figures = figures
        self.rows: list[Fields] = []

    def of_types(self, classes: Sequence[str]) -> list[Fields]:
        """The accounts of some classifications."""
        return [one for one in self.company.tables["Account"].values() if one["Classification"] in classes]

    def add(self, wanted: Section, *, sign: int = 1, extra: Sequence[Fields] = (), more: int = 0) -> int:
        """Add a section of accounts if it holds anything; returns its sum in cents."""
        title, group, types = wanted
        roots = [
            object_id
            for object_id, account in self.company.tables["Account"].items()
            if account["AccountType"] in types and "ParentRef" not in account
        ]
        inside, sums = tree(self.company, "Account", roots, lambda one: [sign * self.figures.get(one, 0)])
        total = (sums[0] if sums else 0) + more
        if inside or extra:
            head = cells(title, (None,))
            self.rows.append(section(head, [*inside, *extra], cells(f"Total {title}", (total,)), group))
        return total

    def sum(self, title: str, group: str, cents: int) -> None:
        """Add a line that only sums up."""
        self.rows.append(section(None, (), cells(title, (cents,)), group))


def _assets(company: Company, figures: dict[str, int]) -> tuple[Fields, int]:
    current, total_current = _group(company, figures, CURRENT_ASSETS, sign=1)
    parts = []
    if current:
        title = "Current Assets"
        parts.append(
            section(cells(title, (None,)), current, cells(f"Total {title}", (total_current,)), "CurrentAssets")
        )
    long, total_long = _group(company, figures, LONG_ASSETS, sign=1)
    total = total_current + total_long
    whole = section(cells("ASSETS", (None,)), [*parts, *long], cells("TOTAL ASSETS", (total,)), "TotalAssets")
    return whole, total


def _against(company: Company, figures: dict[str, int], net_income: int) -> tuple[Fields, int]:
    parts = []
    current, total_current = _group(company, figures, CURRENT_LIABILITIES, sign=-1)
    long, total_long = _group(company, figures, LONG_LIABILITIES, sign=-1)
    inside = list(long)
    if current:
        title = "Current Liabilities"
        inside.insert(
            0, section(cells(title, (None,)), current, cells(f"Total {title}", (total_current,)), "CurrentLiabilities")
        )
    owed = total_current + total_long
    if inside:
        parts.append(section(cells("Liabilities", (None,)), inside, cells("Total Liabilities", (owed,)), "Liabilities"))
    pages = _Pages(company, figures)
    earned = {**row(cells("Net Income", (net_income,))), "group": "NetIncome"}
    equity = pages.add(("Equity", "Equity", (chart.EQUITY,)), sign=-1, extra=[earned], more=net_income)
    total = owed + equity
    title = "LIABILITIES AND EQUITY"
    whole = section(
        cells(title, (None,)), [*parts, *pages.rows], cells(f"TOTAL {title}", (total,)), "TotalLiabilitiesAndEquity"
    )
    return whole, total


def _group(
    company: Company, figures: dict[str, int], sections: Sequence[Section], *, sign: int
) -> tuple[list[Fields], int]:
    pages = _Pages(company, figures)
    total = sum(pages.add(one, sign=sign) for one in sections)
    return pages.rows, total
