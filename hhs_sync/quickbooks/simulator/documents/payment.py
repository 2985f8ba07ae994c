"""Payments: money from a customer, applied to what the customer owes, and credits used up along the way.

A line links one document. Linking an Invoice (or a JournalEntry's receivable debit) pays it; linking a CreditMemo (or a
JournalEntry's receivable credit) uses that credit. Amounts are positive on both. What is paid must be covered by the
money and the credits; money left over stays with the payment as UnappliedAmt. A payment of 0 that links a credit
memo and an invoice is how a credit is applied.
"""

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.company import Claim, Company
from hhs_sync.quickbooks.simulator.documents.document import (
    MONEY_HELD,
    Document,
    deposit_account,
    line_amount,
    lines_of,
    posting_maker,
    receivable_account,
    require_type,
)
from hhs_sync.quickbooks.simulator.documents.journal import open_receivable
from hhs_sync.quickbooks.simulator.documents.sales import linked_transactions
from hhs_sync.quickbooks.simulator.kind import Write, reference_to, resolve
from hhs_sync.quickbooks.simulator.ledger import Posting
from hhs_sync.quickbooks.simulator.refusal import Refused, business_rule, invalid_choice, missing, not_found
from hhs_sync.quickbooks.simulator.wire import Fields, amount, cents, reference_id, text

PAID, CREDITS = ("Invoice",), ("CreditMemo",)


class Payment(Document):
    """Dr Undeposited Funds or the account named, Cr receivables of the customer."""

    name = "Payment"
    derived = ("UnappliedAmt", "LinkedTxn", "HomeTotalAmt")

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Checks what it applies to what."""
        fields = self.begin(company, fields, old, write)
        fields.pop("DocNumber", None)
        if resolve(company, fields, "CustomerRef", "Customer", old) is None:
            raise missing("CustomerRef")
        for name, kind in (
            ("ARAccountRef", "Account"),
            ("DepositToAccountRef", "Account"),
            ("PaymentMethodRef", "PaymentMethod"),
        ):
            resolve(company, fields, name, kind, old)
        require_type(company, fields, "ARAccountRef", chart.RECEIVABLE)
        require_type(company, fields, "DepositToAccountRef", *MONEY_HELD)
        account = deposit_account(company, fields, write)
        fields["DepositToAccountRef"] = reference_to(company.tables["Account"][account], account)
        lines = lines_of(fields)
        owner = old["Id"] if old else None
        applied = [_settle_line(company, fields, line, owner) for line in lines]
        total = cents(fields.get("TotalAmt"), "TotalAmt")
        if total is None:
            raise missing("TotalAmt")
        if total < 0:
            raise business_rule("Transaction amount must be 0 or greater.", element="TotalAmt")
        paid = sum(whole for whole in applied if whole > 0)
        used = -sum(whole for whole in applied if whole < 0)
        if paid > total + used:
            raise business_rule("The amount applied is more than the payment and its credits.", element="Line.Amount")
        if used > paid:
            raise business_rule("The credits applied are more than what they are applied to.", element="Line.Amount")
        fields["Line"] = [_shown(company, line) for line in lines]
        fields["TotalAmt"] = amount(total)
        fields["UnappliedAmt"] = amount(total + used - paid)
        fields["ProcessPayment"] = False
        return fields

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """Money in, receivables down; credits that are merely applied post nothing."""
        total = cents(fields["TotalAmt"], "TotalAmt") or 0
        make, customer = posting_maker(fields), reference_id(fields, "CustomerRef")
        return [
            make(deposit_account(company, fields, write), total, customer=customer),
            make(receivable_account(company, fields, write), -total, customer=customer, receivable=True),
        ]

    def claims(self, fields: Fields) -> tuple[Claim, ...]:
        """What it pays and which credits it uses."""
        return tuple(
            Claim(link["TxnType"], link["TxnId"], cents(line["Amount"], "Line.Amount") or 0, "pay")
            for line in fields["Line"]
            for link in line["LinkedTxn"]
        )

    def refreshed(self, company: Company, object_id: str, fields: Fields) -> Fields:
        """The deposit that took it to the bank."""
        linked = linked_transactions(company, object_id)
        if linked:
            return {**fields, "LinkedTxn": linked}
        return {name: value for name, value in fields.items() if name != "LinkedTxn"}

    def voided(self, fields: Fields) -> Fields:
        """Nothing paid, nothing linked."""
        return {**self.void_lines(fields), "Line": [], "UnappliedAmt": 0}


def open_amount(company: Company, kind: str, target: str, *, except_by: str | None = None) -> int:
    """Cents still open on a document, seen as if `except_by` had not touched it. Credits are negative."""
    fields = company.tables[kind][target]
    whole = open_receivable(company, target) if kind == "JournalEntry" else cents(fields["TotalAmt"], "TotalAmt") or 0
    paid = company.paid(target, except_by=except_by)
    if kind in CREDITS or whole < 0:
        return -(abs(whole) - paid)
    return whole - paid


def _settle_line(company: Company, fields: Fields, line: Fields, owner: str | None) -> int:
    """Checks one line and returns what it pays in cents, negative for a credit it uses."""
    links = line.get("LinkedTxn")
    if not isinstance(links, list) or len(links) != 1:
        raise missing("Line.LinkedTxn")
    whole = line_amount(line)
    if whole < 0:
        raise business_rule("The amount of a payment's line must be 0 or greater.", element="Line.Amount")
    line["Amount"] = amount(whole)
    kind, target = text(links[0].get("TxnType")), text(links[0].get("TxnId"))
    if kind not in (*PAID, *CREDITS, "JournalEntry"):
        raise invalid_choice("Line.LinkedTxn.TxnType", kind)
    found = company.find(kind, target)
    if found is None or target is None or (kind, target) in company.unseen:
        raise not_found()
    line["LinkedTxn"] = [{"TxnId": target, "TxnType": kind}]
    _refuse_other_customer(company, fields, found, kind)
    still_open = open_amount(company, kind, target, except_by=owner)
    if whole > abs(still_open):
        raise business_rule(
            f"The amount applied to {kind} {target} is more than its open balance.", element="Line.Amount"
        )
    return -whole if kind in CREDITS or still_open < 0 else whole


def _refuse_other_customer(company: Company, fields: Fields, found: Fields, kind: str) -> None:
    """One customer per chain (620); a parent may pay for children that it is billed for, or all by a switch."""
    payer = reference_id(fields, "CustomerRef")
    if kind == "JournalEntry":
        return
    owing = reference_id(found, "CustomerRef")
    while owing is not None and owing != payer:
        customer = company.tables["Customer"][owing]
        if not (customer.get("BillWithParent") or company.settings.parent_pays_children):
            break
        owing = reference_id(customer, "ParentRef")
    if owing != payer:
        raise Refused(
            "620",
            "Transaction can't be linked",
            "Transaction can't be linked : make sure that both transactions are of the same customer.",
            element="Line.LinkedTxn",
        )


def _shown(company: Company, line: Fields) -> Fields:
    """The line with the name/value pairs that answers carry."""
    link = line["LinkedTxn"][0]
    found = company.tables[link["TxnType"]][link["TxnId"]]
    pairs = (
        ("txnId", link["TxnId"]),
        ("txnOpenBalance", str(found.get("Balance", found.get("TotalAmt", 0)))),
        ("txnReferenceNumber", found.get("DocNumber")),
    )
    extra = [
        {
            "name": "{http://schema.intuit.com/finance/v3}NameValue",
            "declaredType": "com.intuit.schema.finance.v3.NameValue",
            "scope": "javax.xml.bind.JAXBElement$GlobalScope",
            "value": {"Name": name, "Value": value},
            "nil": False,
            "globalScope": True,
            "typeSubstituted": False,
        }
        for name, value in pairs
        if value is not None
    ]
    return {"Amount": line["Amount"], "LinkedTxn": line["LinkedTxn"], "LineEx": {"any": extra}}
