"""The sub-ledger as plain text: beancount reads it, adds it up and finds nothing wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from beancount import loader
from beancount.core.data import Balance, Transaction

from hhs_sync.books import keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.ledger.balances import trial_balance
from hhs_sync.ledger.entry import Entry, EntryKind, Evidence, Line
from hhs_sync.ledger.journal import plain_journal
from hhs_sync.mapping.accounts import Account
from tests.builders import claim, day, make_rules, remittance, session
from tests.test_worked_example import STEPS

CODES = {"c-K1": "K7F3Q"}


def entries(today: str = "2025-12-31") -> tuple[Entry, ...]:
    facts = Facts.of(fact for step in STEPS for fact in step[1])
    return keep_books(facts, make_rules(), day(today)).entries


def test_bean_check_accepts_the_worked_example(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text("".join(plain_journal(entries(), title="Casco Counseling", client_codes=CODES)))

    done = subprocess.run(
        [Path(sys.executable).with_name("bean-check"), path], capture_output=True, text=True, check=False
    )
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


def test_another_reader_comes_to_the_same_balances() -> None:
    read, errors, _ = loader.load_string("".join(plain_journal(entries(), client_codes=CODES)))

    assert [] == errors
    assert len(entries()) == sum(1 for one in read if isinstance(one, Transaction))
    balances = {one.account: int(one.amount.number * 100) for one in read if isinstance(one, Balance)}
    assert {account.value: amount for account, amount in trial_balance(entries()).items()} == balances


def test_a_wrong_balance_would_be_seen() -> None:
    text = "".join(plain_journal(entries(), client_codes=CODES)).replace(
        "2025-12-31 balance Assets:Bank ", "2025-12-31 balance Assets:Bank 9"
    )

    assert 1 == len(loader.load_string(text)[1])


def test_payers_are_divided_and_clients_stand_by_code_or_number() -> None:
    text = "".join(plain_journal(entries(), client_codes=CODES))

    assert "Assets:Receivable:Payers:ANTH" in text
    assert 'client: "K7F3Q"' in text
    assert 'client: "client 1"' in text
    assert 'client: "c-' not in text


def test_an_entry_that_quickbooks_is_not_told_bears_another_flag() -> None:
    wrong = remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 35, PR-3 25"))
    facts = Facts.of([session("K1", "2025-11-03"), wrong])
    text = "".join(plain_journal(keep_books(facts, make_rules(), day("2025-11-15")).entries))

    assert '2025-11-14 ! "held-remittance"' in text
    assert [] == loader.load_string(text)[1]


def test_names_that_beancount_would_refuse_are_put_right() -> None:
    odd = Entry(
        key='charge:session/"x"\\1', date=day("2025-11-03"), kind=EntryKind.CHARGE, because="a\nb",
        evidence=(Evidence("session/x"),),
        lines=tuple(
            Line(account, sign * 100, party, "session/x")
            for account, sign, party in (
                (Account.AR_PAYER, 1, "harvard pilgrim & co"), (Account.AR_PAYER, -1, "Harvard-pilgrim-co"),
                (Account.AR_PAYER, 1, "éé"), (Account.REVENUE_COMMERCIAL, -1, None),
            )
        ),
    )  # fmt: skip
    read, errors, _ = loader.load_string("".join(plain_journal([odd], title='the "books"')))

    assert [] == errors
    (entry,) = [one for one in read if isinstance(one, Transaction)]
    assert 4 == len({posting.account for posting in entry.postings})


def test_no_entries_make_an_empty_journal() -> None:
    assert [] == loader.load_string("".join(plain_journal([], title="empty")))[1]
