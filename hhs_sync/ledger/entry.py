"""An entry of the sub-ledger: a balanced record of one economic event. An unbalanced one can't be built.

Debits are positive, credits negative. Each entry names its evidence and says which rule made it.
"""

from __future__ import annotations

import datetime as dt
from typing import TypeAlias

from msgspec import Struct

from hhs_sync.enumeration import Enumeration
from hhs_sync.facts.document import FactKey
from hhs_sync.mapping.accounts import Account
from hhs_sync.money import Money

EntryKey: TypeAlias = str
"""The name of an entry: its kind and the fact it follows from ("charge:session/ehr/8841")."""

Party: TypeAlias = str
"""Who owes or is owed: a payer's id or a client's id."""


class EntryKind(Enumeration):
    """What happened. The value is the tag in the plain-text journal."""

    CHARGE = "charge"
    CHARGE_CANCELLED = "charge-cancelled"
    CLAIM_PAYMENT = "claim-payment"
    REVERSAL = "reversal"
    UNMATCHED_PAYMENT = "unmatched-payment"
    HELD_REMITTANCE = "held-remittance"
    REMITTANCE_DEPOSIT = "remittance-deposit"
    BANK_SUSPENSE = "bank-suspense"
    SUSPENSE_IDENTIFIED = "suspense-identified"
    CLIENT_PAYMENT = "client-payment"
    PREPAYMENT = "prepayment"
    CREDIT_APPLIED = "credit-applied"
    CLIENT_DEPOSIT = "client-deposit"
    PAYOUT = "payout"
    REFUND = "refund"
    DISPUTE = "dispute"
    TO_CLIENT = "to-client"
    WRITE_OFF = "write-off"
    RECOVERY = "recovery"
    ADJUSTMENT = "adjustment"
    ALLOWANCE = "allowance"
    UNCLAIMED = "unclaimed"
    CORRECTION = "correction"
    BANK_CORRECTION = "bank-correction"


class Line(Struct, frozen=True, gc=False):
    """One account's amount in cents: debit > 0 > credit.

    `party` says who owes (receivables, credits, recoupments); `item` which session (or claim payment) it concerns;
    `clinician` whose work it is, for the class in QuickBooks.
    """

    account: Account
    amount: Money
    party: Party | None = None
    item: FactKey | None = None
    clinician: str | None = None


class Evidence(Struct, frozen=True, gc=False):
    """A fact and a place in it ("" for all of it; "segment 12" for a claim payment within a remittance)."""

    fact: FactKey
    place: str = ""


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """One balanced record. `because` names the rule that made it.

    `held` marks an entry that the sub-ledger knows and QuickBooks is not told yet (a remittance that does not add up).
    `corrects` is the month ("2025-11") that a correction after a close belongs to.
    """

    key: EntryKey
    date: dt.date
    kind: EntryKind
    lines: tuple[Line, ...]
    because: str
    evidence: tuple[Evidence, ...]
    held: bool = False
    corrects: str = ""

    def __post_init__(self) -> None:
        """Refuse to exist unbalanced, empty or without evidence: that would be a bug of ours, not of the data."""
        total = 0
        for line in self.lines:
            total += line.amount
        assert total == 0, f"entry {self.kind.value} is out of balance by {total} cents"
        assert self.lines, f"entry {self.kind.value} has no lines"
        assert self.evidence, f"entry {self.kind.value} names no evidence"

    def amount_on(self, account: Account) -> Money:
        """The entry's net amount on one account, in cents."""
        return sum(line.amount for line in self.lines if line.account is account)
