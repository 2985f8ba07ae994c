"""Reports on paper: what stands in them, what must never stand in them, and that every form holds the same figures."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser

import pytest

from hhs_sync.money import parse_money
from hhs_sync.reports import FORMATS, REPORTS, report_tables
from hhs_sync.reports.exceptions import exceptions_page
from tests.reports.made import MADE_AT, busy, idle, written

NAMES = ("Jane", "JANE", "Doe", "John", "Roe", "Ann Poe")


class Page(HTMLParser):
    """The texts of a page by the class of their element, and that its elements close in order."""

    VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "wbr"})

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.classes: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.feed(content.decode())
        self.close()
        assert [] == self.open, "an element is not closed"

    def handle_starttag(self, tag, attributes) -> None:
        told = dict(attributes)
        self.tags.add(tag)
        self.addresses += [told[name] for name in ("href", "src", "action") if name in told]
        self.ids += [told["id"]] if "id" in told else []
        if tag not in self.VOID:
            self.open.append(tag)
            self.classes.append(told.get("class") or "")

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag, f"{tag} closes something else"
        self.classes.pop()

    def handle_data(self, data) -> None:
        if data.strip():
            for name in (self.classes[-1] if self.classes else "").split() or [self.open[-1]]:
                self.texts.setdefault(name, []).append(" ".join(data.split()))


def html(*records, name: str = "exceptions") -> bytes:
    return written(name, "html", *records)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_written_in_every_form_for_one_practice_and_for_several(name, form) -> None:
    for records in ([busy()], [idle()], [busy(), busy("Birch Hollow", "birch")]):
        content = written(name, form, *records)
        assert content
        if form == "json":
            assert name == json.loads(content)["report"]
        elif form == "html":
            assert records[0].name in content.decode() or len(records) > 1
            Page(content)


@pytest.mark.parametrize("form", ["html", "csv", "json", "xlsx"])
@pytest.mark.parametrize("name", REPORTS)
def test_no_report_holds_the_name_or_id_of_a_client(name, form) -> None:
    content = texts_of(written(name, form, busy()), form)

    assert [] == [one for one in NAMES if one in content and one != "Ann Poe"]
    without_coverage = content.replace("coverage/ehr/Ann Poe/MCARE", "")  # a key that this test's builder makes
    assert "Ann Poe" not in without_coverage


def test_a_page_is_one_file_without_script_and_asks_for_nothing_else() -> None:
    page = Page(html(busy()))

    assert {"script", "link", "img", "iframe"}.isdisjoint(page.tags)
    assert ["#main"] == page.addresses
    assert b"url(" not in html(busy())
    assert len(page.ids) == len(set(page.ids))


def test_what_a_source_says_is_escaped() -> None:
    content = html(busy())

    assert b"<script>" not in content
    assert b"&lt;script&gt;" in content


def test_header_totals_equal_the_rows() -> None:
    record = busy()
    page = exceptions_page([record])
    rows = [line for section in page.sections for line in section.lines]

    assert parse_money(page.amount) == sum(parse_money(line.amount) for line in rows if line.counted)
    assert parse_money(page.amount) == sum(parse_money(section.total) for section in page.sections)
    assert parse_money(page.amount) == sum(parse_money(level.amount) for level in page.levels)
    assert (page.number, page.number) == (len(rows), sum(level.number for level in page.levels))
    by_payer = page.tables[0]
    assert parse_money(page.amount) == (by_payer.total or (0,))[-1]


def test_money_that_two_questions_are_about_is_counted_once_and_shown_in_brackets() -> None:
    page = exceptions_page([busy()])
    again = [line for section in page.sections for line in section.lines if not line.counted]

    assert ["CMP-03"] == [line.finding.code for line in again]
    assert "(108.00)" in Page(html(busy())).texts["again"]


def test_the_work_list_stands_in_order_of_due_dates_with_what_waits_last() -> None:
    page = exceptions_page([busy()])

    titles = [section.title for section in page.sections]
    assert titles == [one for one in ("Overdue", "Due today", "Due this week", "Later", "Waiting") if one in titles]
    assert "Waiting" == titles[-1]
    due = [line.finding.due for section in page.sections if section.title != "Waiting" for line in section.lines]
    assert due == sorted(due)


def test_an_amount_of_nothing_is_printed_as_nothing() -> None:
    assert "0.00" in Page(html(busy())).texts["nought"]


def test_severities_are_told_by_signs_and_words_not_by_colour_alone() -> None:
    page = Page(html(busy()))

    assert {"‼", "!", "•", "○"} == set(page.texts["mark"])
    assert {"high", "medium", "low"} == set(page.texts["word"])


def test_a_practice_with_nothing_to_do_says_when_it_tied_and_what_comes_next() -> None:
    page = Page(html(idle()))

    assert ["Nothing to do. Tied on 2025-11-24. Next remittance expected Wednesday 2025-11-26, from Anthem."] == [
        text for text in page.texts["nothing"] if text.startswith("Nothing to do")
    ]
    assert ["Tied"] == page.texts["verdict"]


def test_what_is_only_waiting_to_be_written_is_not_called_wrong() -> None:
    assert "Not tied yet" in Page(html(busy())).texts["verdict"]


def test_the_csv_holds_every_field_with_the_same_key_as_the_json() -> None:
    record = busy()
    rows = read_csv(written("exceptions", "csv", record))
    told = json.loads(written("exceptions", "json", record))

    assert (
        [one.key for one in record.findings] == [row["Key"] for row in rows] == [one["key"] for one in told["findings"]]
    )
    assert [row["Money"] for row in rows] == [one["amount"] for one in told["findings"]]
    assert {"K7F3Q", "–", ""} == {row["Client code"] for row in rows}
    assert all(re.fullmatch(r"-?\d+\.\d\d", row["Money"]) for row in rows)


def test_a_spreadsheet_takes_no_text_for_a_formula_and_every_amount_for_a_number() -> None:
    from hhs_sync.reports.table import Table, date, money, text, write_csv

    table = Table(
        title="x",
        columns=(text("Text"), money("Money"), date("Day")),
        rows=(
            ("=HYPERLINK(1)", -500, MADE_AT.date()),
            ("+1", 123456, None),
            ("-x", 0, None),
            ("@a", None, None),
            ("a=b", 5, None),
        ),
    )
    rows = [list(row.values()) for row in read_csv(b"".join(write_csv([table])))]

    assert [
        ["'=HYPERLINK(1)", "-5.00", "2025-11-24"], ["'+1", "1234.56", ""], ["'-x", "0.00", ""], ["'@a", "", ""],
        ["a=b", "0.05", ""],
    ] == rows  # fmt: skip


def test_several_tables_share_one_csv_and_name_their_part() -> None:
    rows = read_csv(written("deposits", "csv", busy()))

    assert {"Money on its way to the bank", "Bank lines"} == {row["Part"] for row in rows}
    assert {"", "open"} == {row["State"] for row in rows}


def test_aging_adds_up_to_the_receivables() -> None:
    record = busy()
    payers, clients = report_tables("aging", [record])
    balances = {one.account: one.amount for one in record.balances}

    assert balances["Assets:Receivable:Payers"] == total(payers)
    assert balances["Assets:Receivable:Clients"] == total(clients)
    assert ["K7F3Q"] == [row[0] for row in clients.rows]


def test_the_tie_out_prints_every_difference_and_its_sum() -> None:
    accounts, controls, balances = report_tables("tie-out", [idle()])

    assert {0} == {row[4] for row in accounts.rows}
    assert {"yes"} == {row[-1] for row in controls.rows}
    assert 0 == total(balances)


def test_over_several_practices_each_row_names_its_own() -> None:
    records = [busy(), busy("Birch Hollow", "birch")]
    rows = read_csv(written("exceptions", "csv", *records))

    assert {"Casco Counseling", "Birch Hollow"} == {row["Practice"] for row in rows}
    assert "Practice" == report_tables("aging", records)[0].columns[0].name
    assert "2 practices" in Page(html(*records)).texts["practice"]


def test_a_report_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        written("salaries", "html", busy())
    with pytest.raises(KeyError):
        written("aging", "docx", busy())


def texts_of(content: bytes, form: str) -> str:
    """All that a person or a program can read in a report."""
    if form != "xlsx":
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "\n".join(parts.read(name).decode() for name in parts.namelist())


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def total(table) -> int:
    return sum(row[-1] for row in table.rows)
