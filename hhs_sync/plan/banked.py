"""Receipts that lie in deposits, and how a deposit lets go of those that a person wants written over.

QuickBooks changes no payment and no sales receipt while a deposit holds it (error 6540). Where somebody changed one by
hand and the answer is that ours stands, its deposit first takes that money from 1220 in place of the receipt. The
deposit's total and day stay as they are, so a bank line that was reconciled stays so. The next plan writes the receipt
over, and the deposit takes it up again: in between the same sum is too much on the account where the receipt waits and
too little on 1220. Not a line on that account itself: QuickBooks refuses lines on undeposited funds in a deposit
(python-quickbooks issue 391).

    Deposit 100.00    Payment A 60.00    Payment B 40.00     as wished
    Deposit 100.00    1220      60.00    Payment B 40.00     lets go of A
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import msgspec

from hhs_sync.ledger.entry import EntryKey
from hhs_sync.mapping.accounts import Account
from hhs_sync.plan.changes import PushedEntry
from hhs_sync.plan.desired import Desired, DesiredEntry, DesiredLine, QuickBooksKind

RECEIPTS = frozenset({QuickBooksKind.PAYMENT, QuickBooksKind.SALES_RECEIPT})
"""What a deposit may hold."""


class Banked:
    """Which deposits hold what, as far as they are in QuickBooks and still wished."""

    def __init__(
        self, desired: Desired, pushed: Mapping[EntryKey, PushedEntry], restored: AbstractSet[EntryKey]
    ) -> None:
        """`restored` names what a person wants written over; no deposit keeps such a receipt once it let go of it."""
        self._holders: dict[EntryKey, DesiredEntry] = {}
        self._let_go: dict[EntryKey, DesiredEntry] = {}
        waited_in = {
            one.key: one.deposit_to
            for one in desired.entries
            if one.key in restored and one.kind in RECEIPTS and one.deposit_to is not None
        }
        for one in desired.entries:
            before = pushed.get(one.key) if one.kind is QuickBooksKind.DEPOSIT else None
            if before is None or before.voided:
                continue
            held = one
            if any(link.entry in waited_in for link in one.links):
                self._let_go[one.key] = apart = _without(one, waited_in)
                held = apart if before.desired_digest == apart.digest() else one
            self._holders.update((link.entry, one) for link in held.links)

    def holder_of(self, receipt: DesiredEntry) -> DesiredEntry | None:
        """The deposit that keeps QuickBooks from changing a receipt."""
        return self._holders.get(receipt.key)

    def letting_go(self, deposit: DesiredEntry) -> DesiredEntry:
        """A deposit as it has to be while its receipts are written over."""
        return self._let_go[deposit.key]


def _without(deposit: DesiredEntry, waited_in: Mapping[EntryKey, Account]) -> DesiredEntry:
    """A deposit with the money of these receipts taken from 1220, and they left where they waited."""
    freed = [link for link in deposit.links if link.entry in waited_in]
    lines = [DesiredLine(account=Account.IN_TRANSIT, amount=link.amount) for link in freed]
    effects = [(waited_in[link.entry], link.amount) for link in freed]
    effects.extend((Account.IN_TRANSIT, -link.amount) for link in freed)
    return msgspec.structs.replace(
        deposit,
        lines=(*deposit.lines, *lines),
        links=tuple(link for link in deposit.links if link.entry not in waited_in),
        effects=(*deposit.effects, *effects),
    )
