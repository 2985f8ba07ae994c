"""What stands between the plan and QuickBooks (QBO-01 to QBO-05), and changes that wait for approval (SRC-03).

The plan already says why an entry is held; here each reason becomes its question, grouped where one answer serves
many: a closed month, one refusal, one setting that is missing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.asking import ask
from hhs_sync.findings.finding import Candidate, Finding, Owner, Part
from hhs_sync.findings.situation import Control, Situation
from hhs_sync.findings.words import counted, listed, usd
from hhs_sync.ledger.period_close import closed_through
from hhs_sync.money import format_money
from hhs_sync.plan.changes import Hold, HoldReason, Update, Void
from hhs_sync.plan.desired import QuickBooksKind

if TYPE_CHECKING:
    from hhs_sync.ledger.entry import Evidence
    from hhs_sync.plan.changes import PostedEntry, PushedEntry
    from hhs_sync.plan.desired import DesiredEntry

# A deposit that a person typed in stands within a few days of the bank line that it doubles.
DOUBLE_DAYS = 5


def closed_months(at: Situation) -> Iterator[Finding]:
    """QBO-01: entries in a period that QuickBooks has closed, month by month."""
    months: dict[str, list[Hold]] = defaultdict(list)
    for hold in _held(at, HoldReason.CLOSED):
        day = _entry(hold).date
        months[day.strftime("%Y-%m") if day else "undated"].append(hold)
    limit = at.rules.practice.thresholds.closed_period_report
    for month, holds in months.items():
        amount = sum(abs(hold.amount) for hold in holds)
        yield ask(
            at,
            "QBO-01",
            f"closed/{month}",
            f"{counted(len(holds), 'entry', 'entries')} of {usd(amount)} "
            f"{'belongs' if len(holds) == 1 else 'belong'} to {month}, closed in QuickBooks.",
            amount=amount,
            owner=Owner.CPA if amount > limit else None,
            since=at.seen_since("QBO-01", f"closed/{month}"),
            action=_opened_or_later(at, holds),
            count=len(holds),
            evidence=_evidence(at, holds),
            parts=(_part(at, hold) for hold in holds),
        )


def _opened_or_later(at: Situation, holds: Iterable[Hold]) -> str | None:
    """What helps where closing the month here as well does not; None where it does, as the catalogue says."""
    stands = sum(hold.stands for hold in holds)
    if stands:
        are = counted(stands, "of these stands", "of these stand")
        return f"{are} there otherwise: ask the accountant to open the month, and sync before it is closed again."
    closed = closed_through(at.facts.closed_periods.values())
    if closed and all((day := _entry(hold).date) is not None and day <= closed for hold in holds):
        return "The month was signed with it: ask the accountant to open it, and sync before it is closed again."
    return None


def unclear(at: Situation) -> Iterator[Finding]:
    """QBO-02: an answer was lost, and nobody knows yet whether the entry was saved."""
    for hold in _held(at, HoldReason.UNCLEAR):
        subject = f"entry/{hold.key}"
        yield ask(
            at,
            "QBO-02",
            subject,
            f"The connection broke while {_what(hold)} of {usd(hold.amount)} was being written.",
            amount=hold.amount,
            since=at.seen_since("QBO-02", subject),
            evidence=_evidence(at, [hold]),
        )


def changed_by_hand(at: Situation) -> Iterator[Finding]:
    """QBO-03: what QuickBooks shows is not what we wrote."""
    for hold in _held(at, HoldReason.EDITED, HoldReason.DELETED):
        subject = f"entry/{hold.key}"
        ours = hold.pushed.amount if hold.pushed else hold.amount
        gone = hold.reason is HoldReason.DELETED or not hold.stands
        theirs = 0 if gone or hold.posted is None else hold.posted.amount
        says = (
            f"Someone deleted {_what(hold)} of {usd(ours)} in QuickBooks."
            if gone
            else f"Someone changed {_what(hold)} in QuickBooks: we wrote {usd(ours)}, it shows {usd(theirs)} now"
            f"{'' if ours != theirs else ', with another date, customer or account'}."
            f"{f' {hold.detail.capitalize()}.' if hold.detail else ''}"
        )
        yield ask(
            at,
            "QBO-03",
            subject,
            says,
            amount=(ours - theirs) or ours,
            since=at.seen_since("QBO-03", subject),
            evidence=_evidence(at, [hold]),
            numbers=(("we wrote", ours), ("QuickBooks shows", theirs)),
        )


def not_ready(at: Situation) -> Iterator[Finding]:
    """QBO-04: what QuickBooks refuses, one question per reason; and what the turn found missing there."""
    refused: dict[str, list[Hold]] = defaultdict(list)
    for hold in _held(at, HoldReason.REFUSED):
        refused[hold.detail or "no reason given"].append(hold)
    for detail, holds in refused.items():
        subject = f"refused/{detail[:80]}"
        amount = sum(abs(hold.amount) for hold in holds)
        yield ask(
            at,
            "QBO-04",
            subject,
            f"QuickBooks refuses {counted(len(holds), 'entry', 'entries')} of {usd(amount)}: {detail.rstrip('.')}.",
            amount=amount,
            owner=Owner.BOOKKEEPER,
            since=at.seen_since("QBO-04", subject),
            count=len(holds),
            evidence=_evidence(at, holds),
            parts=(_part(at, hold) for hold in holds),
        )
    for one in at.troubles:
        if one.code == "QBO-04":
            since = min(one.since or at.seen_since("QBO-04", one.subject), at.today)
            yield ask(at, "QBO-04", one.subject, one.says, amount=one.amount, since=since, owner=one.owner)


def totals(at: Situation, controls: Iterable[Control]) -> Iterator[Finding]:
    """QBO-05: a control total that does not hold."""
    for control in controls:
        if control.unexplained:
            subject = f"control/{control.name}"
            yield ask(
                at,
                "QBO-05",
                subject,
                f"{control.name} does not tie: {format_money(control.told)} against {format_money(control.computed)}"
                f"{_parts(control)}.",
                amount=control.unexplained,
                since=at.seen_since("QBO-05", subject),
                numbers=(
                    ("told", control.told), ("computed", control.computed), ("difference", control.difference),
                    *control.details[:20],
                ),
            )  # fmt: skip


def _parts(control: Control) -> str:
    return (
        f" ({listed(f'{name} {format_money(amount)}' for name, amount in control.details)})" if control.details else ""
    )


def deposited_twice(at: Situation) -> Iterator[Finding]:
    """QBO-05: a deposit that somebody typed in, equal to one of ours, while the bank shows fewer of that amount."""
    theirs = [
        one for one in at.posted
        if one.kind is QuickBooksKind.DEPOSIT and one.reference is None and one.date and one.amount
        and not one.voided and not one.deleted
    ]  # fmt: skip
    if not theirs:
        return
    ours: dict[int, list[dt.date]] = defaultdict(list)
    for entry in at.desired.entries:
        if entry.kind is QuickBooksKind.DEPOSIT and entry.date:
            ours[entry.amount].append(entry.date)
    banked: dict[int, list[dt.date]] = defaultdict(list)
    for line in at.facts.bank_deposits.values():
        banked[line.amount].append(line.date)
    for one in theirs:
        assert one.date is not None
        near = [day for day in ours.get(one.amount, ()) if abs((day - one.date).days) <= DOUBLE_DAYS]
        lines = [day for day in banked.get(one.amount, ()) if abs((day - one.date).days) <= DOUBLE_DAYS]
        if near and len(lines) <= len(near):
            subject = f"double/{one.quickbooks_id}"
            yield ask(
                at,
                "QBO-05",
                subject,
                f"A deposit of {usd(one.amount)} dated {one.date} was typed into QuickBooks beside ours of the same "
                f"amount; the bank shows {counted(len(lines), 'such line')}.",
                amount=one.amount,
                since=at.seen_since("QBO-05", subject),
                action="Delete the typed-in deposit; in the bank feed choose Match, never Add.",
            )


def changes_after_posting(at: Situation) -> Iterator[Finding]:
    """SRC-03: changes to receipts that lie in deposits, and changes that are too many to go unseen."""
    for hold in _held(at, HoldReason.LINKED):
        subject = f"entry/{hold.key}"
        before = hold.pushed.amount if hold.pushed else 0
        after = hold.desired.amount if hold.desired else 0
        yield ask(
            at,
            "SRC-03",
            subject,
            f"{_what(hold).capitalize()} of {usd(before)} should {_becomes(hold)}, but {hold.detail}.",
            amount=(before - after) or hold.amount,
            since=at.seen_since("SRC-03", subject),
            action="If the change is right, restore ours (--restore-edit): its deposit lets go of it for one turn, and "
            "keeps its day and total. If not, undo the change where it came from.",
            answers=(ResolutionKind.RESTORE_EDIT,),
            evidence=_evidence(at, [hold]),
            numbers=(("posted", before), ("should be", after)),
        )
    if at.plan.waits:
        changes = [one for one in at.plan.changes if isinstance(one, Update | Void)]
        amount = sum(abs(one.pushed.amount) for one in changes)
        yield ask(
            at,
            "SRC-03",
            "plan",
            f"{counted(len(at.plan.changes), 'change')} in QuickBooks wait for approval: {at.plan.waits}.",
            amount=amount,
            owner=Owner.BOOKKEEPER,
            since=at.seen_since("SRC-03", "plan"),
            count=len(at.plan.changes),
            candidates=(Candidate(targets=(at.plan.digest,), amount=amount),),
            answers=(ResolutionKind.APPROVE_PLAN,),
            action="Look at the plan; approve it by its digest, or mend what caused it.",
        )


def _held(at: Situation, *reasons: HoldReason) -> Iterator[Hold]:
    return (one for one in at.holds if one.reason in reasons)


def _entry(hold: Hold) -> DesiredEntry | PushedEntry | PostedEntry:
    """The entry that is held: as wished, else as it was written, else as QuickBooks shows it."""
    found = hold.desired or hold.pushed or hold.posted
    assert found is not None, "a hold is about something"
    return found


def _what(hold: Hold) -> str:
    """The entry in words: "an invoice", "a deposit"."""
    word = _WORDS[_entry(hold).kind]
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def _becomes(hold: Hold) -> str:
    """What a change makes of an entry, the first that a person would see."""
    before, wish = hold.pushed, hold.desired
    assert before is not None, "what is changed was written"
    assert wish is not None, "what is changed is wished"
    if before.amount != wish.amount:
        return f"become {usd(wish.amount)}"
    return f"be dated {wish.date}" if before.date != wish.date else "bear another customer or account"


_WORDS = {
    QuickBooksKind.CUSTOMER: "customer",
    QuickBooksKind.INVOICE: "invoice",
    QuickBooksKind.SALES_RECEIPT: "sales receipt",
    QuickBooksKind.CREDIT_MEMO: "credit memo",
    QuickBooksKind.PAYMENT: "payment",
    QuickBooksKind.DEPOSIT: "deposit",
    QuickBooksKind.TRANSFER: "transfer",
    QuickBooksKind.PURCHASE: "purchase",
    QuickBooksKind.JOURNAL_ENTRY: "journal entry",
}


def _part(at: Situation, hold: Hold) -> Part:
    return Part(f"entry/{hold.key}", _entry(hold).date or at.today, abs(hold.amount))


def _evidence(at: Situation, holds: Iterable[Hold]) -> Iterator[Evidence]:
    for hold in holds:
        for key in hold.desired.renders if hold.desired else ():
            yield from at.evidence_by_entry.get(key, ())


CHECKS = (closed_months, unclear, changed_by_hand, not_ready, deposited_twice, changes_after_posting)
