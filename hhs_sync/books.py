"""keep_books(): facts and rules in, books out.

Events are taken in order of their own days, not of their arrival, so that any shuffle of the documents gives the same
books. Within a day charges come first, then remittances, decisions, client money, and what goes back.

    judge remittances -> match claims, payments, bank lines -> write events in order -> bank lines -> open items
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.facts.payment import ClientPayment, Dispute, Refund
from hhs_sync.facts.remittance import Remittance
from hhs_sync.facts.resolution import Resolution
from hhs_sync.ledger.adjustment import HeldAdjustment
from hhs_sync.ledger.allowance import allowances
from hhs_sync.ledger.deposit import DepositBooks, known_on, money_known_late
from hhs_sync.ledger.entry import Entry, EntryKind
from hhs_sync.ledger.payment import PaymentBooks, paid_by_card
from hhs_sync.ledger.period_close import keep_closed, signed_clients, signed_revenue
from hhs_sync.ledger.remittance import RemittanceBooks, Taken, Unplaced
from hhs_sync.ledger.resolution import ResolutionBooks, posting
from hhs_sync.ledger.running import Running
from hhs_sync.ledger.session import Charged, WhyUncharged, charge_sessions
from hhs_sync.mapping.accounts import Account
from hhs_sync.matching.acceptance import Judged, Standing, judge_remittances
from hhs_sync.matching.deposit import match_bank_deposits
from hhs_sync.matching.match import BankMatches, ClaimMatches, PaymentMatch
from hhs_sync.matching.payment import match_client_payments
from hhs_sync.matching.remittance import match_claim_payments
from hhs_sync.receivables.open_items import OpenItem, open_items

if TYPE_CHECKING:
    from hhs_sync.facts.current import Facts
    from hhs_sync.mapping.rules import Rules

_Event: TypeAlias = Entry | Remittance | Resolution | ClientPayment | Refund | Dispute


class ClientCreditLeft(Struct, frozen=True, gc=False):
    """Money of a client that no session has claimed: cents left of a payment."""

    payment: FactKey
    item: FactKey
    client: str
    amount: int
    since: dt.date


class Books(Struct, frozen=True, kw_only=True):
    """All that follows from facts and rules. Nothing in it is a person's name."""

    entries: tuple[Entry, ...]
    open_items: tuple[OpenItem, ...]
    charged: Mapping[FactKey, Charged]
    uncharged: Mapping[FactKey, WhyUncharged]
    judged: Mapping[FactKey, Judged]
    claims: ClaimMatches
    payments: Mapping[FactKey, PaymentMatch]
    bank: BankMatches
    held: tuple[HeldAdjustment, ...]
    unplaced: tuple[Unplaced, ...]
    taken: tuple[Taken, ...]
    credits: tuple[ClientCreditLeft, ...]
    waiting_for_approval: tuple[Resolution, ...]
    client_codes: Mapping[str, str]
    session_revenue: Mapping[FactKey, Account]
    """The income account of each session that was charged."""
    session_clients: Mapping[FactKey, str]
    """Whose session each charged one is."""


def keep_books(
    facts: Facts,
    rules: Rules,
    today: dt.date,
    *,
    judged: Mapping[FactKey, Judged] | None = None,
    bank: BankMatches | None = None,
    late: Mapping[FactKey, FactKey] | None = None,
) -> Books:
    """Keep the books of one practice as of a day. Pure: the same facts, rules and day give the same books.

    Where the facts are an excerpt of a practice, `judged`, `bank` and `late` are what was found over all of it.
    """
    if judged is None:
        judged = judge_remittances(facts, rules)
    accepted = [facts.remittances[key] for key in in_order(facts, judged, Standing.ACCEPTED)]
    held = [facts.remittances[key] for key in in_order(facts, judged, Standing.HELD)]
    claims = match_claim_payments(facts, accepted)
    payments = match_client_payments(facts)
    by_card = paid_by_card(facts)
    if bank is None:
        bank = match_bank_deposits(facts, rules, [one for one in [*accepted, *held] if one.key not in by_card])
    if late is None:
        late = money_known_late(facts, rules, bank)
    charges = charge_sessions(facts, rules)

    running = Running()
    remittance_books = RemittanceBooks(
        facts=facts,
        rules=rules,
        matches=claims,
        charged=charges.charged,
        running=running,
        cash_from=late,
        by_card=by_card,
    )
    resolution_books = ResolutionBooks(facts=facts, rules=rules, charged=charges.charged, running=running)
    payment_books = PaymentBooks(
        facts=facts, rules=rules, matches=payments, running=running, bad_debt=resolution_books.bad_debt
    )

    books = _RunningBooks(running, remittance_books, resolution_books, payment_books)
    events: list[tuple[dt.date, int, str, _Event]] = [(one.date, 0, one.key, one) for one in charges.entries]
    for remittance in accepted:
        day = known_on(facts, remittance.key) if remittance.key in late else _payment_day(facts, remittance.key)
        events.append((day, 1, remittance.key, remittance))
    events.extend((day, 2, f"{one.at.isoformat()} {one.key}", one) for day, one in posting(facts))
    events.extend((one.date, 3, one.key, one) for one in facts.client_payments.values())
    events.extend((one.date, 4, one.key, one) for one in facts.refunds.values())
    events.extend((one.date, 4, one.key, one) for one in facts.disputes.values())
    events.sort(key=lambda event: event[:3])
    for day, _, _, event in events:
        books.write(event, day)

    deposits = DepositBooks(
        facts=facts,
        rules=rules,
        judged=judged,
        claims=claims,
        payments=payments,
        clearing=remittance_books.clearing,
        running=running,
    )
    _bank_lines(deposits, facts=facts, judged=judged, bank=bank, late=late, today=today)
    _off_the_bank(deposits, facts=facts, judged=judged, bank=bank, by_card=by_card)
    if rules.practice.month_end_allowance:
        running.entries.extend(allowances(running.entries, facts, charges.charged, rules, today))
    order = {kind: place for place, kind in enumerate(EntryKind)}
    standing = keep_closed(running.entries, facts.closed_periods.values())
    entries = tuple(sorted(standing, key=lambda one: (one.date, order[one.kind], one.key)))
    return Books(
        entries=entries,
        open_items=open_items(entries, facts.sessions),
        charged=charges.charged,
        uncharged=charges.uncharged,
        judged=judged,
        claims=claims,
        payments=payments,
        bank=bank,
        held=tuple(remittance_books.treatments.held),
        unplaced=tuple(remittance_books.unplaced),
        taken=tuple(remittance_books.taken),
        credits=tuple(
            ClientCreditLeft(one.payment, one.item, one.client, one.left, one.since)
            for credits_of_client in running.credits.values()
            for one in credits_of_client
            if one.left
        ),
        waiting_for_approval=tuple(resolution_books.waiting),
        client_codes={one.client: one.code for one in facts.client_codes.values()},
        session_revenue={
            **(signed_revenue(standing) if facts.closed_periods else {}),
            **{key: charge.revenue for key, charge in charges.charged.items()},
        },
        session_clients={
            **signed_clients(facts.closed_periods.values()),
            **{key: facts.sessions[key].client for key in charges.charged},
        },
    )


class _RunningBooks(NamedTuple):
    """The books of the different kinds of events, over the same running balances."""

    running: Running
    remittances: RemittanceBooks
    resolutions: ResolutionBooks
    payments: PaymentBooks

    def write(self, event: _Event, day: dt.date) -> None:
        """One event; where a client comes to owe by it, the client's credits are used."""
        owed: list[tuple[str, FactKey]] = []
        if isinstance(event, Entry):
            self.running.write(event)
            receivable = event.lines[0]
            assert receivable.item is not None
            self.running.charges[receivable.item] = event
            if receivable.account is Account.AR_CLIENT:
                owed = [(receivable.party or "", receivable.item)]
        elif isinstance(event, Remittance):
            owed = self.remittances.write(event, day)
        elif isinstance(event, Resolution):
            owed = self.resolutions.write(event, day)
        elif isinstance(event, ClientPayment):
            self.payments.pay(event)
        elif isinstance(event, Refund):
            self.payments.refund(event)
        else:
            self.payments.dispute(event)
        for client, session in owed:
            self.payments.use_credits(client, session, day)


def _bank_lines(
    deposits: DepositBooks,
    *,
    facts: Facts,
    judged: Mapping[FactKey, Judged],
    bank: BankMatches,
    late: Mapping[FactKey, FactKey],
    today: dt.date,
) -> None:
    """Every line of the bank, after all that it may clear. Several that are one payment are told with their first."""
    for line in facts.bank_deposits.values():
        match = bank.matched.get(line.key)
        if match is None:
            deposits.unexplained(line, today)
            continue
        is_late = match.parts[0] in late
        if is_late:
            deposits.to_suspense(line)
        lines = [facts.bank_deposits[key] for key in bank.banked[match.parts[0]]]
        if line is not lines[0]:
            continue
        if is_late:
            accepted = [part for part in match.parts if judged[part].standing is Standing.ACCEPTED]
            for part in accepted:
                deposits.rest(facts.remittances[part], Account.SUSPENSE, line.key, known_on(facts, part))
            if accepted and len(lines) > 1:
                deposits.gathered(lines, accepted[0], known_on(facts, accepted[0]))
        elif len(lines) > 1:
            deposits.in_several_lines(match.parts[0], lines, match.rule)
        else:
            deposits.matched(line, match.parts, match.rule)


def _off_the_bank(
    deposits: DepositBooks,
    *,
    facts: Facts,
    judged: Mapping[FactKey, Judged],
    bank: BankMatches,
    by_card: Mapping[FactKey, Account],
) -> None:
    """What remittances and payouts tell that no line of the bank brings."""
    for payout in facts.payouts.values():
        deposits.payout_fees(payout)
    for key, one in judged.items():
        remittance = facts.remittances[key]
        if one.standing is Standing.ACCEPTED and key in by_card:
            deposits.rest(remittance, by_card[key], key, _payment_day(facts, key))
        elif one.standing is Standing.ACCEPTED and remittance.amount_paid == 0:
            deposits.without_money(remittance, _payment_day(facts, key))
        elif one.standing is Standing.HELD and remittance.amount_paid and key not in bank.banked:
            account = by_card.get(key, Account.PAYER_CLEARING)
            deposits.hold(remittance, _payment_day(facts, key), one.why, account)


def _payment_day(facts: Facts, remittance: FactKey) -> dt.date:
    told = facts.remittances[remittance]
    return told.payment_date or told.production_date or facts.as_of[remittance]


def in_order(facts: Facts, judged: Mapping[FactKey, Judged], standing: Standing) -> list[FactKey]:
    """Keys of the remittances of one standing, by their days: a reversal must come after what it takes back."""
    keys = [key for key, one in judged.items() if one.standing is standing]
    return sorted(keys, key=lambda key: (_payment_day(facts, key), key))
