"""The reports of a company, in the shapes QuickBooks answers."""

from collections.abc import Callable

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Write
from hhs_sync.quickbooks.simulator.refusal import Refused
from hhs_sync.quickbooks.simulator.reports import balances, detail, statements, summaries
from hhs_sync.quickbooks.simulator.reports.report import Asked, asked_for
from hhs_sync.quickbooks.simulator.reports.trial_balance import trial_balance
from hhs_sync.quickbooks.simulator.wire import Fields

REPORTS: dict[str, Callable[[Company, Asked], Fields]] = {
    "AccountList": summaries.account_list,
    "AgedPayableDetail": balances.aged_payable_detail,
    "AgedPayables": balances.aged_payables,
    "AgedReceivableDetail": balances.aged_receivable_detail,
    "AgedReceivables": balances.aged_receivables,
    "BalanceSheet": statements.balance_sheet,
    "CashFlow": summaries.cash_flow,
    "ClassSales": summaries.class_sales,
    "CustomerBalance": balances.customer_balance,
    "CustomerBalanceDetail": balances.customer_balance_detail,
    "CustomerIncome": summaries.customer_income,
    "CustomerSales": summaries.customer_sales,
    "DepartmentSales": summaries.department_sales,
    "GeneralLedger": detail.general_ledger,
    "InventoryValuationSummary": summaries.inventory_valuation,
    "ItemSales": summaries.item_sales,
    "ProfitAndLoss": statements.profit_and_loss,
    "ProfitAndLossDetail": summaries.profit_and_loss_detail,
    "TransactionList": detail.transaction_list,
    "TrialBalance": trial_balance,
    "VendorBalance": balances.vendor_balance,
    "VendorBalanceDetail": balances.vendor_balance_detail,
    "VendorExpenses": summaries.vendor_expenses,
}

_BY_FOLDED_NAME = {name.casefold(): report for name, report in REPORTS.items()}


def run(company: Company, name: str, query: dict[str, str], write: Write) -> Fields:
    """One report by its name."""
    report = _BY_FOLDED_NAME.get(name.casefold())
    if report is None:
        raise Refused("2500", "Invalid Reference Id", f"Report {name} does not exist.", element="ReportName")
    return report(company, asked_for(company, query, write))
