"""Charts as inline SVG: readable without colour, by a title and the figures in text, and without any script."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from hhs_sync.money import Money, format_money

HEIGHT, WIDTH_OF_BAR, GAP = 110, 62, 14
LABEL = 40
BARS_MAX = 36
"""The latest ones: three years of months."""


class Bar(Struct, frozen=True):
    """One bar: where it stands, how high it is, and what it says."""

    x: int
    y: int
    height: int
    is_negative: bool
    name: str
    amount: str
    says: str

    @property
    def amount_y(self) -> int:
        """The line that its amount is written on: above what is owed, below what is a credit."""
        return self.y + self.height + 13 if self.is_negative else self.y - 5


class Chart(Struct, frozen=True, kw_only=True):
    """Bars over a base line; `says` tells the whole in words."""

    title: str
    says: str
    width: int
    height: int
    base: int
    bars: tuple[Bar, ...]


def bars(values: Sequence[tuple[str, Money]], *, title: str) -> Chart | None:
    """A bar for each name and amount; None where there is nothing to compare."""
    shown = values[-BARS_MAX:]
    if len(shown) < 2:
        return None
    top = max(0, *(amount for _, amount in shown))
    bottom = min(0, *(amount for _, amount in shown))
    span = top - bottom or 1
    base = LABEL // 2 + round(HEIGHT * top / span)
    made = []
    for place, (name, amount) in enumerate(shown):
        height = max(round(HEIGHT * abs(amount) / span), 1 if amount else 0)
        y = base - height if amount > 0 else base
        x = GAP + place * (WIDTH_OF_BAR + GAP)
        told = format_money(amount)
        made.append(Bar(x, y, height, amount < 0, name, told, f"{name}: {told}"))
    return Chart(
        title=title,
        says="; ".join(one.says for one in made),
        width=GAP + len(shown) * (WIDTH_OF_BAR + GAP),
        height=HEIGHT + LABEL + 18,
        base=base,
        bars=tuple(made),
    )
