"""How much a year of daily full exports costs the store.

Every day the practice exports all its sessions again: 50,000 at first, 100 new and 20 changed each day. Two promises:
the last day costs no more than twice the tenth, and the database holds each distinct version of a session once.

    python bench/store.py                             # a temporary SQLite file
    python bench/store.py postgresql://...            # an empty PostgreSQL database
    python bench/store.py --days 30 --sessions 5000
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from hhs_sync.facts.document import Covers, Document, Placed, Reading
from hhs_sync.facts.session import Session
from hhs_sync.store import Store

BEGIN = dt.date(2020, 1, 1)
NEW_A_DAY = 100
CHANGED_A_DAY = 20
SESSIONS_A_DAY = 140
TENTH, LAST = 10, 5
"""The days about the tenth are held against the last five."""


class Day(Struct, frozen=True, kw_only=True):
    """What one day's export cost, in seconds, and what the database holds after it.

    `worked_seconds` is the processor's time of storing: on a machine that does other things as well it tells more
    than the clock, but not what a PostgreSQL server works.
    """

    number: int
    sessions: int
    versions_new: int
    store_seconds: float
    worked_seconds: float
    load_seconds: float


def daily_exports(days: int, sessions: int, seed: int = 1) -> Iterator[tuple[Document, Reading]]:
    """One full export a day, as a connector would read it."""
    chance = random.Random(seed)
    known = [session(number) for number in range(sessions)]
    for day in range(1, days + 1):
        if day > 1:
            for number in chance.sample(range(len(known)), CHANGED_A_DAY):
                known[number] = session(number, fee=15_000 + day)
            known.extend([session(len(known) + number) for number in range(NEW_A_DAY)])
        received_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=day)
        # The bytes stand for a file of the size that such an export has, some 120 bytes a row.
        content = b"".join(b"%s,%d\n" % (one.key.encode().ljust(110), one.fee) for one in known)
        document = Document.of(
            source="ehr", name=f"sessions-{day}.csv", content=content, received_at=received_at, as_of=received_at
        )
        covers = Covers(kind="session", first=BEGIN, last=known[-1].date)
        facts = tuple(Placed(fact=one, place=f"line {line}") for line, one in enumerate(known, start=2))
        yield document, Reading(facts=facts, covers=covers)


def session(number: int, fee: int = 15_000) -> Session:
    """One of the practice's sessions."""
    return Session(
        key=f"session/ehr/{number:07}",
        date=BEGIN + dt.timedelta(days=number // SESSIONS_A_DAY),
        client=f"client-{number % 900}",
        clinician=f"clinician-{number % 20}",
        service_code="90837",
        fee=fee,
        payer="Anthem",
        claim_number=f"C{number:07}",
    )


def take_exports(store: Store, practice: str, days: int, sessions: int) -> Iterator[Day]:
    """Store each day's export and load the facts that stand."""
    for number, (document, reading) in enumerate(daily_exports(days, sessions), start=1):
        begin, worked = time.perf_counter(), time.process_time()
        stored = store.readings.store(practice, [(document, reading)], "1")
        between, worked = time.perf_counter(), time.process_time() - worked
        facts = store.readings.load_facts(practice)
        end = time.perf_counter()
        assert len(reading.facts) == len(facts.sessions)
        yield Day(
            number=number,
            sessions=len(facts.sessions),
            versions_new=stored.versions,
            store_seconds=between - begin,
            worked_seconds=worked,
            load_seconds=end - between,
        )


def main() -> None:
    """Run it and print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("url", nargs="?", help="the database; without it a temporary SQLite file")
    options.add_argument("--days", type=int, default=365)
    options.add_argument("--sessions", type=int, default=50_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.db"
        with Store.open(chosen.url or f"sqlite:///{file}") as store:
            year, again = (take_exports(store, one, chosen.days, chosen.sessions) for one in ("casco", "saco"))
            measured = []
            for day in itertools.islice(year, chosen.days - LAST):
                measured.append(day)
                if day.number in {1, 2, 10} or day.number % 50 == 0:
                    say(day)
            # The last days are taken in turns with the days about the tenth of another practice, begun just now: a
            # machine is not as fast in the evening as it was in the morning.
            for _ in itertools.islice(again, TENTH - LAST // 2 - 1):
                pass
            pairs = [(early, late) for late, early in zip(year, again, strict=False)]
            measured.extend(late for _, late in pairs)
            say(measured[-1])
        for name in ("store_seconds", "worked_seconds"):
            early, late = (middle([pair[one] for pair in pairs], name) for one in (0, 1))
            print(f"{name}: {late:.2f} at the end, {late / early:.2f} times the tenth day's (promised: at most 2)")
        held = sum(day.versions_new for day in measured)
        distinct = chosen.sessions + (chosen.days - 1) * (NEW_A_DAY + CHANGED_A_DAY)
        print(f"versions held: {held}, distinct versions shown: {distinct}")
        if file.exists():
            print(f"database: {file.stat().st_size / 1e6:.0f} MB, documents included")


def say(day: Day) -> None:
    """Print one day."""
    print(
        f"day {day.number:3}: {day.sessions:6} sessions, {day.versions_new:5} new versions,"
        f" stored in {day.store_seconds:.2f} s (processor {day.worked_seconds:.2f} s),"
        f" loaded in {day.load_seconds:.2f} s",
        flush=True,
    )


def middle(days: list[Day], name: str) -> float:
    """The median of what the days took, in seconds."""
    taken: list[float] = sorted(getattr(day, name) for day in days)
    return taken[len(days) // 2]


if __name__ == "__main__":
    main()
