"""The form `settle`: receivables move, with money or without.

A movement names customers whose debt rises or falls, money that came in, and accounts that explain the rest. One
customer is the principal: the one whose claim or bill it is. The rest of the movement is told on the principal's forms;
every other customer is connected through 1190, which is zero again when all documents of the movement are in.

    principal   CreditMemo (the rest lowers the debt) or Invoice (it raises the debt), and a Payment (money)
    others      Invoice or CreditMemo on 1190
    no debt     SalesReceipt: money that closes no debt (a prepayment, an excess, a payment without a home)

A Payment links the invoices of its sessions as far as they are open; what it cannot link stays unapplied. A credit memo
is always applied by a Payment of 0.00 of its own, never by the one that brought the money: once that one lies in a
deposit QuickBooks locks it (6540), and a decision on an adjustment of a claim banked long ago could not be told. For
the same reason the key of a receipt names what it was for: found to be for something else, it becomes another document.
"""

from __future__ import annotations

from collections.abc import Mapping

from hhs_sync.ledger.entry import EntryKey, EntryKind, Line
from hhs_sync.ledger.period_close import AGAIN
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


class Due:
    """What is to be closed at one place, in cents; falls as links are made."""

    __slots__ = ("amount", "place")

    def __init__(self, place: Place, amount: Money) -> None:
        """Start with all of it."""
        self.place = place
        self.amount = amount


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
        QuickBooksKind.SALES_RECEIPT,
        moved,
        f"receipt>{cash[0].party or ''}",
        customer=customer,
        against=cash[0].account,
        rest=rest,
    )
    _await_deposit(writer, moved, cash, receipt, total)
    return total


def _await_deposit(writer: Writer, moved: Movement, cash: list[Line], document: EntryKey, amount: Money) -> None:
    """Money that does not come through a card processor waits for its deposit: once, as it was told at first."""
    waits = cash[0].account
    if waits not in CARD_CLEARING and not moved.key.startswith(AGAIN):
        receipt = Receipt(document, amount, waits, moved.evidence[0].fact)
        for line in cash:
            writer.receipts.add(line.party, line.item, receipt)


# --- the principal


def _lower(writer: Writer, moved: Movement, principal: Owing, rest: Rest, cash: list[Line], *, money: Money) -> None:
    """The rest lowers the debt: a credit memo, applied by a payment of 0.00 to what the money has left open."""
    due = _lowered(principal)
    if money:
        _pay(writer, moved, principal, due, cash, money=money)
    credit, total = writer.sales_form(
        QuickBooksKind.CREDIT_MEMO,
        moved,
        "credit",
        customer=principal.customer,
        against=principal.account,
        rest=rest,
    )
    _credit(writer, moved, principal, due, credit, total=total, suffix="apply")


def _raise(writer: Writer, moved: Movement, principal: Owing, rest: Rest, cash: list[Line], *, money: Money) -> None:
    """The rest raises the debt: an invoice, of which money that came closes what it can. Or there is no rest."""
    own: dict[EntryKey, Money] = {}
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
            own[invoice] = paid
        _open(writer, moved, principal, invoice, total - paid)
    elif any(rest.values()):  # What cancels out but for its accounts concerns no customer.
        lines = [writer.line(account, amount, who) for (account, who), amount in rest.items() if amount]
        writer.journal_entry(moved, tuple(lines))
    if money:
        _pay(writer, moved, principal, _lowered(principal), cash, money=money, own=own)


def _pay(
    writer: Writer,
    moved: Movement,
    owing: Owing,
    due: list[Due],
    cash: list[Line],
    *,
    money: Money,
    own: Mapping[EntryKey, Money] | None = None,
) -> None:
    """Money closes what it came for, session by session, and stays unapplied beyond that.

    `own` is what it closes of an invoice of this same movement.
    """
    links = dict(own or {})
    told = {line.item: line.amount for line in cash} if len(due) > 1 else {}
    left = money - sum(links.values())
    for one in due:
        left -= _close(writer, one, min(left, told.get(one.place[2], left)), links)
    first = due[0].place[2] if due else ""
    payment = writer.payment(
        moved,
        f"payment>{first}",
        customer=owing.customer,
        receivable=owing.account,
        amount=money,
        deposit_to=cash[0].account,
        links=links,
    )
    _await_deposit(writer, moved, cash, payment, money)


def _credit(
    writer: Writer, moved: Movement, owing: Owing, due: list[Due], credit: EntryKey, *, total: Money, suffix: str
) -> None:
    """A credit memo closes what is still due; what finds nothing open is kept for the next invoice of its session."""
    links: dict[EntryKey, Money] = {}
    left = total
    for one in due:
        left -= _close(writer, one, left, links)
    if links:
        links[credit] = total - left
        _apply(writer, moved, suffix, owing, links)
    if left:
        writer.credits.add([(one.place, one.amount) for one in due], credit, left)


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


def _close(writer: Writer, due: Due, available: Money, links: dict[EntryKey, Money]) -> Money:
    """Link open invoices of a place, up to what is due there and available. Returns how much was closed."""
    closed = writer.invoices.take(due.place, min(due.amount, available), links)
    due.amount -= closed
    return closed


def _lowered(owing: Owing) -> list[Due]:
    """Where a customer's debt falls, and by how much."""
    return [Due(place, -amount) for place, amount in owing.parts if amount < 0]


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
    else:
        _credit(writer, moved, other, _lowered(other), document, total=total, suffix=f"{suffix}|apply")
