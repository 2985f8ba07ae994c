"""The proof, in full: every entry that keeps sub-ledger and QuickBooks apart, and accrual against cash by month.

A turn counts what is on its way without naming it, and works out no statement; who asks for them wants all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hhs_sync.look import books_of, current_record, look
from hhs_sync.plan.statement import statement
from hhs_sync.plan.tie_out import TieOut, names_of, tie_out
from hhs_sync.review import Record, amounts_paid
from hhs_sync.review.processors import card_balances

if TYPE_CHECKING:
    from hhs_sync.office import Desk


def with_statement(desk: Desk) -> Record:
    """The practice's record, with the accrual statement against the cash statement, month by month."""
    return msgspec.structs.replace(current_record(desk), statement=statement(books_of(desk), desk.rules))


def tie_out_of(desk: Desk) -> tuple[TieOut, dict[str, str]]:
    """The tie-out with every entry that makes a difference, and what each is called in QuickBooks."""
    books, desired = (seen := look(desk)).books, seen.desired
    facts = seen.situation.facts
    pushed = desk.store.pushes.pushed_entries(desk.practice)
    tied = tie_out(
        books,
        desired,
        pushed,
        desk.store.mirror.entries(desk.practice, pushed.values()),
        desk.rules,
        amounts_paid=amounts_paid(facts, books),
        open_items=books.open_items,
        card_balances=card_balances(facts, books),
    )
    return tied, names_of(tied, books, desired, pushed)
