"""Bytes of an export to rows, however programs and people write CSV."""

import codecs

import pytest

from connectors.table import Column, Table, read_table
from hhs_sync.facts.document import Unreadable

COLUMNS = (
    Column("day", ("Date", "Service Date"), required=True),
    Column("fee", ("Fee",), required=True),
    Column("note", ("Remark",)),
)


def table(content: str | bytes) -> Table:
    found = read_table(content.encode() if isinstance(content, str) else content, COLUMNS)
    assert isinstance(found, Table), found
    return found


def rows(content: str | bytes) -> list[tuple[int, str, str, str]]:
    found = table(content)
    at = found.index
    return [(line, row[at["day"]], row[at["fee"]], row[at["note"]]) for line, row in found.rows()]


def told(content: str | bytes) -> list[tuple[str, str]]:
    found = table(content)
    list(found.rows())
    return [(one.place, one.problem) for one in found.unreadable]


def refused(content: str | bytes) -> str:
    found = read_table(content.encode() if isinstance(content, str) else content, COLUMNS)
    assert isinstance(found, Unreadable)
    assert found.whole_document
    return found.problem


PLAIN = "Date,Fee,Remark\n2026-03-04,150.00,é\n"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        codecs.BOM_UTF8 + PLAIN.encode(),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.encode("latin-1"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace(",", "|").encode(),
        PLAIN.rstrip().encode(),
        b'"Date","Fee","Remark"\n"2026-03-04","150.00","\xc3\xa9"\n',
    ],
)
def test_encoding_delimiter_line_ends_and_quotes_make_no_difference(content: bytes) -> None:
    assert [(2, "2026-03-04", "150.00", "é")] == rows(content)


def test_excels_own_word_for_the_delimiter_is_heeded_and_counts_as_a_line() -> None:
    assert [(3, "2026-03-04", "150,00", "")] == rows("sep=;\nDate;Fee\n2026-03-04;150,00\n")


@pytest.mark.parametrize(
    "heading", ["SERVICE_DATE,fee", "service date , Fee ", '"Service-Date","FEE"', "ServiceDate,Fee"]
)
def test_headings_are_known_however_they_are_spelled(heading: str) -> None:
    assert [(2, "a", "b", "")] == rows(heading + "\na,b\n")


def test_order_and_further_columns_do_not_matter() -> None:
    assert [(2, "d", "f", "r")] == rows("Remark,X,Fee,Date\nr,x,f,d\n")


def test_an_earlier_name_of_a_field_goes_before_a_later_one() -> None:
    assert [(2, "b", "1", "")] == rows("Service Date,Date,Fee\na,b,1\n")


def test_what_reports_print_around_a_table_is_passed_over() -> None:
    report = "Appointments\nMarch,,\n\nDate,Fee,Remark\na,1,\n\n,,\nDate,Fee,Remark\nb,2,\n"

    found = table(report)

    assert ["a", "", "b"] == [row[0] for _, row in found.rows()]
    assert [] == found.unreadable


@pytest.mark.parametrize(
    ("row", "nothing"),
    [
        (["", " "], True),
        (["Total", "5"], True),
        (["", "Grand total:"], True),
        (["Subtotal", ""], True),
        (["a", "Total"], False),
    ],
)
def test_blank_lines_and_totals_tell_nothing(row: list[str], nothing: bool) -> None:
    assert nothing is table(PLAIN).is_nothing(row)


def test_a_cell_may_hold_line_breaks_and_rows_keep_their_first_line() -> None:
    assert [(2, "a", "1", "x\ny"), (4, "b", "2", "")] == rows('Date,Fee,Remark\na,1,"x\ny"\nb,2,\n')


def test_empty_cells_may_be_left_off_the_end_or_added() -> None:
    assert [(2, "a", "1", ""), (3, "b", "2", "r")] == rows("Date,Fee,Remark\na,1\nb,2,r,,\n")


@pytest.mark.parametrize(
    ("content", "place", "problem"),
    [
        ("Date,Fee,Remark\na\nb,2,\n", "line 2", "only 1 columns where the heading has 3: the line is cut off"),
        ("Date,Fee,Remark\na,1,r,x\nb,2,\n", "line 2", "4 columns where the heading has 3"),
        ("Date,Fee,Remark\nb,2,\na,1", "line 3", "only 2 columns where the heading has 3: the line is cut off"),
    ],
)
def test_a_row_that_does_not_fit_is_told_and_the_others_are_read(content: str, place: str, problem: str) -> None:
    assert [(place, problem)] == told(content)
    assert ["b"] == [row[1] for row in rows(content)]


def test_a_quotation_mark_that_swallows_rows_is_told_with_all_its_lines() -> None:
    content = 'Date,Fee,Remark\na,1,"x\nb,2,y\nc,3,"z\nd,4,\n'

    assert [("line 2", "a quotation mark is not closed: lines 2 to 4 can't be told apart")] == told(content)
    assert ["d"] == [row[1] for row in rows(content)]


def test_a_quotation_mark_that_swallows_the_rest_of_the_file_is_told() -> None:
    assert [("line 2", "a quotation mark is not closed: lines 2 to 3 can't be told apart")] == told(
        'Date,Fee,Remark\na,1,"x\nb,2,y\n'
    )


def test_a_cell_beyond_all_measure_is_told_from_its_line_on() -> None:
    huge = "Date,Fee,Remark\na,1,\nb,2," + "x" * 200_000 + "\n"

    assert [("line 3", "from this line on the file is no table (a quotation mark is not closed?)")] == told(huge)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("Date,Amount\na,1\n", "no heading line names these columns: Fee"),
        ("", "no heading line names these columns: Date, Fee"),
        ("Date,Fee,date\na,1,b\n", "the heading names a column twice: Date, date"),
        (b"PK\x03\x04\x14\x00", "this Excel workbook or archive is cut off or damaged: save it again as XLSX or CSV"),
        (
            b"\xd0\xcf\x11\xe0",
            "this is an Excel workbook of the old form, or one with a password: save it as XLSX or CSV",
        ),
        (b"%PDF-1.7", "this is a PDF: export it as CSV"),
        ("\n <!doctype html>", "this is a web page (a sign-in page, perhaps), not an export"),
    ],
)
def test_a_file_that_holds_no_table_is_told_whole(content: str | bytes, problem: str) -> None:
    assert problem == refused(content)


def test_a_heading_must_stand_near_the_top() -> None:
    assert "no heading line" in refused("x\n" * 30 + "Date,Fee\na,1\n")


def test_two_columns_of_one_name_that_nobody_asks_for_are_fine() -> None:
    assert [(2, "a", "1", "")] == rows("Date,X,X,Fee\na,,,1\n")
