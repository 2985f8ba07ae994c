"""One turn in a process of its own, which may kill itself at one of its steps: nothing is unwound, nothing tidied.

    python -m tests.simulation.child FOLDER PRACTICE NOW [--die-at STEP] [--answers-within SECONDS]

Prints "done" and what the turn wrote, or who else is at work on the practice.
"""

import argparse
import datetime as dt
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import click

from hhs_sync import logs
from hhs_sync.errors import PracticeBusyError
from hhs_sync.quickbooks.simulator import DrivenClock
from tests.simulation.world import Premises, Reaper, World

ROOT = Path(__file__).parents[2]


class Killer(Reaper):
    """Kills the process for good."""

    def die(self, label: str) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def start(world: World, *, die_at: int = 0, answers_within: float = 30.0) -> subprocess.Popen[str]:
    """Begin a turn in another process."""
    told = [str(world.folder), world.practice, world.clock.now().isoformat(), "--die-at", str(die_at)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.simulation.child", *told, "--answers-within", str(answers_within)],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def main() -> None:
    """The other process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("practice")
    parser.add_argument("now", type=dt.datetime.fromisoformat)
    parser.add_argument("--die-at", type=int, default=0)
    parser.add_argument("--answers-within", type=float, default=30.0)
    asked = parser.parse_args()
    logs.configure("error")
    premises = Premises(asked.folder, DrivenClock(asked.now), asked.practice)
    premises.wait_for_answers(asked.answers_within)
    killer = Killer(random.Random(0), 0.0, 0)
    killer.at_step = asked.die_at
    with killer.at_work():
        try:
            report = premises.turn()
        except PracticeBusyError as busy:
            click.echo(f"busy: {busy}")
        else:
            click.echo(f"done: {report.pushed.written if report.pushed else 0}")


if __name__ == "__main__":
    main()
