"""What every document has: a date, perhaps a number, a note, a location, lines with ids."""

from collections.abc import Callable

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import DOLLARS, Kind, Write, check_lengths, resolve, transaction_date
from hhs_sync.quickbooks.simulator.ledger import Posting
from hhs_sync.quickbooks.simulator.refusal import Refused, bad_reference, business_rule, missing
from hhs_sync.quickbooks.simulator.wire import Fields, cents, reference_id, text

LENGTHS = (
    ("DocNumber", 21),
    ("PrivateNote", 4000),
    ("CustomerMemo", 1000),
    ("PaymentRefNum", 21),
)


class Document(Kind):
    """A dated object that may post to the books."""

    sequence = "Txn"
    document = True
    deletable = True
    lengths = LENGTHS

    def begin(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """The checks that all documents share, made first."""
        check_lengths(fields, self.lengths)
        fields["TxnDate"] = transaction_date(fields, write)
        fields["CurrencyRef"] = dict(DOLLARS)
        fields.pop("ExchangeRate", None)
        resolve(company, fields, "DepartmentRef", "Department", old)
        resolve(company, fields, "ClassRef", "Class", old)
        if "DocNumber" in fields:
            fields["DocNumber"] = text(fields["DocNumber"])
        return fields

    def guard(self, company: Company, object_id: str, operation: str) -> None:
        """A payment or receipt that a deposit took to the bank stays as it is (6540)."""
        del operation
        if company.deposit_of(object_id) is not None:
            raise Refused(
                "6540",
                "Deposited Transaction cannot be changed",
                "Deposited Transaction cannot be changed : If any changes made to the transaction will affect deposit, "
                "the deposit must be changed first.",
            )

    def view(self, company: Company, fields: Fields) -> Fields:
        """The customer by the name it bears now, whatever it was called when the document was made."""
        reference = fields.get("CustomerRef")
        if not reference:
            return fields
        customer = company.tables["Customer"].get(reference["value"])
        if customer is None or customer["FullyQualifiedName"] == reference.get("name"):
            return fields
        return {**fields, "CustomerRef": {**reference, "name": customer["FullyQualifiedName"]}}

    def void_lines(self, fields: Fields) -> Fields:
        """The document with every amount at zero and "Voided" in front of its note."""
        note = fields.get("PrivateNote")
        voided = {**fields, "PrivateNote": f"Voided - {note}" if note else "Voided", "TotalAmt": 0}
        voided["Line"] = [_voided_line(line) for line in fields.get("Line", ())]
        return voided


MONEY_HELD = (chart.BANK, chart.OTHER_CURRENT_ASSET)
"""Where received money may go."""

NAMED = (chart.RECEIVABLE, chart.PAYABLE)
"""Accounts on which every line needs a customer or vendor, so that most documents cannot touch them."""


def require_type(company: Company, fields: Fields, name: str, *types: str) -> None:
    """Refuses an account of another type than these."""
    account = company.find("Account", reference_id(fields, name))
    if account is not None and account["AccountType"] not in types:
        raise business_rule(f"{name} cannot be an account of type {account['AccountType']}.", element=name)


def refuse_type(company: Company, fields: Fields, name: str, *types: str) -> None:
    """Refuses an account of one of these types."""
    account = company.find("Account", reference_id(fields, name))
    if account is not None and account["AccountType"] in types:
        raise business_rule(f"{name} cannot be an account of type {account['AccountType']}.", element=name)


def lines_of(fields: Fields) -> list[Fields]:
    """The document's lines; a missing or empty Line is refused by those who need one."""
    lines = fields.get("Line")
    if lines is None:
        return []
    if isinstance(lines, dict):
        return [lines]
    return [line for line in lines if isinstance(line, dict) and line]


def number_lines(lines: list[Fields]) -> list[Fields]:
    """Give each line that lacks one an id of its own and its place; a subtotal has neither."""
    taken = {text(line.get("Id")) for line in lines}
    following = 1
    for place, line in enumerate((line for line in lines if line.get("DetailType") != "SubTotalLineDetail"), start=1):
        said = text(line.get("Id"))
        if said is None:
            while str(following) in taken:
                following += 1
            said = str(following)
            taken.add(said)
        line["Id"] = said
        line["LineNum"] = place
    return lines


def line_amount(line: Fields) -> int:
    """The line's amount in cents; a line without one is refused (2020)."""
    whole = cents(line.get("Amount"), "Line.Amount")
    if whole is None:
        raise missing("Line.Amount")
    return whole


def entity_of(company: Company, detail: Fields, name: str = "Entity") -> tuple[str | None, str | None]:
    """Customer id and vendor id named by a line's Entity, in either spelling: {EntityRef: ...} or a plain reference."""
    entity = detail.get(name)
    if not isinstance(entity, dict):
        return None, None
    kind = text(entity.get("Type") or entity.get("type")) or "Customer"
    nested = entity.get("EntityRef")
    object_id = reference_id(entity, "EntityRef") if nested is not None else text(entity.get("value"))
    if object_id is None:
        return None, None
    kind = kind.title()
    found = company.find(kind, object_id) if kind in ("Customer", "Vendor", "Employee") else None
    if found is None:
        raise bad_reference("Names", object_id, name)
    label = {"value": object_id, "name": found["DisplayName"]}
    detail[name] = {"Type": kind, "EntityRef": label} if nested is not None else {**label, "type": kind.upper()}
    return (object_id if kind == "Customer" else None), (object_id if kind == "Vendor" else None)


def posting_maker(fields: Fields) -> Callable[..., Posting]:
    """A maker of postings that carry the document's location and class unless a line says otherwise."""
    department = reference_id(fields, "DepartmentRef")
    class_id = reference_id(fields, "ClassRef")

    def make(account: str, whole_cents: int, detail: Fields | None = None, **more: str | bool | None) -> Posting:
        detail = detail or {}
        return Posting(
            account,
            whole_cents,
            class_id=reference_id(detail, "ClassRef") or class_id,
            department=reference_id(detail, "DepartmentRef") or department,
            **more,  # type: ignore[arg-type]
        )

    return make


def receivable_account(company: Company, fields: Fields, write: Write) -> str:
    """The receivables account a document names, else the company's own."""
    named = reference_id(fields, "ARAccountRef")
    if named is not None:
        return named
    return company.standing_account(chart.RECEIVABLE, write.moment)


def deposit_account(company: Company, fields: Fields, write: Write) -> str:
    """Where received money goes: the account the document names, else Undeposited Funds."""
    named = reference_id(fields, "DepositToAccountRef")
    if named is not None:
        return named
    return company.standing_account(chart.UNDEPOSITED_FUNDS, write.moment)


def _voided_line(line: Fields) -> Fields:
    voided = {**line, "Amount": 0}
    for name, detail in line.items():
        if name.endswith("Detail") and isinstance(detail, dict):
            voided[name] = {key: (0 if key in ("Qty", "UnitPrice") else value) for key, value in detail.items()}
    return voided
