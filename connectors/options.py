"""A connector's own keys in the config, read with every mistake told at once.

A connector asks for each key it knows; `done` then raises ConfigError with all that was wrong, keys nobody asked for
included. Paths start at the config's folder.
"""

from __future__ import annotations

import difflib
import hashlib
from typing import TYPE_CHECKING, Any

from hhs_sync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hhs_sync.connector import Settings

OF_FETCHING = frozenset({"path", "files", "recursive", "settle_seconds", "as_of", "profile"})
"""Keys that say where documents come from, and not what they mean."""


class Options:
    """The keys of one connector."""

    def __init__(self, settings: Settings, also: Mapping[str, Any] | None = None) -> None:
        """Take the keys; `also` are defaults from elsewhere (a column profile), which the config outranks."""
        self.settings = settings
        self.mistakes: list[str] = []
        self._given = {**(also or {}), **settings.options}
        for key, value in (also or {}).items():
            if isinstance(value, dict) and isinstance(self._given[key], dict):
                self._given[key] = {**value, **self._given[key]}
        self._asked: set[str] = set()

    def text(self, key: str, default: str | None = None) -> str:
        """A text; it must be there when there is no default."""
        value = self._take(key, default)
        if isinstance(value, str) and (value or default == ""):
            return value
        self._wrong(key, "must be a text in quotation marks")
        return default or ""

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts; a single text is a list of one."""
        value = self._take(key, default)
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self._wrong(key, "must be a list of texts")
        return default

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._take(key, default)
        if isinstance(value, bool):
            return value
        self._wrong(key, "must be true or false")
        return default

    def number(self, key: str, default: int) -> int:
        """A whole number, zero or more."""
        value = self._take(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self._wrong(key, "must be a whole number, zero or more")
        return default

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """One of these words, the first being the default."""
        value = self._take(key, choices[0])
        if value in choices:
            return str(value)
        self._wrong(key, "must be one of: " + ", ".join(choices))
        return choices[0]

    def table(self, key: str) -> dict[str, tuple[str, ...]]:
        """A table of lists of texts; empty when it is not there."""
        value = self._take(key, {})
        if isinstance(value, dict):
            lists = {name: [one] if isinstance(one, str) else one for name, one in value.items()}
            if all(isinstance(many, list) and all(isinstance(one, str) for one in many) for many in lists.values()):
                return {name: tuple(many) for name, many in lists.items()}
        self._wrong(key, "must be a table of texts or lists of texts")
        return {}

    def path(self, key: str) -> Path:
        """A path, which must be named; whether anything is there shows when it is used."""
        return self.settings.base / self.text(key)

    def wrong(self, key: str, problem: str) -> None:
        """Note a mistake that only the connector itself can see."""
        self._wrong(key, problem)

    def version(self, code: str) -> str:
        """A reader's version: changes with its code, and with every key that makes other facts of the same bytes."""
        told = sorted((key, repr(value)) for key, value in self._given.items() if key not in OF_FETCHING)
        digest = hashlib.sha256(repr((told, self.settings.time_zone)).encode()).hexdigest()
        return f"{code}-{digest[:12]}"

    def done(self) -> None:
        """Raise ConfigError with all mistakes, if there are any."""
        for key in sorted(self._given.keys() - self._asked):
            near = difflib.get_close_matches(key, self._asked)
            self._wrong(key, "is no key of this connector" + (f"; did you mean {near[0]}?" if near else ""))
        if self.mistakes:
            raise ConfigError(tuple(self.mistakes))

    def _take(self, key: str, default: object) -> object:
        self._asked.add(key)
        return self._given.get(key, default)

    def _wrong(self, key: str, problem: str) -> None:
        self.mistakes.append(f"{self.settings.where}: connector {self.settings.name}: {key} {problem}")
