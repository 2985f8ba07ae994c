"""Keys and tokens: random keys drawn once and kept for good, and tokens under encryption.

A drawn key (the one that makes references, say) lies in the database as it is: it guards nothing that the database
doesn't hold beside it, and if it could be lost apart from the database, every reference would be. Tokens open
QuickBooks to whoever has them, so they are encrypted (Fernet) under keys that live outside the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from hhs_sync.errors import ConfigError, StoreError
from hhs_sync.store import schema
from hhs_sync.store.database import Database

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

Draw = Callable[[int], bytes]
"""Makes as many random bytes as it is asked for."""


class Secrets:
    """The secrets of all practices."""

    def __init__(self, database: Database, draw: Draw) -> None:
        """Work on this database, with this source of chance."""
        self._database = database
        self._draw = draw

    def drawn(self, practice: str, name: str, size: int = 32) -> bytes:
        """The random key of this name, drawn when it is first asked for and the same ever after."""
        with self._database.read() as connection:
            found = value_of(connection, practice, name)
        if found is not None:
            return found
        with self._database.write(practice) as connection:
            found = value_of(connection, practice, name)  # Another process may have been quicker.
            if found is not None:
                return found
            value = self._draw(size)
            put(connection, practice, name, value, encrypted=False)
        return value

    def write(self, practice: str, name: str, value: bytes, keys: Sequence[bytes]) -> None:
        """Keep a secret, encrypted under the first of the keys. On disk when it returns."""
        sealed = box(keys).encrypt(value)
        with self._database.write(practice) as connection:
            put(connection, practice, name, sealed, encrypted=True)

    def read(self, practice: str, name: str, keys: Sequence[bytes]) -> bytes | None:
        """The secret, or None. Raises StoreError when none of the keys opens it."""
        with self._database.read() as connection:
            sealed = value_of(connection, practice, name)
        return None if sealed is None else unseal(sealed, keys)

    def remove(self, practice: str, name: str) -> None:
        """Forget a secret; that there is none is fine."""
        table = schema.secrets
        with self._database.write(practice) as connection:
            connection.execute(table.delete().where(table.c.practice == practice, table.c.name == name))

    def encrypt_anew(self, keys: Sequence[bytes]) -> int:
        """Put every encrypted secret under the first of the keys, and tell how many there are."""
        table = schema.secrets
        with self._database.read() as connection:
            rows = connection.execute(select(table.c.practice, table.c.name).where(table.c.encrypted)).all()
        for practice, name in rows:
            with self._database.write(practice) as connection:
                sealed = value_of(connection, practice, name)
                if sealed is not None:
                    put(connection, practice, name, box(keys).encrypt(unseal(sealed, keys)), encrypted=True)
        return len(rows)


def value_of(connection: Connection, practice: str, name: str) -> bytes | None:
    """What is stored under the name."""
    table = schema.secrets
    query = select(table.c.value).where(table.c.practice == practice, table.c.name == name)
    found: bytes | None = connection.execute(query).scalar()
    return found


def put(connection: Connection, practice: str, name: str, value: bytes, *, encrypted: bool) -> None:
    """Store a value under the name, in place of any other."""
    table = schema.secrets
    connection.execute(table.delete().where(table.c.practice == practice, table.c.name == name))
    connection.execute(table.insert().values(practice=practice, name=name, value=value, encrypted=encrypted))


def unseal(sealed: bytes, keys: Sequence[bytes]) -> bytes:
    """Open what `box` closed. Raises StoreError when none of the keys fits."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - a quiet turn has no need of it.

    try:
        return box(keys).decrypt(sealed)
    except InvalidToken:
        raise StoreError(
            "a stored token can't be opened with the encryption key given; if the key was changed, give the old one too"
        ) from None


def box(keys: Sequence[bytes]) -> MultiFernet:
    """The keys as one lock: the first closes, any opens. Raises ConfigError when they are no Fernet keys."""
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - as above.

    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise ConfigError(("the encryption key must be 32 bytes in URL-safe base64 (a Fernet key)",)) from None
