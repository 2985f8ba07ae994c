"""The evidence of one question: what each source says, side by side, in the order in which the money went.

    session │ claim │ remittance │ bank │ QuickBooks

What all sources agree on is quiet; where one says otherwise, its cell is marked by a sign, and the row stands on top.
Everything is looked up by key in what is stored, a few facts at a time, however large the practice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.ledger.entry import Evidence
from hhs_sync.money import Money
from hhs_sync.web.told import (
    ADJUSTED,
    ALLOWED,
    AMOUNT,
    CHARGE,
    CLAIM,
    CLIENT,
    CLINICIAN,
    CODE,
    DATE,
    DATED,
    PAID,
    PAID_ON,
    PATIENT,
    PAYER,
    STATE,
    TRACE,
    WHOLE,
    Names,
    Told,
    codes_of,
    in_words,
    text_of,
    title_of,
    told_by,
)  # fmt: skip

if TYPE_CHECKING:
    from hhs_sync.facts.document import Source
    from hhs_sync.facts.fact import Fact
    from hhs_sync.plan.changes import PostedEntry, PushedEntry
    from hhs_sync.review.trail import Trail
    from hhs_sync.store import Store

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


def gather(store: Store, practice: str, trail: Trail, names: Names) -> Shown:
    """Look everything on the trail up, and set the first of each kind side by side."""
    facts = store.readings.standing(practice, trail.facts)
    codes = codes_of(store, practice, (fact for fact, _ in facts.values()))
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
        Cell(text_of(value), compared and value not in {None, ""} and value != first, isinstance(value, int))
        for value in values
    )
    if any(one.differs for one in cells):
        return Row(name, cells, "differs")
    return Row(name, cells, "equal" if compared and len(said) > 1 else "alone")


def _column(step: str, one: Evidence, fact: Fact, source: Source, names: Names) -> Column:
    return Column(
        step=step,
        title=title_of(fact),
        key=one.fact,
        place=one.place or source.place,
        document=source.document_name,
        told=told_by(fact, one.place, names),
    )


def _line(step: str, one: Evidence, fact: Fact, source: Source, names: Names) -> Line:
    told = told_by(fact, one.place, names)
    amount = next((value for name in (PAID, WHOLE, CHARGE) if isinstance(value := told.get(name), int)), None)
    return Line(
        step=step,
        text=in_words(told, DATE, PAID_ON, CLIENT, PAYER, CODE, TRACE, STATE),
        amount=amount,
        key=one.fact,
        place=one.place or source.place,
        document=source.document_name,
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
