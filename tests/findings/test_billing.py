"""BIL-01 to BIL-05: claims on their way to an answer. Sessions are held on Monday 3 November 2025."""

from __future__ import annotations

import pytest

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.finding import Severity
from hhs_sync.mapping.rules import Treatment
from tests.builders import acknowledged, claim, coverage, day, decide, remittance, sent, session, session_key
from tests.findings.looking import asked, look, only, with_reason

HELD = "2025-11-03"


def unbilled(**more):
    return session("K1", HELD, claim_number=None, **more)


def test_a_session_is_unbilled_after_three_business_days() -> None:
    assert [] == asked(look(unbilled(), today="2025-11-05"))
    assert ["BIL-01 150.00"] == asked(look(unbilled(), today="2025-11-06"))
    assert [] == asked(look(session("K1", HELD, claim_number=None, billed_on=day("2025-11-04")), today="2025-11-06"))
    assert [] == asked(look(session("K1", HELD), today="2025-11-06"))


def test_an_unbilled_session_is_pressing_after_thirty_days_and_its_deadline_is_told() -> None:
    one = only(look(unbilled(), today="2025-12-03"), "BIL-01")

    assert (Severity.HIGH, day("2025-12-05"), day("2026-02-01")) == (one.severity, one.due, one.deadline)


def test_what_a_person_said_not_to_bill_is_not_asked_about() -> None:
    decision = decide("1", ResolutionKind.DO_NOT_BILL, session_key("K1"), "2025-11-06")

    assert [] == asked(look(unbilled(), decision, today="2025-12-03"))


def test_an_unbilled_mainecare_session_tells_of_another_one_of_that_day() -> None:
    other = session("K2", HELD, payer="MCARE", client="c-K1", claim_number="A", starts_at="10:00")
    found = look(unbilled(payer="MCARE"), other, today="2025-11-07")

    assert "both belong on one" in only(found, "BIL-01").says


@pytest.mark.parametrize(
    ("today", "row", "severity"),
    [
        ("2026-01-17", "BIL-01 150.00", Severity.HIGH),
        ("2026-01-18", "BIL-03 150.00", Severity.HIGH),
        ("2026-01-25", "BIL-03 150.00", Severity.CRITICAL),
        ("2026-02-20", "BIL-03 150.00", Severity.CRITICAL),
    ],
)
def test_in_the_last_days_the_filing_deadline_itself_is_the_question(today, row, severity) -> None:
    found = look(unbilled(), today=today)

    assert ([row], severity) == (asked(found), only(found, row.split()[0]).severity)


def test_a_rejected_claim_was_never_received_until_it_is_sent_again() -> None:
    facts = [
        session("K1", HELD),
        sent("K1", "2025-11-04"),
        acknowledged("K1", "2025-11-05", "rejected", reason="no NPI"),
    ]

    assert ["BIL-02 150.00"] == asked(look(*facts, today="2025-11-06"))
    assert "no NPI" in only(look(*facts, today="2025-11-06"), "BIL-02").says
    assert [] == asked(look(*facts, sent("K1", "2025-11-10", name="again"), today="2025-11-11"))


def test_a_claim_that_nobody_acknowledged_is_asked_about_where_others_are_acknowledged() -> None:
    facts = [session("K1", HELD), sent("K1", "2025-11-04"), session("K2", HELD), sent("K2", "2025-11-04")]

    assert [] == asked(look(*facts, today="2025-11-10"))
    assert ["BIL-02 150.00"] == asked(look(*facts, acknowledged("K2", "2025-11-05"), today="2025-11-10"))


def test_a_payer_is_asked_thirty_days_after_it_had_the_claim() -> None:
    facts = [session("K1", HELD), sent("K1", "2025-11-04"), acknowledged("K1", "2025-11-06")]

    assert [] == asked(look(*facts, today="2025-12-05"))
    assert ["BIL-04 150.00"] == asked(look(*facts, today="2025-12-06"))
    assert Severity.HIGH is only(look(*facts, today="2026-01-05"), "BIL-04").severity

    answered = remittance("1", "2025-12-08", "0.00", claim("K1", "150", "0", "CO-45 40, PR-1 110"))
    assert "BIL-04" not in {one.code for one in look(*facts, answered, today="2025-12-09").findings}


def test_mainecare_is_asked_after_twenty_one_days() -> None:
    facts = [session("K1", HELD, payer="MCARE"), sent("K1", "2025-11-04", payer="MCARE")]

    assert [[], ["BIL-04 150.00"]] == [asked(look(*facts, today=today)) for today in ("2025-11-24", "2025-11-25")]


def test_a_second_payer_is_billed_within_five_days_of_the_first_ones_answer() -> None:
    facts = [
        session("K1", HELD, payer="MEDA", secondary_payer="SECO"),
        sent("K1", "2025-11-04", payer="MEDA"),
        remittance(
            "1", "2025-11-14", "94.08", claim("K1", "150", "94.08", "CO-45 30, CO-253 1.92, PR-2 24"), payer="MEDA"
        ),
    ]
    after = sent("K1", "2025-11-18", "24.00", payer="SECO", payer_order="S", name="second")

    assert "BIL-05 24.00" not in asked(look(*facts, today="2025-11-18"))
    assert "BIL-05 24.00" in asked(look(*facts, today="2025-11-19"))
    assert "BIL-05 24.00" not in asked(look(*facts, after, today="2025-11-19"))


def test_a_claim_that_the_first_payer_passed_on_needs_no_second_claim() -> None:
    told = claim("K1", "150", "94.08", "CO-45 30, CO-253 1.92, PR-2 24", status="19")
    facts = [
        session("K1", HELD, payer="MEDA", secondary_payer="SECO"),
        sent("K1", "2025-11-04", payer="MEDA"),
        remittance("1", "2025-11-14", "94.08", told, payer="MEDA"),
    ]

    assert {"BIL-05", "BIL-04"}.isdisjoint(one.code for one in look(*facts, today="2025-11-24").findings)
    assert "BIL-04 24.00" in asked(look(*facts, today="2025-12-15"))


def test_coverage_granted_later_moves_mainecares_deadline() -> None:
    grant = coverage("c-K1", "MCARE", granted_on=day("2025-12-20"))
    found = look(unbilled(payer="MCARE"), grant, today="2025-12-22")

    assert day("2026-12-20") == only(found, "BIL-01").deadline


def test_an_answer_that_the_payer_is_still_looking_starts_the_clock_anew() -> None:
    facts = [session("K1", HELD), remittance("1", "2025-11-20", "0.00", claim("K1", "150", "0", "OA-133 150"))]
    rules = with_reason("OA", "133", Treatment.INFORMATION)

    assert [] == asked(look(*facts, today="2025-12-19", rules=rules))
    assert ["BIL-04 150.00"] == asked(look(*facts, today="2025-12-20", rules=rules))
