"""The store on both databases: SQLite in a file, and a real PostgreSQL with the schema in it."""

import pytest

from hhs_sync.store import Store

DATABASES = ("sqlite", "postgres")


@pytest.fixture(scope="session")
def postgres_template(postgres_server):
    """A database with the schema and nothing else, from which each test's own is copied in some 20 ms."""
    url = postgres_server.create()
    Store.open(url).close()
    return url


@pytest.fixture(params=DATABASES)
def url(request, tmp_path):
    """Where a test's own database is."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hhs.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    copied = server.create(request.getfixturevalue("postgres_template"))
    yield copied
    server.drop(copied)


@pytest.fixture
def store(url):
    """An open store; the random bytes it draws count up from 1."""
    with Store.open(url, draw=counting()) as opened:
        yield opened


def counting():
    drawn = iter(range(1, 1000))
    return lambda size: next(drawn).to_bytes(size, "big")
