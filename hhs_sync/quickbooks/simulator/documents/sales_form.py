"""What invoices, credit memos, sales receipts, refund receipts and estimates have in common: their lines.

A sales line sells an item and posts to the item's account, whatever type that account has; the account is written
on the line when the document is made, so that a later change of the item leaves old documents alone. A line may be
negative so long as the document is not. QuickBooks adds a subtotal line, before a discount if there is one.
"""

from decimal import ROUND_HALF_UP, Decimal

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.documents.document import (
    MONEY_HELD,
    NAMED,
    Document,
    line_amount,
    lines_of,
    number_lines,
    posting_maker,
    refuse_type,
    require_type,
)
from hhs_sync.quickbooks.simulator.kind import Write, resolve
from hhs_sync.quickbooks.simulator.ledger import Posting
from hhs_sync.quickbooks.simulator.refusal import Refused, bad_reference, business_rule, missing
from hhs_sync.quickbooks.simulator.wire import Fields, amount, cents, decimal, reference_id

TAX_CODES = ("TAX", "NON")

SALES_LINE, DISCOUNT_LINE, SUBTOTAL_LINE = "SalesItemLineDetail", "DiscountLineDetail", "SubTotalLineDetail"


class SalesForm(Document):
    """A document with sales lines."""

    customer_required = True
    automatic_number = True
    """Whether QuickBooks numbers it itself where custom numbers are off."""
    derived = ("Balance", "HomeBalance", "HomeTotalAmt", "RemainingCredit", "TotalAmt", "LinkedTxn", "InvoiceLink")

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Checks the references and lines, and adds up."""
        fields = self.begin(company, fields, old, write)
        customer = resolve(company, fields, "CustomerRef", "Customer", old)
        if customer is None and self.customer_required:
            raise missing("CustomerRef")
        if old is not None and customer != reference_id(old, "CustomerRef") and company.paid(old["Id"]):
            raise business_rule("The customer of a form that is linked to a payment cannot be changed.")
        for name, kind in (("ARAccountRef", "Account"), ("DepositToAccountRef", "Account")):
            resolve(company, fields, name, kind, old)
        require_type(company, fields, "ARAccountRef", chart.RECEIVABLE)
        require_type(company, fields, "DepositToAccountRef", *MONEY_HELD)
        resolve(company, fields, "PaymentMethodRef", "PaymentMethod", old)
        resolve(company, fields, "SalesTermRef", "Term", old)
        self._number(company, fields)
        fields["Line"], total = settle_lines(company, lines_of(fields), old, write)
        tax = fields.get("TxnTaxDetail") or {}
        total_tax = cents(tax.get("TotalTax"), "TxnTaxDetail.TotalTax") or 0
        fields["TxnTaxDetail"] = {**tax, "TotalTax": amount(total_tax)}
        if total + total_tax < 0:
            raise business_rule("Transaction amount must be 0 or greater.", element="TotalAmt")
        fields["TotalAmt"] = amount(total + total_tax)
        fields.setdefault("PrintStatus", "NotSet")
        fields.setdefault("EmailStatus", "NotSet")
        fields["ApplyTaxAfterDiscount"] = fields.get("ApplyTaxAfterDiscount") is True
        return fields

    def sold(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """The credits of a sale: income or whatever accounts the lines reach, less discount, and tax."""
        make = posting_maker(fields)
        customer = reference_id(fields, "CustomerRef")
        postings: list[Posting] = []
        for line in fields["Line"]:
            whole = cents(line["Amount"], "Line.Amount") or 0
            detail = line.get(str(line.get("DetailType"))) or {}
            if line["DetailType"] == SALES_LINE:
                account = detail["ItemAccountRef"]["value"]
                postings.append(make(account, -whole, detail, customer=customer, memo=line.get("Description", "")))
                postings += _stock_sold(company, detail, make(account, 0, detail, customer=customer))
            elif line["DetailType"] == DISCOUNT_LINE:
                postings.append(make(detail["DiscountAccountRef"]["value"], whole, detail, customer=customer))
        tax = cents(fields["TxnTaxDetail"]["TotalTax"], "TotalTax") or 0
        if tax:
            payable = company.standing_account(chart.SALES_TAX_PAYABLE, write.moment)
            postings.append(make(payable, -tax, customer=customer))
        return postings

    def _number(self, company: Company, fields: Fields) -> None:
        given = fields.get("DocNumber")
        own = not company.preference("SalesFormsPrefs", "CustomTxnNumbers")
        if given == "AUTO_GENERATE" or (given is None and own and self.automatic_number):
            fields["DocNumber"] = next_number(company)


def next_number(company: Company) -> str:
    """The number QuickBooks would give the next sales form: one run over all of them."""
    number = company.last_ids.get("DocNumber", 1000) + 1
    while any(
        company.numbers.get((kind, str(number))) for kind in ("Invoice", "CreditMemo", "SalesReceipt", "Estimate")
    ):
        number += 1
    company.last_ids["DocNumber"] = number
    return str(number)


def settle_lines(company: Company, lines: list[Fields], old: Fields | None, write: Write) -> tuple[list[Fields], int]:
    """The lines as QuickBooks keeps them, with the subtotal line, and the sum of sales less discount in cents."""
    kept: list[Fields] = []
    discounts: list[Fields] = []
    subtotal = 0
    old_items = {reference_id(line.get(SALES_LINE) or {}, "ItemRef") for line in (old or {}).get("Line", ())}
    for line in lines:
        detail_type = line.get("DetailType") or (SALES_LINE if SALES_LINE in line else None)
        if detail_type == SALES_LINE:
            subtotal += _settle_sales_line(company, line, old_items)
            kept.append(line)
        elif detail_type == DISCOUNT_LINE:
            discounts.append(line)
        elif detail_type in ("DescriptionOnly", "GroupLineDetail"):
            line["Amount"] = amount(cents(line.get("Amount"), "Line.Amount") or 0)
            kept.append(line)
        elif detail_type != SUBTOTAL_LINE:
            raise missing("Line.DetailType")
    if not any(line.get("DetailType") == SALES_LINE for line in kept):
        raise missing("Line")
    discounted = sum(_settle_discount(company, line, subtotal, write) for line in discounts)
    subtotal_line: Fields = {"Amount": amount(subtotal), "DetailType": SUBTOTAL_LINE, SUBTOTAL_LINE: {}}
    return number_lines([*kept, subtotal_line, *discounts]), subtotal - discounted


def _settle_sales_line(company: Company, line: Fields, old_items: set[str | None]) -> int:
    line["DetailType"] = SALES_LINE
    detail = line.setdefault(SALES_LINE, {})
    whole = line_amount(line)
    line["Amount"] = amount(whole)
    if "ItemRef" not in detail:
        first = next(iter(company.tables["Item"]), None)
        if first is None:
            raise missing("Line.SalesItemLineDetail.ItemRef")
        detail["ItemRef"] = {"value": first}
    unchanged = reference_id(detail, "ItemRef") in old_items
    item = company.require("Item", detail, "ItemRef", active=not unchanged)
    assert item is not None
    detail["ItemRef"] = {"value": item["Id"], "name": item["FullyQualifiedName"]}
    if "IncomeAccountRef" not in item:
        raise business_rule(f"{item['Name']} has no income account, so it cannot be sold.", element="ItemRef")
    if not (unchanged and "ItemAccountRef" in detail):
        detail["ItemAccountRef"] = dict(item["IncomeAccountRef"])
    elif company.find("Account", reference_id(detail, "ItemAccountRef")) is None:
        raise bad_reference("Accounts", str(reference_id(detail, "ItemAccountRef")), "ItemAccountRef")
    if "ClassRef" in detail:
        resolve(company, detail, "ClassRef", "Class", detail if unchanged else None)
    code = reference_id(detail, "TaxCodeRef") or "NON"
    if code not in TAX_CODES:
        raise Refused(
            "6100", "Invalid Tax Code", f"Invalid tax code {code}: a line is TAX or NON.", element="TaxCodeRef"
        )
    detail["TaxCodeRef"] = {"value": code}
    _check_product(detail, whole)
    return whole


def _check_product(detail: Fields, whole: int) -> None:
    """Amount is quantity times unit price, to the cent (6070); python-quickbooks sends zeros where neither was set."""
    quantity = decimal(detail.get("Qty"), "Qty")
    price = decimal(detail.get("UnitPrice"), "UnitPrice")
    if not quantity or not price:
        if not quantity and not price:
            detail.pop("Qty", None)
            detail.pop("UnitPrice", None)
        return
    product = (quantity * price).scaleb(2).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if abs(product - whole) >= 1:
        raise Refused(
            "6070",
            "Amount calculation incorrect in the request",
            f"Amount calculation incorrect in the request: Amount is not equal to UnitPrice * Qty. "
            f"Supplied value:{Decimal(whole).scaleb(-2)}",
            element="Line.Amount",
        )


def _settle_discount(company: Company, line: Fields, subtotal: int, write: Write) -> int:
    detail = line.setdefault(DISCOUNT_LINE, {})
    percent = decimal(detail.get("DiscountPercent"), "DiscountPercent")
    if detail.get("PercentBased") is True and percent is not None:
        whole = int((percent * subtotal / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    else:
        whole = line_amount(line)
    line["Amount"] = amount(whole)
    if resolve(company, detail, "DiscountAccountRef", "Account", detail) is None:
        account = company.standing_account(chart.DISCOUNTS_GIVEN, write.moment)
        detail["DiscountAccountRef"] = {"value": account, "name": company.tables["Account"][account]["Name"]}
    refuse_type(company, detail, "DiscountAccountRef", *NAMED)
    return whole


def _stock_sold(company: Company, detail: Fields, blank: Posting) -> list[Posting]:
    """Cost of what was taken out of stock, at the item's purchase cost."""
    item = company.tables["Item"][detail["ItemRef"]["value"]]
    if item["Type"] != "Inventory":
        return []
    quantity = decimal(detail.get("Qty"), "Qty") or 0
    cost = int((quantity * (cents(item["PurchaseCost"], "PurchaseCost") or 0)) // 1)
    return [
        blank._replace(account=item["ExpenseAccountRef"]["value"], cents=cost),
        blank._replace(account=item["AssetAccountRef"]["value"], cents=-cost),
    ]
