"""Which remittances may be posted, and why the others wait.

A remittance that does not add up is held whole: its money is told in suspense and nobody plugs the difference. One
that we already have is held, whichever name or number it comes under. One that is addressed to somebody else is not
ours to post. A test file is no remittance at all.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.facts.resolution import ResolutionKind, standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.remittance import Remittance
    from hhs_sync.mapping.rules import Practice, Rules

# BPR01: H notification only, P prenote: no money goes with these when they tell an amount of zero.
NO_DAY = dt.date.max


class Standing(Enum):
    """What becomes of a remittance."""

    ACCEPTED = "accepted"
    HELD = "does not add up"
    DUPLICATE = "we already have it"
    NOT_OURS = "belongs to someone else"
    TEST = "test file"
    OLD_SYSTEM = "belongs to the old system"


class Judged(Struct, frozen=True, gc=False):
    """A remittance's standing, with the remittance it repeats (duplicates) or what is wrong with it."""

    standing: Standing
    repeats: FactKey | None = None
    why: str = ""


def judge_remittances(facts: Facts, rules: Rules) -> dict[FactKey, Judged]:
    """The standing of every remittance, by its key. Among repeats the one that was known first stands."""
    judged: dict[FactKey, Judged] = {}
    by_trace: dict[object, FactKey] = {}
    by_claims: dict[object, FactKey] = {}
    decided = {
        subject: kind
        for subject, kind in standing(facts.resolutions.values())
        if kind in (ResolutionKind.OLD_SYSTEM, ResolutionKind.ACCEPT)
    }
    for remittance in sorted(facts.remittances.values(), key=lambda one: _known(one, facts.as_of)):
        payer = rules.payer(remittance.payer_name, remittance.payer_ids)
        sender = payer.id if payer else (remittance.payer_trace_id or remittance.payer_name.upper())
        same_trace = (sender, remittance.eft_trace, remittance.amount_paid, remittance.payment_date)
        same_claims = (sender, remittance.amount_paid, _content(remittance))
        first = by_trace.get(same_trace) if remittance.eft_trace else None
        first = first or (by_claims.get(same_claims) if same_claims[2] else None)
        if remittance.test:
            judged[remittance.key] = Judged(Standing.TEST)
            continue
        if decided.get(remittance.key) is ResolutionKind.OLD_SYSTEM:
            judged[remittance.key] = Judged(Standing.OLD_SYSTEM)
        elif first is not None and decided.get(remittance.key) is not ResolutionKind.ACCEPT:
            judged[remittance.key] = Judged(Standing.DUPLICATE, repeats=first)
        elif not _is_ours(remittance, rules.practice):
            judged[remittance.key] = Judged(Standing.NOT_OURS)
        else:
            why = _why_held(remittance)
            judged[remittance.key] = Judged(Standing.HELD, why=why) if why else Judged(Standing.ACCEPTED)
            by_trace.setdefault(same_trace, remittance.key)
            by_claims.setdefault(same_claims, remittance.key)
    return judged


def _why_held(remittance: Remittance) -> str:
    if not remittance.complete:
        return "the remittance is cut off"
    if remittance.imbalances:
        return "the sums do not come out"
    if remittance.amount_paid < 0:
        return "the payment is negative"
    return ""


def _content(remittance: Remittance) -> tuple[object, ...]:
    """What a payer pays again when it sends the same claim payments under another number.

    Only claims that bear the payer's own number can tell a repeat from two equal payments: without, there is none.
    """
    claims = remittance.claim_payments
    if not claims or not all(claim.payer_claim_number for claim in claims):
        return ()
    return tuple(
        sorted(
            (
                claim.payer_claim_number or "",
                claim.claim_number,
                claim.claim_status,
                claim.amount_charged,
                claim.amount_paid,
            )
            for claim in claims
        )
    )


def _is_ours(remittance: Remittance, practice: Practice) -> bool:
    ours = {number.strip() for number in (*practice.tax_ids, *practice.npis)}
    theirs = {number.strip() for number in remittance.payee_ids if number.strip()}
    return not ours or not theirs or bool(ours & theirs)


def _known(remittance: Remittance, as_of: Mapping[FactKey, dt.date]) -> tuple[dt.date, dt.date, str]:
    return (as_of.get(remittance.key, NO_DAY), remittance.payment_date or NO_DAY, remittance.key)
