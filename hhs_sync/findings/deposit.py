"""Money told that is not at the bank, and money at the bank that nothing tells (DEP-01 to DEP-04)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hhs_sync.days import add_business_days
from hhs_sync.facts.payment import PaymentMethod
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.asking import ask
from hhs_sync.findings.finding import Candidate, Finding, Owner, Part, Stake
from hhs_sync.findings.situation import Situation
from hhs_sync.findings.words import counted, usd
from hhs_sync.ledger.deposit import suspended_from
from hhs_sync.ledger.entry import Evidence
from hhs_sync.ledger.payment import paid_by_card
from hhs_sync.mapping.rules import Policy
from hhs_sync.matching.acceptance import Standing

if TYPE_CHECKING:
    from hhs_sync.facts.document import FactKey
    from hhs_sync.matching.match import BankDoubt
    from hhs_sync.money import Money

# A check in hand is carried to the bank within two weeks; an EFT needs no carrying.
CHECK_BUSINESS_DAYS = 10
# The accountant chooses about the turn of the year before the return is filed.
YEAR_END_ASKED_UNTIL = (4, 15)
_POSTED = frozenset({Standing.ACCEPTED, Standing.HELD})


def not_at_the_bank(at: Situation) -> Iterator[Finding]:
    """DEP-01: a remittance, or a client's check or cash, that no bank line answers to in time."""
    doubted = {key for doubt in at.books.bank.doubts.values() for parts in doubt.combinations for key in parts}
    through = max((line.date for line in at.facts.bank_deposits.values()), default=None)
    limit = at.rules.practice.thresholds.remittance_without_money_business_days
    by_card = paid_by_card(at.facts)
    for key, judged in at.books.judged.items():
        remittance = at.facts.remittances[key]
        if judged.standing not in _POSTED or remittance.amount_paid <= 0:
            continue
        if key in at.books.bank.banked or key in by_card:
            continue
        day = at.payment_date(key)
        since = add_business_days(max(day, at.remittance_known_on(key)), limit)
        if at.today >= since and key not in doubted:
            by = "check" if remittance.payment_method == "CHK" else "payment"
            payer = at.payer_of(remittance)
            yield ask(
                at,
                "DEP-01",
                key,
                f"A {by} of {usd(remittance.amount_paid)} from {at.sender(remittance)} dated {day} is not at the bank"
                f"{_bank_ends(through, since)}.",
                amount=remittance.amount_paid,
                since=since,
                payer=payer.id if payer else None,
                evidence=(Evidence(key),),
            )
    for key, payment in at.facts.client_payments.items():
        if payment.method is PaymentMethod.CARD or key in at.books.bank.banked or key in doubted:
            continue
        since = add_business_days(at.known_on(key, payment.date), CHECK_BUSINESS_DAYS)
        if at.today >= since:
            yield ask(
                at,
                "DEP-01",
                key,
                f"A client's {payment.method.value} of {usd(payment.amount)} taken on {payment.date} is not at the bank"
                f"{_bank_ends(through, since)}.",
                amount=payment.amount,
                since=since,
                client=at.books.payments[key].client,
                evidence=(Evidence(key),),
                action="Look for it in the drawer and on the deposit slips.",
            )


def _bank_ends(through: dt.date | None, since: dt.date) -> str:
    """Where the bank's lines end before the day in question, it may only be the export that is late."""
    if through is None:
        return "; no bank lines came in at all"
    return f"; the bank lines that came in end on {through}" if through < since else ""


def nothing_tells_of_it(at: Situation) -> Iterator[Finding]:
    """DEP-02: a bank line that waited long enough for its remittance and is in suspense now."""
    for key, line in at.facts.bank_deposits.items():
        if line.amount <= 0 or key in at.books.bank.matched or key in at.books.bank.doubts:
            continue
        since = suspended_from(line, at.rules)
        if at.today >= since and (key, ResolutionKind.OLD_SYSTEM) not in at.decisions:
            payer = at.bank_payer(line.description)
            yield ask(
                at,
                "DEP-02",
                key,
                f"{usd(line.amount)} from {payer.name if payer else 'an unknown sender'} came to the bank on "
                f"{line.date}, and no remittance tells what it is.",
                amount=line.amount,
                since=since,
                payer=payer.id if payer else None,
                evidence=(Evidence(key),),
            )


def differs(at: Situation) -> Iterator[Finding]:
    """DEP-03: something speaks for a bank line, but its amount or the choice among several does not."""
    for key, doubt in at.books.bank.doubts.items():
        line = at.facts.bank_deposits[key]
        parts = {part for combination in doubt.combinations for part in combination}
        yield ask(
            at,
            "DEP-03",
            key,
            f"A bank line of {usd(line.amount)}: {doubt.reason}"
            f"{f' (by {usd(doubt.difference)})' if doubt.difference else ''}.",
            amount=doubt.difference or line.amount,
            since=at.known_on(key, line.date),
            evidence=(Evidence(key), *(Evidence(part) for part in sorted(parts))),
            candidates=tuple(_candidate(at, line.amount, doubt, one) for one in doubt.combinations),
            numbers=(("bank line", line.amount), ("difference", doubt.difference)),
        )


def _candidate(at: Situation, banked: Money, doubt: BankDoubt, parts: tuple[FactKey, ...]) -> Candidate:
    others = at.facts.bank_deposits
    total = sum(-others[part].amount if part in others else at.banked_amount(part) for part in parts)
    same = total == banked
    in_several = not others.keys().isdisjoint(parts)
    known_by = ("trace",) if "trace" in doubt.reason else ("sender", "date") if in_several else ()
    return Candidate(
        targets=parts,
        amount=total,
        agrees=(*known_by, *(("amount",) if same else ())),
        differs=() if same else (f"amount, by {usd(banked - total)}",),
    )


def payouts(at: Situation) -> Iterator[Finding]:
    """DEP-04: a card payout whose items do not add up, or that never came to the bank."""
    limit = at.rules.practice.thresholds.remittance_without_money_business_days
    doubted = {key for doubt in at.books.bank.doubts.values() for parts in doubt.combinations for key in parts}
    for key, payout in at.facts.payouts.items():
        since = add_business_days(at.known_on(key, payout.date), limit)
        if payout.difference:
            computed = payout.amount - payout.difference
            yield ask(
                at,
                "DEP-04",
                key,
                f"A payout of {usd(payout.amount)} from {payout.processor}: its items come to {usd(computed)}.",
                amount=payout.difference,
                since=at.known_on(key, payout.date),
                evidence=(Evidence(key),),
                numbers=(("payout", payout.amount), ("items", computed), ("difference", payout.difference)),
                covers=(f"{key}#unbanked",),
            )
        if payout.amount and key not in at.books.bank.banked and key not in doubted and at.today >= since:
            yield ask(
                at,
                "DEP-04",
                f"{key}#unbanked",
                f"A payout of {usd(payout.amount)} from {payout.processor} dated {payout.date} is not at the bank.",
                amount=payout.amount,
                since=since,
                evidence=(Evidence(key),),
            )


def turn_of_the_year(at: Situation) -> Iterator[Finding]:
    """DEP-04: under `cash`, money received before the year's end and banked after it: whose income is it?"""
    last = dt.date(at.today.year - 1, 12, 31)
    asked = last >= at.rules.practice.first_day and at.today <= dt.date(at.today.year, *YEAR_END_ASKED_UNTIL)
    if at.rules.practice.policy is not Policy.CASH or not asked:
        return
    straddling = [Part(*one) for one in _received(at) if one[1] <= last and _banked_after(at, one[0], last)]
    total = sum(one.amount for one in straddling)
    if straddling:
        yield ask(
            at,
            "DEP-04",
            f"year-end/{last.year}",
            f"{counted(len(straddling), 'payment')} of {usd(total)} came in by the end of {last.year} and reached the "
            f"bank later: the accountant chooses the year.",
            amount=total,
            at_stake=Stake.NOBODY,
            owner=Owner.CPA,
            since=dt.date(at.today.year, 1, 1),
            count=len(straddling),
            evidence=(Evidence(one.fact) for one in straddling),
            parts=straddling,
        )


def _received(at: Situation) -> Iterator[tuple[FactKey, dt.date, Money]]:
    for key, judged in at.books.judged.items():
        remittance = at.facts.remittances[key]
        if judged.standing is Standing.ACCEPTED and remittance.amount_paid > 0:
            yield key, at.payment_date(key), remittance.amount_paid
    for key, payment in at.facts.client_payments.items():
        if payment.method is not PaymentMethod.CARD:
            yield key, payment.date, payment.amount
    for key, payout in at.facts.payouts.items():
        if payout.amount > 0:
            yield key, payout.date, payout.amount


def _banked_after(at: Situation, part: FactKey, last: dt.date) -> bool:
    lines = at.books.bank.banked.get(part)
    return lines is None or at.facts.bank_deposits[lines[-1]].date > last


CHECKS = (not_at_the_bank, nothing_tells_of_it, differs, payouts, turn_of_the_year)
