"""A whole look from nothing: every document read, matched, books kept, the plan made and the exceptions found.

One practice of the demo's kind over two years or more, with as many clients as the number of sessions asks for: one
export of its sessions, a week's 835s of each payer, and the bank lines of their money. Its files are written first and
not counted. Nothing is pushed.

    python bench/look.py 100000            cash: what QuickBooks should hold are deposit summaries
    python bench/look.py 100000 accrual    five documents in QuickBooks for every session
    python bench/look.py 200000 accrual 7  over seven years
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from hhs_sync import intake, logs
from hhs_sync.cli.begin import lay_mappings, new_token_key
from hhs_sync.demo.cast import PRACTICES
from hhs_sync.demo.folder import write_folder
from hhs_sync.demo.world import make_up
from hhs_sync.look import keep, look
from hhs_sync.office import Office

TODAY = dt.date(2026, 11, 21)
WEEKS_A_YEAR = 52
SESSIONS_PER_CLIENT_A_YEAR = 43.3
"""What a client of the demo comes to."""
STAYS_WEEKS = 26
FEW_YEARS = 2


def write_practice(folder: Path, sessions: int, policy: str, years: int = 2) -> int:
    """The practice's folder; how many sessions there are."""
    weeks = WEEKS_A_YEAR * years
    # Over many years clients come and go; two years are told by the same ones.
    stays = STAYS_WEEKS if years > FEW_YEARS else 0
    clients = max(10, round(sessions * WEEKS_A_YEAR / (SESSIONS_PER_CLIENT_A_YEAR * (stays or weeks))))
    practice = msgspec.structs.replace(
        PRACTICES[0], policy=policy, clients=clients, weeks=weeks, comes_over=True, stays_weeks=stays
    )
    draft = make_up(practice, 1, TODAY, mishaps=False)
    write_folder(folder, [draft], seed=1, today=TODAY, port=8075)
    lay_mappings(folder / "mappings")
    (folder / "token_key").write_bytes(new_token_key())
    return len(draft.visits)


def open_office(folder: Path) -> Office:
    """The office at noon of the day after, when every file has come to rest."""
    logs.configure("error", "text")
    noon = dt.datetime.combine(TODAY + dt.timedelta(days=1), dt.time(17), dt.UTC)
    return Office.open(folder / "config.toml", clock=lambda: noon)


def look_from_nothing(folder: Path) -> dict[str, float]:
    """Read every document into an empty store, then look."""
    office = open_office(folder)
    desk = office.desk(office.worked[0])
    started, worked = time.perf_counter(), time.process_time()
    taken = intake.take_in(desk, lambda _: None)
    read = time.perf_counter()
    review = look(desk, taken.obstacles)
    done = time.perf_counter()
    keep(desk, review, taken.obstacles)
    kept = time.perf_counter()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    worked = time.process_time() - worked
    changes, entries, exceptions = len(review.plan.changes), len(review.books.entries), len(review.findings)
    office.close()
    return {
        "documents": taken.documents,
        "facts": taken.versions,
        "entries": entries,
        "changes": changes,
        "exceptions": exceptions,
        "reading": read - started,
        "looking": done - read,
        "keeping": kept - done,
        "seconds": done - started,
        "processor": worked,
        "megabytes": megabytes,
    }


def main() -> None:
    """Write the practice, then look at it, each in a process of its own so that memory is the look's alone."""
    if sys.argv[1] == "in":
        print(json.dumps(look_from_nothing(Path(sys.argv[2]))))
        return
    policy = sys.argv[2] if len(sys.argv) > 2 else "cash"
    years = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    with tempfile.TemporaryDirectory() as folder:
        sessions = write_practice(Path(folder), int(sys.argv[1]), policy, years)
        ran = subprocess.run([sys.executable, __file__, "in", folder], check=True, capture_output=True, text=True)
        print(json.dumps({"sessions": sessions, **json.loads(ran.stdout)}))


if __name__ == "__main__":
    main()
