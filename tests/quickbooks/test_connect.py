"""Connecting and disconnecting, with a browser that is a plain HTTP client."""

import html
import re
import socket
import threading
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests

from hhs_sync.errors import NotConnectedError, QuickBooksUnavailableError
from hhs_sync.quickbooks import connect, tokens
from hhs_sync.quickbooks.simulator import Fault, oauth
from hhs_sync.quickbooks.simulator.wire import decode, encode
from tests.quickbooks.office import KEY, PRACTICE


@pytest.fixture
def unconnected(offices):
    """A practice that nobody has connected, with a redirect address on a free port."""
    office = offices(new=True)
    office.store.secrets.remove(PRACTICE, tokens.SECRET)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    office.app = tokens.App(
        client_id=office.app.client_id,
        client_secret=office.app.client_secret,
        discovery_url=office.app.discovery_url,
        redirect_url=f"http://127.0.0.1:{port}/connect/done",
    )
    return office


def person(address, answer="allow", **changed):
    """Opens the address, answers the question there, and goes where that leads; the answer's parameters."""
    page = requests.get(address, timeout=60)
    asked = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', page.text))
    form = {name: html.unescape(value) for name, value in asked.items()}
    form |= {"answer": answer, "realm": form.get("realm", "9341450000000001")} | changed
    back = requests.post(address, data=form, timeout=60, allow_redirects=False)
    return back.headers["Location"]


def test_a_practice_is_connected_through_a_browser(unconnected):
    def show(address):
        threading.Thread(target=lambda: requests.get(person(address), timeout=60)).start()

    connect.connect(
        unconnected.store, PRACTICE, unconnected.sim.realm, unconnected.app, [KEY], show=show, at=unconnected.now,
        wait_seconds=10,
    )  # fmt: skip

    assert tokens.connection(unconnected.store, PRACTICE, [KEY], unconnected.now()).connected
    assert unconnected.new_client().select("SELECT * FROM Preferences")
    assert "connected to QuickBooks" in [one.what for one in unconnected.store.activity.read(PRACTICE)]


def test_other_addresses_of_the_answer_page_are_not_the_answer(unconnected):
    statuses = []

    def show(address):
        def walk():
            done = person(address)
            place = urlsplit(done)
            statuses.append(requests.get(f"{place.scheme}://{place.netloc}/favicon.ico", timeout=60).status_code)
            statuses.append(requests.get(done, timeout=60).status_code)

        threading.Thread(target=walk).start()

    connect.connect(
        unconnected.store, PRACTICE, unconnected.sim.realm, unconnected.app, [KEY], show=show, at=unconnected.now,
        wait_seconds=10,
    )  # fmt: skip

    assert [404, 200] == statuses


def test_nobody_signing_in_ends_the_waiting(unconnected):
    with pytest.raises(NotConnectedError, match="nobody signed in"):
        connect.connect(
            unconnected.store, PRACTICE, unconnected.sim.realm, unconnected.app, [KEY], show=lambda _: None,
            at=unconnected.now, wait_seconds=0.1,
        )  # fmt: skip


def answer_to(pending, **changed):
    return dict(parse_qsl(urlsplit(person(pending.address, **changed)).query))


def finish(office, pending, answer):
    return connect.finish(office.app, pending, answer, office.sim.realm, office.now())


def test_the_state_cannot_be_guessed_and_is_never_the_same(unconnected):
    first, second = connect.begin(unconnected.app), connect.begin(unconnected.app)

    assert first.state != second.state
    assert len(first.state) >= 43
    assert [first.state] == parse_qs(urlsplit(first.address).query)["state"]


def test_an_answer_with_another_state_is_refused(unconnected):
    pending = connect.begin(unconnected.app)
    answer = answer_to(pending)

    with pytest.raises(NotConnectedError, match="does not belong"):
        finish(unconnected, pending, answer | {"state": "guessed"})
    with pytest.raises(NotConnectedError, match="does not belong"):
        finish(unconnected, pending, {"code": answer["code"]})


def test_a_person_who_declines_is_believed(unconnected):
    pending = connect.begin(unconnected.app)

    with pytest.raises(NotConnectedError, match="access_denied"):
        finish(unconnected, pending, answer_to(pending, answer="deny"))


def test_another_company_than_the_config_names_is_refused(unconnected):
    pending = connect.begin(unconnected.app)

    with pytest.raises(NotConnectedError, match="another company"):
        finish(unconnected, pending, answer_to(pending) | {"realmId": "9341450000000002"})


def test_where_the_config_names_no_company_the_answer_tells_it(unconnected):
    pending = connect.begin(unconnected.app)
    found = connect.finish(unconnected.app, pending, answer_to(pending), "", unconnected.now())

    assert unconnected.sim.realm == found.realm


@pytest.mark.parametrize(
    ("chosen", "said"),
    [("9341450000000001", "company 9341450000000001 is another practice's"), ("", "which company was chosen")],
)
def test_a_company_that_is_another_practices_or_nobodys_is_refused(unconnected, chosen, said):
    pending = connect.begin(unconnected.app)
    answer = answer_to(pending) | {"realmId": chosen}

    with pytest.raises(NotConnectedError, match=said):
        connect.finish(unconnected.app, pending, answer, "", unconnected.now(), ["9341450000000001"])


def test_a_code_is_good_once(unconnected):
    pending = connect.begin(unconnected.app)
    answer = answer_to(pending)
    finish(unconnected, pending, answer)

    with pytest.raises(NotConnectedError, match="did not accept the code"):
        finish(unconnected, pending, answer)


def test_a_proof_key_goes_along_where_the_discovery_document_offers_it(unconnected, monkeypatch):
    plain = oauth.discovery

    def offering(host):
        reply = plain(host)
        return type(reply)(body=encode({**decode(reply.body), "code_challenge_methods_supported": ["S256"]}))

    monkeypatch.setattr(oauth, "discovery", offering)
    pending = connect.begin(unconnected.app)
    stolen = connect.Pending(address=pending.address, state=pending.state, verifier="x" * 64)

    assert len(pending.verifier) >= 43
    with pytest.raises(NotConnectedError, match="did not accept the code"):
        finish(unconnected, stolen, answer_to(stolen))
    assert finish(unconnected, pending, answer_to(pending)).refresh_token


def test_an_answer_that_would_go_to_another_machine_is_not_waited_for(unconnected):
    app = tokens.App(
        client_id=unconnected.app.client_id, client_secret=unconnected.app.client_secret,
        discovery_url=unconnected.app.discovery_url, redirect_url="https://books.example.org/connect/done",
    )  # fmt: skip

    with pytest.raises(NotConnectedError, match=r"books\.example\.org"):
        connect.connect(
            unconnected.store, PRACTICE, unconnected.sim.realm, app, [KEY], show=lambda _: None, at=unconnected.now
        )


def test_intuit_out_of_reach_is_told(unconnected):
    unconnected.sim.state.faults.plan(Fault(what="reset", on="oauth:discovery"))

    with pytest.raises(QuickBooksUnavailableError):
        connect.begin(unconnected.app)


def test_disconnecting_gives_the_tokens_back_and_forgets_them(offices):
    office = offices(new=True)
    office.client.select("SELECT * FROM Preferences")

    assert connect.disconnect(office.store, PRACTICE, office.app, [KEY], office.now())
    assert tokens.load(office.store, PRACTICE, [KEY]) is None
    assert {} == office.sim.state.keys.refresh
    assert connect.disconnect(office.store, PRACTICE, office.app, [KEY], office.now())


def test_tokens_are_forgotten_even_when_intuit_will_not_take_them_back(offices):
    office = offices(new=True)
    office.sim.state.keys.refresh.clear()

    assert not connect.disconnect(office.store, PRACTICE, office.app, [KEY], office.now())
    assert tokens.load(office.store, PRACTICE, [KEY]) is None
