"""Send writes and deal with whatever comes back: the one place that decides what an answer means for an entry.

    saved        mirror, then outcome: should we die between the two, the mark in the mirror tells
    refused      written down, unless the refusal itself shows that the entry is there already (number or name taken by
                 our own, stale because our change went through), or that it only needs a newer version to lie upon
    unclear      look; what is there is saved, the rest is sent again under the same ids, a few times. Where no answer
                 came at all, not before QuickBooks must be done with the request: a look that comes too early finds
                 nothing, and what is sent again then would be there twice
    busy         nothing was done; the next push tries again

Ids are new only where the old ones can't serve: QuickBooks calls them used, or answered twice that it was asked too
often (if it remembers refusals, the old id would be refused for ever). The look in between keeps that from making a
double.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
import structlog

from hhs_sync.errors import (
    NotConnectedError,
    QuickBooksError,
    QuickBooksRefusedError,
    QuickBooksUnavailableError,
    QuickBooksUnclearError,
)
from hhs_sync.ledger.entry import EntryKey
from hhs_sync.plan.changes import Hold, PostedEntry
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.quickbooks import faults
from hhs_sync.quickbooks.catalog import Catalog, Fields
from hhs_sync.quickbooks.client import BATCH, NeverSent, QuickBooksClient
from hhs_sync.quickbooks.lookup import CLOCKS_APART, look_up
from hhs_sync.quickbooks.posted import posted_entry
from hhs_sync.quickbooks.refresh import keep_lists, look_again_from
from hhs_sync.quickbooks.refusals import explained
from hhs_sync.quickbooks.report import PushReport, RefusedChange
from hhs_sync.quickbooks.writes import Write
from hhs_sync.store import Store
from hhs_sync.store.intent import Intent, NotDone, Operation, Outcome, Refused, Saved, Unclear

log = structlog.get_logger(__name__)

TRIES_MAX = 4
GIVE_UP_MAX = 2
"""How many writes in a row may stay unclear before the push ends."""
PAUSES = (2.0, 10.0, 30.0)
"""Seconds before the second, third and fourth try of a write whose fate was unclear."""

VOID_PARAMETERS: Mapping[QuickBooksKind, Mapping[str, str]] = {
    QuickBooksKind.INVOICE: {"operation": "void"},
    QuickBooksKind.PAYMENT: {"operation": "update", "include": "void"},
    QuickBooksKind.SALES_RECEIPT: {"operation": "update", "include": "void"},
}
"""How QuickBooks voids what it can void. A write that is not part of a batch is such a void."""


Answer: TypeAlias = Fields | QuickBooksError


class Sender:
    """Sends the writes of one push and keeps count. Once `stopped` says why, nothing more is sent."""

    def __init__(
        self,
        client: QuickBooksClient,
        store: Store,
        practice: str,
        catalog: Catalog,
        clock: Callable[[], dt.datetime],
        draw: Callable[[], str],
        verify: Callable[[], None],
    ) -> None:
        """`draw` makes the request id of a batch, `verify` raises when the lock on the practice was lost."""
        self.client = client
        self.store = store
        self.practice = practice
        self.catalog = catalog
        self.clock = clock
        self.stopped = ""
        self.touched = 0
        self.held: list[Hold] = []
        self.counts: Counter[str] = Counter()
        self._created: Counter[QuickBooksKind] = Counter()
        self._refused: list[RefusedChange] = []
        self._customers: list[Fields] = []
        self._draw = draw
        self._verify = verify
        self.preferences_read = False
        self._given_up = 0

    def send(self, writes: Sequence[Write]) -> None:
        """Send new writes, 30 to a batch; voids that QuickBooks does itself go one by one."""
        alone = [write for write in writes if _goes_alone(write)]
        together = [write for write in writes if not _goes_alone(write)]
        groups = [together[start : start + BATCH] for start in range(0, len(together), BATCH)]
        for group in (*groups, *([write] for write in alone)):
            if self.stopped:
                return
            self._call(self._intended(group))

    def send_again(self, writes: Iterable[Write]) -> None:
        """Send writes that have intents already, as they were sent before: under their old ids."""
        groups: dict[str, list[Write]] = {}
        for write in writes:
            groups.setdefault(write.batch or write.request_id, []).append(write)
        for group in groups.values():
            if self.stopped:
                return
            self._call(group)

    def keep_customers(self) -> None:
        """Put the customers made so far into the mirror's list."""
        if self._customers:
            keep_lists(self.store, self.practice, {"Customer": self._customers})
            self._customers = []

    def take_refused(self, kinds: Container[QuickBooksKind]) -> set[EntryKey]:
        """The entries of some kinds that were refused so far; they count as not yet tried from now on."""
        taken = {one.key for one in self._refused if one.kind in kinds}
        self._refused = [one for one in self._refused if one.key not in taken]
        return taken

    def report(self) -> PushReport:
        """What was done so far."""
        kinds = sorted(self._created.items(), key=lambda pair: pair[0].value)
        return PushReport(
            **self.counts, held=tuple(self.held), refused=tuple(self._refused), stopped=self.stopped, plan="",
            created_by_kind=tuple(kinds),
        )  # fmt: skip

    def settle(self, done: Sequence[tuple[Write, Fields]], *, adopted: bool = False) -> None:
        """These are in QuickBooks, as shown: into the mirror, then the outcomes, each in one transaction."""
        if not done:
            return
        self._given_up = 0
        outcomes: list[Outcome] = []
        shown: list[PostedEntry] = []
        for write, fields in done:
            wish = write.wish
            quickbooks_id = str(fields["Id"])
            self.catalog.bind(wish.entry, wish.kind, quickbooks_id, wish.reference)
            if wish.kind is QuickBooksKind.CUSTOMER:
                self.catalog.add("Customer", fields)
                self._customers.append(fields)
            posted = posted_entry(wish.kind, fields, self.catalog)
            shown.append(posted)
            outcomes.append(
                Saved(
                    request_id=write.request_id, quickbooks_id=quickbooks_id, sync_token=posted.sync_token,
                    posted_digest=_as_written(write, posted),
                )
            )  # fmt: skip
            self._count(write, fields, adopted=adopted)
        self.store.mirror.upsert(self.practice, shown)
        self.store.pushes.record(self.practice, outcomes, self.clock())

    def note_voided(self, done: Sequence[tuple[Write, Fields]]) -> None:
        """These were void before we came: only our side has to learn it."""
        if done:
            writes = self._intended([write for write, _ in done])
            self.settle([(write, fields) for write, (_, fields) in zip(writes, done, strict=True)])

    def may_try_again(self, write: Write) -> bool:
        """Whether a write has tries left."""
        return write.tries < TRIES_MAX

    def send_newer(self, write: Write, sync_token: str) -> None:
        """Lay the same change upon a newer version of its entry."""
        self.not_done([write], "a newer version lies in QuickBooks")
        self._call(self._intended([write.with_token(sync_token)]))

    def send_unnumbered(self, write: Write) -> None:
        """Send the same change without a number of its own."""
        self.not_done([write], "a void entry bears its number")
        self._call(self._intended([write.without_number()]))

    def not_done(self, writes: Iterable[Write], message: str) -> None:
        """These were certainly not carried out."""
        outcomes = [NotDone(request_id=write.request_id, message=message) for write in writes]
        self.store.pushes.record(self.practice, outcomes, self.clock())

    def forget(self, intents: Iterable[Intent]) -> None:
        """These never asked anything of QuickBooks."""
        outcomes = [NotDone(request_id=intent.request_id, message="not asked") for intent in intents]
        self.store.pushes.record(self.practice, outcomes, self.clock())

    def _count(self, write: Write, fields: Fields, *, adopted: bool) -> None:
        operation = write.wish.operation
        self.touched += 1 + sum(len(line.get("LinkedTxn") or ()) for line in fields.get("Line") or ())
        if adopted:
            self.counts["adopted"] += 1
            return
        self.counts[{Operation.CREATE: "created", Operation.UPDATE: "updated"}.get(operation, "voided")] += 1
        if operation is Operation.CREATE:
            self._created[write.kind] += 1

    def _intended(self, writes: Sequence[Write]) -> list[Write]:
        """The writes with their ids, and with intents that are on disk."""
        batch = "" if _goes_alone(writes[0]) else self._draw()
        named = [
            msgspec.structs.replace(write, batch=batch, item=str(number))
            for number, write in enumerate(writes, start=1)
        ]
        intents = self.store.pushes.intend(self.practice, [write.to_keep() for write in named], self.clock())
        return [msgspec.structs.replace(write, intent=intent) for write, intent in zip(named, intents, strict=True)]

    def _call(self, writes: Sequence[Write]) -> None:
        """One call, and what follows from its answer."""
        self._verify()
        self._mistrust(write for write in writes if write.tries or write.change is None)
        writes = [msgspec.structs.replace(write, tries=write.tries + 1) for write in writes]
        try:
            answers = self._ask(writes)
        except NotConnectedError as error:
            self.stopped = str(error)
        except NeverSent as error:
            self.not_done(writes, str(error))
            self.counts["later"] += len(writes)
            self.stopped = str(error)
        except QuickBooksRefusedError:
            self._one_by_one(writes, tries=0)
        except QuickBooksError as error:
            self._again(writes, error)
        else:
            self._take(writes, answers)

    def _mistrust(self, writes: Iterable[Write]) -> None:
        """What is sent under old ids may be answered as it was at first, though a person has deleted it since.

        So what changed since it was meant is asked for once more.
        """
        moments = [write.intent.intended_at for write in writes if write.intent is not None]
        if moments:
            look_again_from(self.store, self.practice, min(moments) - CLOCKS_APART)

    def _one_by_one(self, writes: Sequence[Write], tries: int) -> None:
        """Send the items of a batch that failed as a whole each in a batch of its own, under the same ids.

        So that one that QuickBooks can't stomach does not keep the others out for ever.
        """
        for write in writes:
            if self.stopped:
                return
            self._call([msgspec.structs.replace(write, tries=tries)])

    def _ask(self, writes: Sequence[Write]) -> Mapping[str, Answer]:
        """Each write's object or error, by its item's id. Raises when the call as a whole failed."""
        first = writes[0]
        if not first.batch:
            try:
                parameters = VOID_PARAMETERS[first.kind]
                return {first.item: self.client.save(first.kind.value, first.body, first.request_id, **parameters)}
            except QuickBooksRefusedError as refusal:
                return {first.item: refusal}
        try:
            parts = self.client.save_batch([write.batch_item() for write in writes], first.batch)
        except QuickBooksRefusedError as refusal:
            if len(writes) > 1:
                raise
            return {first.item: refusal}
        kinds = {write.item: write.kind.value for write in writes}
        return {item: _answer_in(part, kinds[item]) for item, part in parts.items() if item in kinds}

    def _take(self, writes: Sequence[Write], answers: Mapping[str, Answer]) -> None:
        """Settle what was saved at once, then see to the rest."""
        lost = QuickBooksUnclearError("QuickBooks' answer lacks an item of the batch")
        pairs = [(write, answers.get(write.item, lost)) for write in writes]
        self.settle([(write, answer) for write, answer in pairs if not isinstance(answer, QuickBooksError)])
        again: list[tuple[Write, QuickBooksError]] = []
        used: list[tuple[Write, QuickBooksError]] = []
        busy: list[tuple[Write, QuickBooksError]] = []
        for write, answer in pairs:
            if not isinstance(answer, QuickBooksError):
                continue
            if isinstance(answer, NotConnectedError):
                self.stopped = str(answer)
            elif isinstance(answer, QuickBooksRefusedError) and answer.code in faults.DUPLICATE_REQUEST:
                used.append((write, answer))
            elif isinstance(answer, QuickBooksRefusedError):
                self._refusal(write, answer)
            elif isinstance(answer, QuickBooksUnavailableError) and answer.retry_after_seconds is None:
                busy.append((write, answer))
            else:
                again.append((write, answer))
        for group, fresh in ((again, False), (used, True)):
            if group and not self.stopped:
                self._again([write for write, _ in group], group[0][1], fresh=fresh)
        if busy and not self.stopped:
            self._leave_for_later([write for write, _ in busy], busy[0][1])

    def _leave_for_later(self, writes: Sequence[Write], error: QuickBooksError) -> None:
        """QuickBooks was busy saving these and wants minutes: see whether it managed, and leave the rest."""
        self._unclear(writes, error)
        found = self._found(writes)
        if found is not None:
            absent = [write for write in writes if write.key not in found]
            self.not_done(absent, str(error))
            self.counts["later"] += len(absent)

    def _unclear(self, writes: Sequence[Write], error: QuickBooksError) -> None:
        unclear = [Unclear(request_id=write.request_id, message=str(error)) for write in writes]
        self.store.pushes.record(self.practice, unclear, self.clock())

    def _found(self, writes: Sequence[Write]) -> Mapping[str, Fields] | None:
        """Settle those that QuickBooks holds after all; None, and the end of this push, when it can't be asked."""
        try:
            found = look_up(self.client, writes)
        except QuickBooksError as looking:
            self.counts["unclear"] += len(writes)
            self.stopped = str(looking)
            return None
        self.settle([(write, found[write.key]) for write in writes if write.key in found])
        log.info("looked after an unclear outcome", found=len(found), absent=len(writes) - len(found))
        return found

    def _again(self, writes: Sequence[Write], error: QuickBooksError, *, fresh: bool = False) -> None:
        """Look whether these were saved; send what was not once more. Those that can't be cleared up stay unclear."""
        self._unclear(writes, error)
        tries = max(write.tries for write in writes)
        throttled = isinstance(error, QuickBooksUnavailableError)
        if tries >= TRIES_MAX:
            self._give_up(writes, error)
            return
        asked = error.retry_after_seconds if isinstance(error, QuickBooksUnavailableError) else None
        self.client.pause(max(asked or PAUSES[tries - 1], self._at_work(error)))
        found = self._found(writes)
        absent = [write for write in writes if found is not None and write.key not in found]
        if not absent:
            return
        if fresh or (throttled and tries > 1):
            self.not_done(absent, "looked for in QuickBooks and not there")
            self._call(self._intended(absent))
        else:
            self._call(absent)

    def _give_up(self, writes: Sequence[Write], error: QuickBooksError) -> None:
        """Several tries were in vain. A batch may hold one bad item; a single one stays unclear and the rest goes on.

        Two in a row that nothing can be learned of mean that it is not the items: the push ends.
        """
        if len(writes) > 1:
            self.client.pause(self._at_work(error))
            found = self._found(writes)
            absent = [write for write in writes if found is not None and write.key not in found]
            self._one_by_one(absent, tries=TRIES_MAX - 1)
            return
        self.counts["unclear"] += 1
        self._given_up += 1
        if self._given_up >= GIVE_UP_MAX:
            self.stopped = str(error)

    def _at_work(self, error: QuickBooksError) -> float:
        """For how many seconds QuickBooks may still be at work on what met this error."""
        return self.client.at_work_seconds if isinstance(error, QuickBooksUnclearError) and error.at_work else 0.0

    def _refusal(self, write: Write, refusal: QuickBooksRefusedError) -> None:
        """A clean refusal: find out whether it hides that all is well, else write it down."""
        try:
            if explained(self, write, refusal):
                return
        except QuickBooksError as error:
            self._again([write], error)
            return
        outcome = Refused(request_id=write.request_id, code=refusal.code, message=refusal.message)
        self.store.pushes.record(self.practice, [outcome], self.clock())
        self._refused.append(RefusedChange(key=write.key, kind=write.kind, code=refusal.code, message=refusal.message))
        log.warning("quickbooks refused", kind=write.kind.value, code=refusal.code, intuit_tid=refusal.trace)


def _as_written(write: Write, posted: PostedEntry) -> str:
    """The digest of what we wrote: what was found after a lost answer may have been edited by a person by then."""
    created = write.wish.operation is Operation.CREATE and write.kind is not QuickBooksKind.CUSTOMER
    return write.would_be() if created else posted.digest


def _goes_alone(write: Write) -> bool:
    """Whether a write is a call of its own: batches create and update, they do not void."""
    return write.wish.operation is Operation.VOID and write.kind in VOID_PARAMETERS


def _answer_in(part: Mapping[str, Any], kind: str) -> Answer:
    """An item's object, or the error that its fault is."""
    fault = part.get("Fault")
    if isinstance(fault, Mapping):
        return faults.error_of(faults.fault_in(fault))
    fields = part.get(kind)
    if isinstance(fields, Mapping):
        return fields
    return QuickBooksUnclearError(f"an item of QuickBooks' answer holds no {kind}")
