"""What is remembered between two turns: how the practice stood, and the name of all that its review followed from.

A practice to which nothing new has come (same documents, decisions, pushes and mirror, same rules, same day, same
program, same obstacles) is not computed again: its last review stands. This module decides that, and must stay quick to
load: most turns need no more than it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from hhs_sync import __version__
from hhs_sync.facts.document import Digest, Extent
from hhs_sync.intake import Obstacle

if TYPE_CHECKING:
    from hhs_sync.office import Desk

RECORD, STANDING, TODAY, USES = "record", "standing", "today", "uses"
"""The parts of a stored review: what reports show, what decides whether the next turn must compute, the first page, and
how often what rules are about came in."""


class Standing(Struct, frozen=True, kw_only=True):
    """How a practice stood after its last turn: changes to write, held ones (refused ones among them), open exceptions.

    `plan` is the digest of a plan that waits for approval; `obstacles` are what the turn ran into.
    """

    to_write: int = 0
    held: int = 0
    refused: int = 0
    waits: str = ""
    plan: Digest = ""
    open: int = 0
    tied: bool | None = None
    obstacles: tuple[Obstacle, ...] = ()
    made_of: str = ""
    extent: Extent | None = None
    """What the store held when the review was made (see hhs_sync/onward.py)."""
    alone: bool = False
    """QuickBooks shows no entry with our mark that we do not know of, and nobody else's deposit."""


def standing_of(desk: Desk) -> Standing | None:
    """How the practice stood after its last turn; None before the first."""
    stored = desk.store.reviews.part(desk.practice, STANDING)
    return msgspec.json.decode(stored, type=Standing) if stored is not None else None


def key_of(desk: Desk, obstacles: Sequence[Obstacle], made_of: str = "") -> str:
    """Names all that a review follows from: the same key, the same review.

    `made_of` is the turn key of the moment at which its facts were read: without it, of now.
    """
    parts = (
        made_of or desk.store.turn_key(desk.practice),
        desk.rules_digest,
        desk.today.isoformat(),
        __version__,
        *(f"{one.code} {one.subject} {one.says}" for one in obstacles),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
