"""Coverage from CSV."""

import datetime as dt

import pytest

from hhs_sync.facts.coverage import Coverage
from hhs_sync.facts.document import Covers
from tests.connectors.known import facts, problems, read

HEADING = "Coverage ID,Client ID,Payer,Order,First Day,Last Day,Granted On,Member ID\n"


def test_every_column_becomes_its_field() -> None:
    content = HEADING + "V-1,C-17,MaineCare,2,2025-11-01,2026-12-31,02/10/2026,M1\nV-2,C-18,Anthem,,2026-01-01,,,\n"

    assert [
        Coverage(
            key="coverage/src/V-1",
            client="C-17",
            payer="MaineCare",
            order=2,
            first=dt.date(2025, 11, 1),
            last=dt.date(2026, 12, 31),
            granted_on=dt.date(2026, 2, 10),
            member_id="M1",
        ),
        Coverage(key="coverage/src/V-2", client="C-18", payer="Anthem", first=dt.date(2026, 1, 1)),
    ] == facts(read("coverage_csv", content))


@pytest.mark.parametrize(("word", "order"), [("", 1), ("Primary", 1), ("secondary", 2), ("3", 3), ("S", 2)])
def test_the_order_is_a_number_or_its_word(word: str, order: int) -> None:
    (found,) = facts(read("coverage_csv", HEADING + f"V-1,C,A,{word},2026-01-01,,,\n"))

    assert isinstance(found, Coverage)
    assert order == found.order


@pytest.mark.parametrize(
    ("row", "lacking"),
    [
        ("V-1,C,A,1,soon,,,", "first day"),
        ("V-1,C,A,1,,,,", "first day"),
        ("V-1,C,A,1,2026-01-01,later,,", "last day or day of grant"),
        ("V-1,C,A,1,2026-01-01,,once,", "last day or day of grant"),
        ("V-1,,A,1,2026-01-01,,,", "client, payer or order"),
        ("V-1,C,,1,2026-01-01,,,", "client, payer or order"),
        ("V-1,C,A,first,2026-01-01,,,", "client, payer or order"),
        ("V-1,C,A,0,2026-01-01,,,", "client, payer or order"),
    ],
)
def test_a_row_that_can_not_be_read_is_told(row: str, lacking: str) -> None:
    assert [("line 2", f"no {lacking} that can be read")] == problems(read("coverage_csv", HEADING + row + "\n"))


def test_without_an_id_client_payer_and_first_day_make_the_key_so_that_an_end_is_a_new_version() -> None:
    def key(last: str, payer: str = "Anthem") -> str:
        (found,) = facts(read("coverage_csv", HEADING + f",C-17,{payer},1,2026-01-01,{last},,\n"))
        return found.key

    assert key("") == key("2026-06-30")
    assert key("") == key("", "ANTHEM")
    assert key("") != key("", "Aetna")
    assert "C-17" not in key("")


def test_a_full_list_covers_everything() -> None:
    reading = read("coverage_csv", HEADING + "V-1,C,A,1,2026-01-01,,,\n\n", covers="everything")

    assert Covers(kind="coverage", first=dt.date.min, last=dt.date.max) == reading.covers
