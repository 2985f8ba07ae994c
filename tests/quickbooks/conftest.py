"""A practice at its desk: `office`, and `offices` for companies with settings of a test's choosing.

Setting a company up takes some twenty calls, so it is done once; every test gets its own copy of what came of it. The
server that answers is started once too, and given a new simulator to serve.
"""

import copy
import shutil
from datetime import datetime

import pytest

from hhs_sync.quickbooks.simulator import DrivenClock, SimulatorSettings, running_simulator
from hhs_sync.quickbooks.simulator.simulator import Simulator
from hhs_sync.store import Store
from tests.quickbooks.office import Office

START = datetime.fromisoformat("2026-11-21T09:00:00-08:00")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A company that was set up, and the database beside it."""
    file = tmp_path_factory.mktemp("prepared") / "store.db"
    with running_simulator(clock=DrivenClock(START)) as sim, Store.open(f"sqlite:///{file}") as store:
        Office(sim, store).set_up()
        return sim.state.companies[sim.realm], file


@pytest.fixture(scope="session")
def server():
    """A simulator's server, to be given other simulators to serve."""
    with running_simulator(clock=DrivenClock(START)) as sim:
        yield sim


@pytest.fixture
def offices(tmp_path, prepared, server):
    """Make an office with its own company and store, over the one server: a test has one at a time."""
    stores = []

    def make(*, rules=None, paced=(), timeout=(2.0, 2.0), new=False, url=None, **settings):
        chosen = SimulatorSettings(**({"hang_seconds": 3.0} | settings))
        with server.state.lock:
            vars(server.state).update(vars(Simulator(chosen, DrivenClock(START))))
        file = tmp_path / f"store{len(stores)}.db"
        if not new:
            company, database = prepared
            shutil.copy(database, file)
            server.state.companies[server.realm] = copy.deepcopy(company)
            server.state.companies[server.realm].settings = chosen
        stores.append(Store.open(url or f"sqlite:///{file}"))
        return Office(server, stores[-1], rules=rules, limits=paced, timeout=timeout)

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def office(offices):
    """A company that is set up, and nothing posted yet."""
    return offices()
