"""The tie-out brought forward.

The last one was tied: what was wished stood in QuickBooks. So of every document that is wished as before it is enough
to take QuickBooks for what we wish; those that differ are looked at as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from hhs_sync.forward.sums import left_over
from hhs_sync.forward.touch import WholeLookNeeded
from hhs_sync.mapping.accounts import Account
from hhs_sync.plan.changes import PostedEntry, PushedEntry
from hhs_sync.plan.controls import Control
from hhs_sync.plan.figures import Item
from hhs_sync.plan.tie_out import AccountTie, TieOut, tie_out

if TYPE_CHECKING:
    from hhs_sync.facts.document import FactKey
    from hhs_sync.findings.situation import Situation
    from hhs_sync.forward.bring import Last
    from hhs_sync.forward.touch import Touched
    from hhs_sync.ledger.entry import EntryKey
    from hhs_sync.mapping.rules import Rules
    from hhs_sync.money import Money
    from hhs_sync.plan.changes import Plan
    from hhs_sync.plan.compare import Posted, Pushed
    from hhs_sync.plan.desired import DesiredEntry


def tied_forward(
    touched: Touched, last: Last, pushed: Pushed, posted: Posted, *, plan: Plan, paid: Mapping[FactKey, Money]
) -> TieOut:
    """The accounts and controls of the last tie-out with what the documents that differ change. Raises WholeLookNeeded.

    `pushed` and `posted` are those of the documents that differ; `paid` is the payment (BPR02, cents) of each
    remittance in the books.
    """
    before, after = touched.before, touched.after
    differ = {one.key for one in touched.changed}
    others = {key: amount for key, amount in paid.items() if key not in touched.new}
    was = _tie_out(before, *as_written(before.desired.entries, before.rules), others)
    written, there = as_written((one for one in after.desired.entries if one.key not in differ), after.rules)
    now = _tie_out(after, {**written, **pushed}, {**there, **posted}, paid, plan.on_their_way)
    if any(one.difference or one.items for one in was.accounts):
        raise WholeLookNeeded("the accounts touched were not tied out")
    return TieOut(accounts=_accounts(last, was, now), controls=_controls(last, was, now))


def as_written(wishes: Iterable[DesiredEntry], rules: Rules) -> tuple[dict[EntryKey, PushedEntry], Posted]:
    """What QuickBooks shows of documents that stand there as they are wished."""
    numbers = {account: mapped.number if (mapped := rules.account(account)) else account.value for account in Account}
    pushed: dict[EntryKey, PushedEntry] = {}
    posted = {}
    for one in wishes:
        effects = tuple([(numbers[account], amount) for account, amount in one.effects])
        pushed[one.key] = PushedEntry(
            key=one.key, kind=one.kind, reference=one.reference, quickbooks_id=one.key, desired_digest="",
            posted_digest="", date=one.date, amount=one.amount, effects=effects,
        )  # fmt: skip
        posted[one.kind, one.key] = PostedEntry(
            kind=one.kind, quickbooks_id=one.key, sync_token="", reference=one.reference, date=one.date,
            amount=one.amount, digest="", customer=one.customer.display if one.customer else "", effects=effects,
        )  # fmt: skip
    return pushed, posted


def _tie_out(
    at: Situation,
    pushed: Pushed,
    posted: Posted,
    paid: Mapping[FactKey, Money],
    on_their_way: frozenset[EntryKey] = frozenset(),
) -> TieOut:
    return tie_out(
        at.books, at.desired, pushed, posted, at.rules,
        amounts_paid=paid, open_items=at.books.open_items, on_their_way=on_their_way,
    )  # fmt: skip


def _accounts(last: Last, was: TieOut, now: TieOut) -> tuple[AccountTie, ...]:
    stood = {one.number: one for one in last.accounts.quickbooks}
    before, after = ({one.number: one for one in tied.accounts} for tied in (was, now))
    ties = []
    if not stood.keys() >= after.keys() - before.keys():
        raise WholeLookNeeded("an account is used for the first time")
    for number in sorted({*stood, *before, *after}):
        nothing = AccountTie(number=number, name="", sub_ledger=0, held=0, wished=0, ours=0, others=0)
        base, one, other = stood.get(number), after.get(number, nothing), before.get(number, nothing)
        tie = AccountTie(
            number=number,
            name=base.name if base else one.name or other.name,
            sub_ledger=(base.sub_ledger if base else 0) + one.sub_ledger - other.sub_ledger,
            held=(base.held if base else 0) + one.held - other.held,
            wished=(base.sub_ledger if base else 0) + one.wished - other.wished,
            ours=(base.ours if base else 0) + one.ours - other.ours,
            others=base.others if base else 0,
            waiting=one.waiting,
            items=one.items,
            others_entries=tuple(Item(x.about, x.amount, x.says) for x in base.others_entries) if base else (),
        )
        if tie.sub_ledger or tie.held or tie.wished or tie.ours:
            ties.append(tie)
    return tuple(ties)


def _controls(last: Last, was: TieOut, now: TieOut) -> tuple[Control, ...]:
    stood = {one.name: one for one in last.record.controls}
    before = {one.number: one for one in was.controls}
    found = []
    for one in now.controls:
        base, other = stood.get(f"{one.number}. {one.name}"), before[one.number]
        if base is None:
            raise WholeLookNeeded("the last review knew another control")
        found.append(
            msgspec.structs.replace(
                one,
                expected=base.computed + one.expected - other.expected,
                found=base.told + one.found - other.found,
                items=left_over(one.items, other.items),
            )
        )
    return tuple(found)
