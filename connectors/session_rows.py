"""Rows of a session export to Session facts.

Everything that is the same for all rows (where fields stand, what words mean) is worked out before the first row, for
a practice's daily export repeats all its sessions. A row whose day and own key can be read is never lost: what a
completed session lacks is named in `missing` (SRC-01), to be mended at its source.

Where the source gives no key, day, start, client, clinician and code make one, with a running number among equals. The
fee is left out of it on purpose: a corrected fee is a new version of the session, not another session.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connectors.profile import joined_part
from connectors.values import Keys, opaque, read_time
from hhs_sync.facts.document import Placed, Unreadable
from hhs_sync.facts.session import Session, SessionState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from connectors.profile import Profile
    from connectors.table import Table
    from connectors.values import Amounts, Days

    Rows: TypeAlias = Iterator[tuple[int, list[str]]]

_CODE = re.compile(r"^([A-Z]\d{4}|\d{5}|\d{4}[A-Z])(?![A-Z0-9])(.*)$", re.DOTALL)
_ANY_CODE = re.compile(r"\b(?:[A-Z]\d{4}|\d{5}|\d{4}[A-Z])\b")
_MODIFIERS = re.compile(r"[^A-Z0-9]*(?:[A-Z0-9]{2}(?:[^A-Z0-9]+[A-Z0-9]{2})*)?[^A-Z0-9]*")
_PIECE = re.compile(r"[A-Z0-9]+")
_COMPLETED = SessionState.COMPLETED


def sessions(
    table: Table, rows: Rows, profile: Profile, *, days: Days, amounts: Amounts, source: str
) -> Iterator[Placed]:
    """The sessions of a table's rows; rows that can't be one go to `table.unreadable`."""
    rows, index = _joined_rows(table, rows, profile)
    (
        at_key, at_day, at_start, at_client, at_clinician, at_code, at_modifiers, at_units,
        at_fee, at_discount, at_payer, at_secondary, at_claim, at_line, at_invoice, at_state, at_billed,
    ) = (
        index["key"], index["date"], index["starts_at"], index["client"], index["clinician"], index["service_code"],
        index["modifiers"], index["units"], index["fee"], index["discount"], index["payer"], index["secondary_payer"],
        index["claim_number"], index["line_key"], index["invoice"], index["state"], index["billed_on"],
    )  # fmt: skip
    # A key made of several cells may hold names or days; like all keys it stands in logs, where none may.
    keyed, key_is_made = at_key != table.width, "key" in profile.joined
    codes, states, units_of, starts = _Codes(), _States(profile), _Units(), _Starts()
    keys, prefix = Keys(), f"session/{source}/"

    def tell(line: int, problem: str, fee: int | None = None) -> None:
        table.unreadable.append(Unreadable(place=f"line {line}", problem=problem, amount=fee))

    for line, row in rows:
        when = days[row[at_day]]
        if when is None:
            if not table.is_nothing(row[: table.width]):
                tell(line, "no day of service that can be read", amounts[row[at_fee]])
            continue
        fee, state = amounts[row[at_fee]], states[row[at_state]]
        if state is None:
            tell(line, "a state that the profile gives no meaning to: add the word to [states]", fee)
            continue
        client, clinician = row[at_client].strip(), row[at_clinician].strip()
        code, modifiers = codes[row[at_code], row[at_modifiers]]
        starts_at = starts[row[at_start]] or when[1]
        own_key = row[at_key].strip() if keyed else keys.number((when[0], starts_at, client, clinician, code))
        if not own_key:
            tell(line, "no own key, so that it can't be told from other sessions", fee)
            continue
        units, discount = units_of[row[at_units]], abs(amounts[row[at_discount]] or 0)
        if fee is not None and profile.fee_per_unit and units:
            fee *= units
        if fee is not None and (fee < 0 or discount > fee):
            tell(line, "a fee below zero, or a discount above the fee", fee)
            continue
        payer, secondary = row[at_payer].strip(), row[at_secondary].strip()
        billed = days[row[at_billed]] if row[at_billed] else None
        missing: tuple[str, ...] = ()
        if state is _COMPLETED and not (code and client and clinician and units and fee is not None):
            told = {
                "fee": fee is not None,
                "service_code": code,
                "client": client,
                "clinician": clinician,
                "units": units,
            }
            missing = tuple(field for field, there in told.items() if not there)
        session = keys.take(
            Session(
                key=prefix + (opaque((own_key,)) if key_is_made else own_key),
                date=when[0],
                client=client,
                clinician=clinician,
                service_code=code,
                modifiers=modifiers,
                units=units or 1,
                fee=fee or 0,
                discount=discount,
                payer=None if payer.lower() in profile.private_pay else payer,
                secondary_payer=None if secondary.lower() in profile.private_pay else secondary,
                claim_number=row[at_claim].strip() or None,
                line_key=row[at_line].strip() or None,
                invoice=row[at_invoice].strip() or None,
                state=state,
                billed_on=billed[0] if billed else None,
                starts_at=starts_at,
                missing=missing,
            )
        )
        if session is not None:
            yield Placed(fact=session, place=f"line {line}")


def _joined_rows(table: Table, rows: Rows, profile: Profile) -> tuple[Rows, Mapping[str, int]]:
    """The rows with joined fields behind their last cell, and where each field stands in them."""
    if not profile.joined:
        return rows, table.index
    index = dict(table.index)
    joins: list[list[int]] = []
    for number, (field, headings) in enumerate(profile.joined.items(), start=1):
        joins.append([index[joined_part(field, place)] for place in range(len(headings))])
        index[field] = table.width + number

    def joined() -> Rows:
        for line, row in rows:
            row.extend([", ".join(cell for place in places if (cell := row[place].strip())) for places in joins])
            yield line, row

    return joined(), index


class _Codes(dict[tuple[str, str], tuple[str, tuple[str, ...]]]):
    """The code and modifier cells as code and modifiers: "90837-95", "90837 (Psychotherapy, 60 min)", "NO SHOW"."""

    def __missing__(self, cells: tuple[str, str]) -> tuple[str, tuple[str, ...]]:
        text, more = " ".join(cells[0].upper().split()), cells[1].upper()
        found = _CODE.match(text)
        modifiers: tuple[str, ...] = ()
        if found and _MODIFIERS.fullmatch(found[2]):
            text, modifiers = found[1], tuple(_PIECE.findall(found[2]))
        elif found and not _ANY_CODE.search(found[2]):
            # What follows describes the code. A second code would be a second service: the cell is then left as it
            # is, which no rule maps, and a person sees it.
            text = found[1]
        self[cells] = (text, modifiers + tuple(_PIECE.findall(more)))
        return self[cells]


class _States(dict[str, "SessionState | None"]):
    """The state word as a state; None for a word that the profile doesn't know."""

    def __init__(self, profile: Profile) -> None:
        super().__init__()
        self._profile = profile

    def __missing__(self, word: str) -> SessionState | None:
        bare = " ".join(word.lower().split())
        self[word] = self._profile.states.get(bare, None if bare else self._profile.state)
        return self[word]


class _Units(dict[str, int]):
    """The units as a whole number, 1 where none are told; 0 stands for units that are no whole number."""

    def __missing__(self, text: str) -> int:
        bare = text.strip()
        whole, _, rest = bare.partition(".")
        right = whole.isdecimal() and not rest.strip("0")
        self[text] = int(whole) if right and bare else 0 if bare else 1
        return self[text]


class _Starts(dict[str, "str | None"]):
    """The time of day as "09:30"; None where none is told."""

    def __missing__(self, text: str) -> str | None:
        self[text] = read_time(text) if text.strip() else None
        return self[text]
