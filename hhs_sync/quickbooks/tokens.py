"""The keys to a company: kept encrypted, renewed by one process at a time, and on disk before they are used.

An access token lives an hour. Renewing it may give another refresh token as well, and may make the old one worthless at
once, so the new pair is written durably before anyone uses it, under a lock that all processes share. Whoever finds its
token refused first looks whether another process has renewed it meanwhile. Only when the stored refresh token itself is
refused, twice, is the connection dead: then a person must connect again, and nobody keeps asking until that is done.

The refresh token has an end of its own, about 100 days after its last use and never more than five years after the
connecting: `connection` tells how much is left.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import requests
import structlog
from intuitlib.client import AuthClient
from intuitlib.exceptions import AuthClientError
from msgspec import Struct

from hhs_sync.errors import NotConnectedError, PracticeBusyError, QuickBooksUnavailableError
from hhs_sync.quickbooks.client import TIMEOUT, QuickBooksClient
from hhs_sync.quickbooks.pace import INTUIT_LIMITS, Limit
from hhs_sync.store import Store

log = structlog.get_logger(__name__)

SECRET = "quickbooks tokens"  # noqa: S105  The name of a place, not what lies there.
DEAD = "quickbooks not connected"
"""The cursor that says why a connection is dead; "" while it lives."""
EARLY = dt.timedelta(minutes=2)
"""How long before its end an access token is renewed."""
ASSUMED_REFRESH_DAYS = 100
LOCK_SECONDS = 90.0
CONNECT_AGAIN = "connect the practice to QuickBooks again (hhs-sync connect)"


class App(Struct, frozen=True, kw_only=True):
    """How this program is known to Intuit, and where to ask."""

    client_id: str
    client_secret: str
    discovery_url: str
    redirect_url: str = "http://localhost:8484/connect/done"


class Tokens(Struct, frozen=True, kw_only=True):
    """A company's keys and how long each is good."""

    realm: str
    access_token: str
    access_until: dt.datetime
    refresh_token: str
    refresh_until: dt.datetime
    hard_until: dt.datetime | None = None
    connected_at: dt.datetime


class Connection(Struct, frozen=True, kw_only=True):
    """How a practice stands with QuickBooks: `because` says why not, when it is not connected. Days are whole days."""

    connected: bool
    because: str = ""
    refresh_days_left: int | None = None
    hard_days_left: int | None = None


class TimedAuthClient(AuthClient):
    """Intuit's own OAuth client with time limits, which keeps the discovery document and asks for the five-year end."""

    def request(self, method: str, url: str, **settings: Any) -> requests.Response:
        """One request of the library, in bounded time."""
        settings.setdefault("timeout", TIMEOUT)
        settings["headers"] = {**(settings.get("headers") or {}), "x-include-refresh-token-hard-expires-in": "true"}
        answer: requests.Response = requests.Session.request(self, method, url, **settings)
        if method.upper() == "GET" and answer.status_code == 200:
            self.discovery = answer.json()
        return answer

    @classmethod
    def of(cls, app: App) -> TimedAuthClient:
        """A client for this program; fetches the discovery document. Raises QuickBooksUnavailableError."""
        try:
            return cls(app.client_id, app.client_secret, app.redirect_url, app.discovery_url)
        except (requests.RequestException, AuthClientError, ValueError, KeyError):
            raise QuickBooksUnavailableError("Intuit's sign-in service cannot be reached") from None


class TokenKeeper:
    """Holds one practice's tokens for the client (`Access`): the present one, and another where it was refused."""

    def __init__(
        self,
        store: Store,
        practice: str,
        realm: str,
        app: App,
        keys: Sequence[bytes],
        *,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`keys` are the Fernet keys that tokens are kept under, newest first."""
        self._store = store
        self._practice = practice
        self._realm = realm
        self._app = app
        self._keys = keys
        self._clock = clock
        self._sleep = sleep
        self._tokens: Tokens | None = None

    def bearer(self) -> str:
        """The access token, renewed when it is about to end. Raises NotConnectedError when there is none to be had."""
        if self._tokens is None:
            self._tokens = self._load()
        if self._tokens.access_until - EARLY > self._clock():
            return self._tokens.access_token
        return self.renew(self._tokens.access_token)

    def renew(self, refused: str) -> str:
        """Another access token than this one. Raises NotConnectedError, or QuickBooksUnavailableError to try later."""
        owner = f"token refresh, pid {os.getpid()}"
        try:
            with self._store.lock(f"token/{self._realm}", owner=owner, wait_seconds=LOCK_SECONDS):
                tokens = self._load()
                if tokens.access_token == refused or tokens.access_until - EARLY <= self._clock():
                    tokens = self._renewed(tokens)
                    keep(self._store, self._practice, tokens, self._keys)
        except PracticeBusyError:
            raise QuickBooksUnavailableError("another process is renewing the access token") from None
        self._tokens = tokens
        return tokens.access_token

    def _load(self) -> Tokens:
        """The stored tokens. Raises NotConnectedError when there are none, or when they are known to be dead."""
        because = self._store.mirror.cursor(self._practice, DEAD)
        if because:
            raise NotConnectedError(because)
        tokens = load(self._store, self._practice, self._keys)
        if tokens is None:
            raise NotConnectedError(f"this practice has never been connected: {CONNECT_AGAIN}")
        if tokens.realm != self._realm:
            raise NotConnectedError(f"connected to another company than the config names: {CONNECT_AGAIN}")
        return tokens

    def _renewed(self, tokens: Tokens) -> Tokens:
        """Ask for new tokens; ask twice before believing that the old ones are dead."""
        auth = TimedAuthClient.of(self._app)
        for attempt in (1, 2):
            try:
                auth.refresh(refresh_token=tokens.refresh_token)
            except AuthClientError as error:
                said, reason = _error_in(error)
                log.warning(
                    "token refresh refused", practice=self._practice, reason=reason or said,
                    intuit_tid=error.intuit_tid,
                )  # fmt: skip
                if error.status_code >= 500 or error.status_code == 429:
                    raise QuickBooksUnavailableError("Intuit's sign-in service is busy") from None
                if said == "invalid_grant" and attempt == 1:
                    self._sleep(1.0)
                    continue
                because = f"Intuit does not accept the stored token any more ({reason or said}): {CONNECT_AGAIN}"
                self._store.mirror.set_cursor(self._practice, DEAD, because)
                raise NotConnectedError(because) from None
            except requests.RequestException:
                raise QuickBooksUnavailableError("Intuit's sign-in service did not answer") from None
            log.info("token renewed", practice=self._practice, rotated=auth.refresh_token != tokens.refresh_token)
            return tokens_in(auth, tokens.realm, self._clock(), before=tokens)
        raise AssertionError("the second refusal is the last")


def open_client(
    store: Store,
    practice: str,
    realm: str,
    base_url: str,
    app: App,
    keys: Sequence[bytes],
    *,
    limits: Sequence[Limit] = INTUIT_LIMITS,
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    sleep: Callable[[float], None] = time.sleep,
) -> QuickBooksClient:
    """The client for a practice's company, with its tokens from the store. Nothing is asked of anybody yet.

    `limits=()` lets it go as fast as it can, for a simulator on this machine.
    """
    keeper = TokenKeeper(store, practice, realm, app, keys, clock=clock, sleep=sleep)
    return QuickBooksClient(realm=realm, base_url=base_url, access=keeper, limits=limits, sleep=sleep)


def tokens_in(auth: Any, realm: str, at: dt.datetime, *, before: Tokens | None = None) -> Tokens:
    """What Intuit's client holds after a token call, with the moments at which each token ends."""
    hard = getattr(auth, "x_refresh_token_hard_expires_in", None)
    days = dt.timedelta(seconds=int(auth.x_refresh_token_expires_in or ASSUMED_REFRESH_DAYS * 86400))
    return Tokens(
        realm=realm,
        access_token=auth.access_token,
        access_until=at + dt.timedelta(seconds=int(auth.expires_in or 3600)),
        refresh_token=auth.refresh_token,
        refresh_until=at + days,
        hard_until=at + dt.timedelta(seconds=int(hard)) if hard else (before.hard_until if before else None),
        connected_at=before.connected_at if before else at,
    )


def keep(store: Store, practice: str, tokens: Tokens, keys: Sequence[bytes]) -> None:
    """Store tokens, encrypted and on disk when this returns; the connection is alive again."""
    store.secrets.write(practice, SECRET, msgspec.json.encode(tokens), keys)
    if store.mirror.cursor(practice, DEAD):
        store.mirror.set_cursor(practice, DEAD, "")


def load(store: Store, practice: str, keys: Sequence[bytes]) -> Tokens | None:
    """The stored tokens; None when the practice is not connected."""
    stored = store.secrets.read(practice, SECRET, keys)
    return msgspec.json.decode(stored, type=Tokens) if stored is not None else None


def keep_refresh_token(
    store: Store, practice: str, realm: str, refresh_token: str, keys: Sequence[bytes], at: dt.datetime
) -> None:
    """Connect with a refresh token that somebody already has, without a browser: the simulator's, or a playground's."""
    tokens = Tokens(
        realm=realm,
        access_token="",
        access_until=at,
        refresh_token=refresh_token,
        refresh_until=at + dt.timedelta(days=ASSUMED_REFRESH_DAYS),
        connected_at=at,
    )
    keep(store, practice, tokens, keys)


def connection(store: Store, practice: str, keys: Sequence[bytes], at: dt.datetime) -> Connection:
    """How the practice stands, as far as is known without asking anybody."""
    tokens = load(store, practice, keys)
    if tokens is None:
        return Connection(connected=False, because="never connected")
    because = store.mirror.cursor(practice, DEAD) or ""
    return Connection(
        connected=not because,
        because=because,
        refresh_days_left=(tokens.refresh_until - at).days,
        hard_days_left=(tokens.hard_until - at).days if tokens.hard_until else None,
    )


def _error_in(error: AuthClientError) -> tuple[str, str]:
    """The error's name in a token answer ("invalid_grant"), and Intuit's reason where it gives one."""
    try:
        said = json.loads(error.content)
    except (ValueError, TypeError):
        said = {}
    if not isinstance(said, dict):
        said = {}
    return str(said.get("error") or f"status {error.status_code}"), str(said.get("x_error_reason") or "")
