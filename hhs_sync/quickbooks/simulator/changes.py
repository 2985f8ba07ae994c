"""Creating, updating, voiding and deleting: one door through which every change of a company goes.

First everything is judged, then everything is stored; a refusal leaves no trace. The order of judgement is the order
in which QuickBooks complains: does it exist, is it the current version, is it locked, is what was sent sound, is the
period open, is the number free.
"""

from hhs_sync.quickbooks.simulator.autoapply import credits_applied
from hhs_sync.quickbooks.simulator.clock import stamp
from hhs_sync.quickbooks.simulator.company import UNIQUE_NAMES, Claim, Company
from hhs_sync.quickbooks.simulator.kind import Kind, Voidable, Write, check_closed_books
from hhs_sync.quickbooks.simulator.kinds import KINDS
from hhs_sync.quickbooks.simulator.links import refuse_to_release, release
from hhs_sync.quickbooks.simulator.properties import refuse_unknown
from hhs_sync.quickbooks.simulator.refusal import Refused, missing, not_found, stale, unsupported
from hhs_sync.quickbooks.simulator.shape import shaped
from hhs_sync.quickbooks.simulator.wire import Fields, flag, text, without_blanks

HOUSEKEEPING = ("Id", "SyncToken", "MetaData", "domain", "sparse", "status", "time")
"""What QuickBooks itself writes on every object."""

TRANSACTION_NAMES = {
    "JournalEntry": "Journal Entry",
    "CreditMemo": "Credit Memo",
    "SalesReceipt": "Sales Receipt",
    "RefundReceipt": "Refund Receipt",
    "BillPayment": "Bill Payment (Check)",
    "Purchase": "Expense",
}
"""How a refusal calls a kind of document, where that is not its name."""


def create(company: Company, kind: Kind, sent: Fields, write: Write) -> Fields:
    """Make a new object; returns it as it is now held."""
    if not kind.creatable:
        raise unsupported(f"create {kind.name}")
    _refuse_unknown(company, kind, sent)
    fields = _bare(kind, sent)
    fields = kind.complete(company, fields, None, write)
    if kind.document:
        check_closed_books(company, fields.get("TxnDate"))
    _refuse_number_twice(company, kind, fields, None, write)
    _refuse_name_twice(company, kind, fields, None)
    object_id = kind.own_id(fields) or company.next_id(kind.sequence or kind.name)
    moment = stamp(write.moment)
    fields = {
        **fields,
        "domain": "QBO",
        "sparse": False,
        "Id": object_id,
        "SyncToken": "0",
        "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
    }
    company.events.append((kind.name, object_id, "Create", write.moment))
    made = _commit(company, kind, object_id, fields, write)
    if company.preference("SalesFormsPrefs", "AutoApplyCredit"):
        payment = credits_applied(company, kind.name, made)
        if payment is not None:
            create(company, KINDS["Payment"], payment, write)
            return company.tables[kind.name][object_id]
    return made


def update(company: Company, kind: Kind, sent: Fields, write: Write) -> Fields:
    """Change an object: what is sent lies over what is there (sparse), or replaces it (full)."""
    old = current_version(company, kind, sent)
    object_id = old["Id"]
    kind.guard(company, object_id, "update")
    _refuse_unknown(company, kind, sent)
    sparse = flag(sent.get("sparse")) is True
    fields = _bare(kind, sent)
    if kind.name == "Deposit":
        for name in ("DepositToAccountRef", "Line"):
            if name not in fields:
                raise missing(name)
    if sparse and not kind.merges:
        cleared = {name for name in sent if name not in fields}
        kept = {name: value for name, value in without_blanks(old).items() if name not in cleared}
        fields = {**_bare(kind, kept), **fields}
    fields = kind.complete(company, fields, old, write)
    if kind.document:
        check_closed_books(company, old.get("TxnDate"), fields.get("TxnDate"))
    _refuse_number_twice(company, kind, fields, old, write)
    _refuse_name_twice(company, kind, fields, old)
    if kind.document and company.paid(object_id) > _promised(company, kind, fields, write):
        refuse_to_release(company)
    company.events.append((kind.name, object_id, "Update", write.moment))
    _commit(company, kind, object_id, _next_version(old, fields, write), write)
    if kind.document:
        release(company, object_id, write.moment)
    elif old.get("FullyQualifiedName") != fields.get("FullyQualifiedName"):
        _rename_below(company, kind, object_id, write)
    return company.tables[kind.name][object_id]


def void(company: Company, kind: Kind, sent: Fields, write: Write) -> Fields:
    """Set a document's amounts to zero; the document stays."""
    if not isinstance(kind, Voidable):
        raise unsupported(f"void {kind.name}")
    old = current_version(company, kind, sent)
    object_id = old["Id"]
    kind.guard(company, object_id, "void")
    check_closed_books(company, old.get("TxnDate"))
    fields = _bare(kind, kind.voided(without_blanks(old)), keep_derived=True)
    release(company, object_id, write.moment, to_nothing=True)
    company.events.append((kind.name, object_id, "Void", write.moment))
    _commit(company, kind, object_id, _next_version(old, fields, write), write)
    return company.tables[kind.name][object_id]


def delete(company: Company, kind: Kind, sent: Fields, write: Write) -> Fields:
    """Take a document away; returns the stub that QuickBooks answers."""
    if not kind.deletable:
        raise unsupported(f"delete {kind.name}")
    old = current_version(company, kind, sent)
    object_id = old["Id"]
    kind.guard(company, object_id, "delete")
    if kind.document:
        check_closed_books(company, old.get("TxnDate"))
    touched: set[tuple[str, str]] = set()
    if kind.document:
        release(company, object_id, write.moment, to_nothing=True)
        touched = company.claim(kind.name, object_id, ())
    company.ledger.replace(ledger_key(kind, object_id), ())
    company.remove(kind.name, object_id, write.moment)
    _refresh(company, touched, write)
    company.events.append((kind.name, object_id, "Delete", write.moment))
    return {"domain": "QBO", "status": "Deleted", "Id": object_id}


def current_version(company: Company, kind: Kind, sent: Fields) -> Fields:
    """The object that a change speaks of: refuses what is gone (610) and what has changed since (5010)."""
    object_id = text(sent.get("Id"))
    if object_id is None:
        raise missing("Id")
    old = company.find(kind.name, object_id)
    if old is None or (kind.name, object_id) in company.unseen:
        raise not_found("transaction" if kind.document else kind.name.lower())
    token = text(sent.get("SyncToken"))
    if token is None:
        raise missing("SyncToken")
    if token != old["SyncToken"]:
        raise stale()
    return old


def ledger_key(kind: Kind, object_id: str) -> str:
    """Under what the ledger holds an object's postings; list objects must not collide with documents."""
    return object_id if kind.document else f"{kind.name} {object_id}"


def post(company: Company, kind: Kind, object_id: str, fields: Fields, write: Write) -> None:
    """Put what an object does to the books and to other documents in place of what it did before."""
    postings = kind.postings(company, fields, write)
    if postings:
        company.ledger.replace(ledger_key(kind, object_id), postings)
    elif kind.document:
        company.ledger.replace(object_id, ())


def _bare(kind: Kind, sent: Fields, *, keep_derived: bool = False) -> Fields:
    """What a client may say: without blanks, without housekeeping, without what QuickBooks computes."""
    dropped = HOUSEKEEPING if keep_derived else (*HOUSEKEEPING, *kind.derived)
    said = sent if kind.merges else without_blanks(sent)
    return shaped({name: value for name, value in said.items() if name not in dropped})


def _next_version(old: Fields, fields: Fields, write: Write) -> Fields:
    return {
        **fields,
        "domain": "QBO",
        "sparse": False,
        "Id": old["Id"],
        "SyncToken": str(int(old["SyncToken"]) + 1),
        "MetaData": {**old["MetaData"], "LastUpdatedTime": stamp(write.moment)},
    }


def _commit(company: Company, kind: Kind, object_id: str, fields: Fields, write: Write) -> Fields:
    post(company, kind, object_id, fields, write)
    touched: set[tuple[str, str]] = set()
    if kind.document:  # Ids of list members and of documents are two runs: only documents lay claims.
        claims: tuple[Claim, ...] = kind.claims(fields)
        if claims or object_id in company.claims:
            touched = company.claim(kind.name, object_id, claims)
    fields = kind.refreshed(company, object_id, fields)
    company.keep(kind.name, object_id, fields, write.moment)
    _refresh(company, touched, write)
    return fields


def _refresh(company: Company, touched: set[tuple[str, str]], write: Write) -> None:
    """Let the documents that were paid, used or deposited show it: they count as changed."""
    for kind_name, object_id in sorted(touched):
        before = company.find(kind_name, object_id)
        if before is None:
            continue
        after = KINDS[kind_name].refreshed(company, object_id, before)
        after = {**after, "MetaData": {**before["MetaData"], "LastUpdatedTime": stamp(write.moment)}}
        if company.settings.links_bump_sync_token:
            after["SyncToken"] = str(int(before["SyncToken"]) + 1)
        company.keep(kind_name, object_id, after, write.moment)
        company.events.append((kind_name, object_id, "Update", write.moment))


def _promised(company: Company, kind: Kind, fields: Fields, write: Write) -> int:
    """What a document puts on receivables or payables, in cents: so much of it can be paid or used."""
    lines = kind.postings(company, fields, write)
    return abs(sum(line.cents for line in lines if line.receivable or line.payable))


def _rename_below(company: Company, kind: Kind, object_id: str, write: Write) -> None:
    """Let the members below one that was renamed bear its new name in their full names."""
    above = company.tables[kind.name][object_id]["FullyQualifiedName"]
    for child in sorted(company.children.get((kind.name, object_id), ())):
        held = company.tables[kind.name][child]
        own = held.get("DisplayName") or held["Name"]
        company.keep(kind.name, child, {**held, "FullyQualifiedName": f"{above}:{own}"}, write.moment)
        _rename_below(company, kind, child, write)


def _refuse_unknown(company: Company, kind: Kind, sent: Fields) -> None:
    if company.settings.unknown_properties == "refused":
        refuse_unknown(kind.name, sent)


def _refuse_number_twice(company: Company, kind: Kind, fields: Fields, old: Fields | None, write: Write) -> None:
    number = fields.get("DocNumber")
    if not number or kind.unnumbered_duplicates or write.allow_duplicate_numbers:
        return
    if old is not None and old.get("DocNumber") == number:
        return
    how = company.settings.duplicate_numbers
    if how == "allowed" or (how == "if-custom" and not company.preference("SalesFormsPrefs", "CustomTxnNumbers")):
        return
    holders = company.numbers.get((kind.name, number))
    if holders:
        raise Refused(
            "6140",
            "Duplicate Document Number Error",
            "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
            f"DocNumber={number} is assigned to TxnType={TRANSACTION_NAMES.get(kind.name, kind.name)} "
            f"with TxnId={holders[0]}",
            element="DocNumber",
        )


def _refuse_name_twice(company: Company, kind: Kind, fields: Fields, old: Fields | None) -> None:
    named = UNIQUE_NAMES.get(kind.name)
    if named is None or not fields.get(named[1]):
        return
    holder = company.names.get((named[0], str(fields[named[1]]).casefold()))
    if holder is not None and (old is None or holder != (kind.name, old["Id"])):
        who = "customer, vendor or employee" if named[0] == "Name" else kind.name.lower()
        raise Refused(
            "6240",
            "Duplicate Name Exists Error",
            f"The name supplied already exists. : Another {who} is already using this name. Id={holder[1]}",
            element=named[1],
        )
