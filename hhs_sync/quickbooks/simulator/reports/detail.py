"""The general ledger and the list of transactions: line by line, as recorded."""

from collections import defaultdict
from typing import NamedTuple

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kinds import KINDS
from hhs_sync.quickbooks.simulator.refusal import invalid_choice
from hhs_sync.quickbooks.simulator.reports.basis import Counted, total_of
from hhs_sync.quickbooks.simulator.reports.report import (
    Asked,
    columns,
    header,
    lines,
    report,
    row,
    section,
    sorted_accounts,
    words,
)
from hhs_sync.quickbooks.simulator.wire import Fields

DATE = ("Date", "Date", "tx_date")
TYPE = ("Transaction Type", "String", "txn_type")
NUMBER = ("Num", "String", "doc_num")
NAME = ("Name", "String", "name")
MEMO = ("Memo/Description", "String", "memo")
AMOUNT = ("Amount", "Money", "subt_nat_amount")

TYPE_NAMES = {
    "BillPayment": "Bill Payment (Check)",
    "CreditCardPayment": "Credit Card Payment",
    "CreditMemo": "Credit Memo",
    "JournalEntry": "Journal Entry",
    "PurchaseOrder": "Purchase Order",
    "RefundReceipt": "Refund",
    "SalesReceipt": "Sales Receipt",
    "TimeActivity": "Time Charge",
    "VendorCredit": "Vendor Credit",
}
PURCHASE_NAMES = {"Cash": "Cash Expense", "Check": "Check", "CreditCard": "Expense"}


class Document(NamedTuple):
    """A document as a detail report names it."""

    kind: str
    object_id: str
    fields: Fields

    @property
    def type_name(self) -> str:
        """What QuickBooks' screens call it."""
        if self.kind == "Purchase":
            return PURCHASE_NAMES.get(self.fields.get("PaymentType", ""), "Expense")
        if self.kind == "BillPayment" and self.fields.get("PayType") == "CreditCard":
            return "Bill Payment (Credit Card)"
        return TYPE_NAMES.get(self.kind, self.kind)

    @property
    def number(self) -> str:
        """Its number; a payment's reference."""
        return str(self.fields.get("DocNumber") or self.fields.get("PaymentRefNum") or "")


def documents(company: Company) -> dict[str, Document]:
    """Every document by its id, and every inventory item that opened with stock by its ledger key."""
    found = {
        object_id: Document(kind, object_id, fields)
        for kind, table in company.tables.items()
        if kind in KINDS and KINDS[kind].document
        for object_id, fields in table.items()
    }
    for object_id, fields in company.tables["Item"].items():
        found[f"Item {object_id}"] = Document("Inventory Starting Value", object_id, fields)
    return found


def natural(company: Company, account: str, cents: int) -> int:
    """An amount as its account's own side counts it."""
    return cents if chart.TYPES[company.tables["Account"][account]["AccountType"]].debit else -cents


def general_ledger(company: Company, asked: Asked) -> Fields:
    """One section an account: what it began with, each line with the balance after it, the sum."""
    by_account: defaultdict[str, list[Counted]] = defaultdict(list)
    for one in lines(company, asked):
        by_account[one.line.account].append(one)
    known = documents(company)
    found = []
    for account in sorted_accounts(company):
        rows = _account_rows(company, asked, by_account.get(account["Id"], []), known)
        if rows:
            total = sum(
                natural(company, account["Id"], one.line.cents)
                for one in by_account[account["Id"]]
                if asked.start is None or one.day >= asked.start
            )
            title = account["FullyQualifiedName"]
            titles = words((title, account["Id"]), *[""] * 7)
            found.append(section(titles, rows, words(f"Total for {title}", *[""] * 5, total, "")))
    head = header("GeneralLedger", asked, empty=not found)
    cols = columns(
        DATE,
        TYPE,
        NUMBER,
        NAME,
        MEMO,
        ("Split", "String", "split_acc"),
        AMOUNT,
        ("Balance", "Money", "rbal_nat_amount"),
    )
    return report(head, cols, found)


def _account_rows(company: Company, asked: Asked, counted: list[Counted], known: dict[str, Document]) -> list[Fields]:
    balance = 0
    rows: list[Fields] = []
    begun = False
    for one in counted:
        cents = natural(company, one.line.account, one.line.cents)
        if asked.start is not None and one.day < asked.start:
            balance += cents
            continue
        if balance and not begun:
            rows.append(row(words("Beginning Balance", *[""] * 6, balance)))
        begun = True
        balance += cents
        document = known[one.document]
        rows.append(
            row(
                words(
                    one.day.isoformat(),
                    (document.type_name, document.object_id),
                    document.number,
                    _name(company, one),
                    one.line.memo or document.fields.get("PrivateNote", ""),
                    _split(company, one.document, one.line.account),
                    cents,
                    balance,
                )
            )
        )
    if balance and not rows:
        rows.append(row(words("Beginning Balance", *[""] * 6, balance)))
    return rows


def transaction_list(company: Company, asked: Asked) -> Fields:
    """One row a document of the period, posting or not."""
    found = []
    ordered = sorted(
        (one for one in documents(company).values() if "TxnDate" in one.fields),
        key=lambda one: (one.fields["TxnDate"], int(one.object_id)),
    )
    wanted = {part.casefold() for part in asked.choice("transaction_type")}
    cleared = asked.query.get("cleared", "").casefold()
    if cleared not in ("", "reconciled", "uncleared"):
        raise invalid_choice("cleared", cleared)
    for one in ordered:
        dated = one.fields["TxnDate"]
        if (asked.start is not None and dated < asked.start.isoformat()) or dated > asked.end.isoformat():
            continue
        if wanted and one.type_name.casefold() not in wanted and one.kind.casefold() not in wanted:
            continue
        if cleared and (one.object_id in company.reconciled) != (cleared == "reconciled"):
            continue
        posted = company.ledger.postings.get(one.object_id, ())
        if asked.choice("customer") and not any(line.customer in asked.choice("customer") for line in posted):
            continue
        first = posted[0] if posted else None
        account = company.tables["Account"][first.account] if first else None
        found.append(
            row(
                words(
                    dated,
                    (one.type_name, one.object_id),
                    one.number,
                    "Yes" if posted else "No",
                    _party(one.fields),
                    one.fields.get("PrivateNote", ""),
                    (account["FullyQualifiedName"], account["Id"]) if account else "",
                    _split(company, one.object_id, first.account) if first else "",
                    natural(company, first.account, first.cents) if first else total_of(one.fields),
                )
            )
        )
    cols = columns(
        DATE,
        TYPE,
        ("Num", "String", "doc_num"),
        ("Posting", "Boolean", "is_no_post"),
        NAME,
        MEMO,
        ("Account", "String", "account_name"),
        ("Split", "String", "other_account"),
        AMOUNT,
    )
    return report(header("TransactionList", asked, empty=not found, basis=False), cols, found)


def _split(company: Company, document: str, account: str) -> tuple[str, str]:
    """The other account of a document, or that there are several."""
    others = {line.account for line in company.ledger.postings.get(document, ())} - {account}
    if len(others) != 1:
        return ("-Split-", "")
    other = company.tables["Account"][others.pop()]
    return (other["FullyQualifiedName"], other["Id"])


def _name(company: Company, one: Counted) -> tuple[str, str]:
    for kind, object_id in (("Customer", one.line.customer), ("Vendor", one.line.vendor)):
        if object_id is not None:
            held = company.tables[kind][object_id]
            return (held.get("FullyQualifiedName") or held["DisplayName"], object_id)
    return ("", "")


def _party(fields: Fields) -> tuple[str, str]:
    for name in ("CustomerRef", "VendorRef", "EntityRef"):
        if name in fields:
            return (fields[name].get("name", ""), fields[name].get("value", ""))
    return ("", "")
