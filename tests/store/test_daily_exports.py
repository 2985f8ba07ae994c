"""A short run of what bench/store.py measures over a year: daily full exports that repeat nearly everything."""

import pytest
from sqlalchemy import func, select

from bench.store import CHANGED_A_DAY, NEW_A_DAY, daily_exports, middle, take_exports
from hhs_sync.facts.current import current_facts, gather
from hhs_sync.store import schema

PRACTICE, DAYS, SESSIONS = "casco", 14, 2_000


@pytest.fixture(scope="module")
def expected():
    return current_facts(gather(daily_exports(DAYS, SESSIONS)))


def test_each_distinct_version_of_daily_full_exports_is_held_once(store, expected) -> None:
    measured = list(take_exports(store, PRACTICE, DAYS, SESSIONS))

    with store._database.read() as connection:
        held = connection.execute(select(func.count()).select_from(schema.facts)).scalar_one()

    assert SESSIONS + (DAYS - 1) * (NEW_A_DAY + CHANGED_A_DAY) == held
    assert {NEW_A_DAY + CHANGED_A_DAY} == {day.versions_new for day in measured[1:]}
    assert expected == store.readings.load_facts(PRACTICE)
    # Within these days the export grows by more than half, so this bounds what a day costs beside its rows.
    assert middle(measured[-5:], "worked_seconds") < 5 * middle(measured[1:6], "worked_seconds")
