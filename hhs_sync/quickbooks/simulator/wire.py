"""Reads what clients send and writes what they expect, value by value.

QuickBooks' clients disagree about types: an id arrives as 5 or "5", an amount as 85, 85.0 or "85.00", and an
attribute nobody set as "", null, [] or {"value": "", "name": ""}. Whatever comes in is read here once; behind this
module an id is a string, an amount is whole cents (int), a blank is an attribute that is not there. Amounts go out
as JSON numbers with two decimals, except that nothing is written 0, as QuickBooks does.
"""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

import msgspec

from hhs_sync.quickbooks.simulator.refusal import Refused, invalid_number, unreadable

Fields = dict[str, Any]
"""An object as it stands on the wire: names as QuickBooks spells them, amounts as Decimal."""

AMOUNT_MAX = 100_000_000_000
"""In dollars: QuickBooks takes amounts of eleven digits before the point."""

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})")
_REFERENCE_PARTS = frozenset({"value", "name", "type"})


def decode(body: bytes) -> Any:
    """What a JSON body says, floats read as Decimal so that no binary fraction ever touches an amount."""
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        what = "XML" if body.lstrip()[:1] == b"<" else f"JSON: {error}"
        raise unreadable(f"Invalid {what}") from error


def encode(answer: Any) -> bytes:
    """The JSON bytes of an answer."""
    return _ENCODER.encode(answer)


def text(value: Any) -> str | None:
    """A string, or None where the client sent a blank. Numbers become their digits: ids come both ways."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return str(value)
    return None


def flag(value: Any) -> bool | None:
    """True or false however it was spelled, None where the client sent a blank."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value:
        return value.lower() == "true"
    return None


def cents(value: Any, element: str) -> int | None:
    """Whole cents of an amount sent as number or string, rounded half up; None for a blank. Refuses the rest (2090)."""
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < AMOUNT_MAX:
        return value * 100
    number = decimal(value, element)
    if number is None:
        return None
    if abs(number) >= AMOUNT_MAX:
        raise invalid_number(element, value)
    return int(number.scaleb(2).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def decimal(value: Any, element: str) -> Decimal | None:
    """A number that need not be money (quantity, rate); None for a blank. Refuses what is no number (2090)."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise invalid_number(element, value)
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise invalid_number(element, value) from None
    if not number.is_finite():
        raise invalid_number(element, value)
    return number


def amount(whole_cents: int) -> Decimal | int:
    """The amount as QuickBooks writes it: 0, or a number with two decimals."""
    return Decimal(whole_cents).scaleb(-2) if whole_cents else 0


def money_text(whole_cents: int) -> str:
    """The amount as it stands in a report's cell: "1234.50"."""
    sign = "-" if whole_cents < 0 else ""
    return f"{sign}{abs(whole_cents) // 100}.{abs(whole_cents) % 100:02d}"


def day(value: Any, element: str) -> date | None:
    """The date of "2026-11-21" or "2026-11-21T10:00:00-08:00"; None for a blank. Refuses the rest (2050 by field)."""
    said = text(value)
    if said is None:
        return None
    found = _DATE.match(said)
    try:
        return date.fromisoformat(found.group(1) if found else said)
    except ValueError:
        raise Refused(
            "2030", "Invalid ID or date", f"Invalid date: {element} has the value {said}", element=element
        ) from None


def reference_id(fields: Fields, name: str) -> str | None:
    """The id that a reference such as CustomerRef holds, as a string; None where it is absent or blank."""
    reference = fields.get(name)
    if reference is None:
        return None
    if isinstance(reference, dict):
        return text(reference.get("value"))
    return text(reference)


def without_blanks(value: Any) -> Any:
    """The same without "", null, empty references and objects, at any depth. Empty lists stay: they clear lines."""
    if isinstance(value, dict):
        kept = {}
        for key, inner in value.items():
            clean = without_blanks(inner)
            if clean is None or clean == "" or (clean == {} and not key.endswith("Detail")):
                continue
            kept[key] = clean
        if "value" not in kept and value.keys() <= _REFERENCE_PARTS:
            return {}
        return kept
    if isinstance(value, list):
        return [without_blanks(inner) for inner in value]
    return value
