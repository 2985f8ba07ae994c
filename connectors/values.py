"""Texts of a table to values: dates, amounts, own keys, and what a full export covers.

The look-ups remember what they have read: a hundred thousand rows hold a few thousand different dates and fees, so each
text is understood once. A text that is no date or no amount gives None; the caller says so with its line.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import zoneinfo
from typing import TYPE_CHECKING, TypeVar

from msgspec import structs

from hhs_sync.errors import MoneyError
from hhs_sync.facts.document import Covers, Unreadable
from hhs_sync.facts.fact import Fact
from hhs_sync.money import Money, parse_money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FactT = TypeVar("FactT", bound=Fact)

DATES = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")
"""How dates are written unless the config says otherwise."""

COVERS = ("nothing", "dates of the file", "file name", "everything")
"""What a file may claim to hold in full."""

_TIMES = ("%I:%M %p", "%I:%M%p", "%H:%M", "%H:%M:%S", "%I:%M:%S %p")
_ZONED = re.compile(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$")
_DAY_IN_NAME = re.compile(r"20\d\d-\d\d-\d\d")
_YEARS = range(1990, 2100)


class Days(dict[str, "tuple[dt.date, str | None] | None"]):
    """Text to day and time of day ("09:30", None where only a day was written).

    A moment that names its zone becomes the practice's own day and time; one without a zone is the practice's already.
    """

    def __init__(self, formats: Sequence[str], time_zone: str) -> None:
        """Take the ways in which dates are written, most likely first."""
        super().__init__()
        self._formats = formats
        self._zone = zoneinfo.ZoneInfo(time_zone)

    def __missing__(self, text: str) -> tuple[dt.date, str | None] | None:
        found = self._read(text.strip())
        if found is not None and found[0].year not in _YEARS:
            found = None
        self[text] = found
        return found

    def _read(self, text: str) -> tuple[dt.date, str | None] | None:
        if _ZONED.match(text):
            try:
                moment = dt.datetime.fromisoformat(text).astimezone(self._zone)
            except ValueError:
                return None
            return moment.date(), moment.strftime("%H:%M")
        day = self._day(text)
        if day is not None:
            return day, None
        head, _, tail = text.replace("T", " ", 1).partition(" ")
        day, time_of_day = self._day(head), read_time(tail)
        return (day, time_of_day) if day and time_of_day else None

    def _day(self, text: str) -> dt.date | None:
        for form in self._formats:
            try:
                return dt.datetime.strptime(text, form).date()  # noqa: DTZ007  A day has no zone.
            except ValueError:
                continue
        return None


class Amounts(dict[str, "Money | None"]):
    """Text to cents; an empty text is None too."""

    def __init__(self, decimal: str) -> None:
        """Take the decimal sign, "." or ","."""
        super().__init__()
        self._comma = decimal == ","

    def __missing__(self, text: str) -> Money | None:
        bare = text.replace(".", "").replace(",", ".") if self._comma else text
        found: Money | None = None
        try:
            found = parse_money(bare)
        except MoneyError:
            found = None
        self[text] = found
        return found


class Keys:
    """The keys of one document's facts.

    A key that comes again with another fact is another thing (an appointment's second code on a line of its own) and
    gets a running number; with an equal fact it is the same row twice.
    """

    def __init__(self) -> None:
        """Begin with no keys."""
        self._facts: dict[str, Fact] = {}
        self._equals: dict[str, int] = {}

    def take(self, fact: FactT) -> FactT | None:
        """The fact under a key of its own, or None when this very fact was there before."""
        return fact if self._facts.setdefault(fact.key, fact) is fact else self._again(fact)

    def number(self, parts: Iterable[object]) -> str:
        """An own key for a row whose source gives none: a digest of what it says, and a running number among equals.

        A digest, because keys stand on reports and in logs, where no names, dates of service or codes may.
        """
        digest = opaque(parts)
        self._equals[digest] = number = self._equals.get(digest, 0) + 1
        return f"{digest}-{number}"

    def _again(self, fact: FactT) -> FactT | None:
        number, key = 1, fact.key
        while (other := self._facts.get(key)) is not None:
            if structs.replace(fact, key=key) == other:
                return None
            number += 1
            key = f"{fact.key}#{number}"
        self._facts[key] = fact = structs.replace(fact, key=key)
        return fact


def opaque(parts: Iterable[object]) -> str:
    """What these parts say, as 16 characters from which they can't be read."""
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def read_time(text: str) -> str | None:
    """A time of day as "09:30"."""
    for form in _TIMES:
        try:
            return dt.datetime.strptime(text.strip().upper(), form).strftime("%H:%M")  # noqa: DTZ007  A time of day.
        except ValueError:
            continue
    return None


def covered(claim: str, kind: str, days: Iterable[dt.date], name: str, unreadable: list[Unreadable]) -> Covers | None:
    """What a document covers, by what the config claims of it.

    A document with a row that could not be read covers nothing: the fact of that row would else count as withdrawn.
    A claim that the file name does not bear out is told as an `Unreadable`.
    """
    if claim == "nothing" or unreadable:
        return None
    if claim == "everything":
        return Covers(kind=kind, first=dt.date.min, last=dt.date.max)
    if claim == "file name":
        named = sorted(_DAY_IN_NAME.findall(name))
        try:
            return Covers(kind=kind, first=dt.date.fromisoformat(named[0]), last=dt.date.fromisoformat(named[1]))
        except (IndexError, ValueError):
            unreadable.append(
                Unreadable(place="file name", problem="holds no two days (2026-01-01) that say what the export covers")
            )
            return None
    told = sorted(days)
    return Covers(kind=kind, first=told[0], last=told[-1]) if told else None
