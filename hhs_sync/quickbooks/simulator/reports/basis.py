"""What counts on which day: every posting under accrual, and what cash basis makes of it.

Under cash basis an invoice, credit memo, bill or vendor credit counts only as far as it was paid or used, on the day
of the payment; its other lines are recognised in that proportion, to the cent. Receivables and payables that are
only promised vanish. Money from a customer that was applied to nothing is unapplied cash income; money to a vendor
that was applied to nothing is unapplied cash expense. All other documents count as they stand.
"""

from collections import defaultdict
from datetime import date, datetime
from typing import NamedTuple

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.company import Claim, Company
from hhs_sync.quickbooks.simulator.ledger import Posting
from hhs_sync.quickbooks.simulator.wire import Fields, cents

PROMISES = ("Invoice", "CreditMemo", "Bill", "VendorCredit")
SETTLEMENTS = ("Payment", "BillPayment")
UNAPPLIED = {
    "Payment": chart.StandingAccount("Unapplied Cash Payment Income", chart.INCOME, "UnappliedCashPaymentIncome"),
    "BillPayment": chart.StandingAccount(
        "Unapplied Cash Bill Payment Expense", chart.EXPENSE, "UnappliedCashBillPaymentExpense"
    ),
}


class Counted(NamedTuple):
    """One line as a report counts it."""

    day: date
    document: str
    """The ledger's key: the document that the line stands on."""
    line: Posting


def counted(company: Company, *, cash: bool) -> list[Counted]:
    """Every line with the day on which it counts, in the order of days."""
    days = posting_days(company)
    found = _cash(company, days) if cash else _accrual(company, days)
    found.sort(key=lambda one: (one.day, int(one.document) if one.document.isdigit() else 0))
    return found


def posting_days(company: Company) -> dict[str, date]:
    """The day of each ledger key: the document's date, or the first day of an inventory item's stock."""
    days: dict[str, date] = {}
    for kind, table in company.tables.items():
        for object_id, fields in table.items():
            if kind == "Item":
                if fields.get("InvStartDate"):
                    days[f"Item {object_id}"] = date.fromisoformat(fields["InvStartDate"][:10])
            elif object_id in company.ledger.postings and "TxnDate" in fields:
                days[object_id] = date.fromisoformat(fields["TxnDate"])
    return days


def _accrual(company: Company, days: dict[str, date]) -> list[Counted]:
    return [Counted(days[key], key, line) for key, line in company.ledger.lines()]


def _cash(company: Company, days: dict[str, date]) -> list[Counted]:
    promised = {object_id for kind in PROMISES for object_id in company.tables[kind]}
    settling = {object_id for kind in SETTLEMENTS for object_id in company.tables[kind]}
    found = [
        Counted(days[key], key, line)
        for key, line in company.ledger.lines()
        if key not in settling and (key not in promised or not _is_open(company, key))
    ]
    recognised: defaultdict[str, int] = defaultdict(int)
    for kind in SETTLEMENTS:
        for object_id in sorted(company.tables[kind], key=lambda one: (days.get(one, date.max), int(one))):
            found += _settled(company, kind, object_id, days, recognised)
    return found


def _is_open(company: Company, key: str) -> bool:
    """Whether a document promises anything at all; one that comes to nothing counts on its own day."""
    return any(line.receivable or line.payable for line in company.ledger.postings.get(key, ()))


def _settled(
    company: Company, kind: str, object_id: str, days: dict[str, date], recognised: defaultdict[str, int]
) -> list[Counted]:
    """What a payment makes count: the money, the parts of what it settles, and what it left unapplied."""
    fields = company.tables[kind][object_id]
    day = days.get(object_id) or date.fromisoformat(fields["TxnDate"])
    money = [line for line in company.ledger.postings.get(object_id, ()) if not (line.receivable or line.payable)]
    found = [Counted(day, object_id, line) for line in money]
    left = -sum(line.cents for line in money)
    for claim in company.claims.get(object_id, ()):
        parts = _part(company, claim, recognised)
        when = max(day, days.get(claim.target, day))
        found += [Counted(when, claim.target if parts_stand(claim) else object_id, line) for line in parts]
        left -= sum(line.cents for line in parts)
    if left:
        account = _unapplied_account(company, kind, fields)
        found.append(Counted(day, object_id, Posting(account, left, customer=_name(fields))))
    return found


def parts_stand(claim: Claim) -> bool:
    """Whether the recognised parts are lines of the settled document; those of a journal entry stay the payment's."""
    return claim.target_kind in PROMISES


def _part(company: Company, claim: Claim, recognised: defaultdict[str, int]) -> list[Posting]:
    """The lines of a settled document that a claim makes count."""
    lines = company.ledger.postings.get(claim.target, ())
    promises = [line for line in lines if line.receivable or line.payable]
    if claim.target_kind not in PROMISES:
        sign = -1 if sum(line.cents for line in promises) > 0 else 1
        return [promises[0]._replace(cents=sign * claim.cents)] if promises else []
    others = [line for line in lines if not (line.receivable or line.payable)]
    total = abs(sum(line.cents for line in promises))
    if not total:
        return []
    before = recognised[claim.target]
    recognised[claim.target] = before + claim.cents
    old, new = shares(others, before, total), shares(others, before + claim.cents, total)
    return [line._replace(cents=after - earlier) for line, earlier, after in zip(others, old, new, strict=True)]


def shares(lines: list[Posting], paid: int, total: int) -> list[int]:
    """What each line counts when `paid` of `total` cents are paid: proportional, adding up to the cent.

    Example: lines of -100 and -50 with 100 of 150 paid count -67 and -33.
    """
    exact = [line.cents * paid for line in lines]
    floors = [whole // total for whole in exact]
    missing = (sum(exact) // total) - sum(floors)
    by_remainder = sorted(range(len(lines)), key=lambda place: -(exact[place] % total))
    for place in by_remainder[:missing]:
        floors[place] += 1
    return floors


def _unapplied_account(company: Company, kind: str, fields: Fields) -> str:
    account = UNAPPLIED[kind]
    held = company.names.get(("Account", account.name.casefold()))
    if held is not None:
        return held[1]
    return company.open_account(account, _opened(fields))


def _opened(fields: Fields) -> datetime:
    return datetime.fromisoformat(fields["MetaData"]["CreateTime"])


def _name(fields: Fields) -> str | None:
    customer = fields.get("CustomerRef")
    return str(customer["value"]) if customer else None


def total_of(fields: Fields) -> int:
    """A document's total in cents."""
    return cents(fields.get("TotalAmt") or fields.get("Amount") or 0, "TotalAmt") or 0
