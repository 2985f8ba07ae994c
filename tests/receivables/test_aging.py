"""Open items by age."""

from __future__ import annotations

import pytest

from hhs_sync.mapping.accounts import Account
from hhs_sync.receivables.aging import BUCKET_NAMES, age, bucket
from hhs_sync.receivables.open_items import OpenItem
from tests.builders import day


@pytest.mark.parametrize(
    ("days", "name"),
    [(0, "0-30"), (30, "0-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"), (90, "61-90"), (91, "91-120"),
     (120, "91-120"), (121, "over 120"), (4000, "over 120")],
)  # fmt: skip
def test_each_age_falls_into_one_bucket(days: int, name: str) -> None:
    assert name == BUCKET_NAMES[bucket(days)]


def test_amounts_are_added_up_by_party_and_age() -> None:
    items = [
        item("K1", "ANTH", 15000, "2025-11-03"),
        item("K2", "ANTH", 9000, "2025-09-01"),
        item("K3", "HPHC", -500, "2025-11-03"),
        item("K4", "ANTH", 1000, "2025-11-04"),
    ]

    table = age(items, day("2025-11-17"))
    assert {
        (Account.AR_PAYER, "ANTH"): (16000, 0, 9000, 0, 0),
        (Account.AR_PAYER, "HPHC"): (-500, 0, 0, 0, 0),
    } == table


def test_rows_come_in_the_order_of_accounts_and_parties() -> None:
    items = [
        item("K1", "HPHC", 100, "2025-11-03"),
        item("K2", "ANTH", 900, "2025-11-03"),
        OpenItem("K3", Account.AR_CLIENT, "zoe", 500, day("2025-11-03"), day("2025-11-03")),
    ]

    assert [(Account.AR_CLIENT, "zoe"), (Account.AR_PAYER, "ANTH"), (Account.AR_PAYER, "HPHC")] == list(
        age(items, day("2025-11-17"))
    )


def item(session: str, payer: str, amount: int, since: str) -> OpenItem:
    return OpenItem(session, Account.AR_PAYER, payer, amount, day(since), day(since))
