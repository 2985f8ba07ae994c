"""Reports that are tables and nothing else: aging, bank deposits, tie-out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hhs_sync.money import format_money
from hhs_sync.receivables.aging import BUCKET_NAMES
from hhs_sync.reports.table import Cell, Column, Kind, Table, date, money, text
from hhs_sync.review.record import IN_QUICKBOOKS

if TYPE_CHECKING:
    from hhs_sync.review.record import AgedParty, Record
    from hhs_sync.review.today import Today


def aging_tables(records: Sequence[Record]) -> tuple[Table, ...]:
    """Who owes, by age: payers by name, clients by their codes."""
    return (
        _aged("Payers", "Payer", records, clients=False),
        _aged("Clients", "Client", records, clients=True),
    )


def _aged(title: str, heading: str, records: Sequence[Record], *, clients: bool) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (*practice_of(record, records), record.code_of(one.party) if clients else one.name, *one.buckets, one.total)
        for record in records
        for one in _sorted(record, clients=clients)
    ]
    return with_total(
        Table(
            title=title,
            columns=(
                *practice_column(records), text(heading), *(money(name) for name in BUCKET_NAMES), money("Total"),
            ),
            rows=tuple(rows),
            note="Age in days since the party came to owe. Credits are negative.",
            empty="Nobody owes anything.",
        )
    )  # fmt: skip


def _sorted(record: Record, *, clients: bool) -> list[AgedParty]:
    return sorted((one for one in record.aging if one.is_client is clients), key=lambda one: -one.total)


def deposit_tables(records: Sequence[Record]) -> tuple[Table, ...]:
    """Bank lines and what they are; money told that is not at the bank."""
    lines: list[tuple[Cell, ...]] = [
        (
            *practice_of(record, records), one.date, one.amount, one.what, one.sender, one.rule,
            "" if one.explained else "open", one.account, one.key,
        )
        for record in records
        for one in record.bank_lines
    ]  # fmt: skip
    transit: list[tuple[Cell, ...]] = [
        (*practice_of(record, records), one.date, one.amount, one.what, one.sender, one.expected, one.key)
        for record in records
        for one in record.in_transit
    ]
    return (
        with_total(
            Table(
                title="Money on its way to the bank",
                columns=(
                    *practice_column(records), date("Date"), money("Amount"), text("What"), text("From"),
                    date("Expected by"), text("Key", paper=False),
                ),
                rows=tuple(transit),
                empty="Nothing is on its way: all that was told is at the bank.",
            )
        ),
        Table(
            title="Bank lines",
            columns=(
                *practice_column(records), date("Date"), money("Amount"), text("What"), text("From"),
                text("Told by"), text("State"), text("Account"), text("Key", paper=False),
            ),
            rows=tuple(lines),
            empty="No bank lines have come in.",
        ),
    )  # fmt: skip


def tie_out_tables(records: Sequence[Record]) -> tuple[Table, ...]:
    """QuickBooks' accounts beside the sub-ledger, the control totals, and the trial balance."""
    accounts: list[tuple[Cell, ...]] = [
        (
            *practice_of(record, records), one.number, one.name, one.sub_ledger, one.quickbooks, one.difference,
            one.waiting, one.others,
        )
        for record in records
        for one in record.accounts
    ]  # fmt: skip
    balances: list[tuple[Cell, ...]] = [
        (*practice_of(record, records), one.number, one.name, one.account, one.amount)
        for record in records
        for one in record.balances
    ]
    return (
        Table(
            title="QuickBooks and sub-ledger",
            columns=(
                *practice_column(records), text("No."), text("Account"), money("Sub-ledger"),
                money("Ours in QuickBooks"), money("Difference"), money("Of it, on its way"), money("Others’ entries"),
            ),
            rows=tuple(accounts),
            note="Debits positive. Others’ entries are not ours to touch; they are told so that the account adds up.",
            empty="Nothing of ours stands in QuickBooks yet.",
        ),
        control_table(records),
        with_total(
            Table(
                title="Trial balance of the sub-ledger",
                columns=(*practice_column(records), text("No."), text("Name"), text("Account"), money("Balance")),
                rows=tuple(balances),
                note="Debits positive; the sum is 0.00.",
            )
        ),
    )  # fmt: skip


def control_table(records: Sequence[Record]) -> Table:
    """Every control total with its difference, 0.00 printed as 0.00."""
    rows: list[tuple[Cell, ...]] = [
        (*practice_of(record, records), one.name, one.computed, one.told, one.difference, _state(one.difference))
        for record in records
        for one in record.controls
        if not one.name.endswith(IN_QUICKBOOKS)
    ]
    return Table(
        title="Control totals",
        columns=(
            *practice_column(records), text("Control"), money("Should be"), money("Is"), money("Difference"),
            text("Holds"),
        ),
        rows=tuple(rows),
    )  # fmt: skip


def _state(difference: int) -> str:
    return "no" if difference else "yes"


def headline(record: Record | Today) -> str:
    """Tied or not, in one line."""
    if record.tied:
        totals = [one for one in record.controls if not _of_account(one.name)]
        return f"Tied: {len(record.accounts)} accounts and {len(totals)} totals agree to the cent."
    off = [one for one in record.accounts if one.difference]
    waiting = [one for one in off if one.difference == one.waiting]
    failed = [one for one in record.controls if one.unexplained]
    if off and len(waiting) == len(off) and not failed:
        return f"Not tied yet: {len(off)} accounts differ by what still has to be written to QuickBooks."
    parts = [f"{one.number} {one.name} by {format_money(one.difference)}".strip() for one in off[:3]]
    parts += [f"“{one.name}” by {format_money(one.difference)}" for one in failed if not _of_account(one.name)][:3]
    return f"Not tied: {'; '.join(parts)}." if parts else "Not tied."


def _of_account(name: str) -> bool:
    return name.endswith(IN_QUICKBOOKS)


def with_total(table: Table, leave_out: Sequence[str] = ()) -> Table:
    """The table with a line that adds up its money columns but those left out, where there is more than one row."""
    if len(table.rows) <= 1:
        return table
    cells: list[Cell] = [
        sum(cell for row in table.rows if isinstance(cell := row[place], int))
        if column.kind is Kind.MONEY and column.name not in leave_out
        else None
        for place, column in enumerate(table.columns)
    ]
    label = next((place for place, column in enumerate(table.columns) if column.kind is not Kind.MONEY), None)
    if label is not None:
        cells[label] = "Total"
    return Table(
        title=table.title, columns=table.columns, rows=table.rows, total=tuple(cells), note=table.note,
        empty=table.empty,
    )  # fmt: skip


def practice_column(records: Sequence[Record]) -> tuple[Column, ...]:
    """The column that names the practice, where a report is about several."""
    return (text("Practice"),) if len(records) > 1 else ()


def practice_of(record: Record, records: Sequence[Record]) -> tuple[str, ...]:
    """What stands in that column."""
    return (record.name,) if len(records) > 1 else ()
