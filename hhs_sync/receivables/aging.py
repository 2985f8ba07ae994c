"""Aging: open items by age in days since the party came to owe them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from hhs_sync.mapping.accounts import Account
from hhs_sync.money import Money

if TYPE_CHECKING:
    from hhs_sync.receivables.open_items import OpenItem

# The buckets of the trade, in days, both ends included; the last has no end.
BUCKETS: tuple[tuple[str, int], ...] = (("0-30", 30), ("31-60", 60), ("61-90", 90), ("91-120", 120))
OLDEST = "over 120"
BUCKET_NAMES: tuple[str, ...] = (*(name for name, _ in BUCKETS), OLDEST)


def bucket(age_days: int) -> int:
    """The place in `BUCKET_NAMES` that an age falls into."""
    return next((place for place, (_, last) in enumerate(BUCKETS) if age_days <= last), len(BUCKETS))


def age(items: Iterable[OpenItem], today: dt.date) -> Mapping[tuple[Account, str], tuple[Money, ...]]:
    """Money in cents, one amount per bucket, by account and party; in the order of accounts, then parties."""
    table: dict[tuple[Account, str], list[Money]] = {}
    for item in items:
        row = table.setdefault((item.account, item.party), [0] * len(BUCKET_NAMES))
        row[bucket((today - item.since).days)] += item.amount
    in_order = sorted(table.items(), key=lambda one: (one[0][0].value, one[0][1]))
    return {place: tuple(amounts) for place, amounts in in_order}
