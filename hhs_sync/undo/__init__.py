"""Take back what a document or a push posted: by void where nothing rests on it, by opposite entries where books are
closed, never by deleting.

A document that is taken back stays stored and counts as never received: the facts fall back to what other documents
tell, the books are computed from these, and the plan does the rest, as it does for any change of the facts. So there is
one way from facts to QuickBooks, and a decision that took something back can itself be taken back. A push is undone
by taking back what it was made of: the documents and decisions that came in since the push before it.

    meant.py      which documents and decisions are meant
    look          the facts as if, the books as if, and what QuickBooks would be told: shown, and named by a digest
    against.py    what a person changed, reconciled or linked in QuickBooks, or what is closed only there: refused
    apply         the decision is stored, the books follow, and just this part of the plan is written
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from hhs_sync.errors import HhsSyncError
from hhs_sync.facts.document import Digest
from hhs_sync.facts.resolution import Resolution
from hhs_sync.findings.finding import Finding
from hhs_sync.intake import decide, facts_if, take_in
from hhs_sync.ledger.entry import Entry, EntryKey
from hhs_sync.look import keep, look
from hhs_sync.money import Money
from hhs_sync.plan.changes import Change, Hold
from hhs_sync.preview import change_name, other_changes, other_entries
from hhs_sync.store.documents import DocumentInfo
from hhs_sync.undo.against import stands_against
from hhs_sync.undo.meant import Wanted, meant
from hhs_sync.writing import write_plan

if TYPE_CHECKING:
    from hhs_sync.intake import Progress
    from hhs_sync.office import Desk
    from hhs_sync.quickbooks.client import QuickBooksClient
    from hhs_sync.quickbooks.report import PushReport
    from hhs_sync.review import Review
    from hhs_sync.standing import Standing


class UndoRefusedError(HhsSyncError):
    """It can't be taken back as things are; `reasons` says what stands against it and what to do, one sentence each."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        """Hold every reason, for a person wants to mend them in one go."""
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class Undone(Struct, frozen=True, kw_only=True):
    """What taking back would do, or did. `digest` names all of it; `against` says why it is refused.

    `money` is by account number and name, cents, debits positive; `left` are entries of a push that stay, for they
    follow from something older; `asked` and `cleared` are the questions that come and go with it.
    """

    documents: tuple[DocumentInfo, ...]
    decisions: tuple[Resolution, ...]
    removed: tuple[Entry, ...]
    added: tuple[Entry, ...]
    written: tuple[Change, ...]
    money: tuple[tuple[str, str, Money], ...]
    asked: tuple[Finding, ...]
    cleared: tuple[Finding, ...]
    against: tuple[str, ...]
    left: tuple[EntryKey, ...]
    digest: Digest


class Applied(Struct, frozen=True, kw_only=True):
    """What was taken back, what was written, and how the practice stands now."""

    undone: Undone
    pushed: PushReport
    standing: Standing


class Undo:
    """One undo, under the practice's lock. `by` decides it, for `reason`."""

    def __init__(self, desk: Desk, wanted: Wanted, *, by: str, reason: str, progress: Progress) -> None:
        """Nothing is done yet."""
        self._desk = desk
        self._wanted = wanted
        self._by = by
        self._reason = reason
        self._progress = progress

    def look(self, wait_seconds: float) -> Undone:
        """What it would do; QuickBooks is asked first, and nothing is written.

        Raises HhsSyncError when it is not known what is meant, and QuickBooksError when QuickBooks can't be asked.
        """
        with self._desk.store.lock(self._desk.practice, owner=_OWNER.format(os.getpid()), wait_seconds=wait_seconds):
            return self._look(self._ask())

    def apply(self, expected: Digest, wait_seconds: float) -> Applied:
        """Store the decision, and write to QuickBooks what follows from it.

        `expected` is the beginning of the digest of what was shown ("" for whatever it is now). Raises
        UndoRefusedError with all reasons, and as `look` does.
        """
        desk = self._desk
        with desk.store.lock(desk.practice, owner=_OWNER.format(os.getpid()), wait_seconds=wait_seconds) as lock:
            client = self._ask()
            seen = self._look(client)
            if seen.against:
                raise UndoRefusedError(seen.against)
            if not seen.digest.startswith(expected):
                raise UndoRefusedError(
                    (f"it would do something else than what was shown (its digest is {seen.digest[:12]} now)",)
                )
            self._decide(seen)
            taken = take_in(desk, self._progress)
            self._progress("keeping the books")
            known = {change_name(change) for change in seen.written}
            plan = look(desk, taken.obstacles).plan
            part = tuple(one for one in plan.changes if not isinstance(one, Hold) and change_name(one) in known)
            self._progress(f"writing {len(part)} entries to QuickBooks")
            plan = msgspec.structs.replace(plan, changes=part, waits="", digest=seen.digest)
            report = write_plan(desk, plan, client, lock, by=self._by)
            self._progress("looking at what is there now")
            standing = keep(desk, look(desk, taken.obstacles), taken.obstacles)
            return Applied(undone=seen, pushed=report, standing=standing)

    def _ask(self) -> QuickBooksClient:
        from hhs_sync.quickbooks.refresh import refresh  # noqa: PLC0415  Loads the wire's libraries.

        desk = self._desk
        self._progress("asking QuickBooks what changed")
        client = desk.call(self._progress)
        refresh(client, desk.store, desk.practice, desk.rules, desk.clock())
        return client

    def _look(self, client: QuickBooksClient) -> Undone:
        """Take in what is new, and compare the look at what is with the look at what would be."""
        desk, progress = self._desk, self._progress
        progress("taking in documents")
        taken = take_in(desk, progress)
        progress("keeping the books as they are")
        before = look(desk, taken.obstacles)
        what = meant(desk, self._wanted, before, by=self._by, reason=self._reason)
        progress("reading what would be left")
        facts = facts_if(desk, what.decisions, progress)
        progress("keeping the books as they would be")
        after = look(desk, taken.obstacles, change=lambda _: facts)
        added, removed = other_entries(before, after)
        written = other_changes(before, after)
        still = {one.key for one in after.desired.entries}
        progress("asking QuickBooks what people have built upon it")
        return Undone(
            documents=what.documents,
            decisions=what.decisions,
            removed=removed,
            added=added,
            written=written,
            money=_money(desk, added, removed),
            asked=_questions(before, after),
            cleared=_questions(after, before),
            against=tuple(stands_against(desk, client, before, after, written)),
            left=tuple(key for key in what.entries if key in still),
            digest=_digest(what.decisions, written, added, removed),
        )

    def _decide(self, seen: Undone) -> None:
        desk, word = self._desk, "undo taken back" if self._wanted.back else "undo"
        self._progress("storing the decision")
        decide(desk, seen.decisions, name=f"{word} by {self._by}")
        desk.store.activity.note(
            desk.practice,
            at=desk.clock(),
            by=self._by,
            what=word,
            subject=self._wanted.plan or seen.documents[0].digest,
            details={
                "documents": len(seen.documents),
                "entries": len(seen.removed) + len(seen.added),
                "quickbooks": len(seen.written),
                "digest": seen.digest,
            },
        )


_OWNER = "undo, pid {}"


def _questions(before: Review, after: Review) -> tuple[Finding, ...]:
    """The open questions of the second look that the first does not ask."""
    known = {one.key for one in before.findings if one.is_open}
    return tuple(one for one in after.findings if one.is_open and one.key not in known)


def _money(desk: Desk, added: Iterable[Entry], removed: Iterable[Entry]) -> tuple[tuple[str, str, Money], ...]:
    """How the balance of each account changes, in the order of the numbers."""
    sums: dict[tuple[str, str], Money] = {}
    for sign, entries in ((1, added), (-1, removed)):
        for entry in entries:
            for line in entry.lines:
                mapped = desk.rules.account(line.account)
                place = (mapped.number, mapped.name) if mapped else ("", line.account.value)
                sums[place] = sums.get(place, 0) + sign * line.amount
    return tuple((number, name, amount) for (number, name), amount in sorted(sums.items()) if amount)


def _digest(
    decisions: Iterable[Resolution], written: Iterable[Change], added: Iterable[Entry], removed: Iterable[Entry]
) -> Digest:
    """Names all that would be done, so that what is applied is what was shown."""
    whole = hashlib.sha256()
    for decision in sorted(decisions, key=lambda one: one.subject):
        whole.update(f"{decision.kind.value} {decision.subject}\n".encode())
    for change in written:
        whole.update(f"{' '.join(change_name(change))}\n".encode())
    for sign, entries in (("+", added), ("-", removed)):
        for entry in entries:
            whole.update(f"{sign} {entry.key} {[(one.account.value, one.amount) for one in entry.lines]}\n".encode())
    return whole.hexdigest()
