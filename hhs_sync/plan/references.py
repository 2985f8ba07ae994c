"""The only maker of names that leave the house: references, marks, customer names, batch dates.

A reference is a keyed hash of our own key of an entry, so that nobody outside can tell from it (or guess their way to)
a session, a remittance or a person, while the same entry gets the same reference on every look, from nothing but its
key. It is the mark by which we know our entries again. A customer is a payer, a client's random code, or the code under
the payer; a date that belongs to a session leaves only as the date of its batch.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import struct
from functools import lru_cache
from typing import TYPE_CHECKING

from hhs_sync.plan.desired import CustomerName

if TYPE_CHECKING:
    from hhs_sync.ledger.entry import EntryKey

PREFIX = "HHS-"
# Digits and capitals without 0, O, 1 and I, which people read for each other. 32 letters carry 5 bits each.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
# 17 letters carry 85 bits: among 10 million entries the chance that any two share a reference is below 2e-12.
# With the prefix a reference has 21 characters, the most that DocNumber holds.
LETTERS = 17
REFERENCE_LENGTH = len(PREFIX) + LETTERS
CLIENTS = "Clients (detail in practice ledger)"
"""The customer that stands for all clients where QuickBooks is told no codes."""
PAYER_UNKNOWN = "Payer not identified"
CLIENT_REFUND = "Client refund"

_MARK = re.compile(rf"(?<![0-9A-Za-z-]){PREFIX}[{ALPHABET}]{{{LETTERS}}}(?![0-9A-Za-z])")
_PLAIN = re.compile(rf"{PREFIX}[{ALPHABET}]{{{LETTERS}}}")
_BRACKETED = re.compile(rf"\[?{_MARK.pattern}\]?")
# Spelling goes by two bytes at a time: each pair of bytes (65,536 of them) stands for three letters (32,768) by its
# lower 15 bits, the last one for two letters by its lower 10.
_TWO_BYTES = struct.Struct(">6H").unpack_from
_TRIPLES = tuple(a + b + c for a in ALPHABET for b in ALPHABET for c in ALPHABET) * 2
_PAIRS = tuple(a + b for a in ALPHABET for b in ALPHABET) * 64
_BLOCK = 64
"""Bytes in a block of SHA-256, to which HMAC pads its key."""
SECRET_BYTES = 16
"""The least that a practice's secret must hold: a guessable one would give the keys away."""


class References:
    """The references of one practice: HMAC-SHA256 of an entry's key under the practice's secret, in 17 letters.

    The secret is mixed in once (RFC 2104: hash(outer pad + hash(inner pad + key))), which halves the time of each.
    Raises ValueError for a secret of fewer than 16 bytes.
    """

    def __init__(self, secret: bytes) -> None:
        """Mix in the practice's secret."""
        if len(secret) < SECRET_BYTES:
            raise ValueError(f"the practice's secret for references must have at least {SECRET_BYTES} bytes")
        padded = (hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(one ^ 0x36 for one in padded))
        self._outer = hashlib.sha256(bytes(one ^ 0x5C for one in padded))

    def of(self, entry: EntryKey) -> str:
        """The reference of an entry, the same on every look."""
        inner = self._inner.copy()
        inner.update(entry.encode())
        outer = self._outer.copy()
        outer.update(inner.digest())
        a, b, c, d, e, last = _TWO_BYTES(outer.digest())
        triples = _TRIPLES
        return f"{PREFIX}{triples[a]}{triples[b]}{triples[c]}{triples[d]}{triples[e]}{_PAIRS[last]}"


def reference_of(secret: bytes, entry: EntryKey) -> str:
    """The reference of one entry. Raises ValueError for a secret that is too short."""
    return References(secret).of(entry)


def is_reference(text: str) -> bool:
    """True when the whole text is one of our references, by its form."""
    return _PLAIN.fullmatch(text) is not None


def mark_text(reference: str, memo: str = "") -> str:
    """What stands in the private note: the memo for people, then the mark for us."""
    return f"{memo} [{reference}]" if memo else f"[{reference}]"


def find_mark(note: str | None) -> str | None:
    """Our reference in any note, whatever people or a void ("Voided" in front) added around it; None without one."""
    if not note:
        return None
    found = _MARK.search(note)
    return found[0] if found else None


def without_marks(text: str) -> str:
    """A text without our marks and the brackets around them."""
    return _BRACKETED.sub("", text).strip() if PREFIX in text else text


def payer_customer(payer: str, code: str = "") -> CustomerName:
    """A payer as customer, or a client's code under it. `payer` is the payer's name in the practice's own rules.

    QuickBooks takes no colon, tab or line break in a name: they become blanks.
    """
    return CustomerName(" ".join(payer.replace(":", " ").split()), code)


def client_customer(code: str) -> CustomerName:
    """A client as customer: the random code, or all clients together where there is none."""
    return CustomerName("", code) if code else CustomerName(CLIENTS, "")


@lru_cache(maxsize=65536)
def batch_date(day: dt.date) -> dt.date:
    """The date under which QuickBooks learns what happened on a day: the Sunday or month end on or after it.

    A batch never crosses the end of a month, so revenue stays in its month.
    """
    sunday = day + dt.timedelta(days=6 - day.weekday())
    next_month = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return min(sunday, next_month - dt.timedelta(days=1))


@lru_cache(maxsize=65536)
def batch_name(day: dt.date) -> str:
    """The name of the batch that a day falls into, by the ISO week of its date: "Batch 2025-W46"."""
    year, week, _ = batch_date(day).isocalendar()
    return f"Batch {year}-W{week:02d}"
