"""The accrual statement against the cash statement, month by month, and the bridge between them.

    accrual    what the sub-ledger earned and spent in the month
    cash       what the deposit summaries of the same books tell of it: money that reached the bank
    bridge     accrual net income less cash net income = the change of all that is owed and on its way

Both follow from one set of entries, whatever the practice tells QuickBooks: a practice kept by cash has receivables in
its sub-ledger all the same, and the bridge is what shows that nothing of them was lost. It comes out when both bring
the bank to the same amount; `off` says by how much they do not.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.mapping.accounts import INCOME_AND_EXPENSE, Account
from hhs_sync.money import Money
from hhs_sync.plan.cash import render_cash
from hhs_sync.plan.references import SECRET_BYTES, References

if TYPE_CHECKING:
    from hhs_sync.mapping.rules import Rules
    from hhs_sync.plan.desired import Desired, Told

Months = Mapping[str, Mapping[Account, Money]]


class Earned(Struct, frozen=True, gc=False):
    """What one income or cost account came to in a month, income positive, cents; number and name as in QuickBooks."""

    number: str
    name: str
    accrual: Money
    cash: Money


class Step(Struct, frozen=True, gc=False):
    """How an account of the balance sheet changed by more under accrual than under cash, debits positive, cents."""

    number: str
    name: str
    amount: Money


class Month(Struct, frozen=True, kw_only=True):
    """A month ("2025-11"): what was earned and spent, and the steps from cash net income to accrual net income."""

    month: str
    lines: tuple[Earned, ...]
    steps: tuple[Step, ...]

    @property
    def accrual(self) -> Money:
        """Net income under accrual, in cents."""
        return sum(one.accrual for one in self.lines)

    @property
    def cash(self) -> Money:
        """Net income under cash, in cents."""
        return sum(one.cash for one in self.lines)

    @property
    def off(self) -> Money:
        """What the steps do not explain, in cents: 0."""
        return self.accrual - self.cash - sum(one.amount for one in self.steps)


def summaries(books: Told, rules: Rules) -> Desired:
    """The deposit summaries of the books, whatever the practice's policy; their references are nobody's marks."""
    return render_cash(books, rules, References(bytes(SECRET_BYTES)))


def statement(books: Told, rules: Rules) -> tuple[Month, ...]:
    """Every month in which anything happened, the first first. What is held is in none."""
    accrual = _by_month(
        (entry.date, line.account, line.amount) for entry in books.entries if not entry.held for line in entry.lines
    )
    told = summaries(books, rules).entries
    cash = _by_month((wish.date, account, amount) for wish in told for account, amount in wish.effects)
    return tuple(_month(name, accrual, cash, rules) for name in sorted(accrual.keys() | cash.keys()))


def _by_month(moved: Iterable[tuple[dt.date | None, Account, Money]]) -> Months:
    sums: dict[str, dict[Account, Money]] = defaultdict(lambda: defaultdict(int))
    for day, account, amount in moved:
        assert day is not None, "what moves money has a date"
        sums[f"{day:%Y-%m}"][account] += amount
    return sums


def _month(name: str, accrual: Months, cash: Months, rules: Rules) -> Month:
    lines: dict[tuple[str, str], tuple[Money, Money]] = {}
    steps: dict[tuple[str, str], Money] = {}
    earned, came = accrual.get(name, {}), cash.get(name, {})
    for account in Account:
        mapped = rules.account(account)
        place = (mapped.number, mapped.name) if mapped else ("", account.value)
        one, other = earned.get(account, 0), came.get(account, 0)
        if account in INCOME_AND_EXPENSE:
            before = lines.get(place, (0, 0))
            lines[place] = (before[0] - one, before[1] - other)
        elif account is not Account.BANK:
            steps[place] = steps.get(place, 0) + one - other
    return Month(
        month=name,
        lines=tuple(Earned(*place, *amounts) for place, amounts in sorted(lines.items()) if any(amounts)),
        steps=tuple(Step(*place, amount) for place, amount in sorted(steps.items()) if amount),
    )
