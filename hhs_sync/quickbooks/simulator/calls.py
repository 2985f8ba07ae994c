"""A call that came in, the reply to it, and the count of calls by what they were."""

from collections import Counter
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

JSON = "application/json;charset=utf-8"

METERED = ("read", "query", "cdc", "report")
"""What Intuit's partner programme charges for; writes are free."""


class Call(NamedTuple):
    """One HTTP request, whole."""

    method: str
    path: str
    target: str
    """Path and query string as they came."""
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    host: str
    """http://127.0.0.1:8090, as the caller reached it."""


class Mishap(msgspec.Struct, frozen=True, kw_only=True):
    """What goes wrong on the way back."""

    what: Literal["hang", "reset", "truncate"]
    seconds: float = 0.0


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What is answered, and how long that takes."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    delay_seconds: float = 0.0
    mishap: Mishap | None = None


class Received(NamedTuple):
    """A call as kept for those who search what came in."""

    at: datetime
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    label: str

    def raw(self) -> bytes:
        """Every byte of it, in the order of the wire."""
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        return f"{self.method} {self.target} HTTP/1.1\r\n{head}\r\n".encode() + self.body + b"\r\n"


class CallCounts:
    """How many calls came in, by label ("create:Invoice", "batch", "query", "report:TrialBalance") and by realm."""

    def __init__(self) -> None:
        self.by_label: Counter[str] = Counter()
        self.by_realm: Counter[str] = Counter()
        self.batch_items: Counter[str] = Counter()
        self.throttled = 0
        self.refused = 0

    def summary(self) -> dict[str, object]:
        """The counts as the control address answers them."""
        metered = sum(count for label, count in self.by_label.items() if label.split(":")[0] in METERED)
        oauth = sum(count for label, count in self.by_label.items() if label.startswith("oauth"))
        total = sum(self.by_label.values())
        return {
            "total": total,
            "writes": total - metered - oauth,
            "metered_reads": metered,
            "oauth": oauth,
            "throttled": self.throttled,
            "refused": self.refused,
            "by_kind": dict(sorted(self.by_label.items())),
            "batch_items": dict(sorted(self.batch_items.items())),
            "by_realm": dict(sorted(self.by_realm.items())),
        }
