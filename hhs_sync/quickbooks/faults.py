"""What an answer of QuickBooks means, judged by HTTP status and the shape of the body before the library hides both.

A fault comes as JSON `{"Fault": ...}`, with lower-case names, as XML, or not at all (a gateway's HTML, an empty 503),
and now and then inside a 200. Whatever its dress, it is one of four things:

    refused       nothing was saved and the same request will be refused again   QuickBooksRefusedError
    later         nothing was done; try again after a while (throttled, busy)    QuickBooksUnavailableError
    unclear       it may have been done: look before trying again                QuickBooksUnclearError
    no entry      the connection or the subscription does not let us in          NotConnectedError

and a 401 is `AccessExpired` until a refreshed token was refused as well. Texts of faults are kept beside the error and
out of its message, for they quote what was sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
from msgspec import Struct

from hhs_sync.errors import (
    NotConnectedError,
    QuickBooksError,
    QuickBooksRefusedError,
    QuickBooksUnavailableError,
    QuickBooksUnclearError,
)

THROTTLE_SECONDS = 60.0
"""What Intuit says to wait after a 429."""

THROTTLED = "3001"
NO_ENTRY = {
    "120": "the person who connected QuickBooks may no longer use this company",
    "3100": "QuickBooks does not let this app into the company (keys and company of different environments?)",
    "6190": "the company's QuickBooks subscription has ended",
}
SERVER_FAULTS = frozenset({"10000"})
DUPLICATE_REQUEST = frozenset({"600", "2130"})
CLOSED_BOOKS = frozenset({"6200", "6210"})
NOT_FOUND = "610"
STALE = "5010"
DUPLICATE_NUMBER = "6140"
DUPLICATE_NAME = "6240"

_PLEASE_WAIT = re.compile(r"please wait a few minutes|unexpected error occurred while accessing", re.IGNORECASE)
_NUMBER_TAKEN = re.compile(r"TxnType=([A-Za-z ()]+?)\s+with\s+TxnId=(\d+)", re.IGNORECASE)


class AccessExpired(QuickBooksError):
    """QuickBooks did not accept the access token (401)."""


class Fault(Struct, frozen=True, kw_only=True):
    """The first error of a fault, as said."""

    code: str
    message: str = ""
    detail: str = ""
    element: str = ""


def judge(status: int, headers: Mapping[str, str], content: bytes, *, write: bool) -> Any:
    """The JSON object of a good answer; everything else is raised as one of the errors above.

    `write` says whether the request may have changed the company: then an answer that cannot be understood is unclear.
    """
    trace = headers.get("intuit_tid", "")
    if status == 429:
        raise QuickBooksUnavailableError("QuickBooks says that it was asked too often", waiting_time(headers))
    body = _json_object(content)
    fault = read_fault(content, body)
    if status == 401 and (fault is None or fault.code.lstrip("0") not in NO_ENTRY):
        raise AccessExpired("QuickBooks did not accept the access token")
    if fault is not None:
        raise error_of(fault, trace=trace, write=write, headers=headers)
    if status == 200 and body is not None:
        return body
    if status >= 500 or 200 <= status < 300 or body is None:
        message = f"QuickBooks answered with status {status} and nothing that can be read"
        raise lost(message, write=write, at_work=status >= 500)  # So speaks a gateway; what is behind it may go on.
    raise QuickBooksRefusedError(str(status), "an answer without a fault", trace=trace)


def error_of(
    fault: Fault, *, trace: str = "", write: bool = True, headers: Mapping[str, str] | None = None
) -> QuickBooksError:
    """The error that a fault is, be it a whole answer's or one item's of a batch."""
    code = fault.code.lstrip("0") or "0"
    if code == THROTTLED or "ThrottleExceeded" in fault.message:
        return QuickBooksUnavailableError("QuickBooks says that it was asked too often", waiting_time(headers or {}))
    if code in NO_ENTRY:
        return NotConnectedError(f"QuickBooks refused ({code}): {NO_ENTRY[code]}")
    if code == "3200":
        return AccessExpired("QuickBooks did not accept the access token")
    if code in SERVER_FAULTS:
        return lost(f"QuickBooks had a fault of its own ({code})", write=write)
    if code == "6000" and _PLEASE_WAIT.search(fault.message + fault.detail):
        return QuickBooksUnavailableError("QuickBooks was busy saving and asks to wait a few minutes")
    return QuickBooksRefusedError(code, _told(code, fault.message), fault.detail, fault.element, trace)


def lost(message: str, *, write: bool, at_work: bool = False) -> QuickBooksError:
    """The error of an answer that never came or cannot be read: unclear after a write, to be repeated after a read.

    `at_work` says that QuickBooks may not have finished with the request.
    """
    return QuickBooksUnclearError(message, at_work=at_work) if write else QuickBooksUnavailableError(message)


def number_taken_by(detail: str) -> tuple[str, str] | None:
    """Kind and id of the entry that bears a number already ("JournalEntry", "3632"), from the detail of error 6140."""
    found = _NUMBER_TAKEN.search(detail)
    return (found[1].replace(" ", ""), found[2]) if found else None


def waiting_time(headers: Mapping[str, str]) -> float:
    """Seconds to wait after being throttled: what Retry-After says, else Intuit's minute."""
    said = headers.get("Retry-After", "").strip()
    return float(said) if said.isdigit() else THROTTLE_SECONDS


def read_fault(content: bytes, body: Mapping[str, Any] | None = None) -> Fault | None:
    """The first error of a fault in any of its dresses; None when there is no fault to be read."""
    if body is None:
        body = _json_object(content)
    if body is not None:
        said = body.get("Fault") or body.get("fault")
        return fault_in(said) if isinstance(said, Mapping) else None
    return _fault_in_xml(content) if b"<Fault" in content else None


def fault_in(said: Mapping[str, Any]) -> Fault:
    """The first error of a JSON fault; an error without a code has the code "0"."""
    errors = said.get("Error") or said.get("error") or [{}]
    first = {str(name).lower(): value for name, value in errors[0].items()}
    return Fault(
        code=str(first.get("code") or "0"),
        message=str(first.get("message") or ""),
        detail=str(first.get("detail") or ""),
        element=str(first.get("element") or ""),
    )


def _told(code: str, message: str) -> str:
    """Intuit's own short message, without what it quotes: some messages carry the whole detail behind a colon."""
    return message.partition(":")[0].strip()[:120] or f"error {code}"


def _json_object(content: bytes) -> dict[str, Any] | None:
    """The body as a JSON object; None when it is none, or was cut off."""
    try:
        body = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return body if isinstance(body, dict) else None


def _fault_in_xml(content: bytes) -> Fault | None:
    """The first error of an XML fault, whatever its namespace. Only Intuit's own servers are read here."""
    try:
        root = ET.fromstring(content)  # noqa: S314
    except ET.ParseError:
        return None
    for element in root.iter():
        if element.tag.rpartition("}")[2] == "Error":
            texts = {child.tag.rpartition("}")[2]: child.text or "" for child in element}
            return Fault(
                code=element.get("code") or "0",
                message=texts.get("Message", ""),
                detail=texts.get("Detail", ""),
                element=element.get("element") or "",
            )
    return None
