"""OFX: statement lines of both versions, to the cent and to the day; a library is the second opinion."""

import datetime as dt
import io

import ofxparse
import pytest

from connectors.ofx import is_ofx, read_amount, read_day, statement_lines
from tests.connectors.known import CASES

SGML = (CASES / "statement-1.ofx").read_bytes()
XML = (CASES / "statement-2.ofx").read_bytes()


@pytest.mark.filterwarnings("ignore")  # The library parses XML as HTML and calls what its own parser has retired.
@pytest.mark.parametrize("content", [SGML, XML], ids=["OFX 1", "OFX 2"])
def test_a_library_that_reads_the_same_file_finds_the_same_money_under_the_same_ids(content: bytes) -> None:
    theirs = [
        (account.account_id, line.id, round(line.amount * 100))
        for account in ofxparse.OfxParser.parse(io.BytesIO(content)).accounts
        for line in account.statement.transactions
    ]

    assert theirs == [
        (line.account, line.values["FITID"], read_amount(line.values["TRNAMT"])) for line in statement_lines(content)
    ]
    assert theirs


def test_both_versions_of_one_statement_say_the_same() -> None:
    def told(content: bytes) -> list[tuple[str, str, dict[str, str]]]:
        return [(line.account, line.currency, line.values) for line in statement_lines(content)]

    assert told(SGML) == told(XML)


def test_each_line_knows_where_it_begins() -> None:
    lines = SGML.decode("cp1252").splitlines()

    assert ["<STMTTRN>"] * 5 == [lines[line.line - 1].strip() for line in statement_lines(SGML)]


def test_a_file_on_a_single_line_without_a_header_is_read() -> None:
    content = (
        b"<OFX><STMTRS><BANKACCTFROM><ACCTID>1<ACCTTYPE>CHECKING</BANKACCTFROM>"
        b"<STMTTRN><TRNAMT>1.00<FITID>a<STMTTRN><TRNAMT>2.00<FITID>b</STMTRS></OFX>"
    )

    assert [("1", "a", "1.00"), ("1", "b", "2.00")] == [
        (line.account, line.values["FITID"], line.values["TRNAMT"]) for line in statement_lines(content)
    ]


def test_names_within_a_lines_aggregates_do_not_replace_its_own() -> None:
    content = (
        b"<OFX><STMTRS><BANKACCTFROM><ACCTID>1</BANKACCTFROM><STMTTRN><NAME>OUTER<PAYEE><NAME>INNER</PAYEE>"
        b"<BANKACCTTO><ACCTID>2</BANKACCTTO><FITID>a</STMTTRN><STMTTRN><FITID>b</STMTTRN></STMTRS></OFX>"
    )

    first, second = statement_lines(content)

    assert ("1", "OUTER") == (first.account, first.values["NAME"])
    assert "1" == second.account


def test_pending_lines_are_not_on_the_statement_yet() -> None:
    content = b"<OFX><STMTRS><STMTTRNP><TRNAMT>1.00</STMTTRNP><STMTTRN><TRNAMT>2.00</STMTTRN></STMTRS></OFX>"

    assert ["2.00"] == [line.values["TRNAMT"] for line in statement_lines(content)]


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("85.00", 8500),
        ("-20", -2000),
        ("+1058.53", 105853),
        ("1,234.50", 123450),
        ("85,00", 8500),
        ("-85,5", -8550),
        # Ten thousand, or by the standard's decimal comma ten: the library reads 10.00.
        ("10,000", None),
        ("12.345", None),
        ("null", None),
        ("", None),
    ],
)
def test_an_amount_is_read_to_the_cent_or_not_at_all(text: str, cents: int | None) -> None:
    assert cents == read_amount(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20260314", dt.date(2026, 3, 14)),
        ("20260314120000", dt.date(2026, 3, 14)),
        ("20260314120000.000[-5:EST]", dt.date(2026, 3, 14)),
        # Midnight "in Greenwich" is how banks write a day; the library makes no difference and neither do we.
        ("20260314000000[0:GMT]", dt.date(2026, 3, 14)),
        # Late in the evening in New York is the same day there, though the library makes it the next.
        ("20260314233000[-4:EDT]", dt.date(2026, 3, 14)),
        ("20260315033000.123[0:GMT]", dt.date(2026, 3, 14)),
        ("20261332", None),
        ("14/03/2026", None),
        ("", None),
    ],
)
def test_a_day_is_the_banks_day_where_the_practice_is(text: str, day: dt.date | None) -> None:
    assert day == read_day(text, "America/New_York")


def test_a_file_is_known_as_ofx_by_its_element() -> None:
    assert is_ofx(SGML)
    assert is_ofx(XML)
    assert is_ofx(b"<ofx></ofx>")
    assert not is_ofx(b"Date,Amount\n")
    assert not is_ofx(b"")
