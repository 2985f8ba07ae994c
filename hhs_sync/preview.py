"""What a decision would change, before it is made: the books and the plan with it, beside those without.

Nothing is stored. The decision is put among the facts in memory, everything is computed again, and the two are
compared entry by entry, so that a person sees just what the next turn would post.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct

from hhs_sync.facts.document import Source
from hhs_sync.facts.resolution import counting
from hhs_sync.ledger.entry import Entry, Evidence
from hhs_sync.ledger.resolution import NEEDS_APPROVAL
from hhs_sync.look import look
from hhs_sync.money import format_money
from hhs_sync.plan.changes import Adopt, Create, Hold, Update, Void

if TYPE_CHECKING:
    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.resolution import Resolution
    from hhs_sync.findings.finding import Finding
    from hhs_sync.mapping.rules import Rules
    from hhs_sync.office import Desk
    from hhs_sync.plan.changes import Change
    from hhs_sync.review import Review


Value = TypeVar("Value")


class Preview(Struct, frozen=True, kw_only=True):
    """What would be otherwise: entries of the sub-ledger, changes in QuickBooks, and how the question would stand."""

    added: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()
    written: tuple[Change, ...] = ()
    finding: Finding | None = None
    gone: bool = False
    remark: str = ""
    """What a person would not expect: less is given up than the decision says."""


def preview(
    desk: Desk,
    decision: Resolution,
    finding: str,
    *,
    rules: Rules | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Preview:
    """Look twice, without and with the decision. `finding` is the key of the question that it answers.

    `rules` are those that it would teach. `progress` is called with what is done now.
    """
    progress("keeping the books as they are")
    without = look(desk)
    progress("keeping them with the decision")
    decided = look(desk, change=lambda facts: with_decision(facts, decision), rules=rules)
    added, removed = other_entries(without, decided)
    standing = next((one for one in decided.findings if one.key == finding), None)
    return Preview(
        added=added,
        removed=removed,
        written=other_changes(without, decided),
        finding=standing,
        gone=standing is None and _asks(without, finding),
        remark=_less(decision, added),
    )


def _less(decision: Resolution, added: Iterable[Entry]) -> str:
    """That less is open than a decision gives up, in a sentence; empty where it is not so."""
    of_it = [one for one in added if Evidence(decision.key) in one.evidence]
    if decision.kind not in NEEDS_APPROVAL or decision.amount is None or not of_it:
        return ""
    given = sum(line.amount for one in of_it for line in one.lines if line.amount > 0)
    if given >= decision.amount:
        return ""
    return f"Only {format_money(given)} is open: of the {format_money(decision.amount)} no more than that is given up."


def other_entries(before: Review, after: Review) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """The entries of the sub-ledger that one look has and the other has not: those that come, those that go."""
    old, new = set(before.books.entries), set(after.books.entries)
    added = tuple(one for one in after.books.entries if one not in old)
    return added, tuple(one for one in before.books.entries if one not in new)


def other_changes(before: Review, after: Review) -> tuple[Change, ...]:
    """What the second look would write to QuickBooks and the first would not, in the order of its plan."""
    known = {change_name(change) for change in before.plan.changes if not isinstance(change, Hold)}
    return tuple(
        change for change in after.plan.changes if not isinstance(change, Hold) and change_name(change) not in known
    )


def with_decision(facts: Facts, decision: Resolution) -> Facts:
    """The facts with one decision more, each mapping in the order of its keys."""
    source = Source(document="", document_name="this decision", place="")
    return msgspec.structs.replace(
        facts,
        resolutions={
            one.key: one for one in counting(_with(facts.resolutions.items(), decision.key, decision).values())
        },
        sources=_with(facts.sources.items(), decision.key, source),
        as_of=_with(facts.as_of.items(), decision.key, decision.at.date()),
    )


def _with(items: Iterable[tuple[str, Value]], key: str, value: Value) -> dict[str, Value]:
    return dict(sorted([*items, (key, value)]))


def _asks(review: Review, finding: str) -> bool:
    return any(one.key == finding for one in review.findings)


def change_name(change: Change) -> tuple[str, str, str]:
    """What a change does to which entry."""
    if isinstance(change, Create | Update | Adopt):
        return type(change).__name__, change.desired.key, change.desired.digest()
    assert isinstance(change, Void), "holds do nothing"
    return "Void", change.pushed.key, change.pushed.desired_digest
