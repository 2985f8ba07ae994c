"""Decisions written down and read back."""

import datetime as dt

import pytest

from hhs_sync.facts.fact import write_fact
from hhs_sync.facts.resolution import ClientCode, ClosedPeriod, Resolution, ResolutionKind
from hhs_sync.facts.resolution_text import (
    DECISIONS,
    decision_document,
    decision_key,
    read_resolution_document,
    write_resolution_document,
)
from hhs_sync.facts.session import Session

AT = dt.datetime(2026, 3, 4, 12, 30, tzinfo=dt.UTC)
DECISION = Resolution(
    key=decision_key("resolution", "r1"),
    kind=ResolutionKind.WRITE_OFF,
    subject="session/ehr/8841",
    by="ada",
    at=AT,
    reason="too small\nto ask for",
    amount=10000,
    until=dt.date(2026, 4, 1),
)
CODE = ClientCode(key=decision_key("client_code", "c1"), client="C-17", code="K7F3Q")
CLOSE = ClosedPeriod(
    key=decision_key("closed_period", "p1"),
    through=dt.date(2026, 2, 28),
    by="ada",
    at=AT,
    journal='{"a":1}\n{"b":2}\n',
    journal_digest="00",
)


def test_what_is_written_is_read_back_line_by_line() -> None:
    content = write_resolution_document([DECISION, CODE, CLOSE])
    reading = read_resolution_document(content)

    assert [DECISION, CODE, CLOSE] == [placed.fact for placed in reading.facts]
    assert ["line 1", "line 2", "line 3"] == [placed.place for placed in reading.facts]
    assert 3 == content.count(b"\n"), "a journal's line breaks stay within its line"


def test_the_document_is_the_programs_own_and_tells_of_its_moment() -> None:
    document = decision_document([CODE], name="client codes", at=AT)

    assert (DECISIONS, AT, AT, "client codes") == (
        document.source,
        document.as_of,
        document.received_at,
        document.name,
    )
    assert document == decision_document([CODE], name="client codes", at=AT)


def test_keys_bear_the_source_so_that_no_connectors_fact_can_take_their_place() -> None:
    assert "resolution/decisions/r1" == DECISION.key


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{", "this line is no decision in JSON"),
        (b'{"type":"resolution"}', "this line is no decision in JSON"),
        (b"\xff", "this line is no decision in JSON"),
        (
            write_fact(
                Session(key="s", date=dt.date(2026, 3, 4), client="C", clinician="K", service_code="90837", fee=1)
            ),
            "this line is a fact, but not a decision",
        ),
    ],
)
def test_a_line_that_is_no_decision_is_told_and_the_others_count(line: bytes, problem: str) -> None:
    reading = read_resolution_document(line + b"\n\n" + write_resolution_document([CODE]))

    assert [("line 1", problem)] == [(one.place, one.problem) for one in reading.unreadable]
    assert [CODE] == [placed.fact for placed in reading.facts]


def test_an_empty_document_holds_nothing() -> None:
    assert ((), ()) == (read_resolution_document(b"").facts, read_resolution_document(b"\n").unreadable)
