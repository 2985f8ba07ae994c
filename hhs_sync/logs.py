"""Logs: one line for each thing done, and nothing about a person in any of them.

What may be said is listed, not what may not: a field's name must stand in SAYABLE, an error's text may be told only
when the error is one of ours, and of a foreign library's message only the words that stand in its code are kept, its
arguments withheld. What remains is looked through once more for what looks like a date, a number of a person or a
token. Log lines go to the standard error stream, where systemd picks them up.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

from hhs_sync.errors import ConfigError, HhsSyncError

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

SAYABLE = frozenset(
    {
        # What structlog itself adds.
        "event", "level", "logger", "timestamp", "error", "error_at", "error_says",
        # Whose turn it is, and how it went.
        "practice", "source", "stage", "seconds", "every_minutes", "at_once", "pid", "signal", "version", "reason",
        # Counts and sums.
        "attempt", "calls", "changes", "count", "documents", "entries", "exceptions", "facts", "failed", "findings",
        "held", "pushed", "refused", "rows", "unreadable", "voided", "waits",
        "absent", "adopted", "changed", "created", "found", "rotated", "told", "unclear", "updated", "whole",
        # Calls to QuickBooks.
        "code", "company", "intuit_tid", "kind", "operation", "outcome", "reference", "status", "what", "write",
    }
)  # fmt: skip
"""The fields that a log line may hold. Another one is named, and its value withheld."""

WITHHELD = "(withheld)"
TEXT_LENGTH_MAX = 300

# The second line of defence, for texts that came through the first: dates, runs of digits as long as an identifier
# (an intuit_tid is hexadecimal with dashes and has a field of its own), and what looks like a token.
_LOOKS_PERSONAL = re.compile(
    r"\b\d{4}-\d{2}-\d{2}\b(?!T)|\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{3}-\d{2}-\d{4}\b|\b[A-Z]{0,3}\d{8,}[A-Z]?\b"
    r"|\bBearer\s+\S+|\b[A-Za-z0-9_-]{40,}\b"
)
_AS_THEY_ARE = frozenset({"timestamp", "intuit_tid", "company", "reference", "version", "logger"})

EventDict = MutableMapping[str, Any]


def configure(level: str = "info", form: str = "text", stream: TextIO | None = None) -> None:
    """Send all logs, ours and those of libraries, through one redactor to one stream.

    `level` is a key of LEVELS; `form` is "text" for people or "json" for machines. May be called again.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if form == "json" else _as_text
    )  # fmt: skip
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, _only_the_words_of_the_code],
        processors=[_errors_by_type, structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, renderer],
        pass_foreign_args=True,
    )
    handler = logging.StreamHandler(stream if stream is not None else sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for old in [*root.handlers]:
        if getattr(old, "made_by_hhs_sync", False):
            root.removeHandler(old)
    handler.made_by_hhs_sync = True  # type: ignore[attr-defined]    # Our own mark, to know it again.
    root.addHandler(handler)
    root.setLevel(LEVELS[level])
    for chatty in ("urllib3", "alembic", "asyncio"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, LEVELS[level]))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def redact(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Keep what may be said."""
    for field, value in event.items():
        if field not in SAYABLE:
            event[field] = WITHHELD
        elif isinstance(value, str):
            event[field] = value[:TEXT_LENGTH_MAX] if field in _AS_THEY_ARE else scrub(value)
        elif not isinstance(value, int | float | bool | None):
            event[field] = scrub(str(value))
    return event


def scrub(text: str) -> str:
    """A text without what looks like a date, a person's number or a token, and not longer than a line or two."""
    return _LOOKS_PERSONAL.sub(WITHHELD, text)[:TEXT_LENGTH_MAX]


def tellable(error: BaseException) -> str:
    """What may be told of an error: its text where it is one of ours, else its type alone."""
    if isinstance(error, ConfigError):
        return "; ".join(error.mistakes)
    return str(error) if isinstance(error, HhsSyncError) else type(error).__name__


def _only_the_words_of_the_code(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A library's message as it stands in its code: what would be put into it may be anybody's data."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["event"] = str(record.msg) if isinstance(record.msg, str) else type(record.msg).__name__
    event.pop("positional_args", None)
    return event


def _errors_by_type(_logger: object, _method: str, event: EventDict) -> EventDict:
    """An error as its type and the places in the code it went through; its text only where it is one of ours."""
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["error_at"] = _places(error.__traceback__)
        if isinstance(error, HhsSyncError):
            event["error_says"] = tellable(error)
    event.pop("exc_text", None)
    event.pop("stack_info", None)
    return event


def _places(trace: TracebackType | None) -> str:
    """The innermost places, file and line, without source lines or values."""
    frames = traceback.extract_tb(trace)[-6:]
    return " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)


def _as_text(_logger: object, _method: str, event: EventDict) -> str:
    """One line for a person: time, level, what, and the rest as name=value."""
    time, level, what = event.pop("timestamp", ""), event.pop("level", ""), event.pop("event", "")
    event.pop("logger", None)
    rest = " ".join(f"{name}={value}" for name, value in event.items() if value is not None)
    return f"{time} {level:<7} {what}{'  ' if rest else ''}{rest}"
