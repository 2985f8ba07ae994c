"""What claim payments, reversals and provider-level adjustments do to the books, edge by edge."""

from __future__ import annotations

import msgspec

from hhs_sync.books import Books, keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.ledger.balances import trial_balance
from hhs_sync.ledger.entry import EntryKind
from hhs_sync.ledger.session import WhyUncharged
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import Treatment
from tests.builders import (
    bank,
    claim,
    client_payment,
    coverage,
    day,
    decide,
    make_rules,
    remittance,
    session,
    session_key,
)

TODAY = day("2026-01-31")


def keep(*facts: Fact, **practice: object) -> Books:
    return keep_books(Facts.of(facts), make_rules(**practice), TODAY)


def balances(books: Books) -> dict[str, str]:
    """Account name to dollars, zero ones left out."""
    return {one.name: f"{amount / 100:.2f}" for one, amount in trial_balance(books.entries).items() if amount}


def test_a_denial_posts_nothing_and_is_told() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "0", claim("K1", "150", "0", "CO-16 150", status="4")),
    )

    assert {"AR_PAYER": "150.00", "REVENUE_COMMERCIAL": "-150.00"} == balances(books)
    assert [Treatment.DENIED_FIX] == [one.treatment for one in books.held]


def test_a_reason_that_is_not_on_the_list_holds_its_amount_and_lets_the_money_through() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 40, CO-144 25")),
    )

    assert "25.00" == balances(books)["AR_PAYER"]
    assert "85.00" == balances(books)["PAYER_CLEARING"]
    assert [(2500, Treatment.HOLD)] == [(one.amount, one.treatment) for one in books.held]


def test_a_contractual_share_above_the_limit_waits_for_a_person() -> None:
    books = keep(
        session("K1", "2025-11-03"), remittance("1", "2025-11-14", "10", claim("K1", "150", "10", "CO-45 140"))
    )

    assert "140.00" == balances(books)["AR_PAYER"]
    assert "CONTRACTUAL_COMMERCIAL" not in balances(books)
    assert "70 %" in books.held[0].why


def test_a_person_can_let_a_held_adjustment_through() -> None:
    decision = decide("d", ResolutionKind.SET_REASON, "remittance/era/1#10", "2025-11-20", account="contractual")
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 40, CO-144 25")),
        decision,
    )

    assert "AR_PAYER" not in balances(books)
    assert "65.00" == balances(books)["CONTRACTUAL_COMMERCIAL"]


def test_money_for_an_unknown_claim_is_told_in_suspense() -> None:
    books = keep(remittance("1", "2025-11-14", "85", claim("??", "150", "85", "CO-45 65")))

    assert {"PAYER_CLEARING": "85.00", "SUSPENSE": "-85.00"} == balances(books)
    assert [8500] == [one.amount for one in books.unplaced]


def test_a_second_payment_of_a_settled_session_is_owed_back_to_the_payer() -> None:
    paid = claim("K1", "150", "85", "CO-45 40, PR-3 25")
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85", paid),
        remittance("2", "2025-11-21", "85", paid),
    )

    assert "-85.00" == balances(books)["RECOUPMENT"]
    assert "AR_PAYER" not in balances(books)
    assert "40.00" == balances(books)["CONTRACTUAL_COMMERCIAL"]


def test_a_reversal_of_something_never_received_moves_no_receivable() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "0", claim("K1", "-150", "-85", "CO-45 -65", status="22"), plb="FB -85"),
    )

    assert {"AR_PAYER": "150.00", "REVENUE_COMMERCIAL": "-150.00"} == balances(books)
    assert ["takes back a payment that we do not have"] == [one.reason for one in books.unplaced]


def test_a_takeback_with_no_reversal_on_file_leaves_the_recoupment_account_in_debit() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "55", claim("K1", "150", "85", "CO-45 40, PR-3 25"), plb="WO 30"),
        bank("1", "2025-11-14", "55", "TRACE1"),
    )

    assert "30.00" == balances(books)["RECOUPMENT"]
    assert "55.00" == balances(books)["BANK"]
    assert "PAYER_CLEARING" not in balances(books)


def test_a_refund_check_that_the_payer_acknowledges_cancels_itself() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 40, PR-3 25"), plb="WO 30, 72 -30"),
        bank("1", "2025-11-14", "85", "TRACE1"),
    )

    assert "RECOUPMENT" not in balances(books)


def test_an_unknown_provider_adjustment_goes_to_suspense_and_tax_to_its_account() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "70", claim("K1", "150", "85", "CO-45 40, PR-3 25"), plb="ZZ 10, IR 5"),
        bank("1", "2025-11-14", "70", "TRACE1"),
    )

    assert ("10.00", "5.00") == (balances(books)["SUSPENSE"], balances(books)["TAX_WITHHELD"])


def test_a_remittance_that_does_not_add_up_is_told_whole_and_held() -> None:
    books = keep(session("K1", "2025-11-03"), remittance("1", "2025-11-14", "84", claim("K1", "150", "85", "CO-45 65")))
    told = [entry for entry in books.entries if entry.kind is EntryKind.HELD_REMITTANCE]

    assert [(True, 8400)] == [(entry.held, entry.amount_on(Account.PAYER_CLEARING)) for entry in told]
    assert "150.00" == balances(books)["AR_PAYER"]


def test_the_money_of_a_held_remittance_reaches_suspense_when_the_bank_shows_it() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "84", claim("K1", "150", "85", "CO-45 65")),
        bank("1", "2025-11-14", "84", "TRACE1"),
    )

    assert {"BANK": "84.00", "SUSPENSE": "-84.00", "AR_PAYER": "150.00", "REVENUE_COMMERCIAL": "-150.00"} == balances(
        books
    )
    assert not any(entry.held for entry in books.entries)


def test_a_payment_of_nothing_that_nets_a_claim_against_a_takeback_clears_itself() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "0", claim("K1", "150", "85", "CO-45 40, PR-3 25"), plb="WO 85"),
    )

    assert "PAYER_CLEARING" not in balances(books)
    assert "85.00" == balances(books)["RECOUPMENT"]


def test_the_second_payers_own_contractual_share_is_cut_to_what_is_open() -> None:
    books = keep(
        session("K1", "2025-11-03", payer="MEDA", secondary_payer="SECO"),
        remittance(
            "1", "2025-11-14", "94.08", claim("K1", "150", "94.08", "CO-45 30, CO-253 1.92, PR-2 24"), payer="MEDA"
        ),
        remittance("2", "2025-11-28", "20", claim("K1", "150", "20", "CO-45 50, OA-23 80", status="2"), payer="SECO"),
    )

    assert "AR_PAYER" not in balances(books)
    assert "4.00" == balances(books)["CONTRACTUAL_COMMERCIAL"]


def test_a_mainecare_member_never_comes_to_owe_more_than_a_copay() -> None:
    books = keep(
        session("K1", "2025-11-03", payer="MCARE"),
        session("K2", "2025-11-04", payer="MCARE"),
        remittance(
            "1",
            "2025-11-14",
            "183",
            claim("K1", "150", "98", "CO-45 50, PR-3 2"),
            claim("K2", "150", "85", "CO-45 50, PR-1 15"),
            payer="MCARE",
        ),
    )

    assert "2.00" == balances(books)["AR_CLIENT"]
    assert ["a MaineCare member may owe a copay only"] == [one.why for one in books.held]


def test_mainecare_copays_stop_at_the_months_limit() -> None:
    sessions = [session(f"K{n}", f"2025-11-{n:02d}", payer="MCARE", client="ada") for n in range(1, 13)]
    claims = [claim(f"K{n}", "150", "98", "CO-45 50, PR-3 2") for n in range(1, 13)]
    books = keep(*sessions, remittance("1", "2025-11-30", "1176", *claims, payer="MCARE"))

    assert "20.00" == balances(books)["AR_CLIENT"]
    assert 2 == len(books.held)


def test_a_missed_session_of_a_mainecare_member_is_never_charged() -> None:
    from hhs_sync.facts.session import SessionState

    missed = session("K1", "2025-11-03", payer=None, client="ada", state=SessionState.NO_SHOW)
    books = keep(missed, coverage("ada", "MCARE", order=2))

    assert not books.entries
    assert {session_key("K1"): WhyUncharged.MAINECARE_MEMBER} == books.uncharged


def test_a_session_whose_payer_nobody_mapped_waits_and_its_money_is_told() -> None:
    books = keep(
        session("K1", "2025-11-03", payer="Unheard Of"),
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 65")),
    )

    assert {"PAYER_CLEARING": "85.00", "SUSPENSE": "-85.00"} == balances(books)
    assert WhyUncharged.PAYER_UNKNOWN is books.uncharged[session_key("K1")]


def test_a_correction_in_a_later_remittance_moves_the_clients_share_back_and_forth() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        client_payment("c1", "2025-11-20", "25", "cash", client="c-K1", session="K1"),
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 40, PR-3 25")),
        remittance(
            "2", "2025-12-05", "0", claim("K1", "-150", "-85", "CO-45 -40, PR-3 -25", status="22"), plb="FB -85"
        ),
        remittance("3", "2025-12-12", "5", claim("K1", "150", "90", "CO-45 40, PR-3 20"), plb="FB 85"),
        bank("3", "2025-12-12", "5", "TRACE3"),
        bank("1", "2025-11-14", "85", "TRACE1"),
    )

    assert "-5.00" == balances(books)["AR_CLIENT"]
    assert "AR_PAYER" not in balances(books)
    assert "RECOUPMENT" not in balances(books)


def test_a_payer_may_pay_take_back_and_pay_anew_in_one_remittance() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance(
            "1",
            "2025-11-14",
            "90",
            claim("K1", "150", "85", "CO-45 40, PR-3 25", payer_claim_number="P1"),
            claim("K1", "-150", "-85", "CO-45 -40, PR-3 -25", status="22", original_payer_claim_number="P1"),
            claim("K1", "150", "90", "CO-45 40, PR-3 20", payer_claim_number="P2"),
        ),
        bank("1", "2025-11-14", "90", "TRACE1"),
    )

    assert not books.unplaced
    assert {"BANK": "90.00", "AR_CLIENT": "20.00"}.items() <= balances(books).items()
    assert not {"AR_PAYER", "RECOUPMENT", "PAYER_CLEARING"} & set(balances(books))


def test_a_reversal_dated_before_the_payment_that_it_names_waits_for_it() -> None:
    books = keep(
        session("K1", "2025-11-03"),
        remittance(
            "1",
            "2025-11-14",
            "0",
            claim("K1", "-150", "-85", "CO-45 -40, PR-3 -25", status="22", original_payer_claim_number="P1"),
            plb="FB -85",
        ),
        remittance(
            "2", "2025-11-21", "0", claim("K1", "150", "85", "CO-45 40, PR-3 25", payer_claim_number="P1"), plb="FB 85"
        ),
    )

    assert not books.unplaced
    assert {"AR_PAYER": "150.00", "REVENUE_COMMERCIAL": "-150.00"} == balances(books)


def test_money_of_the_old_system_goes_to_the_account_that_a_person_names() -> None:
    from hhs_sync.mapping.rules import LedgerAccount

    rules = msgspec.structs.replace(
        make_rules(),
        accounts=(LedgerAccount(account=Account.REVENUE_OTHER, number="4060", name="Other", type="Income"),),
    )
    facts = Facts.of(
        [
            remittance("1", "2025-11-14", "85", claim("old", "150", "85", "CO-45 65")),
            bank("odd", "2025-11-14", "60", "ACH"),
            decide("a", ResolutionKind.OLD_SYSTEM, "remittance/era/1#10", "2025-11-20", account="4060"),
            decide("b", ResolutionKind.OLD_SYSTEM, "bank_deposit/bank/4321/odd", "2025-11-20", account="4060"),
        ]
    )

    assert {"PAYER_CLEARING": "85.00", "BANK": "60.00", "REVENUE_OTHER": "-145.00"} == balances(
        keep_books(facts, rules, TODAY)
    )


def test_the_first_answer_to_a_claim_is_its_own_payers_whoever_sent_it() -> None:
    """A third party pays for a plan; only one that says it comes second is another payer's."""
    first = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 40, PR-3 25"), payer="HPHC"),
    )
    second = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "OA-23 65", status="2"), payer="HPHC"),
    )

    assert ("AR_PAYER" in balances(first), "RECOUPMENT" in balances(first)) == (False, False)
    assert ("150.00", "-85.00") == (balances(second)["AR_PAYER"], balances(second)["RECOUPMENT"])


def test_a_reversal_takes_back_the_payment_whose_number_it_names() -> None:
    """Two equal payments of one session: the first is named, by the payer's number or by the original's (REF*F8)."""
    for named in ({"payer_claim_number": "P1"}, {"payer_claim_number": "P9", "original_payer_claim_number": "P1"}):
        books = keep(
            session("K1", "2025-11-03", "200"),
            remittance("1", "2025-11-14", "50", claim("K1", "200", "50", "CO-144 150", payer_claim_number="P1")),
            remittance(
                "2", "2025-11-20", "50", claim("K1", "200", "50", "CO-45 100, PR-3 50", payer_claim_number="P2")
            ),
            remittance(
                "3", "2025-12-01", "0", claim("K1", "-200", "-50", "CO-144 -150", status="22", **named), plb="FB -50"
            ),
        )

        assert ["claim-payment:remittance/era/1#10"] == [one.original for one in books.taken]
        assert "50.00" == balances(books)["CONTRACTUAL_COMMERCIAL"]


def test_a_payment_that_was_taken_back_is_not_taken_back_again() -> None:
    back = claim("K1", "-150", "-85", "CO-45 -40, PR-3 -25", status="22")
    books = keep(
        session("K1", "2025-11-03"),
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 40, PR-3 25")),
        remittance("2", "2025-12-01", "0", back, plb="FB -85"),
        remittance("3", "2025-12-08", "0", back, plb="FB -85"),
    )

    assert "150.00" == balances(books)["AR_PAYER"]
    assert [("remittance/era/3#10", -8500, "takes back a payment that we do not have")] == [
        (one.paid, one.amount, one.reason) for one in books.unplaced
    ]
