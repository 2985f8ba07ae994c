"""The evidence of one question: what each source says, side by side, in the order in which the money went.

    session │ claim │ remittance │ bank │ QuickBooks

What all sources agree on is quiet; where one says otherwise, its cell is marked by a sign, and the row stands on top.
Everything is looked up by key in what is stored, a few facts at a time, however large the practice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from hhs_sync.facts.claim import Claim
from hhs_sync.facts.coverage import Coverage
from hhs_sync.facts.deposit import BankDeposit
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.payment import ClientPayment, Dispute, Payout, Refund
from hhs_sync.facts.remittance import ClaimPayment, Remittance
from hhs_sync.facts.resolution import ClientCode
from hhs_sync.facts.resolution_text import decision_key
from hhs_sync.facts.session import Session
from hhs_sync.ledger.entry import Evidence
from hhs_sync.money import Money, format_money
from hhs_sync.x12.reasons import CLAIM_STATUS

if TYPE_CHECKING:
    from hhs_sync.facts.document import Source
    from hhs_sync.plan.changes import PostedEntry, PushedEntry
    from hhs_sync.review.trail import Trail
    from hhs_sync.store import Store

Value: TypeAlias = str | Money | dt.date | None
Told: TypeAlias = Mapping[str, Value]

DATE, CODE, CHARGE, ALLOWED, PAID, PATIENT = "Service", "Code", "Charge", "Allowed", "Paid", "Patient's share"
CLIENT, CLINICIAN, PAYER, CLAIM = "Client", "Clinician", "Payer", "Claim"
ADJUSTED, WHOLE, PAID_ON, TRACE, STATE = "Adjusted", "Whole payment", "Money of", "Trace", "State"
DATED, AMOUNT = "Dated", "Amount"
COMPARED = frozenset({DATE, CODE, CHARGE, CLAIM, CLIENT, DATED, AMOUNT})
"""What must be the same wherever it is told. A payment and its bank line are compared as well where each is one."""
ROWS = (
    DATE, CLIENT, CLINICIAN, PAYER, CLAIM, CODE, CHARGE, ALLOWED, PATIENT, PAID, ADJUSTED, WHOLE, PAID_ON, TRACE,
    DATED, AMOUNT, STATE,
)  # fmt: skip


class Cell(Struct, frozen=True):
    """What one source says of one thing. `differs` where it is not what the sources before it say."""

    text: str
    differs: bool = False
    money: bool = False


class Row(Struct, frozen=True):
    """One thing, as each source tells it. `state` is differs, equal (told alike by several) or alone."""

    name: str
    cells: tuple[Cell, ...]
    state: str


class Column(Struct, frozen=True, kw_only=True):
    """One source: its heading, the fact, and where it was told."""

    step: str
    title: str
    key: str = ""
    place: str = ""
    document: str = ""
    told: Told = {}


class Line(Struct, frozen=True, kw_only=True):
    """A further fact behind the question, in one line."""

    step: str
    text: str
    amount: Money | None
    key: str
    place: str = ""
    document: str = ""


class Shown(Struct, frozen=True, kw_only=True):
    """The evidence as the page shows it: one story side by side, and what else there is."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    others: tuple[Line, ...]


class Names(Struct, frozen=True, kw_only=True):
    """How people, payers and clinicians are called."""

    codes: Mapping[str, str] = {}
    payers: Mapping[str, str] = {}
    clinicians: Mapping[str, str] = {}

    def code(self, client: str | None) -> str | None:
        """A client's code; a dash where none was drawn."""
        return self.codes.get(client, "–") if client else None


def gather(store: Store, practice: str, trail: Trail, names: Names) -> Shown:
    """Look everything on the trail up, and set the first of each kind side by side."""
    facts = store.readings.standing(practice, trail.facts)
    clients = {one for fact, _ in facts.values() if isinstance(one := getattr(fact, "client", None), str)}
    drawn = store.readings.standing(practice, [decision_key("client_code", one) for one in sorted(clients)])
    codes = {one.client: one.code for one, _ in drawn.values() if isinstance(one, ClientCode)}
    names = Names(codes=codes, payers=names.payers, clinicians=names.clinicians)
    steps: tuple[tuple[str, Sequence[Evidence]], ...] = (
        ("Session", [Evidence(key) for key in trail.sessions]),
        ("Claim", [Evidence(key) for key in trail.claims]),
        ("Remittance", trail.paid),
        ("Payment", [Evidence(key) for key in trail.payments]),
        ("Bank", [Evidence(key) for key in trail.bank]),
    )
    columns: list[Column] = []
    others: list[Line] = []
    for step, ones in steps:
        known = [(one, facts[one.fact]) for one in ones if one.fact in facts]
        for number, (one, (fact, source)) in enumerate(known):
            if number == 0:
                columns.append(_column(step, one, fact, source, names))
            else:
                others.append(_line(step, one, fact, source, names))
    for key in trail.others:
        if key in facts:
            fact, source = facts[key]
            others.append(_line("Other", Evidence(key), fact, source, names))
    written = store.pushes.standing(practice, trail.entries)
    shown = store.mirror.some(practice, [(one.kind, one.quickbooks_id) for one in written])
    for number, pushed in enumerate(written):
        entry = shown.get((pushed.kind, pushed.quickbooks_id))
        if number == 0:
            columns.extend(_documents(pushed, entry))
        else:
            others.append(_document_line(pushed, entry))
    one_payment = len(trail.bank) == 1 and len({one.fact for one in trail.paid}) + len(trail.payments) == 1
    return Shown(
        columns=tuple(columns),
        rows=compare(columns, COMPARED | {WHOLE} if one_payment else COMPARED),
        others=tuple(others),
    )


def compare(columns: Sequence[Column], compared: Collection[str] = COMPARED) -> tuple[Row, ...]:
    """The rows of the table: what differs first, then the others in their order."""
    rows = [row for name in ROWS if (row := _row(name, columns, compared=name in compared)) is not None]
    return tuple(sorted(rows, key=lambda one: one.state != "differs"))


def _row(name: str, columns: Sequence[Column], *, compared: bool) -> Row | None:
    values = [one.told.get(name) for one in columns]
    said = [value for value in values if value not in {None, ""}]
    if not said:
        return None
    first = said[0]
    cells = tuple(
        Cell(_text(value), compared and value not in {None, ""} and value != first, isinstance(value, int))
        for value in values
    )
    if any(one.differs for one in cells):
        return Row(name, cells, "differs")
    return Row(name, cells, "equal" if compared and len(said) > 1 else "alone")


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return format_money(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def _column(step: str, one: Evidence, fact: Fact, source: Source, names: Names) -> Column:
    return Column(
        step=step,
        title=_title(fact),
        key=one.fact,
        place=one.place or source.place,
        document=source.document_name,
        told=_told(fact, one.place, names),
    )


def _line(step: str, one: Evidence, fact: Fact, source: Source, names: Names) -> Line:
    told = _told(fact, one.place, names)
    said = [_text(told.get(name)) for name in (DATE, PAID_ON, CLIENT, PAYER, CODE, TRACE, STATE)]
    amount = next((value for name in (PAID, WHOLE, CHARGE) if isinstance(value := told.get(name), int)), None)
    return Line(
        step=step,
        text=" · ".join(text for text in said if text),
        amount=amount,
        key=one.fact,
        place=one.place or source.place,
        document=source.document_name,
    )


def _title(fact: Fact) -> str:
    if isinstance(fact, Remittance):
        return "Remittance"
    return {BankDeposit: "Bank", ClientPayment: "by the client"}.get(type(fact), type(fact).__name__)


def _told(fact: Fact, place: str, names: Names) -> Told:
    """What a fact says, under the names of the table's rows. No client's name is among it, nor the bank's own text."""
    for kind, tell in _TELLERS:
        if isinstance(fact, kind):
            return tell(fact, place, names)
    return {}


def _session(one: Session, _place: str, names: Names) -> Told:
    return {
        DATE: one.date,
        CLIENT: names.code(one.client),
        CLINICIAN: names.clinicians.get(one.clinician, one.clinician),
        PAYER: one.payer,
        CLAIM: one.claim_number,
        CODE: " ".join((one.service_code, *one.modifiers)),
        CHARGE: one.fee - one.discount,
        STATE: one.state.value.replace("_", " "),
    }


def _claim(one: Claim, _place: str, _names: Names) -> Told:
    line = one.lines[0] if len(one.lines) == 1 else None
    return {
        DATE: line.date_first if line else None,
        PAYER: one.payer_name,
        CLAIM: one.claim_number,
        CODE: " ".join((line.service_code, *line.modifiers)) if line else None,
        CHARGE: one.amount_charged,
        STATE: f"sent {one.date_submitted}" if one.date_submitted else "",
    }


def _remittance(one: Remittance, place: str, _names: Names) -> Told:
    paid = next((claim for claim in one.claim_payments if place == f"segment {claim.segment}"), None)
    whole: dict[str, Value] = {
        PAYER: one.payer_name, TRACE: one.eft_trace, WHOLE: one.amount_paid, PAID_ON: one.payment_date,
        STATE: f"{len(one.claim_payments)} claims, {one.payment_method}".strip(", "),
    }  # fmt: skip
    return whole if paid is None else {**whole, **_claim_payment(paid), STATE: CLAIM_STATUS.get(paid.claim_status, "")}


def _claim_payment(one: ClaimPayment) -> dict[str, Value]:
    line = one.lines[0] if len(one.lines) == 1 else None
    adjusted = ", ".join(
        f"{each.group}-{each.reason_code} {format_money(each.amount)}" for each in one.all_adjustments()[:4]
    )
    return {
        DATE: (line.date_first if line else None) or one.date_first,
        CLAIM: one.claim_number,
        CODE: " ".join((line.billed_code or line.service_code, *line.modifiers)) if line else None,
        CHARGE: one.amount_charged,
        PATIENT: one.amount_patient,
        ALLOWED: one.amount_paid + one.amount_patient,
        PAID: one.amount_paid,
        ADJUSTED: adjusted,
    }


def _payment(one: ClientPayment | Refund | Dispute | Payout, _place: str, names: Names) -> Told:
    way = getattr(one, "method", None)
    return {
        CLIENT: names.code(getattr(one, "client", None)),
        WHOLE: one.amount if isinstance(one, ClientPayment | Payout) else -one.amount,
        PAID_ON: one.date,
        TRACE: getattr(one, "reference", None) or getattr(one, "payout_id", None),
        STATE: way.value if way else type(one).__name__.lower(),
    }


def _bank(one: BankDeposit, _place: str, _names: Names) -> Told:
    return {WHOLE: one.amount, PAID_ON: one.date, TRACE: one.trace, STATE: f"account …{one.account[-4:]}"}


def _coverage(one: Coverage, _place: str, names: Names) -> Told:
    until = f" to {one.last}" if one.last else ""
    return {CLIENT: names.code(one.client), PAYER: one.payer, STATE: f"from {one.first}{until}"}


_TELLERS: tuple[tuple[type, Callable[..., Told]], ...] = (
    (Session, _session),
    (Claim, _claim),
    (Remittance, _remittance),
    (ClientPayment, _payment),
    (Refund, _payment),
    (Dispute, _payment),
    (Payout, _payment),
    (BankDeposit, _bank),
    (Coverage, _coverage),
)


def _documents(pushed: PushedEntry, shown: PostedEntry | None) -> list[Column]:
    """The document; twice where QuickBooks shows another one than we wrote."""
    name = f"{pushed.kind.value} {pushed.reference}"
    ours: Told = {DATED: pushed.date, AMOUNT: pushed.amount, STATE: "voided" if pushed.voided else ""}
    key = f"entry/{pushed.key}"
    if shown is None or shown.digest == pushed.posted_digest:
        return [Column(step="QuickBooks", title=pushed.kind.value, key=key, document=name, told=ours)]
    now: Told = {
        DATED: shown.date,
        AMOUNT: 0 if shown.deleted else shown.amount,
        STATE: "deleted" if shown.deleted else "voided" if shown.voided else "changed there",
    }
    return [
        Column(step="QuickBooks", title="as we wrote it", key=key, document=name, told=ours),
        Column(step="QuickBooks", title="as it is there", key=key, document=name, told=now),
    ]


def _document_line(pushed: PushedEntry, shown: PostedEntry | None) -> Line:
    now = shown or pushed
    return Line(
        step="QuickBooks",
        text=f"{pushed.kind.value} · {pushed.reference} · {now.date or '–'}{' · voided' if pushed.voided else ''}",
        amount=now.amount,
        key=f"entry/{pushed.key}",
    )
