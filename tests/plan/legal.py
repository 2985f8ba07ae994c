"""A second opinion on documents: what QuickBooks would refuse, checked in the order in which they are written.

Written from the rules of QuickBooks alone, without a look at the code that makes the documents: totals, links,
customers, deposits, journal entries. It keeps its own open balances.
"""

from __future__ import annotations

from collections.abc import Iterator

from hhs_sync.mapping.accounts import Account
from hhs_sync.money import Money
from hhs_sync.plan.desired import Desired, DesiredEntry, QuickBooksKind

A, K = Account, QuickBooksKind
RECEIVABLE = {A.AR_PAYER, A.AR_CLIENT}
WAITING = {A.PAYER_CLEARING, A.UNDEPOSITED}


def illegalities(desired: Desired) -> Iterator[str]:
    """Everything that QuickBooks would refuse, or that would not be sound."""
    written: dict[str, DesiredEntry] = {}
    left: dict[str, Money] = {}
    deposited: set[str] = set()
    marks: set[str] = set()
    for one in desired.entries:
        if one.key in written:
            yield f"{one.key}: twice"
        if one.reference in marks or len(one.reference) > 21:
            yield f"{one.key}: its reference is not its own, or too long"
        if sum(amount for _, amount in one.effects):
            yield f"{one.key}: does not balance"
        if one.date is None or not one.memo or not one.renders:
            yield f"{one.key}: lacks its date, memo or entries"
        for link in one.links:
            if link.entry not in written:
                yield f"{one.key}: links {link.entry}, which is not written yet"
            if link.amount <= 0:
                yield f"{one.key}: a link of nothing"
        if len({link.entry for link in one.links}) < len(one.links):
            yield f"{one.key}: links one document twice"
        yield from (f"{one.key}: {problem}" for problem in CHECKS[one.kind](one, written, left, deposited))
        written[one.key] = one
        marks.add(one.reference)


def _form(one: DesiredEntry, written, left, deposited) -> Iterator[str]:
    if one.amount <= 0 or one.amount != sum(line.amount for line in one.lines):
        yield "a sales form's total is what its lines come to, above zero"
    if one.customer is None:
        yield "a sales form without a customer"
    if any(line.amount == 0 for line in one.lines):
        yield "a line of nothing"
    if any(line.account in RECEIVABLE | WAITING | {A.BANK} for line in one.lines):
        yield "an item cannot stand for receivables, payments to deposit or the bank"
    if (one.kind is K.SALES_RECEIPT) != (one.deposit_to is not None):
        yield "money goes somewhere, debts go nowhere"
    left[one.key] = one.amount


def _payment(one: DesiredEntry, written, left, deposited) -> Iterator[str]:
    paid, used = 0, 0
    for link in one.links:
        other = written[link.entry]
        if other.customer != one.customer:
            yield f"links {other.key}, which is another customer's"
        if other.kind is K.INVOICE:
            paid += link.amount
        elif other.kind is K.CREDIT_MEMO:
            used += link.amount
        else:
            yield f"links a {other.kind.value}"
        left[link.entry] -= link.amount
        if left[link.entry] < 0:
            yield f"links more than is open on {other.key}"
    if one.amount < 0 or paid - used > one.amount:
        yield "pays more than it has"
    if one.amount == 0 and (not one.links or paid != used or one.deposit_to is not None):
        yield "a payment of nothing must apply a credit memo in full to invoices"
    if one.amount and one.deposit_to is None:
        yield "money goes somewhere"
    if used and used > paid:
        yield "a credit memo is applied to an invoice"


def _deposit(one: DesiredEntry, written, left, deposited) -> Iterator[str]:
    for link in one.links:
        other = written[link.entry]
        if other.kind not in (K.PAYMENT, K.SALES_RECEIPT) or other.deposit_to not in WAITING:
            yield f"{other.key} does not wait for a deposit"
        if link.amount != other.amount:
            yield f"takes only a part of {other.key}"
        if other.key in deposited:
            yield f"{other.key} is in a deposit already"
        deposited.add(other.key)
    total = sum(link.amount for link in one.links) + sum(line.amount for line in one.lines)
    if one.amount != total or total < 0 or one.deposit_to is not A.BANK:
        yield "a deposit's total is what it holds, never below zero"
    if not one.links and not one.lines:
        yield "an empty deposit"
    if any(line.amount == 0 or line.account in WAITING for line in one.lines):
        yield "a direct line of nothing, or out of payments to deposit"


def _transfer(one: DesiredEntry, written, left, deposited) -> Iterator[str]:
    if one.amount <= 0 or None in (one.paid_from, one.deposit_to) or one.paid_from is one.deposit_to or one.lines:
        yield "a transfer moves something from one account to another"


def _purchase(one: DesiredEntry, written, left, deposited) -> Iterator[str]:
    if one.amount <= 0 or one.amount != sum(line.amount for line in one.lines) or one.paid_from is None:
        yield "a purchase costs what its lines come to"
    if any(line.account in RECEIVABLE for line in one.lines):
        yield "a purchase of receivables"


def _journal(one: DesiredEntry, written, left, deposited) -> Iterator[str]:
    if sum(line.amount for line in one.lines) or one.amount != sum(max(line.amount, 0) for line in one.lines):
        yield "a journal entry balances, and its total is its debits"
    owing = [line for line in one.lines if line.account in RECEIVABLE]
    if len(owing) > 1 or any(line.customer is None for line in owing):
        yield "one line on receivables at most, with its customer"


CHECKS = {
    K.INVOICE: _form, K.CREDIT_MEMO: _form, K.SALES_RECEIPT: _form, K.PAYMENT: _payment, K.DEPOSIT: _deposit,
    K.TRANSFER: _transfer, K.PURCHASE: _purchase, K.JOURNAL_ENTRY: _journal,
}  # fmt: skip
