"""Looking again: one call where little changed, everything where one call can't tell."""

import datetime as dt
import json
from collections import Counter

import pytest

from hhs_sync.errors import QuickBooksUnavailableError
from hhs_sync.mapping.accounts import Account
from hhs_sync.quickbooks import refresh
from hhs_sync.quickbooks.simulator import Fault
from hhs_sync.quickbooks.simulator.hand import close_books, hand_create, hand_delete, hand_edit, hand_void
from tests.quickbooks.office import PRACTICE, claim, create, invoice, rules_of


def by_hand(office, do, *arguments):
    """A person does something, some time later."""
    office.sleep(60)
    with office.sim.state.lock:
        return do(office.company, *arguments, office.sim.state.write())


def reading(office, **more):
    """What a refresh brings, and the calls it took."""
    office.client.calls.clear()
    refreshed = office.refresh(**more)
    return refreshed, dict(office.client.calls)


def test_the_first_look_reads_everything(offices):
    office = offices()
    office.push(*map(create, claim()))
    office.store.mirror.set_cursor(PRACTICE, refresh.CURSOR, "")
    office.store.mirror.replace(PRACTICE, [])
    refreshed, calls = reading(office)

    kinds = Counter(kind.value for kind, _ in office.store.mirror.entries(PRACTICE))
    assert refreshed.whole
    assert {"read:query": 1 + 5 + 8} == calls
    assert {"Customer": 2, "Invoice": 1, "CreditMemo": 1, "Payment": 1, "Deposit": 1} == kinds


def test_a_quiet_look_is_one_call_and_changes_nothing(office):
    office.sleep(61)
    office.refresh()
    office.sleep(61)
    before = office.store.turn_key(PRACTICE)
    refreshed, calls = reading(office)

    assert {"read:cdc": 1} == calls
    assert (False, 0, 0) == (refreshed.whole, refreshed.told, refreshed.changed)
    assert before == office.store.turn_key(PRACTICE)


def test_a_hand_edit_comes_with_the_next_look(office):
    office.push(*map(create, claim()))
    by_hand(office, hand_edit, "Invoice", office.pushed("charge:1").quickbooks_id, {"TxnDate": "2026-11-14"})
    refreshed, calls = reading(office)

    assert {"read:cdc": 1} == calls
    assert 1 == refreshed.changed
    assert dt.date(2026, 11, 14) == office.posted("charge:1").date
    assert office.pushed("charge:1").posted_digest != office.posted("charge:1").digest


def test_trap_8_a_deleted_entry_is_known_as_deleted_and_not_as_paid(office):
    office.push(create(invoice()))
    by_hand(office, hand_delete, "Invoice", office.pushed("charge:1").quickbooks_id)
    office.refresh()

    assert office.posted("charge:1").deleted
    assert () == office.posted("charge:1").effects


def test_trap_8_a_full_reading_drops_what_is_gone(office):
    office.push(create(invoice()))
    by_hand(office, hand_delete, "Invoice", office.pushed("charge:1").quickbooks_id)
    office.store.mirror.set_cursor(PRACTICE, refresh.CURSOR, "")
    office.refresh()

    assert office.posted("charge:1") is None


def test_trap_17_a_void_by_hand_keeps_the_mark_and_is_seen(office):
    office.push(create(invoice()))
    by_hand(office, hand_void, "Invoice", office.pushed("charge:1").quickbooks_id)
    office.refresh()

    posted = office.posted("charge:1")
    assert posted.voided
    assert invoice().reference == posted.reference
    assert office.pushed("charge:1").posted_digest != posted.digest


def test_a_payment_or_deposit_is_no_edit_of_what_it_pays(office):
    """Paying an invoice shows it as changed; nothing that matters of it is."""
    office.push(*map(create, claim()))
    office.sleep(60)
    office.refresh()

    for wish in claim():
        assert office.pushed(wish.key).posted_digest == office.posted(wish.key).digest


@pytest.mark.parametrize(("days", "whole"), [(28, False), (30, True), (60, True)])
def test_trap_14_changes_of_more_than_thirty_days_are_read_whole(office, days, whole):
    office.sleep(days * 86400)
    refreshed, _ = reading(office)

    assert whole == refreshed.whole
    assert not reading(office)[0].whole


def test_a_thousand_changes_are_read_whole(office):
    """The answer holds 1000 objects and does not say that it left others out."""
    office.sleep(61)
    office.refresh()
    office.sleep(61)
    before = len(list(office.catalog().members("Class")))
    make_classes(office, 999)
    refreshed, _ = reading(office)
    assert (False, 999) == (refreshed.whole, refreshed.told)

    office.sleep(120)
    office.refresh()
    make_classes(office, 1001)
    refreshed, _ = reading(office)

    assert refreshed.whole
    assert before + 999 + 1001 == len(list(office.catalog().members("Class")))


def make_classes(office, count):
    with office.sim.state.lock:
        there = len(office.company.tables["Class"])
        for number in range(there, there + count):
            hand_create(office.company, "Class", {"Name": f"Class {number}"}, office.sim.state.write())


def test_the_closing_date_comes_with_the_changes(office):
    by_hand(office, close_books, "2026-10-31")
    _, calls = reading(office)

    assert {"read:cdc": 1} == calls
    assert dt.date(2026, 10, 31) == office.catalog().preferences.book_close_date


def test_lists_change_with_the_changes(office):
    made = by_hand(office, hand_create, "Class", {"Name": "N. New"})
    office.refresh()
    assert made["Id"] == office.catalog().find("Class", "N. New")["Id"]

    by_hand(office, hand_edit, "Class", made["Id"], {"Name": "N. Newer"})
    office.refresh()

    assert office.catalog().find("Class", "n. newer")["Id"] == made["Id"]
    assert office.catalog().find("Class", "N. New") is None


def test_a_renumbered_account_is_told_of_every_entry(office):
    """Effects are by number, so all of them are read again."""
    office.push(create(invoice()))
    account = office.account_id("4010")
    by_hand(office, hand_edit, "Account", account, {"AcctNum": "4011"})
    refreshed, _ = reading(office)

    assert refreshed.whole
    assert {"1100": 15000, "4011": -15000} == dict(office.posted("charge:1").effects)


def test_accounts_mapped_anew_are_read_anew(office):
    rules = rules_of()
    accounts = tuple(one for one in rules.accounts if one.account is not Account.REVENUE_OTHER)
    fields = {name: getattr(rules, name) for name in rules.__struct_fields__}
    office.rules = type(rules)(**(fields | {"accounts": accounts}))

    assert reading(office)[0].whole
    assert not reading(office)[0].whole


def test_a_look_that_fails_leaves_the_mirror_and_its_moment_as_they_were(office):
    office.push(create(invoice()))
    before = office.store.mirror.entries(PRACTICE)
    cursor = office.store.mirror.cursor(PRACTICE, refresh.CURSOR)
    office.sim.state.faults.plan(Fault(what="unavailable", on="*", times=99))
    with pytest.raises(QuickBooksUnavailableError):
        office.refresh()

    assert before == office.store.mirror.entries(PRACTICE)
    assert cursor == office.store.mirror.cursor(PRACTICE, refresh.CURSOR)


def test_what_is_saved_while_we_look_comes_with_the_next_look(office):
    """The moment is QuickBooks' own, set back a little."""
    office.refresh()
    cursor = dt.datetime.fromisoformat(office.store.mirror.cursor(PRACTICE, refresh.CURSOR))

    assert refresh.MARGIN == office.now() - cursor


def test_a_quiet_practice_is_due_after_an_hour_or_when_a_webhook_says_so(office):
    office.refresh()
    due = lambda: refresh.is_due(office.store, PRACTICE, office.now())  # noqa: E731
    assert not due()

    refresh.look_soon(office.store, PRACTICE, office.now())
    assert due()

    office.refresh()
    assert not due()
    office.sleep(3600)
    assert due()


def test_a_practice_that_was_never_looked_at_is_due(offices):
    office = offices(new=True)

    assert refresh.is_due(office.store, PRACTICE, office.now())


def test_the_mirror_keeps_nothing_of_a_customer_but_its_name(office):
    """Addresses and numbers of customers made by hand are not ours to keep."""
    known = {
        "DisplayName": "Made by hand",
        "BillAddr": {"Line1": "1 Example Street"},
        "PrimaryPhone": {"FreeFormNumber": "(555) 555-0100"},
    }
    by_hand(office, hand_create, "Customer", known)
    for _ in range(2):
        office.refresh()
        kept = json.dumps(office.store.mirror.read_list(PRACTICE, "Customer", list))
        assert "Made by hand" in kept
        assert "Example" not in kept
        assert "555" not in kept
        office.store.mirror.set_cursor(PRACTICE, refresh.CURSOR, "")


def test_thirty_metered_reads_are_more_than_a_quiet_day_takes(office):
    """A turn every fifteen minutes, a look when it is due."""
    office.client.calls.clear()
    for _ in range(96):
        office.sleep(900)
        if refresh.is_due(office.store, PRACTICE, office.now()):
            office.refresh()

    assert 24 == sum(count for name, count in office.client.calls.items() if name.startswith("read:"))
