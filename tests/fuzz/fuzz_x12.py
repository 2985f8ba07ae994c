# ruff: noqa: T201 - a script that prints what it found.
"""Damage a million X12 files and hold the reader to its promises: `make fuzz`, or

    python tests/fuzz/fuzz_x12.py [COUNT] [SEED]

Every input is drawn from its own number, so a failure is repeated by its number alone. Even numbers damage our own
files, odd ones the published samples where those are there. What breaks a promise is told with its number; what came of
our own files is saved in tests/cases/x12/crashers, where the suite picks it up. Work is shared among all processors.
"""

import hashlib
import multiprocessing
import resource
import signal
import sys
import time
import traceback
from pathlib import Path
from random import Random
from types import FrameType

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.x12.mutations import bases, damage, promises  # noqa: E402 - the checkout must be on the path first.

CASES = ROOT / "tests" / "cases" / "x12"
SAMPLES = ROOT.parent / "shared" / "samples" / "x12"
SECONDS_MAX = 5
MEGABYTES_MAX = 400
BATCH = 2000


def main() -> int:
    """Try COUNT inputs (a million unless told otherwise); the exit code is 1 when a promise was broken."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    started = time.monotonic()
    done = broken = slowest = 0
    with multiprocessing.Pool() as pool:
        batches = range(seed, seed + count, BATCH)
        for tried, failures, slow in pool.imap_unordered(
            batch, ((start, min(BATCH, seed + count - start)) for start in batches)
        ):
            done += tried
            broken += failures
            slowest = max(slowest, slow)
            if sys.stderr.isatty():
                print(f"\r{done:,} inputs, {broken} broken", end="", file=sys.stderr)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    seconds = time.monotonic() - started
    print(
        f"\r{done:,} damaged files in {seconds:,.0f} s: {broken} broke a promise; slowest {slowest:.2f} s, {memory} MB"
    )
    return 1 if broken or memory > MEGABYTES_MAX else 0


def batch(share: tuple[int, int]) -> tuple[int, int, float]:
    """Inputs `start` to `start + count`: how many were tried, how many broke a promise, the slowest in seconds."""
    own = bases(CASES)
    published = bases(SAMPLES) if SAMPLES.is_dir() else own
    start, count = share
    failures, slowest = 0, 0.0
    signal.signal(signal.SIGALRM, too_slow)
    for number in range(start, start + count):
        content = damage(published if number % 2 else own, Random(number))
        began = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, SECONDS_MAX)
        try:
            promises(content)
        except Exception:  # noqa: BLE001 - any exception at all is what is looked for here.
            failures += 1
            save(number, content)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        slowest = max(slowest, time.monotonic() - began)
    return count, failures, slowest


def too_slow(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"more than {SECONDS_MAX} s for one small file")


def save(number: int, content: bytes) -> None:
    """Tell what broke; keep the file if it may be kept."""
    print(f"\ninput {number}: {traceback.format_exc(limit=-2)}", file=sys.stderr)
    if number % 2 == 0 or not SAMPLES.is_dir():
        folder = CASES / "crashers"
        folder.mkdir(exist_ok=True)
        (folder / f"{hashlib.sha256(content).hexdigest()[:16]}.x12").write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
