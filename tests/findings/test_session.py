"""SRC-01 to SRC-03: sessions that are not as they should be."""

from __future__ import annotations

from hhs_sync.facts.session import SessionState
from hhs_sync.findings.finding import Effect, Owner, Severity
from tests.builders import acknowledged, claim, day, remittance, sent, session, session_key
from tests.findings.looking import asked, look, only


def test_a_session_that_lacks_its_fee_is_asked_about_with_what_sessions_usually_cost() -> None:
    usual = session("K1", "2025-11-03", "150.00", claim_number="K1")
    bare = session("K2", "2025-11-04", "0.00", missing=("fee",))

    one = only(look(usual, bare, today="2025-11-05"), "SRC-01")

    assert (session_key("K2"), 15000, Owner.CLINICIAN.value) == (one.subject, one.amount, one.owner)
    assert "A completed session lacks fee; it cannot be billed." == one.says
    assert [] == asked(look(usual, session("K2", "2025-11-04"), today="2025-11-05"))


def test_the_same_session_under_two_numbers_is_asked_about_once() -> None:
    first = session("K1", "2025-11-03", client="c-1", starts_at="10:00", claim_number="A")
    again = session("K2", "2025-11-03", client="c-1", starts_at="10:00", claim_number="B")
    later = session("K3", "2025-11-03", client="c-1", starts_at="14:00", claim_number="C")

    one = only(look(first, again, later, today="2025-11-04"), "SRC-02")

    assert session_key("K2") == one.subject
    assert ((session_key("K1"),),) == tuple(candidate.targets for candidate in one.candidates)
    assert [] == asked(look(first, later, today="2025-11-04"))


def test_a_billed_session_that_leaves_the_export_is_asked_about_and_its_money_not_twice() -> None:
    gone = session("K1", "2025-11-03")
    paid = remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 40, PR-3 25"))
    told = {"withdrawn": [gone], "as_of": {gone.key: day("2025-11-17")}}

    found = look(paid, sent("K1", "2025-11-04"), today="2025-11-18", told=told)

    one = only(found, "SRC-03")
    assert ["SRC-03 150.00"] == asked(found)
    assert (day("2025-11-17"), Severity.HIGH, Effect.HOLD) == (one.since, one.severity, one.effect)
    assert "A session of 150.00 that was billed and answered by the payer is no longer in the export." == one.says


def test_a_session_that_was_never_billed_may_vanish() -> None:
    gone = session("K1", "2025-11-03", claim_number=None)

    assert [] == asked(look(today="2025-11-18", told={"withdrawn": [gone]}))


def test_a_claim_that_was_voided_lets_its_session_vanish() -> None:
    gone = session("K1", "2025-11-03")
    void = sent("K1", "2025-11-10", name="void", frequency="8")

    assert [] == asked(look(sent("K1", "2025-11-04"), void, today="2025-11-18", told={"withdrawn": [gone]}))


def test_a_session_that_costs_something_else_than_was_billed_is_asked_about_until_it_agrees() -> None:
    facts = (sent("K1", "2025-11-04", "150.00"), acknowledged("K1", "2025-11-05"))

    one = only(look(session("K1", "2025-11-03", "165.00"), *facts, today="2025-11-06"), "SRC-03")

    assert (1500, (("billed", 15000), ("now", 16500), ("difference", 1500))) == (one.amount, one.numbers)
    assert [] == asked(look(session("K1", "2025-11-03", "150.00"), *facts, today="2025-11-06"))


def test_a_session_that_never_took_place_asks_nothing() -> None:
    assert [] == asked(look(session("K1", "2025-11-03", state=SessionState.CANCELLED), today="2025-12-30"))
