"""What was voided, then closed in QuickBooks, and is wished again, whether or not its number may be used twice."""

import datetime as dt

import msgspec
import pytest

from hhs_sync.mapping.accounts import Account
from hhs_sync.plan import make_plan
from hhs_sync.plan.changes import Create, Limits, Update
from hhs_sync.plan.desired import Desired, DesiredLine
from hhs_sync.quickbooks.simulator.hand import close_books
from tests.quickbooks.office import PRACTICE, create, deposit, invoice

CLOSED_THROUGH = dt.date(2026, 11, 15)
FIRST_OPEN_DAY = dt.date(2026, 11, 16)
MONEY = deposit(lines=[DesiredLine(account=Account.SUSPENSE, amount=8500)])
AGAIN = msgspec.structs.replace(MONEY, date=FIRST_OPEN_DAY)


@pytest.fixture(params=["refused", "allowed"])
def office(request, offices):
    """85.00 of November 15 were banked and voided; then the accountant closed the books through that day."""
    office = offices(duplicate_numbers=request.param)
    office.push(create(MONEY))
    office.push(office.void("deposit:1"))
    with office.sim.state.lock:
        close_books(office.company, str(CLOSED_THROUGH), office.sim.state.write())
    office.refresh()
    return office


def plan(office, *wishes):
    pushed, posted = office.store.pushes.pushed_entries(PRACTICE), office.store.mirror.entries(PRACTICE)
    limits = Limits(books_closed_through=CLOSED_THROUGH)
    return make_plan(Desired(entries=wishes), pushed, posted, limits, rules=office.rules).changes


def deposits(office):
    return [(one["TxnDate"], one["TotalAmt"]) for one in office.table("Deposit").values()]


def test_it_stands_in_the_open_month_and_the_closed_one_is_not_touched(office):
    before = office.pushed("deposit:1").quickbooks_id
    was = office.table("Deposit")[before]
    changes = plan(office, AGAIN)

    report = office.push(*changes)
    office.refresh()

    assert [Create(desired=AGAIN)] == list(changes)
    assert (1, ()) == (report.created, report.refused)
    assert was == office.table("Deposit")[before]
    assert [("2026-11-15", 0), ("2026-11-16", 85)] == deposits(office)
    assert 8500 == office.balance("1000")
    assert () == plan(office, AGAIN)


def test_it_may_change_once_more_and_be_taken_back(office):
    office.push(*plan(office, AGAIN))
    office.refresh()
    changed = deposit(lines=[DesiredLine(account=Account.INTEREST, amount=8500)], date=FIRST_OPEN_DAY)
    (change,) = plan(office, changed)

    updated = office.push(change)
    office.refresh()
    voided = office.push(*plan(office))
    office.refresh()

    assert isinstance(change, Update)
    assert (1, ()) == (updated.updated, updated.refused)
    assert 1 == voided.voided
    assert [("2026-11-15", 0), ("2026-11-16", 0)] == deposits(office)
    assert () == plan(office)


def test_a_number_that_a_void_entry_bears_is_left_out_for_an_invoice_too(office):
    wish = invoice(date=FIRST_OPEN_DAY)
    office.push(create(wish))
    office.push(office.void("charge:1"))

    report = office.push(create(wish))

    assert (1, ()) == (report.created, report.refused)
    assert [wish.reference] * 2 == [one.reference for one in office.store.mirror.entries(PRACTICE).values()][-2:]
