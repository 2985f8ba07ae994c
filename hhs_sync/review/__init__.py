"""One look at a practice: books, plan, findings and tie-out, from facts and rules alone.

    facts, rules ──► books ──► desired ──► plan ◄── pushed, posted
                       │          └──────► tie-out ◄──┘
                       └──► findings ◄── plan, tie-out, troubles

What must hold at the end of every turn is looked at here: that the trial balance is zero is asserted, for anything else
would be a bug of ours; every other total is a control, whose failing is a question (QBO-05) and never an exception,
so that one bad figure does not stop the rest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.books import Books, keep_books
from hhs_sync.facts.document import Extent
from hhs_sync.facts.resolution import ResolutionKind, standing
from hhs_sync.findings import find
from hhs_sync.findings.finding import Finding
from hhs_sync.findings.situation import Control, Situation, Trouble
from hhs_sync.mapping.rules import Rules
from hhs_sync.matching.acceptance import Standing
from hhs_sync.plan import desired_entries
from hhs_sync.plan.changes import Decisions, Limits, Plan, PostedEntry, PushedEntry
from hhs_sync.plan.compare import Paused, make_plan
from hhs_sync.plan.desired import Desired, QuickBooksKind
from hhs_sync.plan.privacy import Guard, roster_of
from hhs_sync.plan.tie_out import TieOut, tie_out
from hhs_sync.review import figures
from hhs_sync.review.cleared import cleared_since
from hhs_sync.review.processors import card_balances
from hhs_sync.review.record import IN_QUICKBOOKS, Record, TiedAccount, read_record, write_record
from hhs_sync.review.trail import Trail, trails

if TYPE_CHECKING:
    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.document import FactKey, Source
    from hhs_sync.ledger.entry import EntryKey
    from hhs_sync.money import Money
    from hhs_sync.plan.figures import Item

_POSTED = frozenset({Standing.ACCEPTED, Standing.HELD})

__all__ = ["Record", "Review", "amounts_paid", "read_record", "review", "write_record"]


class Review(Struct, frozen=True, kw_only=True):
    """One look. `record` is the part of it that is kept and shown."""

    as_of: dt.date
    books: Books
    desired: Desired
    plan: Plan
    tie_out: TieOut
    findings: tuple[Finding, ...]
    controls: tuple[Control, ...]
    record: Record
    trails: Mapping[str, Trail] = {}
    """The way behind each open finding, by its key."""
    made_of: str = ""
    """Names what the store held when this was looked at (`Store.turn_key`); "" where nobody said."""
    decisions: frozenset[FactKey] = frozenset()
    """The decisions that it counts."""
    situation: Situation
    """All that the checks looked at."""
    extent: Extent | None = None
    """How far the documents reached when this was looked at; None where nobody said."""
    alone: bool = False
    """QuickBooks shows no entry with our mark that we do not know of, and nobody else's deposit."""


def review(  # noqa: PLR0917  The six things that a look is made of, in the order in which they come to be.
    facts: Facts,
    rules: Rules,
    pushed: Mapping[EntryKey, PushedEntry],
    posted: Mapping[tuple[QuickBooksKind, str], PostedEntry],
    today: dt.date,
    secret: bytes,
    *,
    paused: Mapping[EntryKey, Paused] | None = None,
    books_closed_through: dt.date | None = None,
    troubles: Sequence[Trouble] = (),
    previous: Record | None = None,
    carried_out: AbstractSet[EntryKey] = frozenset(),
) -> Review:
    """Look at a practice as of a day. Pure: the same arguments give the same review.

    `pushed` is what we wrote to QuickBooks, `posted` what it shows, `paused` what may not be tried now and why.
    `previous` is the record of the last review; without it only "what cleared since" and a few dates are lost.
    `carried_out` names entries that were written over a person's edit since somebody decided so: the next edit is
    another question.
    """
    books = keep_books(facts, rules, today)
    desired = desired_entries(books, rules, secret)
    decided = decisions_of(facts, carried_out)
    plan = make_plan(
        desired,
        pushed,
        posted,
        Limits.of(rules, today, books_closed_through=books_closed_through),
        rules=rules,
        decisions=decided,
        guard=Guard(roster_of(facts), rules, books.client_codes.values()),
        paused=paused,
    )
    on_their_way = plan.on_their_way | decided.adopted
    tied = tie_out(
        books,
        desired,
        pushed,
        posted,
        rules,
        amounts_paid=amounts_paid(facts, books),
        open_items=books.open_items,
        card_balances=card_balances(facts, books),
        on_their_way=on_their_way,
    )
    at = Situation(
        facts=facts,
        books=books,
        rules=rules,
        today=today,
        desired=desired,
        plan=plan,
        posted=tuple(posted.values()),
        controls=against_quickbooks(tied, anything_on_its_way=bool(on_their_way)),
        troubles=tuple(troubles),
        first_seen={one.key: one.since for one in previous.findings} if previous else {},
    )
    found = find(at)
    return Review(
        as_of=today,
        books=books,
        desired=desired,
        plan=plan,
        tie_out=tied,
        findings=found.findings,
        controls=found.controls,
        record=_record(at, found.findings, found.controls, tied, previous),
        trails=trails(at, found.findings),
        decisions=frozenset(facts.resolutions),
        situation=at,
        alone=_alone(pushed, posted),
    )


def _alone(pushed: Mapping[EntryKey, PushedEntry], posted: Mapping[tuple[QuickBooksKind, str], PostedEntry]) -> bool:
    """Counted, for a set of all that is ours would be as large as the books."""
    ours = sum(_may_be_ours(posted.get((one.kind, one.quickbooks_id))) for one in pushed.values())
    return ours == sum(_may_be_ours(one) for one in posted.values())


def _may_be_ours(posted: PostedEntry | None) -> bool:
    return posted is not None and not posted.deleted and bool(posted.reference or posted.kind is QuickBooksKind.DEPOSIT)


def against_quickbooks(tied: TieOut, *, anything_on_its_way: bool) -> tuple[Control, ...]:
    """The accounts and controls of the tie-out as control totals. What the plan will write is not asked about.

    The numbered controls name bank lines and customers, not entries: while anything has still to be written they
    cannot be judged, and the accounts tell what is wrong beside.
    """
    numbered = (
        Control(
            name=f"{one.number}. {one.name}",
            told=one.found,
            computed=one.expected,
            waiting=one.found - one.expected if anything_on_its_way else 0,
            details=() if anything_on_its_way else _details(one.items),
        )
        for one in tied.controls
    )
    accounts = (
        Control(
            name=f"{one.number} {one.name}{IN_QUICKBOOKS}",
            told=one.ours,
            computed=one.sub_ledger,
            waiting=-one.waiting,
            details=_details(one.items),
        )
        for one in tied.accounts
    )
    return (*numbered, *accounts)


def _details(items: Iterable[Item]) -> tuple[tuple[str, Money], ...]:
    return tuple((one.says or one.about, one.amount) for one in items)


def amounts_paid(facts: Facts, books: Books) -> dict[FactKey, Money]:
    """The payment that each remittance in the books tells (BPR02), in cents."""
    return {
        key: facts.remittances[key].amount_paid for key, judged in books.judged.items() if judged.standing in _POSTED
    }


def decisions_of(facts: Facts, carried_out: AbstractSet[EntryKey] = frozenset()) -> Decisions:
    """What people decided about entries in QuickBooks and about plans, without what was carried out since."""
    by_kind: dict[ResolutionKind, set[str]] = {}
    for subject, kind in standing(facts.resolutions.values()):
        by_kind.setdefault(kind, set()).add(subject)
    return Decisions(
        adopted=frozenset(by_kind.get(ResolutionKind.ADOPT_EDIT, ())),
        restored=frozenset(by_kind.get(ResolutionKind.RESTORE_EDIT, ())) - carried_out,
        approved=frozenset(by_kind.get(ResolutionKind.APPROVE_PLAN, ())),
    )


def _record(
    at: Situation,
    findings: tuple[Finding, ...],
    controls: tuple[Control, ...],
    tied: TieOut,
    previous: Record | None,
) -> Record:
    practice = at.rules.practice
    ties = tied.ties and not any(one.difference for one in controls)
    aging = figures.aged(at)
    clients = {one.client for one in findings} | {one.party for one in aging if one.is_client}
    return Record(
        practice=practice.id,
        name=practice.name,
        policy=practice.policy.value,
        as_of=at.today,
        tied=ties,
        tied_on=at.today if ties else previous.tied_on if previous else None,
        findings=findings,
        cleared=cleared_since(previous, findings, at.facts.resolutions.values(), at.today),
        controls=controls,
        accounts=tied_accounts(tied, controls),
        balances=figures.balances(at),
        aging=aging,
        bank_lines=figures.bank_lines(at),
        in_transit=figures.in_transit(at),
        summary=figures.summary(at),
        payers={one.id: one.name for one in at.rules.payers},
        clinicians=clinicians_of(at.rules, findings),
        client_codes={one: code for one in clients if one and (code := at.books.client_codes.get(one))},
        sources=sources_of(at.facts, findings),
    )


def tied_accounts(tied: TieOut, controls: Iterable[Control]) -> tuple[TiedAccount, ...]:
    """The accounts of a tie-out as a record shows them."""
    waiting = {one.name: one.waiting for one in controls}
    return tuple(
        TiedAccount(
            number=one.number,
            name=one.name,
            sub_ledger=one.sub_ledger,
            quickbooks=one.ours,
            difference=one.difference,
            others=one.others,
            waiting=-waiting.get(f"{one.number} {one.name}{IN_QUICKBOOKS}", 0),
        )
        for one in tied.accounts
    )


def clinicians_of(rules: Rules, findings: Iterable[Finding]) -> dict[str, str]:
    """What the clinicians of the findings are called in QuickBooks."""
    named = {one.clinician for one in findings if one.clinician}
    return {one: known.class_name for one in sorted(named) if (known := rules.clinician(one))}


def sources_of(facts: Facts, findings: Iterable[Finding]) -> dict[FactKey, Source]:
    """Where each fact behind an open question was told."""
    keys = {evidence.fact for one in findings if one.is_open for evidence in one.evidence}
    return {key: source for key in sorted(keys) if (source := facts.sources.get(key)) is not None}
