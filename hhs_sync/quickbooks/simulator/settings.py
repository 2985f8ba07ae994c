"""What can be chosen about a simulated company: keys, realms, clock, limits, and each point where sources disagree.

The defaults are one plausible QuickBooks. Where the sources contradict each other there is a switch, so that a client
can be tried under both readings.
"""

from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

CLIENT_ID = "sim-client-id"
CLIENT_SECRET = "sim-client-secret"  # noqa: S105  The key of a simulated company opens nothing.
REFRESH_TOKEN = "sim-refresh-token"  # noqa: S105  As above.
REALM = "9341450000000001"


class SimulatorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be chosen before the simulator starts."""

    realms: tuple[str, ...] = (REALM,)
    """The companies that exist. The first one's refresh token is `refresh_token`, the others' `refresh_token-REALM`."""
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    refresh_token: str = REFRESH_TOKEN
    refresh_tokens: Literal["reusable", "daily", "single-use"] = "reusable"
    """daily: a new value once the old one is 24 hours old, the old one good for `refresh_grace_hours` more.
    single-use: a new value each time, the old one dead at once. reusable: never changes."""
    refresh_grace_hours: int = 24
    access_token_seconds: int = 3600
    refresh_token_seconds: int = 8_726_400
    refresh_token_hard_seconds: int = 157_680_000

    seed_company: bool = False
    """Fill each new realm like Intuit's sandbox company."""
    custom_numbers: bool | None = None
    """Preferences.SalesFormsPrefs.CustomTxnNumbers of a new realm; by default on, but off in a seeded company, as it
    is in Intuit's sandbox."""
    state_file: Path | None = None
    """SQLite file that keeps the companies; None keeps them in memory."""
    clock_start: datetime | None = None
    clock_ticks: bool = True
    """Whether the clock runs on from its start, or stands still until driven."""

    limits: bool = False
    """Enforce 500 requests a minute per realm, 10 a second and 40 batches a minute per realm and app."""
    retry_after: bool = False
    """Send Retry-After with a 429: named by one catalogue, not by Intuit."""
    throttle_shape: Literal["json", "xml", "lower"] = "json"

    request_ids: Literal["replay", "ignored", "error"] = "replay"
    """What a repeated requestid gets: the first answer, a second execution, or error 600."""
    replay_refusals: bool = False
    """Whether a refused request is remembered under its requestid too."""

    paid_documents: Literal["unapply", "refuse"] = "unapply"
    """Deleting or voiding an invoice with a payment: the payment stays as unapplied money, or it is refused."""
    parent_pays_children: bool = False
    """Whether a parent customer's Payment may pay a sub-customer's Invoice without BillWithParent."""
    journal_receivable_lines: Literal["many", "one"] = "many"
    """How many receivable lines one JournalEntry may hold."""
    links_bump_sync_token: bool = False
    """Whether paying an Invoice counts as a new version of it."""
    close_password: bool = True
    """Closed books answer 6210 (closed with a password), or 6200 without one."""
    duplicate_numbers: Literal["refused", "if-custom", "allowed"] = "refused"
    """What a number gets that is in use: 6140; 6140 only where the company numbers for itself (CustomTxnNumbers), as
    Intuit's page on invoices has it; or nothing, where the company chose not to be warned."""
    unknown_properties: Literal["refused", "kept"] = "refused"
    """What an attribute gets that QuickBooks does not know: 2010, or it is kept as sent."""
    deposit_line_id_strict: bool = True
    """A Deposit line that links a Payment must say TxnLineId "0"."""

    webhook_url: str | None = None
    webhook_verifier_token: str = "sim-verifier-token"  # noqa: S105  As above.
    webhook_format: Literal["cloudevents", "classic"] = "cloudevents"
    webhook_gather_seconds: float = 0.0
    """Events are gathered so long and told in one body, whatever company they are of; 0 tells each change at once, in a
    body of its own company."""
    record_received: bool = True
    """Keep every byte that came in, for a test that searches it."""
    hang_seconds: float = 3600.0
    """How long a hung call stays silent."""
    user_email: str = "owner@sim-company.example"
