"""The worked example of the accounting design: after each step the trial balance is the one that was worked by hand.

Thirteen clients K1 to K13 live through all common journeys. Each step adds what came in at that step, and the books
are kept again from everything so far. Amounts are in dollars; credits are negative. The month-end allowance is its own
case.
"""

from __future__ import annotations

import datetime as dt

import pytest

from hhs_sync.books import Books, keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.facts.session import SessionState
from hhs_sync.ledger.balances import trial_balance
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import Rules, Thresholds
from hhs_sync.money import plain_money
from tests.builders import (
    bank,
    claim,
    client_payment,
    day,
    decide,
    make_rules,
    payout,
    refund,
    remittance,
    session,
    session_key,
)

STEPS: list[tuple[str, list[Fact], str]] = [
    # step, what came in, trial balance: 1000, 1100, 1210, 2200, 2300, 2400, 40xx, 49xx, fees, bad debt, interest
    ("0", [session("K8", "2025-10-27")], "0 150 0 0 0 0 -150 0 0 0 0"),
    ("1", [session("K1", "2025-11-03")], "0 300 0 0 0 0 -300 0 0 0 0"),
    (
        "2",
        [client_payment("ch1", "2025-11-03", "25.00", "card", client="c-K1", session="K1")],
        "0 300 25 -25 0 0 -300 0 0 0 0",
    ),
    (
        "3",
        [
            remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 40, PR-3 25")),
            bank("1", "2025-11-14", "85.00", "ACH ANTHEM TRACE1"),
        ],
        "85 150 25 0 0 0 -300 40 0 0 0",
    ),
    ("4", [session("K2", "2025-11-05")], "85 300 25 0 0 0 -450 40 0 0 0"),
    (
        "5",
        [remittance("2", "2025-11-19", "0.00", claim("K2", "150", "0", "CO-45 40, PR-1 110"))],
        "85 260 25 0 0 0 -450 80 0 0 0",
    ),
    ("6", [session("K3", "2025-11-06")], "85 410 25 0 0 0 -600 80 0 0 0"),
    (
        "7",
        [remittance("3", "2025-11-20", "0.00", claim("K3", "150", "0", "CO-16 150", status="4"))],
        "85 410 25 0 0 0 -600 80 0 0 0",
    ),
    ("9", [session("K4", "2025-11-24"), session("K12", "2025-11-25")], "85 710 25 0 0 0 -900 80 0 0 0"),
    (
        "10",
        [
            remittance("4", "2025-11-28", "85.00", claim("K3", "150", "85", "CO-45 40, PR-3 25")),
            bank("4", "2025-11-28", "85.00", "ACH ANTHEM TRACE4"),
        ],
        "170 585 25 0 0 0 -900 120 0 0 0",
    ),
    (
        "12",
        [decide("12", ResolutionKind.CANCEL_CHARGE, session_key("K12"), "2025-12-01")],
        "170 435 25 0 0 0 -750 120 0 0 0",
    ),
    (
        "13",
        [session("K5", "2025-12-01"), session("K6", "2025-12-04"), session("K7", "2025-12-08")],
        "170 885 25 0 0 0 -1200 120 0 0 0",
    ),
    (
        "14",
        [
            remittance(
                "5",
                "2025-12-05",
                "75.00",
                claim("K1", "-150", "-85", "CO-45 -40, PR-3 -25", status="22"),
                claim("K1", "150", "75", "CO-45 50, PR-3 25"),
                claim("K4", "150", "85", "CO-45 40, PR-3 25"),
            ),
            bank("5", "2025-12-05", "75.00", "ACH ANTHEM TRACE5"),
        ],
        "245 760 25 0 0 0 -1200 170 0 0 0",
    ),
    ("15", [bank("hphc", "2025-12-11", "60.00", "ACH HPHC CLAIMS")], "305 760 25 0 0 -60 -1200 170 0 0 0"),
    (
        "16",
        [
            remittance(
                "6",
                "2025-12-12",
                "85.00",
                claim("K3", "-150", "-85", "CO-45 -40, PR-3 -25", status="22"),
                claim("K5", "150", "85", "CO-45 40, PR-3 25"),
                plb="WO -85.00",
            ),
            bank("6", "2025-12-12", "85.00", "ACH ANTHEM TRACE6"),
        ],
        "390 760 25 0 -85 -60 -1200 170 0 0 0",
    ),
    (
        "17",
        [
            session("K11", "2025-12-09", "75.00", None, state=SessionState.NO_SHOW, service_code="NOSHOW"),
            client_payment("ch2", "2025-12-10", "75.00", "card", client="c-K11", session="K11"),
        ],
        "390 760 100 0 -85 -60 -1275 170 0 0 0",
    ),
    (
        "18",
        [
            payout("po1", "2025-12-12", "96.49", ("charge", "ch1", "25", "1.03"), ("charge", "ch2", "75", "2.48")),
            bank("po1", "2025-12-12", "96.49", "STRIPE TRANSFER"),
        ],
        "486.49 760 0 0 -85 -60 -1275 170 3.51 0 0",
    ),
    (
        "19",
        [
            client_payment("1021", "2025-12-15", "130.00", "check", client="c-K2", session="K2"),
            bank("slip1", "2025-12-15", "130.00", "DEPOSIT"),
        ],
        "616.49 650 0 -20 -85 -60 -1275 170 3.51 0 0",
    ),
    (
        "20",
        [
            session("K9", "2025-12-02", "150.00", "MEDA", secondary_payer="SECO"),
            remittance(
                "11", "2025-12-16", "94.08", claim("K9", "150", "94.08", "CO-45 30, CO-253 1.92, PR-2 24"), payer="MEDA"
            ),
            bank("11", "2025-12-16", "94.08", "NGS MEDICARE TRACE11"),
        ],
        "710.57 674 0 -20 -85 -60 -1425 201.92 3.51 0 0",
    ),
    (
        "21",
        [
            session("K10", "2025-12-03", "150.00", "ANTH", secondary_payer="MCARE"),
            remittance("13", "2025-12-17", "85.00", claim("K10", "150", "85", "CO-45 40, PR-3 25")),
            bank("13", "2025-12-17", "85.00", "ACH ANTHEM TRACE13"),
        ],
        "795.57 699 0 -20 -85 -60 -1575 241.92 3.51 0 0",
    ),
    (
        "22",
        [
            session("K13", "2025-10-30", "150.00", "HPHC"),
            remittance(
                "paper",
                "2025-12-10",
                "60.00",
                claim("K13", "150", "60", "CO-45 80, PR-3 10"),
                payer="HPHC",
                payment_method="CHK",
                eft_trace="",
            ),
        ],
        "795.57 709 0 -20 -85 0 -1725 321.92 3.51 0 0",
    ),
    (
        "23",
        [
            decide("23", ResolutionKind.BILL_CLIENT, session_key("K3"), "2025-12-18", amount=3000),
            client_payment("cash1", "2025-12-18", "20.00", "cash", client="c-K3", session="K3"),
            bank("slip2", "2025-12-18", "20.00", "DEPOSIT"),
        ],
        "815.57 659 0 -20 -85 0 -1725 351.92 3.51 0 0",
    ),
    (
        "24",
        [
            remittance("7", "2025-12-19", "15.00", claim("K6", "150", "100", "CO-45 40, PR-2 10"), plb="WO 85.00"),
            bank("7", "2025-12-19", "15.00", "ACH ANTHEM TRACE7"),
        ],
        "830.57 519 0 -20 0 0 -1725 391.92 3.51 0 0",
    ),
    (
        "25",
        [
            remittance(
                "8",
                "2025-12-20",
                "0.00",
                claim("K5", "-150", "-85", "CO-45 -40, PR-3 -25", status="22"),
                plb="FB -85.00",
            )
        ],
        "830.57 644 0 -20 -85 0 -1725 351.92 3.51 0 0",
    ),
    ("26", [refund("r1", "2025-12-22", "20.00", client="c-K2")], "810.57 644 0 0 -85 0 -1725 351.92 3.51 0 0"),
    (
        "27",
        [
            remittance("12", "2025-12-23", "24.00", claim("K9", "150", "24", "OA-23 126", status="2"), payer="SECO"),
            bank("12", "2025-12-23", "24.00", "SECOND PLAN TRACE12"),
        ],
        "834.57 620 0 0 -85 0 -1725 351.92 3.51 0 0",
    ),
    (
        "28",
        [
            remittance(
                "14", "2025-12-24", "0.00", claim("K10", "150", "0", "OA-23 125, CO-45 25", status="2"), payer="MCARE"
            )
        ],
        "834.57 595 0 0 -85 0 -1725 376.92 3.51 0 0",
    ),
    (
        "29",
        [
            remittance("10", "2025-12-26", "86.28", claim("K8", "150", "85", "CO-45 40, PR-3 25"), plb="L6 -1.28"),
            bank("10", "2025-12-26", "86.28", "ACH ANTHEM TRACE10"),
        ],
        "920.85 470 0 0 -85 0 -1725 416.92 3.51 0 -1.28",
    ),
    (
        "30",
        [
            remittance(
                "9",
                "2025-12-27",
                "85.00",
                claim("K5", "150", "85", "CO-45 40, PR-3 25"),
                claim("K7", "150", "85", "CO-45 40, PR-3 25"),
                plb="FB 85.00",
            ),
            bank("9", "2025-12-27", "85.00", "ACH ANTHEM TRACE9"),
        ],
        "1005.85 220 0 0 0 0 -1725 496.92 3.51 0 -1.28",
    ),
    (
        "31",
        [
            decide("31", ResolutionKind.WRITE_OFF, session_key("K3"), "2025-12-30", amount=10000),
            decide("31a", ResolutionKind.APPROVE, "resolution/decisions/31", "2025-12-30", by="owner"),
        ],
        "1005.85 120 0 0 0 0 -1725 496.92 3.51 100 -1.28",
    ),
]

COLUMNS: tuple[tuple[Account, ...], ...] = (
    (Account.BANK,),
    (Account.AR_PAYER, Account.AR_CLIENT),
    (Account.CARD_STRIPE,),
    (Account.CLIENT_CREDIT,),
    (Account.RECOUPMENT,),
    (Account.SUSPENSE,),
    tuple(account for account in Account if account.name.startswith("REVENUE")),
    tuple(account for account in Account if account.name.startswith(("CONTRACTUAL", "SEQUES", "DISCOUNT", "ADMIN"))),
    (Account.CARD_FEES,),
    (Account.BAD_DEBT,),
    (Account.INTEREST,),
)


def books_after(step: str) -> Books:
    """The books after a step, kept from everything that came in so far."""
    return keep_books(facts_after(step), rules_of_the_example(), dt.date(2025, 12, 31))


def facts_after(step: str) -> Facts:
    """Everything that came in up to a step."""
    facts: list[Fact] = []
    for name, came_in, _ in STEPS:
        facts.extend(came_in)
        if name == step:
            break
    return Facts.of(facts, as_of={"remittance/era/paper": day("2025-12-18")})


def rules_of_the_example() -> Rules:
    """How the practice of the example keeps its books: money that nothing explains goes to suspense at once."""
    return make_rules(thresholds=Thresholds(money_without_remittance_business_days=0))


@pytest.mark.parametrize(("step", "expected"), [(step, expected) for step, _, expected in STEPS])
def test_the_trial_balance_after_each_step_is_the_one_worked_by_hand(step: str, expected: str) -> None:
    balance = trial_balance(books_after(step).entries)
    found = [plain_money(sum(balance.get(account, 0) for account in column)) for column in COLUMNS]

    assert [f"{float(one):.2f}" for one in expected.split()] == found
    assert balance.get(Account.PAYER_CLEARING, 0) == balance.get(Account.UNDEPOSITED, 0) == 0


def test_the_final_trial_balance_names_every_account() -> None:
    balance = trial_balance(books_after("31").entries)

    assert {
        Account.BANK: 100585,
        Account.AR_CLIENT: 12000,
        Account.REVENUE_COMMERCIAL: -150000,
        Account.REVENUE_MEDICARE: -15000,
        Account.REVENUE_NO_SHOW: -7500,
        Account.CONTRACTUAL_COMMERCIAL: 41000,
        Account.CONTRACTUAL_MAINECARE: 2500,
        Account.CONTRACTUAL_MEDICARE: 3000,
        Account.SEQUESTRATION: 192,
        Account.DISCOUNT: 3000,
        Account.CARD_FEES: 351,
        Account.BAD_DEBT: 10000,
        Account.INTEREST: -128,
    } == {account: amount for account, amount in balance.items() if amount}


def test_the_open_items_at_the_end_are_six_client_balances() -> None:
    items = {item.session.rsplit("/", 1)[-1]: (item.account, item.amount) for item in books_after("31").open_items}

    assert {
        "K4": (Account.AR_CLIENT, 2500),
        "K5": (Account.AR_CLIENT, 2500),
        "K6": (Account.AR_CLIENT, 1000),
        "K7": (Account.AR_CLIENT, 2500),
        "K8": (Account.AR_CLIENT, 2500),
        "K13": (Account.AR_CLIENT, 1000),
    } == items
