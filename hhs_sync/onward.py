"""look_onward(): the quick way to what is true now, where nothing but remittances has come since the last look.

A large practice takes half a minute to look at whole, and most turns of a day bring one remittance. Then the last
review is brought forward (see hhs_sync/forward), and what is kept of it is what a whole look would have kept. A whole
look is taken at the first turn of each day, after any other news, and wherever the quick way can't be sure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
import structlog
from msgspec import Struct

from hhs_sync.forward import Brought, Last, WholeLookNeeded, bring_forward, chapters_forward, touch
from hhs_sync.intake import draw_codes
from hhs_sync.look import closed_through, no_collector, paused_of, to_write
from hhs_sync.plan.changes import Hold, HoldReason, Limits
from hhs_sync.plan.privacy import Guard, roster_of
from hhs_sync.review.chapter import ACCOUNTS, REMITTANCES, Accounts, RemittanceLine, read_chapter
from hhs_sync.review.today import write_today
from hhs_sync.review.uses import read_uses, with_uses
from hhs_sync.standing import RECORD, STANDING, TODAY, USES, Standing, key_of, standing_of
from hhs_sync.worklist import keep_findings, kept_review, record_to_keep

if TYPE_CHECKING:
    from hhs_sync.facts.document import Extent, FactKey
    from hhs_sync.forward import Touched
    from hhs_sync.intake import Obstacle
    from hhs_sync.office import Desk
    from hhs_sync.plan.changes import Plan
    from hhs_sync.review.record import Record
    from hhs_sync.review.trail import Trail

log = structlog.get_logger(__name__)

FROM_SESSIONS = 20_000
"""A practice of fewer sessions is looked at whole within a few seconds."""


class Onward(Struct, frozen=True, kw_only=True):
    """The last review brought forward, and what it was made of."""

    touched: Touched
    brought: Brought
    last: Standing
    made_of: str
    extent: Extent
    decisions: frozenset[FactKey]

    @property
    def plan(self) -> Plan:
        """What is to be written."""
        return self.brought.plan

    @property
    def record(self) -> Record:
        """What is kept and shown."""
        return self.brought.record

    @property
    def trails(self) -> Mapping[str, Trail]:
        """The way behind each open finding."""
        return self.brought.trails


def look_onward(desk: Desk, obstacles: Sequence[Obstacle], *, written: bool = False) -> Onward | None:
    """What is true now, or None where only a whole look can tell. Writes nothing but client codes.

    `written` says that the plan of such a look was carried out since, and nothing else was done in QuickBooks.
    """
    last = standing_of(desk)
    if last is None or last.extent is None or not last.alone or last.to_write or last.waits or paused_of(desk):
        return None
    store, practice = desk.store, desk.practice
    if store.reviews.turn_key(practice) != key_of(desk, obstacles, last.made_of):
        return None
    extent, made_of = store.readings.extent(practice), store.turn_key(practice)
    if not written and made_of.split(".")[2:] != last.made_of.split(".")[2:]:
        return None
    new = store.readings.only_new_since(practice, last.extent)
    if not new or any(kind != "remittance" for kind in new.values()):
        return None
    try:
        with no_collector():
            return _onward(desk, last, frozenset(new), extent, made_of)
    except WholeLookNeeded as why:
        log.info("a whole look is needed", practice=practice, reason=str(why))
        return None


def _onward(desk: Desk, last: Standing, new: frozenset[FactKey], extent: Extent, made_of: str) -> Onward | None:
    store, practice, rules = desk.store, desk.practice, desk.rules
    kept = kept_review(store, practice)
    accounts = read_chapter(store.chapters.read(practice, ACCOUNTS), Accounts)
    told = read_chapter(store.chapters.read(practice, REMITTANCES), list[RemittanceLine])
    if kept is None or accounts is None or told is None or kept[0].summary.sessions < FROM_SESSIONS:
        return None
    record, trails = kept
    facts = store.readings.load_facts(practice, sharing=False)
    if draw_codes(desk, facts) is not facts or not new <= facts.remittances.keys():
        return None
    first_seen = {one.key: one.since for one in record.findings}
    touched = touch(facts, rules, desk.today, desk.secret, new=new, told=told, first_seen=first_seen)
    pushed = store.pushes.some(practice, touched.named)
    brought = bring_forward(
        touched,
        Last(record=record, trails=trails, accounts=accounts),
        pushed,
        store.mirror.some(practice, [(one.kind, one.quickbooks_id) for one in pushed.values()]),
        facts=facts,
        # That the practice has written before is certain: it was tied out.
        limits=msgspec.structs.replace(
            Limits.of(rules, desk.today, books_closed_through=closed_through(desk)), first_plan_waits=False
        ),
        guard=Guard(roster_of(facts), rules, [one.code for one in facts.client_codes.values()]),
    )
    return Onward(
        touched=touched,
        brought=brought,
        last=last,
        made_of=made_of,
        extent=extent,
        decisions=frozenset(facts.resolutions),
    )


def keep_onward(desk: Desk, seen: Onward, obstacles: Sequence[Obstacle]) -> Standing | None:
    """Store it as the practice's review; None where the kept pages do not fit, and a whole look is needed."""
    store, practice, plan = desk.store, desk.practice, seen.plan
    try:
        chapters = list(chapters_forward(seen.touched, seen.brought, lambda name: store.chapters.read(practice, name)))
    except WholeLookNeeded as why:
        log.info("a whole look is needed", practice=practice, reason=str(why))
        return None
    holds = [change for change in plan.changes if isinstance(change, Hold)]
    standing = msgspec.structs.replace(
        seen.last,
        to_write=0 if plan.waits else len(to_write(plan)),
        held=seen.last.held + len(holds),
        refused=seen.last.refused + sum(one.reason is HoldReason.REFUSED for one in holds),
        waits=plan.waits,
        plan=plan.digest if plan.waits else "",
        open=len(seen.record.open_findings),
        tied=seen.record.tied,
        obstacles=tuple(obstacles),
        made_of=seen.made_of,
        extent=seen.extent,
    )
    keep_findings(store, seen, desk.rules.practice.thresholds.approval_limit)
    store.chapters.update(practice, chapters)
    uses = read_uses(store.reviews.part(practice, USES))
    parts = {
        RECORD: record_to_keep(seen.record),
        STANDING: msgspec.json.encode(standing),
        TODAY: write_today(seen.record),
        USES: msgspec.json.encode(with_uses(uses, seen.brought.after, seen.touched.new)),
    }
    store.reviews.save(practice, key_of(desk, obstacles, seen.made_of), parts, desk.clock())
    return standing
