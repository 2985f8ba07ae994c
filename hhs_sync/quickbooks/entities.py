"""Our wishes as QuickBooks' objects: a `DesiredEntry` becomes an object of python-quickbooks, that the JSON to send.

One maker per kind, in the table MAKERS. What every entry bears: its date (a missing one would become the server's
today), our reference in DocNumber or PaymentRefNum, and in PrivateNote the memo with our mark, which is searched for
when reading, because a void writes in front of it. Amounts go out as JSON numbers with two decimals, written from whole
cents: the library would send a float's own spelling, and a Decimal as text.

What the library sets without being asked (empty texts, zero totals) is left out, so that QuickBooks decides it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from quickbooks.objects.base import LinkedTxn, Ref
from quickbooks.objects.creditmemo import CreditMemo
from quickbooks.objects.customer import Customer
from quickbooks.objects.deposit import Deposit, DepositLine, DepositLineDetail
from quickbooks.objects.detailline import (
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    SalesItemLine,
    SalesItemLineDetail,
)
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.journalentry import Entity, JournalEntry, JournalEntryLine, JournalEntryLineDetail
from quickbooks.objects.payment import Payment, PaymentLine
from quickbooks.objects.purchase import Purchase
from quickbooks.objects.salesreceipt import SalesReceipt
from quickbooks.objects.transfer import Transfer

from hhs_sync.mapping.accounts import Account
from hhs_sync.money import Money, plain_money
from hhs_sync.plan.desired import CustomerName, DesiredEntry, DesiredLine, QuickBooksKind
from hhs_sync.plan.references import mark_text
from hhs_sync.quickbooks.catalog import Catalog, Missing

NOTE_LENGTH_MAX = 4000
NUMBER_LENGTH_MAX = 21

_encoder = msgspec.json.Encoder(decimal_format="number")

# What QuickBooks computes: left out of an update that is built from what was read.
_COMPUTED = frozenset(
    {
        "MetaData", "TotalAmt", "HomeTotalAmt", "Balance", "HomeBalance", "RemainingCredit", "UnappliedAmt",
        "LinkedTxn", "TxnTaxDetail", "CurrencyRef", "ExchangeRate", "domain", "time",
    }
)  # fmt: skip


def object_for(desired: DesiredEntry, catalog: Catalog) -> Any:
    """The python-quickbooks object that says what the wish says. Raises `Missing` when QuickBooks lacks what it needs.

    The caller gives an update the Id and SyncToken of what it replaces (see `body_of`).
    """
    assert len(desired.reference) <= NUMBER_LENGTH_MAX, "a reference is at most 21 characters, or QuickBooks refuses it"
    made = MAKERS[desired.kind](desired, catalog)
    if desired.date is not None:
        made.TxnDate = desired.date.isoformat()
    if desired.kind is not QuickBooksKind.CUSTOMER:
        made.PrivateNote = marked(desired.memo, desired.reference)
    return made


def zeroed(kind: QuickBooksKind, fields: Mapping[str, Any], catalog: Catalog) -> bytes:
    """An entry brought to nothing: each amount zero, "Voided" before the note. A void for the kinds that have none.

    QuickBooks voids invoices, receipts and payments itself; a credit memo, deposit, transfer, purchase or journal entry
    is brought to the same end by a full update built from what was read. A deposit lets go of its payments, which then
    wait in Undeposited Funds again; since it must keep a line, it keeps one of nothing. Raises `Missing` when there is
    no account for that line.
    """
    kept = {name: value for name, value in fields.items() if name not in _COMPUTED}
    kept["PrivateNote"] = voided_note(str(fields.get("PrivateNote") or ""))
    kept["sparse"] = False
    if kind is QuickBooksKind.TRANSFER:
        kept["Amount"] = 0
        return _encoder.encode(kept)
    lines = [
        _zero_line(line)
        for line in fields.get("Line", ())
        if not line.get("LinkedTxn") and line.get("DetailType") != "SubTotalLineDetail"
    ]
    if not lines and kind is QuickBooksKind.DEPOSIT:
        account = {"value": _account_of_nothing(catalog)}
        lines = [{"Amount": 0, "DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": account}}]
    return _encoder.encode({**kept, "Line": lines})


def _account_of_nothing(catalog: Catalog) -> str:
    """1220, else suspense, which every policy has. Undeposited Funds takes no line of a deposit, perhaps none of 0.00.

    "Select a bank account for this deposit" is what QuickBooks answers there (python-quickbooks issue 391).
    """
    try:
        return catalog.account(Account.IN_TRANSIT)
    except Missing:
        return catalog.account(Account.SUSPENSE)


def voided_note(note: str) -> str:
    """A note as QuickBooks leaves it behind when it voids."""
    return f"Voided - {note}"[:NOTE_LENGTH_MAX] if note else "Voided"


def marked(memo: str, reference: str) -> str:
    """A note with our mark at its end; the memo is cut so that the mark always stays whole."""
    room = NOTE_LENGTH_MAX - len(mark_text(reference)) - 1
    return mark_text(reference, memo[:room])


def body_of(made: Any, **more: Any) -> bytes:
    """An object as the JSON to send. `more` adds attributes (Id, SyncToken, sparse)."""
    fields = _plain(made)
    for name in ("SyncToken", "sparse", "domain"):
        fields.pop(name, None)
    return _encoder.encode({**fields, **more})


def number(amount: Money) -> msgspec.Raw:
    """Cents as a JSON number with two decimals: 10010 is 100.10, exactly."""
    return msgspec.Raw(plain_money(amount).encode())


# One maker per kind.


def _customer(desired: DesiredEntry, catalog: Catalog) -> Any:
    """A payer, a client by code, or a client under a payer: a sub-customer, billed by itself."""
    name = desired.customer
    assert name is not None, "a customer has a name"
    made = Customer()
    made.DisplayName = name.display
    made.Notes = marked("", desired.reference) if desired.reference else ""
    made.Taxable = False
    if name.payer and name.code:
        made.Job = True
        made.BillWithParent = False
        made.ParentRef = reference_to(catalog.customer(CustomerName(payer=name.payer, code="")))
    return _without(made, "Active", "IsProject", "Level", "Balance", "BalanceWithJobs")


def _sales_form(form: Callable[[], Any]) -> Callable[[DesiredEntry, Catalog], Any]:
    """Invoice, credit memo and sales receipt: lines that sell items."""

    def make(desired: DesiredEntry, catalog: Catalog) -> Any:
        made = form()
        if desired.customer is not None:
            made.CustomerRef = reference_to(catalog.customer(desired.customer))
        made.DocNumber = desired.reference
        made.Line = [_sales_line(line, catalog) for line in desired.lines]
        if desired.kind is QuickBooksKind.SALES_RECEIPT and desired.deposit_to is not None:
            made.DepositToAccountRef = reference_to(catalog.account(desired.deposit_to))
        return _without(
            made, "TotalAmt", "Balance", "HomeBalance", "HomeTotalAmt", "RemainingCredit", "Deposit", "ExchangeRate",
            "AllowIPNPayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment", "ApplyTaxAfterDiscount",
            "GlobalTaxCalculation", "PrintStatus", "EmailStatus", "FreeFormAddress",
        )  # fmt: skip

    return make


def _sales_line(line: DesiredLine, catalog: Catalog) -> Any:
    """One of the item, at the line's amount: QuickBooks checks amount = quantity x price. Therapy is never taxed."""
    made, detail = SalesItemLine(), SalesItemLineDetail()
    made.Amount = number(line.amount)
    made.Description = line.description or None
    detail.ItemRef = reference_to(catalog.item(line.account))
    detail.Qty = 1
    detail.UnitPrice = number(line.amount)
    detail.TaxCodeRef = reference_to("NON")
    detail.ClassRef = _class(line, catalog)
    made.SalesItemLineDetail = _without(detail, "TaxInclusiveAmt")
    return _without(made, "LineNum")


def _payment(desired: DesiredEntry, catalog: Catalog) -> Any:
    """Money from a customer, or, with an amount of nothing, a credit memo applied to an invoice.

    Each line names one entry by type and id only: the library's own link adds a line number that breaks the link.
    """
    assert desired.customer is not None, "a payment is somebody's"
    made = Payment()
    made.CustomerRef = reference_to(catalog.customer(desired.customer))
    made.TotalAmt = number(desired.amount)
    made.PaymentRefNum = desired.reference
    if desired.deposit_to is not None:
        made.DepositToAccountRef = reference_to(catalog.account(desired.deposit_to))
    for link in desired.links:
        line = PaymentLine()
        line.Amount = number(link.amount)
        line.LinkedTxn = [_linked(*catalog.entry(link.entry))]
        made.Line.append(line)
    return made


def _deposit(desired: DesiredEntry, catalog: Catalog) -> Any:
    """Payments out of Undeposited Funds, and lines on accounts of their own, into the bank.

    A line that links a payment bears no DetailType, or QuickBooks asks it for an account (2020), and TxnLineId "0".
    """
    assert desired.deposit_to is not None, "a deposit goes somewhere"
    made = Deposit()
    made.DepositToAccountRef = reference_to(catalog.account(desired.deposit_to))
    made.DocNumber = desired.reference
    for link in desired.links:
        line = DepositLine()
        line.Amount = number(link.amount)
        line.LinkedTxn = [_linked(*catalog.entry(link.entry), line_id="0")]
        made.Line.append(_without(line, "DetailType", "LineNum"))
    for wanted in desired.lines:
        line, detail = DepositLine(), DepositLineDetail()
        line.Amount = number(wanted.amount)
        line.Description = wanted.description
        detail.AccountRef = reference_to(catalog.account(wanted.account))
        detail.ClassRef = _class(wanted, catalog)
        if wanted.customer is not None:
            detail.Entity = reference_to(catalog.customer(wanted.customer), "CUSTOMER")
        line.DepositLineDetail = detail
        made.Line.append(_without(line, "LineNum"))
    return _without(made, "TotalAmt", "HomeTotalAmt", "ExchangeRate", "GlobalTaxCalculation")


def _transfer(desired: DesiredEntry, catalog: Catalog) -> Any:
    """Money between two of the company's own accounts. A transfer has no number: only its note bears the mark."""
    assert desired.deposit_to is not None, "a transfer goes somewhere"
    assert desired.paid_from is not None, "a transfer comes from somewhere"
    made = Transfer()
    made.Amount = number(desired.amount)
    made.FromAccountRef = reference_to(catalog.account(desired.paid_from))
    made.ToAccountRef = reference_to(catalog.account(desired.deposit_to))
    return made


def _purchase(desired: DesiredEntry, catalog: Catalog) -> Any:
    """Money that leaves, and what for. The payee stays in the memo: QuickBooks' own would have to be a vendor."""
    assert desired.paid_from is not None, "a purchase is paid from somewhere"
    made = Purchase()
    made.PaymentType = "Cash"
    made.AccountRef = reference_to(catalog.account(desired.paid_from))
    made.DocNumber = desired.reference
    for wanted in desired.lines:
        line, detail = AccountBasedExpenseLine(), AccountBasedExpenseLineDetail()
        line.Amount = number(wanted.amount)
        line.Description = wanted.description or None
        detail.AccountRef = reference_to(catalog.account(wanted.account))
        detail.ClassRef = _class(wanted, catalog)
        detail.TaxCodeRef = reference_to("NON")
        if wanted.customer is not None:
            detail.CustomerRef = reference_to(catalog.customer(wanted.customer))
        line.AccountBasedExpenseLineDetail = _without(detail, "TaxInclusiveAmt")
        made.Line.append(_without(line, "LineNum"))
    return _without(made, "TotalAmt", "ExchangeRate", "GlobalTaxCalculation", "PrintStatus", "Credit")


def _journal_entry(desired: DesiredEntry, catalog: Catalog) -> Any:
    """Debits and credits; a line on receivables names its customer, or QuickBooks refuses the entry."""
    made = JournalEntry()
    made.DocNumber = desired.reference
    for wanted in desired.lines:
        line, detail = JournalEntryLine(), JournalEntryLineDetail()
        line.Amount = number(abs(wanted.amount))
        line.Description = wanted.description or None
        detail.PostingType = "Debit" if wanted.amount >= 0 else "Credit"
        detail.AccountRef = reference_to(catalog.account(wanted.account))
        detail.ClassRef = _class(wanted, catalog)
        if wanted.customer is not None:
            detail.Entity = Entity()
            detail.Entity.Type = "Customer"
            detail.Entity.EntityRef = reference_to(catalog.customer(wanted.customer))
        line.JournalEntryLineDetail = _without(detail, "TaxApplicableOn", "TaxAmount")
        made.Line.append(_without(line, "LineNum"))
    return _without(made, "TotalAmt", "ExchangeRate", "Adjustment")


MAKERS: dict[QuickBooksKind, Callable[[DesiredEntry, Catalog], Any]] = {
    QuickBooksKind.CUSTOMER: _customer,
    QuickBooksKind.INVOICE: _sales_form(Invoice),
    QuickBooksKind.SALES_RECEIPT: _sales_form(SalesReceipt),
    QuickBooksKind.CREDIT_MEMO: _sales_form(CreditMemo),
    QuickBooksKind.PAYMENT: _payment,
    QuickBooksKind.DEPOSIT: _deposit,
    QuickBooksKind.TRANSFER: _transfer,
    QuickBooksKind.PURCHASE: _purchase,
    QuickBooksKind.JOURNAL_ENTRY: _journal_entry,
}


def reference_to(value: str, kind: str = "") -> Any:
    """A reference by id; names and types are QuickBooks' to fill in."""
    made = Ref()
    made.value = value
    made.type = kind
    return made


def _class(line: DesiredLine, catalog: Catalog) -> Any:
    found = catalog.class_of(line.clinician)
    return reference_to(found) if found is not None else None


def _linked(kind: QuickBooksKind, quickbooks_id: str, line_id: str = "") -> Any:
    made = LinkedTxn()
    made.TxnId = quickbooks_id
    made.TxnType = kind.value
    made.TxnLineId = line_id
    return made


def _without(made: Any, *names: str) -> Any:
    """Drop what the library sets by itself."""
    for name in names:
        made.__dict__.pop(name, None)
    return made


def _plain(value: Any) -> Any:
    """An object of the library as dicts and lists, without what is empty: empty texts count as absent."""
    if isinstance(value, msgspec.Raw):
        return value
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if hasattr(value, "__dict__"):
        plain = {name: _plain(inner) for name, inner in vars(value).items() if not name.startswith("_")}
        return {name: inner for name, inner in plain.items() if inner not in (None, "", [], {})}
    return value


def _zero_line(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line with nothing on it, its references kept."""
    zero: dict[str, Any] = {**line, "Amount": 0}
    name = str(line.get("DetailType") or "")
    if isinstance(line.get(name), dict):
        zero[name] = {key: 0 if key == "UnitPrice" else value for key, value in line[name].items()}
    return zero
