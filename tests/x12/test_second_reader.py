# ruff: noqa: T201 - the table is what a person wants to see.
"""pyx12, which somebody else wrote, sees the same sums in every file that it can read; DIFFERS explains the others.

`pytest -rP tests/x12/test_second_reader.py` shows the table: each published file, whether we agree with its index and
the second reader with us, and where not, who is right and why.
"""

import io
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from pyx12.errors import X12Error
from pyx12.x12file import X12Reader

from hhs_sync.x12.reading import read_x12
from hhs_sync.x12.write import write_claims, write_remittances
from tests.x12.figures import figures
from tests.x12.made import BILLER, CLAIMS, ENVELOPE, REMITTANCES, remittances
from tests.x12.test_truth import codes_of_index, plain, rows_of_index

CASES = sorted((Path(__file__).parents[1] / "cases" / "x12").glob("*.835"))

# It wants an ISA of 106 bytes at the very beginning, of one of two versions, and keeps the first one's delimiters.
# In each of these files it is wrong or mute and we agree with the index.
DIFFERS = {
    "835/ashtabula-behavioral-5010.txt": "a byte order mark stands before ISA",
    "835/bcbsnc-il-vs-qc.835": "begins at ST",
    "835/bcbsnc-long-trace.835": "begins at ST",
    "835/nth-masked-1.dat": "the version in ISA12 is masked",
    "835/ryanco-one.txt": "ISA13 has ten digits, so its fixed places are off by one",
    "835/simple-payername.txt": "ISA has lost its padding",
    "835/tigershark-pipe.txt": "a newline stands between ISA16 and the terminator, which it takes for the terminator",
    "made/crlf-two-isa.835": "the second interchange has other delimiters",
    "837p/masked-medicaid.txt": "a byte order mark stands before ISA",
    "999/wisconsin.txt": "a byte order mark stands before ISA",
}


def sums(content: bytes) -> Counter[str]:
    """What pyx12 makes of a file: how many of each segment, and the sums of its money; X12Error when it refuses it."""
    found: Counter[str] = Counter()
    for segment in X12Reader(io.StringIO(content.decode("utf-8", "replace"))):
        tag = segment.get_seg_id()
        found[tag] += 1
        sign = -1 if tag == "BPR" and segment.get_value("BPR03") == "D" else 1
        for element in MONEY.get(tag, ()):
            found[element] += sign * int(100 * Decimal(segment.get_value(element) or 0))
    return found


MONEY = {
    "BPR": ("BPR02",),
    "CLP": ("CLP03", "CLP04"),
    "SVC": ("SVC02", "SVC03"),
    "PLB": ("PLB04", "PLB06", "PLB08", "PLB10", "PLB12", "PLB14"),
    "CLM": ("CLM02",),
    "SV1": ("SV102",),
}
NAMES = {
    "st": "ST", "clp": "CLP", "svc": "SVC", "bpr02": "BPR02", "clp03": "CLP03", "clp04": "CLP04", "svc02": "SVC02",
    "svc03": "SVC03", "plb": "PLB",
}  # fmt: skip


def agrees(content: bytes) -> bool:
    ours = figures(remittances(content))
    try:
        theirs = sums(content)
    except X12Error:
        return False
    theirs["PLB"] = sum(theirs[element] for element in MONEY["PLB"])
    return all(theirs[name] == ours[key] for key, name in NAMES.items())


def test_the_second_reader_agrees_on_every_published_835_but_those_that_it_cannot_read(samples: Path) -> None:
    folder = samples / "x12"
    names = list(json.loads((folder / "truth.json").read_text()))

    assert {name for name in DIFFERS if not name.startswith(("837p", "999"))} == {
        name for name in names if not agrees((folder / name).read_bytes())
    }


@pytest.mark.parametrize("path", [path for path in CASES if path.stem != "crlf-two-isa"], ids=lambda path: path.stem)
def test_the_second_reader_agrees_on_our_own_cases(path: Path) -> None:
    assert agrees(path.read_bytes())


@pytest.mark.parametrize("told", REMITTANCES.values(), ids=REMITTANCES)
def test_the_second_reader_agrees_on_what_we_write(told: object) -> None:
    assert agrees(write_remittances([told], ENVELOPE))


def agrees_on_charges(content: bytes) -> bool:
    claims = [placed.fact for placed in read_x12(content, "claims").facts]
    charged = sum(claim.amount_charged for claim in claims)
    of_lines = sum(line.amount_charged for claim in claims for line in claim.lines)
    try:
        theirs = sums(content)
    except X12Error:
        return False
    return (charged, of_lines) == (theirs["CLM02"], theirs["SV102"])


def test_the_second_reader_agrees_on_every_published_837p_but_those_that_it_cannot_read(samples: Path) -> None:
    wrong = {
        f"837p/{path.name}" for path in (samples / "x12" / "837p").iterdir() if not agrees_on_charges(path.read_bytes())
    }

    assert {name for name in DIFFERS if name.startswith("837p")} == wrong


def test_the_second_reader_agrees_on_the_claims_that_we_write() -> None:
    assert agrees_on_charges(write_claims(CLAIMS.values(), ENVELOPE, BILLER))


def codes_told(content: bytes) -> Counter[str] | None:
    """STC01 of each status, IK5 and AK9 of each answer, as pyx12 sees them; None when it refuses the file."""
    found: Counter[str] = Counter()
    try:
        for segment in X12Reader(io.StringIO(content.decode("utf-8", "replace"))):
            tag = segment.get_seg_id()
            if tag == "STC":
                found[segment.get_value("STC01")] += 1
            elif tag in {"IK5", "AK9"}:
                found[segment.format().strip("~").replace("*", ":")] += 1
    except X12Error:
        return None
    return found


def agrees_with_index(name: str, cells: list[str], content: bytes, truth: dict[str, dict[str, object]]) -> bool:
    kind = name.split("/", maxsplit=1)[0]
    if name in truth:
        ours = figures(remittances(content))
        return {key: truth[name][key] for key in ours} == ours
    placed = read_x12(content, "index").facts
    if kind == "837p":
        charged = sum(one.fact.amount_charged for one in placed)
        of_lines = sum(line.amount_charged for one in placed for line in one.fact.lines)
        return [str(len(placed)), plain(charged), plain(of_lines)] == cells[3:6]
    codes = Counter(code for one in placed if kind == "277" or not one.fact.claim_number for code in one.fact.codes)
    return codes_of_index(cells[6]) - codes == Counter()


def agrees_on(name: str, cells: list[str], content: bytes) -> bool:
    """Whether the second reader sees what we see."""
    kind = name.split("/", maxsplit=1)[0]
    if kind in {"277", "999"}:
        return codes_told(content) == codes_of_index(cells[6])
    return agrees_on_charges(content) if kind == "837p" else agrees(content)


def test_every_sample_agrees_with_its_index_and_the_second_reader_with_us_or_is_explained(samples: Path) -> None:
    folder = samples / "x12"
    truth = json.loads((folder / "truth.json").read_text())
    rows = rows_of_index(folder / "INDEX.md")
    assert truth.keys() <= rows.keys()
    wrong, differs = [], set()
    print(f"\n{'file':64} {'index':8} {'pyx12':8} who is right, and why")
    for name, cells in rows.items():
        content = (folder / name).read_bytes()
        index, second = agrees_with_index(name, cells, content, truth), agrees_on(name, cells, content)
        wrong += [] if index else [name]
        differs |= set() if second else {name}
        why = "" if second else f"we are: {DIFFERS.get(name, 'not explained')}"
        print(f"{name:64} {'agrees' if index else 'DIFFERS':8} {'agrees' if second else 'differs':8} {why}")

    assert [] == wrong
    assert DIFFERS.keys() == differs
    assert 86 <= len(rows)
