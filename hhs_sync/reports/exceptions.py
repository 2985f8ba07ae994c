"""The exceptions report: what a person has to look at, in the order in which it has to be looked at.

    headline         tied or not; money by severity; due this week; the oldest question
    work list        overdue, today, this week, later, waiting: the sentence first, codes second
    payers, ages     where the money is stuck, and whose work it is
    cleared          what went away since last time, by which rule or person
    control totals   each with its difference, 0.00 printed

Money that two findings are about is counted once: the second one shows its amount in brackets, and sums leave it out.
Clients appear by their codes alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.findings.finding import FindingState, Severity
from hhs_sync.money import format_money
from hhs_sync.reports.lines import MARKS, Line, due_by, end_of_week, nothing_to_do, open_lines, sum_of
from hhs_sync.reports.parts import by_payer_and_clinician, cleared_table
from hhs_sync.reports.sums import control_table, headline

if TYPE_CHECKING:
    from hhs_sync.reports.table import Table
    from hhs_sync.review.record import Record

ROWS_MAX = 2000
"""Rows that the page holds (some 3 MB); the CSV always holds all of them."""


class Section(Struct, frozen=True, kw_only=True):
    """A part of the work list with its sum."""

    title: str
    lines: tuple[Line, ...]
    total: str


class Level(Struct, frozen=True, kw_only=True):
    """What is open at one severity."""

    severity: Severity
    mark: str
    number: int
    amount: str


class Page(Struct, frozen=True, kw_only=True):
    """All that the template needs."""

    title: str
    practices: tuple[Record, ...]
    headlines: tuple[tuple[Record, str], ...]
    as_of: dt.date
    levels: tuple[Level, ...]
    number: int
    amount: str
    due_number: int
    due_amount: str
    overdue_number: int
    oldest: Line | None
    sections: tuple[Section, ...]
    left_out: int
    tables: tuple[Table, ...]
    cleared: Table
    controls: Table
    empty: tuple[str, ...]


def exceptions_page(records: Sequence[Record]) -> Page:
    """The page over one practice or several."""
    lines = open_lines(records)
    as_of = max((record.as_of for record in records), default=dt.date.min)
    week_ends = end_of_week(as_of)
    due = due_by(lines, week_ends)
    return Page(
        title=records[0].name if len(records) == 1 else f"{len(records)} practices",
        practices=tuple(records),
        headlines=tuple((record, headline(record)) for record in records),
        as_of=as_of,
        levels=tuple(_level(severity, lines) for severity in Severity),
        number=len(lines),
        amount=format_money(sum_of(lines)),
        due_number=len(due),
        due_amount=format_money(sum_of(due)),
        overdue_number=sum(1 for one in due if one.finding.due < as_of),
        oldest=min(lines, key=lambda one: (one.finding.since, one.finding.key), default=None),
        sections=_sections(lines[:ROWS_MAX], as_of, week_ends),
        left_out=max(len(lines) - ROWS_MAX, 0),
        tables=by_payer_and_clinician(lines),
        cleared=cleared_table(records),
        controls=control_table(records),
        empty=tuple(nothing_to_do(record) for record in records),
    )


def _level(severity: Severity, lines: Sequence[Line]) -> Level:
    own = [one for one in lines if one.finding.severity is severity]
    return Level(severity=severity, mark=MARKS[severity], number=len(own), amount=format_money(sum_of(own)))


def _sections(lines: Sequence[Line], as_of: dt.date, week_ends: dt.date) -> tuple[Section, ...]:
    """The work list in parts by due date; what waits for a later day comes last."""
    parts: dict[str, list[Line]] = {"Overdue": [], "Due today": [], "Due this week": [], "Later": [], "Waiting": []}
    for one in lines:
        if one.finding.state is FindingState.WAITING:
            parts["Waiting"].append(one)
        elif one.finding.due < as_of:
            parts["Overdue"].append(one)
        elif one.finding.due == as_of:
            parts["Due today"].append(one)
        else:
            parts["Due this week" if one.finding.due <= week_ends else "Later"].append(one)
    return tuple(
        Section(title=title, lines=tuple(own), total=format_money(sum_of(own))) for title, own in parts.items() if own
    )  # fmt: skip
