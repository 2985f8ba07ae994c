"""The headers of every answer, whatever it is: what a browser may do with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No script and no style but our files: what gets into a page by mistake is never run."""
ALWAYS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
NOT_KEPT = "no-store"
YEAR_SECONDS = 31_536_000


class WithHeaders:
    """The application with these headers on each of its answers."""

    def __init__(self, application: ASGIApp, *, behind_tls: bool) -> None:
        """`behind_tls` makes browsers come by TLS only, for a year from each answer on."""
        self._application = application
        more = {"Strict-Transport-Security": f"max-age={YEAR_SECONDS}; includeSubDomains"} if behind_tls else {}
        self._headers = {**ALWAYS, **more}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", NOT_KEPT)
            await send(message)

        await self._application(scope, receive, with_headers)
