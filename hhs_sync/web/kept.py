"""What the last turn kept of a practice, for pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hhs_sync.review import read_record
from hhs_sync.standing import RECORD

if TYPE_CHECKING:
    from hhs_sync.review.record import Record
    from hhs_sync.web.page import Page


def record_of(page: Page, practice: str = "") -> Record | None:
    """The record of the last turn, without its findings (they are rows of their own); None before the first turn."""
    assert not practice or practice in page.practices, "only what the user may see"
    return read_record(page.store.reviews.part(practice or page.practice, RECORD))
