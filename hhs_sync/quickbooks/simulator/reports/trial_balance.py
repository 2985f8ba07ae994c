"""The trial balance: each account's balance on its side, flat, closed by a total."""

from collections import defaultdict
from datetime import date

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.reports.report import (
    Asked,
    cells,
    columns,
    grand_total,
    header,
    lines,
    report,
    sorted_accounts,
)
from hhs_sync.quickbooks.simulator.wire import Fields

INCOME_STATEMENT = ("Revenue", "Expense")


def balances_at(company: Company, asked: Asked) -> dict[str, int]:
    """Cents by account at the end of the period, debits positive.

    Income and expense accounts count from the start of the fiscal year on; what they held before stands in Retained
    Earnings. That is how the recorded trial balance reads: it leaves out the autumn before.
    """
    found = lines(company, asked)
    year_start = date(asked.end.year, 1, 1)
    balances: defaultdict[str, int] = defaultdict(int)
    retained = 0
    classes = {object_id: account["Classification"] for object_id, account in company.tables["Account"].items()}
    for one in found:
        if classes[one.line.account] in INCOME_STATEMENT and one.day < year_start:
            retained += one.line.cents
        else:
            balances[one.line.account] += one.line.cents
    if retained:
        balances[company.standing_account(chart.RETAINED_EARNINGS, asked.write.moment)] += retained
    return balances


def trial_balance(company: Company, asked: Asked) -> Fields:
    """One row an account that has a balance."""
    balances = balances_at(company, asked)
    found: list[Fields] = []
    debits = credits_ = 0
    for account in sorted_accounts(company):
        balance = balances.get(account["Id"], 0)
        if not balance:
            continue
        debit, credit = (balance, None) if balance > 0 else (None, -balance)
        debits += debit or 0
        credits_ += credit or 0
        found.append({"ColData": cells(account["FullyQualifiedName"], (debit, credit), account["Id"])})
    total = [grand_total((debits, credits_))] if found else []
    return report(
        header("TrialBalance", asked, empty=not found),
        columns(("", "Account", "account"), ("Debit", "Money", "debit"), ("Credit", "Money", "credit")),
        [*found, *total],
    )
