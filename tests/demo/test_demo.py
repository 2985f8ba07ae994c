"""`hhs-sync demo`: two commands from nothing to tied-out books, and again in the same folder without doubling."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import requests

from hhs_sync import cli
from hhs_sync.demo.cast import PRACTICES
from hhs_sync.demo.draft import Draft
from hhs_sync.demo.world import make_up
from tests.stage import THROUGH


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = cli.run(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture(scope="module")
def drafts(demo_folder: Path) -> list[Draft]:
    noted = json.loads((demo_folder / "demo.json").read_text())
    return [make_up(one, noted["seed"], THROUGH.fromisoformat(noted["through"])) for one in PRACTICES]


def test_every_mishap_is_among_the_exceptions(
    demo_folder: Path, drafts: list[Draft], capsys: pytest.CaptureFixture[str]
) -> None:
    for draft in drafts:
        practice = draft.practice.id
        code, out, _ = run(
            capsys, "exceptions", "--practice", practice, "--all", "--json", "--config", f"{demo_folder}/config.toml"
        )
        found = {one["code"] for one in json.loads(out)}

        assert cli.ATTENTION == code
        assert [] == [one.title for one in draft.mishaps if not set(one.codes) <= found]


def test_a_second_run_in_the_same_folder_goes_on_without_doubling(
    demo_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, before, _ = run(capsys, "demo", "--dir", str(demo_folder), "--no-web", "--json")

    code, out, _ = run(capsys, "demo", "--dir", str(demo_folder), "--no-web", "--json")
    told: dict[str, Any] = json.loads(out)

    assert 0 == code
    assert [(0, 0), (0, 0)] == [(one["documents_new"], one["posted_now"]) for one in told["practices"]]
    assert all(one["tied"] for one in told["practices"])
    assert [one["posted"] for one in json.loads(before)["practices"]] == [one["posted"] for one in told["practices"]]
    assert told["calls"]["writes"] == 0


def test_the_summary_says_what_came_in_what_was_posted_the_money_the_exceptions_and_what_to_try(
    demo_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "demo", "--dir", str(demo_folder), "--no-web")

    assert 0 == code
    for expected in (
        "Harbor Light Counseling (harbor, kept by accrual)", "Birch Hollow Therapy (birch, kept by cash)", "sessions",
        "remittances", "Invoice", "Deposit", "1000", "Operating checking", "DEN-01", "REM-01", "TIED",
        "What to try next", "harbor-exceptions.html",
    ):  # fmt: skip
        assert expected in out
    assert "harbor: taking in documents" in err


def test_reports_for_paper_show_codes_and_no_clients(demo_folder: Path, drafts: list[Draft]) -> None:
    shown = "\n".join(texts_of(path) for path in (demo_folder / "reports").iterdir())
    clients = [one for draft in drafts for one in draft.clients]

    assert [] == [one.last_name for one in clients if one.last_name in shown]
    assert [] == [one.id for one in clients if re.search(rf"\b{one.id}\b", shown)]
    assert [] == [one.member_id for one in clients if one.member_id and one.member_id in shown]


def texts_of(report: Path) -> str:
    """What can be read in a report; what stands in a PDF is tested where it is made (tests/reports)."""
    if report.suffix == ".xlsx":
        with zipfile.ZipFile(report) as parts:
            return "\n".join(parts.read(name).decode() for name in parts.namelist())
    return "" if report.suffix == ".pdf" else report.read_text()


def test_the_reports_are_there_as_a_page_and_as_a_table(demo_folder: Path) -> None:
    for practice in ("harbor", "birch"):
        page = (demo_folder / "reports" / f"{practice}-exceptions.html").read_text()
        table = (demo_folder / "reports" / f"{practice}-exceptions.csv").read_text()

        assert "<table" in page
        assert "<script" not in page
        assert len(table.splitlines()) > 10


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.txt").write_text("mine")

    code, _, err = run(capsys, "demo", "--dir", str(tmp_path))

    assert cli.USAGE == code
    assert "--dir" in err
    assert ["letter.txt"] == [path.name for path in tmp_path.iterdir()]


def test_on_a_terminal_it_serves_the_pages_to_a_visitor_until_ctrl_c(demo_folder: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from hhs_sync.cli import main; main()", "demo", "--dir", str(demo_folder)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL) as demo:
        os.close(theirs)
        try:
            shown = ""
            while "Ctrl-C stops" not in shown:
                shown += os.read(ours, 65536).decode()
            found = re.search(r"The pages: (\S+) +sign in as (\S+), password (\S+)", shown)
            assert found is not None
            address, name, password = found.groups()
            with requests.Session() as browser:
                form = {"name": name, "password": password}
                signed_in = browser.post(f"{address}/sign-in", form, headers={"Origin": address}, timeout=20)
                work = browser.get(f"{address}/exceptions", timeout=20)
        finally:
            demo.send_signal(signal.SIGINT)
        code = demo.wait(20)
    os.close(ours)

    assert 200 == signed_in.status_code == work.status_code
    assert "Sign out" in work.text
    assert 0 == code
