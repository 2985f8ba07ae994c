"""Signing in: the password, the second factor, and pauses that grow for whoever tries in vain.

Failures are counted by user's name and by address. A name that nobody has is counted, answered and timed like any
other, so nobody learns from outside who has an account here. While a pause lasts even the right password is refused:
what is tried then tells nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.store.web_sessions import WebSession
from hhs_sync.web import passwords
from hhs_sync.web.tokens import digest_of, new_session_id

if TYPE_CHECKING:
    from hhs_sync.office import Office
    from hhs_sync.store.users import User

PAUSE_FIRST, PAUSE_MAX = dt.timedelta(seconds=30), dt.timedelta(minutes=15)
FORGOTTEN_AFTER = dt.timedelta(hours=24)
FREE_FOR_NAME, FREE_FOR_ADDRESS = 5, 20
"""Failures without a pause: a person mistypes a few times, and a practice's whole office may share one address."""
SEEN_EVERY = dt.timedelta(seconds=30)
"""How exactly it is known when a session's user last did something: each time is a write."""


class Opened(Struct, frozen=True):
    """A session that was begun: whose, the id for the browser, and whether it is complete without a second factor."""

    name: str
    session_id: str
    complete: bool


class Paused(Struct, frozen=True):
    """Too many failures: nothing is tried before this moment."""

    until: dt.datetime


def sign_in(office: Office, name: str, password: str, address: str) -> Opened | Paused | None:
    """Begin a session. None when name and password don't belong together, whatever the reason."""
    if paused := pause_of(office, name, address):
        return paused
    user = office.store.users.find(name)
    known = user if user is not None and not user.disabled else None
    if not passwords.matches(password, known.password if known else None):
        count_failure(office, name, address)
        return None
    assert known is not None, "nobody's password matches nothing"
    if passwords.is_outdated(known.password):
        office.store.users.refresh_hash(known.name, passwords.hashed(password))
    complete = known.second_factor is None and not needs_second_factor(office, known)
    if complete:
        forgive(office, known.name)
    return Opened(known.name, begin(office, known, complete=complete), complete)


def begin(office: Office, user: User, *, complete: bool, instead_of: str = "") -> str:
    """Begin a session with a new id, in place of the one with the digest `instead_of`."""
    now, session_id = office.clock(), new_session_id()
    session = WebSession(
        digest=digest_of(session_id),
        name=user.name,
        begun_at=now,
        seen_at=now,
        ends_at=now + dt.timedelta(hours=office.config.web.session_hours),
        complete=complete,
    )
    office.store.web_sessions.begin(session, instead_of=instead_of)
    return session_id


def current(office: Office, session_id: str, *, awake: bool) -> tuple[WebSession, User] | None:
    """The session of an id and its user, while it lasts. `awake` when its user does something just now."""
    if not session_id:
        return None
    store, now = office.store, office.clock()
    session = store.web_sessions.find(digest_of(session_id))
    if session is None:
        return None
    user = store.users.find(session.name)
    rest = now - session.seen_at
    over = now >= session.ends_at or rest >= dt.timedelta(minutes=office.config.web.idle_minutes)
    if over or user is None or user.disabled:
        store.web_sessions.end(session.digest)
        return None
    if awake and rest >= SEEN_EVERY:
        store.web_sessions.seen(session.digest, now)
    return session, user


def needs_second_factor(office: Office, user: User) -> bool:
    """Whether one of the user's roles may not be had without a second factor."""
    return any(one.role in office.config.web.second_factor_for for one in user.grants)


# --- pauses


def pause_of(office: Office, name: str, address: str) -> Paused | None:
    """The pause that a name or an address has earned, while it lasts."""
    now = office.clock()
    ends = [
        failures.last_at + pause_after(failures.count - free)
        for subject, free in ((_name(name), FREE_FOR_NAME), (_address(address), FREE_FOR_ADDRESS))
        if (failures := office.store.web_sessions.failures(subject)).last_at is not None and failures.count >= free
    ]
    until = max(ends, default=now)
    return Paused(until) if until > now else None


def pause_after(beyond: int) -> dt.timedelta:
    """Half a minute after the last free failure, twice as long after each further one, a quarter of an hour at most."""
    return min(PAUSE_FIRST * (1 << min(beyond, 10)), PAUSE_MAX)


def count_failure(office: Office, name: str, address: str) -> None:
    """Count a failure of a name and of an address."""
    now = office.clock()
    for subject in (_name(name), _address(address)):
        office.store.web_sessions.count_failure(subject, now, forget_before=now - FORGOTTEN_AFTER)


def forgive(office: Office, name: str) -> None:
    """Forget a name's failures, now that it is who it says. Those of the address stand: others may sit there too."""
    office.store.web_sessions.forgive(_name(name))


def _name(name: str) -> str:
    return hashlib.sha256(b"name " + name.strip().lower().encode()).hexdigest()


def _address(address: str) -> str:
    return hashlib.sha256(b"address " + address.encode()).hexdigest()
