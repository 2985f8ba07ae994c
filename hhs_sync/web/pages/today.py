"""The first page: how the practices stand."""

from __future__ import annotations

from starlette.responses import Response

from hhs_sync.web.page import Page
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route


def show_today(page: Page) -> Response:
    """Every practice one may see, in a line each."""
    return page.render("today.html")


ROUTES = (Route(path="/", show=show_today, right=Right.STANDING),)
