"""What stands in an element becomes cents, dates and codes exactly, or is refused."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hhs_sync.facts.remittance import Adjustment
from hhs_sync.x12.values import (
    ValueUnreadableError,
    adjustments,
    cents,
    content_digest,
    day,
    days,
    procedure,
    readable_key,
    remarks,
    units,
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("100", 10000),
        ("100.", 10000),
        ("100.5", 10050),
        ("100.05", 10005),
        (".5", 50),
        (".05", 5),
        ("-.5", -50),
        ("-.06", -6),
        ("-42.58", -4258),
        ("+7", 700),
        ("0", 0),
        ("", 0),
        ("  ", 0),
        (" 12.3 ", 1230),
        ("000000000000123.45", 12345),
        ("12.3400", 1234),
        ("1234567890123456.78", 123456789012345678),
        ("-9999999999999999.99", -999999999999999999),
    ],
)
def test_an_amount_becomes_cents(text: str, amount: int) -> None:
    assert amount == cents(text)


@pytest.mark.parametrize(
    "text",
    [".", "-", "1.234", "1,000", "$5", "5-", "--5", "1.2.3", "1e3", "NaN", "0x10", "١٢", "12345678901234567", "A"],
)
def test_what_is_no_amount_of_cents_is_refused(text: str) -> None:
    with pytest.raises(ValueUnreadableError):
        cents(text)


@given(st.integers(-(10**18) + 1, 10**18 - 1))
def test_every_amount_of_18_digits_reads_back(amount: int) -> None:
    whole, part = divmod(abs(amount), 100)

    assert amount == cents(f"{'-' if amount < 0 else ''}{whole}.{part:02}")


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        amount = cents(text)
    except ValueUnreadableError:
        return

    assert -(10**18) < amount < 10**18


def test_a_refusal_does_not_repeat_what_was_refused() -> None:
    with pytest.raises(ValueUnreadableError) as refused:
        cents("ALDER, ADA")

    assert "ALDER" not in repr(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20260102", dt.date(2026, 1, 2)),
        ("202601021530", dt.date(2026, 1, 2)),
        ("20260102153000", dt.date(2026, 1, 2)),
        ("", None),
        (" ", None),
    ],
)
def test_a_date_is_read(text: str, expected: dt.date | None) -> None:
    assert expected == day(text)


@pytest.mark.parametrize("text", ["20261301", "260102", "2026-01-02", "2026010", "ABCDEFGH", "20260230", "٢٠٢٦٠١٠٢"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueUnreadableError):
        day(text)


def test_a_range_of_dates_has_two_ends_and_a_day_has_one() -> None:
    assert (dt.date(2026, 1, 2), dt.date(2026, 1, 5)) == days("20260102-20260105")
    assert (dt.date(2026, 1, 2), None) == days("20260102")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HC:90837", ("90837", ())),
        ("HC:90837:95:HE:U1:U2", ("90837", ("95", "HE", "U1", "U2"))),
        ("HC:90837::HE", ("90837", ("HE",))),
        ("HC:90837:95::::DESCRIPTION", ("90837", ("95",))),
        ("90837", ("90837", ())),
        ("HC:", ("", ())),
        ("", ("", ())),
    ],
)
def test_a_procedure_is_code_and_modifiers(text: str, expected: tuple[str, tuple[str, ...]]) -> None:
    assert expected == procedure(text, ":")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", "1"), ("1.00", "1"), ("1.50", "1.5"), ("0", "0"), ("-4", "-4"), ("100", "100"), (".5", ".5"), ("X", "X")],
)
def test_units_lose_surplus_zeros_only(text: str, expected: str) -> None:
    assert expected == units(text)


def test_all_triplets_of_an_adjustment_are_read() -> None:
    text = "CO*45*1**253*2.5*3*94*-.06"

    assert (
        Adjustment("CO", "45", 100),
        Adjustment("CO", "253", 250, "3"),
        Adjustment("CO", "94", -6),
    ) == adjustments(text, "*")


def test_trailing_and_missing_elements_of_an_adjustment_do_no_harm() -> None:
    assert (Adjustment("PR", "1", 500),) == adjustments("PR*1*5*****", "*")
    assert (Adjustment("PR", "1", 0),) == adjustments("PR*1", "*")
    assert () == adjustments("PR", "*")
    assert () == adjustments("", "*")


def test_remarks_are_taken_from_their_places() -> None:
    assert ("MA01", "N520") == remarks("***MA01**N520"[1:], "*", (2, 7))
    assert ("A", "B") == remarks("****A***************B", "*", (4, 5), (19, 23))


def test_a_digest_does_not_depend_on_delimiters_and_does_depend_on_structure() -> None:
    usual = content_digest(["BPR*I*1", "SVC*HC:1"], "*", ":")

    assert usual == content_digest(["BPR|I|1", "SVC|HC>1"], "|", ">")
    assert usual != content_digest(["BPR*I*1*", "SVC*HC:1"], "*", ":")
    assert usual != content_digest(["BPR*I", "1", "SVC*HC:1"], "*", ":")


def test_a_key_holds_no_sign_that_could_part_it() -> None:
    assert "A_B.1-2" == readable_key("A/ #B.1-2")
    assert 60 == len(readable_key("9" * 100))
