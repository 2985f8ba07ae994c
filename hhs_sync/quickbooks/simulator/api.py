"""The addresses under /v3/company/{realm}: which of them a call means, and what answers it."""

from collections.abc import Callable
from typing import NamedTuple

from hhs_sync.quickbooks.simulator import batch, cdc, changes, forms, query, replay, reports, taxes, upload
from hhs_sync.quickbooks.simulator.calls import Call, Reply
from hhs_sync.quickbooks.simulator.clock import answer_stamp
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.documents.purchasing import as_transfer
from hhs_sync.quickbooks.simulator.kind import Kind, Write
from hhs_sync.quickbooks.simulator.kinds import BY_FOLDED_NAME, RECURRING
from hhs_sync.quickbooks.simulator.lists.attachable import file_of
from hhs_sync.quickbooks.simulator.lists.exchange import currency_of
from hhs_sync.quickbooks.simulator.refusal import Refused, missing, not_found, unreadable, unsupported
from hhs_sync.quickbooks.simulator.wire import Fields, decode, encode, text

SINGLE = ("Preferences", "CompanyInfo")
"""Of these there is one, with id 1, whatever id (or realm) the address names."""


class Route(NamedTuple):
    """What a call means. `label` is what it is counted as."""

    label: str
    operation: str
    kind: Kind | None = None
    object_id: str | None = None
    name: str = ""


def route(call: Call, parts: list[str]) -> Route:
    """The meaning of a call from its method, its path below the realm, and its query string."""
    first = parts[0].casefold() if parts else ""
    second = parts[1] if len(parts) > 1 else None
    if call.method not in ("GET", "POST") or (call.method == "GET" and first in ("batch", "upload")):
        return Route(f"unknown:{call.method} {first}", "method", name=call.method)
    whole = _about_no_kind(first, second or "")
    if whole is not None:
        return whole
    kind = BY_FOLDED_NAME.get(first)
    if kind is None:
        return Route(f"unknown:{first}", "unknown", name=first)
    third = parts[2].casefold() if len(parts) > 2 else ""
    if third in ("pdf", "send"):
        return Route(f"{'read' if third == 'pdf' else 'send'}:{kind.name}", third, kind, second)
    if call.method == "GET":
        return Route(f"read:{kind.name}", "read", kind, second)
    return _written(call, kind)


def _about_no_kind(first: str, second: str) -> Route | None:
    if first in ("query", "batch", "cdc", "upload"):
        return Route(first, first)
    if first == "download":
        return Route("read:Attachable", first, object_id=second)
    if first == "reports":
        return Route(f"report:{second}", "report", name=second)
    if first == "taxservice" and second.casefold() == "taxcode":
        return Route("create:TaxCode", "taxes")
    return None


def _written(call: Call, kind: Kind) -> Route:
    asked = call.query.get("operation", "").casefold()
    if asked == "void" or "void" in _included(call):
        return Route(f"void:{kind.name}", "void", kind)
    if asked in ("delete", "update"):
        return Route(f"{asked}:{kind.name}", asked, kind)
    if _names_an_object(call, kind):
        return Route(f"update:{kind.name}", "update", kind)
    return Route(f"create:{kind.name}", "create", kind)


def answer(company: Company, call: Call, meant: Route, write: Write, count_item: Callable[[str], None]) -> Reply:
    """Executes a call. Raises Refused for what QuickBooks would not do."""
    if meant.operation == "pdf":
        assert meant.kind is not None
        body = forms.pdf(company, meant.kind, meant.object_id or "")
        return Reply(body=body, content_type="application/pdf")
    if meant.operation == "download":
        held, _ = file_of(company, meant.object_id or "")
        return Reply(body=held["TempDownloadUri"].encode(), content_type="text/plain")
    answered = _answered(company, call, meant, write, count_item)
    if meant.operation == "report":
        return Reply(body=encode(answered))
    return Reply(body=encode({**answered, "time": answer_stamp(write.moment)}))


def _answered(company: Company, call: Call, meant: Route, write: Write, count_item: Callable[[str], None]) -> Fields:
    if meant.operation == "batch":
        return {"BatchItemResponse": batch.run(company, _object(call), call.query.get("requestid"), write, count_item)}
    if meant.kind is None:
        if meant.operation == "method":
            raise unsupported(meant.name, status=405)
        whole = WHOLE.get(meant.operation)
        if whole is None:
            raise unsupported(meant.name)
        return whole(company, call, meant, write)
    if meant.operation == "read":
        return _read(company, call, meant.kind, meant.object_id)
    if meant.operation == "send":
        sent = forms.send(company, meant.kind, meant.object_id or "", call.query.get("sendTo", ""), write)
        return {meant.kind.shown: sent}
    return _change(company, call, meant.kind, meant.operation, write)


def _query(company: Company, call: Call, _: Route, __: Write) -> Fields:
    statement = call.query.get("query") or call.body.decode("utf-8", "replace")
    found = query.run(company, statement)
    if "invoicelink" in _included(call) and "Invoice" in found:
        found["Invoice"] = [
            {**one, "InvoiceLink": forms.invoice_link(call.host, company, one["Id"])} for one in found["Invoice"]
        ]
    return {"QueryResponse": found}


def _cdc(company: Company, call: Call, _: Route, write: Write) -> Fields:
    entities = call.query.get("entities", "")
    if not entities:
        raise missing("entities")
    return {"CDCResponse": cdc.changes_since(company, entities, call.query.get("changedSince", ""), write.moment)}


def _report(company: Company, call: Call, meant: Route, write: Write) -> Fields:
    return reports.run(company, meant.name, call.query, write)


def _upload(company: Company, call: Call, _: Route, write: Write) -> Fields:
    return upload.upload(company, call, write)


def _taxes(company: Company, call: Call, _: Route, write: Write) -> Fields:
    return taxes.make_tax_code(company, _object(call), write)


WHOLE: dict[str, Callable[[Company, Call, Route, Write], Fields]] = {
    "query": _query,
    "cdc": _cdc,
    "report": _report,
    "upload": _upload,
    "taxes": _taxes,
}
"""Calls that are about no single object."""


def _read(company: Company, call: Call, kind: Kind, object_id: str | None) -> Fields:
    if kind.name in SINGLE:
        object_id = "1"
    if kind.name == "ExchangeRate":
        object_id = object_id or call.query.get("sourcecurrencycode", "").upper()
    found = company.find(kind.name, object_id)
    if found is None and kind.name == "Transfer":
        paid = company.find("CreditCardPayment", object_id)
        found = as_transfer(paid) if paid is not None else None
    if found is None:
        raise not_found("transaction" if kind.document else kind.name.lower())
    shown = kind.view(company, found)
    if kind.name == "Invoice" and "invoicelink" in _included(call):
        shown = {**shown, "InvoiceLink": forms.invoice_link(call.host, company, found["Id"])}
    return {kind.shown: shown}


def _change(company: Company, call: Call, kind: Kind, operation: str, write: Write) -> Fields:
    sent = _meant_for(company, kind, _object(call))
    write = write._replace(allow_duplicate_numbers="allowduplicatedocnum" in _included(call))
    if kind.name == "ExchangeRate" and company.find(kind.name, sent["Id"]) is None:
        operation = "create"
    do = {"create": changes.create, "update": changes.update, "void": changes.void}

    def execute() -> Fields:
        if operation == "delete":
            stub = changes.delete(company, kind, sent, write)
            return {kind.shown: {RECURRING.template_of(sent): stub} if kind is RECURRING else stub}
        return {kind.shown: kind.view(company, do[operation](company, kind, sent, write))}

    return replay.once(company, call.query.get("requestid"), execute)


def _meant_for(company: Company, kind: Kind, sent: Fields) -> Fields:
    """What was sent, with id and version where clients do not write them at the top."""
    if kind is RECURRING:
        return RECURRING.lifted(sent)
    if kind.name == "ExchangeRate":
        code = currency_of(sent)
        held = company.find(kind.name, code)
        return {**sent, "SourceCurrencyCode": code, "Id": code, "SyncToken": (held or {}).get("SyncToken", "0")}
    if kind.name in SINGLE:
        return {**sent, "Id": "1"}
    return sent


def _names_an_object(call: Call, kind: Kind) -> bool:
    """Whether a POST changes something that exists: its body names an Id, or its kind has no others."""
    if kind.name in (*SINGLE, "ExchangeRate"):
        return True
    try:
        sent = decode(call.body)
        if kind is RECURRING:
            sent = RECURRING.lifted(sent)
    except Refused:
        return False
    return isinstance(sent, dict) and text(sent.get("Id")) is not None


def _included(call: Call) -> list[str]:
    return call.query.get("include", "").casefold().split(",")


def _object(call: Call) -> Fields:
    sent = decode(call.body)
    if not isinstance(sent, dict):
        raise unreadable("The body must be a JSON object.")
    return sent
