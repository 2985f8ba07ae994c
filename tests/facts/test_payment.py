import pytest

from hhs_sync.facts.payment import Payout, PayoutItem
from tests.facts.telling import day


@pytest.mark.parametrize(
    ("items", "amount", "difference"),
    [
        ((PayoutItem("charge", "ch_1", 100_00, 3_20), PayoutItem("charge", "ch_2", 50_00, 1_75)), 145_05, 0),
        ((PayoutItem("charge", "ch_1", 100_00, 3_20), PayoutItem("refund", "re_1", -100_00)), -3_20, 0),
        ((PayoutItem("charge", "ch_1", 100_00, 3_20), PayoutItem("fee", "month", 0, 10_00)), 96_80, 10_00),
        ((), 7, 7),
    ],
)
def test_a_payout_is_what_its_items_come_to_less_their_fees(items, amount: int, difference: int) -> None:
    payout = Payout(
        key="payout/cards/1", payout_id="po_1", processor="cards", date=day(1), amount=amount, items=items
    )  # fmt: skip

    assert difference == payout.difference
