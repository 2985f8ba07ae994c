"""What QuickBooks' webhooks say: which companies to look at again soon. An event carries no work of its own.

Two formats are in use: an array of CloudEvents, mandatory since 2026, and the older `eventNotifications`. One delivery
may speak of several companies, come twice, or come out of order; none of that matters to who only looks again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import msgspec


def is_genuine(body: bytes, signature: str, verifier_token: str) -> bool:
    """Whether the header `intuit-signature` is the body's, made with the app's verifier token."""
    try:
        said = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(hmac.new(verifier_token.encode(), body, hashlib.sha256).digest(), said)


def companies_in(body: bytes) -> tuple[str, ...]:
    """The realms that a delivery speaks of, each once; none when it can't be read."""
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return ()
    return tuple(dict.fromkeys(realm for realm in _realms(said) if realm))


def _realms(said: Any) -> Iterator[str]:
    if isinstance(said, list):
        for event in said:
            if isinstance(event, dict):
                yield str(event.get("intuitaccountid") or "")
    elif isinstance(said, dict):
        if "intuitaccountid" in said:
            yield str(said["intuitaccountid"] or "")
        events = said.get("eventNotifications")
        for event in events if isinstance(events, list) else ():
            if isinstance(event, dict):
                yield str(event.get("realmId") or "")
