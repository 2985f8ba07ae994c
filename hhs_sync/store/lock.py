"""One worker at a time: a lock by name, held across processes and threads, gone when its holder is.

On SQLite it is a lock of the operating system on a small file beside the database; on PostgreSQL an advisory lock,
which lives as long as the connection that took it. Neither outlives a killed process, so nothing expires and nothing is
to be cleaned up. The holder says who it is, for the message to others; once unlocked, what the file says means nothing.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from hhs_sync.errors import PracticeBusyError, StoreError
from hhs_sync.store.database import Database, told_as_store_errors

POLL_SECONDS = 0.1


class Held(Protocol):
    """A lock while it is held."""

    def verify(self) -> None:
        """Raise StoreError if the lock was lost meanwhile (PostgreSQL was restarted): stop before the next call."""


@contextmanager
def hold(database: Database, name: str, *, owner: str, wait_seconds: float = 0) -> Iterator[Held]:
    """Hold the lock of this name during the block. Raises PracticeBusyError, which says who has it, after waiting."""
    taker: FileLock | AdvisoryLock | MemoryLock
    if not database.is_sqlite:
        taker = AdvisoryLock(database, name, owner)
    elif database.file is not None:
        taker = FileLock(database.file, name, owner)
    else:
        taker = MemoryLock(database, name, owner)
    give_up = time.monotonic() + wait_seconds
    try:
        while not taker.take():
            if time.monotonic() >= give_up:
                raise PracticeBusyError(f"{name!r} is being worked on by {taker.holder() or 'another process'}")
            time.sleep(POLL_SECONDS)
        yield taker
    finally:
        taker.release()


class FileLock:
    """The lock of SQLite: `flock` on a file in the folder NAME-OF-DATABASE.locks."""

    def __init__(self, database: Path, name: str, owner: str) -> None:
        """Open the file; nothing is locked yet."""
        self._owner = owner
        folder = database.with_name(database.name + ".locks")
        self._path = folder / (quote(name, safe="") + ".lock")
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"the lock {self._path} can't be opened: {error.strerror}") from error

    def take(self) -> bool:
        """Lock the file, if nobody else has."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, self._owner.encode(), 0)
        return True

    def holder(self) -> str:
        """Who has it, in the holder's own words."""
        return os.pread(self._handle, 200, 0).decode(errors="replace")

    def verify(self) -> None:
        """The operating system takes no lock away."""

    def release(self) -> None:
        """Closing unlocks."""
        os.close(self._handle)


class MemoryLock:
    """The lock of a database in memory, which no other process can see."""

    def __init__(self, database: Database, name: str, owner: str) -> None:
        """Nothing is locked yet."""
        self._taken = database.memory_locks
        self._name = name
        self._mine = [owner]

    def take(self) -> bool:
        """Lock it, if nobody else has."""
        return self._taken.setdefault(self._name, self._mine) is self._mine

    def holder(self) -> str:
        """Who has it."""
        return "".join(self._taken.get(self._name, ()))

    def verify(self) -> None:
        """Nobody takes it away."""

    def release(self) -> None:
        """Unlock it, if it was ours."""
        if self._taken.get(self._name) is self._mine:
            del self._taken[self._name]


class AdvisoryLock:
    """The lock of PostgreSQL, on a connection of its own."""

    def __init__(self, database: Database, name: str, owner: str) -> None:
        """Connect; nothing is locked yet."""
        self._number = int.from_bytes(sha256(b"hhs-sync " + name.encode()).digest()[:8], signed=True)
        self._name = name
        with told_as_store_errors():
            self._connection: Connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            # The name that others see beside the lock.
            setting = text("SELECT set_config('application_name', :owner, false)")
            self._connection.execute(setting, {"owner": owner[:63]})

    def take(self) -> bool:
        """Lock it, if nobody else has."""
        with told_as_store_errors():
            query = text("SELECT pg_try_advisory_lock(:number)")
            return bool(self._connection.execute(query, {"number": self._number}).scalar())

    def holder(self) -> str:
        """Who has it, in the holder's own words."""
        with told_as_store_errors():
            query = text(
                "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory'"
                " AND granted AND objsubid = 1 AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname ="
                " current_database()) AND (classid::bigint << 32) | objid::bigint = :number"
            )
            return self._connection.execute(query, {"number": self._number}).scalar() or ""

    def verify(self) -> None:
        """Raise StoreError when the connection that held the lock is gone."""
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            raise StoreError(
                f"the lock on {self._name!r} was lost: the database was restarted or unreachable"
            ) from None

    def release(self) -> None:
        """Ending the connection unlocks."""
        self._connection.invalidate()
        self._connection.close()
