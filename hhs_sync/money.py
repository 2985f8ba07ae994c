"""Money is a whole number of cents, in a plain `int`, everywhere.

No float ever comes near an amount: text is read into cents by `parse_money` and cents become text again by
`format_money`. The alias `Money` says "cents" wherever an `int` is an amount; the type checker refuses floats for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from hhs_sync.errors import MoneyError

if TYPE_CHECKING:
    from collections.abc import Sequence

Money: TypeAlias = int
"""An amount in US cents."""

ZERO: Money = 0

# A sign or brackets around digits, with optional dollar sign, thousands separators and at most two decimals;
# trailing zeros beyond the second decimal carry no money and are let through ("12.3400").
_AMOUNT = re.compile(r"^([+-]?)\$?((?:\d{1,3}(?:,\d{3})+|\d+)?)(?:\.(\d{0,2})0*)?$")


def parse_money(text: str) -> Money:
    """Read an amount as people and exports write it ("1,234.50", "-12", "$3.5", "(7.00)", ".5") into cents.

    Raises MoneyError when the text is not an amount or tells a fraction of a cent.
    """
    bare = text.strip()
    bracketed = bare.startswith("(") and bare.endswith(")")
    if bracketed:
        bare = bare[1:-1].strip()
    if bare.startswith(("-$", "+$")):
        bare = bare[0] + bare[2:]
    elif bare.startswith(("$-", "$+")):
        bare = bare[1:]
    found = _AMOUNT.match(bare)
    if found is None or not (found[2] or found[3]):
        raise MoneyError(text)
    cents = int(found[2].replace(",", "") or "0") * 100 + int((found[3] or "").ljust(2, "0"))
    return -cents if bracketed != (found[1] == "-") else cents


def format_money(amount: Money) -> str:
    """Cents as people write them: 123456 becomes "1,234.56", -5 becomes "-0.05"."""
    whole, cents = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole:,}.{cents:02d}"


def plain_money(amount: Money) -> str:
    """Cents as machines write them, without thousands separators: 123456 becomes "1234.56"."""
    whole, cents = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole}.{cents:02d}"


def share_out(amount: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """Divide an amount in proportion to the weights so that the shares add up to it exactly.

    The cents that rounding leaves over go to the largest remainders, earlier shares first. Where all weights are
    zero the first share takes everything. Raises ValueError when there is nobody to share with.
    """
    if not weights:
        raise ValueError("an amount cannot be shared among nobody")
    total = sum(weights)
    if total == 0:
        return (amount, *([0] * (len(weights) - 1)))
    sign = -1 if amount < 0 else 1
    exact = [divmod(abs(amount) * weight, total) for weight in weights]
    shares = [quotient for quotient, _ in exact]
    left = abs(amount) - sum(shares)
    for index in sorted(range(len(weights)), key=lambda position: (-exact[position][1], position))[:left]:
        shares[index] += 1
    return tuple(sign * share for share in shares)
