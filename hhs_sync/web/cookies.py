"""The session's cookie: no script can read it, no other site can send it, and behind TLS it never goes in the clear."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response

    from hhs_sync.office import Office


def cookie_name(office: Office) -> str:
    """The cookie's name; behind TLS with the prefix by which no other host of the domain can set it."""
    return "__Host-hhs-sync" if office.config.web.behind_tls else "hhs-sync"


def give(response: Response, office: Office, session_id: str) -> Response:
    """Let the browser keep the session's id until it is closed."""
    response.set_cookie(
        cookie_name(office), session_id, path="/", secure=office.config.web.behind_tls, httponly=True, samesite="strict"
    )
    return response


def take_back(response: Response, office: Office) -> Response:
    """Let the browser forget it."""
    response.delete_cookie(
        cookie_name(office), path="/", secure=office.config.web.behind_tls, httponly=True, samesite="strict"
    )
    return response
