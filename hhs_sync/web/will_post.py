"""What something would post, for the templates that show it before it is done (will_post.html)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from hhs_sync.facts.resolution import ClientCode
from hhs_sync.facts.resolution_text import decision_key

if TYPE_CHECKING:
    from hhs_sync.preview import Preview
    from hhs_sync.undo import Undone
    from hhs_sync.web.page import Page

SHOWN_MAX = 30
"""Documents and entries of each kind; the rest is told by number."""


def will_post(page: Page, answer: Preview | Undone | None) -> dict[str, Any]:
    """`answer`, how many rows at `most`, and the `codes` of the clients on its entries."""
    entries = (*answer.added, *answer.removed) if answer is not None else ()
    parties = {line.party for one in entries for line in one.lines if line.party}
    return {"answer": answer, "most": SHOWN_MAX, "codes": _names(page, parties)}


def _names(page: Page, parties: Iterable[str]) -> dict[str, str]:
    """What clients and payers on an entry's lines are called: codes, and payers' names."""
    known = sorted(parties)
    drawn = page.store.readings.standing(page.practice, [decision_key("client_code", one) for one in known])
    codes = {one.client: one.code for one, _ in drawn.values() if isinstance(one, ClientCode)}
    payers = {one: payer.name for one in known if (payer := page.desk.rules.payer_by_id(one)) is not None}
    return {**codes, **payers}
