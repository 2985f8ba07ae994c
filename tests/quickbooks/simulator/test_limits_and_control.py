"""Limits on a clock that tests drive, the counts of calls, the record of bytes, and the addresses that show them."""

import json

import pytest
import requests

from hhs_sync.quickbooks.simulator import DrivenClock
from hhs_sync.quickbooks.simulator.limits import Limits
from tests.quickbooks.simulator.caller import sales_form
from tests.quickbooks.simulator.conftest import START


class TestLimits:
    def passed(self, seconds, *, batch=False, limits=None):
        """How many of the calls at these moments (seconds from the start) pass."""
        limits = limits or Limits()
        clock = DrivenClock(START)
        count = before = 0
        for second in seconds:
            clock.advance(second - before)
            before = second
            count += limits.passes("1", batch=batch, now=clock.now())
        return count

    def test_ten_a_second(self):
        assert self.passed([0.0] * 11) == 10
        assert self.passed([0.0] * 10 + [0.999, 1.0]) == 11

    def test_five_hundred_a_minute(self):
        even = [place * 0.11 for place in range(501)]

        assert self.passed(even) == 500
        assert self.passed([*even, 60.2]) == 501

    def test_forty_batches_a_minute(self):
        assert self.passed([place * 0.5 for place in range(50)], batch=True) == 40

    def test_a_call_that_is_turned_away_does_not_count(self):
        assert self.passed([0.0] * 100 + [1.0] * 10) == 20

    def test_realms_do_not_hinder_each_other(self):
        limits, clock = Limits(), DrivenClock(START)

        assert all(limits.passes(realm, batch=False, now=clock.now()) for realm in "12" for _ in range(10))

    def test_over_the_wire_the_eleventh_is_throttled(self, simulate, clock):
        caller = simulate(limits=True, retry_after=True)

        answers = [caller.call("GET", "preferences") for _ in range(11)]
        clock.advance(1)

        assert [answer.status_code for answer in answers] == [200] * 10 + [429]
        assert answers[-1].headers["Retry-After"] == "60"
        assert answers[-1].json()["Fault"]["Error"][0]["code"] == "3001"
        assert caller.call("GET", "preferences").status_code == 200

    def test_without_the_option_nobody_is_throttled_and_no_one_is_told_when_to_come_back(self, caller):
        assert {caller.call("GET", "preferences").status_code for _ in range(30)} == {200}


class TestCounts:
    def test_calls_are_counted_by_what_they_are(self, caller):
        customer = caller.customer("A")
        held = caller.sales("Invoice", customer, 1)
        caller.save("Invoice", {**held, "DocNumber": "2"})
        caller.read("Invoice", held["Id"])
        caller.query("SELECT * FROM Invoice")
        caller.call("GET", "reports/TrialBalance")
        caller.call("GET", "cdc", entities="Invoice", changedSince="2026-11-21")
        caller.batch(*[{"operation": "create", "Invoice": sales_form(customer, 1)}] * 2)
        caller.fault("Invoice", {})

        found = requests.get(f"{caller.sim.base_url}/simulator/calls", timeout=60).json()

        assert found["by_kind"] == {
            "batch": 1,
            "cdc": 1,
            "create:Customer": 1,
            "create:Invoice": 2,
            "oauth:token": 1,
            "query": 1,
            "read:Invoice": 1,
            "report:TrialBalance": 1,
            "update:Invoice": 1,
        }
        assert found["batch_items"] == {"create:Invoice": 2}
        assert (found["total"], found["writes"], found["metered_reads"], found["oauth"]) == (10, 5, 4, 1)
        assert found["refused"] == 1

        cleared = requests.delete(f"{caller.sim.base_url}/simulator/calls", timeout=60).json()
        assert cleared["total"] == 0


class TestReceived:
    def test_every_byte_that_came_in_can_be_searched(self, caller):
        caller.customer("Zoë Müller")
        caller.query("SELECT * FROM Customer WHERE DisplayName = 'needle'")
        caller.call("GET", "query", query="select * from item where Name = 'in the address'")
        address = f"{caller.sim.base_url}/simulator/received"

        raw = requests.get(address, timeout=60).content
        listed = requests.get(address, params={"format": "json"}, timeout=60).json()

        assert json.dumps("Zoë Müller").encode() in raw
        assert b"needle" in raw
        assert b"in+the+address" in raw
        assert b"refresh_token=sim-refresh-token" in raw
        assert listed[1]["label"] == "create:Customer"
        assert requests.delete(address, timeout=60).json() == {"received": 0}
        assert caller.sim.state.received == []

    def test_a_client_that_trickles_is_recorded_as_sent(self, caller):
        caller.customer("A")

        one = caller.sim.state.received[-1]

        assert (one.method, json.loads(one.body)) == ("POST", {"DisplayName": "A"})
        assert one.raw().startswith(b"POST /v3/company/9341450000000001/customer?minorversion=75 HTTP/1.1\r\n")

    def test_nothing_is_kept_by_option(self, simulate):
        caller = simulate(record_received=False)
        caller.customer("A")

        assert caller.sim.state.received == []


class TestClockAndRealms:
    def test_the_clock_is_driven_over_http(self, caller, clock):
        address = f"{caller.sim.base_url}/simulator/clock"

        requests.post(address, json={"advance": 90.5}, timeout=60)

        assert requests.get(address, timeout=60).json()["now"] == "2026-11-21T09:01:30.500000-08:00"
        assert clock.now().second == 30

    def test_another_company_can_be_opened(self, caller):
        from tests.quickbooks.simulator.caller import Caller

        address = f"{caller.sim.base_url}/simulator/realms"

        found = requests.post(address, json={"realm": "777"}, timeout=60).json()

        assert found[1] == {"realm": "777", "refresh_tokens": ["sim-refresh-token-777"]}
        assert Caller(caller.sim, "777").customer("A")["Id"] == "1"
        assert requests.post(address, json={"realm": "../etc"}, timeout=60).status_code == 400

    @pytest.mark.parametrize("delete", [False, True])
    def test_a_person_can_be_played_over_http(self, caller, delete):
        held = caller.sales("Invoice", caller.customer("A"), 1)
        asked = {"kind": "Invoice", "id": held["Id"]}
        asked |= {"delete": True} if delete else {"set": {"PrivateNote": "by hand"}}

        answer = requests.post(f"{caller.sim.base_url}/simulator/hand", json=asked, timeout=60)

        assert answer.json().get("status" if delete else "PrivateNote") == ("Deleted" if delete else "by hand")

    def test_a_person_cannot_break_the_books_either(self, caller):
        asked = {"kind": "Invoice", "id": "404"}

        assert requests.post(f"{caller.sim.base_url}/simulator/hand", json=asked, timeout=60).status_code == 400

    def test_a_person_enters_and_voids_over_http(self, caller):
        address = f"{caller.sim.base_url}/simulator/hand"
        body = sales_form(caller.customer("A"), 5)

        made = requests.post(address, json={"kind": "Invoice", "set": body}, timeout=60).json()
        voided = requests.post(address, json={"kind": "Invoice", "id": made["Id"], "void": True}, timeout=60).json()

        assert (made["TotalAmt"], voided["TotalAmt"]) == (5, 0)

    @pytest.mark.parametrize(
        ("path", "asked", "says"),
        [
            ("clock", {"advance": "soon"}, "advance"),
            ("clock", {"advance": -5}, "advance"),
            ("clock", {}, "advance"),
            ("clock", [1], "array"),
            ("realms", {"realm": ""}, "realm"),
            ("hand", {"kind": "Invoice", "id": "3", "voided": True}, "voided"),
            ("hand", {"kind": "Invoice", "id": "3", "realm": "404"}, "company"),
            ("hand", {"kind": "Unicorn", "id": "3"}, "Unicorn"),
            ("webhooks", {"format": "morse"}, "morse"),
            ("webhooks", {"again": 5}, "delivery"),
            ("faults", {"what": "flood"}, "flood"),
            ("faults", {"what": "reset", "om": "batch"}, "om"),
            ("faults", {"seed": "x"}, "seed"),
        ],
    )
    def test_what_is_asked_wrongly_is_said(self, caller, path, asked, says):
        answer = requests.post(f"{caller.sim.base_url}/simulator/{path}", json=asked, timeout=60)

        assert (answer.status_code, says in answer.text) == (400, True)

    def test_what_is_not_there_is_not_found(self, caller):
        for path in ("/simulator/unicorn", "/nowhere", "/v3/company", "/v4/company/1/account/35"):
            assert requests.get(caller.sim.base_url + path, timeout=60).status_code == 404
