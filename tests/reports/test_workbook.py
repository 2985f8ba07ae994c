"""The spreadsheet as a second reader (openpyxl) sees it: types, sheets, filters, sums, nothing that runs."""

from __future__ import annotations

import datetime as dt
import io

import msgspec
import openpyxl
import pytest

from hhs_sync.answers import DECISION, KEY, TO_FILL_IN
from hhs_sync.findings.finding import Part
from hhs_sync.reports import REPORTS
from hhs_sync.reports.exceptions import exceptions_page
from hhs_sync.reports.table import Table, money, text
from hhs_sync.reports.workbook import write_workbook
from tests.reports.made import MADE_AT, busy, idle, written


def book(*records, name: str = "exceptions"):
    return openpyxl.load_workbook(io.BytesIO(written(name, "xlsx", *records)))


def test_each_part_of_the_exceptions_report_is_a_sheet() -> None:
    assert [
        "Headline", "Work list", "Items of groups", "By payer and age", "By clinician and age",
        "Cleared in the last week", "Control totals",
    ] == book(busy()).sheetnames  # fmt: skip


def test_cells_are_typed_amounts_days_and_texts() -> None:
    record = busy()
    sheet = book(record)["Work list"]
    header = [cell.value for cell in sheet[1]]
    first = {name: cell for name, cell in zip(header, sheet[2], strict=True) if name}
    lines = [line for section in exceptions_page([record]).sections for line in section.lines]
    soonest = min(lines, key=lambda one: (one.finding.due, one.finding.severity.order, -one.finding.amount))

    assert soonest.finding.amount / 100 == first["Money"].value
    assert ("n", "#,##0.00;-#,##0.00;0.00") == (first["Money"].data_type, first["Money"].number_format)
    assert soonest.finding.due == first["Due"].value.date()
    assert ("d", "yyyy-mm-dd") == (first["Due"].data_type, first["Due"].number_format)
    assert isinstance(first["Age in days"].value, int)
    assert soonest.finding.key == first[KEY].value


def test_the_items_of_a_group_stand_on_a_sheet_of_their_own_with_day_and_money() -> None:
    record = busy()
    days = (dt.date(2025, 11, 3), dt.date(2025, 11, 5))
    parts = tuple(Part(f"session/ehr/{day.day}", day, 15050) for day in days)
    grouped = msgspec.structs.replace(record.open_findings[0], count=2, parts=parts)
    record = msgspec.structs.replace(record, findings=(grouped,))
    header, *rows = book(record)["Items of groups"].iter_rows(values_only=True)
    told = [dict(zip(header, row, strict=True)) for row in rows]

    assert [grouped.short_id, grouped.short_id] == [one["Exception"] for one in told]
    assert [150.50, 150.50] == [one["Money"] for one in told]
    assert [(record.as_of - day).days for day in days] == [one["Age in days"] for one in told]
    assert ["session/ehr/3", "session/ehr/5"] == [one["Item"] for one in told]


def test_the_sum_below_follows_the_filter_and_equals_the_page() -> None:
    record = busy()
    sheet = book(record)["Work list"]
    header = [cell.value for cell in sheet[1]]
    column = header.index("In totals") + 1
    rows = len(record.open_findings)

    assert f"=SUBTOTAL(109,{sheet.cell(1, column).column_letter}2:" in sheet.cell(rows + 2, column).value
    cached = openpyxl.load_workbook(io.BytesIO(written("exceptions", "xlsx", record)), data_only=True)["Work list"]
    total = cached.cell(rows + 2, column).value
    assert total == pytest.approx(sum(cached.cell(row, column).value for row in range(2, rows + 2)))
    assert exceptions_page([record]).amount == f"{total:,.2f}"


@pytest.mark.parametrize("name", REPORTS)
def test_every_sheet_can_be_filtered_keeps_its_header_in_sight_and_prints_as_wide_as_the_paper(name) -> None:
    for sheet in book(busy(), name=name).worksheets:
        if sheet.max_row > 2:
            assert sheet.auto_filter.ref, sheet.title
        assert "A2" == sheet.freeze_panes
        assert "landscape" == sheet.page_setup.orientation
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert 0 == sheet.page_setup.fitToHeight  # As many pages long as it takes.
        assert "$1:$1" == sheet.print_title_rows


def test_the_columns_to_fill_in_are_empty_and_offer_the_decisions() -> None:
    sheet = book(busy())["Work list"]
    header = [cell.value for cell in sheet[1]]
    places = [header.index(name) for name in TO_FILL_IN]
    (offer,) = sheet.data_validations.dataValidation

    assert {None} == {row[place].value for row in sheet.iter_rows(min_row=2) for place in places}
    assert f"{sheet.cell(1, header.index(DECISION) + 1).column_letter}2" in str(offer.sqref)
    assert "write-off" in offer.formula1


def test_a_practice_with_nothing_to_do_has_all_sheets_and_says_so() -> None:
    made = book(idle())

    assert made["Work list"]["A2"].value.startswith("Nothing to do. Tied on 2025-11-24.")
    assert made["Headline"]["D2"].value.startswith("Tied: ")


def test_no_text_is_taken_for_a_formula_or_an_address() -> None:
    table = Table(
        title="x", columns=(text("Text"), money("Money")),
        rows=(("=1+1", 5), ("+1", 0), ("@a", None), ("https://example.org", -500), ("007", 1)),
    )  # fmt: skip
    content = b"".join(write_workbook([table], title="t", subtitle="s", as_of=None, made_at=MADE_AT))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["x"]

    assert {"s"} == {row[0].data_type for row in sheet.iter_rows(min_row=2)}
    assert ["=1+1", "+1", "@a", "https://example.org", "007"] == [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert [] == [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert [0.05, 0, None, -5, 0.01] == [row[1].value for row in sheet.iter_rows(min_row=2)]


def test_the_same_report_at_the_same_moment_is_the_same_file() -> None:
    assert written("aging", "xlsx", busy()) == written("aging", "xlsx", busy())
    assert MADE_AT == book(busy()).properties.created.replace(tzinfo=dt.UTC)


def test_a_report_comes_in_pieces() -> None:
    rows = tuple((f"text {number} " * 5, number) for number in range(20_000))
    table = Table(title="x", columns=(text("Text"), money("Money")), rows=rows)
    pieces = list(write_workbook([table], title="t", subtitle="s", as_of=None, made_at=MADE_AT))

    assert 3 < len(pieces)
    assert 1 << 16 == max(map(len, pieces))
