"""Reports to take away: each as a page, on paper, as a workbook, as a table or as data; clients by code only."""

from __future__ import annotations

import zoneinfo

from starlette.responses import Response, StreamingResponse

from hhs_sync.reports import FORMATS, REPORTS, TABLES, write_report
from hhs_sync.web.page import Page
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route
from hhs_sync.worklist import kept_record

PATH = "/reports"
KINDS = {
    "html": "text/html; charset=utf-8", "pdf": "application/pdf", "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "json": "application/json",
}  # fmt: skip


def show_all(page: Page) -> Response:
    """What there is to take, for one practice or for all."""
    return page.render(
        "reports.html",
        reports=[(name, TABLES[name][0]) for name in REPORTS],
        forms=FORMATS,
        practices=[(one, page.config_of(one).name) for one in page.practices],
    )


def take(page: Page) -> Response:
    """A report as a file, made from what the last turns kept."""
    name, form, practice = str(page.parts["name"]), str(page.parts["form"]), page.text("practice")
    if name not in REPORTS or form not in FORMATS or (practice and practice not in page.practices):
        page.missing("report")
    chosen = [practice] if practice else list(page.practices)
    records = [record for one in chosen if (record := kept_record(page.store, one))]
    if not records:
        page.missing("report: no turn has been made yet")
    made_at = page.now.astimezone(zoneinfo.ZoneInfo(page.config_of(chosen[0]).time_zone))
    file = f"{'-'.join([practice or 'all', name, f'{made_at:%Y-%m-%d}'])}.{form}"
    return StreamingResponse(
        write_report(name, form, records, made_at=made_at),
        media_type=KINDS[form],
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


ROUTES = (
    Route(path=PATH, show=show_all, right=Right.SEE, audit="saw the reports"),
    Route(path="/report/{name}/{form}", show=take, right=Right.SEE, audit="took a report", subject="name"),
)
