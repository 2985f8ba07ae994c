"""MAT-01 to MAT-03: money and answers that found no home, or another one than expected."""

from __future__ import annotations

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.facts.session import SessionState
from hhs_sync.findings.finding import Effect, Stake
from tests.builders import (
    bank,
    claim,
    client_payment,
    day,
    decide,
    money,
    payout,
    refund,
    remittance,
    remittance_key,
    service_line,
    session,
    session_key,
)
from tests.findings.looking import asked, look, off, only

BANKED = bank("1", "2025-11-14", "85.00", "ACH ANTHEM TRACE1")


def stranger(**more):
    line = service_line("90837", "2025-11-03", "150", "85", "CO-45 40, PR-3 25")
    return remittance(
        "1", "2025-11-14", "85.00", claim("OTHER", "150", "85", amount_patient=2500, lines=(line,), **more)
    )


def test_a_paid_claim_that_two_sessions_answer_to_is_asked_with_both_and_the_reasons() -> None:
    sessions = [session("K1", "2025-11-03"), session("K2", "2025-11-03")]

    found = look(*sessions, stranger(), BANKED, today="2025-11-15")

    one = only(found, "MAT-01")
    assert (11000, Effect.SUSPENSE, f"{remittance_key('1')}#10") == (one.amount, one.effect, one.subject)
    assert [(session_key("K1"),), (session_key("K2"),)] == [candidate.targets for candidate in one.candidates]
    assert ("date", "code", "modifiers", "charge") == one.candidates[0].agrees
    assert ("claim number", "client not proved") == one.candidates[0].differs
    assert [] == off(found), "what sits in suspense is asked about"


def test_choosing_the_session_takes_the_question_and_the_suspense_away() -> None:
    sessions = [session("K1", "2025-11-03"), session("K2", "2025-11-03")]
    choice = decide(
        "1", ResolutionKind.CHOOSE_MATCH, f"{remittance_key('1')}#10", "2025-11-15", targets=(session_key("K2"),)
    )

    assert "MAT-01" not in {
        one.code for one in look(*sessions, stranger(), BANKED, choice, today="2025-11-15").findings
    }


def test_a_claim_of_the_old_system_asks_nothing() -> None:
    choice = decide("1", ResolutionKind.OLD_SYSTEM, f"{remittance_key('1')}#10", "2025-11-15")

    assert [] == asked(look(stranger(), BANKED, choice, today="2025-11-15"))


def test_money_for_a_session_that_did_not_take_place_is_asked_about() -> None:
    paid = remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 40, PR-3 25"))
    found = look(session("K1", "2025-11-03", state=SessionState.CANCELLED), paid, BANKED, today="2025-11-15")

    assert "Anthem paid 85.00 on a session, but the session is not charged." == only(found, "MAT-01").says
    assert [] == off(found)


def test_a_charge_that_the_payer_changed_waits_with_its_adjustments() -> None:
    paid = remittance("1", "2025-11-14", "60.00", claim("K1", "120", "60", "CO-45 35, PR-3 25"))
    found = look(
        session("K1", "2025-11-03"), paid, bank("1", "2025-11-14", "60.00", "ACH ANTHEM TRACE1"), today="2025-11-15"
    )

    one = only(found, "MAT-02")
    assert ["MAT-02 90.00"] == asked(found)
    assert (("charge told", 12000), ("charge billed", 15000), ("open", 9000)) == one.numbers


def test_a_code_that_the_payer_restated_costs_what_the_contract_says() -> None:
    line = service_line("90834", "2025-11-03", "150", "85", "CO-45 40, PR-3 25", billed_code="90837")
    paid = remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", lines=(line,)))
    found = look(session("K1", "2025-11-03"), paid, BANKED, today="2025-11-15")

    assert (0, Effect.NONE) == (only(found, "MAT-02").amount, only(found, "MAT-02").effect)
    assert "changed the procedure code" in only(found, "MAT-02").says


def test_a_payment_of_nobody_offers_open_items_of_its_amount() -> None:
    facts = [session("K1", "2025-11-03", "130.00", payer=None), client_payment("ch", "2025-11-04", "130.00")]

    one = only(look(*facts, today="2025-11-05"), "MAT-03")
    assert (13000, Stake.CLIENT.value, ((session_key("K1"),),)) == (
        one.amount, one.at_stake, tuple(candidate.targets for candidate in one.candidates),
    )  # fmt: skip

    choice = decide("1", ResolutionKind.CHOOSE_MATCH, one.subject, "2025-11-05", targets=(session_key("K1"),))
    assert [] == asked(look(*facts, choice, today="2025-11-05"))


def test_a_payment_that_names_no_session_is_the_clients_credit_and_a_question_for_a_month() -> None:
    facts = [
        session("K1", "2025-11-03", "130.00", payer=None, client="c-1"),
        client_payment("ch", "2025-11-04", "50.00", "card", client="c-1"),
    ]

    one = only(look(*facts, today="2025-11-05"), "MAT-03")
    assert "the client owes 130.00 on other sessions" in one.says
    assert ("c-1", money("50")) == (one.client, one.amount)
    assert "MAT-03" not in {one.code for one in look(*facts, today="2025-12-04").findings}, "then it is CLI-03"


def test_a_refund_beyond_the_credit_and_a_charge_only_in_a_payout_are_asked_about() -> None:
    facts = [
        session("K1", "2025-11-03", "130.00", payer=None, client="c-1"),
        client_payment("ch", "2025-11-04", "20.00", "card", client="c-1"),
        refund("r1", "2025-11-05", "30.00", "card", client="c-1"),
        payout("po_1", "2025-11-06", "95.00", ("charge", "never-told", "100.00", "5.00")),
    ]
    rows = {one.subject: one.amount for one in look(*facts, today="2025-11-07").findings if one.code == "MAT-03"}

    assert {"refund/pay/r1": 1000, "payout/pay/po_1#never-told": 10000} == rows


def test_no_key_sentence_or_subject_names_the_client() -> None:
    facts = [
        session("K1", "2025-08-03", "130.00", payer=None, client="Jane Doe"),
        client_payment("ch", "2025-08-04", "50.00", "card", client="Jane Doe"),
    ]
    found = look(*facts, today="2025-12-05").findings

    assert {"CLI-02", "CLI-03"} <= {one.code for one in found}
    assert not [one for one in found if "Jane" in f"{one.key} {one.subject} {one.says} {one.action} {one.evidence}"]
    assert day("2025-08-03") == only(look(*facts, today="2025-12-05"), "CLI-02").service_dates[0]
