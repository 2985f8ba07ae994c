"""The figures that the program promises, each with its target: `make bench`, or `python bench NAME...` for some.

    help        hhs-sync --help
    demo        hhs-sync demo, both practices
    look        a whole look from nothing over 10,000 and 100,000 sessions: read, matched, books kept, plan made
    years       200,000 sessions of seven years: all of it computed and kept
    pushed      the same practice with all its documents in QuickBooks: looked at again, and after one new 835
    quiet       a turn with nothing new
    exports     a year of daily full exports into the store
    x12         reading 835s beside a bare loop
    matching    matching claim payments beside plain dicts
    calls       what is sent to QuickBooks, beside the floor and beside saving one by one
    web         the work list over HTTP: 50,000 questions over 200 practices with a million sessions

Machines are noisy: compare ratios taken in one run, on a machine that does nothing else.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
PROGRAM = Path(sys.executable).with_name("hhs-sync")
SMALL, LARGE = 10_000, 100_000


def say(what: str, figure: str, target: str) -> None:
    """One line: what was measured, what came out, what was promised."""
    print(f"{what:58} {figure:>22}   {target}", flush=True)


def run(*command: str) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout


def best_of(times: int, *command: str) -> float:
    """The seconds of the quickest run: what the command itself needs."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        subprocess.run(command, check=False, capture_output=True)
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def help_text() -> None:
    """How quickly the command line answers."""
    say("hhs-sync --help", f"{best_of(5, str(PROGRAM), '--help'):.2f} s", "under 0.3 s")


def look() -> None:
    """A whole look from nothing under each policy, and what ten times the work costs."""
    for policy in ("cash", "accrual"):
        small = json.loads(run(sys.executable, str(HERE / "look.py"), str(SMALL), policy))
        large = json.loads(run(sys.executable, str(HERE / "look.py"), str(LARGE), policy))
        for one, target in ((small, ""), (large, "under 20 s")):
            what = f"look from nothing, {policy}, {one['sessions']:,} sessions ({one['entries']:,} entries)"
            say(what, f"{one['seconds']:.1f} s", target)
        say("  of which reading documents", f"{large['reading']:.1f} s", "")
        say("  of which the processor worked", f"{large['processor']:.1f} s", "")
        say("  changes in the plan, exceptions", f"{large['changes']:,}, {large['exceptions']:,}", "")
        say("  memory", f"{large['megabytes']:,.0f} MB", "under 1,500 MB")
        # The two practices are not of exactly ten to one: the work is counted in sessions.
        work = large["sessions"] / small["sessions"]
        say(
            f"  {work:.1f} times the work costs",
            f"{large['seconds'] / small['seconds']:.1f} times",
            f"at most {1.2 * work:.1f}",
        )


def years() -> None:
    """Seven years of a large practice under full receivables, from what is stored."""
    told = json.loads(run(sys.executable, str(HERE / "look.py"), "200000", "accrual", "7"))
    say(
        f"computed again, accrual, {told['sessions']:,} sessions of seven years",
        f"{told['looking']:.1f} s",
        "under 40 s",
    )
    say("  and kept for the pages", f"{told['keeping']:.1f} s", "")
    say("  memory", f"{told['megabytes']:,.0f} MB", "under 2,000 MB")


def pushed() -> None:
    """Seven years of a large practice, every document of which is in QuickBooks."""
    told = json.loads(run(sys.executable, str(HERE / "pushed.py"), "200000", "accrual", "7"))
    what = f"computed again, {told['documents']:,} documents in QuickBooks"
    say(what, f"{told['looking']:.1f} s", "under 40 s")
    say("  and kept for the pages", f"{told['keeping']:.1f} s", "")
    say("  memory", f"{told['megabytes']:,.0f} MB", "under 2,000 MB")
    say("  all of them taken for ours, once", f"{told['adopting']:.1f} s", "")
    whole = told["looking"] + told["keeping"]
    say(
        f"after one new 835 of {told['claims']} claims, computed and kept",
        f"{told['after_one']:.1f} s",
        f"at most a tenth: {told['after_one'] / whole:.2f}",
    )
    say("  sessions of the clients that it names", f"{told['touched']:,}", "")
    say("  memory", f"{told['after_one_megabytes']:,.0f} MB", "")


def demo() -> None:
    """The demo from nothing, and again in its folder."""
    with TemporaryDirectory() as folder:
        for what, target in (
            ("hhs-sync demo, from nothing", "under 30 s"),
            ("hhs-sync demo, the same folder again", ""),
        ):
            started = time.perf_counter()
            run(str(PROGRAM), "demo", "--dir", f"{folder}/demo", "--no-web")
            say(what, f"{time.perf_counter() - started:.1f} s", target)


def quiet() -> None:
    """A turn of a practice to which nothing new has come; QuickBooks is not asked, for nothing is due."""
    with TemporaryDirectory() as folder:
        run(str(PROGRAM), "demo", "--dir", folder, "--no-web")
        started = time.perf_counter()
        told = run(sys.executable, str(HERE / "quiet.py"), folder)
        seconds = time.perf_counter() - started
    say("a turn with nothing new (start-up included)", f"{seconds:.2f} s", f"under 1 s ({told.strip()})")


def exports() -> None:
    """A year of daily full exports."""
    print(run(sys.executable, str(HERE / "store.py")), end="", flush=True)


def x12() -> None:
    """Reading 835s."""
    print(run(sys.executable, str(HERE / "x12.py")), end="", flush=True)


def matching() -> None:
    """Matching, a million of each; the middle of three runs."""
    runs = [json.loads(run(sys.executable, str(HERE / "matching.py"), "1000000")) for _ in range(3)]
    told = sorted(runs, key=lambda one: one["matching"] / one["floor"])[1]
    say(
        "matching 1,000,000 claim payments to sessions",
        f"{told['matching']:.1f} s",
        f"at most twice the dicts alone ({told['floor']:.1f} s): {told['matching'] / told['floor']:.1f} times",
    )


def web() -> None:
    """The work list over HTTP at full size."""
    told = json.loads(run(sys.executable, str(HERE / "web.py")))
    print(f"{told['questions']:,} open questions, {told['practices']} practices, {told['sessions']:,} sessions")
    for what, (middle, late, processor, size) in told["shown"].items():
        target = "under 150 ms" if what.startswith("evidence") else "under 100 ms"
        figure = f"{late:.0f} ms ({middle:.0f}, {processor:.0f})"
        say(f"{what}, 95 of 100 ({size / 1000:.0f} kB)", figure, f"{target} (middle, processor)")
    say("the heaviest page with its files", f"{told['weight'] / 1000:.0f} kB", "under 150 kB")


def calls() -> None:
    """Calls to QuickBooks."""
    print(run(sys.executable, str(HERE / "calls.py")), end="", flush=True)


BENCHES: dict[str, Callable[[], None]] = {
    "help": help_text,
    "demo": demo,
    "look": look,
    "years": years,
    "pushed": pushed,
    "quiet": quiet,
    "x12": x12,
    "matching": matching,
    "calls": calls,
    "web": web,
    "exports": exports,
}


def main() -> None:
    """All of them, or those that are named."""
    for name in sys.argv[1:] or BENCHES:
        if name not in BENCHES:
            sys.exit(f"no such bench: {name}. There are: {', '.join(BENCHES)}")
        BENCHES[name]()


if __name__ == "__main__":
    main()
