"""PAY-01, PAY-02, PAY-05: paid less or more than the contract, twice, or late without interest."""

from __future__ import annotations

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.finding import Stake
from tests.builders import acknowledged, bank, claim, day, decide, remittance, sent, session, session_key
from tests.findings.looking import asked, look, off, only, with_rates

RATES = with_rates("110.00")


def answer(paid: str, told: str, payer: str = "ANTH", name: str = "1", **more):
    return remittance(name, "2025-11-14", paid, claim("K1", "150", paid, told), payer=payer, **more)


def test_what_is_allowed_below_the_contract_is_asked_for() -> None:
    found = look(session("K1", "2025-11-03"), answer("75.00", "CO-45 50, PR-3 25"), today="2025-11-15", rules=RATES)

    one = only(found, "PAY-01")
    assert (1000, "Anthem allowed 100.00 where the contract says 110.00.") == (one.amount, one.says)


def test_rounding_and_two_percent_stay_out() -> None:
    for paid, told in (("84.00", "CO-45 41, PR-3 25"), ("83.01", "CO-45 41.99, PR-3 25")):
        found = look(session("K1", "2025-11-03"), answer(paid, told), today="2025-11-15", rules=RATES)
        assert "PAY-01" not in {one.code for one in found.findings}


def test_sequestration_is_no_underpayment() -> None:
    paid = answer("86.24", "CO-45 40, CO-253 1.76, PR-2 22", "MEDA")
    found = look(session("K1", "2025-11-03", payer="MEDA"), paid, today="2025-11-15", rules=RATES)

    assert "PAY-01" not in {one.code for one in found.findings}


def test_the_payer_paying_up_takes_the_question_away() -> None:
    facts = [session("K1", "2025-11-03"), answer("75.00", "CO-45 50, PR-3 25")]
    back = claim("K1", "-150", "-75", "CO-45 -50, PR-3 -25", status="22")
    corrected = remittance("2", "2025-12-01", "10.00", back, claim("K1", "150", "85", "CO-45 40, PR-3 25"))

    assert "PAY-01 10.00" in asked(look(*facts, today="2025-12-02", rules=RATES))
    assert "PAY-01" not in {one.code for one in look(*facts, corrected, today="2025-12-02", rules=RATES).findings}


def test_without_a_rate_nobody_says_that_it_was_too_little() -> None:
    assert "PAY-01" not in {
        one.code
        for one in look(session("K1", "2025-11-03"), answer("5.00", "CO-45 120, PR-3 25"), today="2025-11-15").findings
    }


def test_more_than_the_contract_is_not_kept() -> None:
    found = look(session("K1", "2025-11-03"), answer("105.00", "CO-45 20, PR-3 25"), today="2025-11-15", rules=RATES)

    assert (2000, Stake.PAYER.value) == (only(found, "PAY-02").amount, only(found, "PAY-02").at_stake)


def test_a_second_payment_of_a_session_is_owed_back_until_it_is_sent_back() -> None:
    facts = [
        session("K1", "2025-11-03"),
        answer("85.00", "CO-45 40, PR-3 25"),
        bank("1", "2025-11-14", "85.00", "ACH ANTHEM TRACE1"),
        remittance("2", "2025-11-24", "85.00", claim("K1", "150", "85", "CO-45 40, PR-3 25")),
        bank("2", "2025-11-24", "85.00", "ACH ANTHEM TRACE2"),
    ]
    found = look(*facts, today="2025-11-25")
    one = only(found, "PAY-02")

    assert (8500, True, []) == (one.amount, "it had been paid before" in one.says, off(found))
    back = decide(
        "1", ResolutionKind.PAY_PAYER_BACK, session_key("K1"), "2025-12-01", amount=8500, account="ANTH"
    )  # fmt: skip
    assert "PAY-02" not in {one.code for one in look(*facts, back, today="2025-12-02").findings}


def test_a_clean_claim_paid_late_bears_interest() -> None:
    facts = [session("K1", "2025-09-01"), sent("K1", "2025-09-02"), acknowledged("K1", "2025-09-05")]

    one = only(look(*facts, answer("85.00", "CO-45 40, PR-3 25"), today="2025-11-15"), "PAY-05")
    # Accepted on 5 September, due 5 October, paid on 14 November: 40 days; 85.00 x 1.5 % x 40/30 = 1.70
    assert (170, "40 days late" in one.says) == (one.amount, True)

    paid = remittance("1", "2025-11-14", "86.70", claim("K1", "150", "85", "CO-45 40, PR-3 25"), plb="L6 -1.70")
    assert "PAY-05" not in {one.code for one in look(*facts, paid, today="2025-11-15").findings}


def test_mainecare_pays_no_such_interest() -> None:
    facts = [session("K1", "2025-09-01", payer="MCARE"), sent("K1", "2025-09-02", payer="MCARE")]
    paid = answer("110.00", "CO-45 40", "MCARE")

    assert "PAY-05" not in {one.code for one in look(*facts, paid, today="2025-11-15").findings}
    assert day("2025-11-14") == paid.payment_date
