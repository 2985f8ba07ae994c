"""Texts of a table to values."""

import datetime as dt

import pytest

from connectors.values import DATES, Amounts, Days, Keys, covered, opaque
from hhs_sync.facts.coverage import Coverage
from hhs_sync.facts.document import Covers, Unreadable

MARCH_4 = dt.date(2026, 3, 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-04", (MARCH_4, None)),
        (" 03/04/2026 ", (MARCH_4, None)),
        ("3/4/26", (MARCH_4, None)),
        ("03/04/2026 9:30 AM", (MARCH_4, "09:30")),
        ("03/04/2026 09:30 pm", (MARCH_4, "21:30")),
        ("2026-03-04 14:05:33", (MARCH_4, "14:05")),
        ("2026-03-04T14:05", (MARCH_4, "14:05")),
        # Half past three at night in London is the evening before in Portland.
        ("2026-03-05T03:30:00Z", (MARCH_4, "22:30")),
        ("2026-03-04T12:00:00-05:00", (MARCH_4, "12:00")),
        ("2026-03-04 12:00 tomorrow", None),
        ("13/13/2026", None),
        ("0226-03-04", None),
        ("2026-03-04T99:00:00Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_day_is_the_practices_own(text: str, expected: tuple[dt.date, str | None] | None) -> None:
    assert expected == Days(DATES, "America/New_York")[text]


def test_a_way_of_writing_dates_with_a_blank_in_it_is_read() -> None:
    assert (MARCH_4, None) == Days(("%b %d, %Y",), "America/New_York")["Mar 4, 2026"]


@pytest.mark.parametrize(
    ("decimal", "text", "cents"),
    [
        (".", "1,234.50", 123450),
        (".", "$ 12", None),
        (".", "$12", 1200),
        (".", "(7.00)", -700),
        (".", "", None),
        (".", "12.345", None),
        (",", "1.234,50", 123450),
        (",", "150", 15000),
    ],
)
def test_an_amount_is_whole_cents_or_nothing(decimal: str, text: str, cents: int | None) -> None:
    assert cents == Amounts(decimal)[text]


def coverage(key: str, payer: str) -> Coverage:
    return Coverage(key=key, client="c", payer=payer, first=MARCH_4)


def test_a_key_that_comes_again_with_another_fact_is_numbered_and_an_equal_row_is_dropped() -> None:
    keys = Keys()

    assert ["k", None, "k#2", None, "k#3"] == [
        fact.key if fact else None for fact in (keys.take(coverage("k", payer)) for payer in ("a", "a", "b", "b", "c"))
    ]


def test_made_keys_number_equals_and_show_nothing_of_what_they_are_made_of() -> None:
    keys = Keys()
    first, second, other = keys.number(("Doe", MARCH_4)), keys.number(("Doe", MARCH_4)), keys.number(("Roe", MARCH_4))

    assert first.removesuffix("-1") == second.removesuffix("-2")
    assert first[:-2] != other[:-2]
    assert "Doe" not in first
    assert "2026" not in first
    assert opaque(("ab", "c")) != opaque(("a", "bc"))


@pytest.mark.parametrize(
    ("claim", "name", "expected"),
    [
        ("nothing", "x", None),
        ("dates of the file", "x", Covers(kind="k", first=MARCH_4, last=dt.date(2026, 3, 9))),
        ("everything", "x", Covers(kind="k", first=dt.date.min, last=dt.date.max)),
        (
            "file name",
            "all 2026-03-01 to 2026-03-31.csv",
            Covers(kind="k", first=dt.date(2026, 3, 1), last=dt.date(2026, 3, 31)),
        ),
    ],
)
def test_a_file_covers_what_the_config_claims(claim: str, name: str, expected: Covers | None) -> None:
    assert expected == covered(claim, "k", [dt.date(2026, 3, 9), MARCH_4], name, [])


@pytest.mark.parametrize("claim", ["dates of the file", "everything", "file name"])
def test_a_file_with_an_unreadable_row_covers_nothing(claim: str) -> None:
    assert None is covered(claim, "k", [MARCH_4], "2026-03-01 2026-03-31", [Unreadable(place="line 2", problem="x")])


def test_a_file_without_facts_covers_no_dates_of_its_own() -> None:
    assert None is covered("dates of the file", "k", [], "x", [])


@pytest.mark.parametrize("name", ["sessions.csv", "2026-03-01.csv", "2026-02-31 2026-03-31.csv"])
def test_a_name_that_does_not_bear_the_claim_out_is_told(name: str) -> None:
    unreadable: list[Unreadable] = []

    assert None is covered("file name", "k", [MARCH_4], name, unreadable)
    assert ["file name"] == [one.place for one in unreadable]
