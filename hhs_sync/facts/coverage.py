"""Coverage: which payers stand behind a client, in which order, from when to when."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.facts.session import ClientId, PayerName


class Coverage(Struct, frozen=True, kw_only=True, gc=False, tag="coverage", omit_defaults=True):
    """One payer of one client. `order` is 1 for primary, 2 for secondary; `last` is None while it lasts.

    `granted_on` is the day on which coverage was granted where that lies after its start: MaineCare grants coverage
    back in time, and charges of that period must then be taken back (MaineCare Benefits Manual I 1.05).
    """

    key: FactKey
    client: ClientId
    payer: PayerName
    order: int = 1
    first: dt.date
    last: dt.date | None = None
    granted_on: dt.date | None = None
    member_id: str | None = None
