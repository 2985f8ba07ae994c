"""Once and only once, whatever happens to a call: each test names the trap of the fact sheet (section 4) it springs."""

import msgspec
import pytest
import requests

from hhs_sync.plan.changes import Adopt, HoldReason
from hhs_sync.quickbooks.simulator import Fault
from hhs_sync.quickbooks.simulator.hand import close_books, hand_create, hand_delete, hand_edit
from hhs_sync.store import schema
from hhs_sync.store.intent import Operation, Wish
from tests.quickbooks.office import PRACTICE, claim, create, credit_memo, deposit, invoice, payment
from tests.quickbooks.once import Killed, assert_once, plan_faults, push_until_quiet

LOST = ("throttle_json", "throttle_xml", "throttle_lower", "throttle_403", "server_error", "unavailable",
        "unauthorised", "unexpected", "reset", "truncate")  # fmt: skip
"""What can happen to any call. A hang has tests of its own: it takes its time."""


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("what", "ids"),
    [
        *((what, "ignored") for what in LOST),
        *((what, ids) for what in ("reset", "unauthorised", "unexpected") for ids in ("replay", "error")),
    ],
)
def test_traps_1_2_3_a_batch_whose_answer_is_lost_is_written_once(offices, what, after, ids):
    """Lost before or after the commit; the server replays the request id, ignores it, or calls it used (600)."""
    office = offices(request_ids=ids)
    plan_faults(office, Fault(what=what, on="batch", after=after, skip=2))

    report = office.push(*map(create, claim()))
    push_until_quiet(office, claim())

    assert () == report.refused
    assert_once(office)


@pytest.mark.parametrize("ids", ["replay", "ignored"])
@pytest.mark.parametrize("what", ["throttle_json", "unexpected"])
def test_refusals_that_the_server_remembers_do_not_keep_an_entry_out(offices, what, ids):
    """A throttled id may be answered "throttled" for ever: after the second time the entry goes out under a new one."""
    office = offices(request_ids=ids, replay_refusals=True)
    plan_faults(office, Fault(what=what, on="batch", times=3))

    push_until_quiet(office, claim())

    assert_once(office)


@pytest.mark.parametrize("ids", ["replay", "ignored", "error"])
@pytest.mark.parametrize("after", [False, True])
def test_trap_15_a_hang_is_given_up_and_looked_after(offices, after, ids):
    """Accept, never answer."""
    office = offices(request_ids=ids, timeout=(1.0, 0.3), hang_seconds=0.6)
    plan_faults(office, Fault(what="hang", on="batch", after=after, skip=2, seconds=0.6))

    office.push(*map(create, claim()))
    push_until_quiet(office, claim())

    assert_once(office)


@pytest.mark.parametrize("ids", ["replay", "ignored", "error"])
@pytest.mark.parametrize("after", [False, True])
def test_trap_19_an_item_that_was_throttled_inside_a_good_answer_is_written_once(offices, after, ids):
    """200 with a Fault inside (trap 16 as well): the last item was left out, or carried out for nothing."""
    office = offices(request_ids=ids)
    plan_faults(office, Fault(what="throttle_item", on="batch", after=after, skip=2))

    report = office.push(*map(create, claim()))

    assert "" == report.stopped
    assert_once(office)


@pytest.mark.parametrize("ids", ["replay", "ignored", "error"])
@pytest.mark.parametrize("after", [False, True])
def test_trap_1_a_process_killed_at_a_call_leaves_no_double_behind(offices, after, ids):
    """Killed with the intent on disk, before the call went out or before its answer was read; then a new process."""
    office = offices(request_ids=ids)
    send = office.client.session.request
    calls = []

    def killed(method, url, **settings):
        if url.endswith("/batch"):
            calls.append(url)
            if len(calls) == 3:
                if after:
                    send(method, url, **settings)
                raise Killed
        return send(method, url, **settings)

    office.client.session.request = killed
    with pytest.raises(Killed):
        office.push(*map(create, claim()))
    office.client = office.new_client()
    open_before = office.store.pushes.open_intents(PRACTICE)
    report = office.push(*map(create, claim()))

    assert 2 == len(open_before)
    assert () == report.refused
    assert [] == office.store.pushes.open_intents(PRACTICE)
    assert_once(office)


def test_what_is_sent_again_after_a_crash_bears_the_same_ids(offices):
    """So that a server that replays answers it even where the look missed it."""
    office = offices()
    plan_faults(
        office, Fault(what="reset", on="batch", skip=2, times=1), Fault(what="unavailable", on="query", times=99)
    )
    office.push(create(invoice()))
    plan_faults_gone = office.sim.state.faults
    plan_faults_gone.clear()
    office.push(create(invoice()))

    sent = [one for one in office.sim.state.received if one.label == "batch" and b'"Invoice"' in one.body]
    assert 2 == len(sent)
    assert 1 == len({one.target for one in sent})
    assert 1 == len({one.body for one in sent})


@pytest.mark.parametrize("days", [1, 31])
def test_what_a_person_deleted_while_nobody_knew_of_it_is_not_taken_for_saved(offices, days):
    """Saved, the answer lost, deleted by hand; sent again under its id, QuickBooks answers what it answered at first.

    Longer ago than QuickBooks tells of changes, everything is read.
    """
    office = offices(request_ids="replay")
    plan_faults(
        office, Fault(what="reset", on="batch", skip=2, after=True), Fault(what="unavailable", on="query", times=99)
    )
    office.push(create(invoice()))
    office.sim.state.faults.clear()
    office.refresh()
    with office.sim.state.lock:
        (number,) = office.company.tables["Invoice"]
        hand_delete(office.company, "Invoice", number, office.sim.state.write())
    office.sleep(days * 86_400)
    office.refresh()

    report = office.push(create(invoice()))
    office.refresh()
    there = office.posted("charge:1")

    assert 1 == report.created
    assert {} == office.table("Invoice")
    assert there is None or there.deleted


def test_an_unclear_entry_whose_wish_changed_goes_out_under_a_new_id(offices):
    """An id names one push: QuickBooks would answer the old one with the old entry."""
    office = offices()
    plan_faults(office, Fault(what="reset", on="batch", skip=2), Fault(what="unavailable", on="query", times=99))
    office.push(create(invoice(amount=15000)))
    office.sim.state.faults.clear()

    office.push(create(invoice(amount=16000)))

    assert [16000] == [int(fields["TotalAmt"] * 100) for fields in office.table("Invoice").values()]
    assert [] == office.store.pushes.open_intents(PRACTICE)


@pytest.mark.parametrize("ids", ["replay", "ignored", "error"])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("what", ["reset", "unauthorised", "throttle_json", "unexpected"])
def test_trap_1_an_update_whose_answer_is_lost_is_carried_out_once(offices, what, after, ids):
    office = offices(request_ids=ids)
    office.push(create(invoice(amount=15000)))
    changed = invoice(amount=12000)
    plan_faults(office, Fault(what=what, on="batch", after=after))

    report = office.push(office.update(changed))

    assert 1 == report.updated
    assert ["1"] == [fields["SyncToken"] for fields in office.table("Invoice").values()]
    assert 12000 == office.balance("1100")


@pytest.mark.parametrize("ids", ["replay", "ignored", "error"])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("what", ["reset", "unauthorised", "throttle_json", "unexpected"])
def test_trap_1_a_void_whose_answer_is_lost_is_carried_out_once(offices, what, after, ids):
    office = offices(request_ids=ids)
    office.push(create(invoice()), create(credit_memo()))
    plan_faults(office, Fault(what=what, on="void:*", after=after), Fault(what=what, on="batch", after=after))

    report = office.push(office.void("charge:1"), office.void("adjust:1"))

    assert 2 == report.voided
    assert ["1"] == [fields["SyncToken"] for fields in office.table("Invoice").values()]
    assert ["1"] == [fields["SyncToken"] for fields in office.table("CreditMemo").values()]
    assert 0 == office.balance("1100")


def test_trap_6_an_item_that_quickbooks_was_too_busy_for_is_left_for_the_next_push(office):
    """6000 "please wait a few minutes" is told by its text, and is no refusal."""
    plan_faults(office, Fault(what="unexpected", on="batch", skip=2, times=4))

    report = office.push(create(invoice()))

    assert () == report.refused
    assert {} == office.store.pushes.refusals(PRACTICE)
    assert 1 == report.unclear


def test_trap_7_a_number_that_our_own_entry_bears_is_adopted(office):
    """6140, and the TxnId in its detail is ours."""
    office.push(create(invoice()))
    with office.sim.state.lock:
        made = next(iter(office.company.tables["Invoice"].values()))
    forget_pushes(office)

    report = office.push(create(invoice()))

    assert 1 == report.adopted
    assert 0 == report.created
    assert made["Id"] == office.pushed("charge:1").quickbooks_id
    assert 1 == len(office.table("Invoice"))


def test_trap_7_a_number_that_somebody_elses_entry_bears_is_a_refusal(office):
    """6140, and the TxnId in its detail is not ours: another entry of ours was copied and its number typed over."""
    office.push(create(invoice("charge:other")))
    other = next(iter(office.table("Invoice").values()))["PrivateNote"]
    customer, item = others_parts(office)
    with office.sim.state.lock:
        hand_create(
            office.company,
            "Invoice",
            {
                "DocNumber": invoice().reference,
                "CustomerRef": {"value": customer},
                "PrivateNote": other,
                "Line": [{"Amount": 1, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": item}}],
            },
            office.sim.state.write(),
        )

    office.client.calls.clear()
    report = office.push(create(msgspec.structs.replace(invoice(), memo="")))

    assert ["6140"] == [refused.code for refused in report.refused]
    assert 1 == office.store.pushes.refusals(PRACTICE)["charge:1"].count


def test_trap_9_a_payment_in_a_deposit_is_refused_and_left_alone(office):
    """6540: the deposit would have to be changed first."""
    office.push(*map(create, claim()))

    report = office.push(office.void("payment:1"))

    assert ["6540"] == [refused.code for refused in report.refused]
    assert 11000 == office.balance("1000")


def test_trap_10_books_closed_while_the_queue_is_full_hold_what_is_left(office):
    """6210: the closing date moved between the look and the push; the new one is read at once."""
    plan_faults(office, Fault(what="books_closed", on="batch", skip=2, until="2026-11-30"))

    report = office.push(*map(create, claim()))

    assert {"6210"} == {refused.code for refused in report.refused}
    assert HoldReason.CLOSED in {held.reason for held in report.held}
    assert "2026-11-30" == office.catalog().preferences.book_close_date.isoformat()
    assert {} == office.table("Invoice")


def test_trap_12_a_customer_renamed_between_runs_is_not_made_again(office):
    """The entries that name it wait, and say for what."""
    office.push(create(invoice()))
    sub = next(one for one in office.table("Customer").values() if one["DisplayName"] == "K7F3Q Anthem")
    with office.sim.state.lock:
        hand_edit(office.company, "Customer", sub["Id"], {"DisplayName": "K7F3Q A."}, office.sim.state.write())
    office.sleep(30)
    office.refresh()

    report = office.push(create(invoice("charge:2")))

    assert [(HoldReason.NEEDS, "customer K7F3Q Anthem is not in QuickBooks")] == [
        (held.reason, held.detail) for held in report.held
    ]
    assert 2 == len(office.table("Customer"))


def test_trap_12_a_customer_made_inactive_between_runs_is_left_so(office):
    office.push(create(invoice()))
    sub = next(one for one in office.table("Customer").values() if one["DisplayName"] == "K7F3Q Anthem")
    with office.sim.state.lock:
        hand_edit(office.company, "Customer", sub["Id"], {"Active": False}, office.sim.state.write())
    office.sleep(30)
    office.refresh()

    report = office.push(create(invoice("charge:2")))

    assert ["customer K7F3Q Anthem is inactive in QuickBooks"] == [held.detail for held in report.held]


def test_trap_12_a_customer_made_inactive_during_the_push_is_a_refusal(office):
    """610 on a creation: a name that the entry refers to is inactive."""
    office.push(create(invoice()))
    sub = next(one for one in office.table("Customer").values() if one["DisplayName"] == "K7F3Q Anthem")
    with office.sim.state.lock:
        hand_edit(office.company, "Customer", sub["Id"], {"Active": False}, office.sim.state.write())

    report = office.push(create(invoice("charge:2")))

    assert ["610"] == [refused.code for refused in report.refused]


def test_trap_17_a_voided_entry_keeps_its_mark_behind_the_word_voided(office):
    office.push(create(invoice()))
    office.push(office.void("charge:1"))
    posted = office.posted("charge:1")

    note = next(iter(office.table("Invoice").values()))["PrivateNote"]
    assert note.startswith("Voided - ")
    assert invoice().reference == posted.reference
    assert posted.voided
    assert () == posted.effects


def test_trap_19_one_bad_item_leaves_the_others_of_its_batch_standing(office):
    """A payment that asks for more than is open is refused; its neighbours are saved."""
    sound = claim(1)[:3]
    bad = payment("payment:2", 99900, [("charge:1", 99900)])

    report = office.push(*map(create, [*sound, bad]))

    assert [("payment:2", "6000")] == [(refused.key, refused.code) for refused in report.refused]
    assert 1 == len(office.table("Payment"))


def test_a_refusal_is_tried_again_after_growing_pauses_and_at_once_when_the_wish_changes(office):
    office.push(create(invoice()))
    bad = payment("payment:2", 99900, [("charge:1", 99900)])
    refusals = office.store.pushes.refusals

    office.push(create(bad))
    too_soon = office.push(create(bad))
    office.sleep(301)
    again = office.push(create(bad))
    changed = office.push(create(payment("payment:2", 15000, [("charge:1", 15000)])))

    assert 1 == too_soon.pausing
    assert 1 == len(again.refused)
    assert 1 == changed.created
    assert {} == refusals(PRACTICE)


def test_an_update_that_meets_a_newer_version_lies_upon_it_when_nothing_that_matters_changed(offices):
    """5010: with this switch paying an invoice counts as a new version, which our mirror has not heard of."""
    office = offices(links_bump_sync_token=True)
    first, memo, paid, _ = claim()
    office.push(create(first), create(memo))
    stale = office.update(invoice("charge:1", 16000))
    office.push(create(paid))

    report = office.push(stale)

    assert 1 == report.updated
    assert () == report.refused


def test_an_update_that_meets_a_hand_edit_is_held(office):
    """5010, and the entry says something else than what we pushed: a person's change stays."""
    office.push(create(invoice()))
    change = office.update(invoice(amount=16000))
    invoice_id = office.pushed("charge:1").quickbooks_id
    with office.sim.state.lock:
        hand_edit(office.company, "Invoice", invoice_id, {"TxnDate": "2026-11-01"}, office.sim.state.write())

    report = office.push(change)

    assert [HoldReason.EDITED] == [held.reason for held in report.held]
    assert "2026-11-01" == office.table("Invoice")[invoice_id]["TxnDate"]
    assert "2026-11-01" == office.posted("charge:1").date.isoformat()
    assert [] == office.store.pushes.open_intents(PRACTICE)


def test_an_update_or_void_of_what_a_person_deleted_is_held(office):
    """610 on a change: the entry is gone, and is not made again behind the person's back."""
    office.push(create(invoice()), create(invoice("charge:2")))
    changes = [office.update(invoice(amount=16000)), office.void("charge:2")]
    with office.sim.state.lock:
        for key in ("charge:1", "charge:2"):
            hand_delete(office.company, "Invoice", office.pushed(key).quickbooks_id, office.sim.state.write())

    report = office.push(*changes)

    assert [HoldReason.DELETED, HoldReason.DELETED] == [held.reason for held in report.held]
    assert {} == office.table("Invoice")
    assert office.posted("charge:1").deleted


def test_a_deposit_whose_payment_was_held_waits_for_it(office):
    """A need that is not there yet: said so, and not sent."""
    report = office.push(create(deposit(links=[("payment:1", 11000)])))

    assert [HoldReason.NEEDS] == [held.reason for held in report.held]
    assert {} == office.table("Deposit")


def test_a_dead_connection_stops_the_push_and_loses_nothing(offices):
    office = offices(access_token_seconds=3600)
    office.push(create(invoice()))
    office.sim.state.keys.refresh.clear()
    office.sim.state.keys.access.clear()

    report = office.push(create(invoice("charge:2")))

    assert "connect the practice to QuickBooks again" in report.stopped
    assert 1 == len(office.store.pushes.open_intents(PRACTICE))


def test_closed_books_of_old_entries_refuse_their_update(office):
    office.push(create(invoice()))
    with office.sim.state.lock:
        close_books(office.company, "2026-11-30", office.sim.state.write())

    report = office.push(office.update(invoice(amount=16000)))

    assert ["6210"] == [refused.code for refused in report.refused]
    assert [HoldReason.CLOSED] == [held.reason for held in report.held]


def forget_pushes(office):
    """Lose the record of pushes, as a lost database would, and the mirror with it."""
    with office.store._database.write(PRACTICE) as connection:
        for table in (schema.pushes, schema.pushed, schema.mirror):
            connection.execute(table.delete())


def others_parts(office):
    """A customer's id and an item's reference, to enter something by hand with."""
    made = next(iter(office.table("Invoice").values()))
    return made["CustomerRef"]["value"], made["Line"][0]["SalesItemLineDetail"]["ItemRef"]


def poisoned(office, *keys):
    """Let every batch that holds one of these entries break the connection, as a server would that can't stomach it."""
    send = office.client.session.request
    marks = [invoice(key).reference.encode() for key in keys]

    def request(method, url, **settings):
        if url.endswith("/batch") and any(mark in settings["data"] for mark in marks):
            raise requests.exceptions.ConnectionError("aborted")
        return send(method, url, **settings)

    office.client.session.request = request


def test_an_entry_that_quickbooks_cannot_stomach_keeps_no_other_out(office):
    """A batch fails as a whole because of one item: its items go one by one, and the next ones follow."""
    poisoned(office, "charge:3")
    report = office.push(*(create(invoice(f"charge:{number}")) for number in range(1, 41)))

    assert "" == report.stopped
    assert 1 == report.unclear
    assert 39 == len(office.table("Invoice"))
    assert ["charge:3"] == [intent.wish.entry for intent in office.store.pushes.open_intents(PRACTICE)]


def test_it_keeps_no_other_out_in_the_pushes_that_follow(office):
    poisoned(office, "charge:3")
    office.push(create(invoice("charge:3")), create(invoice("charge:4")))
    report = office.push(create(invoice("charge:3")), create(invoice("charge:5")))

    assert "" == report.stopped
    assert {invoice(key).reference for key in ("charge:4", "charge:5")} == {
        fields["DocNumber"] for fields in office.table("Invoice").values()
    }


def test_a_quickbooks_that_stomachs_nothing_ends_the_push_soon(office):
    office.push(create(invoice("charge:0")))
    poisoned(office, *(f"charge:{number}" for number in range(1, 41)))
    office.client.calls.clear()
    report = office.push(*(create(invoice(f"charge:{number}")) for number in range(1, 41)))

    assert "broke before its answer was complete" in report.stopped
    assert 1 == len(office.table("Invoice"))
    assert office.client.calls["write:batch"] <= 4 + 2


def test_a_batch_refused_as_a_whole_is_taken_apart(office):
    """A fault of the whole answer tells nothing of the items."""
    send = office.client.session.request
    struck = []

    def request(method, url, **settings):
        answer = send(method, url, **settings)
        if url.endswith("/batch") and settings["data"].count(b'"bId"') > 1 and not struck:
            struck.append(url)
            refused = requests.Response()
            refused.status_code = 400
            refused._content = b'{"Fault": {"Error": [{"Message": "Unsupported", "code": "500"}], "type": "x"}}'
            return refused
        return answer

    office.client.session.request = request
    report = office.push(create(invoice("charge:1")), create(invoice("charge:2")))

    assert (4, ()) == (report.created, report.refused)
    assert 2 == len(office.table("Invoice"))


def test_an_adoption_cut_short_by_a_crash_is_made_again(office):
    office.push(create(invoice()))
    pushed = office.pushed("charge:1")
    wish = Wish(
        entry=pushed.key, kind=pushed.kind, reference=pushed.reference, operation=Operation.ADOPT,
        desired_digest=pushed.desired_digest, quickbooks_id=pushed.quickbooks_id,
    )  # fmt: skip
    office.store.pushes.intend(PRACTICE, [wish], office.now())

    office.push(Adopt(desired=invoice(), posted=office.posted("charge:1")))

    assert [] == office.store.pushes.open_intents(PRACTICE)
    assert pushed == office.pushed("charge:1")
