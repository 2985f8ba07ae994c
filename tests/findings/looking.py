"""Short ways to look at a few facts and to read what is asked about them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from hhs_sync.books import keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.findings import Found, find
from hhs_sync.findings.finding import Finding
from hhs_sync.findings.situation import Situation
from hhs_sync.mapping.rules import Rate, Reason, Rules, Shape, Treatment
from hhs_sync.money import format_money
from tests.builders import day, make_rules, money


def look(*facts: Any, today: str, rules: Rules | None = None, told: dict[str, Any] | None = None, **more: Any) -> Found:
    """What is asked on a day. `told` goes to Facts.of (withdrawn, unreadable, as_of), `more` to the situation."""
    return find(situation(*facts, today=today, rules=rules, told=told, **more))


def situation(
    *facts: Any, today: str, rules: Rules | None = None, told: dict[str, Any] | None = None, **more: Any
) -> Situation:
    """What checks look at; as in `look`."""
    rules = rules or plain_rules()
    standing = Facts.of(facts, **(told or {}))
    books = keep_books(standing, rules, day(today))
    return Situation(facts=standing, books=books, rules=rules, today=day(today), **more)


def plain_rules(**practice: Any) -> Rules:
    """A practice whose QuickBooks knows payers only, so that nobody asks for codes of clients."""
    return make_rules(shape=Shape.PAYER_BATCH, **practice)


def with_rates(amount: str = "110.00", payers: tuple[str, ...] = ("ANTH", "MCARE", "MEDA"), **practice: Any) -> Rules:
    """The same with contract rates for 90837."""
    rates = tuple(Rate(payer=one, code="90837", amount=money(amount)) for one in payers)
    return msgspec.structs.replace(plain_rules(**practice), rates=rates)


def with_reason(group: str, code: str, treatment: Treatment, says: str = "") -> Rules:
    """The same with one more adjustment reason."""
    rules = plain_rules()
    reason = Reason(group=group, code=code, treatment=treatment, says=says)
    return msgspec.structs.replace(rules, reasons=(*rules.reasons, reason))


def asked(found: Found) -> list[str]:
    """What is open, as "CODE amount", in the order of the work list; missing rates are left out."""
    return [
        f"{one.code} {format_money(one.amount)}"
        for one in found.findings
        if one.is_open and not one.subject.startswith("rate")
    ]


def only(found: Found, code: str) -> Finding:
    """The one finding of a code."""
    (one,) = [one for one in found.findings if one.code == code and not one.subject.startswith("rate")]
    return one


def off(found: Found) -> list[str]:
    """The controls that do not hold."""
    return [one.name for one in found.controls if one.difference]


def noon(when: str) -> dt.datetime:
    """A day's noon, with its time zone."""
    return dt.datetime.combine(day(when), dt.time(12), tzinfo=dt.UTC)
