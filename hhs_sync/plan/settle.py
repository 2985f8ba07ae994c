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
from hhs_sync.mapping.accounts import CARD_CLEARING, CLEARING, Account
from hhs_sync.money import Money
from hhs_sync.plan.desired import CustomerName, QuickBooksKind
from hhs_sync.plan.journal import journal
from hhs_sync.plan.links import Place, Receipt
from hhs_sync.plan.movement import Movement
from hhs_sync.plan.writer import CLASSED, Rest, Writer

# What money becomes that closes no debt: owed to a client or payer, or without a home.
_NO_DEBT = frozenset({Account.CLIENT_CREDIT, Account.RECOUPMENT, Account.SUSPENSE, Account.UNCLAIMED})
# Kinds that raise the principal's debt; all others lower it.
_THROUGH = (Account.TRANSFER_CLEARING, None)
_RAISES = frozenset(kind._value_ for kind in (EntryKind.CHARGE, EntryKind.REVERSAL, EntryKind.RECOVERY))


class Owing:
    """One customer in a movement: the net change of its debt in cents, and the places where it changes."""

    __slots__ = ("account", "customer", "net", "parts")

    def __init__(self, account: Account, customer: CustomerName, net: Money, parts: list[tuple[Place, Money]]) -> None:
        """Take the first line's debt."""
        self.account = account
        self.customer = customer
        self.net = net
        self.parts = parts


def settle(writer: Writer, moved: Movement) -> None:
    """Tell a movement of receivables."""
    owing, cash, rest = _sort(writer, moved)
    money = sum([line.amount for line in cash]) if cash else 0
    if money < 0 or not _waits_in_one_place(cash) or not (owing or money):
        journal(writer, moved)
        return
    if not owing:
        _receive(writer, moved, cash, _payer_of(writer, cash[0]), rest)
        return
    principal = owing[0]
    if len(owing) > 1:
        principal = _principal(moved, owing)
        rest[_THROUGH] = rest.get(_THROUGH, 0) + sum([one.net for one in owing]) - principal.net
    if money:
        spare = _take_spare(rest, money)
        if spare:
            money -= _receive(writer, moved, cash, principal.customer, spare)
    if -money - principal.net > 0:
        _lower(writer, moved, principal, rest, cash, money=money)
    else:
        _raise(writer, moved, principal, rest, cash, money=money)
    if len(owing) > 1:
        for number, other in enumerate(owing):
            if other is not principal and other.net:
                _connect(writer, moved, other, f"{number}" if len(owing) > 2 else "")


def _sort(writer: Writer, moved: Movement) -> tuple[list[Owing], list[Line], Rest]:
    """A movement's lines as debts, money, and what explains them."""
    owing: list[Owing] = []
    cash: list[Line] = []
    rest: Rest = {}
    for line in moved.lines:
        account = line.account
        if account is Account.AR_PAYER:
            _owe(owing, writer.customers.payer(line.party, line.item), line)
        elif account is Account.AR_CLIENT:
            _owe(owing, writer.customers.client(line.party), line)
        elif account in CLEARING:
            cash.append(line)
        else:
            place = (account, line.clinician if account in CLASSED else None)
            rest[place] = rest.get(place, 0) + line.amount
    return owing, cash, rest


def _owe(owing: list[Owing], customer: CustomerName, line: Line) -> None:
    """Add a line on receivables to its customer's debt."""
    account = line.account
    part = ((account, line.party, line.item), line.amount)
    for one in owing:
        if one.customer is customer and one.account is account:
            one.net += line.amount
            one.parts.append(part)
            return
    owing.append(Owing(account, customer, line.amount, [part]))


def _waits_in_one_place(cash: list[Line]) -> bool:
    return len(cash) < 2 or all(line.account is cash[0].account for line in cash)


def _principal(moved: Movement, owing: list[Owing]) -> Owing:
    """Whose forms tell the rest: the first, payers before clients, whose debt moves as the kind says."""
    raises = moved.kind._value_ in _RAISES
    fitting = [one for one in owing if one.net and (one.net > 0) == raises] or owing
    for one in fitting:
        if one.account is Account.AR_PAYER:
            return one
    return fitting[0]


# --- money that closes no debt


def _payer_of(writer: Writer, line: Line) -> CustomerName:
    """Who paid, where nobody's debt is closed."""
    if line.account is Account.PAYER_CLEARING or writer.customers.is_payer(line.party):
        return writer.customers.payer(line.party)
    return writer.customers.client(line.party)


def _take_spare(rest: Rest, money: Money) -> Rest:
    """The part of the money that closes no debt; it is taken out of the rest."""
    spare: Rest = {}
    for place, amount in rest.items():
        if amount < 0 and place[0] in _NO_DEBT and money:
            part = min(-amount, money)
            spare[place] = -part
            rest[place] = amount + part
            money -= part
    return spare


def _receive(writer: Writer, moved: Movement, cash: list[Line], customer: CustomerName, rest: Rest) -> Money:
    """Tell money that closes no debt. Returns how much that was."""
    receipt, total = writer.sales_form(
        QuickBooksKind.SALES_RECEIPT, moved, "receipt", customer=customer, against=cash[0].account, rest=rest
    )
    _await_deposit(writer, moved, cash, receipt, total)
    return total


def _await_deposit(writer: Writer, moved: Movement, cash: list[Line], document: EntryKey, amount: Money) -> None:
    """Money that does not come through a card processor waits for its deposit."""
    waits = cash[0].account
    if waits not in CARD_CLEARING:
        receipt = Receipt(document, amount, waits, moved.evidence[0].fact)
        for line in cash:
            writer.receipts.add(line.party, line.item, receipt)


# --- the principal


def _lower(writer: Writer, moved: Movement, principal: Owing, rest: Rest, cash: list[Line], *, money: Money) -> None:
    """The rest lowers the debt: a credit memo, linked by the payment, or by one of 0.00."""
    credit, total = writer.sales_form(
        QuickBooksKind.CREDIT_MEMO,
        moved,
        "credit",
        customer=principal.customer,
        against=principal.account,
        rest=rest,
    )
    links: dict[EntryKey, Money] = {}
    used = min(_close(writer, principal, total + money, links), total)
    if used:
        links[credit] = used
    if used < total:
        writer.credits.add(_lowered(principal), credit, total - used)
    if money:
        _pay(writer, moved, principal, links, cash, money=money)
    elif links:
        _apply(writer, moved, "apply", principal, links)


def _raise(writer: Writer, moved: Movement, principal: Owing, rest: Rest, cash: list[Line], *, money: Money) -> None:
    """The rest raises the debt: an invoice, of which money that came closes what it can. Or there is no rest."""
    links: dict[EntryKey, Money] = {}
    paid: Money = 0
    if money + principal.net:
        invoice, total = writer.sales_form(
            QuickBooksKind.INVOICE,
            moved,
            "invoice",
            customer=principal.customer,
            against=principal.account,
            rest=rest,
        )
        paid = min(money, total)
        if paid:
            links[invoice] = paid
        _open(writer, moved, principal, invoice, total - paid)
    elif any(rest.values()):  # What cancels out but for its accounts concerns no customer.
        lines = [writer.line(account, amount, who) for (account, who), amount in rest.items() if amount]
        writer.journal_entry(moved, tuple(lines))
    if money:
        _close(writer, principal, money - paid, links)
        _pay(writer, moved, principal, links, cash, money=money)


def _pay(
    writer: Writer, moved: Movement, owing: Owing, links: dict[EntryKey, Money], cash: list[Line], *, money: Money
) -> None:
    """Money that closes debts, or stays unapplied."""
    payment = writer.payment(
        moved,
        "payment",
        customer=owing.customer,
        receivable=owing.account,
        amount=money,
        deposit_to=cash[0].account,
        links=links,
    )
    _await_deposit(writer, moved, cash, payment, money)


def _apply(writer: Writer, moved: Movement, suffix: str, owing: Owing, links: dict[EntryKey, Money]) -> None:
    """A payment of 0.00, which applies a credit memo to invoices."""
    writer.payment(
        moved, suffix, customer=owing.customer, receivable=owing.account, amount=0, deposit_to=None, links=links
    )


def _open(writer: Writer, moved: Movement, owing: Owing, invoice: EntryKey, total: Money) -> None:
    """An invoice asks for its money; credits that were left open on the same sessions are applied to it."""
    raised = [one for one in owing.parts if one[1] > 0]
    if writer.credits:
        links: dict[EntryKey, Money] = {}
        left: list[tuple[Place, Money]] = []
        applied: Money = 0
        for place, amount in raised:
            used = writer.credits.take(place, min(amount, total - applied), links)
            applied += used
            left.append((place, amount - used))
        if applied:
            suffix = invoice.removeprefix(f"{moved.key}|")
            _apply(writer, moved, f"{suffix}|apply", owing, {invoice: applied, **links})
            raised = left
            total -= applied
    writer.invoices.add(raised, invoice, total)


def _close(writer: Writer, owing: Owing, available: Money, links: dict[EntryKey, Money]) -> Money:
    """Link the open invoices of the places where the debt falls, up to what is available. Returns how much."""
    closed: Money = 0
    for place, amount in owing.parts:
        if amount < 0 and closed < available:
            closed += writer.invoices.take(place, min(-amount, available - closed), links)
    return closed


def _lowered(owing: Owing) -> list[tuple[Place, Money]]:
    """Where a customer's debt falls, and by how much."""
    return [(place, -amount) for place, amount in owing.parts if amount < 0]


# --- the others


def _connect(writer: Writer, moved: Movement, other: Owing, label: str) -> None:
    """Tell another customer's part against 1190."""
    raises = other.net > 0
    side = "client" if other.account is Account.AR_CLIENT else "payer"
    suffix = f"{'invoice' if raises else 'credit'} {side}{label}"
    document, total = writer.sales_form(
        QuickBooksKind.INVOICE if raises else QuickBooksKind.CREDIT_MEMO,
        moved,
        suffix,
        customer=other.customer,
        against=other.account,
        rest={_THROUGH: -other.net},
    )
    if raises:
        _open(writer, moved, other, document, total)
        return
    links: dict[EntryKey, Money] = {}
    closed = _close(writer, other, total, links)
    if closed:
        links[document] = closed
        _apply(writer, moved, f"{suffix}|apply", other, links)
    if closed < total:
        writer.credits.add(_lowered(other), document, total - closed)
