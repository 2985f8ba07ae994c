"""Open items: what one party still owes on one session, added up from the entries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.mapping.accounts import Account
from hhs_sync.money import Money

if TYPE_CHECKING:
    from hhs_sync.facts.session import Session
    from hhs_sync.ledger.entry import Entry


class OpenItem(Struct, frozen=True, gc=False):
    """What `party` owes on `session`, in cents; negative is a credit balance. `since` is when it first came to owe."""

    session: FactKey
    account: Account
    party: str
    amount: Money
    service_date: dt.date
    since: dt.date


def open_items(entries: Iterable[Entry], sessions: Mapping[FactKey, Session]) -> tuple[OpenItem, ...]:
    """All receivables that are not zero, by session and party. They add up to the receivable accounts exactly."""
    balances: dict[tuple[FactKey, Account, str], Money] = defaultdict(int)
    since: dict[tuple[FactKey, Account, str], dt.date] = {}
    for entry in entries:
        for line in entry.lines:
            if line.account is Account.AR_PAYER or line.account is Account.AR_CLIENT:
                assert line.item is not None, "a receivable names its session"
                key = (line.item, line.account, line.party or "")
                before = balances[key]
                balances[key] = before + line.amount
                if before == 0:
                    since[key] = entry.date
    return tuple(
        OpenItem(session, account, party, amount, sessions[session].date, since[session, account, party])
        for (session, account, party), amount in sorted(balances.items(), key=lambda one: (one[0][0], one[0][1].value))
        if amount
    )
