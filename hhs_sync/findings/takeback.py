"""What payers take back or add outside any claim (PAY-03, REM-03).

A reversal re-opens its claim and somebody must decide it. A provider-level adjustment (PLB) names its cause only by a
reference: an announced takeback (-85.00) and its taking (+85.00) bear the same one and cancel out. What does not
cancel is a question: REM-03 when nobody can tell what it is about, PAY-03 when it is a takeback like any other.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.findings.asking import ask, days_later
from hhs_sync.findings.deadline import year_later
from hhs_sync.findings.finding import Finding, Stake
from hhs_sync.findings.situation import Situation
from hhs_sync.findings.words import usd
from hhs_sync.ledger.entry import Evidence
from hhs_sync.mapping.accounts import Account
from hhs_sync.matching.acceptance import Standing

if TYPE_CHECKING:
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.remittance import ProviderAdjustment, Remittance
    from hhs_sync.ledger.remittance import Taken

# Maine limits how long after a payment a carrier may take it back (24-A MRS 4303; understood to be a year).
CONTESTABLE = "; it was paid more than a year before, which may be contestable in Maine"


def reversals(at: Situation) -> Iterator[Finding]:
    """PAY-03: a payment was taken back, and its claim is neither answered anew nor decided."""
    shares: dict[FactKey, int] = defaultdict(int)
    for one in at.books.taken:
        shares[one.paid] += 1
    for one in at.books.taken:
        item = at.open_by_payer.get((one.session, one.payer))
        answer = at.latest_answer(one.session, one.payer)
        if item is None or item.amount <= 0 or (answer is not None and answer.day >= one.date):
            continue
        yield _reversal(at, one, one.paid if shares[one.paid] == 1 else f"{one.paid}>{one.session}")


def _reversal(at: Situation, one: Taken, subject: str) -> Finding:
    remittance, _, segment = one.paid.rpartition("#")
    original, _, original_segment = one.original.removeprefix("claim-payment:").rpartition("#")
    late = at.payment_date(remittance) > year_later(at.payment_date(original))
    return ask(
        at,
        "PAY-03",
        subject,
        f"{at.payer_name(one.payer)} took back {usd(one.amount)}, and the claim is open again"
        f"{CONTESTABLE if late else ''}.",
        amount=one.amount,
        since=min(one.date, at.today),
        session=at.facts.sessions[one.session],
        payer=one.payer,
        evidence=(
            Evidence(one.session),
            Evidence(original, f"segment {original_segment}"),
            Evidence(remittance, f"segment {segment}"),
        ),
    )


def reversals_of_nothing(at: Situation) -> Iterator[Finding]:
    """PAY-03: a reversal of a payment that we do not have."""
    for one in at.books.unplaced:
        if one.amount < 0:
            remittance, _, segment = one.paid.rpartition("#")
            yield ask(
                at,
                "PAY-03",
                one.paid,
                f"{at.payer_name(one.payer)} took back {usd(one.amount)} of a payment that is not here.",
                amount=one.amount,
                since=min(one.date, at.today),
                payer=one.payer,
                evidence=(Evidence(remittance, f"segment {segment}"),),
            )


class _Adjusted(Struct, frozen=True):
    """One provider-level adjustment where it was told."""

    told: ProviderAdjustment
    remittance: Remittance
    payer: str
    day: dt.date

    @property
    def subject(self) -> str:
        return f"{self.remittance.key}#{self.told.segment}"

    @property
    def reference(self) -> str:
        return (self.told.reference or "").strip().upper()


class _Group(Struct, frozen=True, dict=True):
    """Adjustments of one payer under one reference. `net` is positive when the payer took money."""

    parts: tuple[_Adjusted, ...]

    @cached_property
    def net(self) -> int:
        return sum(one.told.amount for one in self.parts)

    @property
    def first(self) -> _Adjusted:
        return self.parts[0]


def outside_claims(at: Situation) -> Iterator[Finding]:
    """REM-03 and PAY-03: provider-level adjustments that do not cancel out."""
    unknown: list[_Adjusted] = []
    groups: dict[tuple[str, str], list[_Adjusted]] = defaultdict(list)
    for one in _adjusted(at):
        account = at.rules.provider_account(one.told.reason_code, one.payer, one.remittance.payment_date)
        if account is None or account is Account.SUSPENSE:
            unknown.append(one)
        elif account is Account.RECOUPMENT:
            groups[one.payer, one.reference or one.subject].append(one)
    for one in unknown:
        yield _unexplained(at, one, "a code that is not known")
    references = _references(at) if groups else frozenset()
    for group in _left_over([_Group(tuple(parts)) for parts in groups.values()]):
        yield from _takeback(at, group, references)


def _adjusted(at: Situation) -> Iterator[_Adjusted]:
    for key, judged in at.books.judged.items():
        remittance = at.facts.remittances[key]
        if judged.standing is Standing.ACCEPTED:
            payer = at.payer_of(remittance)
            for told in remittance.provider_adjustments:
                if told.amount:
                    yield _Adjusted(
                        told, remittance, payer.id if payer else remittance.payer_name, at.remittance_known_on(key)
                    )


def _left_over(groups: Sequence[_Group]) -> list[_Group]:
    """Groups that do not come to zero, by themselves or against another of the same payer and the opposite amount.

    Some payers name the announcement and the taking by different numbers, or not at all. Equal amounts of one payer
    cancel out then, oldest first: which of them is which makes no difference to anyone.
    """
    left = [one for one in groups if one.net]
    announced: dict[tuple[str, int], int] = defaultdict(int)
    taken: dict[tuple[str, int], int] = defaultdict(int)
    for one in left:
        (taken if one.net > 0 else announced)[one.first.payer, abs(one.net)] += 1
    cancel = {place: min(count, announced[place]) for place, count in taken.items()}
    done: dict[tuple[str, int, bool], int] = defaultdict(int)
    found: list[_Group] = []
    for one in sorted(left, key=lambda each: (each.first.day, each.first.subject)):
        place = (one.first.payer, abs(one.net))
        done[*place, one.net > 0] += 1
        if done[*place, one.net > 0] > cancel.get(place, 0):
            found.append(one)
    return found


def _takeback(at: Situation, group: _Group, references: frozenset[str]) -> Iterator[Finding]:
    one = group.first
    if group.net > 0 and one.reference not in references:
        why = "a reference that is not found here" if one.reference else "no reference"
        yield _unexplained(at, one, why, group.net)
        return
    days = at.rules.practice.thresholds.recoupment_days
    if group.net < 0 and at.today < days_later(one.day, days):
        return  # announced: the payer takes it from a later payment
    name = at.sender(one.remittance)
    told = (
        f"{name} took {usd(group.net)} outside any claim, and no reversal tells for which"
        if group.net > 0
        else f"{name} announced that it would take {usd(group.net)} and has not done so for {days} days"
    )
    yield ask(
        at,
        "PAY-03",
        f"{one.payer}/{one.reference}" if one.reference else one.subject,
        f"{told}.",
        amount=group.net,
        at_stake=Stake.US if group.net > 0 else Stake.PAYER,
        since=one.day if group.net > 0 else days_later(one.day, days),
        payer=one.payer if at.rules.payer_by_id(one.payer) else None,
        evidence=(Evidence(part.remittance.key, f"segment {part.told.segment}") for part in group.parts),
    )


def _unexplained(at: Situation, one: _Adjusted, why: str, net: int | None = None) -> Finding:
    amount = one.told.amount if net is None else net
    verb = "kept" if amount > 0 else "added"
    return ask(
        at,
        "REM-03",
        one.subject,
        f"{at.sender(one.remittance)} {verb} {usd(amount)} under “{one.told.reason_code}” with {why}.",
        amount=amount,
        at_stake=Stake.US if amount > 0 else Stake.PAYER,
        since=one.day,
        payer=one.payer if at.rules.payer_by_id(one.payer) else None,
        evidence=(Evidence(one.remittance.key, f"segment {one.told.segment}"),),
    )


def _references(at: Situation) -> frozenset[str]:
    """Every number by which a provider-level adjustment may name a claim that we know."""
    found: set[str | None] = set()
    for match in at.books.claims.matched.values():
        found.update(
            (match.claim.claim_number, match.claim.payer_claim_number, match.claim.original_payer_claim_number)
        )
    found.update(session.claim_number for session in at.facts.sessions.values())
    return frozenset(one.strip().upper() for one in found if one)


CHECKS = (reversals, reversals_of_nothing, outside_claims)
