"""The first page: does it all tie, what is due, who owes what, and what money is on its way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from msgspec import Struct
from starlette.responses import Response

from hhs_sync.money import Money
from hhs_sync.receivables.aging import BUCKET_NAMES
from hhs_sync.reports.sums import headline
from hhs_sync.review.today import OnTheWay, Today, read_today
from hhs_sync.standing import TODAY
from hhs_sync.store.findings import Pressing
from hhs_sync.web.aging import picture
from hhs_sync.web.heading import PracticeHeading
from hhs_sync.web.page import Page
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route

ENDS = (-1, 0, 7)
"""Due by yesterday, by today, within a week: days from today."""
BY_TODAY = 1
FIGURES = (
    ("Overdue", "late", "‼"),
    ("Due by today", "today", "!"),
    ("Due within a week", "week", ""),
    ("All open", "", ""),
)
"""Name, how the work list calls it, and its mark."""
WAY_MAX = 12
"""Lines of money in transit that are shown; the rest is one line."""


class Figure(Struct, frozen=True):
    """One number at the top: what it counts, how many, how much in cents, and where they stand."""

    name: str
    count: int
    amount: Money
    path: str
    mark: str = ""


class Line(Struct, frozen=True):
    """One practice: how it stands, in a sentence, and its open questions."""

    practice: str
    name: str
    state: str
    says: str
    open: int
    due: int
    waits: str
    as_of: dt.datetime | None


def show_today(page: Page) -> Response:
    """Every practice one may see, or with `?practice=` one of them."""
    asked = page.text("practice")
    chosen = asked if asked in page.practices else ""
    practices = (chosen,) if chosen else page.practices
    kept = page.store.reviews.parts(TODAY, practices)
    known = {practice: read for practice, (_, body) in kept.items() if (read := read_today(body))}
    today = page.local(page.now).date()
    open_ = page.store.findings.pressing(practices, [today + dt.timedelta(days=days) for days in ENDS])
    on_the_way = together(known)
    return page.render(
        "today.html",
        chosen=chosen,
        lines=_lines(page, practices, known, open_),
        figures=_figures(tuple(open_.values()), chosen),
        aging=picture(
            total([part.payers for part in known.values()]), total([part.clients for part in known.values()])
        ),
        on_the_way=on_the_way[:WAY_MAX],
        more=(len(on_the_way[WAY_MAX:]), sum(one.amount for _, one in on_the_way[WAY_MAX:])),
        in_transit=sum(one.amount for _, one in on_the_way),
        by_rule=sum(part.by_rule for part in known.values()),
        by_people=sum(part.by_people for part in known.values()),
        next=expected(known.values()),
        sees=page.may_anywhere(Right.SEE),
    )


def total(parts: Sequence[Sequence[Money]]) -> tuple[Money, ...]:
    """Amounts by age, added up."""
    return tuple(sum(part[place] for part in parts) for place in range(len(BUCKET_NAMES)))


def together(known: Mapping[str, Today]) -> list[tuple[str, OnTheWay]]:
    """Money in transit of several practices with their names, by what is expected first."""
    items = [(part.name, one) for part in known.values() for one in part.on_the_way]
    return sorted(items, key=lambda item: (item[1].expected, -item[1].amount))


def expected(parts: Iterable[Today]) -> str:
    """When the next remittance should come, in words; empty where no payer has a rhythm."""
    coming = [(one.summary.next_remittance, one.summary.next_payer) for one in parts if one.summary.next_remittance]
    if not coming:
        return ""
    day, payer = min(coming)
    return f"next remittance expected {day:%A}, {day} ({payer})"


def _figures(pressing: Sequence[Pressing], chosen: str) -> list[Figure]:
    """Overdue, due by today, due within a week, all that is open; each leads to its rows."""
    due = [[one.due[place] for one in pressing] for place in range(len(ENDS))]
    counted = [*due, [(one.count, one.amount) for one in pressing]]
    return [
        Figure(
            name=name,
            count=(count := sum(number for number, _ in some)),
            amount=sum(amount for _, amount in some),
            path=_rows(practice=chosen, due=until),
            mark=mark if count else "",
        )
        for (name, until, mark), some in zip(FIGURES, counted, strict=True)
    ]


def _rows(**wanted: str) -> str:
    """Where the work list shows them."""
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"/exceptions?{query}" if query else "/exceptions"


def _lines(
    page: Page, practices: Sequence[str], known: Mapping[str, Today], open_: Mapping[str, Pressing]
) -> list[Line]:
    nothing = Pressing(0, 0, ((0, 0),) * len(ENDS))
    return [
        Line(
            practice=one.practice,
            name=one.name,
            state={True: "yes", False: "no", None: "soon"}[one.tied],
            says=_says(one, known.get(one.practice)),
            open=open_.get(one.practice, nothing).count,
            due=open_.get(one.practice, nothing).due[BY_TODAY][0],
            waits=one.waits,
            as_of=one.as_of,
        )
        for one in page.headings_of(practices).practices
    ]


def _says(one: PracticeHeading, today: Today | None) -> str:
    if today is not None:
        return headline(today)
    return "The next turn tells more." if one.as_of else "No turn has been made yet."


ROUTES = (Route(path="/", show=show_today, right=Right.STANDING),)
