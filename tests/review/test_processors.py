"""Control 4: what a card processor says it holds is what its clearing account should come to."""

from __future__ import annotations

import pytest

from hhs_sync.facts.current import Facts
from hhs_sync.facts.payment import Payout, PayoutItem, ProcessorBalance
from hhs_sync.mapping.rules import Policy, Shape
from hhs_sync.plan.controls import Control
from hhs_sync.review import review
from tests.builders import bank, client_payment, day, session
from tests.plan.entries import SECRET, rules

# Two charges of 25.00 and 75.00; the first is paid out on the 12th and reaches the bank on the 13th.
FIRST = client_payment("ch_1", "2026-03-10", "25.00", client="c-1", method="card", reference="ch_1")
SECOND = client_payment("ch_2", "2026-03-12", "75.00", client="c-1", method="card", reference="ch_2")
PAYOUT = Payout(
    key="payout/cards/po_1",
    payout_id="po_1",
    processor="stripe",
    date=day("2026-03-12"),
    amount=2397,
    items=(PayoutItem("charge", "ch_1", 2500, 103),),
)
AT_THE_BANK = bank("1", "2026-03-13", "23.97", "STRIPE TRANSFER po_1")


def report(date: str, balance: int, fees: int = 0, source: str = "cards") -> ProcessorBalance:
    key = f"processor_balance/{source}/stripe/{date}"
    return ProcessorBalance(key=key, processor="stripe", date=day(date), balance=balance, pending_fees=fees)


def control_4(*reports: ProcessorBalance, policy: Policy = Policy.ACCRUAL) -> Control | None:
    told = Facts.of([session("S1", "2026-03-01", client="c-1"), FIRST, SECOND, PAYOUT, AT_THE_BANK, *reports])
    seen = review(told, rules(Shape.CODED, policy), {}, {}, day("2026-03-31"), SECRET)
    return next((one for one in seen.tie_out.controls if one.number == 4), None)


def apart(*reports: ProcessorBalance) -> list[tuple[str, int]]:
    control = control_4(*reports)
    assert control is not None
    return [(one.about, one.amount) for one in control.items if one.about.startswith("stripe")]


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(report("2026-03-10", 2397, 103), id="a charge, its fee taken off already"),
        pytest.param(report("2026-03-12", 7252, 248), id="its payout is on the way"),
        pytest.param(report("2026-03-31", 7252, 248), id="its payout is at the bank"),
        pytest.param(report("2026-03-31", 7500), id="a balance before fees"),
    ],
)
def test_a_report_that_agrees_says_nothing(told: ProcessorBalance) -> None:
    assert [] == apart(told)


def test_a_charge_that_the_practice_did_not_tell_of_is_the_difference() -> None:
    assert [("stripe 2026-03-31", 4000)] == apart(report("2026-03-31", 11500))


def test_the_newest_report_counts_and_two_of_one_day_are_both_looked_at() -> None:
    assert [] == apart(report("2026-03-12", 1), report("2026-03-31", 7500))
    assert [("stripe 2026-03-31", 100)] == apart(report("2026-03-31", 7500), report("2026-03-31", 7600, source="other"))


def test_under_cash_no_account_holds_card_money() -> None:
    assert control_4(report("2026-03-31", 1), policy=Policy.CASH) is None
