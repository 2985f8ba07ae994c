"""One's own account: roles, password, second factor; and unlocking names of clients."""

from __future__ import annotations

import datetime as dt

from starlette.responses import Response

from hhs_sync.store.users import ALL
from hhs_sync.web import passwords
from hhs_sync.web.page import Page
from hhs_sync.web.pages.sign_in import PASSWORD_LENGTH_MAX, back_of, paused_says
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route
from hhs_sync.web.sign_in import count_failure, forgive, needs_second_factor, pause_of


def show_account(page: Page) -> Response:
    """What one may where, and the forms to change one's own."""
    return _account(page)


def change_password(page: Page) -> Response:
    """Another password; every other session of the user ends."""
    said = _wrong_password(page, "current")
    if said:
        return _account(page, 401, says=said)
    user, new = page.user, _secret(page, "new")
    fault = passwords.fault_of(new, user.name)
    if not fault and new != _secret(page, "again"):
        fault = "The new password and its repetition are not the same."
    if fault:
        return _account(page, 422, says=fault)
    page.store.users.set_password(user.name, passwords.hashed(new), page.now, keep=page.known_session.digest)
    page.note("changed the password")
    return _account(page, done="The password is changed. You are signed out everywhere else.")


def remove_second_factor(page: Page) -> Response:
    """No second factor any more, where no role asks for one."""
    said = _wrong_password(page, "current")
    if said or needs_second_factor(page.office, page.user):
        return _account(page, 403, says=said or "One of your roles asks for a second factor: it can only be replaced.")
    page.store.users.set_second_factor(page.user.name, None, keep=page.known_session.digest)
    page.note("removed the second factor")
    return page.redirect("/account")


def show_unlock(page: Page) -> Response:
    """The form that asks for the password again."""
    return page.render("unlock.html", says="", back=back_of(page))


def unlock(page: Page) -> Response:
    """Show names of clients for some minutes."""
    said = _wrong_password(page, "password")
    if said:
        page.note("tried to unlock names of clients")
        return page.render("unlock.html", 401, says=said, back=back_of(page))
    minutes = page.office.config.web.unlock_minutes
    page.note("unlocked names of clients", details={"minutes": minutes})
    page.store.web_sessions.unlock(page.known_session.digest, page.now + dt.timedelta(minutes=minutes))
    return page.redirect(back_of(page))


def lock(page: Page) -> Response:
    """Hide names of clients again."""
    page.store.web_sessions.unlock(page.known_session.digest, None)
    page.note("locked names of clients")
    return page.redirect(back_of(page))


def _account(page: Page, status: int = 200, *, says: str = "", done: str = "") -> Response:
    user = page.store.users.find(page.user.name) or page.user
    names = {ALL: "All practices"} | {one: page.config_of(one).name for one in page.office.worked}
    roles: dict[str, list[str]] = {}
    for one in user.grants:
        roles.setdefault(names.get(one.practice, one.practice), []).append(one.role.value)
    return page.render(
        "account.html",
        status,
        says=says,
        done=done,
        user=user,
        roles=roles,
        codes_left=page.store.users.recovery_codes_left(user.name),
        second_factor_needed=needs_second_factor(page.office, user),
    )


def _wrong_password(page: Page, field: str) -> str:
    """What to say when the password is not given once more; empty when it is."""
    user = page.user
    if paused := pause_of(page.office, user.name, page.address):
        return paused_says(paused, page.now)
    if not passwords.matches(_secret(page, field), user.password):
        count_failure(page.office, user.name, page.address)
        return "This is not your password. Nothing was changed."
    forgive(page.office, user.name)
    return ""


def _secret(page: Page, field: str) -> str:
    """A password as it was typed, blanks included."""
    return str(page.form.get(field, ""))[:PASSWORD_LENGTH_MAX]


ROUTES = (
    Route(path="/account", show=show_account, right=Right.SIGNED_IN),
    Route(path="/account/password", show=change_password, right=Right.SIGNED_IN, method="POST"),
    Route(path="/account/second-factor/remove", show=remove_second_factor, right=Right.SIGNED_IN, method="POST"),
    Route(path="/unlock", show=show_unlock, right=Right.UNLOCK),
    Route(path="/unlock", show=unlock, right=Right.UNLOCK, method="POST"),
    Route(path="/lock", show=lock, right=Right.UNLOCK, method="POST"),
)
