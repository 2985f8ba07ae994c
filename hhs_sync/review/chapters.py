"""The books cut into chapters that a page can read alone: a month of entries, a client, the remittances.

A page never computes: it reads one chapter, or a few. Entries stand in the chapter of their month, sessions in that of
their service date, clients in that of their code's first letter, so that a chapter of a large practice stays small and
one that has not changed is not written again.

    accounts             every figure of the tie-out, and which months make it up
    entries 2025-11      the entries of the sub-ledger
    sessions 2025-11     each session's way to the bank and into QuickBooks, and where its entries stand
    clients K            each client's sessions and payments
    open items           who owes what on which session
    remittances          one line each
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.ledger.entry import EntryKey
from hhs_sync.mapping.accounts import Account
from hhs_sync.money import Money
from hhs_sync.review.trail import Trail, session_trails

if TYPE_CHECKING:
    from hhs_sync.findings.situation import Situation
    from hhs_sync.ledger.entry import Line
    from hhs_sync.plan.tie_out import AccountTie, TieOut
    from hhs_sync.receivables.open_items import OpenItem

ACCOUNTS, OPEN_ITEMS, REMITTANCES = "accounts", "open items", "remittances"
NO_CODE = "–"
_OF_CLIENTS = frozenset({Account.AR_CLIENT, Account.CLIENT_CREDIT})

Chapter = TypeVar("Chapter")


def entries_of(month: str) -> str:
    """The name of the chapter with a month's entries ("2025-11")."""
    return f"entries {month}"


def sessions_of(day: dt.date) -> str:
    """The name of the chapter with the sessions of a day's month."""
    return f"sessions {month_of(day)}"


def clients_of(code: str) -> str:
    """The name of the chapter with a client."""
    return f"clients {code[:1]}"


def month_of(day: dt.date) -> str:
    """The month of a day: "2025-11"."""
    return f"{day:%Y-%m}"


class BookedLine(Struct, frozen=True, gc=False, array_like=True):
    """One account's amount of an entry, debit positive; `party` is a payer's id or a client's code."""

    account: str
    amount: Money
    party: str = ""
    item: FactKey = ""


class Booked(Struct, frozen=True, gc=False, array_like=True):
    """One entry of the sub-ledger; `documents` are those of QuickBooks that tell it, by our keys."""

    key: EntryKey
    date: dt.date
    kind: str
    because: str
    lines: tuple[BookedLine, ...]
    evidence: tuple[tuple[FactKey, str], ...]
    documents: tuple[EntryKey, ...] = ()
    held: bool = False


class Month(Struct, frozen=True, gc=False, array_like=True):
    """What one month brought to an account: entries, and debits and credits in cents."""

    month: str
    entries: int
    debit: Money
    credit: Money


class AccountFigure(Struct, frozen=True, kw_only=True):
    """One account of the sub-ledger, in cents, debits positive, and the months that make it up."""

    account: str
    number: str
    name: str
    balance: Money
    months: tuple[Month, ...]


class Part(Struct, frozen=True, gc=False, array_like=True):
    """One of the things that make up a figure: our key or QuickBooks' id, cents, and words."""

    about: str
    amount: Money
    says: str = ""


class TiedFigure(Struct, frozen=True, kw_only=True):
    """One account of QuickBooks beside the sub-ledger; `accounts` are those of the sub-ledger that it holds."""

    number: str
    name: str
    sub_ledger: Money
    held: Money
    ours: Money
    others: Money
    waiting: Money
    accounts: tuple[str, ...]
    apart: tuple[Part, ...] = ()
    others_entries: tuple[Part, ...] = ()

    @property
    def difference(self) -> Money:
        """What QuickBooks lacks of what the sub-ledger says."""
        return self.sub_ledger - self.ours


class Accounts(Struct, frozen=True, kw_only=True):
    """Every figure of the tie-out."""

    sub_ledger: tuple[AccountFigure, ...] = ()
    quickbooks: tuple[TiedFigure, ...] = ()


class RemittanceLine(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One remittance: what it says, what became of it, and the bank line that its money came in."""

    key: FactKey
    payer: str
    trace: str
    date: dt.date | None
    known_on: dt.date
    amount: Money
    claims: int
    state: str
    why: str = ""
    bank: FactKey = ""
    banked_on: dt.date | None = None


class SessionStory(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A session: whose it is, the way of its money, and the months in which entries concern it."""

    code: str
    trail: Trail
    months: tuple[str, ...] = ()


class ClientSession(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One session of a client, with what payers and the client still owe on it, in cents."""

    key: FactKey
    date: dt.date
    clinician: str
    payer: str
    fee: Money
    state: str
    open_payers: Money = 0
    open_client: Money = 0


class ClientMoney(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Money from a client (positive) or back to the client (negative), in cents."""

    key: FactKey
    date: dt.date
    what: str
    amount: Money


class ClientStory(Struct, frozen=True, kw_only=True, gc=False):
    """All that the books know of a client; `client` is the practice's own id."""

    client: str
    sessions: tuple[ClientSession, ...]
    money: tuple[ClientMoney, ...]


class OpenLine(Struct, frozen=True, gc=False, array_like=True):
    """What a party still owes on a session, in cents; `party` is a payer's id or a client's code."""

    session: FactKey
    is_client: bool
    party: str
    name: str
    amount: Money
    service_date: dt.date
    since: dt.date
    code: str


def chapters(at: Situation, tied: TieOut) -> Iterator[tuple[str, bytes]]:
    """Every chapter of the books by its name, as JSON."""
    booked = list(_booked(at))
    yield ACCOUNTS, _encode(Accounts(sub_ledger=_sub_ledger(at, booked), quickbooks=_quickbooks(at, tied)))
    for month, entries in _grouped(booked, lambda one: month_of(one.date)):
        yield entries_of(month), _encode(entries)
    months: dict[FactKey, dict[str, None]] = defaultdict(dict)
    for one in booked:
        for line in one.lines:
            if line.item:
                months[line.item][month_of(one.date)] = None
    stories = [
        (key, SessionStory(code=_code(at, at.facts.sessions[key].client), trail=trail, months=tuple(months[key])))
        for key, trail in session_trails(at).items()
    ]
    for name, told in _grouped(stories, lambda one: sessions_of(at.facts.sessions[one[0]].date)):
        yield name, _encode(dict(told))
    for name, clients in _grouped(_clients(at), lambda one: clients_of(one[0])):
        yield name, _encode(dict(clients))
    yield OPEN_ITEMS, _encode([_open_line(at, one) for one in at.books.open_items])
    yield REMITTANCES, _encode(sorted(_remittances(at), key=_newest_first))


def read_chapter(body: bytes | None, kind: type[Chapter]) -> Chapter | None:
    """A chapter as `chapters` wrote it; None when there is none, or an older program wrote it otherwise."""
    if body is None:
        return None
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError:
        return None


_encode = msgspec.json.Encoder().encode


def _grouped(values: Iterable[Chapter], name_of: Callable[[Chapter], str]) -> Iterator[tuple[str, list[Chapter]]]:
    found: dict[str, list[Chapter]] = defaultdict(list)
    for one in values:
        found[name_of(one)].append(one)
    yield from found.items()


def _code(at: Situation, client: str | None) -> str:
    return at.books.client_codes.get(client, NO_CODE) if client else ""


def _booked(at: Situation) -> Iterator[Booked]:
    """The entries, in the order of the books, with clients by their codes."""
    documents: dict[EntryKey, list[EntryKey]] = defaultdict(list)
    for one in at.desired.entries:
        for key in one.renders:
            documents[key].append(one.key)
    for entry in at.books.entries:
        yield Booked(
            key=entry.key,
            date=entry.date,
            kind=entry.kind.value,
            because=entry.because,
            lines=tuple(
                BookedLine(
                    line.account.value,
                    line.amount,
                    _party(at, line),
                    line.item or "",
                )
                for line in entry.lines
            ),
            evidence=tuple((one.fact, one.place) for one in entry.evidence),
            documents=tuple(documents.get(entry.key, ())),
            held=entry.held,
        )


def _party(at: Situation, line: Line) -> str:
    if line.party in at.books.client_codes or line.account in _OF_CLIENTS:
        return _code(at, line.party)
    return line.party or ""


def _sub_ledger(at: Situation, booked: Iterable[Booked]) -> tuple[AccountFigure, ...]:
    sums: dict[str, dict[str, list[Money]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for one in booked:
        month = month_of(one.date)
        for line in one.lines:
            counted = sums[line.account][month]
            counted[0] += 1
            counted[1 if line.amount > 0 else 2] += abs(line.amount)
    found = []
    for account in Account:
        if account.value in sums:
            mapped = at.rules.account(account)
            months = tuple(Month(name, *counted) for name, counted in sorted(sums[account.value].items()))
            found.append(
                AccountFigure(
                    account=account.value,
                    number=mapped.number if mapped else "",
                    name=mapped.name if mapped else account.value.rpartition(":")[2],
                    balance=sum(one.debit - one.credit for one in months),
                    months=months,
                )
            )
    return tuple(found)


def _quickbooks(at: Situation, tied: TieOut) -> tuple[TiedFigure, ...]:
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


def _clients(at: Situation) -> Iterator[tuple[str, ClientStory]]:
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


def _open_line(at: Situation, one: OpenItem) -> OpenLine:
    is_client = one.account is Account.AR_CLIENT
    party = _code(at, one.party) if is_client else one.party
    name = party if is_client else at.payer_name(one.party)
    code = _code(at, at.facts.sessions[one.session].client)
    return OpenLine(one.session, is_client, party, name, one.amount, one.service_date, one.since, code)


def _remittances(at: Situation) -> Iterator[RemittanceLine]:
    lines: Mapping[FactKey, FactKey] = at.books.bank.banked
    for key, judged in at.books.judged.items():
        one = at.facts.remittances[key]
        bank = lines.get(key, "")
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
            banked_on=at.facts.bank_deposits[bank].date if bank in at.facts.bank_deposits else None,
        )


def _newest_first(one: RemittanceLine) -> tuple[int, str]:
    return (-(one.date or one.known_on).toordinal(), one.key)
