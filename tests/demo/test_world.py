"""The demo's practices are the same for the same seed, and their files say what they should to anybody's reader."""

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from hhs_sync.config import load_config, open_connectors
from hhs_sync.connector import Connector
from hhs_sync.demo.cast import FIRST_NAMES, LAST_NAMES, PRACTICES, npi
from hhs_sync.demo.draft import Draft
from hhs_sync.demo.folder import write_folder
from hhs_sync.demo.world import make_up
from hhs_sync.facts.document import Document, Reading
from hhs_sync.facts.remittance import Remittance
from hhs_sync.facts.session import Session

TODAY = dt.date(2026, 11, 20)


@pytest.fixture(scope="module")
def drafts() -> list[Draft]:
    return [make_up(practice, 1, TODAY) for practice in PRACTICES]


@pytest.fixture(scope="module")
def folder(drafts: list[Draft], tmp_path_factory: pytest.TempPathFactory) -> Path:
    from hhs_sync.cli.begin import lay_mappings

    made = tmp_path_factory.mktemp("demo")
    write_folder(made, drafts, seed=1, today=TODAY, port=8075)
    lay_mappings(made / "mappings")
    return made


class NothingKnown:
    """What a connector is told at its very first fetch."""

    now = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)

    def has_file(self, path: str, size: int, modified_ns: int) -> bool:
        return False

    def has_document(self, digest: str) -> bool:
        return False

    def remember_file(self, path: str, size: int, modified_ns: int, digest: str) -> None:
        """Nothing is remembered."""


def read_all(folder: Path, practice: str) -> list[tuple[Connector, Document, Reading]]:
    config = load_config(folder / "config.toml")
    return [
        (connector, document, connector.read(document))
        for connector in open_connectors(config.practice(practice))
        for document in connector.fetch(NothingKnown())
    ]


def test_the_same_seed_and_day_give_the_same_files(folder: Path, tmp_path: Path) -> None:
    write_folder(tmp_path, [make_up(one, 1, TODAY) for one in PRACTICES], seed=1, today=TODAY, port=8075)
    made = sorted(one.relative_to(tmp_path) for one in tmp_path.rglob("*") if one.is_file())

    assert made
    assert [] == [one for one in made if (tmp_path / one).read_bytes() != (folder / one).read_bytes()]
    assert [] == [
        one
        for one in made
        if (tmp_path / one).stat().st_mtime != (folder / one).stat().st_mtime and one.parts[0] == "inbox"
    ]


def test_another_seed_gives_another_practice() -> None:
    first, second = (make_up(PRACTICES[0], seed, TODAY) for seed in (1, 2))

    assert [one.date for one in first.visits] != [one.date for one in second.visits]


def test_each_practice_has_three_months_of_some_hundred_sessions(drafts: list[Draft]) -> None:
    held = [sum(1 for one in draft.visits if one.state == "Completed") for draft in drafts]

    assert all(300 <= count <= 600 for count in held)
    assert all(80 <= (draft.visits[-1].date - draft.visits[0].date).days <= 100 for draft in drafts)
    assert all(draft.visits[-1].date <= TODAY for draft in drafts)


@pytest.mark.parametrize("day", [dt.date(2026, 1, 4), dt.date(2026, 7, 1), dt.date(2027, 3, 1), dt.date(2028, 2, 29)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_mishap_finds_something_to_happen_to_on_any_day(seed: int, day: dt.date) -> None:
    told = {code for practice in PRACTICES for one in make_up(practice, seed, day).mishaps for code in one.codes}

    assert {
        "SRC-04", "SRC-05", "BIL-01", "BIL-02", "REM-01", "REM-02", "MAT-01", "MAT-03", "PAY-03", "REM-03",
        "DEN-01", "DEN-02", "DEN-03", "DEN-04", "DEP-01", "DEP-02", "CMP-01",
    } <= told  # fmt: skip


def test_every_file_is_read_whole_but_for_the_rows_spoiled_on_purpose(folder: Path) -> None:
    harbor, birch = (read_all(folder, practice) for practice in ("harbor", "birch"))

    assert [] == [one for _, _, reading in harbor for one in reading.unreadable]
    assert ["sessions-2026-11-20.csv"] == [doc.name for _, doc, reading in birch for one in reading.unreadable]


def test_what_is_read_is_what_happened(folder: Path, drafts: list[Draft]) -> None:
    draft = drafts[0]
    read = read_all(folder, "harbor")
    sessions = {
        placed.fact.key: placed.fact for _, _, one in read for placed in one.facts if isinstance(placed.fact, Session)
    }
    remittances = {
        placed.fact.eft_trace: placed.fact
        for _, _, one in read
        for placed in one.facts
        if isinstance(placed.fact, Remittance)
    }

    assert len(draft.visits) == len(sessions)
    assert {one.trace: one.amount for one in draft.advices} == {
        trace: one.amount_paid for trace, one in remittances.items() if not trace.endswith("R")
    }
    assert 1 == sum(1 for one in remittances.values() if not one.balances)


def test_money_goes_where_the_practice_told_it(drafts: list[Draft]) -> None:
    """Every payout is its payments less fees; every bank line but the rent is one of what was told to be on its way."""
    for draft in drafts:
        told = {one.amount for one in draft.advices} | {one.amount for one in draft.payouts}
        told |= {one.amount for one in draft.payments if one.method == "Check"} | {6000, -185000}

        assert all(one.amount in told for one in draft.bank_lines)
        assert all(one.amount for one in draft.payouts)


def test_a_readme_names_every_mishap_with_its_exceptions(folder: Path, drafts: list[Draft]) -> None:
    text = (folder / "README.md").read_text()

    assert [] == [one.title for draft in drafts for one in draft.mishaps if one.title not in text]
    assert 12 <= sum(1 for draft in drafts for one in draft.mishaps if one.codes)


def test_an_npi_bears_its_check_digit() -> None:
    """The example of the standard: 123456789 gets the check digit 3."""

    assert "1234567893" == npi(123456789)


def test_no_name_of_a_client_is_a_word_of_the_program(folder: Path) -> None:
    """Else a search for names in what left the house would find them by chance."""
    own = " ".join(path.read_text() for path in (folder / "mappings").rglob("*.toml")).lower()

    assert [] == [name for name in (*FIRST_NAMES, *LAST_NAMES) if name.lower() in own]


def test_a_practice_that_comes_over_sends_one_export_of_everything(tmp_path: Path) -> None:
    practice = msgspec.structs.replace(PRACTICES[0], comes_over=True)
    draft = make_up(practice, 1, TODAY, mishaps=False)
    write_folder(tmp_path, [draft], seed=1, today=TODAY, port=8075)
    (export,) = (tmp_path / "inbox" / "harbor" / "sessions").iterdir()

    assert 1 + len(draft.visits) == len(export.read_text().splitlines())
    assert not (tmp_path / "inbox" / "harbor" / "claims").exists()
