"""Business days: Monday to Friday.

Bank holidays are not counted out: the limits that use these days are given by people as "about five business days",
and a holiday more makes no doubt wrong, only a day early.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

_ONE_DAY = dt.timedelta(days=1)
_SATURDAY = 5


@lru_cache(maxsize=65536)
def add_business_days(day: dt.date, count: int) -> dt.date:
    """The day that lies `count` business days after `day` (before it, when negative)."""
    step = _ONE_DAY if count >= 0 else -_ONE_DAY
    left = abs(count)
    while left:
        day += step
        if day.weekday() < _SATURDAY:
            left -= 1
    return day
