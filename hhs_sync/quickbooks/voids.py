"""Take back what is no longer wished: void where QuickBooks can, bring to nothing where it can't, delete never.

Each entry is read once more before it goes, for a void can't be taken back: what a person has changed since the plan
was made is left alone, and what is void already only needs to be noted.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from hhs_sync.plan.changes import Hold, HoldReason, Void
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.quickbooks.catalog import Catalog, Fields, Missing
from hhs_sync.quickbooks.client import QuickBooksClient
from hhs_sync.quickbooks.entities import zeroed
from hhs_sync.quickbooks.lookup import read_by_id
from hhs_sync.quickbooks.posted import digest_of, is_voided, total_of
from hhs_sync.quickbooks.sending import VOID_PARAMETERS
from hhs_sync.quickbooks.writes import Guard, Write, hold, problem_in, wish_of_void


class Voids(Struct, frozen=True, kw_only=True):
    """What is to be sent, what is void already (with its object), and what has to wait."""

    writes: tuple[Write, ...] = ()
    done: tuple[tuple[Write, Fields], ...] = ()
    held: tuple[Hold, ...] = ()


def void_writes(client: QuickBooksClient, changes: Sequence[Void], catalog: Catalog, guard: Guard) -> Voids:
    """Prepare a wave of voids. Raises QuickBooksError when the entries can't be read."""
    writes: list[Write] = []
    done: list[tuple[Write, Fields]] = []
    held: list[Hold] = []
    for kind in {change.pushed.kind: None for change in changes}:
        of_kind = [change for change in changes if change.pushed.kind is kind]
        there = read_by_id(client, kind, (change.pushed.quickbooks_id for change in of_kind))
        for change in of_kind:
            fields = there.get(change.pushed.quickbooks_id)
            if fields is None:
                held.append(hold(change, HoldReason.DELETED, "seen while pushing"))
            elif is_voided(fields, total_of(kind, fields)):
                done.append((Write(change=change, wish=wish_of_void(change), body=b"{}"), fields))
            elif digest_of(kind, fields) != change.posted.digest:
                held.append(hold(change, HoldReason.EDITED, "seen while pushing"))
            else:
                try:
                    body = _body(kind, fields, catalog)
                except Missing as missing:
                    held.append(hold(change, HoldReason.NEEDS, str(missing)))
                    continue
                problem = problem_in(body, guard)
                if problem:
                    held.append(hold(change, HoldReason.PRIVACY, problem))
                else:
                    writes.append(Write(change=change, wish=wish_of_void(change), body=body))
    return Voids(writes=tuple(writes), done=tuple(done), held=tuple(held))


def _body(kind: QuickBooksKind, fields: Fields, catalog: Catalog) -> bytes:
    """The request that voids an entry: its id and version, or all of it with nothing on it."""
    if kind not in VOID_PARAMETERS:
        return zeroed(kind, fields, catalog)
    named = {"Id": str(fields["Id"]), "SyncToken": str(fields.get("SyncToken", "0"))}
    return msgspec.json.encode(named if kind is QuickBooksKind.INVOICE else {**named, "sparse": True})
