"""Matching claim payments to sessions, beside the floor: the same two questions asked of plain dicts.

    python bench/matching.py 1000000

The floor keeps the sessions by claim number and by visit (day, code, charge), looks every payment up in both, and
keeps a row for each: no lines, no doubts, nothing checked. A million of each took 4.6 s that way where we tried it,
with a tier for near dates besides; matching is meant to take at most twice that.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import sys
import time
from collections import defaultdict

from hhs_sync.facts.current import Facts
from hhs_sync.facts.remittance import Adjustment, ClaimPayment, Remittance, ServiceLine
from hhs_sync.facts.session import Session
from hhs_sync.matching.remittance import match_claim_payments

FIRST = dt.date(2024, 1, 1)
CLAIMS_A_REMITTANCE = 100


def make(count: int) -> tuple[Facts, list[Remittance]]:
    """So many sessions, each paid by one claim payment of one line; nothing is damaged."""
    sessions = {}
    claims: list[ClaimPayment] = []
    for number in range(count):
        day = FIRST + dt.timedelta(days=number * 700 // count)
        key = f"session/ehr/{number:08d}"
        claim_number = f"C{number:08d}"
        sessions[key] = Session(
            key=key, date=day, client=f"c{number % 5000}", clinician="mk", service_code="90837", fee=15000, payer="A",
            claim_number=claim_number, line_key=f"L{number:08d}",
        )  # fmt: skip
        line = ServiceLine(
            service_code="90837", date_first=day, amount_charged=15000, amount_paid=8500, line_key=f"L{number:08d}",
            adjustments=(Adjustment("CO", "45", 6500),), segment=2,
        )  # fmt: skip
        claims.append(
            ClaimPayment(
                claim_number=claim_number, claim_status="1", amount_charged=15000, amount_paid=8500, lines=(line,),
                segment=number % CLAIMS_A_REMITTANCE,
            )
        )  # fmt: skip
    remittances = [
        Remittance(
            key=f"remittance/era/{start:08d}", payer_name="A", amount_paid=0, content_digest=str(start),
            claim_payments=tuple(claims[start : start + CLAIMS_A_REMITTANCE]),
        )
        for start in range(0, count, CLAIMS_A_REMITTANCE)
    ]  # fmt: skip
    return Facts(sessions=sessions), remittances


def floor(facts: Facts, remittances: list[Remittance]) -> int:
    """The dicts alone."""
    by_number: dict[str | None, list[Session]] = defaultdict(list)
    by_visit: dict[object, list[Session]] = defaultdict(list)
    for session in facts.sessions.values():
        by_number[session.claim_number].append(session)
        by_visit[session.client, session.date, session.service_code, session.fee].append(session)
    found = {}
    for remittance in remittances:
        for claim in remittance.claim_payments:
            line = claim.lines[0]
            fits = by_number.get(claim.claim_number) or by_visit.get(
                (claim.member_id, line.date_first, line.service_code, line.amount_charged)
            )
            if fits and len(fits) == 1 and fits[0].date == line.date_first:
                paid = (remittance.key, claim.segment)
                found[paid] = (fits[0].key, claim.amount_charged, claim.amount_paid, line.adjustments, "claim number")
    return len(found)


def measure(count: int) -> dict[str, float]:
    """Seconds for the floor and for matching, in one run."""
    facts, remittances = make(count)
    gc.collect()
    gc.freeze()
    gc.disable()
    started = time.process_time()
    assert floor(facts, remittances) == count
    between = time.process_time()
    matches = match_claim_payments(facts, remittances)
    done = time.process_time()
    assert len(matches.matched) == count
    return {"claims": count, "floor": round(between - started, 2), "matching": round(done - between, 2)}


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)))
