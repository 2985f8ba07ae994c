"""Webhooks: what changed, told to an address as soon as it has, signed, in either of two formats.

An event says which object of which company changed, never how. A receiver that does not answer 200 within three
seconds is tried again after 10, 20 and 30 seconds, 5 and 20 minutes, 2, 4 and 6 hours and then every 6 hours, on the
simulator's clock; what comes later waits behind what fails.
"""

import base64
import hashlib
import hmac
import threading
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import requests

from hhs_sync.quickbooks.simulator.clock import Clock, stamp
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.settings import SimulatorSettings

ANSWER_SECONDS_MAX = 3.0
PAUSES_SECONDS = (10, 20, 30, 300, 1200, 7200, 14400, 21600)
LOOK_SECONDS = 0.05
"""How often, by the machine's clock, the simulator looks whether something is due."""

PAST = {"Create": "created", "Update": "updated", "Delete": "deleted", "Void": "voided", "Emailed": "emailed"}
UNTOLD = ("Preferences", "CompanyInfo", "Attachable", "RecurringTransaction", "ExchangeRate", "TaxCode", "TaxRate")
"""Kinds that QuickBooks sends no events about."""


class Event(NamedTuple):
    """One change of one object."""

    realm: str
    kind: str
    object_id: str
    operation: str
    at: datetime
    number: int


class Delivery(msgspec.Struct, kw_only=True):
    """A body on its way to the receiver."""

    body: bytes
    signature: str
    due: datetime
    tries: int = 0
    status: int = 0


class Webhooks:
    """Turns changes into deliveries, and delivers them from a thread of its own."""

    def __init__(self, settings: SimulatorSettings, clock: Clock) -> None:
        self.url = settings.webhook_url
        self.format: str = settings.webhook_format
        self.verifier_token = settings.webhook_verifier_token
        self.delivered: list[Delivery] = []
        self._clock = clock
        self._gather = timedelta(seconds=settings.webhook_gather_seconds)
        self._gathered: list[Event] = []
        self._gathering = threading.Lock()
        self.waiting: deque[Delivery] = deque()
        """What is still to be delivered, in order; the first of it may have failed already."""
        self._numbered = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def take(self, companies: Iterable[Company]) -> None:
        """Take the events of a call off the companies: each company's are a delivery, unless they are gathered."""
        for company in companies:
            events = self._events(company)
            if not self.url or not events:
                continue
            if self._gather:
                with self._gathering:
                    self._gathered += events
                self._start()
            else:
                self.send(self.written(events))

    def written(self, events: list[Event]) -> bytes:
        """The body that tells of these events, in the format in force; companies may be mixed."""
        return msgspec.json.encode(cloud_events(events) if self.format == "cloudevents" else classic(events))

    def send(self, body: bytes) -> None:
        """Queue a body; used by tests also to repeat or reorder what was sent."""
        self.waiting.append(Delivery(body=body, signature=sign(body, self.verifier_token), due=self._clock.now()))
        self._start()

    def stop(self) -> None:
        """Deliver nothing more."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(ANSWER_SECONDS_MAX + 1)

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="quickbooks-webhooks", daemon=True)
            self._thread.start()

    def _events(self, company: Company) -> list[Event]:
        seen = dict.fromkeys(event for event in company.events if event[0] not in UNTOLD)
        company.events.clear()
        found = []
        for kind, object_id, operation, moment in seen:
            self._numbered += 1
            found.append(Event(company.realm, kind, object_id, operation, moment, self._numbered))
        return found

    def _work(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            with self._gathering:
                if self._gathered and self._clock.now() >= self._gathered[0].at + self._gather:
                    self.send(self.written(self._gathered))
                    self._gathered = []
            while self.waiting and not self._stopping.is_set() and self._clock.now() >= self.waiting[0].due:
                if not self._deliver(self.waiting[0]):
                    break
                self.delivered.append(self.waiting.popleft())

    def _deliver(self, delivery: Delivery) -> bool:
        assert self.url is not None
        headers = {"Content-Type": "application/json", "intuit-signature": delivery.signature}
        try:
            answer = requests.post(self.url, data=delivery.body, headers=headers, timeout=ANSWER_SECONDS_MAX)
            delivery.status = answer.status_code
        except requests.RequestException:
            delivery.status = 0
        delivery.tries += 1
        if delivery.status == 200:
            return True
        pause = PAUSES_SECONDS[min(delivery.tries, len(PAUSES_SECONDS)) - 1]
        delivery.due = self._clock.now() + timedelta(seconds=pause)
        return False


def cloud_events(events: list[Event]) -> list[dict[str, Any]]:
    """The format in force since 2026: an array of CloudEvents."""
    return [
        {
            "specversion": "1.0",
            "id": hashlib.sha256(f"{event.realm} {event.number}".encode()).hexdigest()[:32],
            "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
            "type": f"qbo.{event.kind.lower()}.{PAST[event.operation]}.v1",
            "datacontenttype": "application/json",
            "time": stamp(event.at),
            "intuitentityid": event.object_id,
            "intuitaccountid": event.realm,
            "data": {},
        }
        for event in events
    ]


def classic(events: list[Event]) -> dict[str, Any]:
    """The format before: notifications by company, each with its entities."""
    by_realm: dict[str, list[dict[str, str]]] = {}
    for event in events:
        entity = {
            "name": event.kind,
            "id": event.object_id,
            "operation": event.operation,
            "lastUpdated": stamp(event.at),
        }
        by_realm.setdefault(event.realm, []).append(entity)
    return {
        "eventNotifications": [
            {"realmId": realm, "dataChangeEvent": {"entities": entities}} for realm, entities in by_realm.items()
        ]
    }


def sign(body: bytes, verifier_token: str) -> str:
    """The intuit-signature of a body."""
    return base64.b64encode(hmac.new(verifier_token.encode(), body, hashlib.sha256).digest()).decode()
