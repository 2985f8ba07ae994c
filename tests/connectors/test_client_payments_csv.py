"""Client money from CSV."""

import datetime as dt

import pytest

from hhs_sync.errors import ConfigError
from hhs_sync.facts.document import Covers
from hhs_sync.facts.payment import ClientPayment, Dispute, PaymentMethod, Refund
from tests.connectors.known import facts, open_connector, problems, read

HEADING = "Payment ID,Type,Date,Client ID,Amount,Method,Session ID,Reference,Processor,Fee,Of Payment\n"
MARCH_4 = dt.date(2026, 3, 4)


def test_each_type_of_row_becomes_its_fact() -> None:
    content = HEADING + (
        "P-1,Payment,2026-03-04,C-17,25.00,Card,S-1,ch_1,Stripe,,\n"
        "P-2,,03/05/2026,C-18,130.00,Check,,1044,,,\n"
        "R-1,Refund,2026-03-22,C-18,20.00,Check,,2001,,,1044\n"
        "D-1,Dispute,2026-03-25,C-17,25.00,Card,,,stripe,15.00,ch_1\n"
        "B-1,Bounced Check,2026-03-26,C-18,130.00,Check,,1044,,12.00,\n"
    )

    assert [
        ClientPayment(
            key="client_payment/src/P-1",
            date=MARCH_4,
            amount=2500,
            method=PaymentMethod.CARD,
            client="C-17",
            session="S-1",
            reference="ch_1",
            processor="stripe",
        ),
        ClientPayment(
            key="client_payment/src/P-2",
            date=dt.date(2026, 3, 5),
            amount=13000,
            method=PaymentMethod.CHECK,
            client="C-18",
            reference="1044",
        ),
        Refund(
            key="refund/src/R-1",
            date=dt.date(2026, 3, 22),
            amount=2000,
            method=PaymentMethod.CHECK,
            client="C-18",
            payment="1044",
            reference="2001",
        ),
        Dispute(
            key="dispute/src/D-1",
            date=dt.date(2026, 3, 25),
            amount=2500,
            fee=1500,
            method=PaymentMethod.CARD,
            client="C-17",
            payment="ch_1",
            processor="stripe",
        ),
        Dispute(
            key="dispute/src/B-1",
            date=dt.date(2026, 3, 26),
            amount=13000,
            fee=1200,
            method=PaymentMethod.CHECK,
            client="C-18",
            payment="1044",
        ),
    ] == facts(read("client_payments_csv", content))


@pytest.mark.parametrize(
    ("word", "method"),
    [
        ("Visa", PaymentMethod.CARD),
        ("HSA card", PaymentMethod.CARD),
        ("cheque", PaymentMethod.CHECK),
        ("CASH", PaymentMethod.CASH),
        ("Zelle", PaymentMethod.TRANSFER),
        ("Online", PaymentMethod.CARD),
    ],
)
def test_methods_are_known_by_their_words_and_those_of_the_config(word: str, method: PaymentMethod) -> None:
    content = HEADING + f"P-1,Payment,2026-03-04,C,1.00,{word},,,,,\n"

    (found,) = facts(read("client_payments_csv", content, methods={"card": ["online"]}))

    assert method is found.method  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("said", "known"),
    [("Ivy Pay", "ivy"), ("Square, Inc.", "square"), ("STRIPE", "stripe"), ("Clover", "clover"), ("", "stripe")],
)
def test_a_card_payment_has_a_processor_its_own_or_the_configs(said: str, known: str) -> None:
    content = HEADING + f'P-1,Payment,2026-03-04,C,1.00,Card,,,"{said}",,\nP-2,Payment,2026-03-04,C,1.00,Cash,,,,,\n'

    card, cash = facts(read("client_payments_csv", content, processor="stripe"))

    assert (known, None) == (card.processor, cash.processor)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("row", "problem", "amount"),
    [
        ("P-1,Payment,soon,C,1.00,Card,,,,,", "no date that can be read", 100),
        ("P-1,Payment,2026-03-04,C,one,Card,,,,,", "no amount that can be read", None),
        (
            "P-1,Payment,2026-03-04,C,-1.00,Card,,,,,",
            "an amount below zero: money given back has a type of its own",
            -100,
        ),
        (
            "P-1,Tip,2026-03-04,C,1.00,Card,,,,,",
            "a type that is not known; there are: payment, refund, dispute, dispute won, bounced check",
            100,
        ),
        ("P-1,Payment,2026-03-04,C,1.00,Shells,,,,,", "a method that is not known: add the word to `methods`", 100),
    ],
)
def test_a_row_that_can_not_be_understood_is_told_with_its_money(row: str, problem: str, amount: int | None) -> None:
    reading = read("client_payments_csv", HEADING + row + "\n")

    assert [("line 2", problem)] == problems(reading)
    assert [amount] == [one.amount for one in reading.unreadable]


def test_a_row_about_no_money_tells_nothing() -> None:
    reading = read("client_payments_csv", HEADING + "P-1,Payment,2026-03-04,C,0.00,Card,,,,,\nTotal,,,,9.00,,,,,,\n")

    assert ((), ()) == (reading.facts, reading.unreadable)


def test_a_client_who_is_not_named_is_none() -> None:
    (found,) = facts(read("client_payments_csv", HEADING + "P-1,Payment,2026-03-04,,1.00,Cash,,,,,\n"))

    assert None is found.client  # type: ignore[union-attr]


def test_two_equal_copays_without_ids_are_two() -> None:
    content = "Date,Client ID,Amount,Method\n" + "2026-03-04,C-17,25.00,Card\n" * 2

    first, second = facts(read("client_payments_csv", content))

    assert first.key != second.key
    assert "C-17" not in first.key + second.key


def test_a_dispute_that_was_won_replaces_the_dispute() -> None:
    rows = "D-1,Dispute,2026-03-25,C,25.00,Card,,,,15.00,ch_1\nD-1,Dispute Won,2026-04-25,C,25.00,Card,,,,15.00,ch_1\n"

    (found,) = facts(read("client_payments_csv", HEADING + rows))

    assert isinstance(found, Dispute)
    assert (True, "dispute/src/D-1") == (found.won, found.key)


def test_a_full_export_covers_its_payments() -> None:
    content = HEADING + "P-1,Payment,2026-03-04,C,1.00,Cash,,,,,\n"

    assert (
        Covers(kind="client_payment", first=MARCH_4, last=MARCH_4)
        == read("client_payments_csv", content, covers="dates of the file").covers
    )


def test_a_method_that_there_is_not_is_a_mistake_of_the_config() -> None:
    with pytest.raises(ConfigError, match="methods names shells; there are: card, check, cash, transfer"):
        open_connector("client_payments_csv", methods={"shells": ["cowrie"]})
