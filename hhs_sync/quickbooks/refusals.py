"""A clean refusal looked into: some hide that all is well, and some show what a person did.

    number taken (6140)    by our own entry: it is the one that we were about to make; by one of ours that is void: ours
                           goes without a number, for the mark in its note is what we know it by
    name taken (6240)      by a customer in use and under the same parent: it is the one
    stale (5010)           our change went through before; or a mere new version lies there; or a person was at it
    gone (610)             a person deleted it
    books closed (6200, 6210)   the closing date moved: it is read, so that the next plan knows

Whatever is not cleared up here is written down as refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hhs_sync.errors import QuickBooksRefusedError
from hhs_sync.plan.changes import HoldReason, Update, Void
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.quickbooks import faults
from hhs_sync.quickbooks.catalog import Fields
from hhs_sync.quickbooks.lookup import find_customer, is_done, read_one, same_customer
from hhs_sync.quickbooks.posted import digest_of, is_voided, posted_entry, reference_of, total_of
from hhs_sync.quickbooks.refresh import read_preferences
from hhs_sync.quickbooks.writes import Write, hold
from hhs_sync.store.intent import Operation

if TYPE_CHECKING:
    from hhs_sync.quickbooks.sending import Sender

KINDS_IN_REFUSALS = {"Expense": QuickBooksKind.PURCHASE, "Check": QuickBooksKind.PURCHASE}
"""How a refusal calls a kind, where that is not its name."""


def explained(sender: Sender, write: Write, refusal: QuickBooksRefusedError) -> bool:
    """Whether a refusal was cleared up by looking. Raises QuickBooksError when there is no looking."""
    if refusal.code in faults.CLOSED_BOOKS:
        _learn_closing_date(sender, write)
        return False
    if refusal.code == faults.DUPLICATE_NUMBER:
        return _number_taken(sender, write, refusal)
    if write.wish.operation is Operation.CREATE:
        return refusal.code == faults.DUPLICATE_NAME and _name_taken(sender, write)
    if refusal.code in (faults.STALE, faults.NOT_FOUND):
        _changed_meanwhile(sender, write)
        return True
    return False


def _number_taken(sender: Sender, write: Write, refusal: QuickBooksRefusedError) -> bool:
    """The detail names the entry that bears the number; a void one is an earlier life of ours and keeps it."""
    taken = faults.number_taken_by(refusal.detail)
    if taken is None or KINDS_IN_REFUSALS.get(taken[0], write.kind) is not write.kind:
        return False
    fields = read_one(sender.client, write.kind, taken[1])
    if fields is None or reference_of(fields) != write.wish.reference:
        return False
    if is_voided(fields, total_of(write.kind, fields)):
        sender.send_unnumbered(write)
        return True
    if write.wish.operation is not Operation.CREATE:
        return False
    sender.settle([(write, fields)], adopted=True)
    return True


def _name_taken(sender: Sender, write: Write) -> bool:
    """Only a customer's: a vendor or employee of that name is somebody else."""
    if write.kind is not QuickBooksKind.CUSTOMER:
        return False
    fields = find_customer(sender.client, str(write.fields["DisplayName"]))
    if fields is None or not same_customer(write, fields):
        return False
    sender.settle([(write, fields)], adopted=True)
    return True


def _changed_meanwhile(sender: Sender, write: Write) -> None:
    """The entry is not in the version that we knew: see what became of it."""
    fields = read_one(sender.client, write.kind, write.wish.quickbooks_id)
    if fields is None:
        _show_and_hold(sender, write, {"Id": write.wish.quickbooks_id, "status": "Deleted"}, HoldReason.DELETED)
    elif is_done(write, fields):
        sender.settle([(write, fields)])
    elif sender.may_try_again(write) and _is_as_planned(write, fields):
        sender.send_newer(write, str(fields.get("SyncToken", "0")))
    else:
        _show_and_hold(sender, write, fields, HoldReason.EDITED)


def _is_as_planned(write: Write, fields: Fields) -> bool:
    """Whether nothing that matters has changed since the plan was made."""
    return isinstance(write.change, Update | Void) and digest_of(write.kind, fields) == write.change.posted.digest


def _show_and_hold(sender: Sender, write: Write, fields: Fields, reason: HoldReason) -> None:
    """Let the mirror show what a person did, and leave the change to the next plan."""
    sender.store.mirror.upsert(sender.practice, [posted_entry(write.kind, fields, sender.catalog)])
    sender.not_done([write], reason.value)
    if write.change is not None:
        sender.held.append(hold(write.change, reason, "seen while pushing"))


def _learn_closing_date(sender: Sender, write: Write) -> None:
    """Read the settings as they are now, once in a push."""
    if not sender.preferences_read:
        sender.catalog.preferences = read_preferences(sender.client, sender.store, sender.practice)
        sender.preferences_read = True
    if write.change is not None:
        sender.held.append(hold(write.change, HoldReason.CLOSED, "the books of that day were closed meanwhile"))
