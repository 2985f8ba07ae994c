"""CMP-01 to CMP-04: law and privacy."""

from __future__ import annotations

import pytest

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.facts.session import SessionState
from hhs_sync.findings.finding import Severity, Stake
from hhs_sync.plan.changes import Hold, HoldReason, Plan
from hhs_sync.plan.desired import DesiredEntry, QuickBooksKind
from tests.builders import bank, claim, client_payment, coverage, day, decide, remittance, session, session_key
from tests.findings.looking import asked, look, only, with_rates

MEMBER = coverage("c-K1", "MCARE")


@pytest.mark.parametrize("state", [SessionState.NO_SHOW, SessionState.LATE_CANCEL])
def test_a_missed_appointment_of_a_member_is_never_charged(state) -> None:
    missed = session("K1", "2025-11-03", "75.00", payer=None, state=state)

    one = only(look(missed, MEMBER, today="2025-11-04"), "CMP-01")
    assert (7500, Severity.CRITICAL, Stake.CLIENT.value, day("2025-11-03")) == (
        one.amount, one.severity, one.at_stake, one.due,
    )  # fmt: skip
    assert [] == asked(look(missed, today="2025-11-04"))
    kept = decide("1", ResolutionKind.DO_NOT_BILL, session_key("K1"), "2025-11-04")
    assert [] == asked(look(missed, MEMBER, kept, today="2025-11-05"))


def test_coverage_granted_back_in_time_asks_for_what_the_client_has_paid() -> None:
    facts = [
        session("K1", "2025-11-03", "130.00", payer=None),
        client_payment("ch", "2025-11-03", "130.00", "card", client="c-K1", session="K1"),
        coverage("c-K1", "MCARE", "2025-10-01", granted_on=day("2025-12-15")),
    ]

    assert ["CMP-01 130.00"] == asked(look(*facts, today="2026-01-20")), "and no second question about the credit"
    assert "who has paid 130.00 for it: give it back." in only(look(*facts, today="2026-01-20"), "CMP-01").says


def test_a_service_that_is_not_covered_may_be_charged_after_a_notice() -> None:
    own = session("K1", "2025-11-03", "130.00", payer=None)
    notice = decide("1", ResolutionKind.NOTICE_GIVEN, session_key("K1"), "2025-11-01")

    assert ["CMP-01 130.00"] == asked(look(own, MEMBER, today="2025-11-04"))
    assert [] == asked(look(own, MEMBER, notice, today="2025-11-04"))


def test_a_member_with_another_plan_first_is_not_asked_for_the_patients_share() -> None:
    facts = [
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 40, PR-3 25")),
        bank("1", "2025-11-14", "85.00", "ACH ANTHEM TRACE1"),
        MEMBER,
    ]

    assert "CMP-01 25.00" in asked(look(*facts, today="2025-11-17"))
    overdue = look(*facts, today="2025-12-20")
    assert {"CMP-01", "CMP-05"} <= {one.code for one in overdue.findings}, "and the next step is stopped"
    assert "CLI-02" not in {one.code for one in overdue.findings}


def test_a_members_copay_is_small_and_its_rest_a_question() -> None:
    member = session("K1", "2025-11-03", payer="MCARE")
    small = remittance("1", "2025-11-14", "108.00", claim("K1", "150", "108", "CO-45 40, PR-3 2"), payer="MCARE")
    large = remittance("1", "2025-11-14", "70.00", claim("K1", "150", "70", "CO-45 40, PR-1 40"), payer="MCARE")

    assert "CMP-01" not in {one.code for one in look(member, small, today="2025-11-17").findings}
    found = look(member, large, today="2025-11-17")
    assert (["CMP-01 40.00"], True) == (
        asked(found),
        "a MaineCare member may owe a copay only" in found.findings[0].says,
    )


def test_a_decision_to_bill_a_member_is_asked_about() -> None:
    facts = [
        session("K1", "2025-11-03", payer="MCARE"),
        decide("1", ResolutionKind.BILL_CLIENT, session_key("K1"), "2025-11-20"),
    ]

    assert "CMP-01 150.00" in asked(look(*facts, today="2025-11-21"))
    notice = decide("2", ResolutionKind.NOTICE_GIVEN, session_key("K1"), "2025-11-01")
    assert "CMP-01" not in {one.code for one in look(*facts, notice, today="2025-11-21").findings}


def test_what_the_guard_stopped_is_told_without_repeating_it() -> None:
    wish = DesiredEntry(
        key="charge:session/ehr/K1|invoice", kind=QuickBooksKind.INVOICE, reference="HHS-X", amount=15000
    )
    plan = Plan(
        changes=(Hold(key=wish.key, reason=HoldReason.PRIVACY, amount=15000, desired=wish, detail="memo holds a date"),)
    )

    one = only(look(session("K1", "2025-11-03"), today="2025-11-04", plan=plan), "CMP-02")
    assert (0, Severity.CRITICAL, Stake.NOBODY.value) == (one.amount, one.severity, one.at_stake)
    assert "memo holds a date" in one.says


def test_a_government_overpayment_is_given_back_within_sixty_days_and_counted_once() -> None:
    first = remittance("1", "2025-11-14", "108.00", claim("K1", "150", "108", "CO-45 42"), payer="MCARE")
    again = remittance("2", "2025-11-24", "108.00", claim("K1", "150", "108", "CO-45 42"), payer="MCARE")
    facts = [session("K1", "2025-11-03", payer="MCARE"), first, again]

    early, late = look(*facts, today="2025-11-25"), look(*facts, today="2025-12-24")
    assert (Severity.HIGH, Severity.CRITICAL) == (only(early, "CMP-03").severity, only(late, "CMP-03").severity)
    assert (day("2026-01-23"), only(early, "PAY-02").key) == (
        only(early, "CMP-03").deadline,
        only(early, "CMP-03").parent,
    )


def test_an_underpayment_of_mainecare_may_be_reviewed_for_120_days() -> None:
    facts = [
        session("K1", "2025-11-03", payer="MCARE"),
        remittance("1", "2025-11-14", "90.00", claim("K1", "150", "90", "CO-45 60"), payer="MCARE"),
    ]

    open_window = look(*facts, today="2025-11-17", rules=with_rates("110.00"))
    assert {"PAY-01 20.00", "CMP-04 20.00"} <= set(asked(open_window))
    assert (day("2026-03-14"), day("2026-02-16")) == (
        only(open_window, "CMP-04").deadline,
        only(open_window, "CMP-04").due,
    )
    assert "CMP-04" not in {one.code for one in look(*facts, today="2026-03-15", rules=with_rates("110.00")).findings}


def test_mainecare_pays_last() -> None:
    billed = session("K1", "2025-11-03", payer="MCARE")
    other = coverage("c-K1", "ANTH", order=1)
    member = coverage("c-K1", "MCARE", order=2)

    assert "CMP-04 150.00" in asked(look(billed, other, member, today="2025-11-04"))
    assert "CMP-04" not in {one.code for one in look(billed, member, today="2025-11-04").findings}
