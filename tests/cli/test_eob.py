"""`hhs-sync eob`: a form is written, filled in, looked at."""

from pathlib import Path

import pytest

from hhs_sync import cli

CASES = Path(__file__).parents[1] / "cases" / "connectors"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.run(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_form_is_written_once_and_an_existing_file_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = tmp_path / "eob.xlsx"

    code, out, _ = run(capsys, "eob", "form", str(form))
    written = form.read_bytes()
    again, _, complaint = run(capsys, "eob", "form", str(form))

    assert (cli.DONE, cli.FAILED) == (code, again)
    assert f"hhs-sync eob show {form}" in out
    assert "left alone" in complaint
    assert written == form.read_bytes()


def test_an_empty_form_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form = tmp_path / "eob.xlsx"
    run(capsys, "eob", "form", str(form))

    code, out, _ = run(capsys, "eob", "show", str(form))

    assert (cli.ATTENTION, f"{form}: the form is empty.\n") == (code, out)


def test_a_form_must_be_a_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, complaint = run(capsys, "eob", "form", str(tmp_path / "eob.pdf"))

    assert cli.USAGE == code
    assert "must end in .xlsx" in complaint


def test_a_filled_in_form_is_shown_with_its_equations_and_without_names(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "eob", "show", str(CASES / "eob.csv"))

    assert cli.DONE == code
    assert "✓ payment: 60.00 + 1.28 = 61.28" in out
    assert "CO 45" in out
    assert "above the fee schedule" in out
    assert out.endswith("1 of 1 payments add up and can be posted: 61.28\n")
    assert "A. Client" not in out


def test_a_form_that_does_not_add_up_needs_attention(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "eob.csv"
    wrong.write_text((CASES / "eob.csv").read_text().replace(",60.00,", ",60.01,"))

    code, out, _ = run(capsys, "eob", "show", str(wrong))

    assert cli.ATTENTION == code
    assert "✗ line: 150.00 - 90.00 = 60.00, but 60.01 is told, which is 0.01 too much" in out
    assert "0 of 1 payments add up" in out


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, complaint = run(capsys, "eob", "show", str(tmp_path / "no.xlsx"))

    assert cli.FAILED == code
    assert "No such file" in complaint
