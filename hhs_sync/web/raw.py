"""A row or segment as it came, with a little of what stands around it.

A file may name clients anywhere. While names are locked only what cannot name one is shown: of X12 the segments of
money, reasons, dates and numbers; of any other file nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from hhs_sync.x12.segments import transaction_sets

AROUND = 3
"""Lines or segments before the one that is meant."""
AFTER = 14
"""Segments after it: a claim payment and its first lines."""
WITHOUT_NAMES = frozenset(
    {"ISA", "GS", "ST", "SE", "GE", "IEA", "BPR", "TRN", "CLP", "CAS", "SVC", "DTM", "DTP", "AMT", "PLB", "LX", "MOA",
     "TS3", "SV1", "CLM", "QTY", "LQ", "BHT", "HL", "CUR"}
)  # fmt: skip
HIDDEN = "hidden until names are unlocked"
_PLACE = re.compile(r"^(line|segment) (\d+)")


class RawLine(Struct, frozen=True):
    """One line or segment: its number, its text, and whether it is the one that is meant."""

    number: int
    text: str
    is_meant: bool
    is_hidden: bool = False


def place_in(content: bytes, place: str, *, unlocked: bool) -> tuple[RawLine, ...]:
    """The place and what stands around it; nothing where the file has no such place."""
    found = _PLACE.match(place)
    if found is None:
        return ()
    number = int(found[2])
    if found[1] == "segment":
        return tuple(_segments(content, number, unlocked=unlocked))
    lines = content.decode("utf-8", errors="replace").splitlines()
    shown = [one for one in (1, number - 1, number) if 1 <= one <= len(lines)]
    return tuple(
        RawLine(one, lines[one - 1] if unlocked else HIDDEN, one == number, not unlocked)
        for one in dict.fromkeys(shown)
    )


def _segments(content: bytes, number: int, *, unlocked: bool) -> Iterator[RawLine]:
    for one in transaction_sets(content):
        segments = one.segments()
        first = one.body_segment
        if not first <= number < first + len(segments):
            continue
        for place, text in enumerate(segments, start=first):
            if number - AROUND <= place <= number + AFTER:
                known = unlocked or text.partition(one.separators()[0])[0] in WITHOUT_NAMES
                shown = text if known else f"{text.partition(one.separators()[0])[0]} … {HIDDEN}"
                yield RawLine(place, shown, place == number, not known)
        return
