"""`hhs-sync users`, `audit` and `web`, as a person uses them."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from hhs_sync import cli
from hhs_sync.office import Office
from hhs_sync.web import passwords

CONFIG = """
[store]
url = "sqlite:///hhs_sync.db"

[[practices]]
id = "casco"
name = "Casco Counseling"
agreement_date = 2026-01-02
mappings = ["mappings"]
"""
PASSWORD = "horse battery staple correct"


@pytest.fixture
def config(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    monkeypatch.setenv("HHS_SYNC_CONFIG", str(path))
    return path


@pytest.fixture
def run(capsys, monkeypatch, config):
    """Run a command, with something on its standard input; code, output and complaints."""

    def ran(*arguments: str, given: str = "") -> tuple[int, str, str]:
        read, write = os.pipe()
        os.write(write, given.encode())
        os.close(write)
        capsys.readouterr()
        with os.fdopen(read, encoding="utf-8") as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            code = cli.run(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return ran


@pytest.fixture
def dana(run):
    arguments = ("users", "add", "dana", "--display-name", "Dana Reed", "--role", "biller:casco", "--password-stdin")

    assert 0 == run(*arguments, given=PASSWORD + "\n")[0]


def user(config: Path, name: str):
    office = Office.open(config)
    try:
        return office.store.users.find(name)
    finally:
        office.close()


def test_a_user_is_added_with_a_hashed_password_and_listed(run, config, dana):
    code, out, _ = run("users", "list", "--json")
    (listed,) = json.loads(out)

    assert 0 == code
    assert ("dana", [{"practice": "casco", "role": "biller"}]) == (listed["name"], listed["roles"])
    assert passwords.matches(PASSWORD, user(config, "dana").password)
    assert PASSWORD not in out
    assert "biller in casco" in run("users", "list")[1]


@pytest.mark.usefixtures("dana")
@pytest.mark.parametrize(
    ("arguments", "given", "told"),
    [
        (("add", "lee"), PASSWORD, "Without a role"),
        (("add", "lee", "--role", "wizard"), PASSWORD, "no role 'wizard'"),
        (("add", "lee", "--role", "biller:saco"), PASSWORD, "no practice 'saco'"),
        (("add", "Lee Wood", "--role", "biller"), PASSWORD, "small letters"),
        (("add", "dana", "--role", "biller"), PASSWORD, "already"),
        (("add", "lee", "--role", "biller"), "short", "12 characters"),
        (("add", "lee", "--role", "biller"), "lee" * 6, "user's name"),
        (("add", "lee", "--role", "biller"), "", "12 characters"),
        (("password", "lee"), PASSWORD, "no user lee"),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_is_added(run, config, arguments, given, told):
    code, _, err = run("users", *arguments, "--password-stdin", given=given)

    assert 2 == code
    assert told in err
    assert user(config, "lee") is None


def test_without_a_terminal_a_password_is_only_read_when_that_is_said(run, dana):
    code, _, err = run("users", "password", "dana", given=PASSWORD)

    assert 2 == code
    assert "--password-stdin" in err


def test_roles_password_and_access_are_changed_and_each_change_is_noted(run, config, dana):
    assert 2 == run("users", "role", "dana")[0]
    assert 0 == run("users", "role", "dana", "--role", "approver", "--role", "biller:casco")[0]
    assert 0 == run("users", "password", "dana", "--password-stdin", given="quite another long one")[0]
    assert 0 == run("users", "disable", "dana")[0]
    assert "shut out" in run("users", "list")[1]
    assert 0 == run("users", "disable", "dana", "--enable")[0]
    assert "no second factor" in run("users", "second-factor", "dana")[1]
    assert 0 == run("users", "second-factor", "dana", "--remove")[0]
    assert 0 == run("users", "role", "dana", "--none")[0]
    assert () == user(config, "dana").grants

    noted = json.loads(run("audit", "list", "--json", "--subject", "dana")[1])

    assert [
        "changed a user's roles", "removed a user's second factor", "let a user in again", "shut a user out",
        "set a user's password", "changed a user's roles", "added a user",
    ] == [one["what"] for one in noted]  # fmt: skip
    assert "quite another long one" not in json.dumps(noted)


def test_the_chain_is_verified_and_its_first_broken_row_named(run, config, dana):
    for _ in range(3):
        run("users", "role", "dana", "--role", "biller")
    code, out, _ = run("audit", "verify")
    known = re.search(r"--known (\S+)", out)[1]

    assert 0 == code
    assert "The chain holds: 4 rows." in out
    assert 0 == run("audit", "verify", "--known", known)[0]
    assert 2 == run("audit", "verify", "--known", "nonsense")[0]

    office = Office.open(config)
    with office.store._database.engine.connect() as connection:
        connection.exec_driver_sql("DROP TRIGGER activity_refuses_update")
        connection.exec_driver_sql("UPDATE activity SET \"by\" = 'nobody' WHERE id = 3")
        connection.commit()
    office.close()
    code, out, _ = run("audit", "verify")

    assert 3 == code
    assert "BROKEN at row 3" in out
    assert 3 == json.loads(run("audit", "verify", "--json")[1])["broken"]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "books.example.org", "::"])  # noqa: S104
def test_the_pages_are_not_served_in_the_clear_to_other_machines(run, host):
    code, _, err = run("web", "--host", host)

    assert 2 == code
    assert "docs/web.md" in err


def test_the_pages_are_served_until_sigterm_and_end_well(config, dana):
    program = [sys.executable, "-c", "from hhs_sync.cli import main; main()", "web", "--port", "0"]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True) as served:
        assert served.stderr is not None
        address = re.search(r"http://\S+", served.stderr.readline())[0]
        with urllib.request.urlopen(f"{address}/sign-in", timeout=60) as answer:
            page = answer.read().decode()
        served.send_signal(signal.SIGTERM)
        began = time.monotonic()

        assert 0 == served.wait(60)
        assert time.monotonic() - began < 30
        assert "" == served.stderr.read()
    assert "Sign in" in page


def test_a_port_that_is_taken_is_told(run, config):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, _, err = run("web", "--port", str(taken.getsockname()[1]))

    assert 2 == code
    assert "--port" in err
