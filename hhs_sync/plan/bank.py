"""The forms of money that reaches or leaves the bank or a card processor: deposits, payouts, refunds, fees, disputes.

One line of the bank's statement is one QuickBooks document of the same amount, so that the bank feed finds it.

    deposit     links the receipts that it brings; what no receipt explains (takebacks, interest) stands on direct lines
                (of several that bring one payment the first links its receipts, less what the others bring: 1220)
    payout      a Transfer of the net; fees were told by a Purchase of their own
    money_out   a Purchase; a debt that stands again is a JournalEntry: of all of it where the bank shows it (returned
                check with its fee, one line), of that part where a card processor holds it (chargeback)
"""

from __future__ import annotations

import msgspec

from hhs_sync.ledger.entry import EntryKey, EntryKind, Line
from hhs_sync.mapping.accounts import CARD_CLEARING, CLEARING, RECEIVABLE, Account
from hhs_sync.money import Money
from hhs_sync.plan.desired import CustomerName, DesiredLine
from hhs_sync.plan.journal import journal
from hhs_sync.plan.links import Receipt
from hhs_sync.plan.movement import Movement
from hhs_sync.plan.references import CLIENT_REFUND
from hhs_sync.plan.writer import CLASSED, Writer

_WAITING = CLEARING - CARD_CLEARING
_MONEY = CARD_CLEARING | {Account.BANK, Account.UNDEPOSITED}


class Direct:
    """Direct lines of a deposit, one per account, class and payer; cents as they add to the deposit."""

    def __init__(self, writer: Writer) -> None:
        """Start with none."""
        self._writer = writer
        self._amounts: dict[tuple[Account, str | None, CustomerName | None], Money] = {}

    def add(self, account: Account, amount: Money, party: str | None = None, clinician: str | None = None) -> None:
        """Add to the line of this account, class and payer."""
        customer = self._writer.customers.payer(party) if self._writer.customers.is_payer(party) else None
        key = (account, clinician if account in CLASSED else None, customer)
        self._amounts[key] = self._amounts.get(key, 0) + amount

    def withheld(self, amount: Money) -> list[tuple[Account, str | None, Money]]:
        """Take up to this much out again, last line first: account, clinician and cents of what a later line brings."""
        taken: list[tuple[Account, str | None, Money]] = []
        for key, there in reversed(self._amounts.items()):
            part = min(max(there, 0), amount)
            if part:
                self._amounts[key] = there - part
                amount -= part
                taken.append((key[0], key[1], part))
        return taken

    def without_receipts(self) -> list[DesiredLine]:
        """Take out what waits for a deposit and has no receipt, and put 1190 in its place: a journal's lines for it.

        So it is after a close, when a receipt lies in a deposit that was signed and its money turned out to be another.
        """
        lines: list[DesiredLine] = []
        for (account, _, _), amount in list(self._amounts.items()):
            if account in _WAITING and amount:
                self.add(account, -amount)
                self.add(Account.TRANSFER_CLEARING, amount)
                lines.append(self._writer.line(account, -amount))
                lines.append(self._writer.line(Account.TRANSFER_CLEARING, amount))
        return lines

    def lines(self) -> tuple[DesiredLine, ...]:
        """The lines, without those that cancel out."""
        return tuple(
            [
                self._writer.line(account, amount, clinician, customer)
                for (account, clinician, customer), amount in self._amounts.items()
                if amount
            ]
        )


def deposit(writer: Writer, moved: Movement) -> None:
    """Tell a line of the bank: what it brought, and what no receipt explains."""
    bank: Money = 0
    brought: dict[EntryKey, Receipt] = {}
    direct = Direct(writer)
    origins = {one.fact for one in moved.evidence}
    for line in moved.lines:
        if line.account is Account.BANK:
            bank += line.amount
            continue
        if line.account in _WAITING:
            for receipt in writer.receipts.bank(line, origins, moved.key):
                brought[receipt.document] = receipt
                direct.add(receipt.account, -receipt.amount)
            direct.add(line.account, -line.amount)
        else:
            direct.add(line.account, -line.amount, line.party, line.clinician)
    links = {key: (receipt.account, receipt.amount) for key, receipt in brought.items()}
    through = Account.TRANSFER_CLEARING
    if (links or bank) and (apart := direct.without_receipts()):
        writer.journal_entry(moved, tuple(apart))
    if bank < 0 and links:
        # The payer took more than it paid, and the bank paid the difference: a Deposit of 0.00 and a Purchase.
        direct.add(through, -bank)
        writer.deposit(moved, links, direct.lines())
        writer.purchase(moved, Account.BANK, (writer.line(through, -bank),))
        return
    lines = direct.lines()
    if bank < 0:
        writer.purchase(moved, Account.BANK, writer.turned(lines))
    elif links or bank:
        writer.deposit(moved, links, lines)
    elif lines:
        writer.journal_entry(moved, writer.turned(lines))


def payout(writer: Writer, moved: Movement) -> None:
    """Tell a payout: a Transfer of the net between processor and bank; its fees are money out."""
    accounts = {line.account for line in moved.lines}
    if Account.BANK not in accounts:
        money_out(writer, moved)
        return
    cards = accounts & CARD_CLEARING
    if len(cards) == 1 and accounts == cards | {Account.BANK}:
        (card,) = cards
        net = sum([line.amount for line in moved.lines if line.account is Account.BANK])
        paid_from, deposit_to = (card, Account.BANK) if net > 0 else (Account.BANK, card)
        if net:
            writer.transfer(moved, paid_from=paid_from, deposit_to=deposit_to, amount=abs(net))
        return
    deposit(writer, moved)


def money_out(writer: Writer, moved: Movement) -> None:
    """Tell money that leaves the bank or a processor: what it bought, and the debt that stands again."""
    source = [line for line in moved.lines if line.account in _MONEY]
    debts = [line for line in moved.lines if line.account in RECEIVABLE]
    bought: dict[tuple[Account, str | None], Money] = {}
    for line in moved.lines:
        if line.account not in _MONEY and line.account not in RECEIVABLE:
            place = (line.account, line.clinician if line.account in CLASSED else None)
            bought[place] = bought.get(place, 0) + line.amount
    cost = sum(bought.values())
    if not source or any(line.account is not source[0].account for line in source) or (bought and cost <= 0):
        journal(writer, moved)
        return
    paid_from = source[0].account
    if debts and paid_from is Account.BANK:
        journal(writer, moved)
        return
    if bought:
        lines = tuple([writer.line(account, amount, who) for (account, who), amount in bought.items() if amount])
        payee = CLIENT_REFUND if moved.kind is EntryKind.REFUND else ""
        writer.purchase(moved, paid_from, lines, payee=payee)
    if debts:
        left = Line(paid_from, -sum([line.amount for line in debts]))
        journal(writer, msgspec.structs.replace(moved, lines=(*debts, left)))
