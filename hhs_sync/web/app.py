"""The web application, made from the routes that the modules of `pages` declare.

Handlers are plain functions, called in a thread: SQLAlchemy waits, and so may they. What comes in is read here, within
the limits of its route; who may come in is the guard's business.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache, partial
from typing import TYPE_CHECKING

import anyio.to_thread
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route as StarletteRoute

from hhs_sync.web import guard, pages
from hhs_sync.web.cookies import cookie_name
from hhs_sync.web.headers import WithHeaders
from hhs_sync.web.page import Page
from hhs_sync.web.render import render
from hhs_sync.web.route import FORM_BYTES_MAX, Route
from hhs_sync.web.sign_in import current
from hhs_sync.web.site import Site

if TYPE_CHECKING:
    from starlette.types import Message, Receive

    from hhs_sync.office import Office

FIELDS_MAX = 5000


@cache
def declared_routes() -> tuple[Route, ...]:
    """Every route of every module in `pages`, by path."""
    modules = [importlib.import_module(f"{pages.__name__}.{one.name}") for one in pkgutil.iter_modules(pages.__path__)]
    routes = [route for module in modules for route in module.ROUTES]
    addresses = [(route.path, route.method) for route in routes]
    twice = {address for address in addresses if addresses.count(address) > 1}
    assert not twice, f"two routes for one address: {twice}"
    return tuple(sorted(routes, key=lambda one: (one.path.count("{"), one.path, one.method)))


def create_app(office: Office, routes: Iterable[Route] | None = None) -> Starlette:
    """The application over an open office, with all declared routes or with those given."""
    served = declared_routes() if routes is None else tuple(routes)
    site = Site(office, served)
    made = Starlette(
        routes=[_serve(site, route) for route in served],
        middleware=[Middleware(WithHeaders, behind_tls=office.config.web.behind_tls)],
        exception_handlers={HTTPException: _unrouted},
    )
    made.router.redirect_slashes = False
    return made


def _serve(site: Site, route: Route) -> StarletteRoute:
    cookie = cookie_name(site.office)

    async def endpoint(request: Request) -> Response:
        form, body = FormData(), b""
        if route.method == "POST":
            most = await _most(site, route, request.cookies.get(cookie, ""))
            request = Request(request.scope, within(request.receive, most))
            if route.signed:
                body = await request.body()
            else:
                form = await request.form(
                    max_files=route.files_max, max_fields=FIELDS_MAX, max_part_size=route.body_max
                )
        page = Page(
            site, route, path=request.url.path, parts=request.path_params, query=request.query_params,
            form=form, body=body, headers=request.headers, address=request.client.host if request.client else "",
        )  # fmt: skip
        try:
            return await anyio.to_thread.run_sync(
                guard.answer, page, request.cookies.get(cookie, ""), limiter=site.threads
            )
        finally:
            await form.close()

    return StarletteRoute(route.path, endpoint, methods=[route.method], name=f"{route.method} {route.path}")


async def _most(site: Site, route: Route, session_id: str) -> int:
    """How many bytes are read: large bodies only of those who are signed in, before anything else is looked at."""
    if route.signed or route.body_max <= FORM_BYTES_MAX:
        return route.body_max
    known = await anyio.to_thread.run_sync(partial(current, site.office, session_id, awake=False), limiter=site.threads)
    return route.body_max if known else FORM_BYTES_MAX


def within(receive: Receive, most: int) -> Receive:
    """What comes in, up to so many bytes; a longer body is refused as soon as it is."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413, f"What was sent is larger than {most // 1024:,} KB, the most that is taken here.")
        return message

    return limited


async def _unrouted(_request: Request, error: Exception) -> Response:
    """What no route answered, or what could not be read."""
    assert isinstance(error, HTTPException)
    says = guard.NO_SUCH_PAGE if error.status_code in {404, 405} else str(error.detail)
    return HTMLResponse(render("plain.html", says=says), error.status_code, headers=error.headers)
