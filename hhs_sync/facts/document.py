"""Documents: bytes as received, and what a reader found in them.

A document is named by its bytes (sha256), so a renamed copy is the same document. What a reader makes of it is a
`Reading`: facts with the place each was found at, and `Unreadable` rows for what could not be understood. A document
that is a full export says what it covers; a fact that a later full export no longer shows is withdrawn.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from hhs_sync.money import Money

if TYPE_CHECKING:
    from hhs_sync.facts.fact import Fact

Digest: TypeAlias = str
"""A sha256 in hexadecimal."""

FactKey: TypeAlias = str
"""The name of a fact, made of its kind, its source and the source's own key: "session/ehr/8841"."""


def own_key(key: FactKey) -> str:
    """The source's own part of a fact's key, which may hold slashes: "session/ehr/2026/88" gives "2026/88"."""
    return key.split("/", 2)[-1]


class Document(Struct, frozen=True, kw_only=True, gc=False):
    """Bytes as received.

    `source` is the name of the connector in the config; `name` is what a person calls it (a file name), never used as
    an identity; `as_of` is the moment whose state the document tells (later wins among versions of a fact).
    """

    digest: Digest
    source: str
    name: str
    received_at: dt.datetime
    as_of: dt.datetime
    content: bytes

    @staticmethod
    def of(*, source: str, name: str, content: bytes, received_at: dt.datetime, as_of: dt.datetime) -> Document:
        """Name the bytes by their sha256."""
        digest = hashlib.sha256(content).hexdigest()
        return Document(digest=digest, source=source, name=name, received_at=received_at, as_of=as_of, content=content)


class Source(Struct, frozen=True, kw_only=True, gc=False):
    """Where something was told: a document and a place in it ("line 41", "segment 12")."""

    document: Digest
    document_name: str
    place: str


class Unreadable(Struct, frozen=True, kw_only=True, gc=False):
    """A row, segment or file that a reader could not understand.

    `problem` says what is wrong and what is expected, without quoting any person's data. `amount` is the money that
    the thing told of (cents), where that much could be read. `whole_document` means that nothing at all was read.
    """

    place: str
    problem: str
    amount: Money | None = None
    whole_document: bool = False


class Covers(Struct, frozen=True, kw_only=True, gc=False):
    """What a full export covers: every fact of `kind` from this source dated in [first, last], both included."""

    kind: str
    first: dt.date
    last: dt.date


class Placed(Struct, frozen=True, kw_only=True, gc=False):
    """A fact and the place in its document where it was told."""

    fact: Fact
    place: str


class Reading(Struct, frozen=True, kw_only=True):
    """All that a reader made of one document."""

    facts: tuple[Placed, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    covers: Covers | None = None


class Extent(Struct, frozen=True, kw_only=True):
    """How far a practice's documents reach: the last one's number, and what would make earlier ones tell otherwise."""

    document: int = 0
    copies: int = 0
    readers: tuple[int, ...] = ()
