"""The second factor: giving it, and setting it up."""

from __future__ import annotations

from starlette.responses import Response

from hhs_sync.web import passwords, second_factor
from hhs_sync.web.cookies import give
from hhs_sync.web.guard import SECOND_FACTOR
from hhs_sync.web.page import Page, Refusal
from hhs_sync.web.pages.sign_in import PASSWORD_LENGTH_MAX, paused_says
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route
from hhs_sync.web.sign_in import begin, count_failure, forgive, pause_of

SET_UP = f"{SECOND_FACTOR}/set-up"
WRONG = "This code is not the right one, or it was used before. Wait for the next one."


def show(page: Page) -> Response:
    """The form for the code; who has no second factor yet sets one up."""
    if page.known_session.complete:
        return page.redirect("/")
    if page.user.second_factor is None:
        return page.redirect(SET_UP)
    return page.render("second_factor.html", says="")


def give_code(page: Page) -> Response:
    """Check the code, and go on in a complete session with a new id."""
    session, user = page.known_session, page.user
    if paused := pause_of(page.office, user.name, page.address):
        return page.render("second_factor.html", 429, says=paused_says(paused, page.now))
    if not second_factor.is_right(page.office, user, page.text("code", most=64)):
        count_failure(page.office, user.name, page.address)
        page.note("gave a wrong second factor")
        return page.render("second_factor.html", 401, says=WRONG)
    forgive(page.office, user.name)
    page.note("signed in", details={"second_factor": True})
    return give(page.redirect("/"), page.office, begin(page.office, user, complete=True, instead_of=session.digest))


def show_set_up(page: Page) -> Response:
    """The secret for the app, and a form for its first code."""
    _may_set_up(page)
    return _set_up_page(page, _secret(page))


def set_up(page: Page) -> Response:
    """With its first code the app has proved that it knows the secret; the recovery codes are shown this once."""
    _may_set_up(page)
    session, user, secret = page.known_session, page.user, _secret(page)
    if paused := pause_of(page.office, user.name, page.address):
        return _set_up_page(page, secret, 429, paused_says(paused, page.now))
    password = str(page.form.get("password", ""))[:PASSWORD_LENGTH_MAX]
    if session.complete and not passwords.matches(password, user.password):
        count_failure(page.office, user.name, page.address)
        return _set_up_page(page, secret, 401, "This is not your password. Nothing was changed.")
    step = second_factor.step_of(secret, page.text("code", most=64), page.now)
    if step is None:
        count_failure(page.office, user.name, page.address)
        return _set_up_page(page, secret, 422, "The app shows another code now. Is the phone's clock right?")
    codes = second_factor.new_recovery_codes()
    kept = second_factor.sealed(page.office, secret)
    page.store.users.set_second_factor(
        user.name, kept, [second_factor.digest_of(one) for one in codes], keep=session.digest
    )
    page.store.users.take_step(user.name, step, kept)
    forgive(page.office, user.name)
    page.note("set up a second factor")
    session_id = begin(page.office, user, complete=True, instead_of=session.digest)
    page.enter(session_id)
    return give(page.render("recovery_codes.html", codes=codes), page.office, session_id)


def _may_set_up(page: Page) -> None:
    """Who has a second factor must have given it before it can be replaced."""
    if page.user.second_factor is not None and not page.known_session.complete:
        raise Refusal(403, "Give the code of the second factor that you have, first.")


def _secret(page: Page) -> str:
    """The secret that is being set up, the same as long as the session lasts."""
    session = page.known_session
    if session.enrolling is not None:
        return second_factor.unsealed(page.office, session.enrolling)
    secret = second_factor.new_secret()
    page.store.web_sessions.enroll(session.digest, second_factor.sealed(page.office, secret))
    return secret


def _set_up_page(page: Page, secret: str, status: int = 200, says: str = "") -> Response:
    return page.render(
        "second_factor_set_up.html",
        status,
        says=says,
        secret=second_factor.in_groups(secret),
        address=second_factor.address_for_app(secret, page.user),
        asks_password=page.known_session.complete,
    )


ROUTES = (
    Route(path=SECOND_FACTOR, show=show, right=Right.HALF_SIGNED_IN),
    Route(path=SECOND_FACTOR, show=give_code, right=Right.HALF_SIGNED_IN, method="POST"),
    Route(path=SET_UP, show=show_set_up, right=Right.HALF_SIGNED_IN),
    Route(path=SET_UP, show=set_up, right=Right.HALF_SIGNED_IN, method="POST"),
)
