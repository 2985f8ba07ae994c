"""Faults on demand: what goes wrong with which call, by a plan or by chance from a seed.

A fault strikes calls whose label fits its pattern ("batch", "create:*", "oauth:token", "*"). It strikes before the call
is executed or, with `after`, when everything is committed and only the answer suffers: the difference between a call
that may be sent again and one that must not. All that struck is written down.
"""

import random
from collections.abc import Callable
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Literal, NamedTuple, get_args

import msgspec

from hhs_sync.quickbooks.simulator.calls import Call, Mishap, Reply
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.hand import close_books, hand_delete, hand_edit
from hhs_sync.quickbooks.simulator.kind import Write
from hhs_sync.quickbooks.simulator.refusal import Refused
from hhs_sync.quickbooks.simulator.wire import Fields, decode, encode

What = Literal[
    "throttle_json",
    "throttle_xml",
    "throttle_lower",
    "throttle_403",
    "throttle_item",
    "server_error",
    "unavailable",
    "unauthorised",
    "unexpected",
    "hang",
    "reset",
    "truncate",
    "slow",
    "token_lost",
    "hand_edit",
    "hand_delete",
    "books_closed",
    "no_access",
    "subscription_ended",
    "company_reset",
]
"""throttle_item: the last item of a batch is throttled inside a 200. unexpected: 6000 "please wait a few minutes".
reset: the connection breaks. truncate: half the answer, then the connection ends. token_lost: the refresh token is
rotated and nobody hears of it. hand_*: a person changes or deletes a document just before the call. The last three say
that this realm is over for now: 120 (no longer admin), 6190 (subscription), 10200 (company was reset)."""

WHATS: tuple[What, ...] = get_args(What)

LASTING: tuple[What, ...] = ("no_access", "subscription_ended", "company_reset")
PASSING: tuple[What, ...] = tuple(what for what in WHATS if what not in LASTING)
"""What chance draws from unless told otherwise: faults after which it makes sense to go on."""

EDITED_KINDS = ("Invoice", "CreditMemo", "Payment", "SalesReceipt", "JournalEntry", "Deposit")
"""What a person lays hands on when the fault does not say."""

ALWAYS_AFTER = ("truncate", "slow", "token_lost")
"""These only make sense once the call was executed."""


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that is to go wrong."""

    what: What
    on: str = "*"
    """Pattern of the labels of the calls it strikes."""
    skip: int = 0
    """How many fitting calls pass unharmed first."""
    times: int = 1
    """How many fitting calls it strikes then."""
    after: bool = False
    """Whether the call is executed before it suffers."""
    seconds: float = 0.0
    """How long a slow answer takes, or a hang lasts (0: as long as the settings say)."""
    kind: str = ""
    id: str = ""
    set: dict[str, Any] = {}
    """For hand edits: which object, and what is written on it. By default the newest document, and a new note."""
    until: str = ""
    """For closed books: the closing date; today by default."""


class Seed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Faults by chance: each fitting call is struck with a probability of `rate`."""

    seed: int
    rate: float = 0.1
    on: str = "*"
    whats: tuple[What, ...] = PASSING
    most: int = 1_000_000
    """After so many strikes there is peace."""


class Struck(NamedTuple):
    """A fault that came to pass."""

    at: datetime
    call: int
    """Which call since the start it was."""
    label: str
    what: What
    after: bool


class Faults:
    """What is still planned, and what has struck."""

    def __init__(self) -> None:
        self.planned: list[tuple[Fault, int, int]] = []
        """Each with the calls still to skip and the strikes still to come."""
        self.seeded: Seed | None = None
        self.struck: list[Struck] = []
        self._chance = random.Random(0)  # noqa: S311  Faults must repeat from a seed.
        self._strikes_left = 0
        self._calls = 0

    def plan(self, *faults: Fault) -> None:
        """Let these go wrong, each on its own count of fitting calls."""
        self.planned += [(fault, fault.skip, fault.times) for fault in faults]

    def seed(self, seed: Seed) -> None:
        """Let chance decide, the same way each time from the same seed."""
        self.seeded = seed
        self._chance = random.Random(seed.seed)  # noqa: S311  As above.
        self._strikes_left = seed.most

    def clear(self) -> None:
        """Let nothing go wrong any more; what has struck stays written down."""
        self.planned.clear()
        self.seeded = None

    def draw(self, label: str, now: datetime) -> Fault | None:
        """What strikes this call, if anything."""
        self._calls += 1
        fault = self._from_plan(label) or self._from_seed(label)
        if fault is not None:
            after = fault.after or fault.what in ALWAYS_AFTER
            self.struck.append(Struck(now, self._calls, label, fault.what, after))
        return fault

    def _from_plan(self, label: str) -> Fault | None:
        drawn = None
        kept = []
        for fault, skip, times in self.planned:
            if drawn is None and fnmatchcase(label, fault.on):
                if skip:
                    kept.append((fault, skip - 1, times))
                    continue
                drawn = fault
                if times > 1:
                    kept.append((fault, 0, times - 1))
                continue
            kept.append((fault, skip, times))
        self.planned = kept
        return drawn

    def _from_seed(self, label: str) -> Fault | None:
        seed = self.seeded
        if seed is None or self._strikes_left <= 0 or not fnmatchcase(label, seed.on):
            return None
        if self._chance.random() >= seed.rate:
            return None
        whats = [what for what in seed.whats if fits(what, label)]
        if not whats:
            return None
        self._strikes_left -= 1
        return Fault(what=self._chance.choice(whats), after=self._chance.random() < 0.5, seconds=0.2)


def fits(what: What, label: str) -> bool:
    """Whether a fault can happen to a call at all."""
    if label.startswith("oauth"):
        return what in ("server_error", "unavailable", "reset", "hang", "slow", "truncate", "token_lost")
    if what == "token_lost":
        return False
    if what == "throttle_item":
        return label == "batch"
    return True


def interfere(fault: Fault, company: Company | None, write: Write) -> None:
    """What a person does just before the call; nothing if the document is locked or gone by now."""
    if company is None:
        return
    try:
        if fault.what == "books_closed":
            close_books(company, fault.until or write.today.isoformat(), write)
            return
        found = _touched(company, fault)
        if found is None:
            return
        if fault.what == "hand_edit":
            hand_edit(company, *found, fault.set or {"PrivateNote": "changed by hand"}, write)
        elif fault.what == "hand_delete":
            hand_delete(company, *found, write)
    except Refused:
        return


def instead(fault: Fault, replies: "Replies") -> Reply | None:
    """The reply that takes the place of the proper one, None for faults that leave it in place."""
    make = INSTEAD.get(fault.what)
    return make(fault, replies) if make is not None else None


def spoiled(fault: Fault, reply: Reply, replies: "Replies") -> Reply:
    """What becomes of the proper reply on its way back."""
    if fault.what == "truncate":
        return msgspec.structs.replace(reply, mishap=Mishap(what="truncate"))
    if fault.what == "slow":
        return msgspec.structs.replace(reply, delay_seconds=fault.seconds)
    if fault.what == "token_lost":
        return msgspec.structs.replace(reply, mishap=Mishap(what="reset"))
    return instead(fault, replies) or reply


class Replies(NamedTuple):
    """The replies that only the simulator as a whole can make."""

    throttled: Callable[[str, int], Reply]
    unauthorised: Callable[[], Reply]
    refused: Callable[[Refused], Reply]
    hang_seconds: float


def _server_error(_: Fault, replies: Replies) -> Reply:
    return replies.refused(
        Refused(
            "10000",
            "An application error has occurred while processing your request",
            "System Failure Error: Internal error",
            status=500,
            fault_type="SystemFault",
        )
    )


def _unavailable(_: Fault, __: Replies) -> Reply:
    page = b"<html><head><title>503 Service Temporarily Unavailable</title></head><body>503</body></html>"
    return Reply(status=503, body=page, content_type="text/html")


def _unexpected(_: Fault, replies: Replies) -> Reply:
    return replies.refused(
        Refused(
            "6000",
            "A business validation error has occurred while processing your request",
            "Business Validation Error: An unexpected error occurred while accessing or saving your data. "
            "Please wait a few minutes and try again. If the problem persists, contact customer support.",
        )
    )


def _realm_over(code: str, message: str, status: int) -> Callable[[Fault, Replies], Reply]:
    kind = "AuthenticationFault" if status == 401 else "ValidationFault"
    refused = Refused(code, message, message, status=status, fault_type=kind)
    return lambda _, replies: replies.refused(refused)


INSTEAD: dict[What, Callable[[Fault, Replies], Reply]] = {
    "throttle_json": lambda _, replies: replies.throttled("json", 429),
    "throttle_xml": lambda _, replies: replies.throttled("xml", 429),
    "throttle_lower": lambda _, replies: replies.throttled("lower", 429),
    "throttle_403": lambda _, replies: replies.throttled("json", 403),
    "server_error": _server_error,
    "unavailable": _unavailable,
    "unauthorised": lambda _, replies: replies.unauthorised(),
    "unexpected": _unexpected,
    "hang": lambda fault, replies: Reply(mishap=Mishap(what="hang", seconds=fault.seconds or replies.hang_seconds)),
    "reset": lambda _, __: Reply(mishap=Mishap(what="reset")),
    "no_access": _realm_over("120", "Authorization Failure : the user is no longer an administrator", 401),
    "subscription_ended": _realm_over("6190", "Invalid Company Status : Subscription has ended or canceled", 400),
    "company_reset": _realm_over("10200", "The company was reset: please synchronise anew", 400),
}


def _touched(company: Company, fault: Fault) -> tuple[str, str] | None:
    if fault.id:
        return (fault.kind, fault.id)
    kinds = (fault.kind,) if fault.kind else EDITED_KINDS
    newest = [(int(object_id), kind) for kind in kinds for object_id in list(company.tables[kind])[-1:]]
    if not newest:
        return None
    object_id, kind = max(newest)
    return kind, str(object_id)


def with_item_throttled(fault: Fault, call: Call, answer: Callable[[Call], Reply]) -> Reply:
    """The answer to a batch whose last item is throttled: executed for nothing, or (without `after`) left out."""
    sent = decode(call.body)
    items = sent.get("BatchItemRequest") if isinstance(sent, dict) else None
    if not isinstance(items, list) or not items:
        return answer(call)
    if fault.after:
        reply = answer(call)
    elif len(items) == 1:
        reply = Reply(body=encode({"BatchItemResponse": []}))
    else:
        reply = answer(call._replace(body=encode({**sent, "BatchItemRequest": items[:-1]})))
    answered: Fields = decode(reply.body)
    if "BatchItemResponse" not in answered:
        return reply
    answered["BatchItemResponse"] = answered["BatchItemResponse"][: len(items) - 1]
    error = {
        "Message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "Detail": "The request limit was reached.  Try again later",
        "code": "3001",
    }
    answered["BatchItemResponse"].append(
        {"Fault": {"Error": [error], "type": "SERVICE"}, "bId": items[-1].get("bId", "")}
    )
    return msgspec.structs.replace(reply, body=encode(answered))
