"""A QuickBooks entry as it should be, in our own words: no id of QuickBooks and nothing about a person in it.

The push resolves accounts, items, classes and customers to QuickBooks' ids at the last moment. `effects` is what the
entry must do to QuickBooks' accounts; tie-out counts with it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Protocol

import msgspec
from msgspec import Struct

from hhs_sync.enumeration import Enumeration
from hhs_sync.facts.document import Digest, FactKey
from hhs_sync.facts.session import ClientId
from hhs_sync.ledger.entry import Entry, EntryKey
from hhs_sync.mapping.accounts import Account
from hhs_sync.money import Money


class QuickBooksKind(Enumeration):
    """The kinds of QuickBooks entries that we write. The value is QuickBooks' own name."""

    CUSTOMER = "Customer"
    INVOICE = "Invoice"
    SALES_RECEIPT = "SalesReceipt"
    CREDIT_MEMO = "CreditMemo"
    PAYMENT = "Payment"
    DEPOSIT = "Deposit"
    TRANSFER = "Transfer"
    PURCHASE = "Purchase"
    JOURNAL_ENTRY = "JournalEntry"


# Whatever an entry needs stands in an earlier wave: payments link sales forms, deposits link payments and receipts.
WAVES: dict[QuickBooksKind, int] = {
    QuickBooksKind.CUSTOMER: 0,
    QuickBooksKind.INVOICE: 1,
    QuickBooksKind.CREDIT_MEMO: 1,
    QuickBooksKind.SALES_RECEIPT: 1,
    QuickBooksKind.JOURNAL_ENTRY: 1,
    QuickBooksKind.PURCHASE: 1,
    QuickBooksKind.TRANSFER: 1,
    QuickBooksKind.PAYMENT: 2,
    QuickBooksKind.DEPOSIT: 3,
}


class CustomerName(Struct, frozen=True, order=True, gc=False):
    """A customer: a payer ("Anthem", ""), a client by code ("", "K7F3Q"), or the client under the payer."""

    payer: str
    code: str

    @property
    def display(self) -> str:
        """QuickBooks' DisplayName, unique over all customers, sub-customers included: "K7F3Q Anthem"."""
        return " ".join(part for part in (self.code, self.payer) if part)


class DesiredLine(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One line. `amount` in cents.

    On sales forms (Invoice, SalesReceipt, CreditMemo) the amount is in the form's own direction, and the account is
    reached through its item. On a Deposit it adds to the deposit (negative takes away); on a Purchase it is what is
    bought; on a JournalEntry debits are positive and credits negative.
    `customer` names who a receivable on a journal line, or money on a deposit line, belongs to.
    """

    account: Account
    amount: Money
    description: str = ""
    clinician: str | None = None
    customer: CustomerName | None = None


class DesiredLink(Struct, frozen=True, kw_only=True, gc=False):
    """A payment's link to an invoice or credit memo, or a deposit's link to a payment or sales receipt."""

    entry: EntryKey
    amount: Money


class DesiredEntry(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One entry that QuickBooks should hold.

    `reference` is the opaque mark that stands in DocNumber (or PaymentRefNum) and PrivateNote. `amount` is the total
    in cents. `deposit_to` is the account money goes to (Payment, SalesReceipt, Deposit, Transfer), `paid_from` where
    it comes from (Purchase, Transfer). `needs` names entries that must exist first, besides those
    that it links. `renders` names the entries of the
    sub-ledger that this tells.
    """

    key: EntryKey
    kind: QuickBooksKind
    reference: str
    date: dt.date | None = None
    customer: CustomerName | None = None
    amount: Money = 0
    lines: tuple[DesiredLine, ...] = ()
    links: tuple[DesiredLink, ...] = ()
    deposit_to: Account | None = None
    paid_from: Account | None = None
    payee: str = ""
    memo: str = ""
    needs: tuple[EntryKey, ...] = ()
    renders: tuple[EntryKey, ...] = ()
    effects: tuple[tuple[Account, Money], ...] = ()

    def digest(self) -> Digest:
        """Name the content, so that a changed wish is seen."""
        return hashlib.sha256(self.content()).hexdigest()

    def content(self) -> bytes:
        """All that makes the entry what it is, as one text.

        Where it came from (`renders`), what follows from the rest (`needs`, `effects`) and our own key are not content.
        """
        return _encode((
            self.kind,
            self.reference,
            self.date,
            self.customer,
            self.amount,
            self.lines,
            self.links,
            self.deposit_to,
            self.paid_from,
            self.payee,
            self.memo,
        ))  # fmt: skip


_encode = msgspec.json.Encoder().encode


class Desired(Struct, frozen=True, kw_only=True):
    """All that QuickBooks should hold: entries in an order in which they may be written, and the customers they name.

    Payers stand before the sub-customers under them.
    """

    entries: tuple[DesiredEntry, ...] = ()
    customers: tuple[CustomerName, ...] = ()


class Told(Protocol):
    """What the plan reads of the books."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry of the sub-ledger, in order of date."""

    @property
    def session_revenue(self) -> Mapping[FactKey, Account]:
        """The income account of each session that was charged."""

    @property
    def session_clients(self) -> Mapping[FactKey, ClientId]:
        """Whose session it is."""

    @property
    def client_codes(self) -> Mapping[ClientId, str]:
        """The random code by which a client is known outside."""
