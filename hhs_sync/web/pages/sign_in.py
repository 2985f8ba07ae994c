"""Signing in and out."""

from __future__ import annotations

from starlette.responses import Response

from hhs_sync.web.cookies import give, take_back
from hhs_sync.web.guard import SECOND_FACTOR, SIGN_IN
from hhs_sync.web.page import Page
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route
from hhs_sync.web.sign_in import Opened, Paused, sign_in

NAME_LENGTH_MAX, PASSWORD_LENGTH_MAX = 64, 1000


def show_sign_in(page: Page) -> Response:
    """The form; who is signed in already goes on."""
    if page.signed_in is not None:
        return page.redirect("/")
    return page.render("sign_in.html", says="", back=_back(page), name="")


def do_sign_in(page: Page) -> Response:
    """Check name and password, and begin a session."""
    name = page.text("name", most=NAME_LENGTH_MAX)
    password = str(page.form.get("password", ""))[:PASSWORD_LENGTH_MAX]
    opened = sign_in(page.office, name, password, page.address)
    if isinstance(opened, Opened):
        page.store.activity.note(
            None,
            at=page.now,
            by=name,
            what="signed in" if opened.complete else "gave the password",
            address=page.address,
        )
        onward = page.redirect(_back(page) if opened.complete else SECOND_FACTOR)
        return give(onward, page.office, opened.session_id)
    if isinstance(opened, Paused):
        minutes = max(1, -(-int((opened.until - page.now).total_seconds()) // 60))
        says = f"Too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}."
        return page.render("sign_in.html", 429, says=says, back=_back(page), name=name)
    page.store.activity.note(None, at=page.now, by="nobody", what="tried to sign in", address=page.address)
    says = "Name and password do not belong together, or the account is closed. Ask whoever keeps the program."
    return page.render("sign_in.html", 401, says=says, back=_back(page), name=name)


def do_sign_out(page: Page) -> Response:
    """End the session."""
    assert page.session is not None
    page.store.web_sessions.end(page.session.digest)
    page.note("signed out")
    return take_back(page.redirect(SIGN_IN), page.office)


def _back(page: Page) -> str:
    """Where one wanted to go: only ever to a page of ours."""
    wanted = page.text("next", most=2000)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if ours else "/"


ROUTES = (
    Route(path=SIGN_IN, show=show_sign_in, right=Right.ANYONE),
    Route(path=SIGN_IN, show=do_sign_in, right=Right.ANYONE, method="POST", body_max=16 * 1024),
    Route(path="/sign-out", show=do_sign_out, right=Right.HALF_SIGNED_IN, method="POST"),
)
