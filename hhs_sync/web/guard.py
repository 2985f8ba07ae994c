"""The one place that decides who gets what: session, role, practice, form token, and what is written into the activity.

Who has no session gets the sign-in page, or 401. A practice in which one has no role is answered by 404, the same as
one that does not exist; a role without the right there by 403, and so is a form without the token of its session. A
page of clients' data is noted before it is shown.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import structlog
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hhs_sync.errors import HhsSyncError, StoreError
from hhs_sync.logs import tellable
from hhs_sync.store.users import ALL
from hhs_sync.web.page import Page, Refusal
from hhs_sync.web.render import render
from hhs_sync.web.rights import Right
from hhs_sync.web.route import UNSEEN
from hhs_sync.web.sign_in import current
from hhs_sync.web.tokens import is_csrf_of

log = structlog.get_logger(__name__)

SIGN_IN, SECOND_FACTOR = "/sign-in", "/second-factor"
NO_SUCH_PAGE = "There is no such page, or it is not for you."


def answer(page: Page, session_id: str) -> Response:
    """Let the request in and answer it, or say why not. Nothing that goes wrong gets past this."""
    try:
        return _let_in(page, session_id) or _shown(page)
    except Refusal as refusal:
        response = page.render("problem.html", refusal.status, says=refusal.says)
        response.headers.update(refusal.headers)
        return response
    except HhsSyncError as error:
        log.error("page failed", what=page.route.path, reason=tellable(error))  # noqa: TRY400  Its text says it all.
        status = 503 if isinstance(error, StoreError) else 500
        return _plain_problem(status, str(error))
    except Exception as error:
        log.error("page failed", what=page.route.path, exc_info=error)  # noqa: TRY400  As above.
        return _plain_problem(
            500, "This should not have happened. Look first, before you do again what you did; the log says more."
        )


def _let_in(page: Page, session_id: str) -> Response | None:
    """None when the request may go on to its handler."""
    route = page.route
    if route.method == "POST" and not route.signed:
        _check_origin(page)
    found = current(page.office, session_id, awake=not route.polled)
    if found:
        page.session_id = session_id
        page.session, page.signed_in = found
    if route.right is Right.ANYONE:
        return None
    if page.session is None:
        return _to_sign_in(page)
    if not page.session.complete and route.right is not Right.HALF_SIGNED_IN:
        return page.redirect(SECOND_FACTOR)
    if route.method == "POST":
        _check_token(page)
    if route.right.of_practice:
        _check_right(page)
    if route.audit:
        _note_view(page)
    return None


def _note_view(page: Page) -> None:
    """Write down what is about to be seen, and of which practices."""
    seen, subject = page.practices, str(page.parts.get(page.route.subject, ""))
    if len(seen) == 1:
        page.note(page.route.audit, practice=seen[0], subject=subject)
    else:
        of_all = set(seen) == set(page.office.worked)
        page.note(page.route.audit, subject=subject, details={"practices": ALL if of_all else seen})


def _shown(page: Page) -> Response:
    response = page.route.show(page)
    ours = page.route.right not in UNSEEN and response.status_code < 400
    assert page.noted or not ours, f"{page.route.path}: what was done there was not noted"
    return response


def _check_right(page: Page) -> None:
    if page.route.is_of_practice and not any(page.may(right, page.practice) for right in Right):
        raise Refusal(404, NO_SUCH_PAGE)
    if not page.practices_where(Right.STANDING):
        raise Refusal(403, "Your role does not allow this. You have none yet: whoever keeps the program gives you one.")
    if not page.may(page.route.right):
        raise Refusal(403, "Your role does not allow this. Your roles are told under your name, at the top right.")


def _check_token(page: Page) -> None:
    token = page.headers.get("x-csrf-token") or page.form.get("csrf")
    if not isinstance(token, str) or not is_csrf_of(page.session_id, token):
        raise Refusal(403, "This form is out of date: load the page again, then repeat what you did. Nothing was done.")


def _check_origin(page: Page) -> None:
    """Refuse what another site makes a browser send. Also before there is a session: nobody signs others in."""
    site, origin = page.headers.get("sec-fetch-site", "same-origin"), page.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != page.headers.get("host")
    if foreign or site not in {"same-origin", "none"}:
        raise Refusal(403, "This was sent by a page of another site. Nothing was done.")


def _to_sign_in(page: Page) -> Response:
    """Where to sign in, and back to here afterwards."""
    if page.is_fragment:
        return Response(status_code=401, headers={"HX-Redirect": SIGN_IN})
    if page.route.method == "POST":
        raise Refusal(401, "You are not signed in any more. Nothing was done.")
    back = page.path + (f"?{page.query}" if page.query else "")
    if page.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        # A link from elsewhere: the browser keeps the session back (SameSite=Strict) until a page of ours asks.
        return HTMLResponse(render("arrive.html", path=back))
    return RedirectResponse(SIGN_IN if back == "/" else f"{SIGN_IN}?next={quote(back)}", 303)


def _plain_problem(status: int, says: str) -> Response:
    """A page that needs nothing of what may just be broken."""
    return HTMLResponse(render("plain.html", says=says), status)
