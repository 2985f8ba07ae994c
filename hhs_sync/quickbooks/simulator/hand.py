"""What a person does in QuickBooks itself: edits and deletes that no client asked for.

They go through the same door as calls, so a person cannot break the books either; but a person needs no SyncToken.
"""

from hhs_sync.quickbooks.simulator import changes
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Kind, Write
from hhs_sync.quickbooks.simulator.kinds import BY_FOLDED_NAME
from hhs_sync.quickbooks.simulator.refusal import bad_reference, not_found
from hhs_sync.quickbooks.simulator.wire import Fields


def hand_edit(company: Company, kind_name: str, object_id: str, edits: Fields, write: Write) -> Fields:
    """A person opens an object, changes some fields and saves; returns the object."""
    kind, current = _current(company, kind_name, object_id)
    sent = {**edits, "Id": object_id, "SyncToken": current["SyncToken"], "sparse": True}
    if kind.name == "Deposit":
        sent = {**current, **sent}
    return changes.update(company, kind, sent, write)


def hand_delete(company: Company, kind_name: str, object_id: str, write: Write) -> Fields:
    """A person deletes a document; returns its stub."""
    kind, current = _current(company, kind_name, object_id)
    return changes.delete(company, kind, {"Id": object_id, "SyncToken": current["SyncToken"]}, write)


def hand_void(company: Company, kind_name: str, object_id: str, write: Write) -> Fields:
    """A person voids a document; returns it."""
    kind, current = _current(company, kind_name, object_id)
    return changes.void(company, kind, {"Id": object_id, "SyncToken": current["SyncToken"]}, write)


def hand_create(company: Company, kind_name: str, fields: Fields, write: Write) -> Fields:
    """A person enters something new; returns it."""
    kind = BY_FOLDED_NAME.get(kind_name.casefold())
    if kind is None:
        raise bad_reference("Entity", kind_name, "kind")
    return changes.create(company, kind, fields, write)


def close_books(company: Company, until: str, write: Write) -> Fields:
    """A person closes the books: nothing dated on or before `until` (YYYY-MM-DD) can be changed any more."""
    return hand_edit(company, "Preferences", "1", {"AccountingInfoPrefs": {"BookCloseDate": until}}, write)


def reconcile(company: Company, *ids: str) -> None:
    """A person ticks documents off against a bank statement. No object shows it; the list of transactions does."""
    company.reconciled.update(ids)


def _current(company: Company, kind_name: str, object_id: str) -> tuple[Kind, Fields]:
    kind = BY_FOLDED_NAME.get(kind_name.casefold())
    if kind is None:
        raise bad_reference("Entity", kind_name, "kind")
    found = company.find(kind.name, object_id)
    if found is None:
        raise not_found()
    return kind, found
