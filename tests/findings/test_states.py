"""Where a question stands, by what people decided about it."""

from __future__ import annotations

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.finding import FindingState, Owner
from tests.builders import client_payment, day, decide, session, session_key
from tests.findings.looking import look, only

SESSION = session("K1", "2025-11-03", "40.00", claim_number=None)
KEY = f"casco:BIL-01:{session_key('K1')}"


def question(*decisions, today: str = "2025-11-07", code: str = "BIL-01", facts=(SESSION,)):
    return only(look(*facts, *decisions, today=today), code)


def test_waiting_ends_on_its_day() -> None:
    wait = decide("1", ResolutionKind.WAIT_UNTIL, KEY, "2025-11-07", until=day("2025-11-14"), reason="on holiday")

    assert (FindingState.WAITING, day("2025-11-14")) == (question(wait).state, question(wait).waits_until)
    assert ("2025-11-07 dana: on holiday",) == question(wait).notes
    assert FindingState.OPEN is question(wait, today="2025-11-14").state


def test_an_acceptance_needs_a_reason() -> None:
    bare = decide("1", ResolutionKind.ACCEPT, KEY, "2025-11-07", amount=4000)
    said = decide("1", ResolutionKind.ACCEPT, KEY, "2025-11-07", amount=4000, reason="billed by hand")

    assert (FindingState.OPEN, ("accepted without a reason: say why",)) == (question(bare).state, question(bare).notes)
    assert (FindingState.RESOLVED, "dana: billed by hand", day("2025-11-07")) == (
        question(said).state, question(said).closed_by, question(said).closed_on,
    )  # fmt: skip
    assert not question(said).is_open


def test_above_the_limit_and_in_matters_of_law_a_second_person_accepts() -> None:
    large = session("K1", "2025-11-03", "150.00", claim_number=None)
    accepted = decide("1", ResolutionKind.ACCEPT, KEY, "2025-11-07", amount=15000, reason="billed by hand")
    own = decide("2", ResolutionKind.APPROVE, accepted.key, "2025-11-07")
    second = decide("3", ResolutionKind.APPROVE, accepted.key, "2025-11-07", by="lee")

    waits = question(accepted, own, facts=(large,))
    assert (FindingState.OPEN, Owner.APPROVER.value) == (waits.state, waits.owner)
    assert FindingState.RESOLVED is question(accepted, second, facts=(large,)).state


def test_an_acceptance_covers_the_amount_that_was_accepted() -> None:
    accepted = decide("1", ResolutionKind.ACCEPT, KEY, "2025-11-07", amount=3000, reason="fine")

    assert FindingState.OPEN is question(accepted).state


def test_reopening_takes_the_last_decision_back() -> None:
    accepted = decide("1", ResolutionKind.ACCEPT, KEY, "2025-11-07", amount=4000, reason="fine")
    reopened = decide("2", ResolutionKind.REOPEN, KEY, "2025-11-08")

    assert FindingState.OPEN is question(accepted, reopened, today="2025-11-09").state


def test_notes_and_owners_stay_with_the_fact_whatever_is_asked_about_it() -> None:
    note = decide("1", ResolutionKind.NOTE, session_key("K1"), "2025-11-07", reason="ask the clinician")
    owner = decide("2", ResolutionKind.ASSIGN, session_key("K1"), "2025-11-07", owner="Lee")

    assert (("2025-11-07 dana: ask the clinician",), "Lee") == (
        question(note, owner).notes,
        question(note, owner).owner,
    )
    near = look(SESSION, note, owner, today="2026-01-20")
    assert "Lee" == only(near, "BIL-03").owner


def test_a_decision_about_one_question_leaves_others_alone() -> None:
    payment = client_payment("ch", "2025-11-04", "10.00")
    accepted = decide("1", ResolutionKind.ACCEPT, KEY, "2025-11-07", amount=4000, reason="fine")
    found = look(SESSION, payment, accepted, today="2025-11-07")

    assert FindingState.OPEN is only(found, "MAT-03").state
