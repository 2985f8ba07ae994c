"""Carrying out a plan, over HTTP, into a company that keeps books."""

import msgspec
import pytest

from hhs_sync.errors import StoreError
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import Clinician
from hhs_sync.plan.changes import HoldReason, Plan
from hhs_sync.plan.desired import DesiredLine
from hhs_sync.plan.privacy import Guard, Roster
from hhs_sync.quickbooks import push
from hhs_sync.quickbooks.simulator import Fault
from hhs_sync.quickbooks.simulator.hand import hand_create
from tests.quickbooks.office import ANTHEM, PRACTICE, claim, create, credit_memo, invoice, payment

REVENUE = Account.REVENUE_COMMERCIAL


def test_a_paid_claim_reaches_every_account(office):
    """Invoice 150.00, adjustment 40.00, payment 110.00, all of it at the bank."""
    report = office.push(*map(create, claim()))

    assert "" == report.stopped
    assert () == report.held
    assert () == report.refused
    assert 4 + 2 == report.created
    assert 11000 == office.balance("1000")
    assert -15000 == office.balance("4010")
    assert 4000 == office.balance("4910")
    assert 0 == office.balance("1100")
    assert 0 == office.balance("1200")


def test_a_payment_that_is_refused_for_want_of_room_is_tried_again_after_the_voids(office):
    """An invoice that was paid is to be closed by a credit memo: the payment gives way last, and its room is needed."""
    office.push(create(invoice()), create(payment(amount=15000, links=[("charge:1", 15000)])))

    applied = payment("adjust:1|apply", 0, [("charge:1", 15000), ("adjust:1", 15000)], deposit_to=None)
    report = office.push(create(credit_memo(amount=15000)), create(applied), office.void("payment:1"))

    assert () == report.refused
    assert (2, 1) == (report.created, report.voided)
    assert {} == office.store.pushes.refusals(PRACTICE)
    assert 0 == office.balance("1100")


def test_nothing_is_left_to_say_after_a_push(office):
    office.push(*map(create, claim()))

    before = office.store.turn_key(PRACTICE)
    office.client.calls.clear()
    refreshed = office.refresh()

    assert {"read:cdc": 1} == dict(office.client.calls)
    assert not refreshed.whole
    assert 0 == refreshed.changed
    assert before == office.store.turn_key(PRACTICE)


def test_customers_are_made_payer_first(office):
    office.push(create(claim()[0]))

    customers = {fields["DisplayName"]: fields for fields in office.table("Customer").values()}
    assert {"Anthem", "K7F3Q Anthem"} == set(customers)
    assert customers["Anthem"]["Id"] == customers["K7F3Q Anthem"]["ParentRef"]["value"]
    assert ANTHEM.display == "Anthem"


def test_a_text_that_may_not_leave_holds_its_entry_and_no_other(office):
    """The guard is asked about every free text of every body."""
    asked = []

    def guard(text):
        asked.append(text)
        return "holds a client's name" if "Jane" in text else ""

    report = office.push(
        create(invoice("charge:1", memo="Jane Doe")),
        create(invoice("charge:2", lines=(DesiredLine(account=REVENUE, amount=15000, description="for Jane"),))),
        create(invoice("charge:3")),
        guard=guard,
    )

    assert {"charge:1": HoldReason.PRIVACY, "charge:2": HoldReason.PRIVACY} == {
        held.key: held.reason for held in report.held
    }
    assert {"holds a client's name"} == {held.detail for held in report.held}
    assert b"Jane" not in b"".join(one.raw() for one in office.sim.state.received)
    assert {"Anthem", "K7F3Q Anthem", invoice("charge:3").reference, "Batch 2026-W46"} <= set(asked)
    assert "2026-11-15" not in asked


def test_the_guard_of_the_plan_lets_our_own_entries_pass(office):
    guard = Guard(Roster.of(["Doe, Jane"], ["W123456789"]), office.rules, ["K7F3Q"])
    report = office.push(*map(create, claim()), guard=guard)

    assert () == report.held
    assert 6 == report.created


def test_an_update_and_a_void_are_guarded_too(office):
    office.push(*map(create, (invoice("charge:1"), credit_memo())))
    with office.sim.state.lock:
        memo = office.pushed("adjust:1").quickbooks_id
        office.company.tables["CreditMemo"][memo]["CustomerMemo"] = {"value": "for Jane"}

    report = office.push(
        office.update(invoice("charge:1", memo="Jane")),
        office.void("adjust:1"),
        guard=lambda text: "holds a client's name" if "Jane" in text else "",
    )

    assert [HoldReason.PRIVACY, HoldReason.PRIVACY] == [held.reason for held in report.held]


def test_a_plan_that_waits_for_approval_sends_nothing(office):
    office.client.calls.clear()
    report = office.push(create(invoice()), waits="these would be the first 1 entries: approve plan abc")

    assert 0 == report.created
    assert {} == dict(office.client.calls)


def test_a_plan_of_nothing_sends_nothing(office):
    office.client.calls.clear()
    report = office.push()

    assert {} == dict(office.client.calls)
    assert 0 == report.written


def test_thirty_entries_make_a_batch(office):
    """And the writes are the floor: the sum over waves of entries by thirty, rounded up."""
    wishes = [wish for number in range(61) for wish in claim(number)]
    office.client.calls.clear()
    report = office.push(*map(create, wishes))

    customers, forms, payments, deposits = 2, 5, 3, 3
    assert 61 * 4 + 2 == report.created
    assert customers + forms + payments + deposits == office.client.calls["write:batch"]
    assert 1 == office.client.calls["read:cdc"]


def test_after_a_large_push_everything_is_read_once_so_that_the_next_look_is_one_call(office):
    """QuickBooks tells of 1000 changes at most, and a payment changes what it pays."""
    wishes = [wish for number in range(300) for wish in claim(number)]
    report = office.push(*map(create, wishes))
    before = office.store.turn_key(PRACTICE)
    office.client.calls.clear()
    refreshed = office.refresh()

    assert 1202 == report.created
    assert (False, 0, 0) == (refreshed.whole, refreshed.told, refreshed.changed)
    assert (False, 0, 0) == msgspec.structs.astuple(office.refresh())
    assert {"read:cdc": 2} == dict(office.client.calls)
    assert before == office.store.turn_key(PRACTICE)


def test_a_missing_account_item_or_class_is_named_and_only_its_entries_wait(office):
    stranger = invoice("charge:2", lines=(DesiredLine(account=REVENUE, amount=15000, clinician="nn"),))
    office.rules = with_clinician(office.rules, "nn", "N. New")
    report = office.push(create(invoice("charge:1")), create(stranger))

    assert [("charge:2", HoldReason.NEEDS, "class N. New is not in QuickBooks")] == [
        (held.key, held.reason, held.detail) for held in report.held
    ]
    assert 3 == report.created


def test_a_customer_of_that_name_that_is_there_already_is_used(office):
    """6240 means that somebody has made it: as long as it is in use and lies where ours would, it is the one."""
    with office.sim.state.lock:
        made = hand_create(office.company, "Customer", {"DisplayName": "Anthem"}, office.sim.state.write())
    report = office.push(create(invoice()))

    assert (1, 2) == (report.adopted, report.created)
    customers = {fields["DisplayName"]: fields for fields in office.table("Customer").values()}
    assert made["Id"] == customers["K7F3Q Anthem"]["ParentRef"]["value"]


def test_a_name_that_a_vendor_bears_is_refused_and_the_rest_waits(office):
    with office.sim.state.lock:
        hand_create(office.company, "Vendor", {"DisplayName": "Anthem"}, office.sim.state.write())
    report = office.push(create(invoice()))

    assert [("customer:Anthem", "6240")] == [(one.key, one.code) for one in report.refused]
    assert {"customer:K7F3Q Anthem", "charge:1"} == {held.key for held in report.held}


def test_the_lock_is_verified_before_every_call(office):
    verified = []
    push.push(
        Plan(changes=tuple(map(create, claim()))), office.client, office.store, PRACTICE, office.catalog(),
        lambda _: "", office.now, verify=lambda: verified.append(1),
    )  # fmt: skip

    assert 5 == len(verified)


def test_a_lost_lock_ends_the_push_before_the_next_call(office):
    def lost():
        raise StoreError("the lock was lost")

    with pytest.raises(StoreError):
        push.push(
            Plan(changes=(create(invoice()),)), office.client, office.store, PRACTICE, office.catalog(), lambda _: "",
            office.now, verify=lost,
        )  # fmt: skip

    assert {} == office.table("Customer")


def test_amounts_reach_the_wire_as_exact_numbers(office):
    """Trap 11: what arrives is what the cents say, to the digit."""
    office.push(create(invoice(amount=10010)))
    body = next(one.body for one in office.sim.state.received if b'"Invoice"' in one.body)

    assert b'"Amount":100.10' in body
    assert b'"UnitPrice":100.10' in body


def with_clinician(rules, key, name):
    fields = {field: getattr(rules, field) for field in rules.__struct_fields__}
    return type(rules)(**(fields | {"clinicians": (*rules.clinicians, Clinician(id=key, class_name=name))}))


def test_a_push_does_the_same_on_postgresql(offices, postgres_url):
    office = offices(new=True, url=postgres_url).set_up()
    office.sim.state.faults.plan(Fault(what="reset", on="batch", after=True, skip=2))
    report = office.push(*map(create, claim()))

    assert ("", 6) == (report.stopped, report.created)
    assert 11000 == office.balance("1000")
    assert [] == office.store.pushes.open_intents(PRACTICE)
    assert 0 == office.refresh().changed
