"""What stands at the top of every page: as of when, the last import, and in one line whether all ties.

It comes from what the last turns stored, and is read again only when a counter of a practice or its review changed.
"""

from __future__ import annotations

import datetime as dt
import threading
import zoneinfo
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from hhs_sync.facts.resolution_text import DECISIONS
from hhs_sync.standing import STANDING, Standing

if TYPE_CHECKING:
    from hhs_sync.office import Office


class PracticeHeading(Struct, frozen=True, kw_only=True):
    """How one practice stood after its last turn. `tied` is None before the first. Times are the practice's own."""

    practice: str
    name: str
    as_of: dt.datetime | None = None
    last_import: dt.datetime | None = None
    tied: bool | None = None
    open: int = 0
    waits: str = ""


class Heading(Struct, frozen=True, kw_only=True):
    """The practices of a page together: the oldest look, the newest import, and who does not tie."""

    practices: tuple[PracticeHeading, ...] = ()

    @property
    def as_of(self) -> dt.datetime | None:
        """The moment as of which everything on the page is at least known."""
        return min((one.as_of for one in self.practices if one.as_of), default=None)

    @property
    def last_import(self) -> dt.datetime | None:
        """When something came in last."""
        return max((one.last_import for one in self.practices if one.last_import), default=None)

    @property
    def apart(self) -> tuple[PracticeHeading, ...]:
        """The practices that do not tie."""
        return tuple(one for one in self.practices if one.tied is False)

    @property
    def unlooked(self) -> tuple[PracticeHeading, ...]:
        """The practices that had no turn yet."""
        return tuple(one for one in self.practices if one.tied is None)

    @property
    def state(self) -> str:
        """`yes` when all tie, `no` when one does not, `soon` while one is not known."""
        return "no" if self.apart else "soon" if self.unlooked or not self.practices else "yes"

    @property
    def says(self) -> str:
        """The one line: "Tied", "2 of 6 practices do not tie: Casco, Saco"."""
        if not self.practices:
            return "No practice"
        if self.apart:
            return _counted(self.apart, len(self.practices), "does not tie", "do not tie")
        if self.unlooked:
            return _counted(self.unlooked, len(self.practices), "had no turn yet", "had no turn yet")
        number = len(self.practices)
        return "Tied" if number == 1 else "Both practices tie" if number == 2 else f"All {number} practices tie"


class Headings:
    """The headings of all practices, as last read."""

    def __init__(self, office: Office) -> None:
        """Nothing is read yet."""
        self._office = office
        self._read: tuple[object, dict[str, PracticeHeading]] = (None, {})
        self._lock = threading.Lock()

    def of(self, practices: Sequence[str]) -> Heading:
        """The heading of a page about these practices."""
        store = self._office.store
        state = store.turn_keys(), store.reviews.made()
        with self._lock:
            if state != self._read[0]:
                self._read = (state, self._all())
            known = self._read[1]
        return Heading(practices=tuple(known[one] for one in practices if one in known))

    def _all(self) -> dict[str, PracticeHeading]:
        office = self._office
        imported = office.store.documents.last_received(apart_from=DECISIONS)
        stood = office.store.reviews.parts(STANDING)
        found = {}
        for practice in office.worked:
            config = office.config.practice(practice)
            zone = zoneinfo.ZoneInfo(config.time_zone)
            last_import = imported.get(practice)
            made_at, body = stood.get(practice, (None, b""))
            standing = msgspec.json.decode(body, type=Standing) if made_at else Standing()
            found[practice] = PracticeHeading(
                practice=practice,
                name=config.name,
                as_of=made_at.astimezone(zone) if made_at else None,
                last_import=last_import.astimezone(zone) if last_import else None,
                tied=standing.tied,
                open=standing.open,
                waits=standing.waits,
            )
        return found


def _counted(some: Sequence[PracticeHeading], of: int, one: str, many: str) -> str:
    names = ", ".join(practice.name for practice in some[:3]) + (" …" if len(some) > 3 else "")
    if of == 1:
        return f"{names} {one}"
    return f"{len(some)} of {of} practices {one if len(some) == 1 else many}: {names}"
