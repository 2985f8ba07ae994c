"""Names that nobody mapped yet (SRC-04): one question per name, with everything that waits for it.

Thirty-seven sessions of an unknown payer are one question, not thirty-seven: mapped once, all of them run again. Where
nothing waits (a clinician without a class, a payer without contract rates) no money is at stake, and none is named.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from hhs_sync.findings.asking import ask
from hhs_sync.findings.finding import Effect, Finding, Owner, Part, Severity, Stake
from hhs_sync.findings.situation import Situation
from hhs_sync.findings.words import counted, listed, usd
from hhs_sync.ledger.entry import Evidence
from hhs_sync.ledger.session import WhyUncharged
from hhs_sync.mapping.rules import Policy, Shape
from hhs_sync.matching.acceptance import Standing

if TYPE_CHECKING:
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.session import Session

# Underpayments older than a quarter are rarely taken up: what has no rate is asked about for so long.
RATE_DAYS = 92
_POSTED = frozenset({Standing.ACCEPTED, Standing.HELD})


class _Unknown:
    """Everything that names one payer whom nobody mapped."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.since = dt.date.max
        self.sessions: list[Session] = []
        self.remittances: list[FactKey] = []
        self.coverages: list[FactKey] = []
        self.amount = 0
        self.parts: list[Part] = []

    def seen(self, known_on: dt.date, part: Part) -> None:
        self.since = min(self.since, known_on)
        self.amount += part.amount
        self.parts.append(part)


def payers(at: Situation) -> Iterator[Finding]:
    """A payer's name in a session, a remittance or a coverage that the mapping does not know."""
    unknown: dict[str, _Unknown] = {}

    def under(name: str) -> _Unknown:
        return unknown.setdefault(" ".join(name.upper().split()), _Unknown(" ".join(name.split())))

    for key, why in at.books.uncharged.items():
        session = at.facts.sessions[key]
        if why is WhyUncharged.PAYER_UNKNOWN and session.payer:
            one = under(session.payer)
            one.seen(at.known_on(key, session.date), Part(key, session.date, session.fee - session.discount))
            one.sessions.append(session)
    for key, judged in at.books.judged.items():
        remittance = at.facts.remittances[key]
        if judged.standing in _POSTED and remittance.payer_name and at.payer_of(remittance) is None:
            one = under(remittance.payer_name)
            # The money of one that is held is REM-01's.
            amount = max(remittance.amount_paid, 0) if judged.standing is Standing.ACCEPTED else 0
            one.seen(at.remittance_known_on(key), Part(key, at.payment_date(key), amount))
            one.remittances.append(key)
    for coverage in at.facts.coverages.values():
        ended = coverage.last is not None and coverage.last < at.today
        if not ended and coverage.client in at.sessions_by_client and at.rules.payer(coverage.payer) is None:
            one = under(coverage.payer)
            one.seen(at.known_on(coverage.key, coverage.first), Part(coverage.key, coverage.first, 0))
            one.coverages.append(coverage.key)
    for place, one in unknown.items():
        yield _payer(at, place, one)


def _payer(at: Situation, place: str, one: _Unknown) -> Finding:
    waiting = [
        counted(len(keys), word)
        for keys, word in (
            (one.sessions, "session"), (one.remittances, "remittance"), (one.coverages, "coverage"),
        )
        if keys
    ]  # fmt: skip
    return ask(
        at,
        "SRC-04",
        f"payer/{place}",
        f"Payer “{one.name}” is not mapped: {' and '.join(waiting)}, {usd(one.amount)}.",
        amount=one.amount,
        since=one.since,
        severity=Severity.HIGH if one.remittances else None,
        effect=None if one.sessions else Effect.SUSPENSE if one.remittances else Effect.NONE,
        count=len(one.sessions) + len(one.remittances) + len(one.coverages),
        sessions=tuple(session.key for session in one.sessions),
        service_dates=tuple(sorted({session.date for session in one.sessions})),
        evidence=(
            *(Evidence(session.key) for session in one.sessions),
            *(Evidence(key) for key in one.remittances),
            *(Evidence(key) for key in one.coverages),
        ),
        covers=tuple(session.key for session in one.sessions),
        parts=one.parts,
    )


def clinicians(at: Situation) -> Iterator[Finding]:
    """A clinician in the sessions who has no class in QuickBooks: the work posts without one."""
    without = _without(at, lambda one: one.clinician, at.rules.clinician)
    for clinician, sessions in without.items():
        yield ask(
            at,
            "SRC-04",
            f"clinician/{clinician}",
            f"Clinician “{clinician}” has no class: {counted(len(sessions), 'session')}, "
            f"{usd(sum(one.fee for one in sessions))}, post without one.",
            amount=0,
            at_stake=Stake.NOBODY,
            effect=Effect.NONE,
            since=min(at.known_on(one.key, one.date) for one in sessions),
            due_from=max(at.known_on(one.key, one.date) for one in sessions),
            clinician=clinician,
            count=len(sessions),
            evidence=(Evidence(one.key) for one in sessions),
            parts=(Part(one.key, one.date, one.fee) for one in sessions),
        )


def services(at: Situation) -> Iterator[Finding]:
    """A procedure code that the mapping does not know: it posts as a session, which may be wrong."""
    without = _without(at, lambda one: one.service_code, at.rules.service) if at.rules.services else {}
    for code, sessions in without.items():
        yield ask(
            at,
            "SRC-04",
            f"service/{code}",
            f"Service code “{code}” is not mapped: {counted(len(sessions), 'session')}, "
            f"{usd(sum(one.fee for one in sessions))}, post as ordinary sessions.",
            amount=0,
            at_stake=Stake.NOBODY,
            effect=Effect.NONE,
            since=min(at.known_on(one.key, one.date) for one in sessions),
            due_from=max(at.known_on(one.key, one.date) for one in sessions),
            count=len(sessions),
            evidence=(Evidence(one.key) for one in sessions),
            parts=(Part(one.key, one.date, one.fee) for one in sessions),
        )


def _without(
    at: Situation, name_of: Callable[[Session], str], find: Callable[[str], object | None]
) -> dict[str, list[Session]]:
    """The charged sessions by a name of theirs that the mapping does not know; each name is looked up once."""
    known: dict[str, bool] = {}
    without: dict[str, list[Session]] = defaultdict(list)
    sessions = at.facts.sessions
    for key in at.books.charged:
        session = sessions[key]
        name = name_of(session)
        if name not in known:
            known[name] = find(name) is not None
        if not known[name]:
            without[name].append(session)
    return without


def clients(at: Situation) -> Iterator[Finding]:
    """Clients for whom no code was drawn, where QuickBooks is to know clients by their codes."""
    practice = at.rules.practice
    if practice.policy is not Policy.ACCRUAL or practice.shape is not Shape.CODED:
        return
    without = {client for client in at.books.session_clients.values() if client not in at.books.client_codes}
    if without:
        sessions = [
            at.facts.sessions[key]
            for key, one in at.books.session_clients.items()
            if one in without and key in at.facts.sessions
        ]
        yield ask(
            at,
            "SRC-04",
            "client-codes",
            f"{counted(len(without), 'client')} with {counted(len(sessions), 'session')} of "
            f"{usd(sum(one.fee for one in sessions))} have no code yet and stand together in QuickBooks.",
            amount=0,
            at_stake=Stake.NOBODY,
            effect=Effect.NONE,
            owner=Owner.OPERATOR,
            since=min(at.known_on(one.key, one.date) for one in sessions),
            due_from=max(at.known_on(one.key, one.date) for one in sessions),
            action="Let a turn run: it draws the codes.",
            count=len(without),
            evidence=(Evidence(one.key) for one in sessions),
            parts=(Part(one.key, one.date, one.fee) for one in sessions),
        )


def rates(at: Situation) -> Iterator[Finding]:
    """A payer without contract rates: what it pays is posted as told, and only its own payments tell what is little."""
    without: dict[str, list[Session]] = defaultdict(list)
    first = at.today - dt.timedelta(days=RATE_DAYS)
    for key, charge in at.books.charged.items():
        session = at.facts.sessions[key]
        if charge.payer is None or session.date < first:
            continue
        known = at.rules.rate(charge.payer.id, session.service_code, session.modifiers, session.clinician, session.date)
        if known is None:
            without[charge.payer.id].append(session)
    for payer, sessions in without.items():
        codes = listed(sorted({one.service_code for one in sessions}))
        yield ask(
            at,
            "SRC-04",
            f"rate/{payer}",
            f"No contract rate of {at.payer_name(payer)} is on file for {codes}: underpayments are seen only where its "
            f"payments agree enough to teach a rate.",
            amount=0,
            at_stake=Stake.NOBODY,
            severity=Severity.LOW,
            effect=Effect.NONE,
            since=min(at.known_on(one.key, one.date) for one in sessions),
            due_from=max(at.known_on(one.key, one.date) for one in sessions),
            payer=payer,
            count=len(sessions),
            evidence=(Evidence(one.key) for one in sessions),
            parts=(Part(one.key, one.date, one.fee) for one in sessions),
            action="Add the rates of the contract to the mappings; hhs-sync mappings learned shows what was learned.",
        )


CHECKS = (payers, clinicians, services, clients, rates)
