"""The navigation: names of pages in their order. A page appears once its route is declared, to those who may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from hhs_sync.web.page import Page

NAMES = {
    "/": "Today",
    "/exceptions": "Work list",
    "/tie-out": "Tie-out",
    "/remittances": "Remittances",
    "/deposits": "Deposits",
    "/receivables": "Receivables",
    "/reports": "Reports",
    "/upload": "Bring in",
    "/documents": "Documents",
    "/pushes": "Pushes",
    "/rules": "Rules",
    "/activity": "Activity",
}


class Place(Struct, frozen=True):
    """One entry of the navigation."""

    name: str
    path: str
    is_here: bool


def places(page: Page) -> tuple[Place, ...]:
    """The entries for this page's user."""
    if page.signed_in is None or page.session is None or not page.session.complete:
        return ()
    return tuple(
        Place(name, path, page.path == path or (path != "/" and page.path.startswith(f"{path}/")))
        for path, name in NAMES.items()
        if path in page.site.rights and page.may_anywhere(page.site.rights[path])
    )
