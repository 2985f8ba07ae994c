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
How sessions are found by each of these stands in `sessions.py`; how a claim's lines are divided over them, in
`lines.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hhs_sync.facts.remittance import LATER_PAYER, PREDETERMINATION, REVERSAL
from hhs_sync.matching.lines import settle
from hhs_sync.matching.match import ClaimMatch, ClaimMatches, ClaimUnmatched, paid_keys
from hhs_sync.matching.sessions import CANDIDATES_MAX, KnownSessions, visit_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.remittance import ClaimPayment, Remittance


def match_claim_payments(facts: Facts, remittances: Iterable[Remittance]) -> ClaimMatches:
    """Pair every claim payment of these remittances with its sessions, or say why it can't be paired."""
    index = KnownSessions(facts)
    matched: dict[FactKey, ClaimMatch] = {}
    unmatched: dict[FactKey, ClaimUnmatched] = {}
    left: list[tuple[FactKey, Remittance, ClaimPayment]] = []
    for remittance in remittances:
        for paid, claim in zip(paid_keys(remittance), remittance.claim_payments, strict=True):
            if claim.claim_status == PREDETERMINATION:
                continue
            answer = _match_by_number(index, paid, remittance, claim)
            if isinstance(answer, ClaimMatch):
                matched[paid] = answer
                if claim.payer_claim_number:
                    index.remember(answer)
            elif answer is not None:
                unmatched[paid] = answer
            else:
                left.append((paid, remittance, claim))
    if left:
        _match_by_agreement(index, left, matched, unmatched)
    return ClaimMatches(matched=matched, unmatched=unmatched)


def _match_by_number(
    index: KnownSessions, paid: FactKey, remittance: Remittance, claim: ClaimPayment
) -> ClaimMatch | ClaimUnmatched | None:
    """One claim payment by the first number that answers; None when no number does."""
    if paid in index.decided:
        return _match_as_decided(index, remittance, claim, paid)
    number = claim.claim_number
    by_number = index.by_claim_number.get(number) or index.by_claim_number.get(number.strip().upper())
    if by_number:
        found = settle(paid, remittance, claim, by_number, "claim number")
        against = index.speaks_against(claim, found, by_number) if found is not None else ""
        if found is not None and not against:
            return found
        candidates = tuple(index.candidate(session, claim) for session in by_number[:CANDIDATES_MAX])
        reason = f"the claim number is ours, but {against or 'its lines do not fit its sessions one to one'}"
        return ClaimUnmatched(paid, remittance.key, claim, reason, candidates)
    for find, rule in ((index.by_line_keys, "line key"), (index.by_payer_claim_number, "payer's claim number")):
        sessions = find(claim)
        found = settle(paid, remittance, claim, sessions, rule) if sessions else None
        if found is not None and not index.speaks_against(claim, found, sessions):
            return found
    return None


def _match_as_decided(
    index: KnownSessions, remittance: Remittance, claim: ClaimPayment, paid: FactKey
) -> ClaimMatch | ClaimUnmatched:
    """One claim payment by what a person chose for it."""
    chosen = index.decided[paid]
    if chosen is None:
        return ClaimUnmatched(paid, remittance.key, claim, "belongs to the old system", old_system=True)
    return settle(paid, remittance, claim, chosen, "chosen by a person") or ClaimUnmatched(
        paid, remittance.key, claim, "the chosen sessions do not fit the lines of this claim payment"
    )


def _match_by_agreement(
    index: KnownSessions,
    left: list[tuple[FactKey, Remittance, ClaimPayment]],
    matched: dict[FactKey, ClaimMatch],
    unmatched: dict[FactKey, ClaimUnmatched],
) -> None:
    """What no number named: by client, date, code and charge, where nobody else lays claim to the session.

    Payments of one visit (day, code, charge) are judged together. If each agrees with a session of its own, and no
    number has named one of these already, all are right. If one does not, it may be that one of them bears another
    client's member number, and nobody can tell which: all are questions. The first payer's answer and the second's
    are each other's company, not rivals.
    """
    tried = [_Homeless(paid, remittance, claim, index) for paid, remittance, claim in left]
    wanted = Counter([answer for one in tried for answer in one.answers])
    sought = {session for session, _ in wanted}
    wanted.update(
        [
            (share.session, _turn(match.claim))
            for match in matched.values()
            for share in match.shares
            if share.session in sought
        ]
    )
    doubtful = {visit_of(line) for one in unmatched.values() for line in one.claim.lines}
    sought_twice = {answer for answer, times in wanted.items() if times > 1}
    for one in tried:
        if not one.sessions or not sought_twice.isdisjoint(one.answers):
            doubtful.update(one.visits)
    for one in tried:
        paid, claim = one.paid, one.claim
        found = None
        if one.sessions and doubtful.isdisjoint(one.visits):
            found = settle(paid, one.remittance, claim, one.sessions, "client, date, code and charge")
        if found is None and (earlier := index.by_payer_claim_number(claim)):
            found = settle(paid, one.remittance, claim, earlier, "payer's claim number")
        if found is not None:
            matched[paid] = found
            if claim.payer_claim_number:
                index.remember(found)
        else:
            unmatched[paid] = index.question(paid, one.remittance, claim)


class _Homeless:
    """A claim payment that no number named: the visits that it tells of, and the sessions that agree.

    `answers` are these by key, each with whose turn it is.
    """

    __slots__ = ("answers", "claim", "paid", "remittance", "sessions", "visits")

    def __init__(self, paid: FactKey, remittance: Remittance, claim: ClaimPayment, index: KnownSessions) -> None:
        self.paid = paid
        self.remittance = remittance
        self.claim = claim
        self.visits = [visit_of(line) for line in claim.lines]
        self.sessions = index.by_client_and_visits(claim, self.visits)
        turn = _turn(claim)
        self.answers = [(session.key, turn) for session in self.sessions]


def _turn(claim: ClaimPayment) -> str:
    """Whose answer it is, the first payer's or a later one's, or a taking back: one of each may be right."""
    status = claim.claim_status
    return "later" if status in LATER_PAYER else status if status == REVERSAL else "first"
