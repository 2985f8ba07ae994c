"""A report as PDF, set by typst: tagged for screen readers, the same bytes for the same data and moment.

The template is a file of the package and gets all that varies as data, so that nothing a source says is ever read as
markup. Fonts come from typst itself; what is installed on the machine plays no part.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import typst

from hhs_sync.reports.sums import headline
from hhs_sync.reports.table import Table, shown

if TYPE_CHECKING:
    from hhs_sync.reports.exceptions import Page
    from hhs_sync.reports.lines import Line
    from hhs_sync.review.record import Record

TEMPLATE = "report.typ"
STANDARD: Literal["ua-1"] = "ua-1"
"""PDF/UA-1 (ISO 14289-1): everything tagged, so that a screen reader tells rows from columns."""
PARTS_ROWS_MAX = 5000
"""Rows of one table on paper, some 150 pages; the spreadsheet holds all of them."""
WIDE_FROM = 40
"""Letters of a text from which its column takes the width that is left, so that it breaks and the others do not."""


def write_tables(
    tables: Sequence[Table], records: Sequence[Record], *, title: str, subtitle: str, made_at: dt.datetime
) -> bytes:
    """Tables under a headline."""
    return _set(_data(title, subtitle, records, made_at), tables, made_at)


def write_page(page: Page, records: Sequence[Record], *, title: str, made_at: dt.datetime) -> bytes:
    """The exceptions report: headline, work list, and the other parts as tables."""
    more = f"{page.overdue_number} of them overdue" if page.overdue_number else ""
    oldest = page.oldest
    days = f"the oldest for {oldest.age_days} {'day' if oldest.age_days == 1 else 'days'}" if oldest else ""
    figures = [
        {
            "name": f"{level.mark} {level.severity.value.capitalize()}", "number": str(level.number),
            "amount": level.amount, "more": "",
        }
        for level in page.levels
    ]  # fmt: skip
    figures.append({"name": "Due this week", "number": str(page.due_number), "amount": page.due_amount, "more": more})
    figures.append({"name": "All open", "number": str(page.number), "amount": page.amount, "more": days})
    several = len(records) > 1
    empty = [f"{one.name}: {says}" if several else says for one, says in zip(records, page.empty, strict=True)]
    data = {
        **_data(title, page.title, records, made_at),
        "work": True,
        "figures": figures if page.number else [],
        "empty": [] if page.number else empty,
        "sections": [
            {
                "title": one.title, "number": str(len(one.lines)), "total": one.total,
                "lines": [_line(line, several=several) for line in one.lines],
            }
            for one in page.sections
        ],
        "left_out": f"{page.left_out} more stand in the spreadsheet." if page.left_out else "",
    }  # fmt: skip
    tables = (*page.tables, page.cleared, page.controls) if page.number else (page.cleared, page.controls)
    return _set(data, tables, made_at)


def _data(title: str, subtitle: str, records: Sequence[Record], made_at: dt.datetime) -> dict[str, Any]:
    as_of = max((one.as_of for one in records), default=None)
    return {
        "title": title, "subtitle": subtitle, "as_of": str(as_of or ""), "made": f"{made_at:%Y-%m-%d %H:%M}",
        "tied": [_tied(one, several=len(records) > 1) for one in records],
        "figures": [], "work": False, "empty": [], "sections": [], "left_out": "",
    }  # fmt: skip


def _tied(record: Record, *, several: bool) -> dict[str, str]:
    verdict, _, why = headline(record).partition(": ")
    since = f" Last tied on {record.tied_on}." if not record.tied and record.tied_on else ""
    return {
        "name": record.name if several else "",
        "state": "yes" if record.tied else "soon" if verdict.endswith("yet") else "no",
        "verdict": verdict if why else verdict.rstrip("."),
        "why": f"{why[:1].upper()}{why[1:]}{since}",
    }


def _line(line: Line, *, several: bool) -> dict[str, Any]:
    one = line.finding
    return {
        "due": str(one.waits_until or one.due), "mark": line.mark, "severity": one.severity.value, "says": one.says,
        "action": one.action, "code": one.code, "title": one.title, "id": one.short_id, "notes": list(one.notes),
        "who": [text for text in (line.practice if several else "", line.payer, line.client, *line.service) if text],
        "amount": line.amount if line.counted else f"({line.amount})", "owner": one.owner, "age": str(line.age_days),
    }  # fmt: skip


def _set(data: dict[str, Any], tables: Sequence[Table], made_at: dt.datetime) -> bytes:
    told = msgspec.json.encode({**data, "tables": [_table(one) for one in tables]}).decode()
    with as_file(files("hhs_sync.reports") / "templates" / TEMPLATE) as template:
        compiler = typst.Compiler(str(template), ignore_system_fonts=True)
        made = compiler.compile(
            format="pdf", sys_inputs={"data": told}, pdf_standards=[STANDARD], timestamp=int(made_at.timestamp())
        )
    assert isinstance(made, bytes), "a PDF is one file"
    return made


def _table(table: Table) -> dict[str, Any]:
    columns = table.on_paper()
    left_out = len(table.rows) - PARTS_ROWS_MAX
    more = f"{left_out} more rows stand in the spreadsheet. " if left_out > 0 else ""
    rows = [[shown(row[place], column.kind) for place, column in columns] for row in table.rows[:PARTS_ROWS_MAX]]
    wide = {place for row in rows for place, cell in enumerate(row) if len(cell) > WIDE_FROM}
    return {
        "title": table.title, "note": f"{more}{table.note}", "empty": table.empty,
        "columns": [
            {"name": column.name, "kind": column.kind.value, "wide": number in wide}
            for number, (_, column) in enumerate(columns)
        ],
        "rows": rows,
        "total": table.total and [
            cell if isinstance(cell := table.total[place], str) else shown(cell, column.kind)
            for place, column in columns
        ],
    }  # fmt: skip
