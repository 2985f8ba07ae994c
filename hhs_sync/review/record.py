"""What is kept of a review: everything that pages and reports show, and nothing that they need not.

A record is small beside the books, serialises to JSON and back, and may be dropped at any time: the next look makes it
anew. Only what no fact tells is carried over from the record before: since when a question about QuickBooks has been
asked, what has gone away since, and when everything last tied.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from hhs_sync.facts.document import FactKey, Source
from hhs_sync.findings.finding import Finding
from hhs_sync.findings.situation import Control
from hhs_sync.money import Money
from hhs_sync.plan.statement import Month

VERSION = 2
"""Changes whenever an older record could not be read any more."""

IN_QUICKBOOKS = " in QuickBooks"
"""How the names of controls end that set one account of QuickBooks beside the sub-ledger."""


class Balance(Struct, frozen=True, gc=False):
    """What an account of the sub-ledger comes to, in cents, debit positive; number and name as in QuickBooks."""

    account: str
    number: str
    name: str
    amount: Money


class AgedParty(Struct, frozen=True, kw_only=True, gc=False):
    """What one payer (by id) or client (by id: show the code) owes, by age. `buckets` follow `receivables.aging`."""

    is_client: bool
    party: str
    name: str
    total: Money
    buckets: tuple[Money, ...]


class BankLine(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One bank line and what it is. The bank's own text stays out: it may name a person.

    `what` is in plain words; `parts` are the remittances, payouts or payments in it; `rule` says how it was told.
    `beside` are the other bank lines that together with this one are its one part.
    """

    key: FactKey
    account: str
    date: dt.date
    amount: Money
    what: str
    sender: str = ""
    rule: str = ""
    parts: tuple[FactKey, ...] = ()
    beside: tuple[FactKey, ...] = ()
    explained: bool = True


class InTransit(Struct, frozen=True, kw_only=True, gc=False):
    """Money that was told and is not at the bank yet. `expected` is the day on which it becomes a question."""

    key: FactKey
    what: str
    sender: str
    date: dt.date
    amount: Money
    expected: dt.date


class TiedAccount(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One QuickBooks account beside the sub-ledger: ours there should be what we hold here; the rest is others'."""

    number: str
    name: str
    sub_ledger: Money
    quickbooks: Money
    difference: Money
    others: Money = 0
    waiting: Money = 0


class Cleared(Struct, frozen=True, kw_only=True, gc=False):
    """A question that is gone: by a rule, because its facts changed, or by a person's decision."""

    key: str
    code: str
    title: str
    says: str
    amount: Money
    closed_on: dt.date
    closed_by: str
    payer: str | None = None
    client: str | None = None
    finding: Finding | None = None
    """The question as it stood last, for whoever asks it again."""


class Summary(Struct, frozen=True, kw_only=True, gc=False):
    """A few figures for the top of a page: counts, cents, and how far each kind of data reaches."""

    sessions: int = 0
    charged: Money = 0
    remittances: int = 0
    remitted: Money = 0
    client_payments: int = 0
    collected: Money = 0
    bank_lines: int = 0
    entries: int = 0
    changes: int = 0
    last_session: dt.date | None = None
    last_remittance: dt.date | None = None
    last_bank_line: dt.date | None = None
    next_remittance: dt.date | None = None
    next_payer: str = ""


class Record(Struct, frozen=True, kw_only=True):
    """One review as it is kept. Client ids stand only in findings, aging and `client_codes`, which has their codes."""

    practice: str
    name: str
    policy: str
    as_of: dt.date
    version: int = VERSION
    tied: bool = True
    tied_on: dt.date | None = None
    findings: tuple[Finding, ...] = ()
    cleared: tuple[Cleared, ...] = ()
    controls: tuple[Control, ...] = ()
    accounts: tuple[TiedAccount, ...] = ()
    balances: tuple[Balance, ...] = ()
    aging: tuple[AgedParty, ...] = ()
    bank_lines: tuple[BankLine, ...] = ()
    in_transit: tuple[InTransit, ...] = ()
    summary: Summary = Summary()
    payers: Mapping[str, str] = {}
    clinicians: Mapping[str, str] = {}
    client_codes: Mapping[str, str] = {}
    sources: Mapping[FactKey, Source] = {}
    statement: tuple[Month, ...] = ()
    """Accrual against cash by month; worked out only for the report that shows it."""

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """Questions that somebody has to answer, now or later, in the order of the work list."""
        return tuple(one for one in self.findings if one.is_open)

    def code_of(self, client: str | None) -> str:
        """What a client is called on paper: the code, or a dash where none was drawn or none is concerned."""
        return self.client_codes.get(client, "–") if client else ""


def counted_once(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings whose money adds up: one that is about another one's money is left out."""
    keys = {one.key for one in findings}
    return tuple(one for one in findings if one.parent not in keys)


_decoder = msgspec.json.Decoder(Record)


def write_record(record: Record) -> bytes:
    """The record as JSON."""
    return msgspec.json.encode(record)


def read_record(text: bytes | None) -> Record | None:
    """The record that `write_record` wrote; None when there is none, or an older program wrote it."""
    if text is None:
        return None
    try:
        record = _decoder.decode(text)
    except msgspec.MsgspecError:
        return None
    return record if record.version == VERSION else None
