"""How a practice stands, from what is stored alone: nobody is asked and nothing is computed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.errors import ConfigError
from hhs_sync.findings.finding import Severity
from hhs_sync.standing import standing_of
from hhs_sync.worklist import kept_record

if TYPE_CHECKING:
    from hhs_sync.office import Desk, Office


class Status(Struct, frozen=True, kw_only=True):
    """One practice. `because` says why it is not worked or not connected; amounts in cents, times in UTC."""

    practice: str
    name: str
    because: str = ""
    connected: bool = False
    refresh_days_left: int | None = None
    last_turn: dt.datetime | None = None
    documents: int = 0
    open: int = 0
    open_amount: int = 0
    critical: int = 0
    held: int = 0
    waits: str = ""
    plan: str = ""
    tied: bool | None = None
    obstacles: tuple[str, ...] = ()

    @property
    def needs_attention(self) -> bool:
        """True when a person should look."""
        return bool(self.because or self.open or self.held or self.waits or self.obstacles or self.tied is False)


def status_of(office: Office, practice: str) -> Status:
    """One practice's status. Raises ConfigError when there is no such practice."""
    config = office.config.practice(practice)
    if config.not_worked_because:
        return Status(practice=practice, name=config.name, because="not worked: no agreement_date")
    desk = office.desk(practice)
    because, connected, days_left = _connection(desk)
    standing = standing_of(desk)
    record = kept_record(desk.store, practice)
    findings = record.open_findings if record else ()
    return Status(
        practice=practice,
        name=config.name,
        because=because,
        connected=connected,
        refresh_days_left=days_left,
        last_turn=desk.store.reviews.made_at(practice),
        documents=len(desk.store.documents.catalog(practice)),
        open=len(findings),
        open_amount=sum(one.amount for one in findings if one.parent is None),
        critical=sum(1 for one in findings if one.severity is Severity.CRITICAL),
        held=standing.held if standing else 0,
        waits=standing.waits if standing else "",
        plan=standing.plan if standing else "",
        tied=standing.tied if standing else None,
        obstacles=tuple(one.says for one in standing.obstacles) if standing else (),
    )


def _connection(desk: Desk) -> tuple[str, bool, int | None]:
    """Why the practice is not connected, whether it is, and how many days the connection lasts without use."""
    from hhs_sync.quickbooks.tokens import connection  # noqa: PLC0415  Loads the wire's libraries.

    try:
        found = connection(desk.store, desk.practice, desk.token_keys, desk.clock())
    except ConfigError as error:
        return error.mistakes[0], False, None
    return found.because, found.connected, found.refresh_days_left
