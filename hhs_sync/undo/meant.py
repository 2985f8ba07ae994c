"""Which documents and decisions an undo is about: those of a file, or those that a push was made of."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.errors import HhsSyncError
from hhs_sync.facts.document import Digest
from hhs_sync.facts.resolution import Resolution, ResolutionKind, counting, withdrawn
from hhs_sync.facts.resolution_text import DECISIONS
from hhs_sync.intake import UNDO, undone_decisions
from hhs_sync.ledger.entry import EntryKey
from hhs_sync.look import load_facts
from hhs_sync.store.documents import DocumentInfo
from hhs_sync.writing import CARRIED_OUT

if TYPE_CHECKING:
    from hhs_sync.office import Desk
    from hhs_sync.review import Review

DIGEST_LENGTH_MIN = 8
"""So many characters of a digest name a document or a plan."""
PLANS_MAX = 10_000
"""How many rows of the activity are looked through for plans: some years of them."""


class Wanted(Struct, frozen=True, kw_only=True):
    """What is to be taken back: a document by its file name or digest, or a push by the digest of its plan.

    `back` means the opposite: it counts again.
    """

    source: str = ""
    plan: str = ""
    back: bool = False


class Meant(Struct, frozen=True, kw_only=True):
    """The documents, the decisions to be made about them, and the entries of the push that is meant."""

    documents: tuple[DocumentInfo, ...]
    decisions: tuple[Resolution, ...]
    entries: tuple[EntryKey, ...] = ()


class Carried(Struct, frozen=True, kw_only=True):
    """A plan that was written to QuickBooks: when, by which command, which entries; `since` is the plan before it."""

    digest: Digest
    at: dt.datetime
    by: str
    since: dt.datetime | None
    entries: tuple[EntryKey, ...]

    def was_made_of(self, moment: dt.datetime) -> bool:
        """Whether what came in at a moment came in for this plan."""
        return moment <= self.at and (self.since is None or moment > self.since)


def meant(desk: Desk, wanted: Wanted, before: Review, *, by: str, reason: str) -> Meant:
    """What is to be decided. Raises HhsSyncError, with what to do, when it is not known what is meant."""
    deciding = _Deciding(desk, wanted, by, reason)
    if wanted.plan and wanted.back:
        return deciding.plan_again()
    if wanted.plan:
        return deciding.plan(before)
    return deciding.document()


def carried_out(desk: Desk) -> list[Carried]:
    """The plans that were written to QuickBooks, the newest first."""
    notes = [one for one in desk.store.activity.read(desk.practice, limit=PLANS_MAX) if one.what == CARRIED_OUT]
    found = []
    for place, note in enumerate(notes):
        following = notes[place - 1].at if place else None
        entries = desk.store.pushes.saved_between(desk.practice, note.at, following)
        since = notes[place + 1].at if place + 1 < len(notes) else None
        if entries:
            found.append(Carried(digest=note.subject, at=note.at, by=note.by, since=since, entries=entries))
    return found


def taken_back(desk: Desk) -> list[tuple[DocumentInfo, Resolution]]:
    """The documents that count as never received, each with the decision, the latest first."""
    gone = withdrawn(undone_decisions(desk))
    known = {one.digest: one for one in desk.store.documents.catalog(desk.practice)} if gone else {}
    latest = sorted(gone.values(), key=lambda one: one.at, reverse=True)
    return [(known[one.subject], one) for one in latest if one.subject in known]


class _Deciding:
    """Makes the decisions of one person at one moment."""

    def __init__(self, desk: Desk, wanted: Wanted, by: str, reason: str) -> None:
        self._desk = desk
        self._wanted = wanted
        self._by = by
        self._reason = reason
        self._undone = undone_decisions(desk)

    def document(self) -> Meant:
        """A document by its name, or the undo of it."""
        one = self._document()
        gone = withdrawn(self._undone).get(one.digest)
        if self._wanted.back:
            if gone is None:
                raise HhsSyncError(f"{one.name} counts: there is no undo of it to be taken back")
            return Meant(documents=(one,), decisions=(self._decision(ResolutionKind.TAKE_BACK, gone.key),))
        if gone is not None:
            raise HhsSyncError(
                f"{one.name} was taken back already, on {gone.at.date()} by {gone.by}; --take-back counts it again"
            )
        return Meant(documents=(one,), decisions=(self._withdrawal(one),))

    def _document(self) -> DocumentInfo:
        text, practice = self._wanted.source, self._desk.practice
        catalog = [one for one in self._desk.store.documents.catalog(practice) if one.source != DECISIONS]
        found = [one for one in catalog if one.name == text] or [
            one
            for one in catalog
            if PurePath(one.name).name == PurePath(text).name
            or (len(text) >= DIGEST_LENGTH_MIN and one.digest.startswith(text))
        ]
        if len(found) == 1:
            return found[0]
        if found:
            which = ", ".join(f"{one.digest[:12]} of {one.received_at.date()}" for one in found)
            raise HhsSyncError(f"{len(found)} documents are called {text}: name one by its digest ({which})")
        raise HhsSyncError(
            f"practice {practice} has no document {text}: name it as it lay in the inbox, or by the first"
            f" {DIGEST_LENGTH_MIN} characters of its sha256. A decision is taken back with `hhs-sync exceptions`"
        )

    def plan(self, before: Review) -> Meant:
        """The documents and decisions behind the entries of a push that came in since the push before it."""
        carried = self._carried()
        entries = set(carried.entries)
        ledger = {key for wish in before.desired.entries if wish.key in entries for key in wish.renders}
        facts = load_facts(self._desk)
        told = {one.fact for entry in before.books.entries if entry.key in ledger for one in entry.evidence}
        digests = {facts.sources[key].document for key in told if key in facts.sources}
        documents = tuple(
            one
            for one in self._desk.store.documents.catalog(self._desk.practice)
            if one.digest in digests and one.source != DECISIONS and carried.was_made_of(one.received_at)
        )
        decided = [
            one
            for one in facts.resolutions.values()
            if (one.key in told or one.subject in told) and not one.key.startswith(UNDO) and carried.was_made_of(one.at)
        ]
        decisions = (
            *(self._withdrawal(one) for one in documents),
            *(self._decision(ResolutionKind.TAKE_BACK, one.key) for one in decided),
        )
        if not decisions:
            raise HhsSyncError(
                f"nothing came in for the plan {carried.digest[:12]}: it followed from changed rules, from the passing"
                " of days, or was taken back already. Mend the mappings, and the next plan corrects it"
            )
        return Meant(documents=documents, decisions=decisions, entries=carried.entries)

    def _carried(self) -> Carried:
        plan = self._wanted.plan
        if len(plan) < DIGEST_LENGTH_MIN:
            raise HhsSyncError(f"give at least {DIGEST_LENGTH_MIN} characters of the plan's digest")
        found = [one for one in carried_out(self._desk) if one.digest.startswith(plan)]
        if not found:
            raise HhsSyncError(
                f"no plan {plan} was written for {self._desk.practice}: `hhs-sync undo --list` shows those that were"
            )
        return found[0]

    def plan_again(self) -> Meant:
        """The decisions that took a push back, taken back."""
        plan = self._wanted.plan
        made: Sequence[Resolution] = [
            one for one in counting(self._undone) if any(target.startswith(plan) for target in one.targets)
        ]
        if not made:
            raise HhsSyncError(f"no undo of a plan {plan} counts: there is nothing to be taken back")
        subjects = {one.subject for one in made}
        catalog = self._desk.store.documents.catalog(self._desk.practice)
        return Meant(
            documents=tuple(one for one in catalog if one.digest in subjects),
            decisions=tuple(self._decision(ResolutionKind.TAKE_BACK, one.key) for one in made),
        )

    def _withdrawal(self, document: DocumentInfo) -> Resolution:
        return self._decision(ResolutionKind.WITHDRAW, document.digest, source=document.source)

    def _decision(self, kind: ResolutionKind, subject: str, *, source: str | None = None) -> Resolution:
        """A decision; that of a push bears the plan's digest, by which it can be taken back as a whole."""
        at = self._desk.clock()
        drawn = hashlib.sha256(f"{kind.value} {subject} {at.isoformat()}".encode()).hexdigest()[:12]
        return Resolution(
            key=f"{UNDO}{at:%Y%m%dT%H%M%S}-{drawn}",
            kind=kind,
            subject=subject,
            by=self._by,
            at=at,
            reason=self._reason,
            account=source,
            targets=(self._carried().digest,) if self._wanted.plan and not self._wanted.back else (),
        )
