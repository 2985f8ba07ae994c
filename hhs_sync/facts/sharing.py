"""Facts of which what repeats is one object: codes, days, sums and clients come back in thousands of facts.

Read from JSON each would be an object of its own, and those are half the memory that a large practice's facts take.
Matching, too, is quicker where equal names are one object, for it is hashed once and compared at a glance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import force_setattr

from hhs_sync.facts.claim import Claim, ClaimLine
from hhs_sync.facts.fact import read_fact
from hhs_sync.facts.remittance import ClaimPayment, Remittance, ServiceLine
from hhs_sync.facts.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hhs_sync.facts.fact import Fact

    Shared = Session | Claim | ClaimLine | ClaimPayment | ServiceLine

# What other facts say too: a claim number stands on the session, the claim and each payment of it.
REPEATED: Mapping[type, tuple[str, ...]] = {
    Session: (
        "date", "client", "clinician", "service_code", "modifiers", "fee", "payer", "claim_number", "line_key",
        "invoice", "billed_on", "starts_at",
    ),
    Claim: (
        "claim_number", "date_submitted", "payer_name", "payer_id", "filing_indicator", "client_name", "member_id",
        "billing_npi", "clinician_npi", "amount_charged",
    ),
    ClaimLine: ("line_key", "service_code", "modifiers", "amount_charged", "date_first", "date_last", "clinician_npi"),
    ClaimPayment: (
        "claim_number", "claim_status", "amount_charged", "amount_paid", "amount_patient", "filing_indicator",
        "client_name", "member_id", "clinician_npi", "date_first", "date_last",
    ),
    ServiceLine: (
        "service_code", "modifiers", "date_first", "date_last", "amount_charged", "amount_paid", "amount_allowed",
        "line_key", "adjustments",
    ),
}  # fmt: skip


class FactReader:
    """Reads many facts, and keeps of equal parts the first one."""

    def __init__(self) -> None:
        """Know of nothing yet."""
        self._known: dict[Any, Any] = {}

    def read(self, text: bytes | str) -> Fact:
        """The fact that `write_fact` wrote. Raises msgspec.ValidationError when the text is no fact."""
        fact = read_fact(text)
        if isinstance(fact, Session):
            self._share(fact)
        elif isinstance(fact, Claim):
            self._share(fact)
            for line in fact.lines:
                self._share(line)
        elif isinstance(fact, Remittance):
            for claim in fact.claim_payments:
                self._share(claim)
                for paid in claim.lines:
                    self._share(paid)
        return fact

    def _share(self, fact: Shared) -> None:
        """Put known parts in the place of equal ones. Nobody has seen the fact yet, so that it may still be set."""
        known = self._known.setdefault
        for name in REPEATED[type(fact)]:
            part = getattr(fact, name)
            if part:
                force_setattr(fact, name, known(part, part))
