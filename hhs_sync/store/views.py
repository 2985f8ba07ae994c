"""Filters of the work list that people keep under a name."""

from __future__ import annotations

from sqlalchemy import select

from hhs_sync.store import schema
from hhs_sync.store.database import Database

VIEWS_MAX = 30
"""Of one person; more would not be found again."""


class SavedViews:
    """Everybody's views."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def of(self, user: str) -> dict[str, str]:
        """A user's views by name, in that order: each the query of an address."""
        table = schema.saved_views
        query = select(table.c.name, table.c.query).where(table.c.user == user).order_by(table.c.name).limit(VIEWS_MAX)
        with self._database.read() as connection:
            return {row.name: row.query for row in connection.execute(query)}

    def save(self, user: str, name: str, query: str) -> None:
        """Keep a view; one of this name is replaced, and an empty query forgets it."""
        table = schema.saved_views
        with self._database.write(None) as connection:
            connection.execute(table.delete().where(table.c.user == user, table.c.name == name))
            if query:
                connection.execute(table.insert().values(user=user, name=name, query=query))
