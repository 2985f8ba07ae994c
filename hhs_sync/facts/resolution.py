"""Resolutions: what a person decided, with name, time and reason. A decision is a fact like any other.

A resolution is about a subject: a finding's key, a fact's key or a plan's digest. The latest one on a subject of the
same kind is the one that stands (`standing`). A decision is never removed: another one, `TAKE_BACK` or `REOPEN`, says
that it does not count any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import Enum

from msgspec import Struct

from hhs_sync.facts.document import Digest, FactKey
from hhs_sync.money import Money


class ResolutionKind(Enum):
    """What was decided. The value is the word that stands in files and on the command line."""

    CHOOSE_MATCH = "choose_match"
    """These sessions (or this remittance, or this client) are what the subject pays.

    A client payment may be split over several sessions of one client: `amounts` says how much goes to each target."""
    NOT_A_REPEAT = "not_a_repeat"
    """The subject remittance is a payment of its own, though it looks like one that is here already."""
    WRITE_OFF = "write_off"
    """Give up `amount` of the client's open balance on the subject session (bad debt)."""
    ADJUST = "adjust"
    """Give up `amount` on the subject session for another reason: `account` names courtesy or administrative."""
    BILL_CLIENT = "bill_client"
    """Move what the payer owes on the subject session to the client, less `amount` of discount."""
    SET_REASON = "set_reason"
    """Treat the adjustments of the subject claim payment that wait as `reason`: contractual, patient, denied."""
    VIRTUAL_CARD = "virtual_card"
    """The subject remittance was paid by a virtual card; `account` names the card processor."""
    PAY_PAYER_BACK = "pay_payer_back"
    """A check for `amount` went back to the payer named in `account`, for the subject session."""
    UNCLAIMED = "unclaimed"
    """What is left of the subject client payment is owed to the State as unclaimed property."""
    DO_NOT_BILL = "do_not_bill"
    """The subject session is not to be billed."""
    CANCEL_CHARGE = "cancel_charge"
    """The charge of the subject session never was: take it out of the books."""
    OLD_SYSTEM = "old_system"
    """The subject belongs to the old system, and the question is closed.

    Its money stays in suspense, or goes where `account` says (a number in QuickBooks)."""
    WAIT_UNTIL = "wait_until"
    """Ask again on `until`."""
    ASSIGN = "assign"
    """`owner` answers this."""
    NOTE = "note"
    """A remark; nothing else changes."""
    APPROVE_PLAN = "approve_plan"
    """The plan with this digest may be pushed."""
    APPROVE = "approve"
    """A second person approves the subject resolution."""
    ADOPT_EDIT = "adopt_edit"
    """What a person changed in QuickBooks stands, whatever we would write there."""
    RESTORE_EDIT = "restore_edit"
    """Write our version over what a person changed in QuickBooks."""
    NOTICE_GIVEN = "notice_given"
    """The client was told beforehand that the service is not covered (MaineCare Benefits Manual I 1.06-4)."""
    ACCEPT = "accept"
    """Looked at and fine as it is."""
    MAP = "map"
    """A name or a reason has its rule now: `rule` is what was written to the mappings (TOML)."""
    REOPEN = "reopen"
    """Take the earlier decisions on this subject back, or ask a question again that a rule has closed.

    `finding` is then the question as it stood (JSON), for its cause may be gone."""
    TAKE_BACK = "take_back"
    """The subject resolution does not count any more, and no other is touched."""
    WITHDRAW = "withdraw"
    """The subject document, by its digest, counts as never received; `account` names its source."""


class Terms(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What is decided, apart from about what, by whom and when. Which fields count depends on the kind."""

    kind: ResolutionKind
    reason: str = ""
    targets: tuple[FactKey, ...] = ()
    amounts: tuple[Money, ...] = ()
    amount: Money | None = None
    account: str | None = None
    until: dt.date | None = None
    owner: str | None = None
    date: dt.date | None = None
    rule: str = ""


class Resolution(Terms, frozen=True, kw_only=True, gc=False, tag="resolution", omit_defaults=True):
    """One decision."""

    key: FactKey
    subject: str
    by: str
    at: dt.datetime
    finding: str = ""


def counting(resolutions: Iterable[Resolution]) -> list[Resolution]:
    """The decisions that nobody has taken back. What took one back may be taken back itself."""
    latest = sorted(resolutions, key=lambda each: (each.at, each.key), reverse=True)
    gone: set[FactKey] = set()
    for one in latest:
        if one.kind is ResolutionKind.TAKE_BACK and one.key not in gone:
            gone.add(one.subject)
    return [one for one in latest if one.key not in gone]


def standing(resolutions: Iterable[Resolution]) -> dict[tuple[str, ResolutionKind], Resolution]:
    """The decision that stands for each subject and kind: the latest, unless the subject was reopened after it."""
    found: dict[tuple[str, ResolutionKind], Resolution] = {}
    for one in sorted(resolutions, key=lambda each: (each.at, each.key)):
        if one.kind is ResolutionKind.REOPEN:
            for kind in ResolutionKind:
                found.pop((one.subject, kind), None)
        found[one.subject, one.kind] = one
    return found


def withdrawn(resolutions: Iterable[Resolution]) -> dict[Digest, Resolution]:
    """The documents that count as never received, each with the decision that says so."""
    return {one.subject: one for one in counting(resolutions) if one.kind is ResolutionKind.WITHDRAW}


class ClientCode(Struct, frozen=True, kw_only=True, gc=False, tag="client_code", omit_defaults=True):
    """The opaque code by which a client is known outside: drawn at random once, never derived from the person."""

    key: FactKey
    client: str
    code: str


class ClosedPeriod(Struct, frozen=True, kw_only=True, gc=False, tag="closed_period", omit_defaults=True):
    """Days up to `through`, signed. `journal` is the sub-ledger as it stood, one JSON entry per line; it stands.

    `clients` tells whose session each one in it is, which no entry says: a session may be gone later. `reopened` is
    True for the document that opens the period again.
    """

    key: FactKey
    through: dt.date
    by: str
    at: dt.datetime
    reason: str = ""
    journal: str = ""
    journal_digest: Digest = ""
    clients: Mapping[FactKey, str] = {}
    reopened: bool = False
