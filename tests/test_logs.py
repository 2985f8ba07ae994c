"""Logs say what was done and never about whom."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from hhs_sync import logs
from hhs_sync.errors import QuickBooksUnavailableError


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure("debug", "json", stream)
    yield stream
    logs.configure("error", "text", io.StringIO())


def lines(said: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in said.getvalue().splitlines()]


def fail(error: Exception) -> None:
    raise error


def test_a_field_that_is_not_listed_is_named_and_withheld(said: io.StringIO) -> None:
    structlog.get_logger("hhs_sync.test").info("session read", practice="casco", client="Marrowfen, Tamsin")

    (line,) = lines(said)

    assert "casco" == line["practice"]
    assert logs.WITHHELD == line["client"]
    assert "Marrowfen" not in said.getvalue()


def test_a_listed_field_is_still_looked_through(said: io.StringIO) -> None:
    structlog.get_logger("hhs_sync.test").info("call", reason="member W123456789 seen on 2026-10-05", count=3)

    (line,) = lines(said)

    assert f"member {logs.WITHHELD} seen on {logs.WITHHELD}" == line["reason"]
    assert 3 == line["count"]


def test_a_library_is_quoted_by_its_own_words_only(said: io.StringIO) -> None:
    logging.getLogger("some.library").warning("cannot read %s of %s", "Quillfeather", "1961-04-01")

    (line,) = lines(said)

    assert "cannot read %s of %s" == line["event"]
    assert "Quillfeather" not in said.getvalue()


def test_the_text_of_a_foreign_error_is_withheld_and_its_place_told(said: io.StringIO) -> None:
    try:
        fail(ValueError("Quillfeather 1961-04-01"))
    except ValueError:
        structlog.get_logger("hhs_sync.test").exception("turn failed", practice="casco")

    (line,) = lines(said)

    assert "ValueError" == line["error"]
    assert "test_logs.py" in str(line["error_at"])
    assert "Quillfeather" not in said.getvalue()


def test_the_text_of_our_own_error_is_told(said: io.StringIO) -> None:
    try:
        fail(QuickBooksUnavailableError("QuickBooks cannot be reached"))
    except QuickBooksUnavailableError:
        logging.getLogger("hhs_sync.test").exception("turn failed")

    (line,) = lines(said)

    assert "QuickBooks cannot be reached" == line["error_says"]


def test_text_for_people_is_one_line(said: io.StringIO) -> None:
    stream = io.StringIO()
    logs.configure("info", "text", stream)
    structlog.get_logger("hhs_sync.test").info("turn done", practice="casco", seconds=1.25)

    assert stream.getvalue().endswith("info    turn done  practice=casco seconds=1.25\n")


def test_configuring_twice_says_everything_once(said: io.StringIO) -> None:
    logs.configure("info", "json", said)
    logging.getLogger("some.library").warning("once")

    assert 1 == len(lines(said))
