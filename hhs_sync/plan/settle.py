"""The form `settle`: receivables move, with money or without.

A movement names customers whose debt rises or falls, money that came in, and accounts that explain the rest. One
customer is the principal: the one whose claim or bill it is. The rest of the movement is told on the principal's forms;
every other customer is connected through 1190, which is zero again when all documents of the movement are in.

    principal   CreditMemo (the rest lowers the debt) or Invoice (it raises the debt), and a Payment (money)
    others      Invoice or CreditMemo on 1190
    no debt     SalesReceipt: money that closes no debt (a prepayment, an excess, a payment without a home)

A Payment links what it closes: the CreditMemo, and the invoices of its sessions as far as they are open. Where no money
came, a Payment of 0.00 makes the links. What cannot be linked stays unapplied on the customer.
"""

from __future__ import annotations

from hhs_sync.ledger.entry import EntryKey, EntryKind, Line
from hhs_sync.mapping.accounts import CARD_CLEARING, CLEARING, RECEIVABLE, Account
from hhs_sync.money import Money
from hhs_sync.plan.desired import CustomerName, DesiredLine, QuickBooksKind
from hhs_sync.plan.journal import journal
from hhs_sync.plan.links import Place, Receipt, Standing
from hhs_sync.plan.movement import Movement
from hhs_sync.plan.writer import CLASSED, Writer

# What money becomes that closes no debt: owed to a client or payer, or without a home.
_NO_DEBT = frozenset({Account.CLIENT_CREDIT, Account.RECOUPMENT, Account.SUSPENSE, Account.UNCLAIMED})
# Kinds that raise the principal's debt; all others lower it.
_RAISES = frozenset(kind._value_ for kind in (EntryKind.CHARGE, EntryKind.REVERSAL, EntryKind.RECOVERY))


class Owing:
    """One customer in a movement: the net change of its debt in cents, and the places where it changes."""

    __slots__ = ("account", "customer", "net", "parts")

    def __init__(self, account: Account, customer: CustomerName) -> None:
        """Start at nothing."""
        self.account = account
        self.customer = customer
        self.net: Money = 0
        self.parts: list[tuple[Place, Money]] = []


class Rest:
    """What explains a movement on one account and for one class, in cents."""

    __slots__ = ("account", "amount", "clinician")

    def __init__(self, account: Account, clinician: str | None, amount: Money) -> None:
        """Take the first amount."""
        self.account = account
        self.clinician = clinician
        self.amount = amount


class Settlement:
    """A movement of receivables, sorted: who owes, what money came, what explains the rest."""

    __slots__ = ("cash", "moved", "owing", "rest", "standing", "waits", "writer")

    def __init__(self, writer: Writer, standing: Standing, moved: Movement) -> None:
        """Sort the movement's lines."""
        self.writer = writer
        self.standing = standing
        self.moved = moved
        self.owing: list[Owing] = []
        self.cash: list[Line] = []
        self.rest: dict[tuple[Account, str | None], Rest] = {}
        for line in moved.lines:
            account = line.account
            if account in RECEIVABLE:
                self._owe(line)
            elif account in CLEARING:
                self.cash.append(line)
            else:
                self._explain(account, line.clinician if account in CLASSED else None, line.amount)
        self.waits = self.cash[0].account if self.cash else None

    def _owe(self, line: Line) -> None:
        account = line.account
        customer = (
            self.writer.payer(line.party, line.item) if account is Account.AR_PAYER else self.writer.client(line.party)
        )
        for one in self.owing:
            if one.customer is customer and one.account is account:
                break
        else:
            one = Owing(account, customer)
            self.owing.append(one)
        one.net += line.amount
        one.parts.append(((account, line.party, line.item), line.amount))

    def _explain(self, account: Account, clinician: str | None, amount: Money) -> None:
        key = (account, clinician)
        known = self.rest.get(key)
        if known is None:
            self.rest[key] = Rest(account, clinician, amount)
        else:
            known.amount += amount

    def tell(self) -> None:
        """Write the documents."""
        money = sum([line.amount for line in self.cash])
        if money < 0 or any(line.account is not self.waits for line in self.cash):
            journal(self.writer, self.moved)
            return
        principal = self._principal()
        if principal is None:
            if money:
                self._receive(self._payer(), self._lines(-1), money)
            else:
                journal(self.writer, self.moved)
            return
        for other in self.owing:
            if other is not principal:
                self._explain(Account.TRANSFER_CLEARING, None, other.net)
        if money:
            money -= self._receive_spare(principal, money)
        self._tell_principal(principal, money)
        for number, other in enumerate(self.owing):
            if other is not principal and other.net:
                self._connect(other, f"{number}" if len(self.owing) > 2 else "")

    def _principal(self) -> Owing | None:
        """Whose forms tell the rest: the first, payers before clients, whose debt moves as the kind says."""
        if len(self.owing) == 1:
            return self.owing[0]
        raises = self.moved.kind._value_ in _RAISES
        fitting = [one for one in self.owing if (one.net > 0) == raises and one.net] or self.owing
        for one in fitting:
            if one.account is Account.AR_PAYER:
                return one
        return fitting[0] if fitting else None

    def _lines(self, sign: int) -> tuple[DesiredLine, ...]:
        """The rest as lines of a form, in the form's own direction."""
        line = self.writer.line
        return tuple([line(one.account, sign * one.amount, one.clinician) for one in self.rest.values() if one.amount])

    # --- money that closes no debt

    def _payer(self) -> CustomerName:
        """Who paid, where nobody's debt is closed."""
        line = self.cash[0]
        if line.account is Account.PAYER_CLEARING or self.writer.is_payer(line.party):
            return self.writer.payer(line.party)
        return self.writer.client(line.party)

    def _receive_spare(self, principal: Owing, money: Money) -> Money:
        """Tell the part of the money that closes no debt. Returns how much that was."""
        spare: list[DesiredLine] = []
        left = money
        for one in self.rest.values():
            if one.amount < 0 and one.account in _NO_DEBT and left:
                part = min(-one.amount, left)
                spare.append(self.writer.line(one.account, part, one.clinician))
                one.amount += part
                left -= part
        if spare:
            self._receive(principal.customer, tuple(spare), money - left)
        return money - left

    def _receive(self, customer: CustomerName, lines: tuple[DesiredLine, ...], total: Money) -> None:
        assert self.waits is not None, "money waits somewhere"
        key = self.writer.sales_form(
            QuickBooksKind.SALES_RECEIPT,
            self.moved,
            "receipt",
            customer=customer,
            against=self.waits,
            lines=lines,
            total=total,
        )
        self._await_deposit(key, total)

    def _await_deposit(self, key: EntryKey, amount: Money) -> None:
        """Money that does not come through a card processor waits for its deposit."""
        waits = self.waits
        assert waits is not None, "money waits somewhere"
        if waits not in CARD_CLEARING:
            receipt = Receipt(key, amount, waits, self.moved.origins[0])
            for line in self.cash:
                self.standing.receipts.add(line.party, line.item, receipt)

    # --- the principal

    def _tell_principal(self, principal: Owing, money: Money) -> None:
        total = sum([one.amount for one in self.rest.values()])
        assert total + money + principal.net == 0, "the rest and the money explain the debt"
        links: dict[EntryKey, Money] = {}
        if total < 0:
            invoice = self._form(QuickBooksKind.INVOICE, "invoice", principal, self._lines(-1), -total)
            paid = min(money, -total)
            if paid:
                links[invoice] = paid
            self._open(principal, invoice, "invoice", -total - paid)
            self._close(principal, money - paid, links)
        elif total > 0:
            credit = self._form(QuickBooksKind.CREDIT_MEMO, "credit", principal, self._lines(1), total)
            used = min(self._close(principal, total + money, links), total)
            if used:
                links[credit] = used
            if used < total:
                self.standing.credits.add_all(_lowered(principal), credit, total - used)
        else:
            lines = self._lines(1)
            if lines:  # What cancels out but for its accounts concerns no customer.
                self.writer.journal_entry(self.moved, lines)
            self._close(principal, money, links)
        if money:
            payment = self._link("payment", principal, money, self.waits, links)
            self._await_deposit(payment, money)
        elif total > 0 and links:
            self._link("apply", principal, 0, None, links)

    def _form(
        self, kind: QuickBooksKind, suffix: str, owing: Owing, lines: tuple[DesiredLine, ...], total: Money
    ) -> EntryKey:
        return self.writer.sales_form(
            kind, self.moved, suffix, customer=owing.customer, against=owing.account, lines=lines, total=total
        )

    def _link(
        self, suffix: str, owing: Owing, money: Money, deposit_to: Account | None, links: dict[EntryKey, Money]
    ) -> EntryKey:
        return self.writer.payment(
            self.moved,
            suffix,
            customer=owing.customer,
            receivable=owing.account,
            amount=money,
            deposit_to=deposit_to,
            links=links,
        )

    def _open(self, owing: Owing, invoice: EntryKey, suffix: str, total: Money) -> None:
        """An invoice asks for its money; credits that were left open on the same sessions are applied to it."""
        standing = self.standing
        raised = [(place, amount) for place, amount in owing.parts if amount > 0]
        if standing.credits:
            links: dict[EntryKey, Money] = {}
            left: list[tuple[Place, Money]] = []
            applied: Money = 0
            for place, amount in raised:
                used = standing.credits.take(place, min(amount, total - applied), links)
                applied += used
                left.append((place, amount - used))
            if applied:
                self._link(f"{suffix}|apply", owing, 0, None, {invoice: applied, **links})
                raised = left
                total -= applied
        standing.invoices.add_all(raised, invoice, total)

    def _close(self, owing: Owing, available: Money, links: dict[EntryKey, Money]) -> Money:
        """Link the open invoices of the places where the debt falls, up to what is available."""
        closed: Money = 0
        for place, amount in owing.parts:
            if amount < 0 and closed < available:
                closed += self.standing.invoices.take(place, min(-amount, available - closed), links)
        return closed

    # --- the others

    def _connect(self, other: Owing, label: str) -> None:
        """Tell another customer's part against 1190."""
        side = "client" if other.account is Account.AR_CLIENT else "payer"
        total = abs(other.net)
        lines = (self.writer.line(Account.TRANSFER_CLEARING, total),)
        if other.net > 0:
            suffix = f"invoice {side}{label}"
            invoice = self._form(QuickBooksKind.INVOICE, suffix, other, lines, total)
            self._open(other, invoice, suffix, total)
            return
        suffix = f"credit {side}{label}"
        credit = self._form(QuickBooksKind.CREDIT_MEMO, suffix, other, lines, total)
        links: dict[EntryKey, Money] = {}
        closed = self._close(other, total, links)
        if closed:
            links[credit] = closed
            self._link(f"{suffix}|apply", other, 0, None, links)
        if closed < total:
            self.standing.credits.add_all(_lowered(other), credit, total - closed)


def settle(writer: Writer, standing: Standing, moved: Movement) -> None:
    """Tell a movement of receivables."""
    Settlement(writer, standing, moved).tell()


def _lowered(owing: Owing) -> list[tuple[Place, Money]]:
    """Where a customer's debt falls, and by how much."""
    return [(place, -amount) for place, amount in owing.parts if amount < 0]
