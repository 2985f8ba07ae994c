"""What a bookkeeper's decisions post, and which wait for a second person."""

from __future__ import annotations

import pytest

from hhs_sync.books import Books, keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.ledger.balances import trial_balance
from hhs_sync.ledger.entry import EntryKind
from hhs_sync.mapping.accounts import Account
from tests.builders import claim, client_payment, day, decide, make_rules, remittance, session, session_key

K1 = session_key("K1")
PRIVATE = session("K1", "2025-11-03", "150", None, client="ada")
INSURED = session("K1", "2025-11-03", client="ada")
WRITE_OFF, ADJUST = ResolutionKind.WRITE_OFF, ResolutionKind.ADJUST


def keep(*facts: Fact) -> Books:
    return keep_books(Facts.of(facts), make_rules(), day("2026-01-31"))


def found(books: Books, *accounts: Account) -> tuple[int, ...]:
    balance = trial_balance(books.entries)
    return tuple(balance.get(account, 0) for account in accounts)


@pytest.mark.parametrize(
    ("amount", "lost", "waits"), [(4999, 4999, 0), (5000, 5000, 0), (5001, 0, 1), (None, 0, 1), (0, 0, 0), (-100, 0, 0)]
)
def test_a_write_off_above_the_limit_waits(amount: int | None, lost: int, waits: int) -> None:
    books = keep(PRIVATE, decide("1", WRITE_OFF, K1, "2025-12-01", amount=amount))

    assert (lost, 15000 - lost) == found(books, Account.BAD_DEBT, Account.AR_CLIENT)
    assert waits == len(books.waiting_for_approval)


@pytest.mark.parametrize(("by", "lost"), [("owner", 15000), ("dana", 0)])
def test_nobody_approves_what_he_proposed(by: str, lost: int) -> None:
    books = keep(
        PRIVATE,
        decide("1", WRITE_OFF, K1, "2025-12-01"),
        decide("2", ResolutionKind.APPROVE, "resolution/decisions/1", "2025-12-02", by=by),
    )

    assert (lost,) == found(books, Account.BAD_DEBT)


def test_no_more_is_given_up_than_is_owed() -> None:
    books = keep(
        PRIVATE,
        client_payment("1", "2025-11-05", "140", client="ada", session="K1"),
        decide("1", WRITE_OFF, K1, "2025-12-01", amount=4000),
    )

    assert (1000, 0) == found(books, Account.BAD_DEBT, Account.AR_CLIENT)
    (said,) = [one.because for one in books.entries if one.kind is EntryKind.WRITE_OFF]
    assert "written off by decision: 10.00 of 40.00, for no more was open" == said


@pytest.mark.parametrize(
    ("account", "where"),
    [("courtesy", Account.DISCOUNT), ("administrative", Account.ADMINISTRATIVE), (None, Account.ADMINISTRATIVE)],
)
def test_an_adjustment_comes_off_the_account_it_names_and_off_the_payer_while_that_one_owes(
    account: str | None, where: Account
) -> None:
    books = keep(INSURED, decide("1", ADJUST, K1, "2025-12-01", amount=2000, account=account))

    assert (2000, 13000, 0) == found(books, where, Account.AR_PAYER, Account.AR_CLIENT)


def test_an_adjustment_comes_off_the_client_once_the_client_owes() -> None:
    books = keep(
        INSURED,
        remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 40, PR-3 1")),
        decide("1", ADJUST, K1, "2025-12-01", amount=100),
    )

    assert (100, 0) == found(books, Account.ADMINISTRATIVE, Account.AR_CLIENT)


def test_two_write_offs_of_one_session_are_both_recovered_when_it_is_paid_after_all() -> None:
    books = keep(
        PRIVATE,
        session("K2", "2025-11-03", "150", None, client="ben"),
        decide("1", WRITE_OFF, K1, "2025-12-01", amount=1000),
        decide("2", ADJUST, K1, "2025-12-02", amount=500),
        client_payment("1", "2025-12-05", "150", client="ada", session="K1"),
    )

    assert (0, -500, 500) == found(books, Account.BAD_DEBT, Account.CLIENT_CREDIT, Account.ADMINISTRATIVE)


@pytest.mark.parametrize(
    ("discount", "owed", "given"), [(None, 15000, 0), (3000, 12000, 3000), (15000, 0, 15000), (99900, 0, 15000)]
)
def test_a_claim_becomes_the_clients_less_a_discount(discount: int | None, owed: int, given: int) -> None:
    books = keep(INSURED, decide("1", ResolutionKind.BILL_CLIENT, K1, "2025-12-01", amount=discount))

    assert (0, owed, given) == found(books, Account.AR_PAYER, Account.AR_CLIENT, Account.DISCOUNT)


def test_what_nobody_owes_any_more_moves_to_nobody() -> None:
    books = keep(
        INSURED,
        remittance("1", "2025-11-14", "150", claim("K1", "150", "150", "")),
        decide("1", ResolutionKind.BILL_CLIENT, K1, "2025-12-01"),
    )

    assert EntryKind.TO_CLIENT not in {one.kind for one in books.entries}


@pytest.mark.parametrize(("amount", "left"), [(2500, 2500), (None, 0), (0, 0)])
def test_a_check_to_a_payer_lowers_what_it_is_owed(amount: int | None, left: int) -> None:
    books = keep(INSURED, decide("1", ResolutionKind.PAY_PAYER_BACK, K1, "2025-12-01", amount=amount, account="ANTH"))

    assert (left, -left) == found(books, Account.RECOUPMENT, Account.BANK)


def test_a_decision_about_a_session_that_is_not_charged_posts_nothing() -> None:
    uncharged = session("K1", "2025-11-03", "150", "Unheard Of", client="ada")
    books = keep(uncharged, *(decide(kind.value, kind, K1, "2025-12-01", amount=100) for kind in ResolutionKind))

    assert () == books.entries


def test_a_decision_counts_from_the_day_it_names_but_not_from_before_its_session() -> None:
    named = keep(PRIVATE, decide("1", WRITE_OFF, K1, "2025-12-01", amount=100, date=day("2025-11-20")))
    early = keep(PRIVATE, decide("1", WRITE_OFF, K1, "2025-10-01", amount=100))

    assert [day("2025-11-20")] == [one.date for one in named.entries if one.kind is EntryKind.WRITE_OFF]
    assert [day("2025-11-03")] == [one.date for one in early.entries if one.kind is EntryKind.WRITE_OFF]


def test_an_unclaimed_credit_goes_to_the_state_with_all_that_is_left_of_it() -> None:
    books = keep(
        PRIVATE,
        client_payment("1", "2025-11-05", "200", client="ada", session="K1"),
        client_payment("2", "2025-11-06", "30", client="ada"),
        decide("1", ResolutionKind.UNCLAIMED, "client_payment/pay/1", "2025-12-01"),
        decide("2", ResolutionKind.UNCLAIMED, "client_payment/pay/unknown", "2025-12-01"),
    )

    assert (-3000, -5000) == found(books, Account.CLIENT_CREDIT, Account.UNCLAIMED)
    assert [3000] == [one.amount for one in books.credits]
