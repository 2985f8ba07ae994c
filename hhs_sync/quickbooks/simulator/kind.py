"""What a kind of object (Customer, Invoice, ...) is: the questions that creating, changing and reading one asks.

A kind judges and derives, it never stores: `complete` refuses or returns the object as QuickBooks would hold it,
`postings` says what it does to the books, `claims` which other documents it pays or deposits, `refreshed` how an object
looks after others have laid claims on it. `changes.py` asks in that order and is the only one to store.
"""

from datetime import date, datetime
from typing import NamedTuple, Protocol, runtime_checkable

from hhs_sync.quickbooks.simulator import clock
from hhs_sync.quickbooks.simulator.company import PLURALS, Claim, Company
from hhs_sync.quickbooks.simulator.ledger import Posting
from hhs_sync.quickbooks.simulator.refusal import Refused, too_long
from hhs_sync.quickbooks.simulator.wire import Fields, day, reference_id

DOLLARS = {"value": "USD", "name": "United States Dollar"}


class Write(NamedTuple):
    """The circumstances of one change."""

    moment: datetime
    allow_duplicate_numbers: bool = False

    @property
    def today(self) -> date:
        """QuickBooks' own date: what a document without TxnDate gets."""
        return clock.today(self.moment)


class Kind:
    """A plain object without rules: what is sent is kept. The other kinds say where they differ."""

    name = ""
    wire_name = ""
    """What its objects are called in answers, where that is not its name."""
    sequence = ""
    """Which run of ids it draws from; its own name when empty."""
    document = False
    """Documents bear a date, post to the ledger and fall under closed books."""
    creatable = True
    deletable = False
    unnumbered_duplicates = False
    """Whether two may bear one DocNumber without 6140."""
    lengths: tuple[tuple[str, int], ...] = ()
    """Longest permitted texts, by attribute."""
    merges: bool = False
    """Whether an update lies over what is there group by group, a blank clearing what it names."""
    derived: tuple[str, ...] = ()
    """Attributes that QuickBooks computes; what a client sends there is dropped."""

    @property
    def shown(self) -> str:
        """The key under which answers hold its objects."""
        return self.wire_name or self.name

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """The object as it would be held, from what was sent without blanks; `old` is the version it replaces."""
        del company, old, write
        return fields

    def own_id(self, fields: Fields) -> str | None:
        """The id an object brings along, None where QuickBooks gives it one."""
        del fields
        return None

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """What it does to the books."""
        del company, fields, write
        return []

    def claims(self, fields: Fields) -> tuple[Claim, ...]:
        """What it does to other documents."""
        del fields
        return ()

    def refreshed(self, company: Company, object_id: str, fields: Fields) -> Fields:
        """The object as it looks under the claims that others now lay on it."""
        del company, object_id
        return fields

    def view(self, company: Company, fields: Fields) -> Fields:
        """The object as an answer shows it, with what is computed at reading."""
        del company
        return fields

    def guard(self, company: Company, object_id: str, operation: str) -> None:
        """Refuses to change (update, delete, void) an object that is locked."""


@runtime_checkable
class Voidable(Protocol):
    """A kind of document that QuickBooks can void."""

    def voided(self, fields: Fields) -> Fields:
        """The object after a void."""


def check_lengths(fields: Fields, limits: tuple[tuple[str, int], ...]) -> None:
    """Refuses texts longer than their field (2050)."""
    for name, limit in limits:
        said = fields.get(name)
        if isinstance(said, dict):
            said = said.get("value")
        if isinstance(said, str) and len(said) > limit:
            raise too_long(name, len(said), limit)


def resolve(company: Company, fields: Fields, name: str, kind: str, old: Fields | None = None) -> str | None:
    """Check the reference `name` and write it in full: {"value": id, "name": ...}. Returns the id, None if absent.

    A reference that the version before already held may point to something inactive; a new one may not.
    """
    object_id = reference_id(fields, name)
    if object_id is None:
        fields.pop(name, None)
        return None
    unchanged = old is not None and reference_id(old, name) == object_id
    found = company.require(kind, fields, name, active=not unchanged)
    assert found is not None
    fields[name] = reference_to(found, object_id)
    return object_id


def reference_to(found: Fields, object_id: str) -> Fields:
    """The reference to an object as QuickBooks writes it."""
    label = found.get("FullyQualifiedName") or found.get("DisplayName") or found.get("Name") or found.get("DocNumber")
    return {"value": object_id, "name": label} if label else {"value": object_id}


def transaction_date(fields: Fields, write: Write) -> str:
    """The document's date; today where none was sent."""
    said = day(fields.get("TxnDate"), "TxnDate")
    return (said or write.today).isoformat()


def check_closed_books(company: Company, *dates: str | None) -> None:
    """Refuses to touch a period that was closed (6210 with a password, 6200 without)."""
    closed = company.preference("AccountingInfoPrefs", "BookCloseDate")
    if not closed:
        return
    if any(said is not None and said <= closed for said in dates):
        if company.settings.close_password:
            raise Refused(
                "6210",
                "Account Period Closed, Cannot Update Through Services API",
                "The account period has closed and the account books cannot be updated through the QBO Services API. "
                "Please use the QBO website to make these changes.",
                element="TxnDate",
            )
        raise Refused(
            "6200",
            "Account Period Closed",
            f"The account period has closed on {closed}: transactions on or before that date cannot be changed.",
            element="TxnDate",
        )


def plural(kind: str) -> str:
    """How a refusal calls the list of a kind."""
    return PLURALS.get(kind, kind + "s")
