"""The one place that calls QuickBooks: python-quickbooks with its `process_request` in our hands.

Every call is paced, has a time limit, is counted and logged with Intuit's trace id, and its answer is judged before the
library sees it, so that the library's own errors, which lose the status and quote the body, never arise. What is
repeated here is only what is safe: reads, and writes that never left. A write whose fate is unclear is raised to
`push.py`, which looks before it tries again.

An access token that was refused is renewed once; a second refusal means that the connection is dead. A write that met a
401 is unclear all the same: the token may have run out between the saving and the answer.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Protocol, Self

import msgspec
import requests
import structlog
import tenacity
import urllib3
from msgspec import Struct
from quickbooks.client import QuickBooks

from hhs_sync.errors import (
    HhsSyncError,
    NotConnectedError,
    QuickBooksUnavailableError,
    QuickBooksUnclearError,
)
from hhs_sync.quickbooks.faults import AccessExpired, judge, lost
from hhs_sync.quickbooks.pace import INTUIT_LIMITS, Limit, Pace

log = structlog.get_logger(__name__)

TIMEOUT = (5.0, 30.0)
"""Seconds to connect, and to wait between two parts of an answer. python-quickbooks itself waits for ever."""
AT_WORK_SECONDS_MAX = 120.0
"""How long Intuit's servers work on a request at most: they end what takes longer."""
READ_ATTEMPTS = 5
PAGE = 1000
"""The most rows that a query gives at once."""
BATCH = 30
"""The most items of one batch."""
MINOR_VERSION = 75


class Access(Protocol):
    """Whoever holds the tokens of a company."""

    def bearer(self) -> str:
        """An access token that should be good. Raises NotConnectedError when there is none to be had."""

    def renew(self, refused: str) -> str:
        """Another token than the one QuickBooks refused. Raises NotConnectedError when there is none to be had."""


class BatchItem(Struct, frozen=True, kw_only=True):
    """One write of a batch: `operation` is "create" or "update", `body` the JSON of an object of this kind."""

    id: str
    operation: str
    kind: str
    body: bytes


class QuickBooksClient(QuickBooks):
    """One company of QuickBooks. May be given to any object of python-quickbooks as its `qb`.

    Not for two threads at a time. `calls` counts what was sent, by "read:query", "write:batch" and the like.
    """

    def __new__(cls, **settings: Any) -> Self:
        """Let the library set up what it keeps, without its own session, which refuses addresses without https."""
        made: Self = super().__new__(cls, company_id=settings["realm"], minorversion=MINOR_VERSION, use_decimal=True)
        return made

    def __init__(
        self,
        *,
        realm: str,
        base_url: str,
        access: Access,
        limits: Sequence[Limit] = INTUIT_LIMITS,
        timeout: tuple[float, float] = TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        session: requests.Session | None = None,
    ) -> None:
        """Speak to the company `realm` at `base_url` ("https://quickbooks.api.intuit.com"), with tokens from `access`.

        No limits (`limits=()`) are for a simulator, which is also never late: it works on a request at once or not at
        all. `clock` and `sleep` count in seconds.
        """
        self.at_work_seconds = AT_WORK_SECONDS_MAX if limits else 0.0
        self.realm = realm
        self.api_url_v3 = base_url.rstrip("/").removesuffix("/v3") + "/v3"
        self.access = access
        self.pace = Pace(limits, clock=clock, sleep=sleep)
        self.timeout = timeout
        self.session = session or requests.Session()
        self.calls: Counter[str] = Counter()
        self.server_time = ""
        self._clock = clock
        self._sleep = sleep

    # What the rest of the house asks for.

    def select(self, statement: str) -> dict[str, Any]:
        """One query, one answer's QueryResponse."""
        return _inner(self.query(statement), "QueryResponse", write=False)

    def select_all(self, kind: str, where: str = "") -> Iterator[dict[str, Any]]:
        """Every object of a kind that meets the condition, page by page.

        A page that is exactly full may be the last: only a page that is not full says so. Inactive list members are
        shown only to those who ask for them, so put `Active IN (true, false)` into the condition where they matter.
        """
        columns = "*, Sku" if kind == "Item" else "*"
        start = 1
        while True:
            condition = f" WHERE {where}" if where else ""
            statement = (
                f"SELECT {columns} FROM {kind}{condition} ORDERBY Id"  # noqa: S608  QuickBooks' own language.
                f" STARTPOSITION {start} MAXRESULTS {PAGE}"
            )
            rows = self.select(statement).get(kind, [])
            yield from rows
            if len(rows) < PAGE:
                return
            start += len(rows)

    def changes_since(self, kinds: Sequence[str], moment: str) -> dict[str, list[dict[str, Any]]]:
        """What was created, changed or deleted since a moment (ISO, with its offset), by kind; one call for all kinds.

        Deleted objects are stubs with `status` "Deleted". Never more than 1000 objects in all: the caller counts.
        """
        answer = self.change_data_capture(",".join(kinds), moment)
        found: dict[str, list[dict[str, Any]]] = {}
        for response in answer.get("CDCResponse", ()):
            for part in response.get("QueryResponse", ()):
                for kind in kinds:
                    found.setdefault(kind, []).extend(part.get(kind, ()))
        return found

    def save(self, kind: str, body: bytes, request_id: str, **params: str) -> dict[str, Any]:
        """One write by itself: the object as QuickBooks now holds it."""
        url = f"{self.api_url}/company/{self.realm}/{kind.lower()}"
        answer = self.post(url, body, params={"requestid": request_id, **params})
        return _inner(answer, kind, write=True)

    def save_batch(self, items: Sequence[BatchItem], request_id: str) -> dict[str, dict[str, Any]]:
        """Up to 30 writes in one call: each item's part of the answer, by the item's id.

        The server joins the request id and the item's id and takes 50 characters in all: so 36 and 10.
        """
        assert 0 < len(items) <= BATCH, "a batch holds 1 to 30 items"
        assert len(request_id) <= 36, "the request id of a batch has at most 36 characters"
        assert all(len(item.id) <= 10 for item in items), "the id of a batch's item has at most 10 characters"
        assert len({item.id for item in items}) == len(items), "the ids of a batch's items differ"
        said = [{"bId": item.id, "operation": item.operation, item.kind: msgspec.Raw(item.body)} for item in items]
        url = f"{self.api_url}/company/{self.realm}/batch"
        body = msgspec.json.encode({"BatchItemRequest": said})
        answer = self.post(url, body, params={"requestid": request_id})
        return {str(part.get("bId")): part for part in answer.get("BatchItemResponse", ())}

    def pause(self, seconds: float) -> None:
        """Wait, as whoever gave this client its clock wants waiting to be done."""
        self._sleep(seconds)

    # The seam.

    def process_request(
        self, request_type: str, url: str, headers: Any = "", params: Any = "", data: Any = ""
    ) -> SimpleNamespace:
        """Send one request for the library and give it nothing but good answers."""
        what, write = _what_is_asked(request_type, url)
        wait = tenacity.wait_exponential(multiplier=1, max=30)
        attempts = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(READ_ATTEMPTS),
            wait=lambda state: _asked_to_wait(state) or wait(state),
            retry=tenacity.retry_if_exception(lambda error: _may_repeat(error, write=write)),
            sleep=self._sleep,
            reraise=True,
        )
        content = attempts(self._send, request_type, url, dict(headers or {}), params, data, what, write)
        return SimpleNamespace(status_code=200, text=content, content=content)

    def _send(
        self, method: str, url: str, headers: dict[str, str], params: Any, data: Any, what: str, write: bool
    ) -> bytes:
        """One call, and where its token was refused one more with another token."""
        token = self.access.bearer()
        try:
            return self._call(token, method, url, headers, params, data, what, write)
        except AccessExpired:
            token = self.access.renew(token)
            if write:
                raise QuickBooksUnclearError("the access token was refused when the request had been sent") from None
        try:
            return self._call(token, method, url, headers, params, data, what, write)
        except AccessExpired:
            raise NotConnectedError("QuickBooks refuses a token that it gave a moment ago: connect again") from None

    def _call(
        self, token: str, method: str, url: str, headers: dict[str, str], params: Any, data: Any, what: str, write: bool
    ) -> bytes:
        """One call, paced, counted, timed and judged."""
        self.pace.wait(batch=what == "batch")
        self.calls[f"{'write' if write else 'read'}:{what}"] += 1
        headers["Authorization"] = f"Bearer {token}"
        started = self._clock()
        trace, status, outcome = "", 0, "lost"
        try:
            answer = self.session.request(
                method, url, headers=headers, params=params, data=data or None, timeout=self.timeout,
                allow_redirects=False,
            )  # fmt: skip
            trace, status = answer.headers.get("intuit_tid", ""), answer.status_code
            content = answer.content
            body = judge(status, answer.headers, content, write=write)
            self.server_time = str(body.get("time") or self.server_time)
            outcome = "done"
        except requests.RequestException as error:
            raise _sending_failed(error, write=write) from None
        except HhsSyncError as error:
            outcome = type(error).__name__
            raise
        finally:
            tell = log.debug if outcome == "done" else log.warning
            tell(
                "quickbooks call", what=what, write=write, status=status, outcome=outcome, intuit_tid=trace,
                seconds=round(self._clock() - started, 3), company=self.realm,
            )  # fmt: skip
        return content


def _inner(answer: Mapping[str, Any], name: str, *, write: bool) -> dict[str, Any]:
    """The part of an answer that bears what was asked for; without it a good answer is as good as lost."""
    inner = answer.get(name)
    if not isinstance(inner, dict):
        raise lost(f"QuickBooks' answer holds no {name}", write=write)
    return inner


def escaped(text: str) -> str:
    r"""A text for use between the apostrophes of a query: `O'Brien\` becomes `O\'Brien\\`."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _what_is_asked(method: str, url: str) -> tuple[str, bool]:
    """What a request is about ("query", "batch", "invoice"), and whether it writes. Queries are sent by POST too."""
    parts = url.partition("/company/")[2].partition("?")[0].split("/")
    what = parts[1] if len(parts) > 1 else "other"
    return what, method != "GET" and what not in ("query", "reports")


def _may_repeat(error: BaseException, *, write: bool) -> bool:
    """Whether a call may simply be made again: all reads, and a write that never reached QuickBooks."""
    return isinstance(error, QuickBooksUnavailableError) and (not write or isinstance(error, NeverSent))


class NeverSent(QuickBooksUnavailableError):
    """No connection to QuickBooks could be made, so nothing was asked."""


def _asked_to_wait(state: tenacity.RetryCallState) -> float | None:
    """Seconds that QuickBooks asked us to wait, where it did."""
    error = state.outcome.exception() if state.outcome else None
    return error.retry_after_seconds if isinstance(error, QuickBooksUnavailableError) else None


def _sending_failed(error: requests.RequestException, *, write: bool) -> HhsSyncError:
    """What a broken connection means: nothing was sent when there was none to begin with, else the fate is unclear."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError) or isinstance(
        reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError
    ):
        return NeverSent("QuickBooks cannot be reached")
    if isinstance(error, requests.Timeout):
        return lost(f"QuickBooks did not answer within {TIMEOUT[1]:.0f} seconds", write=write, at_work=True)
    return lost("the connection to QuickBooks broke before its answer was complete", write=write, at_work=True)
