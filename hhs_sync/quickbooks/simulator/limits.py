"""Intuit's limits: so many calls a minute and a second, counted on the simulator's own clock.

Per realm 500 requests a minute; per realm and app 10 a second and 40 batches a minute. A call that is turned away
counts for nothing. Each window slides: what was let through more than a minute (second) ago no longer counts.
"""

from collections import defaultdict, deque
from datetime import datetime, timedelta

REQUESTS_PER_MINUTE = 500
REQUESTS_PER_SECOND = 10
BATCHES_PER_MINUTE = 40
WAIT_SECONDS = 60


class Limits:
    """Remembers when calls were let through."""

    def __init__(self) -> None:
        self._passed: defaultdict[tuple[str, str], deque[datetime]] = defaultdict(deque)

    def passes(self, realm: str, *, batch: bool, now: datetime) -> bool:
        """Whether a call may pass now; if so it is counted."""
        windows = [
            (self._passed[realm, "minute"], timedelta(minutes=1), REQUESTS_PER_MINUTE),
            (self._passed[realm, "second"], timedelta(seconds=1), REQUESTS_PER_SECOND),
        ]
        if batch:
            windows.append((self._passed[realm, "batch"], timedelta(minutes=1), BATCHES_PER_MINUTE))
        for moments, span, most in windows:
            while moments and now - moments[0] >= span:
                moments.popleft()
            if len(moments) >= most:
                return False
        for moments, _, _ in windows:
            moments.append(now)
        return True
