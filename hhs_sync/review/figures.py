"""The figures of a record: balances, aging, bank lines, money in transit, and a few sums for the top of a page."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from hhs_sync.days import add_business_days
from hhs_sync.facts.payment import PaymentMethod
from hhs_sync.ledger.balances import trial_balance
from hhs_sync.ledger.deposit import suspended_from
from hhs_sync.ledger.payment import paid_by_card
from hhs_sync.mapping.accounts import Account
from hhs_sync.matching.acceptance import Standing
from hhs_sync.receivables.aging import age
from hhs_sync.review.record import AgedParty, Balance, BankLine, InTransit, Summary

if TYPE_CHECKING:
    from hhs_sync.facts.deposit import BankDeposit
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.remittance import Remittance
    from hhs_sync.findings.situation import Situation

# A year and a month of bank lines are shown; older ones only while nothing explains them.
BANK_LINES_DAYS = 400
# A check in hand is carried to the bank within two weeks.
CHECK_BUSINESS_DAYS = 10
# A payer's rhythm is told from its last few payments.
RHYTHM_FROM = 6
RHYTHM_MIN = 3
_POSTED = frozenset({Standing.ACCEPTED, Standing.HELD})


def balances(at: Situation) -> tuple[Balance, ...]:
    """Every account of the sub-ledger that was used, in the order of the chart."""
    found = []
    for account, amount in trial_balance(at.books.entries).items():
        mapped = at.rules.account(account)
        found.append(
            Balance(
                account=account.value,
                number=mapped.number if mapped else "",
                name=mapped.name if mapped else account.value.rpartition(":")[2],
                amount=amount,
            )
        )
    return tuple(found)


def aged(at: Situation) -> tuple[AgedParty, ...]:
    """Who owes, by age: payers by name, then clients (whose code a report shows)."""
    rows = [
        AgedParty(
            is_client=account is Account.AR_CLIENT,
            party=party,
            name="" if account is Account.AR_CLIENT else at.payer_name(party),
            total=sum(amounts),
            buckets=amounts,
        )
        for (account, party), amounts in age(at.books.open_items, at.today).items()
    ]
    return tuple(sorted(rows, key=lambda one: (one.is_client, one.name, one.party)))


def bank_lines(at: Situation) -> tuple[BankLine, ...]:
    """The bank's lines and what they are, the latest first."""
    first = at.today - dt.timedelta(days=BANK_LINES_DAYS)
    told = [_bank_line(at, line) for line in at.facts.bank_deposits.values()]
    shown = [one for one in told if one.date >= first or not one.explained]
    return tuple(sorted(shown, key=lambda one: (one.date, one.key), reverse=True))


def _bank_line(at: Situation, line: BankDeposit) -> BankLine:
    named = at.bank_payer(line.description)
    sender = named.name if named else "unknown"
    match = at.books.bank.matched.get(line.key)
    doubt = at.books.bank.doubts.get(line.key)
    beside: tuple[FactKey, ...] = ()
    if match is not None:
        what, sender = _made_up_of(at, match.parts)
        lines = at.books.bank.banked[match.parts[0]]
        beside = tuple([other for other in lines if other != line.key])
        what = f"a part of a {what}, which came in {len(lines)} bank lines" if beside else what
    elif doubt is not None:
        what, sender = f"in doubt: {doubt.reason}", ""
    elif line.amount <= 0:
        what, sender = "money that left", ""
    elif suspended_from(line, at.rules) <= at.today:
        what = "nothing tells what it is: in suspense"
    else:
        what = "waits for its remittance"
    return BankLine(
        key=line.key,
        account=line.account,
        date=line.date,
        amount=line.amount,
        what=what,
        sender=sender,
        rule=match.rule if match else "",
        parts=match.parts if match else (),
        beside=beside,
        explained=match is not None or line.amount <= 0,
    )


def _made_up_of(at: Situation, parts: tuple[FactKey, ...]) -> tuple[str, str]:
    """What a bank line is, and who sent it."""
    senders: dict[str, None] = {}
    kinds: dict[str, int] = defaultdict(int)
    for part in parts:
        if part in at.facts.remittances:
            kinds["remittance"] += 1
            senders[at.sender(at.facts.remittances[part])] = None
        elif part in at.facts.payouts:
            kinds["card payout"] += 1
            senders[at.facts.payouts[part].processor.capitalize()] = None
        elif part in at.facts.client_payments:
            kinds[f"client {at.facts.client_payments[part].method.value}"] += 1
        elif part in at.facts.refunds:
            kinds["refund"] += 1
        else:
            kinds["check that came back"] += 1
    words = (kind if count == 1 else f"{count} × {kind}" for kind, count in kinds.items())
    return ", ".join(words), ", ".join(senders) or ("clients" if kinds else "")


def in_transit(at: Situation) -> tuple[InTransit, ...]:
    """Remittances, payouts, checks and cash that were told and are not at the bank, oldest first."""
    return tuple(sorted(_not_banked(at), key=lambda one: (one.date, one.key)))


def _not_banked(at: Situation) -> Iterator[InTransit]:
    limit = at.rules.practice.thresholds.remittance_without_money_business_days
    banked, by_card = at.books.bank.banked, paid_by_card(at.facts)
    for key, judged in at.books.judged.items():
        remittance = at.facts.remittances[key]
        if judged.standing in _POSTED and remittance.amount_paid > 0 and key not in banked and key not in by_card:
            day = remittance.payment_date or at.remittance_known_on(key)
            expected = add_business_days(max(day, at.remittance_known_on(key)), limit)
            yield InTransit(
                key=key,
                what="remittance",
                sender=at.sender(remittance),
                date=day,
                amount=remittance.amount_paid,
                expected=expected,
            )
    for key, payout in at.facts.payouts.items():
        if payout.amount and key not in banked:
            expected = add_business_days(at.known_on(key, payout.date), limit)
            yield InTransit(
                key=key,
                what="card payout",
                sender=payout.processor.capitalize(),
                date=payout.date,
                amount=payout.amount,
                expected=expected,
            )
    for key, payment in at.facts.client_payments.items():
        if payment.method is not PaymentMethod.CARD and key not in banked:
            expected = add_business_days(at.known_on(key, payment.date), CHECK_BUSINESS_DAYS)
            yield InTransit(
                key=key,
                what=f"client {payment.method.value}",
                sender="a client",
                date=payment.date,
                amount=payment.amount,
                expected=expected,
            )


def summary(at: Situation) -> Summary:
    """Counts and sums, and how far each kind of data reaches."""
    accepted = [
        at.facts.remittances[key] for key, judged in at.books.judged.items() if judged.standing is Standing.ACCEPTED
    ]
    next_payer, next_day = _next_remittance(at, accepted)
    payments = at.facts.client_payments.values()
    return Summary(
        sessions=len(at.books.charged),
        charged=sum(at.facts.sessions[key].fee for key in at.books.charged),
        remittances=len(accepted),
        remitted=sum(one.amount_paid for one in accepted),
        client_payments=len(payments),
        collected=sum(one.amount for one in payments),
        bank_lines=len(at.facts.bank_deposits),
        entries=len(at.books.entries),
        changes=len(at.plan.changes),
        last_session=_last(at.facts.sessions[key].date for key in at.books.charged),
        last_remittance=_last(one.payment_date for one in accepted),
        last_bank_line=_last(one.date for one in at.facts.bank_deposits.values()),
        next_remittance=next_day,
        next_payer=next_payer,
    )


def _next_remittance(at: Situation, accepted: Iterable[Remittance]) -> tuple[str, dt.date | None]:
    """The payer whose rhythm lets its next remittance be expected first, and the day."""
    days: dict[str, set[dt.date]] = defaultdict(set)
    for one in accepted:
        if one.payment_date is not None:
            days[at.sender(one)].add(one.payment_date)
    expected = []
    for payer, dates in days.items():
        last = sorted(dates)[-RHYTHM_FROM:]
        if len(last) >= RHYTHM_MIN:
            gaps = sorted((later - earlier).days for earlier, later in pairwise(last))
            day = last[-1] + dt.timedelta(days=gaps[len(gaps) // 2])
            if day >= at.today:
                expected.append((day, payer))
    return (min(expected)[1], min(expected)[0]) if expected else ("", None)


def _last(days: Iterable[dt.date | None]) -> dt.date | None:
    return max((day for day in days if day is not None), default=None)
