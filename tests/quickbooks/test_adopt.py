"""Trap 1's last resort: the database is lost, and our entries are found again by their marks."""

import msgspec
import pytest

from hhs_sync.plan.changes import Hold, HoldReason, Limits
from hhs_sync.plan.compare import make_plan
from hhs_sync.plan.desired import Desired
from hhs_sync.plan.references import References
from hhs_sync.quickbooks.adopt import adopt
from hhs_sync.quickbooks.simulator.hand import hand_create, hand_edit
from hhs_sync.quickbooks.tokens import keep_refresh_token
from hhs_sync.store import Store
from tests.quickbooks.office import KEY, PRACTICE, Office, claim, create, invoice

WISHES = (*claim(1), *claim(2, charge=20000))


@pytest.fixture
def lost(office, tmp_path):
    """A company that holds two claims, and a new, empty database."""
    report = office.push(*map(create, WISHES))
    assert (8 + 2, (), ()) == (report.created, report.refused, report.held)
    office.sleep(60)
    with Store.open(f"sqlite:///{tmp_path}/new.db") as store:
        keep_refresh_token(
            store, PRACTICE, office.sim.realm, office.sim.state.settings.refresh_token, [KEY], office.now()
        )
        yield Office(office.sim, store)


def plan_of(office, wishes):
    return make_plan(
        Desired(entries=tuple(wishes)),
        office.store.pushes.pushed_entries(PRACTICE),
        office.store.mirror.entries(PRACTICE),
        Limits(),
        rules=office.rules,
    )


def adopted(office, wishes=WISHES):
    office.refresh()
    return adopt(office.store, PRACTICE, wishes, office.catalog(), office.now())


def test_every_entry_is_found_by_its_mark_and_nothing_is_posted_twice(lost):
    found = adopted(lost)

    assert (8, ()) == (found.entries, found.strays)
    assert () == plan_of(lost, WISHES).changes
    assert 0 == lost.push(*plan_of(lost, WISHES).changes).written


def test_the_next_plan_adopts_by_itself_as_well(lost):
    """Without the command: make_plan sees the marks, and a push of its plan sends nothing."""
    lost.refresh()
    plan = plan_of(lost, WISHES)
    lost.client.calls.clear()
    report = lost.push(*plan.changes)

    assert (8, 0) == (report.adopted, report.written)
    assert {} == dict(lost.client.calls)
    assert () == plan_of(lost, WISHES).changes


def test_adopting_twice_adopts_nothing_more(lost):
    adopted(lost)

    assert 0 == adopted(lost).entries


def test_what_says_something_else_than_we_wish_becomes_a_question(lost):
    """Was it changed by hand, or is our wish a newer one? Nobody knows any more."""
    newer = (invoice("charge:1", 15100), *WISHES[1:])
    adopted(lost, newer)

    (change,) = plan_of(lost, newer).changes
    assert isinstance(change, Hold)
    assert (HoldReason.EDITED, "charge:1") == (change.reason, change.key)


def test_a_mark_that_nobody_wishes_any_more_is_told_as_a_stray(lost):
    found = adopted(lost, WISHES[:4])

    assert 4 == found.entries
    assert {wish.reference for wish in WISHES[4:]} == {stray.reference for stray in found.strays}


def test_what_others_made_is_left_alone(lost):
    lost.refresh()
    accounts = [lost.account_id("1000"), lost.account_id("1210")]
    with lost.sim.state.lock:
        hand_create(
            lost.company, "Transfer",
            {"FromAccountRef": {"value": accounts[0]}, "ToAccountRef": {"value": accounts[1]}, "Amount": 5},
            lost.sim.state.write(),
        )  # fmt: skip
    found = adopted(lost)

    assert (8, ()) == (found.entries, found.strays)


def test_an_entry_that_was_edited_by_hand_before_is_asked_about(lost):
    with lost.sim.state.lock:
        first = next(iter(lost.company.tables["Invoice"]))
        hand_edit(lost.company, "Invoice", first, {"TxnDate": "2026-11-14"}, lost.sim.state.write())
    adopted(lost)

    assert [HoldReason.EDITED] == [change.reason for change in plan_of(lost, WISHES).changes]


def test_a_changed_reference_key_finds_nothing(lost):
    """The references' secret is part of what must be backed up: with another one our marks are strangers."""
    strangers = [
        msgspec.structs.replace(wish, reference=References(b"another secret of the tests").of(wish.key))
        for wish in WISHES
    ]
    found = adopted(lost, strangers)

    assert 0 == found.entries
    assert 8 == len(found.strays)
