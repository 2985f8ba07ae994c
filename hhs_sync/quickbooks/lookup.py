"""Look before trying again: does QuickBooks hold what we asked for, although its answer was lost?

What was to be created is looked for by what it must bear: our mark in the note, among all entries of its kind and
date, and then, because a person may have dated it anew meanwhile, among all that was made since we meant to; a customer
by its name. Notes can't be searched for by QuickBooks' query language, so it is asked for dates and moments and the
marks are read here. Numbers are not asked for, because a company may number its sales forms itself. What was to be
changed or voided is read by its id and compared with what it would be.

A voided entry that bears the mark is an earlier life of the same entry and does not count as created.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from hhs_sync.ledger.entry import EntryKey
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.quickbooks.catalog import Fields
from hhs_sync.quickbooks.client import QuickBooksClient, escaped
from hhs_sync.quickbooks.posted import digest_of, is_voided, reference_of, total_of
from hhs_sync.quickbooks.writes import Write
from hhs_sync.store.intent import Operation

CLOCKS_APART = dt.timedelta(minutes=10)
"""By how much our clock may be ahead of QuickBooks' at most."""

LIST_MAX = 100
"""How many values one IN of a query lists: some 4,000 characters at most."""


def look_up(client: QuickBooksClient, writes: Sequence[Write]) -> dict[EntryKey, Fields]:
    """The object of each write that was carried out after all. Raises QuickBooksError when there is no asking."""
    found: dict[EntryKey, Fields] = {}
    for kind in {write.kind: None for write in writes}:
        of_kind = [write for write in writes if write.kind is kind]
        made = [write for write in of_kind if write.wish.operation is Operation.CREATE]
        changed = [write for write in of_kind if write.wish.operation is not Operation.CREATE]
        if made and kind is QuickBooksKind.CUSTOMER:
            found.update(_customers_made(client, made))
        elif made:
            found.update(_entries_made(client, kind, made))
        if changed:
            found.update(_changed(client, kind, changed))
    return found


def read_one(client: QuickBooksClient, kind: QuickBooksKind, quickbooks_id: str) -> Fields | None:
    """An object by its id; None when it is gone."""
    return read_by_id(client, kind, [quickbooks_id]).get(quickbooks_id)


def read_by_id(client: QuickBooksClient, kind: QuickBooksKind, ids: Iterable[str]) -> dict[str, Fields]:
    """Objects of one kind by their ids; what is gone is left out."""
    return {str(fields["Id"]): fields for fields in _where(client, kind, "Id", ids)}


def find_customer(client: QuickBooksClient, display_name: str) -> Fields | None:
    """The customer of that name, active or not."""
    for fields in _where(client, QuickBooksKind.CUSTOMER, "DisplayName", [display_name]):
        return fields
    return None


def is_done(write: Write, fields: Fields) -> bool:
    """Whether an object is as this change was to leave it."""
    if write.wish.operation is Operation.VOID:
        return is_voided(fields, total_of(write.kind, fields))
    return digest_of(write.kind, fields) == write.would_be()


def _entries_made(
    client: QuickBooksClient, kind: QuickBooksKind, writes: Sequence[Write]
) -> Iterator[tuple[EntryKey, Fields]]:
    absent = {write.wish.reference: write for write in writes}
    for fields in _where(client, kind, "TxnDate", (str(write.fields["TxnDate"]) for write in writes)):
        yield from _recognised(absent, kind, fields)
    moments = [write.intent.intended_at for write in absent.values() if write.intent is not None]
    if moments:
        since = (min(moments) - CLOCKS_APART).isoformat(timespec="seconds")
        for fields in client.select_all(kind.value, f"MetaData.CreateTime >= '{since}'"):
            yield from _recognised(absent, kind, fields)


def _recognised(absent: dict[str, Write], kind: QuickBooksKind, fields: Fields) -> Iterator[tuple[EntryKey, Fields]]:
    """The write whose mark an object bears, which is then no longer absent."""
    reference = reference_of(fields) or ""
    if reference in absent and not is_voided(fields, total_of(kind, fields)):
        yield absent.pop(reference).key, fields


def _customers_made(client: QuickBooksClient, writes: Sequence[Write]) -> Iterator[tuple[EntryKey, Fields]]:
    by_name = {str(write.fields["DisplayName"]).casefold(): write for write in writes}
    names = (str(write.fields["DisplayName"]) for write in writes)
    for fields in _where(client, QuickBooksKind.CUSTOMER, "DisplayName", names):
        write = by_name.get(str(fields.get("DisplayName")).casefold())
        if write is not None and same_customer(write, fields):
            yield write.key, fields


def same_customer(write: Write, fields: Fields) -> bool:
    """Whether a customer that is there is the one we wish: in use, and under the same parent."""
    parent = (fields.get("ParentRef") or {}).get("value")
    return fields.get("Active") is not False and parent == (write.fields.get("ParentRef") or {}).get("value")


def _changed(
    client: QuickBooksClient, kind: QuickBooksKind, writes: Sequence[Write]
) -> Iterator[tuple[EntryKey, Fields]]:
    there = read_by_id(client, kind, (write.wish.quickbooks_id for write in writes))
    for write in writes:
        fields = there.get(write.wish.quickbooks_id)
        if fields is not None and is_done(write, fields):
            yield write.key, fields


def _where(client: QuickBooksClient, kind: QuickBooksKind, attribute: str, values: Iterable[str]) -> Iterator[Fields]:
    """All objects of a kind whose attribute has one of the values, inactive ones included."""
    distinct = sorted(set(values))
    for start in range(0, len(distinct), LIST_MAX):
        listed = ", ".join(f"'{escaped(value)}'" for value in distinct[start : start + LIST_MAX])
        inactive = " AND Active IN (true, false)" if kind is QuickBooksKind.CUSTOMER else ""
        yield from client.select_all(kind.value, f"{attribute} IN ({listed}){inactive}")
