"""The unit files, as systemd itself reads them."""

import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "deploy"
UNITS = sorted(FOLDER.glob("*.service"))


def systemd_analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(["systemd-analyze", *arguments], capture_output=True, check=False, text=True)
    except FileNotFoundError:
        pytest.fail("systemd-analyze is missing. On Debian and Ubuntu, as root: apt-get install systemd", pytrace=False)


def test_daemon_and_pages_have_a_unit_each() -> None:
    assert ["hhs-sync-web.service", "hhs-sync.service"] == [unit.name for unit in UNITS]


@pytest.mark.parametrize("source", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_every_line(source: Path, tmp_path: Path) -> None:
    # Nothing is installed under /opt where tests run, so a program that is everywhere stands in for ours.
    unit = tmp_path / source.name
    unit.write_text(source.read_text().replace("/opt/hhs-sync/.venv/bin/hhs-sync", "/bin/true"))

    result = systemd_analyze("verify", "--man=no", "--recursive-errors=no", str(unit))

    assert "" == result.stderr
    assert 0 == result.returncode


@pytest.mark.parametrize("source", UNITS, ids=lambda unit: unit.name)
def test_the_service_could_do_little_harm(source: Path) -> None:
    # The exposure level runs from 0 (locked in) to 100; a plain unit has 96.
    result = systemd_analyze("security", "--offline=true", "--threshold=15", "--no-pager", str(source))

    assert 0 == result.returncode, result.stdout + result.stderr
