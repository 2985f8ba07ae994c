"""One company (realm): its lists and documents, what links to what, and the ledger beneath.

Everything is held by kind and id, as it stands on the wire, beside the indexes that rules ask: names, numbers, links,
the order of changes. Nothing here judges; `changes.py` decides what may happen and then calls `keep` and `remove`.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.clock import stamp
from hhs_sync.quickbooks.simulator.ledger import Ledger
from hhs_sync.quickbooks.simulator.refusal import bad_reference, inactive
from hhs_sync.quickbooks.simulator.settings import SimulatorSettings
from hhs_sync.quickbooks.simulator.wire import Fields, reference_id

ID_STARTS = {"Class": 5_000_000_000_000_007_280, "Attachable": 5_000_000_000_000_010_341}
"""Some of QuickBooks' ids have always been this long; clients that squeeze them into 32 bits should notice."""

PLURALS = {"Customer": "Names", "Vendor": "Names", "Employee": "Names", "Class": "Classes"}
"""How a refusal calls a list; the rest by adding an s."""

UNIQUE_NAMES = {
    "Customer": ("Name", "DisplayName"),
    "Vendor": ("Name", "DisplayName"),
    "Employee": ("Name", "DisplayName"),
    "Account": ("Account", "FullyQualifiedName"),
    "Item": ("Item", "FullyQualifiedName"),
    "Class": ("Class", "FullyQualifiedName"),
    "Department": ("Department", "FullyQualifiedName"),
    "PaymentMethod": ("PaymentMethod", "Name"),
    "Term": ("Term", "Name"),
    "TaxAgency": ("TaxAgency", "DisplayName"),
    "TaxCode": ("TaxCode", "Name"),
    "CustomerType": ("CustomerType", "Name"),
    "CompanyCurrency": ("CompanyCurrency", "Code"),
}
"""By kind: the family within which a name is unique, and the attribute that is the name."""


class Claim(NamedTuple):
    """What one document does to another: pays it, uses its credit, or takes it to the bank."""

    target_kind: str
    target: str
    cents: int
    use: str
    """pay or deposit"""


class Link(NamedTuple):
    """A claim seen from the document it was laid on."""

    source_kind: str
    source: str
    cents: int
    use: str


class Deleted(NamedTuple):
    """What is left of a deleted object."""

    at: datetime


class Company:
    """The state of one realm."""

    def __init__(self, realm: str, settings: SimulatorSettings) -> None:
        self.realm = realm
        self.settings = settings
        self.tables: defaultdict[str, dict[str, Fields]] = defaultdict(dict)
        self.last_ids: dict[str, int] = dict(ID_STARTS)
        self.names: dict[tuple[str, str], tuple[str, str]] = {}
        self.numbers: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self.children: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self.by_customer: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self.changed: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
        self.deleted: defaultdict[str, dict[str, Deleted]] = defaultdict(dict)
        self.links: defaultdict[str, dict[str, Link]] = defaultdict(dict)
        self.claims: dict[str, tuple[Claim, ...]] = {}
        self.ledger = Ledger()
        self.standing: dict[str, str] = {}
        self.unseen: set[tuple[str, str]] = set()
        """What the batch that is being worked on has created: its later items must not use it yet."""
        self.unsaved: dict[tuple[str, str], Fields | Deleted] = {}
        """Changes that the state file does not hold yet."""
        self.events: list[tuple[str, str, str, datetime]] = []
        """Webhook events not yet sent: kind, id, operation, moment."""
        self.remembered: dict[str, tuple[int, bytes]] = {}
        """requestid (joined with the bId inside a batch) to the status and body of its answer."""
        self.unsaved_requests: set[str] = set()
        """Of these, the ones that the state file does not hold yet."""
        self.files: dict[str, bytes] = {}
        """Attachment id to the file's bytes."""
        self.unsaved_files: set[str] = set()
        """Of these, the ones that the state file does not hold yet."""
        self.reconciled: set[str] = set()
        """Documents that a person ticked off against a bank statement."""

    def find(self, kind: str, object_id: str | None) -> Fields | None:
        """The object as it is stored, or None."""
        return None if object_id is None else self.tables[kind].get(object_id)

    def require(self, kind: str, fields: Fields, name: str, *, active: bool = True) -> Fields | None:
        """The list object that a reference of `fields` points to, None where there is no reference.

        Refuses an id that does not exist (2500) and one that was made inactive (610).
        """
        object_id = reference_id(fields, name)
        if object_id is None:
            return None
        found = self.tables[kind].get(object_id)
        if found is None or (kind, object_id) in self.unseen:
            raise bad_reference(PLURALS.get(kind, kind + "s"), object_id, name)
        if active and found.get("Active") is False:
            raise inactive(name)
        return found

    def next_id(self, sequence: str) -> str:
        """The next id of a sequence: all documents share one, and so do all names."""
        self.last_ids[sequence] = self.last_ids.get(sequence, 0) + 1
        return str(self.last_ids[sequence])

    def keep(self, kind: str, object_id: str, fields: Fields, moment: datetime) -> None:
        """Store an object as it now is, with its indexes and its place in the order of changes."""
        before = self.tables[kind].get(object_id)
        if before is not None:
            self._unindex(kind, object_id, before)
        self.tables[kind][object_id] = fields
        self._index(kind, object_id, fields)
        self.changed[kind].pop(object_id, None)
        self.changed[kind][object_id] = moment
        self.deleted[kind].pop(object_id, None)
        self.unsaved[kind, object_id] = fields

    def remove(self, kind: str, object_id: str, moment: datetime) -> None:
        """Delete an object for good; change data goes on showing a stub of it."""
        self._unindex(kind, object_id, self.tables[kind].pop(object_id))
        self.changed[kind].pop(object_id, None)
        self.deleted[kind][object_id] = Deleted(moment)
        self.unsaved[kind, object_id] = Deleted(moment)

    def claim(self, source_kind: str, source: str, claims: tuple[Claim, ...]) -> set[tuple[str, str]]:
        """Let a document claim these others instead of what it claimed before; returns all that are touched."""
        touched = set()
        for old in self.claims.pop(source, ()):
            self.links[old.target].pop(source, None)
            touched.add((old.target_kind, old.target))
        for new in claims:
            held = self.links[new.target].get(source)
            total = new.cents + (held.cents if held else 0)
            self.links[new.target][source] = Link(source_kind, source, total, new.use)
            touched.add((new.target_kind, new.target))
        if claims:
            self.claims[source] = claims
        return touched

    def paid(self, target: str, *, except_by: str | None = None) -> int:
        """Cents by which other documents have paid or used up this one."""
        return sum(
            link.cents for source, link in self.links[target].items() if link.use == "pay" and source != except_by
        )

    def deposit_of(self, target: str) -> str | None:
        """The deposit that took this payment or receipt to the bank."""
        for source, link in self.links[target].items():
            if link.use == "deposit":
                return source
        return None

    def preference(self, group: str, name: str) -> Any:
        """One company preference, None where it is not set."""
        return self.tables["Preferences"]["1"].get(group, {}).get(name)

    def family(self, kind: str, object_id: str) -> list[str]:
        """An object and everything below it (sub-customers, sub-accounts)."""
        found = [object_id]
        for child in sorted(self.children.get((kind, object_id), ())):
            found += self.family(kind, child)
        return found

    def standing_account(self, need: str, moment: datetime) -> str:
        """The id of an account that QuickBooks keeps for itself, made now if this is the first need of it.

        Args:
            need: an account type or detail type of `chart.ON_FIRST_NEED`.
            moment: when, for the time stamps of a new account.

        """
        held = self.standing.get(need)
        if held is not None and held in self.tables["Account"]:
            return held
        for object_id, account in self.tables["Account"].items():
            if need in (account["AccountType"], account["AccountSubType"]) and account["Active"]:
                self.standing[need] = object_id
                return object_id
        self.standing[need] = self.open_account(chart.ON_FIRST_NEED[need], moment)
        return self.standing[need]

    def open_account(self, account: chart.StandingAccount, moment: datetime, object_id: str | None = None) -> str:
        """Put one of QuickBooks' own accounts into the chart; returns its id."""
        object_id = object_id or self.next_id("Account")
        self.keep(
            "Account",
            object_id,
            {
                "Name": account.name,
                "SubAccount": False,
                "FullyQualifiedName": account.name,
                "Active": True,
                "Classification": chart.TYPES[account.type_name].classification,
                "AccountType": account.type_name,
                "AccountSubType": account.subtype,
                "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
                "domain": "QBO",
                "sparse": False,
                "Id": object_id,
                "SyncToken": "0",
                "MetaData": {"CreateTime": stamp(moment), "LastUpdatedTime": stamp(moment)},
            },
            moment,
        )
        return object_id

    def _index(self, kind: str, object_id: str, fields: Fields) -> None:
        named = UNIQUE_NAMES.get(kind)
        if named is not None and fields.get(named[1]):
            self.names[named[0], fields[named[1]].casefold()] = (kind, object_id)
        if fields.get("DocNumber"):
            self.numbers[kind, fields["DocNumber"]].append(object_id)
        parent = reference_id(fields, "ParentRef")
        if parent is not None:
            self.children[kind, parent].add(object_id)
        customer = reference_id(fields, "CustomerRef")
        if customer is not None:
            self.by_customer[kind, customer][object_id] = None

    def _unindex(self, kind: str, object_id: str, fields: Fields) -> None:
        named = UNIQUE_NAMES.get(kind)
        if named is not None and fields.get(named[1]):
            key = (named[0], fields[named[1]].casefold())
            if self.names.get(key) == (kind, object_id):
                del self.names[key]
        if fields.get("DocNumber"):
            self.numbers[kind, fields["DocNumber"]].remove(object_id)
        parent = reference_id(fields, "ParentRef")
        if parent is not None:
            self.children[kind, parent].discard(object_id)
        customer = reference_id(fields, "CustomerRef")
        if customer is not None:
            self.by_customer[kind, customer].pop(object_id, None)
