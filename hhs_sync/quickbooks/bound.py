"""What people in QuickBooks have built upon an entry: a bank reconciliation that holds it, a link of their own to it.

QuickBooks tells of a reconciliation only in its TransactionList report (the filter `cleared`), and shows a link on the
entry that it was laid on. Neither is in the mirror, so both are asked for, of the entries that are about to be taken
back. A report answers for six months at most.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hhs_sync.plan.changes import PostedEntry
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.quickbooks.catalog import Fields
from hhs_sync.quickbooks.client import QuickBooksClient
from hhs_sync.quickbooks.lookup import read_by_id

REPORT_DAYS = 180


def reconciled(client: QuickBooksClient, first: dt.date, last: dt.date) -> frozenset[str]:
    """The ids of what is reconciled with a bank statement, dated from `first` to `last`. Raises QuickBooksError."""
    found: set[str] = set()
    while first <= last:
        until = min(last, first + dt.timedelta(days=REPORT_DAYS - 1))
        asked = {"start_date": first.isoformat(), "end_date": until.isoformat(), "cleared": "Reconciled"}
        found.update(_ids(client.get_report("TransactionList", asked).get("Rows", {})))
        first = until + dt.timedelta(days=1)
    return frozenset(found)


def linked_by_others(
    client: QuickBooksClient, entries: Iterable[PostedEntry], ours: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """By the id of an entry: what is linked to it and is not ours, as "Payment 17". Raises QuickBooksError."""
    by_kind: dict[QuickBooksKind, list[str]] = {}
    for one in entries:
        by_kind.setdefault(one.kind, []).append(one.quickbooks_id)
    found = {}
    for kind, ids in by_kind.items():
        for quickbooks_id, fields in read_by_id(client, kind, ids).items():
            links = tuple(_links(fields, ours))
            if links:
                found[quickbooks_id] = links
    return found


def _links(fields: Fields, ours: frozenset[str]) -> Iterator[str]:
    for link in fields.get("LinkedTxn") or ():
        if str(link.get("TxnId")) not in ours:
            yield f"{link.get('TxnType')} {link.get('TxnId')}"


def _ids(rows: Mapping[str, Any]) -> Iterator[str]:
    """The documents of a report: their id stands beside their type, in sections too."""
    for row in rows.get("Row") or ():
        for cell in row.get("ColData") or ():
            if cell.get("id") and cell.get("value"):
                yield str(cell["id"])
        yield from _ids(row.get("Rows") or {})
