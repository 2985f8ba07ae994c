"""Take for ours what is in QuickBooks already: after a crash between call and outcome, or when the database was lost.

With no record of any push left, our entries are still known by their marks: each wish whose mark stands on an entry is
that entry. Where the entry says what we wish, it counts as pushed. Where it says something else, nobody can tell any
more whether a person changed it or our wish is a newer one; so it counts as changed by hand, and the next plan asks.
Entries that bear a mark nobody wishes any more are told as strays: they are ours, but of what, only the lost database
knew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from msgspec import Struct

from hhs_sync.ledger.entry import EntryKey
from hhs_sync.plan.changes import Adopt, PostedEntry, PushedEntry
from hhs_sync.plan.content import content_of
from hhs_sync.plan.desired import DesiredEntry, QuickBooksKind
from hhs_sync.quickbooks.catalog import Catalog
from hhs_sync.store import Store

NEVER_SHOWN = ""
"""What QuickBooks never shows: the digest of an entry that is not as we wish it, nor perhaps as we left it."""


class Adopted(Struct, frozen=True, kw_only=True):
    """What was found by its mark: entries that are ours now, and strays without a wish."""

    entries: int
    strays: tuple[PostedEntry, ...]


def adopt(store: Store, practice: str, desired: Iterable[DesiredEntry], catalog: Catalog, at: dt.datetime) -> Adopted:
    """Find our entries in the mirror by their marks and take them for ours, where no push is known of them yet."""
    known = store.pushes.pushed_entries(practice)
    wishes = {entry.reference: entry for entry in desired}
    changes: list[Adopt] = []
    strays: list[PostedEntry] = []
    taken = {pushed.reference for pushed in known.values()}
    for posted in store.mirror.entries(practice).values():
        if not posted.reference or posted.deleted or posted.reference in taken:
            continue
        wish = wishes.get(posted.reference)
        if wish is not None and wish.kind is posted.kind and not posted.voided:
            changes.append(Adopt(desired=wish, posted=posted))
            taken.add(posted.reference)
        elif not posted.voided and posted.kind is not QuickBooksKind.CUSTOMER:
            strays.append(posted)
    references = {wish.key: wish.reference for wish in wishes.values()}
    count = adopt_entries(store, practice, changes, catalog, references, at)
    return Adopted(entries=count, strays=tuple(strays))


def adopt_entries(
    store: Store,
    practice: str,
    changes: Iterable[Adopt],
    catalog: Catalog,
    references: Mapping[EntryKey, str],
    at: dt.datetime,
) -> int:
    """Note these entries as pushed, without a call; how many. `references` gives the marks of entries they may link."""
    known = store.pushes.pushed_entries(practice)
    adopted = []
    for change in changes:
        desired, posted = change.desired, change.posted
        before = known.get(desired.key)
        if before and (before.quickbooks_id, before.posted_digest) == (posted.quickbooks_id, posted.digest):
            continue  # Recovered a moment ago.
        wished = content_of(desired, catalog.rules, references).digest()
        adopted.append(
            PushedEntry(
                key=desired.key,
                kind=posted.kind,
                reference=desired.reference,
                quickbooks_id=posted.quickbooks_id,
                desired_digest=desired.digest(),
                posted_digest=posted.digest if posted.content_digest in ("", wished) else NEVER_SHOWN,
                voided=posted.voided,
                date=posted.date,
                amount=posted.amount,
                effects=posted.effects,
            )
        )
        catalog.bind(desired.key, posted.kind, posted.quickbooks_id, desired.reference)
    store.pushes.adopt(practice, adopted, at)
    return len(adopted)
