"""What is still open on each invoice and credit memo, as they are written one after the other.

QuickBooks refuses a payment that links more than is open on an invoice, and a deposit that links a payment twice. Both
are therefore counted here, in the order in which the documents are made: a payment takes from the oldest invoice of its
session first, what finds nothing open stays unapplied, and a receipt waits until a deposit takes it to the bank.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from hhs_sync.facts.document import FactKey
from hhs_sync.ledger.entry import EntryKey, Line
from hhs_sync.mapping.accounts import Account
from hhs_sync.money import Money

Place: TypeAlias = tuple[Account, str | None, FactKey | None]
"""Where a receivable stands: account, party, session."""


class OpenBalances:
    """Amounts in cents that invoices still ask for, or that credit memos still have to give, by place."""

    def __init__(self) -> None:
        """Start with nothing open."""
        self._open: dict[Place, list[tuple[EntryKey, Money]]] = {}

    def __bool__(self) -> bool:
        """True while anything is open."""
        return bool(self._open)

    def add(self, parts: Iterable[tuple[Place, Money]], document: EntryKey, total: Money) -> None:
        """A document opens its parts, but together never more than its own total."""
        for place, amount in parts:
            opened = min(amount, total)
            if opened > 0:
                total -= opened
                known = self._open.get(place)
                if known is None:
                    self._open[place] = [(document, opened)]
                else:
                    known.append((document, opened))

    def take(self, place: Place, amount: Money, taken: dict[EntryKey, Money]) -> Money:
        """Close up to `amount` at a place, oldest first, adding to `taken`. Returns how much was closed."""
        queue = self._open.get(place)
        if queue is None:
            return 0
        left = amount
        while queue and left > 0:
            document, opened = queue[0]
            closed = min(opened, left)
            taken[document] = taken.get(document, 0) + closed
            left -= closed
            if closed == opened:
                del queue[0]
            else:
                queue[0] = (document, opened - closed)
        if not queue:
            del self._open[place]
        return amount - left


class Receipt:
    """A payment or sales receipt whose money waits for its deposit."""

    __slots__ = ("account", "amount", "banked_by", "document", "left", "origin")

    def __init__(self, document: EntryKey, amount: Money, account: Account, origin: FactKey) -> None:
        """`origin` is the remittance or client payment that told of it; `account` is where the money waits.

        `left` is what no line of its deposit has accounted for yet: one receipt may be for several sessions.
        """
        self.document = document
        self.amount = amount
        self.account = account
        self.origin = origin
        self.banked_by: EntryKey | None = None
        self.left = amount


class Receipts:
    """Receipts that wait for their deposit, by party and item of their clearing line."""

    def __init__(self) -> None:
        """Start with none."""
        self._waiting: dict[tuple[str | None, FactKey | None], list[Receipt]] = {}

    def add(self, party: str | None, item: FactKey | None, receipt: Receipt) -> None:
        """A receipt waits under this party and item; one receipt may wait under several."""
        self._waiting.setdefault((party, item), []).append(receipt)

    def bank(self, line: Line, origins: set[FactKey], deposit: EntryKey) -> list[Receipt]:
        """Take the receipts that a deposit's line (a credit of clearing) brings to the bank.

        A session may have been paid twice before the first money came in: those told by a remittance (or payment) that
        the deposit names are meant, oldest first and no more than the line takes out; where it names none that we know,
        the oldest is. So a deposit that was signed keeps the receipt that it had when its remittance, told otherwise
        after the close, brings another one for the same money.
        """
        known = self._waiting.get((line.party, line.item), ())
        named = [one for one in known if one.origin in origins]
        if not named:
            named = [one for one in known if one.banked_by is None][:1]
        chosen: list[Receipt] = []
        missing = -line.amount
        for receipt in named:
            if receipt.banked_by is None and missing > 0:
                receipt.banked_by = deposit
                chosen.append(receipt)
            if receipt.banked_by == deposit:
                told = min(receipt.left, missing)
                receipt.left -= told
                missing -= told
        return chosen
