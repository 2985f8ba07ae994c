"""Bank lines from CSV."""

import datetime as dt

import pytest

from connectors.bank_csv import chosen, last_digits
from hhs_sync.facts.deposit import BankDeposit
from tests.connectors.known import facts, problems, read

HEADING = "Date,Amount,Description,Bank Reference,Trace,Check Number,Account\n"


def deposits(content: str, **options: object) -> list[BankDeposit]:
    found = facts(read("bank_csv", content, **options))
    assert all(isinstance(one, BankDeposit) for one in found)
    return found  # type: ignore[return-value]


def test_every_column_becomes_its_field_and_the_account_only_its_last_digits() -> None:
    (found,) = deposits(HEADING + "03/14/2026,85.00,ANTHEM  BCBS TRN*1,REF-9,EFT900,2001,123456784321\n")

    assert found == BankDeposit(
        key="bank_deposit/src/4321/REF-9",
        account="4321",
        date=dt.date(2026, 3, 14),
        amount=8500,
        description="ANTHEM BCBS TRN*1",
        bank_reference="REF-9",
        trace="EFT900",
        check_number="2001",
    )


@pytest.mark.parametrize(
    ("debit", "credit", "amount"),
    [("", "85.00", 8500), ("20.00", "", -2000), ("-20.00", "", -2000), ("5.00", "0.00", -500)],
)
def test_debit_and_credit_columns_make_one_amount(debit: str, credit: str, amount: int) -> None:
    (found,) = deposits(f"Date,Description,Debit,Credit\n2026-03-14,x,{debit},{credit}\n")

    assert amount == found.amount


def test_equal_lines_without_the_banks_id_are_several_and_keep_their_keys() -> None:
    day = "2026-03-14,25.00,DEPOSIT\n"
    content = "Date,Amount,Description\n"

    both = [one.key for one in deposits(content + day + day)]

    assert 2 == len(set(both))
    assert both == [one.key for one in deposits(content + "2026-03-13,1.00,OTHER\n" + day + day)][1:]
    assert all(key.startswith("bank_deposit/src/bank/") for key in both)


def test_accounts_are_chosen_by_their_last_digits() -> None:
    content = HEADING + "2026-03-14,1.00,a,1,,,****4321\n2026-03-14,2.00,b,2,,,****9999\n"

    assert [100] == [one.amount for one in deposits(content, accounts=["4321"])]


def test_lines_that_are_still_pending_can_be_passed_over() -> None:
    content = "Date,Amount,Description,Status\n2026-03-14,1.00,a,Posted\n2026-03-14,2.00,b,Pending\n"

    assert [100] == [one.amount for one in deposits(content, only={"Status": ["posted"]})]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("soon,1.00,a,1,,,4321", "no date that can be read"),
        ("2026-03-14,one,a,1,,,4321", "no amount that can be read"),
        ("2026-03-14,,a,1,,,4321", "no amount that can be read"),
    ],
)
def test_a_line_that_can_not_be_read_is_told(row: str, problem: str) -> None:
    assert [("line 2", problem)] == problems(read("bank_csv", HEADING + row + "\n"))


def test_a_file_without_any_amount_is_told_whole() -> None:
    (problem,) = read("bank_csv", "Date,Description\n2026-03-14,a\n").unreadable

    assert problem.whole_document
    assert "Amount, or Debit and Credit" in problem.problem


def test_an_account_is_named_by_four_digits_at_most() -> None:
    assert ["4321", "4321", "12", ""] == [last_digits(text) for text in ("12 34-4321", "****4321", "12", "")]
    assert chosen("x4321", ("4321",))
    assert chosen("", ("4321",))
    assert not chosen("x9999", ("4321",))
