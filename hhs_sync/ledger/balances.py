"""The accounts of the books: the lines that stand on each, and the trial balance that they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.mapping.accounts import Account

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hhs_sync.ledger.entry import Entry, Line
    from hhs_sync.money import Money


class AccountLines(Struct, frozen=True):
    """What stands on an account: its lines, and beside each the entry that it belongs to. A million pairs are large."""

    entries: list[Entry]
    lines: list[Line]

    def __iter__(self) -> Iterator[tuple[Entry, Line]]:
        """Each line with its entry."""
        return zip(self.entries, self.lines, strict=True)


def lines_by_account(entries: Iterable[Entry]) -> Mapping[Account, AccountLines]:
    """Sort every line to its account, in one walk: most questions are about one account, and the books are long."""
    found = {account: AccountLines([], []) for account in Account}
    for entry in entries:
        for line in entry.lines:
            account = found[line.account]
            account.entries.append(entry)
            account.lines.append(line)
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
