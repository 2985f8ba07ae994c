"""What every connector keeps, whatever it reads."""

from importlib.metadata import entry_points
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hhs_sync.connector import GROUP, Connector, Settings, connector_class
from hhs_sync.facts.document import Reading
from hhs_sync.facts.fact import kind_of, read_fact, write_fact
from tests.connectors.known import CASES, ROOT, document

NAMES = sorted(point.name for point in entry_points(group=GROUP))
CSV = [name for name in NAMES if name.endswith("_csv")]
SAMPLES = sorted(CASES.iterdir())


def opened(use: str) -> Connector:
    options = {} if use == "resolutions" else {"path": "in"}
    if use == "sessions_csv":
        options["profile"] = "mappings/profiles/generic.toml"
    return connector_class(use)(Settings(name="src", base=ROOT, options=options))


CONNECTORS = {name: opened(name) for name in NAMES}


def test_every_module_of_a_connector_has_its_entry_point() -> None:
    assert [
        "bank_csv", "bank_ofx", "client_payments_csv", "coverage_csv", "eob_csv", "payouts_csv",
        "processor_balances_csv", "resolutions", "sessions_csv", "x12_folder",
    ] == NAMES  # fmt: skip


@pytest.mark.parametrize("use", NAMES)
def test_it_is_a_connector(use: str) -> None:
    assert isinstance(CONNECTORS[use], Connector)
    assert CONNECTORS[use].reader_version


@pytest.mark.parametrize("use", NAMES)
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_any_file_is_read_or_told_and_facts_bear_the_sources_name_and_survive_storing(use: str, path: Path) -> None:
    reading = CONNECTORS[use].read(document(path.read_bytes(), path.name))

    assert reading.facts or reading.unreadable
    for placed in reading.facts:
        assert placed.fact.key.startswith(f"{kind_of(placed.fact)}/src/")
        assert placed.fact == read_fact(write_fact(placed.fact))


@pytest.mark.parametrize("use", NAMES)
@settings(max_examples=40)
@given(content=st.binary(max_size=400))
def test_no_bytes_make_it_raise(use: str, content: bytes) -> None:
    assert isinstance(CONNECTORS[use].read(document(content)), Reading)


CELLS = st.sampled_from(
    [
        "",
        "S-1",
        "2026-03-04",
        "150.00",
        "-1.00",
        "Completed",
        "Card",
        "Payment",
        "line",
        '"',
        "a\nb",
        "CO-45 1.00",
        "Total",
    ]
)


@pytest.mark.parametrize("use", CSV)
@settings(max_examples=40)
@given(rows=st.lists(st.lists(CELLS, max_size=26), max_size=6), seed=st.integers(0, 9))
def test_no_cells_under_a_right_heading_make_it_raise(use: str, rows: list[list[str]], seed: int) -> None:
    connector = CONNECTORS[use]
    columns = connector.columns  # type: ignore[attr-defined]
    heading = ",".join(column.headings[0] for column in columns if column.headings)
    content = "\n".join([heading, *(("," if seed else ";").join(row) for row in rows)])

    reading = connector.read(document(content))

    assert len({placed.fact.key for placed in reading.facts}) == len(reading.facts)
