"""The daemon works practice after practice, hears signals, and feeds the watchdog only while turns get on."""

import datetime as dt
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest

from hhs_sync import daemon
from hhs_sync.config import load_config
from hhs_sync.errors import ConfigError, QuickBooksUnavailableError, StoreError
from hhs_sync.intake import Progress
from hhs_sync.office import Office
from hhs_sync.store import Store
from hhs_sync.sync import TurnReport

CONFIG = """
[store]
url = "sqlite://"

[quickbooks]

[daemon]
every_minutes = 10
at_once = {at_once}
"""
PRACTICE = """
[[practices]]
id = "{id}"
name = "{id}"
agreement_date = 2026-01-02
first_plan_waits = false
mappings = "mappings"
"""


class Listener:
    """What systemd would hear."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(10)

    def heard(self) -> list[str]:
        """Every line so far."""
        self.socket.setblocking(False)
        lines: list[str] = []
        try:
            while True:
                lines += self.socket.recv(4096).decode().splitlines()
        except BlockingIOError:
            return lines


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    listener = Listener(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setattr(daemon, "TICK", 0.005)
    yield listener
    listener.socket.close()


@pytest.fixture
def office(tmp_path: Path) -> Callable[..., Office]:
    def opened(*practices: str, at_once: int = 1) -> Office:
        (tmp_path / "mappings").mkdir(exist_ok=True)
        path = tmp_path / "config.toml"
        path.write_text(CONFIG.format(at_once=at_once) + "".join(PRACTICE.format(id=one) for one in practices))
        return Office(load_config(path), Store.open("sqlite://"))

    return opened


def report(practice: str) -> TurnReport:
    return TurnReport(practice=practice, started_at=dt.datetime(2026, 11, 21, tzinfo=dt.UTC))


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def supervisor(office: Office, work: daemon.Work, clock: Clock) -> daemon.Supervisor:
    return daemon.Supervisor(office, work, clock)


def settle(one: daemon.Supervisor) -> None:
    """Begin the turns that are due, and let them end, however long that takes."""
    one.tick()
    while one.running:
        wait(one.running.values(), timeout=60)
        one.tick()


def test_every_practice_gets_its_turn_and_the_next_one_when_it_is_due(office: Callable[..., Office]) -> None:
    worked: list[str] = []
    clock = Clock()
    one = supervisor(
        office("acton", "bath"), lambda _o, practice, _p: (worked.append(practice), report(practice))[1], clock
    )
    settle(one)
    first = [*worked]
    clock.now = 9 * 60
    settle(one)
    before_due = [*worked]
    clock.now = 10 * 60
    settle(one)
    one.close()

    assert ["acton", "bath"] == first == before_due
    assert ["acton", "bath", "acton", "bath"] == worked


def test_a_practice_that_fails_does_not_stop_the_others(office: Callable[..., Office]) -> None:
    worked: list[str] = []

    def work(_office: Office, practice: str, _progress: Progress) -> TurnReport:
        worked.append(practice)
        if practice == "acton":
            raise StoreError("the disk is full")
        return report(practice)

    clock = Clock()
    one = supervisor(office("acton", "bath"), work, clock)
    settle(one)
    status = one.status()
    clock.now = 600
    settle(one)
    one.close()

    assert ["acton", "bath", "acton", "bath"] == worked
    assert "STATUS=waiting; failed last time: acton" == status


def test_a_bug_of_ours_in_one_turn_is_no_reason_to_end(office: Callable[..., Office]) -> None:
    def work(_office: Office, practice: str, _progress: Progress) -> TurnReport:
        raise AssertionError(practice)

    one = supervisor(office("acton"), work, Clock())
    settle(one)
    status = one.status()
    one.close()

    assert "STATUS=waiting; failed last time: acton" == status


def test_when_all_fail_all_wait_longer_each_time(office: Callable[..., Office]) -> None:
    begun: list[float] = []
    clock = Clock()

    def work(_office: Office, _practice: str, _progress: Progress) -> TurnReport:
        begun.append(clock.now)
        raise QuickBooksUnavailableError("QuickBooks cannot be reached")

    one = supervisor(office("acton"), work, clock)
    for minute in range(0, 181, 5):
        clock.now = minute * 60.0
        settle(one)
    one.close()

    assert [0, 10, 30, 70, 130] == [round(moment / 60) for moment in begun]


def test_no_more_turns_run_at_once_than_the_config_allows(office: Callable[..., Office]) -> None:
    inside, most, lock, two = [0], [0], threading.Lock(), threading.Barrier(2)

    def work(_office: Office, practice: str, _progress: Progress) -> TurnReport:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        two.wait(60)
        with lock:
            inside[0] -= 1
        return report(practice)

    one = supervisor(office("acton", "bath", "casco", "dover", at_once=2), work, Clock())
    settle(one)
    one.close()

    assert 2 == most[0]


def test_the_watchdog_is_fed_while_turns_get_on_and_not_when_one_is_wedged(
    office: Callable[..., Office], systemd: Listener
) -> None:
    clock, go_on, get_on, has_got_on = Clock(), threading.Event(), threading.Event(), threading.Event()

    def work(_office: Office, practice: str, progress: Progress) -> TurnReport:
        get_on.wait(60)
        progress("still on it")
        has_got_on.set()
        go_on.wait(60)
        return report(practice)

    one = supervisor(office("acton"), work, clock)
    one.tick()
    begun = systemd.heard()
    clock.now = daemon.STALLED_AFTER + 1
    one.tick()
    wedged = systemd.heard()
    get_on.set()
    has_got_on.wait(60)
    one.tick()
    got_on = systemd.heard()
    go_on.set()
    one.finish()
    one.close()

    assert ["STATUS=working on acton", "WATCHDOG=1"] == begun
    assert [] == wedged
    assert ["WATCHDOG=1"] == got_on


def test_a_database_that_is_not_up_yet_is_waited_for(
    office: Callable[..., Office], systemd: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon, "PAUSE_FIRST", 0.01)
    answers: list[Exception | Office] = [StoreError("the database does not answer"), office("acton")]

    def load() -> Office:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    code = daemon.run(load, work=lambda _o, practice, _p: report(practice), once=True)
    heard = systemd.heard()

    assert 0 == code
    assert "STATUS=waiting: the database does not answer" == heard[0]
    assert heard.index("READY=1") < heard.index("STOPPING=1")


def test_a_config_that_cannot_be_used_does_not_mend_itself() -> None:
    def load() -> Office:
        raise ConfigError(("config.toml:3: no",))

    with pytest.raises(ConfigError):
        daemon.run(load)


def test_reading_the_config_again_keeps_the_old_one_when_the_new_one_has_mistakes(
    office: Callable[..., Office], systemd: Listener
) -> None:
    worked: list[str] = []

    def bad() -> Office:
        raise ConfigError(("config.toml:3: no",))

    one = supervisor(office("acton"), lambda _o, practice, _p: (worked.append(practice), report(practice))[1], Clock())
    settle(one)
    one.reload(bad)
    settle(one)
    kept = [*worked]
    one.reload(lambda: office("bath"))
    settle(one)
    one.close()
    heard = systemd.heard()

    assert ["acton"] == kept
    assert ["acton", "bath"] == worked
    assert 2 == heard.count("RELOADING=1") == heard.count("READY=1")
    assert any(line.startswith("MONOTONIC_USEC=") for line in heard)


def test_nothing_is_said_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    daemon.notify("READY=1")
