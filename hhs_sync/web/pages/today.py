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
from hhs_sync.store.findings import Wanted
from hhs_sync.web.aging import picture
from hhs_sync.web.page import Page
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route

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
    last_import: dt.datetime | None


def show_today(page: Page) -> Response:
    """Every practice one may see, or with `?practice=` one of them."""
    chosen = page.text("practice")
    practices = (chosen,) if chosen in page.practices else page.practices
    kept = page.store.reviews.parts(TODAY, practices)
    known = {practice: read for practice, (_, body) in kept.items() if (read := read_today(body))}
    today = page.local(page.now).date()
    on_the_way = together(known)
    return page.render(
        "today.html",
        chosen=chosen if chosen in page.practices else "",
        lines=_lines(page, practices, known, today),
        figures=_figures(page, practices, today, chosen),
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


def _figures(page: Page, practices: tuple[str, ...], today: dt.date, chosen: str) -> list[Figure]:
    """Overdue, due today, due this week, all that is open."""
    ends = (
        ("Overdue", today - dt.timedelta(days=1), "late", "‼"),
        ("Due by today", today, "today", "!"),
        ("Due within a week", today + dt.timedelta(days=7), "week", ""),
        ("All open", None, "", ""),
    )
    found = []
    for name, end, due, mark in ends:
        sums = page.store.findings.sums(Wanted(practices=practices, due=end))
        query = urlencode({name: value for name, value in (("practice", chosen), ("due", due)) if value})
        count = sum(one.count for one in sums)
        found.append(
            Figure(
                name, count, sum(one.amount for one in sums), f"/exceptions?{query}".rstrip("?"), mark if count else ""
            )
        )
    return found


def _lines(page: Page, practices: tuple[str, ...], known: Mapping[str, Today], today: dt.date) -> list[Line]:
    counts = page.store.findings.counts(Wanted(practices=practices))["practice"]
    due = page.store.findings.counts(Wanted(practices=practices, due=today))["practice"]
    return [
        Line(
            practice=one.practice,
            name=one.name,
            state={True: "yes", False: "no", None: "soon"}[one.tied],
            says=headline(known[one.practice])
            if one.practice in known
            else "The next turn tells more."
            if one.as_of
            else "No turn has been made yet.",
            open=counts.get(one.practice, 0),
            due=due.get(one.practice, 0),
            waits=one.waits,
            as_of=one.as_of,
            last_import=one.last_import,
        )
        for one in page.headings_of(practices).practices
    ]


ROUTES = (Route(path="/", show=show_today, right=Right.STANDING),)
