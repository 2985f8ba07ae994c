"""The part of a practice that new remittances touch: the accounts of the clients they name, and the bank's lines.

Balances run by session and client, so what a claim payment does to a client's account follows from that account alone:
its sessions, every claim payment about them, the client's money, and the decisions. What a remittance does to the bank
follows from the remittance and its lines. An excerpt has just these. Remittances of earlier days stand in it with the
claims of these clients only, and are not at the bank: what they did is the same before and after, and cancels out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from hhs_sync.facts.document import own_key
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.facts.session import ClientId
from hhs_sync.matching.match import paid_key

if TYPE_CHECKING:
    from hhs_sync.facts.claim import Claim
    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.remittance import ClaimPayment, Remittance


class Excerpt(Struct, frozen=True):
    """Whose accounts, and the names under which claims and payments may mean them."""

    clients: frozenset[ClientId]
    claim_numbers: frozenset[str]
    line_keys: frozenset[str]
    members: frozenset[str]
    references: frozenset[str]
    """What a client's payment may name: a session's own key, claim number, line key or invoice."""
    chosen: frozenset[FactKey]
    """Claim payments for which a person chose one of these clients' sessions."""

    def sent(self, claim: Claim) -> bool:
        """True when a claim that we sent may be about one of these clients' sessions."""
        return _bare(claim.claim_number) in self.claim_numbers or _bare(claim.member_id) in self.members

    def names(self, remittance: FactKey, claim: ClaimPayment) -> bool:
        """True when a claim payment may be about one of these clients' sessions, by anything but the payer's number."""
        return (
            _bare(claim.claim_number) in self.claim_numbers
            or _bare(claim.member_id) in self.members
            or _bare(claim.corrected_member_id) in self.members
            or any(line.line_key in self.line_keys for line in claim.lines if line.line_key)
            or (bool(self.chosen) and paid_key(remittance, claim) in self.chosen)
        )


def excerpt_of(facts: Facts, new: AbstractSet[FactKey]) -> Excerpt:
    """The accounts that these remittances of the facts may touch."""
    claims = [(key, claim) for key in sorted(new) for claim in facts.remittances[key].claim_payments]
    payers_own = {number for _, one in claims for number in _payers_own(one)}
    # A payer may name a claim by its own number alone: whose it is, an earlier remittance told.
    claims.extend(
        (key, one)
        for key, remittance in facts.remittances.items()
        for one in remittance.claim_payments
        if one.payer_claim_number in payers_own or one.original_payer_claim_number in payers_own
    )
    numbers = {_bare(one.claim_number) for _, one in claims}
    members = {_bare(name) for _, one in claims for name in (one.member_id, one.corrected_member_id)} - {""}
    lines = {line.line_key for _, one in claims for line in one.lines if line.line_key}
    for sent in facts.claims.values():
        if _bare(sent.claim_number) in numbers:
            lines.update(line.line_key for line in sent.lines if line.line_key)
    paid = {paid_key(key, one) for key, one in claims}
    chosen = {session for one, sessions in _chosen(facts).items() if one in paid for session in sessions}
    clients = {one.client for one in facts.coverages.values() if one.member_id and _bare(one.member_id) in members}
    clients.update(
        one.client
        for key, one in facts.sessions.items()
        if (one.claim_number and _bare(one.claim_number) in numbers)
        or (one.line_key and one.line_key in lines)
        or key in chosen
    )
    return _of_clients(facts, frozenset(clients), members)


def _of_clients(facts: Facts, clients: frozenset[ClientId], members: set[str]) -> Excerpt:
    sessions = {key: one for key, one in facts.sessions.items() if one.client in clients}
    lines = frozenset(one.line_key for one in sessions.values() if one.line_key)
    numbers = {_bare(one.claim_number) for one in sessions.values() if one.claim_number}
    for sent in facts.claims.values():
        if any(line.line_key in lines for line in sent.lines if line.line_key):
            numbers.add(_bare(sent.claim_number))
    own = {_bare(one.member_id) for one in facts.coverages.values() if one.member_id and one.client in clients}
    names = ((own_key(key), one.claim_number, one.line_key, one.invoice) for key, one in sessions.items())
    return Excerpt(
        clients=clients,
        claim_numbers=frozenset(numbers),
        line_keys=lines,
        members=frozenset(members | own),
        references=frozenset(name for four in names for name in four if name),
        chosen=frozenset(one for one, keys in _chosen(facts).items() if not sessions.keys().isdisjoint(keys)),
    )


def facts_of(excerpt: Excerpt, facts: Facts, new: AbstractSet[FactKey], lines: AbstractSet[FactKey]) -> Facts:
    """The facts of an excerpt, with the new remittances whole and the bank lines of which something else is said now.

    Of other remittances stand the claims that these clients may be meant by, as if each were on its way to the bank.
    """
    clients = excerpt.clients
    decided = {one.subject for one in facts.resolutions.values()}
    payments = {
        key: one
        for key, one in facts.client_payments.items()
        if one.client in clients or (one.session and one.session in excerpt.references) or key in decided
    }
    names = {name for key, one in payments.items() for name in (own_key(key), one.reference)}
    return msgspec.structs.replace(
        facts,
        sessions={key: one for key, one in facts.sessions.items() if one.client in clients},
        claims={key: one for key, one in facts.claims.items() if excerpt.sent(one)},
        acknowledgements={
            key: one for key, one in facts.acknowledgements.items() if _bare(one.claim_number) in excerpt.claim_numbers
        },
        coverages={key: one for key, one in facts.coverages.items() if one.client in clients},
        remittances=_remittances(excerpt, facts, new),
        client_payments=payments,
        refunds={
            key: one for key, one in facts.refunds.items() if one.client in clients or one.payment in names
        },
        disputes={
            key: one for key, one in facts.disputes.items() if one.client in clients or one.payment in names
        },
        payouts={},
        processor_balances={},
        bank_deposits={key: facts.bank_deposits[key] for key in sorted(lines)},
        closed_periods={},
    )  # fmt: skip


def _remittances(excerpt: Excerpt, facts: Facts, new: AbstractSet[FactKey]) -> dict[FactKey, Remittance]:
    """The new remittances whole, and of the others what may be about these clients."""
    parts: dict[FactKey, list[ClaimPayment]] = {}
    for key, remittance in facts.remittances.items():
        found = [one for one in remittance.claim_payments if excerpt.names(key, one)]
        if found or key in new:
            parts[key] = found
    numbers: set[str] = set()
    more = {number for key in parts for one in _claims(facts, parts, key, new) for number in _payers_own(one)}
    while more:
        numbers |= more
        more = set()
        for key, remittance in facts.remittances.items():
            found = parts.get(key, [])
            linked = [
                one
                for one in remittance.claim_payments
                if (one.payer_claim_number in numbers or one.original_payer_claim_number in numbers)
                and one not in found
            ]
            if linked and key not in new:
                parts[key] = [one for one in remittance.claim_payments if one in found or one in linked]
                more.update(number for one in linked for number in _payers_own(one) if number not in numbers)
    return {
        key: remittance if key in new else _in_part(remittance, parts[key])
        for key, remittance in facts.remittances.items()
        if key in parts
    }


def _claims(
    facts: Facts, parts: Mapping[FactKey, list[ClaimPayment]], key: FactKey, new: AbstractSet[FactKey]
) -> Iterable[ClaimPayment]:
    return facts.remittances[key].claim_payments if key in new else parts[key]


def _in_part(remittance: Remittance, claims: Iterable[ClaimPayment]) -> Remittance:
    # One that pays nothing settles itself at once; only of a whole one do the claims come out at nothing.
    amount = remittance.amount_paid or 1
    return msgspec.structs.replace(
        remittance, amount_paid=amount, claim_payments=tuple(claims), provider_adjustments=()
    )


def _chosen(facts: Facts) -> dict[FactKey, tuple[FactKey, ...]]:
    """What a person chose for a claim payment, or for anything else."""
    return {one.subject: one.targets for one in facts.resolutions.values() if one.kind is ResolutionKind.CHOOSE_MATCH}


def _payers_own(claim: ClaimPayment) -> Iterable[str]:
    """The payer's numbers of a claim payment and of the one that it takes back."""
    return (one for one in (claim.payer_claim_number, claim.original_payer_claim_number) if one)


def _bare(number: str | None) -> str:
    return number.strip().upper() if number else ""
