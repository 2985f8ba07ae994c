"""What spreadsheets make of texts, undone: days in other clothes, ids without their zeros, apostrophes."""

from __future__ import annotations

import datetime as dt
import re

from hhs_sync.findings.finding import ID_LENGTH

_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]0?0:00(?::00)?)?$")
_AMERICAN = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})$")
_WORDS = ("%d-%b-%y", "%d-%b-%Y", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y")
_FORMULA = ("=", "+", "-", "@")
# Day 1 of a spreadsheet is 1900-01-01, and it believes in a 29 February 1900: from March 1900 on, days count from here.
SERIAL_FROM = dt.date(1899, 12, 30)
SERIALS = range(36526, 73051)
"""2000-01-01 to 2100-01-01: a number outside is no day."""


def read_day(text: str) -> dt.date:
    """A day as ISO, as an American spreadsheet shows it (12/1/2026, 1-Dec-26), or as its number.

    Raises ValueError when it is none.
    """
    bare = plain(text)
    try:
        day = _day(bare)
    except ValueError:  # The thirtieth of February.
        day = None
    if day is None:
        raise ValueError(f"“{bare[:30]}” is not a day: write it as 2026-12-01")
    return day


def _day(bare: str) -> dt.date | None:
    if found := _ISO.match(bare):
        return dt.date(int(found[1]), int(found[2]), int(found[3]))
    if found := _AMERICAN.match(bare):
        year = int(found[3])
        return dt.date(year if year > 99 else 2000 + year, int(found[1]), int(found[2]))
    if bare.isdecimal() and int(bare) in SERIALS:
        return SERIAL_FROM + dt.timedelta(days=int(bare))
    for form in _WORDS:
        try:
            return dt.datetime.strptime(bare, form).date()  # noqa: DTZ007  A day has no time zone.
        except ValueError:
            continue
    return None


def read_id(text: str) -> str:
    """A short id, with the zeros in front that a spreadsheet drops from what looks like a number.

    Raises ValueError for one that was turned into a number beyond recall (12e4567 becomes 1.2E+4568).
    """
    bare = plain(text).lower()
    if not re.fullmatch(rf"[0-9a-f]{{1,{ID_LENGTH}}}", bare):
        raise ValueError(f"“{bare[:30]}” is no id any more: keep the column Key beside it")
    return bare.zfill(ID_LENGTH)


def plain(text: str) -> str:
    """The text without what was put in front so that no spreadsheet takes it for a formula."""
    bare = text.strip()
    return bare[1:] if bare[:1] == "'" and bare[1:].startswith(_FORMULA) else bare
