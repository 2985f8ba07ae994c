"""PAY-03 and REM-03: what payers take back or add outside any claim."""

from __future__ import annotations

from hhs_sync.facts.resolution import ResolutionKind
from tests.builders import claim, day, decide, remittance, session, session_key
from tests.findings.looking import asked, look, only

SESSION = session("K1", "2025-11-03")
PAID = remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 40, PR-3 25"))
BACK = claim("K1", "-150", "-85", "CO-45 -40, PR-3 -25", status="22")
OTHER = session("K2", "2025-11-04")


def kept(name: str, when: str, amount: str, reference: str = "", code: str = "WO"):
    """A remittance of 100.00 of which the payer keeps, or to which it adds, an amount."""
    paid = f"{100 - float(amount):.2f}"
    return remittance(name, when, paid, claim("K2", "150", "100", "CO-45 50"), plb=f"{code} {amount} {reference}")


def codes(*facts, today: str) -> list[str]:
    return [one for one in asked(look(*facts, today=today)) if one.startswith(("PAY-03", "REM-03"))]


def test_a_reversal_is_asked_about_until_the_claim_is_decided() -> None:
    taken = remittance("2", "2025-12-01", "0.00", BACK, plb="FB -85.00")
    paid_anew = remittance("3", "2025-12-15", "85.00", claim("K1", "150", "85", "CO-45 40, PR-3 25"), plb="")
    moved = decide("1", ResolutionKind.BILL_CLIENT, session_key("K1"), "2025-12-03")

    assert ["PAY-03 85.00"] == codes(SESSION, PAID, taken, today="2025-12-02")
    assert [] == codes(SESSION, PAID, taken, paid_anew, today="2025-12-16")
    assert [] == codes(SESSION, PAID, taken, moved, today="2025-12-04")


def test_a_reversal_corrected_in_the_same_remittance_asks_nothing() -> None:
    corrected = remittance("2", "2025-12-01", "5.00", BACK, claim("K1", "150", "90", "CO-45 35, PR-3 25"))

    assert [] == codes(SESSION, PAID, corrected, today="2025-12-02")


def test_a_reversal_of_a_payment_that_is_not_here_is_asked_about() -> None:
    taken = remittance("2", "2025-12-01", "0.00", BACK, plb="FB -85.00")
    found = look(SESSION, taken, today="2025-12-02")

    assert "Anthem took back 85.00 of a payment that is not here." == only(found, "PAY-03").says


def test_a_reversal_after_more_than_a_year_may_be_contestable() -> None:
    taken = remittance("2", "2026-12-01", "0.00", BACK, plb="FB -85.00")

    assert "may be contestable" in only(look(SESSION, PAID, taken, today="2026-12-02"), "PAY-03").says


def test_an_announced_takeback_and_its_taking_cancel_out() -> None:
    announced, taken = kept("2", "2025-12-01", "-85", "REF1"), kept("3", "2025-12-15", "85", "REF1")
    by_other_names = kept("3", "2025-12-15", "85", "REF2")

    assert [] == codes(OTHER, announced, taken, today="2025-12-16")
    assert [] == codes(OTHER, announced, by_other_names, today="2025-12-16")


def test_an_announced_takeback_is_asked_about_after_forty_five_days() -> None:
    announced = kept("2", "2025-12-01", "-85", "REF1")

    assert [[], ["PAY-03 85.00"]] == [codes(OTHER, announced, today=today) for today in ("2026-01-14", "2026-01-15")]


def test_money_kept_for_a_claim_that_we_know_is_a_takeback() -> None:
    found = look(SESSION, OTHER, PAID, kept("2", "2025-12-01", "85", "K1"), today="2025-12-02")

    assert "and no reversal tells for which" in only(found, "PAY-03").says


def test_money_kept_or_added_that_nobody_can_explain_is_another_question() -> None:
    assert ["REM-03 85.00"] == codes(OTHER, kept("2", "2025-12-01", "85", "NOBODY KNOWS"), today="2025-12-02")
    assert ["REM-03 85.00"] == codes(OTHER, kept("2", "2025-12-01", "85"), today="2025-12-02")
    assert ["REM-03 12.00"] == codes(OTHER, kept("2", "2025-12-01", "-12", "K2", "J1"), today="2025-12-02")
    assert day("2025-12-01") == only(look(OTHER, kept("2", "2025-12-01", "85"), today="2025-12-02"), "REM-03").since
