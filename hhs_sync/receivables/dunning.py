"""The next step for each client who owes: statement, reminder, call, decision.

Steps follow the age of the oldest open item. After the decision of the practice nothing further exists here: no
interest, no late fee, no credit bureau (P.L. 2024 c. 663, P.L. 2025 c. 201), and every letter bears the practice's
name. A balance within the small-balance tolerance asks for nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.mapping.accounts import Account
from hhs_sync.money import Money

if TYPE_CHECKING:
    from hhs_sync.facts.document import FactKey
    from hhs_sync.mapping.rules import Thresholds
    from hhs_sync.receivables.open_items import OpenItem


class DunningStep(Enum):
    """What is due next. The value is the word on reports."""

    STATEMENT = "statement"
    REMINDER = "reminder"
    CALL = "call, offer the plan"
    DECISION = "decision by the practice"


class ClientAccount(Struct, frozen=True, kw_only=True, gc=False):
    """What one client owes. `oldest` is when the oldest open item came to be owed, `since` when the step came due."""

    client: str
    amount: Money
    oldest: dt.date
    step: DunningStep
    since: dt.date
    sessions: tuple[FactKey, ...]


def client_accounts(items: Iterable[OpenItem], limits: Thresholds, today: dt.date) -> tuple[ClientAccount, ...]:
    """Every client who owes more than the tolerance, in the order of the clients' ids. Credits lower what is owed."""
    by_client: dict[str, list[OpenItem]] = defaultdict(list)
    for item in items:
        if item.account is Account.AR_CLIENT:
            by_client[item.party].append(item)
    return tuple(
        _account(client, owed, limits, today)
        for client, owed in sorted(by_client.items())
        if sum(one.amount for one in owed) > limits.client_tolerance
    )


def _account(client: str, items: list[OpenItem], limits: Thresholds, today: dt.date) -> ClientAccount:
    owed = sorted((one for one in items if one.amount > 0), key=lambda one: (one.since, one.session))
    oldest = owed[0].since
    age = (today - oldest).days
    step, days = DunningStep.STATEMENT, 0
    for reached, after in (
        (DunningStep.REMINDER, limits.reminder_days),
        (DunningStep.CALL, limits.call_days),
        (DunningStep.DECISION, limits.decision_days),
    ):
        if age >= after:
            step, days = reached, after
    return ClientAccount(
        client=client,
        amount=sum(one.amount for one in items),
        oldest=oldest,
        step=step,
        since=oldest + dt.timedelta(days=days),
        sessions=tuple(one.session for one in owed),
    )
