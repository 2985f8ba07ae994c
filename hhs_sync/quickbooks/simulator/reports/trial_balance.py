"""The trial balance: each account's balance on its side, flat, closed by a total."""

from collections import defaultdict
from datetime import date

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.reports.report import (
    Asked,
    account_title,
    cells,
    columns,
    dated_postings,
    grand_total,
    header,
    rows,
    sorted_accounts,
)
from hhs_sync.quickbooks.simulator.wire import Fields

INCOME_STATEMENT = ("Revenue", "Expense")


def trial_balance(company: Company, asked: Asked) -> Fields:
    """Balances at the end of the period; income and expense count from the start of the fiscal year on.

    What income and expense accounts held before that year stands in Retained Earnings, as QuickBooks does it.
    """
    year_start = date(asked.end.year, 1, 1)
    balances: defaultdict[str, int] = defaultdict(int)
    retained = 0
    classes = {object_id: account["Classification"] for object_id, account in company.tables["Account"].items()}
    for when, _, line in dated_postings(company, asked):
        if classes[line.account] in INCOME_STATEMENT and when < year_start:
            retained += line.cents
        else:
            balances[line.account] += line.cents
    if retained:
        balances[company.standing_account(chart.RETAINED_EARNINGS, asked.write.moment)] += retained
    found: list[Fields] = []
    debits = credits_ = 0
    for account in sorted_accounts(company):
        balance = balances.get(account["Id"], 0)
        if not balance:
            continue
        debit, credit = (balance, None) if balance > 0 else (None, -balance)
        debits += debit or 0
        credits_ += credit or 0
        found.append({"ColData": cells(account_title(company, account), (debit, credit), account["Id"])})
    total = [grand_total((debits, credits_))] if found else []
    return {
        "Header": header("TrialBalance", asked, empty=not found),
        "Columns": columns(("", "Account"), ("Debit", "Money"), ("Credit", "Money")),
        "Rows": rows(*found, *total),
    }
