"""The one place that calls out, over HTTP to the simulator, with what can go wrong on the way."""

import datetime as dt

import pytest
import requests
from quickbooks.objects.customer import Customer
from structlog.testing import capture_logs

from hhs_sync.errors import (
    NotConnectedError,
    QuickBooksRefusedError,
    QuickBooksUnavailableError,
    QuickBooksUnclearError,
)
from hhs_sync.logs import SAYABLE
from hhs_sync.quickbooks.client import BatchItem, NeverSent, QuickBooksClient, escaped
from hhs_sync.quickbooks.pace import INTUIT_LIMITS
from hhs_sync.quickbooks.simulator import Fault
from hhs_sync.quickbooks.simulator.hand import hand_create
from tests.quickbooks.office import create, invoice, payment

QUERY = "SELECT * FROM PaymentMethod"


def strike(office, *faults):
    office.sim.state.faults.plan(*faults)


def answered(client):
    return client.select(QUERY)["PaymentMethod"]


@pytest.mark.parametrize(
    "what",
    [
        "throttle_json",
        "throttle_xml",
        "throttle_lower",
        "server_error",
        "unavailable",
        "reset",
        "truncate",
        "unexpected",
    ],
)
def test_a_read_is_asked_again_until_it_is_answered(office, what):
    """Traps 3 and 6, for reads: they change nothing, so they may be repeated."""
    strike(office, Fault(what=what, on="query", times=3))

    assert 3 == len(answered(office.client))
    assert 4 == office.client.calls["read:query"]


def test_a_throttled_read_waits_the_minute_that_intuit_asks_for(office):
    strike(office, Fault(what="throttle_json", on="query"))
    answered(office.client)

    assert 60.0 == office.slept


def test_a_read_is_given_up_after_five_times(office):
    strike(office, Fault(what="unavailable", on="query", times=99))
    with pytest.raises(QuickBooksUnavailableError):
        answered(office.client)

    assert 5 == office.client.calls["read:query"]


def test_trap_15_a_read_that_hangs_is_given_up_and_asked_again(offices):
    office = offices(timeout=(1.0, 0.2))
    strike(office, Fault(what="hang", on="query", seconds=0.5))

    assert 3 == len(answered(office.client))


@pytest.mark.parametrize("what", ["server_error", "unavailable", "reset", "truncate", "unauthorised"])
@pytest.mark.parametrize("after", [False, True])
def test_a_write_is_never_repeated_here(office, what, after):
    """Whoever sent it must look first."""
    strike(office, Fault(what=what, on="create:Class", after=after))
    with pytest.raises(QuickBooksUnclearError):
        office.client.save("Class", b'{"Name": "N. New"}', "request-1")

    assert 1 == office.client.calls["write:class"]


def test_a_write_that_found_nobody_to_talk_to_is_tried_again_and_was_never_sent(office):
    office.client.api_url_v3 = "http://127.0.0.1:9/v3"
    with pytest.raises(NeverSent):
        office.client.save("Class", b'{"Name": "N. New"}', "request-1")

    assert 5 == office.client.calls["write:class"]


def test_an_expired_access_token_is_renewed_once_and_the_read_goes_on(office):
    answered(office.client)
    office.sim.state.keys.access.clear()
    office.client.calls.clear()

    assert 3 == len(answered(office.client))
    assert 2 == office.client.calls["read:query"]


def test_an_access_token_is_renewed_before_it_ends(office):
    answered(office.client)
    office.sleep(3600 - 60)
    office.sim.state.calls.by_label.clear()
    answered(office.client)

    assert {"oauth:discovery": 1, "oauth:token": 1, "query": 1} == dict(office.sim.state.calls.by_label)


def test_a_token_refused_twice_means_a_dead_connection(office):
    strike(office, Fault(what="unauthorised", on="query", times=2))
    with pytest.raises(NotConnectedError):
        answered(office.client)


def test_keys_of_another_company_are_no_entry(office):
    """403 and 3100: sandbox credentials against production, or the reverse."""
    office.client.realm = office.client.company_id = "9341450000000099"
    with pytest.raises(NotConnectedError, match="3100"):
        answered(office.client)


def test_a_refusal_keeps_code_detail_and_trace(office):
    with pytest.raises(QuickBooksRefusedError) as refused:
        office.client.save("Invoice", b'{"Line": []}', "request-1")

    assert "2020" == refused.value.code
    assert refused.value.trace.startswith("1-")


def test_a_repeated_request_id_gets_the_first_answer(office):
    first = office.client.save("Class", b'{"Name": "N. New"}', "request-1")
    second = office.client.save("Class", b'{"Name": "N. New"}', "request-1")

    assert first == second


@pytest.mark.parametrize("rows", [999, 1000, 1001])
def test_trap_13_a_page_that_is_exactly_full_is_not_the_end(office, rows):
    there = len(office.table("Class"))
    with office.sim.state.lock:
        for number in range(rows - there):
            hand_create(office.company, "Class", {"Name": f"Class {number}"}, office.sim.state.write())

    found = list(office.client.select_all("Class"))

    assert rows == len({fields["Id"] for fields in found}) == len(found)
    assert (1 if rows < 1000 else 2) == office.client.calls["read:query"]


def test_trap_20_a_name_with_apostrophe_and_backslash_can_be_asked_for(office):
    name = "O'Brien\\"
    with office.sim.state.lock:
        hand_create(office.company, "Customer", {"DisplayName": name}, office.sim.state.write())

    found = list(office.client.select_all("Customer", f"DisplayName = '{escaped(name)}'"))

    assert [name] == [fields["DisplayName"] for fields in found]


def test_objects_of_the_library_take_the_client_for_their_own(office):
    """python-quickbooks' own save, with the address, token, limits and judgement of this client."""
    customer = Customer()
    customer.DisplayName = "Anthem"
    saved = customer.save(qb=office.client, request_id="request-1")

    assert "Anthem" == Customer.get(saved.Id, qb=office.client).DisplayName
    assert 1 == office.client.calls["write:customer"]


def test_calls_are_counted_as_reads_and_writes(office):
    office.client.calls.clear()
    office.push(create(invoice()))

    assert {"write:batch": 3, "read:cdc": 1} == dict(office.client.calls)


def test_a_batch_keeps_to_the_lengths_that_the_server_joins(office):
    """36 characters for the batch and 10 for the item: 50 together are refused."""
    item = BatchItem(id="1", operation="create", kind="Class", body=b'{"Name": "N. New"}')

    with pytest.raises(AssertionError):
        office.client.save_batch([item], "r" * 37)
    with pytest.raises(AssertionError):
        office.client.save_batch([BatchItem(id="1" * 11, operation="create", kind="Class", body=b"{}")], "r")
    assert "Class" in office.client.save_batch([item], "r" * 36)["1"]


def test_changes_are_asked_for_all_kinds_at_once(office):
    office.push(create(invoice()))
    office.client.calls.clear()
    since = (office.now() - dt.timedelta(minutes=1)).isoformat()

    found = office.client.changes_since(("Invoice", "Customer", "Payment"), since)

    assert {"Invoice": 1, "Customer": 2} == {kind: len(rows) for kind, rows in found.items() if rows}
    assert {"read:cdc": 1} == dict(office.client.calls)


def test_every_call_is_logged_with_its_trace_and_nothing_that_was_said(office):
    with capture_logs() as logs:
        office.push(create(invoice()))

    calls = [entry for entry in logs if entry["event"] == "quickbooks call"]
    assert ["batch", "batch", "batch", "cdc"] == [entry["what"] for entry in calls]
    assert all(entry["intuit_tid"].startswith("1-") for entry in calls)
    assert "K7F3Q" not in str(logs)
    assert invoice().reference not in str(logs)


def test_within_the_limits_of_a_strict_company_no_call_is_refused(offices):
    """40 batches a minute, 10 calls a second, 500 a minute, on the company's own clock."""
    office = offices(paced=INTUIT_LIMITS, limits=True)
    started = office.now()
    for number in range(90):
        office.client.save_batch(
            [BatchItem(id="1", operation="create", kind="Class", body=b'{"Name": "C%d"}' % number)], f"request-{number}"
        )

    assert 0 == office.sim.state.calls.throttled
    assert 90 / ((office.now() - started).total_seconds() or 1) >= 0.95 * 40 / 60


def test_the_client_speaks_plain_http_only_to_where_it_is_told(office):
    """No environment variable is needed, and redirects are not followed."""
    assert isinstance(office.client.session, requests.Session)
    assert office.client.api_url == office.sim.api_base_url
    assert "https://quickbooks.api.intuit.com/v3" == client_of("https://quickbooks.api.intuit.com").api_url
    assert "https://quickbooks.api.intuit.com/v3" == client_of("https://quickbooks.api.intuit.com/v3/").api_url


def client_of(base_url):
    return QuickBooksClient(realm="1", base_url=base_url, access=None)


def test_what_is_logged_may_be_said(offices):
    """Every field of our log lines is one that the redactor lets through, in good days and bad."""
    office = offices()
    office.sim.state.faults.plan(Fault(what="reset", on="batch", after=True), Fault(what="unavailable", on="cdc"))
    with capture_logs() as logs:
        office.push(create(invoice()), create(payment("payment:2", 99900, [("charge:1", 99900)])))
        office.refresh()
        office.sim.state.keys.refresh.clear()
        office.sim.state.keys.access.clear()
        office.push(create(invoice("charge:2")))

    fields = {name for entry in logs for name in entry} - {"log_level"}
    assert {"pushed", "quickbooks looked at", "quickbooks refused", "token refresh refused"} <= {
        entry["event"] for entry in logs
    }
    assert set() == fields - SAYABLE
