"""The first page and the addresses under /simulator: what a test or a demo asks of the simulator itself.

GET    /                      the company for a person to look at; ?realm= chooses another
GET    /simulator/calls       how many calls came in, by kind; DELETE starts the count again
GET    /simulator/received    every byte that came in; ?format=json as a list; DELETE forgets them
GET    /simulator/clock       the time; POST {"advance": seconds} moves it
GET    /simulator/realms      the companies; POST {"realm": id} opens another
POST   /simulator/hand        {"realm", "kind", "id"} with "set": {...}, "void": true or "delete": true: a person
                              changes something; without "id" a person enters something new
GET    /simulator/webhooks    what was delivered; POST {"url", "format"} from now on, {"again": n} repeats one
GET    /simulator/files       an uploaded file; GET /simulator/invoice an invoice as its customer would see it
GET    /simulator/faults      what is planned and what was done; POST plans more; DELETE clears the plan
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from hhs_sync.quickbooks.simulator import oauth, overview
from hhs_sync.quickbooks.simulator.calls import Call, CallCounts, Reply
from hhs_sync.quickbooks.simulator.clock import stamp
from hhs_sync.quickbooks.simulator.faults import WHATS, Fault, Seed
from hhs_sync.quickbooks.simulator.hand import hand_create, hand_delete, hand_edit, hand_void
from hhs_sync.quickbooks.simulator.lists.attachable import file_of
from hhs_sync.quickbooks.simulator.opening import open_company
from hhs_sync.quickbooks.simulator.refusal import Refused, not_found
from hhs_sync.quickbooks.simulator.simulator import Simulator
from hhs_sync.quickbooks.simulator.wire import decode, encode

T = TypeVar("T")


class Moved(msgspec.Struct, forbid_unknown_fields=True):
    """By how much the clock is put forward."""

    advance: Annotated[float, msgspec.Meta(ge=0)]


class Opened(msgspec.Struct, forbid_unknown_fields=True):
    """The company that is to be opened."""

    realm: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,20}$")]


class ByHand(msgspec.Struct, forbid_unknown_fields=True):
    """What a person does: to which object, or (without an id) which new one is entered."""

    kind: str
    id: str = ""
    realm: str = ""
    set: dict[str, Any] = {}
    delete: bool = False
    void: bool = False


class Hooked(msgspec.Struct, forbid_unknown_fields=True):
    """Where webhook events go from now on and how, and which delivery is sent once more."""

    url: str | msgspec.UnsetType | None = msgspec.UNSET
    format: Literal["cloudevents", "classic"] | None = None
    again: Annotated[int, msgspec.Meta(ge=0)] | None = None


def answer(simulator: Simulator, call: Call) -> Reply:
    """The reply to a call under /simulator."""
    if call.path == "/":
        return overview.page(simulator, call)
    name = call.path.strip("/").partition("/")[2]
    address = ADDRESSES.get((call.method, name))
    if address is None:
        return Reply(status=404, body=encode({"error": f"there is no {call.method} {call.path}"}))
    try:
        return address(simulator, call)
    except Refused as refused:
        return Reply(status=refused.status, body=encode({"Fault": refused.fault()}))
    except msgspec.ValidationError as error:
        return Reply(status=400, body=encode({"error": str(error)}))


def _calls(simulator: Simulator, call: Call) -> Reply:
    del call
    return Reply(body=encode(simulator.calls.summary()))


def _forget_calls(simulator: Simulator, call: Call) -> Reply:
    simulator.calls = CallCounts()
    return _calls(simulator, call)


def _received(simulator: Simulator, call: Call) -> Reply:
    if call.query.get("format") == "json":
        found = [
            {
                "at": stamp(one.at),
                "method": one.method,
                "target": one.target,
                "headers": [list(pair) for pair in one.headers],
                "body": one.body.decode("utf-8", "replace"),
                "label": one.label,
            }
            for one in simulator.received
        ]
        return Reply(body=encode(found))
    return Reply(body=b"".join(one.raw() for one in simulator.received), content_type="application/octet-stream")


def _forget_received(simulator: Simulator, call: Call) -> Reply:
    del call
    simulator.received.clear()
    return Reply(body=encode({"received": 0}))


def _clock(simulator: Simulator, call: Call) -> Reply:
    del call
    return Reply(body=encode({"now": simulator.clock.now().isoformat()}))


def _advance(simulator: Simulator, call: Call) -> Reply:
    simulator.clock.advance(_asked(call, Moved).advance)
    return _clock(simulator, call)


def _realms(simulator: Simulator, call: Call) -> Reply:
    del call
    found = [
        {
            "realm": realm,
            "refresh_tokens": [text for text, held in simulator.keys.refresh.items() if held.realm == realm],
        }
        for realm in simulator.companies
    ]
    return Reply(body=encode(found))


def _open_realm(simulator: Simulator, call: Call) -> Reply:
    realm = _asked(call, Opened).realm
    if realm not in simulator.companies:
        now = simulator.clock.now()
        simulator.companies[realm] = open_company(realm, simulator.settings, now)
        oauth.add_realm(simulator.keys, simulator.settings, realm, now)
    return _realms(simulator, call)


def _file(simulator: Simulator, call: Call) -> Reply:
    company = simulator.companies.get(call.query.get("realm", ""))
    if company is None:
        raise not_found("attachment")
    held, body = file_of(company, call.query.get("id", ""))
    return Reply(body=body, content_type=held.get("ContentType") or "application/octet-stream")


def _hand(simulator: Simulator, call: Call) -> Reply:
    asked, write = _asked(call, ByHand), simulator.write()
    company = simulator.companies.get(asked.realm or simulator.settings.realms[0])
    if company is None:
        raise not_found("company")
    if not asked.id:
        done = hand_create(company, asked.kind, asked.set, write)
    elif asked.delete:
        done = hand_delete(company, asked.kind, asked.id, write)
    elif asked.void:
        done = hand_void(company, asked.kind, asked.id, write)
    else:
        done = hand_edit(company, asked.kind, asked.id, asked.set, write)
    return Reply(body=encode(done))


def _faults(simulator: Simulator, call: Call) -> Reply:
    del call
    faults = simulator.faults
    return Reply(
        body=encode(
            {
                "planned": [
                    {**msgspec.to_builtins(fault), "skip": skip, "times": times}
                    for fault, skip, times in faults.planned
                ],
                "seeded": msgspec.to_builtins(faults.seeded),
                "struck": [{**one._asdict(), "at": stamp(one.at)} for one in faults.struck],
            }
        )
    )


def _webhooks(simulator: Simulator, call: Call) -> Reply:
    del call
    found = [
        {"body": one.body.decode(), "signature": one.signature, "tries": one.tries, "status": one.status}
        for one in simulator.webhooks.delivered
    ]
    hooks = simulator.webhooks
    return Reply(body=encode({"url": hooks.url, "format": hooks.format, "delivered": found}))


def _set_webhooks(simulator: Simulator, call: Call) -> Reply:
    asked, hooks = _asked(call, Hooked), simulator.webhooks
    if asked.again is not None and asked.again >= len(hooks.delivered):
        raise not_found("delivery")
    if asked.url is not msgspec.UNSET:
        hooks.url = asked.url or None
    hooks.format = asked.format or hooks.format
    if asked.again is not None:
        hooks.send(hooks.delivered[asked.again].body)
    return _webhooks(simulator, call)


def _plan_faults(simulator: Simulator, call: Call) -> Reply:
    """A fault, a list of them, or {"seed": ...}."""
    asked = decode(call.body or b"[]")
    try:
        if isinstance(asked, dict) and "seed" in asked:
            simulator.faults.seed(msgspec.convert(asked, Seed, strict=False))
        else:
            found = asked if isinstance(asked, list) else [asked]
            simulator.faults.plan(*msgspec.convert(found, list[Fault], strict=False))
    except msgspec.ValidationError as error:
        return Reply(status=400, body=encode({"error": str(error), "whats": WHATS}))
    return _faults(simulator, call)


def _clear_faults(simulator: Simulator, call: Call) -> Reply:
    simulator.faults.clear()
    return _faults(simulator, call)


def _asked(call: Call, sort: type[T]) -> T:
    """What a call asks. Raises msgspec.ValidationError for what has another shape."""
    return msgspec.convert(decode(call.body or b"{}"), sort, strict=False)


ADDRESSES: dict[tuple[str, str], Callable[[Simulator, Call], Reply]] = {
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _forget_calls,
    ("GET", "received"): _received,
    ("DELETE", "received"): _forget_received,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _advance,
    ("GET", "realms"): _realms,
    ("POST", "realms"): _open_realm,
    ("POST", "hand"): _hand,
    ("GET", "files"): _file,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _plan_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "invoice"): overview.invoice_page,
    ("GET", "webhooks"): _webhooks,
    ("POST", "webhooks"): _set_webhooks,
}
