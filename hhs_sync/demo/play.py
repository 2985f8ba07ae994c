"""The demo from beginning to end: a folder, a QuickBooks simulator, and the program run on them as on anybody's.

    first time     make up the practices, write their files, start the simulator, connect, set up, sync, report
    again          the same folder goes on: what is there is not doubled, and nothing is asked twice

There is no way through the program that only the demo takes: what this does is what one would do by hand with `init`,
`simulator`, `connect`, `setup`, `sync` and `report`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import secrets
import socket
import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.demo.cast import PRACTICES
from hhs_sync.demo.folder import NOTES, write_folder
from hhs_sync.demo.world import make_up
from hhs_sync.errors import ConfigError
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.review.record import Record, counted_once

if TYPE_CHECKING:
    from hhs_sync.intake import Progress
    from hhs_sync.office import Desk, Office
    from hhs_sync.quickbooks.simulator.clock import Clock
    from hhs_sync.quickbooks.simulator.server import RunningSimulator
    from hhs_sync.sync import TurnReport

COMPANY_FILE = "quickbooks.db"
REPORTS = "reports"
VISITOR = "visitor"
SIMULATOR_TOKEN = "sim-refresh-token"  # noqa: S105  It opens a simulator.
ZONE = zoneinfo.ZoneInfo("America/New_York")


class DemoNotes(Struct, frozen=True, kw_only=True):
    """What the demo remembers of itself. `through` is the last day of its story."""

    seed: int
    through: dt.date
    port: int


class Played(Struct, frozen=True, kw_only=True):
    """What came of one practice.

    `posted` counts the entries that stand in QuickBooks by kind; `made` what the set-up made there; `exceptions` gives
    number and cents at stake for each code, money that several exceptions are about told once.
    """

    practice: str
    name: str
    policy: str
    report: TurnReport
    record: Record
    documents: int
    posted: dict[QuickBooksKind, int]
    made: int
    exceptions: dict[str, tuple[int, int]]
    files: tuple[Path, ...]


def yesterday(now: dt.datetime) -> dt.date:
    """The last day of the story, so that every file of it lies in the past."""
    return now.astimezone(ZONE).date() - dt.timedelta(days=1)


def notes_of(folder: Path) -> DemoNotes | None:
    """What an earlier run left in the folder; None where there was none. Raises ConfigError for another's folder."""
    path = folder / NOTES
    if path.exists():
        noted = json.loads(path.read_text(encoding="utf-8"))
        return DemoNotes(seed=noted["seed"], through=dt.date.fromisoformat(noted["through"]), port=noted["port"])
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError((f"{folder}: this folder holds something else: name another one with --dir",))
    return None


def make_folder(folder: Path, seed: int, through: dt.date, port: int) -> DemoNotes:
    """Make up both practices and write all that they have."""
    folder.mkdir(parents=True, exist_ok=True)
    write_folder(folder, [make_up(one, seed, through) for one in PRACTICES], seed=seed, today=through, port=port)
    return DemoNotes(seed=seed, through=through, port=port)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def quickbooks(folder: Path, port: int, clock: Clock | None = None) -> Iterator[RunningSimulator]:
    """The simulated companies of the folder, as long as the block lasts; they are kept in a file between two runs.

    Raises ConfigError when somebody else listens on the port.
    """
    from hhs_sync.quickbooks.simulator import SimulatorSettings, running_simulator

    realms = tuple(one.realm for one in PRACTICES)
    settings = SimulatorSettings(realms=realms, state_file=folder / COMPANY_FILE)
    with contextlib.ExitStack() as stack:
        try:
            running = stack.enter_context(running_simulator(settings, clock=clock, port=port))
        except OSError:
            raise ConfigError(
                (f"port {port} of this machine is in use: is `hhs-sync simulator` still running? Stop it, then again",)
            ) from None
        yield running


def let_visitor_in(office: Office) -> str:
    """Somebody who may look at everything and decide what a bookkeeper decides; the password is another each time."""
    from hhs_sync.config.roles import Role
    from hhs_sync.store.users import ALL, Grant
    from hhs_sync.web import passwords

    password = secrets.token_urlsafe(12)
    users, now = office.store.users, office.clock()
    if users.find(VISITOR) is None:
        grants = [Grant(ALL, role) for role in (Role.BOOKKEEPER, Role.BILLER)]
        users.add(VISITOR, "Visitor", passwords.hashed(password), grants, now)
    else:
        users.set_password(VISITOR, passwords.hashed(password), now)
    return password


def play(office: Office, practice: str, progress: Progress, reports: Path) -> Played:
    """One practice: connected where it is not yet, set up, synced, and reported on."""
    from hhs_sync.look import current_record
    from hhs_sync.sync import Ask, turn

    desk = office.desk(practice)
    made = _prepare(desk, progress)
    report = turn(office, practice, progress=progress, ask=Ask.ALWAYS)
    progress("writing the exceptions report")
    record = current_record(desk)
    counted: Counter[str] = Counter(one.code for one in record.open_findings)
    at_stake: Counter[str] = Counter()
    for one in counted_once(record.open_findings):
        at_stake[one.code] += one.amount
    return Played(
        practice=practice,
        name=desk.config.name,
        policy=desk.rules.practice.policy.value,
        report=report,
        record=record,
        documents=len(desk.store.documents.catalog(practice)),
        posted=dict(Counter(one.kind for one in desk.store.pushes.pushed_entries(practice).values() if not one.voided)),
        made=made,
        exceptions={code: (counted[code], at_stake[code]) for code in sorted(counted)},
        files=_write_reports(desk, record, reports),
    )


def _prepare(desk: Desk, progress: Callable[[str], None]) -> int:
    """What `connect` and `setup` do; how many accounts, items and classes were made."""
    from hhs_sync.quickbooks import refresh, setup, tokens

    if tokens.load(desk.store, desk.practice, desk.token_keys) is not None:
        return 0
    progress("connecting to QuickBooks")
    first = desk.config.realm == PRACTICES[0].realm
    token = SIMULATOR_TOKEN if first else f"{SIMULATOR_TOKEN}-{desk.config.realm}"
    with desk.store.lock(desk.practice, owner=f"demo, pid {os.getpid()}", wait_seconds=30):
        tokens.keep_refresh_token(desk.store, desk.practice, desk.config.realm, token, desk.token_keys, desk.clock())
        progress("setting up accounts, items and classes")
        client = desk.call(progress)
        refresh.refresh(client, desk.store, desk.practice, desk.rules, desk.clock())
        catalog = refresh.load_catalog(desk.store, desk.practice, desk.rules)
        steps = setup.plan_setup(desk.rules, catalog)
        setup.apply_setup(steps, client, desk.store, desk.practice, catalog)
    return sum(1 for step in steps if step.to_make)


def _write_reports(desk: Desk, record: Record, reports: Path) -> tuple[Path, ...]:
    """The exceptions report as a page, on paper, as a workbook and as a table."""
    from hhs_sync.reports import write_report

    reports.mkdir(exist_ok=True)
    made_at = desk.clock().astimezone(zoneinfo.ZoneInfo(desk.config.time_zone))
    written = []
    for form in ("html", "pdf", "xlsx", "csv"):
        path = reports / f"{desk.practice}-exceptions.{form}"
        path.write_bytes(b"".join(write_report("exceptions", form, [record], made_at=made_at)))
        written.append(path)
    return tuple(written)
