"""DEN-01 to DEN-04 and PAY-04: what a payer's answer left open."""

from __future__ import annotations

import pytest

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.finding import Effect, Owner, Severity
from hhs_sync.mapping.rules import Treatment
from tests.builders import claim, day, decide, remittance, remittance_key, session, session_key
from tests.findings.looking import asked, look, off, only, with_rates, with_reason

SESSION = session("K1", "2025-11-03")
PAID = f"{remittance_key('1')}#10"


def denied(reason: str, name: str = "1", when: str = "2025-11-20"):
    return remittance(name, when, "0.00", claim("K1", "150", "0", f"{reason} 150", status="4"))


@pytest.mark.parametrize(
    ("reason", "code"), [("CO-16", "DEN-01"), ("CO-27", "DEN-02"), ("CO-197", "DEN-03"), ("CO-29", "DEN-04")]
)
def test_each_kind_of_denial_has_its_question_until_it_is_paid(reason, code) -> None:
    paid = remittance("2", "2025-12-20", "85.00", claim("K1", "150", "85", "CO-45 40, PR-3 25"))

    assert [f"{code} 150.00"] == asked(look(SESSION, denied(reason), today="2025-11-21"))
    assert code not in {one.code for one in look(SESSION, denied(reason), paid, today="2025-12-21").findings}


def test_a_denial_holds_nothing_and_expects_what_the_contract_says() -> None:
    one = only(look(SESSION, denied("CO-16"), today="2025-11-21", rules=with_rates("110.00")), "DEN-01")

    assert (11000, Effect.NONE, day("2026-02-01")) == (one.amount, one.effect, one.deadline)
    assert (("CO-16", 15000), ("still open", 15000), ("expected", 11000)) == one.numbers
    assert (session_key("K1"),) == one.sessions


def test_a_denial_is_told_in_words() -> None:
    rules = with_reason("CO", "16", Treatment.DENIED_FIX, "Something needed is missing.")

    assert (
        "Anthem denied 150.00: CO-16 something needed is missing. A corrected claim may be filed until 2026-02-01."
        == only(look(SESSION, denied("CO-16"), today="2025-11-21", rules=rules), "DEN-01").says
    )


def test_only_the_answer_that_stands_is_asked_about() -> None:
    again = denied("CO-29", "2", "2025-12-10")

    assert ["DEN-04 150.00"] == asked(look(SESSION, denied("CO-16"), again, today="2025-12-11"))


def test_an_approved_adjustment_closes_a_denial() -> None:
    gone = decide(
        "1", ResolutionKind.ADJUST, session_key("K1"), "2025-12-01", amount=15000, account="administrative",
    )  # fmt: skip
    approval = decide("2", ResolutionKind.APPROVE, gone.key, "2025-12-02", by="lee")

    assert ["CLI-04 150.00", "DEN-04 150.00"] == sorted(asked(look(SESSION, denied("CO-29"), gone, today="2025-12-02")))
    assert [] == asked(look(SESSION, denied("CO-29"), gone, approval, today="2025-12-02"))


def test_an_adjustment_that_no_rule_knows_waits_for_a_decision_and_the_money_does_not() -> None:
    odd = remittance("1", "2025-11-20", "85.00", claim("K1", "150", "85", "CO-45 40, OA-94 25"))
    decision = decide("1", ResolutionKind.SET_REASON, PAID, "2025-11-22", account="contractual")

    one = only(look(SESSION, odd, today="2025-11-21"), "PAY-04")
    assert (2500, PAID, Owner.BOOKKEEPER.value, Severity.MEDIUM) == (one.amount, one.subject, one.owner, one.severity)
    assert "PAY-04" not in {one.code for one in look(SESSION, odd, decision, today="2025-11-23").findings}


def test_a_contractual_share_of_the_whole_charge_is_for_the_approver() -> None:
    whole = remittance("1", "2025-11-20", "0.00", claim("K1", "150", "0", "CO-45 150"))

    one = only(look(SESSION, whole, today="2025-11-21"), "PAY-04")
    assert (15000, Owner.APPROVER.value, Severity.HIGH) == (one.amount, one.owner, one.severity)


def test_each_session_of_a_claim_is_a_question_of_its_own() -> None:
    from tests.builders import service_line

    sessions = [session("A", "2025-11-03", claim_number="K1"), session("B", "2025-11-05", claim_number="K1")]
    lines = tuple(service_line("90837", when, "150", "0", "CO-16 150") for when in ("2025-11-03", "2025-11-05"))
    found = look(
        *sessions, remittance("1", "2025-11-20", "0.00", claim("K1", "300", "0", lines=lines)), today="2025-11-21"
    )

    assert [f"{PAID}>{session_key(name)}" for name in "AB"] == sorted(
        one.subject for one in found.findings if one.is_open and one.code == "DEN-01"
    )
    assert [] == off(found)
