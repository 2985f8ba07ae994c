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
    """The standing of every remittance, by its key.

    Among repeats the one that was known first stands; but one that adds up takes the place of one that does not.
    """
    judged: dict[FactKey, Judged] = {}
    by_trace: dict[object, FactKey] = {}
    by_claim: dict[object, FactKey] = {}
    decided = {
        subject: kind
        for subject, kind in standing(facts.resolutions.values())
        if kind in (ResolutionKind.OLD_SYSTEM, ResolutionKind.NOT_A_REPEAT)
    }
    for remittance in sorted(
        facts.remittances.values(), key=lambda one: (bool(_why_held(one)), *_known(one, facts.as_of))
    ):
        if remittance.test:
            judged[remittance.key] = Judged(Standing.TEST)
            continue
        payer = rules.payer(remittance.payer_name, remittance.payer_ids)
        sender = payer.id if payer else (remittance.payer_trace_id or remittance.payer_name.upper())
        trace = (sender, remittance.eft_trace, remittance.amount_paid, remittance.payment_date)
        claims = [(sender, *one) for one in _claims(remittance)]
        repeats = by_trace.get(trace) if remittance.eft_trace else None
        if repeats is None and claims and all(one in by_claim for one in claims):
            repeats = by_claim[claims[0]]
        if decided.get(remittance.key) is ResolutionKind.OLD_SYSTEM:
            judged[remittance.key] = Judged(Standing.OLD_SYSTEM)
        elif repeats is not None and decided.get(remittance.key) is not ResolutionKind.NOT_A_REPEAT:
            judged[remittance.key] = Judged(Standing.DUPLICATE, repeats=repeats)
        elif not _is_ours(remittance, rules.practice):
            judged[remittance.key] = Judged(Standing.NOT_OURS)
        else:
            why = _why_held(remittance)
            judged[remittance.key] = Judged(Standing.HELD, why=why) if why else Judged(Standing.ACCEPTED)
            by_trace.setdefault(trace, remittance.key)
            for one in claims:
                by_claim.setdefault(one, remittance.key)
    return judged


def _why_held(remittance: Remittance) -> str:
    if not remittance.complete:
        return "the remittance is cut off"
    if remittance.imbalances:
        return "the sums do not come out"
    if remittance.amount_paid < 0:
        return "the payment is negative"
    return ""


def _claims(remittance: Remittance) -> list[tuple[object, ...]]:
    """What each claim payment would be known by, came it again in another file, under another trace, or split anew.

    None where a claim lacks the payer's own number: two equal payments are then not to be told from a repeat. Nor
    where nothing was paid: a denial may well be told twice, and does no harm.
    """
    claims = remittance.claim_payments
    if not remittance.amount_paid or not all(claim.payer_claim_number for claim in claims):
        return []
    return [
        (
            claim.payer_claim_number,
            claim.claim_number,
            claim.claim_status,
            claim.amount_charged,
            claim.amount_paid,
            claim.all_adjustments(),
        )
        for claim in claims
    ]


def _is_ours(remittance: Remittance, practice: Practice) -> bool:
    ours = {number.strip() for number in (*practice.tax_ids, *practice.npis)}
    theirs = {number.strip() for number in remittance.payee_ids if number.strip()}
    return not ours or not theirs or bool(ours & theirs)


def _known(remittance: Remittance, as_of: Mapping[FactKey, dt.date]) -> tuple[dt.date, dt.date, str]:
    return (as_of.get(remittance.key, NO_DAY), remittance.payment_date or NO_DAY, remittance.key)
