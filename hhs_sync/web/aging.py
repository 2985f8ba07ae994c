"""The aging picture: who owes how much and for how long, as bars with their amounts written beside them.

It reads without colour: payers' bars are filled, clients' are hatched, each has its amount and its row its name.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from hhs_sync.money import Money
from hhs_sync.receivables.aging import BUCKET_NAMES

WIDTH_MAX = 420
"""Units of the picture that the longest bar has."""
HEIGHT, GAP, BETWEEN = 14, 3, 14
LABEL = 92
AMOUNT = 110


class Bar(Struct, frozen=True):
    """One bar: whose, its amount in cents, and where it is drawn."""

    whose: str
    amount: Money
    y: int
    width: int

    @property
    def text_x(self) -> int:
        """Where its amount is written."""
        return LABEL + self.width + 6

    @property
    def text_y(self) -> int:
        """The line that its amount is written on."""
        return self.y + HEIGHT - 3


class Row(Struct, frozen=True):
    """One age: its name and the bars of payers and clients."""

    name: str
    y: int
    bars: tuple[Bar, ...]


class Picture(Struct, frozen=True):
    """The whole picture, in units that the browser scales."""

    rows: tuple[Row, ...]
    payers: Money
    clients: Money
    width: int = LABEL + WIDTH_MAX + AMOUNT
    bar_height: int = HEIGHT
    label: int = LABEL - 10

    @property
    def height(self) -> int:
        """Down to the last bar."""
        return len(self.rows) * (2 * HEIGHT + GAP + BETWEEN) - BETWEEN + 2

    @property
    def total(self) -> Money:
        """What is owed in all."""
        return self.payers + self.clients


def picture(payers: Sequence[Money], clients: Sequence[Money]) -> Picture:
    """Draw both sides' amounts by age to one scale. A credit (below zero) has no bar but its amount."""
    longest = max(*payers, *clients, 1)
    rows = []
    for place, name in enumerate(BUCKET_NAMES):
        y = place * (2 * HEIGHT + GAP + BETWEEN) + 1
        bars = tuple(
            Bar(whose, amount, y + under * (HEIGHT + GAP), max(0, round(WIDTH_MAX * amount / longest)))
            for under, (whose, amount) in enumerate((("payers", payers[place]), ("clients", clients[place])))
        )
        rows.append(Row(name, y + HEIGHT + GAP, bars))
    return Picture(tuple(rows), sum(payers), sum(clients))
