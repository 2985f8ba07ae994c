"""A QuickBooks Online company over HTTP, for tests, demos and anyone who integrates with QuickBooks.

    with running_simulator(SimulatorSettings(limits=True)) as sim:
        sim.api_base_url    # http://127.0.0.1:PORT/v3, for QuickBooks.api_url_v3
        sim.discovery_url   # for AuthClient(environment=...)
        sim.state           # companies, calls, received, faults, clock

Behind the wire a company keeps real double-entry books: see `company.py` for what it holds, `changes.py` for how a
change goes, `documents/` for what each document posts, `settings.py` for what can be chosen.
"""

from hhs_sync.quickbooks.simulator.clock import DrivenClock
from hhs_sync.quickbooks.simulator.faults import Fault, Seed
from hhs_sync.quickbooks.simulator.server import RunningSimulator, running_simulator
from hhs_sync.quickbooks.simulator.settings import SimulatorSettings
from hhs_sync.quickbooks.simulator.simulator import Simulator

__all__ = ["DrivenClock", "Fault", "RunningSimulator", "Seed", "Simulator", "SimulatorSettings", "running_simulator"]
