"""Invoice, credit memo, sales receipt, refund receipt and estimate: how each books what its lines sell."""

from datetime import date, timedelta

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.documents.document import deposit_account, posting_maker, receivable_account
from hhs_sync.quickbooks.simulator.documents.sales_form import SalesForm
from hhs_sync.quickbooks.simulator.kind import Write, reference_to
from hhs_sync.quickbooks.simulator.ledger import Posting
from hhs_sync.quickbooks.simulator.refusal import missing
from hhs_sync.quickbooks.simulator.wire import Fields, amount, cents, day, decimal, reference_id


class Invoice(SalesForm):
    """Dr receivables of the customer, Cr the accounts of its lines."""

    name = "Invoice"

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """With its due date, from the terms or the same day."""
        fields = super().complete(company, fields, old, write)
        fields["DueDate"] = (day(fields.get("DueDate"), "DueDate") or due_date(company, fields)).isoformat()
        fields.setdefault("AllowIPNPayment", False)
        fields.setdefault("AllowOnlinePayment", False)
        fields.setdefault("AllowOnlineCreditCardPayment", False)
        fields.setdefault("AllowOnlineACHPayment", False)
        return fields

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """Receivables against what was sold."""
        return [_receivable(company, fields, write), *self.sold(company, fields, write)]

    def refreshed(self, company: Company, object_id: str, fields: Fields) -> Fields:
        """Balance, and the payments that pay it."""
        total = cents(fields["TotalAmt"], "TotalAmt") or 0
        return {
            **fields,
            "Balance": amount(total - company.paid(object_id)),
            "LinkedTxn": linked_transactions(company, object_id),
        }

    def voided(self, fields: Fields) -> Fields:
        """All amounts at zero."""
        return {**self.void_lines(fields), "TxnTaxDetail": {"TotalTax": 0}}


class CreditMemo(SalesForm):
    """Cr receivables of the customer, Dr the accounts of its lines; a Payment uses it up."""

    name = "CreditMemo"

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """An invoice turned round."""
        sold = [_receivable(company, fields, write), *self.sold(company, fields, write)]
        return [posting.reversed() for posting in sold]

    def refreshed(self, company: Company, object_id: str, fields: Fields) -> Fields:
        """What is left of the credit, and the payments that used it."""
        total = cents(fields["TotalAmt"], "TotalAmt") or 0
        left = amount(total - company.paid(object_id))
        return {
            **fields,
            "Balance": left,
            "RemainingCredit": left,
            "LinkedTxn": linked_transactions(company, object_id),
        }


class SalesReceipt(SalesForm):
    """Dr the account the money went to, Cr the accounts of its lines."""

    name = "SalesReceipt"
    customer_required = False

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """The money goes to Undeposited Funds unless told otherwise."""
        fields = super().complete(company, fields, old, write)
        account = deposit_account(company, fields, write)
        fields["DepositToAccountRef"] = reference_to(company.tables["Account"][account], account)
        fields["Balance"] = 0
        return fields

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """Money against what was sold."""
        received = _money(fields, deposit_account(company, fields, write))
        return [received, *self.sold(company, fields, write)]

    def refreshed(self, company: Company, object_id: str, fields: Fields) -> Fields:
        """The deposit that took it to the bank."""
        return {**fields, "LinkedTxn": linked_transactions(company, object_id)}

    def voided(self, fields: Fields) -> Fields:
        """All amounts at zero."""
        return {**self.void_lines(fields), "TxnTaxDetail": {"TotalTax": 0}}


class RefundReceipt(SalesForm):
    """Cr the account the money left, Dr the accounts of its lines."""

    name = "RefundReceipt"
    customer_required = False

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """It must say which account the money left."""
        if reference_id(fields, "DepositToAccountRef") is None:
            raise missing("DepositToAccountRef")
        fields = super().complete(company, fields, old, write)
        fields["Balance"] = 0
        return fields

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """A sales receipt turned round."""
        received = _money(fields, deposit_account(company, fields, write))
        return [posting.reversed() for posting in [received, *self.sold(company, fields, write)]]


class Estimate(SalesForm):
    """An offer; posts nothing."""

    name = "Estimate"

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Pending until it says otherwise."""
        fields = super().complete(company, fields, old, write)
        fields.setdefault("TxnStatus", "Pending")
        return fields


def due_date(company: Company, fields: Fields) -> date:
    """The day after which an invoice is overdue: the terms' days on, or the same day without terms."""
    issued = date.fromisoformat(fields["TxnDate"])
    term = company.find("Term", reference_id(fields, "SalesTermRef"))
    days = decimal((term or {}).get("DueDays"), "DueDays") or 0
    return issued + timedelta(days=int(days))


def linked_transactions(company: Company, object_id: str) -> list[Fields]:
    """The documents that lay a claim on this one, as its LinkedTxn shows them."""
    return [
        {"TxnId": link.source, "TxnType": "BillPaymentCheck" if link.source_kind == "BillPayment" else link.source_kind}
        for link in company.links.get(object_id, {}).values()
    ]


def _receivable(company: Company, fields: Fields, write: Write) -> Posting:
    return posting_maker(fields)(
        receivable_account(company, fields, write),
        cents(fields["TotalAmt"], "TotalAmt") or 0,
        customer=reference_id(fields, "CustomerRef"),
        receivable=True,
    )


def _money(fields: Fields, account: str) -> Posting:
    total = cents(fields["TotalAmt"], "TotalAmt") or 0
    return posting_maker(fields)(account, total, customer=reference_id(fields, "CustomerRef"))
