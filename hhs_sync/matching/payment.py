"""Whose money a client payment is, and which session it names.

A payment may name a session (its own key in the practice system, its claim number or its line key), an invoice of one
or several sessions, and a client. What it does not name is never guessed here: where the money goes then is the
ledger's rule. An invoice of several sessions says whose the money is, and of which session no more than that.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from hhs_sync.facts.document import own_key
from hhs_sync.facts.resolution import ResolutionKind, standing
from hhs_sync.matching.match import PaymentMatch

if TYPE_CHECKING:
    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.payment import ClientPayment, Dispute, Refund
    from hhs_sync.facts.resolution import Resolution


def match_client_payments(facts: Facts) -> dict[FactKey, PaymentMatch]:
    """The client and session of every client payment, refund and dispute, by its key."""
    finder = _Finder(facts)
    found = {key: finder.of_payment(payment) for key, payment in facts.client_payments.items()}
    by_reference: dict[str, PaymentMatch] = {}
    for key, payment in facts.client_payments.items():
        by_reference[own_key(key)] = found[key]
        if payment.reference:
            by_reference[payment.reference] = found[key]
    backs: list[Refund | Dispute] = [*facts.refunds.values(), *facts.disputes.values()]
    for back in backs:
        original = by_reference.get(back.payment) if back.payment else None
        client = back.client or (original.client if original else None)
        session = original.session if original and original.client == client else None
        rule = "payment given back" if original else "client named" if client else "nothing named"
        found[back.key] = PaymentMatch(back.key, client, session, rule)
    return found


class _Finder:
    def __init__(self, facts: Facts) -> None:
        self._sessions = facts.sessions
        self._by_reference: dict[str, set[FactKey]] = defaultdict(set)
        self._by_invoice: dict[str, set[FactKey]] = defaultdict(set)
        for session in facts.sessions.values():
            for reference in (own_key(session.key), session.claim_number, session.line_key):
                if reference:
                    self._by_reference[reference].add(session.key)
            if session.invoice:
                self._by_invoice[session.invoice].add(session.key)
        self._clients = {session.client for session in facts.sessions.values()}
        self._chosen = {
            subject: one
            for (subject, kind), one in standing(facts.resolutions.values()).items()
            if kind is ResolutionKind.CHOOSE_MATCH
        }

    def of_payment(self, payment: ClientPayment) -> PaymentMatch:
        chosen = self._chosen.get(payment.key)
        if chosen is not None:
            if split := self._split(payment, chosen):
                return split
            for target in chosen.targets:
                if target in self._sessions:
                    session = self._sessions[target]
                    return PaymentMatch(payment.key, session.client, session.key, "chosen by a person")
                if target in self._clients:
                    return PaymentMatch(payment.key, target, None, "chosen by a person")
        for known, rule in ((self._by_reference, "session named"), (self._by_invoice, "invoice named")):
            fits = [
                self._sessions[key]
                for key in sorted(known.get(payment.session or "", ()))
                if payment.client in (None, self._sessions[key].client)
            ]
            if len(fits) == 1:
                return PaymentMatch(payment.key, fits[0].client, fits[0].key, rule)
            if len({one.client for one in fits}) == 1:
                return PaymentMatch(payment.key, fits[0].client, None, rule)
        if payment.client in self._clients:
            return PaymentMatch(payment.key, payment.client, None, "client named")
        return PaymentMatch(payment.key, None, None, "client not known" if payment.client else "nothing named")

    def _split(self, payment: ClientPayment, chosen: Resolution) -> PaymentMatch | None:
        """A payment split over sessions of one client, to the cent; None where the parts do not make one."""
        if not chosen.amounts or len(chosen.amounts) != len(chosen.targets):
            return None
        if sum(chosen.amounts) != payment.amount or any(one not in self._sessions for one in chosen.targets):
            return None
        clients = {self._sessions[one].client for one in chosen.targets}
        if len(clients) != 1:
            return None
        parts = tuple(zip(chosen.targets, chosen.amounts, strict=True))
        return PaymentMatch(payment.key, clients.pop(), None, "split by a person", parts)
