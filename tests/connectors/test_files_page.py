"""docs/files.md names every column that a connector reads, and marks those that must be there."""

from __future__ import annotations

import importlib
import re

import pytest

from tests.connectors.known import ROOT

PAGE = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
CONNECTORS = ("bank_csv", "client_payments_csv", "coverage_csv", "eob_csv", "payouts_csv", "processor_balances_csv")


@pytest.mark.parametrize("use", CONNECTORS)
def test_the_page_names_every_column(use: str) -> None:
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    (section,) = (one for one in sections if f"`{use}`" in one.partition("\n")[0])
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")][1:]
    told = [tuple(one.strip() for one in group.split("/")) for cell in cells for group in cell.split(",")]
    columns = importlib.import_module(f"connectors.{use}").COLUMNS
    read = [(f"**{one.headings[0]}**" if one.required else one.headings[0], *one.headings[1:]) for one in columns]

    assert sorted(read) == sorted(told)
