"""The addresses under /v3/company/{realm}: which of them a call means, and what answers it."""

from collections.abc import Callable
from typing import NamedTuple

from hhs_sync.quickbooks.simulator import batch, cdc, changes, query, replay, reports
from hhs_sync.quickbooks.simulator.calls import Call
from hhs_sync.quickbooks.simulator.clock import answer_stamp
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Kind, Write
from hhs_sync.quickbooks.simulator.kinds import BY_FOLDED_NAME
from hhs_sync.quickbooks.simulator.refusal import Refused, missing, not_found, unsupported
from hhs_sync.quickbooks.simulator.wire import Fields, decode, text


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
    if first in ("query", "batch", "cdc"):
        return Route(first, first)
    if first == "reports":
        name = parts[1] if len(parts) > 1 else ""
        return Route(f"report:{name}", "report", name=name)
    kind = BY_FOLDED_NAME.get(first)
    if kind is None:
        return Route(f"unknown:{first}", "unknown", name=first)
    object_id = parts[1] if len(parts) > 1 else None
    if call.method == "GET":
        return Route(f"read:{kind.name}", "read", kind, object_id)
    asked = call.query.get("operation", "").casefold()
    included = call.query.get("include", "").casefold()
    if asked == "void" or "void" in included.split(","):
        return Route(f"void:{kind.name}", "void", kind)
    if asked == "delete":
        return Route(f"delete:{kind.name}", "delete", kind)
    if asked == "update":
        return Route(f"update:{kind.name}", "update", kind)
    return Route(f"create:{kind.name}", "save", kind)


def answer(company: Company, call: Call, meant: Route, write: Write, count_item: Callable[[str], None]) -> Fields:
    """Executes a call; returns the answer without its time stamp."""
    if meant.operation == "query":
        statement = call.query.get("query") if call.method == "GET" else call.body.decode("utf-8", "replace")
        if not statement:
            raise missing("query")
        return {"QueryResponse": query.run(company, statement)}
    if meant.operation == "cdc":
        entities = call.query.get("entities", "")
        if not entities:
            raise missing("entities")
        return {"CDCResponse": cdc.changes_since(company, entities, call.query.get("changedSince", ""), write.moment)}
    if meant.operation == "report":
        return reports.run(company, meant.name, call.query, write)
    if meant.operation == "batch":
        items = batch.run(company, _object(call), call.query.get("requestid"), write, count_item)
        return {"BatchItemResponse": items}
    if meant.operation == "read":
        return _read(company, meant)
    if meant.kind is None:
        raise unsupported(meant.name)
    return _change(company, call, meant.kind, meant.operation, write)


def envelope(answered: Fields, write: Write) -> Fields:
    """The answer with its time, as the wire shows it."""
    if "Header" in answered and "Columns" in answered:
        return answered
    return {**answered, "time": answer_stamp(write.moment)}


def is_update(call: Call) -> bool:
    """Whether a POST without an operation changes something that exists: its body names an Id."""
    try:
        sent = decode(call.body)
    except Refused:
        return False
    return isinstance(sent, dict) and text(sent.get("Id")) is not None


def _read(company: Company, meant: Route) -> Fields:
    assert meant.kind is not None
    object_id = "1" if meant.kind.name in ("Preferences", "CompanyInfo") else meant.object_id
    found = company.find(meant.kind.name, object_id)
    if found is None:
        raise not_found("transaction" if meant.kind.document else meant.kind.name.lower())
    return {meant.kind.name: meant.kind.view(company, found)}


def _change(company: Company, call: Call, kind: Kind, operation: str, write: Write) -> Fields:
    sent = _object(call)
    included = call.query.get("include", "").casefold().split(",")
    write = write._replace(allow_duplicate_numbers="allowduplicatedocnum" in included)
    if operation == "save":
        existing = text(sent.get("Id")) is not None or kind.name in ("Preferences", "CompanyInfo")
        operation = "update" if existing else "create"

    def execute() -> Fields:
        if operation == "delete":
            return {kind.name: changes.delete(company, kind, sent, write)}
        do = {"create": changes.create, "update": changes.update, "void": changes.void}[operation]
        return {kind.name: kind.view(company, do(company, kind, sent, write))}

    _, answered = replay.once(company, call.query.get("requestid"), execute)
    if "Fault" in answered:
        error = answered["Fault"]["Error"][0]
        raise Refused(error["code"], error["Message"], error["Detail"], element=error.get("element", ""))
    return answered


def _object(call: Call) -> Fields:
    sent = decode(call.body)
    if not isinstance(sent, dict):
        raise Refused("2010", "Request has invalid or unsupported property", "The body must be a JSON object.")
    return sent
