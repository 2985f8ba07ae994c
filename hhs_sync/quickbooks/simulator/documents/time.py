"""Time activities: hours worked; nothing is posted until they are billed, which the simulator leaves to invoices."""

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.documents.document import Document
from hhs_sync.quickbooks.simulator.kind import Write, resolve
from hhs_sync.quickbooks.simulator.refusal import business_rule, invalid_choice, missing
from hhs_sync.quickbooks.simulator.wire import Fields, amount, cents, decimal


class TimeActivity(Document):
    """Hours of an employee or vendor, perhaps for a customer."""

    name = "TimeActivity"

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Whose time it was, and how much: hours and minutes, or from and to."""
        if "StartTime" in fields:
            fields.setdefault("TxnDate", fields["StartTime"])
        fields = self.begin(company, fields, old, write)
        whose = fields.get("NameOf")
        if whose is None:
            raise missing("NameOf")
        if whose not in ("Employee", "Vendor"):
            raise invalid_choice("NameOf", whose)
        if resolve(company, fields, f"{whose}Ref", whose, old) is None:
            raise missing(f"{whose}Ref")
        resolve(company, fields, "CustomerRef", "Customer", old)
        resolve(company, fields, "ItemRef", "Item", old)
        hours = decimal(fields.get("Hours"), "Hours")
        minutes = decimal(fields.get("Minutes"), "Minutes")
        if hours is None and minutes is None and not (fields.get("StartTime") and fields.get("EndTime")):
            raise missing("Hours")
        if minutes is not None and not 0 <= minutes <= 59:
            raise business_rule("Minutes are between 0 and 59.", element="Minutes")
        fields["HourlyRate"] = amount(cents(fields.get("HourlyRate"), "HourlyRate") or 0)
        fields["CostRate"] = amount(cents(fields.get("CostRate"), "CostRate") or 0)
        fields.setdefault("BillableStatus", "NotBillable")
        fields["Taxable"] = fields.get("Taxable") is True
        return fields
