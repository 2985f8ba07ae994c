"""The union of all facts, and their text form.

A fact is stored and compared as JSON, its fields in the order of the class and defaults left out; two facts with the
same text are the same version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from hhs_sync.facts.claim import Acknowledgement, Claim
from hhs_sync.facts.coverage import Coverage
from hhs_sync.facts.deposit import BankDeposit
from hhs_sync.facts.payment import ClientPayment, Dispute, Payout, ProcessorBalance, Refund
from hhs_sync.facts.remittance import Remittance
from hhs_sync.facts.resolution import ClientCode, ClosedPeriod, Resolution
from hhs_sync.facts.session import Session

if TYPE_CHECKING:
    from datetime import date

Fact: TypeAlias = (
    Session
    | Claim
    | Acknowledgement
    | Coverage
    | Remittance
    | ClientPayment
    | Refund
    | Dispute
    | Payout
    | ProcessorBalance
    | BankDeposit
    | Resolution
    | ClientCode
    | ClosedPeriod
)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Fact] = msgspec.json.Decoder(Fact)

KINDS: dict[type, str] = {
    Session: "session",
    Claim: "claim",
    Acknowledgement: "acknowledgement",
    Coverage: "coverage",
    Remittance: "remittance",
    ClientPayment: "client_payment",
    Refund: "refund",
    Dispute: "dispute",
    Payout: "payout",
    ProcessorBalance: "processor_balance",
    BankDeposit: "bank_deposit",
    Resolution: "resolution",
    ClientCode: "client_code",
    ClosedPeriod: "closed_period",
}


def kind_of(fact: Fact) -> str:
    """The word for the fact's kind, as in its JSON, its key and the database."""
    return KINDS[type(fact)]


def date_of(fact: Fact) -> date | None:
    """The day that decides whether a full export covers the fact; None for kinds that no export covers by date."""
    if isinstance(fact, Session | ClientPayment | Refund | Dispute | Payout | BankDeposit):
        return fact.date
    if isinstance(fact, Coverage):
        return fact.first
    return None


def write_fact(fact: Fact) -> bytes:
    """The fact as JSON."""
    return _encoder.encode(fact)


def read_fact(text: bytes | str) -> Fact:
    """The fact that `write_fact` wrote. Raises msgspec.ValidationError when the text is no fact."""
    return _decoder.decode(text)
