"""The trail behind an open question: from the session through claim and remittance to the bank and into QuickBooks.

A finding names the few facts that raised it. A person who answers it wants the whole way that the money took, in one
order, whatever the question. Matching has told that way already, so it is noted here by keys while the books are at
hand, and a page needs no more than to look a few facts up.

    session ─► claim ─► remittance, claim payment ─► bank line ─► QuickBooks document
               client payment, payout ─────────────►
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.ledger.entry import EntryKey, Evidence

if TYPE_CHECKING:
    from hhs_sync.findings.finding import Finding
    from hhs_sync.findings.situation import Situation

Step = TypeVar("Step")

SHOWN = 12
"""Of each kind, so that a page stays short: who answers for forty sessions looks at a few, and at the sum."""


class Trail(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Keys of what stands behind a finding, by kind. `paid` are remittances, with the claim payment where one is meant.

    `payments` are client payments, refunds, disputes and payouts; `others` any further facts; `entries` the documents
    in QuickBooks, by our own keys.
    """

    sessions: tuple[FactKey, ...] = ()
    claims: tuple[FactKey, ...] = ()
    paid: tuple[Evidence, ...] = ()
    payments: tuple[FactKey, ...] = ()
    bank: tuple[FactKey, ...] = ()
    others: tuple[FactKey, ...] = ()
    entries: tuple[EntryKey, ...] = ()

    @property
    def facts(self) -> tuple[FactKey, ...]:
        """Every fact on the way, in its order."""
        paid = (one.fact for one in self.paid)
        return tuple(dict.fromkeys((*self.sessions, *self.claims, *paid, *self.payments, *self.bank, *self.others)))


def trails(at: Situation, findings: Iterable[Finding]) -> dict[str, Trail]:
    """The trail of every open finding, by its key."""
    walked = _Walk(at)
    ways = {one.key: walked.way(one) for one in findings if one.is_open}
    documents = _documents(at, {step for way in ways.values() for step in way.steps()})
    return {key: way.trail(documents) for key, way in ways.items()}


def session_trails(at: Situation, sessions: Iterable[FactKey]) -> Iterator[tuple[FactKey, Trail]]:
    """The trail of each of these sessions, in their order."""
    walked = _Walk(at)
    documents = _documents(at)
    for key in sessions:
        yield key, walked.of_session(key).trail(documents)


def _documents(at: Situation, steps: AbstractSet[Evidence] | None = None) -> dict[Evidence, list[EntryKey]]:
    """Which documents of QuickBooks tell the entries that rest on each of these steps; without them, on any."""
    rests: dict[EntryKey, Sequence[Evidence]] = {}
    for entry in at.books.entries:
        known = entry.evidence if steps is None else [one for one in entry.evidence if one in steps]
        if known:
            rests[entry.key] = known
    found: dict[Evidence, list[EntryKey]] = defaultdict(list)
    for desired in at.desired.entries if rests else ():
        for key in desired.renders:
            for one in rests.get(key, ()):
                found[one].append(desired.key)
    return found


class _Way:
    """One trail in the making: each kind in the order in which it was met."""

    __slots__ = ("bank", "claims", "entry", "others", "paid", "payments", "sessions")

    def __init__(self) -> None:
        self.sessions: dict[FactKey, None] = {}
        self.claims: dict[FactKey, None] = {}
        self.paid: dict[Evidence, None] = {}
        self.payments: dict[FactKey, None] = {}
        self.bank: dict[FactKey, None] = {}
        self.others: dict[FactKey, None] = {}
        self.entry = ""

    def steps(self) -> Iterator[Evidence]:
        """What an entry may rest on."""
        for key in (*self.sessions, *self.payments, *self.bank):
            yield Evidence(key)
        yield from self.paid

    def trail(self, documents: Mapping[Evidence, Iterable[EntryKey]]) -> Trail:
        """The finished trail."""
        entries = dict.fromkeys((self.entry,)) if self.entry else {}
        for step in self.steps():
            for key in documents.get(step, ()):
                entries[key] = None
        return Trail(
            sessions=_shown(self.sessions),
            claims=_shown(self.claims),
            paid=_shown(self.paid),
            payments=_shown(self.payments),
            bank=_shown(self.bank),
            others=_shown(self.others),
            entries=_shown(entries),
        )


def _shown(met: dict[Step, None]) -> tuple[Step, ...]:
    return tuple(met) if len(met) <= SHOWN else tuple(met)[:SHOWN]


class _Walk:
    def __init__(self, at: Situation) -> None:
        self._at = at
        self._sessions_paid: dict[str, list[FactKey]] = defaultdict(list)
        for match in at.books.claims.matched.values():
            for share in match.shares:
                self._sessions_paid[match.paid].append(share.session)
        self._payments_of: dict[FactKey, list[FactKey]] = defaultdict(list)
        for key, one in at.books.payments.items():
            if one.session:
                self._payments_of[one.session].append(key)

    def of_session(self, key: FactKey) -> _Way:
        way = _Way()
        self._session(way, key)
        return way

    def way(self, finding: Finding) -> _Way:
        way = _Way()
        if finding.subject.startswith("entry/"):
            way.entry = finding.subject.removeprefix("entry/")
        for session in finding.sessions[:SHOWN]:
            self._session(way, session)
        for one in finding.evidence[:SHOWN]:
            self._fact(way, one)
        return way

    def _fact(self, way: _Way, one: Evidence) -> None:
        facts, key = self._at.facts, one.fact
        if key in facts.sessions:
            self._session(way, key)
        elif key in facts.claims:
            way.claims[key] = None
        elif key in facts.remittances:
            self._paid(way, one)
            for session in self._sessions_paid.get(key + one.place.replace("segment ", "#"), [])[:SHOWN]:
                way.sessions[session] = None
        elif key in facts.bank_deposits:
            way.bank[key] = None
            match = self._at.books.bank.matched.get(key)
            for part in match.parts[:SHOWN] if match else ():
                if part in facts.remittances:
                    way.paid[Evidence(part)] = None
                else:
                    way.payments[part] = None
        elif key in self._at.books.payments or key in facts.payouts:
            self._payment(way, key)
        else:
            way.others[key] = None

    def _session(self, way: _Way, key: FactKey) -> None:
        if key in way.sessions:
            return
        way.sessions[key] = None
        session = self._at.facts.sessions.get(key)
        if session is None:
            return
        for claim in self._at.claims_of(session):
            way.claims[claim.key] = None
        for answer in self._at.answers.get(key, ()):
            self._paid(way, Evidence(answer.remittance.key, f"segment {answer.claim.segment}"))
        for payment in self._payments_of.get(key, ()):
            self._payment(way, payment)

    def _paid(self, way: _Way, one: Evidence) -> None:
        way.paid[one] = None
        self._banked(way, one.fact)

    def _payment(self, way: _Way, key: FactKey) -> None:
        way.payments[key] = None
        self._banked(way, key)

    def _banked(self, way: _Way, part: FactKey) -> None:
        for line in self._at.books.bank.banked.get(part, ()):
            way.bank[line] = None
