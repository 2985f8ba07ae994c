"""Full receivables: each entry of the sub-ledger as the QuickBooks documents that tell it.

The table FORMS says which form tells which kind of entry; the forms stand in `settle.py`, `bank.py` and `journal.py`.
Example, a claim of 150.00 of which the payer pays 85.00, the contract takes 40.00 and the client owes 25.00:

    CreditMemo  K7F3Q Anthem   4910 40.00, 1190 25.00     closes 65.00 of the Invoice of 150.00
    Payment     K7F3Q Anthem   85.00 into 1200            links the Invoice 150.00 and the CreditMemo 65.00
    Invoice     K7F3Q          1190 25.00                 1190 is zero again

and when the bank shows the money, a Deposit of 85.00 that links the Payment. Under `payer-batch` the same documents
stand for a whole remittance, with the customers Anthem and "Clients (detail in practice ledger)".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from hhs_sync.ledger.entry import EntryKind
from hhs_sync.mapping.accounts import CLEARING, Account
from hhs_sync.mapping.rules import Rules
from hhs_sync.plan.bank import deposit, money_out, payout
from hhs_sync.plan.desired import Desired, Told
from hhs_sync.plan.journal import journal
from hhs_sync.plan.movement import Movement, movements
from hhs_sync.plan.references import References
from hhs_sync.plan.settle import settle
from hhs_sync.plan.writer import Writer

Form: TypeAlias = Callable[[Writer, Movement], None]


def render_accrual(books: Told, rules: Rules, references: References) -> Desired:
    """What QuickBooks should hold under full receivables, in the practice's shape (`coded` or `payer-batch`)."""
    writer = Writer(books, rules, references)
    forms = {kind._value_: form for kind, form in FORMS.items()}
    for moved in movements(books.entries, coded=writer.customers.coded):
        if not moved.held:
            forms[moved.kind._value_](writer, moved)
    return writer.desired()


def _correction(writer: Writer, moved: Movement) -> None:
    """What a later fact changes in a closed period, told in the open one: as the event itself where no money moves."""
    if any(line.account is Account.BANK or line.account in CLEARING for line in moved.lines):
        journal(writer, moved)
    else:
        settle(writer, moved)


FORMS: dict[EntryKind, Form] = {
    EntryKind.CHARGE: settle,
    EntryKind.CHARGE_CANCELLED: settle,
    EntryKind.CLAIM_PAYMENT: settle,
    EntryKind.REVERSAL: settle,
    EntryKind.UNMATCHED_PAYMENT: settle,
    EntryKind.HELD_REMITTANCE: settle,
    EntryKind.REMITTANCE_DEPOSIT: deposit,
    EntryKind.BANK_SUSPENSE: deposit,
    EntryKind.SUSPENSE_IDENTIFIED: journal,
    EntryKind.CLIENT_PAYMENT: settle,
    EntryKind.PREPAYMENT: settle,
    EntryKind.CREDIT_APPLIED: settle,
    EntryKind.CLIENT_DEPOSIT: deposit,
    EntryKind.PAYOUT: payout,
    EntryKind.REFUND: money_out,
    EntryKind.DISPUTE: money_out,
    EntryKind.TO_CLIENT: settle,
    EntryKind.WRITE_OFF: settle,
    EntryKind.RECOVERY: settle,
    EntryKind.ADJUSTMENT: settle,
    EntryKind.ALLOWANCE: journal,
    EntryKind.UNCLAIMED: journal,
    EntryKind.CORRECTION: _correction,
    EntryKind.BANK_CORRECTION: journal,
}
