"""The sums that tie-out and controls compare: the books, our wishes, what QuickBooks shows of ours and of others.

All by the number of QuickBooks' account, in cents, debits positive. Under the cash policy QuickBooks holds no
receivables and no clearing, so only the accounts that mean the same in both are taken from the books themselves; the
rest are what the deposit summaries come to.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TypeAlias, TypeVar

from msgspec import Struct

from hhs_sync.ledger.balances import lines_by_account
from hhs_sync.ledger.entry import Entry, EntryKey
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import Policy, Rules
from hhs_sync.money import Money
from hhs_sync.plan.changes import PostedEntry, PushedEntry
from hhs_sync.plan.desired import Desired, DesiredEntry, QuickBooksKind

Place = TypeVar("Place", str, Account)
Sums: TypeAlias = dict[str, Money]
Effects: TypeAlias = tuple[tuple[str, Money], ...]
Pushed: TypeAlias = Mapping[EntryKey, PushedEntry]
Posted: TypeAlias = Mapping[tuple[QuickBooksKind, str], PostedEntry]

# Under `cash` these are told of exactly when the books tell of them: at the bank.
SAME_UNDER_CASH = frozenset({Account.BANK, Account.TAX_WITHHELD, Account.INTEREST, Account.UNCLAIMED})


class Item(Struct, frozen=True, gc=False):
    """One of the things that make a difference: what it is, in our own keys or QuickBooks' ids, and cents."""

    about: str
    amount: Money
    says: str = ""


class Figures:
    """One look at the three."""

    def __init__(
        self,
        *,
        entries: Iterable[Entry],
        desired: Desired,
        pushed: Pushed,
        posted: Posted,
        rules: Rules,
        on_their_way: AbstractSet[EntryKey] = frozenset(),
    ) -> None:
        """Add everything up once. What the plan will write or holds is on its way: it is counted, not named."""
        self.desired = desired
        self.pushed = pushed
        self.posted = posted
        self.rules = rules
        self.on_their_way = on_their_way
        self.cash = rules.practice.policy is Policy.CASH
        self._numbers = {account: _number(account, rules) for account in Account}
        self.ours: dict[EntryKey, PostedEntry] = {}
        self.others: list[PostedEntry] = []
        self._tell_ours_from_others()
        self.shown = _add(one.effects for one in self.ours.values())
        self.shown_others = _add(one.effects for one in self.others)
        self.by_account = lines_by_account(entries)
        self.books: dict[Account, Money] = dict.fromkeys(Account, 0)
        self.held: dict[Account, Money] = dict.fromkeys(Account, 0)
        for account, lines in self.by_account.items():
            self.held[account] = sum([line.amount for entry, line in lines if entry.held])
            self.books[account] = sum([line.amount for line in lines.lines]) - self.held[account]
        self.wished = dict.fromkeys(Account, 0) | _add(wish.effects for wish in desired.entries)

    def _tell_ours_from_others(self) -> None:
        """Ours are those that we recorded, and those that bear the mark of a wish that we have no record of."""
        keys: dict[QuickBooksKind, dict[str, EntryKey]] = {kind: {} for kind in QuickBooksKind}
        for key, pushed in self.pushed.items():
            keys[pushed.kind][pushed.quickbooks_id] = key
        marks: dict[str, EntryKey] | None = None
        for (kind, number), one in self.posted.items():
            if one.deleted:
                continue
            recorded = keys[kind].get(number)
            if recorded is None and one.reference:
                if marks is None:
                    marks = {wish.reference: wish.key for wish in self.desired.entries if wish.key not in self.pushed}
                recorded = marks.get(one.reference)
            if recorded is None or recorded in self.ours:
                self.others.append(one)
            else:
                self.ours[recorded] = one

    def number(self, account: Account) -> str:
        """The number of QuickBooks' account for one of ours; our own name where the practice maps none."""
        return self._numbers[account]

    def numbers(self, accounts: Iterable[Account]) -> frozenset[str]:
        """The numbers of several accounts."""
        return frozenset(self._numbers[account] for account in accounts)

    def by_number(self, sums: Mapping[Account, Money]) -> Sums:
        """Sums of our accounts by the number of QuickBooks'."""
        found: Sums = {}
        for account, amount in sums.items():
            number = self._numbers[account]
            found[number] = found.get(number, 0) + amount
        return found

    def expected(self) -> dict[Account, Money]:
        """What the books say that QuickBooks' accounts should come to under the practice's policy."""
        if not self.cash:
            return self.books
        return {
            account: self.books[account] if account in SAME_UNDER_CASH else amount
            for account, amount in self.wished.items()
        }

    def wished_on(self, wish: DesiredEntry, numbers: frozenset[str]) -> Money:
        """What a wish does to some of QuickBooks' accounts."""
        return sum(amount for account, amount in wish.effects if self._numbers[account] in numbers)

    def shown_on(self, key: EntryKey, numbers: frozenset[str]) -> Money:
        """What QuickBooks shows that an entry of ours does to some of its accounts."""
        posted = self.ours.get(key)
        return _on(posted, numbers) if posted is not None else 0

    def lines_shown(self, numbers: frozenset[str]) -> Iterator[tuple[EntryKey, PostedEntry, Money]]:
        """What QuickBooks shows of our entries on some of its accounts, line by line."""
        for key, one in self.ours.items():
            for number, amount in one.effects:
                if number in numbers:
                    yield key, one, amount

    def differing(self, numbers: frozenset[str]) -> tuple[Item, ...]:
        """The entries that make QuickBooks differ from what we wish on these accounts, but for those on their way."""
        apart_on, _ = self._compared
        tables = [apart_on[number] for number in sorted(numbers) if number in apart_on]
        apart: Mapping[EntryKey, Money] = tables[0] if len(tables) == 1 else _added(tables)
        return tuple(Item(key, amount, self._why_apart(key)) for key, amount in apart.items() if amount)

    def waiting(self, number: str) -> Money:
        """What is on its way on an account, wished less shown."""
        return self._compared[1].get(number, 0)

    @cached_property
    def wished_keys(self) -> frozenset[EntryKey]:
        """The entries that we wish. Only asked for where QuickBooks shows something else."""
        return frozenset([wish.key for wish in self.desired.entries])

    @cached_property
    def _compared(self) -> tuple[dict[str, dict[EntryKey, Money]], Sums]:
        """By account: what each entry is apart by, wished less shown, and in one sum what is on its way.

        Entries that agree are in neither. Worked out once for all accounts: of a practice that comes over, every entry
        is on its way.
        """
        apart: dict[str, dict[EntryKey, Money]] = defaultdict(dict)
        coming: Sums = dict.fromkeys(self._numbers.values(), 0)
        numbers, ours, on_their_way = self._numbers, self.ours, self.on_their_way
        as_shown: dict[tuple[tuple[Account, Money], ...], Effects] = {}
        met = 0
        for wish in self.desired.entries:
            key = wish.key
            there = ours.get(key)
            met += there is not None
            if there is None and key in on_their_way:
                for account, amount in wish.effects:
                    coming[numbers[account]] += amount
                continue
            wished = as_shown.get(wish.effects)
            if wished is None:
                wished = as_shown[wish.effects] = self._as_shown(wish.effects)
            if there is None or there.effects != wished:
                shown = there.effects if there is not None else ()
                _sort_out(key, _apart(wished, shown), apart, coming if key in on_their_way else None)
        # Customers are never wished, and move no money.
        documents = sum([one.kind is not QuickBooksKind.CUSTOMER for one in ours.values()])
        for key, one in ours.items() if met < documents else ():
            if key not in self.wished_keys:
                _sort_out(key, _apart((), one.effects), apart, coming if key in on_their_way else None)
        return apart, coming

    def _as_shown(self, wished: tuple[tuple[Account, Money], ...]) -> Effects:
        """What a wish does, as QuickBooks shows it: by number, in their order, without zeros."""
        sums = self.by_number(_add((wished,)))
        return tuple(sorted((number, amount) for number, amount in sums.items() if amount))

    def _why_apart(self, key: EntryKey) -> str:
        if key not in self.wished_keys:
            return "no longer wished"
        return "differs in QuickBooks" if key in self.ours else "not in QuickBooks yet"


def _sort_out(key: EntryKey, sums: Sums, apart: dict[str, dict[EntryKey, Money]], coming: Sums | None) -> None:
    """What one entry is apart by, account by account: named, or added to what is on its way."""
    for number, amount in sums.items():
        if amount and coming is not None:
            coming[number] = coming.get(number, 0) + amount
        elif amount:
            apart[number][key] = amount


def _added(tables: Iterable[Mapping[EntryKey, Money]]) -> dict[EntryKey, Money]:
    """What entries are apart by on several accounts together."""
    added: dict[EntryKey, Money] = {}
    for table in tables:
        for key, amount in table.items():
            added[key] = added.get(key, 0) + amount
    return added


def _number(account: Account, rules: Rules) -> str:
    mapped = rules.account(account)
    return mapped.number if mapped is not None else account.value


def _on(posted: PostedEntry, numbers: frozenset[str]) -> Money:
    """What an entry of QuickBooks does to some of its accounts."""
    return sum(amount for number, amount in posted.effects if number in numbers)


def _apart(wished: Effects, shown: Effects) -> Sums:
    """By account, what is wished less what is shown."""
    sums = dict(wished)
    for number, amount in shown:
        sums[number] = sums.get(number, 0) - amount
    return sums


def _add(effects: Iterable[tuple[tuple[Place, Money], ...]]) -> dict[Place, Money]:
    """The sums of many effects. Most of them are the same few thousand, so each is counted first."""
    sums: dict[Place, Money] = {}
    for one, times in Counter(effects).items():
        for number, amount in one:
            sums[number] = sums.get(number, 0) + times * amount
    return sums
