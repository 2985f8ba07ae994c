"""Tie-out: per account, the sub-ledger against what QuickBooks shows, to the cent, with the entries that differ.

sub-ledger   what the books say belongs in QuickBooks; what is held and not told yet stands apart
wished       what our documents come to; differs from the sub-ledger only by a mistake of ours
ours         what QuickBooks shows of the entries that we wrote
others       the rest of the account: other people's entries, told one by one where they touch it
difference   sub-ledger less ours; zero on every account is what "tied out" means
waiting      how much of the difference is on its way: in the plan, to be written or held; the rest is named
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.ledger.entry import EntryKey
from hhs_sync.mapping.rules import Rules
from hhs_sync.money import Money, format_money
from hhs_sync.plan.controls import CardBalance, Control, Ground, control_totals
from hhs_sync.plan.desired import Desired, Told
from hhs_sync.plan.figures import Figures, Item, Posted, Pushed
from hhs_sync.receivables.open_items import OpenItem


class AccountTie(Struct, frozen=True, kw_only=True):
    """One account of QuickBooks, in cents, debits positive; `items` are the entries that make the difference."""

    number: str
    name: str
    sub_ledger: Money
    held: Money
    wished: Money
    ours: Money
    others: Money
    waiting: Money = 0
    items: tuple[Item, ...] = ()
    others_entries: tuple[Item, ...] = ()

    @property
    def difference(self) -> Money:
        """What QuickBooks lacks of what the sub-ledger says."""
        return self.sub_ledger - self.ours


class TieOut(Struct, frozen=True, kw_only=True):
    """All accounts, and the control totals."""

    accounts: tuple[AccountTie, ...]
    controls: tuple[Control, ...] = ()

    @property
    def ties(self) -> bool:
        """True when no account differs and every control holds."""
        return not any(one.difference for one in self.accounts) and all(one.holds for one in self.controls)

    @property
    def says(self) -> str:
        """All of it in one line."""
        wrong = [one for one in self.accounts if one.difference]
        failed = [one for one in self.controls if not one.holds]
        if not wrong and not failed:
            held = sum(one.holds for one in self.controls)
            return f"Tied out: {len(self.accounts)} accounts, {held} controls hold."
        parts = [f"{one.number} differs by {format_money(one.difference)} ({_why(one)})" for one in wrong]
        parts.extend(f"control {one.number} is off by {format_money(one.difference)}" for one in failed)
        return f"Not tied out: {'; '.join(parts)}."


def tie_out(
    books: Told,
    desired: Desired,
    pushed: Pushed,
    posted: Posted,
    rules: Rules,
    *,
    amounts_paid: Mapping[FactKey, Money] | None = None,
    open_items: tuple[OpenItem, ...] | None = None,
    card_balances: tuple[CardBalance, ...] = (),
    on_their_way: AbstractSet[EntryKey] = frozenset(),
) -> TieOut:
    """Compare the sub-ledger with QuickBooks, account by account, and draw up the control totals.

    `pushed` is what we wrote, by our own key; `posted` what QuickBooks shows, by its kind and id. Controls 9, 12
    and 4 want the payments of the remittances in the books (BPR02, cents), the open items, and what card processors
    report. Entries `on_their_way` are counted and not named.
    """
    figures = Figures(
        entries=books.entries, desired=desired, pushed=pushed, posted=posted, rules=rules, on_their_way=on_their_way
    )
    ground = Ground(books, figures, amounts_paid, open_items, card_balances)
    return TieOut(accounts=tie_accounts(figures), controls=control_totals(ground))


def names_of(tied: TieOut, books: Told, desired: Desired, pushed: Pushed) -> dict[str, str]:
    """What the things that differ are called in QuickBooks and on paper, by what an item is about.

    An entry by its kind, number, date and customer, a client by the code; a fact of ours keeps its key.
    """
    wanted = {item.about for one in tied.accounts for item in one.items}
    wanted |= {item.about for one in tied.controls for item in one.items}
    names = {key: f"{one.kind.value} {one.reference} of {one.date}" for key in wanted if (one := pushed.get(key))}
    for wish in desired.entries:
        if wish.key in wanted:
            customer = f", {wish.customer.display}" if wish.customer else ""
            names[wish.key] = f"{wish.kind.value} {wish.reference} of {wish.date}{customer}"
    codes = {client: code for client, code in books.client_codes.items() if client in wanted}
    return {**codes, **names}


def tie_accounts(figures: Figures) -> tuple[AccountTie, ...]:
    """Every account on which anything of ours stands, by number."""
    expected = figures.by_number(figures.expected())
    held = figures.by_number(figures.held)
    wished = figures.by_number(figures.wished)
    names = {one.number: one.name for one in reversed(figures.rules.accounts)}
    ties = []
    for number in sorted(expected):
        sub_ledger, ours = expected[number], figures.shown.get(number, 0)
        others = figures.shown_others.get(number, 0)
        if not (sub_ledger or held[number] or wished[number] or ours):
            continue
        only = frozenset((number,))
        ties.append(
            AccountTie(
                number=number,
                name=names.get(number, ""),
                sub_ledger=sub_ledger,
                held=held[number],
                wished=wished[number],
                ours=ours,
                others=others,
                waiting=figures.waiting(number) if sub_ledger != ours else 0,
                items=figures.differing(only) if sub_ledger != ours else (),
                others_entries=_others_on(figures, number) if number in figures.shown_others else (),
            )
        )
    return tuple(ties)


def _others_on(figures: Figures, number: str) -> tuple[Item, ...]:
    """Other people's entries that touch an account."""
    return tuple(
        Item(f"{one.kind.value} {one.quickbooks_id}", amount, one.summary)
        for one in figures.others
        for touched, amount in one.effects
        if touched == number
    )


def _why(account: AccountTie) -> str:
    """How much of a difference is on its way, and how many entries make the rest."""
    count = len(account.items)
    named = "1 entry" if count == 1 else f"{count} entries"
    if not account.waiting:
        return named
    return f"{format_money(account.waiting)} on its way{f', {named}' if count else ''}"
