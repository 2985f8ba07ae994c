"""Recurring transactions: templates of other documents with a schedule. A template posts nothing by itself.

On the wire the template stands one level down, {"Bill": {...}}, and bears the id and version of the whole.
"""

from collections.abc import Mapping

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Kind, Write
from hhs_sync.quickbooks.simulator.refusal import business_rule, invalid_choice, missing
from hhs_sync.quickbooks.simulator.wire import Fields, flag

HOUSEKEEPING = ("Id", "SyncToken", "MetaData", "domain", "sparse")
TYPES = ("Automated", "Reminded", "UnScheduled")


class RecurringTransaction(Kind):
    """A template of one of the given kinds."""

    name = "RecurringTransaction"
    deletable = True

    def __init__(self, templates: Mapping[str, Kind]) -> None:
        self.templates = templates

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Checks the template as if it were the document, and that its schedule has a name."""
        del old
        name = self.template_of(fields)
        template = {key: value for key, value in fields[name].items() if key not in HOUSEKEEPING}
        schedule = template.get("RecurringInfo")
        if not isinstance(schedule, dict) or not schedule.get("Name"):
            raise missing("RecurringInfo.Name")
        if schedule.setdefault("RecurType", "Automated") not in TYPES:
            raise invalid_choice("RecurType", schedule["RecurType"])
        schedule["Active"] = flag(schedule.get("Active")) is True
        completed = self.templates[name].complete(company, template, None, write)
        completed.pop("DocNumber", None)
        completed["RecurringInfo"] = schedule
        return {"Type": name, name: completed}

    def view(self, company: Company, fields: Fields) -> Fields:
        """The template, with the id and version of the whole."""
        del company
        name = fields["Type"]
        return {
            name: {
                **fields[name],
                **{key: fields[key] for key in HOUSEKEEPING},
                "RecurDataRef": {"value": fields["Id"]},
            }
        }

    def template_of(self, fields: Fields) -> str:
        """Which kind of document a template is of."""
        for name, value in fields.items():
            if name in self.templates and isinstance(value, dict):
                return name
        raise business_rule("A recurring transaction needs a template, such as Invoice or Bill.")

    def lifted(self, sent: Fields) -> Fields:
        """What was sent, with id, version and manner of update lifted from the template to the whole."""
        name = self.template_of(sent)
        inner = sent[name]
        return {**{key: inner[key] for key in ("Id", "SyncToken") if key in inner}, name: inner}
