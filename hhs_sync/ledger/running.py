"""Running balances while entries are written in order of time.

What an event does depends on what is open at its moment: a client's check closes what the client owes by then, and
what is left over is a credit that the next remittance may use up. These are the balances that such rules look at; the
truth stays in the entries.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.mapping.accounts import Account

if TYPE_CHECKING:
    import datetime as dt

    from hhs_sync.facts.document import FactKey
    from hhs_sync.ledger.entry import Entry
    from hhs_sync.money import Money


class Credit(Struct):
    """Money of a client that no session has claimed yet: `left` in cents of the payment `payment`."""

    payment: FactKey
    item: FactKey
    client: str
    left: Money
    since: dt.date


class Posted(Struct):
    """What a claim payment did to one session, remembered so that a reversal can mirror it."""

    entry: str
    payer: str
    paid: Money
    told: Money
    payer_claim_number: str | None
    adjusted: tuple[tuple[Account, Money], ...]
    patient: Money
    patient_account: Account
    patient_party: str | None
    reversed: bool = False


class Running:
    """All open balances at one moment."""

    def __init__(self) -> None:
        """Start with nothing open."""
        self.entries: list[Entry] = []
        self.charges: dict[FactKey, Entry] = {}
        self.by_payer: dict[tuple[FactKey, str], Money] = defaultdict(int)
        self.by_client: dict[tuple[FactKey, str], Money] = defaultdict(int)
        self.client_items: dict[str, dict[FactKey, None]] = defaultdict(dict)
        self.credits: dict[str, list[Credit]] = defaultdict(list)
        self.posted: dict[FactKey, list[Posted]] = defaultdict(list)

    def write(self, entry: Entry) -> None:
        """Add an entry and carry its receivables into the balances."""
        self.entries.append(entry)
        for line in entry.lines:
            if line.item is None or line.party is None:
                continue
            if line.account is Account.AR_PAYER:
                self.by_payer[line.item, line.party] += line.amount
            elif line.account is Account.AR_CLIENT:
                self.by_client[line.item, line.party] += line.amount
                self.client_items[line.party][line.item] = None

    def open_items(self, client: str) -> list[tuple[FactKey, Money]]:
        """What a client owes, oldest charge first (in the order in which it came to be owed)."""
        owed = ((item, self.by_client[item, client]) for item in self.client_items[client])
        return [(item, amount) for item, amount in owed if amount > 0]
