"""Webhooks: signed, in both formats, tried again, in order."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from hhs_sync.quickbooks.simulator.webhooks import Event, classic, cloud_events, sign
from tests.quickbooks.simulator.caller import Caller
from tests.quickbooks.simulator.conftest import START


class Receiver:
    """Answers as it is told to, and keeps what it got."""

    def __init__(self):
        self.got = []
        self.statuses = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((body, self.headers["intuit-signature"]))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hooks"

    def wait_for(self, count):
        deadline = time.monotonic() + 60
        while len(self.got) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.got) >= count
        return [json.loads(body) for body, _ in self.got]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def test_a_change_is_told_as_a_cloud_event(simulate, receiver, clock):
    caller = simulate(webhook_url=receiver.url)
    customer = caller.customer("A")

    (body,) = receiver.wait_for(1)

    assert [{name: event[name] for name in event if name not in ("id", "source")} for event in body] == [
        {
            "specversion": "1.0",
            "type": "qbo.customer.created.v1",
            "datacontenttype": "application/json",
            "time": "2026-11-21T09:00:00-08:00",
            "intuitentityid": customer["Id"],
            "intuitaccountid": caller.realm,
            "data": {},
        }
    ]


def test_a_payment_tells_of_what_it_paid_too_and_the_old_format_is_still_spoken(simulate, receiver):
    caller = simulate(webhook_url=receiver.url, webhook_format="classic")
    customer = caller.customer("A")
    invoice = caller.sales("Invoice", customer, 1)
    paid = caller.payment(customer, 1, ("Invoice", invoice, 1))
    caller.save("Invoice", {"Id": invoice["Id"], "SyncToken": "0"}, operation="void")

    bodies = receiver.wait_for(4)

    told = [
        [
            (one["name"], one["id"], one["operation"])
            for one in body["eventNotifications"][0]["dataChangeEvent"]["entities"]
        ]
        for body in bodies
    ]
    assert told[2] == [("Payment", paid["Id"], "Create"), ("Invoice", invoice["Id"], "Update")]
    assert ("Invoice", invoice["Id"], "Void") in told[3]
    assert bodies[0]["eventNotifications"][0]["realmId"] == caller.realm


def test_the_library_finds_the_signature_right(simulate, receiver, connect):
    caller = simulate(webhook_url=receiver.url)
    caller.customer("A")
    receiver.wait_for(1)
    body, signature = receiver.got[0]

    client = connect(caller.sim)

    assert client.validate_webhook_signature(body.decode(), signature, "sim-verifier-token") is True
    assert client.validate_webhook_signature(body.decode() + " ", signature, "sim-verifier-token") is False


def test_what_fails_is_tried_again_and_what_is_later_waits(simulate, receiver, clock):
    receiver.statuses = [500, 503]
    caller = simulate(webhook_url=receiver.url)
    first, second = caller.customer("A"), caller.customer("B")
    failed(caller, 1)
    clock.advance(9)
    time.sleep(0.2)
    early = len(receiver.got)
    clock.advance(1)
    failed(caller, 2)
    clock.advance(20)

    bodies = receiver.wait_for(4)

    assert early == 1
    assert [body[0]["intuitentityid"] for body in bodies] == [first["Id"]] * 3 + [second["Id"]]


def failed(caller, tries):
    """Wait until the first delivery has failed so many times."""
    deadline = time.monotonic() + 60
    while caller.sim.state.webhooks.waiting[0].due <= caller.sim.state.clock.now() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert caller.sim.state.webhooks.waiting[0].tries == tries


def test_a_read_and_a_refused_write_tell_nothing_and_preferences_are_nobodys_business(simulate, receiver):
    caller = simulate(webhook_url=receiver.url)
    caller.query("SELECT * FROM Item")
    caller.fault("Invoice", {})
    caller.preferences("AccountingInfoPrefs", BookCloseDate="2020-12-31")
    customer = caller.customer("A")

    assert [body[0]["intuitentityid"] for body in receiver.wait_for(1)] == [customer["Id"]]


def test_a_receiver_can_be_named_later_and_a_delivery_repeated(caller, receiver):
    address = f"{caller.sim.base_url}/simulator/webhooks"
    caller.customer("Before")
    requests.post(address, json={"url": receiver.url, "format": "classic"}, timeout=60)
    caller.customer("After")
    receiver.wait_for(1)
    deadline = time.monotonic() + 60
    while not requests.get(address, timeout=60).json()["delivered"] and time.monotonic() < deadline:
        time.sleep(0.01)
    requests.post(address, json={"again": 0}, timeout=60)

    first, again = receiver.wait_for(2)

    assert first == again
    assert len(first["eventNotifications"][0]["dataChangeEvent"]["entities"]) == 1


def test_events_that_are_gathered_come_in_one_body_whatever_company_they_are_of(simulate, receiver, clock):
    caller = simulate(realms=("1", "2"), webhook_url=receiver.url, webhook_gather_seconds=5)
    other = Caller(caller.sim, "2")
    caller.customer("A")
    other.customer("B")
    assert receiver.got == []
    clock.advance(5)

    (body,) = receiver.wait_for(1)

    assert [(one["intuitaccountid"], one["type"]) for one in body] == [
        ("1", "qbo.customer.created.v1"),
        ("2", "qbo.customer.created.v1"),
    ]


def test_one_body_may_mix_companies_in_either_format():
    events = [Event("1", "Invoice", "7", "Create", START, 1), Event("2", "Payment", "8", "Delete", START, 2)]

    assert [event["intuitaccountid"] for event in cloud_events(events)] == ["1", "2"]
    assert [one["realmId"] for one in classic(events)["eventNotifications"]] == ["1", "2"]
    assert cloud_events(events)[1]["type"] == "qbo.payment.deleted.v1"
    assert sign(b"body", "token") == "TXhyc4rDtoyC4JzLY5dVkqwyeNfi/yKM522AKN6RG1w="
