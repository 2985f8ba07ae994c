"""The daily digest: how each practice stands, in counts and sums.

It goes by mail and lies in folders, so it holds nothing about a client: no sentence of a finding, no code of a client,
no date of service, no key; only what is counted over many, names of accounts, payers and practices, and the days on
which somebody has to act. It is made from what the last turns kept; nothing is computed and nobody is asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.findings.catalogue import QUESTIONS
from hhs_sync.findings.finding import Severity
from hhs_sync.money import Money, format_money
from hhs_sync.reports.lines import MARKS, Line, due_by, end_of_week, open_lines, sum_of
from hhs_sync.reports.sums import headline
from hhs_sync.review.cleared import RULE
from hhs_sync.status import Status, status_of
from hhs_sync.worklist import kept_record

if TYPE_CHECKING:
    from hhs_sync.office import Office
    from hhs_sync.review import Record

STALE_HOURS = 26
"""Hours after which a practice's last turn is told as late: a day and a bit."""
QUESTIONS_MAX = 8
"""Kinds of questions that are listed for each practice, those with most money first."""


class Count(Struct, frozen=True):
    """So many questions of one sort, and the money at stake in cents."""

    name: str
    number: int
    amount: Money


class Part(Struct, frozen=True, kw_only=True):
    """One practice in the digest."""

    practice: str
    name: str
    tied: bool | None
    says: str
    warnings: tuple[str, ...] = ()
    severities: tuple[Count, ...] = ()
    questions: tuple[Count, ...] = ()
    more_questions: int = 0
    all_open: Count
    due: Count
    overdue: Count
    oldest_days: int = 0
    cleared_by_rule: int = 0
    cleared_by_people: int = 0
    as_of: dt.date | None = None
    next_remittance: str = ""

    @property
    def needs_attention(self) -> bool:
        """True when a person should look."""
        return bool(self.warnings) or self.tied is not True or bool(self.all_open.number)


class Digest(Struct, frozen=True, kw_only=True):
    """All practices together. `day` and `made_at` are the reader's."""

    day: dt.date
    made_at: dt.datetime
    parts: tuple[Part, ...]

    @property
    def subject(self) -> str:
        """One line that says whether one has to open it."""
        number = sum(one.all_open.number for one in self.parts)
        overdue = sum(one.overdue.number for one in self.parts)
        untied = [one.name for one in self.parts if one.tied is not True]
        tied = "all tied" if not untied else f"not tied: {', '.join(untied)}"
        late = f", {overdue} overdue" if overdue else ""
        return f"{self.day}: {tied}; {number} open{late}"

    @property
    def needs_attention(self) -> bool:
        """True when a person should look at one of the practices."""
        return any(one.needs_attention for one in self.parts)


def make_digest(office: Office, now: dt.datetime) -> Digest:
    """The digest of all practices that may be worked, from what is stored. `now` is in the reader's time zone."""
    parts = tuple(_part(office, practice, now) for practice in office.worked)
    return Digest(day=now.date(), made_at=now, parts=parts)


def _part(office: Office, practice: str, now: dt.datetime) -> Part:
    status = status_of(office, practice)
    record = kept_record(office.store, practice)
    if record is None:
        nothing = Count("", 0, 0)
        return Part(
            practice=practice, name=status.name, tied=None, says="No turn has been made yet.",
            warnings=tuple(_warnings(status, now)), all_open=nothing, due=nothing, overdue=nothing,
        )  # fmt: skip
    lines = open_lines([record])
    due = due_by(lines, end_of_week(record.as_of))
    questions = _by_question(lines)
    return Part(
        practice=practice,
        name=record.name,
        tied=record.tied,
        says=headline(record),
        warnings=tuple(_warnings(status, now)),
        severities=tuple(
            _count(f"{MARKS[one]} {one.value}", [line for line in lines if line.finding.severity is one])
            for one in Severity
        ),
        questions=questions[:QUESTIONS_MAX],
        more_questions=max(len(questions) - QUESTIONS_MAX, 0),
        all_open=_count("open", lines),
        due=_count("due this week", due),
        overdue=_count("overdue", [one for one in due if one.finding.due < record.as_of]),
        oldest_days=max((one.age_days for one in lines), default=0),
        cleared_by_rule=sum(1 for one in record.cleared if one.closed_by.startswith(RULE)),
        cleared_by_people=sum(1 for one in record.cleared if not one.closed_by.startswith(RULE)),
        as_of=record.as_of,
        next_remittance=_next(record),
    )


def _by_question(lines: Sequence[Line]) -> tuple[Count, ...]:
    codes = sorted({one.finding.code for one in lines})
    counts = (
        _count(f"{code} {QUESTIONS[code].title}", [one for one in lines if one.finding.code == code]) for code in codes
    )
    return tuple(sorted(counts, key=lambda one: (-one.amount, -one.number, one.name)))


def _count(name: str, lines: Sequence[Line]) -> Count:
    return Count(name, len(lines), sum_of(lines))


def _warnings(status: Status, now: dt.datetime) -> Iterable[str]:
    """What stands in the way of the work itself."""
    if status.because:
        yield status.because
    if status.last_turn is None:
        yield "no turn has been made yet"
    elif now - status.last_turn > dt.timedelta(hours=STALE_HOURS):
        yield f"the last turn was {(now - status.last_turn).total_seconds() / 3600:.0f} hours ago"
    if status.waits:
        yield f"a plan waits for approval: {status.waits}"
    if status.held:
        yield f"{status.held} entries are held back from QuickBooks"
    if status.obstacles:
        # What an obstacle says may hold the name of a file, and people put names of clients into those.
        yield f"{len(status.obstacles)} sources or files could not be read"
    if status.refresh_days_left is not None and status.refresh_days_left < 14:
        yield f"the connection to QuickBooks lasts {status.refresh_days_left} more days: connect it again"


def _next(record: Record) -> str:
    told = record.summary
    return f"{told.next_remittance:%A} {told.next_remittance}, {told.next_payer}" if told.next_remittance else ""


def in_text(digest: Digest) -> str:
    """The digest for a mail program, in lines of some 76 letters."""
    lines = [f"How the books stand, {digest.day:%A} {digest.day}", ""]
    for one in digest.parts:
        lines += [one.name, "-" * len(one.name), one.says]
        lines += [f"!! {warning}" for warning in one.warnings]
        if one.as_of is not None:
            lines += ["", *_counts((one.all_open, one.due, one.overdue))]
            lines += [*_counts(count for count in one.severities if count.number)]
        if one.questions:
            lines += ["", "Most money at stake:", *_counts(one.questions)]
            if one.more_questions:
                lines.append(f"    and {one.more_questions} more kinds of questions")
            lines.append(f"The oldest has been asked for {one.oldest_days} days.")
        if one.cleared_by_rule or one.cleared_by_people:
            lines.append(f"Cleared in the last week: {one.cleared_by_rule} by rule, {one.cleared_by_people} by people.")
        if one.next_remittance:
            lines.append(f"Next remittance expected {one.next_remittance}.")
        if one.as_of is not None:
            lines.append(f"As of {one.as_of}.")
        lines += ["", ""]
    lines.append("Nothing about clients stands here. The list itself: hhs-sync exceptions, or the pages.")
    return "\n".join(lines) + "\n"


def _counts(counts: Iterable[Count]) -> Iterable[str]:
    return (f"{one.number:>6}  {format_money(one.amount):>14}  {one.name}" for one in counts)
