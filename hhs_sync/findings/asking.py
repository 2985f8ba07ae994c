"""How a check asks its question: it says what it saw, the catalogue says the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TypedDict, Unpack

from hhs_sync.days import add_business_days
from hhs_sync.facts.document import FactKey, Source
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.facts.session import Session
from hhs_sync.findings.catalogue import QUESTIONS, answers_to
from hhs_sync.findings.finding import Candidate, Effect, Finding, FindingState, Owner, Part, Severity, Stake
from hhs_sync.findings.situation import Situation
from hhs_sync.ledger.entry import Evidence
from hhs_sync.money import Money

EVIDENCE_MAX = 200
"""Facts named on one finding: a person looks at a few; what they come to is told by count and amount."""


PARTS_MAX = 2000
"""Parts named of a group: some 200 kB; nobody reads further, and what they come to is told by count and amount."""


class More(TypedDict, total=False):
    """What a check may say besides; see `Finding`."""

    payer: str | None
    client: str | None
    clinician: str | None
    service_dates: tuple[dt.date, ...]
    sessions: tuple[FactKey, ...]
    sources: tuple[Source, ...]
    numbers: tuple[tuple[str, Money], ...]
    candidates: tuple[Candidate, ...]
    count: int
    covers: tuple[str, ...]
    parent: str | None
    state: FindingState
    closed_by: str
    closed_on: dt.date | None


def ask(
    at: Situation,
    code: str,
    subject: str,
    says: str,
    *,
    amount: Money,
    since: dt.date,
    severity: Severity | None = None,
    effect: Effect | None = None,
    at_stake: Stake = Stake.US,
    owner: Owner | None = None,
    action: str | None = None,
    answers: tuple[ResolutionKind, ...] | None = None,
    deadline: dt.date | None = None,
    due_from: dt.date | None = None,
    session: Session | None = None,
    evidence: Iterable[Evidence] = (),
    parts: Iterable[Part] = (),
    **more: Unpack[More],
) -> Finding:
    """One finding: what the catalogue says of its code, and what the check saw.

    Due is when the severity asks for it, counted from `due_from` where the question became more pressing after it
    arose, or at the deadline where that comes first. `answers` are its own decisions where the code asks about more
    than one thing. A `session` names client, clinician and service date, unless `more` names others.
    """
    question = QUESTIONS[code]
    pressing = severity or question.severity
    due = reaction_date(due_from or since, pressing)
    if session is not None:
        more.setdefault("client", session.client or None)
        more.setdefault("clinician", session.clinician or None)
        more.setdefault("service_dates", (session.date,))
        more.setdefault("sessions", (session.key,))
    return Finding(
        key=f"{at.rules.practice.id}:{code}:{subject}",
        code=code,
        title=question.title,
        practice=at.rules.practice.id,
        subject=subject,
        says=says,
        amount=abs(amount),
        at_stake=at_stake.value,
        severity=pressing,
        effect=effect or question.effect,
        owner=(owner or question.owner).value,
        action=action or question.action,
        clears_when=question.clears_when,
        since=since,
        due=min(due, deadline) if deadline else due,
        deadline=deadline,
        evidence=tuple(dict.fromkeys(evidence))[:EVIDENCE_MAX],
        parts=tuple(sorted(parts, key=lambda one: (one.date, one.fact))[:PARTS_MAX]),
        answers=answers_to(code, answers),
        **more,
    )


def reaction_date(since: dt.date, severity: Severity) -> dt.date:
    """When somebody should have acted: the same day, two business days, a week, the end of the month."""
    if severity is Severity.CRITICAL:
        return since
    if severity is Severity.HIGH:
        return add_business_days(since, 2)
    if severity is Severity.MEDIUM:
        return since + dt.timedelta(days=7)
    next_month = (since.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return next_month - dt.timedelta(days=1)


def days_later(day: dt.date, count: int) -> dt.date:
    """A day that lies `count` calendar days after another."""
    return day + dt.timedelta(days=count)
