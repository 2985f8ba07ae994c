"""The books cut into chapters that a page can read alone: a month of entries, a client, the remittances.

A page never computes: it reads one chapter, or a few (their names and shapes are in `chapter.py`). Entries stand in the
chapter of their month, sessions in that of their service date, clients in that of the first two letters of their code,
so that a chapter of a large practice stays small and one that has not changed is not written again. They are made one
after the other, so that those of a large practice are never in memory together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

import msgspec

from hhs_sync.ledger.entry import EntryKey
from hhs_sync.mapping.accounts import Account
from hhs_sync.review.chapter import (
    ACCOUNTS,
    OPEN_ITEMS,
    REMITTANCES,
    AccountFigure,
    Accounts,
    Booked,
    BookedLine,
    ClientMoney,
    ClientSession,
    ClientStory,
    Month,
    OpenLine,
    Part,
    RemittanceLine,
    SessionStory,
    TiedFigure,
    clients_of,
    entries_of,
    month_of,
    sessions_of,
)
from hhs_sync.review.trail import session_trails

if TYPE_CHECKING:
    from hhs_sync.facts.document import FactKey
    from hhs_sync.findings.situation import Situation
    from hhs_sync.ledger.entry import Entry
    from hhs_sync.money import Money
    from hhs_sync.plan.tie_out import AccountTie, TieOut
    from hhs_sync.receivables.open_items import OpenItem

NO_CODE = "–"
_OF_CLIENTS = frozenset({Account.AR_CLIENT, Account.CLIENT_CREDIT})

Value = TypeVar("Value")


def chapters(at: Situation, tied: TieOut) -> Iterator[tuple[str, bytes]]:
    """Every chapter of the books by its name, as JSON."""
    sums: dict[Account, list[Month]] = defaultdict(list)
    months: dict[FactKey, list[str]] = {}
    documents = documents_by_entry(at)
    for month, group in groupby(at.books.entries, lambda one: month_of(one.date)):
        entries = list(group)
        for account, figure in entries_moved(entries, month).items():
            sums[account].append(figure)
        note_months(entries, month, months)
        yield entries_of(month), _encode(booked(at, entries, documents))
    del documents
    yield (
        ACCOUNTS,
        _encode(
            Accounts(
                sub_ledger=tuple(account_figure(at, one, sums[one]) for one in Account if one in sums),
                quickbooks=tied_figures(at, tied),
            )
        ),
    )
    yield from _stories(at, months)
    for name, clients in _grouped(client_stories(at), lambda one: clients_of(one[0])):
        yield name, _encode(dict(clients))
    yield OPEN_ITEMS, _encode([open_line(at, one) for one in at.books.open_items])
    yield REMITTANCES, _encode(remittance_lines(at))


_encode = msgspec.json.Encoder().encode


def _grouped(values: Iterable[Value], name_of: Callable[[Value], str]) -> Iterator[tuple[str, list[Value]]]:
    found: dict[str, list[Value]] = defaultdict(list)
    for one in values:
        found[name_of(one)].append(one)
    yield from found.items()


def _code(at: Situation, client: str | None) -> str:
    return at.books.client_codes.get(client, NO_CODE) if client else ""


# ---------------------------------------------------------------------- entries


def documents_by_entry(at: Situation) -> dict[EntryKey, list[EntryKey]]:
    """The documents of QuickBooks that tell each entry."""
    found: dict[EntryKey, list[EntryKey]] = defaultdict(list)
    for one in at.desired.entries:
        for key in one.renders:
            found[key].append(one.key)
    return found


def booked(at: Situation, entries: Iterable[Entry], documents: Mapping[EntryKey, Sequence[EntryKey]]) -> list[Booked]:
    """The entries, in the order of the books, with clients by their codes."""
    codes = at.books.client_codes
    found = []
    for entry in entries:
        lines = []
        for line in entry.lines:
            party = line.party or ""
            if party in codes:
                party = codes[party]
            elif party and line.account in _OF_CLIENTS:
                party = NO_CODE
            lines.append(BookedLine(line.account._value_, line.amount, party, line.item or ""))
        found.append(
            Booked(
                entry.key,
                entry.date,
                entry.kind._value_,
                entry.because,
                tuple(lines),
                tuple([(one.fact, one.place) for one in entry.evidence]),
                tuple(documents.get(entry.key, ())),
                entry.held,
            )
        )
    return found


def entries_moved(entries: Iterable[Entry], month: str) -> dict[Account, Month]:
    """What a month brought to each account."""
    sums: dict[Account, list[Money]] = {}
    for entry in entries:
        for line in entry.lines:
            counted = sums.get(line.account)
            if counted is None:
                counted = sums[line.account] = [0, 0, 0]
            counted[0] += 1
            if line.amount > 0:
                counted[1] += line.amount
            else:
                counted[2] -= line.amount
    return {account: Month(month, *counted) for account, counted in sums.items()}


def account_figure(at: Situation, account: Account, months: Sequence[Month]) -> AccountFigure:
    """One account with the months that make it up."""
    mapped = at.rules.account(account)
    return AccountFigure(
        account=account.value,
        number=mapped.number if mapped else "",
        name=mapped.name if mapped else account.value.rpartition(":")[2],
        balance=sum(one.debit - one.credit for one in months),
        months=tuple(months),
    )


# ---------------------------------------------------------------------- sessions and clients


def note_months(entries: Iterable[Entry], month: str, months: dict[FactKey, list[str]]) -> None:
    """Add a month to those in which entries concern each session; months come in their order."""
    for entry in entries:
        for line in entry.lines:
            if line.item:
                known = months.get(line.item)
                if known is None:
                    months[line.item] = [month]
                elif known[-1] != month:
                    known.append(month)


def _stories(at: Situation, months: Mapping[FactKey, Sequence[str]]) -> Iterator[tuple[str, bytes]]:
    """The sessions of each month of service, with the way of their money."""
    sessions = at.facts.sessions
    by_month = sorted(sessions, key=lambda key: month_of(sessions[key].date))
    trails = session_trails(at, by_month)
    for name, told in groupby(trails, lambda one: sessions_of(sessions[one[0]].date)):
        stories = {
            key: SessionStory(
                code=_code(at, sessions[key].client),
                trail=trail,
                months=tuple(months.get(key, ())),
            )
            for key, trail in told
        }
        yield name, _encode(stories)


def client_stories(at: Situation) -> Iterator[tuple[str, ClientStory]]:
    """Every client with a code, with all sessions and payments, the latest first."""
    sessions: dict[str, list[ClientSession]] = defaultdict(list)
    money: dict[str, list[ClientMoney]] = defaultdict(list)
    by_payers: dict[FactKey, Money] = defaultdict(int)
    for (session, _), item in at.open_by_payer.items():
        by_payers[session] += item.amount
    for key, one in at.facts.sessions.items():
        owed = at.open_by_client.get(key)
        charged = at.books.charged.get(key)
        clinician = at.rules.clinician(one.clinician)
        sessions[one.client].append(
            ClientSession(
                key=key,
                date=one.date,
                clinician=clinician.class_name if clinician else "",
                payer=charged.payer.name if charged and charged.payer else "",
                fee=one.fee,
                state=one.state.value if charged else f"{one.state.value}, not charged",
                open_payers=by_payers.get(key, 0),
                open_client=owed.amount if owed else 0,
            )
        )
    for key, match in at.books.payments.items():
        payment = at.facts.client_payments.get(key)
        if payment is not None and match.client:
            what = f"paid by {payment.method.value}"
            money[match.client].append(ClientMoney(key=key, date=payment.date, what=what, amount=payment.amount))
    for refund in at.facts.refunds.values():
        if refund.client:
            given = ClientMoney(key=refund.key, date=refund.date, what="given back", amount=-refund.amount)
            money[refund.client].append(given)
    for client, code in at.books.client_codes.items():
        if client in sessions or client in money:
            yield (
                code,
                ClientStory(
                    client=client,
                    sessions=tuple(sorted(sessions[client], key=lambda one: (one.date, one.key), reverse=True)),
                    money=tuple(sorted(money[client], key=lambda one: (one.date, one.key), reverse=True)),
                ),
            )


# ---------------------------------------------------------------------- the rest


def tied_figures(at: Situation, tied: TieOut) -> tuple[TiedFigure, ...]:
    """The accounts of QuickBooks beside the sub-ledger."""
    accounts: dict[str, list[str]] = defaultdict(list)
    for account in Account:
        mapped = at.rules.account(account)
        accounts[mapped.number if mapped else account.value].append(account.value)
    return tuple(_tied(one, accounts[one.number]) for one in tied.accounts)


def _tied(one: AccountTie, accounts: Sequence[str]) -> TiedFigure:
    return TiedFigure(
        number=one.number,
        name=one.name,
        sub_ledger=one.sub_ledger,
        held=one.held,
        ours=one.ours,
        others=one.others,
        waiting=one.waiting,
        accounts=tuple(accounts),
        apart=tuple(Part(item.about, item.amount, item.says) for item in one.items),
        others_entries=tuple(Part(item.about, item.amount, item.says) for item in one.others_entries),
    )


def open_line(at: Situation, one: OpenItem) -> OpenLine:
    """One open item as a page shows it."""
    is_client = one.account is Account.AR_CLIENT
    party = _code(at, one.party) if is_client else one.party
    name = party if is_client else at.payer_name(one.party)
    code = _code(at, at.facts.sessions[one.session].client)
    return OpenLine(one.session, is_client, party, name, one.amount, one.service_date, one.since, code)


def remittance_lines(at: Situation) -> list[RemittanceLine]:
    """Every remittance, the newest first."""
    return sorted(_remittances(at), key=_newest_first)


def _remittances(at: Situation) -> Iterator[RemittanceLine]:
    for key, judged in at.books.judged.items():
        one = at.facts.remittances[key]
        bank = at.books.bank.banked.get(key, ())
        yield RemittanceLine(
            key=key,
            payer=at.sender(one),
            trace=one.eft_trace,
            date=one.payment_date,
            known_on=at.remittance_known_on(key),
            amount=one.amount_paid,
            claims=len(one.claim_payments),
            state=judged.standing.value,
            why=judged.why,
            bank=bank,
            banked_on=at.facts.bank_deposits[bank[-1]].date if bank else None,
        )


def _newest_first(one: RemittanceLine) -> tuple[int, str]:
    return (-(one.date or one.known_on).toordinal(), one.key)
