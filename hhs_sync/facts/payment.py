"""Private-pay money: what clients pay, what is given back, what card holders contest; card processors' payouts."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.facts.session import ClientId
from hhs_sync.money import Money


class PaymentMethod(Enum):
    """How a client paid. CARD money comes through a processor's payout, the others are banked by hand."""

    CARD = "card"
    CHECK = "check"
    CASH = "cash"
    TRANSFER = "transfer"


class ClientPayment(Struct, frozen=True, kw_only=True, gc=False, tag="client_payment", omit_defaults=True):
    """Money from a client, in cents, always positive.

    `session` is the source's reference of the session or invoice that it pays, where given. `reference` is the check
    number or the processor's id of the charge; `processor` names the card processor.
    """

    key: FactKey
    date: dt.date
    amount: Money
    method: PaymentMethod
    client: ClientId | None = None
    session: str | None = None
    reference: str | None = None
    processor: str | None = None


class Refund(Struct, frozen=True, kw_only=True, gc=False, tag="refund", omit_defaults=True):
    """Money given back to a client, in cents, positive. `payment` is the reference of what it gives back."""

    key: FactKey
    date: dt.date
    amount: Money
    method: PaymentMethod
    client: ClientId | None = None
    payment: str | None = None
    reference: str | None = None
    processor: str | None = None


class Dispute(Struct, frozen=True, kw_only=True, gc=False, tag="dispute", omit_defaults=True):
    """A card payment that its holder contests, or a check that bounced. `fee` is what that costs us, in cents."""

    key: FactKey
    date: dt.date
    amount: Money
    fee: Money = 0
    method: PaymentMethod = PaymentMethod.CARD
    client: ClientId | None = None
    payment: str | None = None
    processor: str | None = None
    won: bool = False


class PayoutItem(Struct, frozen=True, gc=False, omit_defaults=True, array_like=True):
    """One line of a payout: `kind` is charge, refund, dispute or fee; `amount` and `fee` in cents (fee positive)."""

    kind: str
    reference: str
    amount: Money
    fee: Money = 0


class Payout(Struct, frozen=True, kw_only=True, gc=False, tag="payout", omit_defaults=True):
    """The processor's transfer of many payments, net of fees, to the bank. Negative when refunds exceed charges."""

    key: FactKey
    payout_id: str
    processor: str
    date: dt.date
    amount: Money
    items: tuple[PayoutItem, ...] = ()

    @property
    def difference(self) -> Money:
        """Payout told minus payout computed from its items, in cents: zero when it adds up (else DEP-04)."""
        return self.amount - sum(item.amount - item.fee for item in self.items)


class ProcessorBalance(Struct, frozen=True, kw_only=True, gc=False, tag="processor_balance", omit_defaults=True):
    """What a card processor says it holds for the practice at the end of a day, in cents.

    `balance` is what it would still pay out; `pending_fees` are its fees already taken off there, on charges that no
    payout has brought yet (positive).
    """

    key: FactKey
    processor: str
    date: dt.date
    balance: Money
    pending_fees: Money = 0
