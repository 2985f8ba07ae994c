"""One payment that the bank shows in several lines: a payer's 1,000.00 that arrives as 600.00 and 400.00.

The same evidence is asked as of several payments in one line, and all lines must be there: while one is missing, the
money stays on its way and nothing is matched. Lines that two payments could lay claim to are nobody's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from hhs_sync.facts.deposit import BankDeposit
from hhs_sync.facts.document import FactKey
from hhs_sync.matching.combination import combinations_of
from hhs_sync.matching.expected import Expected
from hhs_sync.matching.match import BankDoubt

Lines: TypeAlias = Sequence[BankDeposit]

# Five ways are enough to choose from; whoever knows of a sixth can name it.
WAYS_SHOWN = 5


def by_trace(traced: Sequence[tuple[Expected, Lines]]) -> Iterator[tuple[Expected, Lines]]:
    """Payments to which all lines that bear their trace add up, where those lines bear no other payment's."""
    names = Counter(line.key for _, lines in traced for line in lines)
    for one, lines in traced:
        alone = all(names[line.key] == 1 for line in lines)
        if alone and len(lines) > 1 and sum([line.amount for line in lines]) == one.amount:
            yield one, lines


def by_combination(near: Iterable[tuple[Expected, Lines]]) -> tuple[list[tuple[Expected, Lines]], list[BankDoubt]]:
    """Payments that one combination of the lines near them alone gives, and the doubts about all other such lines."""
    found = [(one, ways) for one, lines in near if (ways := combinations_of(lines, one.amount))]
    claims = Counter(key for _, ways in found for key in {line.key for way in ways for line in way})
    taken: list[tuple[Expected, Lines]] = []
    choices: dict[FactKey, list[tuple[FactKey, ...]]] = defaultdict(list)
    for one, ways in found:
        if len(ways) == 1 and all(claims[line.key] == 1 for line in ways[0]):
            taken.append((one, ways[0]))
            continue
        for way in ways:
            for line in way:
                choices[line.key].append((one.key, *[other.key for other in way if other is not line]))
    return taken, [_doubt(line, ways) for line, ways in choices.items()]


def _doubt(line: FactKey, ways: Sequence[tuple[FactKey, ...]]) -> BankDoubt:
    reason = "several combinations of lines give one payment, of which it may be a part"
    return BankDoubt(line, reason, tuple(ways[:WAYS_SHOWN]))
