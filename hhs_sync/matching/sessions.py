"""The sessions that a claim payment may be about, by every key that a remittance may name them with.

`KnownSessions` finds sessions and says what speaks for and against one; which evidence goes first, and when two
answers make a question, is decided in `remittance.py`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from hhs_sync.facts.resolution import ResolutionKind, standing
from hhs_sync.matching.match import ClaimMatch, ClaimUnmatched, SessionCandidate
from hhs_sync.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hhs_sync.facts.claim import Claim
    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.remittance import ClaimPayment, Remittance, ServiceLine
    from hhs_sync.facts.session import Session

Key = TypeVar("Key")
Visit: TypeAlias = tuple[dt.date | None, str, Money]
"""Day, code as billed, charge."""

# A person can weigh a handful of candidates; more would hide the question.
CANDIDATES_MAX = 5


class KnownSessions:
    """Sessions by every key that a remittance may name them with."""

    def __init__(self, facts: Facts) -> None:
        self.sessions: Mapping[FactKey, Session] = facts.sessions
        numbered = [one for one in facts.sessions.values() if one.claim_number]
        self.by_claim_number = _grouped([(one.claim_number or "").strip().upper() for one in numbered], numbered)
        self._by_payer_claim_number: dict[str, list[FactKey]] = {}
        self._spelled: dict[str | None, frozenset[str]] = {}
        self._claims: Mapping[FactKey, Claim] = facts.claims
        self._coverages = facts.coverages
        self._index_claim_lines()
        # What people decided, by claim payment: the sessions that it pays, or None for the old system.
        self.decided: dict[FactKey, list[Session] | None] = {}
        for resolution in standing(facts.resolutions.values()).values():
            if resolution.kind is ResolutionKind.OLD_SYSTEM:
                self.decided.setdefault(resolution.subject, None)
            elif resolution.kind is ResolutionKind.CHOOSE_MATCH:
                known = [facts.sessions[key] for key in resolution.targets if key in facts.sessions]
                if known:
                    self.decided[resolution.subject] = known

    @cached_property
    def _by_line_key(self) -> dict[str, tuple[Session, ...]]:
        """Sessions by the key of their line, for claims that we sent and for numbers that were lost."""
        keyed = [one for one in self.sessions.values() if one.line_key]
        return _grouped([one.line_key or "" for one in keyed], keyed)

    def _index_claim_lines(self) -> None:
        """A claim that we sent (837P) ties its number to the sessions whose line keys it lists."""
        for claim in self._claims.values():
            number = claim.claim_number.strip().upper()
            known = {session.key for session in self.by_claim_number.get(number, ())}
            for line in claim.lines:
                sessions = self._by_line_key.get(line.line_key, ()) if line.line_key else ()
                if len(sessions) == 1 and sessions[0].key not in known:
                    known.add(sessions[0].key)
                    self.by_claim_number[number] = (*self.by_claim_number.get(number, ()), sessions[0])

    def remember(self, match: ClaimMatch) -> None:
        """Let a later reversal or correction find these sessions by the payer's own claim number."""
        number = match.claim.payer_claim_number
        if number:
            keys = self._by_payer_claim_number.setdefault(number, [])
            keys.extend(share.session for share in match.shares if share.session not in keys)

    def by_line_keys(self, claim: ClaimPayment) -> list[Session]:
        """The sessions that all lines name by REF*6R, code and charge agreeing; else none."""
        found: list[Session] = []
        for line in claim.lines:
            sessions = self._by_line_key.get(line.line_key, ()) if line.line_key else ()
            if len(sessions) != 1 or sessions[0].fee != abs(line.amount_charged):
                return []
            if sessions[0].service_code != (line.billed_code or line.service_code):
                return []
            if sessions[0] not in found:
                found.append(sessions[0])
        return found

    def by_payer_claim_number(self, claim: ClaimPayment) -> list[Session]:
        """The sessions of an earlier claim payment that this one names (REF*F8, or CLP07 repeated), charge agreeing."""
        for number in (claim.original_payer_claim_number, claim.payer_claim_number):
            keys = self._by_payer_claim_number.get(number) if number else None
            if keys:
                sessions = [self.sessions[key] for key in keys]
                if sum(session.fee for session in sessions) == abs(claim.amount_charged):
                    return sessions
        return []

    def by_client_and_visits(self, claim: ClaimPayment, visits: Sequence[Visit]) -> list[Session]:
        """One session for each visit of the one client who has this member number; else none."""
        clients = self._clients_of(claim)
        if len(clients) != 1:
            return []
        found: list[Session] = []
        by_visit = self._by_visit
        for visit in visits:
            fits = by_visit.get(visit, ())
            if len(fits) > 1:
                fits = tuple([one for one in fits if one.client in clients])
            if len(fits) != 1 or fits[0].client not in clients or fits[0] in found:
                return []
            found.append(fits[0])
        return found

    def speaks_against(self, claim: ClaimPayment, found: ClaimMatch, among: Sequence[Session]) -> str:
        """What in the claim payment contradicts the sessions, among those, that a number led to; "" for nothing."""
        clients = self._clients_of(claim)
        if len(among) > 1 and len(found.shares) != len(among):
            among = [self.sessions[share.session] for share in found.shares]
        for session in among:
            if clients and session.client not in clients:
                return "its member number is another client's"
            day = session.date
            for line in claim.lines:
                if line.date_first == day:  # as nearly always
                    break
            else:
                if not _covers(claim, day):
                    return "its service dates are not those of its sessions"
        return ""

    def question(self, paid: FactKey, remittance: Remittance, claim: ClaimPayment) -> ClaimUnmatched:
        """No evidence answered: say so, with the sessions that agree in date, code and charge as candidates."""
        seen: dict[FactKey, Session] = {}
        for line in claim.lines:
            for session in self._by_visit.get(visit_of(line), ()):
                seen.setdefault(session.key, session)
        if not seen:
            return ClaimUnmatched(paid, remittance.key, claim, "no session has its claim number")
        clients = self._clients_of(claim)
        ranked = sorted(seen.values(), key=lambda one: (one.client not in clients, one.key))[:CANDIDATES_MAX]
        candidates = tuple(self.candidate(one, claim) for one in ranked)
        reason = (
            "several sessions agree with it" if len(candidates) > 1 else
            "one session agrees with it, but neither claim number nor client is proved"
        )  # fmt: skip
        return ClaimUnmatched(paid, remittance.key, claim, reason, candidates)

    def candidate(self, session: Session, claim: ClaimPayment) -> SessionCandidate:
        """A session that a claim payment may pay, with what speaks for it and what against it."""
        clients = self._clients_of(claim)
        keys = {line.line_key for line in claim.lines if line.line_key}
        procedures = {
            (line.billed_code or line.service_code): line.billed_modifiers or line.modifiers for line in claim.lines
        }
        evidence = [
            ("claim number", (session.claim_number or "").strip().upper() == claim.claim_number.strip().upper()),
            ("line key", session.line_key in keys if keys else None),
            ("client", session.client in clients if clients else None),
            ("date", _covers(claim, session.date)),
            ("code", session.service_code in procedures if procedures else None),
            (
                "modifiers",
                procedures[session.service_code] == session.modifiers if session.service_code in procedures else None,
            ),
            ("charge", session.fee in {abs(claim.amount_charged), *(abs(line.amount_charged) for line in claim.lines)}),
        ]
        agrees = tuple(name for name, fits in evidence if fits)
        differs = tuple(name for name, fits in evidence if fits is False)
        return SessionCandidate((session.key,), agrees, (*differs, *(() if clients else ("client not proved",))))

    @cached_property
    def _by_visit(self) -> dict[Visit, tuple[Session, ...]]:
        """Sessions by day, code and charge, for what no number names."""
        sessions = [*self.sessions.values()]
        return _grouped([(one.date, one.service_code, one.fee) for one in sessions], sessions)

    def _clients_of(self, claim: ClaimPayment) -> frozenset[str]:
        """Who has the member number of a claim payment, or the corrected one."""
        spelled, corrected = claim.member_id, claim.corrected_member_id
        clients = self._spelled.get(spelled)  # Payers name each client many times, and spell the number alike.
        if clients is None:
            clients = frozenset(self._members.get(spelled.strip().upper(), ()) if spelled else ())
            self._spelled[spelled] = clients
        return clients | self._members.get(corrected.strip().upper(), set()) if corrected else clients

    @cached_property
    def _members(self) -> dict[str, set[str]]:
        """Clients by member number, from their coverage and from the claims that we sent."""
        found: dict[str, set[str]] = defaultdict(set)
        for coverage in self._coverages.values():
            if coverage.member_id:
                found[coverage.member_id.strip().upper()].add(coverage.client)
        for sent in self._claims.values():
            if sent.member_id:
                sessions = self.by_claim_number.get(sent.claim_number.strip().upper(), ())
                found[sent.member_id.strip().upper()].update(one.client for one in sessions)
        return found


def _grouped(keys: Sequence[Key], sessions: Sequence[Session]) -> dict[Key, tuple[Session, ...]]:
    """Sessions by a key, one key for each. Most have one session alone: only where one has more is anything grouped."""
    found: dict[Key, tuple[Session, ...]] = dict(zip(keys, [(one,) for one in sessions], strict=True))
    if len(found) < len(keys):
        found.clear()
        for key, session in zip(keys, sessions, strict=True):
            found[key] = (*found.get(key, ()), session)
    return found


def visit_of(line: ServiceLine) -> Visit:
    """What a line tells of the visit: day, code as billed, charge."""
    return line.date_first, line.billed_code or line.service_code, abs(line.amount_charged)


def _covers(claim: ClaimPayment, day: dt.date) -> bool:
    """True when a line covers the day, or the claim does where no line has a date; also when nothing tells a day."""
    dated = False
    for line in claim.lines:
        first = line.date_first
        if first == day or (first and line.date_last and first <= day <= line.date_last):
            return True
        dated = dated or first is not None
    first = claim.date_first
    if dated or first is None:
        return not dated
    return first <= day <= (claim.date_last or first)
