"""The command line as a whole: help, mistakes, exit codes, and folders to begin with."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hhs_sync import cli
from hhs_sync.config import load_config

NAMES = [name for named in cli.COMMANDS.values() for name in named]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = cli.run(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_help_names_every_command_and_loads_none(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    heavy = [
        "alembic",
        "pydantic",
        "quickbooks",
        "requests",
        "rich",
        "sqlalchemy",
        "starlette",
        "structlog",
    ]
    script = (
        f"import sys; from hhs_sync import cli; cli.run(['--help']); print([m for m in {heavy} if m in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert 0 == code
    assert [] == [name for name in NAMES if f"  {name} " not in out]
    assert loaded.stdout.endswith("[]\n")


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, name, "--help")

    assert 0 == code
    assert f"Usage: hhs-sync {name}" in out


def test_a_slip_of_the_finger_is_told_what_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "snyc")

    assert cli.USAGE == code
    assert "sync" in err.splitlines()[-1]


def test_a_wrong_option_is_told_what_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "sync", "--practise", "casco")

    assert cli.USAGE == code
    assert "--practice" in err


def test_without_a_config_one_is_told_how_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    code, _, err = run(capsys, "sync")

    assert cli.USAGE == code
    assert "hhs-sync init DIR" in err
    assert "HHS_SYNC_CONFIG" in err


def test_the_config_may_be_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "init", str(tmp_path / "office"))
    monkeypatch.setenv("HHS_SYNC_CONFIG", str(tmp_path / "office" / "config.toml"))

    code, out, _ = run(capsys, "status")

    assert cli.ATTENTION == code
    assert "casco" in out


def test_init_makes_a_folder_that_can_be_used_and_touches_nothing_that_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "office"
    code, out, _ = run(capsys, "init", str(folder))
    config = folder / "config.toml"
    config.write_text(config.read_text().replace("casco", "dover"))
    before = config.read_text()
    again, out_again, _ = run(capsys, "init", str(folder))

    assert (0, 0) == (code, again)
    assert "hhs-sync check" in out
    assert "nothing was changed" in out_again
    assert before == config.read_text()
    assert "dover" == load_config(config).practices[0].id
    assert 0o600 == stat.S_IMODE((folder / "token_key").stat().st_mode)
    assert {"accounts.toml", "payers.toml", "profiles"} <= {path.name for path in (folder / "mappings").iterdir()}
    assert (folder / "inbox" / "casco" / "835").is_dir()


def test_check_says_what_a_new_folder_still_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "init", str(tmp_path))

    code, out, err = run(capsys, "check", "--offline", "--config", str(tmp_path / "config.toml"))

    assert cli.USAGE == code
    assert "INTUIT_CLIENT_SECRET" in out + err


def test_check_tells_every_mistake_at_once_with_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INTUIT_CLIENT_SECRET", "x")
    run(capsys, "init", str(tmp_path))
    config, payers = tmp_path / "config.toml", tmp_path / "mappings" / "payers.toml"
    config.write_text(config.read_text().replace('use = "bank_ofx"', 'use = "bank_oxf"'))
    payers.write_text(payers.read_text().replace('family = "mainecare"', 'family = "mainecar"'))

    code, out, _ = run(capsys, "check", "--offline", "--config", str(config))

    assert cli.USAGE == code
    assert "bank_oxf" in out
    assert "payers.toml:" in out
    assert "mainecar" in out


def test_a_config_that_is_no_config_is_one_clear_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text("[store\n")

    code, _, err = run(capsys, "sync", "--config", str(tmp_path / "config.toml"))

    assert cli.USAGE == code
    assert "config.toml:1" in err
    assert "Traceback" not in err


def test_an_unknown_practice_is_told_which_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "init", str(tmp_path))

    code, _, err = run(capsys, "sync", "--practice", "dover", "--config", str(tmp_path / "config.toml"))

    assert cli.USAGE == code
    assert "casco" in err


def test_a_practice_without_an_agreement_is_not_worked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "init", str(tmp_path))

    code, _, err = run(capsys, "sync", "--config", str(tmp_path / "config.toml"))

    assert cli.USAGE == code
    assert "agreement_date" in err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_of_the_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "completion", shell)

    assert 0 == code
    assert "_HHS_SYNC_COMPLETE" in out


def test_the_shell_completes_commands_and_practices(tmp_path: Path) -> None:
    assert 0 == cli.run(["init", str(tmp_path)])
    environment = {
        **os.environ,
        "_HHS_SYNC_COMPLETE": "bash_complete",
        "HHS_SYNC_CONFIG": str(tmp_path / "config.toml"),
    }
    program = str(Path(sys.executable).with_name("hhs-sync"))

    def completed(words: str, place: int) -> str:
        asked = {**environment, "COMP_WORDS": words, "COMP_CWORD": str(place)}
        return subprocess.run([program], env=asked, capture_output=True, text=True, check=False).stdout

    assert "plain,exceptions" in completed("hhs-sync exc", 1)
    assert "plain,casco" in completed(f"hhs-sync sync --config {tmp_path}/config.toml --practice c", 5)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--version")

    assert 0 == code
    assert out.startswith("hhs-sync 0.")
