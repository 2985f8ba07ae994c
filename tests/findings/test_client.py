"""CLI-01 to CLI-05: what clients owe us and we owe them."""

from __future__ import annotations

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.finding import Owner, Severity, Stake
from tests.builders import (
    bank,
    claim,
    client_payment,
    day,
    decide,
    dispute,
    refund,
    remittance,
    session,
    session_key,
)
from tests.findings.looking import asked, look, off, only

INSURED = session("K1", "2025-11-03", client="c-1")
LEFT = remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 40, PR-3 25"))
BANKED = bank("1", "2025-11-14", "85.00", "ACH ANTHEM TRACE1")
OWN = session("K1", "2025-09-01", "130.00", payer=None, client="c-1")


def test_nothing_taken_at_the_visit_is_a_small_question_until_it_is_paid() -> None:
    paid = client_payment("ch", "2025-11-20", "25.00", "card", client="c-1", session="K1")

    one = only(look(INSURED, LEFT, BANKED, today="2025-11-17"), "CLI-01")
    assert (2500, Severity.LOW, Stake.US.value) == (one.amount, one.severity, one.at_stake)
    assert [] == asked(look(INSURED, LEFT, BANKED, paid, today="2025-11-20"))


def test_more_taken_than_owed_is_the_clients() -> None:
    paid = client_payment("ch", "2025-11-03", "30.00", "card", client="c-1", session="K1")

    one = only(look(INSURED, LEFT, BANKED, paid, today="2025-11-17"), "CLI-01")
    assert (500, Stake.CLIENT.value) == (one.amount, one.at_stake)


def test_a_copay_taken_before_the_payer_ruled_asks_nothing() -> None:
    paid = client_payment("ch", "2025-11-03", "30.00", "card", client="c-1", session="K1")

    assert [] == asked(look(INSURED, paid, today="2025-11-10"))


def test_a_balance_asks_for_its_next_step_by_its_age() -> None:
    steps = {
        today: only(look(OWN, today=today), "CLI-02").says.partition("next step: ")[2]
        for today in ("2025-10-01", "2025-10-31", "2025-11-30")
    }

    assert {
        "2025-10-01": "reminder.",
        "2025-10-31": "call, offer the plan.",
        "2025-11-30": "decision by the practice.",
    } == steps
    assert [] == asked(look(OWN, today="2025-09-30"))


def test_a_balance_within_the_tolerance_asks_nothing() -> None:
    assert [] == asked(look(session("K1", "2025-09-01", "1.00", payer=None), today="2025-12-01"))


def test_an_open_dispute_stops_the_next_step() -> None:
    facts = [
        OWN,
        client_payment("ch", "2025-09-02", "130.00", "card", client="c-1", session="K1"),
        dispute("d1", "2025-09-20", "130.00", "15.00", client="c-1", payment="ch"),
    ]
    found = look(*facts, today="2025-11-03")

    assert ["CLI-05 145.00", "CMP-05 130.00"] == sorted(asked(found))
    won = dispute("d2", "2025-10-20", "130.00", client="c-1", payment="ch", won=True)
    assert "CLI-05" not in {one.code for one in look(*facts, won, today="2025-11-03").findings}


def test_a_bounced_check_is_asked_about_until_the_client_pays_again() -> None:
    facts = [
        OWN,
        client_payment("77", "2025-09-02", "130.00", client="c-1", session="K1"),
        dispute("d1", "2025-09-10", "130.00", "12.00", "check", client="c-1", payment="77"),
    ]
    again = client_payment("78", "2025-09-15", "130.00", "card", client="c-1", session="K1")

    assert "came back unpaid, with a fee of 12.00" in only(look(*facts, today="2025-09-12"), "CLI-05").says
    assert "CLI-05" not in {one.code for one in look(*facts, again, today="2025-09-16").findings}


def test_an_unused_credit_is_given_back() -> None:
    facts = [OWN, client_payment("ch", "2025-09-02", "150.00", "card", client="c-1", session="K1")]

    assert [] == asked(look(*facts, today="2025-10-01"))
    one = only(look(*facts, today="2025-10-02"), "CLI-03")
    assert (2000, Severity.MEDIUM, Stake.CLIENT.value) == (one.amount, one.severity, one.at_stake)
    assert Severity.HIGH is only(look(*facts, today="2025-11-01"), "CLI-03").severity
    given = refund("r1", "2025-11-02", "20.00", "card", client="c-1", payment="ch")
    assert [] == asked(look(*facts, given, today="2025-11-03"))
    assert [] == off(look(*facts, given, today="2025-11-03"))


def test_a_write_off_above_the_limit_waits_for_a_second_person() -> None:
    proposal = decide("1", ResolutionKind.WRITE_OFF, session_key("K1"), "2025-12-01", amount=13000)
    own_approval = decide("2", ResolutionKind.APPROVE, proposal.key, "2025-12-01")
    approval = decide("3", ResolutionKind.APPROVE, proposal.key, "2025-12-02", by="lee")

    one = only(look(OWN, proposal, own_approval, today="2025-12-02"), "CLI-04")
    assert (13000, Owner.APPROVER.value, day("2025-12-01")) == (one.amount, one.owner, one.since)
    assert "who proposed it has tried to approve it" in one.says
    assert [] == asked(look(OWN, proposal, approval, today="2025-12-03"))
