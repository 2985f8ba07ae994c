"""How often each name and each reason came in that a rule can be about: what a taught rule has been good for.

Names are counted as they were spelled, so that a second spelling of a payer has figures of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from hhs_sync.matching.acceptance import Standing
from hhs_sync.money import Money

if TYPE_CHECKING:
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
    counts: dict[tuple[str, ...], list[int]] = {}

    def seen(amount: Money, *named: str) -> None:
        known = counts.get(named)
        if known is None:
            counts[named] = [1, amount]
        else:
            known[0] += 1
            known[1] += amount

    for session in at.facts.sessions.values():
        fee = session.fee - session.discount
        if session.payer:
            seen(fee, PAYER, session.payer)
        seen(fee, CLINICIAN, session.clinician)
        seen(fee, SERVICE, session.service_code)
    for key, judged in at.books.judged.items():
        if judged.standing is not Standing.ACCEPTED:
            continue
        remittance = at.facts.remittances[key]
        seen(remittance.amount_paid, PAYER, remittance.payer_name)
        payer = at.payer_of(remittance)
        if payer is None:
            continue
        for claim in remittance.claim_payments:
            for one in claim.all_adjustments():
                seen(one.amount, REASON, payer.id, one.group, one.reason_code)
    found: dict[str, Use] = {}
    for (kind, *parts), (count, amount) in counts.items():
        name = name_of(kind, *parts)
        before = found.get(name, Use(0, 0))
        found[name] = Use(before.count + count, before.amount + amount)
    return Uses(found)


def write_uses(at: Situation) -> bytes:
    """The uses as JSON."""
    return msgspec.json.encode(uses(at))


def read_uses(text: bytes | None) -> Uses:
    """What `write_uses` wrote; none where no turn has written them yet."""
    return msgspec.json.decode(text, type=Uses) if text else Uses()
