"""The pages served over HTTP, over a store with two demo practices, and people of every role who can sign in."""

import contextlib
import datetime as dt
import shutil
from collections.abc import Iterator, Sequence

import pytest
import requests
from argon2 import PasswordHasher

from hhs_sync.config.roles import Role
from hhs_sync.demo.cast import PRACTICES, DemoPractice
from hhs_sync.office import Office
from hhs_sync.quickbooks.simulator import DrivenClock
from hhs_sync.store.users import ALL, Grant
from hhs_sync.web import passwords
from hhs_sync.web.server import running_server
from hhs_sync.web.sign_in import begin
from hhs_sync.web.tokens import csrf_of, digest_of
from tests.stage import NOON, Stage, small, stage, stage_again

OWN, FOREIGN = PRACTICES[0].id, PRACTICES[1].id
PASSWORD = "horse battery staple correct"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
NO_SECOND_FACTOR = "\n[web]\nsecond_factor_for = []\n"


# As argon2 is meant to be, but quick: dozens of people sign in here.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


class Visitor:
    """Somebody with a browser of one's own, by plain HTTP."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = requests.Session()

    def get(self, path: str, **how) -> requests.Response:
        return self.http.get(self.address + path, **{"allow_redirects": False, **how})

    def post(self, path: str, fields: dict | None = None, *, token: bool = True, **how) -> requests.Response:
        """Send a form; with `token` as a page of ours would."""
        data = {**({"csrf": self.csrf} if token else {}), **(fields or {})}
        return self.http.post(self.address + path, data=data, **{"allow_redirects": False, **how})

    def sign_in(self, name: str, password: str = PASSWORD) -> requests.Response:
        return self.post("/sign-in", {"name": name, "password": password}, token=False)

    @property
    def session_id(self) -> str:
        return self.http.cookies.get("hhs-sync", "")

    @property
    def csrf(self) -> str:
        return csrf_of(self.session_id)


class Site:
    """The pages at an address. The clock is driven: `site.clock.advance(seconds)`."""

    def __init__(self, address: str, office: Office, clock: DrivenClock) -> None:
        self.address = address
        self.office = office
        self.store = office.store
        self.clock = clock
        self._visitors: list[Visitor] = []
        self._inside: dict[str, Visitor] = {}

    def visitor(self) -> Visitor:
        self._visitors.append(Visitor(self.address))
        return self._visitors[-1]

    def close(self) -> None:
        """Close everybody's connections."""
        for one in self._visitors:
            one.http.close()

    def signed_in(self, name: str) -> Visitor:
        """Somebody who has signed in. Everybody's name is in `people` and everybody's password is PASSWORD."""
        visitor = self.visitor()
        assert 303 == visitor.sign_in(name).status_code
        return visitor

    def entered(self, name: str) -> Visitor:
        """As `signed_in`, without the password and the time that it takes; who is in stays in."""
        if name in self._inside and self.store.web_sessions.find(digest_of(self._inside[name].session_id)):
            return self._inside[name]
        user = self.store.users.find(name)
        assert user is not None
        self._inside[name] = visitor = self.visitor()
        visitor.http.cookies.set("hhs-sync", begin(self.office, user, complete=True))
        return visitor


def people(store, at: dt.datetime) -> None:
    """Of each role one in the first practice, named like it, and one in all: all-ROLE; and a stranger."""
    hash_ = passwords.hashed(PASSWORD)
    for role in Role:
        name = role.value
        store.users.add(name, name.title(), hash_, [Grant(OWN, role)], at)
        store.users.add(f"all-{name}", f"All {name}", hash_, [Grant(ALL, role)], at)
    store.users.add("dana", "Dana Reed", hash_, [Grant(ALL, role) for role in Role], at)
    store.users.add("own-everything", "Own Everything", hash_, [Grant(OWN, role) for role in Role], at)
    store.users.add("stranger", "A Stranger", hash_, [], at)


@contextlib.contextmanager
def peopled(folder, practices: Sequence[DemoPractice], *, mishaps: bool = False) -> Iterator[Stage]:
    """A stage in a new folder, to take its turns in; afterwards people of every role can sign in there."""
    folder.mkdir()
    with stage(folder, practices, mishaps=mishaps) as made:
        yield made
        with made.office() as office:
            people(office.store, NOON)
    config = folder / "config.toml"
    config.write_text(config.read_text() + NO_SECOND_FACTOR)


@pytest.fixture(scope="session")
def worked_folder(tmp_path_factory):
    """Two small practices after a turn each, with the mishaps of the demo."""
    folder = tmp_path_factory.mktemp("web") / "stage"
    with peopled(folder, [small(number, clients=20, weeks=10) for number in (0, 1)], mishaps=True) as made:
        for practice in (OWN, FOREIGN):
            made.turn(practice)
    return folder


@contextlib.contextmanager
def served(folder) -> Iterator[Site]:
    """The pages over a stage's folder, at noon of the day after its story."""
    clock = DrivenClock(NOON + dt.timedelta(hours=1))
    office = Office.open(folder / "config.toml", clock=clock.now)
    try:
        with running_server(office) as address, contextlib.closing(Site(address, office, clock)) as made:
            yield made
    finally:
        office.close()


@contextlib.contextmanager
def served_with_quickbooks(folder, copy) -> Iterator[tuple[Site, Stage]]:
    """The pages over a copy of a stage, with QuickBooks behind: the site, and the stage for another turn."""
    with contextlib.ExitStack() as opened:
        made = opened.enter_context(stage_again(folder, copy, NOON + dt.timedelta(hours=1)))
        office = Office.open(made.config, clock=made.clock.now)
        opened.callback(office.close)
        site = Site(opened.enter_context(running_server(office)), office, made.clock)
        yield opened.enter_context(contextlib.closing(site)), made


@pytest.fixture(scope="module")
def shared_site(worked_folder, tmp_path_factory):
    """One for all tests of a module, which only look."""
    folder = tmp_path_factory.mktemp("site") / "copy"
    shutil.copytree(worked_folder, folder)
    with served(folder) as made:
        yield made


@pytest.fixture
def site(worked_folder, tmp_path):
    """One of the test's own."""
    folder = tmp_path / "site"
    shutil.copytree(worked_folder, folder)
    with served(folder) as made:
        yield made


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def browser(chromium):
    """A window without cookies; a message on its console that is an error fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    context.close()

    assert [] == page.said
