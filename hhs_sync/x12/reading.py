"""A file that may hold any X12 that we read: 835, 837, 999, 997, 277CA, 277, TA1, mixed as they come.

kind_of_x12(content)            which transaction sets are in it, so that a connector can decide
read_x12(content, source)       all its facts, and a row for everything that could not be understood
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hhs_sync.facts.document import Placed, Reading, Unreadable
from hhs_sync.x12.acknowledgement import acknowledgements_of
from hhs_sync.x12.claim import claims_of
from hhs_sync.x12.remittance import amount_in_rubble, holds_remittance, remittances_of
from hhs_sync.x12.segments import TransactionSet, transaction_sets

READER_VERSION = "1"
"""Changes whenever the same bytes would give other facts; a connector passes it on as its own."""

_READERS: dict[str, Callable[[TransactionSet, str], Iterator[Placed | Unreadable]]] = {
    "837": claims_of,
    "999": acknowledgements_of,
    "997": acknowledgements_of,
    "277": acknowledgements_of,
    "TA1": acknowledgements_of,
}


def kind_of_x12(content: bytes) -> set[str]:
    """The kinds of transaction sets in a file ("835", "837", ...); empty when it is no X12."""
    return {"835" if holds_remittance(one) else one.kind for one in transaction_sets(content)} - {""}


def read_x12(content: bytes, source: str) -> Reading:
    """All that a file tells. `source` is the connector's name, part of each key. Never raises for wrong data."""
    facts: list[Placed] = []
    unreadable: list[Unreadable] = []
    for row in read_rows(content, source):
        if isinstance(row, Placed):
            facts.append(row)
        else:
            unreadable.append(row)
    return Reading(facts=tuple(facts), unreadable=tuple(unreadable))


def read_rows(content: bytes, source: str) -> Iterator[Placed | Unreadable]:
    """The same, one at a time, so that memory follows the largest transaction set and not the file."""
    found = False
    for one in transaction_sets(content):
        found = True
        if holds_remittance(one):
            yield from remittances_of(one, source)
        elif one.kind in _READERS:
            yield from _READERS[one.kind](one, source)
        elif one.kind:
            problem = "this kind of transaction set is not read here: 835, 837, 999, 997, 277 and TA1 are"
            yield Unreadable(place=one.place(one.first_segment), problem=problem)
        else:
            problem = "segments outside any transaction set: part of the file may be missing"
            yield Unreadable(place=one.place(one.first_segment), problem=problem, amount=amount_in_rubble(one))
    if not found:
        problem = "no X12 was found in this file" if content.strip() else "this file is empty"
        yield Unreadable(place="segment 1", problem=problem, whole_document=True)
