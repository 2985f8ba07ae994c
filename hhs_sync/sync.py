"""turn(): the only place that knows the order of things.

    take in      documents from every connector, read into facts; new clients get their codes
    refresh      what changed in QuickBooks comes into the mirror: one call on a quiet day
    look         facts and rules in; books, plan, exceptions and tie-out out; touches nothing
    push         what the plan wishes, as far as it may be done without a person
    look         what is true now; what is still open is a finding

A practice to which nothing new has come (same documents, decisions, pushes and mirror, same rules, same day, same
program) is not computed again: its last review stands. What fails outside, be it a source or QuickBooks, costs what
depends on it and becomes a question; the books are kept all the same.
"""

from __future__ import annotations

import datetime as dt
import os
from enum import Enum
from typing import TYPE_CHECKING

import structlog
from msgspec import Struct

from hhs_sync.errors import ConfigError, QuickBooksError
from hhs_sync.intake import Obstacle, Progress, TakenIn, obstacle, take_in
from hhs_sync.logs import tellable
from hhs_sync.quickbooks.due import is_due
from hhs_sync.standing import Standing, key_of, standing_of

if TYPE_CHECKING:
    from hhs_sync.office import Desk, Office
    from hhs_sync.onward import Onward
    from hhs_sync.quickbooks.client import QuickBooksClient
    from hhs_sync.quickbooks.report import PushReport
    from hhs_sync.review import Review
    from hhs_sync.store.lock import Held

log = structlog.get_logger(__name__)

QUICKBOOKS = "quickbooks"


class Ask(Enum):
    """Whether a turn asks QuickBooks what changed there: every time, when it is due (hourly, or told to), or never."""

    ALWAYS = "always"
    WHEN_DUE = "when due"
    NEVER = "never"


class TurnReport(Struct, frozen=True, kw_only=True):
    """What a turn did. `quiet` means that nothing was new and the last review stands; `calls` are those on the wire."""

    practice: str
    started_at: dt.datetime
    seconds: float = 0.0
    documents: int = 0
    versions: int = 0
    read_again: int = 0
    asked: bool = False
    quiet: bool = False
    pushed: PushReport | None = None
    calls: dict[str, int] = {}
    standing: Standing = Standing()
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def needs_attention(self) -> bool:
        """True when a person should look: an open question, something that waits or was refused."""
        return bool(self.standing.open or self.standing.held or self.standing.waits or self.obstacles)


def turn(
    office: Office,
    practice: str,
    *,
    progress: Progress = lambda _: None,
    ask: Ask = Ask.WHEN_DUE,
    write: bool = True,
    wait_seconds: float = 0.0,
) -> TurnReport:
    """One turn of one practice. Without `write` nothing is sent to QuickBooks.

    Raises ConfigError (config or mappings), PracticeBusyError (somebody else is at it) and StoreError. What QuickBooks
    or a source does wrong is not raised: it is in the report and among the exceptions.
    """
    desk = office.desk(practice)
    started = desk.clock()
    with office.store.lock(practice, owner=f"sync, pid {os.getpid()}", wait_seconds=wait_seconds) as lock:
        return _Turn(desk, lock, progress, ask=ask, write=write).run(started)


class _Turn:
    """One turn on its way."""

    def __init__(self, desk: Desk, lock: Held, progress: Progress, *, ask: Ask, write: bool) -> None:
        self._desk = desk
        self._lock = lock
        self._progress = progress
        self._ask = ask
        self._write = write
        self._client: QuickBooksClient | None = None
        self._asked = False

    def run(self, started: dt.datetime) -> TurnReport:
        """All steps, in their order."""
        self._progress("taking in documents")
        taken = take_in(self._desk, self._progress)
        before = standing_of(self._desk)
        # What QuickBooks lacked when it was last asked is not cured by not asking.
        lacking = tuple(one for one in before.obstacles if one.code == "QBO-04") if before else ()
        obstacles = (*taken.obstacles, *lacking)
        something_new = before is None or self._is_new(obstacles) or self._has_work(before)
        if self._should_ask(something_new=something_new):
            self._progress("asking QuickBooks what changed")
            obstacles = (*taken.obstacles, *self._refresh())
        if before is not None and not self._is_new(obstacles) and not (self._asked and self._has_work(before)):
            log.info("nothing new", practice=self._desk.practice)
            return self._report(started, taken, obstacles, before, quiet=True)
        return self._compute(started, taken, obstacles)

    def _compute(self, started: dt.datetime, taken: TakenIn, obstacles: tuple[Obstacle, ...]) -> TurnReport:
        """Look, write what may be written, and look again where anything was."""
        from hhs_sync.look import keep, look  # noqa: PLC0415  Loads all of thought: a quiet turn needs none of it.
        from hhs_sync.onward import Onward, keep_onward, look_onward  # noqa: PLC0415  As above.

        desk = self._desk
        self._progress("keeping the books")
        onward = look_onward(desk, obstacles)
        pushed, seen = self._push(obstacles, onward) if self._write and self._asked else (None, onward)
        if seen is None:
            again = look_onward(desk, obstacles, written=True) if onward is not None and pushed is not None else None
            seen = again or look(desk, obstacles)
        standing = keep_onward(desk, seen, obstacles) if isinstance(seen, Onward) else None
        if standing is None:
            standing = keep(desk, look(desk, obstacles) if isinstance(seen, Onward) else seen, obstacles)
        return self._report(started, taken, obstacles, standing, pushed=pushed)

    def _is_new(self, obstacles: tuple[Obstacle, ...]) -> bool:
        """Whether anything differs from what the stored review was made of."""
        return self._desk.store.reviews.turn_key(self._desk.practice) != key_of(self._desk, obstacles)

    def _should_ask(self, *, something_new: bool) -> bool:
        if self._ask is not Ask.WHEN_DUE:
            return self._ask is Ask.ALWAYS
        return something_new or is_due(self._desk.store, self._desk.practice, self._desk.clock())

    def _has_work(self, before: Standing) -> bool:
        """Whether something is left to write that may be tried now: a refusal whose pause is over, an open intent."""
        if not self._write:
            return False
        store, practice = self._desk.store, self._desk.practice
        now = self._desk.clock()
        due = before.refused and any(one.next_try_at <= now for one in store.pushes.refusals(practice).values())
        return bool(due) or bool(store.pushes.open_intents(practice)) or bool(before.to_write)

    def _refresh(self) -> tuple[Obstacle, ...]:
        """Bring the mirror up to date; what stands in the way becomes a question, and nothing is written then."""
        from hhs_sync.quickbooks.refresh import load_catalog, refresh  # noqa: PLC0415  Loads the wire's libraries.
        from hhs_sync.quickbooks.setup import check_company  # noqa: PLC0415  As above.

        desk = self._desk
        said = ""
        remarks: tuple[str, ...] = ()
        try:
            self._client = desk.call(self._progress)
            refresh(self._client, desk.store, desk.practice, desk.rules, desk.clock())
            self._asked = True
            remarks = check_company(desk.rules, load_catalog(desk.store, desk.practice, desk.rules))
        except (QuickBooksError, ConfigError) as error:
            said = tellable(error)
            log.warning("QuickBooks cannot be asked", practice=desk.practice, reason=said)
        found = obstacle(desk, "QBO-04", QUICKBOOKS, said)
        lacking = obstacle(desk, "QBO-04", "company", "; ".join(remarks)) if self._asked else None
        return tuple(one for one in (found, lacking) if one is not None)

    def _push(
        self, obstacles: tuple[Obstacle, ...], onward: Onward | None
    ) -> tuple[PushReport | None, Review | Onward | None]:
        """Carry out what the plan wishes. Where there is nothing to carry out, the look stands that found it so."""
        from hhs_sync.look import look, paused_of, to_write  # noqa: PLC0415  As above.
        from hhs_sync.writing import forget_refusals, write_plan  # noqa: PLC0415  As above.

        desk = self._desk
        # What was refused or left unclear before is for the push to try again, or not yet.
        seen = onward or look(desk, obstacles, with_paused=False)
        forget_refusals(desk, seen.plan)
        changes = to_write(seen.plan)
        if not paused_of(desk) and (not changes or seen.plan.waits):
            return None, seen
        assert self._client is not None, "QuickBooks was asked before anything is written"
        self._progress(f"writing {len(changes)} entries to QuickBooks")
        report = write_plan(desk, seen.plan, self._client, self._lock)
        self._progress("looking at what is there now")
        return report, None

    def _report(
        self,
        started: dt.datetime,
        taken: TakenIn,
        obstacles: tuple[Obstacle, ...],
        standing: Standing,
        *,
        pushed: PushReport | None = None,
        quiet: bool = False,
    ) -> TurnReport:
        seconds = (self._desk.clock() - started).total_seconds()
        report = TurnReport(
            practice=self._desk.practice,
            started_at=started,
            seconds=seconds,
            documents=taken.documents,
            versions=taken.versions,
            read_again=taken.read_again,
            asked=self._asked,
            quiet=quiet,
            pushed=pushed,
            calls=dict(self._client.calls) if self._client is not None else {},
            standing=standing,
            obstacles=obstacles,
        )
        log.info(
            "turn done", practice=report.practice, documents=report.documents, seconds=round(seconds, 2),
            pushed=pushed.written if pushed else 0, findings=standing.open, calls=sum(report.calls.values()),
        )  # fmt: skip
        return report
