"""What all tests share: a real PostgreSQL, the published samples, and no way out to the network."""

import ipaddress
import os
import socket
import sys
from pathlib import Path

import hypothesis
import pytest

from tests.postgres import postgres_server, postgres_url
from tests.stage import demo_folder

__all__ = ["demo_folder", "postgres_server", "postgres_url", "samples"]

# The same examples for everyone, however slow the machine; HYPOTHESIS_PROFILE=search looks for new ones.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", deadline=None, max_examples=1000)
# `make properties`: ten thousand random practices; what fails is kept in .hypothesis and tried first the next time.
hypothesis.settings.register_profile("properties", deadline=None, max_examples=10_000, stateful_step_count=30)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Fail the test that reaches for another machine, be it by name or by address.

    An audit hook sees every socket of this process, whichever library opens it. The failure is not an `Exception`, so
    that code which takes a broken connection in its stride can't hide it.
    """
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if not is_this_machine(host):
        pytest.fail("a test reached for the network; only this machine's loopback and Unix sockets are open to tests")


def is_this_machine(host: object) -> bool:
    text = host.decode() if isinstance(host, bytes) else host
    if text is None or text == "localhost" or text == socket.gethostname():
        return True
    try:
        return ipaddress.ip_address(str(text)).is_loopback or ipaddress.ip_address(str(text)).is_unspecified
    except ValueError:
        return False


sys.addaudithook(refuse_network)


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of published samples, which are never part of the checkout and may lie beside it."""
    folder = Path(__file__).parents[2] / "shared" / "samples"
    if not folder.is_dir():
        pytest.skip("the published samples are not here (../shared/samples)")
    return folder
