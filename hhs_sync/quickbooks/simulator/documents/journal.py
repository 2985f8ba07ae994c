"""Journal entries: debits and credits as a bookkeeper writes them."""

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.documents.document import (
    Document,
    entity_of,
    line_amount,
    lines_of,
    number_lines,
    posting_maker,
)
from hhs_sync.quickbooks.simulator.documents.sales import linked_transactions
from hhs_sync.quickbooks.simulator.kind import Write, resolve
from hhs_sync.quickbooks.simulator.ledger import Posting
from hhs_sync.quickbooks.simulator.refusal import Refused, business_rule, invalid_choice, missing
from hhs_sync.quickbooks.simulator.wire import Fields, amount, cents, flag, reference_id

LINE = "JournalEntryLineDetail"


class JournalEntry(Document):
    """Posts what its lines say; they must balance (2300)."""

    name = "JournalEntry"
    derived = ("TotalAmt", "HomeTotalAmt")

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """A line on receivables names its customer, one on payables its vendor."""
        fields = self.begin(company, fields, old, write)
        fields["Adjustment"] = flag(fields.get("Adjustment")) is True
        lines = lines_of(fields)
        if not lines:
            raise missing("Line")
        debits = credits_ = receivable_lines = 0
        for line in lines:
            if line.get("DetailType") == "DescriptionOnly":
                continue
            whole, account = _settle_line(company, line, old)
            receivable_lines += account["AccountType"] == chart.RECEIVABLE
            if line[LINE]["PostingType"] == "Debit":
                debits += whole
            else:
                credits_ += whole
        if debits != credits_:
            raise Refused(
                "2300",
                "Total debits must equal total credits",
                f"The debits of {amount(debits)} differ from the credits of {amount(credits_)}.",
                element="Line",
            )
        if receivable_lines > 1 and company.settings.journal_receivable_lines == "one":
            raise business_rule("A journal entry can have only one Accounts Receivable line.", element="Line")
        fields["Line"] = number_lines(lines)
        fields["TotalAmt"] = amount(debits)
        return fields

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """One posting a line."""
        del write
        make = posting_maker(fields)
        postings = []
        for line in fields["Line"]:
            if LINE not in line:
                continue
            detail = line[LINE]
            customer, vendor = entity_of(company, detail)
            account = detail["AccountRef"]["value"]
            type_name = company.tables["Account"][account]["AccountType"]
            whole = cents(line["Amount"], "Line.Amount") or 0
            postings.append(
                make(
                    account,
                    whole if detail["PostingType"] == "Debit" else -whole,
                    detail,
                    customer=customer,
                    vendor=vendor,
                    memo=line.get("Description", ""),
                    receivable=type_name == chart.RECEIVABLE,
                    payable=type_name == chart.PAYABLE,
                )
            )
        return postings

    def refreshed(self, company: Company, object_id: str, fields: Fields) -> Fields:
        """The payments that were applied to its receivable line."""
        linked = linked_transactions(company, object_id)
        if linked:
            return {**fields, "LinkedTxn": linked}
        return {name: value for name, value in fields.items() if name != "LinkedTxn"}


def open_receivable(company: Company, object_id: str) -> int:
    """What an entry puts on receivables in cents, a credit negative."""
    return sum(line.cents for line in company.ledger.postings.get(object_id, ()) if line.receivable)


def _settle_line(company: Company, line: Fields, old: Fields | None) -> tuple[int, Fields]:
    line["DetailType"] = LINE
    detail = line.get(LINE)
    if not detail:
        raise missing("Line.JournalEntryLineDetail")
    whole = line_amount(line)
    if whole < 0:
        raise business_rule("The amount of a journal line must be 0 or greater.", element="Line.Amount")
    line["Amount"] = amount(whole)
    if detail.get("PostingType") not in ("Debit", "Credit"):
        raise invalid_choice("PostingType", detail.get("PostingType"))
    if resolve(company, detail, "AccountRef", "Account", detail if old else None) is None:
        raise missing("Line.JournalEntryLineDetail.AccountRef")
    resolve(company, detail, "ClassRef", "Class", detail if old else None)
    resolve(company, detail, "DepartmentRef", "Department", detail if old else None)
    detail.pop("TaxAmount", None)
    detail.pop("TaxApplicableOn", None)
    customer, vendor = entity_of(company, detail)
    account = company.tables["Account"][str(reference_id(detail, "AccountRef"))]
    if account["AccountType"] == chart.RECEIVABLE and customer is None:
        raise business_rule(
            "When you use Accounts Receivable, you must choose a customer in the Name field.", element="Line.Entity"
        )
    if account["AccountType"] == chart.PAYABLE and vendor is None:
        raise business_rule(
            "When you use Accounts Payable, you must choose a vendor in the Name field.", element="Line.Entity"
        )
    return whole, account
