"""Who did what and who saw what."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from hhs_sync.store.activity import Activity
from hhs_sync.store.users import ALL
from hhs_sync.web.page import Page
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route

AT_ONCE = 100
SHOWN = 3


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
    names = {one: page.config_of(one).name for one in page.practices}
    told = {"practice": chosen, "by": by, "about": about}
    return page.render(
        "activity.html",
        rows=rows[:AT_ONCE],
        names=names,
        seen_of=lambda row: practices_of(row, names),
        chosen=chosen,
        by=by,
        about=about,
        everywhere=everywhere,
        older=urlencode({**told, "before": rows[AT_ONCE - 1].number}) if len(rows) > AT_ONCE else "",
    )


def practices_of(row: Activity, names: Mapping[str, str]) -> str:
    """Which of the practices one may look at a row was about; nothing of the others."""
    if row.practice is not None:
        return names.get(row.practice, "")
    several = row.details.get("practices", ())
    if several == ALL:
        return "all"
    mine = [names[one] for one in several if one in names]
    return ", ".join(mine[:SHOWN]) + (f" and {len(mine) - SHOWN} more" if len(mine) > SHOWN else "")


ROUTES = (Route(path="/activity", show=show_activity, right=Right.AUDIT),)
