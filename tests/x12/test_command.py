"""`hhs-sync x12` is useful alone: no config, no database, and exit codes that a script can rely on."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hhs_sync.x12.command import x12
from tests.x12.test_reading import ANSWERS, BILLS, REMITTANCE

CUT = REMITTANCE[: REMITTANCE.index(b"SE*")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in {"paid.835": REMITTANCE, "bills.837": BILLS, "answers.277": ANSWERS}.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def run(*arguments: object, content: bytes | None = None) -> Result:
    return CliRunner().invoke(x12, [str(one) for one in arguments], input=content, standalone_mode=False)


def test_show_prints_a_payment_for_a_person(folder: Path) -> None:
    result = run("show", folder / "paid.835")

    assert 0 == result.return_value
    assert "Payment 111.60 by ACH" in result.stdout
    assert "✓ payment: 111.60 - 0.00 = 111.60" in result.stdout
    assert "ALDER" not in result.stdout


def test_show_reads_the_standard_input() -> None:
    assert "Payment 111.60" in run("show", "-", content=REMITTANCE).stdout


def test_show_prints_persons_when_asked_for(folder: Path) -> None:
    assert "ALDER, ADA" in run("show", "--names", folder / "paid.835").stdout


@pytest.mark.parametrize("name", ["paid.835", "bills.837", "answers.277"])
def test_show_prints_json_without_persons_unless_asked_for(folder: Path, name: str) -> None:
    plain = run("show", "--json", folder / name).stdout

    assert json.loads(plain)["facts"]
    assert "ALDER" not in plain
    assert "10000001A" not in plain
    assert ("ALDER" in run("show", "--json", "--names", folder / name).stdout) == (name != "answers.277")


def test_show_takes_the_words_of_a_practice(folder: Path) -> None:
    (folder / "adjustments.toml").write_text(
        '[[reasons]]\ngroups = ["CO"]\ncodes = ["45"]\nsays = "given up by contract"\n'
        '[[reasons]]\ngroups = ["PR"]\ncodes = ["3"]\nsays = "one payer\'s words"\npayer = "x"\n'
    )

    shown = run("show", "--mappings", folder, folder / "paid.835").stdout

    assert "given up by contract" in shown
    assert "client's share: copay" in shown


def test_show_refuses_mappings_that_are_not_there(folder: Path) -> None:
    result = run("show", "--mappings", folder, folder / "paid.835")

    assert 2 == result.exception.exit_code


@pytest.mark.parametrize("extra", [[], ["--json"]])
def test_show_asks_for_attention_when_something_is_missing(tmp_path: Path, extra: list[str]) -> None:
    (tmp_path / "cut.835").write_bytes(CUT)

    assert 3 == run("show", *extra, tmp_path / "cut.835").return_value


def test_a_file_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    for command in ("show", "check"):
        result = run(command, tmp_path / "none.835")

        assert 1 == result.return_value
        assert "No such file" in result.stderr


def test_check_tells_one_line_a_file(folder: Path) -> None:
    result = run("check", folder)

    assert 0 == result.return_value
    assert [
        f"✓ {folder}/answers.277: 1 277CA",
        f"✓ {folder}/bills.837: 3 claims",
        f"✓ {folder}/paid.835: 1 remittance, 1 claim payment, 111.60",
    ] == result.stdout.splitlines()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (CUT, "this payment is not whole"),
        (REMITTANCE.replace(b"BPR*I*111.6*", b"BPR*I*111.61*"), "what this payment tells as paid is 0.01 too much"),
        (b"not X12", "no X12 was found in this file"),
        (b"", "this file is empty"),
    ],
    ids=["cut off", "a cent too much", "other", "empty"],
)
def test_check_asks_for_attention_and_says_why(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "odd.835").write_bytes(content)

    result = run("check", tmp_path / "odd.835")

    assert 3 == result.return_value
    assert problem in result.stdout


def test_check_notes_odd_envelopes_without_asking_for_attention(tmp_path: Path) -> None:
    (tmp_path / "odd.835").write_bytes(REMITTANCE.replace(b"GE*1*", b"GE*7*").replace(b"*P*:", b"*T*:"))

    result = run("check", tmp_path / "odd.835")

    assert 0 == result.return_value
    assert "! GE counts 7 transaction sets; there are 1" in result.stdout
    assert "! a test, not to be posted" in result.stdout


def test_check_prints_json(folder: Path) -> None:
    rows = json.loads(run("check", "--json", folder).stdout)

    assert 3 == len(rows)
    assert {"remittance": 1} == rows[2]["kinds"]
    assert 11160 == rows[2]["cash"]
