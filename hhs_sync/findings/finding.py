"""One finding: a question that a named person can answer, about one amount of money, with the evidence beside it.

A finding is a derived row, never stored as truth: it goes away only because facts changed, a resolution being a fact.
Its key (practice, code, subject) is stable, so that the next turn shows the same finding and not another one.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum

from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.ledger.entry import Evidence
from hhs_sync.money import Money


class Severity(Enum):
    """How soon: the same day, two business days, a week, the next monthly close."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Effect(Enum):
    """What it does to posting: nothing is sent; the doubtful part sits in suspense; nothing at all."""

    HOLD = "hold"
    SUSPENSE = "suspense"
    NONE = "none"


class Owner(Enum):
    """Who answers it."""

    BOOKKEEPER = "bookkeeper"
    BILLER = "biller"
    CLINICIAN = "clinician"
    OPERATOR = "operator"
    CPA = "CPA"
    APPROVER = "approver"


class FindingState(Enum):
    """Where the question stands."""

    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLEARED = "cleared by rule"


class Candidate(Struct, frozen=True, kw_only=True):
    """One possible answer, with the reasons for and against it."""

    targets: tuple[FactKey, ...]
    amount: Money
    agrees: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()


class Finding(Struct, frozen=True, kw_only=True):
    """One row of the exceptions report.

    `subject` is what it is about, in our own keys; `says` the question in one sentence with the numbers, without a
    client's name; `amount` the money at stake in cents, always positive, and `at_stake` whose loss it would be.
    `parent` groups findings with one cause ("payer HPHC is not mapped").
    """

    key: str
    code: str
    title: str
    practice: str
    subject: str
    says: str
    amount: Money
    at_stake: str
    severity: Severity
    effect: Effect
    owner: str
    action: str
    clears_when: str
    since: dt.date
    due: dt.date
    state: FindingState = FindingState.OPEN
    payer: str | None = None
    client: str | None = None
    clinician: str | None = None
    service_dates: tuple[dt.date, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    numbers: tuple[tuple[str, Money], ...] = ()
    candidates: tuple[Candidate, ...] = ()
    parent: str | None = None
    waits_until: dt.date | None = None
    notes: tuple[str, ...] = ()
