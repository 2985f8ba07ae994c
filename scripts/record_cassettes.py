# ruff: noqa: INP001 - run by its path, from the Makefile.
"""Record what QuickBooks answers to the scenes of tests/quickbooks/scenes.py, into cassettes/quickbooks/.

    make cassettes                          against the simulator
    make cassettes AGAINST=sandbox          against a sandbox company of Intuit's, with its keys in the environment:
                                            INTUIT_CLIENT_ID, INTUIT_CLIENT_SECRET, INTUIT_REFRESH_TOKEN, INTUIT_REALM

Nothing that could open a company goes into a cassette; look the files through all the same before they are committed.
A sandbox is a company of its own for this: some sixty list members and twenty entries are made in it each time.
"""

import datetime as dt
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from hhs_sync.logs import configure  # noqa: E402
from hhs_sync.quickbooks.client import QuickBooksClient  # noqa: E402
from hhs_sync.quickbooks.simulator import DrivenClock, running_simulator  # noqa: E402
from hhs_sync.quickbooks.tokens import App, TimedAuthClient  # noqa: E402
from tests.quickbooks.recording import CASSETTES, recorder  # noqa: E402
from tests.quickbooks.scenes import SCENES, Stage  # noqa: E402

START = dt.datetime.fromisoformat("2026-11-21T09:00:00-08:00")
SANDBOX = "https://sandbox-quickbooks.api.intuit.com"
DISCOVERY = "https://developer.api.intuit.com/.well-known/openid_sandbox_configuration"


class Access:
    """One access token, got before anything is recorded, and another when it is refused."""

    def __init__(self, app: App, refresh_token: str) -> None:
        self.auth = TimedAuthClient.of(app)
        self.auth.refresh(refresh_token=refresh_token)

    def bearer(self) -> str:
        """The access token."""
        token: str = self.auth.access_token
        return token

    def renew(self, refused: str) -> str:
        """Another one."""
        del refused
        self.auth.refresh()
        return self.bearer()


def record(folder: Path, base_url: str, realm: str, app: App, *, refresh_token: str, run: str) -> None:
    """Play all scenes on one stage and keep what was said."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    access = Access(app, refresh_token)
    stage = Stage(QuickBooksClient(realm=realm, base_url=base_url, access=access), app, access.auth.refresh_token, run)
    hosts = (base_url, app.discovery_url.partition("/.well-known")[0])
    for name, scene in SCENES.items():
        with recorder(realm=realm, hosts=hosts, mode="all").use_cassette(str(folder / f"{name}.yaml")):
            scene(stage)
        sys.stdout.write(f"{folder.name}/{name}.yaml\n")
    (folder / "RUN").write_text(f"{run}\n")


def main() -> None:
    """Against the simulator, or the sandbox."""
    configure("error")
    if sys.argv[1:] == ["sandbox"]:
        app = App(
            client_id=os.environ["INTUIT_CLIENT_ID"],
            client_secret=os.environ["INTUIT_CLIENT_SECRET"],
            discovery_url=DISCOVERY,
        )
        run = dt.datetime.now(dt.UTC).strftime("%y%m%d%H%M")
        token = os.environ["INTUIT_REFRESH_TOKEN"]
        record(CASSETTES / "sandbox", SANDBOX, os.environ["INTUIT_REALM"], app, refresh_token=token, run=run)
        return
    with running_simulator(clock=DrivenClock(START)) as sim:
        keys = sim.state.settings
        app = App(client_id=keys.client_id, client_secret=keys.client_secret, discovery_url=sim.discovery_url)
        record(CASSETTES / "simulator", sim.base_url, sim.realm, app, refresh_token=keys.refresh_token, run="simulator")


main()
