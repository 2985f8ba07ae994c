"""What a list is narrowed to, as its address says it: a practice, words, a state, and from which row on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from msgspec import Struct

if TYPE_CHECKING:
    from hhs_sync.web.page import Page

ROWS = 60
"""On one page: some 30 kB, so that a list is there at once on a slow line."""


MANY = 8
"""From more practices than these one is shown at a time: each has hundreds of rows of its own."""


class Listing(Struct, frozen=True):
    """One look at a list. `practices` are those that it is about; `find` is in small letters."""

    path: str
    practice: str
    practices: tuple[str, ...]
    find: str
    state: str
    offset: int

    @staticmethod
    def of(page: Page) -> Listing:
        """What the page's address says; a practice that the user may not see is none."""
        chosen, said = page.text("practice"), page.text("from", most=9)
        practice = chosen if chosen in page.practices else page.practices[0] if len(page.practices) > MANY else ""
        return Listing(
            page.path, practice, (practice,) if practice else page.practices, page.text("find").lower(),
            page.text("state"), int(said) if said.isdecimal() else 0,
        )  # fmt: skip

    def shown(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The rows of this page."""
        return rows[self.offset : self.offset + ROWS]

    def more(self, count: int) -> str:
        """The address of the rows after these; empty where these are the last of so many."""
        if count <= self.offset + ROWS:
            return ""
        said = {"practice": self.practice, "find": self.find, "state": self.state, "from": self.offset + ROWS}
        return f"{self.path}?{urlencode({name: value for name, value in said.items() if value})}"

    def filter(self, page: Page, states: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
        """What list.html shows above the rows."""
        names = [(one, page.config_of(one).name) for one in page.practices]
        return {
            "path": self.path, "practice": self.practice, "practices": names, "find": self.find,
            "state": self.state, "states": list(states), "may_be_all": len(names) <= MANY,
        }  # fmt: skip
