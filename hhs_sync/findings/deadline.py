"""The last day on which a claim may be filed, and which rule says so.

Medicare    one calendar year from the service; 29 February counts as the 28th; a last day on a weekend moves on
            to Monday; another insurer's late answer changes nothing (42 CFR 424.44)
MaineCare   one year from the service, from the grant of eligibility or from another insurer's explanation,
            whichever is latest (MaineCare Benefits Manual I 1.10-2)
others      days from the service as the contract says (payers.toml)
"""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from hhs_sync.mapping.rules import Payer, PayerFamily

_SATURDAY, _SUNDAY = 5, 6


class Deadline(Struct, frozen=True, gc=False):
    """A last day, and the clause that sets it."""

    date: dt.date
    clause: str


def filing_deadline(
    payer: Payer, service: dt.date, *, granted: dt.date | None = None, explained: dt.date | None = None
) -> Deadline:
    """The filing deadline of a service. `granted` and `explained` move it for MaineCare only."""
    if payer.family is PayerFamily.MEDICARE:
        return Deadline(_next_workday(year_later(service)), "one calendar year from the service (Medicare)")
    if payer.family is PayerFamily.MAINECARE:
        dates = [(year_later(service), "one year from the service (MaineCare)")]
        if granted is not None:
            dates.append((year_later(granted), "one year from the grant of eligibility (MaineCare)"))
        if explained is not None:
            dates.append((year_later(explained), "one year from the other insurer's explanation (MaineCare)"))
        return Deadline(*max(dates))
    limit = payer.filing_limit_days
    return Deadline(service + dt.timedelta(days=limit), f"{limit} days from the service ({payer.name})")


def year_later(day: dt.date) -> dt.date:
    """The same day of the next year; 28 February for the 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _next_workday(day: dt.date) -> dt.date:
    if day.weekday() == _SATURDAY:
        return day + dt.timedelta(days=2)
    return day + dt.timedelta(days=1) if day.weekday() == _SUNDAY else day
