"""Decisions as documents: what people decide on the pages and the command line, written down and read back.

A document of decisions is text with one fact in JSON per line: resolutions, client codes, closed periods. The program
stores it under the source `decisions`, beside what came from outside, and the connector `resolutions` reads it like
any other. A line that cannot be read becomes an `Unreadable`; the others count all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from hhs_sync.facts.document import Document, FactKey, Placed, Reading, Unreadable
from hhs_sync.facts.fact import read_fact, write_fact
from hhs_sync.facts.resolution import ClientCode, ClosedPeriod, Resolution

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

Decision: TypeAlias = Resolution | ClientCode | ClosedPeriod

DECISIONS = "decisions"
"""The name of the source; no connector in a config may bear it."""

READER_VERSION = "1"
"""Changes whenever `read_resolution_document` would make other facts of the same bytes."""


def decision_key(kind: str, own_key: str) -> FactKey:
    """The key of a decision: its kind ("resolution", "client_code", "closed_period") and an id drawn for it."""
    return f"{kind}/{DECISIONS}/{own_key}"


def write_resolution_document(decisions: Iterable[Decision]) -> bytes:
    """The decisions as the content of a document."""
    return b"".join(write_fact(decision) + b"\n" for decision in decisions)


def decision_document(decisions: Iterable[Decision], *, name: str, at: dt.datetime) -> Document:
    """The decisions as a document of this program, made at a moment that is also what they tell the state of."""
    content = write_resolution_document(decisions)
    return Document.of(source=DECISIONS, name=name, content=content, received_at=at, as_of=at)


def read_resolution_document(content: bytes) -> Reading:
    """The decisions that a document holds."""
    facts: list[Placed] = []
    unreadable: list[Unreadable] = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            fact = read_fact(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            unreadable.append(Unreadable(place=place, problem="this line is no decision in JSON"))
            continue
        if isinstance(fact, Decision):
            facts.append(Placed(fact=fact, place=place))
        else:
            unreadable.append(Unreadable(place=place, problem="this line is a fact, but not a decision"))
    return Reading(facts=tuple(facts), unreadable=tuple(unreadable))
