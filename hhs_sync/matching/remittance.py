"""Match claim payments to the sessions they pay for.

Evidence in this order; the first that answers decides:

1. what a person chose;
2. the claim number (CLP01 echoes our CLM01), its lines told apart by line key (REF*6R), then by code, date and charge;
3. the line key alone (REF*6R), where code and charge agree;
4. for a reversal, the payer's number of the claim it takes back (CLP07, REF*F8);
5. client (by member number) + service date + code + charge, all agreeing and pointing to one session that no other
   payment lays claim to.

Whatever a number says, it is not believed against client and date: where the member number is another client's, or no
line covers the day of the session, two digits of the number may have changed places, and that is a question.

Between clients nothing is ever interchangeable: two candidates become a question, with what speaks for and against
each.
How the lines of a claim are divided over its sessions stands in `lines.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from hhs_sync.facts.resolution import ResolutionKind, standing
from hhs_sync.matching.lines import settle
from hhs_sync.matching.match import ClaimMatch, ClaimMatches, ClaimUnmatched, SessionCandidate, paid_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hhs_sync.facts.claim import Claim
    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.remittance import ClaimPayment, Remittance, ServiceLine
    from hhs_sync.facts.session import Session
    from hhs_sync.money import Money

# A person can weigh a handful of candidates; more would hide the question.
CANDIDATES_MAX = 5


def match_claim_payments(facts: Facts, remittances: Iterable[Remittance]) -> ClaimMatches:
    """Pair every claim payment of these remittances with its sessions, or say why it can't be paired."""
    index = _Index(facts)
    matched: dict[FactKey, ClaimMatch] = {}
    unmatched: dict[FactKey, ClaimUnmatched] = {}
    left: list[tuple[Remittance, ClaimPayment]] = []
    for remittance in remittances:
        for claim in remittance.claim_payments:
            if claim.is_predetermination:
                continue
            answer = _match_by_number(index, remittance, claim)
            if isinstance(answer, ClaimMatch):
                matched[answer.paid] = answer
                index.remember(answer)
            elif answer is not None:
                unmatched[answer.paid] = answer
            else:
                left.append((remittance, claim))
    _match_by_agreement(index, left, matched, unmatched)
    return ClaimMatches(matched=matched, unmatched=unmatched)


def _match_by_number(index: _Index, remittance: Remittance, claim: ClaimPayment) -> ClaimMatch | ClaimUnmatched | None:
    """One claim payment by the first number that answers; None when no number does."""
    paid = paid_key(remittance.key, claim)
    chosen = index.chosen.get(paid)
    if chosen is not None:
        return settle(paid, remittance, claim, chosen, "chosen by a person") or ClaimUnmatched(
            paid, remittance.key, claim, "the chosen sessions do not fit the lines of this claim payment"
        )
    if paid in index.old_system:
        return ClaimUnmatched(paid, remittance.key, claim, "belongs to the old system", old_system=True)
    by_number = index.by_claim_number.get(claim.claim_number.strip().upper())
    if by_number:
        found = settle(paid, remittance, claim, by_number, "claim number")
        against = index.speaks_against(claim, found) if found is not None else ""
        if found is not None and not against:
            return found
        candidates = tuple(_candidate((session,), claim, ("claim number",)) for session in by_number[:CANDIDATES_MAX])
        reason = f"the claim number is ours, but {against or 'its lines do not fit its sessions one to one'}"
        return ClaimUnmatched(paid, remittance.key, claim, reason, candidates)
    for sessions, rule in (
        (index.by_line_keys(claim), "line key"),
        (index.by_payer_claim_number(claim), "payer's claim number"),
    ):
        found = settle(paid, remittance, claim, sessions, rule) if sessions else None
        if found is not None and not index.speaks_against(claim, found):
            return found
    return None


def _match_by_agreement(
    index: _Index,
    left: list[tuple[Remittance, ClaimPayment]],
    matched: dict[FactKey, ClaimMatch],
    unmatched: dict[FactKey, ClaimUnmatched],
) -> None:
    """What no number named: by client, date, code and charge, where nobody else lays claim to the session.

    A session that a number has named already is no answer, nor one that another payment without a match agrees with
    in date, code and charge: one of the two may bear another client's member number.
    """
    taken = {share.session for match in matched.values() for share in match.shares}
    homeless = [claim for _, claim in left] + [one.claim for one in unmatched.values()]
    rivals = Counter(_visit_of(line) for claim in homeless for line in claim.lines)
    for remittance, claim in left:
        paid = paid_key(remittance.key, claim)
        sessions = index.by_client_date_code_charge(claim)
        alone = all(rivals[_visit_of(line)] == 1 for line in claim.lines)
        found = None
        if sessions and alone and not any(one.key in taken for one in sessions):
            found = settle(paid, remittance, claim, sessions, "client, date, code and charge")
        if found is None and (named := index.by_payer_claim_number(claim)):
            found = settle(paid, remittance, claim, named, "payer's claim number")
        if found is not None:
            matched[paid] = found
            index.remember(found)
        else:
            unmatched[paid] = index.question(paid, remittance, claim)


class _Index:
    """Sessions by every key that a remittance may name them with."""

    def __init__(self, facts: Facts) -> None:
        self.sessions: Mapping[FactKey, Session] = facts.sessions
        self.by_claim_number: dict[str, list[Session]] = defaultdict(list)
        self._by_line_key: dict[str, list[Session]] = defaultdict(list)
        self._by_payer_claim_number: dict[str, list[FactKey]] = {}
        self._members: dict[str, set[str]] | None = None
        self._by_visit: dict[tuple[object, str, Money], list[Session]] | None = None
        self._claims: Mapping[FactKey, Claim] = facts.claims
        self._coverages = facts.coverages
        for session in facts.sessions.values():
            if session.claim_number:
                self.by_claim_number[session.claim_number.strip().upper()].append(session)
            if session.line_key:
                self._by_line_key[session.line_key].append(session)
        self._index_claim_lines()
        self.chosen: dict[FactKey, list[Session]] = {}
        self.old_system: set[FactKey] = set()
        for resolution in standing(facts.resolutions.values()).values():
            if resolution.kind is ResolutionKind.CHOOSE_MATCH:
                known = [facts.sessions[key] for key in resolution.targets if key in facts.sessions]
                if known:
                    self.chosen[resolution.subject] = known
            elif resolution.kind is ResolutionKind.OLD_SYSTEM:
                self.old_system.add(resolution.subject)

    def _index_claim_lines(self) -> None:
        """A claim that we sent (837P) ties its number to the sessions whose line keys it lists."""
        for claim in self._claims.values():
            number = claim.claim_number.strip().upper()
            known = {session.key for session in self.by_claim_number.get(number, ())}
            for line in claim.lines:
                sessions = self._by_line_key.get(line.line_key, []) if line.line_key else []
                if len(sessions) == 1 and sessions[0].key not in known:
                    known.add(sessions[0].key)
                    self.by_claim_number[number].append(sessions[0])

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
            sessions = self._by_line_key.get(line.line_key, []) if line.line_key else []
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
            keys = self._by_payer_claim_number.get(number, []) if number else []
            sessions = [self.sessions[key] for key in keys]
            if sessions and sum(session.fee for session in sessions) == abs(claim.amount_charged):
                return sessions
        return []

    def by_client_date_code_charge(self, claim: ClaimPayment) -> list[Session]:
        """One session per line of the one client who has this member number; else none."""
        clients = self._clients_of(claim)
        if len(clients) != 1 or not claim.lines:
            return []
        (client,) = clients
        found: list[Session] = []
        for line in claim.lines:
            fits = [one for one in self._visits(line) if one.client == client]
            if len(fits) != 1 or fits[0] in found:
                return []
            found.append(fits[0])
        return found

    def speaks_against(self, claim: ClaimPayment, found: ClaimMatch) -> str:
        """What in the claim payment contradicts the sessions that a number led to; "" when nothing does."""
        sessions = [self.sessions[share.session] for share in found.shares]
        clients = self._clients_of(claim)
        if clients and not all(session.client in clients for session in sessions):
            return "its member number is another client's"
        days = [(line.date_first, line.date_last or line.date_first) for line in claim.lines if line.date_first]
        if not days and claim.date_first:
            days = [(claim.date_first, claim.date_last or claim.date_first)]
        for session in sessions if days else ():
            if not any(first <= session.date <= last for first, last in days if last):
                return "its service dates are not those of its sessions"
        return ""

    def question(self, paid: FactKey, remittance: Remittance, claim: ClaimPayment) -> ClaimUnmatched:
        """No evidence answered: say so, with the sessions that agree in date, code and charge as candidates."""
        clients = self._clients_of(claim)
        seen: dict[FactKey, Session] = {}
        for line in claim.lines:
            for session in self._visits(line):
                seen.setdefault(session.key, session)
        ranked = sorted(seen.values(), key=lambda one: (one.client not in clients, one.key))[:CANDIDATES_MAX]
        candidates = tuple(
            _candidate((one,), claim, ("date", "code", "charge", *(("client",) if one.client in clients else ())))
            for one in ranked
        )
        reason = (
            "several sessions agree with it" if len(candidates) > 1 else
            "one session agrees with it, but neither claim number nor client is proved" if candidates else
            "no session has its claim number"
        )  # fmt: skip
        return ClaimUnmatched(paid, remittance.key, claim, reason, candidates)

    def _visits(self, line: ServiceLine) -> list[Session]:
        if self._by_visit is None:
            self._by_visit = defaultdict(list)
            for session in self.sessions.values():
                self._by_visit[session.date, session.service_code, session.fee].append(session)
        return self._by_visit.get(_visit_of(line), [])

    def _clients_of(self, claim: ClaimPayment) -> set[str]:
        if self._members is None:
            self._members = defaultdict(set)
            for coverage in self._coverages.values():
                if coverage.member_id:
                    self._members[coverage.member_id.strip().upper()].add(coverage.client)
            for sent in self._claims.values():
                if sent.member_id:
                    sessions = self.by_claim_number.get(sent.claim_number.strip().upper(), [])
                    self._members[sent.member_id.strip().upper()].update(one.client for one in sessions)
        found: set[str] = set()
        for member in (claim.member_id, claim.corrected_member_id):
            if member:
                found |= self._members.get(member.strip().upper(), set())
        return found


def _visit_of(line: ServiceLine) -> tuple[object, str, Money]:
    """What a line tells of the visit: day, code as billed, charge."""
    return line.date_first, line.billed_code or line.service_code, abs(line.amount_charged)


def _candidate(sessions: tuple[Session, ...], claim: ClaimPayment, agrees: tuple[str, ...]) -> SessionCandidate:
    """What speaks against these sessions, beside what speaks for them."""
    differs: list[str] = []
    if "claim number" not in agrees:
        differs.append("claim number")
    if sum(one.fee for one in sessions) != abs(claim.amount_charged):
        differs.append("charge")
    if claim.clinician_npi is None and "client" not in agrees:
        differs.append("client not proved")
    return SessionCandidate(tuple(one.key for one in sessions), agrees, tuple(differs))
