"""The simulator as a whole: companies, keys, clock, counters, limits and faults, and a call's way through them.

Nothing here knows HTTP beyond a `Call` and a `Reply`; `app.py` puts both on the wire. All calls pass one lock, so that
a test may look at or change a company from another thread.
"""

import threading
from collections.abc import Callable

from hhs_sync.quickbooks.simulator import api, consent, identity, oauth, xml
from hhs_sync.quickbooks.simulator.calls import JSON, Call, CallCounts, Received, Reply
from hhs_sync.quickbooks.simulator.clock import Clock, DrivenClock, WallClock, answer_stamp
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.faults import Faults, Replies, instead, interfere, spoiled, with_item_throttled
from hhs_sync.quickbooks.simulator.kind import Write
from hhs_sync.quickbooks.simulator.limits import WAIT_SECONDS, Limits
from hhs_sync.quickbooks.simulator.opening import open_company
from hhs_sync.quickbooks.simulator.refusal import Refused
from hhs_sync.quickbooks.simulator.settings import SimulatorSettings
from hhs_sync.quickbooks.simulator.storage import StateFile
from hhs_sync.quickbooks.simulator.webhooks import Webhooks
from hhs_sync.quickbooks.simulator.wire import encode


class Simulator:
    """Everything that lives as long as the simulator runs."""

    def __init__(self, settings: SimulatorSettings | None = None, clock: Clock | None = None) -> None:
        self.settings = settings or SimulatorSettings()
        self.clock = clock or _clock_of(self.settings)
        self.lock = threading.RLock()
        self.companies: dict[str, Company] = {}
        self.calls = CallCounts()
        self.limits = Limits()
        self.faults = Faults()
        self.received: list[Received] = []
        self.answered = 0
        self.failures: list[Exception] = []
        """The simulator's own bugs, as they came up: a test may want none."""
        self.webhooks = Webhooks(self.settings, self.clock)
        self.file = StateFile(self.settings.state_file) if self.settings.state_file is not None else None
        now = self.clock.now()
        kept = self.file.keys() if self.file is not None else None
        self.keys = kept or oauth.first_keys(self.settings, now)
        if self.file is not None:
            self.companies = self.file.companies(self.settings)
        for realm in self.settings.realms:
            if realm not in self.companies:
                self.companies[realm] = open_company(realm, self.settings, now)
        self.save()

    def save(self) -> None:
        """Put what has changed into the state file, if there is one, and tell the receiver of webhooks."""
        self.webhooks.take(self.companies.values())
        if self.file is not None:
            self.file.save(self.companies, self.keys)

    def close(self) -> None:
        """Stop webhooks and let go of the state file."""
        self.webhooks.stop()
        with self.lock:
            if self.file is not None:
                self.save()
                self.file.close()
                self.file = None

    def handle(self, call: Call) -> Reply:
        """The reply to a call, whatever the call is."""
        with self.lock:
            self.answered += 1
            reply = self._route(call)
            self.save()
            headers = (("intuit_tid", self._trace()), *reply.headers)
            return Reply(
                status=reply.status,
                body=reply.body,
                content_type=reply.content_type,
                headers=headers,
                delay_seconds=reply.delay_seconds,
                mishap=reply.mishap,
            )

    def write(self) -> Write:
        """The circumstances of a change that is made now."""
        return Write(self.clock.now())

    def _route(self, call: Call) -> Reply:
        now = self.clock.now()
        path = call.path.rstrip("/")
        if path in ("/.well-known/openid_configuration", "/.well-known/openid_sandbox_configuration"):
            return self._counted(call, "oauth:discovery", lambda: oauth.discovery(call.host))
        if path == "/oauth2/v1/tokens/bearer":
            return self._counted(call, "oauth:token", lambda: oauth.token(self.keys, self.settings, call, now))
        if path in ("/oauth2/v1/tokens/revoke", "/v2/oauth2/tokens/revoke"):
            return self._counted(call, "oauth:revoke", lambda: oauth.revoke(self.keys, self.settings, call, now))
        if path == "/connect/oauth2":
            return self._counted(call, "oauth:consent", lambda: self._consent(call))
        if path == "/v1/openid_connect/userinfo":
            return self._counted(call, "oauth:user", lambda: consent.user_info(self.settings, self.keys, call, now))
        if path == "/op/v1/jwks":
            return self._counted(call, "oauth:keys", identity.public_keys)
        parts = path.split("/")
        if len(parts) >= 5 and parts[1] == "v3" and parts[2] == "company":
            return self._company_call(call, parts[3], parts[4:])
        return Reply(status=404, body=encode({"error": "not found"}))

    def _counted(self, call: Call, label: str, answer: Callable[[], Reply]) -> Reply:
        self._record(call, label)
        return self._under_faults(call, label, None, lambda _: answer())

    def _under_faults(self, call: Call, label: str, company: Company | None, answer: Callable[[Call], Reply]) -> Reply:
        """The proper reply, or what a fault makes of it."""
        fault = self.faults.draw(label, self.clock.now())
        if fault is None:
            return answer(call)
        if fault.what == "throttle_item":
            return with_item_throttled(fault, call, answer)
        replies = Replies(self.throttled, self.unauthorised, self.refused, self.settings.hang_seconds)
        interfere(fault, company, self.write())
        if not fault.after:
            reply = instead(fault, replies)
            if reply is not None:
                return reply
        return spoiled(fault, answer(call), replies)

    def _consent(self, call: Call) -> Reply:
        if call.method == "POST":
            return consent.answered(self.settings, self.keys, self.companies, call, self.clock.now())
        return consent.page(self.settings, self.companies, call)

    def _company_call(self, call: Call, realm: str, parts: list[str]) -> Reply:
        read = xml.as_json(call)
        meant = api.route(read, parts)
        self._record(call, meant.label)
        self.calls.by_realm[realm] += 1
        company = self.companies.get(realm)
        reply = self._under_faults(read, meant.label, company, lambda one: self._admitted(company, realm, one, meant))
        return xml.as_asked(call, reply)

    def _admitted(self, company: Company | None, realm: str, call: Call, meant: api.Route) -> Reply:
        """The reply behind the doors of keys and limits."""
        now = self.clock.now()
        token = oauth.bearer(self.keys, call, now)
        if token is None:
            return self.unauthorised()
        if company is None or token.realm != realm:
            return self.refused(
                Refused(
                    "3100",
                    "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
                    "The application is not authorised for this company.",
                    status=403,
                    fault_type="AuthorizationFault",
                )
            )
        if self.settings.limits and not self.limits.passes(realm, batch=meant.operation == "batch", now=now):
            return self.throttled()
        return self._execute(company, call, meant)

    def _execute(self, company: Company, call: Call, meant: api.Route) -> Reply:
        write = self.write()
        try:
            return api.answer(company, call, meant, write, self._count_item)
        except Refused as refused:
            company.unseen.clear()
            self.calls.refused += 1
            return self.refused(refused)

    def unauthorised(self) -> Reply:
        """401 as recorded: lower-case fault."""
        milliseconds = int(self.clock.now().timestamp() * 1000)
        body = {
            "warnings": None,
            "intuitObject": None,
            "fault": {
                "error": [
                    {
                        "message": "message=AuthenticationFailed; errorCode=003200; statusCode=401",
                        "detail": "Token expired or invalid",
                        "code": "3200",
                        "element": None,
                    }
                ],
                "type": "AUTHENTICATION",
            },
            "report": None,
            "sparkBatchResponse": None,
            "requestId": None,
            "time": milliseconds,
            "status": None,
        }
        return Reply(status=401, body=encode(body))

    def throttled(self, shape: str = "", status: int = 429) -> Reply:
        """429 in one of the three shapes that were seen."""
        self.calls.throttled += 1
        message = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
        detail = "The request limit was reached.  Try again later"
        headers = (("Retry-After", str(WAIT_SECONDS)),) if self.settings.retry_after else ()
        shape = shape or self.settings.throttle_shape
        if shape == "xml":
            body = (
                '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
                '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" '
                f'time="{answer_stamp(self.clock.now())}"><Fault type="SERVICE"><Error code="3001">'
                f"<Message>{message}</Message><Detail>{detail}</Detail></Error></Fault></IntuitResponse>"
            )
            return Reply(status=status, body=body.encode(), content_type="application/xml", headers=headers)
        if shape == "lower":
            fault = {"error": [{"message": message, "detail": detail, "code": "3001"}], "type": "SERVICE"}
            return Reply(status=status, body=encode({"fault": fault}), headers=headers)
        error = {"Message": message, "Detail": detail, "code": "3001"}
        answered = {"Fault": {"Error": [error], "type": "SERVICE"}, "time": answer_stamp(self.clock.now())}
        return Reply(status=status, body=encode(answered), headers=headers)

    def refused(self, refused: Refused) -> Reply:
        """A Fault with its status and time."""
        body = {"Fault": refused.fault(), "time": answer_stamp(self.clock.now())}
        return Reply(status=refused.status, body=encode(body), content_type=JSON)

    def _record(self, call: Call, label: str) -> None:
        self.calls.by_label[label] += 1
        if self.settings.record_received:
            self.received.append(
                Received(self.clock.now(), call.method, call.target, tuple(call.headers.items()), call.body, label)
            )

    def _count_item(self, label: str) -> None:
        self.calls.batch_items[label] += 1

    def _trace(self) -> str:
        """An intuit_tid: two hexadecimal parts, the first the time, the second a running number."""
        return f"1-{int(self.clock.now().timestamp()):08x}-{self.answered:024x}"


def _clock_of(settings: SimulatorSettings) -> Clock:
    if settings.clock_start is not None and not settings.clock_ticks:
        return DrivenClock(settings.clock_start)
    return WallClock(settings.clock_start)
