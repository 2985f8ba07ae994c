"""What a person may decide, what comes of it, and what is never decided in bulk."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from hhs_sync.facts.resolution import Resolution, ResolutionKind, counting
from hhs_sync.findings.decide import (
    Answer,
    decision,
    exact_suggestions,
    never_in_bulk,
    suggested,
    taking_back,
    without_rivals,
)
from hhs_sync.findings.finding import Candidate, Finding, FindingState
from hhs_sync.findings.states import with_decisions
from tests.builders import client_payment, day, decide, session, session_key
from tests.findings.looking import look, only

AT = dt.datetime(2025, 11, 21, 15, tzinfo=dt.UTC)
KIND = ResolutionKind
LIMIT = 5000


def homeless(number: str = "1", amount: str = "25") -> Finding:
    """A client payment that names nobody, and the one open item of its amount."""
    facts = (session("K1", "2025-11-03", amount, payer=None), client_payment(number, "2025-11-07", amount))
    return only(look(*facts, today="2025-11-12"), "MAT-03")


def named(number: str = "1") -> Finding:
    """The same, where the client is named and nothing speaks against it."""
    finding = homeless(number)
    candidate = msgspec.structs.replace(finding.candidates[0], agrees=("client", "amount"), differs=())
    return msgspec.structs.replace(finding, candidates=(candidate,))


def made(finding: Finding, kind: ResolutionKind, **said: object) -> Resolution:
    return decision(finding, Answer(kind=kind, **said), key="resolution/decisions/1", by="dana", at=AT)


def test_a_decision_is_about_what_the_ledger_reads() -> None:
    finding = homeless()

    assert finding.subject == made(finding, KIND.CHOOSE_MATCH, targets=(session_key("K1"),)).subject
    assert finding.key == made(finding, KIND.NOTE, reason="called").subject
    assert finding.amount == made(finding, KIND.ACCEPT, reason="a gift").amount


@pytest.mark.parametrize(
    ("kind", "said", "problem"),
    [
        (KIND.NOTE, {"reason": "  "}, "say why"),
        (KIND.ACCEPT, {}, "say why"),
        (KIND.WAIT_UNTIL, {"until": dt.date(2025, 11, 21)}, "after today"),
        (KIND.ASSIGN, {"owner": " "}, "who answers"),
        (KIND.WRITE_OFF, {"amount": 0}, r"more than 0\.00"),
        (KIND.BILL_CLIENT, {"amount": -1}, r"more than 0\.00"),
        (KIND.ADJUST, {"amount": 100, "account": "bribe"}, "adjust as one of"),
        (KIND.SET_REASON, {"account": "hold"}, "the reason must be one of"),
        (KIND.CHOOSE_MATCH, {}, "name what it pays"),
        (KIND.CHOOSE_MATCH, {"targets": ("a", "a")}, "named twice"),
        (KIND.CHOOSE_MATCH, {"targets": ("a", "b"), "amounts": (2000, 400)}, r"come to 24\.00: 1\.00 is left"),
        (KIND.CHOOSE_MATCH, {"targets": ("a", "b"), "amounts": (2500, 0)}, "each part needs an amount"),
    ],
)
def test_a_decision_that_makes_no_sense_says_what_to_do(kind: ResolutionKind, said: dict, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        made(homeless(), kind, **said)


def test_the_one_suggestion_against_which_nothing_speaks_is_exact() -> None:
    finding = named()

    assert (session_key("K1"),) == exact_suggestions(finding)[0].targets
    assert (session_key("K1"),) == suggested(finding, 1).targets
    other = msgspec.structs.replace(finding.candidates[0], differs=("claim number",))
    assert () == exact_suggestions(msgspec.structs.replace(finding, candidates=(other,)))
    assert () == exact_suggestions(msgspec.structs.replace(finding, candidates=finding.candidates * 2))
    assert () == exact_suggestions(msgspec.structs.replace(finding, amount=2600))


def test_money_that_names_nobody_is_never_exact_for_an_amount_alone_is_anybodys() -> None:
    finding = homeless()

    assert ("client not named",) == finding.candidates[0].differs
    assert () == exact_suggestions(finding)


def test_two_questions_with_the_same_exact_suggestion_are_rivals() -> None:
    one, other = named("1"), named("2")
    apart = Candidate(targets=("session/ehr/K9",), amount=2500)
    third = msgspec.structs.replace(one, key="third", candidates=(apart,))

    assert [third] == without_rivals([one, other, third])


def test_law_money_that_goes_back_and_large_amounts_are_never_decided_in_bulk() -> None:
    small = homeless()
    large = homeless(amount="75")
    law = msgspec.structs.replace(small, code="CMP-01")

    assert "" == never_in_bulk(KIND.CHOOSE_MATCH, large, LIMIT)
    assert "" == never_in_bulk(KIND.NOTE, law, LIMIT)
    assert "" == never_in_bulk(KIND.WRITE_OFF, small, LIMIT)
    for kind, finding, why in (
        (KIND.ACCEPT, law, "law"),
        (KIND.WRITE_OFF, large, "second person"),
        (KIND.ADJUST, large, "second person"),
        (KIND.ACCEPT, large, "second person"),
        (KIND.PAY_PAYER_BACK, small, "goes back"),
        (KIND.UNCLAIMED, small, "goes back"),
    ):
        assert why in never_in_bulk(kind, finding, LIMIT)


def test_what_is_folded_over_a_finding_now_is_what_the_next_look_finds() -> None:
    facts = (session("K1", "2025-11-03", "25", payer=None), client_payment("1", "2025-11-07", "25"))
    finding = homeless()
    said = [
        decide("1", KIND.ASSIGN, finding.key, "2025-11-12", owner="Lee"),
        decide("2", KIND.NOTE, finding.key, "2025-11-12", reason="asked the front desk"),
        decide("3", KIND.WAIT_UNTIL, finding.key, "2025-11-12", until=day("2025-11-19")),
    ]

    folded = with_decisions(finding, said, LIMIT, day("2025-11-12"))

    assert FindingState.WAITING is folded.state
    assert only(look(*facts, *said, today="2025-11-12"), "MAT-03") == folded


def test_a_second_person_may_approve_an_acceptance_before_the_next_look() -> None:
    finding = homeless(amount="75")
    accepted = made(finding, KIND.ACCEPT, reason="cash from the drawer")
    waits = with_decisions(finding, [accepted], LIMIT, AT.date())

    assert (FindingState.OPEN, "approver", accepted.key) == (waits.state, waits.owner, waits.approves)
    assert KIND.APPROVE is waits.answers[0]
    approved = decision(waits, Answer(kind=KIND.APPROVE), key="resolution/decisions/2", by="lee", at=AT)
    assert accepted.key == approved.subject
    assert FindingState.RESOLVED is with_decisions(finding, [accepted, approved], LIMIT, AT.date()).state


def test_a_decision_that_is_taken_back_counts_no_more_and_neither_does_its_taking_back_when_that_is_taken_back() -> (
    None
):
    one = decide("1", KIND.NOTE, "x", "2025-11-12", reason="a")
    back = taking_back(one, key="resolution/decisions/2", by="dana", at=AT)
    again = taking_back(back, key="resolution/decisions/3", by="dana", at=AT + dt.timedelta(minutes=1))

    assert [back] == counting([one, back])
    assert {one.key, again.key} == {each.key for each in counting([one, back, again])}


def test_what_a_rule_has_closed_can_be_asked_again_until_somebody_accepts_it() -> None:
    gone = homeless()
    paid = (
        session("K1", "2025-11-03", "25", payer=None),
        client_payment("1", "2025-11-07", "25", client="c-K1", session="K1"),
    )
    again = decide(
        "1", KIND.REOPEN, gone.key, "2025-11-13", reason="was it really hers?",
        finding=msgspec.json.encode(gone).decode(),
    )  # fmt: skip
    accepted = decide("2", KIND.ACCEPT, gone.key, "2025-11-14", reason="she said so", amount=2500)

    assert [] == [one for one in look(*paid, today="2025-11-13").findings if one.code == "MAT-03"]
    asked = only(look(*paid, again, today="2025-11-13"), "MAT-03")
    assert (FindingState.OPEN, ("2025-11-13 dana asked again: was it really hers?",)) == (asked.state, asked.notes)
    assert FindingState.RESOLVED is only(look(*paid, again, accepted, today="2025-11-14"), "MAT-03").state
