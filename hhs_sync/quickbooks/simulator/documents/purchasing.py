"""Money that leaves: purchases (cash, check, card), bills, bill payments, vendor credits, card payments, orders."""

from datetime import date, timedelta

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.company import Claim, Company
from hhs_sync.quickbooks.simulator.documents.document import (
    NAMED,
    Document,
    entity_of,
    line_amount,
    lines_of,
    number_lines,
    posting_maker,
    refuse_type,
    require_type,
)
from hhs_sync.quickbooks.simulator.documents.sales import linked_transactions
from hhs_sync.quickbooks.simulator.kind import Write, resolve
from hhs_sync.quickbooks.simulator.ledger import Posting
from hhs_sync.quickbooks.simulator.refusal import Refused, business_rule, invalid_choice, missing, not_found
from hhs_sync.quickbooks.simulator.wire import Fields, amount, cents, day, decimal, flag, reference_id, text

ACCOUNT_LINE, ITEM_LINE = "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail"
BILL_LINKS = ("Bill", "VendorCredit", "JournalEntry")


class Expense(Document):
    """A document with expense lines, each on an account or an item."""

    derived = ("TotalAmt", "Balance", "HomeBalance", "LinkedTxn")

    def spend(self, company: Company, fields: Fields, old: Fields | None) -> int:
        """Check the lines and add them up; returns cents."""
        lines = lines_of(fields)
        if not lines:
            raise missing("Line")
        total = sum(_settle_line(company, line, old) for line in lines)
        _refuse_nameless(company, fields, lines)
        fields["Line"] = number_lines(lines)
        fields["TotalAmt"] = amount(total)
        return total

    def spent(self, company: Company, fields: Fields) -> list[Posting]:
        """The debits: what the lines were spent on."""
        make = posting_maker(fields)
        _, vendor = entity_of(company, fields, "EntityRef")
        vendor = vendor or reference_id(fields, "VendorRef")
        customer_of_document, _ = entity_of(company, fields, "EntityRef")
        postings = []
        for line in fields["Line"]:
            detail = line.get(line.get("DetailType", "")) or {}
            if "AccountRef" in detail:
                account = detail["AccountRef"]["value"]
            elif "ItemRef" in detail:
                account = _item_account(company, detail)
            else:
                continue
            type_name = company.tables["Account"][account]["AccountType"]
            postings.append(
                make(
                    account,
                    cents(line["Amount"], "Line.Amount") or 0,
                    detail,
                    customer=reference_id(detail, "CustomerRef") or customer_of_document,
                    vendor=vendor,
                    memo=line.get("Description", ""),
                    receivable=type_name == chart.RECEIVABLE,
                    payable=type_name == chart.PAYABLE,
                )
            )
        return postings


class Purchase(Expense):
    """Dr the lines' accounts, Cr the bank or card it was paid from; the other way round with Credit."""

    name = "Purchase"

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """The account must suit the way of paying."""
        fields = self.begin(company, fields, old, write)
        way = fields.get("PaymentType")
        if way is None:
            raise missing("PaymentType")
        if way not in ("Cash", "Check", "CreditCard"):
            raise invalid_choice("PaymentType", way)
        if resolve(company, fields, "AccountRef", "Account", old) is None:
            raise missing("AccountRef")
        type_name = company.tables["Account"][fields["AccountRef"]["value"]]["AccountType"]
        if (type_name == chart.CREDIT_CARD) != (way == "CreditCard"):
            raise business_rule(f"A {way} purchase cannot be paid from a {type_name} account.", element="AccountRef")
        resolve(company, fields, "PaymentMethodRef", "PaymentMethod", old)
        entity_of(company, fields, "EntityRef")
        if self.spend(company, fields, old) < 0:
            raise business_rule("Transaction amount must be 0 or greater.", element="TotalAmt")
        fields["Credit"] = flag(fields.get("Credit")) is True
        fields.setdefault("PrintStatus", "NotSet")
        return fields

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """What was bought, against what it was paid from."""
        del write
        total = cents(fields["TotalAmt"], "TotalAmt") or 0
        paid_from = posting_maker(fields)(fields["AccountRef"]["value"], -total)
        postings = [paid_from, *self.spent(company, fields)]
        return [posting.reversed() for posting in postings] if fields["Credit"] else postings


class Bill(Expense):
    """Dr the lines' accounts, Cr payables of the vendor."""

    name = "Bill"
    unnumbered_duplicates = True

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """With its due date."""
        fields = self.begin(company, fields, old, write)
        if resolve(company, fields, "VendorRef", "Vendor", old) is None:
            raise missing("VendorRef")
        resolve(company, fields, "APAccountRef", "Account", old)
        require_type(company, fields, "APAccountRef", chart.PAYABLE)
        resolve(company, fields, "SalesTermRef", "Term", old)
        payable = _payable_account(company, fields, write)
        fields["APAccountRef"] = {"value": payable, "name": company.tables["Account"][payable]["Name"]}
        if self.spend(company, fields, old) < 0:
            raise business_rule("Transaction amount must be 0 or greater.", element="TotalAmt")
        term = company.find("Term", reference_id(fields, "SalesTermRef")) or {}
        due = date.fromisoformat(fields["TxnDate"]) + timedelta(days=int(decimal(term.get("DueDays"), "DueDays") or 0))
        fields["DueDate"] = (day(fields.get("DueDate"), "DueDate") or due).isoformat()
        return fields

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """What was bought, against what is owed for it."""
        return [_payable(company, fields, write), *self.spent(company, fields)]

    def refreshed(self, company: Company, object_id: str, fields: Fields) -> Fields:
        """What is still owed, and the payments made."""
        total = cents(fields["TotalAmt"], "TotalAmt") or 0
        return {
            **fields,
            "Balance": amount(total - company.paid(object_id)),
            "LinkedTxn": linked_transactions(company, object_id),
        }


class VendorCredit(Expense):
    """A bill turned round."""

    name = "VendorCredit"
    unnumbered_duplicates = True

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """The vendor must be named."""
        fields = self.begin(company, fields, old, write)
        if resolve(company, fields, "VendorRef", "Vendor", old) is None:
            raise missing("VendorRef")
        resolve(company, fields, "APAccountRef", "Account", old)
        require_type(company, fields, "APAccountRef", chart.PAYABLE)
        if self.spend(company, fields, old) < 0:
            raise business_rule("Transaction amount must be 0 or greater.", element="TotalAmt")
        return fields

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """Less is owed."""
        return [posting.reversed() for posting in [_payable(company, fields, write), *self.spent(company, fields)]]

    def refreshed(self, company: Company, object_id: str, fields: Fields) -> Fields:
        """What is left of the credit."""
        total = cents(fields["TotalAmt"], "TotalAmt") or 0
        return {
            **fields,
            "Balance": amount(total - company.paid(object_id)),
            "LinkedTxn": linked_transactions(company, object_id),
        }


class PurchaseOrder(Expense):
    """An order; posts nothing."""

    name = "PurchaseOrder"
    unnumbered_duplicates = True

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Open until it says otherwise."""
        fields = self.begin(company, fields, old, write)
        if resolve(company, fields, "VendorRef", "Vendor", old) is None:
            raise missing("VendorRef")
        resolve(company, fields, "APAccountRef", "Account", old)
        self.spend(company, fields, old)
        fields.setdefault("POStatus", "Open")
        return fields


class BillPayment(Document):
    """Dr payables of the vendor, Cr the bank or card it was paid from."""

    name = "BillPayment"

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Each line pays one bill, or uses one credit."""
        fields = self.begin(company, fields, old, write)
        if resolve(company, fields, "VendorRef", "Vendor", old) is None:
            raise missing("VendorRef")
        resolve(company, fields, "APAccountRef", "Account", old)
        require_type(company, fields, "APAccountRef", chart.PAYABLE)
        _paid_from(company, fields, old)
        owner = old["Id"] if old else None
        lines = lines_of(fields)
        applied = sum(_settle_bill(company, fields, line, owner) for line in lines)
        total = cents(fields.get("TotalAmt"), "TotalAmt")
        if total is None:
            total = applied
        if applied > total:
            raise business_rule("The amount applied is more than the payment.", element="TotalAmt")
        fields["Line"] = lines
        fields["TotalAmt"] = amount(total)
        return fields

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """Less is owed, less is at the bank."""
        total = cents(fields["TotalAmt"], "TotalAmt") or 0
        make, vendor = posting_maker(fields), reference_id(fields, "VendorRef")
        return [
            make(_payable_account(company, fields, write), total, vendor=vendor, payable=True),
            make(_payment_account(fields), -total, vendor=vendor),
        ]

    def claims(self, fields: Fields) -> tuple[Claim, ...]:
        """The bills it pays."""
        return tuple(
            Claim(link["TxnType"], link["TxnId"], cents(line["Amount"], "Line.Amount") or 0, "pay")
            for line in fields["Line"]
            for link in line["LinkedTxn"]
        )

    def voided(self, fields: Fields) -> Fields:
        """Nothing paid, nothing linked."""
        return {**self.void_lines(fields), "Line": []}


class CreditCardPayment(Document):
    """Dr a credit card, Cr the bank."""

    name = "CreditCardPayment"
    wire_name = "CreditCardPaymentTxn"

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Both accounts are named."""
        fields = self.begin(company, fields, old, write)
        for name in ("BankAccountRef", "CreditCardAccountRef"):
            if resolve(company, fields, name, "Account", old) is None:
                raise missing(name)
            refuse_type(company, fields, name, *NAMED)
        resolve(company, fields, "VendorRef", "Vendor", old)
        fields["Amount"] = amount(line_amount({"Amount": fields.get("Amount")}))
        return fields

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """From the bank to the card."""
        del company, write
        make = posting_maker(fields)
        whole = cents(fields["Amount"], "Amount") or 0
        return [
            make(fields["CreditCardAccountRef"]["value"], whole),
            make(fields["BankAccountRef"]["value"], -whole),
        ]


def as_transfer(fields: Fields) -> Fields:
    """A card payment as QuickBooks shows it to those who ask for a Transfer of that id."""
    hidden = ("BankAccountRef", "CreditCardAccountRef", "VendorRef")
    return {
        **{name: value for name, value in fields.items() if name not in hidden},
        "FromAccountRef": fields["BankAccountRef"],
        "ToAccountRef": fields["CreditCardAccountRef"],
    }


def _settle_line(company: Company, line: Fields, old: Fields | None) -> int:
    detail_type = line.get("DetailType")
    if detail_type is None:
        detail_type = ITEM_LINE if ITEM_LINE in line else ACCOUNT_LINE
    line["DetailType"] = detail_type
    if detail_type == "DescriptionOnly":
        line["Amount"] = amount(cents(line.get("Amount"), "Line.Amount") or 0)
        return 0
    if detail_type not in (ACCOUNT_LINE, ITEM_LINE):
        raise invalid_choice("Line.DetailType", detail_type)
    detail = line.get(detail_type)
    if not detail:
        raise missing(f"Line.{detail_type}")
    whole = line_amount(line)
    line["Amount"] = amount(whole)
    known = detail if old else None
    if detail_type == ACCOUNT_LINE:
        if resolve(company, detail, "AccountRef", "Account", known) is None:
            raise missing(f"Line.{detail_type}.AccountRef")
    elif resolve(company, detail, "ItemRef", "Item", known) is None:
        raise missing(f"Line.{detail_type}.ItemRef")
    else:
        _item_account(company, detail)
    resolve(company, detail, "ClassRef", "Class", known)
    resolve(company, detail, "CustomerRef", "Customer", known)
    if reference_id(detail, "TaxCodeRef") is None:
        detail["TaxCodeRef"] = {"value": "NON"}
    detail.setdefault("BillableStatus", "NotBillable")
    return whole


def _refuse_nameless(company: Company, fields: Fields, lines: list[Fields]) -> None:
    """A line on receivables belongs to a customer, one on payables to a vendor."""
    customer, vendor = entity_of(company, fields, "EntityRef")
    for line in lines:
        detail = line.get(ACCOUNT_LINE) or {}
        account = company.find("Account", reference_id(detail, "AccountRef")) or {}
        if account.get("AccountType") == chart.RECEIVABLE and not (customer or reference_id(detail, "CustomerRef")):
            raise business_rule("When you use Accounts Receivable, you must choose a customer in the Name field.")
        if account.get("AccountType") == chart.PAYABLE and not (vendor or reference_id(fields, "VendorRef")):
            raise business_rule("When you use Accounts Payable, you must choose a vendor in the Name field.")


def _item_account(company: Company, detail: Fields) -> str:
    item = company.tables["Item"][str(reference_id(detail, "ItemRef"))]
    for name in ("AssetAccountRef", "ExpenseAccountRef", "IncomeAccountRef"):
        if name in item:
            return str(item[name]["value"])
    raise business_rule(f"{item['Name']} has no expense account, so it cannot be bought.", element="ItemRef")


def _payable_account(company: Company, fields: Fields, write: Write) -> str:
    return reference_id(fields, "APAccountRef") or company.standing_account(chart.PAYABLE, write.moment)


def _payable(company: Company, fields: Fields, write: Write) -> Posting:
    total = cents(fields["TotalAmt"], "TotalAmt") or 0
    return posting_maker(fields)(
        _payable_account(company, fields, write), -total, vendor=reference_id(fields, "VendorRef"), payable=True
    )


def _paid_from(company: Company, fields: Fields, old: Fields | None) -> None:
    way = fields.get("PayType")
    if way is None:
        raise missing("PayType")
    if way not in ("Check", "CreditCard"):
        raise invalid_choice("PayType", way)
    group, name = ("CheckPayment", "BankAccountRef") if way == "Check" else ("CreditCardPayment", "CCAccountRef")
    inside = fields.get(group)
    if not isinstance(inside, dict) or resolve(company, inside, name, "Account", old) is None:
        raise missing(f"{group}.{name}")
    refuse_type(company, inside, name, *NAMED)


def _payment_account(fields: Fields) -> str:
    if fields["PayType"] == "Check":
        return str(fields["CheckPayment"]["BankAccountRef"]["value"])
    return str(fields["CreditCardPayment"]["CCAccountRef"]["value"])


def _settle_bill(company: Company, fields: Fields, line: Fields, owner: str | None) -> int:
    links = line.get("LinkedTxn")
    if not isinstance(links, list) or len(links) != 1:
        raise missing("Line.LinkedTxn")
    whole = line_amount(line)
    line["Amount"] = amount(whole)
    kind, target = text(links[0].get("TxnType")), text(links[0].get("TxnId"))
    if kind not in BILL_LINKS:
        raise invalid_choice("Line.LinkedTxn.TxnType", kind)
    found = company.find(kind, target)
    if found is None or target is None:
        raise not_found()
    line["LinkedTxn"] = [{"TxnId": target, "TxnType": kind}]
    if kind != "JournalEntry" and reference_id(found, "VendorRef") != reference_id(fields, "VendorRef"):
        raise Refused(
            "620",
            "Transaction can't be linked",
            "Transaction can't be linked : make sure that both transactions are of the same vendor.",
            element="Line.LinkedTxn",
        )
    if kind != "JournalEntry":
        still_open = (cents(found["TotalAmt"], "TotalAmt") or 0) - company.paid(target, except_by=owner)
        if whole > still_open:
            raise business_rule(f"The amount applied to {kind} {target} is more than its open balance.")
    return -whole if kind == "VendorCredit" else whole
