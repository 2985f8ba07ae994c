"""No file, however damaged, makes the reader raise, or tell cash that does not stand in it. `make fuzz` tries more."""

from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

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
