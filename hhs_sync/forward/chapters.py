"""The chapters in which new remittances change something, made of those that the last look wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

import msgspec

from hhs_sync.forward.sums import moved
from hhs_sync.forward.touch import WholeLookNeeded
from hhs_sync.forward.trail import moved_trail
from hhs_sync.ledger.entry import EntryKind
from hhs_sync.mapping.accounts import Account
from hhs_sync.review.chapter import (
    ACCOUNTS,
    OPEN_ITEMS,
    REMITTANCES,
    Accounts,
    Booked,
    Month,
    OpenLine,
    SessionStory,
    clients_of,
    entries_of,
    month_of,
    read_chapter,
    sessions_of,
)
from hhs_sync.review.chapters import (
    account_figure,
    booked,
    client_stories,
    documents_by_entry,
    entries_moved,
    note_months,
    open_line,
    remittance_lines,
    tied_figures,
)
from hhs_sync.review.trail import session_trails

if TYPE_CHECKING:
    import datetime as dt

    from hhs_sync.facts.document import FactKey
    from hhs_sync.findings.situation import Situation
    from hhs_sync.forward.bring import Brought
    from hhs_sync.forward.touch import Touched

Chapter = TypeVar("Chapter")
Read = Callable[[str], bytes | None]

_encode = msgspec.json.Encoder().encode
_KINDS = {kind.value: place for place, kind in enumerate(EntryKind)}


def chapters_forward(touched: Touched, brought: Brought, read: Read) -> Iterator[tuple[str, bytes]]:
    """The chapters that differ now, by name, as JSON; `read` gives what the last look wrote. Raises WholeLookNeeded."""
    before, after = brought.before, brought.after
    yield from _entries(before, after, read)
    yield ACCOUNTS, _encode(_accounts(touched, brought, _stored(read, ACCOUNTS, Accounts)))
    yield from _sessions(before, after, read)
    yield from _clients(before, after, read)
    yield OPEN_ITEMS, _encode(_open_items(after, _stored(read, OPEN_ITEMS, list[OpenLine])))
    yield REMITTANCES, _encode(remittance_lines(after))


def _stored(read: Read, name: str, kind: type[Chapter]) -> Chapter:
    found = read_chapter(read(name), kind)
    if found is None:
        raise WholeLookNeeded(f"there is no chapter {name.split(maxsplit=1)[0]}")
    return found


def _entries(before: Situation, after: Situation, read: Read) -> Iterator[tuple[str, bytes]]:
    """The months in which an entry, or a document that tells one, is another."""
    was, now = _booked(before), _booked(after)
    differ = [key for key in {**was, **now} if was.get(key) != now.get(key)]
    months = {month_of(one.date) for key in differ for one in (was.get(key), now.get(key)) if one is not None}
    for month in sorted(months):
        name = entries_of(month)
        there = {one.key: one for one in read_chapter(read(name), list[Booked]) or ()}
        for key in differ:
            here = _in_month(was.get(key), month)
            if there.get(key) != here:
                raise WholeLookNeeded("an entry is shared with other accounts")
            there.pop(key, None)
            if one := _in_month(now.get(key), month):
                there[key] = one
        yield name, _encode(sorted(there.values(), key=_place))


def _booked(at: Situation) -> dict[str, Booked]:
    return {one.key: one for one in booked(at, at.books.entries, documents_by_entry(at))}


def _in_month(one: Booked | None, month: str) -> Booked | None:
    return one if one is not None and month_of(one.date) == month else None


def _place(one: Booked) -> tuple[dt.date, int, str]:
    """The order of the books."""
    return one.date, _KINDS[one.kind], one.key


def _accounts(touched: Touched, brought: Brought, last: Accounts) -> Accounts:
    figures: dict[str, dict[str, Month]] = {
        one.account: {each.month: each for each in one.months} for one in last.sub_ledger
    }
    for sign, entries in ((-1, touched.went), (1, touched.came)):
        by_month = defaultdict(list)
        for entry in entries:
            by_month[month_of(entry.date)].append(entry)
        for month, told in by_month.items():
            for account, figure in entries_moved(told, month).items():
                known = figures.setdefault(account.value, {})
                known[month] = _sum(known.get(month, Month(month, 0, 0, 0)), figure, sign)
    rows = []
    for account in Account:
        months = [one for _, one in sorted(figures.get(account.value, {}).items()) if one.entries]
        if months:
            rows.append(account_figure(brought.after, account, months))
    return Accounts(sub_ledger=tuple(rows), quickbooks=tied_figures(brought.after, brought.tie_out))


def _sum(one: Month, other: Month, sign: int) -> Month:
    return Month(
        one.month, one.entries + sign * other.entries, one.debit + sign * other.debit, one.credit + sign * other.credit
    )


def _sessions(before: Situation, after: Situation, read: Read) -> Iterator[tuple[str, bytes]]:
    """The months of service of the sessions whose way is another, or goes on."""
    was, now = _stories(before), _stories(after)
    sessions = after.facts.sessions
    by_chapter: dict[str, list[FactKey]] = defaultdict(list)
    for key, story in now.items():
        if was[key] != story:
            by_chapter[sessions_of(sessions[key].date)].append(key)
    for name, keys in sorted(by_chapter.items()):
        there = _stored(read, name, dict[str, SessionStory])
        for key in keys:
            there[key] = _moved_story(there[key], was[key], now[key])
        yield name, _encode(there)


def _stories(at: Situation) -> dict[FactKey, SessionStory]:
    months: dict[FactKey, list[str]] = {}
    for entry in at.books.entries:
        note_months([entry], month_of(entry.date), months)
    return {
        key: SessionStory(code="", trail=trail, months=tuple(months.get(key, ())))
        for key, trail in session_trails(at, at.facts.sessions)
    }


def _moved_story(last: SessionStory, before: SessionStory, after: SessionStory) -> SessionStory:
    if not set(before.months) <= set(after.months):
        raise WholeLookNeeded("an entry went, and others may stand in its month")
    months = tuple(sorted(moved(last.months, before.months, after.months)))
    return SessionStory(code=last.code, trail=moved_trail(last.trail, before.trail, after.trail), months=months)


def _clients(before: Situation, after: Situation, read: Read) -> Iterator[tuple[str, bytes]]:
    """The clients of whom something else is told. Their stories are whole, for an excerpt has their accounts whole."""
    was, now = dict(client_stories(before)), dict(client_stories(after))
    by_chapter: dict[str, list[str]] = defaultdict(list)
    for code, story in now.items():
        if was.get(code) != story:
            by_chapter[clients_of(code)].append(code)
    for name, codes in sorted(by_chapter.items()):
        there = _stored(read, name, dict[str, msgspec.Raw])
        for code in codes:
            if bytes(there.get(code, b"")) != _encode(was.get(code)):
                raise WholeLookNeeded("a client's account was told otherwise")
            there[code] = msgspec.Raw(_encode(now[code]))
        yield name, _encode(there)


def _open_items(after: Situation, last: Iterable[OpenLine]) -> list[OpenLine]:
    own = after.facts.sessions
    lines = [open_line(after, one) for one in after.books.open_items]
    return sorted((*(one for one in last if one.session not in own), *lines), key=lambda one: one.session)
