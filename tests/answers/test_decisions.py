"""A filled-in row becomes decisions, or is told with what is wrong with it."""

import datetime as dt

import pytest

from hhs_sync.answers import EXPORTED, ID, KEY
from hhs_sync.answers.decisions import Answers, read_answers
from hhs_sync.answers.sheet import Row
from hhs_sync.facts.resolution import ResolutionKind as Kind
from tests.reports.made import busy

AT = dt.datetime(2025, 11, 24, 15, tzinfo=dt.UTC)
RECORD = busy()


def key_of(code: str) -> str:
    return next(one.key for one in RECORD.findings if one.code == code and one.is_open)


def read(*rows: dict[str, str], limit: int = 5000) -> Answers:
    placed = [Row(f"row {number}", {EXPORTED: "export 1", **row}) for number, row in enumerate(rows, start=2)]
    return read_answers(placed, [RECORD], {"casco": limit}, by="dana", at=AT)


def made(*rows: dict[str, str], limit: int = 5000) -> list[tuple[object, ...]]:
    answers = read(*rows, limit=limit)

    assert () == answers.mistakes == answers.gone
    return [
        (one.decision.kind, one.decision.reason, one.decision.until or one.decision.owner or one.decision.amount)
        for one in answers.by_practice["casco"]
    ]


def mistake(**row: str) -> str:
    (told,) = read({name.replace("_", " "): text for name, text in row.items()}).mistakes

    assert "row 2" == told.place
    return told.says


def test_a_note_an_owner_and_a_day_stand_beside_each_other() -> None:
    row = {
        KEY: key_of("DEN-01"),
        "New note": "called",
        "New owner": "Dana",
        "New wait until": "12/1/2025",
        "Reason": "asked",
    }

    assert [
        (Kind.NOTE, "called", None), (Kind.ASSIGN, "asked", "Dana"), (Kind.WAIT_UNTIL, "asked", dt.date(2025, 12, 1)),
    ] == made(row)  # fmt: skip


def test_a_decision_is_told_by_the_words_of_the_command_line() -> None:
    row = {
        KEY: key_of("DEN-01"),
        "Decision": "Adjust",
        "Decision amount": "$20",
        "Decision about": "courtesy",
        "Reason": "r",
    }
    (answer,) = read(row).by_practice["casco"]

    assert (Kind.ADJUST, 2000, "courtesy", "dana", AT) == (
        answer.decision.kind, answer.decision.amount, answer.decision.account, answer.decision.by, answer.decision.at,
    )  # fmt: skip
    assert answer.decision.subject.startswith("session/")


def test_an_acceptance_covers_the_amount_that_was_seen() -> None:
    finding = next(one for one in RECORD.findings if one.code == "DEN-01")

    assert [(Kind.ACCEPT, "fine", finding.amount)] == made(
        {KEY: finding.key, "Decision": "accept", "Reason": "fine"}, limit=finding.amount
    )


def test_a_question_is_found_by_its_short_id_where_the_key_was_deleted() -> None:
    finding = next(one for one in RECORD.findings if one.code == "DEN-01")

    assert [(Kind.NOTE, "x", None)] == made({ID: finding.short_id.upper(), "New note": "x"})


def test_the_same_row_of_the_same_export_makes_the_same_decision_and_of_another_export_a_new_one() -> None:
    row = {KEY: key_of("DEN-01"), "New note": "called"}
    (first,), (again,) = (read(row).by_practice["casco"] for _ in range(2))
    (later,) = read({**row, EXPORTED: "export 2"}).by_practice["casco"]

    assert first.decision.key == again.decision.key != later.decision.key


def test_rows_left_empty_are_counted_and_nothing_else() -> None:
    answers = read({KEY: key_of("DEN-01")}, {KEY: "who knows"})

    assert (2, {}, (), ()) == (answers.empty, answers.by_practice, answers.gone, answers.mistakes)


def test_a_question_that_is_not_asked_any_more_is_told_and_no_mistake() -> None:
    answers = read({KEY: "casco:BIL-01:session/ehr/gone", "New note": "x"})

    assert (["BIL-01 is not asked any more"], ()) == ([one.says for one in answers.gone], answers.mistakes)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"Key": "elsewhere:BIL-01:x", "New_note": "x"}, "names no practice of these: casco"),
        ({"Key": "casco:ZZZ-01:x", "New_note": "x"}, "no exception with this key"),
        ({"Id": "fffffff", "New_note": "x"}, "no exception with the id fffffff"),
        ({"New_wait_until": "soon"}, "write it as 2026-12-01"),
        ({"New_wait_until": "2025-11-24"}, "a day after today"),
        ({"New_wait_until": "2025-12-24", "Decision": "accept"}, "not both"),
        ({"Decision": "frobnicate"}, "is no decision; for DEN-01 these make sense: accept"),
        ({"Decision": "unclaimed"}, "does not fit DEN-01"),
        ({"Decision": "accept"}, "say why"),
        ({"Decision": "adjust", "Decision_about": "courtesy"}, "needs Decision amount"),
        ({"Decision": "adjust", "Decision_amount": "5"}, "needs Decision about: courtesy or administrative"),
        ({"Decision": "adjust", "Decision_about": "courtesy", "Decision_amount": "much"}, "not an amount"),
        ({"Decision": "adjust", "Decision_about": "courtesy", "Decision_amount": "-5"}, "more than 0.00"),
        ({"Decision": "adjust", "Decision_about": "courtesy", "Decision_amount": "50.01"}, "needs a second person"),
        ({"Decision": "accept", "Reason": "x", "Decision_amount": "5"}, "takes no Decision amount"),
        ({"Decision_amount": "5"}, "without a Decision"),
        ({"Reason": "because"}, "a mere remark goes into New note"),
    ],
)
def test_a_row_that_makes_no_sense_is_told_with_what_would(row: dict[str, str], expected: str) -> None:
    assert expected in mistake(**{"Key": "" if "Id" in row else key_of("DEN-01"), **row})


def test_a_matter_of_law_is_never_decided_in_a_list_but_may_be_noted() -> None:
    code = next(one.code for one in RECORD.findings if one.group == "CMP" and one.is_open)

    assert "matter of law" in mistake(Key=key_of(code), Decision="accept", Reason="x")
    assert [(Kind.NOTE, "x", None)] == made({KEY: key_of(code), "New note": "x"})


def test_two_rows_about_one_question_are_a_mistake() -> None:
    (told,) = read({KEY: key_of("DEN-01"), "New note": "x"}, {KEY: key_of("DEN-01"), "New note": "y"}).mistakes

    assert ("row 3", "the same exception is answered in row 2 already") == (told.place, told.says)


def test_one_wrong_row_does_not_hide_the_others() -> None:
    answers = read({KEY: key_of("DEN-01"), "New wait until": "soon"}, {KEY: key_of("MAT-01"), "New note": "y"})

    assert (1, 1) == (len(answers.mistakes), len(answers.by_practice["casco"]))
