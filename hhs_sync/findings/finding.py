"""One finding: a question that a named person can answer, about one amount of money, with the evidence beside it.

A finding is a derived row, never stored as truth: it goes away only because facts changed, a resolution being a fact.
Its key (practice, code, subject) is stable, so that the next turn shows the same finding and not another one.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum
from hashlib import sha256

from msgspec import Struct

from hhs_sync.facts.document import FactKey, Source
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.ledger.entry import Evidence
from hhs_sync.money import Money

ID_LENGTH = 7


class Severity(Enum):
    """How soon: the same day, two business days, a week, the next monthly close."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def order(self) -> int:
        """0 for the most pressing one."""
        return _SEVERITY_ORDER[self]


_SEVERITY_ORDER = {one: place for place, one in enumerate(Severity)}


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


class Stake(Enum):
    """Whose loss the money at stake would be."""

    US = "to us"
    CLIENT = "to client"
    PAYER = "to payer"
    NOBODY = "none"


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


class Part(Struct, frozen=True, gc=False):
    """One of the many that a grouped question is about: its fact (or `entry/KEY`), its day, and its money in cents."""

    fact: str
    date: dt.date
    amount: Money


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of the exceptions report.

    `subject` is what it is about, in our own keys; `says` the question in one sentence with the numbers, without a
    client's name; `amount` the money at stake in cents, always positive, and `at_stake` whose loss it would be.
    `client` is the only place where a client's id may stand: reports show the code that belongs to it.

    `evidence` names facts; `sources` are places in documents that hold no fact because they could not be read.
    `count` is the number of items that wait for the same answer ("payer not mapped": 37), `parts` what they are, the
    oldest first; of very many the first ones. `covers` names subjects that
    this question explains already: no later question is raised about them. `parent` is the key of the finding whose
    money this one is about too, so that totals count it once. `deadline` is a date set by a law or contract, where
    there is one; `due` is when somebody should act. `answers` are the decisions that make sense here; those that post
    are about `subject`, or about `sessions` where they concern what is open on a session.
    `closed_by` and `closed_on` tell who or which rule closed it. `approves` is the key of the decision that waits for a
    second person.
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
    deadline: dt.date | None = None
    payer: str | None = None
    client: str | None = None
    clinician: str | None = None
    service_dates: tuple[dt.date, ...] = ()
    sessions: tuple[FactKey, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    sources: tuple[Source, ...] = ()
    numbers: tuple[tuple[str, Money], ...] = ()
    candidates: tuple[Candidate, ...] = ()
    answers: tuple[ResolutionKind, ...] = ()
    count: int = 1
    parts: tuple[Part, ...] = ()
    covers: tuple[str, ...] = ()
    parent: str | None = None
    waits_until: dt.date | None = None
    notes: tuple[str, ...] = ()
    closed_by: str = ""
    closed_on: dt.date | None = None
    approves: FactKey | None = None

    @property
    def short_id(self) -> str:
        """A short name for people: the beginning of the key's sha256, the same as long as the question is asked."""
        return sha256(self.key.encode()).hexdigest()[:ID_LENGTH]

    @property
    def group(self) -> str:
        """The group of its code: SRC, BIL, REM, MAT, PAY, DEN, CLI, DEP, QBO or CMP."""
        return self.code[:3]

    @property
    def is_open(self) -> bool:
        """True while somebody has to answer it, now or on a later day."""
        return self.state is FindingState.OPEN or self.state is FindingState.WAITING

    def age_days(self, today: dt.date) -> int:
        """Days since the question arose."""
        return (today - self.since).days
