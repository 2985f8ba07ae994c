"""Lists are read whatever program saved them, and what is no list is refused with what to do."""

import datetime as dt
import io

import openpyxl
import pytest

from hhs_sync.answers.sheet import Row, read_rows
from hhs_sync.errors import AnswersError

ROWS = [
    ["Key", "New note", "New wait until"],
    ["a:BIL-01:x", "called, twice", "2026-12-01"],
    ["b:BIL-01:y", "naïve", ""],
]


def csv_of(separator: str = ",", line_end: str = "\r\n") -> str:
    def cell(text: str) -> str:
        return f'"{text}"' if separator in text else text

    return line_end.join(separator.join(map(cell, row)) for row in ROWS) + line_end


def xlsx_of(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        csv_of().encode(),
        b"\xef\xbb\xbf" + csv_of().encode(),
        csv_of(";", "\n").encode(),
        csv_of("\t").encode("utf-16"),
        csv_of().encode("cp1252"),
    ],
    ids=["utf-8", "byte order mark", "semicolons", "Unicode text of Excel", "Windows-1252"],
)
def test_a_csv_is_read_as_any_program_saves_it(content: bytes) -> None:
    assert [
        Row("a.csv, row 2", dict(zip(ROWS[0], ROWS[1], strict=True))),
        Row("a.csv, row 3", dict(zip(ROWS[0], ROWS[2], strict=True))),
    ] == list(read_rows(content, "a.csv"))


def test_a_row_that_ends_early_and_one_without_a_key_do_no_harm() -> None:
    rows = list(read_rows(b"Key,New note\r\na:BIL-01:x\r\n,Total\r\n\r\nb:BIL-01:y,z\r\n", "a.csv"))

    assert [("a.csv, row 2", None), ("a.csv, row 5", "z")] == [(row.place, row.cells.get("New note")) for row in rows]


def test_a_note_of_several_lines_is_one_cell() -> None:
    (row,) = read_rows(b'Key,New note\r\na,"one\r\ntwo"\r\n', "a.csv")

    assert "one\r\ntwo" == row.cells["New note"]


def test_the_sheet_of_a_workbook_that_has_keys_is_the_list() -> None:
    header = ["Key", "New wait until", "Decision amount", "Id"]
    content = xlsx_of(
        [["What", "Money"], ["All open", 5]],
        [header, ["a", dt.date(2026, 12, 1), 25.1, 12345], ["b", None, 25.0]],
    )

    assert [
        ("a.xlsx, sheet “Sheet 1”, row 2", ["a", "2026-12-01", "25.1", "12345"]),
        ("a.xlsx, sheet “Sheet 1”, row 3", ["b", "", "25", ""]),
    ] == [(row.place, [row.cells[name] for name in header]) for row in read_rows(content, "a.xlsx")]


@pytest.mark.parametrize("content", [b"", b"a,b\r\n1,2\r\n", xlsx_of([["What"], [1]])])
def test_what_has_no_keys_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(AnswersError, match="report exceptions"):
        list(read_rows(content, "a.csv"))


@pytest.mark.parametrize("content", [b"PK\x03\x04 and nothing more", b"PK\x03\x04"])
def test_a_broken_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(AnswersError, match="cannot be read as a workbook"):
        list(read_rows(content, "a.xlsx"))
