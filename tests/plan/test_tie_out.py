"""Tie-out: zero when QuickBooks is as wished, and the very entries when it is not."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hhs_sync.books import keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.mapping.rules import Policy, Shape
from hhs_sync.plan import desired_entries, tie_out
from hhs_sync.plan.changes import PostedEntry
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.plan.figures import Item
from hhs_sync.plan.tie_out import AccountTie, TieOut, names_of
from tests.builders import day
from tests.plan.entries import SECRET, A, rules
from tests.plan.mirror import Posted, taken
from tests.plan.worked_example import books
from tests.strategies import practices


def tied(shape: Shape = Shape.CODED, policy: Policy = Policy.ACCRUAL, last: str = "31") -> TieOut:
    practice = rules(shape, policy)
    desired = desired_entries(books(last), practice, SECRET)
    return tie_out(books(last), desired, *taken(desired.entries), practice)


def account(made: TieOut, number: str) -> AccountTie:
    (found,) = [one for one in made.accounts if one.number == number]
    return found


@pytest.mark.parametrize(
    ("shape", "policy"),
    [(Shape.CODED, Policy.ACCRUAL), (Shape.PAYER_BATCH, Policy.ACCRUAL), (Shape.PAYER_BATCH, Policy.CASH)],
)
def test_the_worked_example_ties_out(shape: Shape, policy: Policy) -> None:
    made = tied(shape, policy)

    assert made.ties, made.says
    assert made.says.startswith("Tied out: ")
    assert [] == [one for one in made.accounts if one.difference or one.items]
    assert 100585 == account(made, "1000").ours


def test_every_figure_of_the_final_trial_balance_is_there() -> None:
    assert {
        "1000": 100585, "1100": 12000, "4010": -150000, "4030": -15000, "4050": -7500, "4910": 41000, "4911": 2500,
        "4912": 3000, "4913": 192, "4920": 3000, "6100": 351, "6200": 10000, "7100": -128,
    } == {one.number: one.sub_ledger for one in tied().accounts if one.sub_ledger}  # fmt: skip


def without(posted: Posted, kind: QuickBooksKind, number: int = 0) -> Posted:
    """QuickBooks with one entry of a kind missing."""
    places = sorted((place for place in posted if place[0] is kind), key=lambda one: int(one[1]))
    return {place: one for place, one in posted.items() if place != places[number]}


def test_an_entry_that_is_missing_is_named_on_each_account_that_it_touches() -> None:
    practice = rules()
    desired = desired_entries(books(), practice, SECRET)
    pushed, posted = taken(desired.entries)
    made = tie_out(books(), desired, pushed, without(posted, QuickBooksKind.TRANSFER), practice)

    assert not made.ties
    assert {"1000": 9649, "1210": -9649} == {one.number: one.difference for one in made.accounts if one.difference}
    assert ["deposit:bank_deposit/bank/4321/po1|transfer"] == [one.about for one in account(made, "1000").items]
    assert ["not in QuickBooks yet"] == [one.says for one in account(made, "1210").items]
    assert "1000 differs by 96.49 (1 entry)" in made.says
    assert "control 8 is off by 96.49" in made.says


def test_an_entry_that_a_person_changed_is_named_with_its_difference() -> None:
    practice = rules(policy=Policy.CASH)
    desired = desired_entries(books(), practice, SECRET)
    pushed, posted = taken(desired.entries)
    place = next(place for place in posted if place[0] is QuickBooksKind.PURCHASE)
    posted[place] = msgspec.structs.replace(posted[place], effects=(("1000", -2500), ("4960", 2500)), amount=2500)
    made = tie_out(books(), desired, pushed, posted, practice)

    assert {"1000": 500, "4960": -500} == {one.number: one.difference for one in made.accounts if one.difference}
    assert ["differs in QuickBooks"] == [one.says for one in account(made, "1000").items]


def test_an_entry_that_is_no_longer_wished_makes_a_difference_until_it_is_voided() -> None:
    practice = rules()
    before, after = (desired_entries(books(last), practice, SECRET) for last in ("31", "30"))
    made = tie_out(books("30"), after, *taken(before.entries), practice)

    assert {"1100": 10000, "6200": -10000} == {one.number: one.difference for one in made.accounts if one.difference}
    assert ["no longer wished"] == [one.says for one in account(made, "6200").items]


def test_other_peoples_entries_are_listed_and_make_no_difference() -> None:
    practice = rules()
    desired = desired_entries(books(), practice, SECRET)
    pushed, posted = taken(desired.entries)
    rent = PostedEntry(
        kind=QuickBooksKind.PURCHASE, quickbooks_id="900", sync_token="0", reference=None, date=day("2025-12-01"),
        amount=90000, digest="x", effects=(("1000", -90000), ("6500", 90000)), summary="Purchase 900 of 2025-12-01",
    )  # fmt: skip
    posted[rent.kind, "900"] = rent
    made = tie_out(books(), desired, pushed, posted, practice)

    assert made.ties, made.says
    assert -90000 == account(made, "1000").others
    assert [Item("Purchase 900", -90000, "Purchase 900 of 2025-12-01")] == list(account(made, "1000").others_entries)
    assert "6500" not in {one.number for one in made.accounts}


def test_what_we_wrote_and_have_no_record_of_is_ours_by_its_mark() -> None:
    practice = rules()
    desired = desired_entries(books(), practice, SECRET)
    _, posted = taken(desired.entries)
    made = tie_out(books(), desired, {}, posted, practice)

    assert {} == {one.number: one.difference for one in made.accounts if one.difference}


def test_what_differs_is_named_as_quickbooks_and_paper_name_it() -> None:
    practice, kept = rules(), msgspec.structs.replace(books("1"), client_codes={"c-K8": "K7F3Q", "c-K1": "K2M4P"})
    desired = desired_entries(kept, practice, SECRET)
    first, second = desired.entries
    pushed, _ = taken([first])
    made = tie_out(kept, desired, pushed, {}, practice)
    odd = msgspec.structs.replace(made.controls[4], items=(Item("c-K8", -500, "credit below zero"),))
    named = names_of(msgspec.structs.replace(made, controls=(odd,)), kept, desired, pushed)

    assert {
        "c-K8": "K7F3Q",
        first.key: f"Invoice {first.reference} of {first.date}, {first.customer.display}",
        second.key: f"Invoice {second.reference} of {second.date}, {second.customer.display}",
    } == named


def test_what_is_wished_no_more_is_named_by_what_was_written() -> None:
    practice = rules()
    before, after = (desired_entries(books(last), practice, SECRET) for last in ("1", "0"))
    pushed, posted = taken(before.entries)
    made = tie_out(books("0"), after, pushed, posted, practice)
    gone = pushed[before.entries[1].key]

    assert {gone.key: f"Invoice {gone.reference} of {gone.date}"} == names_of(made, books("0"), after, pushed)


def test_each_account_is_called_as_the_practice_calls_it() -> None:
    assert A.REVENUE_COMMERCIAL.value == account(tied(), "4010").name


def test_a_deleted_entry_counts_no_more() -> None:
    practice = rules()
    desired = desired_entries(books("0"), practice, SECRET)
    pushed, posted = taken(desired.entries)
    gone = {place: msgspec.structs.replace(one, deleted=True) for place, one in posted.items()}

    assert 15000 == account(tie_out(books("0"), desired, pushed, gone, practice), "1100").difference


def test_what_is_held_stands_apart() -> None:
    practice = rules()
    entries = tuple(msgspec.structs.replace(one, held=True) for one in books("0").entries)
    held = msgspec.structs.replace(books("0"), entries=entries)
    desired = desired_entries(held, practice, SECRET)
    made = tie_out(held, desired, {}, {}, practice)

    assert (15000, 0, 0) == (account(made, "1100").held, account(made, "1100").sub_ledger, account(made, "1100").ours)
    assert made.ties


@given(
    facts=practices(),
    how=st.sampled_from(
        [(Shape.CODED, Policy.ACCRUAL), (Shape.PAYER_BATCH, Policy.ACCRUAL), (Shape.PAYER_BATCH, Policy.CASH)]
    ),
)
@settings(max_examples=30)
def test_whatever_happened_quickbooks_as_wished_ties_out(facts: tuple[Fact, ...], how: tuple[Shape, Policy]) -> None:
    practice = rules(*how)
    known = Facts.of(facts)
    kept = keep_books(known, practice, day("2026-03-01"))
    desired = desired_entries(kept, practice, SECRET)
    told = {one.fact for entry in kept.entries for one in entry.evidence}
    paid = {key: one.amount_paid for key, one in known.remittances.items() if key in told}
    made = tie_out(kept, desired, *taken(desired.entries), practice, amounts_paid=paid, open_items=kept.open_items)
    failed = [one for one in made.controls if not one.holds]

    assert [] == [one for one in made.accounts if one.difference]
    assert all(one.number == 5 for one in failed), failed
    assert len(made.controls) == (13 if how[1] is Policy.ACCRUAL else 6)


def on_its_way(*keys: str, spoil: dict[str, dict[str, object]] | None = None, missing: tuple[str, ...] = ()) -> TieOut:
    """Step 1 of the worked example: entries `missing` in QuickBooks, or shown otherwise, and some of it on its way."""
    practice = rules()
    desired = desired_entries(books("1"), practice, SECRET)
    pushed, posted = taken(desired.entries)
    for place, one in list(posted.items()):
        key = next(key for key, before in pushed.items() if before.quickbooks_id == one.quickbooks_id)
        if key in missing:
            del posted[place], pushed[key]
        elif spoil and key in spoil:
            posted[place] = msgspec.structs.replace(one, **spoil[key])
    return tie_out(books("1"), desired, pushed, posted, practice, on_their_way=frozenset(keys))


K8, K1 = "charge:session/ehr/K8|invoice", "charge:session/ehr/K1|invoice"


def test_what_the_plan_will_write_is_counted_and_not_named() -> None:
    made = on_its_way(K8, K1, missing=(K8, K1))
    receivable = account(made, "1100")

    assert (30000, 30000, ()) == (receivable.difference, receivable.waiting, receivable.items)
    assert "1100 differs by 300.00 (300.00 on its way)" in made.says


def test_what_is_on_its_way_stands_apart_from_what_is_not() -> None:
    made = on_its_way(K8, missing=(K8, K1))
    receivable = account(made, "1100")

    assert (30000, 15000) == (receivable.difference, receivable.waiting)
    assert [(K1, 15000, "not in QuickBooks yet")] == [(one.about, one.amount, one.says) for one in receivable.items]
    assert "1100 differs by 300.00 (150.00 on its way, 1 entry)" in made.says
    assert "4010 differs by -300.00 (-150.00 on its way, 1 entry)" in made.says


def test_an_entry_that_will_be_written_over_is_on_its_way_with_what_it_is_apart_by() -> None:
    shown = {"effects": (("1100", 14000), ("4010", -14000)), "amount": 14000}
    made = on_its_way(K8, spoil={K8: shown, K1: shown})
    receivable = account(made, "1100")

    assert (2000, 1000) == (receivable.difference, receivable.waiting)
    assert [(K1, 1000, "differs in QuickBooks")] == [(one.about, one.amount, one.says) for one in receivable.items]


def test_what_will_be_voided_is_on_its_way_too() -> None:
    practice = rules()
    before, after = (desired_entries(books(last), practice, SECRET) for last in ("1", "0"))
    (gone,) = {one.key for one in before.entries} - {one.key for one in after.entries}
    named = tie_out(books("0"), after, *taken(before.entries), practice)
    counted = tie_out(books("0"), after, *taken(before.entries), practice, on_their_way=frozenset([gone]))

    assert [(gone, "no longer wished")] == [(one.about, one.says) for one in account(named, "1100").items]
    assert (-15000, -15000, ()) == (
        account(counted, "1100").difference,
        account(counted, "1100").waiting,
        account(counted, "1100").items,
    )


def test_an_account_that_agrees_waits_for_nothing() -> None:
    made = on_its_way(K8, K1)

    assert {0} == {one.waiting for one in made.accounts}
    assert made.says.startswith("Tied out: ")


def test_two_entries_are_counted() -> None:
    assert "1100 differs by 300.00 (2 entries)" in on_its_way(missing=(K8, K1)).says
