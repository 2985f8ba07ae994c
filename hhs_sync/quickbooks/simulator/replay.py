"""requestid: a write that was answered once gets the same answer again and is not executed twice.

Ids are remembered per company without end; inside a batch each item's id is the requestid and the bId joined, at most
50 characters. Sources disagree whether QuickBooks keeps to this, so the setting `request_ids` can switch it off or let
a repeat be refused (600), and `replay_refusals` says whether refused requests are remembered too.
"""

from collections.abc import Callable

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.refusal import Refused, business_rule
from hhs_sync.quickbooks.simulator.wire import Fields, decode, encode

LENGTH_MAX = 50


def once(company: Company, request_id: str | None, execute: Callable[[], Fields]) -> Fields:
    """The answer to a write, executed unless its requestid was answered before. Raises Refused as the write would."""
    if not request_id:
        return execute()
    if len(request_id) > LENGTH_MAX:
        raise business_rule(f"You cannot enter more than {LENGTH_MAX} characters in the request_id field")
    how = company.settings.request_ids
    if how == "ignored":
        return execute()
    before = company.remembered.get(request_id)
    if before is not None:
        if how == "error":
            raise Refused("600", "Duplicate Request ID", f"Duplicate Request ID : {request_id} was used before.")
        return _again(*before)
    try:
        answer = execute()
    except Refused as refused:
        if company.settings.replay_refusals:
            _remember(company, request_id, refused.status, {"Fault": refused.fault()})
        raise
    _remember(company, request_id, 200, answer)
    return answer


def _again(status: int, body: bytes) -> Fields:
    """The first answer once more, be it a refusal."""
    answer: Fields = decode(body)
    if "Fault" in answer:
        error = answer["Fault"]["Error"][0]
        raise Refused(
            error["code"],
            error["Message"],
            error["Detail"],
            element=error.get("element", ""),
            status=status,
            fault_type=answer["Fault"]["type"],
        )
    return answer


def _remember(company: Company, request_id: str, status: int, answer: Fields) -> None:
    company.remembered[request_id] = (status, encode(answer))
    company.unsaved_requests.add(request_id)
