"""What a grouped question is about, row by row: "Payer not mapped: 37 sessions" and the thirty-seven, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from hhs_sync.facts.session import Session
from hhs_sync.money import format_money
from hhs_sync.web.asked import PATH, Asked, asked_of
from hhs_sync.web.grid import Cell, Grid, columns, day, money, number, of_practice, text
from hhs_sync.web.page import Page
from hhs_sync.web.pages.tie_out import fact_cell
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route
from hhs_sync.web.told import CLIENT, CLINICIAN, CODE, PAYER, STATE, TRACE, Names, codes_of, in_words, told_by

if TYPE_CHECKING:
    from hhs_sync.findings.finding import Part

ROWS = 25
"""On one page: beside the evidence there is not room for more."""


def show_parts(page: Page) -> Response:
    """The rows from one on: for htmx in their place, else as a page of its own."""
    asked = asked_of(page)
    said = page.text("from", most=6)
    shown = parts_of(page, asked, int(said) if said.isdecimal() else 0)
    if page.is_fragment:
        return page.render("exception_parts.html", **shown)
    return page.render(
        "grids.html", title=asked.finding.says, says=shown["says"], facts=[], warning="", grids=(shown["grid"],),
        back=("The question", of_practice(page.practice, "exception", asked.kept.row.id)),
    )  # fmt: skip


def parts_of(page: Page, asked: Asked, start: int = 0) -> dict[str, Any]:
    """What exception_parts.html shows: `grid`, which of how many, and where the pages before and after begin."""
    parts = asked.finding.parts
    start = min(start, max(len(parts) - 1, 0)) // ROWS * ROWS
    shown = parts[start : start + ROWS]
    here = of_practice(page.practice, "exception", asked.kept.row.id, "parts")
    total = format_money(sum(one.amount for one in parts))
    rest = asked.finding.count - len(parts)
    says = f"{start + 1}–{start + len(shown)} of {len(parts):,}, {total} in all"
    if rest > 0 and len(parts) > ROWS:
        says += f"; {rest:,} more are not listed here"
    return {
        "grid": _grid(page, shown),
        "says": says,
        "before": f"{here}?from={start - ROWS}" if start else "",
        "after": f"{here}?from={start + ROWS}" if start + ROWS < len(parts) else "",
    }


def _grid(page: Page, parts: tuple[Part, ...]) -> Grid:
    facts = page.store.readings.standing(page.practice, [one.fact for one in parts])
    names = Names(codes=codes_of(page.store, page.practice, (fact for fact, _ in facts.values())))

    def cell(one: Part) -> Cell:
        known = facts.get(one.fact)
        if known is None:
            return fact_cell(page.practice, one.fact)
        fact, _ = known
        says = in_words(told_by(fact, "", names), CLIENT, PAYER, CLINICIAN, CODE, TRACE, STATE)
        code = names.code(getattr(fact, "client", None)) or ""
        # A payment has no page of its own: it stands in the client's story.
        way = fact_cell(page.practice, one.fact).href
        client = of_practice(page.practice, "client", code) if code and not isinstance(fact, Session) else ""
        return text(says, way or client)

    rows = tuple(
        (day(one.date), cell(one), number((page.today - one.date).days), money(one.amount)) for one in parts
    )  # fmt: skip
    return Grid(title="", columns=columns("Day", "What", "Days ago", "Money", numbers=("Days ago", "Money")), rows=rows)


ROUTES = (
    Route(path=f"{PATH}/parts", show=show_parts, right=Right.SEE, audit="saw the parts of an exception",
          subject="finding"),
)  # fmt: skip
