"""The company's lists, for looking things up: accounts, items, classes, customers and settings, from the mirror.

An account is found by its number, else by its name, and the receivables and undeposited-funds accounts by being the
only ones of their kind; an item and a class are found by name, a customer by its display name. What
is inactive can't be used and counts as missing. A look-up that fails raises `Missing`, which says in a bookkeeper's
words what QuickBooks lacks; the entry that needs it waits, and `setup` can make it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from hhs_sync.ledger.entry import EntryKey
from hhs_sync.mapping.accounts import RECEIVABLE, Account
from hhs_sync.mapping.rules import LedgerAccount, Rules
from hhs_sync.plan.desired import CustomerName, QuickBooksKind

LISTS = ("Account", "Item", "Class", "Customer", "PaymentMethod")
"""The lists that are kept in the mirror. Preferences are read beside them."""

ONE_OF_ITS_KIND = frozenset({"AccountsReceivable", "UndepositedFunds"})
"""Detail types of which every company has one account from its first day, whatever it is called and numbered: sales
forms reach the first without naming it, and a deposit takes payments from the second and no other."""

Fields = Mapping[str, Any]
"""An object as QuickBooks' JSON shows it."""


class Missing(Exception):
    """QuickBooks lacks something that an entry needs; the message says what, in a bookkeeper's words."""


class Preferences(Struct, frozen=True, kw_only=True):
    """The company's settings that matter here."""

    book_close_date: dt.date | None = None
    custom_numbers: bool = True
    classes_on_lines: bool = True
    classes_on_entries: bool = False
    auto_apply_credits: bool = False
    multi_currency: bool = False
    home_currency: str = "USD"

    @staticmethod
    def of(fields: Fields) -> Preferences:
        """Read the Preferences object; what it does not say is taken as QuickBooks' default."""
        accounting = fields.get("AccountingInfoPrefs") or {}
        sales = fields.get("SalesFormsPrefs") or {}
        currency = fields.get("CurrencyPrefs") or {}
        closed = accounting.get("BookCloseDate")
        return Preferences(
            book_close_date=dt.date.fromisoformat(str(closed)[:10]) if closed else None,
            custom_numbers=_on(sales.get("CustomTxnNumbers")),
            classes_on_lines=_on(accounting.get("ClassTrackingPerTxnLine")),
            classes_on_entries=_on(accounting.get("ClassTrackingPerTxn")),
            auto_apply_credits=_on(sales.get("AutoApplyCredit")),
            multi_currency=_on(currency.get("MultiCurrencyEnabled")),
            home_currency=str((currency.get("HomeCurrency") or {}).get("value") or "USD"),
        )


class Catalog:
    """One company's lists, looked up by what the practice calls things. `add` takes in what was just made."""

    def __init__(self, rules: Rules, lists: Mapping[str, Iterable[Fields]], preferences: Preferences) -> None:
        """Take the lists as the mirror holds them, inactive members included."""
        self.rules = rules
        self.preferences = preferences
        self.entries: dict[EntryKey, tuple[QuickBooksKind, str]] = {}
        self.references: dict[tuple[str, str], str] = {}
        self._lists: dict[str, dict[str, Fields]] = {kind: {} for kind in LISTS}
        self._names: dict[str, dict[str, str]] = {kind: {} for kind in LISTS}
        self._account_ids: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        for kind in LISTS:
            for fields in lists.get(kind, ()):
                self.add(kind, fields)

    def add(self, kind: str, fields: Fields) -> None:
        """Take in an object of a list, new or changed."""
        object_id = str(fields["Id"])
        names = self._names[kind]
        before = self._lists[kind].get(object_id)
        if before is not None:
            for name in _names_of(before):
                if names.get(name) == object_id:
                    del names[name]
        self._lists[kind][object_id] = fields
        for name in _names_of(fields):
            if name not in names or fields.get("Active") is not False:
                names[name] = object_id
        if kind == "Account":
            self._account_ids.clear()
            self._numbers.clear()

    def bind(self, key: EntryKey, kind: QuickBooksKind, quickbooks_id: str, reference: str) -> None:
        """Remember which entry of QuickBooks stands for one of ours, and its mark, so that others can link to it."""
        self.entries[key] = (kind, quickbooks_id)
        self.references[(kind.value, quickbooks_id)] = reference

    # From our words to QuickBooks' ids.

    def account(self, account: Account) -> str:
        """The id of the QuickBooks account that stands for one of ours."""
        mapped = self._mapped(account)
        found = self._found(mapped)
        if found is None:
            raise Missing(f"account {mapped.number} {mapped.name} is not in QuickBooks")
        if found.get("Active") is False:
            raise Missing(f"account {mapped.number} {mapped.name} is inactive in QuickBooks")
        return str(found["Id"])

    def item(self, account: Account) -> str:
        """The id of the item through which sales forms reach the account."""
        mapped = self._mapped(account)
        if not mapped.item:
            raise Missing(f"account {mapped.number} {mapped.name} has no item in the mapping")
        return self._by_name("Item", mapped.item, f"item {mapped.item}")

    def class_of(self, clinician: str | None) -> str | None:
        """The id of a clinician's class; None where lines bear no class."""
        known = self.rules.clinician(clinician)
        if known is None or not known.class_name or not self.preferences.classes_on_lines:
            return None
        return self._by_name("Class", known.class_name, f"class {known.class_name}")

    def customer(self, name: CustomerName) -> str:
        """The id of a customer."""
        return self._by_name("Customer", name.display, f"customer {name.display}")

    def entry(self, key: EntryKey) -> tuple[QuickBooksKind, str]:
        """Kind and id of an entry that is in QuickBooks."""
        found = self.entries.get(key)
        if found is None:
            raise Missing("an entry that this one rests on is not in QuickBooks yet")
        return found

    # From QuickBooks' ids to our words.

    def number(self, account_id: str) -> str:
        """The number by which the house knows an account of QuickBooks; its own number or name where it is not ours."""
        if not self._numbers:
            for mapped in self.rules.accounts:
                found = self._found(mapped)
                if found is not None:
                    self._numbers.setdefault(str(found["Id"]), mapped.number)
        known = self._numbers.get(account_id)
        if known is not None:
            return known
        fields = self._lists["Account"].get(account_id, {})
        return str(fields.get("AcctNum") or fields.get("FullyQualifiedName") or f"account {account_id}")

    def account_of_item(self, item_id: str) -> str:
        """The id of the account an item sells to; "" when the item is not known."""
        fields = self._lists["Item"].get(item_id, {})
        return str((fields.get("IncomeAccountRef") or {}).get("value") or "")

    def name(self, kind: str, object_id: str) -> str:
        """The full name of a list's member; "" when it is not known."""
        fields = self._lists[kind].get(object_id, {})
        return str(fields.get("DisplayName") or fields.get("FullyQualifiedName") or fields.get("Name") or "")

    def receivable_account(self) -> str:
        """The id of the receivables account that sales forms and payments reach; "" when there is none."""
        for account in sorted(RECEIVABLE, key=lambda one: one.value):
            mapped = self.rules.account(account)
            found = self._found(mapped) if mapped else None
            if found is not None:
                return str(found["Id"])
        return self._account_of_type("AccountType", "Accounts Receivable")

    def undeposited_account(self) -> str:
        """The id of Undeposited Funds, where received money lies that names no account; "" when there is none."""
        return self._account_of_type("AccountSubType", "UndepositedFunds")

    def members(self, kind: str) -> Iterable[Fields]:
        """All members of a list."""
        return self._lists[kind].values()

    def find(self, kind: str, name: str) -> Fields | None:
        """The member of a list that goes by a name, active or not; upper and lower case do not matter."""
        object_id = self._names[kind].get(name.casefold())
        return self._lists[kind][object_id] if object_id is not None else None

    def find_account(self, mapped: LedgerAccount) -> Fields | None:
        """The account that a mapping names, active or not."""
        return self._found(mapped)

    def _mapped(self, account: Account) -> LedgerAccount:
        mapped = self.rules.account(account)
        if mapped is None:
            raise Missing(f"{account.value} has no QuickBooks account in the mapping")
        return mapped

    def _found(self, mapped: LedgerAccount) -> Fields | None:
        """By number; else by name, so long as the account found so bears no other number."""
        if not self._account_ids:
            for fields in self._lists["Account"].values():
                number = str(fields.get("AcctNum") or "")
                if number and (number not in self._account_ids or fields.get("Active") is not False):
                    self._account_ids[number] = str(fields["Id"])
        object_id = self._account_ids.get(mapped.number)
        if object_id is not None:
            return self._lists["Account"][object_id]
        found = self.find("Account", mapped.name)
        if found is not None and not found.get("AcctNum"):
            return found
        return self._the_only_one(mapped.subtype) if mapped.subtype in ONE_OF_ITS_KIND else None

    def _the_only_one(self, subtype: str) -> Fields | None:
        """The account of a detail type, where there is just one in use."""
        found = [
            fields
            for fields in self._lists["Account"].values()
            if fields.get("AccountSubType") == subtype and fields.get("Active") is not False
        ]
        return found[0] if len(found) == 1 else None

    def _by_name(self, kind: str, name: str, called: str) -> str:
        found = self.find(kind, name)
        if found is None:
            raise Missing(f"{called} is not in QuickBooks")
        if found.get("Active") is False:
            raise Missing(f"{called} is inactive in QuickBooks")
        return str(found["Id"])

    def _account_of_type(self, attribute: str, value: str) -> str:
        for fields in self._lists["Account"].values():
            if fields.get(attribute) == value and fields.get("Active") is not False:
                return str(fields["Id"])
        return ""


def _names_of(fields: Fields) -> tuple[str, ...]:
    """The names a member goes by. An inactive one bears "(deleted)" behind the name that it had."""
    said = {
        str(fields.get(name) or "").removesuffix(" (deleted)").casefold()
        for name in ("DisplayName", "FullyQualifiedName", "Name")
    }
    return tuple(sorted(said - {""}))


def _on(value: object) -> bool:
    """A switch as JSON or as text."""
    return value is True or (isinstance(value, str) and value.lower() == "true")
