"""Looking for what money belongs to: by amounts, references, codes and dates, over one practice's facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.errors import MoneyError
from hhs_sync.facts.payment import ClientPayment, Payout
from hhs_sync.facts.remittance import Remittance
from hhs_sync.facts.resolution import ClientCode
from hhs_sync.facts.session import Session
from hhs_sync.money import Money, format_money, parse_money

if TYPE_CHECKING:
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.fact import Fact
    from hhs_sync.findings.finding import Finding
    from hhs_sync.store import Store

FOUND_MAX = 40
TERMS_MAX = 12
BANK_KINDS = ("remittance", "payout", "client_payment")
SESSION_KINDS = ("session",)


class Found(Struct, frozen=True, kw_only=True):
    """Something that the money may belong to. `terms` are what was asked for and agrees."""

    key: FactKey
    text: str
    amount: Money
    day: str
    terms: tuple[str, ...]


def kinds_for(finding: Finding) -> tuple[str, ...]:
    """What the money of a question may belong to: what was told to be at the bank, or sessions."""
    return BANK_KINDS if finding.subject.startswith("bank_deposit/") else SESSION_KINDS


def search(store: Store, practice: str, finding: Finding, text: str) -> list[Found]:
    """What agrees with any of the terms, which bars separate: "60.00 | 751.02 | K7F3Q". The best first.

    Reads the facts of one practice and of the kinds that matter, never the books.
    """
    terms = [one.strip().upper() for one in text.split("|") if one.strip()][:TERMS_MAX]
    if not terms:
        return []
    drawn = store.readings.of_kinds(practice, ("client_code",))
    codes = {one.client: one.code for one in drawn if isinstance(one, ClientCode)}
    told: dict[FactKey, Found] = {}
    for fact in store.readings.of_kinds(practice, kinds_for(finding)):
        found = _found(fact, terms, codes)
        if found is not None:
            told[found.key] = found
    days = [day.isoformat() for day in finding.service_dates] or [finding.since.isoformat()]
    return sorted(told.values(), key=lambda one: (-len(one.terms), one.day not in days, one.day, one.key))[:FOUND_MAX]


def _found(fact: Fact, terms: list[str], codes: Mapping[str, str]) -> Found | None:
    if isinstance(fact, Session):
        amount, day = fact.fee - fact.discount, fact.date.isoformat()
        said = [
            codes.get(fact.client, "–"),
            fact.service_code,
            fact.claim_number or "",
            fact.clinician,
            fact.payer or "",
        ]
    elif isinstance(fact, Remittance):
        amount, day = fact.amount_paid, str(fact.payment_date or "")
        said = [fact.payer_name, fact.eft_trace, fact.payment_method]
    elif isinstance(fact, Payout):
        amount, day, said = fact.amount, fact.date.isoformat(), [fact.processor, fact.payout_id]
    elif isinstance(fact, ClientPayment):
        amount, day = fact.amount, fact.date.isoformat()
        said = [codes.get(fact.client or "", "–"), fact.method.value, fact.reference or ""]
    else:
        return None
    agreed = tuple(one for one in terms if _agrees(one, amount, [day, *said]))
    if not agreed:
        return None
    return Found(key=fact.key, text=" · ".join(one for one in said if one), amount=amount, day=day, terms=agreed)


def _agrees(term: str, amount: Money, said: list[str]) -> bool:
    try:
        return parse_money(term) == amount or any(term in one.upper() for one in said)
    except MoneyError:
        return any(term in one.upper() for one in said)


def terms_of(finding: Finding) -> str:
    """What to look for first: the amounts that the question itself names."""
    amounts = dict.fromkeys(amount for name, amount in finding.numbers if amount > 0 and name != "difference")
    return " | ".join(format_money(one) for one in amounts or [finding.amount])
