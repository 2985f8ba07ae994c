"""Typing in a paper EOB: its three sums are shown as one types, and checked by the reader that will count it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.responses import Response

from hhs_sync.facts.document import Document
from hhs_sync.facts.remittance import Remittance
from hhs_sync.web.grid import money, of_practice
from hhs_sync.web.page import Page, Refusal
from hhs_sync.web.pages.upload import connector_of
from hhs_sync.web.paper import PAYMENT, ROW, filled, table_of
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route

if TYPE_CHECKING:
    from hhs_sync.connector import Connector
    from hhs_sync.facts.document import Reading

ROWS_FIRST, ROWS_MORE, ROWS_MAX = 4, 4, 120
USE = "eob_csv"
LEVELS = {
    "line": "charge less adjustments is not what the line pays",
    "claim": "charge less adjustments is not what the claim pays",
    "payment": "the claims, less what the payer kept, are not the payment",
}


def show_form(page: Page) -> Response:
    """An empty form."""
    _connector(page)
    return _form(page, {}, [{} for _ in range(ROWS_FIRST)])


def check(page: Page) -> Response:
    """More rows, a look at the sums, or storing it: what the pressed button says."""
    source = _connector(page)
    payment = {name: page.text(name) for name in PAYMENT}
    rows = _rows(page)
    if page.text("do") == "more":
        page.note("typed in paper: more rows")
        return _form(page, payment, [*rows, *({} for _ in range(ROWS_MORE))][:ROWS_MAX])
    name = f"EOB {payment['trace'] or 'paper'}.csv"
    document = Document.of(
        source=source.name, name=name, content=table_of(payment, rows), received_at=page.now, as_of=page.now
    )
    reading = source.read(document)
    wrong = _wrong(reading, filled(rows))
    if page.store.documents.has(page.practice, document.digest):
        wrong.append("This very EOB is stored already.")
    if page.text("do") != "store" or wrong:
        page.note("looked at a typed-in EOB", details={"source": source.name, "wrong": len(wrong)})
        holds = not wrong
        return _form(page, payment, rows, wrong=wrong, holds=holds)
    page.store.readings.store(page.practice, [(document, reading)], source.reader_version)
    page.note("typed in a paper EOB", subject=document.digest, details={"source": source.name, "rows": filled(rows)})
    return page.redirect(of_practice(page.practice, "document", document.digest))


def _rows(page: Page) -> list[Mapping[str, str]]:
    columns = {name: page.texts(f"row_{name}") for name in ROW}
    count = max(map(len, columns.values()), default=0)
    if count > ROWS_MAX:
        raise Refusal(422, f"More than {ROWS_MAX} rows: type the EOB into a workbook, and bring that in.")
    return [
        {name: values[place][:200] if place < len(values) else "" for name, values in columns.items()}
        for place in range(count)
    ]


def _wrong(reading: Reading, rows: int) -> list[str]:
    """What stands in the way of storing it, each in a sentence."""
    if not rows:
        return ["Nothing is typed in yet."]
    found = [f"{lost.place}: {lost.problem}." for lost in reading.unreadable]
    remittances = [one.fact for one in reading.facts if isinstance(one.fact, Remittance)]
    for one in remittances:
        found += [f"Row {bad.segment - 1 if bad.level != 'payment' else '–'}: {LEVELS[bad.level]}, by"
                  f" {money(bad.difference).text}." for bad in one.imbalances]  # fmt: skip
        if not one.complete:
            found.append("A row cannot be read, so the EOB is not whole.")
    if not remittances and not found:
        found.append("No payment comes of it: payer, date, number and amount are needed.")
    return list(dict.fromkeys(found))


def _connector(page: Page) -> Connector:
    name = next((one.name for one in page.config_of(page.practice).connectors if one.use == USE), "")
    if not name:
        raise Refusal(404, f"The practice has no source for paper EOBs: add a connector with use = “{USE}”.")
    return connector_of(page, name)


def _form(
    page: Page,
    payment: Mapping[str, str],
    rows: list[Mapping[str, str]],
    *,
    wrong: list[str] | None = None,
    holds: bool = False,
) -> Response:
    payers = sorted(one.name for one in page.desk.rules.payers)
    return page.render(
        "paper.html", status=422 if wrong else 200, payment={name: payment.get(name, "") for name in PAYMENT},
        rows=[{name: row.get(name, "") for name in ROW} for row in rows], wrong=wrong or [], holds=holds,
        payers=payers, name=page.config_of(page.practice).name,
    )  # fmt: skip


_PATH = "/practice/{practice}/eob"

ROUTES = (
    Route(path=_PATH, show=show_form, right=Right.UPLOAD, audit="began to type in an EOB"),
    Route(path=_PATH, show=check, right=Right.UPLOAD, method="POST"),
)
