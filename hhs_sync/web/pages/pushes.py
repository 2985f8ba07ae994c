"""Pushes: every attempt to write to QuickBooks, and what came of it. Nothing about a client stands in one."""

from __future__ import annotations

from starlette.responses import Response

from hhs_sync.web.grid import Grid, columns, money, of_practice, text
from hhs_sync.web.listing import Listing
from hhs_sync.web.page import Page
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route

PATH = "/pushes"
ROWS = 100
STATES = {"saved": "saved", "refused": "refused", "not_done": "not done", "unclear": "not known", "open": "under way"}


def show_list(page: Page) -> Response:
    """The attempts of one practice, the newest first."""
    listing = Listing.of(page)
    practice = next(iter(listing.practices), "")
    may_undo = bool(practice) and page.may(Right.UNDO, practice)
    before = int(said) if (said := page.text("before", most=18)).isdecimal() else None
    listed = page.store.pushes.listed(practice, limit=ROWS + 1, before=before) if practice else []
    rows = tuple(
        (
            text(one.intended_at[:16].replace("T", " "), look="date"), text(one.operation.replace("_", " ")),
            text(one.kind),
            text(one.reference), text(str(one.date or ""), look="date"), money(one.amount),
            text(STATES.get(one.state, one.state), look="off" if one.state in {"refused", "unclear"} else ""),
            text(f"{one.message} ({one.code})" if one.code else one.message or "", look="small"),
        )
        for one in listed[:ROWS]
    )  # fmt: skip
    more = f"{PATH}?practice={practice}&before={listed[ROWS - 1].id}" if len(listed) > ROWS else ""
    return page.render(
        "list.html",
        title="Pushes",
        says="every attempt to write to QuickBooks, the newest first; times are UTC",
        ways=[("Take a push back", of_practice(practice, "undo"))] if may_undo else [],
        **{**listing.filter(page), "practice": practice, "find": None, "may_be_all": False},
        grid=Grid(
            title="",
            columns=columns("At", "What", "Kind", "Number", "Dated", "Amount", "State", "QuickBooks said",
                            numbers=("Amount",)),
            rows=rows,
            empty="Nothing was written to QuickBooks so far.",
            more=more,
        ),
    )  # fmt: skip


ROUTES = (Route(path=PATH, show=show_list, right=Right.OPERATE),)
