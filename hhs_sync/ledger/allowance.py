"""The month-end allowance: gross charges that no payer has answered, taken down to what the contract will allow.

Revenue is what the practice expects to be entitled to (ASC 606): at each month end the expected contractual share of
the claims not yet answered comes off income, and comes back on the first day of the next month, so that no session is
ever adjusted twice. Only charges with a contract rate on file are counted; no rate, no expectation.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from hhs_sync.ledger.adjustment import CONTRACTUAL
from hhs_sync.ledger.entry import Entry, EntryKind, Evidence, Line
from hhs_sync.mapping.accounts import RECEIVABLE, Account

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.document import FactKey
    from hhs_sync.ledger.session import Charged
    from hhs_sync.mapping.rules import Rules
    from hhs_sync.money import Money


def allowances(
    entries: Iterable[Entry], facts: Facts, charged: Mapping[FactKey, Charged], rules: Rules, today: dt.date
) -> list[Entry]:
    """Two entries for every month end that has passed and found charges without an answer."""
    expected = {key: amount for key, charge in charged.items() if (amount := _expected(facts, key, charge, rules)) > 0}
    answered = _answered(entries, expected)
    months: dict[dt.date, dict[tuple[Account, str, str], Money]] = defaultdict(lambda: defaultdict(int))
    sessions: dict[dt.date, list[FactKey]] = defaultdict(list)
    for key, amount in expected.items():
        session, payer = facts.sessions[key], charged[key].payer
        assert payer is not None
        until = min(answered.get(key, today), today)
        end = month_end(session.date)
        while end < until:
            months[end][CONTRACTUAL[payer.family], payer.id, session.clinician] += amount
            sessions[end].append(key)
            end = month_end(end + dt.timedelta(days=1))
    found: list[Entry] = []
    for end, amounts in sorted(months.items()):
        lines: list[Line] = []
        for (account, payer_id, clinician), amount in sorted(
            amounts.items(), key=lambda one: (one[0][0].value, *one[0][1:])
        ):
            lines.append(Line(account, amount, payer_id, None, clinician))
            lines.append(Line(Account.ALLOWANCE, -amount, payer_id, None, clinician))
        back = tuple(Line(one.account, -one.amount, one.party, one.item, one.clinician) for one in lines)
        evidence = tuple(Evidence(key) for key in sorted(sessions[end]))
        for key, day, its, why in (
            (f"allowance:{end:%Y-%m}", end, tuple(lines), "expected contractual share of unanswered claims"),
            (f"allowance-reversed:{end:%Y-%m}", end + dt.timedelta(days=1), back, "month-end allowance comes back"),
        ):
            found.append(Entry(key=key, date=day, kind=EntryKind.ALLOWANCE, lines=its, because=why, evidence=evidence))
    return found


def month_end(day: dt.date) -> dt.date:
    """The last day of the month."""
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def _expected(facts: Facts, key: FactKey, charge: Charged, rules: Rules) -> Money:
    """The charge less the contract rate, in cents; 0 where no payer or no rate is on file."""
    if charge.payer is None:
        return 0
    session = facts.sessions[key]
    rate = rules.rate(charge.payer.id, session.service_code, session.modifiers, session.clinician, session.date)
    return session.fee - session.discount - rate.amount if rate else 0


def _answered(entries: Iterable[Entry], expected: Mapping[FactKey, Money]) -> dict[FactKey, dt.date]:
    """The day of the first entry that lowered what each session's payer owes."""
    first: dict[FactKey, dt.date] = {}
    for entry in entries:
        for line in entry.lines:
            if line.item is not None and line.item in expected and line.account in RECEIVABLE and line.amount < 0:
                first[line.item] = min(first.get(line.item, entry.date), entry.date)
    return first
