"""Small arithmetic of what stood, less what it was, and what it is: of sums, of lists, and of things in order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TypeVar

Value = TypeVar("Value")


def added(amounts: Sequence[int], others: Sequence[int], sign: int) -> tuple[int, ...]:
    """Amounts place by place; what is missing counts as nothing."""
    return tuple(one + sign * other for one, other in zip_longest(amounts, others, fillvalue=0))


def left_over(these: Sequence[Value], those: Sequence[Value]) -> tuple[Value, ...]:
    """These without those, each as often as it stands there."""
    found = list(these)
    for one in those:
        if one in found:
            found.remove(one)
    return tuple(found)


def moved(last: Sequence[Value], before: Sequence[Value], after: Sequence[Value]) -> tuple[Value, ...]:
    """What stood, less what went between before and after, and what came, in its order."""
    gone = set(before) - set(after)
    came = [one for one in after if one not in set(before) and one not in set(last)]
    return (*(one for one in last if one not in gone), *came)
