"""The connector of session exports: from a folder to facts."""

import datetime as dt
from pathlib import Path

import pytest

from hhs_sync.facts.document import Covers
from tests.connectors.known import CASES, ROOT, Memory, document, facts, open_connector, problems, put, read

GENERIC = "mappings/profiles/generic.toml"
HEADING = "Session ID,Date,Client ID,Clinician,Service Code,Fee,Payer,Status"


def test_a_months_export_is_read_whole() -> None:
    content = (CASES / "sessions.csv").read_bytes()

    reading = read("sessions_csv", content, profile=GENERIC, covers="dates of the file")

    # The rows are counted by hand; what each means stands in its last column.
    assert 8 == len(reading.facts)
    assert ["S-05"] == [one.key.rpartition("/")[2] for one in facts(reading) if getattr(one, "missing", ())]
    assert [("line 12", "no day of service that can be read")] == problems(reading)
    assert None is reading.covers, "a file with an unreadable row covers nothing"


@pytest.mark.parametrize(
    ("covers", "expected"),
    [
        ("nothing", None),
        ("dates of the file", Covers(kind="session", first=dt.date(2026, 3, 2), last=dt.date(2026, 3, 9))),
        ("file name", Covers(kind="session", first=dt.date(2026, 3, 1), last=dt.date(2026, 3, 31))),
        ("everything", Covers(kind="session", first=dt.date.min, last=dt.date.max)),
    ],
)
def test_a_full_export_says_what_it_covers(covers: str, expected: Covers | None) -> None:
    content = f"{HEADING}\nS-1,2026-03-09,C,K,90837,150.00,,Completed\nS-2,2026-03-02,C,K,90837,150.00,,Cancelled\n"

    reading = read("sessions_csv", content, "2026-03-01 2026-03-31.csv", profile=GENERIC, covers=covers)

    assert expected == reading.covers


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "profile.toml").write_bytes((ROOT / GENERIC).read_bytes())
    return tmp_path / "in"


def stored(inbox: Path) -> bytes:
    connector = open_connector("sessions_csv", base=inbox.parent, profile="profile.toml")
    (found,) = Memory().take(connector.fetch(Memory()))
    return found.content


def test_notes_never_reach_the_store_and_lines_keep_their_numbers(inbox: Path) -> None:
    put(
        inbox / "a.csv",
        f"Report\n{HEADING},Progress Note,Note Status\n"
        'S-1,2026-03-04,C,K,90837,150.00,,Completed,"fears\nand\nhopes",LOCKED\n'
        "S-2,soon,C,K,90837,150.00,,Completed,more fears,LOCKED\n",
    )

    content = stored(inbox)

    assert b"fears" not in content
    assert b"hopes" not in content
    assert b"Progress Note (dropped),Note Status" in content
    reading = read("sessions_csv", content, profile=GENERIC)
    assert ["session/src/S-1"] == [one.key for one in facts(reading)]
    assert [("line 6", "no day of service that can be read")] == problems(reading)


def test_a_file_without_notes_is_stored_as_it_came(inbox: Path) -> None:
    content = f"{HEADING}\r\nS-1,2026-03-04,C,K,90837,150.00,,Completed\r\n".encode("utf-16")
    put(inbox / "a.csv", content)

    assert content == stored(inbox)


def test_a_file_that_is_no_table_is_stored_too_and_told_when_it_is_read(inbox: Path) -> None:
    put(inbox / "a.xlsx", b"PK\x03\x04")

    (problem,) = read("sessions_csv", stored(inbox), profile=GENERIC).unreadable

    assert problem.whole_document
    assert "Excel" in problem.problem


def test_keys_in_the_config_outrank_the_profile() -> None:
    content = (
        "Session ID;Day;Client ID;Clinician;Service Code;Fee;Payer;Status\nS-1;4.3.2026;C;K;90837;1.150,00;;Fini\n"
    )

    reading = read(
        "sessions_csv",
        content,
        profile=GENERIC,
        columns={"date": "Day"},
        dates=["%d.%m.%Y"],
        decimal=",",
        states={"completed": ["Fini"]},
    )

    (session,) = facts(reading)
    assert (dt.date(2026, 3, 4), 115000) == (session.date, session.fee)  # type: ignore[union-attr]


def test_the_same_bytes_read_twice_are_the_same_facts() -> None:
    connector = open_connector("sessions_csv", profile=GENERIC)
    content = document((CASES / "sessions.csv").read_bytes())

    assert connector.read(content) == connector.read(content)
