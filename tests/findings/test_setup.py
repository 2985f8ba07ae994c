"""SRC-04: one question per name that nobody mapped."""

from __future__ import annotations

from hhs_sync.findings.finding import Effect, Severity
from tests.builders import bank, claim, coverage, make_rules, remittance, session
from tests.findings.looking import asked, look, only


def test_thirty_sessions_of_an_unknown_payer_are_one_question_with_their_sum() -> None:
    sessions = [session(f"K{n}", "2025-11-03", "100.00", payer="New Plan") for n in range(30)]

    one = only(look(*sessions, today="2025-12-30"), "SRC-04")

    assert ("payer/NEW PLAN", 300000, 30, Severity.MEDIUM, Effect.HOLD) == (
        one.subject, one.amount, one.count, one.severity, one.effect,
    )  # fmt: skip
    assert "Payer “New Plan” is not mapped: 30 sessions, 3,000.00." == one.says


def test_an_unbilled_session_of_an_unknown_payer_is_not_asked_about_twice() -> None:
    assert ["SRC-04 150.00"] == asked(
        look(session("K1", "2025-11-03", payer="New Plan", claim_number=None), today="2025-12-30")
    )


def test_an_unknown_payer_whose_money_waits_is_pressing() -> None:
    paid = remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 65"), payer="New Plan")
    found = look(session("K1", "2025-11-03"), paid, bank("1", "2025-11-14", "85.00", "ACH TRACE1"), today="2025-11-17")

    assert (Severity.HIGH, Effect.SUSPENSE) == (only(found, "SRC-04").severity, only(found, "SRC-04").effect)


def test_an_unknown_payer_in_a_coverage_may_be_mainecare() -> None:
    found = look(session("K1", "2025-11-03"), coverage("c-K1", "STATE PLAN"), today="2025-11-04")

    assert "Payer “STATE PLAN” is not mapped: 1 coverage, 0.00." == only(found, "SRC-04").says


def test_a_clinician_without_a_class_and_a_code_without_a_kind_hold_nothing() -> None:
    found = look(session("K1", "2025-11-03", clinician="xx", service_code="99999"), today="2025-11-04")
    rows = {one.subject: one for one in found.findings}

    assert {"clinician/xx", "service/99999"} <= rows.keys()
    assert {(0, Effect.NONE)} == {
        (rows[key].amount, rows[key].effect) for key in ("clinician/xx", "service/99999")
    }  # fmt: skip


def test_clients_without_codes_are_asked_about_where_quickbooks_knows_codes() -> None:
    found = look(session("K1", "2025-11-03"), today="2025-11-04", rules=make_rules())

    assert "client-codes" in {one.subject for one in found.findings}
    assert "client-codes" not in {one.subject for one in look(session("K1", "2025-11-03"), today="2025-11-04").findings}


def test_a_payer_without_rates_is_the_least_pressing_question_and_due_at_the_months_end() -> None:
    (one,) = [one for one in look(session("K1", "2025-11-03"), today="2025-11-04").findings if one.code == "SRC-04"]

    assert ("rate/ANTH", Severity.LOW, "2025-11-30") == (one.subject, one.severity, one.due.isoformat())
