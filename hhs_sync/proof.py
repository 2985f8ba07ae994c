"""The proof, in full: every entry that keeps sub-ledger and QuickBooks apart, and accrual against cash by month.

A turn counts what is on its way without naming it, and works out no statement; who asks for them wants all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hhs_sync.look import books_of, current_record, load_facts, look
from hhs_sync.plan.statement import statement
from hhs_sync.plan.tie_out import TieOut, names_of, tie_out
from hhs_sync.review import Record, amounts_paid

if TYPE_CHECKING:
    from hhs_sync.office import Desk


def with_statement(desk: Desk) -> Record:
    """The practice's record, with the accrual statement against the cash statement, month by month."""
    return msgspec.structs.replace(current_record(desk), statement=statement(books_of(desk), desk.rules))


def tie_out_of(desk: Desk) -> tuple[TieOut, dict[str, str]]:
    """The tie-out with every entry that makes a difference, and what each is called in QuickBooks."""
    books, desired = (seen := look(desk)).books, seen.desired
    pushed = desk.store.pushes.pushed_entries(desk.practice)
    tied = tie_out(
        books,
        desired,
        pushed,
        desk.store.mirror.entries(desk.practice),
        desk.rules,
        amounts_paid=amounts_paid(load_facts(desk), books),
        open_items=books.open_items,
    )
    return tied, names_of(tied, books, desired, pushed)
