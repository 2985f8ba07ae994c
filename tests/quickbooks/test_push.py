"""Carrying out a plan, over HTTP, into a company that keeps books."""

from tests.quickbooks.office import ANTHEM, PRACTICE, claim, create


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
