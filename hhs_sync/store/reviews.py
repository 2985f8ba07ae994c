"""The last review of each practice, for the web page and the reports to query. May be dropped at any time."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from hhs_sync.store import schema
from hhs_sync.store.database import Database


class Reviews:
    """The last reviews of all practices."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def save(self, practice: str, turn_key: str, parts: Mapping[str, bytes], at: dt.datetime) -> None:
        """Keep a review in parts, in place of the one before, with the turn key that it was made from."""
        table = schema.reviews
        with self._database.write(practice) as connection:
            connection.execute(table.delete().where(table.c.practice == practice))
            for name, body in parts.items():
                connection.execute(
                    table.insert().values(
                        practice=practice,
                        name=name,
                        turn_key=turn_key,
                        made_at=at.isoformat(),
                        body=zlib.compress(body, 1),  # Written each turn: speed counts more than size.
                    )
                )

    def part(self, practice: str, name: str) -> bytes | None:
        """One part of the last review, or None."""
        table = schema.reviews
        query = select(table.c.body).where(table.c.practice == practice, table.c.name == name)
        with self._database.read() as connection:
            body: bytes | None = connection.execute(query).scalar()
        return None if body is None else zlib.decompress(body)

    def parts(self, name: str, practices: Collection[str] | None = None) -> dict[str, tuple[dt.datetime, bytes]]:
        """One part of the last review of each of these practices, or of all, and when it was made."""
        table = schema.reviews
        query = select(table.c.practice, table.c.made_at, table.c.body).where(table.c.name == name)
        if practices is not None:
            query = query.where(table.c.practice.in_(practices))
        with self._database.read() as connection:
            return {
                row.practice: (dt.datetime.fromisoformat(row.made_at), zlib.decompress(row.body))
                for row in connection.execute(query)
            }

    def made(self) -> dict[str, str]:
        """Names the last review of each practice: another name, another review."""
        table = schema.reviews
        query = select(table.c.practice, func.max(table.c.turn_key + " " + table.c.made_at)).group_by(table.c.practice)
        with self._database.read() as connection:
            return {practice: name for practice, name in connection.execute(query)}  # noqa: C416  Rows are not pairs to mypy.

    def turn_key(self, practice: str) -> str | None:
        """The turn key that the last review was made from, or None."""
        table = schema.reviews
        query = select(table.c.turn_key).where(table.c.practice == practice).limit(1)
        with self._database.read() as connection:
            found: str | None = connection.execute(query).scalar()
        return found

    def made_at(self, practice: str) -> dt.datetime | None:
        """When the last review was made, or None."""
        table = schema.reviews
        query = select(table.c.made_at).where(table.c.practice == practice).limit(1)
        with self._database.read() as connection:
            found: str | None = connection.execute(query).scalar()
        return None if found is None else dt.datetime.fromisoformat(found)
