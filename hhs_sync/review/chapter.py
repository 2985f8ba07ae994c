"""A chapter of the books, as a page reads it: its name, and the shape of what stands in it.

accounts             every figure of the tie-out, and which months make it up
entries 2025-11      the entries of the sub-ledger
sessions 2025-11     each session's way to the bank and into QuickBooks, and where its entries stand
clients K7           each client's sessions and payments
open items           who owes what on which session
remittances          one line each
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TypeVar

import msgspec
from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.ledger.entry import EntryKey
from hhs_sync.money import Money
from hhs_sync.review.trail import Trail

ACCOUNTS, OPEN_ITEMS, REMITTANCES = "accounts", "open items", "remittances"

Chapter = TypeVar("Chapter")


def entries_of(month: str) -> str:
    """The name of the chapter with a month's entries ("2025-11")."""
    return f"entries {month}"


def sessions_of(day: dt.date) -> str:
    """The name of the chapter with the sessions of a day's month."""
    return f"sessions {month_of(day)}"


def clients_of(code: str) -> str:
    """The name of the chapter with a client."""
    return f"clients {code[:2]}"


@lru_cache(maxsize=8192)
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
    """One remittance: what it says, what became of it, its bank lines and the day of the last."""

    key: FactKey
    payer: str
    trace: str
    date: dt.date | None
    known_on: dt.date
    amount: Money
    claims: int
    state: str
    why: str = ""
    bank: tuple[FactKey, ...] = ()
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


def read_chapter(body: bytes | None, kind: type[Chapter]) -> Chapter | None:
    """A chapter as `chapters` wrote it; None when there is none, or an older program wrote it otherwise."""
    if body is None:
        return None
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError:
        return None
