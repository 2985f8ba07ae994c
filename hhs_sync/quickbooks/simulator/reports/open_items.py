"""Who owes what to whom on a day: the open items behind every ageing and balance report.

An open item is what is left of a document on receivables or payables: an invoice less what paid it, a credit or payment
less what used it. A payment counts from its own day. The age of an item runs from its due date to the report's date.
"""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.ledger import Posting
from hhs_sync.quickbooks.simulator.reports.basis import posting_days
from hhs_sync.quickbooks.simulator.wire import Fields

BUCKETS = ("Current", "1 - 30", "31 - 60", "61 - 90", "91 and over")


class Side(NamedTuple):
    """One of the two: receivables from customers, payables to vendors."""

    kind: str
    settlement: str
    sign: int
    """What makes the usual amount positive."""

    def party(self, line: Posting) -> str | None:
        """Whose open item a line belongs to, None if it is on neither receivables nor payables."""
        if self.kind == "Customer":
            return line.customer if line.receivable else None
        return line.vendor if line.payable else None


RECEIVABLES = Side("Customer", "Payment", 1)
PAYABLES = Side("Vendor", "BillPayment", -1)


class OpenItem(NamedTuple):
    """What is left open of one document for one party, in cents; a credit is negative."""

    party: str
    kind: str
    document: str
    fields: Fields
    whole: int
    cents: int
    due: date

    def bucket(self, at: date) -> int:
        """Which of the five ages it has on a day."""
        late = (at - self.due).days
        return 0 if late <= 0 else min((late - 1) // 30 + 1, 4)


def open_items(company: Company, side: Side, at: date) -> list[OpenItem]:
    """Every open item on a day, in the order of documents."""
    days = posting_days(company)
    kinds = {
        object_id: kind
        for kind, table in company.tables.items()
        for object_id, fields in table.items()
        if "TxnDate" in fields and object_id in company.ledger.postings
    }
    whole: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for document in kinds:
        if days[document] > at:
            continue
        for line in company.ledger.postings[document]:
            party = side.party(line)
            if party is not None:
                whole[document][party] = whole[document].get(party, 0) + side.sign * line.cents
    left = {document: dict(parties) for document, parties in whole.items()}
    for object_id, fields in company.tables[side.settlement].items():
        if date.fromisoformat(fields["TxnDate"]) <= at:
            _settle(company, object_id, left)
    found = []
    for document, parties in left.items():
        for party, cents in parties.items():
            if cents:
                kind = kinds.get(document, side.settlement)
                fields = company.tables[kind][document]
                due = date.fromisoformat(fields.get("DueDate") or fields["TxnDate"])
                begun = whole[document].get(party, 0)
                found.append(OpenItem(party, kind, document, fields, begun, cents, due))
    return found


def _settle(company: Company, settlement: str, left: dict[str, dict[str, int]]) -> None:
    """Move what a payment applied from the payment to what it settled."""
    for claim in company.claims.get(settlement, ()):
        target = left.get(claim.target)
        if not target:
            continue
        party = next(iter(target))
        sign = -1 if target[party] > 0 else 1
        target[party] += sign * claim.cents
        own = left.setdefault(settlement, {})
        payer = next(iter(own), party)
        own[payer] = own.get(payer, 0) - sign * claim.cents
