"""A backfill under Intuit's limits, on a clock that moves only while somebody waits."""

import math

import pytest

from hhs_sync import logs
from hhs_sync.quickbooks.pace import INTUIT_LIMITS
from hhs_sync.quickbooks.simulator import DrivenClock, SimulatorSettings, running_simulator
from hhs_sync.store import Store
from tests.quickbooks.conftest import START
from tests.quickbooks.office import Office, claim, create

BATCHES_A_MINUTE = 40
ENTRIES = 10_000


@pytest.fixture
def limited(tmp_path):
    settings = SimulatorSettings(limits=True, record_received=False)
    with (
        running_simulator(settings, clock=DrivenClock(START)) as sim,
        Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store,
    ):
        yield Office(sim, store, limits=INTUIT_LIMITS, timeout=(10.0, 60.0)).set_up()


def test_ten_thousand_entries_go_out_at_95_percent_of_the_allowed_rate_and_are_never_throttled(limited):
    logs.configure("error")
    changes = [create(wish) for number in range(ENTRIES // 4) for wish in claim(number)]
    limited.sleep(61)
    started, batches_before = limited.now(), limited.sim.state.calls.by_label["batch"]

    report = limited.push(*changes)

    minutes = (limited.now() - started).total_seconds() / 60
    batches = limited.sim.state.calls.by_label["batch"] - batches_before
    # The first forty may go at once, and each forty after them a minute later: nobody can be faster.
    least = math.ceil(batches / BATCHES_A_MINUTE) - 1
    assert report.created >= ENTRIES
    assert "" == report.stopped
    assert 0 == limited.sim.state.calls.throttled
    assert minutes <= least / 0.95
