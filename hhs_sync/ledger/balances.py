"""The accounts of the books: the lines that stand on each, and the trial balance that they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from hhs_sync.mapping.accounts import Account

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hhs_sync.ledger.entry import Entry, Line
    from hhs_sync.money import Money

    LinesByAccount: TypeAlias = Mapping[Account, Sequence[tuple[Entry, Line]]]
    """What stands on each account, line by line with the entry that it belongs to."""


def lines_by_account(entries: Iterable[Entry]) -> LinesByAccount:
    """Sort every line to its account, in one walk: most questions are about one account, and the books are long."""
    found: dict[Account, list[tuple[Entry, Line]]] = {account: [] for account in Account}
    for entry in entries:
        for line in entry.lines:
            found[line.account].append((entry, line))
    return found


def trial_balance(entries: Iterable[Entry]) -> dict[Account, Money]:
    """The balance of every account that was used, in cents, debit positive. The balances add up to zero."""
    totals = dict.fromkeys(Account, 0)
    used: set[Account] = set()
    for entry in entries:
        for line in entry.lines:
            totals[line.account] += line.amount
            used.add(line.account)
    assert sum(totals.values()) == 0, "the trial balance is not zero"
    return {account: totals[account] for account in Account if account in used}
