"""The last review with what new remittances changed: plan, tie-out, questions and record.

Everything is a sum over accounts or a list of things that are about one: `last - before + after`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings import in_order, raised
from hhs_sync.findings.controls import asked_about, sub_ledger
from hhs_sync.findings.quickbooks import totals
from hhs_sync.findings.situation import Control, Situation
from hhs_sync.findings.states import with_states
from hhs_sync.forward.sums import added, left_over
from hhs_sync.forward.tied import tied_forward
from hhs_sync.forward.touch import WholeLookNeeded
from hhs_sync.forward.trail import moved_trail
from hhs_sync.ledger.balances import trial_balance
from hhs_sync.mapping.accounts import Account
from hhs_sync.plan.changes import Create, Hold, Limits, Plan
from hhs_sync.plan.compare import make_plan
from hhs_sync.plan.desired import Desired
from hhs_sync.plan.tie_out import TieOut
from hhs_sync.review import (
    against_quickbooks,
    amounts_paid,
    clinicians_of,
    decisions_of,
    figures,
    sources_of,
    tied_accounts,
)
from hhs_sync.review.cleared import cleared_since
from hhs_sync.review.record import AgedParty, Balance, BankLine, InTransit, Record, Summary
from hhs_sync.review.trail import Trail, trails

if TYPE_CHECKING:
    from hhs_sync.facts.current import Facts
    from hhs_sync.findings.finding import Finding
    from hhs_sync.forward.touch import Touched
    from hhs_sync.ledger.entry import EntryKey
    from hhs_sync.money import Money
    from hhs_sync.plan.changes import PushedEntry
    from hhs_sync.plan.compare import Posted, Pushed
    from hhs_sync.plan.desired import DesiredEntry
    from hhs_sync.plan.privacy import Guard
    from hhs_sync.review.chapter import Accounts


class Last(Struct, frozen=True, kw_only=True):
    """What the last review left: its record with all findings, the way behind each, and the figures of its accounts."""

    record: Record
    trails: Mapping[str, Trail]
    accounts: Accounts


class Brought(Struct, frozen=True, kw_only=True):
    """A review brought forward. `plan` is what is to be written; `before` and `after` are the accounts touched."""

    plan: Plan
    tie_out: TieOut
    record: Record
    trails: Mapping[str, Trail]
    before: Situation
    after: Situation


def bring_forward(
    touched: Touched,
    last: Last,
    pushed: Pushed,
    posted: Posted,
    *,
    facts: Facts,
    limits: Limits,
    guard: Guard,
) -> Brought:
    """The review that a whole look would come to. `pushed` and `posted` are those of the documents that are `named`.

    Pure. Raises WholeLookNeeded. Only the way behind a question that is new may lack a document of earlier days.
    """
    if not last.record.tied or any(one.unexplained for one in last.record.controls):
        raise WholeLookNeeded("the last review was not tied out")
    return _Bringing(touched, last, facts).bring(_Written(pushed, posted), limits, guard)


class _Written(Struct, frozen=True):
    """What we wrote, and what QuickBooks shows, of the documents that a plan must know of."""

    pushed: Pushed
    posted: Posted

    def check(self, touched: Touched) -> None:
        """What was wished stands as it was wished (or as it is wished now, where the plan was carried out)."""
        now = {one.key: one for one in touched.changed}
        for key in touched.named:
            wishes = [one for one in (touched.was.get(key), now.get(key)) if one is not None]
            written = self.pushed.get(key)
            if written is None:
                if key in touched.was or not wishes:
                    raise WholeLookNeeded("a document that differs, or that others rest on, was never written")
            elif not self._stands(written, wishes, is_wished=key in now or not wishes):
                raise WholeLookNeeded("QuickBooks shows a document otherwise than it was written")

    def _stands(self, written: PushedEntry, wishes: Sequence[DesiredEntry], *, is_wished: bool) -> bool:
        there = self.posted.get((written.kind, written.quickbooks_id))
        if there is None or there.deleted or there.digest != written.posted_digest:
            return False
        if written.voided:
            return not is_wished
        return not wishes or written.desired_digest in {one.digest() for one in wishes}

    def of(self, keys: AbstractSet[EntryKey]) -> _Written:
        """The same of these documents alone."""
        pushed = {key: one for key, one in self.pushed.items() if key in keys}
        places = {(one.kind, one.quickbooks_id) for one in pushed.values()}
        return _Written(pushed, {place: one for place, one in self.posted.items() if place in places})


class _Bringing:
    """One review on its way forward."""

    def __init__(self, touched: Touched, last: Last, facts: Facts) -> None:
        self.touched = touched
        self.last = last
        self.facts = facts
        self.before = touched.before
        self.after = touched.after
        self.today = touched.after.today

    def bring(self, written: _Written, limits: Limits, guard: Guard) -> Brought:
        """All of it."""
        touched = self.touched
        written.check(touched)
        decided = decisions_of(self.facts)
        if not (decided.adopted | decided.restored).isdisjoint(touched.named):
            raise WholeLookNeeded("a person decided about a document that differs")
        differing = written.of({*touched.was, *(one.key for one in touched.changed)})
        plan = make_plan(
            Desired(entries=touched.changed, customers=self.after.desired.customers),
            differing.pushed,
            written.posted,
            limits,
            rules=self.after.rules,
            decisions=decided,
            guard=guard,
        )
        if sum(not isinstance(one, Create | Hold) for one in plan.changes) > limits.changes_few:
            raise WholeLookNeeded("many documents are told otherwise")
        paid = amounts_paid(self.facts, self.after.books)
        tied = tied_forward(touched, self.last, differing.pushed, differing.posted, plan=plan, paid=paid)
        against = against_quickbooks(tied, anything_on_its_way=bool(plan.on_their_way))
        self.after = msgspec.structs.replace(self.after, plan=plan, controls=against)
        was, now = raised(self.before), raised(self.after)
        controls = (*self._sub_ledger(was, now), *against)
        findings = self._findings(was, [*now, *totals(self.after, controls)])
        return Brought(
            plan=plan,
            tie_out=tied,
            record=self._record(tied, controls, findings),
            trails=self._trails(findings),
            before=self.before,
            after=self.after,
        )

    def _sub_ledger(self, was: Iterable[Finding], now: Iterable[Finding]) -> list[Control]:
        """The control totals within the sub-ledger."""
        others = {one.name: one for one in sub_ledger(self.before, was)}
        stood = {one.name: one for one in self.last.record.controls}
        controls = []
        for one in sub_ledger(self.after, now):
            other, base = others[one.name], stood.get(one.name)
            if base is None:
                raise WholeLookNeeded("the last review knew other controls")
            controls.append(
                Control(
                    name=one.name,
                    told=base.told + one.told - other.told,
                    computed=base.computed + one.computed - other.computed,
                    details=left_over(one.details, other.details),
                )
            )
        return controls

    def _findings(self, raised_before: Iterable[Finding], raised_after: Iterable[Finding]) -> tuple[Finding, ...]:
        """The questions: those of the accounts touched as they are now, all others as they stood."""
        was, now = (self._by_key(some) for some in (raised_before, raised_after))
        stood = {one.key: one for one in self.last.record.findings}
        gone = [one for key, one in was.items() if now.get(key) != one]
        asked_again = {one.subject for one in self.facts.resolutions.values() if one.kind is ResolutionKind.REOPEN}
        for key in was.keys() | now.keys():
            if was.get(key) == now.get(key):
                continue
            if was.get(key) != stood.get(key):
                raise WholeLookNeeded("a question is about other accounts as well")
            if key in asked_again:
                raise WholeLookNeeded("a person asked a question again")
            stood.pop(key, None)
            if key in now:
                stood[key] = now[key]
        self._check_suspense(gone, stood.values())
        return tuple(sorted(stood.values(), key=in_order))

    def _check_suspense(self, gone: Iterable[Finding], standing: Iterable[Finding]) -> None:
        """No money in suspense may lose its question: which money lies there, only a whole look knows."""
        own = self.touched.new | self.touched.lines
        money = {
            name
            for name in asked_about(gone)
            if name.startswith(_MONEY) and name.partition("#")[0] not in own
        }  # fmt: skip
        if money and not money <= asked_about(standing):
            raise WholeLookNeeded("nobody asks about some money any more")

    def _by_key(self, findings: Iterable[Finding]) -> dict[str, Finding]:
        """As people's decisions leave them, by key: the first of two with the same."""
        limit = self.after.rules.practice.thresholds.approval_limit
        return {one.key: one for one in reversed(with_states(findings, self.facts, limit, self.today))}

    def _trails(self, findings: Iterable[Finding]) -> dict[str, Trail]:
        """The way behind every open question."""
        last, facts = self.last, self.touched.after.facts
        touched = {*facts.sessions, *facts.client_payments, *self.touched.new, *self.touched.lines}

        def is_touched(one: Finding) -> bool:
            return not touched.isdisjoint(one.sessions) or any(each.fact in touched for each in one.evidence)

        others = {one.key: last.trails[one.key] for one in findings if one.key in last.trails and not is_touched(one)}
        was = trails(self.before, [one for one in last.record.findings if one.key in last.trails and is_touched(one)])
        now = trails(self.after, [one for one in findings if one.key not in others])
        moved = {key: moved_trail(last.trails[key], was[key], way) if key in was else way for key, way in now.items()}
        return others | moved

    # --- the record

    def _record(self, tied: TieOut, controls: tuple[Control, ...], findings: tuple[Finding, ...]) -> Record:
        previous, after = self.last.record, self.after
        ties = tied.ties and not any(one.difference for one in controls)
        aging = self._aging()
        clients = {one.client for one in findings} | {one.party for one in aging if one.is_client}
        return msgspec.structs.replace(
            previous,
            tied=ties,
            tied_on=self.today if ties else previous.tied_on,
            findings=findings,
            cleared=cleared_since(previous, findings, self.facts.resolutions.values(), self.today),
            controls=controls,
            accounts=tied_accounts(tied, controls),
            balances=self._balances(),
            aging=aging,
            bank_lines=self._bank_lines(),
            in_transit=self._in_transit(),
            summary=self._summary(),
            clinicians=clinicians_of(after.rules, findings),
            client_codes={one: code for one in clients if one and (code := after.books.client_codes.get(one))},
            sources=sources_of(self.facts, findings),
        )

    def _balances(self) -> tuple[Balance, ...]:
        """Balances in the order of the chart."""
        last, touched = self.last.record.balances, self.touched
        sums = {one.account: one.amount for one in last}
        named = {one.account: one for one in (*figures.balances(self.after), *last)}
        went, came = (trial_balance(entries) for entries in (touched.went, touched.came))
        for sign, moved in ((-1, went), (1, came)):
            for account, amount in moved.items():
                sums[account.value] = sums.get(account.value, 0) + sign * amount
        if any(not sums[account.value] for account in went.keys() - came.keys()):
            raise WholeLookNeeded("an account may be used no more")
        return tuple(
            msgspec.structs.replace(named[account.value], amount=sums[account.value])
            for account in Account
            if account.value in sums
        )

    def _aging(self) -> tuple[AgedParty, ...]:
        """Who owes, by age."""
        last, was, now = self.last.record.aging, figures.aged(self.before), figures.aged(self.after)
        named = {(one.is_client, one.party): one for one in (*last, *was, *now)}
        buckets: dict[tuple[bool, str], tuple[Money, ...]] = {}
        for sign, rows in ((1, last), (-1, was), (1, now)):
            for one in rows:
                place = (one.is_client, one.party)
                buckets[place] = added(buckets.get(place, ()), one.buckets, sign)
        aged = (
            msgspec.structs.replace(named[place], total=sum(amounts), buckets=amounts)
            for place, amounts in buckets.items()
            if any(amounts)
        )
        return tuple(sorted(aged, key=lambda one: (one.is_client, one.name, one.party)))

    def _bank_lines(self) -> tuple[BankLine, ...]:
        lines = self.touched.lines
        shown = {key: self.after.facts.bank_deposits[key] for key in sorted(lines)}
        facts = msgspec.structs.replace(self.after.facts, bank_deposits=shown)
        told = figures.bank_lines(msgspec.structs.replace(self.after, facts=facts))
        others = (one for one in self.last.record.bank_lines if one.key not in lines)
        return tuple(sorted((*others, *told), key=lambda one: (one.date, one.key), reverse=True))

    def _in_transit(self) -> tuple[InTransit, ...]:
        new = (one for one in figures.in_transit(self.after) if one.key in self.touched.new)
        return tuple(sorted((*self.last.record.in_transit, *new), key=lambda one: (one.date, one.key)))

    def _summary(self) -> Summary:
        last, was, now = self.last.record.summary, figures.summary(self.before), figures.summary(self.after)
        counted = {name: getattr(last, name) + getattr(now, name) - getattr(was, name) for name in _COUNTED}
        return msgspec.structs.replace(
            last,
            **counted,
            changes=last.changes + len(self.after.plan.changes),
            last_remittance=now.last_remittance,
            next_remittance=now.next_remittance,
            next_payer=now.next_payer,
        )


# How the keys of facts begin whose money may lie in suspense.
_MONEY = ("remittance/", "bank_deposit/", "client_payment/", "payout/", "refund/", "dispute/")
# What a summary counts; how far remittances reach is told by all of them, which both sides know.
_COUNTED = ("sessions", "charged", "remittances", "remitted", "client_payments", "collected", "entries")
