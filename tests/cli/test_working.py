"""Working on the command line: connect, set up, sync, back-fill, approve, and the service, against a simulator."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from hhs_sync import cli
from hhs_sync.demo.cast import PRACTICES
from hhs_sync.demo.play import free_port
from tests.quickbooks.test_connect import person
from tests.stage import Stage, small, stage


class Shell:
    """Commands with the config of a stage."""

    def __init__(self, one: Stage, capsys: pytest.CaptureFixture[str]) -> None:
        self.stage = one
        self.capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self.capsys.readouterr()
        code = cli.run([*arguments, "--config", str(self.stage.config)])
        captured = self.capsys.readouterr()
        return code, captured.out, captured.err

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json")[1])


@pytest.fixture
def bare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """A practice that was never connected."""
    with stage(tmp_path, [small(clients=5, weeks=5)], prepared=False) as made:
        yield Shell(made, capsys)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    with stage(tmp_path, [small(clients=5, weeks=5)]) as made:
        yield Shell(made, capsys)


def test_from_connecting_to_tied_out_books_by_hand(bare: Shell) -> None:
    checked, out, _ = bare("check")
    connected, _, _ = bare("connect", "harbor", "--refresh-token", "sim-refresh-token")
    planned, planned_out, _ = bare("setup", "--dry-run")
    set_up, _, _ = bare("setup", "--yes")
    checked_again, out_again, _ = bare("check")
    synced, synced_out, err = bare("sync")
    tied, _, _ = bare("tie-out")

    assert (cli.ATTENTION, 0, 0, 0) == (checked, connected, planned, set_up)
    assert "never been connected" in out
    assert "would be made" in planned_out
    assert (0, "Everything is in order.") == (checked_again, out_again.splitlines()[-1])
    assert re.fullmatch(
        r"practice harbor: connected to QuickBooks for \d+ days without a sync, .*", out_again.splitlines()[0]
    )
    assert synced in (cli.DONE, cli.ATTENTION)
    assert "created" in synced_out
    assert "harbor: keeping the books" in err
    assert 0 == tied


def test_connecting_tells_the_company_that_the_config_does_not_name_yet(
    bare: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = bare.stage.config
    named = 'realm = "9341450000000001"'
    lines = f'[quickbooks]\nredirect_url = "http://127.0.0.1:{free_port()}/done"\n'
    text = config.read_text()
    config.write_text(text.replace("[quickbooks]\n", lines).replace(named, 'realm = ""'))

    def browser(address: str) -> int:
        chosen = "9341450000000001"
        threading.Thread(target=lambda: requests.get(person(address, realm=chosen), timeout=60)).start()
        return 0

    monkeypatch.setattr("click.launch", browser)
    told, out, _ = bare("connect", "harbor")
    config.write_text(config.read_text().replace('realm = ""', out.splitlines()[3].strip()))

    assert cli.ATTENTION == told
    assert named in out
    assert 0 == bare("setup", "--yes")[0]


def test_a_second_sync_says_that_nothing_is_new(shell: Shell) -> None:
    shell("sync")
    written = shell.stage.written()

    _, out, _ = shell("sync")
    (told,) = shell.json("sync")["turns"]

    assert "nothing new to compute" in out
    assert told["quiet"]
    assert sum(told["calls"].values()) <= 1
    assert written == shell.stage.written()


def test_a_dry_run_prints_the_plan_and_writes_nothing(shell: Shell) -> None:
    written = shell.stage.written()

    _, out, _ = shell("sync", "--dry-run")

    assert "create Invoice" in out
    assert "Digest of the plan:" in out
    assert written == shell.stage.written()


def test_a_backfill_shows_its_plan_and_digest_and_writes_its_period_alone_when_told(shell: Shell) -> None:
    period = ("--from", "2026-10-26", "--to", "2026-11-01")
    written = shell.stage.written()
    shown, out, _ = shell("backfill", *period)
    untouched = shell.stage.written()
    first = shell.json("backfill", *period)["plan"]
    second = shell.json("backfill", *period)["plan"]
    applied, _, _ = shell("backfill", *period, "--apply")
    dates = {one["TxnDate"] for one in shell.stage.documents()}
    shell("sync")

    assert 0 == shown
    assert "Nothing was written" in out
    assert written == untouched
    assert first["digest"] in out
    assert first == second
    assert applied in (cli.DONE, cli.ATTENTION)
    assert dates
    assert all("2026-10-26" <= date <= "2026-11-01" for date in dates)
    assert "tied" in shell("tie-out")[1]
    assert 0 == shell("tie-out")[0]


def test_the_first_entries_wait_until_somebody_names_their_digest(shell: Shell) -> None:
    config = shell.stage.config
    config.write_text(config.read_text().replace("first_plan_waits = false\n", ""))
    period = ("--from", "2026-10-26", "--to", "2026-11-01")
    written = shell.stage.written()

    waits, out, _ = shell("sync")
    refused, _, err = shell("backfill", *period, "--apply")
    another, _, _ = shell("backfill", *period, "--apply", "0123456789ab")
    untouched = shell.stage.written()
    digest = shell.json("backfill", *period)["plan"]["digest"]
    done, _, _ = shell("backfill", *period, "--apply", digest[:12])

    assert cli.ATTENTION == waits
    assert "these would be the first" in out
    assert (cli.FAILED, cli.FAILED) == (refused, another)
    assert f"--apply {digest[:12]}" in err
    assert written == untouched < shell.stage.written()
    assert done in (cli.DONE, cli.ATTENTION)


def test_a_backfill_of_one_source_takes_what_follows_from_it(shell: Shell) -> None:
    period = ("--from", "2026-01-01", "--to", "2026-12-31")
    everything = shell.json("sync", "--dry-run")
    cards = shell.json("backfill", *period, "--source", "cards")["plan"]
    wrong, _, err = shell("backfill", *period, "--source", "crads")

    assert everything["turns"]
    assert {"Purchase", "Transfer"} == {one["kind"] for one in cards["changes"]}
    assert cli.FAILED == wrong
    assert "cards" in err


def test_a_plan_that_reaches_too_far_back_waits_and_is_written_once_approved(shell: Shell) -> None:
    config = shell.stage.config
    text = config.read_text()
    limited = text.replace(
        "\n[[practices.connectors]]", "\n[practices.thresholds]\nplan_age_days = 5\n\n[[practices.connectors]]", 1
    )
    config.write_text(limited)
    written = shell.stage.written()

    waiting, out, _ = shell("sync")
    (status,) = shell.json("status")
    listed, _, _ = shell("plan")
    approved, _, _ = shell("plan", "approve", status["plan"][:12], "--by", "ada", "--yes")
    shell("sync")

    assert (cli.ATTENTION, cli.ATTENTION, 0) == (waiting, listed, approved)
    assert "The plan waits" in out
    assert "before" in status["waits"]
    assert written < shell.stage.written()
    assert [] != shell.stage.documents()
    assert "" == shell.json("status")[0]["waits"]


def test_another_plan_than_the_one_that_waits_cannot_be_approved(shell: Shell) -> None:
    code, _, err = shell("plan", "approve", "0123456789abcdef", "--yes")

    assert cli.FAILED == code
    assert "hhs-sync plan" in err


def test_a_decision_made_on_the_command_line_is_posted_by_the_next_sync(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage(tmp_path, [small(weeks=8)]) as made:
        decide_and_sync(Shell(made, capsys))


def decide_and_sync(shell: Shell) -> None:
    shell("sync")
    asked = next(one for one in shell.json("exceptions", "--all") if one["sessions"])
    written = shell.stage.written()
    shell("exceptions", "resolve", asked["id"], "--adjust", "1.00", "--as", "courtesy", "--by", "ada", "--yes",
          "--session", asked["sessions"][0])  # fmt: skip

    shell("sync")

    assert written < shell.stage.written()
    assert 0 == shell("tie-out")[0]


def test_two_names_of_a_practice_that_differ_are_refused(shell: Shell) -> None:
    code, _, err = shell("disconnect", "harbor", "--practice", "birch", "--yes")

    assert cli.USAGE == code
    assert "name one" in err


def test_disconnecting_forgets_the_keys(shell: Shell) -> None:
    code, _, _ = shell("disconnect", "harbor", "--yes")
    _, out, _ = shell("sync")

    assert 0 == code
    assert "never been connected" in out


def test_a_lost_record_of_pushes_is_found_again_by_the_marks(shell: Shell, tmp_path: Path) -> None:
    shell("sync")
    before = {one["Id"]: one["SyncToken"] for one in shell.stage.documents()}
    with sqlite3.connect(tmp_path / "hhs_sync.db") as database:
        database.execute("DELETE FROM pushes")
        database.execute("DELETE FROM pushed")

    code, out, _ = shell("adopt")
    shell("sync")

    assert 0 == code
    assert f"{len(before)} entries are ours again" in out or "entries are ours again" in out
    assert before.keys() == {one["Id"] for one in shell.stage.documents()}


# --- the service


class Service:
    """The daemon as systemd would start it."""

    def __init__(self, one: Stage, folder: Path) -> None:
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.listener.bind(str(folder / "notify"))
        self.listener.settimeout(60)
        self.heard: list[str] = []
        environment = {**os.environ, "NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "2000000"}
        program = str(Path(sys.executable).with_name("hhs-sync"))
        self.process = subprocess.Popen(
            [program, "run", "--config", str(one.config)], env=environment, stderr=subprocess.PIPE, text=True
        )

    def hear(self, wanted: str) -> list[str]:
        """Everything that was said until something begins as wanted."""
        said: list[str] = []
        while not any(line.startswith(wanted) for line in said):
            said += self.listener.recv(4096).decode().splitlines()
        self.heard += said
        return said

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=60)
        self.listener.close()
        return self.process.returncode, err


def test_the_service_says_that_it_is_ready_works_feeds_the_watchdog_and_stops_when_told(
    shell: Shell, tmp_path: Path
) -> None:
    service = Service(shell.stage, tmp_path)
    service.hear("READY=1")
    service.hear("STATUS=working on harbor")
    service.hear("STATUS=waiting; 1 practices")
    fed = time.monotonic()
    service.hear("WATCHDOG=1")
    fed = time.monotonic() - fed
    service.process.send_signal(signal.SIGHUP)
    service.hear("RELOADING=1")
    service.hear("READY=1")
    code, err = service.end()

    assert 0 == code
    assert fed < 20
    assert [] != shell.stage.documents()
    assert 0 == shell("tie-out")[0]
    assert "turn done" in err
    assert "Traceback" not in err


def test_a_signal_in_the_middle_of_a_turn_lets_it_finish(shell: Shell, tmp_path: Path) -> None:
    service = Service(shell.stage, tmp_path)
    service.hear("STATUS=working on harbor")
    code, err = service.end()

    assert 0 == code
    assert "turn done" in err
    assert 0 == shell("tie-out")[0]


def test_a_config_with_mistakes_ends_the_service_with_2_so_that_it_is_not_started_again(shell: Shell) -> None:
    shell.stage.config.write_text("[store\n")
    program = str(Path(sys.executable).with_name("hhs-sync"))

    ended = subprocess.run(
        [program, "run", "--config", str(shell.stage.config)], capture_output=True, text=True, timeout=60, check=False
    )

    assert cli.USAGE == ended.returncode
    assert "config.toml:1" in ended.stderr


def test_logs_of_the_service_name_nobody(shell: Shell, tmp_path: Path) -> None:
    service = Service(shell.stage, tmp_path)
    service.hear("STATUS=working on harbor")
    service.hear("STATUS=waiting; 1 practices")
    _, err = service.end()

    assert "harbor" in err
    assert PRACTICES[0].npi not in err
    assert [] == [line for line in err.splitlines() if "session/ehr" in line or "2026-10-" in line]
