"""Faults by chance: whatever goes wrong with any call, a few quiet turns later the books are as if nothing had.

A practice wishes one entry of every kind and a few claims; then some wishes change and some go. Calls are struck at
random before and after they take effect. SEEDS in the environment runs more of them, from the first to that one.
"""

import datetime as dt
import os
import random
from collections import Counter

import msgspec
import pytest

from hhs_sync.errors import QuickBooksError
from hhs_sync.mapping.accounts import Account
from hhs_sync.plan.changes import Hold, Limits
from hhs_sync.plan.compare import make_plan
from hhs_sync.plan.desired import Desired, DesiredLine
from hhs_sync.quickbooks.simulator import Seed
from hhs_sync.quickbooks.simulator.faults import WHATS
from tests.quickbooks.office import PRACTICE, claim, deposit, invoice
from tests.quickbooks.test_kinds import ALL, PURCHASE, TRANSFER

SEEDS = range(int(os.environ.get("SEEDS", "3")))
MACHINES = tuple(
    what for what in WHATS if what not in ("hang", "hand_edit", "hand_delete", "books_closed", "token_lost")
)
"""Everything but people, who are asked and not outvoted, and hangs, which take real time."""
FIRST = (*ALL, *claim(5), *claim(6), *claim(7, charge=20000), invoice("charge:8"))
SECOND = (
    *(
        wish
        for wish in FIRST
        if wish.key not in ("charge:8", "dispute:1", "deposit:7", "payment:7", "adjust:7", "charge:7")
    ),
    invoice("charge:9", 9900),
)
CHANGED = {
    "charge:5": invoice("charge:5", 15500),
    "transfer:1": msgspec.structs.replace(
        TRANSFER, amount=9650, effects=((Account.BANK, 9650), (Account.CARD_STRIPE, -9650))
    ),
    "fees:1": msgspec.structs.replace(PURCHASE, date=dt.date(2026, 11, 14)),
    "deposit:6": deposit("deposit:6", [("payment:6", 11000)], [DesiredLine(account=Account.INTEREST, amount=128)]),
}
SECOND = tuple(CHANGED.get(wish.key, wish) for wish in SECOND)


def plan_of(office, wishes):
    return make_plan(
        Desired(entries=tuple(wishes)),
        office.store.pushes.pushed_entries(PRACTICE),
        office.store.mirror.entries(PRACTICE),
        Limits(changes_percent=100),
        rules=office.rules,
    )


def turns(office, wishes, count):
    """As the daemon makes them: look, compare, push; what fails outside is left to the next."""
    for _ in range(count):
        office.sleep(601)
        office.client = office.new_client()
        try:
            office.refresh()
        except QuickBooksError:
            continue
        office.push(*plan_of(office, wishes).changes)


def books(office):
    """The balances by account number, and the marks on what is not void, counted."""
    catalog = office.catalog()
    with office.sim.state.lock:
        balances = {
            catalog.number(account): cents for account, cents in office.company.ledger.balances.items() if cents
        }
        marks = Counter(
            fields["PrivateNote"]
            for kind in (
                "Invoice",
                "CreditMemo",
                "SalesReceipt",
                "Payment",
                "Deposit",
                "Transfer",
                "Purchase",
                "JournalEntry",
            )
            for fields in office.company.tables[kind].values()
            if not fields["PrivateNote"].startswith("Voided")
        )
    return balances, marks


@pytest.fixture(scope="module")
def expected():
    """What the books come to: each account, from the wishes alone."""
    sums = []
    for wishes in (FIRST, SECOND):
        counted = Counter()
        for wish in wishes:
            for account, cents in wish.effects:
                counted[account] += cents
        sums.append((counted, {wish.reference for wish in wishes}))
    return sums


def assert_as_wished(office, expected):
    accounts, references = expected
    by_number = Counter()
    for account, cents in accounts.items():
        by_number[office.rules.account(account).number] += cents
    balances, marks = books(office)

    assert [] == [mark for mark, count in marks.items() if count > 1], "doubles"
    assert references == {mark[-22:-1] for mark in marks}, "losses"
    assert {number: cents for number, cents in by_number.items() if cents} == balances


@pytest.mark.parametrize("ids", ["replay", "ignored", "error"])
@pytest.mark.parametrize("seed", SEEDS)
def test_after_the_last_fault_three_quiet_turns_bring_the_books_as_wished(offices, expected, seed, ids):
    dice = random.Random(f"{seed} {ids}")
    office = offices(
        request_ids=ids,
        replay_refusals=dice.random() < 0.5,
        links_bump_sync_token=dice.random() < 0.5,
        refresh_tokens=dice.choice(("reusable", "daily")),
        close_password=dice.random() < 0.5,
    )
    struck = office.sim.state.faults
    for number, wishes in enumerate((FIRST, SECOND)):
        struck.seed(Seed(seed=seed * 2 + number, rate=0.25, most=8, whats=MACHINES))
        turns(office, wishes, 3)
        struck.clear()
        turns(office, wishes, 3)

        assert_as_wished(office, expected[number])
        assert () == plan_of(office, wishes).changes, "converged is quiet"
        assert [] == office.store.pushes.open_intents(PRACTICE)
    assert len(struck.struck) > 1
    assert not any(isinstance(change, Hold) for change in plan_of(office, SECOND).changes)
