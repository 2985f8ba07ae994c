"""Signing in and out."""

from __future__ import annotations

import datetime as dt

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
    return page.render("sign_in.html", says="", back=back_of(page), name="")


def do_sign_in(page: Page) -> Response:
    """Check name and password, and begin a session."""
    name = page.text("name", most=NAME_LENGTH_MAX)
    password = str(page.form.get("password", ""))[:PASSWORD_LENGTH_MAX]
    opened = sign_in(page.office, name, password, page.address)
    if isinstance(opened, Opened):
        if page.session is not None:
            page.store.web_sessions.end(page.session.digest)
        what = "signed in" if opened.complete else "gave the password"
        page.store.activity.note(None, at=page.now, by=opened.name, what=what, address=page.address)
        onward = page.redirect(back_of(page) if opened.complete else SECOND_FACTOR)
        return give(onward, page.office, opened.session_id)
    if isinstance(opened, Paused):
        return page.render("sign_in.html", 429, says=paused_says(opened, page.now), back=back_of(page), name=name)
    known = page.store.users.find(name) is not None  # What else was typed there may be a password.
    page.note("tried to sign in", subject=name if known else "")
    says = "Name and password do not belong together, or the account is closed. Ask whoever keeps the program."
    return page.render("sign_in.html", 401, says=says, back=back_of(page), name=name)


def do_sign_out(page: Page) -> Response:
    """End the session."""
    page.store.web_sessions.end(page.known_session.digest)
    page.note("signed out")
    return take_back(page.redirect(SIGN_IN), page.office)


def paused_says(paused: Paused, now: dt.datetime) -> str:
    """How long nothing more is tried."""
    minutes = max(1, -(-int((paused.until - now).total_seconds()) // 60))
    return f"Too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}."


def back_of(page: Page) -> str:
    """Where one wanted to go: only ever to a page of ours."""
    wanted = page.text("next", most=2000)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if ours else "/"


ROUTES = (
    Route(path=SIGN_IN, show=show_sign_in, right=Right.ANYONE),
    Route(path=SIGN_IN, show=do_sign_in, right=Right.ANYONE, method="POST", body_max=16 * 1024),
    Route(path="/sign-out", show=do_sign_out, right=Right.HALF_SIGNED_IN, method="POST"),
)
