"""Writes QuickBooks entries in our own words: the few shapes that every rendering rule is made of.

One writer serves one look at the books. It knows the practice's names for payers and codes for clients, gives each
document its reference, works out what it does to the accounts, and remembers what is open and what waits for the bank.
What many documents share is made once: a practice bills a few hundred distinct sums a hundred thousand times.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from hhs_sync.ledger.entry import EntryKey
from hhs_sync.mapping.accounts import INCOME_AND_EXPENSE, Account
from hhs_sync.mapping.rules import Rules
from hhs_sync.money import Money
from hhs_sync.plan.customers import Customers
from hhs_sync.plan.desired import (
    CustomerName,
    Desired,
    DesiredEntry,
    DesiredLine,
    DesiredLink,
    QuickBooksKind,
    Told,
)
from hhs_sync.plan.links import OpenBalances, Receipts
from hhs_sync.plan.movement import Movement
from hhs_sync.plan.references import References

Rest: TypeAlias = dict[tuple[Account, str | None], Money]
"""What explains a movement: cents by account and class, debits positive."""
Effects: TypeAlias = tuple[tuple[Account, Money], ...]
Form: TypeAlias = tuple[tuple[DesiredLine, ...], Effects, Money]

CLASSED = INCOME_AND_EXPENSE
"""The accounts whose lines bear a class: income, its reductions, and costs."""


class Writer:
    """Makes the documents of one practice and keeps them in the order in which they may be written."""

    def __init__(self, books: Told, rules: Rules, references: References, *, coded: bool | None = None) -> None:
        """`coded` tells clients apart by their codes; by default as the practice's shape says."""
        self.customers = Customers(books, rules, coded=coded)
        self._reference = references.of
        self._lines: dict[tuple[Account, Money, str | None], DesiredLine] = {}
        self._shared_forms: dict[tuple[bool, Account, tuple[tuple[tuple[Account, str | None], Money], ...]], Form] = {}
        self._shared_payments: dict[tuple[Account, Account, Money], Effects] = {}
        self.invoices = OpenBalances()
        self.credits = OpenBalances()
        self.receipts = Receipts()
        self._forms: list[DesiredEntry] = []
        self._payments: list[DesiredEntry] = []
        self._deposits: list[DesiredEntry] = []

    def line(
        self, account: Account, amount: Money, clinician: str | None = None, customer: CustomerName | None = None
    ) -> DesiredLine:
        """A line; the class stays only where it means something."""
        if customer is not None:
            return DesiredLine(account=account, amount=amount, clinician=clinician, customer=customer)
        key = (account, amount, clinician)
        found = self._lines.get(key)
        if found is None:
            found = self._lines[key] = DesiredLine(account=account, amount=amount, clinician=clinician)
        return found

    def turned(self, lines: tuple[DesiredLine, ...]) -> tuple[DesiredLine, ...]:
        """A deposit's lines as those of a purchase or journal entry: what adds to the one is a credit in the other."""
        return tuple([self.line(one.account, -one.amount, one.clinician) for one in lines])

    def sales_form(
        self,
        kind: QuickBooksKind,
        moved: Movement,
        suffix: str,
        *,
        customer: CustomerName,
        against: Account,
        rest: Rest,
    ) -> tuple[EntryKey, Money]:
        """An invoice or credit memo against receivables, or a sales receipt into the account where money waits.

        `rest` is what explains it, in the ledger's signs. Returns the document's key and its total.
        """
        credit = kind is QuickBooksKind.CREDIT_MEMO
        shared = (credit, against, tuple(rest.items()))
        form = self._shared_forms.get(shared)
        if form is None:
            form = self._shared_forms[shared] = self._form(1 if credit else -1, against, rest)
        lines, effects, total = form
        key = f"{moved.key}|{suffix}"
        self._forms.append(
            DesiredEntry(
                key=key,
                kind=kind,
                reference=self._reference(key),
                date=moved.date,
                customer=customer,
                amount=total,
                lines=lines,
                deposit_to=against if kind is QuickBooksKind.SALES_RECEIPT else None,
                memo=moved.memo,
                renders=moved.renders,
                effects=effects,
            )
        )
        return key, total

    def _form(self, sign: int, against: Account, rest: Rest) -> Form:
        """A form's lines in its own direction, what it does to the accounts, and its total."""
        lines = tuple(self.line(account, sign * amount, who) for (account, who), amount in rest.items() if amount)
        total = sum(line.amount for line in lines)
        assert total >= 0, "QuickBooks takes no sales form below zero"
        return lines, ((against, -sign * total), *((line.account, sign * line.amount) for line in lines)), total

    def payment(
        self,
        moved: Movement,
        suffix: str,
        *,
        customer: CustomerName,
        receivable: Account,
        amount: Money,
        deposit_to: Account | None,
        links: Mapping[EntryKey, Money],
    ) -> EntryKey:
        """Money from a customer; of nothing, it applies a credit memo to invoices."""
        effects: Effects = ()
        if deposit_to is not None and amount:
            shared = (deposit_to, receivable, amount)
            effects = self._shared_payments.get(shared, ())
            if not effects:
                effects = self._shared_payments[shared] = ((deposit_to, amount), (receivable, -amount))
        key = f"{moved.key}|{suffix}"
        self._payments.append(
            DesiredEntry(
                key=key,
                kind=QuickBooksKind.PAYMENT,
                reference=self._reference(key),
                date=moved.date,
                customer=customer,
                amount=amount,
                links=tuple([DesiredLink(entry=one, amount=part) for one, part in links.items()]),
                deposit_to=deposit_to,
                memo=moved.memo,
                renders=moved.renders,
                effects=effects,
            )
        )
        return key

    def deposit(
        self,
        moved: Movement,
        links: Mapping[EntryKey, tuple[Account, Money]],
        lines: tuple[DesiredLine, ...],
    ) -> None:
        """Receipts and direct lines into the bank; the total may be zero, never less."""
        total = sum([amount for _, amount in links.values()]) + sum([line.amount for line in lines])
        assert total >= 0, "QuickBooks takes no deposit below zero"
        effects = [(Account.BANK, total)]
        effects.extend([(account, -amount) for account, amount in links.values()])
        effects.extend([(line.account, -line.amount) for line in lines])
        key = f"{moved.key}|deposit"
        self._deposits.append(
            DesiredEntry(
                key=key,
                kind=QuickBooksKind.DEPOSIT,
                reference=self._reference(key),
                date=moved.date,
                amount=total,
                lines=lines,
                links=tuple([DesiredLink(entry=one, amount=part) for one, (_, part) in links.items()]),
                deposit_to=Account.BANK,
                memo=moved.memo,
                renders=moved.renders,
                effects=tuple(effects),
            )
        )

    def transfer(self, moved: Movement, *, paid_from: Account, deposit_to: Account, amount: Money) -> None:
        """Money between two of the practice's own accounts."""
        assert amount > 0, "a transfer moves something"
        key = f"{moved.key}|transfer"
        self._forms.append(
            DesiredEntry(
                key=key,
                kind=QuickBooksKind.TRANSFER,
                reference=self._reference(key),
                date=moved.date,
                amount=amount,
                deposit_to=deposit_to,
                paid_from=paid_from,
                memo=moved.memo,
                renders=moved.renders,
                effects=((deposit_to, amount), (paid_from, -amount)),
            )
        )

    def purchase(
        self,
        moved: Movement,
        paid_from: Account,
        lines: tuple[DesiredLine, ...],
        *,
        payee: str = "",
    ) -> None:
        """Money that leaves, and what for."""
        total = sum([line.amount for line in lines])
        assert total > 0, "a purchase costs something"
        effects = [(paid_from, -total)]
        effects.extend([(line.account, line.amount) for line in lines])
        key = f"{moved.key}|purchase"
        self._forms.append(
            DesiredEntry(
                key=key,
                kind=QuickBooksKind.PURCHASE,
                reference=self._reference(key),
                date=moved.date,
                amount=total,
                lines=lines,
                paid_from=paid_from,
                payee=payee,
                memo=moved.memo,
                renders=moved.renders,
                effects=tuple(effects),
            )
        )

    def journal_entry(
        self,
        moved: Movement,
        lines: tuple[DesiredLine, ...],
        *,
        suffix: str = "journal",
    ) -> None:
        """The last resort, for what no form of QuickBooks tells. At most one line is on receivables."""
        assert sum([line.amount for line in lines]) == 0, "a journal entry balances"
        key = f"{moved.key}|{suffix}"
        self._forms.append(
            DesiredEntry(
                key=key,
                kind=QuickBooksKind.JOURNAL_ENTRY,
                reference=self._reference(key),
                date=moved.date,
                amount=sum([line.amount for line in lines if line.amount > 0]),
                lines=lines,
                memo=moved.memo,
                renders=moved.renders,
                effects=tuple([(line.account, line.amount) for line in lines]),
            )
        )

    # --- all of it

    def desired(self) -> Desired:
        """Everything written so far, in waves (see `WAVES`), with the customers that it names."""
        return Desired(
            entries=(*self._forms, *self._payments, *self._deposits),
            customers=self.customers.named(),
        )
