"""The files that pages need: style, script, icon."""

from __future__ import annotations

from starlette.responses import Response

from hhs_sync.web.assets import files
from hhs_sync.web.headers import YEAR_SECONDS
from hhs_sync.web.page import Page
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route


def show_file(page: Page) -> Response:
    """A file, for a year: its address changes with its content."""
    found = files().get(str(page.parts["name"]))
    if found is None:
        page.missing("file")
    content, kind = found
    return Response(content, media_type=kind, headers={"Cache-Control": f"public, max-age={YEAR_SECONDS}, immutable"})


ROUTES = (Route(path="/static/{name}", show=show_file, right=Right.ANYONE),)
