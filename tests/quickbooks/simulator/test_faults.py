"""Faults on demand: each strikes as planned, before or after the call took effect, and is written down."""

import pytest
import requests

from hhs_sync.quickbooks.simulator import Fault, Seed
from hhs_sync.quickbooks.simulator.faults import WHATS
from tests.quickbooks.simulator.caller import payment, sales_form


@pytest.fixture
def customer(caller):
    return caller.customer("ANTH")


def invoices(caller):
    return caller.query("SELECT count(*) FROM Invoice")["totalCount"]


def send(caller, customer):
    """The status of the answer to a new invoice, or the connection's end."""
    try:
        return caller.call("POST", "invoice", body=sales_form(customer, 10), timeout=1).status_code
    except requests.Timeout:
        return "timeout"
    except requests.RequestException:
        return "broken"


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("throttle_json", 429),
        ("throttle_xml", 429),
        ("throttle_lower", 429),
        ("throttle_403", 403),
        ("server_error", 500),
        ("unavailable", 503),
        ("unauthorised", 401),
        ("unexpected", 400),
        ("no_access", 401),
        ("subscription_ended", 400),
        ("company_reset", 400),
        ("hang", "timeout"),
        ("reset", "broken"),
    ],
)
@pytest.mark.parametrize("after", [False, True])
def test_a_fault_strikes_before_or_after_the_call_takes_effect(caller, customer, what, status, after):
    caller.sim.state.faults.plan(Fault(what=what, on="create:Invoice", after=after))

    first, second = send(caller, customer), send(caller, customer)

    assert (first, second) == (status, 200)
    assert invoices(caller) == (2 if after else 1)


def test_a_throttled_answer_comes_in_three_shapes(caller, customer):
    whats = ("throttle_json", "throttle_xml", "throttle_lower")
    caller.sim.state.faults.plan(*(Fault(what=what, on="query") for what in whats))

    json, xml, lower = (caller.call("POST", "query", body="SELECT * FROM Item") for _ in whats)

    assert json.json()["Fault"]["type"] == "SERVICE"
    assert json.json()["Fault"]["Error"][0]["code"] == "3001"
    assert (xml.headers["Content-Type"].split(";")[0], "ThrottleExceeded" in xml.text) == ("application/xml", True)
    assert lower.json()["fault"]["error"][0]["code"] == "3001"


def test_a_truncated_answer_was_committed(caller, customer):
    caller.sim.state.faults.plan(Fault(what="truncate", on="create:Invoice"))

    assert (send(caller, customer), invoices(caller)) == ("broken", 1)


def test_a_slow_answer_comes_late(caller, customer):
    caller.sim.state.faults.plan(Fault(what="slow", on="create:Invoice", seconds=1.5))

    assert (send(caller, customer), invoices(caller)) == ("timeout", 1)


def test_a_lost_token_answer_leaves_a_single_use_token_dead(simulate):
    caller = simulate(refresh_tokens="single-use")
    caller.sim.state.faults.plan(Fault(what="token_lost", on="oauth:token"))

    with pytest.raises(requests.ConnectionError):
        caller.refresh()

    assert caller.refresh().json() == {
        "error": "invalid_grant",
        "error_description": "Incorrect or invalid refresh token",
    }


@pytest.mark.parametrize(("after", "made"), [(False, 1), (True, 2)])
def test_one_item_of_a_batch_is_throttled_within_a_200(caller, customer, after, made):
    caller.sim.state.faults.plan(Fault(what="throttle_item", on="batch", after=after))

    items = [{"operation": "create", "Invoice": sales_form(customer, 10)}] * 2
    first, second = caller.batch(*items)

    assert ("Invoice" in first, first["bId"], second["bId"]) == (True, "b0", "b1")
    assert second["Fault"]["Error"][0]["code"] == "3001"
    assert invoices(caller) == made


class TestAPersonsHand:
    def test_edits_the_newest_document_just_before_the_call(self, caller, customer):
        old = caller.sales("Invoice", customer, 10)
        caller.sim.state.faults.plan(Fault(what="hand_edit", on="update:Invoice"))

        assert caller.fault("Invoice", {**old, "PrivateNote": "ours"})[0] == "5010"
        assert caller.read("Invoice", old["Id"])["PrivateNote"] == "changed by hand"

    def test_edits_what_it_is_told_to(self, caller, customer):
        old = caller.sales("Invoice", customer, 10)
        caller.sales("Invoice", customer, 20)
        edit = Fault(what="hand_edit", on="read:*", kind="Invoice", id=old["Id"], set={"DocNumber": "H-1"})
        caller.sim.state.faults.plan(edit)

        assert caller.read("Invoice", old["Id"])["DocNumber"] == "H-1"

    def test_deletes(self, caller, customer):
        old = caller.sales("Invoice", customer, 10)
        caller.sim.state.faults.plan(Fault(what="hand_delete", on="create:Payment"))

        assert caller.fault("Payment", payment(customer, 10, ("Invoice", old, 10)))[0] == "610"

    def test_closes_the_books_while_work_goes_on(self, caller, customer):
        caller.sim.state.faults.plan(Fault(what="books_closed", on="create:Invoice", skip=1, until="2026-11-30"))

        assert [send(caller, customer) for _ in range(3)] == [200, 400, 400]


class TestPlans:
    def test_a_fault_waits_strikes_its_times_and_is_gone(self, caller, customer):
        caller.sim.state.faults.plan(Fault(what="server_error", on="create:*", skip=1, times=2))

        assert [send(caller, customer) for _ in range(4)] == [200, 500, 500, 200]

    def test_a_fault_spares_calls_it_is_not_meant_for(self, caller, customer):
        caller.sim.state.faults.plan(Fault(what="server_error", on="batch"))

        assert (send(caller, customer), len(caller.sim.state.faults.planned)) == (200, 1)

    def test_chance_repeats_itself_from_a_seed(self, simulate):
        struck = []
        for _ in range(2):
            caller = simulate(hang_seconds=0.1)
            customer = caller.customer("ANTH")
            caller.sim.state.faults.seed(Seed(seed=7, rate=0.5, on="create:Invoice"))
            outcomes = [send(caller, customer) for _ in range(20)]
            struck.append((outcomes, [(one.what, one.after) for one in caller.sim.state.faults.struck]))

        assert struck[0] == struck[1]
        assert len(struck[0][1]) > 3

    def test_after_the_last_strike_there_is_peace(self, caller, customer):
        caller.sim.state.faults.seed(Seed(seed=1, rate=1.0, on="create:Invoice", whats=("server_error",), most=2))

        assert [send(caller, customer) for _ in range(4)] == [500, 500, 200, 200]

    def test_everything_that_can_be_planned_can_be_planned_over_http(self, caller, customer):
        address = f"{caller.sim.base_url}/simulator/faults"

        planned = requests.post(address, json=[{"what": what, "on": "none"} for what in WHATS], timeout=60)
        refused = requests.post(address, json={"what": "earthquake"}, timeout=60)
        requests.post(address, json={"what": "server_error", "on": "create:Invoice", "times": 1}, timeout=60)
        send(caller, customer)
        seen = requests.get(address, timeout=60).json()
        cleared = requests.delete(address, timeout=60).json()

        assert [one["what"] for one in planned.json()["planned"]] == list(WHATS)
        assert (refused.status_code, "earthquake" in refused.text) == (400, True)
        assert [(one["label"], one["what"]) for one in seen["struck"]] == [("create:Invoice", "server_error")]
        assert cleared["planned"] == []

    def test_a_seed_can_be_set_over_http(self, caller, customer):
        address = f"{caller.sim.base_url}/simulator/faults"

        answer = requests.post(address, json={"seed": 3, "rate": 1, "whats": ["server_error"], "most": 1}, timeout=60)

        assert answer.json()["seeded"]["seed"] == 3
        assert [send(caller, customer) for _ in range(2)] == [500, 200]
