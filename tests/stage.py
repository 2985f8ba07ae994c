"""A practice with all that belongs to it, for tests of the whole: files, config, store, and a simulated company.

Everything is real but the company and the clock. Each turn opens the office anew, as another process would.
"""

import contextlib
import datetime as dt
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hhs_sync import cli, logs
from hhs_sync.cli.begin import lay_mappings, new_token_key
from hhs_sync.demo import play
from hhs_sync.demo.cast import PRACTICES, DemoPractice
from hhs_sync.demo.folder import write_folder
from hhs_sync.demo.world import make_up
from hhs_sync.office import Desk, Office
from hhs_sync.quickbooks.simulator import DrivenClock
from hhs_sync.sync import Ask, TurnReport, turn

THROUGH = dt.date(2026, 11, 20)
NOON = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)


def small(number: int = 0, **changed: Any) -> DemoPractice:
    """One of the demo's practices with a dozen clients and seven weeks."""
    return msgspec.structs.replace(PRACTICES[number], **{"clients": 12, "weeks": 7, **changed})


class Stage:
    """One folder, one simulator, one clock."""

    def __init__(self, folder: Path, clock: DrivenClock) -> None:
        self.folder = folder
        self.clock = clock
        self.simulator: Any = None

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @contextlib.contextmanager
    def office(self) -> Iterator[Office]:
        office = Office.open(self.config, clock=self.clock.now)
        try:
            yield office
        finally:
            office.close()

    @contextlib.contextmanager
    def desk(self, practice: str = "harbor") -> Iterator[Desk]:
        with self.office() as office:
            yield office.desk(practice)

    def prepare(self) -> None:
        """Connect and set up every practice."""
        with self.office() as office:
            for practice in office.worked:
                play._prepare(office.desk(practice), lambda _: None)

    def turn(self, practice: str = "harbor", *, minutes: float = 15, **how: Any) -> TurnReport:
        """One turn, some minutes after the last; QuickBooks is asked."""
        self.clock.advance(minutes * 60)
        with self.office() as office:
            return turn(office, practice, **{"ask": Ask.ALWAYS, **how})

    def written(self) -> int:
        """How many writes the company has received, set-up and customers included."""
        with self.simulator.state.lock:
            return sum(self.simulator.state.calls.batch_items.values())

    def documents(self, realm: str = PRACTICES[0].realm) -> list[dict[str, Any]]:
        """Every entry of ours that the company holds, with its kind."""
        kinds = ("Invoice", "Payment", "CreditMemo", "SalesReceipt", "Deposit", "Purchase", "Transfer", "JournalEntry")
        with self.simulator.state.lock:
            tables = self.simulator.state.companies[realm].tables
            return [{"kind": kind, **fields} for kind in kinds for fields in tables[kind].values()]


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `hhs-sync demo` leaves behind, for tests that only read it, or that run the demo again."""
    made = tmp_path_factory.mktemp("demo") / "demo"

    assert 0 == cli.run(["demo", "--dir", str(made), "--no-web", "--json"])
    return made


@contextlib.contextmanager
def stage(
    folder: Path, practices: Sequence[DemoPractice], *, mishaps: bool = False, prepared: bool = True, seed: int = 1
) -> Iterator[Stage]:
    """Set everything up in a folder, at noon of the day after the story."""
    logs.configure("error")
    clock = DrivenClock(NOON)
    port = play.free_port()
    drafts = [make_up(one, seed, THROUGH, mishaps=mishaps) for one in practices]
    write_folder(folder, drafts, seed=seed, today=THROUGH, port=port)
    lay_mappings(folder / "mappings")
    (folder / "token_key").write_bytes(new_token_key())
    made = Stage(folder, clock)
    with play.quickbooks(folder, port, clock) as simulator:
        made.simulator = simulator
        if prepared:
            made.prepare()
        yield made


@contextlib.contextmanager
def stage_again(before: Path, folder: Path, at: dt.datetime) -> Iterator[Stage]:
    """A copy of a stage that was closed, its companies included, at a later moment."""
    shutil.copytree(before, folder, dirs_exist_ok=True)
    notes = play.notes_of(folder)
    assert notes is not None
    port = play.free_port()
    config = folder / "config.toml"
    config.write_text(config.read_text().replace(f":{notes.port}", f":{port}"))
    made = Stage(folder, DrivenClock(at))
    with play.quickbooks(folder, port, made.clock) as simulator:
        made.simulator = simulator
        yield made
