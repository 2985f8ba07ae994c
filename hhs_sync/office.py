"""The office: all that a turn needs, built in one place and given to whoever works.

An `Office` is the config and the open store; a `Desk` is one practice's part of it: rules, connectors, the secret of
its references, and the line to its QuickBooks company, which is opened only when somebody calls. Mapping files are read
anew for every desk, so that a rule that was mended counts from the next turn on.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
import zoneinfo
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from hhs_sync.config import load_config, load_rules, open_connectors
from hhs_sync.config.tables import OWN_MACHINE
from hhs_sync.errors import ConfigError
from hhs_sync.store import Store

if TYPE_CHECKING:
    from hhs_sync.config import Config, PracticeConfig, Secret
    from hhs_sync.connector import Connector
    from hhs_sync.mapping.rules import Rules
    from hhs_sync.quickbooks.client import QuickBooksClient
    from hhs_sync.quickbooks.tokens import App

Clock = Callable[[], dt.datetime]

REFERENCES = "references"
"""The name of the secret that a practice's references are made with; drawn once, and needed ever after."""


def present() -> dt.datetime:
    """The present moment."""
    return dt.datetime.now(dt.UTC)


class Office:
    """Config and store, for all practices."""

    def __init__(self, config: Config, store: Store, clock: Clock | None = None) -> None:
        """Work with an open store. `clock` tells the present moment, with its time zone; by default the machine's."""
        self.config = config
        self.store = store
        self.clock = clock or present

    @staticmethod
    def open(path: Path | str, clock: Clock | None = None) -> Office:
        """Read the config and open the store. Raises ConfigError (all mistakes) or StoreError."""
        config = load_config(path)
        return Office(config, Store.open(config.store.url), clock)

    @property
    def worked(self) -> tuple[str, ...]:
        """The practices that may be worked: those with a business associate agreement."""
        return tuple(one.id for one in self.config.practices if not one.not_worked_because)

    def desk(self, practice: str) -> Desk:
        """One practice's part. Raises ConfigError when there is no such practice or it may not be worked."""
        config = self.config.practice(practice)
        if config.not_worked_because:
            raise ConfigError((f"{self.config.path.name}: {config.not_worked_because}",))
        return Desk(self, config)

    def close(self) -> None:
        """Close the store."""
        self.store.close()


class Desk:
    """One practice's part of the office."""

    def __init__(self, office: Office, config: PracticeConfig) -> None:
        """Nothing is read yet but the config."""
        self.office = office
        self.config = config
        self.store = office.store
        self.clock = office.clock

    @property
    def practice(self) -> str:
        """The practice's id."""
        return self.config.id

    @property
    def today(self) -> dt.date:
        """The present day where the practice is."""
        return self.clock().astimezone(zoneinfo.ZoneInfo(self.config.time_zone)).date()

    @cached_property
    def rules(self) -> Rules:
        """The rules as the mapping files now say. Raises MappingError with all mistakes."""
        return load_rules(self.config)

    @cached_property
    def rules_digest(self) -> str:
        """Names the rules: another digest means that something in them changed."""
        return hashlib.sha256(msgspec.json.encode(self.rules, order="deterministic")).hexdigest()

    @cached_property
    def connectors(self) -> tuple[Connector, ...]:
        """The practice's connectors, the program's own decisions last. Raises ConfigError with all mistakes."""
        return open_connectors(self.config)

    @cached_property
    def secret(self) -> bytes:
        """What the practice's references are made with."""
        return self.store.secrets.drawn(self.practice, REFERENCES)

    @cached_property
    def app(self) -> App:
        """How this program is known to Intuit. Raises ConfigError when the config lacks part of it."""
        from hhs_sync.quickbooks.tokens import App  # noqa: PLC0415  Loads the wire's libraries: a quiet turn needs none.

        keys = self.config.quickbooks
        missing = [name for name in ("client_id", "client_secret") if getattr(keys, name) is None]
        if missing:
            raise ConfigError(tuple(f"{self._where}: [quickbooks] lacks {name}" for name in missing))
        return App(
            client_id=_revealed(keys.client_id),
            client_secret=_revealed(keys.client_secret),
            discovery_url=keys.discovery_url,
            redirect_url=keys.redirect_url,
        )

    @cached_property
    def token_keys(self) -> Sequence[bytes]:
        """The keys that tokens are kept under, newest first. Raises ConfigError when the config names none."""
        key = self.config.quickbooks.token_key
        if key is None:
            raise ConfigError((f"{self._where}: [quickbooks] lacks token_key",))
        return [one.encode() for one in key.reveal().split()]

    def call(self, progress: Callable[[str], None] = lambda _: None) -> QuickBooksClient:
        """The line to the practice's company. Raises ConfigError when the config lacks a part of it.

        `progress` is called while the client waits, so that nobody takes its patience for a fault. A company on this
        very machine is a simulator, and is not spared.
        """
        from hhs_sync.quickbooks.pace import INTUIT_LIMITS  # noqa: PLC0415  As above.
        from hhs_sync.quickbooks.tokens import open_client  # noqa: PLC0415  As above.

        if not self.config.realm:
            raise ConfigError((f"{self._where}: the practice has no realm (the number of its QuickBooks company)",))
        base_url = self.config.quickbooks.api_base_url
        return open_client(
            self.store,
            self.practice,
            self.config.realm,
            base_url,
            self.app,
            self.token_keys,
            limits=() if urlsplit(base_url).hostname in OWN_MACHINE else INTUIT_LIMITS,
            clock=self.clock,
            sleep=patient(progress),
        )

    @property
    def _where(self) -> str:
        return f"{self.office.config.path.name}: practice {self.practice}"


def patient(progress: Callable[[str], None], sleep: Callable[[float], None] = time.sleep) -> Callable[[float], None]:
    """Sleep that shows progress every few seconds: waiting for QuickBooks is work."""

    def wait(seconds: float) -> None:
        while seconds > 0:
            progress("waiting for QuickBooks")
            part = min(seconds, 5.0)
            sleep(part)
            seconds -= part

    return wait


def _revealed(secret: Secret | None) -> str:
    assert secret is not None, "looked for before"
    return secret.reveal()
