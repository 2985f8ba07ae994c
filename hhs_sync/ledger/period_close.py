"""Closed periods stand: their entries are read from the journal that was signed, not computed again.

What facts now say otherwise about closed days is told in the first open one, marked with the month it corrects:

    not in the signed journal       the entry itself, dated the first open day
    in it, and no longer true       its opposite, dated the first open day
    in it, and different now        its opposite and the entry anew, dated the first open day
    ... a bank line as before       only what it was for: the bank was reconciled, and is not told of twice

So a late remittance posts as any other, only later, and nothing that was signed ever changes. Closes are applied one
after the other, oldest first; a document that reopens a period makes its close as if it had never been.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.ledger.entry import Entry, EntryKey, EntryKind, Line
from hhs_sync.mapping.accounts import INCOME_AND_EXPENSE, Account

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from hhs_sync.facts.resolution import ClosedPeriod
    from hhs_sync.money import Money

AGAIN = "again:"
"""How the key of an entry begins that was signed and is told anew; what it had told at first stands."""
_OF_A_CLOSE = (AGAIN, "opposite:", "correction:")


class _Item(Struct):
    item: FactKey | None = None


class _Told(Struct):
    """What is read of an entry where it is only asked what it is about."""

    key: EntryKey
    kind: EntryKind
    lines: tuple[_Item, ...]


_OF_MANY = frozenset(
    {
        EntryKind.REMITTANCE_DEPOSIT, EntryKind.BANK_SUSPENSE, EntryKind.CLIENT_DEPOSIT, EntryKind.PAYOUT,
        EntryKind.SUSPENSE_IDENTIFIED, EntryKind.BANK_CORRECTION, EntryKind.ALLOWANCE,
    }
)  # fmt: skip
_told = msgspec.json.Decoder(_Told)
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Entry)


def keep_closed(entries: list[Entry], closes: Iterable[ClosedPeriod]) -> list[Entry]:
    """The entries with every closed period as it was signed. `closes` may come in any order, reopenings among them."""
    signed: list[Entry] = []
    since = dt.date.min
    for close in standing_closes(closes):
        stands = read_journal(close.journal)
        inside = [entry for entry in entries if entry.date <= close.through]
        first_open_day = close.through + dt.timedelta(days=1)
        outside = [entry for entry in entries if entry.date > close.through]
        entries = [*_renamed(stands, outside, first_open_day), *_corrections(stands, inside, first_open_day)]
        signed.extend(stands)
        assert all(since <= entry.date <= close.through for entry in stands), "a signed entry lies outside its period"
        since = first_open_day
    return [*signed, *entries]


def standing_closes(closes: Iterable[ClosedPeriod]) -> list[ClosedPeriod]:
    """The closes that were not reopened, oldest period first. Reopening a period reopens all that follow it."""
    standing: dict[dt.date, ClosedPeriod] = {}
    for close in sorted(closes, key=lambda one: (one.at, one.key)):
        if close.reopened:
            standing = {through: one for through, one in standing.items() if through < close.through}
        else:
            standing[close.through] = close
    return [standing[through] for through in sorted(standing)]


def closed_through(closes: Iterable[ClosedPeriod]) -> dt.date | None:
    """The last closed day, if any day is closed."""
    standing = standing_closes(closes)
    return standing[-1].through if standing else None


def write_journal(entries: Iterable[Entry]) -> str:
    """Entries as signed at a close: one JSON object a line, in the order given."""
    return "\n".join(_encoder.encode(entry).decode() for entry in entries)


def read_journal(text: str) -> list[Entry]:
    """The entries that `write_journal` wrote. Raises msgspec.ValidationError when the text is no journal."""
    return [_decoder.decode(line) for line in text.splitlines() if line]


def signed_of(
    closes: Mapping[FactKey, ClosedPeriod], keys: AbstractSet[EntryKey], sessions: AbstractSet[FactKey]
) -> dict[FactKey, ClosedPeriod]:
    """The closes with what they sign of these entries (and of what a close made of them), and about these sessions.

    Lines of the bank are about many sessions: they count by their keys alone.
    """

    def is_wanted(told: _Told) -> bool:
        return _first_key(told.key) in keys or (
            told.kind not in _OF_MANY and any(line.item in sessions for line in told.lines)
        )

    return {
        name: msgspec.structs.replace(
            close,
            journal="\n".join(
                [line for line in close.journal.splitlines() if line and is_wanted(_told.decode(line))]
            ),
        )
        for name, close in closes.items()
    }  # fmt: skip


def _first_key(key: EntryKey) -> EntryKey:
    """The key of the entry that one of a close began with: "opposite:2025-12-01:charge:..." is about "charge:..."."""
    while key.startswith(_OF_A_CLOSE):
        key = key.split(":", 2)[2]
    return key


def clients_of(entries: Iterable[Entry], session_clients: Mapping[FactKey, str]) -> dict[FactKey, str]:
    """Whose each session is that entries name: signed with them, for a session may be gone later."""
    named = {line.item for entry in entries for line in entry.lines if line.item is not None}
    return {session: session_clients[session] for session in sorted(named & session_clients.keys())}


def signed_clients(closes: Iterable[ClosedPeriod]) -> dict[FactKey, str]:
    """Whose the sessions of all closed periods are."""
    return {session: client for close in standing_closes(closes) for session, client in close.clients.items()}


def signed_revenue(entries: Iterable[Entry]) -> dict[FactKey, Account]:
    """The income account of every session that is charged in entries."""
    return {
        line.item: line.account
        for entry in entries
        if entry.kind is EntryKind.CHARGE
        for line in entry.lines
        if line.item is not None and line.amount < 0 and line.account in INCOME_AND_EXPENSE
    }


def journal_digest(journal: str) -> str:
    """What is signed: the sha256 of the journal's text."""
    return hashlib.sha256(journal.encode()).hexdigest()


def _corrections(stands: list[Entry], computed: list[Entry], day: dt.date) -> Iterable[Entry]:
    """What must be told on the first open day for the books to be what facts now say."""
    signed = {entry.key: entry for entry in stands}
    now = {entry.key: entry for entry in computed}
    told_apart: set[str] = set()
    for key, entry in signed.items():
        if key in now and _same_bank_line(now[key], entry):
            told_apart.add(key)
            if correction := _bank_correction(entry, now[key], day):
                yield correction
        elif key not in now or not _same(now[key], entry):
            yield _opposite(entry, day)
    for key, entry in now.items():
        if key not in signed:
            yield msgspec.structs.replace(entry, date=day, corrects=entry.corrects or _month(entry.date))
        elif key not in told_apart and not _same(entry, signed[key]):
            yield msgspec.structs.replace(
                entry, key=f"{AGAIN}{day}:{key}", date=day, corrects=entry.corrects or _month(entry.date)
            )


def _renamed(stands: list[Entry], open_entries: list[Entry], day: dt.date) -> Iterable[Entry]:
    """Open entries; one whose key is signed already (its day moved out of the closed period) goes by another."""
    signed = {entry.key for entry in stands}
    for entry in open_entries:
        again = entry.key in signed
        yield msgspec.structs.replace(entry, key=f"{AGAIN}{day}:{entry.key}") if again else entry


def _opposite(entry: Entry, day: dt.date) -> Entry:
    return Entry(
        key=f"opposite:{day}:{entry.key}",
        date=day,
        kind=EntryKind.CORRECTION,
        lines=tuple(Line(one.account, -one.amount, one.party, one.item, one.clinician) for one in entry.lines),
        because=f"no longer as signed: {entry.because}",
        evidence=entry.evidence,
        held=entry.held,
        corrects=_month(entry.date),
    )


def _same_bank_line(one: Entry, other: Entry) -> bool:
    """True when two entries tell the same money at the bank, whatever it was for. A payment of 0.00 never got there."""
    amount = one.amount_on(Account.BANK)
    return amount != 0 and amount == other.amount_on(Account.BANK) and one.held == other.held


def _bank_correction(signed: Entry, now: Entry, day: dt.date) -> Entry | None:
    """What a bank line was for, told otherwise; the bank itself is left out. None when it is all as signed."""
    sums: dict[Line, Money] = {}
    for sign, entry in ((-1, signed), (1, now)):
        for one in entry.lines:
            if one.account is not Account.BANK:
                place = msgspec.structs.replace(one, amount=0)
                sums[place] = sums.get(place, 0) + sign * one.amount
    lines = tuple(msgspec.structs.replace(place, amount=amount) for place, amount in sums.items() if amount)
    if not lines:
        return None
    return Entry(
        key=f"correction:{day}:{signed.key}",
        date=day,
        kind=EntryKind.BANK_CORRECTION,
        lines=lines,
        because=f"no longer as signed: {signed.because}",
        evidence=now.evidence,
        corrects=_month(signed.date),
    )


def _same(one: Entry, other: Entry) -> bool:
    """True when two entries say the same to the books; why and whence may have changed."""
    return (one.date, one.lines, one.held) == (other.date, other.lines, other.held)


def _month(day: dt.date) -> str:
    return f"{day:%Y-%m}"
