"""Recorded conversations, played back to the client, and held against the simulator as it is now."""

import re

import pytest

from hhs_sync.quickbooks.client import QuickBooksClient
from hhs_sync.quickbooks.simulator import DrivenClock, SimulatorSettings
from hhs_sync.quickbooks.simulator.simulator import Simulator
from hhs_sync.quickbooks.tokens import App, TimedAuthClient
from tests.quickbooks.conftest import START
from tests.quickbooks.recording import CASSETTES, HOST, REALM, answers_in, differences, recorder, shape
from tests.quickbooks.scenes import SCENES, Stage

RECORDED = sorted(path.parent for path in CASSETTES.glob("*/RUN"))
APP = App(client_id="(client_id)", client_secret="(client_secret)", discovery_url=f"https://{HOST}/discovery")


class Token:
    """A token that is as good as any when nobody is asked."""

    def bearer(self):
        return "a-token"

    def renew(self, refused):
        return refused


class Live(Token):
    """A token of the simulator's, got before anything is recorded."""

    def __init__(self, app, refresh_token):
        self.auth = TimedAuthClient.of(app)
        self.auth.refresh(refresh_token=refresh_token)

    def bearer(self):
        return self.auth.access_token


def played_back(folder):
    """Every scene of a recording, with nobody to talk to; what the client makes of it."""
    run = (folder / "RUN").read_text().strip()
    discovery = next(what for what, _, _ in answers_in(folder / "keys.yaml") if "openid" in what).partition(" ")[2]
    app = App(client_id=APP.client_id, client_secret=APP.client_secret, discovery_url=f"https://{HOST}{discovery}")
    client = QuickBooksClient(realm=REALM, base_url=f"https://{HOST}", access=Token(), limits=(), sleep=lambda _: None)
    stage = Stage(client, app, "(refresh_token)", run)
    said = {}
    for name, scene in SCENES.items():
        with recorder().use_cassette(str(folder / f"{name}.yaml")):
            said[name] = scene(stage)
    return said


@pytest.fixture(scope="module")
def simulated(server, tmp_path_factory):
    """The scenes played to the simulator as it is now: what the client makes of it, and the recording of it."""
    folder = tmp_path_factory.mktemp("scenes")
    with server.state.lock:
        vars(server.state).update(vars(Simulator(SimulatorSettings(), DrivenClock(START))))
    keys = server.state.settings
    app = App(client_id=keys.client_id, client_secret=keys.client_secret, discovery_url=server.discovery_url)

    client = QuickBooksClient(
        realm=server.realm, base_url=server.base_url, access=Live(app, keys.refresh_token), limits=()
    )
    stage = Stage(client, app, keys.refresh_token, "simulator")
    said = {}
    for name, scene in SCENES.items():
        with recorder(mode="all", hosts=[server.base_url]).use_cassette(str(folder / f"{name}.yaml")):
            said[name] = scene(stage)
    return said, folder


def test_there_is_a_recording():
    assert "simulator" in [folder.name for folder in RECORDED]


@pytest.mark.parametrize("folder", RECORDED, ids=lambda folder: folder.name)
def test_the_client_makes_of_a_recording_what_it_makes_of_the_simulator(folder, simulated):
    """Effects by account, marks, voids, codes of refusals: word for word."""
    expected, _ = simulated

    assert expected == played_back(folder)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("folder", RECORDED, ids=lambda folder: folder.name)
def test_the_simulator_says_things_of_the_recorded_shape(folder, scene, simulated):
    """Call by call: the same path, the same status, and no name or kind of value that the recording lacks."""
    _, live = simulated
    recorded, present = answers_in(folder / f"{scene}.yaml"), answers_in(live / f"{scene}.yaml")

    assert [(what, status) for what, status, _ in recorded] == [(what, status) for what, status, _ in present]
    for (what, _, theirs), (_, _, ours) in zip(recorded, present, strict=True):
        assert [] == list(differences(shape(ours), shape(theirs), what))


@pytest.mark.parametrize("scene", SCENES)
def test_the_recording_of_the_simulator_is_up_to_date(scene, simulated):
    """And the other way round; `make cassettes` records it anew."""
    _, live = simulated
    recorded, present = answers_in(CASSETTES / "simulator" / f"{scene}.yaml"), answers_in(live / f"{scene}.yaml")

    for (what, _, theirs), (_, _, ours) in zip(recorded, present, strict=True):
        assert [] == list(differences(shape(theirs), shape(ours), what))


@pytest.mark.parametrize("path", sorted(CASSETTES.glob("*/*.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_cassette_holds_anything_that_opens_a_company_or_names_a_person(path):
    text = path.read_text()

    assert "uthorization:" not in text
    assert not re.search(r"sim-(access|refresh|code)-", text)
    assert "sim-client-secret" not in text
    assert "127.0.0.1" not in text
    assert "intuit_tid" not in text
    assert {REALM} >= set(re.findall(r"/company/(\d+)", text))
    assert not re.search(r"[\w.]+@[\w.]+\.\w+", text)


def test_shapes_tell_names_and_kinds_apart():
    said = {"Invoice": {"Id": "1", "TotalAmt": 1.5, "Line": [{"Amount": 1}, {"Amount": 2, "LineNum": 1}]}}

    assert [] == list(differences(shape(said), shape(said)))
    assert [] == list(differences(shape({"Invoice": {"Id": "1"}}), shape(said)))
    assert [".Invoice.Balance is not there"] == list(differences(shape({"Invoice": {"Balance": 0}}), shape(said)))
    assert [".Invoice.Id is text"] == list(differences(shape({"Invoice": {"Id": 1}}), shape(said)))
    assert [".Invoice.Line[].Id is not there"] == list(
        differences(shape({"Invoice": {"Line": [{"Id": "1"}]}}), shape(said))
    )
