"""Every case twice: the books, and a second opinion that shares no code with them, come to the same trial balance.

The cases are the stories in `tests/cases/books`, the worked example after each of its steps, and the 835 files in
`tests/cases/x12` with sessions made of the claims that they answer. The journal of each is plain text that `bean-check`
(beancount) reads, adds up and accepts.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hhs_sync.books import Books, keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.document import Placed
from hhs_sync.facts.remittance import ClaimPayment, Remittance
from hhs_sync.facts.session import Session
from hhs_sync.ledger.balances import trial_balance
from hhs_sync.ledger.journal import plain_journal
from hhs_sync.mapping.rules import Rules
from hhs_sync.x12.remittance import read_remittances
from tests import second_opinion
from tests.builders import bank, session
from tests.plan.entries import NUMBERS, rules
from tests.stories import STORIES, TODAY, books_of, facts_of, rules_of
from tests.test_worked_example import STEPS, books_after, facts_after, rules_of_the_example

X12 = sorted((Path(__file__).parent / "cases" / "x12").glob("*.835"))
# How the payers of the files are called in the test practice.
CALLED = {"MAINECARE": "MCARE", "NATIONAL GOVERNMENT": "MEDA"}


def by_number(books: Books) -> dict[str, int]:
    found: Counter[str] = Counter()
    for account, amount in trial_balance(books.entries).items():
        found[NUMBERS[account]] += amount
    return {number: amount for number, amount in sorted(found.items()) if amount}


def accepted_by_bean_check(books: Books, folder: Path) -> str:
    """What bean-check has against the journal; "" when nothing."""
    path = folder / "books.beancount"
    path.write_text("".join(plain_journal(books.entries, title="case", client_codes=books.client_codes)))
    command = [Path(sys.executable).with_name("bean-check"), path]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


def told_by(path: Path) -> tuple[Facts, Rules]:
    """The remittances of a file, the sessions that they answer, and a line of the bank for each payment."""
    facts: dict[str, object] = {}
    for told in read_remittances(path.read_bytes(), "era"):
        if isinstance(told, Placed) and isinstance(told.fact, Remittance):
            name = next((own for word, own in CALLED.items() if word in told.fact.payer_name.upper()), "ANTH")
            one = msgspec.structs.replace(told.fact, payer_name=name, payer_ids=(), test=False)
            facts[one.key] = one
            if one.amount_paid > 0:
                line = bank(one.eft_trace, str(one.payment_date), f"{one.amount_paid / 100:.2f}", one.eft_trace)
                facts[line.key] = line
            for claim in one.claim_payments:
                for of in answered_sessions(claim, name):
                    facts.setdefault(of.key, of)
    return Facts.of(facts.values()), rules()


def answered_sessions(claim: ClaimPayment, payer: str) -> Iterator[Session]:
    """The sessions that a claim answers, one for each of its lines. The files are test files that say so (ISA15 T)."""
    for number, line in enumerate(claim.lines):
        yield session(
            f"{claim.claim_number}-{number}",
            str(line.date_first),
            f"{abs(line.amount_charged) / 100:.2f}",
            payer,
            claim_number=claim.claim_number,
            line_key=line.line_key,
            service_code=line.service_code,
            modifiers=line.modifiers,
        )


@pytest.mark.parametrize("story", STORIES)
def test_a_second_opinion_agrees_on_the_trial_balance_of_a_story(story: str) -> None:
    practice = rules_of(story).practice

    assert second_opinion.trial_balance(facts_of(story), TODAY, practice) == by_number(books_of(story))


@pytest.mark.parametrize("step", [step for step, _, _ in STEPS])
def test_a_second_opinion_agrees_after_each_step_of_the_worked_example(step: str) -> None:
    practice = rules_of_the_example().practice

    assert second_opinion.trial_balance(facts_after(step), TODAY, practice) == by_number(books_after(step))


@pytest.mark.parametrize("path", X12, ids=lambda path: path.stem)
def test_a_second_opinion_agrees_on_an_835(path: Path) -> None:
    facts, practice = told_by(path)
    books = keep_books(facts, practice, TODAY)

    assert second_opinion.trial_balance(facts, TODAY, practice.practice) == by_number(books)


@pytest.mark.parametrize("story", STORIES)
def test_bean_check_accepts_the_journal_of_a_story(story: str, tmp_path: Path) -> None:
    assert "" == accepted_by_bean_check(books_of(story), tmp_path)


def test_bean_check_accepts_the_journal_of_every_835(tmp_path: Path) -> None:
    """All files as one practice: the sessions of each are its own."""
    entries = []
    for path in X12:
        facts, practice = told_by(path)
        own = keep_books(facts, practice, TODAY)
        entries.extend(msgspec.structs.replace(one, key=f"{path.stem} {one.key}") for one in own.entries)
    together = msgspec.structs.replace(own, entries=tuple(entries))

    assert "" == accepted_by_bean_check(together, tmp_path)
