"""Column profiles: each shipped one loads; a wrong one is told."""

import re
from pathlib import Path

import pytest

from connectors.options import Options
from connectors.profile import Profile, load_profile
from hhs_sync.connector import Settings
from hhs_sync.errors import ConfigError
from hhs_sync.facts.session import Session, SessionState
from tests.connectors.known import ROOT, facts, open_connector, problems, read

PROFILES = sorted((ROOT / "mappings" / "profiles").glob("*.toml"))


def profile(text: str, tmp_path: Path, **options: object) -> tuple[Profile, Options]:
    (tmp_path / "p.toml").write_text(text)
    settings = Settings(name="ehr", base=tmp_path, options={"profile": "p.toml", **options}, where="c.toml:7")
    given = Options(settings, load_profile(settings))
    return Profile(given), given


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_every_shipped_profile_opens(path: Path) -> None:
    open_connector("sessions_csv", profile=f"mappings/profiles/{path.name}")


@pytest.mark.parametrize("path", [path for path in PROFILES if path.stem != "generic"], ids=lambda path: path.stem)
def test_every_profile_of_a_system_says_what_was_not_confirmed(path: Path) -> None:
    assert "NOT confirmed" in path.read_text()


def test_simplepractices_appointment_status_report_is_read() -> None:
    reading = read(
        "sessions_csv",
        "Date of Service,Client,Clinician,Billing Code,Rate Per Unit,Units,Total Fee,Progress Note Status,"
        "Client Payment Status,Charge,Uninvoiced,Paid,Unpaid,Primary Insurance,Secondary Insurance\n"
        "03/04/2026,Ada Client,R. Keene,90837,150,1,150,LOCKED,UNPAID,25,0,0,25,Anthem BCBS,\n"
        "03/05/2026,Bo Client,R. Keene,NO SHOW,75,1,75,NO NOTE,UNPAID,75,0,0,75,,\n",
        profile="mappings/profiles/simplepractice.toml",
    )

    assert [] == problems(reading)
    assert [("Ada Client", "90837", 15000, "Anthem BCBS"), ("Bo Client", "NO SHOW", 7500, None)] == [
        (one.client, one.service_code, one.fee, one.payer) for one in facts(reading) if isinstance(one, Session)
    ]


def test_therapynotes_billing_transactions_are_read_and_payments_among_them_passed_over() -> None:
    reading = read(
        "sessions_csv",
        "Date,Type,First Name,Last Name,DOB,Clinician Name,Service Code,Units,Rate,Primary Insurer Name\n"
        "3/4/2026 9:00 AM,Appointment,Ada,Client,1/2/1990,R. Keene,90837,1,150.00,Anthem\n"
        "3/4/2026,Patient Payment,Ada,Client,1/2/1990,,,,,\n"
        "3/5/2026 9:00 AM,Missed Appointment,Ada,Client,1/2/1990,R. Keene,,1,75.00,\n",
        profile="mappings/profiles/therapynotes.toml",
    )

    assert [] == problems(reading)
    assert [
        ("Client, Ada, 1/2/1990", "90837", "09:00", SessionState.COMPLETED),
        ("Client, Ada, 1/2/1990", "", "09:00", SessionState.NO_SHOW),
    ] == [
        (one.client, one.service_code, one.starts_at, one.state) for one in facts(reading) if isinstance(one, Session)
    ]
    assert all(re.fullmatch(r"session/src/[0-9a-f]{16}-\d", one.key) for one in facts(reading))


def test_a_profile_without_a_column_that_sessions_need_is_told(tmp_path: Path) -> None:
    _, given = profile(
        '[columns]\nday = "Date"\nfee = "Fee"\n[states]\ndone = ["x"]\ncompleted = ["a"]\nno_show = ["A"]\n', tmp_path
    )
    for known in ("profile", "path"):
        given.text(known, "")

    with pytest.raises(ConfigError) as raised:
        given.done()

    said = "\n".join(raised.value.mistakes)
    assert "columns names day, which is no field" in said
    assert "columns names no heading for client" in said
    assert "columns names no heading for state; without one" in said
    assert "states names done" in said
    assert "states gives 'A' two meanings" in said
    assert "no heading for fee" not in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "the profile p.toml can't be read: FileNotFoundError"),
        ("x = ", "p.toml: Invalid value"),
    ],
)
def test_a_profile_that_can_not_be_read_is_told(tmp_path: Path, text: str | None, told: str) -> None:
    if text:
        (tmp_path / "p.toml").write_text(text)

    with pytest.raises(ConfigError, match=re.escape(told)):
        load_profile(Settings(name="ehr", base=tmp_path, options={"profile": "p.toml"}))


def test_a_connector_without_a_profile_is_told() -> None:
    with pytest.raises(ConfigError, match=r"c\.toml:7: connector src: profile must name a file"):
        open_connector("sessions_csv")


@pytest.mark.parametrize(
    ("heading", "is_note"),
    [
        ("Progress Note", True),
        ("Psychotherapy_Notes", True),
        ("NOTES", True),
        ("Session Narrative", True),
        ("Risk", True),
        ("Progress Note Status", False),
        ("Note Signed On", False),
        ("Notebook", False),
        ("Fee", False),
    ],
)
def test_columns_of_clinical_notes_are_known_by_their_heading(tmp_path: Path, heading: str, is_note: bool) -> None:
    found, _ = profile('notes = ["Risk"]\nstate = "completed"\n', tmp_path)

    assert is_note is found.is_note(heading)
