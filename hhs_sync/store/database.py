"""The database behind the store: opened by its URL, brought to the newest schema, read and written in transactions.

Reading sees one moment. Writing takes its lock at the start: SQLite's one write lock, or on PostgreSQL the row of the
practice, so that two processes that write for one practice follow each other (which is not the lock of a turn: that one
is in lock.py). A transaction is on disk when its block ends: SQLite in WAL mode with synchronous FULL.
Errors of the database become StoreError, without the statement or its values.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from hhs_sync.errors import StoreError
from hhs_sync.store import schema

BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up. The longest transaction here takes a few seconds."""


class Database:
    """An open database. `file` is SQLite's file, None for PostgreSQL and for SQLite in memory."""

    def __init__(self, url: str) -> None:
        """Connect, and bring the schema up to date. Raises StoreError when that can't be done."""
        place = parse_url(url)
        self.is_sqlite = place.get_backend_name() == "sqlite"
        self.file = Path(place.database) if self.is_sqlite and place.database not in {None, "", ":memory:"} else None
        if self.file is not None:
            make_private(self.file)
        self.memory_locks: dict[str, list[str]] = {}
        self.engine = make_engine(place, in_memory=self.is_sqlite and self.file is None)
        try:
            self._bring_up_to_date()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment of the database, whatever others write meanwhile."""
        with told_as_store_errors(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def write(self, practice: str | None) -> Iterator[Connection]:
        """A connection whose changes stand together, for one practice or for none, once the block has ended."""
        with told_as_store_errors(), self.engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin():
                if practice is None:
                    yield connection
                    return
                connection.execute(
                    text("INSERT INTO practices (practice) VALUES (:practice) ON CONFLICT DO NOTHING"),
                    {"practice": practice},
                )
                if not self.is_sqlite:
                    connection.execute(
                        text("SELECT 1 FROM practices WHERE practice = :practice FOR UPDATE"), {"practice": practice}
                    )
                yield connection

    def _bring_up_to_date(self) -> None:
        with told_as_store_errors(), self.engine.connect() as connection:
            if revision_of(connection) == schema.REVISION:
                return
        # Alembic takes longer to load than everything else here together; almost no run needs it.
        from hhs_sync.store.migrate import upgrade  # noqa: PLC0415

        with told_as_store_errors():
            upgrade(self.engine)


def bump(connection: Connection, practice: str, counter: str) -> None:
    """Note in the practice's row that something of this kind changed (see `turn_key`)."""
    column = schema.practices.c[counter]
    statement = schema.practices.update().where(schema.practices.c.practice == practice)
    connection.execute(statement.values({column: column + 1}))


def turn_key(connection: Connection, practice: str) -> str:
    """A name for all that is known of a practice: as long as it is the same, so are its facts and its mirror."""
    table = schema.practices
    counted = (table.c.documents, table.c.facts, table.c.pushes, table.c.mirror)
    row = connection.execute(select(*counted).where(table.c.practice == practice)).first()
    return ".".join(str(count) for count in (row or (0, 0, 0, 0)))


def turn_keys(connection: Connection) -> dict[str, str]:
    """The turn keys of all practices."""
    rows = connection.execute(select(schema.practices))
    return {practice: ".".join(str(count) for count in counts) for practice, *counts in rows}


def parse_url(url: str) -> URL:
    """The URL with the driver that we use. Raises StoreError when it names no database we know."""
    try:
        place = make_url(url)
    except ArgumentError as error:
        raise StoreError("the database's URL can't be read; write sqlite:///path or postgresql://...") from error
    if place.drivername in {"postgresql", "postgres"}:
        place = place.set(drivername="postgresql+psycopg")
    if place.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise StoreError(f"the database must be SQLite or PostgreSQL, not {place.drivername}")
    return place


def make_private(file: Path) -> None:
    """Make the file readable by its owner alone before SQLite writes to it; its -wal and -shm take the same mode."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Only a file that is not there is opened: to close one drops the locks that SQLite holds on it in this process.
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        if file.stat().st_mode & 0o077:
            file.chmod(0o600)
    except OSError as error:
        raise StoreError(f"the database file {file} can't be opened: {error.strerror}") from error


def make_engine(place: URL, *, in_memory: bool = False) -> Engine:
    """The engine, whose errors never show values: they are health data."""
    options: dict[str, Any] = {"hide_parameters": True}
    if place.get_backend_name() != "sqlite":
        return create_engine(place, pool_pre_ping=True, **options)
    if in_memory:
        options |= {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    engine = create_engine(place, **options)
    event.listen(engine, "connect", prepare_sqlite)
    event.listen(engine, "begin", begin_sqlite)
    return engine


def prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection.
    """Set what SQLite wants to be told on each connection."""
    connection.isolation_level = None  # Transactions begin where we say so, not at the driver's discretion.
    for setting in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",  # Temporary tables hold health data as well.
        "cache_size = -32000",
    ):
        connection.execute(f"PRAGMA {setting}")
    use_wal(connection)


def use_wal(connection: Any) -> None:  # noqa: ANN401 - the driver's own connection.
    """Let readers and a writer go on beside each other; the file remembers it.

    Of two who change a new file's mode at once, SQLite refuses one without waiting for its busy time-out
    (the busy handler is not called for it), so we wait here.
    """
    change = partial(connection.execute, "PRAGMA journal_mode = WAL")
    try:
        change()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        # Loaded only here: almost no run needs it.
        from tenacity import Retrying, retry_if_exception_message, stop_after_delay, wait_random  # noqa: PLC0415

        again = Retrying(
            retry=retry_if_exception_message(str(error)),
            wait=wait_random(0.01, 0.05),
            stop=stop_after_delay(BUSY_SECONDS),
            reraise=True,
        )
        again(change)


def begin_sqlite(connection: Connection) -> None:
    """Begin; a writer takes the lock at once, for to take it later may fail without any way to wait."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def revision_of(connection: Connection) -> str | None:
    """The number of the newest migration that the database has seen; None for an empty one."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


@contextmanager
def told_as_store_errors() -> Iterator[None]:
    """Turn the database's errors into StoreError, naming what happened and no value."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"the database did not do what was asked: {what_happened(error)}") from None
    except SQLAlchemyError as error:
        raise StoreError(f"the database did not do what was asked: {type(error).__name__}") from error


def what_happened(error: DBAPIError) -> str:
    """The database's own word for an error. Of a broken rule only its name, for the rest may quote a value."""
    original = error.orig
    diagnostic = getattr(original, "diag", None)
    if diagnostic is not None and diagnostic.sqlstate is not None:
        rule = diagnostic.constraint_name or diagnostic.table_name or ""
        return f"{type(original).__name__} {diagnostic.sqlstate} {rule}".strip()
    # SQLite names tables and columns, never values; of PostgreSQL this is what kept us from connecting.
    return str(original).partition("\n")[0]
