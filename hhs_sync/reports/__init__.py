"""Reports on paper: exceptions, aging, deposits, tie-out; as HTML, CSV or JSON, over one practice or all.

A report is made from the records that the last turns kept; nothing is computed here but sums of what is shown. The
HTML is one file with its style in it and no script, so that it prints, travels and opens anywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from hhs_sync.reports.exceptions import exceptions_csv, exceptions_json, exceptions_page, exceptions_tables
from hhs_sync.reports.html import render
from hhs_sync.reports.sums import aging_tables, deposit_tables, headline, tie_out_tables
from hhs_sync.reports.table import Column, Kind, Table, shown, write_csv, write_json

if TYPE_CHECKING:
    from hhs_sync.review.record import Record

__all__ = ["FORMATS", "REPORTS", "Column", "Kind", "Table", "report_tables", "shown", "write_report"]

EXCEPTIONS = "exceptions"
TABLES: dict[str, tuple[str, Callable[[Sequence[Record]], tuple[Table, ...]]]] = {
    EXCEPTIONS: ("Exceptions", exceptions_tables),
    "aging": ("Receivables by age", aging_tables),
    "deposits": ("Bank deposits", deposit_tables),
    "tie-out": ("Tie-out", tie_out_tables),
}
REPORTS: tuple[str, ...] = tuple(TABLES)
FORMATS: tuple[str, ...] = ("html", "csv", "json")


def report_tables(name: str, records: Sequence[Record]) -> tuple[Table, ...]:
    """A report as tables, for a terminal. Raises KeyError when there is no such report."""
    return TABLES[name][1](records)


def write_report(name: str, form: str, records: Sequence[Record], *, made_at: dt.datetime) -> bytes:
    """A report as a file. Raises KeyError when there is no such report or form.

    `made_at` is the moment that the page names, in the time zone of its reader.
    """
    if form == "csv":
        return write_csv(exceptions_csv(records) if name == EXCEPTIONS else report_tables(name, records))
    return {"html": _html, "json": _json}[form](name, records, made_at)


def _html(name: str, records: Sequence[Record], made_at: dt.datetime) -> bytes:
    title, tables = TABLES[name]
    if name == EXCEPTIONS:
        return render("exceptions.html", page=exceptions_page(records), made_at=made_at)
    several = f"{len(records)} practices"
    return render(
        "tables.html",
        title=title,
        subtitle=records[0].name if len(records) == 1 else several,
        headlines=[(record, headline(record)) for record in records],
        as_of=max((record.as_of for record in records), default=None),
        tables=tables(records),
        made_at=made_at,
    )


def _json(name: str, records: Sequence[Record], made_at: dt.datetime) -> bytes:
    content: dict[str, Any] = {
        "report": name,
        "made_at": made_at.isoformat(),
        "practices": [
            {
                "practice": one.practice, "name": one.name, "as_of": one.as_of.isoformat(), "tied": one.tied,
                "tied_on": one.tied_on.isoformat() if one.tied_on else None, "says": headline(one),
            }
            for one in records
        ],
    }  # fmt: skip
    if name == EXCEPTIONS:
        page = exceptions_page(records)
        return write_json({**content, "findings": exceptions_json(records)}, page.tables)
    return write_json(content, report_tables(name, records))
