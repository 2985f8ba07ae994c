"""The chapters that pages read say the same as the books, and name nobody."""

from __future__ import annotations

import pytest

from hhs_sync.facts.current import Facts
from hhs_sync.facts.resolution import ClientCode
from hhs_sync.mapping.rules import Policy, Shape
from hhs_sync.review import Review, review
from hhs_sync.review.chapter import (
    ACCOUNTS,
    OPEN_ITEMS,
    REMITTANCES,
    Accounts,
    Booked,
    ClientStory,
    OpenLine,
    RemittanceLine,
    SessionStory,
    read_chapter,
)
from hhs_sync.review.chapters import chapters
from tests.builders import bank, claim, client_payment, day, remittance, session, session_key
from tests.plan.entries import SECRET, rules
from tests.test_worked_example import STEPS

JANE = ClientCode(key="client_code/decisions/1", client="Jane Doe", code="K7F3Q")
STORY = (
    JANE,
    session("K1", "2025-11-03", client="Jane Doe"),
    remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 40, PR-3 25")),
    bank("1", "2025-12-01", "85.00", "ACH ANTHEM TRACE1"),
    client_payment("ch", "2025-12-20", "12.00", client="Jane Doe", session="K1"),
)


def look(*facts, today: str = "2025-12-31", policy: Policy = Policy.ACCRUAL) -> Review:
    return review(Facts.of(facts), rules(Shape.CODED, policy), {}, {}, day(today), SECRET)


def told(seen: Review) -> dict[str, bytes]:
    return dict(chapters(seen.situation, seen.tie_out))


def worked_example() -> list[object]:
    codes = [ClientCode(key=f"client_code/decisions/{n}", client=f"c-K{n}", code=f"K{n}B2C") for n in range(1, 14)]
    return [*codes, *(fact for step in STEPS for fact in step[1])]


@pytest.mark.parametrize("policy", Policy)
def test_every_figure_of_the_sub_ledger_is_made_up_of_its_months_and_these_of_their_entries(policy: Policy) -> None:
    seen = look(*worked_example(), policy=policy)
    made = told(seen)
    accounts = read_chapter(made[ACCOUNTS], Accounts)
    assert accounts is not None
    entries = [one for name, body in made.items() if name.startswith("entries ") for one in booked(body)]

    assert {one.account: one.amount for one in seen.record.balances} == {
        one.account: one.balance for one in accounts.sub_ledger
    }
    for account in accounts.sub_ledger:
        for month in account.months:
            lines = [
                line.amount for one in booked(made[f"entries {month.month}"]) for line in one.lines
                if line.account == account.account
            ]  # fmt: skip
            assert (month.entries, month.debit - month.credit) == (len(lines), sum(lines))
    assert sorted(one.key for one in seen.books.entries) == sorted(one.key for one in entries)


def test_the_accounts_of_quickbooks_are_those_of_the_tie_out_and_name_what_they_hold() -> None:
    seen = look(*worked_example())
    accounts = read_chapter(told(seen)[ACCOUNTS], Accounts)
    assert accounts is not None

    assert [(one.number, one.sub_ledger, one.ours, one.difference) for one in seen.tie_out.accounts] == [
        (one.number, one.sub_ledger, one.ours, one.difference) for one in accounts.quickbooks
    ]
    balances = {one.account: one.balance for one in accounts.sub_ledger}
    for one in accounts.quickbooks:
        assert one.sub_ledger + one.held == sum(balances.get(account, 0) for account in one.accounts), one.number


def test_a_session_tells_its_whole_way_and_where_its_entries_stand() -> None:
    made = told(look(*STORY))
    stories = read_chapter(made["sessions 2025-11"], dict[str, SessionStory])
    assert stories is not None
    story = stories[session_key("K1")]

    assert ("K7F3Q", ("2025-11", "2025-12")) == (story.code, story.months)
    assert [1, 1, 1, 1] == [
        len(keys) for keys in (story.trail.sessions, story.trail.paid, story.trail.payments, story.trail.bank)
    ]
    assert 3 < len(story.trail.entries)
    found = [
        one for month in story.months for one in booked(made[f"entries {month}"])
        if any(line.item == session_key("K1") for line in one.lines)
    ]  # fmt: skip
    owed = [line.amount for one in found for line in one.lines if line.account.startswith("Assets:Receivable")]
    assert 1300 == sum(owed)  # 25.00 of the client's share less 12.00.
    assert all(one.documents for one in found)


def test_a_client_tells_sessions_payments_and_what_is_open() -> None:
    clients = read_chapter(told(look(*STORY))["clients K7"], dict[str, ClientStory])
    assert clients is not None
    story = clients["K7F3Q"]

    assert [(15000, 0, 1300)] == [(one.fee, one.open_payers, one.open_client) for one in story.sessions]
    assert [("paid by check", 1200)] == [(one.what, one.amount) for one in story.money]


def test_open_items_and_remittances_stand_in_a_line_each() -> None:
    made = told(look(*STORY))
    items = read_chapter(made[OPEN_ITEMS], tuple[OpenLine, ...])
    remittances = read_chapter(made[REMITTANCES], tuple[RemittanceLine, ...])

    assert [("K7F3Q", 1300)] == [(one.party, one.amount) for one in items or ()]
    assert [("Anthem", 8500, "accepted", day("2025-12-01"))] == [
        (one.payer, one.amount, one.state, one.banked_on) for one in remittances or ()
    ]


def test_no_chapter_but_the_clients_own_holds_an_id_of_a_client() -> None:
    made = told(look(*STORY))

    assert {"clients K7"} == {name for name, body in made.items() if b"Jane" in body}


def test_the_same_books_make_the_same_chapters() -> None:
    assert told(look(*STORY)) == told(look(*reversed(STORY)))


def test_a_chapter_of_another_program_is_none() -> None:
    assert read_chapter(b'{"a": 1}', tuple[OpenLine, ...]) is None
    assert read_chapter(None, Accounts) is None


def booked(body: bytes) -> tuple[Booked, ...]:
    found = read_chapter(body, tuple[Booked, ...])
    assert found is not None
    return found
