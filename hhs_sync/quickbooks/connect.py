"""Connect a practice to its QuickBooks company, and disconnect it: the browser flow of OAuth 2.

    begin     an address at Intuit's for the person to open, with a state nobody can guess, and a proof key where
    offered answer    Intuit sends the browser back to the redirect address, with a code, the state and the company
    finish    the code is exchanged for tokens, which are kept encrypted

`connect` does all three on this machine: it opens the browser (or prints the address) and waits for the answer at the
redirect address. A web page may call `begin` and `finish` by itself. An answer with another state was not asked for by
us and is refused; so is another company than the config names, and another practice's. Where the config names none yet,
the answer tells which one it is.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import http.server
import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
import structlog
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from intuitlib.utils import get_auth_header, send_request
from msgspec import Struct

from hhs_sync.errors import NotConnectedError, QuickBooksUnavailableError
from hhs_sync.quickbooks.tokens import SECRET, App, TimedAuthClient, Tokens, keep, load, tokens_in
from hhs_sync.store import Store

log = structlog.get_logger(__name__)

WAIT_SECONDS = 600.0
"""How long the person has to sign in."""
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
DONE_PAGE = b"<!doctype html><title>Connected</title><p>QuickBooks has answered. You may close this page."


class Pending(Struct, frozen=True, kw_only=True):
    """A connection that was begun: the address for the person, and what the answer must agree with."""

    address: str
    state: str
    verifier: str = ""


def connect(
    store: Store,
    practice: str,
    realm: str,
    app: App,
    keys: Sequence[bytes],
    *,
    show: Callable[[str], object],
    at: Callable[[], dt.datetime],
    others: Collection[str] = (),
    wait_seconds: float = WAIT_SECONDS,
) -> Tokens:
    """Connect a practice on this machine. `show` gets the address: opens a browser with it, or prints it.

    `realm` is the company that the config names, "" where it names none; `others` are those of other practices.
    Raises NotConnectedError when the person declines, the answer is not ours or the company another one, and
    QuickBooksUnavailableError when Intuit can't be reached.
    """
    pending = begin(app)
    with _AnswerServer(app.redirect_url) as server:
        show(pending.address)
        answer = server.wait(wait_seconds)
    tokens = finish(app, pending, answer, realm, at(), others)
    keep(store, practice, tokens, keys)
    store.activity.note(
        practice, at=at(), by="connect", what="connected to QuickBooks", details={"company": tokens.realm}
    )
    return tokens


def disconnect(store: Store, practice: str, app: App, keys: Sequence[bytes], at: dt.datetime) -> bool:
    """Give the tokens back and forget them; whether Intuit took them back, or had ended them before."""
    tokens = load(store, practice, keys)
    if tokens is None:
        return True
    revoked = True
    try:
        TimedAuthClient.of(app).revoke(token=tokens.refresh_token)
    except (AuthClientError, requests.RequestException, QuickBooksUnavailableError):
        revoked = False
    store.secrets.remove(practice, SECRET)
    store.activity.note(
        practice, at=at, by="disconnect", what="disconnected from QuickBooks", details={"revoked": revoked}
    )
    return revoked


def begin(app: App, draw: Callable[[], str] = lambda: secrets.token_urlsafe(48)) -> Pending:
    """The address to send the person to. `draw` makes what nobody may guess. Raises QuickBooksUnavailableError."""
    auth = TimedAuthClient.of(app)
    state = draw()
    address = auth.get_authorization_url([Scopes.ACCOUNTING], state_token=state)
    if "S256" not in (auth.discovery.get("code_challenge_methods_supported") or ()):
        return Pending(address=address, state=state)
    verifier = draw()
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    proof = urlencode({"code_challenge": challenge, "code_challenge_method": "S256"})
    return Pending(address=f"{address}&{proof}", state=state, verifier=verifier)


def finish(
    app: App,
    pending: Pending,
    answer: Mapping[str, str],
    realm: str,
    at: dt.datetime,
    others: Collection[str] = (),
) -> Tokens:
    """Exchange the answer's code for tokens. Raises NotConnectedError when the answer can't be used."""
    if not secrets.compare_digest(answer.get("state", ""), pending.state):
        raise NotConnectedError("the answer does not belong to this connection: begin again")
    if answer.get("error") or not answer.get("code"):
        raise NotConnectedError(f"QuickBooks was not connected ({answer.get('error') or 'no code was given'})")
    chosen = answer.get("realmId", "")
    if chosen in others:
        raise NotConnectedError(f"company {chosen} is another practice's: begin again and choose this one's")
    if chosen != (realm or chosen):
        raise NotConnectedError("another company was chosen than the config names: choose that one, or mend the config")
    if not chosen:
        raise NotConnectedError("Intuit did not say which company was chosen: begin again")
    auth = TimedAuthClient.of(app)
    body = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": app.redirect_url}
    if pending.verifier:
        body["code_verifier"] = pending.verifier
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": get_auth_header(app.client_id, app.client_secret),
    }
    try:
        send_request("POST", auth.token_endpoint, headers, auth, body=urlencode(body), session=auth)
    except AuthClientError as error:
        raise NotConnectedError(f"Intuit did not accept the code (status {error.status_code}): begin again") from None
    except requests.RequestException:
        raise QuickBooksUnavailableError("Intuit's sign-in service did not answer") from None
    return tokens_in(auth, chosen, at)


class _AnswerServer(http.server.HTTPServer):
    """Waits on this machine for the browser that comes back with the answer."""

    def __init__(self, redirect_url: str) -> None:
        place = urlsplit(redirect_url)
        if place.scheme != "http" or place.hostname not in LOCAL:
            raise NotConnectedError(f"the answer would go to {place.netloc}, not to this machine: connect on its page")
        self.path = place.path
        self.answer: dict[str, str] = {}
        super().__init__((place.hostname, place.port or 80), _AnswerHandler)

    def wait(self, seconds: float) -> dict[str, str]:
        """The answer's parameters. Raises NotConnectedError when nobody comes."""
        give_up = time.monotonic() + seconds
        while not self.answer:
            self.timeout = give_up - time.monotonic()
            if self.timeout <= 0:
                raise NotConnectedError("nobody signed in at QuickBooks: begin again")
            self.handle_request()
        return self.answer


class _AnswerHandler(http.server.BaseHTTPRequestHandler):
    """Takes the answer from the address the browser was sent to; whatever else a browser asks for is not here."""

    server: _AnswerServer

    def do_GET(self) -> None:
        """Take the parameters of the one address that counts."""
        asked = urlsplit(self.path)
        found = asked.path == self.server.path
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if found:
            self.server.answer = dict(parse_qsl(asked.query))
            self.wfile.write(DONE_PAGE)

    def log_message(self, *_: Any) -> None:
        """Say nothing: the line would hold the code."""
