"""A whole look from nothing: every document read, matched, books kept, the plan made and the exceptions found.

One practice of the demo's kind over two years, with as many clients as the number of sessions asks for. Its files are
written first and not counted. Nothing is pushed.

    python bench/look.py 100000
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from hhs_sync.cli.begin import lay_mappings, new_token_key
from hhs_sync.demo.cast import PRACTICES
from hhs_sync.demo.folder import write_folder
from hhs_sync.demo.world import make_up

TODAY = dt.date(2026, 11, 21)
WEEKS = 104
SESSIONS_PER_CLIENT = 87
"""What a client of the demo comes to in so many weeks."""


def write_practice(folder: Path, sessions: int) -> int:
    """The practice's folder; how many sessions there are."""
    clients = max(10, sessions // SESSIONS_PER_CLIENT)
    practice = msgspec.structs.replace(PRACTICES[0], clients=clients, weeks=WEEKS, comes_over=True)
    draft = make_up(practice, 1, TODAY, mishaps=False)
    write_folder(folder, [draft], seed=1, today=TODAY, port=8075)
    lay_mappings(folder / "mappings")
    (folder / "token_key").write_bytes(new_token_key())
    return len(draft.visits)


def look_from_nothing(folder: Path) -> dict[str, float]:
    """Seconds of each step."""
    from hhs_sync import intake, logs
    from hhs_sync.office import Office
    from hhs_sync.sync import look

    logs.configure("error", "text")
    noon = dt.datetime.combine(TODAY, dt.time(17), dt.UTC)
    office = Office.open(folder / "config.toml", clock=lambda: noon)
    desk = office.desk(office.worked[0])
    started = time.perf_counter()
    taken = intake.take_in(desk, lambda _: None)
    read = time.perf_counter()
    review = look(desk, taken.troubles)
    done = time.perf_counter()
    office.close()
    return {
        "documents": taken.documents,
        "facts": taken.versions,
        "entries": len(review.books.entries),
        "exceptions": len(review.findings),
        "changes": len(review.plan.changes),
        "reading": read - started,
        "looking": done - read,
        "seconds": done - started,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Write the practice, then look at it, each in a process of its own so that memory is the look's alone."""
    if len(sys.argv) > 2:
        print(json.dumps(look_from_nothing(Path(sys.argv[2]))))
        return
    import subprocess

    with tempfile.TemporaryDirectory() as folder:
        sessions = write_practice(Path(folder), int(sys.argv[1]))
        ran = subprocess.run(
            [sys.executable, __file__, sys.argv[1], folder], check=True, capture_output=True, text=True
        )
        print(json.dumps({"sessions": sessions, **json.loads(ran.stdout)}))


if __name__ == "__main__":
    main()
