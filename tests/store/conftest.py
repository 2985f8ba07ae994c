"""The store on both databases: SQLite in a file, and a real PostgreSQL with the schema in it."""

import pytest
from sqlalchemy import text

from hhs_sync.store import Store, schema
from hhs_sync.store.database import Database

DATABASES = ("sqlite", "postgres")


@pytest.fixture(scope="session")
def lasting_postgres_url(postgres_server):
    """One database with the schema in it: to empty it takes a tenth of the time that a new one takes."""
    url = postgres_server.create()
    Store.open(url).close()
    return url


@pytest.fixture(params=DATABASES)
def url(request, tmp_path):
    """Where a database is that holds nothing yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hhs.db'}"
    lasting = request.getfixturevalue("lasting_postgres_url")
    empty(lasting)
    return lasting


@pytest.fixture(params=DATABASES)
def own_url(request, tmp_path):
    """Where a database is that a test may spoil; without a schema."""
    return f"sqlite:///{tmp_path / 'own.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def store(url):
    """An open store; the random bytes it draws count up from 1."""
    with Store.open(url, draw=counting()) as opened:
        yield opened


def counting():
    drawn = iter(range(1, 1000))
    return lambda size: next(drawn).to_bytes(size, "big")


def empty(url) -> None:
    """Remove every row, those of the activity too, which nobody else could."""
    database = Database(url)
    with database.engine.connect() as connection, connection.begin():
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in reversed(schema.metadata.sorted_tables):
            connection.execute(table.delete())
    database.close()
