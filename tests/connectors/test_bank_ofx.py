"""Bank lines from OFX files."""

import datetime as dt

import pytest

from hhs_sync.facts.deposit import BankDeposit
from tests.connectors.known import CASES, facts, problems, read

STATEMENT = (CASES / "statement-1.ofx").read_bytes()


def statement(*lines: str, currency: str = "USD") -> str:
    rows = "".join(f"<STMTTRN>\n{line}\n</STMTTRN>\n" for line in lines)
    return f"<OFX><STMTRS><CURDEF>{currency}<BANKACCTFROM><ACCTID>994321</BANKACCTFROM>\n{rows}</STMTRS></OFX>"


LINE = "<DTPOSTED>20260314<TRNAMT>85.00<FITID>A1<NAME>ANTHEM"


def deposits(content: bytes | str, **options: object) -> list[BankDeposit]:
    found = facts(read("bank_ofx", content, **options))
    assert all(isinstance(one, BankDeposit) for one in found)
    return found  # type: ignore[return-value]


def test_a_statement_is_read_account_by_account() -> None:
    found = deposits(STATEMENT)

    assert found[0] == BankDeposit(
        key="bank_deposit/src/4321/2026031401",
        account="4321",
        date=dt.date(2026, 3, 14),
        amount=8500,
        description="ANTHEM BCBS HCCLAIMPMT TRN*1*EFT900*1350000000",
        bank_reference="2026031401",
    )
    assert [("4321", 8500), ("4321", 9649), ("4321", -2000), ("4321", 13000), ("9999", 12)] == [
        (one.account, one.amount) for one in found
    ]
    assert "2001" == found[2].check_number


def test_a_memo_that_repeats_the_name_in_full_stands_for_both() -> None:
    assert "STRIPE TRANSFER ST-A1B2C3D4E5F6G7H8" == deposits(STATEMENT)[1].description


def test_accounts_are_chosen_by_their_last_digits() -> None:
    assert [12] == [one.amount for one in deposits(STATEMENT, accounts=["9999"])]


def test_both_versions_of_a_statement_give_the_same_facts() -> None:
    assert deposits(STATEMENT) == deposits((CASES / "statement-2.ofx").read_bytes())


def test_one_id_for_two_lines_is_two_facts_and_for_the_same_line_twice_it_is_one() -> None:
    other = LINE.replace("85.00", "15.00")

    assert ["bank_deposit/src/4321/A1", "bank_deposit/src/4321/A1#2"] == [
        one.key for one in deposits(statement(LINE, LINE, other))
    ]


@pytest.mark.parametrize(
    ("line", "currency", "problem", "amount"),
    [
        (LINE.replace("20260314", "soon"), "USD", "no posting date (DTPOSTED) that can be read", 8500),
        (LINE.replace("85.00", "10,000"), "USD", "no amount (TRNAMT) that can be read", None),
        (LINE.replace("<FITID>A1", ""), "USD", "no id of the bank (FITID)", 8500),
        (LINE, "CAD", "the statement is not in US dollars", 8500),
    ],
)
def test_a_line_that_can_not_be_read_is_told_with_its_line(
    line: str, currency: str, problem: str, amount: int | None
) -> None:
    reading = read("bank_ofx", statement(line, currency=currency))

    assert [("line 2", problem)] == problems(reading)
    assert [amount] == [one.amount for one in reading.unreadable]


def test_a_file_that_is_no_ofx_is_told_whole() -> None:
    (problem,) = read("bank_ofx", "Date,Amount\n").unreadable

    assert problem.whole_document
