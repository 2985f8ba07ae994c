"""The store: what came in, what went out, and what QuickBooks showed last. One SQLite file, or PostgreSQL by its URL.

Some are lost for good if they are lost: documents, pushes, users, and the activity. Back the database up. All else
comes back from them, or from QuickBooks. Nothing here decides anything: what stands among the versions of a fact is
decided in hhs_sync/facts/current.py, what is to be written to QuickBooks in hhs_sync/plan.

    with Store.open("sqlite:////var/lib/hhs-sync/hhs.db") as store, store.lock("casco", owner="run"):
        facts = store.readings.load_facts("casco")
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from secrets import token_bytes
from types import TracebackType
from typing import Self

from hhs_sync.store.activity import Activities
from hhs_sync.store.chapters import Chapters
from hhs_sync.store.database import Database, turn_key, turn_keys
from hhs_sync.store.documents import Documents
from hhs_sync.store.findings import Findings
from hhs_sync.store.lock import Held, hold
from hhs_sync.store.mirror import Mirror
from hhs_sync.store.pushes import Pushes
from hhs_sync.store.readings import Readings
from hhs_sync.store.reviews import Reviews
from hhs_sync.store.secrets import Draw, Secrets
from hhs_sync.store.users import Users
from hhs_sync.store.views import SavedViews
from hhs_sync.store.web_sessions import WebSessions

__all__ = ["Store"]


class Store:
    """All that the program keeps, for all practices."""

    def __init__(self, database: Database, draw: Draw = token_bytes) -> None:
        """Give each kind of data its place over an open database. `draw` makes random bytes."""
        self._database = database
        self.documents = Documents(database)
        self.readings = Readings(database)
        self.secrets = Secrets(database, draw)
        self.pushes = Pushes(database, self.secrets)
        self.mirror = Mirror(database)
        self.reviews = Reviews(database)
        self.findings = Findings(database)
        self.chapters = Chapters(database)
        self.activity = Activities(database)
        self.users = Users(database)
        self.saved_views = SavedViews(database)
        self.web_sessions = WebSessions(database)

    @staticmethod
    def open(url: str, draw: Draw = token_bytes) -> Store:
        """Open the database at the URL, made or brought up to date as needed. Raises StoreError when it can't be."""
        return Store(Database(url), draw)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def turn_key(self, practice: str) -> str:
        """The same key as before means: no new document, fact, push, or change in the mirror since."""
        with self._database.read() as connection:
            return turn_key(connection, practice)

    def turn_keys(self) -> dict[str, str]:
        """The turn keys of all practices, in one look."""
        with self._database.read() as connection:
            return turn_keys(connection)

    def lock(self, name: str, *, owner: str, wait_seconds: float = 0) -> AbstractContextManager[Held]:
        """Be the only one to work on a practice (or whatever the name means) during the block.

        `owner` says who we are, to whoever comes meanwhile. Raises PracticeBusyError after waiting in vain.
        """
        return hold(self._database, name, owner=owner, wait_seconds=wait_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
