"""`hhs-sync x12` is useful alone: no config, no database, and exit codes that a script can rely on."""

import json
import os
import re
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hhs_sync.facts.claim import Acknowledgement, Claim, ClaimState
from hhs_sync.facts.remittance import ClaimPayment, Imbalance, ProviderAdjustment, Remittance, ServiceLine
from hhs_sync.x12.command import PROBLEMS_SHOWN_MAX, x12
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
        "3 files: all in order; 1 payment, 111.60",
    ] == result.stdout.splitlines()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (CUT, "this payment is not whole"),
        (REMITTANCE.replace(b"BPR*I*111.6*", b"BPR*I*111.61*"), "what this payment tells as paid is 0.01 too much"),
        (b"not X12", "no X12 was found in this file: an X12 file begins with ISA"),
        (b"%PDF-1.7", "it is a PDF; ask the payer or the clearinghouse for the 835 (ERA) itself"),
        (b"PK\x03\x04", "it is an archive or a workbook; unpack it first"),
        (b"\xef\xbb\xbf\n<HTML>", "it is a web page (a sign-in page, perhaps)"),
        (b"EOB ID,Payer", "look at it with hhs-sync eob show"),
        (b"", "this file is empty"),
        (b" \r\n", "this file is empty"),
    ],
    ids=["cut off", "a cent too much", "other", "PDF", "archive", "web page", "EOB form", "empty", "blank"],
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


def test_check_says_which_claim_and_line_do_not_add_up(tmp_path: Path) -> None:
    (tmp_path / "odd.835").write_bytes(
        REMITTANCE.replace(b"SVC*HC:90837:95:HE*180*111.6", b"SVC*HC:90837:95:HE*180*111.61")
    )

    assert (
        "segment 20 (claim S1, 2026-01-02 90837): what this line tells as paid is 0.01 too much"
        in run("check", tmp_path / "odd.835").stdout
    )


def test_check_shows_the_first_problems_and_counts_the_others(tmp_path: Path) -> None:
    (tmp_path / "odd.835").write_bytes(CUT * 15)

    told = run("check", tmp_path / "odd.835")

    assert PROBLEMS_SHOWN_MAX == told.stdout.count("not whole")
    assert f"and 5 more: hhs-sync x12 show {tmp_path}/odd.835" in told.stdout
    assert 15 == len(json.loads(run("check", "--json", tmp_path / "odd.835").stdout)[0]["problems"])


def test_check_of_a_folder_without_files_says_so(tmp_path: Path) -> None:
    result = run("check", tmp_path)

    assert 1 == result.return_value
    assert "no file" in result.stderr


def test_show_of_a_folder_names_the_command_that_was_meant(tmp_path: Path) -> None:
    result = run("show", tmp_path)

    assert f"use `hhs-sync x12 check {tmp_path}`" in str(result.exception)


def test_json_has_the_same_form_whatever_the_file_holds(tmp_path: Path) -> None:
    (tmp_path / "two.835").write_bytes(REMITTANCE + REMITTANCE.replace(b"S1", b"S2"))
    (tmp_path / "none.835").write_bytes(b"not X12")

    two, none = (json.loads(run("show", "--json", tmp_path / f"{name}.835").stdout) for name in ("two", "none"))

    assert (2, []) == (len(two["facts"]), two["unreadable"])
    assert ([], ["segment 1"]) == (none["facts"], [one["place"] for one in none["unreadable"]])


def test_memory_follows_the_largest_payment_and_not_the_file(tmp_path: Path) -> None:
    """Ten times the file: the memory stays. `python bench/x12.py --memory` does it with 500 MB."""

    def peak(times: int) -> int:
        (tmp_path / "many.835").write_bytes(REMITTANCE * times)
        tracemalloc.start()
        assert 0 == run("check", tmp_path / "many.835").return_value
        told = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return told

    peak(10)
    small = peak(80)

    assert peak(800) < small + 100_000
    assert (tmp_path / "many.835").stat().st_size > 500_000


def test_the_documentation_names_fields_that_there_are() -> None:
    text = (Path(__file__).parents[2] / "docs" / "x12.md").read_text()
    table = text[text.index("| type | fields |") : text.index("`segment` is the number")]
    kinds = (Remittance, ClaimPayment, ServiceLine, ProviderAdjustment, Imbalance, Claim, Acknowledgement)
    fields = {field for kind in kinds for field in kind.__struct_fields__}
    values = {"remittance", "claim", "acknowledgement", "line", "payment", *(state.value for state in ClaimState)}

    named = set(re.findall(r"`([a-z_0-9]+)`", table))
    assert set() == named - fields - values
    assert {"amount_paid", "line_key", "imbalances", "state"} <= named


def test_whoever_has_seen_enough_of_a_large_file_is_not_told_of_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "many.835").write_bytes(REMITTANCE * 400)
    program = Path(sys.executable).with_name("hhs-sync")
    with subprocess.Popen(
        [program, "x12", "show", tmp_path / "many.835"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as showing:
        assert showing.stdout is not None
        assert showing.stderr is not None

        assert showing.stdout.readline().startswith(b"Payment 111.60")
        showing.stdout.close()
        assert b"" == showing.stderr.read()


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = threading.Thread(target=pipe.write_bytes, args=(REMITTANCE,))
    writing.start()

    assert "Payment 111.60" in run("show", pipe).stdout
    writing.join()
