"""Thresholds as people write them."""

import pytest

from hhs_sync.mapping.rules import Thresholds
from hhs_sync.mapping.thresholds import ALL, COLLECTIONS, LISTS, MONEY, PERCENT, read_thresholds


def test_every_kind_of_threshold_is_read_into_its_unit() -> None:
    limits, mistakes = read_thresholds(
        {
            "reminder_days": 20,
            "approval_limit": "1,250.00",
            "underpaid_percent": 3,
            "filing_warning_days": [7, 60],
        }
    )

    assert [] == mistakes
    assert {
        "reminder_days": 20,
        "approval_limit": 125000,
        "underpaid_percent": 3,
        "filing_warning_days": (60, 7),
    } == limits
    assert 125000 == Thresholds(**limits).approval_limit


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("approval_limit", 50, 'must be an amount in quotation marks: "1.00"'),
        ("approval_limit", 50.0, 'must be an amount in quotation marks: "1.00"'),
        ("approval_limit", "-1.00", 'must be an amount in quotation marks: "1.00"'),
        ("reminder_days", -1, "must be a whole number, zero or more"),
        ("reminder_days", True, "must be a whole number, zero or more"),
        ("reminder_days", "30", "must be a whole number, zero or more"),
        ("underpaid_percent", 101, "must be a share in percent, 0 to 100"),
        ("filing_warning_days", [60, "30"], "must be a list of days: [60, 30]"),
        ("filing_warning_days", 60, "must be a list of days: [60, 30]"),
        ("remainder_days", 30, "is no threshold here; there are: " + ", ".join(ALL)),
    ],
)
def test_a_value_of_another_kind_is_told(key: str, value: object, problem: str) -> None:
    assert ({}, [(key, problem)]) == read_thresholds({key: value})


def test_money_thresholds_are_exactly_those_that_the_rules_call_money() -> None:
    # The annotation is a text there: "Money" for amounts, "int" for days and shares.
    money = {name for name, kind in Thresholds.__annotations__.items() if kind == "Money"}

    assert money == MONEY
    assert MONEY | PERCENT | LISTS | set(COLLECTIONS) <= set(ALL)
