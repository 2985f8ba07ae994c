"""Divide a claim payment over its sessions: which line is whose.

Lines are told apart by line key (REF*6R), then by date, code and charge. Within one claim, sessions that agree in all
three are interchangeable: client, payer and amounts are the same, so pairing them in order is no guess. A payer may
split a line, or merge several: whole sums tell. Where a line can't be told for sure, nothing is divided.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from hhs_sync.matching.match import ClaimMatch, Share
from hhs_sync.money import share_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.remittance import Adjustment, ClaimPayment, Remittance, ServiceLine
    from hhs_sync.facts.session import Session
    from hhs_sync.money import Money


def settle(
    paid: FactKey, remittance: Remittance, claim: ClaimPayment, sessions: Sequence[Session], rule: str
) -> ClaimMatch | None:
    """Divide a claim payment over its sessions, or None when its lines can't be told apart."""
    if len(sessions) == 1:
        # One session takes all, however many lines the payer made of it. Nearly every claim payment is such a one.
        session, charged, told = sessions[0], claim.amount_charged, claim.adjustments
        for line in claim.lines:
            told += line.adjustments
        share = Share(session.key, charged, claim.amount_paid, told)
        return ClaimMatch(paid, remittance.key, claim, (share,), rule, abs(charged) - session.fee)
    if not claim.lines:
        shares = _share_whole(claim, sessions)
    else:
        assigned = _assign_lines(claim.lines, sessions)
        shares = _share_lines(claim, assigned) if assigned is not None else None
    if shares is None or sum(share.paid for share in shares) != claim.amount_paid:
        return None  # lines that do not add up to their claim can't be divided: nobody's share would be sure
    of_share = {share.session for share in shares}
    billed = sum(session.fee for session in sessions if session.key in of_share)
    return ClaimMatch(paid, remittance.key, claim, shares, rule, abs(claim.amount_charged) - billed)


def _share_whole(claim: ClaimPayment, sessions: Sequence[Session]) -> tuple[Share, ...] | None:
    """A claim payment without lines: over all its sessions in proportion to their fees, when those add up."""
    fees = [session.fee for session in sessions]
    if sum(fees) != abs(claim.amount_charged):
        return None
    sign = -1 if claim.amount_charged < 0 else 1
    shared = zip(sessions, share_out(claim.amount_paid, fees), _shared(claim.adjustments, fees), strict=True)
    return tuple(Share(session.key, sign * session.fee, paid, told) for session, paid, told in shared)


def _share_lines(claim: ClaimPayment, assigned: Sequence[tuple[Session, ...]]) -> tuple[Share, ...]:
    """Add up the lines of each session; what stands at claim level is divided in proportion to the charges."""
    totals: dict[FactKey, tuple[Money, Money, tuple[Adjustment, ...]]] = {}
    for line, sessions in zip(claim.lines, assigned, strict=True):
        fees = [session.fee for session in sessions]
        shared = zip(
            sessions,
            share_out(line.amount_charged, fees),
            share_out(line.amount_paid, fees),
            _shared(line.adjustments, fees),
            strict=True,
        )
        for session, charge, pay, adjustments in shared:
            charged, paid, told = totals.get(session.key, (0, 0, ()))
            totals[session.key] = (charged + charge, paid + pay, told + adjustments)
    weights = [abs(charged) for charged, _, _ in totals.values()]
    # The claim's own payment is its lines' less the claim-level adjustments: both are divided with the same weights.
    for key, adjustments in zip(totals, _shared(claim.adjustments, weights), strict=True):
        charged, paid, told = totals[key]
        totals[key] = (charged, paid - sum(one.amount for one in adjustments), told + adjustments)
    return tuple(Share(key, charged, paid, told) for key, (charged, paid, told) in totals.items())


def _shared(adjustments: Sequence[Adjustment], weights: Sequence[int]) -> list[tuple[Adjustment, ...]]:
    """Adjustments divided over sessions in proportion to the weights, one tuple for each."""
    divided = [share_out(one.amount, weights) for one in adjustments]
    return [
        tuple(
            type(one)(one.group, one.reason_code, amounts[place])
            for one, amounts in zip(adjustments, divided, strict=True)
            if amounts[place]
        )
        for place in range(len(weights))
    ]


def _assign_lines(lines: Sequence[ServiceLine], sessions: Sequence[Session]) -> list[tuple[Session, ...]] | None:
    """The session or sessions of each line, or None when one of them can't be told for sure.

    Several rounds, from the surest evidence to the least that still leaves no choice: the line key; date, code and
    charge; a line that the payer split over several (their charges add up to the one session of that day), or
    several sessions that it merged into one line; then what is left alone by date and code, date and charge, or date.
    """
    assigned: list[tuple[Session, ...]] = [()] * len(lines)
    by_line_key = {session.line_key: session for session in sessions if session.line_key}
    left = {session.key: session for session in sessions}
    for place, line in enumerate(lines):
        session = by_line_key.get(line.line_key) if line.line_key else None
        if session is not None:
            assigned[place] = (session,)
            left.pop(session.key, None)
    for evidence in (_date_code_charge, _date_code, _date_charge, _date_only):
        waiting: dict[object, list[int]] = defaultdict(list)
        for place, line in enumerate(lines):
            if not assigned[place]:
                waiting[evidence.of_line(line)].append(place)
        offered: dict[object, list[Session]] = defaultdict(list)
        for session in left.values():
            offered[evidence.of_session(session)].append(session)
        for value, places in waiting.items():
            for place, fits in _pair(lines, places, offered.get(value, []), alike=evidence is _date_code_charge):
                assigned[place] = fits
                for session in fits:
                    left.pop(session.key, None)
    return assigned if all(assigned) else None


def _pair(
    lines: Sequence[ServiceLine], places: list[int], sessions: list[Session], *, alike: bool
) -> list[tuple[int, tuple[Session, ...]]]:
    """Lines and sessions that agree: one to one, as many as there are when all are alike, or whole sums."""
    if len(sessions) == len(places) and (len(sessions) == 1 or alike):
        return [(place, (session,)) for place, session in zip(places, sessions, strict=True)]
    if sum(abs(lines[place].amount_charged) for place in places) != sum(session.fee for session in sessions):
        return []
    if len(sessions) == 1 or len(places) == 1:
        return [(place, tuple(sessions)) for place in places]
    return []


class _Evidence:
    """Which parts of a line and a session must agree."""

    def __init__(self, *, code: bool, charge: bool) -> None:
        self.code = code
        self.charge = charge

    def of_line(self, line: ServiceLine) -> object:
        billed = line.billed_code or line.service_code
        return (
            line.date_first,
            billed if self.code else None,
            abs(line.amount_charged) if self.charge else None,
        )

    def of_session(self, session: Session) -> object:
        return (session.date, session.service_code if self.code else None, session.fee if self.charge else None)


_date_code_charge = _Evidence(code=True, charge=True)
_date_code = _Evidence(code=True, charge=False)
_date_charge = _Evidence(code=False, charge=True)
_date_only = _Evidence(code=False, charge=False)
