"""Names for the outside: opaque, the same on every look, and found again in whatever people make of a note."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hhs_sync.plan.references import (
    CLIENTS,
    References,
    batch_date,
    batch_name,
    client_customer,
    find_mark,
    is_reference,
    mark_text,
    payer_customer,
    reference_of,
    without_marks,
)
from tests.builders import day
from tests.plan.entries import SECRET

SAMPLE = References(SECRET).of("charge:session/ehr/1")


def test_a_reference_is_the_keyed_hash_that_the_standard_library_makes() -> None:
    """The first ten bytes give fifteen letters of five bits, the next two another two."""
    bits = hmac.new(SECRET, b"charge:session/ehr/1", hashlib.sha256).digest()
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    letters = ""
    for place in range(0, 10, 2):
        low = int.from_bytes(bits[place : place + 2], "big") % 32768
        letters += alphabet[low // 1024] + alphabet[low // 32 % 32] + alphabet[low % 32]
    low = int.from_bytes(bits[10:12], "big") % 1024
    letters += alphabet[low // 32] + alphabet[low % 32]

    assert f"HHS-{letters}" == SAMPLE == reference_of(SECRET, "charge:session/ehr/1")


def test_a_long_secret_is_mixed_in_as_the_standard_says() -> None:
    secret = b"x" * 100
    bits = hmac.new(secret, b"k", hashlib.sha256).digest()
    last = int.from_bytes(bits[10:12], "big") % 1024
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

    assert alphabet[last // 32] + alphabet[last % 32] == References(secret).of("k")[-2:]


@given(key=st.text(max_size=80))
def test_a_reference_fits_where_it_goes_and_is_easily_read(key: str) -> None:
    reference = References(SECRET).of(key)

    assert re.fullmatch(r"HHS-[2-9A-HJ-NP-Z]{17}", reference)
    assert len(reference) == 21
    assert is_reference(reference)


def test_another_secret_gives_other_references() -> None:
    assert References(SECRET).of("charge:1") != References(b"another secret of ours").of("charge:1")


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        References(b"guessable")


@pytest.mark.parametrize(
    "note",
    [
        mark_text(SAMPLE),
        mark_text(SAMPLE, "Batch 2025-W46"),
        "Voided",
        f"Voided - {mark_text(SAMPLE, 'Batch 2025-W46')}",
        f"see phone call\n{SAMPLE}, thanks",
    ],
)
def test_the_mark_is_found_in_any_note_that_holds_it(note: str) -> None:
    assert (None if note == "Voided" else SAMPLE) == find_mark(note)


@pytest.mark.parametrize("note", [None, "", "HHS-123", f"X{SAMPLE}", f"{SAMPLE}X", SAMPLE.lower()])
def test_what_is_not_a_whole_mark_is_none(note: str | None) -> None:
    assert find_mark(note) is None
    assert not is_reference(note or "")


def test_a_note_without_its_mark_is_what_people_wrote() -> None:
    assert "Batch 2025-W46" == without_marks(mark_text(SAMPLE, "Batch 2025-W46"))
    assert "" == without_marks(SAMPLE)
    assert "no mark" == without_marks("no mark")


def test_customers_are_payers_codes_and_codes_under_payers() -> None:
    assert "Anthem" == payer_customer("Anthem").display
    assert "K7F3Q Anthem" == payer_customer("Anthem", "K7F3Q").display
    assert "K7F3Q" == client_customer("K7F3Q").display
    assert CLIENTS == client_customer("").display


def test_a_payers_name_is_made_fit_for_quickbooks() -> None:
    assert "Blue Cross Maine" == payer_customer("Blue Cross:\tMaine").display


@pytest.mark.parametrize(
    ("when", "batch", "name"),
    [
        ("2025-11-10", "2025-11-16", "Batch 2025-W46"),
        ("2025-11-16", "2025-11-16", "Batch 2025-W46"),
        ("2025-11-17", "2025-11-23", "Batch 2025-W47"),
        ("2025-12-29", "2025-12-31", "Batch 2026-W01"),
        ("2025-12-31", "2025-12-31", "Batch 2026-W01"),
        ("2024-02-26", "2024-02-29", "Batch 2024-W09"),
    ],
)
def test_a_batch_ends_on_sunday_or_with_the_month(when: str, batch: str, name: str) -> None:
    assert day(batch) == batch_date(day(when))
    assert name == batch_name(day(when))


@given(when=st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2090, 1, 1)))
def test_a_batch_never_crosses_a_month_and_comes_within_the_week(when: dt.date) -> None:
    batch = batch_date(when)

    assert dt.timedelta(0) <= batch - when < dt.timedelta(7)
    assert (when.year, when.month) == (batch.year, batch.month)
    assert batch == batch_date(batch)
