"""Who did what and who saw what."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from hhs_sync.web.page import Page
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route

AT_ONCE = 100


def show_activity(page: Page) -> Response:
    """The newest rows of the practices in which one may see it; sign-ins are for those who may see it in all."""
    chosen = page.text("practice")
    practices = [chosen] if chosen in page.practices else list(page.practices)
    everywhere = set(page.practices) == set(page.office.worked)
    before = page.text("before")
    by, about = page.text("by"), page.text("about")
    rows = page.store.activity.among(
        practices,
        AT_ONCE + 1,
        int(before) if before.isdecimal() else None,
        of_none=everywhere and not chosen,
        by=by,
        about=about,
    )
    told = {"practice": chosen, "by": by, "about": about}
    return page.render(
        "activity.html",
        rows=rows[:AT_ONCE],
        names={one: page.config_of(one).name for one in page.practices},
        chosen=chosen,
        by=by,
        about=about,
        everywhere=everywhere,
        older=urlencode({**told, "before": rows[AT_ONCE - 1].number}) if len(rows) > AT_ONCE else "",
    )


ROUTES = (Route(path="/activity", show=show_activity, right=Right.AUDIT),)
