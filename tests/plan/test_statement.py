"""Accrual against cash by month: the worked example, whose figures were worked out by hand."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from hhs_sync.mapping.rules import Policy, Shape
from hhs_sync.plan.statement import statement
from tests.plan.entries import HandBooks, rules
from tests.plan.worked_example import books


@pytest.mark.parametrize("policy", Policy)
def test_the_example_by_month_whatever_quickbooks_is_told(policy: Policy) -> None:
    """November's net income is 660.00 less October's 150.00 (K8); 465.00 is its receivable net of the allowance."""
    october, november, december = statement(books(), rules(Shape.CODED, policy))

    assert ("2025-10", 15000, 0) == (october.month, october.accrual, october.cash)
    assert 66000 == october.accrual + november.accrual
    assert 17000 == november.cash
    assert (112585, 100585) == tuple(
        sum(getattr(one, name) for one in (october, november, december)) for name in ("accrual", "cash")
    )
    assert [0, 0, 0] == [one.off for one in (october, november, december)]


def test_the_bridge_of_the_example_is_its_closing_receivable() -> None:
    sums: dict[str, int] = {}
    for month in statement(books(), rules()):
        for step in month.steps:
            sums[step.number] = sums.get(step.number, 0) + step.amount

    assert {"1100": 12000} == {number: amount for number, amount in sums.items() if amount}


def test_november_says_what_it_is_made_of() -> None:
    november = next(one for one in statement(books("11"), rules()) if one.month == "2025-11")
    told = {one.number: (one.accrual, one.cash) for one in november.lines}
    steps: Counter[str] = Counter()
    for one in november.steps:
        steps[one.number] += one.amount

    assert {"4010": (75000, 17000), "4910": (-24000, 0)} == told
    assert {"1100": 43500, "1150": -12000, "1210": 2500} == steps


def test_what_is_held_is_in_no_month() -> None:
    kept = books("1")
    held = tuple(msgspec.structs.replace(one, held=True) for one in kept.entries)

    assert () == statement(HandBooks(entries=held), rules())
