"""The next step for each client who owes."""

from __future__ import annotations

import pytest

from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import Thresholds
from hhs_sync.receivables.dunning import DunningStep, client_accounts
from hhs_sync.receivables.open_items import OpenItem
from tests.builders import day


def owed(session: str, amount: int, since: str, client: str = "c-1", account: Account = Account.AR_CLIENT) -> OpenItem:
    return OpenItem(session, account, client, amount, day(since), day(since))


@pytest.mark.parametrize(
    ("today", "step", "since"),
    [
        ("2025-10-02", DunningStep.STATEMENT, "2025-09-03"),
        ("2025-10-03", DunningStep.REMINDER, "2025-10-03"),
        ("2025-11-02", DunningStep.CALL, "2025-11-02"),
        ("2025-12-02", DunningStep.DECISION, "2025-12-02"),
        ("2029-12-02", DunningStep.DECISION, "2025-12-02"),
    ],
)
def test_the_step_follows_the_oldest_open_item(today: str, step: DunningStep, since: str) -> None:
    items = [owed("K2", 5000, "2025-11-20"), owed("K1", 13000, "2025-09-03")]
    (account,) = client_accounts(items, Thresholds(), day(today))

    assert (step, day(since), ("K1", "K2"), 18000) == (account.step, account.since, account.sessions, account.amount)


def test_a_balance_of_one_cent_counts_and_is_as_old_as_it_is() -> None:
    items = [owed("K1", 1, "2025-09-03"), owed("K2", 5000, "2025-11-20"), owed("K3", -500, "2025-01-01")]
    (account,) = client_accounts(items, Thresholds(), day("2025-11-25"))

    assert (day("2025-09-03"), ("K1", "K2"), 4501) == (account.oldest, account.sessions, account.amount)


def test_credits_lower_what_is_owed_and_small_balances_ask_for_nothing() -> None:
    items = [owed("K1", 13000, "2025-09-03"), owed("K2", -12900, "2025-10-03"), owed("K3", 900, "2025-09-03", "c-2")]

    assert ["c-2"] == [
        one.client for one in client_accounts(items, Thresholds(client_tolerance=100), day("2025-12-01"))
    ]


def test_what_payers_owe_is_nobodys_dunning() -> None:
    assert () == client_accounts(
        [owed("K1", 13000, "2025-09-03", "ANTH", Account.AR_PAYER)], Thresholds(), day("2025-12-01")
    )
