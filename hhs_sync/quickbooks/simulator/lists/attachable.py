"""Attachments: notes and files that hang on documents, customers and the like."""

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Kind, Write, check_lengths
from hhs_sync.quickbooks.simulator.refusal import bad_reference, missing, not_found
from hhs_sync.quickbooks.simulator.wire import Fields, flag, text

SIZE_MAX = 100 * 1024 * 1024


class Attachable(Kind):
    """A note, or what is known about a file."""

    name = "Attachable"
    deletable = True
    lengths = (("FileName", 1000), ("Note", 2000), ("Tag", 2000))
    derived = ("FileAccessUri", "TempDownloadUri", "Size", "ThumbnailFileAccessUri", "ThumbnailTempDownloadUri")

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """There is a note or a file, and what it hangs on exists."""
        del write
        check_lengths(fields, self.lengths)
        if not (fields.get("Note") or fields.get("FileName") or (old or {}).get("FileName")):
            raise missing("Note")
        for reference in fields.get("AttachableRef", ()):
            entity = reference.get("EntityRef")
            reference["IncludeOnSend"] = flag(reference.get("IncludeOnSend")) is True
            if entity is None:
                continue
            kind, object_id = str(entity.get("type", "")), text(entity.get("value"))
            if object_id is None or company.find(_spelled(company, kind), object_id) is None:
                raise bad_reference(kind or "Entity", str(object_id), "AttachableRef.EntityRef")
            reference["EntityRef"] = {"value": object_id, "type": kind}
        for name in self.derived:
            if old is not None and name in old:
                fields[name] = old[name]
        return fields


def file_of(company: Company, object_id: str) -> tuple[Fields, bytes]:
    """An attachment and its bytes; a note has none."""
    held = company.find("Attachable", object_id)
    if held is None or object_id not in company.files:
        raise not_found("attachment")
    return held, company.files[object_id]


def _spelled(company: Company, kind: str) -> str:
    for name in company.tables:
        if name.casefold() == kind.casefold():
            return name
    return kind
