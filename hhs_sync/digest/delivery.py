"""Delivers a digest: into a folder, by mail, or both; and once a day from within the daemon.

That a day's digest was delivered is noted beside the practices, so that a restart sends no second one. What fails is
tried again with growing pauses until the day is over.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import ssl
import zoneinfo
from concurrent.futures import Future, ThreadPoolExecutor
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING

import structlog

from hhs_sync.digest import Digest, in_text, make_digest
from hhs_sync.errors import ConfigError, DeliveryError
from hhs_sync.logs import tellable
from hhs_sync.reports.file import write_whole
from hhs_sync.reports.html import render

if TYPE_CHECKING:
    from pathlib import Path

    from hhs_sync.config.tables import SmtpConfig
    from hhs_sync.office import Office

log = structlog.get_logger(__name__)

DELIVERED = "digest"
"""The name under which a practice's last delivered day is noted."""
TIMEOUT_SECONDS = 30.0
PAUSE_FIRST, PAUSE_MAX = dt.timedelta(minutes=5), dt.timedelta(hours=2)


def in_html(digest: Digest) -> bytes:
    """The digest as a page of one file."""
    return b"".join(render("digest.html", digest=digest, made_at=digest.made_at))


def reader_now(office: Office) -> dt.datetime:
    """The present moment where the digest is read."""
    return office.clock().astimezone(zoneinfo.ZoneInfo(office.config.digest.time_zone))


def deliver(office: Office) -> tuple[str, ...]:
    """Make the digest and deliver it wherever the config says; where it went, in words.

    Raises ConfigError when the config names no place, DeliveryError when one of them did not take it.
    """
    wanted = office.config.digest
    if not wanted.wanted:
        where = office.config.path.name
        raise ConfigError((f"{where}: [digest] names no folder and no [digest.smtp]: there is nowhere to deliver to",))
    digest = make_digest(office, reader_now(office))
    told = []
    if wanted.folder is not None:
        told += [f"wrote {path}" for path in _lay(wanted.folder, digest)]
    if wanted.smtp is not None:
        _send(wanted.smtp, digest)
        told.append(f"sent to {', '.join(wanted.smtp.to)}")
    for practice in office.worked:
        office.store.mirror.set_cursor(practice, DELIVERED, digest.day.isoformat())
    return tuple(told)


def _lay(folder: Path, digest: Digest) -> list[Path]:
    """Lay both forms into the folder, each whole or not at all, for the owner only."""
    written = []
    try:
        for suffix, content in (("txt", in_text(digest).encode()), ("html", in_html(digest))):
            path = folder / f"digest-{digest.day}.{suffix}"
            write_whole(path, [content])
            written.append(path)
    except OSError as error:
        raise DeliveryError(f"the digest cannot be written to {folder}: {error.strerror}") from None
    return written


def _send(smtp: SmtpConfig, digest: Digest) -> None:
    """Send it over the mail server. No password leaves before the line is encrypted."""
    message = EmailMessage()
    message["Subject"] = f"Books {digest.subject}"
    message["From"] = smtp.sender
    message["To"] = ", ".join(smtp.to)
    message["Date"] = format_datetime(digest.made_at)
    message["Message-ID"] = make_msgid(domain=smtp.sender.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(in_text(digest))
    message.add_alternative(in_html(digest).decode(), subtype="html")
    trust = ssl.create_default_context(cafile=smtp.ca) if smtp.security != "none" else None
    try:
        with _line(smtp, trust) as line:
            if smtp.security == "starttls":
                line.starttls(context=trust)
            if smtp.password is not None:
                line.login(smtp.user, smtp.password.reveal())
            refused = line.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(f"the digest was not sent: {smtp.host}:{smtp.port}: {_why(error)}") from None
    if refused:
        raise DeliveryError(f"the digest was not taken for {len(refused)} of {len(smtp.to)} addresses")


def _line(smtp: SmtpConfig, trust: ssl.SSLContext | None) -> smtplib.SMTP:
    if smtp.security == "tls":
        return smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=TIMEOUT_SECONDS, context=trust)
    return smtplib.SMTP(smtp.host, smtp.port, timeout=TIMEOUT_SECONDS)


def _why(error: Exception) -> str:
    """What to tell of a mail server's refusal: its code and the kind, not its words, which may quote an address."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    if isinstance(error, ssl.SSLError):
        return f"its certificate is not trusted ({error.reason or type(error).__name__})"
    return getattr(error, "strerror", None) or type(error).__name__


class Daily:
    """Delivers once a day from the configured time on, in a thread of its own: the daemon never waits for a mail."""

    def __init__(self) -> None:
        """Nothing was delivered yet that we know of."""
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="digest")
        self._running: Future[tuple[str, ...]] | None = None
        self._done: dt.date | None = None
        self._pause = PAUSE_FIRST
        self._not_before: dt.datetime | None = None

    def tick(self, office: Office) -> None:
        """Take in how the last delivery went, and begin one when it is due."""
        if not office.config.digest.wanted:
            return
        now = reader_now(office)
        if self._running is not None:
            if not self._running.done():
                return
            self._collect(now)
        too_early = now.time() < office.config.digest.at or (self._not_before is not None and now < self._not_before)
        if self._done == now.date() or too_early:
            return
        if _delivered(office, now.date()):
            self._done = now.date()
            return
        self._running = self._pool.submit(deliver, office)

    def finish(self) -> None:
        """Wait for a delivery that runs."""
        if self._running is not None:
            self._running.exception()

    def close(self) -> None:
        """Let go of the thread."""
        self._pool.shutdown(wait=True)

    def _collect(self, now: dt.datetime) -> None:
        assert self._running is not None, "only called with one"
        error, self._running = self._running.exception(), None
        if error is None:
            self._done, self._pause, self._not_before = now.date(), PAUSE_FIRST, None
            log.info("digest delivered")
            return
        self._not_before = now + self._pause
        log.error("digest not delivered", reason=tellable(error), seconds=self._pause.total_seconds())
        self._pause = min(self._pause * 2, PAUSE_MAX)


def _delivered(office: Office, day: dt.date) -> bool:
    return any(office.store.mirror.cursor(one, DELIVERED) == day.isoformat() for one in office.worked)
