"""The daemon: turn after turn for every practice, until it is told to stop.

The main thread supervises and never works itself: it starts the turn of each practice that is due in a small pool,
hears signals, and tells systemd how things stand. Each practice is due again so many minutes after its last turn began;
one that fails does not hold up the others, and when all fail, all wait longer each time.

    SIGTERM, SIGINT   the turns that run are finished, no other is begun, exit 0
    SIGHUP            config and mappings are read again; with mistakes in them the old ones stand
    watchdog          is fed only while every turn that runs has shown progress within STALLED_AFTER seconds

systemd is told in the words of sd_notify(3): READY, STATUS, WATCHDOG, RELOADING, STOPPING.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import FrameType

import structlog

from hhs_sync.digest.delivery import Daily
from hhs_sync.errors import ConfigError, HhsSyncError
from hhs_sync.intake import Progress
from hhs_sync.logs import tellable
from hhs_sync.office import Office
from hhs_sync.sync import TurnReport, turn

log = structlog.get_logger(__name__)

STALLED_AFTER = 50.0
"""Seconds without a sign of progress after which a turn counts as wedged. The longest wait on the wire is 35."""
TICK = 0.5
"""Seconds between two looks at what is due and who is done."""
PAUSE_FIRST, PAUSE_MAX = 5.0, 3600.0
"""Seconds to wait when nothing works: at first, and at the most."""

DONE = 0

Work = Callable[[Office, str, Progress], TurnReport]
"""One practice's turn, which tells of its progress."""


class Stopping:
    """What signals ask for."""

    def __init__(self) -> None:
        """Nothing is asked for yet."""
        self.stop = threading.Event()
        self.reload = threading.Event()

    @contextlib.contextmanager
    def listening(self) -> Iterator[Stopping]:
        """Hear signals within the block; afterwards they do again what they did before."""
        wanted = {signal.SIGTERM: self._stop, signal.SIGINT: self._stop, signal.SIGHUP: self._reload}
        before = {number: signal.signal(number, hear) for number, hear in wanted.items()}
        try:
            yield self
        finally:
            for number, old in before.items():
                signal.signal(number, old)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        # Nothing is logged in here: the signal may have come in the middle of a log line.
        del number
        self.stop.set()

    def _reload(self, _number: int, _frame: FrameType | None) -> None:
        self.reload.set()


def run(
    load: Callable[[], Office],
    *,
    work: Work | None = None,
    clock: Callable[[], float] = time.monotonic,
    once: bool = False,
) -> int:
    """Work until told to stop; 0 when stopped on purpose.

    `load` opens the office (config, store, connections) and is called again on SIGHUP. `work` does one practice's turn
    and calls the function it is given whenever it has got on a bit. Raises ConfigError when the config can't be used
    at the start: that does not mend itself. `once` ends after one turn of each practice.
    """
    with Stopping().listening() as asked:
        office = _open(load, asked)
        if office is None:
            return DONE
        supervisor = Supervisor(office, work or _turn, clock)
        try:
            notify("READY=1", supervisor.status())
            while not asked.stop.is_set():
                if asked.reload.is_set():
                    asked.reload.clear()
                    supervisor.reload(load)
                supervisor.tick()
                if once and supervisor.all_done_once():
                    break
                asked.stop.wait(TICK)
            notify("STOPPING=1", "STATUS=finishing the turns that run")
            log.info("stopping", count=len(supervisor.running))
            supervisor.finish()
        finally:
            supervisor.close()
    return DONE


def _turn(office: Office, practice: str, progress: Progress) -> TurnReport:
    return turn(office, practice, progress=progress)


def _open(load: Callable[[], Office], asked: Stopping) -> Office | None:
    """The office, as soon as it can be opened: a database that is not up yet is waited for."""
    pause = PAUSE_FIRST
    while True:
        try:
            return load()
        except ConfigError:
            raise
        except HhsSyncError as error:
            log.warning("cannot start yet", reason=tellable(error), seconds=pause)
            notify(f"STATUS=waiting: {tellable(error)}", "WATCHDOG=1")
            if _wait_and_ping(asked, pause):
                return None
            pause = min(pause * 2, PAUSE_MAX)


def _wait_and_ping(asked: Stopping, seconds: float) -> bool:
    """Wait so long, alive in the eyes of systemd; True when asked to stop."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if asked.stop.wait(min(left, 10.0)):
            return True
        notify("WATCHDOG=1")
    return False


class Supervisor:
    """Which practice is due when, who is at work, and how it went."""

    def __init__(
        self,
        office: Office,
        work: Work,
        clock: Callable[[], float],
    ) -> None:
        """Every practice that may be worked is due at once."""
        self.office = office
        self.running: dict[str, Future[TurnReport]] = {}
        self._work = work
        self._clock = clock
        self._pool = ThreadPoolExecutor(max_workers=office.config.daemon.at_once, thread_name_prefix="turn")
        self._daily = Daily()
        self._due: dict[str, float] = {}
        self._progress: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._done: set[str] = set()
        self._fed = float("-inf")
        self._said = ""
        self._stalled: list[str] = []

    def tick(self) -> None:
        """Take in what is done, begin what is due, and tell systemd."""
        self._collect()
        now = self._clock()
        for practice in self.office.worked:
            free = len(self.running) < self.office.config.daemon.at_once
            if free and practice not in self.running and self._due.get(practice, now) <= now:
                self._begin(practice, now)
        self._daily.tick(self.office)
        self._feed(now)

    def reload(self, load: Callable[[], Office]) -> None:
        """Another office in place of this one, once the turns that run are done; the old one stands on mistakes."""
        notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        self.finish()
        try:
            fresh = load()
        except HhsSyncError as error:
            log.error("the config stays as it was", reason=tellable(error))  # noqa: TRY400  Its text says it all.
        else:
            self.close()
            self.office = fresh
            self._daily = Daily()
            self._pool = ThreadPoolExecutor(max_workers=fresh.config.daemon.at_once, thread_name_prefix="turn")
            self._due.clear()
            log.info("config read again", count=len(fresh.worked))
        notify("READY=1", self.status())

    def finish(self) -> None:
        """Wait for the turns that run, and for a digest that is on its way."""
        while self.running:
            self._collect()
            self._feed(self._clock())
            time.sleep(TICK / 10)
        self._daily.finish()

    def close(self) -> None:
        """Let go of threads and connections."""
        self._pool.shutdown(wait=True)
        self._daily.close()
        self.office.close()

    def all_done_once(self) -> bool:
        """True when every practice has had a turn."""
        return not self.running and self._done.issuperset(self.office.worked)

    def status(self) -> str:
        """What stands beside the service in `systemctl status`."""
        if self.running:
            return f"STATUS=working on {', '.join(sorted(self.running))}"
        failing = sorted(practice for practice, count in self._failures.items() if count)
        if failing:
            return f"STATUS=waiting; failed last time: {', '.join(failing)}"
        return f"STATUS=waiting; {len(self.office.worked)} practices"

    def _begin(self, practice: str, now: float) -> None:
        def progress(_stage: str) -> None:
            self._progress[practice] = self._clock()

        self._progress[practice] = now
        self._due[practice] = now + self.office.config.daemon.every_minutes * 60
        self.running[practice] = self._pool.submit(self._work, self.office, practice, progress)

    def _collect(self) -> None:
        for practice, future in [*self.running.items()]:
            if not future.done():
                continue
            del self.running[practice]
            self._done.add(practice)
            error = future.exception()
            if error is None:
                self._failures[practice] = 0
                continue
            self._failures[practice] = self._failures.get(practice, 0) + 1
            if isinstance(error, HhsSyncError):
                log.error("turn failed", practice=practice, reason=tellable(error), failed=self._failures[practice])
            else:
                log.error("turn failed", practice=practice, exc_info=error, failed=self._failures[practice])
            self._put_off_when_all_fail()

    def _put_off_when_all_fail(self) -> None:
        """When no practice got through, the fault lies elsewhere: everybody waits longer each time."""
        failures = [self._failures.get(practice, 0) for practice in self.office.worked]
        if not failures or not all(failures):
            return
        every = self.office.config.daemon.every_minutes * 60.0
        pause = min(every * 2.0 ** (min(failures) - 1), max(every, PAUSE_MAX))
        now = self._clock()
        for practice in self.office.worked:
            self._due[practice] = now + pause
        log.warning("every practice failed", seconds=pause, attempt=min(failures))

    def _feed(self, now: float) -> None:
        """Tell systemd that we live, as long as nobody is wedged."""
        status = self.status()
        if status != self._said:
            self._said = status
            notify(status)
        stalled = sorted(practice for practice in self.running if now - self._progress[practice] > STALLED_AFTER)
        if stalled != self._stalled:
            self._stalled = stalled
            log.error("turns without progress", practice=", ".join(stalled), count=len(stalled))
        if stalled:
            return
        if now - self._fed >= self._feed_every():
            self._fed = now
            notify("WATCHDOG=1")

    @staticmethod
    def _feed_every() -> float:
        """Half of what systemd allows, as it advises; ten seconds where it says nothing."""
        microseconds = os.environ.get("WATCHDOG_USEC", "")
        return min(10.0, int(microseconds) / 2e6) if microseconds.isdecimal() else 10.0


def notify(*lines: str) -> None:
    """Tell systemd, if it listens (sd_notify(3)): one datagram to the socket that NOTIFY_SOCKET names."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as said:
        said.connect(address)
        said.sendall("\n".join(lines).encode())
