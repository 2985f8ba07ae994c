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
import gc
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING

import msgspec
import structlog
from msgspec import Struct

from hhs_sync import __version__
from hhs_sync.books import keep_books
from hhs_sync.errors import ConfigError, QuickBooksError
from hhs_sync.facts.document import Digest
from hhs_sync.findings.situation import Trouble
from hhs_sync.intake import Progress, TakenIn, draw_codes, take_in, trouble
from hhs_sync.logs import tellable
from hhs_sync.plan.changes import Hold, HoldReason, Void
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.quickbooks.report import PushReport
from hhs_sync.review import Record, Review, read_record, review, write_record

if TYPE_CHECKING:
    from hhs_sync.books import Books
    from hhs_sync.facts.current import Facts
    from hhs_sync.ledger.entry import EntryKey
    from hhs_sync.office import Desk, Office
    from hhs_sync.plan.changes import Change, Plan
    from hhs_sync.plan.compare import Paused
    from hhs_sync.quickbooks.catalog import Catalog
    from hhs_sync.quickbooks.client import QuickBooksClient
    from hhs_sync.store.lock import Held

log = structlog.get_logger(__name__)

RECORD, STANDING = "record", "standing"
"""The parts of a stored review: what reports show, and what decides whether the next turn must compute at all."""
QUICKBOOKS = "quickbooks"


class Ask(Enum):
    """Whether a turn asks QuickBooks what changed there: every time, when it is due (hourly, or told to), or never."""

    ALWAYS = "always"
    WHEN_DUE = "when due"
    NEVER = "never"


class Standing(Struct, frozen=True, kw_only=True):
    """How a practice stood after its last turn: changes to write, held ones (refused ones among them), open exceptions.

    `plan` is the digest of a plan that waits for approval; `troubles` are what the turn ran into.
    """

    to_write: int = 0
    held: int = 0
    refused: int = 0
    waits: str = ""
    plan: Digest = ""
    open: int = 0
    tied: bool | None = None
    troubles: tuple[Trouble, ...] = ()


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
    troubles: tuple[Trouble, ...] = ()

    @property
    def needs_attention(self) -> bool:
        """True when a person should look: an open question, something that waits or was refused."""
        return bool(self.standing.open or self.standing.held or self.standing.waits or self.troubles)


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
        lacking = tuple(one for one in before.troubles if one.code == "QBO-04") if before else ()
        troubles = (*taken.troubles, *lacking)
        something_new = before is None or self._is_new(troubles) or self._has_work(before)
        if self._should_ask(something_new=something_new):
            self._progress("asking QuickBooks what changed")
            troubles = (*taken.troubles, *self._refresh())
        if before is not None and not self._is_new(troubles) and not (self._asked and self._has_work(before)):
            log.info("nothing new", practice=self._desk.practice)
            return self._report(started, taken, troubles, before, quiet=True)
        self._progress("keeping the books")
        pushed = self._push(troubles) if self._write and self._asked else None
        seen = pushed if isinstance(pushed, Review) else look(self._desk, troubles)
        standing = keep(self._desk, seen, troubles)
        report = pushed if isinstance(pushed, PushReport) else None
        return self._report(started, taken, troubles, standing, pushed=report)

    def _is_new(self, troubles: tuple[Trouble, ...]) -> bool:
        """Whether anything differs from what the stored review was made of."""
        return self._desk.store.reviews.turn_key(self._desk.practice) != key_of(self._desk, troubles)

    def _should_ask(self, *, something_new: bool) -> bool:
        if self._ask is not Ask.WHEN_DUE:
            return self._ask is Ask.ALWAYS
        from hhs_sync.quickbooks.refresh import is_due  # noqa: PLC0415  Loads the wire's libraries: often not needed.

        return something_new or is_due(self._desk.store, self._desk.practice, self._desk.clock())

    def _has_work(self, before: Standing) -> bool:
        """Whether something is left to write that may be tried now: a refusal whose pause is over, an open intent."""
        if not self._write:
            return False
        store, practice = self._desk.store, self._desk.practice
        now = self._desk.clock()
        due = before.refused and any(one.next_try_at <= now for one in store.pushes.refusals(practice).values())
        return bool(due) or bool(store.pushes.open_intents(practice)) or bool(before.to_write)

    def _refresh(self) -> tuple[Trouble, ...]:
        """Bring the mirror up to date; what stands in the way becomes a question, and nothing is written then."""
        from hhs_sync.quickbooks.refresh import load_catalog, refresh  # noqa: PLC0415  As above.
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
        found = trouble(desk, "QBO-04", QUICKBOOKS, said)
        lacking = trouble(desk, "QBO-04", "company", "; ".join(remarks)) if self._asked else None
        return tuple(one for one in (found, lacking) if one is not None)

    def _push(self, troubles: tuple[Trouble, ...]) -> PushReport | Review:
        """Carry out what the plan wishes. Where there is nothing to carry out, the look stands that found it so."""
        desk = self._desk
        # What was refused or left unclear before is for the push to try again, or not yet.
        seen = look(desk, troubles, with_paused=False)
        forget_refusals(desk, seen.plan)
        paused = bool(paused_of(desk))
        changes = to_write(seen.plan)
        if not paused and (not changes or seen.plan.waits):
            return seen
        assert self._client is not None, "QuickBooks was asked before anything is written"
        self._progress(f"writing {len(changes)} entries to QuickBooks")
        report = write_plan(desk, seen.plan, self._client, self._lock)
        self._progress("looking at what is there now")
        return report

    def _report(
        self,
        started: dt.datetime,
        taken: TakenIn,
        troubles: tuple[Trouble, ...],
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
            troubles=troubles,
        )
        log.info(
            "turn done", practice=report.practice, documents=report.documents, seconds=round(seconds, 2),
            pushed=pushed.written if pushed else 0, findings=standing.open, calls=sum(report.calls.values()),
        )  # fmt: skip
        return report


def look(
    desk: Desk,
    troubles: Sequence[Trouble] = (),
    *,
    with_paused: bool = True,
    change: Callable[[Facts], Facts] | None = None,
) -> Review:
    """What is true now: facts and rules in, books, plan, exceptions and tie-out out. Writes nothing but client codes.

    `with_paused` shows what was refused or left unclear as held; `change` looks at other facts than those that stand.
    """
    with _no_collector():
        facts = load_facts(desk)
        store, practice = desk.store, desk.practice
        return review(
            change(facts) if change else facts,
            desk.rules,
            store.pushes.pushed_entries(practice),
            store.mirror.entries(practice),
            desk.today,
            desk.secret,
            paused=paused_of(desk) if with_paused else {},
            books_closed_through=_closed_through(desk),
            troubles=tuple(troubles),
            previous=read_record(store.reviews.part(practice, RECORD)),
        )


def current_record(desk: Desk) -> Record:
    """What reports show: the stored record while nothing has changed since, else that of a new look."""
    standing = standing_of(desk)
    if standing is not None and desk.store.reviews.turn_key(desk.practice) == key_of(desk, standing.troubles):
        record = read_record(desk.store.reviews.part(desk.practice, RECORD))
        if record is not None:
            return record
    return look(desk, standing.troubles if standing else ()).record


def standing_of(desk: Desk) -> Standing | None:
    """How the practice stood after its last turn; None before the first."""
    stored = desk.store.reviews.part(desk.practice, STANDING)
    return msgspec.json.decode(stored, type=Standing) if stored is not None else None


def load_facts(desk: Desk) -> Facts:
    """The facts that stand, with a code for every client."""
    return draw_codes(desk, desk.store.readings.load_facts(desk.practice))


def books_of(desk: Desk) -> Books:
    """The books as of today."""
    with _no_collector():
        return keep_books(load_facts(desk), desk.rules, desk.today)


def write_plan(desk: Desk, plan: Plan, client: QuickBooksClient, lock: Held) -> PushReport:
    """Push a plan, with every text looked at once more on its way out."""
    from hhs_sync.plan.privacy import Guard, roster_of  # noqa: PLC0415  Needed only when something leaves.
    from hhs_sync.quickbooks.push import push  # noqa: PLC0415  As above.
    from hhs_sync.quickbooks.refresh import load_catalog  # noqa: PLC0415  As above.

    facts = load_facts(desk)
    codes = [one.code for one in facts.client_codes.values()]
    guard = Guard(roster_of(facts), desk.rules, codes)
    catalog: Catalog = load_catalog(desk.store, desk.practice, desk.rules)
    return push(plan, client, desk.store, desk.practice, catalog, guard, desk.clock, verify=lock.verify)


def keep(desk: Desk, seen: Review, troubles: Sequence[Trouble]) -> Standing:
    """Store a review for reports, pages and the next turn."""
    holds = [change for change in seen.plan.changes if isinstance(change, Hold)]
    standing = Standing(
        to_write=0 if seen.plan.waits else len(to_write(seen.plan)),
        held=len(holds),
        refused=sum(1 for one in holds if one.reason is HoldReason.REFUSED),
        waits=seen.plan.waits,
        plan=seen.plan.digest if seen.plan.waits else "",
        open=len(seen.record.open_findings),
        tied=seen.record.tied,
        troubles=tuple(troubles),
    )
    parts = {RECORD: write_record(seen.record), STANDING: msgspec.json.encode(standing)}
    desk.store.reviews.save(desk.practice, key_of(desk, troubles), parts, desk.clock())
    return standing


def key_of(desk: Desk, troubles: Sequence[Trouble]) -> str:
    """Names all that a review follows from: the same key, the same review."""
    parts = (
        desk.store.turn_key(desk.practice),
        desk.rules_digest,
        desk.today.isoformat(),
        __version__,
        *(f"{one.code} {one.subject} {one.says}" for one in troubles),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def to_write(plan: Plan) -> list[Change]:
    """The changes of a plan that nothing holds."""
    return [change for change in plan.changes if not isinstance(change, Hold)]


def paused_of(desk: Desk) -> dict[EntryKey, Paused]:
    """Entries that QuickBooks refused, or of which it is not known whether it saved them, and what it said."""
    pushes = desk.store.pushes
    paused: dict[EntryKey, Paused] = {
        key: (HoldReason.REFUSED, f"{one.message} ({one.code})") for key, one in pushes.refusals(desk.practice).items()
    }
    for intent in pushes.open_intents(desk.practice):
        paused[intent.wish.entry] = (HoldReason.UNCLEAR, intent.message)
    return paused


def forget_refusals(desk: Desk, plan: Plan) -> None:
    """Let go of refusals of what is not wished any more, or the practice would never be quiet again.

    A customer is not in a plan: its refusal goes when nothing is left that could name it.
    """
    named = {_key(change) for change in plan.changes}
    gone = [
        key
        for key, one in desk.store.pushes.refusals(desk.practice).items()
        if key not in named and (one.kind is not QuickBooksKind.CUSTOMER or not named)
    ]
    desk.store.pushes.forget_refusals(desk.practice, gone, desk.clock())


def _key(change: Change) -> EntryKey:
    if isinstance(change, Hold):
        return change.key
    return change.pushed.key if isinstance(change, Void) else change.desired.key


def _closed_through(desk: Desk) -> dt.date | None:
    """The last day that QuickBooks has closed, as its preferences said when last read."""
    from hhs_sync.quickbooks.catalog import Preferences  # noqa: PLC0415  As above.

    told = desk.store.mirror.read_list(desk.practice, "Preferences", dict[str, object])
    return Preferences.of(told).book_close_date if told else None


@contextmanager
def _no_collector() -> Iterator[None]:
    """Compute without Python's cycle collector.

    A look builds a million small frozen values that point only downward, so there are no cycles to find; the collector
    would walk over all of them again and again, which costs a third of the time of a large practice. What is not
    reachable any more goes by reference count as ever.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
