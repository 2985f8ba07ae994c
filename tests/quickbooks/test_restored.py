"""An edit by hand of a payment that lies in a deposit, over HTTP: both answers end in quiet books."""

import pytest

from hhs_sync.plan import make_plan
from hhs_sync.plan.changes import Decisions, Hold, HoldReason, Limits
from hhs_sync.plan.desired import Desired
from hhs_sync.quickbooks.simulator.hand import hand_edit
from tests.quickbooks.office import ANTHEM_K1, DAY, PRACTICE, create, deposit, invoice, payment

OTHER_DAY = "2026-10-02"
ACCOUNTS = ("1000", "1100", "1200", "1220", "4010")
WISHES = (
    invoice(amount=15000),
    payment("payment:1", 11000, [("charge:1", 11000)], ANTHEM_K1),
    payment("payment:2", 4000, [("charge:1", 4000)], ANTHEM_K1),
    deposit(links=[("payment:1", 11000), ("payment:2", 4000)]),
)


@pytest.fixture
def edited(office):
    """All is in QuickBooks; before it went into its deposit, somebody moved the first payment to another day."""
    office.push(*map(create, WISHES[:3]))
    with office.sim.state.lock:
        number = office.pushed("payment:1").quickbooks_id
        hand_edit(office.company, "Payment", number, {"TxnDate": OTHER_DAY}, office.sim.state.write())
    office.push(create(WISHES[3]))
    office.refresh()
    return office


def plan(office, **decided):
    decisions = Decisions(**{name: frozenset([key]) for name, key in decided.items()})
    pushed, posted = office.store.pushes.pushed_entries(PRACTICE), office.store.mirror.entries(PRACTICE)
    return make_plan(Desired(entries=WISHES), pushed, posted, Limits(), rules=office.rules, decisions=decisions)


def dated(office):
    return office.table("Payment")[office.pushed("payment:1").quickbooks_id]["TxnDate"]


def test_it_is_asked_about_with_both_versions(edited):
    (change,) = plan(edited).changes

    assert isinstance(change, Hold)
    assert HoldReason.EDITED is change.reason
    assert DAY == change.desired.date
    assert OTHER_DAY == str(change.posted.date)


def test_ours_is_put_back_and_the_bank_stands_all_the_while(edited):
    balances = [[edited.balance(number) for number in ACCOUNTS]]
    written = []
    for _ in range(3):
        made = plan(edited, restored="payment:1")
        report = edited.push(*made.changes)
        edited.refresh()
        balances.append([edited.balance(number) for number in ACCOUNTS])
        written.append(report.updated)

        assert () == report.refused

    assert [1, 2, 0] == written
    assert () == plan(edited, restored="payment:1").changes
    assert str(DAY) == dated(edited)
    quiet = [15000, 0, 0, 0, -15000]
    assert [quiet, [15000, 0, 11000, -11000, -15000], quiet, quiet] == balances
    (held,) = edited.table("Deposit").values()
    payments = {edited.pushed(f"payment:{number}").quickbooks_id for number in (1, 2)}
    assert payments == {line["LinkedTxn"][0]["TxnId"] for line in held["Line"]}


def test_theirs_may_stand(edited):
    assert () == plan(edited, adopted="payment:1").changes
    assert OTHER_DAY == dated(edited)
