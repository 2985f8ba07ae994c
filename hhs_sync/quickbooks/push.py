"""Carry out a plan: waves of batches, each with its intent stored before the call and its outcome after.

    recover     what an earlier run left without an outcome is looked for; found, it counts as saved
    adopt       what is there already becomes ours, without a call
    waves       customers, sales forms, payments, deposits: 30 to a batch
    voids       in the opposite order
    once more   receipts that were refused, where a void or a changed deposit may have made room for them
    look back   what changed since the last look is taken in, so that the next look has little to tell

Whatever happens to a call, an entry is written at most once: where the outcome is unclear QuickBooks is looked at
before anything is sent again, and what is sent again bears the same ids. A refusal is remembered in the push's row and
tried again after growing pauses, at once only when the wish has changed. Nothing that goes wrong outside is raised:
the report says what was held, refused or left unclear, and why the push stopped where it did.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Sequence

import structlog

from hhs_sync.errors import QuickBooksError
from hhs_sync.ledger.entry import EntryKey
from hhs_sync.plan.banked import RECEIPTS
from hhs_sync.plan.changes import Adopt, Create, Plan, Void
from hhs_sync.plan.desired import DesiredEntry, QuickBooksKind
from hhs_sync.plan.references import References
from hhs_sync.quickbooks.adopt import adopt_entries
from hhs_sync.quickbooks.catalog import Catalog
from hhs_sync.quickbooks.client import QuickBooksClient
from hhs_sync.quickbooks.lookup import look_up
from hhs_sync.quickbooks.refresh import SETTLED, changes_reach_back, read_whole, take_changes
from hhs_sync.quickbooks.report import PushReport
from hhs_sync.quickbooks.sending import Sender
from hhs_sync.quickbooks.voids import void_writes
from hhs_sync.quickbooks.waves import Written, customers_of, void_waves, waves
from hhs_sync.quickbooks.writes import Guard, Write, write_again, write_of
from hhs_sync.store import Store
from hhs_sync.store.intent import Intent, Operation, Refusal

log = structlog.get_logger(__name__)

CROWDED = 500
"""How many objects may have changed by our hand for one answer to tell, of 1000 at most, with others' beside them."""


def push(
    plan: Plan,
    client: QuickBooksClient,
    store: Store,
    practice: str,
    catalog: Catalog,
    guard: Guard,
    clock: Callable[[], dt.datetime],
    *,
    draw: Callable[[], str] = lambda: secrets.token_hex(16),
    verify: Callable[[], None] = lambda: None,
) -> PushReport:
    """Make QuickBooks hold what the plan wishes, as far as it can be done now.

    `catalog` comes from `refresh.load_catalog` and learns what is made. `guard` says why a text may not leave. `clock`
    tells the present moment, `draw` makes request ids of batches (32 characters at most), `verify` raises when the lock
    on the practice was lost. A plan that waits for approval is not carried out.
    """
    sender = Sender(client, store, practice, catalog, clock, draw, verify)
    unfinished, recovered = _recover(sender)
    if plan.waits or sender.stopped:
        return sender.report()
    _adopt(sender, plan)
    # What was found only now is not what the plan took it for: the next look decides about it anew.
    written = [[one for one in wave if one.desired.key not in recovered] for wave in waves(plan.changes)]
    customers = _customers_to_make(sender, [change for wave in written for change in wave])
    refusals = store.pushes.refusals(practice)
    for wave in (*waves(customers), *written):
        _write_wave(sender, wave, guard, refusals, unfinished)
    if not sender.stopped:
        sender.not_done(unfinished.values(), "not wished any more")
    for voids in void_waves(plan.changes):
        if not sender.stopped:
            _void_wave(sender, voids, guard)
    if sender.counts["voided"] or sender.counts["updated"]:
        # A payment that was voided just now held the invoice that another is to close, or a deposit the receipt.
        left = sender.take_refused(RECEIPTS)
        for wave in written:
            _write_wave(sender, [change for change in wave if change.desired.key in left], guard, {}, {})
    _look_back(sender)
    report = sender.report()
    log.info(
        "pushed", practice=practice, created=report.created, updated=report.updated, voided=report.voided,
        adopted=report.adopted, held=len(report.held), refused=len(report.refused), unclear=report.unclear,
        reason=report.stopped,
    )  # fmt: skip
    return report


def _recover(sender: Sender) -> tuple[dict[EntryKey, Write], set[EntryKey]]:
    """See to pushes without an outcome: those that QuickBooks does not hold may be sent again, the others are done."""
    intents = sender.store.pushes.open_intents(sender.practice)
    left = [write_again(intent) for intent in intents if intent.wish.operation is not Operation.ADOPT]
    # An adoption asks nothing of QuickBooks: one that was not written to its end is simply made again.
    sender.forget(intent for intent in intents if intent.wish.operation is Operation.ADOPT)
    if not left:
        return {}, set()
    sender.client.pause(_at_work_seconds(sender, intents))
    try:
        found = look_up(sender.client, left)
    except QuickBooksError as error:
        sender.stopped = str(error)
        return {}, set()
    sender.settle([(write, found[write.key]) for write in left if write.key in found])
    log.info("recovered", practice=sender.practice, found=len(found), absent=len(left) - len(found))
    return {write.key: write for write in left if write.key not in found}, set(found)


def _at_work_seconds(sender: Sender, intents: Iterable[Intent]) -> float:
    """For how many seconds QuickBooks may still be at work on what an earlier run sent and died over.

    What was unclear may have been sent once more after the longest pause that the sender makes.
    """
    most = dt.timedelta(seconds=sender.client.at_work_seconds)
    ends = [intent.intended_at + most for intent in intents]
    ends += [intent.unclear_since + 2 * most for intent in intents if intent.unclear_since is not None]
    return min(max(0.0, (max(ends) - sender.clock()).total_seconds()), 2 * most.total_seconds())


def _adopt(sender: Sender, plan: Plan) -> None:
    """Take for ours what is there already: bearing our mark, or being just what we wish."""
    changes = [change for change in plan.changes if isinstance(change, Adopt)]
    if changes:
        known = sender.store.pushes.pushed_entries(sender.practice).values()
        references = {pushed.key: pushed.reference for pushed in known}
        references.update({change.desired.key: change.desired.reference for change in changes})
        sender.counts["adopted"] += adopt_entries(
            sender.store, sender.practice, changes, sender.catalog, references, sender.clock()
        )


def _customers_to_make(sender: Sender, written: Sequence[Written]) -> list[Create]:
    """Creations of the customers that entries name and QuickBooks lacks.

    One that we made before and do not find by its name was renamed by a person: that is not cured by another of the
    same name, so the entries that name it wait.
    """
    known = sender.store.pushes.pushed_entries(sender.practice)
    planned = {change.desired.customer for change in written if change.desired.kind is QuickBooksKind.CUSTOMER}
    references = References(sender.store.secrets.drawn(sender.practice, "customer references"))
    made = []
    for name in customers_of(written):
        key = f"customer:{name.display}"
        if name in planned or key in known or sender.catalog.find("Customer", name.display) is not None:
            continue
        desired = DesiredEntry(
            key=key, kind=QuickBooksKind.CUSTOMER, reference=references.of(key), customer=name
        )  # fmt: skip
        made.append(Create(desired=desired))
    return made


def _write_wave(
    sender: Sender,
    wave: Iterable[Written],
    guard: Guard,
    refusals: dict[EntryKey, Refusal],
    unfinished: dict[EntryKey, Write],
) -> None:
    """Create and update a wave of entries. What an earlier run left unsaid goes out again as it was."""
    fresh: list[Write] = []
    again: list[Write] = []
    for change in wave:
        if sender.stopped:
            break
        refusal = refusals.get(change.desired.key)
        if refusal and refusal.desired_digest == change.desired.digest() and refusal.next_try_at > sender.clock():
            sender.counts["pausing"] += 1
            continue
        write = write_of(change, sender.catalog, guard)
        if not isinstance(write, Write):
            sender.held.append(write)
            continue
        before = unfinished.pop(change.desired.key, None)
        if before is None:
            fresh.append(write)
        elif (before.wish.desired_digest, before.wish.operation) == (write.wish.desired_digest, write.wish.operation):
            again.append(before)
        else:
            sender.not_done([before], "wished otherwise by now")
            fresh.append(write)
    sender.send_again(again)
    sender.send(fresh)
    sender.keep_customers()


def _void_wave(sender: Sender, changes: Sequence[Void], guard: Guard) -> None:
    """Void a wave of entries, after a last look at them."""
    try:
        voids = void_writes(sender.client, changes, sender.catalog, guard)
    except QuickBooksError as error:
        sender.stopped = str(error)
        return
    sender.held.extend(voids.held)
    sender.note_voided(voids.done)
    sender.send(voids.writes)


def _look_back(sender: Sender) -> None:
    """Take in what changed since the last look: ours is told again, others' is news.

    Where we have changed more than one answer can tell, everything is read once, a moment later, so that the next look
    need not tell it all again.
    """
    if not sender.touched or sender.stopped:
        return
    client, store, practice, catalog = sender.client, sender.store, sender.practice, sender.catalog
    try:
        if sender.touched <= CROWDED and changes_reach_back(store, practice, sender.clock()):
            take_changes(client, store, practice, catalog)
        else:
            client.pause(SETTLED.total_seconds() + 1.1)  # Times of changes are whole seconds.
            read_whole(client, store, practice, catalog.rules, SETTLED)
    except QuickBooksError as error:
        log.info("could not look back", practice=practice, reason=str(error))
