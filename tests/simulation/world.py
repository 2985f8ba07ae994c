"""The world of one trial: a folder, a simulated company, a clock, and a program that may die at any step.

Everything is the program's own but the company, the clock and the waiting. A process that dies is played by an
exception that nothing catches, at one of the steps where that matters: before and after each call on the wire, and
before and after each write of the store. Afterwards the office is opened anew from what lies on disk.
"""

import contextlib
import functools
import importlib.metadata
import random
import shutil
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from hhs_sync import connector, logs, office
from hhs_sync.cli.begin import lay_mappings, new_token_key
from hhs_sync.demo import play
from hhs_sync.demo.folder import write_folder
from hhs_sync.facts.resolution import ClientCode
from hhs_sync.facts.resolution_text import decision_key
from hhs_sync.intake import decide
from hhs_sync.office import Desk, Office
from hhs_sync.quickbooks import tokens
from hhs_sync.quickbooks.client import AT_WORK_SECONDS_MAX
from hhs_sync.quickbooks.simulator import DrivenClock, RunningSimulator, SimulatorSettings, running_simulator
from hhs_sync.quickbooks.simulator.oauth import add_realm
from hhs_sync.store.mirror import Mirror
from hhs_sync.store.pushes import Pushes
from hhs_sync.store.secrets import Secrets
from hhs_sync.sync import Ask, TurnReport, turn
from tests.simulation.practice import LAST_SESSIONS, Story

COMPANY = "company.db"


class Died(BaseException):
    """The process is no more. Not an Exception, so that nothing that mends things gets hold of it."""


class Reaper:
    """Lets the process die at some of its steps, by chance from a seed."""

    def __init__(self, chance: random.Random, rate: float, most: int) -> None:
        self.chance = chance
        self.rate = rate
        self.left = most
        self.died: Counter[str] = Counter()
        self.at_step = 0
        self.steps = 0

    def step(self, label: str) -> None:
        """One of the moments at which a death would matter."""
        self.steps += 1
        planned = self.at_step == self.steps
        if planned or (self.left > 0 and self.rate and self.chance.random() < self.rate):
            self.left -= 1
            self.died[label] += 1
            self.die(label)

    def die(self, label: str) -> None:
        raise Died(label)

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Stand beside every call and every write of the store while the block lasts."""
        places = (
            (requests.Session, "request", "call"),
            (Pushes, "intend", "intent"), (Pushes, "record", "outcome"), (Pushes, "adopt", "outcome"),
            (Mirror, "upsert", "mirror"), (Mirror, "replace", "mirror"),
            (Secrets, "write", "token"),
        )  # fmt: skip
        with contextlib.ExitStack() as stack:
            for owner, name, label in places:
                stack.enter_context(self._beside(owner, name, label))
            yield

    @contextlib.contextmanager
    def _beside(self, owner: Any, name: str, label: str) -> Iterator[None]:
        proper = getattr(owner, name)

        @functools.wraps(proper)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self.step(f"before {label}")
            found = proper(*args, **kwargs)
            self.step(f"after {label}")
            return found

        setattr(owner, name, watched)
        try:
            yield
        finally:
            setattr(owner, name, proper)


class Premises:
    """A practice's folder and its clock; each turn is worked in an office of its own."""

    def __init__(self, folder: Path, clock: DrivenClock, practice: str) -> None:
        self.folder = folder
        self.clock = clock
        self.practice = practice
        self._office: Office | None = None
        self.wait_for_answers(30.0)

    def wait_for_answers(self, seconds: float) -> None:
        """How long the program waits for an answer: a hang need not cost a trial half a minute."""
        self.timeout = tokens.TIMEOUT = (5.0, seconds)

    @property
    def office(self) -> Office:
        """The office as this process has it open; a process that died leaves nothing but what lies on disk."""
        if self._office is None:
            self._office = _SwiftOffice.open_swiftly(self)
        return self._office

    def close(self) -> None:
        """Let go of the office: the next one is opened anew."""
        if self._office is not None:
            self._office.close()
            self._office = None

    @property
    def desk(self) -> Desk:
        return self.office.desk(self.practice)

    def sleep(self, seconds: float) -> None:
        """The program waits: the world's clock moves on.

        The company answers in real time. Before so much time passes as it may be at work on a request, it gets the
        time to have done so: three answers, one after the other, and it has read whatever was sent before.
        """
        if seconds >= AT_WORK_SECONDS_MAX:
            url = f"{self.office.config.quickbooks.api_base_url}/simulator/clock"
            for _ in range(3):
                urllib.request.urlopen(url, timeout=60).close()
        self.clock.advance(seconds)

    def turn(self, **how: Any) -> TurnReport:
        """One turn; QuickBooks is asked."""
        return turn(self.office, self.practice, **{"ask": Ask.ALWAYS, **how})


class World(Premises):
    """The premises, and the company that belongs to them."""

    def __init__(self, folder: Path, simulator: RunningSimulator, clock: DrivenClock, practice: str) -> None:
        super().__init__(folder, clock, practice)
        self.simulator = simulator
        self.realm = simulator.realm

    @property
    def company(self) -> Any:
        return self.simulator.state.companies[self.realm]

    def connect_again(self) -> bool:
        """What a person does when a connection is dead; whether it was."""
        desk, state = self.desk, self.simulator.state
        if not desk.store.mirror.cursor(self.practice, tokens.DEAD):
            return False
        with state.lock:
            good = add_realm(state.keys, state.settings, self.realm, self.clock.now())
        tokens.keep_refresh_token(desk.store, self.practice, self.realm, good, desk.token_keys, desk.clock())
        return True


class _SwiftOffice(Office):
    """An office whose waiting moves the world's clock, and that reads rules once per process."""

    world: Premises

    @staticmethod
    def open_swiftly(world: Premises) -> "_SwiftOffice":
        plain = Office.open(world.folder / "config.toml", clock=world.clock.now)
        swift = _SwiftOffice(plain.config, plain.store, plain.clock)
        swift.world = world
        return swift

    def desk(self, practice: str) -> Desk:
        return _SwiftDesk(self, self.config.practice(practice))


class _SwiftDesk(Desk):
    @functools.cached_property
    def rules(self) -> Any:
        return _rules(self.practice, lambda: office.load_rules(self.config))

    def call(self, progress: Any = lambda _: None) -> Any:
        world = self.office.world  # type: ignore[attr-defined]
        client = super().call(progress)
        client.timeout = world.timeout
        client.at_work_seconds = AT_WORK_SECONDS_MAX
        client._sleep = client.access._sleep = client.pace._sleep = world.sleep
        return client


_KNOWN_RULES: dict[str, Any] = {}


def _rules(practice: str, load: Any) -> Any:
    if practice not in _KNOWN_RULES:
        _KNOWN_RULES[practice] = load()
    return _KNOWN_RULES[practice]


def remember_entry_points() -> None:
    """Looking for connectors in the environment costs more than a turn of so small a practice."""
    if connector.entry_points is importlib.metadata.entry_points:
        connector.entry_points = functools.cache(importlib.metadata.entry_points)


def prepare(folder: Path, story: Story, begin: Any) -> None:
    """Make the folder that every trial begins with a copy of: connected, set up, and every client with a code."""
    logs.configure("error")
    remember_entry_points()
    practice = story.draft.practice
    folder.mkdir(parents=True, exist_ok=True)
    write_folder(folder, [story.draft], seed=1, today=LAST_SESSIONS, port=1)
    config = folder / "config.toml"
    text = config.read_text(encoding="utf-8")
    if practice.policy == "accrual":
        text = text.replace("agreement_date", "month_end_allowance = true\nagreement_date")
    config.write_text(text, encoding="utf-8")
    shutil.rmtree(folder / "inbox")
    (folder / "inbox").mkdir()
    lay_mappings(folder / "mappings")
    (folder / "token_key").write_bytes(new_token_key())
    with open_world(folder, story, begin, keep=True) as world:
        desk = world.desk
        play._prepare(desk, lambda _: None)
        # Drawn once for all trials, so that the same entry bears the same mark in each.
        assert desk.secret
        assert desk.store.secrets.drawn(desk.practice, "customer references")
        codes = [
            ClientCode(key=decision_key("client_code", one.id), client=one.id, code=f"K{number}TRY")
            for number, one in enumerate(story.draft.clients, start=2)
        ]
        decide(desk, codes, name="client codes")


@contextlib.contextmanager
def open_world(folder: Path, story: Story, begin: Any, *, keep: bool = False, **settings: Any) -> Iterator[World]:
    """Start the company of a folder. Unless it is to be kept, what happens to it stays in memory."""
    realm = story.draft.practice.realm
    token = play.SIMULATOR_TOKEN if realm == play.PRACTICES[0].realm else f"{play.SIMULATOR_TOKEN}-{realm}"
    made = SimulatorSettings(
        realms=(realm,), refresh_token=token, state_file=folder / COMPANY, record_received=False, **settings
    )  # fmt: skip
    clock = DrivenClock(begin)
    with running_simulator(made, clock=clock) as simulator:
        if not keep:
            with simulator.state.lock:
                assert simulator.state.file is not None
                simulator.state.file.close()
                simulator.state.file = None
        config = folder / "config.toml"
        text = config.read_text(encoding="utf-8")
        port = simulator.base_url.rpartition(":")[2]
        old = text.partition("http://127.0.0.1:")[2].partition('"')[0].partition("/")[0]
        config.write_text(text.replace(f"127.0.0.1:{old}", f"127.0.0.1:{port}"), encoding="utf-8")
        world = World(folder, simulator, clock, story.draft.practice.id)
        try:
            yield world
        finally:
            world.close()


@contextlib.contextmanager
def trial_world(template: Path, folder: Path, story: Story, begin: Any, **settings: Any) -> Iterator[World]:
    """A copy of the prepared folder, with its own company, for one trial."""
    remember_entry_points()
    shutil.copytree(template, folder)
    try:
        with open_world(folder, story, begin, **settings) as world:
            yield world
    finally:
        shutil.rmtree(folder, ignore_errors=True)
