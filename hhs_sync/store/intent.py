"""What a push is: a wish written down as an intent before the call, and its outcome after it.

    intend   ->  open  -- record ->  saved      QuickBooks holds it: `pushed` tells what we last wrote
                                     refused    nothing was saved; tried again after a growing pause
                                     not done   the call was never carried out: try again at once
                                     unclear    the answer was lost: look in QuickBooks before anything else
                                                (and then record one of the others)

An intent that is still open when a turn begins belongs to a process that died between call and outcome; it is as
unclear as one that says so.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import TypeAlias

from msgspec import Struct

from hhs_sync.facts.document import Digest
from hhs_sync.ledger.entry import EntryKey
from hhs_sync.money import Money
from hhs_sync.plan.desired import QuickBooksKind

Effects: TypeAlias = tuple[tuple[str, Money], ...]
"""What an entry does to QuickBooks' accounts, by account number, in cents."""


class Operation(Enum):
    """What a push sets out to do."""

    CREATE = "create"
    UPDATE = "update"
    VOID = "void"
    ADOPT = "adopt"


class PushState(Enum):
    """How far a push has come."""

    OPEN = "open"
    SAVED = "saved"
    REFUSED = "refused"
    NOT_DONE = "not_done"
    UNCLEAR = "unclear"


class Wish(Struct, frozen=True, kw_only=True):
    """One write that we are about to ask for.

    `desired_digest`, `date`, `amount` and `effects` are those of the desired entry; for a void, of what was pushed
    before. `quickbooks_id` is that of the entry to update or void. `body` is the request as it will be sent; it
    is kept until it is known what became of it.
    """

    entry: EntryKey
    kind: QuickBooksKind
    reference: str
    operation: Operation
    desired_digest: Digest
    date: dt.date | None = None
    amount: Money = 0
    effects: Effects = ()
    quickbooks_id: str = ""
    body: str = ""


class Intent(Struct, frozen=True, kw_only=True):
    """A wish written down, with the id of its request; `state` is OPEN or UNCLEAR, `unclear_since` for the latter."""

    wish: Wish
    number: int
    request_id: str
    intended_at: dt.datetime
    state: PushState = PushState.OPEN
    message: str = ""
    unclear_since: dt.datetime | None = None


class Saved(Struct, frozen=True, kw_only=True):
    """QuickBooks holds it, and shows it as `posted_digest` names."""

    request_id: str
    quickbooks_id: str
    sync_token: str
    posted_digest: Digest


class Refused(Struct, frozen=True, kw_only=True):
    """QuickBooks answered with a fault: nothing was saved."""

    request_id: str
    code: str
    message: str


class NotDone(Struct, frozen=True, kw_only=True):
    """The request was certainly not carried out: throttled, under maintenance, or never sent."""

    request_id: str
    message: str = ""


class Unclear(Struct, frozen=True, kw_only=True):
    """The answer was lost; QuickBooks may have saved it."""

    request_id: str
    message: str = ""


Outcome: TypeAlias = Saved | Refused | NotDone | Unclear


class Refusal(Struct, frozen=True, kw_only=True):
    """An entry whose newest push was refused, for the `count`th time in a row."""

    entry: EntryKey
    kind: QuickBooksKind
    operation: Operation
    code: str
    message: str
    count: int
    since: dt.datetime
    last_at: dt.datetime
    next_try_at: dt.datetime
    desired_digest: Digest
    amount: Money
