"""Decisions on their way into the store: made, kept as a document, told on their rows, taken back.

The web page and the command line both decide here, so that a decision is the same thing wherever it was made. The key
of a decision names the batch that it was made in and the finding that it is about, so a whole batch can be taken back.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from hhs_sync.errors import HhsSyncError
from hhs_sync.facts.resolution import Resolution, ResolutionKind, counting
from hhs_sync.facts.resolution_text import DECISIONS, decision_key
from hhs_sync.findings.decide import Answer, about, decision, taking_back
from hhs_sync.intake import decide
from hhs_sync.store.findings import FindingRow, Kept, finding_id
from hhs_sync.worklist import note_decisions, read_kept

if TYPE_CHECKING:
    import datetime as dt

    from hhs_sync.facts.document import FactKey
    from hhs_sync.findings.finding import Finding
    from hhs_sync.office import Desk

AT_ONCE = 200
"""Decisions in one document: a bulk is stored in portions, so that its progress can be told."""


class DecisionError(HhsSyncError):
    """A decision makes no sense; nothing was stored."""


class Decided(NamedTuple):
    """What a decision left: it, and the row of its finding."""

    decision: Resolution
    row: FindingRow


def new_batch(at: dt.datetime) -> str:
    """A name for what is decided at one stroke."""
    return f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def key_in(batch: str, finding: str) -> FactKey:
    """The key of the decision about a finding (by its key) in a batch."""
    return decision_key("resolution", f"{batch}-{finding_id(finding)}")


def make(finding: Finding, answer: Answer, *, batch: str, by: str, at: dt.datetime) -> Resolution:
    """The decision. Raises DecisionError, with what to do, when it makes no sense."""
    try:
        return decision(finding, answer, key=key_in(batch, finding.key), by=by, at=at)
    except ValueError as error:
        raise DecisionError(str(error)) from None


def store_decisions(
    desk: Desk, made: Sequence[tuple[Kept, Resolution]], progress: Callable[[int], None] = lambda _: None
) -> list[Decided]:
    """Keep decisions of one person, and tell them on the rows of their findings; on disk when it returns."""
    decided = []
    for start in range(0, len(made), AT_ONCE):
        part = made[start : start + AT_ONCE]
        decide(desk, [one for _, one in part], name=f"decision by {part[0][1].by}")
        for kept, one in part:
            _, before = read_kept(kept)
            decided.append(Decided(one, note_decisions(desk.store, kept, (*before, one), desk.today)))
        progress(len(decided))
    return decided


def store_decision(desk: Desk, finding: Finding, made: Resolution) -> None:
    """Keep one decision, and tell it on the row of its finding where the last review has one."""
    if made.kind is ResolutionKind.TAKE_BACK:
        decide(desk, [made], name=f"taken back by {made.by}")
        _tell_on_rows(desk, [made], {made.subject})
        return
    kept = desk.store.findings.one(desk.practice, finding_id(finding.key))
    if kept is None:
        decide(desk, [made], name=f"decision by {made.by}")
    else:
        store_decisions(desk, [(kept, made)])


def taken_back(desk: Desk, finding: Finding, key: str, *, by: str, at: dt.datetime) -> Resolution:
    """The decision that takes one about this finding back. Raises DecisionError when there is none of this key."""
    made = about(finding, history(desk))
    found = [one for one in made if one.key == key or one.key.endswith(f"/{key}")]
    if not found:
        known = ", ".join(one.key.rpartition("/")[2] for one in made) or "none"
        raise DecisionError(f"there is no decision {key!r} about it; those that count: {known}")
    return taking_back(found[0], key=decision_key("resolution", f"{new_batch(at)}-0"), by=by, at=at)


def batch_of(desk: Desk, batch: str) -> list[Resolution]:
    """The decisions of a batch that nobody has taken back."""
    return _counting(desk, decision_key("resolution", f"{batch}-"))


def history(desk: Desk) -> list[Resolution]:
    """Every decision that counts, the oldest first."""
    return sorted(_counting(desk, decision_key("resolution", "")), key=lambda one: (one.at, one.key))


def take_back(desk: Desk, decisions: Sequence[Resolution], *, by: str, at: dt.datetime, reason: str = "") -> int:
    """Take decisions back: they count no more, and their rows are as before. Tells how many there were."""
    if not decisions:
        return 0
    batch = new_batch(at)
    undone = [
        taking_back(one, key=decision_key("resolution", f"{batch}-{number}"), by=by, at=at, reason=reason)
        for number, one in enumerate(decisions)
    ]
    decide(desk, undone, name=f"taken back by {by}")
    _tell_on_rows(desk, undone, {one.key for one in decisions})
    return len(undone)


def _tell_on_rows(desk: Desk, undone: Sequence[Resolution], keys: set[FactKey]) -> None:
    """Note on the rows that decisions are taken back: one that no review has counted yet just goes."""
    gone: dict[str, set[FactKey]] = defaultdict(set)
    for key in keys:
        gone[key.rpartition("-")[2]].add(key)
    for name, mine in gone.items():
        kept = desk.store.findings.one(desk.practice, name) if name else None
        if kept is not None:
            _, before = read_kept(kept)
            left = [one for one in before if one.key not in mine]
            counted = [one for one in undone if one.subject in mine - {each.key for each in before}]
            note_decisions(desk.store, kept, (*left, *counted), desk.today)


def asked_again(finding: Finding, reason: str, *, batch: str, by: str, at: dt.datetime) -> Resolution:
    """The decision to ask a closed question again; it holds the question as it stood, for its cause may be gone."""
    return Resolution(
        key=key_in(batch, finding.key),
        kind=ResolutionKind.REOPEN,
        subject=finding.key,
        by=by,
        at=at,
        reason=" ".join(reason.split()),
        finding=msgspec.json.encode(finding).decode(),
    )


def _counting(desk: Desk, prefix: str) -> list[Resolution]:
    """The decisions whose keys begin so, and that nobody has taken back."""
    everything = desk.store.readings.starting_with(desk.practice, DECISIONS, decision_key("resolution", ""))
    counted = counting([one for one in everything if isinstance(one, Resolution)])
    return [one for one in counted if one.key.startswith(prefix) and one.kind is not ResolutionKind.TAKE_BACK]
