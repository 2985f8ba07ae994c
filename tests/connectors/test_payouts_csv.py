"""Card payouts from CSV."""

import datetime as dt

import pytest

from hhs_sync.facts.payment import Payout, PayoutItem
from tests.connectors.known import facts, problems, read

HEADING = "Payout ID,Processor,Payout Date,Payout Amount,Kind,Reference,Amount,Fee\n"


def test_the_rows_of_a_payout_become_one_fact_that_adds_up() -> None:
    content = HEADING + (
        "po_1,Stripe,2026-03-12,96.49,charge,ch_1,25.00,1.03\n"
        "po_2,Stripe,2026-03-13,-20.00,refund,re_1,-20.00,\n"
        "po_1,,,,charge,ch_2,75.00,2.48\n"
    )

    first, second = facts(read("payouts_csv", content))

    assert first == Payout(
        key="payout/src/po_1",
        payout_id="po_1",
        processor="stripe",
        date=dt.date(2026, 3, 12),
        amount=9649,
        items=(PayoutItem("charge", "ch_1", 2500, 103), PayoutItem("charge", "ch_2", 7500, 248)),
    )
    assert isinstance(second, Payout)
    assert (-2000, 0) == (second.amount, second.difference)
    assert 0 == first.difference


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Charge", "charge"),
        ("payment", "charge"),
        ("payment_refund", "refund"),
        ("Chargeback", "dispute"),
        ("fee", "fee"),
    ],
)
def test_kinds_are_known_by_their_words(word: str, kind: str) -> None:
    (payout,) = facts(read("payouts_csv", HEADING + f"po_1,stripe,2026-03-12,1.00,{word},x,1.00,-0.10\n"))

    assert isinstance(payout, Payout)
    assert (PayoutItem(kind, "x", 100, 10),) == payout.items


def test_a_report_that_lists_the_payout_itself_is_not_read_twice() -> None:
    rows = "po_1,stripe,2026-03-12,1.00,payout,po_1,-1.00,0\npo_1,stripe,2026-03-12,1.00,charge,x,1.00,0\n"

    (payout,) = facts(read("payouts_csv", HEADING + rows))

    assert isinstance(payout, Payout)
    assert 1 == len(payout.items)


def test_an_item_that_can_not_be_read_is_told_and_leaves_a_difference() -> None:
    rows = "po_1,stripe,2026-03-12,3.00,charge,a,1.00,0\npo_1,,,,charge,b,two,0\npo_1,,,,gift,c,1.00,0\n"

    reading = read("payouts_csv", HEADING + rows)

    (payout,) = facts(reading)
    assert isinstance(payout, Payout)
    assert 200 == payout.difference
    assert [
        ("line 3", "no amount or fee that can be read"),
        ("line 4", "a kind of item that is not known"),
    ] == problems(reading)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("po_1,s,2026-03-12,1.00,charge,a,1.00,0\npo_1,s,2026-03-13,1.00,charge,b,1.00,0\n", "disagree about its date"),
        (
            "po_1,s,2026-03-12,1.00,charge,a,1.00,0\npo_1,s,2026-03-12,2.00,charge,b,1.00,0\n",
            "disagree about its amount",
        ),
        ("po_1,s,soon,1.00,charge,a,1.00,0\n", "disagree about its date, or it can't be read"),
        ("po_1,s,2026-03-12,,charge,a,1.00,0\n", "no row of this payout says its date and amount"),
        (",s,2026-03-12,1.00,charge,a,1.00,0\n", "no payout id"),
    ],
)
def test_a_payout_of_which_the_total_is_not_known_is_told(rows: str, problem: str) -> None:
    reading = read("payouts_csv", HEADING + rows)

    assert () == reading.facts
    ((place, said),) = problems(reading)
    assert "line 2" == place
    assert problem in said


def test_the_processor_is_the_configs_where_no_row_names_one() -> None:
    (payout,) = facts(
        read("payouts_csv", HEADING + "po_1,,2026-03-12,1.00,charge,a,1.00,0\nTotal,,,1.00,,,,\n", processor="ivy")
    )

    assert isinstance(payout, Payout)
    assert "ivy" == payout.processor
