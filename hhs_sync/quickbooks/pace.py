"""How fast QuickBooks may be asked: at most so many calls in any stretch of so many seconds.

The limits are counted over every window, not as a bucket that refills: a bucket of 40 that also drips 40 a minute lets
79 calls through in its first minute, and the 41st of them is answered 429 with a minute's wait. Each window is a
twentieth longer than Intuit's at the short end and half a second at the long end, because calls arrive at their own
pace: 10 in 1.05 s, 40 in 60.5 s (99 % of what is allowed).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from msgspec import Struct


class Limit(Struct, frozen=True, kw_only=True):
    """At most `calls` calls in any `seconds` seconds; `batches_only` counts calls of the batch endpoint alone."""

    calls: int
    seconds: float
    batches_only: bool = False


INTUIT_LIMITS = (
    Limit(calls=10, seconds=1.05),
    Limit(calls=500, seconds=60.5),
    Limit(calls=40, seconds=60.5, batches_only=True),
)
"""Per company and app: 10 a second, 500 a minute, and 40 batches a minute."""


class Pace:
    """Keeps one company's calls within the limits by waiting before each. `clock` and `sleep` count in seconds."""

    def __init__(self, limits: Iterable[Limit], *, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        """Start with no call made."""
        self._made: list[tuple[Limit, deque[float]]] = [(limit, deque()) for limit in limits]
        self._clock = clock
        self._sleep = sleep
        self.waited_seconds = 0.0

    def wait(self, *, batch: bool = False) -> None:
        """Wait until one more call is allowed, and count it."""
        now = self._clock()
        while (pause := self._pause(now, batch=batch)) > 0:
            self._sleep(pause)
            self.waited_seconds += pause
            now = max(self._clock(), now)
        for limit, made in self._made:
            if batch or not limit.batches_only:
                made.append(now)

    def _pause(self, now: float, *, batch: bool) -> float:
        """Seconds until every limit has room for one more."""
        longest = 0.0
        for limit, made in self._made:
            if limit.batches_only and not batch:
                continue
            while made and made[0] + limit.seconds <= now:
                made.popleft()
            if len(made) >= limit.calls:
                longest = max(longest, made[0] + limit.seconds - now)
        return longest
