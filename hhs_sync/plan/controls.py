"""The control totals of the accounting design (section 8): each must hold, and where it does not, it names the items.

`expected` is what our books say, `found` what QuickBooks shows of our entries; for the controls that are about the
books alone (9, 11, 12) it is what the books come to in another way. CONTROLS lists them in order. A control gives None
where the policy knows no such control or its data is not at hand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import TypeAlias

from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.ledger.entry import Entry, EntryKey, EntryKind
from hhs_sync.mapping.accounts import CARD_CLEARING, INCOME_AND_EXPENSE, RECEIVABLE, Account
from hhs_sync.money import Money, format_money
from hhs_sync.plan.customers import Customers
from hhs_sync.plan.desired import CustomerName, DesiredEntry, QuickBooksKind, Told
from hhs_sync.plan.figures import Figures, Item
from hhs_sync.plan.statement import summaries
from hhs_sync.receivables.open_items import OpenItem

_OF_MOVEMENT = "|"
"""What stands between the key of a movement and the word for one of its documents."""
# Of our forms, those that put money into the bank or take it out.
_BANKING = frozenset(
    {QuickBooksKind.DEPOSIT, QuickBooksKind.TRANSFER, QuickBooksKind.PURCHASE, QuickBooksKind.JOURNAL_ENTRY}
)
# Lines of these forms lower their account's balance; lines of the others raise it.
_CREDITING = frozenset({QuickBooksKind.INVOICE, QuickBooksKind.SALES_RECEIPT, QuickBooksKind.DEPOSIT})


class Control(Struct, frozen=True, kw_only=True):
    """One control total, cents. It holds when nothing differs and no item speaks against it."""

    number: int
    name: str
    expected: Money
    found: Money
    items: tuple[Item, ...] = ()

    @property
    def difference(self) -> Money:
        """What is missing where it was looked for."""
        return self.expected - self.found

    @property
    def holds(self) -> bool:
        """True when there is nothing to look at."""
        return not self.difference and not self.items


class CardBalance(Struct, frozen=True, gc=False):
    """What a card processor's clearing account should come to at the end of a day by its own report, in cents."""

    account: Account
    processor: str
    date: dt.date
    amount: Money


class Ground(Struct, frozen=True):
    """What controls look at. `amounts_paid` tells the payment (BPR02, cents) of each remittance in the books."""

    books: Told
    figures: Figures
    amounts_paid: Mapping[FactKey, Money] | None = None
    open_items: tuple[OpenItem, ...] | None = None
    card_balances: tuple[CardBalance, ...] = ()


def control_totals(ground: Ground) -> tuple[Control, ...]:
    """Every control that the practice's policy knows, in order."""
    return tuple(control for check in CONTROLS if (control := check(ground)) is not None)


def clearing_is_zero(ground: Ground) -> Control | None:
    """1: what passes from one customer to another is in balance, movement by movement; the allowance is as booked."""
    figures = ground.figures
    if figures.cash:
        return None
    numbers = figures.numbers([Account.TRANSFER_CLEARING])
    left: dict[EntryKey, Money] = {}
    for key, _, amount in figures.lines_shown(numbers):
        movement = key.partition(_OF_MOVEMENT)[0]
        left[movement] = left.get(movement, 0) + amount
    apart = tuple(Item(key, amount, "1190 is not zero") for key, amount in left.items() if amount)
    return _shown(figures, 1, "1190 is zero, 1150 as booked", [Account.TRANSFER_CLEARING, Account.ALLOWANCE], apart)


def receivables(ground: Ground) -> Control | None:
    """2: accounts receivable, in total and by customer."""
    figures = ground.figures
    if figures.cash:
        return None
    customers = Customers(ground.books, figures.rules)
    expected: dict[str, Money] = {}
    owed: dict[CustomerName, Money] = {}
    for account in RECEIVABLE:
        for entry, line in figures.by_account[account]:
            if not entry.held:
                customer = customers.owing(account, line.party, line.item)
                owed[customer] = owed.get(customer, 0) + line.amount
    for customer, amount in owed.items():
        expected[customer.display] = expected.get(customer.display, 0) + amount
    numbers = figures.numbers(RECEIVABLE)
    by_journal = {
        wish.key: line.customer.display
        for wish in figures.desired.entries
        if wish.kind is QuickBooksKind.JOURNAL_ENTRY
        for line in wish.lines
        if line.customer is not None
    }
    found: dict[str, Money] = {}
    for key, posted, amount in figures.lines_shown(numbers):
        name = posted.customer or by_journal.get(key, "")
        found[name] = found.get(name, 0) + amount
    apart = tuple(
        Item(name, expected.get(name, 0) - found.get(name, 0), "owes another amount in QuickBooks")
        for name in sorted(expected.keys() | found.keys())
        if expected.get(name, 0) != found.get(name, 0)
    )
    return _shown(figures, 2, "receivables by customer", RECEIVABLE, apart)


def money_on_the_way(ground: Ground) -> Control | None:
    """3: what remittances told of and clients brought, and the bank has not shown."""
    if ground.figures.cash:
        return None
    waiting = [Account.PAYER_CLEARING, Account.UNDEPOSITED, Account.IN_TRANSIT]
    return _shown(ground.figures, 3, "payments to deposit", waiting)


def card_clearing(ground: Ground) -> Control | None:
    """4: what the card processors hold, by our books and by the newest balance report of each."""
    figures = ground.figures
    if figures.cash:
        return None
    apart: list[Item] = []
    for told in ground.card_balances:
        lines = figures.by_account[told.account]
        booked = sum(line.amount for entry, line in lines if entry.date <= told.date and not entry.held)
        if booked != told.amount:
            says = f"by {told.processor}'s report of {told.date} it should be {format_money(told.amount)}"
            apart.append(Item(f"{told.processor} {told.date}", told.amount - booked, says))
    return _shown(figures, 4, "card processors' balances", CARD_CLEARING, tuple(apart))


def client_credits(ground: Ground) -> Control | None:
    """5: clients' credits, none of them negative."""
    figures = ground.figures
    if figures.cash:
        return None
    credits_left: dict[str | None, Money] = {}
    for line in figures.by_account[Account.CLIENT_CREDIT].lines:
        credits_left[line.party] = credits_left.get(line.party, 0) - line.amount
    negative = tuple(
        Item(client or "", amount, "credit below zero") for client, amount in credits_left.items() if amount < 0
    )
    return _shown(figures, 5, "client credits", [Account.CLIENT_CREDIT], negative)


def recoupments(ground: Ground) -> Control | None:
    """6: what payers announced to take back and have not taken, or took and have not explained."""
    if ground.figures.cash:
        return None
    return _shown(ground.figures, 6, "recoupments", [Account.RECOUPMENT])


def suspense(ground: Ground) -> Control | None:
    """7: money without a home."""
    return _shown(ground.figures, 7, "suspense", [Account.SUSPENSE])


def bank_lines(ground: Ground) -> Control | None:
    """8: every line of the bank has one entry of the same amount in QuickBooks, and no deposit has none of ours."""
    figures = ground.figures
    documents: dict[EntryKey, list[EntryKey]] = {}
    bank = figures.numbers([Account.BANK])
    for wish in figures.desired.entries:
        if wish.kind in _BANKING and figures.wished_on(wish, bank):
            for entry_key in wish.renders:
                documents.setdefault(entry_key, []).append(wish.key)
    items: list[Item] = []
    for entry, amount in _at_the_bank(figures):
        if not amount:
            continue
        keys = documents.get(entry.key, [])
        shown = sum(figures.shown_on(key, bank) for key in keys)
        if len(keys) != 1 or shown != amount:
            says = "told by several entries" if len(keys) > 1 else "not told by an entry of this amount"
            items.append(Item(entry.key, amount - shown, says))
    items.extend(
        Item(f"{one.kind.value} {one.quickbooks_id}", -amount, "a deposit that is not of our making")
        for one in figures.others
        if one.kind is QuickBooksKind.DEPOSIT
        for number, amount in one.effects
        if number in bank and amount
    )
    return _shown(figures, 8, "bank lines", [Account.BANK], tuple(items))


def remittances_banked(ground: Ground) -> Control | None:
    """9: what remittances say was paid is what the bank shows for them, and what is still on its way."""
    paid = ground.amounts_paid
    if paid is None:
        return None
    meant = {
        entry.key.split(":", 2)[2]: entry
        for entry in ground.books.entries
        if entry.kind is EntryKind.BANK_CORRECTION  # "correction:2025-12-01:deposit:..." says what a signed one was for
    }
    brought: dict[tuple[FactKey, ...], tuple[EntryKey, Money]] = {}
    for entry, bank in _at_the_bank(ground.figures):
        named = tuple([one.fact for one in meant.get(entry.key, entry).evidence if one.fact in paid])
        if named:
            brought[named] = (entry.key, bank + brought.get(named, ("", 0))[1])
    left = dict(paid)
    banked: Money = 0
    items: list[Item] = []
    for named, (key, bank) in brought.items():
        if not bank:
            continue  # nothing, or a line that was signed and taken back after a close
        told = sum(left.pop(one, 0) for one in named)
        banked += bank
        if told != bank:
            items.append(Item(key, told - bank, "the bank shows another amount than its remittances"))
    found = banked + sum(left.values())
    return Control(number=9, name="remittances paid", expected=sum(paid.values()), found=found, items=tuple(items))


def income(ground: Ground) -> Control | None:
    """10: income and cost, by account in QuickBooks, and by account and class as we tell them."""
    figures = ground.figures
    apart: list[Item] = []
    if not figures.cash:
        booked: dict[tuple[Account, str | None], Money] = {}
        for account in INCOME_AND_EXPENSE:
            for entry, line in figures.by_account[account]:
                if not entry.held:
                    place = (account, line.clinician)
                    booked[place] = booked.get(place, 0) + line.amount
        for wish in figures.desired.entries:
            sign = -1 if wish.kind in _CREDITING else 1
            for told in wish.lines:
                if told.account in INCOME_AND_EXPENSE:
                    place = (told.account, told.clinician)
                    booked[place] = booked.get(place, 0) - sign * told.amount
        apart = [
            Item(f"{account.value} {clinician or ''}".strip(), amount, "class differs")
            for (account, clinician), amount in booked.items()
            if amount
        ]
    return _shown(figures, 10, "income and cost", INCOME_AND_EXPENSE, tuple(apart))


def bridge(ground: Ground) -> Control | None:
    """11: accrual net income less cash net income is the change of all that is owed and on its way."""
    figures = ground.figures
    if figures.cash:
        return None
    told = summaries(ground.books, figures.rules).entries
    cash: dict[Account, Money] = dict.fromkeys(Account, 0)
    for wish in told:
        for account, amount in wish.effects:
            cash[account] += amount
    net_accrual = -sum(figures.books[account] for account in INCOME_AND_EXPENSE)
    net_cash = -sum(cash[account] for account in INCOME_AND_EXPENSE)
    expected = sum(
        figures.books[account] - cash[account]
        for account in Account
        if account not in INCOME_AND_EXPENSE and account is not Account.BANK
    )
    found = net_accrual - net_cash
    items = tuple(_banked_otherwise(figures, told)) if expected != found else ()
    return Control(number=11, name="bridge from accrual to cash", expected=expected, found=found, items=items)


def _banked_otherwise(figures: Figures, told: Iterable[DesiredEntry]) -> Iterator[Item]:
    """The entries whose money at the bank the deposit summaries do not tell: what keeps a bridge from coming out."""
    cash: dict[EntryKey, Money] = {}
    for wish in told:
        amount = sum(amount for account, amount in wish.effects if account is Account.BANK)
        for key in wish.renders[:1]:
            cash[key] = cash.get(key, 0) + amount
    for entry, amount in _at_the_bank(figures):
        if amount != cash.get(entry.key, 0):
            yield Item(entry.key, amount - cash.get(entry.key, 0), "another amount in the deposit summaries")


def sessions_explained(ground: Ground) -> Control | None:
    """12: for every session, what was charged is paid, adjusted, or still open with somebody."""
    if ground.open_items is None:
        return None
    left: dict[FactKey | None, Money] = {}
    for account in RECEIVABLE:
        for line in ground.figures.by_account[account].lines:
            left[line.item] = left.get(line.item, 0) + line.amount
    expected = sum(left.values())
    for item in ground.open_items:
        left[item.session] = left.get(item.session, 0) - item.amount
    apart = tuple(
        Item(session or "", amount, "open items do not explain it") for session, amount in left.items() if amount
    )
    found = sum(item.amount for item in ground.open_items)
    return Control(number=12, name="sessions explained", expected=expected, found=found, items=apart)


def entries_standing(ground: Ground) -> Control | None:
    """13: what we wrote is there, in number and amount: finds edits, deletions and copies.

    What a person took back in QuickBooks before we did, because nobody wishes it any more, is as it should be.
    """
    figures = ground.figures
    items: list[Item] = []
    expected: Money = 0
    found: Money = 0
    borne = {one.reference for one in figures.others}
    marks = set()
    for key, pushed in figures.pushed.items():
        posted = figures.ours.get(key)
        if posted is not None:
            found += posted.amount
        if pushed.kind is QuickBooksKind.CUSTOMER:
            continue
        if pushed.reference in borne:
            marks.add(pushed.reference)
        if (posted is None or posted.voided) and (pushed.voided or key not in figures.wished_keys):
            continue
        amount = 0 if pushed.voided else pushed.amount
        expected += amount
        if posted is None:
            items.append(Item(key, amount, "gone from QuickBooks"))
        elif posted.amount != amount:
            items.append(Item(key, amount - posted.amount, "another amount in QuickBooks"))
    items.extend(
        Item(f"{one.kind.value} {one.quickbooks_id}", -one.amount, "a copy bears our mark")
        for one in figures.others
        if one.reference in marks and not one.voided
    )
    return Control(number=13, name="entries written", expected=expected, found=found, items=tuple(items))


def _at_the_bank(figures: Figures) -> Iterator[tuple[Entry, Money]]:
    """The entries that the bank's lines make, in order, each with its net amount there."""
    lines = [(entry, line.amount) for entry, line in figures.by_account[Account.BANK] if not entry.held]
    for _, group in groupby(lines, key=lambda one: one[0].key):
        parts = list(group)
        yield parts[0][0], sum([amount for _, amount in parts])


Check: TypeAlias = Callable[[Ground], Control | None]

CONTROLS: tuple[Check, ...] = (
    clearing_is_zero,
    receivables,
    money_on_the_way,
    card_clearing,
    client_credits,
    recoupments,
    suspense,
    bank_lines,
    remittances_banked,
    income,
    bridge,
    sessions_explained,
    entries_standing,
)


def _shown(
    figures: Figures, number: int, name: str, accounts: Iterable[Account], against: tuple[Item, ...] = ()
) -> Control:
    """What the books say of some of QuickBooks' accounts, and what our entries there come to.

    Each account is looked at by itself: two that are off by the same amount do not make up for each other.
    """
    numbers = figures.numbers(accounts)
    expected = dict.fromkeys(numbers, 0)
    for account, amount in figures.expected().items():
        if figures.number(account) in numbers:
            expected[figures.number(account)] += amount
    found = {one: figures.shown.get(one, 0) for one in numbers}
    apart = frozenset(one for one in numbers if expected[one] != found[one])
    return Control(
        number=number,
        name=name,
        expected=sum(expected.values()),
        found=sum(found.values()),
        items=(*against, *(figures.differing(apart) if apart else ())),
    )
