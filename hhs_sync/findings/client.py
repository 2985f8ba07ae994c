"""What clients owe us and we owe them (CLI-01 to CLI-05): one question per client, never per session.

A client's account is named in keys by the code drawn for the client, so that no id of a person stands in them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.asking import ask, days_later
from hhs_sync.findings.deadline import year_later
from hhs_sync.findings.finding import Finding, Part, Severity, Stake
from hhs_sync.findings.member import guarded
from hhs_sync.findings.situation import Situation
from hhs_sync.findings.words import counted, usd
from hhs_sync.ledger.entry import Evidence
from hhs_sync.ledger.session import WhyUncharged
from hhs_sync.mapping.accounts import Account
from hhs_sync.receivables.dunning import DunningStep, client_accounts

if TYPE_CHECKING:
    import datetime as dt

    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.payment import Dispute
    from hhs_sync.facts.session import Session
    from hhs_sync.money import Money

# Above this the difference at the visit is worth a week's attention (exceptions: "Medium above 50").
VISIT_DIFFERENCE_MEDIUM = 5000
CREDIT_HIGH_DAYS = 60
# Maine counts a client's credit as unclaimed property after a dormancy that is set with care: three years to start.
DORMANCY_YEARS = 3
# What a MaineCare member paid for a session that may not be charged is asked back by CMP-01.
MEMBER = WhyUncharged.MAINECARE_MEMBER


class _Credit(Struct, frozen=True):
    """Money of a client that nothing uses: the payment or session it hangs on, cents, and since when."""

    evidence: FactKey
    amount: Money
    since: dt.date


def collected_otherwise(at: Situation) -> Iterator[Finding]:
    """CLI-01: after the payer's answer the client owes more, or less, than was taken at the visit."""
    limits = at.rules.practice.thresholds
    owed: dict[str, list[tuple[FactKey, Money, dt.date]]] = defaultdict(list)
    for key, item in at.open_by_client.items():
        charge = at.books.charged.get(key)
        insured = charge is not None and charge.payer is not None
        if insured and item.amount > 0 and at.today < days_later(item.since, limits.reminder_days):
            owed[item.party].append((key, item.amount, item.since))
    for left in at.books.credits:
        young = at.today < days_later(left.since, limits.credit_days)
        if young and left.item in at.answers and not _waits_for_payer(at, left.item):
            owed[left.client].append((left.item, -left.amount, left.since))
    for client, visits in owed.items():
        amount = sum(abs(one) for _, one, _ in visits)
        if amount > limits.client_tolerance:
            yield _visits(at, client, visits, amount)


def _visits(at: Situation, client: str, visits: list[tuple[FactKey, Money, dt.date]], amount: Money) -> Finding:
    short = sum(one for _, one, _ in visits if one > 0)
    over = -sum(one for _, one, _ in visits if one < 0)
    says = " and ".join(
        text for text, told in ((f"{usd(short)} less", short), (f"{usd(over)} more", over)) if told
    )  # fmt: skip
    sessions = [at.facts.sessions[key] for key, _, _ in visits]
    return ask(
        at,
        "CLI-01",
        at.account_name(client),
        f"On {counted(len(visits), 'visit')} the client paid {says} than the payer left to the client.",
        amount=amount,
        at_stake=Stake.US if short >= over else Stake.CLIENT,
        since=min(*(day for _, _, day in visits), at.today),
        severity=Severity.MEDIUM if amount > VISIT_DIFFERENCE_MEDIUM else None,
        client=client,
        sessions=tuple(one.key for one in sessions),
        service_dates=_dates(sessions),
        count=len(visits),
        evidence=(Evidence(one.key) for one in sessions),
        parts=(Part(key, at.facts.sessions[key].date, abs(amount)) for key, amount, _ in visits),
        numbers=(("owed", short), ("too much", over)),
    )


def overdue(at: Situation) -> Iterator[Finding]:
    """CLI-02, or CMP-05 where something says stop: the next step for a client who owes is due."""
    disputed = {at.books.payments[key].client for key, one in at.facts.disputes.items() if _is_open(at, one)}
    limits = at.rules.practice.thresholds
    owed: dict[str, list[Part]] = defaultdict(list)
    for item in at.books.open_items:
        if item.account is Account.AR_CLIENT:
            owed[item.party].append(Part(item.session, item.since, item.amount))
    for account in client_accounts(at.books.open_items, limits, at.today):
        if account.step is DunningStep.STATEMENT:
            continue
        sessions = [at.facts.sessions[key] for key in account.sessions]
        stop = (
            "a disputed payment is open" if account.client in disputed
            else "MaineCare was active" if any(guarded(at, one) for one in sessions)
            else ""
        )  # fmt: skip
        age = (at.today - account.oldest).days
        yield ask(
            at,
            "CMP-05" if stop else "CLI-02",
            at.account_name(account.client),
            f"A client owes {usd(account.amount)}, the oldest part for {counted(age, 'day')}; next step: "
            f"{account.step.value}{f', but {stop}' if stop else ''}.",
            amount=account.amount,
            since=account.since,
            client=account.client,
            sessions=account.sessions,
            service_dates=_dates(sessions),
            count=len(sessions),
            evidence=(Evidence(one.key) for one in sessions),
            parts=owed[account.client],
        )


def credits_kept(at: Situation) -> Iterator[Finding]:
    """CLI-03: a client's credit that is older than the limit and that nothing pending will use."""
    days = at.rules.practice.thresholds.credit_days
    by_client: dict[str, list[_Credit]] = defaultdict(list)
    for left in at.books.credits:
        if not _waits_for_payer(at, left.item) and at.books.uncharged.get(left.item) is not MEMBER:
            by_client[left.client].append(_Credit(left.payment, left.amount, left.since))
    for item in at.books.open_items:
        if item.account is Account.AR_CLIENT and item.amount < 0:
            by_client[item.party].append(_Credit(item.session, -item.amount, item.since))
    for client, kept in by_client.items():
        old = [one for one in kept if at.today >= days_later(one.since, days)]
        if old:
            yield _owed_to_client(at, client, old, days)


def _owed_to_client(at: Situation, client: str, kept: list[_Credit], days: int) -> Finding:
    oldest = min(one.since for one in kept)
    age = (at.today - oldest).days
    dormant = oldest
    for _ in range(DORMANCY_YEARS):
        dormant = year_later(dormant)
    pressing = age >= CREDIT_HIGH_DAYS
    amount = sum(one.amount for one in kept)
    return ask(
        at,
        "CLI-03",
        at.account_name(client),
        f"A client has a credit of {usd(amount)}, unused for {counted(age, 'day')}; it counts as unclaimed from "
        f"{dormant}.",
        amount=amount,
        at_stake=Stake.CLIENT,
        since=days_later(oldest, days),
        severity=Severity.HIGH if pressing else None,
        due_from=days_later(oldest, max(days, CREDIT_HIGH_DAYS)) if pressing else None,
        client=client,
        count=len(kept),
        evidence=(Evidence(one.evidence) for one in kept),
        parts=(Part(one.evidence, one.since, one.amount) for one in kept),
    )


def waiting_for_approval(at: Situation) -> Iterator[Finding]:
    """CLI-04: a write-off or discount above the limit that no second person has approved."""
    own = {
        one.subject for one in at.facts.resolutions.values()
        if one.kind is ResolutionKind.APPROVE and one.subject in at.facts.resolutions
        and at.facts.resolutions[one.subject].by == one.by
    }  # fmt: skip
    for one in at.books.waiting_for_approval:
        session = at.facts.sessions.get(one.subject)
        item = at.open_by_client.get(one.subject)
        amount = one.amount if one.amount is not None else item.amount if item else 0
        word = "write-off" if one.kind is ResolutionKind.WRITE_OFF else "discount"
        yield ask(
            at,
            "CLI-04",
            one.key,
            f"A {word} of {usd(amount)} proposed by {one.by} waits for a second person"
            f"{'; who proposed it has tried to approve it' if one.key in own else ''}.",
            amount=amount,
            since=min(one.at.date(), at.today),
            session=session,
            evidence=(Evidence(one.key), Evidence(one.subject)),
        )


def disputed(at: Situation) -> Iterator[Finding]:
    """CLI-05: a card holder contests a payment, or a check came back, and the money has not come again."""
    for key, one in at.facts.disputes.items():
        match = at.books.payments[key]
        if match.client is None or not _is_open(at, one):
            continue  # of nobody: MAT-03
        card = one.method.value == "card"
        yield ask(
            at,
            "CLI-05",
            key,
            f"A {'card payment' if card else 'check'} of {usd(one.amount)} "
            f"{'is disputed' if card else 'came back unpaid'}"
            f"{f', with a fee of {usd(one.fee)}' if one.fee else ''}.",
            amount=one.amount + one.fee,
            since=at.known_on(key, one.date),
            client=match.client,
            sessions=(match.session,) if match.session else (),
            evidence=(Evidence(key), *((Evidence(match.session),) if match.session else ())),
        )


def _is_open(at: Situation, dispute: Dispute) -> bool:
    """True until the dispute is won or the session that it re-opened is paid again."""
    if dispute.won:
        return False
    won = any(one.won and one.payment == dispute.payment for one in at.facts.disputes.values() if dispute.payment)
    match = at.books.payments[dispute.key]
    item = at.open_by_client.get(match.session) if match.session else None
    return not won and (match.session is None or (item is not None and item.amount > 0))


def _waits_for_payer(at: Situation, item: FactKey) -> bool:
    """True while a payer still owes on the session that a credit names: its answer may use the credit."""
    charge = at.books.charged.get(item)
    payers = [one.id for one in (charge.payer, charge.secondary) if one] if charge else []
    return any((found := at.open_by_payer.get((item, one))) is not None and found.amount > 0 for one in payers)


def _dates(sessions: list[Session]) -> tuple[dt.date, ...]:
    return tuple(sorted({one.date for one in sessions}))


CHECKS = (collected_otherwise, overdue, credits_kept, waiting_for_approval, disputed)
