"""Who did what and who saw what, and when: the program and people alike.

Rows are only ever added: the database itself refuses changes. Who gets round that by hand is found out, for each row
holds the hash of its content and of the hash before it, so a row that was changed, taken out or put in breaks the
chain. Cutting off the end breaks nothing within; against that, note the newest hash elsewhere from time to time and
hand it to `verify`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, RowMapping, or_, select, text

from hhs_sync.store import schema
from hhs_sync.store.database import Database

LOCK = 0x61637469
"""On PostgreSQL, what two writers take turns by: the next row needs the last one's hash."""
CHAINED = ("id", "at", "by", "what", "practice", "subject", "address", "details")
AT_ONCE = 1000


class Activity(Struct, frozen=True, kw_only=True):
    """One thing that was done or seen. `subject` is the key of what it was about, `address` where it was asked from.

    Neither these nor `details` hold names of clients, only keys and counts.
    """

    number: int
    at: dt.datetime
    by: str
    what: str
    practice: str | None
    subject: str
    address: str
    details: Mapping[str, Any]
    hash: str


class Verified(Struct, frozen=True, kw_only=True):
    """What `verify` found: how many rows hold, the newest one's hash, and the first that does not hold, with why."""

    rows: int
    hash: str
    broken: int | None = None
    because: str = ""


class Activities:
    """What was done for all practices."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def note(
        self,
        practice: str | None,
        *,
        at: dt.datetime,
        by: str,
        what: str,
        subject: str = "",
        address: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Note what `by` (a person, or a command of the program) did. On disk when it returns."""
        body = msgspec.json.encode(details or {}).decode()
        with self._database.write(None) as connection:
            number, last = _newest(connection, lock=not self._database.is_sqlite)
            row = {
                "id": number + 1,
                "at": at.isoformat(),
                "by": by,
                "what": what,
                "practice": practice,
                "subject": subject,
                "address": address,
                "details": body,
            }
            connection.execute(schema.activity.insert().values(**row, hash=chained(last, row)))

    def read(
        self,
        practice: str | None,
        limit: int = 100,
        before: int | None = None,
        *,
        by: str | None = None,
        subject: str | None = None,
    ) -> list[Activity]:
        """The newest first, or those before the one of this number; None reads those of all practices and of none.

        `by` and `subject` leave only what this user or command did, or what was about this key.
        """
        table = schema.activity
        query = select(table).order_by(table.c.id.desc()).limit(limit)
        for column, wanted in ((table.c.practice, practice), (table.c.by, by), (table.c.subject, subject)):
            if wanted is not None:
                query = query.where(column == wanted)
        if before is not None:
            query = query.where(table.c.id < before)
        with self._database.read() as connection:
            return [_activity(row) for row in connection.execute(query).mappings()]

    def among(
        self,
        practices: Collection[str],
        limit: int = 100,
        before: int | None = None,
        *,
        of_none: bool = False,
        by: str = "",
        about: str = "",
    ) -> list[Activity]:
        """What was done in these practices or seen of them together with others, the newest first.

        `of_none` adds what concerns no practice (signing in). `by` and `about` leave what this user did, and what was
        about this key.
        """
        table = schema.activity
        wanted: list[ColumnElement[bool]] = [table.c.practice.in_(practices)]
        if of_none:
            wanted.append(table.c.practice.is_(None))
        else:
            # A page over several practices is one row, whose details name them.
            names = [f'"{one}"' for one in practices] + ['"practices":"*"']
            wanted += [table.c.practice.is_(None) & table.c.details.contains(one, autoescape=True) for one in names]
        query = select(table).where(or_(*wanted))
        for column, value in ((table.c.by, by), (table.c.subject, about)):
            query = query.where(column == value) if value else query
        if before is not None:
            query = query.where(table.c.id < before)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(table.c.id.desc()).limit(limit)).mappings()
            return [_activity(row) for row in found]

    def verify(self, known: tuple[int, str] | None = None) -> Verified:
        """Go through the whole chain. `known` is the number and hash of a row as they were noted elsewhere."""
        table = schema.activity
        rows, last = 0, ""
        with self._database.read() as connection:
            while page := connection.execute(
                select(table).where(table.c.id > rows).order_by(table.c.id).limit(AT_ONCE)
            ).mappings().all():  # fmt: skip
                for row in page:
                    because = _fault(row, rows + 1, last, known)
                    if because:
                        return Verified(rows=rows, hash=last, broken=row["id"], because=because)
                    rows, last = row["id"], row["hash"]
        if known is not None and known[0] > rows:
            return Verified(rows=rows, hash=last, broken=rows + 1, because="the rows from here on were taken away")
        return Verified(rows=rows, hash=last)


def chained(last: str, row: Mapping[str, Any] | RowMapping) -> str:
    """The hash of a row that follows the one with the hash `last`."""
    content = msgspec.json.encode([last, *(row[name] for name in CHAINED)])
    return hashlib.sha256(content).hexdigest()


def _newest(connection: Connection, *, lock: bool) -> tuple[int, str]:
    """Number and hash of the newest row, which stays the newest until the transaction ends."""
    if lock:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    table = schema.activity
    found = connection.execute(select(table.c.id, table.c.hash).order_by(table.c.id.desc()).limit(1)).first()
    return (found.id, found.hash) if found else (0, "")


def _fault(row: RowMapping, expected: int, last: str, known: tuple[int, str] | None) -> str:
    if row["id"] != expected:
        return f"row {expected} is missing"
    if row["hash"] != chained(last, row):
        return "its content is not what was written, or the row before it is not"
    if known is not None and known[0] == row["id"] and known[1] != row["hash"]:
        return "its hash is not the one that was noted elsewhere: the chain was made anew"
    return ""


def _activity(row: RowMapping) -> Activity:
    return Activity(
        number=row["id"],
        at=dt.datetime.fromisoformat(row["at"]),
        by=row["by"],
        what=row["what"],
        practice=row["practice"],
        subject=row["subject"],
        address=row["address"],
        details=msgspec.json.decode(row["details"]),
        hash=row["hash"],
    )
