"""A look that comes too early, or under the wrong day, must not take for absent what is there or will be."""

import pytest
import requests

from hhs_sync.quickbooks.pace import INTUIT_LIMITS
from hhs_sync.quickbooks.simulator import Fault
from tests.quickbooks.office import claim, create
from tests.quickbooks.once import Killed, assert_once, plan_faults, push_until_quiet


@pytest.mark.parametrize("kind", ["Invoice", "Payment", "Deposit"])
def test_trap_2_an_entry_that_a_person_dated_anew_before_we_could_look_is_not_written_again(offices, kind):
    """Carried out, the answer lost, request ids ignored; and the date under which we would look for it is gone."""
    office = offices(request_ids="ignored", duplicate_numbers="allowed")
    place = {"Invoice": 3, "Payment": 4, "Deposit": 5}[kind]
    plan_faults(
        office,
        Fault(what="reset", on="batch", after=True, skip=place - 1),
        Fault(what="hand_edit", on="query", kind=kind, set={"TxnDate": "2026-10-02"}),
    )

    office.push(*map(create, claim()))
    push_until_quiet(office, claim())

    (moved,) = office.table(kind).values()
    (entry,) = [one for one in claim() if one.kind.value == kind]
    assert moved["TxnDate"] == "2026-10-02"
    assert office.posted(entry.key).digest != office.pushed(entry.key).posted_digest, "the edit is seen"
    assert_once(office)


class Late:
    """A company that carries out the third batch only a hundred seconds after it came, when nobody waits any more."""

    def __init__(self, office, instead):
        self.office = office
        self.instead = instead
        self.batches = 0
        self.waiting = None
        self.send = office.client.session.request
        self.watch(office.client)

    def watch(self, client):
        client.session.request = self.request
        client._sleep = self.sleep

    def request(self, method, url, **settings):
        self.batches += url.endswith("/batch")
        if self.batches == 3 and url.endswith("/batch"):
            self.waiting = (method, url, settings)
            raise self.instead
        return self.send(method, url, **settings)

    def sleep(self, seconds):
        if self.waiting and seconds > 100:
            self.office.sleep(100)
            seconds -= 100
            method, url, settings = self.waiting
            self.waiting = None
            self.send(method, url, **settings)
        self.office.sleep(seconds)


@pytest.mark.parametrize("ids", ["replay", "ignored", "error"])
def test_trap_15_what_is_carried_out_after_we_gave_up_waiting_is_not_written_again(offices, ids):
    """A look before QuickBooks must be done would find nothing."""
    office = offices(request_ids=ids, duplicate_numbers="allowed", paced=INTUIT_LIMITS)
    Late(office, requests.ReadTimeout())

    office.push(*map(create, claim()))

    assert_once(office)


@pytest.mark.parametrize("ids", ["replay", "ignored", "error"])
def test_trap_15_what_is_carried_out_after_we_were_killed_is_not_written_again(offices, ids):
    """The next process comes at once, and waits."""
    office = offices(request_ids=ids, duplicate_numbers="allowed", paced=INTUIT_LIMITS)
    late = Late(office, Killed())
    with pytest.raises(Killed):
        office.push(*map(create, claim()))
    office.client = office.new_client()
    late.watch(office.client)

    office.push(*map(create, claim()))

    assert_once(office)
