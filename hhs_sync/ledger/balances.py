"""The trial balance: what each account comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hhs_sync.mapping.accounts import Account

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hhs_sync.ledger.entry import Entry
    from hhs_sync.money import Money


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
