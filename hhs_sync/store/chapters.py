"""The chapters of each practice's books, for pages to read one at a time. May be dropped at any time."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import Connection, select

from hhs_sync.store import schema
from hhs_sync.store.database import Database


class Chapters:
    """The chapters of all practices."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def save(self, practice: str, chapters: Iterable[tuple[str, bytes]]) -> int:
        """Keep these chapters in place of those before; only what changed is written. How many that were."""
        table = schema.chapters
        mine = table.c.practice == practice
        with self._database.write(practice) as connection:
            rows = connection.execute(select(table.c.name, table.c.digest).where(mine))
            known = {row.name: row.digest for row in rows}
            written = 0
            for name, body in chapters:
                digest = blake2b(body, digest_size=16).hexdigest()
                before = known.pop(name, None)
                if before == digest:
                    continue
                _write(connection, practice, name, digest, body)
                written += 1
            for name in known:
                connection.execute(table.delete().where(mine, table.c.name == name))
        return written

    def update(self, practice: str, chapters: Iterable[tuple[str, bytes]]) -> None:
        """Keep these chapters in place of those of the same names, and the others as they are."""
        with self._database.write(practice) as connection:
            for name, body in chapters:
                _write(connection, practice, name, blake2b(body, digest_size=16).hexdigest(), body)

    def read(self, practice: str, name: str) -> bytes | None:
        """One chapter, or None."""
        table = schema.chapters
        query = select(table.c.body).where(table.c.practice == practice, table.c.name == name)
        with self._database.read() as connection:
            body: bytes | None = connection.execute(query).scalar()
        return None if body is None else zlib.decompress(body)


def _write(connection: Connection, practice: str, name: str, digest: str, body: bytes) -> None:
    table = schema.chapters
    connection.execute(table.delete().where(table.c.practice == practice, table.c.name == name))
    # Written each turn: speed counts more than size.
    row = {"practice": practice, "name": name, "digest": digest, "body": zlib.compress(body, 1)}
    connection.execute(table.insert().values(**row))
