# ruff: noqa: T201 - the tables are what a person wants to see.
"""Every sample tells the figures that its index says it tells. `pytest -rP tests/x12/test_truth.py` shows the tables.

The published samples lie beside the checkout or are not here; the cases in tests/cases/x12 are our own, cover the same
ground, and are checked by a second calculator.
"""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from hhs_sync.facts.claim import Acknowledgement, Claim
from hhs_sync.facts.fact import read_fact, write_fact
from hhs_sync.x12.reading import kind_of_x12, read_x12
from tests.x12.figures import figures, plain_figures, table
from tests.x12.made import remittances

CASES = sorted((Path(__file__).parents[1] / "cases" / "x12").glob("*.835"))


@pytest.fixture(scope="session")
def x12(samples: Path) -> Path:
    return samples / "x12"


@pytest.fixture(scope="session")
def index(x12: Path) -> dict[str, list[str]]:
    return rows_of_index(x12 / "INDEX.md")


def rows_of_index(file: Path) -> dict[str, list[str]]:
    """The rows of the index that have figures, by file; cells as they stand."""
    rows = {}
    for line in file.read_text().split("## Origins")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) > 5 and "/" in cells[0] and "---" not in cells[0]:
            rows[cells[0]] = cells[1:]
    return rows


def test_every_published_835_tells_the_figures_of_its_index(x12: Path) -> None:
    truth = json.loads((x12 / "truth.json").read_text())
    read = {name: figures(remittances((x12 / name).read_bytes())) for name in truth}
    print("\n" + table(read))

    wrong = {
        name: {key: (row[key], truth[name][key]) for key in row if row[key] != truth[name][key]}
        for name, row in read.items()
    }

    assert {} == {name: differences for name, differences in wrong.items() if differences}
    assert 56 <= len(read)


def test_every_published_file_is_known_by_its_kind(x12: Path, index: dict[str, list[str]]) -> None:
    expected = {"835": "835", "made": "835", "generated": "835", "837p": "837", "277": "277", "999": "999"}

    assert {name: {expected[name.split("/")[0]]} for name in index} == {
        name: kind_of_x12((x12 / name).read_bytes()) for name in index
    }


def test_every_published_837p_tells_the_figures_of_its_index(x12: Path, index: dict[str, list[str]]) -> None:
    """Columns: ISA, GS, ST by type, claims, sum of CLM02, sum of SV102."""
    names = [name for name in index if name.startswith("837p/")]
    print(f"\n{'file':64} {'CLM':>4} {'CLM02':>11} {'SV102':>11}")
    for name in names:
        reading = read_x12((x12 / name).read_bytes(), "claims")
        claims = [placed.fact for placed in reading.facts]
        charged = sum(claim.amount_charged for claim in claims)
        of_lines = sum(line.amount_charged for claim in claims for line in claim.lines)
        print(f"{name:64} {len(claims):>4} {charged / 100:>11,.2f} {of_lines / 100:>11,.2f}")

        assert () == reading.unreadable, name
        assert all(isinstance(claim, Claim) and read_fact(write_fact(claim)) == claim for claim in claims)
        assert index[name][3:6] == [str(len(claims)), plain(charged), plain(of_lines)], name
    assert 21 <= len(names)


def test_every_published_answer_to_claims_tells_the_codes_of_its_index(x12: Path, index: dict[str, list[str]]) -> None:
    """The index counts STC01 only; STC10 and STC11 are ours besides. 999 rows read "IK5 A IK5 Rx2 AK9 P/3/3/1"."""
    names = [name for name in index if name.startswith(("277/", "999/"))]
    print()
    for name in names:
        reading = read_x12((x12 / name).read_bytes(), "answers")
        answers = [placed.fact for placed in reading.facts]
        codes = Counter(
            code for one in answers if name.startswith("277/") or not one.claim_number for code in one.codes
        )
        print(f"{name:40} {dict(codes)}")

        assert () == reading.unreadable, name
        assert all(isinstance(one, Acknowledgement) and read_fact(write_fact(one)) == one for one in answers)
        assert codes_of_index(index[name][6]) - codes == Counter(), name
        assert set(codes - codes_of_index(index[name][6])) <= {"A3:153:82", "A3:187", "A7:249"}, name
    assert 9 <= len(names)


def codes_of_index(cell: str) -> Counter[str]:
    codes: Counter[str] = Counter()
    for code, count in re.findall(r"((?:IK5|AK9) [A-Z][\d/]*|[A-Z]\d:[\d:A-Z]+?)(?:x(\d+))?(?= |$)", cell):
        codes[code.replace(" ", ":").replace("/", ":") + (":5" if code == "IK5 R" else "")] += int(count or 1)
    return codes


def plain(cents: int) -> str:
    return f"{cents / 100:.2f}".rstrip("0").rstrip(".")


def test_the_generated_practice_tells_its_own_truth(x12: Path) -> None:
    folder = x12 / "generated"
    truth = json.loads((folder / "practice-truth.json").read_text())
    read = remittances((folder / "practice.835").read_bytes())
    row = figures(read)

    assert truth["by_status"] == row["status"]
    assert truth["by_plb"] == row["plb_by_code"]
    assert [truth[key] for key in ("bpr02", "clp", "clp03", "clp04", "clp05", "plb_sum", "st", "svc")] == [
        row[key] for key in ("bpr02", "clp", "clp03", "clp04", "clp05", "plb", "st", "svc")
    ]
    claims = read_x12((folder / "practice.837").read_bytes(), "claims").facts
    assert 4902940 == sum(placed.fact.amount_charged for placed in claims)
    assert 329 == len({line.line_key for placed in claims for line in placed.fact.lines})


def test_our_own_cases_agree_with_the_second_calculator() -> None:
    read = {path.stem: figures(remittances(path.read_bytes())) for path in CASES}
    print("\n" + table(read))

    tidy = [path for path in CASES if path.stem != "crlf-two-isa"]
    assert {path.stem: plain_figures(path.read_bytes()) for path in tidy} == {
        path.stem: read[path.stem] for path in tidy
    }
    assert 11 <= len(read)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fb-week1", {"bpr02": 0, "clp04": -2790, "plb_by_code": {"FB": -2790}, "payments_balanced": 1}),
        ("fb-week2", {"bpr02": 8370, "clp04": 11160, "plb_by_code": {"FB": 2790}, "payments_balanced": 1}),
        ("wo-announced", {"bpr02": 20000, "plb_by_code": {"WO": -6000}, "status": {"22": 1, "1": 2}}),
        ("wo-taken", {"bpr02": 14000, "clp04": 20000, "plb_by_code": {"WO": 6000}}),
        ("interest-l6", {"bpr02": 22443, "clp04": 22320, "plb_by_code": {"L6": -123}}),
        ("crlf-two-isa", {"st": 2, "clp": 2, "bpr02": 19530, "payments_balanced": 2}),
        ("claim-off-by-a-cent", {"claims_balanced": 0, "lines_balanced": 1, "payments_balanced": 1}),
        ("denied-zero", {"bpr02": 0, "clp": 2, "clp03": 31500, "status": {"4": 2}}),
        ("medicare-crossover-19", {"bpr02": 10094, "status": {"19": 1}}),
        ("mainecare-after-medicare-2", {"bpr02": 1066, "status": {"2": 1}}),
        ("two-sessions-one-day", {"clp": 2, "svc": 4, "bpr02": 33480}),
    ],
)
def test_an_own_case_tells_what_its_name_says(name: str, expected: dict[str, object]) -> None:
    path = next(path for path in CASES if path.stem == name)
    row = figures(remittances(path.read_bytes()))

    assert expected == {key: row[key] for key in expected}
