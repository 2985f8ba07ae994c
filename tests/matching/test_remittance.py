"""Claim payments find their sessions by evidence, and never by a guess."""

from __future__ import annotations

from typing import Any

import pytest

from hhs_sync.facts.claim import Claim, ClaimLine
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.remittance import ClaimPayment, Remittance
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.matching.match import ClaimMatches, paid_key
from hhs_sync.matching.remittance import match_claim_payments
from tests.builders import claim, coverage, decide, remittance, service_line, session, session_key

WHEN = "2025-11-03"


def match(*facts: Fact) -> ClaimMatches:
    known = Facts.of(facts)
    return match_claim_payments(known, list(known.remittances.values()))


def pay(*claims: ClaimPayment) -> Remittance:
    total = sum(one.amount_paid for one in claims)
    return remittance("1", "2025-11-14", f"{total / 100:.2f}", *claims)


def shares(found: ClaimMatches, segment: int = 10) -> dict[str, int]:
    """Session name to cents paid."""
    answer = found.matched[f"remittance/era/1#{segment}"]
    return {share.session.rsplit("/", 1)[-1]: share.paid for share in answer.shares}


def with_lines(number: str, charged: str, paid: str, *lines: Any, **more: Any) -> ClaimPayment:
    return claim(number, charged, paid, lines=lines, **more)


def test_the_claim_number_alone_matches_its_one_session() -> None:
    found = match(session("K1", WHEN), pay(claim("K1", "150", "85", "CO-45 65")))

    assert {"K1": 8500} == shares(found)
    assert "claim number" == found.matched["remittance/era/1#10"].rule


def test_blanks_and_small_letters_do_not_hide_a_claim_number() -> None:
    assert {"K1": 8500} == shares(match(session("K1", WHEN), pay(claim(" k1 ", "150", "85", "CO-45 65"))))


def test_lines_of_one_claim_go_to_the_sessions_that_their_line_keys_name() -> None:
    first = session("A", WHEN, claim_number="C", line_key="LA")
    second = session("B", WHEN, claim_number="C", line_key="LB")
    lines = (
        service_line("90837", WHEN, "150", "80", "CO-45 70", line_key="LB"),
        service_line("90837", WHEN, "150", "90", "CO-45 60", line_key="LA"),
    )

    assert {"A": 9000, "B": 8000} == shares(match(first, second, pay(with_lines("C", "300", "170", *lines))))


def test_without_line_keys_date_code_and_charge_tell_the_lines_of_a_claim_apart() -> None:
    first = session("A", "2025-11-03", claim_number="C")
    second = session("B", "2025-11-10", claim_number="C")
    lines = (
        service_line("90837", "2025-11-10", "150", "80", "CO-45 70"),
        service_line("90837", "2025-11-03", "150", "90", "CO-45 60"),
    )

    assert {"A": 9000, "B": 8000} == shares(match(first, second, pay(with_lines("C", "300", "170", *lines))))


def test_a_restated_code_is_still_its_session_when_nothing_else_is_left_to_choose() -> None:
    first = session("A", WHEN, claim_number="C", service_code="90837")
    second = session("B", WHEN, claim_number="C", service_code="90834", fee="120.00")
    lines = (
        service_line("90832", WHEN, "150", "60", "CO-45 90", billed_code="90837"),
        service_line("90834", WHEN, "120", "70", "CO-45 50"),
    )

    assert {"A": 6000, "B": 7000} == shares(match(first, second, pay(with_lines("C", "270", "130", *lines))))


def test_two_lines_for_one_of_two_equal_sessions_are_a_question() -> None:
    first = session("A", WHEN, claim_number="C")
    second = session("B", WHEN, claim_number="C")
    line = service_line("90837", WHEN, "150", "80", "CO-45 70")
    found = match(first, second, pay(with_lines("C", "150", "80", line)))

    assert not found.matched
    assert "do not fit" in found.unmatched["remittance/era/1#10"].reason


def test_a_claim_without_lines_is_shared_out_by_fee_to_the_cent() -> None:
    first = session("A", WHEN, "100.00", claim_number="C")
    second = session("B", "2025-11-04", "50.01", claim_number="C")
    found = match(first, second, pay(claim("C", "150.01", "100.00", "CO-45 50.01")))

    assert 10000 == sum(shares(found).values())
    assert {"A": 6666, "B": 3334} == shares(found)


def test_a_session_that_the_payer_split_into_two_lines_takes_both() -> None:
    first = session("A", WHEN, claim_number="C")
    second = session("B", WHEN, "90.00", claim_number="C", service_code="90834")
    lines = (
        service_line("90837", WHEN, "100", "60", "CO-45 40"),
        service_line("90834", WHEN, "90", "50", "CO-45 40"),
        service_line("90837", WHEN, "50", "30", "CO-45 20"),
    )

    assert {"A": 9000, "B": 5000} == shares(match(first, second, pay(with_lines("C", "240", "140", *lines))))


def test_two_sessions_that_the_payer_merged_into_one_line_share_it_to_the_cent() -> None:
    first = session("A", WHEN, "100.00", claim_number="C")
    second = session("B", WHEN, "50.00", claim_number="C")
    line = service_line("90837", WHEN, "150", "100", "CO-45 50")
    found = match(first, second, pay(with_lines("C", "150", "100", line)))

    assert {"A": 6667, "B": 3333} == shares(found)
    assert 5000 == sum(one.amount for share in found.matched["remittance/era/1#10"].shares for one in share.adjustments)


def test_changed_units_do_not_hide_the_session() -> None:
    line = service_line("H2017", WHEN, "112.80", "78.96", "CO-45 33.84", units="6", units_billed="8")
    one = session("K1", WHEN, "112.80", service_code="H2017", units=8)

    assert {"K1": 7896} == shares(match(one, pay(with_lines("K1", "112.80", "78.96", line))))


@pytest.mark.parametrize(
    ("billed", "answered", "told"),
    [(("95", "HE"), (), ()), (("95",), ("GT",), ("95",)), (("95", "HE"), ("HE", "95"), ())],
    ids=["dropped", "changed", "in another order"],
)
def test_a_dropped_or_changed_modifier_does_not_hide_the_session(
    billed: tuple[str, ...], answered: tuple[str, ...], told: tuple[str, ...]
) -> None:
    """With a claim number, and with the client's member number alone."""
    code = {"billed_code": "90837", "billed_modifiers": told} if told else {}
    line = service_line("90837", WHEN, "150", "85", "CO-45 65", modifiers=answered, **code)
    one = session("K1", WHEN, client="ada", modifiers=billed)
    known = coverage("ada", "ANTH", member_id="M1")

    assert {"K1": 8500} == shares(match(one, pay(with_lines("K1", "150", "85", line))))
    assert {"K1": 8500} == shares(match(one, known, pay(with_lines("0", "150", "85", line, member_id="M1"))))


@pytest.mark.parametrize("frequency", ["7", "8", "1"])
def test_a_corrected_claim_keeps_its_sessions_whatever_its_frequency_code(frequency: str) -> None:
    first = claim("K1", "150", "85", "CO-45 65", payer_claim_number="P1", segment=10)
    back = claim("K1", "-150", "-85", "CO-45 -65", status="22", payer_claim_number="P1", segment=20)
    anew = claim("K1", "150", "95", "CO-45 55", payer_claim_number="P2", frequency=frequency, segment=30)

    found = match(session("K1", WHEN), pay(first, back, anew))

    assert [{"K1": 8500}, {"K1": -8500}, {"K1": 9500}] == [shares(found, segment) for segment in (10, 20, 30)]


def test_the_second_payer_after_the_first_finds_the_same_session() -> None:
    """By our number; and, where the second payer lost it, by its own member number."""
    line = service_line("90837", WHEN, "150", "30", "OA-23 120")
    one = session("K1", WHEN, client="ada", secondary_payer="SECO")
    known = coverage("ada", "SECO", order=2, member_id="S1")
    first = pay(claim("K1", "150", "85", "CO-45 35, PR-2 30"))
    named, nameless = (
        remittance("2", "2025-12-01", "30.00", with_lines(number, "150", "30", line, status="2", member_id="S1"))
        for number in ("K1", "0")
    )

    for second in (named, nameless):
        found = match(one, known, first, second)
        assert {"K1": 8500} == shares(found)
        assert session_key("K1") == found.matched["remittance/era/2#10"].shares[0].session


def test_a_second_answer_of_the_first_payer_without_a_number_is_a_question() -> None:
    line = service_line("90837", WHEN, "150", "85", "CO-45 65")
    again = remittance("2", "2025-12-01", "85.00", with_lines("0", "150", "85", line, member_id="M1"))
    found = match(
        session("K1", WHEN, client="ada"), coverage("ada", "ANTH", member_id="M1"),
        pay(claim("K1", "150", "85", "CO-45 65")), again,
    )  # fmt: skip

    assert ["remittance/era/2#10"] == list(found.unmatched)


def test_a_stack_of_paper_without_claim_numbers_finds_its_sessions() -> None:
    """Equal visits of one day: each payment agrees with a session of its own, or all are questions."""
    sessions = [session(name, WHEN, client=name, claim_number=None) for name in ("ada", "ben")]
    known = [coverage(name, "ANTH", member_id=f"M-{name}") for name in ("ada", "ben")]

    def paper(*members: str) -> ClaimMatches:
        lines = [service_line("90837", WHEN, "150", "85", "CO-45 65") for _ in members]
        told = [
            with_lines("", "150", "85", line, member_id=member, segment=number)
            for number, (line, member) in enumerate(zip(lines, members, strict=True))
        ]
        return match(*sessions, *known, pay(*told))

    found = paper("M-ada", "M-ben")
    assert ["ada", "ben"] == [one.shares[0].session.rsplit("/", 1)[-1] for one in found.matched.values()]
    assert not paper("M-ada", "M-ada").matched
    assert not paper("M-ada", "M-stranger").matched


def test_a_reversal_finds_its_original_in_the_same_remittance_even_where_both_lost_our_number() -> None:
    line = service_line("90837", WHEN, "150", "85", "CO-45 65")
    back = service_line("90837", WHEN, "-150", "-85", "CO-45 -65")
    found = match(
        session("K1", WHEN, client="ada"), coverage("ada", "ANTH", member_id="M1"),
        pay(
            with_lines("0", "150", "85", line, member_id="M1", segment=10),
            with_lines("0", "-150", "-85", back, member_id="M1", status="22", segment=20),
        ),
    )  # fmt: skip

    assert [{"K1": 8500}, {"K1": -8500}] == [shares(found, 10), shares(found, 20)]


def test_a_reversal_of_something_that_no_session_answers_to_is_a_question() -> None:
    back = service_line("90837", "2024-01-05", "-150", "-85", "CO-45 -65")
    found = match(session("K1", WHEN), pay(with_lines("OLD", "-150", "-85", back, status="22")))

    assert not found.matched
    assert "no session has its claim number" == found.unmatched["remittance/era/1#10"].reason


def test_each_candidate_comes_with_the_reasons_for_and_against_it() -> None:
    line = service_line("90837", WHEN, "150", "85", "CO-45 65", modifiers=("95",))
    found = match(
        session("K1", WHEN, client="ada"), session("K2", WHEN, client="ben", modifiers=("95",)),
        coverage("ada", "ANTH", member_id="M1"), coverage("zoe", "ANTH", member_id="M9"),
        pay(with_lines("K7", "150", "85", line, member_id="M9")),
    )  # fmt: skip

    told = {one.sessions[0].rsplit("/", 1)[-1]: one for one in found.unmatched["remittance/era/1#10"].candidates}
    assert ("date", "code", "charge") == told["K1"].agrees
    assert ("claim number", "client", "modifiers") == told["K1"].differs
    assert ("date", "code", "modifiers", "charge") == told["K2"].agrees
    assert ("claim number", "client") == told["K2"].differs


def test_a_replacement_claim_under_a_new_number_is_found_by_the_line_key_that_it_kept() -> None:
    line = service_line("90837", WHEN, "150", "85", "CO-45 65", line_key="L1")
    found = match(session("K1", WHEN, line_key="L1"), pay(with_lines("K1R", "150", "85", line, frequency="7")))

    assert {"K1": 8500} == shares(found)


def test_a_number_that_leads_to_another_day_or_another_client_is_a_question() -> None:
    line = service_line("90837", "2025-11-10", "150", "85", "CO-45 65")
    other_day = match(session("K1", WHEN), pay(with_lines("K1", "150", "85", line)))
    other_client = match(
        session("K1", WHEN, client="ada"),
        coverage("ben", "ANTH", member_id="M2"),
        pay(claim("K1", "150", "85", member_id="M2")),
    )

    assert "service dates" in other_day.unmatched["remittance/era/1#10"].reason
    assert "another client" in other_client.unmatched["remittance/era/1#10"].reason


def test_the_line_key_finds_the_session_when_the_claim_number_was_lost() -> None:
    line = service_line("90837", WHEN, "150", "80", "CO-45 70", line_key="L1")
    found = match(session("K1", WHEN, line_key="L1"), pay(with_lines("0", "150", "80", line)))

    assert {"K1": 8000} == shares(found)
    assert "line key" == found.matched["remittance/era/1#10"].rule


def test_a_line_key_with_another_charge_proves_nothing() -> None:
    line = service_line("90837", WHEN, "140", "80", "CO-45 60", line_key="L1")

    assert not match(session("K1", WHEN, line_key="L1"), pay(with_lines("0", "140", "80", line))).matched


def test_a_claim_that_we_sent_ties_its_number_to_its_sessions() -> None:
    sent = Claim(
        key="claim/ch/X9",
        claim_number="X9",
        payer_name="ANTH",
        amount_charged=15000,
        lines=(ClaimLine(service_code="90837", amount_charged=15000, line_key="L1"),),
    )
    found = match(
        session("K1", WHEN, claim_number=None, line_key="L1"), sent, pay(claim("X9", "150", "85", "CO-45 65"))
    )

    assert {"K1": 8500} == shares(found)


def test_client_date_code_and_charge_match_only_when_the_client_is_proved() -> None:
    one = session("K1", WHEN, client="ada", claim_number=None)
    twin = session("K2", WHEN, client="ben", claim_number=None)
    line = service_line("90837", WHEN, "150", "80", "CO-45 70")
    known = coverage("ada", "ANTH", member_id="M1")
    proved = match(one, twin, known, pay(with_lines("?", "150", "80", line, member_id="M1")))
    unproved = match(one, twin, known, pay(with_lines("?", "150", "80", line, member_id="M7")))

    assert {"K1": 8000} == shares(proved)
    assert not unproved.matched
    question = unproved.unmatched["remittance/era/1#10"]
    assert "several sessions agree with it" == question.reason
    assert {(session_key("K1"),), (session_key("K2"),)} == {one.sessions for one in question.candidates}


def test_two_equal_visits_of_the_proved_client_are_a_question() -> None:
    one = session("K1", WHEN, client="ada", claim_number=None)
    again = session("K2", WHEN, client="ada", claim_number=None)
    line = service_line("90837", WHEN, "150", "80", "CO-45 70")

    assert not match(
        one, again, coverage("ada", "ANTH", member_id="M1"), pay(with_lines("?", "150", "80", line, member_id="M1"))
    ).matched


def test_a_reversal_finds_its_sessions_by_the_payers_own_claim_number() -> None:
    found = match(
        session("K1", WHEN),
        remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 65", payer_claim_number="P1")),
        remittance(
            "2",
            "2025-12-14",
            "0.00",
            claim("lost", "-150", "-85", "CO-45 -65", status="22", payer_claim_number="P1"),
            plb="FB -85.00",
        ),
    )

    assert "payer's claim number" == found.matched["remittance/era/2#10"].rule


def test_what_a_person_chose_outranks_every_rule() -> None:
    chosen = decide("d", ResolutionKind.CHOOSE_MATCH, "remittance/era/1#10", "2025-12-01", targets=(session_key("K2"),))
    found = match(session("K1", WHEN), session("K2", WHEN), chosen, pay(claim("K1", "150", "85", "CO-45 65")))

    assert {"K2": 8500} == shares(found)


def test_a_changed_charge_is_told_in_cents() -> None:
    found = match(session("K1", WHEN), pay(claim("K1", "140", "85", "CO-45 55")))

    assert -1000 == found.matched["remittance/era/1#10"].charge_differs


def test_predetermination_is_not_money() -> None:
    found = match(session("K1", WHEN), pay(claim("K1", "150", "0", "CO-45 150", status="25")))

    assert not found.matched
    assert not found.unmatched


def test_a_claim_payment_is_named_by_remittance_and_segment() -> None:
    assert "r#7" == paid_key("r", claim("K1", "1", "1", segment=7))
