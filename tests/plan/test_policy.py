"""The practice's policy chooses what QuickBooks is told."""

from __future__ import annotations

import pytest

from hhs_sync.mapping.rules import Policy, Shape
from hhs_sync.plan import desired_entries
from tests.plan.entries import SECRET, rules
from tests.plan.worked_example import books


@pytest.mark.parametrize(
    ("policy", "shape", "count"),
    [
        (Policy.ACCRUAL, Shape.CODED, 104),
        (Policy.ACCRUAL, Shape.PAYER_BATCH, 94),
        (Policy.CASH, Shape.CODED, 16),
        (Policy.CASH, Shape.PAYER_BATCH, 16),
    ],
)
def test_the_policy_decides_how_much_is_told(policy: Policy, shape: Shape, count: int) -> None:
    assert count == len(desired_entries(books(), rules(shape, policy), SECRET).entries)


def test_another_secret_gives_every_entry_another_mark() -> None:
    made = desired_entries(books(), rules(), SECRET).entries
    other = desired_entries(books(), rules(), b"another secret of the practice").entries

    assert {one.reference for one in made}.isdisjoint(one.reference for one in other)
    assert [one.key for one in made] == [one.key for one in other]


def test_a_secret_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        desired_entries(books(), rules(), b"guess")
