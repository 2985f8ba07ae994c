"""Many trials, for `make simulate`: every fault that is known, and whether anything was doubled or lost.

    python -m tests.simulation [SEEDS] [--first SEED] [--kills-every N]

Prints a line for each trial that did not come out well, and the sums at the end. Every so many trials the processes are
real ones that are killed for good.
"""

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

import click

from tests.simulation.trial import Seeded, Trials

MEMORY = Path("/dev/shm")  # A disk of memory, where there is one: nothing here is about the disk.


def main() -> int:
    """Run the trials; 1 when one did not come out well."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("seeds", type=int, nargs="?", default=1000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--kills-every", type=int, default=25)
    asked = parser.parse_args()
    faults: Counter[str] = Counter()
    doubles = losses = turns = by_hand = 0
    bad: list[int] = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        trials = Trials(Path(folder))
        for place, seed in enumerate(range(asked.first, asked.first + asked.seeds), start=1):
            outcome = trials.run(seed, kills=place % asked.kills_every == 0)
            faults += outcome.faults
            doubles += outcome.doubles
            losses += outcome.losses
            turns += outcome.turns
            by_hand += outcome.by_hand
            if not outcome.is_well:
                bad.append(seed)
                click.echo(f"seed {seed} did not come out well: {Seeded.of(seed)}")
                for problem in outcome.problems[:10]:
                    click.echo(f"    {problem[:400]}")
            if place % 50 == 0:
                click.echo(f"{place} seeds, {sum(faults.values())} faults, {time.monotonic() - started:.0f} s")
    click.echo(f"seeds             {asked.seeds}")
    click.echo(f"turns             {turns}")
    click.echo(f"faults injected   {sum(faults.values())}")
    for what, count in sorted(faults.items()):
        click.echo(f"    {what:<20}{count:>6}")
    click.echo(f"doubles           {doubles}")
    click.echo(f"losses            {losses}")
    click.echo(f"asked about       {by_hand} entries that a person edited or deleted, and what rests on them")
    click.echo(f"not well          {len(bad)} {bad or ''}")
    click.echo(f"seconds           {time.monotonic() - started:.0f}")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
