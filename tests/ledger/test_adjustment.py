"""What each adjustment of a claim payment means, and how adjustments are cut to what is open."""

from __future__ import annotations

import msgspec
import pytest

from hhs_sync.books import Books, keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.ledger.adjustment import Treated
from hhs_sync.ledger.balances import trial_balance
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import Reason, Treatment
from tests.builders import claim, day, decide, make_rules, remittance, session

A = Account.CONTRACTUAL_COMMERCIAL
B = Account.SEQUESTRATION
OWN_REASONS = (
    Reason(group="CO", code="94", treatment=Treatment.CONTRACTUAL, payer="ANTH", first=day("2025-11-10")),
    Reason(group="OA", code="100", treatment=Treatment.INFORMATION),
    Reason(group="PR", code="96", treatment=Treatment.PATIENT, payer="ANTH"),
)


def keep(*facts: Fact) -> Books:
    rules = make_rules()
    rules = msgspec.structs.replace(rules, reasons=(*rules.reasons, *OWN_REASONS))
    return keep_books(Facts.of(facts), rules, day("2026-01-31"))


def balance(books: Books, account: Account) -> int:
    return trial_balance(books.entries).get(account, 0)


@pytest.mark.parametrize(
    ("told", "room", "kept"),
    [
        ((4000, 1000, 2500), 7500, (4000, 1000, 2500)),
        ((4000, 1000, 2500), 6000, (3500, 0, 2500)),
        ((4000, 1000, 2500), 1500, (0, 0, 1500)),
        ((-1000, 3000, 0), 2000, (-1000, 3000, 0)),
        ((-500, 500, 0), 0, (-500, 500, 0)),
        ((1, 1, 0), 0, (0, 0, 0)),
        ((1, 1, 0), 1, (1, 0, 0)),
    ],
)
def test_adjustments_are_cut_to_what_is_open_the_patients_share_first(
    told: tuple[int, int, int], room: int, kept: tuple[int, int, int]
) -> None:
    fitted = Treated(((A, told[0]), (B, told[1])), told[2]).fit(room)

    assert Treated(((A, kept[0]), (B, kept[1])), kept[2]) == fitted
    assert sum(kept) == fitted.total


def test_a_rule_of_a_payers_own_holds_for_that_payer_and_from_its_day_on() -> None:
    sessions = [
        session(name, "2025-11-03", payer=payer) for name, payer in (("K1", "ANTH"), ("K2", "ANTH"), ("K3", "HPHC"))
    ]
    books = keep(
        *sessions,
        remittance("1", "2025-11-09", "110", claim("K1", "150", "110", "CO-94 40")),
        remittance("2", "2025-11-10", "110", claim("K2", "150", "110", "CO-94 40")),
        remittance("3", "2025-11-14", "110", claim("K3", "150", "110", "CO-94 40"), payer="HPHC"),
    )

    assert 4000 == balance(books, A)
    assert [("session/ehr/K1", 4000), ("session/ehr/K3", 4000)] == [(one.session, one.amount) for one in books.held]


def test_all_that_the_patient_owes_is_added_up() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 40, PR-1 10, PR-3 15")),
    )

    assert 2500 == balance(books, Account.AR_CLIENT)


def test_information_posts_nothing_and_asks_nothing() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 40, OA-100 25")),
    )

    assert () == books.held
    assert 2500 == balance(books, Account.AR_PAYER)


def test_a_contractual_share_of_just_the_limit_is_posted() -> None:
    books = keep(
        session("K1", "2025-11-03"), remittance("1", "2025-11-14", "45", claim("K1", "150", "45", "CO-45 105"))
    )

    assert (10500, ()) == (balance(books, A), books.held)


def test_a_decision_for_a_reason_that_nobody_knows_changes_nothing() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 40, CO-999 25")),
        decide("d", ResolutionKind.SET_REASON, "remittance/era/1#10", "2025-11-20", account="whatever"),
    )

    assert [2500] == [one.amount for one in books.held]


def test_a_reversal_finds_a_share_that_a_payers_own_rule_gave_to_the_patient() -> None:
    """Taken back and corrected in one remittance, the share stays where it is: no two cancelling moves."""
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 40, PR-96 25")),
        remittance(
            "2",
            "2025-12-05",
            "0",
            claim("K1", "-150", "-85", "CO-45 -40, PR-96 -25", status="22"),
            claim("K1", "150", "75", "CO-45 50, PR-96 25"),
            plb="FB -10.00",
        ),
    )
    moved = [one for one in books.entries for line in one.lines if line.account is Account.AR_CLIENT]

    assert ["claim-payment:remittance/era/1#10"] == [one.key for one in moved]


def test_mainecare_copays_are_counted_by_client_and_month() -> None:
    days = [f"2025-11-{n:02d}" for n in range(1, 12)]
    ada = [session(f"A{n}", when, payer="MCARE", client="ada") for n, when in enumerate(days)]
    ben = session("B", "2025-11-28", payer="MCARE", client="ben")
    december = session("C", "2025-12-01", payer="MCARE", client="ada")
    numbers = [*(f"A{n}" for n in range(11)), "B", "C"]
    claims = [claim(number, "150", "98", "CO-45 50, PR-3 2") for number in numbers]
    books = keep(*ada, ben, december, remittance("1", "2025-12-15", "1274", *claims, payer="MCARE"))

    assert 2000 + 200 + 200 == balance(books, Account.AR_CLIENT)
    assert [("session/ehr/A10", "the MaineCare copays of the month are used up")] == [
        (one.session, one.why) for one in books.held
    ]
