"""The accrual statement beside the cash statement, month by month: worked out when it is asked for, then kept a while.

A turn does not work it out, for few ask; it takes a look at the books, so it runs beside the request.
"""

from __future__ import annotations

import re
import zoneinfo
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import Response, StreamingResponse

from hhs_sync.proof import with_statement
from hhs_sync.reports import FORMATS, STATEMENT, report_tables, write_report
from hhs_sync.reports.table import Cell as TableCell
from hhs_sync.reports.table import Kind, Table, shown
from hhs_sync.web.grid import Cell, Grid, columns
from hhs_sync.web.page import Page, Refusal
from hhs_sync.web.pages.reports import KINDS
from hhs_sync.web.rights import Right
from hhs_sync.web.route import OF_PRACTICE, Route

if TYPE_CHECKING:
    from hhs_sync.review.record import Record
    from hhs_sync.web.jobs import Job

PATH = OF_PRACTICE + "/statement"
WAIT_SECONDS = 8
_MONTH = re.compile(r"\d{4}-\d{2}")


def show(page: Page) -> Response:
    """The months, or the one that is chosen, with its bridge and its accounts."""
    job = _job(page)
    job.is_over.wait(WAIT_SECONDS)
    if not job.is_over.is_set():
        return page.render("waiting.html", job=job, title="Accrual and cash", back=("Reports", "/reports"))
    if job.failed:
        raise Refusal(409, f"The statement could not be worked out: {job.failed}.")
    record, month = _of_month(page, job.answer)
    return page.render(
        "statement.html",
        practice=page.config_of(page.practice).name,
        months=[one.month for one in reversed(job.answer.statement)],
        month=month,
        forms=FORMATS,
        grids=[_grid(one) for one in report_tables(STATEMENT, [record])],
    )


def take(page: Page) -> Response:
    """The same as a file."""
    form = str(page.parts["form"])
    if form not in FORMATS:
        page.missing("form")
    job = _job(page)
    job.is_over.wait()
    if job.failed:
        raise Refusal(409, f"The statement could not be worked out: {job.failed}.")
    record, month = _of_month(page, job.answer)
    made_at = page.now.astimezone(zoneinfo.ZoneInfo(page.config_of(page.practice).time_zone))
    name = f"{page.practice}-statement-{month or f'{made_at:%Y-%m-%d}'}.{form}"
    return StreamingResponse(
        write_report(STATEMENT, form, [record], made_at=made_at),
        media_type=KINDS[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _job(page: Page) -> Job:
    """The work, begun once for the same state of things."""
    desk = page.desk

    def work(job: Job) -> Record:
        job.tell("keeping the books")
        return with_statement(desk)

    what = f"statement {page.practice} {page.store.turn_key(page.practice)} {page.today}"
    return page.site.jobs.begin(page.user.name, what, work)


def _of_month(page: Page, record: Record) -> tuple[Record, str]:
    """The record with the chosen month alone; with all of them where none is chosen."""
    month = page.text("month", most=7)
    if not month:
        return record, ""
    chosen = tuple(one for one in record.statement if one.month == month)
    if not _MONTH.fullmatch(month) or not chosen:
        page.missing("month")
    return msgspec.structs.replace(record, statement=chosen), month


def _grid(table: Table) -> Grid:
    def cells(row: tuple[TableCell, ...]) -> tuple[Cell, ...]:
        return tuple(
            Cell(shown(cell, column.kind), is_number=column.kind is not Kind.TEXT)
            for cell, column in zip(row, table.columns, strict=True)
        )

    numbers = [one.name for one in table.columns if one.kind is not Kind.TEXT]
    return Grid(
        title=table.title, columns=columns(*(one.name for one in table.columns), numbers=numbers),
        rows=tuple(cells(row) for row in table.rows), foot=cells(table.total) if table.total else (),
        note=table.note, empty=table.empty,
    )  # fmt: skip


ROUTES = (
    Route(path=PATH, show=show, right=Right.SEE, audit="saw accrual against cash"),
    Route(path=f"{PATH}/{{form}}", show=take, right=Right.SEE, audit="took accrual against cash"),
)
