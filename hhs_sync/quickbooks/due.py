"""When to look at QuickBooks again, from what is remembered of the last look. Loads nothing of the wire.

Most turns of a daemon find that nothing is due, and need no more than this.
"""

from __future__ import annotations

import datetime as dt

from hhs_sync.store import Store

QUIET = dt.timedelta(hours=1)
"""How long a practice in which nothing happens may go without a look: 24 metered calls a day."""
LOOKED_AT = "quickbooks looked at"
LOOK_SOON = "quickbooks look soon"


def is_due(store: Store, practice: str, at: dt.datetime) -> bool:
    """Whether a quiet practice should be looked at again: an hour has passed, or a webhook said so."""
    looked = store.mirror.cursor(practice, LOOKED_AT)
    if not looked or store.mirror.cursor(practice, LOOK_SOON):
        return True
    return dt.datetime.fromisoformat(looked) <= at - QUIET


def look_soon(store: Store, practice: str, at: dt.datetime) -> None:
    """Note that something changed in QuickBooks: the next turn looks, however short ago the last look was."""
    store.mirror.set_cursor(practice, LOOK_SOON, at.isoformat())
