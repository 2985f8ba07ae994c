"""The first page: a company as a bookkeeper would look at it, and what came in over the wire."""

from typing import Any

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.calls import Call, Reply
from hhs_sync.quickbooks.simulator.clock import stamp
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.pages import HTML, render
from hhs_sync.quickbooks.simulator.reports.basis import total_of
from hhs_sync.quickbooks.simulator.reports.detail import Document, documents
from hhs_sync.quickbooks.simulator.reports.report import sorted_accounts
from hhs_sync.quickbooks.simulator.simulator import Simulator
from hhs_sync.quickbooks.simulator.wire import Fields, cents

SHOWN_MAX = 200
"""How many documents, calls and faults the page lists, the newest first."""


def page(simulator: Simulator, call: Call) -> Reply:
    """The page of one company; ?realm= chooses, the first one by default."""
    realm = call.query.get("realm") or simulator.settings.realms[0]
    company = simulator.companies.get(realm)
    if company is None:
        return Reply(status=404, body=render("refused.html", why="There is no such company."), content_type=HTML)
    found = [one for one in documents(company).values() if "TxnDate" in one.fields]
    found.sort(key=lambda one: int(one.object_id), reverse=True)
    calls: dict[str, Any] = simulator.calls.summary()
    body = render(
        "overview.html",
        name=company.tables["CompanyInfo"]["1"]["CompanyName"],
        realm=realm,
        realms=list(simulator.companies),
        now=stamp(simulator.clock.now()),
        closed=company.preference("AccountingInfoPrefs", "BookCloseDate") or "not closed",
        accounts=[_account(company, one) for one in sorted_accounts(company)],
        documents=[_document(one) for one in found[:SHOWN_MAX]],
        document_count=len(found),
        owing=_owing(company),
        calls=calls,
        latest=[(stamp(one.at), one.label) for one in simulator.received[-1 : -SHOWN_MAX - 1 : -1]],
        struck=[(stamp(one.at), one.label, one.what, one.after) for one in simulator.faults.struck[::-1][:SHOWN_MAX]],
        planned=[(fault.what, fault.on, times) for fault, _, times in simulator.faults.planned],
        seeded=simulator.faults.seeded,
    )
    return Reply(body=body, content_type=HTML)


def invoice_page(simulator: Simulator, call: Call) -> Reply:
    """An invoice as the customer sees it under its link."""
    company = simulator.companies.get(call.query.get("realm", ""))
    held = company.find("Invoice", call.query.get("id")) if company is not None else None
    if company is None or held is None:
        return Reply(status=404, body=render("refused.html", why="There is no such invoice."), content_type=HTML)
    lines = [
        (line["SalesItemLineDetail"]["ItemRef"]["name"], line.get("Description", ""), _money(line["Amount"]))
        for line in held["Line"]
        if "SalesItemLineDetail" in line
    ]
    body = render(
        "invoice.html",
        company=company.tables["CompanyInfo"]["1"]["CompanyName"],
        number=held.get("DocNumber") or held["Id"],
        customer=held["CustomerRef"]["name"],
        dated=held["TxnDate"],
        due=held["DueDate"],
        lines=lines,
        total=_money(held["TotalAmt"]),
        balance=_money(held["Balance"]),
    )
    return Reply(body=body, content_type=HTML)


def _account(company: Company, account: Fields) -> tuple[str, str, str, str]:
    whole = company.ledger.balances.get(account["Id"], 0)
    side = whole if chart.TYPES[account["AccountType"]].debit else -whole
    return account.get("AcctNum", ""), account["FullyQualifiedName"], account["AccountType"], thousands(side)


def _document(one: Document) -> dict[str, str]:
    party = one.fields.get("CustomerRef") or one.fields.get("VendorRef") or {}
    balance = one.fields.get("UnappliedAmt", one.fields.get("Balance"))
    return {
        "id": one.object_id,
        "date": one.fields["TxnDate"],
        "type": one.type_name,
        "number": one.number,
        "party": party.get("name", ""),
        "total": thousands(total_of(one.fields)),
        "open": "" if balance is None else _money(balance),
        "note": one.fields.get("PrivateNote", ""),
    }


def _owing(company: Company) -> list[tuple[str, str]]:
    customers = company.tables["Customer"]
    found = [
        (customers[customer]["FullyQualifiedName"], whole)
        for customer, whole in company.ledger.receivable.items()
        if whole and customer in customers
    ]
    total = sum(whole for _, whole in found)
    rows = [(name, thousands(whole)) for name, whole in sorted(found, key=lambda one: one[0].casefold())]
    return [*rows, ("Total", thousands(total))]


def _money(value: Any) -> str:
    return thousands(cents(value, "Amount") or 0)


def thousands(whole: int) -> str:
    """An amount for people: 1,234.50, a negative one in brackets."""
    shown = f"{abs(whole) // 100:,}.{abs(whole) % 100:02d}"
    return f"({shown})" if whole < 0 else shown
