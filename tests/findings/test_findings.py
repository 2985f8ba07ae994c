"""The whole list: order, earliest causes, stable keys, control totals; and that all forty-five are asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings import earliest_causes
from hhs_sync.findings.asking import ask, reaction_date
from hhs_sync.findings.catalogue import GROUPS, QUESTIONS, answers_to
from hhs_sync.findings.decide import subject_of
from hhs_sync.findings.finding import Severity
from tests.builders import bank, claim, day, remittance, session, session_key
from tests.findings.looking import Situation, asked, look, off, only, plain_rules
from tests.test_worked_example import STEPS

FINDINGS = Path(__file__).parents[2] / "hhs_sync" / "findings"


def test_all_forty_five_questions_are_asked_by_some_check() -> None:
    code = "".join(path.read_text() for path in FINDINGS.glob("*.py") if path.name != "catalogue.py")
    asked_in_code = set(re.findall(r'"((?:SRC|BIL|REM|MAT|PAY|DEN|CLI|DEP|QBO|CMP)-0\d)"', code))

    assert 45 == len(QUESTIONS)
    assert [] == sorted(QUESTIONS.keys() - asked_in_code)


def test_every_question_has_its_words_and_its_answers() -> None:
    for one in QUESTIONS.values():
        assert one.code[:3] in GROUPS
        assert one.action.endswith("."), one.code
        assert not one.clears_when.endswith("."), one.code
        assert ResolutionKind.ACCEPT in answers_to(one.code)


@pytest.mark.parametrize(
    ("severity", "due"),
    [
        (Severity.CRITICAL, "2025-11-07"),
        (Severity.HIGH, "2025-11-11"),  # two business days after a Friday
        (Severity.MEDIUM, "2025-11-14"),
        (Severity.LOW, "2025-11-30"),
    ],
)
def test_each_severity_has_its_reaction_time(severity, due) -> None:
    assert day(due) == reaction_date(day("2025-11-07"), severity)


def test_a_deadline_that_comes_first_is_the_due_date() -> None:
    at = situation()
    one = ask(at, "DEN-01", "x", "says", amount=-5, since=day("2025-11-07"), deadline=day("2025-11-08"))

    assert (5, day("2025-11-08"), "casco:DEN-01:x") == (one.amount, one.due, one.key)


def test_the_earliest_cause_alone_is_asked_about_but_law_always() -> None:
    at, since = situation(), day("2025-11-07")
    cause = ask(at, "SRC-05", "r", "cut off", amount=1, since=since, covers=("r", "line"))
    effects = [ask(at, code, "line", "says", amount=1, since=since) for code in ("DEP-02", "CMP-01")]

    assert ["SRC-05", "CMP-01"] == [one.code for one in earliest_causes([*effects, cause])][::-1]


def test_law_explains_what_others_ask() -> None:
    at, since = situation(), day("2025-11-07")
    law = ask(at, "CMP-01", "s", "says", amount=1, since=since, covers=("s",))
    other = ask(at, "PAY-04", "s", "says", amount=1, since=since)

    assert ["CMP-01"] == [one.code for one in earliest_causes([other, law])]


def test_the_same_facts_in_any_order_give_the_same_list() -> None:
    facts = [fact for step in STEPS for fact in step[1]]

    assert look(*facts, today="2025-12-31") == look(*reversed(facts), today="2025-12-31")


@given(st.integers(0, len(STEPS)))
def test_every_control_holds_at_every_step_of_the_worked_example(count: int) -> None:
    facts = [fact for step in STEPS[:count] for fact in step[1]]

    found = look(*facts, today="2025-12-31")
    assert [] == off(found)
    assert len(found.findings) == len({one.key for one in found.findings})


def test_the_work_list_is_in_order_of_due_date_severity_and_money() -> None:
    facts = [
        session("K1", "2025-11-03", claim_number=None),
        session("K2", "2025-11-03", "90.00", claim_number=None),
        remittance("1", "2025-11-14", "85.00", claim("K3", "150", "85", "CO-45 35, PR-3 25")),
    ]

    assert ["BIL-01 150.00", "BIL-01 90.00", "REM-01 5.00"] == asked(look(*facts, today="2025-11-20"))


def test_a_control_over_suspense_names_what_nobody_asks_about() -> None:
    found = look(bank("1", "2025-11-14", "85.00"), today="2025-11-21")

    assert [] == off(found)
    (control,) = [one for one in found.controls if one.name.startswith("Suspense")]
    assert (8500, 8500) == (control.told, control.computed)


def test_a_decision_is_about_what_the_ledger_reads() -> None:
    unbilled = only(look(session("K1", "2025-11-03", claim_number=None), today="2025-11-07"), "BIL-01")

    assert unbilled.key == subject_of(ResolutionKind.WAIT_UNTIL, unbilled)
    assert session_key("K1") == subject_of(ResolutionKind.DO_NOT_BILL, unbilled)
    with pytest.raises(ValueError, match="not about that session"):
        subject_of(ResolutionKind.DO_NOT_BILL, unbilled, "session/ehr/other")
    with pytest.raises(ValueError, match="not about a plan"):
        subject_of(ResolutionKind.APPROVE_PLAN, unbilled)


def test_a_decision_about_a_session_needs_to_know_which() -> None:
    at = situation()
    several = ask(at, "CLI-02", "K7F3Q", "says", amount=1, since=day("2025-11-07"), sessions=("a", "b"))

    with pytest.raises(ValueError, match="concerns 2 sessions: say for which one to write off"):
        subject_of(ResolutionKind.WRITE_OFF, several)
    assert "b" == subject_of(ResolutionKind.WRITE_OFF, several, "b")


def situation() -> Situation:
    from hhs_sync.books import keep_books
    from hhs_sync.facts.current import Facts

    facts, rules, today = Facts(), plain_rules(), day("2025-11-07")
    return Situation(facts=facts, books=keep_books(facts, rules, today), rules=rules, today=today)
