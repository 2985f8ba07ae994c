"""The values of a plan: limits follow the practice's thresholds."""

from __future__ import annotations

from hhs_sync.mapping.rules import Thresholds
from hhs_sync.plan.changes import Decisions, Limits
from tests.builders import day, make_rules


def test_limits_are_the_practices_own_as_of_a_day() -> None:
    practice = make_rules(thresholds=Thresholds(plan_changes_percent=7, plan_age_days=30), first_plan_waits=True)
    limits = Limits.of(practice, day("2025-12-31"), books_closed_through=day("2025-11-30"))

    assert 7 == limits.changes_percent
    assert day("2025-12-01") == limits.oldest
    assert day("2025-11-30") == limits.books_closed_through
    assert limits.first_plan_waits


def test_nobody_has_decided_anything_to_begin_with() -> None:
    assert Decisions() == Decisions(adopted=frozenset(), restored=frozenset(), approved=frozenset())
