"""The parts of the exceptions report as tables: for a terminal, a spreadsheet and paper.

    headline         tied or not, what is open by severity, what is due, the oldest question
    work list        one row for each open question, with the columns that a person fills in
    items            what the grouped questions are about, one row for each
    payers, ages     and clinicians
    cleared          by rule and by person
    control totals   each with its difference

The columns to fill in are read back by `hhs_sync.answers`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from hhs_sync.answers import EXPORTED, ID, KEY, TO_FILL_IN, export_mark
from hhs_sync.findings.finding import Severity
from hhs_sync.receivables.aging import BUCKET_NAMES, bucket
from hhs_sync.reports.lines import Line, due_by, end_of_week, nothing_to_do, open_lines, sum_of
from hhs_sync.reports.sums import control_table, headline, practice_column, practice_of, with_total
from hhs_sync.reports.table import Cell, Table, count, date, money, text
from hhs_sync.review.cleared import RULE

if TYPE_CHECKING:
    from hhs_sync.money import Money
    from hhs_sync.review.record import Cleared, Record


def exceptions_parts(records: Sequence[Record], made_at: dt.datetime) -> tuple[Table, ...]:
    """Every part, each a table."""
    lines = open_lines(records)
    return (
        headline_table(records, lines),
        _work_list(records, lines, made_at),
        *_items(records, lines),
        *by_payer_and_clinician(lines),
        cleared_table(records),
        control_table(records),
    )


def exceptions_tables(records: Sequence[Record]) -> tuple[Table, ...]:
    """The work list for a terminal, shorter than the CSV."""
    rows: list[tuple[Cell, ...]] = [
        (
            *((one.practice,) if len(records) > 1 else ()), one.finding.due, one.mark, one.finding.code,
            one.finding.says, one.payer, one.client, " ".join(one.service), one.finding.amount, one.finding.owner,
            one.age_days, one.finding.key,
        )
        for one in open_lines(records)
    ]  # fmt: skip
    return (
        Table(
            title="Exceptions",
            columns=(
                *practice_column(records), date("Due"), text("!"), text("Code"), text("What"), text("Payer"),
                text("Client"), text("Service"), money("Money"), text("Owner"), count("Age"), text("Key", paper=False),
            ),
            rows=tuple(rows),
            empty=" ".join(nothing_to_do(record) for record in records),
        ),
    )  # fmt: skip


def headline_table(records: Sequence[Record], lines: Sequence[Line]) -> Table:
    """Tied or not, each practice; number and money by severity; what is due; the oldest question."""
    as_of = max((record.as_of for record in records), default=dt.date.min)
    due = due_by(lines, end_of_week(as_of))
    overdue = [one for one in due if one.finding.due < as_of]
    oldest = min(lines, key=lambda one: (one.finding.since, one.finding.key), default=None)
    rows: list[tuple[Cell, ...]] = [
        (one.name if len(records) > 1 else "Books", None, None, headline(one)) for one in records
    ]
    rows.append(("As of", None, None, as_of.isoformat()))
    for severity in Severity:
        own = [one for one in lines if one.finding.severity is severity]
        rows.append((severity.value.capitalize(), len(own), sum_of(own), ""))
    rows.append(("All open", len(lines), sum_of(lines), ""))
    rows.append(("Due this week", len(due), sum_of(due), ""))
    rows.append(("Of these, overdue", len(overdue), sum_of(overdue), ""))
    if oldest is not None:
        days = "day" if oldest.age_days == 1 else "days"
        says = f"asked for {oldest.age_days} {days}: {oldest.finding.code} {oldest.finding.title}"
        rows.append(("Oldest question", 1, oldest.finding.amount, says))
    columns = (text("What"), count("Questions"), money("Money"), text("Says"))
    return Table(title="Headline", columns=columns, rows=tuple(rows))


def _work_list(records: Sequence[Record], lines: Sequence[Line], made_at: dt.datetime) -> Table:
    mark = export_mark(made_at)
    rows: list[tuple[Cell, ...]] = [
        (
            *((one.practice,) if len(records) > 1 else ()), one.finding.due, one.finding.severity.value,
            one.finding.code, one.finding.title, one.finding.says, one.payer, one.client, " ".join(one.service),
            one.finding.amount, one.finding.amount if one.counted else 0, one.finding.at_stake, one.finding.action,
            one.finding.owner, one.clinician, one.age_days, one.finding.state.value, one.finding.waits_until,
            one.finding.deadline, " | ".join(one.finding.notes), *("" for _ in TO_FILL_IN), one.finding.short_id,
            one.finding.key, mark,
        )
        for one in lines
    ]  # fmt: skip
    columns = (
        *practice_column(records), date("Due"), text("Severity"), text("Code"), text("Title"), text("What"),
        text("Payer"), text("Client"), text("Service"), money("Money"), money("In totals"), text("At stake"),
        text("Action"), text("Owner"), text("Clinician"), count("Age in days"), text("State"), date("Waits until"),
        date("Deadline"), text("Notes"), *(text(name) for name in TO_FILL_IN), text(ID), text(KEY), text(EXPORTED),
    )  # fmt: skip
    empty = " ".join(nothing_to_do(record) for record in records)
    table = Table(title="Work list", columns=columns, rows=tuple(rows), empty=empty)
    return with_total(table, leave_out=("Money",))


def _items(records: Sequence[Record], lines: Sequence[Line]) -> tuple[Table, ...]:
    """The parts of every question that asks about many at once; no table where none does."""
    rows: list[tuple[Cell, ...]] = [
        (
            *((one.practice,) if len(records) > 1 else ()), one.finding.short_id, one.finding.code, one.finding.says,
            part.fact, part.date, one.age_days + (one.finding.since - part.date).days, part.amount,
        )
        for one in lines
        if one.finding.count > 1
        for part in one.finding.parts
    ]  # fmt: skip
    columns = (
        *practice_column(records), text("Exception"), text("Code"), text("What"), text("Item"), date("Day"),
        count("Age in days"), money("Money"),
    )  # fmt: skip
    note = "Exception is the id in the work list. The money of an item is its part in the question's money, or its fee."
    return (Table(title="Items of groups", columns=columns, rows=tuple(rows), note=note),) if rows else ()


def by_payer_and_clinician(lines: Sequence[Line]) -> tuple[Table, ...]:
    """Money at stake by payer and age of the question, and by clinician."""
    return (
        _by("By payer and age", "Payer", lines, lambda one: one.payer or "No payer"),
        _by("By clinician and age", "Clinician", lines, lambda one: one.clinician or "No clinician"),
    )


def _by(title: str, heading: str, lines: Sequence[Line], name_of: Callable[[Line], str]) -> Table:
    amounts: dict[str, list[Money]] = defaultdict(lambda: [0] * len(BUCKET_NAMES))
    numbers: dict[str, int] = defaultdict(int)
    for one in lines:
        if one.counted:
            amounts[name_of(one)][bucket(one.age_days)] += one.finding.amount
        numbers[name_of(one)] += 1
    rows: list[tuple[Cell, ...]] = [
        (name, numbers[name], *amounts[name], sum(amounts[name]))
        for name in sorted(numbers, key=lambda one: (-sum(amounts[one]), one))
    ]
    table = with_total(
        Table(
            title=title,
            columns=(text(heading), count("Questions"), *(money(name) for name in BUCKET_NAMES), money("Total")),
            rows=tuple(rows),
        )
    )
    if table.total is None:
        return table
    return msgspec.structs.replace(table, total=(table.total[0], sum(numbers.values()), *table.total[2:]))


def cleared_table(records: Sequence[Record]) -> Table:
    """What went away of late: what the program closed by a rule first, then what people decided."""
    cleared = sorted(
        ((record, one) for record in records for one in record.cleared),
        key=lambda each: (not _by_rule(each[1]), -each[1].closed_on.toordinal(), each[1].key),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            *practice_of(record, records), one.closed_on, one.code, one.says,
            record.payers.get(one.payer or "", one.payer or ""), record.code_of(one.client), one.amount,
            "rule" if _by_rule(one) else "person", one.closed_by.removeprefix(RULE), one.key,
        )
        for record, one in cleared
    ]  # fmt: skip
    return Table(
        title="Cleared in the last week",
        columns=(
            *practice_column(records), date("On"), text("Code"), text("What"), text("Payer"), text("Client"),
            money("Money"), text("By"), text("Rule or person"), text(KEY, paper=False),
        ),
        rows=tuple(rows),
        note="To ask one of them again, reopen it by its key.",
        empty="Nothing has gone away since last week.",
    )  # fmt: skip


def _by_rule(one: Cleared) -> bool:
    return one.closed_by.startswith(RULE)
