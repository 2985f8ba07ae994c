"""A closed period stands as signed; what facts say otherwise is told in the first open one."""

from __future__ import annotations

import datetime as dt

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from hhs_sync.books import Books, keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.resolution import ClosedPeriod
from hhs_sync.ledger.balances import trial_balance
from hhs_sync.ledger.entry import EntryKind, Line
from hhs_sync.ledger.period_close import clients_of, closed_through, journal_digest, read_journal, write_journal
from hhs_sync.mapping.accounts import Account
from tests.builders import bank, claim, day, make_rules, remittance, session
from tests.strategies import practices

TODAY = day("2026-03-01")
NOVEMBER = day("2025-11-30")


def keep(*facts: Fact) -> Books:
    return keep_books(Facts.of(facts), make_rules(), TODAY)


def close(books: Books, through: dt.date, *, after: dt.date | None = None, reopened: bool = False) -> ClosedPeriod:
    inside = [one for one in books.entries if one.date <= through and (after is None or one.date > after)]
    journal = write_journal(inside)
    return ClosedPeriod(
        key=f"closed_period/decisions/{through}{'/reopened' if reopened else ''}",
        through=through,
        by="dana",
        at=dt.datetime(2026, 1, 10 + reopened, tzinfo=dt.UTC),
        journal=journal,
        journal_digest=journal_digest(journal),
        reopened=reopened,
    )


def balance(books: Books, until: dt.date) -> dict[Account, int]:
    found = trial_balance([entry for entry in books.entries if entry.date <= until])
    return {account: amount for account, amount in found.items() if amount}


PAID = remittance("1", "2025-11-14", "85", claim("K1", "150", "85", "CO-45 40, PR-3 25"))


def test_a_remittance_that_comes_after_the_close_posts_on_the_first_open_day() -> None:
    before = keep(session("K1", "2025-11-03"))
    after = keep(session("K1", "2025-11-03"), PAID, close(before, NOVEMBER))
    late = next(entry for entry in after.entries if entry.kind is EntryKind.CLAIM_PAYMENT)

    assert (day("2025-12-01"), "2025-11") == (late.date, late.corrects)
    assert balance(before, NOVEMBER) == balance(after, NOVEMBER)


def test_a_fee_that_changes_after_the_close_is_answered_by_its_opposite_and_the_new_charge() -> None:
    before = keep(session("K1", "2025-11-03"))
    after = keep(session("K1", "2025-11-03", "120.00"), close(before, NOVEMBER))

    assert {("", 15000), ("2025-11", -15000), ("2025-11", 12000)} == {
        (entry.corrects, entry.amount_on(Account.AR_PAYER)) for entry in after.entries
    }


def test_a_session_that_vanishes_after_the_close_leaves_what_was_signed() -> None:
    before = keep(session("K1", "2025-11-03"))
    after = keep(close(before, NOVEMBER), session("K2", "2025-12-05", client="ada"))
    known = {entry.key: entry for entry in after.entries}

    assert known["charge:session/ehr/K1"].date == day("2025-11-03")
    assert EntryKind.CORRECTION is known["opposite:2025-12-01:charge:session/ehr/K1"].kind


def test_reopening_a_period_makes_its_close_as_if_it_had_never_been() -> None:
    before = keep(session("K1", "2025-11-03"))
    facts = (session("K1", "2025-11-03"), PAID)

    assert keep(*facts) == keep(*facts, close(before, NOVEMBER), close(before, NOVEMBER, reopened=True))


def test_a_bank_line_that_was_signed_is_not_told_twice_only_what_it_was_for() -> None:
    """The session of a payment without a home turns up after the close: the money at the bank stays as it was told."""
    told = (PAID, bank("1", "2025-11-17", "85", "ANTHEM TRACE1"))
    before = keep(*told)
    after = keep(*told, session("K1", "2025-11-03"), close(before, NOVEMBER))
    (correction,) = [one for one in after.entries if one.kind is EntryKind.BANK_CORRECTION]

    assert (
        "correction:2025-12-01:deposit:bank_deposit/bank/4321/1",
        day("2025-12-01"),
        "2025-11",
        "no longer as signed: money at the bank, matched by trace and amount",
        ("bank_deposit/bank/4321/1", "remittance/era/1"),
    ) == (
        correction.key,
        correction.date,
        correction.corrects,
        correction.because,
        tuple(one.fact for one in correction.evidence),
    )
    assert {
        Line(Account.PAYER_CLEARING, 8500, "ANTH", "remittance/era/1#10"),
        Line(Account.PAYER_CLEARING, -8500, "ANTH", "session/ehr/K1", "mk"),
    } == set(correction.lines)
    assert [8500] == [one.amount_on(Account.BANK) for one in after.entries if one.amount_on(Account.BANK)]


def test_the_last_closed_day_is_that_of_the_last_close_that_stands() -> None:
    november, december = close(keep(), NOVEMBER), close(keep(), day("2025-12-31"))

    assert None is closed_through([])
    assert day("2025-12-31") == closed_through([december, november])
    assert NOVEMBER == closed_through([november, december, close(keep(), day("2025-12-31"), reopened=True)])
    assert None is closed_through([november, december, close(keep(), NOVEMBER, reopened=True)])


def test_a_journal_is_read_as_it_was_written_and_its_digest_names_its_text() -> None:
    books = keep(session("K1", "2025-11-03"), PAID)
    text = write_journal(books.entries)

    assert list(books.entries) == read_journal(text + "\n")
    assert "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" == journal_digest("")
    assert journal_digest(text) != journal_digest(text + "\n")


@given(first=practices(), then=practices(), cut=st.integers(10, 100))
@settings(max_examples=30)
def test_whatever_comes_later_a_closed_period_keeps_its_balances_and_the_whole_says_what_facts_say(
    first: tuple[Fact, ...], then: tuple[Fact, ...], cut: int
) -> None:
    through = dt.date(2025, 9, 1) + dt.timedelta(days=cut)
    rules = make_rules()
    signed = keep_books(Facts.of(first), rules, TODAY)
    facts = [*first, *then]
    free = keep_books(Facts.of(facts), rules, TODAY)
    closed = keep_books(Facts.of([*facts, close(signed, through)]), rules, TODAY)

    assert balance(signed, through) == balance(closed, through)
    assert balance(free, dt.date.max) == balance(closed, dt.date.max)
    assert len({entry.key for entry in closed.entries}) == len(closed.entries)


@given(facts=practices(), cut=st.integers(10, 100))
@settings(max_examples=20)
def test_closing_without_news_changes_nothing_even_twice(facts: tuple[Fact, ...], cut: int) -> None:
    through = dt.date(2025, 9, 1) + dt.timedelta(days=cut)
    later = through + dt.timedelta(days=10)
    rules = make_rules()
    books = keep_books(Facts.of(facts), rules, TODAY)
    closes = [close(books, through), close(books, later, after=through)]
    again = keep_books(Facts.of([*facts, *closes]), rules, TODAY)

    assert msgspec.json.encode(books.entries) == msgspec.json.encode(again.entries)


BANKED = bank("1", "2025-11-14", "85", "ACH ANTHEM TRACE1")


def test_what_a_closed_bank_line_was_for_is_corrected_without_the_bank() -> None:
    """The remittance turns out to be another's: the bank's line stands, its money is in suspense from December on."""
    facts = (session("K1", "2025-11-03"), BANKED)
    before = keep(*facts, PAID)
    after = keep(*facts, close(before, NOVEMBER))
    (correction,) = [entry for entry in after.entries if entry.kind is EntryKind.BANK_CORRECTION]

    assert (day("2025-12-01"), "2025-11") == (correction.date, correction.corrects)
    assert {Account.PAYER_CLEARING: 8500, Account.SUSPENSE: -8500} == {
        one.account: one.amount for one in correction.lines
    }
    assert [before_one for before_one in before.entries if before_one.amount_on(Account.BANK)] == [
        one for one in after.entries if one.amount_on(Account.BANK)
    ]
    assert balance(keep(*facts), TODAY) == balance(after, TODAY)


def test_a_closed_bank_line_that_is_still_what_it_was_needs_no_correction() -> None:
    facts = (session("K1", "2025-11-03"), BANKED, PAID)
    before = keep(*facts)

    assert before.entries == keep(*facts, close(before, NOVEMBER)).entries


def test_a_session_that_is_gone_after_the_close_is_still_its_clients() -> None:
    before = keep(session("K1", "2025-11-03"))
    signed = msgspec.structs.replace(
        close(before, NOVEMBER), clients=clients_of(before.entries, before.session_clients)
    )  # fmt: skip
    after = keep(signed)

    assert before.session_clients == after.session_clients == {"session/ehr/K1": "c-K1"}
    assert before.session_revenue == after.session_revenue
    assert {} == balance(after, TODAY)
    assert {} == keep(close(before, NOVEMBER, reopened=True)).session_clients


def test_the_last_day_of_a_closed_period_is_closed_with_it() -> None:
    before = keep(session("K1", "2025-11-30"))

    assert before.entries == keep(session("K1", "2025-11-30"), close(before, NOVEMBER)).entries


def test_what_moves_out_of_a_closed_period_goes_by_another_key_than_what_was_signed() -> None:
    before = keep(session("K1", "2025-11-03"))
    after = keep(session("K1", "2025-12-05"), close(before, NOVEMBER))

    assert {
        ("charge:session/ehr/K1", "2025-11-03", 15000),
        ("again:2025-12-01:charge:session/ehr/K1", "2025-12-05", 15000),
        ("opposite:2025-12-01:charge:session/ehr/K1", "2025-12-01", -15000),
    } == {(one.key, str(one.date), one.amount_on(Account.AR_PAYER)) for one in after.entries}


def test_what_was_not_told_to_quickbooks_is_taken_back_without_telling_it() -> None:
    """A remittance that did not add up is held until it is banked; put right after the close, it posts as any other."""
    wrong = remittance("1", "2025-11-14", "90", claim("K1", "150", "85", "CO-45 40, PR-3 25"))
    before = keep(session("K1", "2025-11-03"), wrong)
    after = keep(session("K1", "2025-11-03"), PAID, close(before, NOVEMBER))

    assert [True, True] == [one.held for one in after.entries if one.amount_on(Account.SUSPENSE)]
    assert {Account.AR_CLIENT: 2500, Account.PAYER_CLEARING: 8500}.items() <= balance(after, TODAY).items()
