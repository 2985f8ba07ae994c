"""Who is signed in to the web page, and who tried in vain.

A session is known by the digest of the random id that the browser holds. It ends when its user signs out, after some
minutes of rest, at its last hour, or when the user's password or roles change. Failures are counted by subject, which
is a digest too: a password that was typed in the place of the name must not stand here in clear.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from msgspec import Struct
from sqlalchemy import select, text

from hhs_sync.store import schema
from hhs_sync.store.database import Database


class WebSession(Struct, frozen=True, kw_only=True):
    """One session. `complete` is False until the second factor was given, for a user who has one."""

    digest: str
    name: str
    begun_at: dt.datetime
    seen_at: dt.datetime
    ends_at: dt.datetime
    complete: bool
    unlocked_until: dt.datetime | None = None
    enrolling: bytes | None = None


class Failures(Struct, frozen=True):
    """How often something was tried in vain, and when last."""

    count: int
    last_at: dt.datetime | None


class WebSessions:
    """All sessions, and all failures to begin one."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def begin(self, session: WebSession, *, instead_of: str = "") -> None:
        """Begin a session, and end the one with the digest `instead_of` and all that are over."""
        table = schema.web_sessions
        row = {
            "digest": session.digest,
            "name": session.name,
            "begun_at": session.begun_at.isoformat(),
            "seen_at": session.seen_at.isoformat(),
            "ends_at": session.ends_at.isoformat(),
            "complete": session.complete,
        }
        with self._database.write(None) as connection:
            over = (table.c.ends_at <= session.begun_at.isoformat()) | (table.c.digest == instead_of)
            connection.execute(table.delete().where(over))
            connection.execute(table.insert().values(**row))

    def find(self, digest: str) -> WebSession | None:
        """The session with this digest, or None."""
        table = schema.web_sessions
        with self._database.read() as connection:
            row = connection.execute(select(table).where(table.c.digest == digest)).first()
        if row is None:
            return None
        return WebSession(
            digest=row.digest,
            name=row.name,
            begun_at=dt.datetime.fromisoformat(row.begun_at),
            seen_at=dt.datetime.fromisoformat(row.seen_at),
            ends_at=dt.datetime.fromisoformat(row.ends_at),
            complete=row.complete,
            unlocked_until=dt.datetime.fromisoformat(row.unlocked_until) if row.unlocked_until else None,
            enrolling=row.enrolling,
        )

    def seen(self, digest: str, at: dt.datetime) -> None:
        """The session's user did something."""
        self._change(digest, seen_at=at.isoformat())

    def unlock(self, digest: str, until: dt.datetime | None) -> None:
        """Show names of clients until then; None locks them at once."""
        self._change(digest, unlocked_until=until.isoformat() if until else None)

    def enroll(self, digest: str, sealed: bytes) -> None:
        """Keep the secret of a second factor until its first code proves that it arrived."""
        self._change(digest, enrolling=sealed)

    def end(self, digest: str) -> None:
        """End a session; that there is none is fine."""
        table = schema.web_sessions
        with self._database.write(None) as connection:
            connection.execute(table.delete().where(table.c.digest == digest))

    def failures(self, subject: str) -> Failures:
        """How often this subject failed."""
        table = schema.sign_in_failures
        with self._database.read() as connection:
            row = connection.execute(select(table).where(table.c.subject == subject)).mappings().first()
        return Failures(row["count"], dt.datetime.fromisoformat(row["last_at"])) if row else Failures(0, None)

    def count_failure(self, subject: str, at: dt.datetime, *, forget_before: dt.datetime) -> None:
        """Count one more failure; those of everybody that lie further back are forgotten."""
        table = schema.sign_in_failures
        with self._database.write(None) as connection:
            connection.execute(table.delete().where(table.c.last_at < forget_before.isoformat()))
            connection.execute(
                text(
                    "INSERT INTO sign_in_failures (subject, count, last_at) VALUES (:subject, 1, :at)"
                    " ON CONFLICT (subject) DO UPDATE"
                    " SET count = sign_in_failures.count + 1, last_at = excluded.last_at"
                ),
                {"subject": subject, "at": at.isoformat()},
            )

    def forgive(self, subject: str) -> None:
        """Forget a subject's failures."""
        table = schema.sign_in_failures
        with self._database.write(None) as connection:
            connection.execute(table.delete().where(table.c.subject == subject))

    def _change(self, digest: str, **values: Any) -> None:  # noqa: ANN401  Columns of several kinds.
        table = schema.web_sessions
        with self._database.write(None) as connection:
            connection.execute(table.update().where(table.c.digest == digest).values(**values))
