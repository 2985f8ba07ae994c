"""Small words for sentences: amounts, counts, lists. No client's name ever passes through here."""

from __future__ import annotations

from collections.abc import Iterable

from hhs_sync.money import Money, format_money

LISTED_MAX = 3


def usd(amount: Money) -> str:
    """An amount without its sign, as a sentence says it: "1,234.50"."""
    return format_money(abs(amount))


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 session", "3 sessions"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: Iterable[str], listed_max: int = LISTED_MAX) -> str:
    """The first few of many: "a, b, c and 4 more"."""
    every = list(words)
    shown = ", ".join(every[:listed_max])
    return shown if len(every) <= listed_max else f"{shown} and {len(every) - listed_max:,} more"
