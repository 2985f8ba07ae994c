"""What QuickBooks is told of at once: one entry of the sub-ledger, or, under `payer-batch`, a batch of them.

Under `coded` every entry is a movement of its own. Under `payer-batch` QuickBooks sees totals: charges per payer and
batch date, what a remittance adjusts and passes on, card payments per processor and batch date. The arithmetic
afterwards is the same, with the customers merged. What a person decides one by one stays apart, and so does money that
goes into a deposit (claims' payments, checks): QuickBooks locks it there, so that a total could never be corrected.

Movements come in order of date; within a day what opens a receivable stands before what closes it. Lines of the bank
come after all else, so that a deposit finds its receipts even where the bank was quicker than the remittance's date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.ledger.entry import Entry, EntryKey, EntryKind, Evidence, Line
from hhs_sync.mapping.accounts import CARD_CLEARING, CLEARING, Account
from hhs_sync.money import Money
from hhs_sync.plan.references import CLIENT_REFUND, batch_date, batch_name


class Movement(Struct, frozen=True, gc=False):
    """One thing to tell. `date` is the one that may leave; `evidence` names what it rests on, the first foremost."""

    key: EntryKey
    date: dt.date
    kind: EntryKind
    lines: tuple[Line, ...]
    evidence: tuple[Evidence, ...]
    memo: str
    renders: tuple[EntryKey, ...]
    held: bool = False


# In this order within a day.
ORDER: tuple[tuple[EntryKind, str], ...] = (
    (EntryKind.CHARGE, ""),
    (EntryKind.CHARGE_CANCELLED, "Charge cancelled"),
    (EntryKind.HELD_REMITTANCE, "Insurance payment to be identified"),
    (EntryKind.UNMATCHED_PAYMENT, "Insurance payment to be identified"),
    (EntryKind.REVERSAL, "Insurance payment taken back"),
    (EntryKind.CLAIM_PAYMENT, "Insurance remittance"),
    (EntryKind.TO_CLIENT, "Insurance balance to client"),
    (EntryKind.RECOVERY, "Recovery of a balance written off"),
    (EntryKind.PREPAYMENT, "Client payment"),
    (EntryKind.CLIENT_PAYMENT, "Client payment"),
    (EntryKind.CREDIT_APPLIED, "Client credit applied"),
    (EntryKind.ADJUSTMENT, "Adjustment"),
    (EntryKind.WRITE_OFF, "Write-off"),
    (EntryKind.CORRECTION, "Correction"),
    (EntryKind.BANK_CORRECTION, "Correction"),
    (EntryKind.REFUND, CLIENT_REFUND),
    (EntryKind.DISPUTE, "Chargeback or returned check"),
    (EntryKind.ALLOWANCE, "Allowance for contractual adjustments"),
    (EntryKind.UNCLAIMED, "Unclaimed client credit"),
    (EntryKind.SUSPENSE_IDENTIFIED, "Deposit identified"),
    (EntryKind.BANK_SUSPENSE, "Deposit to be identified"),
    (EntryKind.REMITTANCE_DEPOSIT, "Insurance deposit"),
    (EntryKind.CLIENT_DEPOSIT, "Client deposit"),
    (EntryKind.PAYOUT, "Card payout"),
)
_RANK = {kind._value_: rank for rank, (kind, _) in enumerate(ORDER)}
_MEMO = {kind._value_: memo for kind, memo in ORDER}

_OF_THE_BANK = frozenset(
    kind._value_
    for kind in (
        EntryKind.BANK_CORRECTION,
        EntryKind.BANK_SUSPENSE,
        EntryKind.REMITTANCE_DEPOSIT,
        EntryKind.CLIENT_DEPOSIT,
        EntryKind.PAYOUT,
    )
)

# Dated as their remittance, the bank, the processor or the end of a month dates them. All else hangs on a session or on
# a client's visit, whose date does not leave: it bears the date of its batch.
OWN_DATE = frozenset(
    kind._value_
    for kind in (
        EntryKind.HELD_REMITTANCE,
        EntryKind.UNMATCHED_PAYMENT,
        EntryKind.REVERSAL,
        EntryKind.CLAIM_PAYMENT,
        EntryKind.REFUND,
        EntryKind.DISPUTE,
        EntryKind.ALLOWANCE,
        EntryKind.SUSPENSE_IDENTIFIED,
        EntryKind.BANK_SUSPENSE,
        EntryKind.REMITTANCE_DEPOSIT,
        EntryKind.CLIENT_DEPOSIT,
        EntryKind.PAYOUT,
    )
)


def movements(entries: Iterable[Entry], *, coded: bool) -> list[Movement]:
    """Everything that QuickBooks is to be told, in the order in which it is told."""
    ordered = sorted(entries, key=_order)
    if coded:
        return [_alone(entry) for entry in ordered]
    batches: dict[EntryKey, list[Entry]] = {}
    for entry in ordered:
        for part in _money_apart(entry) if entry.kind is EntryKind.CLAIM_PAYMENT else (entry,):
            batches.setdefault(_batch(part), []).append(part)
    # Charges stand where their batch begins, so that a payment within the week finds them; the rest where theirs ends.
    placed = sorted(batches.items(), key=lambda one: _order(one[1][0 if one[1][0].kind is EntryKind.CHARGE else -1]))
    return [_alone(members[0]) if key == members[0].key else _together(key, members) for key, members in placed]


def _money_apart(entry: Entry) -> tuple[Entry, ...]:
    """A claim payment as its money, session by session, and what else it does to the same receivables."""
    money: dict[FactKey | None, Money] = {}
    spare: dict[FactKey | None, Money] = {}
    for line in entry.lines:
        if line.account in CLEARING:
            money[line.item] = money.get(line.item, 0) + line.amount
        elif line.account is Account.RECOUPMENT:
            spare[line.item] = spare.get(line.item, 0) - line.amount
    if not money or entry.held or entry.corrects:
        return (entry,)
    paid: list[Line] = []
    rest: list[Line] = []
    for line in entry.lines:
        if line.account in CLEARING or line.account is Account.RECOUPMENT:
            paid.append(line)
        elif line.account is Account.AR_PAYER and line.item in money and line.amount < 0:
            closed = money[line.item] - spare.get(line.item, 0)
            paid.append(msgspec.structs.replace(line, amount=-closed))
            rest.append(msgspec.structs.replace(line, amount=line.amount + closed))
        else:
            rest.append(line)
    if sum([line.amount for line in paid]):  # The money of a session is not told by one line: it stays together.
        return (entry,)
    parts = (tuple([line for line in part if line.amount]) for part in (paid, rest))
    return tuple([msgspec.structs.replace(entry, lines=lines) for lines in parts if lines])


def _order(entry: Entry) -> tuple[bool, dt.date, int]:
    name = entry.kind._value_
    return name in _OF_THE_BANK, entry.date, _RANK[name]


def _alone(entry: Entry) -> Movement:
    kind = entry.kind
    return Movement(
        entry.key,
        entry.date if kind._value_ in OWN_DATE else batch_date(entry.date),
        kind,
        entry.lines,
        entry.evidence,
        _memo(entry),
        (entry.key,),
        entry.held,
    )


def _together(key: EntryKey, members: list[Entry]) -> Movement:
    first = members[0]
    return Movement(
        key,
        first.date if first.kind._value_ in OWN_DATE else batch_date(first.date),
        first.kind,
        tuple([line for entry in members for line in entry.lines]),
        first.evidence[:1],
        _memo(first),
        tuple([entry.key for entry in members]),
    )


def _memo(entry: Entry) -> str:
    if entry.corrects:
        return f"Correction of {entry.corrects}"
    return _MEMO[entry.kind._value_] or batch_name(entry.date)


def _batch(entry: Entry) -> EntryKey:
    """The name of the batch that an entry goes into under `payer-batch`: its own key when it stays alone."""
    if entry.held or entry.corrects:
        return entry.key
    kind = entry.kind
    if kind is EntryKind.CHARGE:
        for line in entry.lines:
            if line.account is Account.AR_PAYER:
                return f"batch:charge:{line.party}:{batch_date(entry.date)}"
        return f"batch:charge:clients:{batch_date(entry.date)}"
    brings_money = any(line.account in CLEARING for line in entry.lines)
    if kind in (EntryKind.CLAIM_PAYMENT, EntryKind.REVERSAL) and not brings_money:
        return f"batch:{kind._value_}:{entry.evidence[0].fact}:{_payer(entry)}"
    if kind is EntryKind.CREDIT_APPLIED:
        return f"batch:{kind._value_}:{batch_date(entry.date)}"
    if kind is EntryKind.CLIENT_PAYMENT:
        for line in entry.lines:
            if line.account in CARD_CLEARING:
                return f"batch:{kind._value_}:{line.account._value_}:{batch_date(entry.date)}"
    return entry.key


def _payer(entry: Entry) -> str:
    """The payer whose claims an entry settles or re-opens: of its first line on the payer's side."""
    side = -1 if entry.kind is EntryKind.CLAIM_PAYMENT else 1
    for line in entry.lines:
        if line.account is Account.AR_PAYER and line.amount * side > 0:
            return line.party or ""
    return ""
