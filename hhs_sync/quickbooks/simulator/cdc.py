"""Change data capture: everything of some kinds that changed since a moment, deleted objects as stubs.

Goes back 30 days and holds 1000 objects. Whoever asks for more than that gets the most recent 1000 and no warning.
"""

from datetime import datetime, timedelta

from hhs_sync.quickbooks.simulator.clock import PACIFIC, stamp
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kinds import BY_FOLDED_NAME
from hhs_sync.quickbooks.simulator.refusal import Refused, missing
from hhs_sync.quickbooks.simulator.wire import Fields

DAYS_MAX = 30
OBJECTS_MAX = 1000


def changes_since(company: Company, entities: str, since: str, now: datetime) -> list[Fields]:
    """The CDCResponse: one QueryResponse a kind, in the order in which the kinds were named."""
    moment = _moment(since)
    if now - moment > timedelta(days=DAYS_MAX):
        raise Refused(
            "2030", "Invalid value", f"changedSince must lie within the last {DAYS_MAX} days.", element="changedSince"
        )
    kinds = []
    for name in entities.split(","):
        kind = BY_FOLDED_NAME.get(name.strip().casefold())
        if kind is None:
            raise Refused("2500", "Invalid Reference Id", f"Entity {name.strip()} does not exist.", element="entities")
        kinds.append(kind)
    found = [entry for kind in kinds for entry in _changed(company, kind.name, moment)]
    found.sort(key=lambda entry: entry[0], reverse=True)
    shown = {(kind, object_id) for _, kind, object_id in found[:OBJECTS_MAX]}
    responses = []
    for kind in kinds:
        rows: list[Fields] = []
        for object_id, fields in company.tables[kind.name].items():
            if (kind.name, object_id) in shown:
                rows.append(kind.view(company, fields))
        for object_id, deleted in company.deleted[kind.name].items():
            if (kind.name, object_id) in shown:
                rows.append(
                    {
                        "domain": "QBO",
                        "status": "Deleted",
                        "Id": object_id,
                        "MetaData": {"LastUpdatedTime": stamp(deleted.at)},
                    }
                )
        responses.append(
            {kind.shown: rows, "startPosition": 1, "maxResults": len(rows), "totalCount": len(rows)} if rows else {}
        )
    return [{"QueryResponse": responses}]


def _changed(company: Company, kind: str, since: datetime) -> list[tuple[datetime, str, str]]:
    """Newest first, as the order of changes is kept; seconds are all that clients see, so seconds are compared."""
    since = since.replace(microsecond=0)
    found = []
    for object_id, moment in reversed(company.changed[kind].items()):
        if moment.replace(microsecond=0) < since:
            break
        found.append((moment, kind, object_id))
    for object_id, deleted in reversed(company.deleted[kind].items()):
        if deleted.at.replace(microsecond=0) < since:
            break
        found.append((deleted.at, kind, object_id))
    return found


def _moment(since: str) -> datetime:
    if not since:
        raise missing("changedSince")
    try:
        moment = datetime.fromisoformat(since.replace(" ", "+"))
    except ValueError:
        raise Refused("2030", "Invalid value", f"changedSince has the value {since}.", element="changedSince") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=PACIFIC)
