"""The values inside X12 elements: amounts (type R), dates (DT, D8, RD8) and composites.

Payers repeat themselves: the same charge, day, code or adjustment stands in thousands of claims. So each of these is
remembered for a while under its text, which is quicker than reading it again and lets equal values share their memory.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from hhs_sync.facts.remittance import Adjustment
from hhs_sync.money import Money

CENTS_MAX = 10**18
"""An R element has at most 18 digits (cents included); more would not fit a database's whole number either."""

# A minus sign only where negative and an optional decimal point; a plus and surplus zeros do no harm.
_AMOUNT = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]{0,2})0*)?")
_NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")


class ValueUnreadableError(ValueError):
    """An element does not hold what it should. Its text is left out: it may be anything, a name included."""


@lru_cache(maxsize=1 << 15)
def cents(text: str) -> Money:
    """An amount in cents: "12.5" is 1250, ".5" is 50, "100." is 10000, "-.5" is -50; an empty element tells 0.

    Raises ValueUnreadableError for anything else, for fractions of a cent and for more than 18 digits.
    """
    bare = text.strip(" ")
    if not bare:
        return 0
    found = _AMOUNT.fullmatch(bare)
    if found is None or not (found[2] or found[3]):
        raise ValueUnreadableError
    digits = found[2].lstrip("0") + (found[3] or "").ljust(2, "0")
    if len(digits) > 18:
        raise ValueUnreadableError
    return -int(digits) if found[1] == "-" else int(digits)


@lru_cache(maxsize=1 << 13)
def day(text: str) -> dt.date | None:
    """A date CCYYMMDD, a time behind it left out; None for an empty element. Raises ValueUnreadableError."""
    bare = text.strip(" ")
    if not bare:
        return None
    if len(bare) not in {8, 12, 14} or not (bare.isascii() and bare.isdigit()):
        raise ValueUnreadableError
    try:
        return dt.date(int(bare[:4]), int(bare[4:6]), int(bare[6:8]))
    except ValueError:
        raise ValueUnreadableError from None


@lru_cache(maxsize=1 << 13)
def marked_day(text: str, element: str) -> tuple[str, dt.date | None]:
    """Qualifier and date of a DTM, whose text behind the tag is qualifier*date. Raises ValueUnreadableError."""
    role, _, value = text.partition(element)
    return role, day(value.partition(element)[0])


def days(text: str) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of "20240101-20240107" (RD8), or of one day (D8): then the last is None."""
    first, _, last = text.partition("-")
    return day(first), day(last)


@lru_cache(maxsize=1 << 13)
def procedure(text: str, component: str) -> tuple[str, tuple[str, ...]]:
    """Code and modifiers of a procedure composite, qualifier:code:modifier:...; a lone code has no qualifier."""
    parts = text.split(component)
    if len(parts) == 1:
        return text, ()
    return parts[1], tuple(part for part in parts[2:6] if part)


@lru_cache(maxsize=1 << 13)
def units(text: str) -> str:
    """Units without surplus zeros: "1.00" is "1". An empty element, and what is no number, stay as they are."""
    bare = text.strip()
    if not _NUMBER.fullmatch(bare):
        return bare
    return (bare.rstrip("0").rstrip(".") or "0") if "." in bare else bare


@lru_cache(maxsize=1 << 11)
def remarks(text: str, element: str, *places: tuple[int, int]) -> tuple[str, ...]:
    """The codes at some places of a segment, whose first element is at 0; empty elements are none."""
    parts = text.split(element)
    return tuple(code for first, last in places for part in parts[first:last] if (code := part.strip()))


@lru_cache(maxsize=1 << 14)
def adjustments(text: str, element: str) -> tuple[Adjustment, ...]:
    """The triplets of a CAS, whose text behind the tag is group*reason*amount*quantity*reason*amount*quantity...

    Six triplets are the most that the standard allows; further ones are read all the same. Raises
    ValueUnreadableError.
    """
    parts = text.split(element)
    group = parts[0].strip()
    found = []
    for index in range(1, len(parts), 3):
        reason, amount, quantity = [*parts[index : index + 3], "", ""][:3]
        if reason or amount:
            found.append(Adjustment(group, reason.strip(), cents(amount), quantity or None))
    return tuple(found)


def content_digest(segments: Iterable[str], element: str, component: str) -> str:
    """The sha256 of segments, the same whatever separates their parts and however their lines end.

    NUL stands nowhere in a segment: it was padding, and is gone.
    """
    text = "\0s".join(segments).replace(element, "\0e").replace(component, "\0c")
    return sha256(text.encode()).hexdigest()


def readable_key(text: str) -> str:
    """A number of the source as a part of a fact's key: what could break or forge a key is left out."""
    return _NOT_IN_KEYS.sub("_", text)[:60]


_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9.-]+")
