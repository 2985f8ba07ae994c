"""How many calls to QuickBooks the books cost, beside the same postings saved one by one.

Two promises: writing costs at most 1.05 times the fewest calls there can be (each wave of entries in batches of 30),
and a practice in which nothing happens costs at most 30 metered reads a day. Measured
against the simulator over HTTP, for the demo's two practices and for one of some 10,000 sessions; the clock is driven.

    python bench/calls.py                      # all of it: a few minutes
    python bench/calls.py --sessions 2000      # a smaller practice instead of the one of 10,000

One by one means what most integrations do: `save()` of python-quickbooks for each entry. The demo practice's postings
are really saved so, into a company of their own; for the large one the calls are counted.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from intuitlib.client import AuthClient
from msgspec import Struct
from quickbooks import QuickBooks

sys.path.insert(0, str(Path(__file__).parents[1]))

from hhs_sync import logs
from hhs_sync import office as office_module
from hhs_sync.cli.begin import lay_mappings, new_token_key
from hhs_sync.demo import play
from hhs_sync.demo.cast import PRACTICES, DemoPractice
from hhs_sync.demo.folder import write_folder
from hhs_sync.demo.world import make_up
from hhs_sync.look import look
from hhs_sync.office import Office
from hhs_sync.plan.changes import Create
from hhs_sync.quickbooks.client import BATCH
from hhs_sync.quickbooks.simulator import DrivenClock, RunningSimulator, SimulatorSettings, running_simulator
from hhs_sync.quickbooks.simulator.calls import Received
from hhs_sync.quickbooks.simulator.simulator import Simulator
from hhs_sync.quickbooks.waves import customers_of, is_sub_customer, waves
from hhs_sync.sync import Ask, turn

THROUGH = dt.date(2026, 11, 20)
NOON = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)
TURN_EVERY = dt.timedelta(minutes=15)
WRITES = ("batch", "create:", "update:", "void:", "delete:")
CALLS_A_MINUTE, BATCHES_A_MINUTE = 500, 40
"""Intuit's limits: single calls, and batches."""
FLOOR_TIMES_MOST, READS_A_DAY_MOST = 1.05, 30


class Cost(Struct, frozen=True, kw_only=True):
    """What one practice's first posting and a quiet day after it cost.

    `floor` is the fewest calls: each wave's entries in batches of 30, the last of a wave not full.
    """

    name: str
    sessions: int
    entries: int
    floor: int
    writes: int
    seconds: float
    reads_a_day: int
    alone_writes: int
    alone_seconds: float | None

    @property
    def times_floor(self) -> float:
        """How many times the fewest calls there can be."""
        return self.writes / self.floor


def measure(practice: DemoPractice, *, mishaps: bool, one_by_one: bool) -> Cost:
    """Post a practice from nothing, let a quiet day pass, and save the same one by one."""
    draft = make_up(practice, 1, THROUGH, mishaps=mishaps)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        clock = DrivenClock(NOON)
        settings = SimulatorSettings(realms=tuple(one.realm for one in PRACTICES), record_received=one_by_one)
        with running_simulator(settings, clock=clock) as simulator:
            port = int(simulator.base_url.rpartition(":")[2])
            write_folder(folder, [draft], seed=1, today=THROUGH, port=port)
            lay_mappings(folder / "mappings")
            (folder / "token_key").write_bytes(new_token_key())
            # Waiting is for the driven clock: a push that lets its changes settle must not take real seconds.
            patience = office_module.patient
            office_module.patient = lambda _progress: clock.advance
            with opened(folder, clock) as office:
                play._prepare(office.desk(practice.id), lambda _: None)  # noqa: SLF001  What `connect` and `setup` do.
                turn(office, practice.id, ask=Ask.NEVER, write=False)
                entries, floor = fewest(office, practice.id)
                set_up = len(simulator.state.received)
                before = writes(simulator.state)
                started = time.perf_counter()
                report = turn(office, practice.id, ask=Ask.ALWAYS)
                seconds = time.perf_counter() - started
                assert report.standing.tied, "what was posted ties out"
                assert report.standing.to_write == 0, "everything was posted"
                made = writes(simulator.state) - before
                # The look after a large push is part of it; from the next one on nothing has happened.
                turn(office, practice.id, ask=Ask.ALWAYS)
                reads = quiet_day(office, practice.id, clock, simulator.state)
            office_module.patient = patience
            posted = simulator.state.received[set_up:]
        alone = save_one_by_one(draft.practice.realm, settings, simulator.state, set_up, posted) if one_by_one else None
    return Cost(
        name=practice.id, sessions=len(draft.visits), entries=entries, floor=floor, writes=made, seconds=seconds,
        reads_a_day=reads, alone_writes=entries, alone_seconds=alone,
    )  # fmt: skip


@contextmanager
def opened(folder: Path, clock: DrivenClock) -> Iterator[Office]:
    """The office of a folder."""
    office = Office.open(folder / "config.toml", clock=clock.now)
    try:
        yield office
    finally:
        office.close()


def fewest(office: Office, practice: str) -> tuple[int, int]:
    """How many entries the first plan makes, customers included, and in how few calls that can be done."""
    changes = [change for change in look(office.desk(practice)).plan.changes if isinstance(change, Create)]
    customers = customers_of(changes)
    subs = sum(is_sub_customer(one) for one in customers)
    sizes = [len(customers) - subs, subs, *(len(wave) for wave in waves(changes))]
    return sum(sizes), sum(math.ceil(size / BATCH) for size in sizes)


def quiet_day(office: Office, practice: str, clock: DrivenClock, simulator: Simulator) -> int:
    """Metered reads of a day of turns every quarter of an hour, in which nothing happens anywhere."""
    before = simulator.calls.summary()["metered_reads"]
    assert isinstance(before, int)
    end = clock.now() + dt.timedelta(days=1)
    while clock.now() < end:
        clock.advance(TURN_EVERY.total_seconds())
        turn(office, practice, ask=Ask.WHEN_DUE)
    after = simulator.calls.summary()["metered_reads"]
    assert isinstance(after, int)
    return after - before


def writes(simulator: Simulator) -> int:
    """Calls that write, so far."""
    return sum(count for label, count in simulator.calls.by_label.items() if label.startswith(WRITES))


def save_one_by_one(
    realm: str, settings: SimulatorSettings, first: Simulator, set_up: int, posted: list[Received]
) -> float:
    """Seconds that python-quickbooks takes to save the same postings one by one, into a company like the first."""
    with running_simulator(settings, clock=DrivenClock(NOON)) as simulator:
        client = plain_client(simulator, realm)
        for request in first.received[:set_up]:
            save_all(client, request)
        started = time.perf_counter()
        for request in posted:
            save_all(client, request)
        return time.perf_counter() - started


def plain_client(simulator: RunningSimulator, realm: str) -> QuickBooks:
    """python-quickbooks as its README has it, but for the address."""
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # The library refuses addresses without https.
    token = play.SIMULATOR_TOKEN if realm == PRACTICES[0].realm else f"{play.SIMULATOR_TOKEN}-{realm}"
    auth = AuthClient("sim-client-id", "sim-client-secret", "http://localhost:8000/callback", simulator.discovery_url)
    client = QuickBooks(auth_client=auth, refresh_token=token, company_id=realm, minorversion=75)
    client.api_url_v3 = simulator.api_base_url
    return client


def save_all(client: QuickBooks, request: Received) -> None:
    """Save what one recorded request created."""
    if "/batch" not in request.target:
        return
    for item in msgspec.json.decode(request.body)["BatchItemRequest"]:
        (kind, fields) = next((name, fields) for name, fields in item.items() if name not in ("bId", "operation"))
        # What `save()` of the library's objects calls; the objects themselves add to a deposit's lines.
        client.create_object(kind, msgspec.json.encode(fields).decode())


def tell(cost: Cost) -> None:
    """One practice's figures."""
    batch_minutes = cost.writes / BATCHES_A_MINUTE
    alone_minutes = cost.alone_writes / CALLS_A_MINUTE
    print(f"{cost.name}: {cost.sessions:,} sessions, {cost.entries:,} entries (customers included)")
    print(
        f"  write calls         {cost.writes:>8,}   {cost.times_floor:.3f} times the fewest, {cost.floor:,} "
        f"({FLOOR_TIMES_MOST} at most; {cost.entries / BATCH:,.1f} if every batch were full)"
    )
    print(f"  saved one by one    {cost.alone_writes:>8,}   {cost.alone_writes / cost.writes:.1f} times as many")
    print(f"  at Intuit's limits  {batch_minutes:>8.1f}   minutes; one by one {alone_minutes:.1f}")
    if cost.alone_seconds is not None:
        print(
            f"  on this machine     {cost.seconds:>8.1f}   seconds, the whole turn; one by one {cost.alone_seconds:.1f}"
        )
    print(f"  reads, a quiet day  {cost.reads_a_day:>8}   ({READS_A_DAY_MOST} at most)")


def main() -> int:
    """Print the figures; 1 when a promise is not kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=10_000)
    asked = parser.parse_args()
    logs.configure("error")
    large = msgspec.structs.replace(PRACTICES[0], clients=max(10, asked.sessions // 10), comes_over=True)
    costs = [measure(one, mishaps=True, one_by_one=number == 0) for number, one in enumerate(PRACTICES)]
    costs.append(measure(large, mishaps=False, one_by_one=False))
    for cost in costs:
        tell(cost)
    kept = all(one.times_floor <= FLOOR_TIMES_MOST and one.reads_a_day <= READS_A_DAY_MOST for one in costs)
    print("kept" if kept else "NOT KEPT")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
