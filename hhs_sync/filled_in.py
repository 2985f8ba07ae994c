"""A filled-in list of exceptions on its way into the store: what it says, what it would post, then its decisions.

The web page and the command line both bring lists in here, so that a list is the same thing wherever it comes in.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.answers.decisions import Answered, Answers, read_answers
from hhs_sync.answers.sheet import read_rows
from hhs_sync.deciding import store_decisions
from hhs_sync.findings.decide import POSTS_NOTHING
from hhs_sync.intake import decide
from hhs_sync.look import current_record, look
from hhs_sync.preview import Preview, other_changes, other_entries, with_decision
from hhs_sync.store.findings import finding_id

if TYPE_CHECKING:
    from hhs_sync.office import Desk


class FilledIn(Struct, frozen=True):
    """What a list says, and of it what is not stored yet, by practice."""

    answers: Answers
    fresh: Mapping[str, tuple[Answered, ...]]

    @property
    def stored_before(self) -> int:
        """Decisions that an earlier reading of the same list has stored."""
        return sum(map(len, self.answers.by_practice.values())) - sum(map(len, self.fresh.values()))


def read_list(desks: Sequence[Desk], content: bytes, name: str, *, by: str, at: dt.datetime) -> FilledIn:
    """Read a list about these practices. Raises AnswersError when the file is none; `name` is for messages."""
    answers = read_answers(
        read_rows(content, name),
        [current_record(desk) for desk in desks],
        {desk.practice: desk.rules.practice.thresholds.approval_limit for desk in desks},
        by=by,
        at=at,
    )
    fresh = {desk.practice: tuple(_fresh(desk, answers.by_practice.get(desk.practice, ()))) for desk in desks}
    return FilledIn(answers, fresh)


def would_post(desk: Desk, answers: Sequence[Answered]) -> Preview | None:
    """What the decisions would post together; None where none of them posts anything."""
    decisions = [one.decision for one in answers]
    if all(one.kind in POSTS_NOTHING for one in decisions):
        return None
    without = look(desk)
    decided = look(desk, change=lambda facts: reduce(with_decision, decisions, facts))
    added, removed = other_entries(without, decided)
    return Preview(added=added, removed=removed, written=other_changes(without, decided))


def store_list(
    desk: Desk, answers: Sequence[Answered], name: str, progress: Callable[[int], None] = lambda _: None
) -> None:
    """Keep the decisions, and note them in the activity; `name` is the file's.

    In each round one of each question, so that a row tells all that was decided about it.
    """
    rounds: dict[int, list[Answered]] = defaultdict(list)
    met: Counter[str] = Counter()
    for one in answers:
        rounds[met[one.finding.key]].append(one)
        met[one.finding.key] += 1
    done = 0
    for part in rounds.values():
        kept = [(desk.store.findings.one(desk.practice, finding_id(one.finding.key)), one.decision) for one in part]
        store_decisions(desk, [(row, made) for row, made in kept if row is not None])
        if unkept := [made for row, made in kept if row is None]:
            decide(desk, unkept, name=f"decisions of {name}")
        done += len(part)
        progress(done)
    for one in answers:
        desk.store.activity.note(
            desk.practice, at=one.decision.at, by=one.decision.by, what=one.decision.kind.value,
            subject=one.finding.key, details={"list": name},
        )  # fmt: skip


def in_a_word(answer: Answered) -> tuple[str, str]:
    """The kind of a decision, and what it says besides its amount."""
    one = answer.decision
    what = (str(one.until or ""), one.owner or "", " + ".join(one.targets), one.account or "", one.reason)
    return one.kind.value.replace("_", " "), ": ".join(part for part in what if part)


def _fresh(desk: Desk, answers: Iterable[Answered]) -> list[Answered]:
    return [one for one in answers if not desk.store.readings.history(desk.practice, one.decision.key)]
