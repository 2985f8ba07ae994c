"""Many trials, for `make simulate`: every fault that is known, and whether anything was doubled or lost.

    python -m tests.simulation [SEEDS] [--first SEED] [--kills-every N] [--processes N]

Prints a line for each trial that did not come out well, and the sums at the end. Every so many trials the processes are
real ones that are killed for good.
"""

import argparse
import multiprocessing
import os
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

import click

from tests.simulation.trial import Outcome, Seeded, Trials

MEMORY = Path("/dev/shm")  # A disk of memory, where there is one: nothing here is about the disk.


_trials: list[Trials] = []
"""This process's own."""


def main() -> int:
    """Run the trials; 1 when one did not come out well."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("seeds", type=int, nargs="?", default=1000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--kills-every", type=int, default=25)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.seeds)
    outcomes: list[Outcome] = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        fresh = multiprocessing.get_context("spawn")
        with fresh.Pool(asked.processes, begin, (folder,)) as pool:
            works = [(seed, seed % asked.kills_every == 0) for seed in seeds]
            for outcome in pool.imap_unordered(run, works):
                outcomes.append(outcome)
                tell(outcome)
                if len(outcomes) % 25 == 0:
                    struck = sum(sum(one.faults.values()) for one in outcomes)
                    click.echo(f"{len(outcomes)} seeds, {struck} faults, {time.monotonic() - started:.0f} s")
    return sum_up(outcomes, time.monotonic() - started)


def begin(folder: str) -> None:
    """Make this process's template folders ready."""
    own = Path(folder) / str(os.getpid())
    own.mkdir()
    _trials.append(Trials(own))


def run(work: tuple[int, bool]) -> Outcome:
    """One trial, whatever comes of it."""
    seed, kills = work
    try:
        outcome = _trials[0].run(seed, kills=kills)
    except Exception as error:  # noqa: BLE001  One broken trial does not end the others.
        outcome = Outcome(
            seed=seed, faults=Counter(), problems=[f"the trial broke: {traceback.format_exception(error)[-1]}"]
        )
    outcome.last = None
    return outcome


def tell(outcome: Outcome) -> None:
    """What a trial found, if it found anything."""
    if not outcome.is_well:
        click.echo(f"seed {outcome.seed} did not come out well: {Seeded.of(outcome.seed)}")
        for problem in outcome.problems[:10]:
            click.echo(f"    {problem[:400]}")


def sum_up(outcomes: list[Outcome], seconds: float) -> int:
    """The sums over all trials."""
    faults: Counter[str] = Counter()
    for outcome in outcomes:
        faults += outcome.faults
    bad = sorted(outcome.seed for outcome in outcomes if not outcome.is_well)
    click.echo(f"seeds             {len(outcomes)}")
    click.echo(f"turns             {sum(outcome.turns for outcome in outcomes)}")
    click.echo(f"faults injected   {sum(faults.values())}")
    for what, count in sorted(faults.items()):
        click.echo(f"    {what:<20}{count:>6}")
    click.echo(f"doubles           {sum(outcome.doubles for outcome in outcomes)}")
    click.echo(f"losses            {sum(outcome.losses for outcome in outcomes)}")
    by_hand = sum(outcome.by_hand for outcome in outcomes)
    click.echo(f"asked about       {by_hand} entries that a person edited or deleted, and what rests on them")
    click.echo(f"not well          {len(bad)} {bad or ''}")
    click.echo(f"seconds           {seconds:.0f}")
    return 1 if bad else 0
