"""The open findings in words, as every form of the exceptions report shows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.findings.finding import Finding, FindingState, Severity
from hhs_sync.money import Money, format_money
from hhs_sync.review.record import counted_once

if TYPE_CHECKING:
    from hhs_sync.review.record import Record

MARKS = {Severity.CRITICAL: "‼", Severity.HIGH: "!", Severity.MEDIUM: "•", Severity.LOW: "○"}
"""A sign for each severity, so that colour is never needed to tell them apart."""


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


def open_lines(records: Sequence[Record]) -> list[Line]:
    """What is open in all practices together, in the order of the work list."""
    lines = [line for record in records for line in lines_of(record)]
    return sorted(
        lines, key=lambda one: (one.finding.due, one.finding.severity.order, -one.finding.amount, one.finding.key)
    )


def sum_of(lines: Iterable[Line]) -> Money:
    """The money at stake, each cent once: what another line counts already is left out."""
    return sum(one.finding.amount for one in lines if one.counted)


def end_of_week(day: dt.date) -> dt.date:
    """The Sunday on or after a day."""
    return day + dt.timedelta(days=6 - day.weekday())


def due_by(lines: Iterable[Line], last: dt.date) -> list[Line]:
    """Those that somebody should answer by a day; what waits for a later one is not among them."""
    return [one for one in lines if one.finding.state is FindingState.OPEN and one.finding.due <= last]


def nothing_to_do(record: Record) -> str:
    """What an empty list says: when it last tied, and what is expected next."""
    tied = f"Tied on {record.tied_on}." if record.tied_on else "Not tied so far."
    told = record.summary
    coming = (
        f" Next remittance expected {told.next_remittance:%A} {told.next_remittance}, from {told.next_payer}."
        if told.next_remittance
        else ""
    )
    return f"Nothing to do. {tied}{coming}"


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
        evidence=tuple(places(record, one)),
        candidates=tuple(_candidates(one)),
    )


def _dates(days: Sequence[dt.date]) -> tuple[str, ...]:
    """The first and the last of the service dates."""
    if not days:
        return ()
    return (str(days[0]),) if len(days) == 1 else (f"{days[0]} …", str(days[-1]))


def places(record: Record, one: Finding) -> Iterable[str]:
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
