"""A real PostgreSQL for tests: one server per run, one fresh database per test, gone afterwards.

The server is started from the machine's own programs, in a folder directly under /tmp (a socket's path is short, and
the server's user must be able to enter it), reachable through its Unix socket only. Root can't run it, so root lends it
to `postgres` or `nobody`. A database that others start from (one with the schema in it, say) is made once:

    template = postgres_server.create()          # ... migrate it, close all connections to it ...
    url = postgres_server.create(template)       # some 20 ms
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

PROGRAMS = "/usr/lib/postgresql/*/bin"
START_SECONDS_MAX = 30


class PostgresServer:
    """A running server; `create` gives the URL of a new database on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)

    def url(self, database: str) -> str:
        """As SQLAlchemy and the program's config write it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create(self, template: str = "template1") -> str:
        """Make a database like the template, a database's name or URL, to which nobody may be connected."""
        database = f"test_{next(self._numbers)}"
        self._execute(f'CREATE DATABASE "{database}" TEMPLATE "{name_of(template)}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database by its name or URL, and end whatever connections a test has left open."""
        self._execute(f'DROP DATABASE "{name_of(database)}" WITH (FORCE)')

    def is_ready(self) -> bool:
        try:
            self._execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _execute(self, statement: str) -> None:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


def name_of(database: str) -> str:
    return database.partition("?")[0].rpartition("/")[2]


def find_programs() -> Path:
    """The folder of the newest server programs here. Without them tests fail: what is skipped is not tested."""
    found = sorted(
        (folder for folder in Path("/").glob(PROGRAMS.lstrip("/")) if (folder / "initdb").exists()),
        key=lambda folder: float(folder.parent.name),
    )
    if not found:
        pytest.fail(
            f"PostgreSQL's server programs are missing (looked in {PROGRAMS}). On Debian and Ubuntu, as root: "
            "apt-get install postgresql",
            pytrace=False,
        )
    return found[-1]


def run_as() -> dict[str, object]:
    """What `subprocess` needs to run a program as somebody the server accepts."""
    if os.geteuid() != 0:
        return {}
    user = next(entry for name in ("postgres", "nobody") for entry in pwd.getpwall() if entry.pw_name == name)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    programs = find_programs()
    identity = run_as()
    folder = Path(tempfile.mkdtemp(prefix="hhs-pg-", dir="/tmp"))
    if identity:
        shutil.chown(folder, identity["user"], identity["group"])
    data = folder / "data"
    log = folder / "log"
    server = None
    try:
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            cwd=folder, check=True, capture_output=True, **identity,
        )  # fmt: skip
        with log.open("wb") as output:
            server = subprocess.Popen(
                [
                    programs / "postgres", "-D", data, "-k", folder,
                    "-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off",
                    "-c", "synchronous_commit=off", "-c", "shared_buffers=32MB",
                ],
                cwd=folder, stdout=output, stderr=output, **identity,
            )  # fmt: skip
        running = PostgresServer(folder)
        give_up = time.monotonic() + START_SECONDS_MAX
        while not running.is_ready():
            if server.poll() is not None or time.monotonic() > give_up:
                pytest.fail(f"PostgreSQL did not start:\n{log.read_text()}", pytrace=False)
            time.sleep(0.02)
        yield running
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)  # At once, and without a checkpoint: nothing is kept.
            server.wait(START_SECONDS_MAX)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database that is this test's alone."""
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)
