"""A running simulator, python-quickbooks and intuit-oauth pointed at it, and a plain caller for the edges."""

from datetime import datetime

import pytest
from intuitlib.client import AuthClient
from quickbooks import QuickBooks

from hhs_sync.quickbooks.simulator import DrivenClock, SimulatorSettings, running_simulator
from tests.quickbooks.simulator.caller import Caller

START = datetime.fromisoformat("2026-11-21T09:00:00-08:00")


@pytest.fixture
def clock():
    return DrivenClock(START)


@pytest.fixture
def simulate(clock):
    """Start simulators with settings of the test's choosing; all end with the test."""
    running = []

    def start(**chosen):
        context = running_simulator(SimulatorSettings(**chosen), clock=clock)
        sim = context.__enter__()
        running.append((context, sim))
        return Caller(sim)

    yield start
    for context, _ in running:
        context.__exit__(None, None, None)
    assert [failure for _, sim in running for failure in sim.state.failures] == []


@pytest.fixture
def caller(simulate):
    return simulate()


@pytest.fixture
def sim(caller):
    return caller.sim


@pytest.fixture
def connect(monkeypatch):
    """python-quickbooks, connected to a simulator as its README says."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")

    def make(sim, **more):
        keys = sim.state.settings
        auth = AuthClient(keys.client_id, keys.client_secret, "http://localhost:8000/callback", sim.discovery_url)
        client = QuickBooks(
            auth_client=auth,
            refresh_token=keys.refresh_token,
            company_id=sim.realm,
            minorversion=75,
            **more,
        )
        client.api_url_v3 = sim.api_base_url
        return client

    return make


@pytest.fixture
def quickbooks(sim, connect):
    return connect(sim)


@pytest.fixture
def seeded(simulate):
    """A caller of the company that is like Intuit's sandbox one."""
    return simulate(seed_company=True)


@pytest.fixture
def qb(seeded, connect):
    """The library, connected to that company."""
    return connect(seeded.sim)
