"""Rows to sessions: each cell understood, nothing lost, nothing guessed."""

import datetime as dt

import pytest

from hhs_sync.facts.session import Session, SessionState
from tests.connectors.known import facts, problems, read

GENERIC = "mappings/profiles/generic.toml"
HEADING = (
    "Session ID,Date,Start Time,Client ID,Clinician,Service Code,Modifiers,Units,Fee,Discount,Payer,Secondary Payer,"
    "Claim Number,Line Key,Status,Billed On\n"
)
SHORT = "Session ID,Date,Client ID,Clinician,Service Code,Fee,Payer,Status\n"


def sessions(content: str, **options: object) -> list[Session]:
    found = facts(read("sessions_csv", content, **{"profile": GENERIC, **options}))
    assert all(isinstance(one, Session) for one in found)
    return found  # type: ignore[return-value]


def one(row: str, heading: str = SHORT, **options: object) -> Session:
    (found,) = sessions(heading + row + "\n", **options)
    return found


def test_every_column_becomes_its_field() -> None:
    found = one(
        "S-1,2026-03-04,9:30 AM,C-17,R. Keene,90837,95 HE,1,150.00,30.00,Anthem,MaineCare,CL-1,LK-1,Completed,"
        "03/05/2026",
        HEADING,
    )

    assert found == Session(
        key="session/src/S-1",
        date=dt.date(2026, 3, 4),
        client="C-17",
        clinician="R. Keene",
        service_code="90837",
        modifiers=("95", "HE"),
        units=1,
        fee=15000,
        discount=3000,
        payer="Anthem",
        secondary_payer="MaineCare",
        claim_number="CL-1",
        line_key="LK-1",
        state=SessionState.COMPLETED,
        billed_on=dt.date(2026, 3, 5),
        starts_at="09:30",
    )


@pytest.mark.parametrize(
    ("cell", "code", "modifiers"),
    [
        ("90837", "90837", ()),
        ("90837-95", "90837", ("95",)),
        ("90837:95:HE", "90837", ("95", "HE")),
        ("h0004 hq", "H0004", ("HQ",)),
        ("90837 - Psychotherapy, 60 min", "90837", ()),
        ("90837 (Psychotherapy)", "90837", ()),
        ("No Show", "NO SHOW", ()),
        # Two codes are two services: left as they are for a person to see.
        ("90837 + 90785", "90837 + 90785", ()),
        ("908377", "908377", ()),
    ],
)
def test_a_code_cell_is_taken_apart_into_code_and_modifiers(cell: str, code: str, modifiers: tuple[str, ...]) -> None:
    found = one(f'S-1,2026-03-04,C-17,K,"{cell}",150.00,,Completed')

    assert (code, modifiers) == (found.service_code, found.modifiers)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Completed", SessionState.COMPLETED),
        (" SHOW ", SessionState.COMPLETED),
        ("no-show", SessionState.NO_SHOW),
        ("Late  Cancelled", SessionState.LATE_CANCEL),
        ("Clinician Canceled", SessionState.CANCELLED),
        ("Scheduled", SessionState.SCHEDULED),
    ],
)
def test_the_profiles_words_tell_the_state(word: str, state: SessionState) -> None:
    assert state is one(f"S-1,2026-03-04,C-17,K,90837,150.00,,{word}").state


@pytest.mark.parametrize("word", ["Self-Pay", "private pay", "", "None", "N/A"])
def test_the_words_for_private_pay_are_no_payer(word: str) -> None:
    assert None is one(f"S-1,2026-03-04,C-17,K,90837,150.00,{word},Completed").payer


@pytest.mark.parametrize(
    ("row", "missing"),
    [
        ("S-1,2026-03-04,C-17,K,90837,,Anthem,Completed", ("fee",)),
        ("S-1,2026-03-04,C-17,K,90837,tba,Anthem,Completed", ("fee",)),
        ("S-1,2026-03-04,C-17,K,,150.00,Anthem,Completed", ("service_code",)),
        ("S-1,2026-03-04,,,90837,150.00,Anthem,Completed", ("client", "clinician")),
        ("S-1,2026-03-04,C-17,K,90837,0.00,Anthem,Completed", ()),
        ("S-1,2026-03-04,C-17,K,,,Anthem,Cancelled", ()),
        ("S-1,2026-03-04,C-17,K,,,Anthem,No Show", ()),
    ],
)
def test_what_a_completed_session_lacks_is_named_and_the_session_kept(row: str, missing: tuple[str, ...]) -> None:
    assert missing == one(row).missing


@pytest.mark.parametrize(
    ("units", "expected", "missing"),
    [("", 1, ()), ("4", 4, ()), ("2.00", 2, ()), ("1.5", 1, ("units",)), ("x", 1, ("units",))],
)
def test_units_are_whole_or_missing(units: str, expected: int, missing: tuple[str, ...]) -> None:
    found = one(f"S-1,2026-03-04,C,K,H0004,120.00,,Completed,{units}", SHORT.strip() + ",Units\n")

    assert (expected, missing) == (found.units, found.missing)


def test_a_fee_per_unit_is_multiplied_where_the_profile_says_so() -> None:
    heading = SHORT.strip() + ",Units\n"
    row = "S-1,2026-03-04,C,K,H0004,30.00,,Completed,4"

    assert (3000, 12000) == (one(row, heading).fee, one(row, heading, fee_per_unit=True).fee)


@pytest.mark.parametrize(
    ("row", "problem", "amount"),
    [
        ("S-1,,C-17,K,90837,150.00,,Completed", "no day of service that can be read", 15000),
        ("S-1,soon,C-17,K,90837,x,,Completed", "no day of service that can be read", None),
        (
            ",2026-03-04,C-17,K,90837,150.00,,Completed",
            "no own key, so that it can't be told from other sessions",
            15000,
        ),
        (
            "S-1,2026-03-04,C-17,K,90837,150.00,,Kaput",
            "a state that the profile gives no meaning to: add the word to [states]",
            15000,
        ),
        (
            "S-1,2026-03-04,C-17,K,90837,150.00,,",
            "a state that the profile gives no meaning to: add the word to [states]",
            15000,
        ),
        ("S-1,2026-03-04,C-17,K,90837,-5.00,,Completed", "a fee below zero, or a discount above the fee", -500),
    ],
)
def test_a_row_that_can_not_be_a_session_is_told_with_its_line_and_its_money(
    row: str, problem: str, amount: int | None
) -> None:
    reading = read("sessions_csv", SHORT + row + "\nS-2,2026-03-04,C-17,K,90837,150.00,,Completed\n", profile=GENERIC)

    assert ["session/src/S-2"] == [fact.key for fact in facts(reading)]
    assert [("line 2", problem)] == problems(reading)
    assert [amount] == [found.amount for found in reading.unreadable]


def test_no_cell_is_ever_quoted() -> None:
    rows = (
        "Doe Jane,Doe Jane,Doe Jane,Doe Jane,Doe Jane,Doe Jane,Doe Jane,Doe Jane\nDoe Jane\n" + "Doe Jane," * 30 + "\n"
    )

    told = problems(read("sessions_csv", SHORT + rows, profile=GENERIC))

    assert 3 == len(told)
    assert "Doe" not in str(told)


def test_totals_and_blank_lines_are_no_sessions() -> None:
    reading = read("sessions_csv", SHORT + "Total,,,,,150.00,,\n,,,,,,,\n", profile=GENERIC)

    assert ((), ()) == (reading.facts, reading.unreadable)


def test_a_second_code_of_one_appointment_is_a_session_of_its_own_and_an_equal_row_is_not() -> None:
    row = "S-1,2026-03-04,C-17,K,99213,120.00,,Completed\n"

    found = sessions(SHORT + row + row + row.replace("99213", "90833"))

    assert [("session/src/S-1", "99213"), ("session/src/S-1#2", "90833")] == [(s.key, s.service_code) for s in found]


class TestWithoutKey:
    """An export that has no key of its own."""

    HEADING = SHORT.removeprefix("Session ID,")
    ROW = "2026-03-04 09:00,Doe Jane,K,90837,150.00,,Completed\n"

    def keys(self, rows: str) -> list[str]:
        optional = ["key", "starts_at", "modifiers", "units", "discount", "secondary_payer", "claim_number", "line_key"]
        return [one.key for one in sessions(self.HEADING + rows, optional=[*optional, "billed_on"])]

    def test_equal_sessions_are_two_and_keep_their_keys_from_export_to_export(self) -> None:
        twice = self.keys(self.ROW + self.ROW)

        assert 2 == len(set(twice))
        assert twice == self.keys(self.ROW.replace("2026-03-04", "2026-03-03") + self.ROW + self.ROW)[1:]

    def test_a_corrected_fee_is_a_new_version_and_not_another_session(self) -> None:
        assert self.keys(self.ROW) == self.keys(self.ROW.replace("150.00", "160.00"))

    def test_another_time_client_clinician_or_code_is_another_session(self) -> None:
        others = [("09:00", "10:00"), ("Doe Jane", "Roe Jim"), (",K,", ",L,"), ("90837", "90834")]

        assert 5 == len({self.keys(self.ROW)[0], *(self.keys(self.ROW.replace(*other))[0] for other in others)})

    def test_the_key_shows_no_name_and_no_day(self) -> None:
        (key,) = self.keys(self.ROW)

        assert "Doe" not in key
        assert "2026" not in key
