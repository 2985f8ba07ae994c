"""Matching claim payments to sessions, beside the floor: the same questions asked of plain dicts.

    python bench/matching.py 1000000

Of each hundred payments 80 bear the claim number, 12 have lost it and agree in client, day, code and charge, 5 agree
but for a day or two, and 3 are nobody's. The floor keeps the sessions by claim number and by visit (client, day, code,
charge), looks each payment up in both, tries the days around, and keeps a row for what it finds: no lines, no doubts,
nothing checked. Matching asks more (is the number contradicted, does somebody else lay claim to the session), gives no
match but a question with its candidates where a day is off, and is meant to take at most twice the time.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import sys
import time
from collections import defaultdict

from hhs_sync.facts.coverage import Coverage
from hhs_sync.facts.current import Facts
from hhs_sync.facts.remittance import Adjustment, ClaimPayment, Remittance, ServiceLine
from hhs_sync.facts.session import Session
from hhs_sync.matching.remittance import match_claim_payments

FIRST = dt.date(2024, 1, 1)
CLAIMS_A_REMITTANCE = 100
SESSIONS_A_CLIENT = 40
"""In 700 days: every two and a half weeks, so that no two visits of a client are near each other."""
BY_NUMBER, BY_VISIT, NEAR = 80, 92, 97
"""Of a hundred payments: the first 80 by number, up to 92 by visit, up to 97 on a near day, the rest by nothing."""
NEAR_DAYS = 3


def make(count: int) -> tuple[Facts, list[Remittance]]:
    """So many sessions, and as many claim payments of one line."""
    clients = count // SESSIONS_A_CLIENT
    sessions = {}
    claims: list[ClaimPayment] = []
    for number in range(count):
        day = FIRST + dt.timedelta(days=number * 700 // count)
        key = f"session/ehr/{number:08d}"
        claim_number = f"C{number:08d}"
        client = number % clients
        sessions[key] = Session(
            key=key, date=day, client=f"c{client}", clinician="mk", service_code="90837", fee=15000 + client, payer="A",
            claim_number=claim_number, line_key=f"L{number:08d}",
        )  # fmt: skip
        draw = number * 37 % 100
        told = day if draw < BY_VISIT else day + dt.timedelta(days=2) if draw < NEAR else day + dt.timedelta(days=9)
        line = ServiceLine(
            service_code="90837", date_first=told, amount_charged=15000 + client, amount_paid=8500 + client,
            line_key=f"L{number:08d}" if draw < BY_NUMBER else None, adjustments=(Adjustment("CO", "45", 6500),),
            segment=2,
        )  # fmt: skip
        claims.append(
            ClaimPayment(
                claim_number=claim_number if draw < BY_NUMBER else "0", claim_status="1", amount_charged=15000 + client,
                amount_paid=8500, member_id=f"M{client}", lines=(line,), segment=number % CLAIMS_A_REMITTANCE,
            )
        )  # fmt: skip
    remittances = [
        Remittance(
            key=f"remittance/era/{start:08d}", payer_name="A", amount_paid=0, content_digest=str(start),
            claim_payments=tuple(claims[start : start + CLAIMS_A_REMITTANCE]),
        )
        for start in range(0, count, CLAIMS_A_REMITTANCE)
    ]  # fmt: skip
    members = {
        f"coverage/ehr/c{client}": Coverage(
            key=f"coverage/ehr/c{client}", client=f"c{client}", payer="A", first=FIRST, member_id=f"M{client}"
        )
        for client in range(clients)
    }
    return Facts(sessions=sessions, coverages=members), remittances


def floor(facts: Facts, remittances: list[Remittance]) -> int:
    """The dicts alone."""
    members = {one.member_id: one.client for one in facts.coverages.values()}
    by_number: dict[str | None, list[Session]] = defaultdict(list)
    by_visit: dict[object, list[Session]] = defaultdict(list)
    for session in facts.sessions.values():
        by_number[session.claim_number].append(session)
        by_visit[session.client, session.date, session.service_code, session.fee].append(session)
    near = [dt.timedelta(days=sign * days) for days in range(NEAR_DAYS + 1) for sign in (1, -1)][1:]
    found = {}
    for remittance in remittances:
        for claim in remittance.claim_payments:
            line = claim.lines[0]
            fits = by_number.get(claim.claim_number)
            if not fits and line.date_first:
                client = members.get(claim.member_id)
                for days in near:
                    fits = by_visit.get((client, line.date_first + days, line.service_code, line.amount_charged))
                    if fits:
                        break
            if fits and len(fits) == 1:
                paid = (remittance.key, claim.segment)
                found[paid] = (fits[0].key, claim.amount_charged, claim.amount_paid, line.adjustments, "claim number")
    return len(found)


def measure(count: int) -> dict[str, float]:
    """Seconds for the floor and for matching, in one run, and what each found."""
    facts, remittances = make(count)
    gc.collect()
    gc.freeze()
    gc.disable()
    started = time.process_time()
    by_floor = floor(facts, remittances)
    between = time.process_time()
    matches = match_claim_payments(facts, remittances)
    done = time.process_time()
    assert by_floor == count * NEAR // 100
    assert len(matches.matched) == count * BY_VISIT // 100
    assert len(matches.unmatched) == count - len(matches.matched)
    return {"claims": count, "floor": round(between - started, 2), "matching": round(done - between, 2)}


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)))
