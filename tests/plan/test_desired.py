"""Wishes: their digest names what they say, and nothing else."""

from __future__ import annotations

import msgspec
import pytest

from hhs_sync.plan.accrual import render_accrual
from hhs_sync.plan.desired import WAVES, CustomerName, DesiredEntry, DesiredLine, DesiredLink, QuickBooksKind
from hhs_sync.plan.references import References
from tests.builders import day
from tests.plan.entries import SECRET, A, rules
from tests.plan.worked_example import books

WISH = DesiredEntry(
    key="k",
    kind=QuickBooksKind.PAYMENT,
    reference="HHS-22222222222222222",
    date=day("2025-11-03"),
    customer=CustomerName("Anthem", "K1"),
    amount=8500,
    lines=(DesiredLine(account=A.BANK, amount=1),),
    links=(DesiredLink(entry="i", amount=8500),),
    deposit_to=A.PAYER_CLEARING,
    paid_from=A.BANK,
    payee="x",
    memo="y",
)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": QuickBooksKind.DEPOSIT},
        {"reference": "HHS-33333333333333333"},
        {"date": day("2025-11-04")},
        {"customer": CustomerName("Anthem", "K2")},
        {"amount": 8501},
        {"lines": ()},
        {"lines": (DesiredLine(account=A.BANK, amount=1, clinician="mk"),)},
        {"links": (DesiredLink(entry="i", amount=8499),)},
        {"deposit_to": A.CARD_STRIPE},
        {"paid_from": None},
        {"payee": ""},
        {"memo": "z"},
    ],
)
def test_another_content_has_another_digest(change: dict[str, object]) -> None:
    assert WISH.digest() != msgspec.structs.replace(WISH, **change).digest()


@pytest.mark.parametrize("change", [{"renders": ("e",)}, {"needs": ("n",)}, {"effects": ((A.BANK, 1),)}])
def test_where_a_wish_comes_from_is_not_its_content(change: dict[str, object]) -> None:
    assert WISH.digest() == msgspec.structs.replace(WISH, **change).digest()


def test_the_same_books_give_the_same_digests() -> None:
    first, second = (render_accrual(books(), rules(), References(SECRET)) for _ in range(2))

    assert [one.digest() for one in first.entries] == [one.digest() for one in second.entries]


def test_wishes_come_in_waves() -> None:
    made = render_accrual(books(), rules(), References(SECRET)).entries
    waves = [WAVES[one.kind] for one in made]

    assert sorted(waves) == waves
    assert set(QuickBooksKind) == set(WAVES)


def test_a_name_is_shown_as_quickbooks_wants_it() -> None:
    assert "K7F3Q Anthem" == CustomerName("Anthem", "K7F3Q").display
