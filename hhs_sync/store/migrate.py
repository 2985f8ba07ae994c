"""Bring a database to the newest schema, from nothing or from an older one.

All of it happens in one transaction under a lock, so that of two processes that start at once the second finds the work
done, and a migration that fails leaves the database as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from hhs_sync.errors import StoreError
from hhs_sync.store.database import revision_of

# Any number will do, as long as every version of this program takes the same.
LOCK = 0x68687379


def upgrade(engine: Engine) -> None:
    """Run every migration that the database has not seen. Raises StoreError for a database of a newer program."""
    with engine.connect() as connection, without_references(connection):
        connection.execution_options(writes=True)
        with connection.begin():
            if engine.dialect.name != "sqlite":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            run_migrations(connection)
            check_references(connection)


@contextmanager
def without_references(connection: Connection) -> Iterator[None]:
    """Let SQLite watch no references meanwhile: batch mode makes tables anew, which would delete what refers to them.

    The setting can't change within a transaction, and SQLAlchemy begins one with the first statement: hence the driver.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def run_migrations(connection: Connection) -> None:
    """Run what is missing, or refuse a database that this program does not know."""
    config = configure(connection)
    found = revision_of(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"the database is of a newer version of this program (its schema is {found}): install that one"
        )
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(f"the database could not be brought up to date: {error}") from error


def check_references(connection: Connection) -> None:
    """Refuse a migration after which a row would refer to nothing."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        assert not broken, f"the migration left {len(broken)} rows that refer to nothing"


def configure(connection: Connection) -> Config:
    """What Alembic needs, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
