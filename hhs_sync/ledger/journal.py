"""The sub-ledger as plain-text accounting: what `bean-check` (beancount) reads, and a person too.

    2025-11-14 * "claim-payment" "claim paid, matched by claim number" #claim-payment
      key: "claim-payment:remittance/era/1#10"
      evidence: "remittance/era/1 segment 10, session/ehr/K1"
      Assets:Clearing:Payers:ANTH        85.00 USD
        item: "session/ehr/K1"
      ...

Payers are sub-accounts by their ids, so that each payer's balance can be asked for; clients stand by the codes drawn
for them, or by a running number. No name of a person is in it. An entry that QuickBooks is not told yet bears "!" for
"*". At the end every balance is asserted, so that the reader adds everything up once more.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from hhs_sync.ledger.balances import trial_balance
from hhs_sync.mapping.accounts import Account
from hhs_sync.money import format_money

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hhs_sync.ledger.entry import Entry, Evidence, Line
    from hhs_sync.money import Money

BY_PAYER = frozenset({Account.AR_PAYER, Account.PAYER_CLEARING, Account.RECOUPMENT})
"""Accounts that are divided by payer."""
BY_CLIENT = frozenset({Account.AR_CLIENT, Account.CLIENT_CREDIT, Account.UNCLAIMED})
"""Accounts whose lines name the client's code."""

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")


def plain_journal(
    entries: Iterable[Entry], *, title: str = "", client_codes: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The journal, piece by piece: options, accounts, entries in the order given, balances."""
    every = sorted(entries, key=lambda entry: entry.date)
    names = _Names(client_codes or {})
    yield f"{_option('title', title)}{_option('operating_currency', 'USD')}\n"
    if not every:
        return
    yield from _opened(every, names)
    for entry in every:
        yield _entry(entry, names)
    yield from _balances(every)


class _Names:
    """How parties are called: payers by id, clients by code or by a number in order of appearance."""

    def __init__(self, client_codes: Mapping[str, str]) -> None:
        self._codes = client_codes
        self._numbers: dict[str, str] = {}
        self._parts: dict[str, str] = {}

    def account(self, line: Line) -> str:
        if line.account in BY_PAYER:
            return f"{line.account.value}:{self._part(line.party or 'unknown')}"
        return line.account.value

    def client(self, client: str) -> str:
        if client not in self._codes and client not in self._numbers:
            self._numbers[client] = f"client {len(self._numbers) + 1}"
        return self._codes.get(client) or self._numbers[client]

    def _part(self, party: str) -> str:
        """A party as a part of an account's name: it begins with a capital or a digit, without blanks and signs."""
        known = self._parts.get(party)
        if known is None:
            bare = _NOT_IN_NAMES.sub("-", party).strip("-") or "X"
            known = bare[:1].upper() + bare[1:]
            while known in self._parts.values():
                known += "-2"
            self._parts[party] = known
        return known


def _opened(entries: Sequence[Entry], names: _Names) -> Iterator[str]:
    first = entries[0].date
    used = {line.account.value for entry in entries for line in entry.lines}
    used.update(names.account(line) for entry in entries for line in entry.lines)
    for account in sorted(used):
        yield f"{first} open {account} USD\n"


def _entry(entry: Entry, names: _Names) -> str:
    kind = entry.kind.value
    told = [
        f"\n{entry.date} {'!' if entry.held else '*'} {_text(kind)} {_text(entry.because)} #{kind}",
        f"  key: {_text(entry.key)}",
        f"  evidence: {_text(', '.join(_place(one) for one in entry.evidence))}",
    ]
    if entry.corrects:
        told.append(f"  corrects: {_text(entry.corrects)}")
    for line in entry.lines:
        told.append(f"  {names.account(line):<44} {_amount(line.amount):>14} USD")
        if line.party is not None and line.account in BY_CLIENT:
            told.append(f"    client: {_text(names.client(line.party))}")
        if line.item is not None:
            told.append(f"    item: {_text(line.item)}")
        if line.clinician is not None:
            told.append(f"    clinician: {_text(line.clinician)}")
    return "\n".join(told) + "\n"


def _balances(entries: Sequence[Entry]) -> Iterator[str]:
    """Every account's balance on the morning after the last entry; a divided account stands for all its parts."""
    day = entries[-1].date + dt.timedelta(days=1)
    yield "\n"
    totals: dict[str, Money] = defaultdict(int)
    for account, amount in trial_balance(entries).items():
        totals[account.value] += amount
    for name, amount in totals.items():
        yield f"{day} balance {name:<40} {_amount(amount):>14} USD\n"


def _place(evidence: Evidence) -> str:
    return f"{evidence.fact} {evidence.place}".strip()


def _amount(amount: Money) -> str:
    return format_money(amount).replace(",", "")


def _option(name: str, value: str) -> str:
    return f"option {_text(name)} {_text(value)}\n" if value else ""


def _text(text: str) -> str:
    """A text between quotation marks, on one line."""
    return '"' + " ".join(text.replace("\\", "\\\\").replace('"', '\\"').split()) + '"'
