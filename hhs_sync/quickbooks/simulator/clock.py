"""The time a company lives in: the wall's, or one that a test drives.

QuickBooks keeps Pacific time: "today" on its server, and every time stamp it answers, is Pacific.
"""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")


class Clock(Protocol):
    """Tells the time; limits, token expiry, change data and time stamps all ask it."""

    def now(self) -> datetime:
        """The present moment, with its zone."""

    def advance(self, seconds: float) -> None:
        """Put the clock forward."""


class WallClock:
    """The machine's own time, or one shifted so that it starts at a given moment and runs on."""

    def __init__(self, start: datetime | None = None) -> None:
        self._shift = timedelta() if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC) + self._shift

    def advance(self, seconds: float) -> None:
        """Put the clock forward."""
        assert seconds >= 0, "A company's clock never runs backward."
        self._shift += timedelta(seconds=seconds)


class DrivenClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, start: datetime) -> None:
        assert start.tzinfo is not None, "The clock's start needs a zone."
        self._now = start

    def now(self) -> datetime:
        """The moment it was last moved to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Put the clock forward."""
        assert seconds >= 0, "A company's clock never runs backward."
        self._now += timedelta(seconds=seconds)


def stamp(moment: datetime) -> str:
    """A time stamp as QuickBooks writes it, to the second, with the Pacific offset."""
    return moment.astimezone(PACIFIC).isoformat(timespec="seconds")


def answer_stamp(moment: datetime) -> str:
    """The `time` of an answer: as above, with milliseconds."""
    return moment.astimezone(PACIFIC).isoformat(timespec="milliseconds")


def today(moment: datetime) -> date:
    """QuickBooks' own date at that moment."""
    return moment.astimezone(PACIFIC).date()


def monotonic_milliseconds() -> int:
    """Elapsed milliseconds of the machine, for the page that shows how long calls took."""
    return time.monotonic_ns() // 1_000_000
