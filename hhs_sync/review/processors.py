"""What card processors say they hold, as the balance that their clearing account should have (control 4).

Our books and a processor's report differ for good reasons on any day: its fees are booked when a payout brings them,
and a payout stays in clearing until the bank shows it.

    121x on a day = the report's balance + fees on charges not paid out yet + payouts not at the bank by that day
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hhs_sync.mapping.accounts import Account, card_account
from hhs_sync.plan.controls import CardBalance

if TYPE_CHECKING:
    import datetime as dt

    from hhs_sync.books import Books
    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.payment import Payout, ProcessorBalance
    from hhs_sync.money import Money


def card_balances(facts: Facts, books: Books) -> tuple[CardBalance, ...]:
    """The newest report of each processor."""
    newest: dict[Account, list[ProcessorBalance]] = {}
    for one in sorted(facts.processor_balances.values(), key=lambda one: one.date):
        known = newest.setdefault(card_account(one.processor), [])
        if known and known[0].date < one.date:
            known.clear()
        known.append(one)
    return tuple(
        CardBalance(account, told.processor, told.date, _expected(facts, books, told))
        for account, reports in newest.items()
        for told in reports
    )


def _expected(facts: Facts, books: Books, told: ProcessorBalance) -> Money:
    account = card_account(told.processor)
    sent = [one for one in facts.payouts.values() if card_account(one.processor) is account and one.date <= told.date]
    on_their_way = sum(one.amount for one in sent if not _arrived(facts, books, one, told.date))
    return told.balance + told.pending_fees + on_their_way


def _arrived(facts: Facts, books: Books, payout: Payout, day: dt.date) -> bool:
    """Whether the bank shows a payout by a day; of several lines the first takes it out of clearing."""
    lines = books.bank.banked.get(payout.key, ())
    return bool(lines) and facts.bank_deposits[lines[0]].date <= day
