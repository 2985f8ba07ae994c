"""What the first page shows of a practice: small enough to be read for two hundred of them at once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from hhs_sync.findings.situation import Control
from hhs_sync.money import Money
from hhs_sync.receivables.aging import BUCKET_NAMES
from hhs_sync.review.cleared import RULE
from hhs_sync.review.record import Summary, TiedAccount

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hhs_sync.review.record import AgedParty, InTransit, Record


class OnTheWay(Struct, frozen=True, kw_only=True, gc=False):
    """Money of one kind and sender that is not at the bank yet, in cents; when it was told, and is a question."""

    what: str
    sender: str
    count: int
    amount: Money
    oldest: dt.date
    expected: dt.date


class Today(Struct, frozen=True, kw_only=True):
    """One practice as the first page shows it: nothing about any client.

    `payers` and `clients` are what they owe by age, as `receivables.aging` has the buckets. `by_rule` and `by_people`
    count the questions that went away in the last week.
    """

    name: str
    as_of: dt.date
    tied: bool
    tied_on: dt.date | None
    accounts: tuple[TiedAccount, ...]
    controls: tuple[Control, ...]
    payers: tuple[Money, ...]
    clients: tuple[Money, ...]
    on_the_way: tuple[OnTheWay, ...]
    by_rule: int
    by_people: int
    summary: Summary


def today_of(record: Record) -> Today:
    """The first page's part of a record."""
    by_rule = sum(1 for one in record.cleared if one.closed_by.startswith(RULE))
    return Today(
        name=record.name,
        as_of=record.as_of,
        tied=record.tied,
        tied_on=record.tied_on,
        accounts=record.accounts,
        controls=record.controls,
        payers=by_age(one for one in record.aging if not one.is_client),
        clients=by_age(one for one in record.aging if one.is_client),
        on_the_way=on_the_way(record.in_transit),
        by_rule=by_rule,
        by_people=len(record.cleared) - by_rule,
        summary=record.summary,
    )


def by_age(parties: Iterable[AgedParty]) -> tuple[Money, ...]:
    """What they owe together, by age."""
    sums = [0] * len(BUCKET_NAMES)
    for one in parties:
        for place, amount in enumerate(one.buckets):
            sums[place] += amount
    return tuple(sums)


def on_the_way(items: Iterable[InTransit]) -> tuple[OnTheWay, ...]:
    """Money in transit by kind and sender, what is expected first in front."""
    found: dict[tuple[str, str], OnTheWay] = {}
    for one in items:
        before = found.get((one.what, one.sender))
        found[one.what, one.sender] = OnTheWay(
            what=one.what,
            sender=one.sender,
            count=before.count + 1 if before else 1,
            amount=before.amount + one.amount if before else one.amount,
            oldest=min(before.oldest, one.date) if before else one.date,
            expected=min(before.expected, one.expected) if before else one.expected,
        )
    return tuple(sorted(found.values(), key=lambda one: (one.expected, one.what, one.sender)))


_decoder = msgspec.json.Decoder(Today)


def write_today(record: Record) -> bytes:
    """The part of a stored review that `read_today` reads."""
    return msgspec.json.encode(today_of(record))


def read_today(text: bytes) -> Today | None:
    """What `write_today` wrote; None when an older program wrote it."""
    try:
        return _decoder.decode(text)
    except msgspec.MsgspecError:
        return None
