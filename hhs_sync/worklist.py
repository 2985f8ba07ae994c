"""The work list as it is kept: each finding of a review as a row, and back.

A review is computed; its findings are kept as rows, so that a list over two hundred practices is one query. What people
decide between two turns is folded over the kept finding by the very rule of the next look, so that the list tells it at
once and the look finds nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec import Struct

from hhs_sync.facts.resolution import Resolution
from hhs_sync.findings import in_order
from hhs_sync.findings.decide import POSTS_NOTHING, exact_suggestions, in_few_words
from hhs_sync.findings.finding import Finding, FindingState
from hhs_sync.findings.states import with_decisions
from hhs_sync.money import Money, format_money
from hhs_sync.review import Record, read_record, write_record
from hhs_sync.review.record import counted_once
from hhs_sync.review.trail import Trail
from hhs_sync.standing import RECORD
from hhs_sync.store.findings import CLOSED, DECIDED, OPEN, SEARCH_MAX, WAITING, FindingRow, Kept, finding_id

if TYPE_CHECKING:
    from hhs_sync.facts.document import FactKey
    from hhs_sync.store import Store

_STATE = {
    FindingState.OPEN: OPEN,
    FindingState.WAITING: WAITING,
    FindingState.RESOLVED: CLOSED,
    FindingState.CLEARED: CLOSED,
}
SEARCHED_DATES = 6


class KeptFinding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finding as its row keeps it: as the review made it, with the way behind it.

    `limit` is the practice's approval limit (cents), above which a second person decides. `gone` says that nobody asks
    it any more: it is kept for a week, for whoever wants to ask again.
    """

    finding: Finding
    trail: Trail = Trail()
    limit: Money = 0
    gone: bool = False


_body = msgspec.json.Decoder(KeptFinding)
_decisions = msgspec.json.Decoder(tuple[Resolution, ...])


class Seen(Protocol):
    """What is kept of a review in rows."""

    @property
    def record(self) -> Record:
        """With all findings."""

    @property
    def trails(self) -> Mapping[str, Trail]:
        """The way behind each open finding."""

    @property
    def decisions(self) -> frozenset[FactKey]:
        """The decisions that it counts."""


def keep_findings(store: Store, seen: Seen, limit: Money) -> None:
    """Keep the findings of a review as rows, and for a week those that are gone."""
    once = {one.key for one in counted_once(seen.record.open_findings)}
    asked = {one.key for one in seen.record.findings}
    gone = [one.finding for one in seen.record.cleared if one.finding is not None and one.key not in asked]
    rows = []
    for one in (*seen.record.findings, *gone):
        trail = seen.trails.get(one.key, Trail())
        kept = KeptFinding(finding=one, trail=trail, limit=limit, gone=one.key not in asked)
        counted = one.key in once or not one.is_open
        rows.append((row_of(one, seen.record, counted=counted), msgspec.json.encode(kept)))
    store.findings.save(
        seen.record.practice,
        rows,
        lambda noted: all(one.key in seen.decisions for one in _decisions.decode(noted)),
    )


def kept_record(store: Store, practice: str) -> Record | None:
    """The record of the practice's last review, with its findings; None where there is none that can be read."""
    kept = kept_review(store, practice)
    return kept[0] if kept else None


def kept_review(store: Store, practice: str) -> tuple[Record, dict[str, Trail]] | None:
    """The record of the practice's last review, and the way behind each open finding."""
    record = read_record(store.reviews.part(practice, RECORD))
    if record is None:
        return None
    kept = [one for body in store.findings.bodies(practice) if not (one := _body.decode(body)).gone]
    findings = tuple(sorted([one.finding for one in kept], key=in_order))
    ways = {one.finding.key: one.trail for one in kept if one.finding.is_open}
    return msgspec.structs.replace(record, findings=findings), ways


def record_to_keep(record: Record) -> bytes:
    """The record as it is stored: its findings are rows of their own."""
    return write_record(msgspec.structs.replace(record, findings=()))


def read_kept(kept: Kept) -> tuple[KeptFinding, tuple[Resolution, ...]]:
    """A kept finding as the review made it, and what was decided about it since."""
    return _body.decode(kept.body), _decisions.decode(kept.decisions) if kept.decisions else ()


def as_decided(kept: Kept, today: dt.date) -> tuple[Finding, Trail]:
    """A kept finding as what was decided since leaves it, and its trail."""
    told, decisions = read_kept(kept)
    return with_decisions(told.finding, decisions, told.limit, today), told.trail


def note_decisions(store: Store, kept: Kept, decisions: Sequence[Resolution], today: dt.date) -> FindingRow:
    """Write on a finding's row what was decided since its review; none at all puts it back."""
    told, _ = read_kept(kept)
    row = decided_row(kept.row, told, decisions, today)
    store.findings.note(row, msgspec.json.encode(tuple(decisions)))
    return row


def decided_row(row: FindingRow, told: KeptFinding, decisions: Sequence[Resolution], today: dt.date) -> FindingRow:
    """The row as decisions leave it. What posts, or waits for a second person, is decided: the next turn counts it."""
    now = with_decisions(told.finding, decisions, told.limit, today)
    posts = any(one.kind not in POSTS_NOTHING for one in decisions)
    state = DECIDED if posts else _STATE[now.state]
    words = "; ".join(f"{in_few_words(one)} ({one.by})" for one in decisions)
    return msgspec.structs.replace(row, state=state, owner=now.owner, decided=words or told.finding.closed_by)


def row_of(finding: Finding, record: Record, *, counted: bool) -> FindingRow:
    """The row of a finding: the client appears by the code alone."""
    client = record.code_of(finding.client)
    payer = record.payers.get(finding.payer or "", finding.payer or "")
    clinician = record.clinicians.get(finding.clinician or "", finding.clinician or "")
    days = finding.service_dates
    service = "" if not days else days[0].isoformat() if len(days) == 1 else f"{days[0]} to {days[-1]}"
    name = finding_id(finding.key)
    searched = (
        finding.code, client, format_money(finding.amount), name, *(day.isoformat() for day in days[:SEARCHED_DATES]),
        finding.owner, payer, clinician, record.name, finding.title, finding.says,
    )  # fmt: skip
    return FindingRow(
        practice=finding.practice,
        id=name,
        key=finding.key,
        code=finding.code,
        severity=finding.severity.order,
        state=_STATE[finding.state],
        due=finding.due,
        since=finding.since,
        owner=finding.owner,
        payer=finding.payer or "",
        payer_name=payer,
        client=client,
        clinician=clinician,
        service=service,
        amount=finding.amount,
        counted=finding.amount if counted else 0,
        items=finding.count,
        exact=bool(exact_suggestions(finding)),
        says=finding.says,
        decided=finding.closed_by,
        search=" ".join(searched).lower()[:SEARCH_MAX],
    )
