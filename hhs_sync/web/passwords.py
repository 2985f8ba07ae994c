"""Passwords: what may be one, and argon2id hashes of them.

A hash takes 64 MB and some 50 ms (RFC 9106, the second recommended option, which argon2-cffi has as its default), so no
more than a few are made at once, however many people knock.
"""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LENGTH_MIN, LENGTH_MAX = 12, 200
"""NIST SP 800-63B asks for length and for nothing else: no mixture of characters, no change every few months."""
AT_ONCE = 2

_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(AT_ONCE)


def fault_of(password: str, name: str) -> str:
    """Why a text can't be a password, as a sentence; empty when it can."""
    if len(password) < LENGTH_MIN:
        return f"A password has {LENGTH_MIN} characters or more: three or four words without a connection, say."
    if len(password) > LENGTH_MAX:
        return f"A password has {LENGTH_MAX} characters at the most."
    if name.lower() in password.lower():
        return "The password must not hold the user's name."
    if len(set(password.lower())) < 5:
        return "The password repeats too few characters."
    return ""


def hashed(password: str) -> str:
    """The hash to keep."""
    with _turns:
        return _hasher.hash(password)


def matches(password: str, hash_: str | None) -> bool:
    """Whether the password is the one of the hash. For nobody (None) it takes the same time to find that it is not."""
    with _turns:
        try:
            return _hasher.verify(hash_ or nobodys(), password[:LENGTH_MAX]) and hash_ is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(hash_: str) -> bool:
    """Whether a hash was made with weaker parameters than those of today."""
    return _hasher.check_needs_rehash(hash_)


@cache
def nobodys() -> str:
    """The hash of a password that nobody has."""
    return _hasher.hash("the password of nobody at all")
