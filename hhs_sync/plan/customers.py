"""Who owes, as QuickBooks knows them: a payer, a client by code, a client under a payer, or all clients together."""

from __future__ import annotations

from hhs_sync.facts.document import FactKey
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import Rules, Shape
from hhs_sync.plan.desired import CustomerName, Told
from hhs_sync.plan.references import PAYER_UNKNOWN, client_customer, payer_customer


class Customers:
    """Customers by party; the same name is always the same object."""

    def __init__(self, books: Told, rules: Rules, *, coded: bool | None = None) -> None:
        """`coded` tells clients apart by their codes; by default as the practice's shape says."""
        self.coded = rules.practice.shape is Shape.CODED if coded is None else coded
        self._codes = books.client_codes
        self._clients = books.session_clients
        self._payers = {one.id: one.name for one in rules.payers}
        self._of_payers: dict[tuple[str, str], CustomerName] = {}
        self._of_clients: dict[str, CustomerName] = {}

    def payer(self, payer: str | None, session: FactKey | None = None) -> CustomerName:
        """The customer that owes for a payer: the payer, or its sub-customer for the session's client."""
        client = self._clients.get(session) if self.coded and session is not None else None
        code = self._codes.get(client, "") if client is not None else ""
        found = self._of_payers.get((payer or "", code))
        if found is None:
            found = payer_customer(self._payers.get(payer or "", PAYER_UNKNOWN), code)
            self._of_payers[payer or "", code] = found
        return found

    def client(self, client: str | None) -> CustomerName:
        """The customer that owes for a client; all clients together where the shape or a missing code asks for it."""
        code = self._codes.get(client, "") if self.coded and client is not None else ""
        found = self._of_clients.get(code)
        if found is None:
            found = self._of_clients[code] = client_customer(code)
        return found

    def owing(self, account: Account, party: str | None, session: FactKey | None) -> CustomerName:
        """The customer of a line on receivables."""
        return self.payer(party, session) if account is Account.AR_PAYER else self.client(party)

    def is_payer(self, party: str | None) -> bool:
        """True when the party is a payer that the practice named."""
        return party in self._payers

    def named(self) -> tuple[CustomerName, ...]:
        """Every customer asked for so far, payers before the clients under them."""
        names: set[CustomerName] = {*self._of_payers.values(), *self._of_clients.values()}
        names.update([payer_customer(one.payer) for one in self._of_payers.values()])
        return tuple(sorted(names, key=_payers_first))


def _payers_first(name: CustomerName) -> tuple[bool, str, str]:
    return bool(name.payer and name.code), name.payer, name.code
