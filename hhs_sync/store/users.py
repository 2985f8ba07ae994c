"""Who may sign in to the web page: names, roles, hashed passwords, sealed second factors.

Whatever changes what a user may do (password, roles, second factor, disabling) ends all of the user's sessions in the
same transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, select

from hhs_sync.config.roles import Role
from hhs_sync.errors import StoreError
from hhs_sync.store import schema
from hhs_sync.store.database import Database

ALL = "*"
"""In place of a practice: all of them, also those that come later."""


class Grant(Struct, frozen=True, order=True):
    """A role in one practice, or in all (`*`)."""

    practice: str
    role: Role


class User(Struct, frozen=True, kw_only=True):
    """One user. `password` is an argon2 hash; `second_factor` is sealed, None where there is none."""

    name: str
    display_name: str
    password: str
    grants: tuple[Grant, ...]
    second_factor: bytes | None
    disabled: bool
    made_at: dt.datetime
    password_set_at: dt.datetime

    def roles(self, practice: str) -> frozenset[Role]:
        """The roles the user has in a practice."""
        return frozenset(one.role for one in self.grants if one.practice in {practice, ALL})


class Users:
    """All users."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def add(self, name: str, display_name: str, password: str, grants: Iterable[Grant], at: dt.datetime) -> None:
        """Add a user, whose password comes hashed. Raises StoreError when the name is taken."""
        row = {
            "name": name,
            "display_name": display_name,
            "password": password,
            "disabled": False,
            "made_at": at.isoformat(),
            "password_set_at": at.isoformat(),
        }
        with self._database.write(None) as connection:
            if _row(connection, name) is not None:
                raise StoreError(f"there is a user {name} already: `hhs-sync users list` shows all")
            connection.execute(schema.users.insert().values(**row))
            _grant(connection, name, grants)

    def find(self, name: str) -> User | None:
        """The user of this name, or None."""
        with self._database.read() as connection:
            row = _row(connection, name)
            return None if row is None else _user(row, _grants(connection, name).get(name, ()))

    def all(self) -> list[User]:
        """Every user, by name."""
        with self._database.read() as connection:
            grants = _grants(connection)
            rows = connection.execute(select(schema.users).order_by(schema.users.c.name)).all()
        return [_user(row, grants.get(row.name, ())) for row in rows]

    def set_password(self, name: str, password: str, at: dt.datetime, *, keep: str = "") -> None:
        """Another password, hashed. All sessions end but the one with the digest `keep`."""
        self._change(name, keep=keep, password=password, password_set_at=at.isoformat())

    def refresh_hash(self, name: str, password: str) -> None:
        """The same password, hashed with the parameters of today."""
        with self._database.write(None) as connection:
            connection.execute(schema.users.update().where(schema.users.c.name == name).values(password=password))

    def set_grants(self, name: str, grants: Iterable[Grant]) -> None:
        """Other roles, in place of all there were."""
        table = schema.user_roles
        with self._database.write(None) as connection:
            connection.execute(table.delete().where(table.c.name == name))
            _grant(connection, name, grants)
            end_sessions(connection, name)

    def set_disabled(self, name: str, *, disabled: bool) -> None:
        """Shut a user out, or let the user in again."""
        self._change(name, disabled=disabled)

    def set_second_factor(self, name: str, sealed: bytes | None, codes: Sequence[str] = (), *, keep: str = "") -> None:
        """Another second factor with the digests of its recovery codes, or none."""
        table = schema.recovery_codes
        with self._database.write(None) as connection:
            connection.execute(table.delete().where(table.c.name == name))
            for digest in codes:
                connection.execute(table.insert().values(name=name, digest=digest))
            values = {"second_factor": sealed, "second_factor_step": 0}
            connection.execute(schema.users.update().where(schema.users.c.name == name).values(**values))
            end_sessions(connection, name, keep)

    def take_step(self, name: str, step: int, sealed: bytes) -> bool:
        """Use up the code of a step of time, and keep its secret anew; False when it or a later one was used before."""
        table = schema.users
        with self._database.write(None) as connection:
            used = connection.execute(
                table.update().where(table.c.name == name, table.c.second_factor_step < step)
                .values(second_factor_step=step, second_factor=sealed)
            )  # fmt: skip
            return used.rowcount == 1

    def take_recovery_code(self, name: str, digest: str) -> bool:
        """Use up a recovery code; False when there is none like it."""
        table = schema.recovery_codes
        with self._database.write(None) as connection:
            gone = connection.execute(table.delete().where(table.c.name == name, table.c.digest == digest))
            return gone.rowcount == 1

    def recovery_codes_left(self, name: str) -> int:
        """How many recovery codes were not used yet."""
        table = schema.recovery_codes
        with self._database.read() as connection:
            return len(connection.execute(select(table.c.digest).where(table.c.name == name)).all())

    def _change(self, name: str, *, keep: str = "", **values: object) -> None:
        with self._database.write(None) as connection:
            connection.execute(schema.users.update().where(schema.users.c.name == name).values(**values))
            end_sessions(connection, name, keep)


def end_sessions(connection: Connection, name: str, keep: str = "") -> None:
    """End all sessions of a user but the one with the digest `keep`."""
    table = schema.web_sessions
    connection.execute(table.delete().where(table.c.name == name, table.c.digest != keep))


def _row(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(schema.users).where(schema.users.c.name == name)).first()


def _grant(connection: Connection, name: str, grants: Iterable[Grant]) -> None:
    for one in sorted(set(grants)):
        connection.execute(schema.user_roles.insert().values(name=name, practice=one.practice, role=one.role.value))


def _grants(connection: Connection, name: str | None = None) -> dict[str, tuple[Grant, ...]]:
    table = schema.user_roles
    query = select(table).order_by(table.c.practice, table.c.role)
    if name is not None:
        query = query.where(table.c.name == name)
    found: dict[str, tuple[Grant, ...]] = {}
    for row in connection.execute(query):
        found[row.name] = (*found.get(row.name, ()), Grant(row.practice, Role(row.role)))
    return found


def _user(row: Row[Any], grants: tuple[Grant, ...]) -> User:
    return User(
        name=row.name,
        display_name=row.display_name,
        password=row.password,
        grants=grants,
        second_factor=row.second_factor,
        disabled=row.disabled,
        made_at=dt.datetime.fromisoformat(row.made_at),
        password_set_at=dt.datetime.fromisoformat(row.password_set_at),
    )
