"""Sessions: one appointment that took place, or was charged for as missed."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import TypeAlias

from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.money import Money

ClientId: TypeAlias = str
"""The source's own id of the person treated. It never leaves the store but for the pages of signed-in people."""

ClinicianId: TypeAlias = str
PayerName: TypeAlias = str
"""A payer as the source spells it; the mapping rules turn it into a `PayerId`."""


class SessionState(Enum):
    """What became of the appointment."""

    COMPLETED = "completed"
    NO_SHOW = "no_show"
    LATE_CANCEL = "late_cancel"
    CANCELLED = "cancelled"
    SCHEDULED = "scheduled"


class Session(Struct, frozen=True, kw_only=True, gc=False, tag="session", omit_defaults=True):
    """One appointment.

    `fee` is the full fee in cents; `discount` the part of it given up in advance (sliding scale). `payer` is who is
    billed first, None for private pay. `claim_number` is ours (CLM01, echoed as CLP01); `line_key` the line's control
    number (REF*6R); `invoice` the bill to the client, which may hold several sessions. `billed_on` is the day the claim
    or the client's bill went out, where the source tells it. `missing` names the columns that a completed session
    lacked (SRC-01).
    """

    key: FactKey
    date: dt.date
    client: ClientId
    clinician: ClinicianId
    service_code: str
    modifiers: tuple[str, ...] = ()
    units: int = 1
    fee: Money
    discount: Money = 0
    payer: PayerName | None = None
    secondary_payer: PayerName | None = None
    claim_number: str | None = None
    line_key: str | None = None
    invoice: str | None = None
    state: SessionState = SessionState.COMPLETED
    billed_on: dt.date | None = None
    starts_at: str | None = None
    missing: tuple[str, ...] = ()
