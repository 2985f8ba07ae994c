"""REM-01, REM-02, REM-04: remittances that cannot be posted as they are."""

from __future__ import annotations

import msgspec

from hhs_sync.facts.current import Copy, Facts
from hhs_sync.facts.document import Source
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.finding import FindingState, Severity
from tests.builders import bank, claim, day, decide, remittance, remittance_key, session
from tests.findings.looking import asked, look, off, only, plain_rules

PAID = claim("K1", "150", "85", "CO-45 40, PR-3 25")
WRONG = claim("K1", "150", "85", "CO-45 35, PR-3 25")


def test_a_remittance_that_does_not_add_up_is_held_and_its_difference_told_once() -> None:
    found = look(session("K1", "2025-11-03"), remittance("1", "2025-11-14", "85.00", WRONG), today="2025-11-15")

    one = only(found, "REM-01")
    assert (500, Severity.CRITICAL, day("2025-11-14")) == (one.amount, one.severity, one.due)
    assert "The remittance of 85.00 from Anthem does not add up: 1 claim off by 5.00." == one.says
    assert [] == off(found)


def test_a_corrected_file_takes_the_place_of_the_one_that_does_not_add_up() -> None:
    facts = [session("K1", "2025-11-03"), bank("1", "2025-11-14", "85.00", "ACH ANTHEM TRACE1")]
    wrong = remittance("1", "2025-11-14", "85.00", WRONG)
    corrected = remittance("2", "2025-11-14", "85.00", PAID, eft_trace="TRACE1")
    told = {"as_of": {wrong.key: day("2025-11-14"), corrected.key: day("2025-11-18")}}

    assert "REM-01 5.00" in asked(look(*facts, wrong, today="2025-11-15"))
    found = look(*facts, wrong, corrected, today="2025-11-18", told=told)
    assert ["CLI-01 25.00"] == asked(found)
    assert "rule: a remittance that adds up took its place" == only(found, "REM-02").closed_by
    assert [] == off(found)


def test_a_remittance_of_the_same_trace_is_a_repeat_to_look_at() -> None:
    first = remittance("1", "2025-11-14", "85.00", PAID)
    again = remittance("2", "2025-11-14", "85.00", claim("K2", "150", "85", "CO-45 65"), eft_trace="TRACE1")

    one = only(look(session("K1", "2025-11-03"), first, again, today="2025-11-15"), "REM-02")

    assert (remittance_key("2"), 8500, FindingState.OPEN) == (one.subject, one.amount, one.state)
    assert ((remittance_key("1"),),) == tuple(candidate.targets for candidate in one.candidates)


def test_a_repeat_of_exactly_the_same_content_is_closed_by_rule_and_listed_for_a_month() -> None:
    first = remittance("1", "2025-11-14", "85.00", PAID)
    again = remittance("2", "2025-11-14", "85.00", PAID, eft_trace="TRACE1", content_digest="1")
    facts = [session("K1", "2025-11-03"), first, again]

    one = only(look(*facts, today="2025-11-15"), "REM-02")
    assert (FindingState.CLEARED, "rule: the content is exactly the same") == (one.state, one.closed_by)
    assert "REM-02" not in {one.code for one in look(*facts, today="2025-12-20").findings}


def test_a_copy_of_a_file_is_closed_by_rule() -> None:
    from hhs_sync.books import keep_books
    from hhs_sync.findings import find
    from hhs_sync.findings.situation import Situation

    advice = remittance("1", "2025-11-14", "85.00", PAID)
    facts = msgspec.structs.replace(
        Facts.of([advice]),
        sources={advice.key: Source(document="d1", document_name="one.835", place="segment 1")},
        copies=(Copy(document="d1", document_name="one.835", copy_name="copy of one.835", copy_source="era"),),
    )
    rules, today = plain_rules(), day("2025-11-15")
    found = find(Situation(facts=facts, books=keep_books(facts, rules, today), rules=rules, today=today))

    assert (8500, "rule: the same file under another name") == (
        only(found, "REM-02").amount, only(found, "REM-02").closed_by,
    )  # fmt: skip


def test_a_remittance_of_another_payee_is_critical_until_its_number_is_ours() -> None:
    facts = [session("K1", "2025-11-03"), remittance("1", "2025-11-14", "85.00", PAID, payee_ids=("999999999",))]

    stranger = look(*facts, today="2025-11-15", rules=plain_rules(tax_ids=("111111111",)))
    assert (["REM-04 85.00"], Severity.CRITICAL) == (asked(stranger), only(stranger, "REM-04").severity)
    assert "REM-04 85.00" not in asked(look(*facts, today="2025-11-15", rules=plain_rules(tax_ids=("999999999",))))


def test_a_remittance_of_the_old_system_asks_nothing() -> None:
    decision = decide("1", ResolutionKind.OLD_SYSTEM, remittance_key("1"), "2025-11-15")

    assert [] == asked(look(remittance("1", "2025-11-14", "85.00", WRONG), decision, today="2025-11-15"))
