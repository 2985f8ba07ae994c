"""Ageing and balance reports, of customers and of vendors alike."""

from collections import defaultdict
from collections.abc import Sequence

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.reports.detail import DATE, NUMBER, TYPE, Document
from hhs_sync.quickbooks.simulator.reports.open_items import BUCKETS, PAYABLES, RECEIVABLES, OpenItem, Side, open_items
from hhs_sync.quickbooks.simulator.reports.report import (
    Asked,
    columns,
    grand_total,
    header,
    money_columns,
    report,
    row,
    section,
    tree,
    words,
)
from hhs_sync.quickbooks.simulator.wire import Fields

PAST_DUE = ("Current", *(f"{title} days past due" for title in BUCKETS[1:4]), "91 or more days past due")


def aged_receivables(company: Company, asked: Asked) -> Fields:
    """What customers owe, by age."""
    return _aged(company, asked, RECEIVABLES, "AgedReceivables")


def aged_payables(company: Company, asked: Asked) -> Fields:
    """What vendors are owed, by age."""
    return _aged(company, asked, PAYABLES, "AgedPayables")


def aged_receivable_detail(company: Company, asked: Asked) -> Fields:
    """Each open item of customers, by age, the oldest first."""
    return _aged_detail(company, asked, RECEIVABLES, "AgedReceivableDetail")


def aged_payable_detail(company: Company, asked: Asked) -> Fields:
    """Each open item of vendors, by age, the oldest first."""
    return _aged_detail(company, asked, PAYABLES, "AgedPayableDetail")


def customer_balance(company: Company, asked: Asked) -> Fields:
    """What each customer owes."""
    return _balances(company, asked, RECEIVABLES, "CustomerBalance")


def vendor_balance(company: Company, asked: Asked) -> Fields:
    """What each vendor is owed."""
    return _balances(company, asked, PAYABLES, "VendorBalance")


def customer_balance_detail(company: Company, asked: Asked) -> Fields:
    """The open items behind what each customer owes."""
    return _balance_detail(company, asked, RECEIVABLES, "CustomerBalanceDetail")


def vendor_balance_detail(company: Company, asked: Asked) -> Fields:
    """The open items behind what each vendor is owed."""
    return _balance_detail(company, asked, PAYABLES, "VendorBalanceDetail")


def _wanted(company: Company, asked: Asked, side: Side) -> list[OpenItem]:
    chosen = asked.choice(side.kind.lower())
    found = open_items(company, side, asked.report_date)
    return [item for item in found if not chosen or item.party in chosen]


def _roots(company: Company, side: Side, parties: Sequence[str]) -> set[str]:
    """The topmost members of which these are, or lie beneath."""
    roots = set()
    for party in parties:
        top = party
        while "ParentRef" in company.tables[side.kind][top]:
            top = company.tables[side.kind][top]["ParentRef"]["value"]
        roots.add(top)
    return roots


def _aged(company: Company, asked: Asked, side: Side, name: str) -> Fields:
    ages: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))
    for item in _wanted(company, asked, side):
        ages[item.party][item.bucket(asked.report_date)] += item.cents
        ages[item.party][-1] += item.cents
    nothing = [0] * (len(BUCKETS) + 1)
    roots = _roots(company, side, list(ages))
    found, sums = tree(
        company, side.kind, roots, lambda one: ages.get(one, nothing), blank_zero=True, name="DisplayName"
    )
    options = (("report_date", asked.report_date.isoformat()), ("aging_method", "Report_Date"))
    head = header(name, asked, empty=not found, basis=False, options=options)
    total = [grand_total(sums)] if sums else []
    return report(head, money_columns(side.kind, *BUCKETS, "Total"), [*found, *total])


def _aged_detail(company: Company, asked: Asked, side: Side, name: str) -> Fields:
    at = asked.report_date
    by_age: defaultdict[int, list[OpenItem]] = defaultdict(list)
    for item in _wanted(company, asked, side):
        by_age[item.bucket(at)].append(item)
    found = []
    blanks = [""] * 5
    for age in sorted(by_age, reverse=True):
        items = sorted(by_age[age], key=lambda item: (item.due, int(item.document)))
        inside = [_item_row(company, side, item, str(max(0, (at - item.due).days))) for item in items]
        sums = (sum(item.whole for item in items), sum(item.cents for item in items))
        summary = words(f"Total for {PAST_DUE[age]}", *blanks, *sums)
        found.append(section(words(PAST_DUE[age], *blanks, "", ""), inside, summary))
    everything = [item for items in by_age.values() for item in items]
    if everything:
        sums = (sum(item.whole for item in everything), sum(item.cents for item in everything))
        found.append(section(None, (), words("TOTAL", *blanks, *sums)))
    short = "cust" if side.kind == "Customer" else "vend"
    sign = "subt" if side.kind == "Customer" else "subt_neg"
    cols = columns(
        DATE,
        TYPE,
        NUMBER,
        (side.kind, "String", f"{short}_name"),
        ("Due Date", "Date", "due_date"),
        ("Past Due", "String", "past_due"),
        ("Amount", "Money", f"{sign}_amount"),
        ("Open Balance", "Money", f"{sign}_open_bal"),
    )
    options = (("report_date", at.isoformat()),)
    return report(header(name, asked, empty=not found, basis=False, options=options), cols, found)


def _item_row(company: Company, side: Side, item: OpenItem, past_due: str) -> Fields:
    document = Document(item.kind, item.document, item.fields)
    return row(
        words(
            item.fields["TxnDate"],
            (document.type_name, item.document),
            document.number,
            (_party_name(company, side, item.party), item.party),
            item.due.isoformat(),
            past_due,
            item.whole,
            item.cents,
        )
    )


def _balances(company: Company, asked: Asked, side: Side, name: str) -> Fields:
    balances: defaultdict[str, int] = defaultdict(int)
    for item in _wanted(company, asked, side):
        balances[item.party] += item.cents
    roots = _roots(company, side, list(balances))
    found, sums = tree(company, side.kind, roots, lambda one: [balances.get(one, 0)], name="DisplayName")
    options = (("report_date", asked.report_date.isoformat()),)
    head = header(name, asked, empty=not found, basis=False, period=False, options=options)
    total = [grand_total(sums)] if sums else []
    return report(head, money_columns(side.kind, "Total"), [*found, *total])


def _balance_detail(company: Company, asked: Asked, side: Side, name: str) -> Fields:
    by_party: defaultdict[str, list[OpenItem]] = defaultdict(list)
    for item in _wanted(company, asked, side):
        by_party[item.party].append(item)
    found = []
    total = 0
    for party in sorted(by_party, key=lambda one: _party_name(company, side, one).casefold()):
        balance = 0
        inside = []
        for item in sorted(by_party[party], key=lambda one: (one.fields["TxnDate"], int(one.document))):
            balance += item.cents
            document = Document(item.kind, item.document, item.fields)
            inside.append(
                row(
                    words(
                        item.fields["TxnDate"],
                        (document.type_name, item.document),
                        document.number,
                        item.due.isoformat(),
                        item.whole,
                        item.cents,
                        balance,
                    )
                )
            )
        title = _party_name(company, side, party)
        summary = words(f"Total for {title}", "", "", "", "", balance, "")
        found.append(section(words((title, party), *[""] * 6), inside, summary))
        total += balance
    if found:
        found.append(section(None, (), words("TOTAL", "", "", "", "", total, ""), "GrandTotal"))
    cols = columns(
        DATE,
        TYPE,
        NUMBER,
        ("Due Date", "Date", "due_date"),
        ("Amount", "Money", "subt_amount"),
        ("Open Balance", "Money", "subt_open_bal"),
        ("Balance", "Money", "rbal_open_bal"),
    )
    options = (("report_date", asked.report_date.isoformat()),)
    return report(header(name, asked, empty=not found, basis=False, period=False, options=options), cols, found)


def _party_name(company: Company, side: Side, party: str) -> str:
    held = company.tables[side.kind][party]
    return str(held.get("FullyQualifiedName") or held["DisplayName"])
