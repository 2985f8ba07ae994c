"""Who owes what: aged receivables and customer balances.

An open item is an invoice with a balance, a credit memo or payment with something left, or the receivable line of
another document. Its age runs from its due date to the report's date.
"""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.reports.report import Asked, cells, columns, grand_total, header, posting_dates, rows
from hhs_sync.quickbooks.simulator.wire import Fields

BUCKETS = ("Current", "1 - 30", "31 - 60", "61 - 90", "91 and over")


class OpenItem(NamedTuple):
    """What is left open of one document for one customer, in cents; a credit is negative."""

    customer: str
    kind: str
    document: str
    cents: int
    dated: date
    due: date


def open_items(company: Company, at: date) -> list[OpenItem]:
    """Every open item on a day. Links count from the day of the payment that makes them."""
    dates = posting_dates(company)
    kinds = {
        object_id: kind
        for kind in ("Invoice", "CreditMemo", "Payment", "JournalEntry", "Deposit", "Purchase")
        for object_id in company.tables[kind]
    }
    left: defaultdict[tuple[str, str], int] = defaultdict(int)
    for document, lines in company.ledger.postings.items():
        if document not in kinds or dates[document] > at:
            continue
        for line in lines:
            if line.receivable and line.customer:
                left[document, line.customer] += line.cents
    for payment in company.tables["Payment"]:
        if date.fromisoformat(company.tables["Payment"][payment]["TxnDate"]) <= at:
            _apply(company, payment, left)
    items = []
    for (document, customer), cents in left.items():
        if cents:
            fields = company.tables[kinds[document]][document]
            due = date.fromisoformat(fields.get("DueDate") or fields["TxnDate"])
            items.append(OpenItem(customer, kinds[document], document, cents, dates[document], due))
    return items


def _apply(company: Company, payment: str, left: defaultdict[tuple[str, str], int]) -> None:
    """Move what a payment applied from the payment to what it paid."""
    for claim in company.claims.get(payment, ()):
        keys = [key for key in left if key[0] == claim.target] if claim.target_kind == "JournalEntry" else None
        payer = company.tables["Payment"][payment]["CustomerRef"]["value"]
        if keys is None:
            owing = company.tables[claim.target_kind][claim.target]["CustomerRef"]["value"]
            key = (claim.target, owing)
        else:
            key = keys[0] if keys else (claim.target, payer)
        sign = -1 if left.get(key, 0) > 0 else 1
        left[key] += sign * claim.cents
        left[payment, payer] -= sign * claim.cents


def bucket(item: OpenItem, at: date) -> int:
    """Which of the five columns an item falls into."""
    late = (at - item.due).days
    return 0 if late <= 0 else min((late - 1) // 30 + 1, 4)


def aged_receivables(company: Company, asked: Asked) -> Fields:
    """One row a customer, one column an age."""
    by_customer: defaultdict[str, list[int]] = defaultdict(lambda: [0] * 5)
    for item in open_items(company, asked.report_date):
        by_customer[item.customer][bucket(item, asked.report_date)] += item.cents
    chosen = asked.choice("customer")
    found: list[Fields] = []
    totals = [0] * 6
    for customer in _by_name(company, by_customer, chosen):
        ages = by_customer[customer]
        if not any(ages):
            continue
        amounts = [*ages, sum(ages)]
        totals = [total + amount for total, amount in zip(totals, amounts, strict=True)]
        found.append(
            {
                "ColData": cells(
                    _name(company, customer), [amount or None for amount in amounts[:5]] + [amounts[5]], customer
                )
            }
        )
    options = [
        {"Name": "report_date", "Value": asked.report_date.isoformat()},
        {"Name": "aging_method", "Value": "Report_Date"},
    ]
    return {
        "Header": header("AgedReceivables", asked, empty=not found, basis=False, options=options),
        "Columns": columns(("", "Customer"), *((title, "Money") for title in BUCKETS), ("Total", "Money")),
        "Rows": rows(*found, *([grand_total(totals)] if found else [])),
    }


def customer_balance(company: Company, asked: Asked) -> Fields:
    """One row a customer with what it owes."""
    balances: defaultdict[str, int] = defaultdict(int)
    for item in open_items(company, asked.report_date):
        balances[item.customer] += item.cents
    found = [
        {"ColData": cells(_name(company, customer), [balances[customer]], customer)}
        for customer in _by_name(company, balances, asked.choice("customer"))
        if balances[customer]
    ]
    total = sum(balances[row["ColData"][0]["id"]] for row in found)
    return {
        "Header": header("CustomerBalance", asked, empty=not found, basis=False),
        "Columns": columns(("", "Customer"), ("Total", "Money")),
        "Rows": rows(*found, *([grand_total([total])] if found else [])),
    }


def _by_name(company: Company, customers: dict[str, int] | dict[str, list[int]], chosen: list[str]) -> list[str]:
    named = [customer for customer in customers if not chosen or customer in chosen]
    return sorted(named, key=lambda customer: _name(company, customer).casefold())


def _name(company: Company, customer: str) -> str:
    return str(company.tables["Customer"][customer]["FullyQualifiedName"])
