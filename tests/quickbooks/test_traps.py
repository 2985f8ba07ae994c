"""The traps that lie in wait for whoever posts to QuickBooks, and that each of them is sprung by a test that names it.

A test names its traps by their numbers: `test_trap_9_...`, `test_traps_1_2_3_...`, `test_traps_3_and_16_...`.
"""

import re
from pathlib import Path

TRAPS = {
    1: "the answer is lost after the commit, then a restart",
    2: "the same, and the server ignores request ids",
    3: "429 before and after the commit; JSON, XML and lower-case bodies",
    4: "the refresh token is rotated and the process killed before it is written",
    5: "two workers refresh at once",
    6: "6000: please wait a few minutes",
    7: "6140 whose document is ours, and whose is not",
    8: "a deleted invoice among the changes",
    9: "a payment that is deposited already (6540)",
    10: "the books are closed while the queue is full",
    11: "amounts as texts, integers and floats; 0.1 + 0.2",
    12: "a customer made inactive or renamed between runs",
    13: "a page of exactly 1000 rows",
    14: "changes asked for further back than 30 days",
    15: "a hang: accepted, never answered",
    16: "200 with a fault inside",
    17: "a voided invoice: its note is changed, its mark is found",
    18: "webhooks in both formats, two companies in one body, repeated, reordered",
    19: "a batch with one bad item",
    20: "O'Brien\\ in a query",
}

_NAMED = re.compile(r"def test_traps?_((?:\d+_(?:and_)?)+)")


def test_every_trap_has_a_test_that_names_it() -> None:
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    named = {int(number) for text in texts for said in _NAMED.findall(text) for number in re.findall(r"\d+", said)}

    assert set(TRAPS) == named
