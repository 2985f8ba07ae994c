"""The pins that stand in two places, and the packages that must arrive whole."""

import importlib.metadata
import importlib.resources
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import hhs_sync

ROOT = Path(__file__).parents[1]


def pins(name: str) -> list[str]:
    return [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-"))]


def locked(name: str) -> set[str]:
    return {line.split(" ")[0].lower() for line in (ROOT / name).read_text().splitlines() if "==" in line}


def test_the_project_and_the_lock_ask_for_the_same_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert pins("requirements.in") == project["project"]["dependencies"]
    assert set(project["build-system"]["requires"]) <= set(pins("requirements-build.in"))


@pytest.mark.parametrize("name", ["requirements", "requirements-build", "requirements-dev", "requirements-uv"])
def test_each_pin_is_in_its_lock_and_each_lock_line_has_a_hash(name: str) -> None:
    lines = (ROOT / f"{name}.lock").read_text().splitlines()
    unhashed = [
        line for line, after in zip(lines, [*lines[1:], ""], strict=True) if "==" in line and "--hash" not in after
    ]

    assert [] == unhashed
    assert {pin.replace("[binary]", "") for pin in pins(f"{name}.in")} <= locked(f"{name}.lock")


def test_the_tests_run_on_the_very_versions_that_the_service_runs_on() -> None:
    assert locked("requirements.lock") <= locked("requirements-dev.lock")


@pytest.mark.parametrize("package", ["hhs_sync", "connectors", "mappings"])
def test_each_package_says_that_it_is_typed(package: str) -> None:
    assert importlib.resources.files(package).joinpath("py.typed").is_file()


def test_the_version_is_the_same_wherever_it_is_told() -> None:
    assert hhs_sync.__version__ == importlib.metadata.version("hhs_sync")


def test_every_connector_offered_can_be_loaded() -> None:
    for point in importlib.metadata.entry_points(group="hhs_sync.connectors"):
        assert callable(point.load()), point.name


def test_the_wheel_holds_every_file_that_the_program_reads(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    known = {
        str(path.relative_to(ROOT))
        for package in ("hhs_sync", "connectors", "mappings")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert {
        "hhs_sync/quickbooks/simulator/properties.txt",
        "hhs_sync/quickbooks/simulator/templates/base.html",
    } < packed
    assert set() == known - packed
