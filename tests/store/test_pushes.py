import datetime as dt

import pytest
from msgspec.structs import replace

from hhs_sync.plan.changes import PushedEntry
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.store import Store
from hhs_sync.store.intent import (
    NotDone,
    Operation,
    PushState,
    Refused,
    Saved,
    Unclear,
    Wish,
)
from hhs_sync.store.push_rows import PAUSES
from hhs_sync.store.pushes import REQUEST_ID_LENGTH_MAX
from tests.facts.telling import day, moment

PRACTICE = "casco"
AT = moment(3)


def wish(name: str, **fields) -> Wish:
    given = {
        "entry": f"charge:{name}",
        "kind": QuickBooksKind.INVOICE,
        "reference": f"R{name}",
        "operation": Operation.CREATE,
        "desired_digest": f"wish of {name}",
        "date": day(3),
        "amount": 150_00,
        "effects": (("1200", 150_00), ("4010", -150_00)),
        "body": f'{{"DocNumber":"R{name}"}}',
    }
    return Wish(**(given | fields))


def saved(intent, **fields) -> Saved:
    given = {
        "request_id": intent.request_id,
        "quickbooks_id": f"id of {intent.wish.entry}",
        "sync_token": "0",
        "posted_digest": f"shown for {intent.wish.entry}",
    }
    return Saved(**(given | fields))


def push(store, outcome, *wishes):
    """Intend, and record what `outcome` makes of each intent."""
    intents = store.pushes.intend(PRACTICE, wishes, AT)
    store.pushes.record(PRACTICE, [outcome(intent) for intent in intents], AT)
    return intents


def refused(intent) -> Refused:
    return Refused(request_id=intent.request_id, code="6000", message="a business validation error")


# --- before the call


def test_an_intent_is_there_for_the_next_process(store, url) -> None:
    intents = store.pushes.intend(PRACTICE, [wish("b"), wish("a")], AT)

    with Store.open(url) as other:
        assert list(intents) == other.pushes.open_intents(PRACTICE)

    assert [wish("b"), wish("a")] == [intent.wish for intent in intents]
    assert {AT} == {intent.intended_at for intent in intents}
    assert {PushState.OPEN} == {intent.state for intent in intents}


def test_each_push_of_an_entry_has_a_request_id_of_its_own(store) -> None:
    ids = [push(store, saved, wish("a", operation=operation))[0].request_id for operation in Operation]

    assert ["Ra.00000001.1", "Ra.00000001.2", "Ra.00000001.3", "Ra.00000001.4"] == ids


def test_after_a_lost_database_no_request_id_is_used_twice(tmp_path) -> None:
    ids = []
    for number in range(2):
        with Store.open(f"sqlite:///{tmp_path / f'{number}.db'}") as store:
            ids.append(store.pushes.intend(PRACTICE, [wish("a")], AT)[0].request_id)

    assert ids[0] != ids[1]


def test_a_request_id_fits_where_quickbooks_wants_it(store) -> None:
    longest = wish("a", reference="R" * 21)  # A DocNumber takes 21 characters.

    (intent,) = store.pushes.intend(PRACTICE, [longest], AT)

    assert len(intent.request_id) + 4 <= REQUEST_ID_LENGTH_MAX  # Room for ten thousand pushes of one entry.
    with pytest.raises(AssertionError, match="too long"):
        store.pushes.intend(PRACTICE, [wish("b", reference="R" * 30)], AT)


def test_one_entry_twice_in_one_call_is_our_mistake(store) -> None:
    with pytest.raises(AssertionError, match="one push of an entry at a time"):
        store.pushes.intend(PRACTICE, [wish("a"), wish("a")], AT)


def test_each_practice_has_its_own_pushes(store) -> None:
    (intent,) = store.pushes.intend("casco", [wish("a")], AT)
    store.pushes.record("casco", [saved(intent)], AT)

    assert {} == store.pushes.pushed_entries("bay")
    assert [] == store.pushes.open_intents("bay")
    assert 1 == store.pushes.intend("bay", [wish("a")], AT)[0].number


# --- after it


def test_a_saved_push_is_what_we_last_wrote(store) -> None:
    push(store, saved, wish("b"), wish("a"))

    expected = PushedEntry(
        key="charge:a",
        kind=QuickBooksKind.INVOICE,
        reference="Ra",
        quickbooks_id="id of charge:a",
        desired_digest="wish of a",
        posted_digest="shown for charge:a",
        date=day(3),
        amount=150_00,
        effects=(("1200", 150_00), ("4010", -150_00)),
    )

    pushed = store.pushes.pushed_entries(PRACTICE)
    assert ["charge:a", "charge:b"] == list(pushed)
    assert expected == pushed["charge:a"]
    assert [] == store.pushes.open_intents(PRACTICE)


def test_an_update_takes_the_place_of_what_was_written_before(store) -> None:
    push(store, saved, wish("a"))
    push(store, saved, wish("a", operation=Operation.UPDATE, amount=160_00, desired_digest="another wish"))

    pushed = store.pushes.pushed_entries(PRACTICE)["charge:a"]

    assert (160_00, "another wish") == (pushed.amount, pushed.desired_digest)


def test_what_was_voided_is_known_to_be_so_until_it_is_written_anew(store) -> None:
    push(store, saved, wish("a"))
    push(store, saved, wish("a", operation=Operation.VOID))
    voided = store.pushes.pushed_entries(PRACTICE)["charge:a"].voided
    push(store, saved, wish("a"))

    assert voided
    assert not store.pushes.pushed_entries(PRACTICE)["charge:a"].voided


@pytest.mark.parametrize(
    "outcome",
    [
        refused,
        lambda intent: NotDone(request_id=intent.request_id, message="throttled"),
        lambda intent: Unclear(request_id=intent.request_id, message="no answer"),
    ],
)
def test_what_was_not_saved_leaves_what_was_written_before(store, outcome) -> None:
    push(store, saved, wish("a"))
    push(store, outcome, wish("a", operation=Operation.UPDATE, amount=160_00))

    assert 150_00 == store.pushes.pushed_entries(PRACTICE)["charge:a"].amount


def test_an_unclear_push_waits_for_a_look_with_all_that_was_sent(store) -> None:
    intents = push(
        store,
        lambda intent: Unclear(request_id=intent.request_id, message="the answer was lost"),
        wish("a", quickbooks_id="77"),
    )

    expected = replace(intents[0], state=PushState.UNCLEAR, message="the answer was lost", unclear_since=AT)
    assert [expected] == store.pushes.open_intents(PRACTICE)


@pytest.mark.parametrize(
    ("outcome", "written"),
    [(saved, ["charge:a"]), (refused, []), (lambda intent: NotDone(request_id=intent.request_id), [])],
)
def test_a_look_settles_an_unclear_push(store, outcome, written) -> None:
    (intent,) = push(store, lambda intent: Unclear(request_id=intent.request_id), wish("a"))

    store.pushes.record(PRACTICE, [outcome(intent)], AT)

    assert [] == store.pushes.open_intents(PRACTICE)
    assert written == list(store.pushes.pushed_entries(PRACTICE))


def test_the_outcomes_of_one_call_may_differ(store) -> None:
    intents = store.pushes.intend(PRACTICE, [wish("a"), wish("b"), wish("c"), wish("d")], AT)
    store.pushes.record(
        PRACTICE,
        [
            Unclear(request_id=intents[3].request_id),
            saved(intents[0]),
            NotDone(request_id=intents[2].request_id),
            refused(intents[1]),
        ],
        AT,
    )

    assert ["charge:a"] == list(store.pushes.pushed_entries(PRACTICE))
    assert ["charge:b"] == list(store.pushes.refusals(PRACTICE))
    assert ["charge:d"] == [intent.wish.entry for intent in store.pushes.open_intents(PRACTICE)]


def test_an_outcome_without_an_intent_is_our_mistake(store) -> None:
    with pytest.raises(AssertionError, match="no intent was stored"):
        store.pushes.record(PRACTICE, [NotDone(request_id="nobody's")], AT)


def test_a_settled_push_can_not_be_settled_again(store) -> None:
    (intent,) = push(store, saved, wish("a"))

    with pytest.raises(AssertionError, match="settled already"):
        store.pushes.record(PRACTICE, [refused(intent)], AT)

    assert ["charge:a"] == list(store.pushes.pushed_entries(PRACTICE))


def test_an_entry_that_was_there_already_is_ours_without_a_call(store) -> None:
    entry = PushedEntry(
        key="charge:a",
        kind=QuickBooksKind.DEPOSIT,
        reference="Ra",
        quickbooks_id="12",
        desired_digest="wished",
        posted_digest="shown",
        amount=5,
        effects=(("1000", 5),),
    )

    store.pushes.adopt(PRACTICE, [entry], AT)

    assert {"charge:a": entry} == store.pushes.pushed_entries(PRACTICE)
    assert [] == store.pushes.open_intents(PRACTICE)
    assert 2 == store.pushes.intend(PRACTICE, [wish("a")], AT)[0].number


def test_every_push_moves_the_turn_key_but_nothing_at_all_does_not(store) -> None:
    keys = [store.turn_key(PRACTICE)]
    store.pushes.intend(PRACTICE, [], AT)
    store.pushes.record(PRACTICE, [], AT)
    store.pushes.adopt(PRACTICE, [], AT)
    assert keys == [store.turn_key(PRACTICE)]

    (intent,) = store.pushes.intend(PRACTICE, [wish("a")], AT)
    keys.append(store.turn_key(PRACTICE))
    store.pushes.record(PRACTICE, [saved(intent)], AT)
    keys.append(store.turn_key(PRACTICE))

    assert 3 == len(set(keys))


def test_many_at_once_are_written_in_order(store) -> None:
    wishes = [wish(f"{number:04}") for number in range(1300)]

    push(store, saved, *wishes)
    intents = store.pushes.intend(PRACTICE, wishes, AT)

    assert {2} == {intent.number for intent in intents}
    assert [one.entry for one in wishes] == list(store.pushes.pushed_entries(PRACTICE))


# --- refusals


def test_a_refusal_is_remembered_and_tried_again_after_growing_pauses(store) -> None:
    at = AT
    pauses = []
    for count in range(1, 8):
        (intent,) = store.pushes.intend(PRACTICE, [wish("a")], at)
        store.pushes.record(PRACTICE, [refused(intent)], at)
        refusal = store.pushes.refusals(PRACTICE)["charge:a"]
        pauses.append(refusal.next_try_at - at)
        assert (count, AT, at) == (refusal.count, refusal.since, refusal.last_at)
        at += dt.timedelta(days=1)

    assert [*PAUSES, PAUSES[-1], PAUSES[-1]] == pauses
    assert ("6000", "a business validation error", Operation.CREATE, 150_00, "wish of a") == (
        refusal.code,
        refusal.message,
        refusal.operation,
        refusal.amount,
        refusal.desired_digest,
    )


def test_a_refusal_of_what_nobody_wishes_any_more_is_forgotten_and_another_is_not(store) -> None:
    push(store, refused, wish("a"), wish("b"))
    push(store, saved, wish("c"))

    store.pushes.forget_refusals(PRACTICE, ["charge:a", "charge:c"], AT)

    assert ["charge:b"] == list(store.pushes.refusals(PRACTICE))
    assert ["charge:c"] == list(store.pushes.pushed_entries(PRACTICE))


def test_a_refusal_is_over_when_the_entry_is_saved(store) -> None:
    push(store, refused, wish("a"))
    push(store, saved, wish("a"))
    assert {} == store.pushes.refusals(PRACTICE)

    push(store, refused, wish("a", operation=Operation.UPDATE))
    assert 1 == store.pushes.refusals(PRACTICE)["charge:a"].count


def test_a_throttled_try_in_between_does_not_start_the_count_anew(store) -> None:
    push(store, refused, wish("a"))
    push(store, lambda intent: NotDone(request_id=intent.request_id), wish("a"))
    push(store, refused, wish("a"))

    assert 2 == store.pushes.refusals(PRACTICE)["charge:a"].count


# --- for pages


def test_documents_are_listed_by_the_account_of_quickbooks_that_they_touch(store) -> None:
    push(store, saved, wish("1"), wish("2", effects=(("2200", -5_00), ("1200", 5_00)), date=day(5)))
    push(store, saved, wish("1", operation=Operation.VOID))

    assert ["charge:2"] == [one.key for one in store.pushes.on_account(PRACTICE, "1200", limit=9)]
    assert ["charge:2"] == [one.key for one in store.pushes.on_account(PRACTICE, "2200", limit=9)]
    assert [] == store.pushes.on_account(PRACTICE, "4010", limit=9)
    assert [] == store.pushes.on_account(PRACTICE, "20", limit=9)
    assert [] == store.pushes.on_account(PRACTICE, "%", limit=9)
    assert [] == store.pushes.on_account("bay", "1200", limit=9)


def test_every_attempt_is_listed_the_newest_first_and_page_by_page(store) -> None:
    push(store, saved, wish("1"))
    push(store, refused, wish("2"))
    push(store, saved, wish("2"))

    listed = store.pushes.listed(PRACTICE, limit=2)
    rest = store.pushes.listed(PRACTICE, limit=2, before=listed[-1].id)

    assert [("charge:2", "saved"), ("charge:2", "refused")] == [(one.entry, one.state) for one in listed]
    assert ["charge:1"] == [one.entry for one in rest]
    assert ("6000", "a business validation error") == (listed[1].code, listed[1].message)
    assert [] == store.pushes.listed("bay", limit=9)


def test_what_was_saved_between_two_moments_is_told_once_in_its_order(store) -> None:
    for hour, name in ((1, "b"), (2, "a"), (3, "b"), (4, "c")):
        intents = store.pushes.intend(PRACTICE, [wish(name)], moment(3, hour))
        store.pushes.record(PRACTICE, [saved(one) for one in intents], moment(3, hour))
    push(store, refused, wish("d"))

    assert ("charge:a", "charge:b") == store.pushes.saved_between(PRACTICE, moment(3, 2), moment(3, 4))
    assert ("charge:b", "charge:c") == store.pushes.saved_between(PRACTICE, moment(3, 3), None)
    assert () == store.pushes.saved_between("bay", moment(3, 1), None)


def test_what_was_saved_after_a_moment_of_its_own_is_told(store) -> None:
    for hour, name in ((1, "a"), (2, "b"), (3, "a")):
        intents = store.pushes.intend(PRACTICE, [wish(name)], moment(3, hour))
        store.pushes.record(PRACTICE, [saved(one) for one in intents], moment(3, hour))
    push(store, refused, wish("c"))
    asked = {"charge:a": moment(3, 2), "charge:b": moment(3, 2), "charge:c": moment(1, 1)}

    assert {"charge:a"} == store.pushes.saved_since(PRACTICE, asked), "b was saved before, or in the same moment"
    assert set() == store.pushes.saved_since(PRACTICE, {})
