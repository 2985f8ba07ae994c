"""A workbook is read like the CSV that it could have been saved as."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from connectors.table import Column, Table, read_table
from connectors.workbook import PLAIN, Spelling

COLUMNS = (Column("date", ("Date",), required=True), Column("fee", ("Fee",), required=True), Column("note", ("Note",)))
HEADING = ["Date", "Fee", "Note"]


def workbook(*sheets: list[list[object]], hidden: int | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {number}")
        sheet.sheet_state = "hidden" if number == hidden else "visible"
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def opened(content: bytes, spelling: Spelling = PLAIN) -> Table:
    table = read_table(content, COLUMNS, spelling)
    assert isinstance(table, Table), table
    return table


def rows(content: bytes, spelling: Spelling = PLAIN) -> list[tuple[int, list[str]]]:
    return [(line, row[:3]) for line, row in opened(content, spelling).rows()]


def refused(content: bytes) -> str:
    found = read_table(content, COLUMNS)
    assert not isinstance(found, Table)
    assert found.whole_document
    return found.problem


def test_cells_read_as_excel_shows_them() -> None:
    content = workbook(
        [
            ["A report"],
            HEADING,
            [dt.date(2026, 3, 4), 150, "plain"],
            [dt.datetime(2026, 3, 4, 9, 30), 59.900000000000006, "two\nlines"],  # noqa: DTZ001 - Excel knows no zones.
            [None, None, None],
            ["2026-03-05", "12.50", 12345678901234567],
        ]
    )

    assert [
        (3, ["2026-03-04", "150", "plain"]),
        (4, ["2026-03-04 09:30", "59.9", "two; lines"]),
        (6, ["2026-03-05", "12.50", "1.23456789012346E+16"]),
    ] == [row for row in rows(content) if any(row[1])]


def test_dates_and_decimals_are_written_as_the_config_says_that_the_source_writes_them() -> None:
    content = workbook([HEADING, [dt.date(2026, 3, 4), 61.28, ""]])

    assert [(2, ["04.03.2026", "61,28", ""])] == rows(content, Spelling("%d.%m.%Y", ","))


def test_the_sheet_with_the_heading_is_read_and_a_second_one_is_told() -> None:
    table = opened(workbook([["How to"]], [HEADING, ["a", 1]], [HEADING, ["b", 2]]))

    assert [["a", "1", ""]] == [row[:3] for _, row in table.rows()]
    assert ["sheet 3"] == [one.place for one in table.unreadable]


def test_a_hidden_sheet_is_not_read() -> None:
    assert [(2, ["b", "2", ""])] == rows(workbook([HEADING, ["a", 1]], [HEADING, ["b", 2]], hidden=0))


def test_a_sheet_that_says_it_is_one_cell_large_is_read_in_full() -> None:
    content = workbook([HEADING, ["a", 1], ["b", 2]])
    other = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(other, "w") as written:
        for name in read.namelist():
            written.writestr(name, read.read(name).replace(b'ref="A1:C3"', b'ref="A1"'))

    assert [(2, ["a", "1", ""]), (3, ["b", "2", ""])] == rows(other.getvalue())


@pytest.mark.parametrize("cut", [30, 500, 3000, -1])
def test_a_workbook_that_was_cut_off_is_told(cut: int) -> None:
    assert "damaged" in refused(workbook([HEADING, ["a", 1]])[:cut])


def test_a_damaged_part_is_told() -> None:
    content = workbook([HEADING, ["a", 1]])
    other = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(other, "w") as written:
        for name in read.namelist():
            written.writestr(name, read.read(name)[: 60 if name.endswith("sheet1.xml") else None])

    assert "damaged" in refused(other.getvalue())


def test_another_archive_is_told() -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as written:
        written.writestr("export.csv", "Date,Fee\n")

    assert "no Excel workbook" in refused(other.getvalue())


def test_a_workbook_that_would_fill_the_memory_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.workbook.UNPACKED_MAX", 1000)

    assert "unpacks to more" in refused(workbook([HEADING, ["a", 1]]))


def test_a_workbook_without_the_heading_says_which_columns_are_missing() -> None:
    assert "no heading line names these columns: Fee" == refused(workbook([["Date"], ["a"]]))
