"""Serves the pages: in the foreground as a service, or in a thread beside tests."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import uvicorn

from hhs_sync.errors import ConfigError
from hhs_sync.web.app import create_app

if TYPE_CHECKING:
    from hhs_sync.office import Office

START_SECONDS_MAX = 20
STOP_SECONDS_MAX = 10
"""How long requests under way may take when the server is told to stop."""


def serve(office: Office, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT, and end the requests under way. `ready` is told the address.

    Raises ConfigError when the port can't be had.
    """
    with listen(host, port) as listener, signals_are_heard():
        ready(address_of(listener))
        uvicorn.Server(configuration(office)).run(sockets=[listener])


@contextlib.contextmanager
def signals_are_heard() -> Iterator[None]:
    """The server ends on a signal and then sends it to itself again: within the block that second one does nothing."""
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


@contextlib.contextmanager
def running_server(office: Office, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """The pages at an address, as long as the block lasts; port 0 takes a free one."""
    listener = listen(host, port)
    server = uvicorn.Server(configuration(office))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web", daemon=True)
    thread.start()
    try:
        give_up = time.monotonic() + START_SECONDS_MAX
        while not server.started:
            if not thread.is_alive() or time.monotonic() > give_up:
                raise RuntimeError("the web page did not start")
            time.sleep(0.005)
        yield address_of(listener)
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS_MAX)
        listener.close()


def configuration(office: Office) -> uvicorn.Config:
    """How uvicorn serves them. Only behind TLS is a proxy believed, and only one of those that the config names."""
    web = office.config.web
    return uvicorn.Config(
        create_app(office),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,  # Addresses hold keys of findings; who saw what stands in the activity.
        server_header=False,
        proxy_headers=web.behind_tls,
        forwarded_allow_ips=list(web.proxies),
        timeout_graceful_shutdown=STOP_SECONDS_MAX,
        h11_max_incomplete_event_size=64 * 1024,
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket at the address. Raises ConfigError when it can't be had."""
    with contextlib.ExitStack() as undo:
        try:
            family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            listener = undo.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            listener.listen(128)
        except OSError as error:
            raise ConfigError(
                (f"{host} port {port} can't be had: {error.strerror}. Name another with --port, or stop what is there",)
            ) from None
        undo.pop_all()
    return listener


def address_of(listener: socket.socket) -> str:
    """What one types into a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
