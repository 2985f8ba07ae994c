"""Runs the simulator: in the background on a free port for a test or a demo, or in the foreground for a person."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import uvicorn

from hhs_sync.quickbooks.simulator.app import BreakableProtocol, application
from hhs_sync.quickbooks.simulator.clock import Clock
from hhs_sync.quickbooks.simulator.faults import Seed
from hhs_sync.quickbooks.simulator.settings import SimulatorSettings
from hhs_sync.quickbooks.simulator.simulator import Simulator

START_SECONDS_MAX = 20
STOP_SECONDS_MAX = 10
LOOPBACK = "127.0.0.1"


class RunningSimulator:
    """A simulator that answers at an address."""

    def __init__(self, state: Simulator, base_url: str) -> None:
        self.state = state
        self.base_url = base_url

    @property
    def api_base_url(self) -> str:
        """What python-quickbooks calls api_url_v3: everything before /company."""
        return f"{self.base_url}/v3"

    @property
    def discovery_url(self) -> str:
        """What intuit-oauth takes as its environment."""
        return f"{self.base_url}/.well-known/openid_configuration"

    @property
    def realm(self) -> str:
        """The first company's realm id."""
        return self.state.settings.realms[0]


@contextlib.contextmanager
def running_simulator(
    settings: SimulatorSettings | None = None, *, clock: Clock | None = None, port: int = 0
) -> Iterator[RunningSimulator]:
    """Start a simulator on a free port in a background thread; stop it when the block ends."""
    simulator = Simulator(settings, clock)
    listener = listen(port)
    server = uvicorn.Server(configuration(simulator))
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="quickbooks-simulator", daemon=True
    )
    thread.start()
    try:
        deadline = time.monotonic() + START_SECONDS_MAX
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("The simulator did not start.")
            time.sleep(0.005)
        yield RunningSimulator(simulator, f"http://127.0.0.1:{listener.getsockname()[1]}")
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(STOP_SECONDS_MAX)
        listener.close()
        simulator.close()


def configuration(simulator: Simulator) -> uvicorn.Config:
    """How uvicorn serves it: quietly, and with connections that a mishap can break."""
    return uvicorn.Config(
        application(simulator),
        http=BreakableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_keep_alive=60,
    )


def listen(port: int, host: str = LOOPBACK) -> socket.socket:
    """A socket on the loopback address unless told otherwise; port 0 takes a free one.

    It says TCP by name, or asyncio would leave small answers waiting 40 ms for an acknowledgement.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def serve(
    settings: SimulatorSettings,
    *,
    port: int,
    host: str = LOOPBACK,
    chance: Seed | None = None,
    announce: Callable[[str], None],
) -> None:
    """Run a simulator in the foreground until it is interrupted; `announce` is told its address.

    Raises OSError when nothing can listen there.
    """
    listener = listen(port, host)
    simulator = Simulator(settings)
    if chance is not None:
        simulator.faults.seed(chance)
    with contextlib.suppress(KeyboardInterrupt):
        announce(f"http://{host}:{listener.getsockname()[1]}")
        uvicorn.Server(configuration(simulator)).run(sockets=[listener])
    simulator.close()
