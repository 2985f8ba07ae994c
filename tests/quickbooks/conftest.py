"""A practice at its desk: `office`, and `offices` for companies with settings of a test's choosing."""

from datetime import datetime

import pytest

from hhs_sync.quickbooks.simulator import DrivenClock, SimulatorSettings, running_simulator
from hhs_sync.store import Store
from tests.quickbooks.office import Office

START = datetime.fromisoformat("2026-11-21T09:00:00-08:00")


@pytest.fixture
def offices(tmp_path):
    """Make offices, each with its own company and store; all end with the test."""
    open_contexts = []

    def make(*, rules=None, limits=(), timeout=(2.0, 2.0), url=None, **settings):
        chosen = {"hang_seconds": 3.0} | settings
        running = running_simulator(SimulatorSettings(**chosen), clock=DrivenClock(START))
        sim = running.__enter__()
        store = Store.open(url or f"sqlite:///{tmp_path}/store{len(open_contexts)}.db")
        open_contexts.extend([running, store])
        return Office(sim, store, rules=rules, limits=limits, timeout=timeout)

    yield make
    for context in reversed(open_contexts):
        context.__exit__(None, None, None)


@pytest.fixture
def office(offices):
    """A company that is set up, and nothing posted yet."""
    return offices().set_up()
