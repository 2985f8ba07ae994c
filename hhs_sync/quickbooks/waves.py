"""In which order a plan is carried out: waves, each of which needs only what earlier ones made.

    customers, their sub-customers, then as `plan.desired.WAVES` says:
    sales forms, credit memos and what stands alone; payments; deposits

A batch's items can't use each other, so an entry goes at least one wave after whatever it needs, should that stand in
the same wave or a later one. Creations and updates go together, for a payment may rest on an invoice's new amount;
voids come last, in the opposite order. QuickBooks commits one entry at a time, and every beginning of this order leaves
sound books.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from hhs_sync.ledger.entry import EntryKey
from hhs_sync.plan.changes import Change, Create, Update, Void
from hhs_sync.plan.desired import WAVES, CustomerName, DesiredEntry, QuickBooksKind

Written: TypeAlias = Create | Update

ORDER = {kind: place for place, kind in enumerate(WAVES)}


def waves(changes: Iterable[Change]) -> list[list[Written]]:
    """Creations and updates, wave by wave. Within a wave kind follows kind, each in the plan's order."""
    written = [change for change in changes if isinstance(change, Create | Update)]
    levels: dict[EntryKey, int] = {}
    wanted = {change.desired.key: change.desired for change in written}
    for key in wanted:
        _level(key, wanted, levels)
    found: dict[int, list[Written]] = {}
    for change in written:
        found.setdefault(levels[change.desired.key], []).append(change)
    return [sorted(found[level], key=lambda change: ORDER[change.desired.kind]) for level in sorted(found)]


def void_waves(changes: Iterable[Change]) -> list[list[Void]]:
    """Voids: what rests on others first. Customers stay: a name that is not used any more does no harm."""
    found: dict[int, list[Void]] = {}
    for change in changes:
        if isinstance(change, Void) and change.pushed.kind is not QuickBooksKind.CUSTOMER:
            found.setdefault(WAVES[change.pushed.kind], []).append(change)
    return [found[rank][::-1] for rank in sorted(found, reverse=True)]


def customers_of(written: Sequence[Written]) -> list[CustomerName]:
    """Every customer that entries name, payers before the clients under them, each once."""
    names: dict[CustomerName, None] = {}
    for change in written:
        desired = change.desired
        for name in (desired.customer, *(line.customer for line in desired.lines)):
            if name is not None:
                if is_sub_customer(name):
                    names.setdefault(CustomerName(name.payer, ""))
                names.setdefault(name)
    return sorted(names, key=is_sub_customer)


def is_sub_customer(name: CustomerName | None) -> bool:
    """Whether it is a client under a payer."""
    return name is not None and bool(name.payer and name.code)


def _level(key: EntryKey, wanted: dict[EntryKey, DesiredEntry], levels: dict[EntryKey, int]) -> int:
    """The wave of an entry: its kind's own, or one after what it needs. Needs are few and form no circle."""
    if key in levels:
        return levels[key]
    desired = wanted[key]
    level = WAVES[desired.kind] + 1
    if desired.kind is QuickBooksKind.CUSTOMER:
        level = 1 if is_sub_customer(desired.customer) else 0
    levels[key] = level
    for need in (*desired.needs, *(link.entry for link in desired.links)):
        if need in wanted and need != key:
            level = max(level, _level(need, wanted, levels) + 1)
    levels[key] = level
    return level
