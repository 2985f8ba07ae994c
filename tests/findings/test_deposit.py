"""DEP-01 to DEP-04: money told that is not at the bank, and the other way round."""

from __future__ import annotations

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.finding import Effect, Owner, Severity
from hhs_sync.mapping.rules import Policy
from tests.builders import (
    bank,
    claim,
    client_payment,
    day,
    decide,
    payout,
    remittance,
    remittance_key,
    session,
)
from tests.findings.looking import asked, look, off, only, plain_rules

SESSION = session("K1", "2025-11-03")
PAID = remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 65"))


def test_a_remittance_without_its_money_is_asked_about_after_five_business_days() -> None:
    assert [] == asked(look(SESSION, PAID, today="2025-11-20"))
    one = only(look(SESSION, PAID, today="2025-11-21"), "DEP-01")
    assert (8500, day("2025-11-21"), Severity.HIGH) == (one.amount, one.since, one.severity)
    assert "no bank lines came in at all" in one.says

    banked = bank("1", "2025-11-24", "85.00", "ACH ANTHEM TRACE1")
    assert [] == asked(look(SESSION, PAID, banked, today="2025-11-25"))


def test_where_the_banks_lines_end_early_it_is_said() -> None:
    other = bank("9", "2025-11-12", "-20.00", "RENT")

    assert "end on 2025-11-12" in only(look(SESSION, PAID, other, today="2025-11-21"), "DEP-01").says


def test_a_remittance_paid_by_a_virtual_card_will_not_come_to_the_bank_by_itself() -> None:
    card = decide("1", ResolutionKind.VIRTUAL_CARD, remittance_key("1"), "2025-11-20", account="stripe")

    found = look(SESSION, PAID, card, today="2025-11-21")
    assert ([], []) == (asked(found), off(found))


def test_a_clients_check_in_hand_is_asked_about_after_ten_business_days() -> None:
    facts = [
        session("K1", "2025-11-03", "130.00", payer=None, client="c-1"),
        client_payment("77", "2025-11-04", "130.00", client="c-1", session="K1"),
    ]

    assert [] == asked(look(*facts, today="2025-11-17"))
    assert ["DEP-01 130.00"] == asked(look(*facts, today="2025-11-18"))
    assert [] == asked(look(*facts, bank("1", "2025-11-18", "130.00", "MOBILE DEPOSIT"), today="2025-11-18"))


def test_money_without_a_remittance_is_in_suspense_after_five_business_days() -> None:
    line = bank("1", "2025-11-14", "85.00", "ACH ANTHEM TRACE1")

    assert [] == asked(look(SESSION, line, today="2025-11-20"))
    found = look(SESSION, line, today="2025-11-21")
    assert (["DEP-02 85.00"], Effect.SUSPENSE, "ANTH", []) == (
        asked(found), only(found, "DEP-02").effect, only(found, "DEP-02").payer, off(found),
    )  # fmt: skip
    late = remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 65"))
    found = look(SESSION, line, late, today="2025-12-01", told={"as_of": {late.key: day("2025-11-30")}})
    assert ([], []) == (asked(found), off(found))


def test_the_words_of_a_bank_line_stay_in_the_house() -> None:
    one = only(look(bank("1", "2025-11-14", "60.00", "ZELLE FROM JANE DOE"), today="2025-11-21"), "DEP-02")

    assert (
        "60.00 from an unknown sender came to the bank on 2025-11-14, and no remittance tells what it is." == one.says
    )


def test_a_trace_that_agrees_with_an_amount_that_does_not_is_critical() -> None:
    advice = remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 65"), eft_trace="880012345")
    line = bank("1", "2025-11-14", "80.00", "ACH ANTHEM 880012345")

    found = look(SESSION, advice, line, today="2025-11-24")
    one = only(found, "DEP-03")
    assert (["DEP-03 5.00"], Severity.CRITICAL) == (asked(found), one.severity)
    assert (("trace",), ("amount, by 5.00",)) == (one.candidates[0].agrees, one.candidates[0].differs)


def test_two_remittances_that_fit_one_bank_line_are_offered_side_by_side() -> None:
    advices = [
        remittance(str(n), "2025-11-14", "85.00", claim(f"K{n}", "150", "85", "CO-45 65"), eft_trace="") for n in (1, 2)
    ]
    line = bank("1", "2025-11-14", "85.00", "ACH ANTHEM")
    facts = [session("K1", "2025-11-03"), session("K2", "2025-11-04"), *advices, line]

    one = only(look(*facts, today="2025-11-17"), "DEP-03")
    assert (8500, [("amount",), ("amount",)]) == (one.amount, [candidate.agrees for candidate in one.candidates])

    choice = decide("1", ResolutionKind.CHOOSE_MATCH, one.subject, "2025-11-17", targets=(advices[0].key,))
    assert "DEP-03" not in {one.code for one in look(*facts, choice, today="2025-11-17").findings}


def test_lines_that_make_up_one_payment_in_two_ways_are_offered_and_one_answer_settles_them_all() -> None:
    """60 + 25 or 50 + 35: each line is asked about, the payment itself is not missed; what is left goes to suspense."""
    advice = remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 65"), eft_trace="")
    amounts = ("60.00", "25.00", "50.00", "35.00")
    lines = [bank(str(n), "2025-11-14", amount, "ACH ANTHEM") for n, amount in enumerate(amounts, start=1)]
    facts = [session("K1", "2025-11-03"), advice, *lines]

    found = look(*facts, today="2025-11-27")
    first = next(one for one in found.findings if one.subject == lines[0].key)
    assert ["DEP-03 25.00", "DEP-03 35.00", "DEP-03 50.00", "DEP-03 60.00"] == sorted(asked(found))
    assert ((advice.key, lines[1].key), 6000) == (first.candidates[0].targets, first.candidates[0].amount)
    assert ("sender", "date", "amount") == first.candidates[0].agrees

    said = decide("1", ResolutionKind.CHOOSE_MATCH, first.subject, "2025-11-17", targets=first.candidates[0].targets)
    after = look(*facts, said, today="2025-11-27")
    assert (["DEP-02 35.00", "DEP-02 50.00"], []) == (sorted(asked(after)), off(after))


def test_a_payout_that_does_not_add_up_or_does_not_arrive_is_asked_about() -> None:
    facts = [
        session("K1", "2025-11-03", "130.00", payer=None, client="c-1"),
        client_payment("ch", "2025-11-03", "130.00", "card", client="c-1", session="K1"),
    ]
    whole = payout("po_1", "2025-11-05", "126.00", ("charge", "ch", "130.00", "4.00"))
    short = payout("po_1", "2025-11-05", "120.00", ("charge", "ch", "130.00", "4.00"))

    assert ["DEP-04 126.00"] == asked(look(*facts, whole, today="2025-11-12"))
    assert [] == asked(look(*facts, whole, bank("1", "2025-11-06", "126.00", "STRIPE po_1"), today="2025-11-12"))
    found = look(*facts, short, bank("1", "2025-11-06", "120.00", "STRIPE po_1"), today="2025-11-12")
    assert (["DEP-04 6.00"], []) == (asked(found), off(found))


def test_money_around_the_turn_of_the_year_is_the_accountants_choice_under_cash() -> None:
    advice = remittance("1", "2025-12-31", "85.00", claim("K1", "150", "85", "CO-45 65"))
    line = bank("1", "2026-01-02", "85.00", "ACH ANTHEM TRACE1")
    session_before = session("K1", "2025-12-15")

    cash = look(session_before, advice, line, today="2026-01-05", rules=plain_rules(policy=Policy.CASH))
    assert (["DEP-04 85.00"], Owner.CPA.value) == (asked(cash), only(cash, "DEP-04").owner)
    assert [] == asked(look(session_before, advice, line, today="2026-01-05"))
    accepted = decide(
        "1", ResolutionKind.ACCEPT, "casco:DEP-04:year-end/2025", "2026-01-06", reason="income of 2026", amount=8500
    )
    approved = decide("2", ResolutionKind.APPROVE, accepted.key, "2026-01-06", by="lee")
    assert [] == asked(
        look(
            session_before, advice, line, accepted, approved, today="2026-01-07", rules=plain_rules(policy=Policy.CASH)
        )
    )
