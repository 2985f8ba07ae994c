"""The smaller lists: classes, locations, terms, payment methods, taxes, currencies."""

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Kind, Write, check_lengths, resolve
from hhs_sync.quickbooks.simulator.lists.names import marked_inactive
from hhs_sync.quickbooks.simulator.refusal import missing
from hhs_sync.quickbooks.simulator.wire import Fields, flag


class PlainList(Kind):
    """A list whose members have a name and may be made inactive."""

    name_attribute = "Name"
    lengths = (("Name", 100),)

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """The name is all that it needs."""
        del company, write
        check_lengths(fields, self.lengths)
        if not fields.get(self.name_attribute):
            raise missing(self.name_attribute)
        fields["Active"] = flag(fields.get("Active")) is not False
        named = marked_inactive(str(fields[self.name_attribute]), active=fields["Active"], old=old)
        fields[self.name_attribute] = named
        return fields


class NestedList(PlainList):
    """A list whose members may lie within others: classes and locations."""

    derived = ("FullyQualifiedName",)

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """With its parent and the full name."""
        fields = super().complete(company, fields, old, write)
        parent_id = resolve(company, fields, "ParentRef", self.name, old)
        fields["FullyQualifiedName"] = fields["Name"]
        if parent_id is not None:
            parent = company.tables[self.name][parent_id]
            fields["FullyQualifiedName"] = f"{parent['FullyQualifiedName']}:{fields['Name']}"
        return fields


class Class(NestedList):
    """A class: here, the clinician who rendered a session."""

    name = "Class"

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Says whether it lies within another."""
        fields = super().complete(company, fields, old, write)
        fields["SubClass"] = "ParentRef" in fields
        return fields


class Department(NestedList):
    """A location."""

    name = "Department"

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Says whether it lies within another."""
        fields = super().complete(company, fields, old, write)
        fields["SubDepartment"] = "ParentRef" in fields
        return fields


class PaymentMethod(PlainList):
    """How money is paid."""

    name = "PaymentMethod"
    lengths = (("Name", 31),)

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Not a credit card unless it says so."""
        fields = super().complete(company, fields, old, write)
        fields.setdefault("Type", "NON_CREDIT_CARD")
        return fields


class Term(PlainList):
    """When an invoice is due: so many days on, or on a day of the month."""

    name = "Term"
    lengths = (("Name", 31),)

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Says which of the two it is."""
        fields = super().complete(company, fields, old, write)
        fields["Type"] = "DATE_DRIVEN" if "DayOfMonthDue" in fields else "STANDARD"
        return fields


class TaxAgency(PlainList):
    """Whom sales tax is owed to."""

    name = "TaxAgency"
    name_attribute = "DisplayName"
    lengths = (("DisplayName", 100),)


class TaxCode(PlainList):
    """A sales tax code; in the United States a line bears TAX or NON. Made through the tax service only."""

    name = "TaxCode"
    creatable = False


class TaxRate(PlainList):
    """A sales tax rate; made through the tax service only."""

    name = "TaxRate"
    creatable = False


class CustomerType(PlainList):
    """A grouping of customers; read only."""

    name = "CustomerType"
    creatable = False


class CompanyCurrency(PlainList):
    """A currency beside the dollar; kept, though every document here is in dollars."""

    name = "CompanyCurrency"
    name_attribute = "Code"


class Budget(PlainList):
    """A budget; read only."""

    name = "Budget"
    creatable = False
