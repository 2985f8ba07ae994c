"""Claims: what was billed to whom (X12 837P, or a column of the practice system), and what the receiver answered.

A claim is the bill for one or more sessions to one payer. A replacement (frequency 7) or void (8) names the payer's
number of the claim it stands in for (REF*F8). Acknowledgements (999, 277CA) say whether it was accepted at all: a
rejected claim was never received by the payer, and no remittance will come.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum

from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.money import Money


class ClaimLine(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One procedure billed (837P loop 2400): SV101 code and modifiers, SV102 charge in cents, SV104 units, DTP*472."""

    line_key: str | None = None
    service_code: str
    modifiers: tuple[str, ...] = ()
    units: str = "1"
    amount_charged: Money
    date_first: dt.date | None = None
    date_last: dt.date | None = None
    clinician_npi: str | None = None


class PriorPayment(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What an earlier payer answered, told on a secondary claim (loop 2320: SBR, AMT*D)."""

    payer_name: str
    payer_id: str | None = None
    amount_paid: Money | None = None


class Claim(Struct, frozen=True, kw_only=True, gc=False, tag="claim", omit_defaults=True):
    """One CLM loop of an 837P.

    `claim_number` is CLM01 (ours); `payer_order` is SBR01 (P, S, T, ...); `frequency` is CLM05-3 (1 original,
    7 replacement, 8 void); `original_payer_claim_number` is REF*F8. `client_name` and `member_id` are kept for
    matching only and never leave the store.
    """

    key: FactKey
    claim_number: str
    date_submitted: dt.date | None = None
    payer_name: str
    payer_id: str | None = None
    payer_order: str = "P"
    filing_indicator: str | None = None
    frequency: str = "1"
    original_payer_claim_number: str | None = None
    client_name: str | None = None
    member_id: str | None = None
    billing_npi: str | None = None
    clinician_npi: str | None = None
    amount_charged: Money
    lines: tuple[ClaimLine, ...] = ()
    prior_payments: tuple[PriorPayment, ...] = ()
    test: bool = False


class ClaimState(Enum):
    """What an acknowledgement says became of a claim."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PENDING = "pending"
    FINALIZED = "finalized"


class Acknowledgement(Struct, frozen=True, kw_only=True, gc=False, tag="acknowledgement", omit_defaults=True):
    """An answer to a claim or a batch before adjudication (277CA STC, 999 AK9/IK5) or about its state (277).

    `claim_number` is None where the answer concerns a whole batch; `codes` holds the STC composites ("A3:21:82") or
    the AK9/IK5 letters; `reason` says in plain words what the receiver objected to.
    """

    key: FactKey
    kind: str
    claim_number: str | None = None
    state: ClaimState
    codes: tuple[str, ...] = ()
    reason: str = ""
    date: dt.date | None = None
    payer_claim_number: str | None = None
    amount_charged: Money | None = None
    batch_control_number: str | None = None
