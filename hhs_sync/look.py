"""look(): what is true now. Loads, computes, touches nothing; every report and every preview calls it.

What a turn decides on and what the pages show is one and the same `Review`. The part of it that is kept is its record,
stored with the name of all that it followed from, so that it is shown while it holds and made anew when it does not.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from hhs_sync.books import Books, keep_books
from hhs_sync.facts.resolution import ResolutionKind, standing
from hhs_sync.findings.situation import Trouble
from hhs_sync.intake import Obstacle, draw_codes
from hhs_sync.plan.changes import Hold, HoldReason
from hhs_sync.quickbooks.catalog import Preferences
from hhs_sync.review import Record, Review, review
from hhs_sync.review.chapters import chapters
from hhs_sync.review.today import write_today
from hhs_sync.review.uses import write_uses
from hhs_sync.standing import RECORD, STANDING, TODAY, USES, Standing, key_of, standing_of
from hhs_sync.worklist import keep_findings, kept_record, record_to_keep

if TYPE_CHECKING:
    from hhs_sync.facts.current import Facts
    from hhs_sync.ledger.entry import EntryKey
    from hhs_sync.mapping.rules import Rules
    from hhs_sync.office import Desk
    from hhs_sync.plan.changes import Change, Plan
    from hhs_sync.plan.compare import Paused


def look(
    desk: Desk,
    obstacles: Sequence[Obstacle] = (),
    *,
    with_paused: bool = True,
    change: Callable[[Facts], Facts] | None = None,
    rules: Rules | None = None,
) -> Review:
    """What is true now: facts and rules in, books, plan, exceptions and tie-out out. Writes nothing but client codes.

    `with_paused` shows what was refused or left unclear as held; `change` looks at other facts than those that stand,
    and `rules` are others than those in force.
    """
    with no_collector():
        store, practice = desk.store, desk.practice
        before, extent = store.turn_key(practice), store.readings.extent(practice)
        told = store.readings.load_facts(practice)
        facts = draw_codes(desk, told)
        seen = review(
            change(facts) if change else facts,
            rules or desk.rules,
            pushed := store.pushes.pushed_entries(practice),
            store.mirror.entries(practice, pushed.values()),
            desk.today,
            desk.secret,
            paused=paused_of(desk) if with_paused else {},
            books_closed_through=closed_through(desk),
            troubles=[Trouble(**msgspec.structs.asdict(one)) for one in obstacles],
            previous=kept_record(store, practice),
            carried_out=store.pushes.saved_since(practice, _restored(facts)),
        )
        made_of = before
        if facts is not told:
            drawn = store.readings.extent(practice)
            made_of = _after_drawing(before, store.turn_key(practice))
            extent = drawn if made_of != before else extent
        return msgspec.structs.replace(seen, made_of=made_of, extent=extent)


def _restored(facts: Facts) -> dict[EntryKey, dt.datetime]:
    """The entries that are to be written over a person's edit, each with when that was decided."""
    decided = standing(facts.resolutions.values())
    return {subject: one.at for (subject, kind), one in decided.items() if kind is ResolutionKind.RESTORE_EDIT}


def _after_drawing(before: str, after: str) -> str:
    """What a look is made of that has drawn client codes, if they are all that came since it read the facts.

    Where a person decided meanwhile, the review is of before: the next turn makes a new one.
    """
    documents, facts, pushes, mirror = (int(count) for count in before.split("."))
    return after if after == f"{documents + 1}.{facts + 1}.{pushes}.{mirror}" else before


def current_record(desk: Desk) -> Record:
    """What reports show: the stored record while nothing has changed since, else that of a new look."""
    standing = standing_of(desk)
    if standing is not None and desk.store.reviews.turn_key(desk.practice) == key_of(desk, standing.obstacles):
        record = kept_record(desk.store, desk.practice)
        if record is not None:
            return record
    return look(desk, standing.obstacles if standing else ()).record


def load_facts(desk: Desk) -> Facts:
    """The facts that stand, with a code for every client."""
    return draw_codes(desk, desk.store.readings.load_facts(desk.practice))


def books_of(desk: Desk) -> Books:
    """The books as of today."""
    with no_collector():
        return keep_books(load_facts(desk), desk.rules, desk.today)


def keep(desk: Desk, seen: Review, obstacles: Sequence[Obstacle]) -> Standing:
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
        obstacles=tuple(obstacles),
        made_of=seen.made_of,
        extent=seen.extent,
        alone=seen.alone,
    )
    keep_findings(desk.store, seen, desk.rules.practice.thresholds.approval_limit)
    with no_collector():
        desk.store.chapters.save(desk.practice, chapters(seen.situation, seen.tie_out))
    parts = {
        RECORD: record_to_keep(seen.record),
        STANDING: msgspec.json.encode(standing),
        TODAY: write_today(seen.record),
        USES: write_uses(seen.situation),
    }
    desk.store.reviews.save(desk.practice, key_of(desk, obstacles, seen.made_of), parts, desk.clock())
    return standing


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


def closed_through(desk: Desk) -> dt.date | None:
    """The last day that QuickBooks has closed, as its preferences said when last read."""
    told = desk.store.mirror.read_list(desk.practice, "Preferences", dict[str, object])
    return Preferences.of(told).book_close_date if told else None


@contextmanager
def no_collector() -> Iterator[None]:
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
