"""What a decision would change, before it is made: the books and the plan with it, beside those without.

Nothing is stored. The decision is put among the facts in memory, everything is computed again, and the two are
compared entry by entry, so that a person sees just what the next turn would post.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct

from hhs_sync.facts.document import Source
from hhs_sync.ledger.entry import Entry
from hhs_sync.look import look
from hhs_sync.plan.changes import Adopt, Create, Hold, Update, Void

if TYPE_CHECKING:
    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.resolution import Resolution
    from hhs_sync.findings.finding import Finding
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


def preview(desk: Desk, decision: Resolution, finding: str) -> Preview:
    """Look twice, without and with the decision. `finding` is the key of the question that it answers."""
    without = look(desk)
    decided = look(desk, change=lambda facts: with_decision(facts, decision))
    before = set(without.books.entries)
    after = set(decided.books.entries)
    known = {_name(change) for change in without.plan.changes if not isinstance(change, Hold)}
    standing = next((one for one in decided.findings if one.key == finding), None)
    return Preview(
        added=tuple(one for one in decided.books.entries if one not in before),
        removed=tuple(one for one in without.books.entries if one not in after),
        written=tuple(
            change for change in decided.plan.changes if not isinstance(change, Hold) and _name(change) not in known
        ),
        finding=standing,
        gone=standing is None and _asks(without, finding),
    )


def with_decision(facts: Facts, decision: Resolution) -> Facts:
    """The facts with one decision more, each mapping in the order of its keys."""
    source = Source(document="", document_name="this decision", place="")
    return msgspec.structs.replace(
        facts,
        resolutions=_with(facts.resolutions.items(), decision.key, decision),
        sources=_with(facts.sources.items(), decision.key, source),
        as_of=_with(facts.as_of.items(), decision.key, decision.at.date()),
    )


def _with(items: Iterable[tuple[str, Value]], key: str, value: Value) -> dict[str, Value]:
    return dict(sorted([*items, (key, value)]))


def _asks(review: Review, finding: str) -> bool:
    return any(one.key == finding for one in review.findings)


def _name(change: Change) -> tuple[str, str, str]:
    """What a change does to which entry."""
    if isinstance(change, Create | Update | Adopt):
        return type(change).__name__, change.desired.key, change.desired.digest()
    assert isinstance(change, Void), "holds do nothing"
    return "Void", change.pushed.key, change.pushed.desired_digest
