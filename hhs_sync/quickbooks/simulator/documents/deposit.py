"""Deposits and transfers: money on its way to the bank.

A deposit's line either links a Payment or receipt that waits in Undeposited Funds, or names an account of its own, and
may then be negative (a fee, a take-back). The total may be nothing, never less.
"""

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
)
from hhs_sync.quickbooks.simulator.kind import Write, resolve
from hhs_sync.quickbooks.simulator.ledger import Posting
from hhs_sync.quickbooks.simulator.refusal import (
    Refused,
    bad_reference,
    business_rule,
    invalid_choice,
    missing,
    not_found,
)
from hhs_sync.quickbooks.simulator.wire import Fields, amount, cents, reference_id, text

LINE = "DepositLineDetail"
INCOME_STATEMENT = (
    chart.INCOME,
    chart.OTHER_INCOME,
    chart.COST_OF_GOODS_SOLD,
    chart.EXPENSE,
    chart.OTHER_EXPENSE,
)
DEPOSITED = ("Payment", "SalesReceipt", "RefundReceipt", "JournalEntry")


class Deposit(Document):
    """Dr the bank account, Cr Undeposited Funds for linked lines and the named accounts for the others."""

    name = "Deposit"
    derived = ("TotalAmt", "HomeTotalAmt")

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Each linked payment must wait in Undeposited Funds and be taken whole."""
        fields = self.begin(company, fields, old, write)
        if resolve(company, fields, "DepositToAccountRef", "Account", old) is None:
            raise missing("DepositToAccountRef")
        account = company.tables["Account"][str(reference_id(fields, "DepositToAccountRef"))]
        if account["AccountType"] not in (chart.BANK, chart.OTHER_CURRENT_ASSET, chart.CREDIT_CARD):
            raise business_rule(
                "A deposit goes to a bank or other current asset account.", element="DepositToAccountRef"
            )
        lines = lines_of(fields)
        if not lines:
            raise missing("Line")
        owner = old["Id"] if old else None
        total = sum(_settle_line(company, line, owner, write) for line in lines)
        cash_back = fields.get("CashBack")
        if cash_back:
            if resolve(company, cash_back, "AccountRef", "Account", old) is None:
                raise missing("CashBack.AccountRef")
            refuse_type(company, cash_back, "AccountRef", *NAMED)
            back = cents(cash_back.get("Amount"), "CashBack.Amount") or 0
            cash_back["Amount"] = amount(back)
            total -= back
        if total < 0:
            raise business_rule("Deposit amount must be 0 or greater.", element="TotalAmt")
        fields["Line"] = number_lines(lines)
        fields["TotalAmt"] = amount(total)
        return fields

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """The bank, against every line."""
        make = posting_maker(fields)
        undeposited = company.standing_account(chart.UNDEPOSITED_FUNDS, write.moment)
        postings = [make(fields["DepositToAccountRef"]["value"], cents(fields["TotalAmt"], "TotalAmt") or 0)]
        for line in fields["Line"]:
            whole = cents(line["Amount"], "Line.Amount") or 0
            detail = line.get(LINE) or {}
            if line.get("LinkedTxn"):
                postings.append(make(undeposited, -whole))
                continue
            customer, vendor = entity_of(company, detail)
            account = detail["AccountRef"]["value"]
            type_name = company.tables["Account"][account]["AccountType"]
            postings.append(
                make(
                    account,
                    -whole,
                    detail,
                    customer=customer,
                    vendor=vendor,
                    memo=line.get("Description", ""),
                    receivable=type_name == chart.RECEIVABLE,
                    payable=type_name == chart.PAYABLE,
                )
            )
        cash_back = fields.get("CashBack")
        if cash_back and cash_back.get("Amount"):
            postings.append(make(cash_back["AccountRef"]["value"], cents(cash_back["Amount"], "CashBack.Amount") or 0))
        return postings

    def claims(self, fields: Fields) -> tuple[Claim, ...]:
        """The payments and receipts it takes to the bank."""
        return tuple(
            Claim(link["TxnType"], link["TxnId"], cents(line["Amount"], "Line.Amount") or 0, "deposit")
            for line in fields["Line"]
            for link in line.get("LinkedTxn", ())
        )


class Transfer(Document):
    """Dr one balance sheet account, Cr another."""

    name = "Transfer"

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Both accounts are named and differ."""
        fields = self.begin(company, fields, old, write)
        fields.pop("DocNumber", None)
        for name in ("FromAccountRef", "ToAccountRef"):
            if resolve(company, fields, name, "Account", old) is None:
                raise missing(name)
            refuse_type(company, fields, name, *NAMED, *INCOME_STATEMENT)
        if reference_id(fields, "FromAccountRef") == reference_id(fields, "ToAccountRef"):
            raise business_rule("A transfer needs two different accounts.", element="ToAccountRef")
        whole = line_amount({"Amount": fields.get("Amount")})
        if whole < 0:
            raise business_rule("Transfer amount must be 0 or greater.", element="Amount")
        fields["Amount"] = amount(whole)
        return fields

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """From one account to the other."""
        del company, write
        make = posting_maker(fields)
        whole = cents(fields["Amount"], "Amount") or 0
        return [make(fields["ToAccountRef"]["value"], whole), make(fields["FromAccountRef"]["value"], -whole)]


def _settle_line(company: Company, line: Fields, owner: str | None, write: Write) -> int:
    whole = line_amount(line)
    line["Amount"] = amount(whole)
    links = line.get("LinkedTxn")
    detail = line.get(LINE)
    if not links or line.get("DetailType") == LINE:
        line["DetailType"] = LINE
        if not detail or reference_id(detail, "AccountRef") is None:
            raise missing("Line.DepositLineDetail.AccountRef")
    if not links:
        line.pop("LinkedTxn", None)
        assert detail is not None
        _settle_direct(company, detail)
        return whole
    if len(links) != 1:
        raise missing("Line.LinkedTxn")
    line["LinkedTxn"] = [_settle_link(company, links[0], whole, owner, write)]
    return whole


def _settle_direct(company: Company, detail: Fields) -> None:
    resolve(company, detail, "AccountRef", "Account")
    resolve(company, detail, "ClassRef", "Class")
    resolve(company, detail, "PaymentMethodRef", "PaymentMethod")
    customer, vendor = entity_of(company, detail)
    account = company.tables["Account"][str(reference_id(detail, "AccountRef"))]
    if account.get("AccountSubType") == chart.UNDEPOSITED_FUNDS:
        # Its money is taken by links alone (python-quickbooks issue 391, where QuickBooks' own page refuses it too).
        raise business_rule("Select a bank account for this deposit.")
    if account["AccountType"] == chart.RECEIVABLE and customer is None:
        raise business_rule("When you use Accounts Receivable, you must choose a customer in the Name field.")
    if account["AccountType"] == chart.PAYABLE and vendor is None:
        raise business_rule("When you use Accounts Payable, you must choose a vendor in the Name field.")


def _settle_link(company: Company, link: Fields, whole: int, owner: str | None, write: Write) -> Fields:
    kind, target = text(link.get("TxnType")), text(link.get("TxnId"))
    if kind not in DEPOSITED:
        raise invalid_choice("Line.LinkedTxn.TxnType", kind)
    found = company.find(kind, target)
    if found is None or target is None or (kind, target) in company.unseen:
        raise not_found()
    line_id = text(link.get("TxnLineId")) or "0"
    if company.settings.deposit_line_id_strict and kind != "JournalEntry" and line_id != "0":
        raise bad_reference("Transaction line", line_id, "Line.LinkedTxn.TxnLineId")
    holder = company.deposit_of(target)
    if holder is not None and holder != owner:
        raise _cannot_link(f"{kind} {target} is already in deposit {holder}.")
    undeposited = company.standing_account(chart.UNDEPOSITED_FUNDS, write.moment)
    waiting = sum(line.cents for line in company.ledger.postings.get(target, ()) if line.account == undeposited)
    if waiting == 0 and (kind == "JournalEntry" or reference_id(found, "DepositToAccountRef") != undeposited):
        raise _cannot_link(f"{kind} {target} is not in Undeposited Funds.")
    if waiting != whole:
        raise business_rule(f"The line's amount differs from the amount of {kind} {target}.", element="Line.Amount")
    return {"TxnId": target, "TxnType": kind, "TxnLineId": line_id}


def _cannot_link(why: str) -> Refused:
    return Refused(
        "620", "Transaction can't be linked", f"Transaction can't be linked : {why}", element="Line.LinkedTxn"
    )
