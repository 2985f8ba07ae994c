"""The simulator on the wire: a Starlette application that turns requests into calls and replies into answers.

Mishaps (no answer, a connection that breaks, half an answer) are made here, because only here is there a connection.
"""

import asyncio
import contextlib
import logging
import socket
import struct
import zlib
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from hhs_sync.quickbooks.simulator import control
from hhs_sync.quickbooks.simulator.calls import Call, Reply
from hhs_sync.quickbooks.simulator.simulator import Simulator

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
"""What is let in, to be answered or refused; HEAD comes with GET."""

_CONNECTIONS: dict[tuple[Any, Any], asyncio.Transport] = {}
"""Open connections by both ends' addresses, so that a mishap can break the right one."""


class BreakableProtocol(H11Protocol):
    """uvicorn's HTTP protocol, which remembers its connections."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Note the connection."""
        _CONNECTIONS[_ends(transport)] = transport
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        _CONNECTIONS.pop(_ends(self.transport), None)
        super().connection_lost(exc)


def application(simulator: Simulator) -> Starlette:
    """The ASGI application of one simulator."""

    async def answer(request: Request) -> Response:
        call = await _call(request)
        try:
            if call.path == "/" or call.path.startswith("/simulator/"):
                with simulator.lock:
                    reply = control.answer(simulator, call)
                    simulator.save()
                return _Answer(reply)
            return _Answer(simulator.handle(call))
        except Exception as failure:
            simulator.failures.append(failure)
            logging.getLogger(__name__).exception("the simulator failed at %s %s", call.method, call.path)
            return Response("The simulator itself failed; its log says where.", 500)

    return Starlette(routes=[Route("/{path:path}", answer, methods=METHODS)])


async def _call(request: Request) -> Call:
    raw_path = request.scope.get("raw_path", request.url.path.encode()).decode("latin-1")
    query_string = request.scope.get("query_string", b"").decode("latin-1")
    return Call(
        method="GET" if request.method == "HEAD" else request.method,
        path=request.url.path,
        target=f"{raw_path}?{query_string}" if query_string else raw_path,
        query=dict(request.query_params),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=_unpacked(await request.body(), request.headers.get("content-encoding", "")),
        host=f"{request.url.scheme}://{request.url.netloc}",
    )


def _unpacked(body: bytes, encoding: str) -> bytes:
    """The body as it was before it was compressed; what cannot be unpacked is left for others to refuse."""
    if encoding.lower() not in ("gzip", "deflate"):
        return body
    try:
        return zlib.decompress(body, wbits=zlib.MAX_WBITS | 32)  # 32: whichever of the two it is.
    except zlib.error:
        return body


class _Answer(Response):
    """A reply on its way out."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.body, reply.status, dict(reply.headers), reply.content_type)
        self.reply = reply

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reply = self.reply
        if reply.delay_seconds:
            await asyncio.sleep(reply.delay_seconds)
        if reply.mishap is None:
            await super().__call__(scope, receive, send)
            return
        if reply.mishap.what == "hang":
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(_disconnected(receive), reply.mishap.seconds)
            _break(scope)
        elif reply.mishap.what == "reset":
            _break(scope)
        else:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            half = self.body[: max(1, len(self.body) // 2)]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            transport = _CONNECTIONS.get((tuple(scope["server"]), tuple(scope["client"])))
            if transport is not None:
                transport.close()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _break(scope: Scope) -> None:
    """Reset the connection: the caller sees it fall, not end."""
    transport = _CONNECTIONS.get((tuple(scope["server"]), tuple(scope["client"])))
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _ends(transport: asyncio.Transport) -> tuple[Any, Any]:
    return tuple(transport.get_extra_info("sockname")[:2]), tuple(transport.get_extra_info("peername")[:2])
