"""Customers, vendors and employees: three lists that share one run of ids and one set of names."""

import re

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import DOLLARS, Kind, Write, check_lengths, resolve
from hhs_sync.quickbooks.simulator.refusal import Refused, missing
from hhs_sync.quickbooks.simulator.wire import Fields, amount, flag

LEVELS_MAX = 5
"""A customer, and sub-customers four deep."""

_FORBIDDEN = re.compile(r"[:\t\n]")


class NamedPerson(Kind):
    """What the three have in common: a DisplayName, made from the parts of the name where none is given."""

    sequence = "Name"
    lengths = (
        ("DisplayName", 500),
        ("CompanyName", 500),
        ("Title", 16),
        ("GivenName", 100),
        ("MiddleName", 100),
        ("FamilyName", 100),
        ("Suffix", 16),
        ("PrintOnCheckName", 110),
        ("Notes", 4000),
    )

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Checks the name and fills in what follows from it."""
        del company, write
        check_lengths(fields, self.lengths)
        parts = [
            fields[part] for part in ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix") if fields.get(part)
        ]
        shown = fields.get("DisplayName") or " ".join(parts) or fields.get("CompanyName")
        if not shown:
            raise Refused(
                "6000",
                "A business validation error has occurred while processing your request",
                "Business Validation Error: At least one of the following must be given: DisplayName, Title, "
                "GivenName, MiddleName, FamilyName, Suffix.",
            )
        if _FORBIDDEN.search(shown):
            raise Refused(
                "6000",
                "A business validation error has occurred while processing your request",
                "Business Validation Error: The name must not contain a colon, a tab or a new line.",
                element="DisplayName",
            )
        fields["DisplayName"] = shown.strip()
        fields.setdefault("PrintOnCheckName", fields.get("CompanyName") or fields["DisplayName"])
        fields["Active"] = flag(fields.get("Active")) is not False
        fields["DisplayName"] = marked_inactive(fields["DisplayName"], active=fields["Active"], old=old)
        return fields


class Customer(NamedPerson):
    """A customer or, with Job and ParentRef, a sub-customer."""

    name = "Customer"
    derived = ("Balance", "BalanceWithJobs", "FullyQualifiedName", "Level", "OpenBalanceDate")

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Checks the parent too: a sub-customer says Job (6150) and lies at most five levels deep (6150)."""
        fields = super().complete(company, fields, old, write)
        fields["Job"] = flag(fields.get("Job")) is True
        fields["BillWithParent"] = flag(fields.get("BillWithParent")) is True
        parent_id = resolve(company, fields, "ParentRef", "Customer", old)
        if (parent_id is not None) != fields["Job"]:
            raise Refused(
                "6150",
                "Invalid parent or job",
                "A sub-customer needs both ParentRef and Job set to true.",
                element="ParentRef",
            )
        fields["FullyQualifiedName"] = fields["DisplayName"]
        if parent_id is not None:
            parent = company.tables["Customer"][parent_id]
            fields["Level"] = parent.get("Level", 0) + 1
            if fields["Level"] >= LEVELS_MAX:
                raise Refused("6150", "Invalid parent or job", "Customers can be at most five levels deep.")
            fields["FullyQualifiedName"] = f"{parent['FullyQualifiedName']}:{fields['DisplayName']}"
        fields["Taxable"] = flag(fields.get("Taxable")) is True
        fields.setdefault("PreferredDeliveryMethod", "Print")
        fields["CurrencyRef"] = dict(DOLLARS)
        for name, kind in (
            ("SalesTermRef", "Term"),
            ("PaymentMethodRef", "PaymentMethod"),
            ("ARAccountRef", "Account"),
        ):
            resolve(company, fields, name, kind, old)
        if old is not None and parent_id is not None and old.get("BillWithParent") != fields["BillWithParent"]:
            self._refuse_with_documents(company, old["Id"])
        return fields

    def view(self, company: Company, fields: Fields) -> Fields:
        """With what the customer owes, alone and with its sub-customers."""
        owed = company.ledger.receivable
        with_jobs = sum(owed.get(member, 0) for member in company.family("Customer", fields["Id"]))
        return {**fields, "Balance": amount(owed.get(fields["Id"], 0)), "BalanceWithJobs": amount(with_jobs)}

    @staticmethod
    def _refuse_with_documents(company: Company, customer: str) -> None:
        if company.by_customer.get(("Invoice", customer)) or company.by_customer.get(("Payment", customer)):
            raise Refused(
                "6130",
                "Bill with parent cannot be changed",
                "This sub-customer has invoices or payments, so whom to bill can no longer be changed.",
                element="BillWithParent",
            )


class Vendor(NamedPerson):
    """Someone the company pays."""

    name = "Vendor"
    derived = ("Balance",)

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """With its currency and terms."""
        fields = super().complete(company, fields, old, write)
        fields["Vendor1099"] = flag(fields.get("Vendor1099")) is True
        fields["CurrencyRef"] = dict(DOLLARS)
        resolve(company, fields, "TermRef", "Term", old)
        return fields

    def view(self, company: Company, fields: Fields) -> Fields:
        """With what the company owes the vendor."""
        return {**fields, "Balance": amount(-company.ledger.payable.get(fields["Id"], 0))}


class Employee(NamedPerson):
    """Someone who works for the company."""

    name = "Employee"

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """An employee needs a given or a family name."""
        if not (fields.get("GivenName") or fields.get("FamilyName") or fields.get("DisplayName")):
            raise missing("GivenName")
        fields = super().complete(company, fields, old, write)
        fields["BillableTime"] = flag(fields.get("BillableTime")) is True
        return fields


def marked_inactive(name: str, *, active: bool, old: Fields | None) -> str:
    """QuickBooks frees the name of what is made inactive by writing "(deleted)" behind it, and takes that off again."""
    suffix = " (deleted)"
    if not active and not name.endswith(suffix):
        return name + suffix
    if active and old is not None and old.get("Active") is False and name.endswith(suffix):
        return name.removesuffix(suffix)
    return name
