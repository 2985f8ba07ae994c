"""Aging: open items by age in days since the party came to owe them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from hhs_sync.money import Money

if TYPE_CHECKING:
    from hhs_sync.receivables.open_items import OpenItem

# The buckets of the trade, in days, both ends included; the last has no end.
BUCKETS: tuple[tuple[str, int], ...] = (("0-30", 30), ("31-60", 60), ("61-90", 90), ("91-120", 120))
OLDEST = "over 120"


def bucket(age_days: int) -> str:
    """The name of the bucket that an age falls into."""
    return next((name for name, last in BUCKETS if age_days <= last), OLDEST)


def age(items: Iterable[OpenItem], today: dt.date) -> Mapping[tuple[str, str], Mapping[str, Money]]:
    """Money in cents by (account, party) and bucket."""
    table: dict[tuple[str, str], dict[str, Money]] = defaultdict(lambda: defaultdict(int))
    for item in items:
        table[item.account.value, item.party][bucket((today - item.since).days)] += item.amount
    return table
