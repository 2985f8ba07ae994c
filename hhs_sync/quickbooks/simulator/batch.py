"""Batches: up to 30 operations in one call, executed one after the other, each with an answer of its own.

One refused item leaves the others standing. An item cannot use what an earlier item of the same batch made.
"""

from collections.abc import Callable

from hhs_sync.quickbooks.simulator import changes, query, replay
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Kind, Write
from hhs_sync.quickbooks.simulator.kinds import BY_FOLDED_NAME
from hhs_sync.quickbooks.simulator.refusal import Refused, invalid_choice, misshapen, missing
from hhs_sync.quickbooks.simulator.wire import Fields, text

ITEMS_MAX = 30

OPERATIONS: dict[str, Callable[[Company, Kind, Fields, Write], Fields]] = {
    "create": changes.create,
    "update": changes.update,
    "delete": changes.delete,
    "void": changes.void,
}


def run(
    company: Company, sent: Fields, request_id: str | None, write: Write, count: Callable[[str], None]
) -> list[Fields]:
    """The BatchItemResponse of a batch. `count` is told what each item was, such as "create:Invoice"."""
    items = sent.get("BatchItemRequest")
    if not isinstance(items, list) or not items:
        raise missing("BatchItemRequest")
    if len(items) > ITEMS_MAX:
        raise Refused(
            "1040",
            "Batch size exceeded",
            f"The maximum number of items in a batch is {ITEMS_MAX}, {len(items)} were sent.",
        )
    answers = []
    for item in items:
        if not isinstance(item, dict):
            raise misshapen("BatchItemRequest")
        batch_id = text(item.get("bId")) or ""
        joined = f"{request_id}{batch_id}" if request_id else None
        answers.append({**_answer(company, item, joined, write, count), "bId": batch_id})
    company.unseen.clear()
    return answers


def _answer(
    company: Company, item: Fields, request_id: str | None, write: Write, count: Callable[[str], None]
) -> Fields:
    try:
        statement = item.get("Query")
        if statement is not None:
            count("query")
            return {"QueryResponse": query.run(company, str(statement))}
        operation, kind, sent = _read(item)
        count(f"{operation}:{kind.name}")
        options = str(item.get("optionsData", "")).casefold()
        if options == "void":
            operation = "void"
        circumstances = write._replace(
            allow_duplicate_numbers=write.allow_duplicate_numbers or options == "allowduplicatedocnum"
        )

        def execute() -> Fields:
            made = OPERATIONS[operation](company, kind, sent, circumstances)
            if operation == "create":
                company.unseen.add((kind.name, made["Id"]))
            return {kind.shown: made if operation == "delete" else kind.view(company, made)}

        return replay.once(company, request_id, execute)
    except Refused as refused:
        return {"Fault": refused.fault()}


def _read(item: Fields) -> tuple[str, Kind, Fields]:
    operation = str(item.get("operation", "")).casefold()
    if operation not in OPERATIONS:
        raise invalid_choice("operation", item.get("operation"))
    for name, sent in item.items():
        kind = BY_FOLDED_NAME.get(name.casefold())
        if kind is not None and isinstance(sent, dict):
            return operation, kind, sent
    raise missing("BatchItemRequest entity")
