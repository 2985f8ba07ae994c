"""Every finding with every field: as a table for CSV with the columns that a person fills in, and as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from hhs_sync.answers import EXPORTED, ID, KEY, TO_FILL_IN, export_mark
from hhs_sync.money import plain_money
from hhs_sync.reports.lines import places
from hhs_sync.reports.table import Cell, Table, count, date, money, text

if TYPE_CHECKING:
    from hhs_sync.findings.finding import Finding
    from hhs_sync.review.record import Record


def exceptions_csv(records: Sequence[Record], made_at: dt.datetime) -> tuple[Table, ...]:
    """Every field of every finding, with its stable key; what was closed of late beside what is open."""
    mark = export_mark(made_at)
    rows = [(*_row(record, one), mark) for record in records for one in record.findings]
    columns = (
        text(KEY), text("Practice"), text("Code"), text("Title"), text("Severity"), text("State"), date("Due"),
        count("Age in days"), text("What"), text("Payer"), text("Client code"), text("Clinician"),
        text("Service dates"), money("Money"), text("At stake"), text("Counted in"), count("Items"), text("Owner"),
        text("Effect"), text("Action"), text("Clears when"), date("Since"), date("Deadline"), date("Waits until"),
        text("Notes"), text("Closed by"), date("Closed on"), text("Evidence"), *(text(name) for name in TO_FILL_IN),
        text(ID), text(EXPORTED),
    )  # fmt: skip
    return (Table(title="Exceptions", columns=columns, rows=tuple(rows)),)


def _row(record: Record, one: Finding) -> tuple[Cell, ...]:
    return (
        one.key, record.name, one.code, one.title, one.severity.value, one.state.value, one.due,
        one.age_days(record.as_of), one.says, record.payers.get(one.payer or "", one.payer or ""),
        record.code_of(one.client), record.clinicians.get(one.clinician or "", one.clinician or ""),
        " ".join(str(day) for day in one.service_dates), one.amount, one.at_stake, one.parent or "", one.count,
        one.owner, one.effect.value, one.action, one.clears_when, one.since, one.deadline, one.waits_until,
        " | ".join(one.notes), one.closed_by, one.closed_on, " | ".join(places(record, one)),
        *("" for _ in TO_FILL_IN), one.short_id,
    )  # fmt: skip


def exceptions_json(records: Sequence[Record]) -> Iterator[dict[str, Any]]:
    """Every field of every finding for programs: amounts as texts, the client's code in place of the client."""
    return (_json(record, one) for record in records for one in record.findings)


def _json(record: Record, one: Finding) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(one)
    fields["id"] = one.short_id
    fields["amount"] = plain_money(one.amount)
    fields["numbers"] = {name: plain_money(amount) for name, amount in one.numbers}
    fields["candidates"] = [
        {**msgspec.to_builtins(candidate), "amount": plain_money(candidate.amount)} for candidate in one.candidates
    ]
    fields["parts"] = [{**msgspec.to_builtins(part), "amount": plain_money(part.amount)} for part in one.parts]
    fields["state"] = one.state.value
    fields["client"] = record.code_of(one.client) or None
    fields["age_days"] = one.age_days(record.as_of)
    fields["places"] = list(places(record, one))
    return fields
