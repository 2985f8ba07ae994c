"""Which of a few amounts add up to a given one: payments in one bank line, and bank lines of one payment."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Protocol, TypeVar

from hhs_sync.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

# Sixteen things of at most six make 14,892 combinations: a few milliseconds, and more than a deposit slip shows.
COMBINATION_FROM_MAX = 16
COMBINATION_OF_MAX = 6


class _HasAmount(Protocol):
    @property
    def amount(self) -> Money: ...


Part = TypeVar("Part", bound=_HasAmount)


def combinations_of(near: Sequence[Part], amount: Money) -> list[tuple[Part, ...]]:
    """All combinations that give this amount, of so few things that the search is bounded; of more, none."""
    if not 1 < len(near) <= COMBINATION_FROM_MAX:
        return []
    return [
        parts
        for size in range(2, min(len(near), COMBINATION_OF_MAX) + 1)
        for parts in combinations(near, size)
        if sum([one.amount for one in parts]) == amount
    ]
