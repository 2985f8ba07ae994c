"""What matching answers: a match with its rule, or the reason why there is none.

A claim payment is named by its remittance and its segment: "remittance/...#12" (`paid_key`).
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.facts.remittance import Adjustment, ClaimPayment, Remittance
from hhs_sync.money import Money


def paid_key(remittance: FactKey, claim: ClaimPayment) -> FactKey:
    """The name of a claim payment."""
    return f"{remittance}#{claim.segment}"


def paid_keys(remittance: Remittance) -> list[FactKey]:
    """The names of all claim payments of a remittance, in order."""
    key = remittance.key
    return [f"{key}#{claim.segment}" for claim in remittance.claim_payments]


class Share(Struct, frozen=True, gc=False):
    """One session's part of a claim payment, in cents."""

    session: FactKey
    charged: Money
    paid: Money
    adjustments: tuple[Adjustment, ...]


class ClaimMatch(Struct, frozen=True, gc=False):
    """A claim payment and the sessions it pays. `charge_differs` is in cents: told minus billed (MAT-02)."""

    paid: FactKey
    remittance: FactKey
    claim: ClaimPayment
    shares: tuple[Share, ...]
    rule: str
    charge_differs: Money = 0


class SessionCandidate(Struct, frozen=True, gc=False):
    """Sessions that a claim payment may pay, with what speaks for and against them."""

    sessions: tuple[FactKey, ...]
    agrees: tuple[str, ...]
    differs: tuple[str, ...]


class ClaimUnmatched(Struct, frozen=True, gc=False):
    """A claim payment that no session, or more than one, answers to."""

    paid: FactKey
    remittance: FactKey
    claim: ClaimPayment
    reason: str
    candidates: tuple[SessionCandidate, ...] = ()
    old_system: bool = False


class ClaimMatches(Struct, frozen=True):
    """The answer for every claim payment, by its name."""

    matched: Mapping[FactKey, ClaimMatch]
    unmatched: Mapping[FactKey, ClaimUnmatched]


class BankMatch(Struct, frozen=True, gc=False):
    """A bank line and what makes it up: remittances, a payout, client payments, refunds. Sums are exact.

    One part alone may have come in several lines, each of which has a match of its own (`BankMatches.banked`).
    """

    bank: FactKey
    parts: tuple[FactKey, ...]
    rule: str


class BankDoubt(Struct, frozen=True, gc=False):
    """A bank line that something speaks for, but not enough: the reason, and the combinations that would fit.

    A combination may name other bank lines: those that together with this one are the payment that it names. The
    `difference` is in cents, where a trace agrees and the amount does not (DEP-03).
    """

    bank: FactKey
    reason: str
    combinations: tuple[tuple[FactKey, ...], ...] = ()
    difference: Money = 0


class BankMatches(Struct, frozen=True):
    """The answer for every bank line; `banked` leads back from a part to its bank lines, the first first."""

    matched: Mapping[FactKey, BankMatch]
    doubts: Mapping[FactKey, BankDoubt]
    banked: Mapping[FactKey, tuple[FactKey, ...]]


class PaymentMatch(Struct, frozen=True, gc=False):
    """Whose money a client payment is, and the session that it names, where it names one that we know.

    `parts` say how a person split it over several sessions of the client, in cents; they add up to the payment.
    """

    payment: FactKey
    client: str | None
    session: FactKey | None
    rule: str
    parts: tuple[tuple[FactKey, Money], ...] = ()
