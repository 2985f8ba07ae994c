"""What new remittances touch: the accounts without them and with them, and the documents of QuickBooks that differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct

from hhs_sync.books import in_order, keep_books
from hhs_sync.findings.situation import Situation
from hhs_sync.forward.excerpt import excerpt_of, facts_of
from hhs_sync.ledger.deposit import money_known_late
from hhs_sync.ledger.entry import EntryKind
from hhs_sync.ledger.payment import paid_by_card
from hhs_sync.ledger.period_close import signed_of
from hhs_sync.mapping.accounts import Account
from hhs_sync.matching.acceptance import Judged, Standing, judge_remittances
from hhs_sync.matching.deposit import match_bank_deposits
from hhs_sync.matching.match import BankMatches
from hhs_sync.plan import desired_entries
from hhs_sync.plan.banked import RECEIPTS
from hhs_sync.plan.desired import DesiredEntry

if TYPE_CHECKING:
    import datetime as dt

    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.document import FactKey
    from hhs_sync.ledger.entry import Entry, EntryKey
    from hhs_sync.mapping.rules import Rules
    from hhs_sync.review.chapter import RemittanceLine

Value = TypeVar("Value")

# Matched by these, a claim payment is nobody else's: the claims and sessions of other clients have no say in it.
_SURE = frozenset({"claim number", "line key", "payer's claim number", "chosen by a person"})
_RUNS_ON = frozenset({Account.RECOUPMENT, Account.SUSPENSE})
_NOTHING = BankMatches({}, {}, {})


class WholeLookNeeded(Exception):
    """An excerpt does not tell all that has changed; the message says what it does not tell."""


class Touched(Struct, frozen=True, kw_only=True):
    """The accounts that new remittances touch, without them and with them.

    `lines` are the bank lines of which something else is said now. `changed` are documents of QuickBooks that are new
    or wished otherwise, in the order in which they may be written; `was` are those that were wished and are not, or
    otherwise. `came` and `went` are the entries of the sub-ledger in which the two differ.
    """

    new: frozenset[FactKey]
    lines: frozenset[FactKey]
    before: Situation
    after: Situation
    changed: tuple[DesiredEntry, ...]
    was: Mapping[EntryKey, DesiredEntry]
    came: tuple[Entry, ...]
    went: tuple[Entry, ...]

    @property
    def named(self) -> frozenset[EntryKey]:
        """Every document that a plan must know of: those that differ, and those that they rest on."""
        rests = {key for one in self.changed for key in (*one.needs, *(link.entry for link in one.links))}
        return frozenset({*rests, *(one.key for one in self.changed), *self.was})


def touch(
    facts: Facts,
    rules: Rules,
    today: dt.date,
    secret: bytes,
    *,
    new: AbstractSet[FactKey],
    told: Iterable[RemittanceLine],
    first_seen: Mapping[str, dt.date],
) -> Touched:
    """Work out what these remittances touch; `told` is what the last review said of all others.

    Pure. Raises WholeLookNeeded.
    """
    judged = judge_remittances(facts, rules)
    _check_others(judged, new, told)
    before = _whole(facts, rules, _without(judged, new))
    after = _whole(facts, rules, judged)
    lines = _lines_told_otherwise(before.bank, after.bank)
    of_new = _bank_of(after.bank, new, lines)
    cut = facts_of(excerpt_of(facts, new), facts, new, lines)
    cut_before = msgspec.structs.replace(cut, remittances=_without(cut.remittances, new))
    was = before.situation(cut_before, _NOTHING, today, secret, first_seen)
    now = after.situation(cut, of_new, today, secret, first_seen)
    if facts.closed_periods:
        # What was signed of these accounts is told by the keys of what they come to.
        keys = {one.key for at in (was, now) for one in at.books.entries}
        closes = signed_of(facts.closed_periods, keys, cut.sessions.keys())
        cut, cut_before = (msgspec.structs.replace(one, closed_periods=closes) for one in (cut, cut_before))
        was = before.situation(cut_before, _NOTHING, today, secret, first_seen)
        now = after.situation(cut, of_new, today, secret, first_seen)
    _check_matches(now, new)
    return _compared(was, now, new, lines)


class _Whole(Struct, frozen=True):
    """What is found over all of the practice, for it is cheap and remittances bear on each other."""

    facts: Facts
    rules: Rules
    judged: Mapping[FactKey, Judged]
    bank: BankMatches

    def situation(
        self, cut: Facts, bank: BankMatches, today: dt.date, secret: bytes, first_seen: Mapping[str, dt.date]
    ) -> Situation:
        """The accounts of an excerpt, beside the remittances of all of the practice and their bank lines.

        Bank lines that bring other clients' money are left out.
        """
        judged = {key: self.judged[key] for key in cut.remittances}
        late = money_known_late(self.facts, self.rules, self.bank)
        books = keep_books(cut, self.rules, today, judged=judged, bank=bank, late=late)
        remittances = {key: self.facts.remittances[key] for key in self.judged}
        known = {*remittances, *self.facts.payouts, *cut.client_payments, *cut.refunds, *cut.disputes}
        others = {key for key, one in self.bank.matched.items() if not known.issuperset(one.parts)}
        known.update(self.facts.bank_deposits)
        others.update(
            key
            for key, one in self.bank.doubts.items()
            if not all(known.issuperset(parts) for parts in one.combinations)
        )
        if not others.isdisjoint(cut.bank_deposits):
            raise WholeLookNeeded("a bank line may bring other money as well")
        return Situation(
            facts=msgspec.structs.replace(
                cut,
                remittances=remittances,
                bank_deposits=_without(self.facts.bank_deposits, others),
                payouts=self.facts.payouts,
            ),
            books=msgspec.structs.replace(books, judged=self.judged, bank=_without_lines(self.bank, others)),
            rules=self.rules,
            today=today,
            desired=desired_entries(books, self.rules, secret),
            first_seen=first_seen,
        )


def _without(facts: Mapping[FactKey, Value], keys: AbstractSet[FactKey]) -> dict[FactKey, Value]:
    return {key: one for key, one in facts.items() if key not in keys}


def _without_lines(bank: BankMatches, lines: AbstractSet[FactKey]) -> BankMatches:
    return BankMatches(
        matched=_without(bank.matched, lines),
        doubts=_without(bank.doubts, lines),
        banked={part: keys for part, keys in bank.banked.items() if lines.isdisjoint(keys)},
    )


def _whole(facts: Facts, rules: Rules, judged: Mapping[FactKey, Judged]) -> _Whole:
    by_card = paid_by_card(facts)
    paid = [
        facts.remittances[key]
        for standing in (Standing.ACCEPTED, Standing.HELD)
        for key in in_order(facts, judged, standing)
        if key not in by_card
    ]
    return _Whole(facts, rules, judged, match_bank_deposits(facts, rules, paid))


def _check_others(judged: Mapping[FactKey, Judged], new: AbstractSet[FactKey], told: Iterable[RemittanceLine]) -> None:
    """No other remittance stands otherwise than the last review said."""
    said = {one.key: (one.state, one.why) for one in told}
    stand = {key: (one.standing.value, one.why) for key, one in judged.items() if key not in new}
    if said != stand:
        raise WholeLookNeeded("another remittance stands otherwise now")


def _lines_told_otherwise(before: BankMatches, after: BankMatches) -> frozenset[FactKey]:
    """The bank lines of which something else is said now. One that had been explained takes a whole look."""
    keys = {*before.matched, *after.matched, *before.doubts, *after.doubts}
    lines = frozenset(
        key
        for key in keys
        if before.matched.get(key) != after.matched.get(key) or before.doubts.get(key) != after.doubts.get(key)
    )
    if any(key in before.matched for key in lines):
        raise WholeLookNeeded("a bank line is explained otherwise now")
    return lines


def _bank_of(bank: BankMatches, new: AbstractSet[FactKey], lines: AbstractSet[FactKey]) -> BankMatches:
    """How the bank shows the new remittances. A line that brings anything else as well takes a whole look."""
    matched = {key: bank.matched[key] for key in sorted(lines) if key in bank.matched}
    if any(part not in new for one in matched.values() for part in one.parts):
        raise WholeLookNeeded("a bank line brings other money as well")
    return BankMatches(matched, {}, {key: bank.banked[key] for key in sorted(new) if key in bank.banked})


def _check_matches(at: Situation, new: AbstractSet[FactKey]) -> None:
    """Every claim of the new remittances is surely that of a session of these accounts."""
    matched = (one for one in at.books.claims.matched.values() if one.remittance in new)
    unmatched = (one for one in at.books.claims.unmatched.values() if one.remittance in new)
    if any(one.rule not in _SURE for one in matched) or any(not one.old_system for one in unmatched):
        raise WholeLookNeeded("no number names the session of a claim")


def _compared(before: Situation, after: Situation, new: AbstractSet[FactKey], lines: AbstractSet[FactKey]) -> Touched:
    known = {one.key: one for one in before.desired.entries}
    changed = tuple(one for one in after.desired.entries if known.get(one.key) != one)
    keys = {one.key for one in changed}
    standing = {one.key for one in after.desired.entries}
    was = {key: one for key, one in known.items() if key in keys or key not in standing}
    if any(one.kind in RECEIPTS for one in was.values()):
        raise WholeLookNeeded("a receipt that may lie in a deposit is told otherwise now")
    entries_before, entries_after = frozenset(before.books.entries), frozenset(after.books.entries)
    came = tuple(one for one in after.books.entries if one not in entries_before)
    went = tuple(one for one in before.books.entries if one not in entries_after)
    # What an earlier remittance did is told at the bank together with other accounts.
    own = new | lines
    if not all(one.evidence[0].fact in own or one.kind is EntryKind.CREDIT_APPLIED for one in (*came, *went)):
        raise WholeLookNeeded("what was told before is told otherwise now")
    # What a payer keeps for an earlier claim, and money without a home, runs on from one remittance to another.
    if any(line.account in _RUNS_ON for one in came for line in one.lines):
        raise WholeLookNeeded("money was taken back, or has no home")
    return Touched(
        new=frozenset(new), lines=frozenset(lines), before=before, after=after, changed=changed, was=was,
        came=came, went=went,
    )  # fmt: skip
