"""The accrual statement against the cash statement, and the bridge between them, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hhs_sync.reports.sums import practice_column, practice_of, with_total
from hhs_sync.reports.table import Cell, Table, money, text

if TYPE_CHECKING:
    from hhs_sync.review.record import Record


def statement_tables(records: Sequence[Record]) -> tuple[Table, ...]:
    """Net income by month under both, what makes the difference, and every account of income and cost."""
    who = practice_column(records)
    months: list[tuple[Cell, ...]] = [
        (*practice_of(record, records), one.month, one.accrual, one.cash, one.accrual - one.cash, one.off)
        for record in records
        for one in record.statement
    ]
    steps: list[tuple[Cell, ...]] = [
        (*practice_of(record, records), one.month, step.number, step.name, step.amount)
        for record in records
        for one in record.statement
        for step in one.steps
    ]
    lines: list[tuple[Cell, ...]] = [
        (*practice_of(record, records), one.month, line.number, line.name, line.accrual, line.cash)
        for record in records
        for one in record.statement
        for line in one.lines
    ]
    return (
        with_total(
            Table(
                title="Net income by month, accrual against cash",
                columns=(
                    *who, text("Month"), money("Accrual"), money("Cash"), money("Difference"), money("Unexplained"),
                ),
                rows=tuple(months),
                note="Unexplained is 0.00: the difference is the change of all that is owed and on its way.",
                empty="Nothing has happened yet.",
            )
        ),
        with_total(
            Table(
                title="Bridge from cash to accrual",
                columns=(*who, text("Month"), text("No."), text("Account"), money("Change")),
                rows=tuple(steps),
                note="How much more each account of the balance sheet changed under accrual; debits positive.",
                empty="Both statements are the same.",
            )
        ),
        with_total(
            Table(
                title="Income and cost by month",
                columns=(*who, text("Month"), text("No."), text("Account"), money("Accrual"), money("Cash")),
                rows=tuple(lines),
                note="Income positive, cost and what lowers income negative.",
            )
        ),
    )  # fmt: skip
