"""Look again: what changed in QuickBooks comes into the mirror.

One call asks for everything that changed since the last look, over all kinds that we write and all lists that we look
things up in; on a quiet day that is all there is. The answer reaches back 30 days and holds 1000 objects, and does not
say when it left some out; so past either, at the first look, and when accounts were mapped anew, everything is read
in pages. Objects that a full reading no longer shows are gone.

The moment is QuickBooks' own time, set back a little: what it is still busy saving comes with the next look, and what
comes twice does no harm.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import structlog
from msgspec import Struct

from hhs_sync.mapping.rules import Rules
from hhs_sync.plan.changes import PostedEntry
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.quickbooks.catalog import LISTS, Catalog, Fields, Preferences
from hhs_sync.quickbooks.client import QuickBooksClient
from hhs_sync.quickbooks.due import LOOK_SOON, LOOKED_AT
from hhs_sync.quickbooks.due import is_due as is_due  # noqa: PLC0414  Given on: who refreshes asks when.
from hhs_sync.quickbooks.due import look_soon as look_soon  # noqa: PLC0414  As above.
from hhs_sync.quickbooks.posted import posted_entry, reference_of
from hhs_sync.store import Store

log = structlog.get_logger(__name__)

ENTRY_KINDS = tuple(kind for kind in QuickBooksKind if kind is not QuickBooksKind.CUSTOMER)
ASKED = (*(kind.value for kind in ENTRY_KINDS), *LISTS, "Preferences")
CHANGES_MAX = 1000
"""The most objects that QuickBooks tells of in one answer about changes."""
REACH = dt.timedelta(days=29)
"""How far back changes are asked for: a day less than QuickBooks' 30."""
MARGIN = dt.timedelta(minutes=1)
"""How far before a look the next one begins: what QuickBooks was still busy saving then comes twice, not never."""
SETTLED = dt.timedelta(seconds=2)
"""As much after a push of many entries, which would all be told again, and be too many."""

KEPT = (
    "Id", "SyncToken", "Name", "DisplayName", "FullyQualifiedName", "Active", "AcctNum", "AccountType",
    "AccountSubType", "ParentRef", "Job", "Type", "IncomeAccountRef", "Notes",
)  # fmt: skip
"""What the mirror keeps of a list's member."""

CURSOR = "quickbooks changes"
MAPPED_AS = "quickbooks mapped as"


class Refreshed(Struct, frozen=True, kw_only=True):
    """What a look brought: whether everything was read, objects told of, mirror rows that changed by it."""

    whole: bool
    told: int
    changed: int


def refresh(client: QuickBooksClient, store: Store, practice: str, rules: Rules, at: dt.datetime) -> Refreshed:
    """Bring the mirror up to date, in one call where little changed. Raises QuickBooksError when it can't be asked."""
    store.mirror.set_cursor(practice, LOOK_SOON, "")
    same_mapping = store.mirror.cursor(practice, MAPPED_AS) == _mapping_name(rules)
    refreshed = None
    if same_mapping and changes_reach_back(store, practice, at):
        refreshed = take_changes(client, store, practice, load_catalog(store, practice, rules))
    if refreshed is None:
        refreshed = read_whole(client, store, practice, rules)
    store.mirror.set_cursor(practice, LOOKED_AT, at.isoformat())
    log.info("quickbooks looked at", practice=practice, **msgspec.structs.asdict(refreshed))
    return refreshed


def changes_reach_back(store: Store, practice: str, at: dt.datetime) -> bool:
    """Whether QuickBooks still tells all that changed since the last look."""
    since = store.mirror.cursor(practice, CURSOR)
    return bool(since and dt.datetime.fromisoformat(since) > at - REACH)


def look_again_from(store: Store, practice: str, moment: dt.datetime) -> None:
    """Let the next look begin at this moment, where it would begin later: what changed since is told once more."""
    since = store.mirror.cursor(practice, CURSOR)
    if since:
        earlier = min(dt.datetime.fromisoformat(since), moment)
        store.mirror.set_cursor(practice, CURSOR, earlier.isoformat())


def load_catalog(store: Store, practice: str, rules: Rules) -> Catalog:
    """The company's lists as the mirror holds them, and which of its entries are ours."""
    lists = {kind: store.mirror.read_list(practice, kind, list[dict[str, Any]]) or [] for kind in LISTS}
    preferences = store.mirror.read_list(practice, "Preferences", dict[str, Any]) or {}
    catalog = Catalog(rules, lists, Preferences.of(preferences))
    pushed = store.pushes.pushed_entries(practice).values()
    for (kind, quickbooks_id), posted in store.mirror.entries(practice, pushed).items():
        if posted.reference:
            catalog.references[(kind.value, quickbooks_id)] = posted.reference
    for one in pushed:
        if not one.voided:
            catalog.bind(one.key, one.kind, one.quickbooks_id, one.reference)
    return catalog


def take_changes(client: QuickBooksClient, store: Store, practice: str, catalog: Catalog) -> Refreshed | None:
    """Take in what changed since the last look, in one call; None when there is more than one call can tell.

    The catalog learns what changed in the lists.
    """
    since = store.mirror.cursor(practice, CURSOR)
    assert since, "changes are asked for from a moment on"
    found = client.changes_since(ASKED, since)
    told = sum(len(objects) for objects in found.values())
    if told >= CHANGES_MAX or _numbers_changed(store, practice, found):
        return None
    changed = keep_lists(store, practice, found)
    for kind in LISTS:
        for fields in found.get(kind, ()):
            if fields.get("status") != "Deleted":
                catalog.add(kind, fields)
    for fields in found.get("Preferences", ()):
        catalog.preferences = Preferences.of(fields)
    changed += store.mirror.upsert(practice, entries_in(found, catalog))
    _set_cursor(store, practice, client.server_time, MARGIN)
    return Refreshed(whole=False, told=told, changed=changed)


def read_whole(
    client: QuickBooksClient, store: Store, practice: str, rules: Rules, margin: dt.timedelta = MARGIN
) -> Refreshed:
    """Read everything that matters in pages. What is no longer there goes from the mirror."""
    preferences = client.select("SELECT * FROM Preferences").get("Preferences") or [{}]
    started = client.server_time
    lists = {kind: list(client.select_all(kind, "Active IN (true, false)")) for kind in LISTS}
    found: dict[str, list[dict[str, Any]]] = {"Customer": lists["Customer"]}
    for kind in ENTRY_KINDS:
        found[kind.value] = list(client.select_all(kind.value))
    for name, members in lists.items():
        store.mirror.write_list(practice, name, [_kept(member) for member in members])
    store.mirror.write_list(practice, "Preferences", preferences[0])
    catalog = load_catalog(store, practice, rules)
    changed = store.mirror.replace(practice, entries_in(found, catalog))
    _set_cursor(store, practice, started, margin)
    store.mirror.set_cursor(practice, MAPPED_AS, _mapping_name(rules))
    told = sum(len(objects) for objects in found.values())
    return Refreshed(whole=True, told=told, changed=changed)


def entries_in(found: Mapping[str, Iterable[Fields]], catalog: Catalog) -> list[PostedEntry]:
    """The entries among objects that QuickBooks told of, by kind; marks first, for entries may link each other."""
    kinds = (QuickBooksKind.CUSTOMER, *ENTRY_KINDS)
    for kind in kinds:
        for fields in found.get(kind.value, ()):
            reference = reference_of(fields)
            if reference:
                catalog.references[(kind.value, str(fields["Id"]))] = reference
    return [posted_entry(kind, fields, catalog) for kind in kinds for fields in found.get(kind.value, ())]


def keep_lists(store: Store, practice: str, found: Mapping[str, Iterable[Fields]]) -> int:
    """Put members of lists, and preferences, into the mirror as they are now; how many members had changed."""
    changed = 0
    for kind in LISTS:
        members = [fields for fields in found.get(kind, ()) if fields.get("status") != "Deleted"]
        if members:
            known = store.mirror.read_list(practice, kind, list[dict[str, Any]]) or []
            by_id = {str(fields["Id"]): fields for fields in known}
            new = {str(fields["Id"]): _kept(fields) for fields in members}
            changed += sum(by_id.get(object_id) != fields for object_id, fields in new.items())
            store.mirror.write_list(practice, kind, list((by_id | new).values()))
    for fields in found.get("Preferences", ()):
        store.mirror.write_list(practice, "Preferences", fields)
    return changed


def read_preferences(client: QuickBooksClient, store: Store, practice: str) -> Preferences:
    """The settings as they are now, kept in the mirror: asked for when a refusal shows that they have changed."""
    fields = (client.select("SELECT * FROM Preferences").get("Preferences") or [{}])[0]
    store.mirror.write_list(practice, "Preferences", fields)
    return Preferences.of(fields)


def _kept(fields: Fields) -> dict[str, Any]:
    """A list's member without what nobody here looks up: addresses of customers made by hand are not ours to keep."""
    return {name: fields[name] for name in KEPT if name in fields}


def _numbers_changed(store: Store, practice: str, found: Mapping[str, Iterable[Fields]]) -> bool:
    """Whether an account that we know got another number or name: then effects must be read again by the new one."""
    if not found.get("Account"):
        return False
    accounts = store.mirror.read_list(practice, "Account", list[dict[str, Any]]) or []
    known = {str(fields["Id"]): fields for fields in accounts}
    for fields in found["Account"]:
        before = known.get(str(fields["Id"]))
        if before is not None and any(before.get(name) != fields.get(name) for name in ("AcctNum", "Name", "Active")):
            return True
    return False


def _mapping_name(rules: Rules) -> str:
    """A name for how accounts are mapped: under another one the mirror must be read anew."""
    mapped = [(one.account.value, one.number, one.name, one.subtype) for one in rules.accounts]
    return hashlib.sha256(msgspec.json.encode(sorted(mapped))).hexdigest()


def _set_cursor(store: Store, practice: str, server_time: str, margin: dt.timedelta) -> None:
    """Remember QuickBooks' own time of a look, a little before, but never before what an earlier look has settled."""
    assert server_time, "every answer bears its time"
    moment = dt.datetime.fromisoformat(server_time) - margin
    before = store.mirror.cursor(practice, CURSOR)
    if before:
        moment = max(moment, dt.datetime.fromisoformat(before))
    store.mirror.set_cursor(practice, CURSOR, moment.isoformat())
