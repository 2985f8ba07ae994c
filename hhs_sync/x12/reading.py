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

READER_VERSION = "2"
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
        yield Unreadable(place="segment 1", problem=_why_nothing(content[:1000]), whole_document=True)


def _why_nothing(beginning: bytes) -> str:
    """Why a file that begins so holds no X12, as far as one can see."""
    text = beginning.lstrip(b"\xef\xbb\xbf \t\r\n\0").lower()
    if not text:
        return "this file is empty"
    other = next((what for begins, what in _OTHERS if text.startswith(begins)), "an X12 file begins with ISA")
    return f"no X12 was found in this file: {other}"


_OTHERS = (
    (b"%pdf", "it is a PDF; ask the payer or the clearinghouse for the 835 (ERA) itself"),
    (b"pk\x03\x04", "it is an archive or a workbook; unpack it first"),
    (b"\x1f\x8b", "it is an archive; unpack it first"),
    (b"<!doctype", "it is a web page (a sign-in page, perhaps)"),
    (b"<html", "it is a web page (a sign-in page, perhaps)"),
    (b"<?xml", "it is XML"),
    (b"{", "it is JSON"),
    (b"eob id", "it is a form for paper EOBs; look at it with hhs-sync eob show"),
)
