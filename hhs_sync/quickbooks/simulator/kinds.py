"""Every kind of object the company knows, by the name it bears on the wire."""

from hhs_sync.quickbooks.simulator.documents.deposit import Deposit, Transfer
from hhs_sync.quickbooks.simulator.documents.journal import JournalEntry
from hhs_sync.quickbooks.simulator.documents.payment import Payment
from hhs_sync.quickbooks.simulator.documents.purchasing import (
    Bill,
    BillPayment,
    CreditCardPayment,
    Purchase,
    PurchaseOrder,
    VendorCredit,
)
from hhs_sync.quickbooks.simulator.documents.recurring import RecurringTransaction
from hhs_sync.quickbooks.simulator.documents.sales import CreditMemo, Estimate, Invoice, RefundReceipt, SalesReceipt
from hhs_sync.quickbooks.simulator.documents.time import TimeActivity
from hhs_sync.quickbooks.simulator.kind import Kind
from hhs_sync.quickbooks.simulator.lists.accounts import Account
from hhs_sync.quickbooks.simulator.lists.attachable import Attachable
from hhs_sync.quickbooks.simulator.lists.exchange import ExchangeRate
from hhs_sync.quickbooks.simulator.lists.items import Item
from hhs_sync.quickbooks.simulator.lists.names import Customer, Employee, Vendor
from hhs_sync.quickbooks.simulator.lists.plain import (
    Budget,
    Class,
    CompanyCurrency,
    CustomerType,
    Department,
    PaymentMethod,
    TaxAgency,
    TaxCode,
    TaxRate,
    Term,
)
from hhs_sync.quickbooks.simulator.lists.settings import CompanyInfo, Preferences

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Account(),
        Attachable(),
        Bill(),
        BillPayment(),
        Budget(),
        Class(),
        CompanyCurrency(),
        CompanyInfo(),
        CreditCardPayment(),
        CreditMemo(),
        Customer(),
        CustomerType(),
        Department(),
        Deposit(),
        Employee(),
        Estimate(),
        ExchangeRate(),
        Invoice(),
        Item(),
        JournalEntry(),
        Payment(),
        PaymentMethod(),
        Preferences(),
        Purchase(),
        PurchaseOrder(),
        RefundReceipt(),
        SalesReceipt(),
        TaxAgency(),
        TaxCode(),
        TaxRate(),
        Term(),
        TimeActivity(),
        Transfer(),
        Vendor(),
        VendorCredit(),
    )
}

TEMPLATES = (
    "Bill",
    "CreditMemo",
    "Deposit",
    "Estimate",
    "Invoice",
    "JournalEntry",
    "Purchase",
    "PurchaseOrder",
    "RefundReceipt",
    "SalesReceipt",
    "Transfer",
    "VendorCredit",
)
"""What a recurring transaction may be a template of."""

RECURRING = RecurringTransaction({name: KINDS[name] for name in TEMPLATES})
KINDS[RECURRING.name] = RECURRING

BY_FOLDED_NAME = {name.casefold(): kind for name, kind in KINDS.items()} | {
    "creditcardpaymenttxn": KINDS["CreditCardPayment"]
}
"""Paths and queries spell names as they please: invoice, Invoice, INVOICE."""
