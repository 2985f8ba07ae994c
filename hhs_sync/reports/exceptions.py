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
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from hhs_sync.findings.finding import Finding, FindingState, Severity
from hhs_sync.money import Money, format_money, plain_money
from hhs_sync.receivables.aging import BUCKET_NAMES, bucket
from hhs_sync.reports.sums import control_table, headline, with_total
from hhs_sync.reports.table import Cell, Table, count, date, money, text
from hhs_sync.review.record import Record, counted_once

if TYPE_CHECKING:
    from hhs_sync.review.record import Cleared

MARKS = {Severity.CRITICAL: "‼", Severity.HIGH: "!", Severity.MEDIUM: "•", Severity.LOW: "○"}
"""A sign for each severity, so that colour is never needed to tell them apart."""
ROWS_MAX = 2000
"""Rows that the page holds (some 3 MB); the CSV always holds all of them."""


class Line(Struct, frozen=True, kw_only=True):
    """One finding as the page shows it: every field in words."""

    finding: Finding
    practice: str
    mark: str
    payer: str
    client: str
    clinician: str
    service: tuple[str, ...]
    amount: str
    counted: bool
    age_days: int
    numbers: tuple[tuple[str, str], ...]
    evidence: tuple[str, ...]
    candidates: tuple[str, ...]


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
    cleared: tuple[tuple[str, Record, Cleared], ...]
    empty: tuple[str, ...]


def exceptions_page(records: Sequence[Record]) -> Page:
    """The page over one practice or several."""
    lines = [line for record in records for line in lines_of(record)]
    lines.sort(key=lambda one: (one.finding.due, one.finding.severity.order, -one.finding.amount, one.finding.key))
    as_of = max((record.as_of for record in records), default=dt.date.min)
    week_ends = as_of + dt.timedelta(days=6 - as_of.weekday())
    due = [one for one in lines if one.finding.state is FindingState.OPEN and one.finding.due <= week_ends]
    return Page(
        title=records[0].name if len(records) == 1 else f"{len(records)} practices",
        practices=tuple(records),
        headlines=tuple((record, headline(record)) for record in records),
        as_of=as_of,
        levels=tuple(_level(severity, lines) for severity in Severity),
        number=len(lines),
        amount=_sum(lines),
        due_number=len(due),
        due_amount=_sum(due),
        overdue_number=sum(1 for one in due if one.finding.due < as_of),
        oldest=min(lines, key=lambda one: (one.finding.since, one.finding.key), default=None),
        sections=_sections(lines[:ROWS_MAX], as_of, week_ends),
        left_out=max(len(lines) - ROWS_MAX, 0),
        tables=(*by_payer_and_clinician(lines), control_table(records)),
        cleared=tuple((record.code_of(one.client), record, one) for record in records for one in record.cleared),
        empty=tuple(_nothing_to_do(record) for record in records),
    )


def lines_of(record: Record) -> list[Line]:
    """The open findings of a practice in words."""
    counted = {one.key for one in counted_once(record.open_findings)}
    return [_line(record, one, counted=one.key in counted) for one in record.open_findings]


def _line(record: Record, one: Finding, *, counted: bool) -> Line:
    return Line(
        finding=one,
        practice=record.name,
        mark=MARKS[one.severity],
        payer=record.payers.get(one.payer or "", one.payer or ""),
        client=record.code_of(one.client),
        clinician=record.clinicians.get(one.clinician or "", one.clinician or ""),
        service=_dates(one.service_dates),
        amount=format_money(one.amount),
        counted=counted,
        age_days=one.age_days(record.as_of),
        numbers=tuple((name, format_money(amount)) for name, amount in one.numbers),
        evidence=tuple(_evidence(record, one)),
        candidates=tuple(_candidates(one)),
    )


def _dates(days: Sequence[dt.date]) -> tuple[str, ...]:
    """The first and the last of the service dates."""
    if not days:
        return ()
    return (str(days[0]),) if len(days) == 1 else (f"{days[0]} …", str(days[-1]))


def _evidence(record: Record, one: Finding) -> Iterable[str]:
    """Each fact with the document and place that told it."""
    for evidence in one.evidence:
        source = record.sources.get(evidence.fact)
        place = evidence.place or (source.place if source else "")
        where = ", ".join(part for part in (source.document_name if source else "", place) if part)
        yield f"{evidence.fact} ({where})" if where else evidence.fact
    for source in one.sources:
        yield f"{source.document_name}, {source.place}"


def _candidates(one: Finding) -> Iterable[str]:
    for candidate in one.candidates:
        agrees = f"agrees: {', '.join(candidate.agrees)}" if candidate.agrees else ""
        differs = f"differs: {', '.join(candidate.differs)}" if candidate.differs else ""
        reasons = "; ".join(part for part in (agrees, differs) if part)
        yield f"{' + '.join(candidate.targets)}, {format_money(candidate.amount)}{f' ({reasons})' if reasons else ''}"


def _level(severity: Severity, lines: Sequence[Line]) -> Level:
    own = [one for one in lines if one.finding.severity is severity]
    return Level(severity=severity, mark=MARKS[severity], number=len(own), amount=_sum(own))


def _sum(lines: Iterable[Line]) -> str:
    return format_money(sum(one.finding.amount for one in lines if one.counted))


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
        Section(title=title, lines=tuple(own), total=_sum(own)) for title, own in parts.items() if own
    )  # fmt: skip


def _nothing_to_do(record: Record) -> str:
    """What an empty list says: when it last tied, and what is expected next."""
    tied = f"Tied on {record.tied_on}." if record.tied_on else "Not tied so far."
    told = record.summary
    coming = (
        f" Next remittance expected {told.next_remittance:%A} {told.next_remittance}, from {told.next_payer}."
        if told.next_remittance
        else ""
    )
    return f"Nothing to do. {tied}{coming}"


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


# --- plain forms


def exceptions_tables(records: Sequence[Record]) -> tuple[Table, ...]:
    """The work list for a terminal, shorter than the CSV."""
    several = len(records) > 1
    lines = sorted(
        (line for record in records for line in lines_of(record)),
        key=lambda one: (one.finding.due, one.finding.severity.order, -one.finding.amount, one.finding.key),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            *((one.practice,) if several else ()), one.finding.due, one.mark, one.finding.code, one.finding.says,
            one.payer, one.client, " ".join(one.service), one.finding.amount, one.finding.owner, one.age_days,
            one.finding.key,
        )
        for one in lines
    ]  # fmt: skip
    return (
        Table(
            title="Exceptions",
            columns=(
                *((text("Practice"),) if several else ()), date("Due"), text("!"), text("Code"), text("What"),
                text("Payer"), text("Client"), text("Service"), money("Money"), text("Owner"), count("Age"),
                text("Key", paper=False),
            ),
            rows=tuple(rows),
            empty=" ".join(_nothing_to_do(record) for record in records),
        ),
    )  # fmt: skip


def exceptions_csv(records: Sequence[Record]) -> tuple[Table, ...]:
    """Every field of every finding, with its stable key; what was closed of late beside what is open."""
    rows = [_csv_row(record, one) for record in records for one in record.findings]
    columns = (
        text("Key"), text("Practice"), text("Code"), text("Title"), text("Severity"), text("State"), date("Due"),
        count("Age in days"), text("What"), text("Payer"), text("Client code"), text("Clinician"),
        text("Service dates"), money("Money"), text("At stake"), text("Counted in"), count("Items"), text("Owner"),
        text("Effect"), text("Action"), text("Clears when"), date("Since"), date("Deadline"), date("Waits until"),
        text("Notes"), text("Closed by"), date("Closed on"), text("Evidence"),
    )  # fmt: skip
    return (Table(title="Exceptions", columns=columns, rows=tuple(rows)),)


def _csv_row(record: Record, one: Finding) -> tuple[Cell, ...]:
    return (
        one.key, record.name, one.code, one.title, one.severity.value, one.state.value, one.due,
        one.age_days(record.as_of), one.says, record.payers.get(one.payer or "", one.payer or ""),
        record.code_of(one.client), record.clinicians.get(one.clinician or "", one.clinician or ""),
        " ".join(str(day) for day in one.service_dates), one.amount, one.at_stake, one.parent or "", one.count,
        one.owner, one.effect.value, one.action, one.clears_when, one.since, one.deadline, one.waits_until,
        " | ".join(one.notes), one.closed_by, one.closed_on, " | ".join(_evidence(record, one)),
    )  # fmt: skip


def exceptions_json(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Every field of every finding for programs: amounts as texts, the client's code in place of the client."""
    return [_json(record, one) for record in records for one in record.findings]


def _json(record: Record, one: Finding) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(one)
    fields["amount"] = plain_money(one.amount)
    fields["numbers"] = {name: plain_money(amount) for name, amount in one.numbers}
    fields["candidates"] = [
        {**msgspec.to_builtins(candidate), "amount": plain_money(candidate.amount)} for candidate in one.candidates
    ]
    fields["state"] = one.state.value
    fields["client"] = record.code_of(one.client) or None
    fields["age_days"] = one.age_days(record.as_of)
    fields["places"] = list(_evidence(record, one))
    return fields
