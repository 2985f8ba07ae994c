"""Reports on paper: exceptions, aging, deposits, tie-out, statement; as HTML, PDF, XLSX, CSV or JSON, over practices.

A report is made from the records that the last turns kept; nothing is computed here but sums of what is shown. The
HTML is one file with its style in it and no script, so that it prints, travels and opens anywhere. Every form comes
piece by piece, so that a report of many rows is never held as one text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from hhs_sync.reports.exceptions import exceptions_page
from hhs_sync.reports.html import render
from hhs_sync.reports.listed import exceptions_csv, exceptions_json
from hhs_sync.reports.parts import exceptions_parts, exceptions_tables
from hhs_sync.reports.statement import statement_tables
from hhs_sync.reports.sums import aging_tables, deposit_tables, headline, tie_out_tables
from hhs_sync.reports.table import Column, Kind, Table, shown, write_csv, write_json

if TYPE_CHECKING:
    from hhs_sync.review.record import Record

__all__ = ["FORMATS", "REPORTS", "Column", "Kind", "Table", "report_tables", "shown", "write_report"]

EXCEPTIONS = "exceptions"
STATEMENT = "statement"
TABLES: dict[str, tuple[str, Callable[[Sequence[Record]], tuple[Table, ...]]]] = {
    EXCEPTIONS: ("Exceptions", exceptions_tables),
    "aging": ("Receivables by age", aging_tables),
    "deposits": ("Bank deposits", deposit_tables),
    "tie-out": ("Tie-out", tie_out_tables),
    STATEMENT: ("Accrual and cash by month", statement_tables),
}
REPORTS: tuple[str, ...] = tuple(name for name in TABLES if name != STATEMENT)
"""The reports that need no more than the records that were kept; the statement is worked out when it is asked for."""


def report_tables(name: str, records: Sequence[Record]) -> tuple[Table, ...]:
    """A report as tables, for a terminal. Raises KeyError when there is no such report."""
    return TABLES[name][1](records)


def write_report(name: str, form: str, records: Sequence[Record], *, made_at: dt.datetime) -> Iterator[bytes]:
    """A report as a file, piece by piece. Raises KeyError when there is no such report or form.

    `made_at` is the moment that the report names, in the time zone of its reader.
    """
    return _FORMS[form](name, records, made_at)


def _html(name: str, records: Sequence[Record], made_at: dt.datetime) -> Iterator[bytes]:
    title, tables = TABLES[name]
    if name == EXCEPTIONS:
        return render("exceptions.html", page=exceptions_page(records), made_at=made_at)
    return render(
        "tables.html",
        title=title,
        subtitle=_subtitle(records),
        headlines=[(record, headline(record)) for record in records],
        as_of=_as_of(records),
        tables=tables(records),
        made_at=made_at,
    )


def _pdf(name: str, records: Sequence[Record], made_at: dt.datetime) -> Iterator[bytes]:
    from hhs_sync.reports.paper import write_page, write_tables  # noqa: PLC0415  Loads typst: only for a PDF.

    title, tables = TABLES[name]
    if name == EXCEPTIONS:
        yield write_page(exceptions_page(records), records, title=title, made_at=made_at)
    else:
        yield write_tables(tables(records), records, title=title, subtitle=_subtitle(records), made_at=made_at)


def _xlsx(name: str, records: Sequence[Record], made_at: dt.datetime) -> Iterator[bytes]:
    from hhs_sync.reports.workbook import write_workbook  # noqa: PLC0415  Loads XlsxWriter: only for a spreadsheet.

    title, tables = TABLES[name]
    parts = exceptions_parts(records, made_at) if name == EXCEPTIONS else tables(records)
    return write_workbook(parts, title=title, subtitle=_subtitle(records), as_of=_as_of(records), made_at=made_at)


def _csv(name: str, records: Sequence[Record], made_at: dt.datetime) -> Iterator[bytes]:
    return write_csv(exceptions_csv(records, made_at) if name == EXCEPTIONS else report_tables(name, records))


def _json(name: str, records: Sequence[Record], made_at: dt.datetime) -> Iterator[bytes]:
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
        tables = (*page.tables, page.cleared, page.controls)
        return write_json(content, tables, {"findings": exceptions_json(records)})
    return write_json(content, report_tables(name, records))


def _subtitle(records: Sequence[Record]) -> str:
    return records[0].name if len(records) == 1 else f"{len(records)} practices"


def _as_of(records: Sequence[Record]) -> dt.date | None:
    return max((record.as_of for record in records), default=None)


_FORMS: dict[str, Callable[[str, Sequence[Record], dt.datetime], Iterator[bytes]]] = {
    "html": _html, "pdf": _pdf, "xlsx": _xlsx, "csv": _csv, "json": _json,
}  # fmt: skip
FORMATS: tuple[str, ...] = tuple(_FORMS)
