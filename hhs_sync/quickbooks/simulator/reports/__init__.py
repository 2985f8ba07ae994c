"""The reports of a company, in the shapes QuickBooks answers."""

from collections.abc import Callable

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Write
from hhs_sync.quickbooks.simulator.refusal import Refused
from hhs_sync.quickbooks.simulator.reports.receivables import aged_receivables, customer_balance
from hhs_sync.quickbooks.simulator.reports.report import Asked, asked_for
from hhs_sync.quickbooks.simulator.reports.trial_balance import trial_balance
from hhs_sync.quickbooks.simulator.wire import Fields

REPORTS: dict[str, Callable[[Company, Asked], Fields]] = {
    "trialbalance": trial_balance,
    "agedreceivables": aged_receivables,
    "customerbalance": customer_balance,
}


def run(company: Company, name: str, query: dict[str, str], write: Write) -> Fields:
    """One report by its name."""
    report = REPORTS.get(name.casefold())
    if report is None:
        raise Refused("2500", "Invalid Reference Id", f"Report {name} does not exist.", element="ReportName")
    return report(company, asked_for(company, query, write))
