"""The command: a simulator for a person, with the addresses and keys to use."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import requests
from click.testing import CliRunner

from hhs_sync.quickbooks.simulator.command import DISPUTED, simulator
from hhs_sync.quickbooks.simulator.faults import WHATS
from hhs_sync.quickbooks.simulator.kinds import KINDS
from hhs_sync.quickbooks.simulator.reports import REPORTS
from hhs_sync.quickbooks.simulator.settings import SimulatorSettings

RUN = "from hhs_sync.quickbooks.simulator.command import simulator; simulator()"


def started(*arguments):
    """The running program, and what it said before it began to wait."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    program = subprocess.Popen(
        [sys.executable, "-c", RUN, "--port", "0", *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )
    said = []
    for line in program.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    return program, "".join(said)


def stopped(program):
    """Interrupted, once more where Python lost the first in the midst of something, as a person would."""
    while program.poll() is None:
        program.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.communicate(timeout=20)
    return program.returncode


def test_it_says_where_it_is_and_which_keys_fit_and_keeps_its_state(tmp_path):
    state = tmp_path / "state.sqlite"
    for turn in range(2):
        program, said = started(
            "--state", str(state), "--seed-company", "--clock", "2030-01-02T03:04:05-05:00", "--clock-stands"
        )
        try:
            base = re.search(r"http://127\.0\.0\.1:\d+", said).group()
            form = {"grant_type": "refresh_token", "refresh_token": "sim-refresh-token"}
            keys = ("sim-client-id", "sim-client-secret")
            token = requests.post(f"{base}/oauth2/v1/tokens/bearer", data=form, auth=keys, timeout=60).json()
            headers = {"Authorization": f"Bearer {token['access_token']}"}
            company = f"{base}/v3/company/9341450000000001"
            made = requests.post(f"{company}/customer", json={"DisplayName": f"T{turn}"}, headers=headers, timeout=60)
            assert made.json()["Customer"]["MetaData"]["CreateTime"] == "2030-01-02T00:04:05-08:00"
            assert requests.get(f"{base}/", timeout=60).status_code == 200
        finally:
            status = stopped(program)
        assert status == 0
        assert all(word in said for word in ("sim-client-id", "sim-client-secret", "sim-refresh-token", "discovery"))
        assert made.json()["Customer"]["Id"] == str(37 + turn)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--clock", "noon"], "no ISO date and time"),
        (["--refresh-tokens", "weekly"], "weekly"),
        (["--port", "x"], "valid integer"),
        (["--fault-rate", "2"], "0<=x<=1"),
        (["--set", "paid_documents"], "no NAME=VALUE"),
        (["--set", "unicorn=1"], "no NAME=VALUE"),
        (["--set", "paid_documents=perhaps"], "'perhaps' - at `$.paid_documents`"),
        (["--set", "hang_seconds=long"], "hang_seconds"),
    ],
)
def test_what_it_does_not_understand_it_says(arguments, says):
    result = CliRunner().invoke(simulator, arguments)

    assert (result.exit_code, says in result.output) == (2, True)


def test_its_help_names_every_option():
    said = CliRunner().invoke(simulator, ["--help"]).output

    for option in ("--port", "--state", "--seed-company", "--clock", "--limits", "--refresh-tokens", "--webhook-url"):
        assert option in said
    assert all(name in said for name in DISPUTED)


def test_its_page_tells_of_every_option_switch_report_kind_and_fault():
    told = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text(encoding="utf-8")
    options = {option.split("/")[0] for parameter in simulator.params for option in parameter.opts}
    named = [*options - {"--clock-ticks", "--limits", "--record"}, "--clock-stands", "--limits", "--no-record"]

    assert [] == [one for one in (*named, *DISPUTED, *WHATS, *KINDS, *REPORTS) if one not in told]


def test_every_setting_can_be_chosen_on_the_command_line():
    by_option = {parameter.name for parameter in simulator.params}
    named = {"state": "state_file", "record": "record_received"}
    reachable = {named.get(name, name) for name in by_option} | set(DISPUTED)

    assert {field.name for field in msgspec.structs.fields(SimulatorSettings)} <= reachable


def test_its_keys_switches_and_chance_can_be_chosen():
    program, said = started(
        *("--client-id", "mine", "--client-secret", "hush", "--refresh-token", "first", "--realm", "7"),
        *("--set", "access-token-seconds=60", "--fault-seed", "1", "--fault-rate", "1"),
    )
    try:
        base = re.search(r"http://127\.0\.0\.1:\d+", said).group()
        chance = requests.get(f"{base}/simulator/faults", timeout=60).json()["seeded"]
        requests.delete(f"{base}/simulator/faults", timeout=60)
        form = {"grant_type": "refresh_token", "refresh_token": "first"}
        token = requests.post(f"{base}/oauth2/v1/tokens/bearer", data=form, auth=("mine", "hush"), timeout=60).json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        company = requests.get(f"{base}/v3/company/7/companyinfo/7", headers=headers, timeout=60)
    finally:
        stopped(program)
    assert (chance["seed"], chance["rate"]) == (1, 1)
    assert (token["expires_in"], company.status_code) == (60, 200)


def test_a_port_that_is_taken_is_said():
    program, said = started()
    try:
        port = re.search(r"http://127\.0\.0\.1:(\d+)", said).group(1)
        result = CliRunner().invoke(simulator, ["--port", port])
    finally:
        stopped(program)

    assert result.exit_code == 1
    assert f"Nothing can listen at 127.0.0.1:{port}" in result.output
