"""Who did what, and when: the program and people alike. Only ever added to; the database itself refuses changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import select

from hhs_sync.store import schema
from hhs_sync.store.database import Database


class Activity(Struct, frozen=True, kw_only=True):
    """One thing that was done. `details` holds no names of clients, only keys and counts."""

    number: int
    at: dt.datetime
    by: str
    what: str
    details: Mapping[str, Any]


class Activities:
    """What was done for all practices."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def note(
        self,
        practice: str,
        *,
        at: dt.datetime,
        by: str,
        what: str,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Note what `by` (a person, or a command of the program) did."""
        body = msgspec.json.encode(details or {}).decode()
        row = {"practice": practice, "at": at.isoformat(), "by": by, "what": what, "details": body}
        with self._database.write(practice) as connection:
            connection.execute(schema.activity.insert().values(**row))

    def read(self, practice: str, limit: int = 100, before: int | None = None) -> list[Activity]:
        """The newest first, or those before the one of this number."""
        table = schema.activity
        query = select(table).where(table.c.practice == practice).order_by(table.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(table.c.id < before)
        with self._database.read() as connection:
            return [
                Activity(
                    number=row.id,
                    at=dt.datetime.fromisoformat(row.at),
                    by=row.by,
                    what=row.what,
                    details=msgspec.json.decode(row.details),
                )
                for row in connection.execute(query)
            ]
