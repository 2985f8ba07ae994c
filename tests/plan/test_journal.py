"""Journal entries: the last resort, with one line on receivables at most."""

from __future__ import annotations

from hhs_sync.ledger.entry import EntryKind
from tests.plan.entries import A, entry, line
from tests.plan.rendering import documents, render
from tests.plan.worked_example import session


def test_an_allowance_and_its_reversal_are_journal_entries_on_their_own_days() -> None:
    booked = entry(
        "allowance:2025-11", "2025-11-30", EntryKind.ALLOWANCE, line(A.CONTRACTUAL_COMMERCIAL, "120"),
        line(A.ALLOWANCE, "-120"),
    )  # fmt: skip
    back = entry(
        "allowance-reversed:2025-11", "2025-12-01", EntryKind.ALLOWANCE, line(A.CONTRACTUAL_COMMERCIAL, "-120"),
        line(A.ALLOWANCE, "120"),
    )  # fmt: skip

    assert ["2025-11-30", "2025-12-01"] == [str(one.date) for one in render(booked, back).entries]


def test_an_unclaimed_credit_moves_to_the_state() -> None:
    moved = entry(
        "unclaimed:resolution/1", "2025-12-01", EntryKind.UNCLAIMED, line(A.CLIENT_CREDIT, "20", "c-K2"),
        line(A.UNCLAIMED, "-20", "c-K2"),
    )  # fmt: skip

    assert ["JournalEntry: Cr 2500 20.00, Dr 2200 20.00"] == documents(moved)


def test_debts_of_two_customers_take_two_entries_through_1190() -> None:
    late = entry(
        "correction:2025-11", "2025-12-01", EntryKind.CORRECTION, line(A.BANK, "-30"),
        line(A.AR_CLIENT, "10", "c-K1", session("K1")), line(A.AR_CLIENT, "20", "c-K2", session("K2")),
    )  # fmt: skip

    assert [
        "JournalEntry: Cr 1000 30.00, Dr 1100 10.00, Dr 1190 20.00",
        "JournalEntry: Cr 1190 20.00, Dr 1100 20.00",
    ] == documents(late)


def test_what_moves_nothing_between_accounts_makes_no_entry() -> None:
    nothing = entry(
        "correction:2025-11", "2025-12-01", EntryKind.SUSPENSE_IDENTIFIED, line(A.RECOUPMENT, "10", "ANTH", "x"),
        line(A.RECOUPMENT, "-10", "ANTH", "y"),
    )  # fmt: skip

    assert [] == documents(nothing)
