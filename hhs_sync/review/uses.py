"""How often each name and each reason came in that a rule can be about: what a taught rule has been good for.

Names are counted as they were spelled, so that a second spelling of a payer has figures of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from hhs_sync.matching.acceptance import Standing
from hhs_sync.money import Money

if TYPE_CHECKING:
    from hhs_sync.facts.document import FactKey
    from hhs_sync.findings.situation import Situation

PAYER, CLINICIAN, SERVICE, REASON = "payer", "clinician", "service", "reason"


class Use(Struct, frozen=True, array_like=True):
    """How many times, and the money of it in cents."""

    count: int
    amount: Money


class Uses(Struct, frozen=True):
    """Uses by `name_of(kind, ...)`."""

    by_name: Mapping[str, Use] = {}

    def of(self, *names: str) -> Use:
        """What these names come to together."""
        found = [self.by_name[one] for one in dict.fromkeys(names) if one in self.by_name]
        return Use(sum(one.count for one in found), sum(one.amount for one in found))


def name_of(kind: str, *parts: str) -> str:
    """The name of something in `Uses`: upper and lower case and outer blanks do not matter, as in the rules."""
    return " ".join((kind, *(" ".join(one.upper().split()) for one in parts)))


def uses(at: Situation) -> Uses:
    """Sessions by payer, clinician and code, with their fees; remittances by payer; adjustments by payer and reason."""
    counts = _Counts()
    for session in at.facts.sessions.values():
        fee = session.fee - session.discount
        if session.payer:
            counts.add(fee, PAYER, session.payer)
        counts.add(fee, CLINICIAN, session.clinician)
        counts.add(fee, SERVICE, session.service_code)
    counts.remittances(at, at.books.judged)
    return counts.on_top_of(Uses())


def with_uses(before: Uses, at: Situation, remittances: Iterable[FactKey]) -> Uses:
    """The uses with those of further remittances."""
    counts = _Counts()
    counts.remittances(at, remittances)
    return counts.on_top_of(before)


class _Counts:
    def __init__(self) -> None:
        self._counts: dict[tuple[str, ...], list[int]] = {}

    def add(self, amount: Money, *named: str) -> None:
        known = self._counts.get(named)
        if known is None:
            self._counts[named] = [1, amount]
        else:
            known[0] += 1
            known[1] += amount

    def remittances(self, at: Situation, keys: Iterable[FactKey]) -> None:
        for key in keys:
            if at.books.judged[key].standing is not Standing.ACCEPTED:
                continue
            remittance = at.facts.remittances[key]
            self.add(remittance.amount_paid, PAYER, remittance.payer_name)
            payer = at.payer_of(remittance)
            if payer is None:
                continue
            for claim in remittance.claim_payments:
                for one in claim.all_adjustments():
                    self.add(one.amount, REASON, payer.id, one.group, one.reason_code)

    def on_top_of(self, before: Uses) -> Uses:
        found = dict(before.by_name)
        for (kind, *parts), (count, amount) in self._counts.items():
            name = name_of(kind, *parts)
            known = found.get(name, Use(0, 0))
            found[name] = Use(known.count + count, known.amount + amount)
        return Uses(found)


def write_uses(at: Situation) -> bytes:
    """The uses as JSON."""
    return msgspec.json.encode(uses(at))


def read_uses(text: bytes | None) -> Uses:
    """What `write_uses` wrote; none where no turn has written them yet."""
    return msgspec.json.decode(text, type=Uses) if text else Uses()
