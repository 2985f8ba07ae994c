"""What spreadsheets make of texts is undone, or refused with what to write instead."""

import datetime as dt

import pytest

from hhs_sync.answers.cells import plain, read_day, read_id


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01", "2026-12-1", "12/1/2026", "12/01/26", "1-Dec-26", "01-Dec-2026", "Dec 1, 2026",
        "December 1, 2026", "1 Dec 2026", "46357", "2026-12-01 00:00:00", "2026-12-01T00:00", "  2026-12-01 ",
    ],
)  # fmt: skip
def test_a_day_is_read_however_a_spreadsheet_shows_it(text: str) -> None:
    assert dt.date(2026, 12, 1) == read_day(text)


@pytest.mark.parametrize("text", ["soon", "13/1/2026", "2026-02-30", "12", "1.5", "2026-12-01 09:30", "", "99999999"])
def test_what_is_no_day_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 2026-12-01"):
        read_day(text)


def test_an_id_gets_back_the_zeros_that_a_spreadsheet_dropped() -> None:
    assert ["0012345", "e0c4a17", "0000000"] == [read_id("12345"), read_id(" E0C4A17"), read_id("0")]


@pytest.mark.parametrize("text", ["1.2E+4568", "12345678", "", "g123456", "-5"])
def test_an_id_that_was_turned_into_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="keep the column Key"):
        read_id(text)


def test_only_an_apostrophe_that_the_export_put_there_is_taken_off() -> None:
    assert ["=1+1", "-5", "'tis", "it's"] == [plain("'=1+1"), plain(" '-5"), plain("'tis"), plain("it's")]
