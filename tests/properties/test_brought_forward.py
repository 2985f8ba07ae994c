"""A review brought forward is the review that a whole look comes to, whatever kind of practice it is.

Random practices live as in `test_any_practice.py`. Before each remittance everything is in QuickBooks and looked at;
then the remittance comes, and both ways are taken: before its documents are written, and after.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import msgspec
from hypothesis import settings

from hhs_sync.forward import Last, WholeLookNeeded, bring_forward, chapters_forward, touch
from hhs_sync.plan.changes import Limits
from hhs_sync.plan.privacy import Guard, roster_of
from hhs_sync.review import Review, review
from hhs_sync.review.chapter import ACCOUNTS, REMITTANCES, Accounts, RemittanceLine
from hhs_sync.review.chapters import chapters
from hhs_sync.review.record import Record
from hhs_sync.review.trail import SHOWN
from tests.plan.entries import SECRET
from tests.properties.test_any_practice import AnyPractice

WAYS_TAKEN: Counter[str] = Counter()
"""How often a review was brought forward, and why it was not."""


class BroughtForward(AnyPractice):
    """The same life, with both looks at every remittance."""

    def remit(self, *told):
        practice, quickbooks = self.practice, self.quickbooks
        quickbooks.push(quickbooks.desired(practice.books))
        last = self.look()
        kept = dict(chapters(last.situation, last.tie_out))
        known = practice.facts.remittances.keys()
        super().remit(*told)
        new = practice.facts.remittances.keys() - known
        if last.plan.changes:  # Something is held, and is not to be compared.
            return
        try:
            self.both_ways(last, kept, new)
            quickbooks.push(quickbooks.desired(practice.books))
            self.both_ways(last, kept, new)
            WAYS_TAKEN["brought forward"] += 1
        except WholeLookNeeded as why:
            WAYS_TAKEN[str(why)] += 1

    def look(self, previous: Record | None = None) -> Review:
        practice, quickbooks = self.practice, self.quickbooks
        return review(
            practice.facts, practice.rules, quickbooks.pushed, quickbooks.posted, practice.today, SECRET,
            previous=previous, books_closed_through=quickbooks.closed_through,
        )  # fmt: skip

    def both_ways(self, last: Review, kept: dict[str, bytes], new: frozenset[str]) -> None:
        practice, quickbooks = self.practice, self.quickbooks
        facts, rules = practice.facts, practice.rules
        touched = touch(
            facts, rules, practice.today, SECRET, new=new,
            told=msgspec.json.decode(kept[REMITTANCES], type=list[RemittanceLine]),
            first_seen={one.key: one.since for one in last.findings},
        )  # fmt: skip
        pushed = {key: one for key, one in quickbooks.pushed.items() if key in touched.named}
        places = {(one.kind, one.quickbooks_id) for one in pushed.values()}
        accounts = msgspec.json.decode(kept[ACCOUNTS], type=Accounts)
        brought = bring_forward(
            touched,
            Last(record=last.record, trails=last.trails, accounts=accounts),
            pushed,
            {place: one for place, one in quickbooks.posted.items() if place in places},
            facts=facts,
            limits=Limits.of(rules, practice.today, books_closed_through=quickbooks.closed_through),
            guard=Guard(roster_of(facts), rules, [one.code for one in facts.client_codes.values()]),
        )
        whole = self.look(last.record)
        now = dict(chapters(whole.situation, whole.tie_out))
        forward = {**kept, **dict(chapters_forward(touched, brought, kept.get))}

        assert brought.plan == whole.plan
        assert brought.tie_out == whole.tie_out
        assert brought.record == whole.record
        assert brought.trails.keys() == whole.trails.keys()
        assert {name: plain(body) for name, body in forward.items()} == {
            name: plain(body) for name, body in now.items()
        }


def plain(chapter: bytes) -> Any:
    """A chapter without the order of the steps on a session's way, of which the first dozen are shown."""
    told = json.loads(chapter)
    for story in told.values() if isinstance(told, dict) else ():
        trail = story.get("trail", {}) if isinstance(story, dict) else {}
        for name, steps in trail.items():
            trail[name] = sorted(map(str, steps)) if len(steps) < SHOWN else SHOWN
    return told


def teardown_module() -> None:
    """Where nothing was ever brought forward, nothing was tested."""
    assert WAYS_TAKEN["brought forward"] > sum(WAYS_TAKEN.values()) / 20, WAYS_TAKEN


FEW = settings(max_examples=20, stateful_step_count=30)
BroughtForward.TestCase.settings = FEW if settings.get_current_profile_name() == "same" else settings()
TestBroughtForward = BroughtForward.TestCase
