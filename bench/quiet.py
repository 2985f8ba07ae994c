"""One turn of a practice that is as it was, without asking QuickBooks: what a daemon does every quarter of an hour.

python bench/quiet.py FOLDER          a folder that `hhs-sync demo` made
"""

from __future__ import annotations

import sys
from pathlib import Path

from hhs_sync import logs
from hhs_sync.office import Office
from hhs_sync.sync import turn


def main() -> None:
    """Take the turn of the first practice, and say whether it was quiet."""
    logs.configure("error", "text")
    office = Office.open(Path(sys.argv[1]) / "config.toml")
    report = turn(office, office.worked[0])
    office.close()
    print("quiet" if report.quiet else "NOT QUIET", f"{report.seconds:.2f} s without start-up")


if __name__ == "__main__":
    main()
