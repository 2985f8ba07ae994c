"""A way from session to bank, with what new remittances added to it."""

from __future__ import annotations

from hhs_sync.forward.sums import moved
from hhs_sync.review.trail import SHOWN, Trail


def moved_trail(last: Trail, before: Trail, after: Trail) -> Trail:
    """The way as it was told last, with what came between before and after."""
    if before == after:
        return last
    steps = {
        name: moved(getattr(last, name), getattr(before, name), getattr(after, name))[:SHOWN]
        for name in Trail.__struct_fields__
    }
    return Trail(**steps)
