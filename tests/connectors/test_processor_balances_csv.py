"""Card processors' balances from CSV."""

import datetime as dt

import pytest

from hhs_sync.facts.payment import ProcessorBalance
from tests.connectors.known import facts, problems, read

HEADING = "Processor,Date,Balance,Pending Fees\n"


def test_a_row_is_a_processors_balance_of_a_day() -> None:
    content = HEADING + "Stripe,2026-03-31,96.49,3.51\nsquare,03/31/2026,-20.00,\n"

    assert [
        ProcessorBalance(
            key="processor_balance/src/stripe/2026-03-31",
            processor="stripe",
            date=dt.date(2026, 3, 31),
            balance=9649,
            pending_fees=351,
        ),
        ProcessorBalance(
            key="processor_balance/src/square/2026-03-31",
            processor="square",
            date=dt.date(2026, 3, 31),
            balance=-2000,
        ),
    ] == facts(read("processor_balances_csv", content))


def test_the_config_names_the_processor_of_a_file_that_names_none() -> None:
    (found,) = facts(read("processor_balances_csv", "As Of,Ending Balance\n2026-03-31,5.00\n", processor="ivy"))

    assert isinstance(found, ProcessorBalance)
    assert ("ivy", 500, 0) == (found.processor, found.balance, found.pending_fees)


@pytest.mark.parametrize(
    ("row", "lacking"),
    [
        ("stripe,2026-13-31,5.00,", "date"),
        (",2026-03-31,5.00,", "processor"),
        ("stripe,2026-03-31,five,", "balance or fees"),
        ("stripe,2026-03-31,5.00,some", "balance or fees"),
    ],
)
def test_a_row_that_says_too_little_is_told(row: str, lacking: str) -> None:
    assert [("line 2", f"no {lacking} that can be read")] == problems(read("processor_balances_csv", HEADING + row))
