"""No file, however damaged, makes the reader raise, or tell cash that does not stand in it. `make fuzz` tries more."""

import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hhs_sync.x12.reading import read_rows
from tests.x12.mutations import bases, damage, promises

CASES = Path(__file__).parents[1] / "cases" / "x12"
FILES = bases(CASES)


@given(st.integers(0, 2**64))
def test_a_damaged_file_keeps_the_promises(seed: int) -> None:
    promises(damage(FILES, Random(seed)))


@given(st.binary(max_size=300))
def test_any_bytes_keep_the_promises(content: bytes) -> None:
    promises(content)
    promises(FILES[0][:106] + content)


def test_what_once_broke_a_promise_keeps_it_now() -> None:
    for path in sorted((CASES / "crashers").glob("*")):
        promises(path.read_bytes())


@pytest.mark.parametrize(
    "piece",
    [b"ISA*00*~", b"GS*HP*", b"~ST*835*1", b"~BPR*I*1*C", b"~TA1*1", b"~SE*1*1", b"\n ", b"~ ", b"~CLP*1*1*x", b"\xc2"],
    ids=repr,
)
@pytest.mark.parametrize("before", [b"", FILES[0][:106]], ids=["alone", "behind ISA"])
def test_four_times_the_rubbish_takes_some_four_times_the_time(piece: bytes, before: bytes) -> None:
    def seconds(size: int) -> float:
        content = before + piece * (size // len(piece))
        started = time.process_time()
        for _ in read_rows(content, "era"):
            pass
        return time.process_time() - started

    small = min(seconds(4_000) for _ in range(3))

    assert min(seconds(16_000) for _ in range(2)) < 9 * small + 0.1
