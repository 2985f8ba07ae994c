"""A list goes out, is filled in, and comes back: over the folder that the demo leaves behind."""

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from hhs_sync import cli
from hhs_sync.office import Office


@pytest.fixture
def config(demo_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_folder, tmp_path / "demo")) / "config.toml"


def say(capsys: pytest.CaptureFixture[str], config: Path, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = cli.run([*arguments, "--config", str(config)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def told(capsys: pytest.CaptureFixture[str], config: Path, code: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(say(capsys, config, "exceptions", "--all", "--code", code, "--json")[1])[0]
    return found


def filled_in(config: Path, capsys: pytest.CaptureFixture[str], answers: dict[str, dict[str, str]]) -> Path:
    """The CSV as a bookkeeper sends it back: the first row of each code filled in."""
    file = config.parent / "list.csv"
    say(capsys, config, "report", "exceptions", "--out", str(file))
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    for code, cells in answers.items():
        next(row for row in rows if row["Code"] == code).update(cells)
    with file.open("w", newline="", encoding="cp1252", errors="replace") as out:
        writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return file


def test_a_list_is_shown_first_then_stored_and_stored_once(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = filled_in(
        config, capsys,
        {
            "DEP-01": {"New note": "=called the payer", "New wait until": "1/31/2099"},
            "MAT-03": {"Decision": "accept", "Reason": "petty"},
            "DEN-03": {"New owner": "Dana"},
        },
    )  # fmt: skip

    code, out, _ = say(capsys, config, "exceptions", "import", str(file), "--by", "ada")
    untouched = told(capsys, config, "MAT-03")
    applied, after, _ = say(capsys, config, "exceptions", "import", str(file), "--apply", "--by", "ada")
    again, nothing, _ = say(capsys, config, "exceptions", "import", str(file), "--apply", "--by", "ada")

    assert (0, 0) == (code, applied)
    assert "4 to store" in out
    assert "Nothing was stored" in out
    assert "open" == untouched.get("state", "open")
    assert "4 stored" in after
    assert ("waiting", "2099-01-31") == tuple(told(capsys, config, "DEP-01")[name] for name in ("state", "waits_until"))
    assert any("=called the payer" in note for note in told(capsys, config, "DEP-01")["notes"])
    assert "Dana" == told(capsys, config, "DEN-03")["owner"]
    assert again in (0, cli.ATTENTION)  # What was accepted is not open any more: its row comes too late.
    assert "stored before" in nothing
    assert " stored," not in f" {nothing}".replace("stored before", "")
    with_office = Office.open(config)
    noted = [one for one in with_office.store.activity.read("harbor") if one.details.get("list") == "list.csv"]
    with_office.close()
    assert 4 == len(noted)
    assert {"ada"} == {one.by for one in noted}


def test_a_workbook_comes_back_as_well(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = config.parent / "list.xlsx"
    say(capsys, config, "report", "exceptions", "--practice", "harbor", "--out", str(file))
    book = openpyxl.load_workbook(file)
    sheet = book["Work list"]
    header = [cell.value for cell in sheet[1]]
    row = next(number for number in range(2, 60) if sheet.cell(number, header.index("Code") + 1).value == "DEP-01")
    sheet.cell(row, header.index("New note") + 1).value = "in the mail"
    sheet.cell(row, header.index("New wait until") + 1).value = 72686  # 2099-01-01, as a number: the format is lost.
    book.save(file)

    code, out, err = say(capsys, config, "exceptions", "import", str(file), "--apply")

    assert (0, "") == (code, err)
    assert "2 stored" in out
    assert "2099-01-01" == told(capsys, config, "DEP-01")["waits_until"]


def test_while_a_row_is_wrong_nothing_is_stored_and_each_wrong_row_is_told(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = filled_in(
        config, capsys,
        {
            "DEP-01": {"New wait until": "soon"},
            "DEN-03": {"New owner": "Dana"},
            "CMP-01": {"Decision": "accept", "Reason": "fine"},
        },
    )  # fmt: skip

    code, _, err = say(capsys, config, "exceptions", "import", str(file), "--apply")

    assert cli.FAILED == code
    assert 2 == sum(line.startswith("  list.csv, row ") for line in err.splitlines())
    assert "“soon” is not a day" in err
    assert "matter of law" in err
    assert "Dana" != told(capsys, config, "DEN-03")["owner"]


def test_programs_are_told_the_same(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = filled_in(config, capsys, {"DEN-03": {"New owner": "Dana"}})

    seen = json.loads(say(capsys, config, "exceptions", "import", str(file), "--json")[1])

    assert (False, 1, [], []) == (seen["stored"], len(seen["decisions"]), seen["gone"], seen["mistakes"])
    assert ("assign", "Dana") == (seen["decisions"][0]["decision"]["kind"], seen["decisions"][0]["decision"]["owner"])


def test_what_is_no_list_is_refused(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = say(capsys, config, "exceptions", "import", str(config))

    assert cli.FAILED == code
    assert "report exceptions" in err
