"""The unit file, as systemd itself reads it."""

import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "deploy" / "hhs-sync.service"


def systemd_analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(["systemd-analyze", *arguments], capture_output=True, check=False, text=True)
    except FileNotFoundError:
        pytest.fail("systemd-analyze is missing. On Debian and Ubuntu, as root: apt-get install systemd", pytrace=False)


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    # Nothing is installed under /opt where tests run, so a program that is everywhere stands in for ours.
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/hhs-sync/.venv/bin/hhs-sync", "/bin/true"))

    result = systemd_analyze("verify", "--man=no", "--recursive-errors=no", str(unit))

    assert "" == result.stderr
    assert 0 == result.returncode


def test_the_service_could_do_little_harm() -> None:
    # The exposure level runs from 0 (locked in) to 100; a plain unit has 96.
    result = systemd_analyze("security", "--offline=true", "--threshold=15", "--no-pager", str(UNIT))

    assert 0 == result.returncode, result.stdout + result.stderr
