"""The three-way comparison, row by row, and what stands in the way of a change."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings

from hhs_sync.books import keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.plan import desired_entries, make_plan
from hhs_sync.plan.changes import (
    Adopt,
    Create,
    Decisions,
    Hold,
    HoldReason,
    Limits,
    Plan,
    PostedEntry,
    PushedEntry,
    Update,
    Void,
)
from hhs_sync.plan.desired import CustomerName, Desired, DesiredEntry, DesiredLine, DesiredLink, QuickBooksKind
from hhs_sync.plan.privacy import Guard, Roster
from hhs_sync.plan.references import References
from tests.builders import day
from tests.plan.entries import SECRET, A, rules
from tests.plan.mirror import Posted, recorded, shown, taken
from tests.strategies import practices

REFERENCES = References(SECRET)


def wish(key: str = "charge:1|invoice", amount: int = 15000, when: str = "2025-12-07", **more: object) -> DesiredEntry:
    kind = more.pop("kind", QuickBooksKind.INVOICE)
    return DesiredEntry(
        key=key,
        kind=kind,
        reference=REFERENCES.of(key),
        date=day(when),
        customer=CustomerName("Anthem", "K1"),
        amount=amount,
        lines=(DesiredLine(account=A.REVENUE_COMMERCIAL, amount=amount, clinician="mk"),),
        memo="Batch 2025-W49",
        renders=("charge:1",),
        effects=((A.AR_PAYER, amount), (A.REVENUE_COMMERCIAL, -amount)),
        **more,
    )


def plan(
    wishes: tuple[DesiredEntry, ...] | DesiredEntry = (),
    pushed: dict[str, PushedEntry] | None = None,
    posted: Posted | None = None,
    limits: Limits | None = None,
    **how: object,
) -> Plan:
    entries = wishes if isinstance(wishes, tuple) else (wishes,)
    return make_plan(Desired(entries=entries), pushed or {}, posted or {}, limits or Limits(), rules=rules(), **how)


def there(one: DesiredEntry, **changed: object) -> tuple[dict[str, PushedEntry], Posted]:
    """A wish that was written; `changed` is what a person did to it afterwards."""
    pushed, posted = taken([one])
    if changed:
        posted = {place: msgspec.structs.replace(entry, **changed) for place, entry in posted.items()}
    return pushed, posted


def edited(one: DesiredEntry) -> tuple[dict[str, PushedEntry], Posted]:
    return there(one, digest="as a person made it", content_digest="else")


def names(made: Plan) -> list[str]:
    return [
        f"Hold {change.reason.name}" if isinstance(change, Hold) else type(change).__name__ for change in made.changes
    ]


# --- the table


def test_a_new_wish_is_created() -> None:
    assert [Create(desired=wish())] == list(plan(wish()).changes)


def test_what_is_there_as_wished_needs_nothing() -> None:
    made = plan(wish(), *there(wish()))

    assert () == made.changes
    assert "" == made.waits


def test_a_changed_wish_is_an_update() -> None:
    (change,) = plan(wish(amount=16000), *there(wish())).changes

    assert isinstance(change, Update)
    assert 16000 == change.desired.amount
    assert 15000 == change.pushed.amount == change.posted.amount


def test_what_is_no_longer_wished_is_voided() -> None:
    (change,) = plan((), *there(wish())).changes

    assert isinstance(change, Void)
    assert wish().key == change.pushed.key


def test_what_bears_our_mark_and_has_no_record_is_adopted() -> None:
    _, posted = there(wish())

    assert ["Adopt"] == names(plan(wish(), {}, posted))


def test_an_edit_that_does_what_we_were_about_to_do_is_adopted() -> None:
    pushed, _ = there(wish())
    wanted = wish(amount=16000)
    by_hand = msgspec.structs.replace(shown(wanted, "1"), digest="as a person made it")
    (change,) = plan(wanted, pushed, {(by_hand.kind, "1"): by_hand}).changes

    assert Adopt(desired=wanted, posted=by_hand) == change


def test_an_edit_that_lost_our_mark_is_not_adopted() -> None:
    pushed, _ = there(wish())
    wanted = wish(amount=16000)
    by_hand = msgspec.structs.replace(shown(wanted, "1"), digest="as a person made it", reference=None)

    assert ["Hold EDITED"] == names(plan(wanted, pushed, {(by_hand.kind, "1"): by_hand}))


@pytest.mark.parametrize("wanted", [wish(), wish(amount=16000)])
def test_an_edit_by_hand_is_a_question(wanted: DesiredEntry) -> None:
    made = plan(wanted, *edited(wish()))

    assert ["Hold EDITED"] == names(made)
    assert wanted.amount == made.changes[0].amount


def test_an_edit_of_what_is_no_longer_wished_is_a_question_too() -> None:
    assert ["Hold EDITED"] == names(plan((), *edited(wish())))


def test_a_void_by_hand_is_a_question_that_says_so() -> None:
    made = plan(wish(), *there(wish(), digest="voided", voided=True, amount=0))

    assert ["Hold EDITED"] == names(made)
    assert "voided there" == made.changes[0].detail


@pytest.mark.parametrize("gone", [{}, {"deleted": True}])
def test_a_deletion_by_hand_is_a_question(gone: dict[str, object]) -> None:
    pushed, posted = there(wish(), **gone)

    assert ["Hold DELETED"] == names(plan(wish(), pushed, posted if gone else {}))


@pytest.mark.parametrize("how", [None, {"deleted": True}, {"voided": True, "digest": "voided"}])
def test_what_a_person_took_away_and_we_no_longer_wish_is_settled(how: dict[str, object] | None) -> None:
    pushed, posted = there(wish(), **(how or {}))

    assert [] == names(plan((), pushed, posted if how else {}))


def test_an_entry_without_our_mark_is_none_of_our_business() -> None:
    other = PostedEntry(
        kind=QuickBooksKind.INVOICE, quickbooks_id="9", sync_token="0", reference=None, date=day("2025-12-01"),
        amount=500, digest="x",
    )  # fmt: skip

    assert [] == names(plan((), {}, {(other.kind, "9"): other}))


def test_two_entries_that_bear_one_mark_are_a_question() -> None:
    one, two = shown(wish(), "1"), shown(wish(), "2")

    assert ["Hold UNCLEAR"] == names(plan(wish(), {}, {(one.kind, "1"): one, (two.kind, "2"): two}))


def test_a_copy_of_an_entry_that_we_know_changes_nothing() -> None:
    pushed, posted = there(wish())
    copy = shown(wish(), "2")

    assert [] == names(plan(wish(), pushed, {**posted, (copy.kind, "2"): copy}))


# --- what was voided


def test_a_voided_entry_that_is_not_wished_stays_so() -> None:
    pushed, posted = there(wish(), voided=True, amount=0)
    pushed = {key: msgspec.structs.replace(one, voided=True) for key, one in pushed.items()}

    assert [] == names(plan((), pushed, posted))


def test_a_voided_entry_that_is_wished_again_is_updated_back() -> None:
    pushed, posted = there(wish(), voided=True, amount=0)
    pushed = {key: msgspec.structs.replace(one, voided=True) for key, one in pushed.items()}

    assert ["Update"] == names(plan(wish(), pushed, posted))


def test_a_voided_entry_that_a_person_revived_is_a_question() -> None:
    pushed, posted = edited(wish())
    pushed = {key: msgspec.structs.replace(one, voided=True) for key, one in pushed.items()}

    assert ["Hold EDITED"] == names(plan((), pushed, posted))


def test_customers_are_never_voided() -> None:
    one = wish("customer:K1", kind=QuickBooksKind.CUSTOMER)

    assert [] == names(plan((), *there(one)))


# --- what people decided


@pytest.mark.parametrize("wishes", [(), (wish(),), (wish(amount=16000),)])
def test_an_edit_that_was_adopted_stands(wishes: tuple[DesiredEntry, ...]) -> None:
    decisions = Decisions(adopted=frozenset([wish().key]))

    assert [] == names(plan(wishes, *edited(wish()), decisions=decisions))
    assert [] == names(plan(wishes, *there(wish(), deleted=True), decisions=decisions))


@pytest.mark.parametrize(("wishes", "expected"), [((), "Void"), ((wish(),), "Update"), ((wish(amount=1),), "Update")])
def test_an_edit_that_is_to_be_restored_is_written_over(wishes: tuple[DesiredEntry, ...], expected: str) -> None:
    decisions = Decisions(restored=frozenset([wish().key]))

    assert [expected] == names(plan(wishes, *edited(wish()), decisions=decisions))


def test_a_deleted_entry_that_is_to_be_restored_is_created_again() -> None:
    decisions = Decisions(restored=frozenset([wish().key]))

    assert ["Create"] == names(plan(wish(), *there(wish(), deleted=True), decisions=decisions))
    assert ["Create"] == names(plan(wish(), there(wish())[0], {}, decisions=decisions))


# --- what stands in the way

CLOSED = Limits(books_closed_through=day("2025-11-30"))


def test_nothing_is_written_into_closed_books() -> None:
    november, december = wish(when="2025-11-30"), wish(when="2025-12-01")

    assert ["Hold CLOSED"] == names(plan(november, limits=CLOSED))
    assert ["Create"] == names(plan(december, limits=CLOSED))
    assert ["Hold CLOSED"] == names(plan(wish(amount=1, when="2025-11-30"), *there(november), limits=CLOSED))
    assert ["Hold CLOSED"] == names(plan((), *there(november), limits=CLOSED))
    assert ["Void"] == names(plan((), *there(december), limits=CLOSED))
    assert [] == names(plan(november, *there(november), limits=CLOSED))


def test_an_entry_does_not_leave_a_closed_period_either() -> None:
    assert ["Hold CLOSED"] == names(plan(wish(), *there(wish(when="2025-11-30")), limits=CLOSED))


@pytest.mark.parametrize("decided", [False, True])
def test_what_was_voided_and_then_closed_is_told_anew_in_the_open_month(decided: bool) -> None:
    """15,000 of November 30, voided and closed at 0.00: December gets 15,000 of its own, November stays at 0.00.

    Whether we voided it, or a person did and the answer is that ours stands.
    """
    pushed, posted = there(wish(when="2025-11-30"), voided=True, amount=0, effects=())
    if decided:
        posted = {place: msgspec.structs.replace(one, digest="by hand") for place, one in posted.items()}
    else:
        pushed = {key: msgspec.structs.replace(one, voided=True) for key, one in pushed.items()}
    decisions = Decisions(restored=frozenset([wish().key] if decided else []))
    again = wish(when="2025-12-01")

    made = plan(again, pushed, posted, CLOSED, decisions=decisions)
    now = shown(again, "2")
    after = {again.key: recorded(again, now)}

    assert [Create(desired=again)] == list(made.changes)
    assert [] == names(plan(again, after, {**posted, (now.kind, "2"): now}, CLOSED))
    assert ["Void"] == names(plan((), after, {**posted, (now.kind, "2"): now}, CLOSED))
    assert ["Hold CLOSED"] == names(plan(wish(when="2025-11-30"), pushed, posted, CLOSED, decisions=decisions))


def test_void_entries_of_closed_books_are_not_taken_for_ours_when_the_record_is_lost() -> None:
    void = msgspec.structs.replace(shown(wish(when="2025-11-30"), "1"), voided=True, amount=0)
    again = shown(wish(), "2")
    both = {(one.kind, one.quickbooks_id): one for one in (void, again)}

    assert ["Create"] == names(plan(wish(), {}, {(void.kind, "1"): void}, CLOSED))
    assert ["Adopt"] == names(plan(wish(), {}, {(void.kind, "1"): void}))
    assert [Adopt(desired=wish(), posted=again)] == list(plan(wish(), {}, both, CLOSED).changes)


def test_what_tells_of_a_client_is_held() -> None:
    guard = Guard(Roster.of(["Doe, Jane"], []), rules(), codes=["K1"])
    made = plan(msgspec.structs.replace(wish(), memo="for Jane Doe"), guard=guard)

    assert ["Hold PRIVACY"] == names(made)
    assert "memo holds a client's name" == made.changes[0].detail
    assert ["Create"] == names(plan(wish(), guard=guard))


@pytest.mark.parametrize("reason", [HoldReason.REFUSED, HoldReason.UNCLEAR])
def test_what_is_paused_waits(reason: HoldReason) -> None:
    paused = {wish().key: (reason, "what QuickBooks said")}
    made = plan(wish(), paused=paused)

    assert [f"Hold {reason.name}"] == names(made)
    assert "what QuickBooks said" == made.changes[0].detail
    assert [f"Hold {reason.name}"] == names(plan(wish(amount=1), *there(wish()), paused=paused))
    assert [f"Hold {reason.name}"] == names(plan((), *there(wish()), paused=paused))
    assert [] == names(plan(wish(), *there(wish()), paused=paused))


def payment(amount: int = 15000) -> DesiredEntry:
    links = (DesiredLink(entry=wish().key, amount=amount),)
    return wish("claim:1|payment", amount, kind=QuickBooksKind.PAYMENT, links=links)


def deposit(*links: str) -> DesiredEntry:
    linked = tuple(DesiredLink(entry=one, amount=15000) for one in links)
    return wish("deposit:1|deposit", kind=QuickBooksKind.DEPOSIT, links=linked)


def test_what_rests_on_an_entry_that_is_held_waits_too() -> None:
    november = wish(when="2025-11-30")
    made = plan((november, payment(), deposit("claim:1|payment")), limits=CLOSED)

    assert ["Hold CLOSED", "Hold NEEDS", "Hold NEEDS"] == names(made)


def test_what_rests_on_an_entry_that_was_deleted_waits_too() -> None:
    pushed, _ = there(wish())

    assert ["Hold DELETED", "Hold NEEDS"] == names(plan((wish(), payment()), pushed, {}))


def test_what_rests_on_an_entry_that_was_voided_waits_too() -> None:
    pushed, posted = there(wish(), voided=True, amount=0, digest="as a person made it")

    assert ["Hold EDITED", "Hold NEEDS"] == names(plan((wish(), payment()), pushed, posted))


def test_what_rests_on_an_entry_that_is_there_goes_ahead_though_that_is_held() -> None:
    assert ["Hold EDITED", "Create"] == names(plan((wish(), payment()), *edited(wish())))


def test_needs_that_are_no_links_count_too() -> None:
    journal = msgspec.structs.replace(wish("j", when="2025-12-31"), needs=(wish().key,))

    assert ["Hold CLOSED", "Hold NEEDS"] == names(plan((wish(when="2025-11-30"), journal), limits=CLOSED))


def test_a_payment_that_lies_in_a_deposit_is_not_changed() -> None:
    before = (wish(), payment(), deposit("claim:1|payment"))
    pushed, posted = taken(before)
    changed = (wish(), payment(14000), deposit("claim:1|payment"))

    assert ["Hold LINKED"] == names(plan(changed, pushed, posted))


def test_a_payment_whose_deposit_was_voided_may_change() -> None:
    pushed, posted = taken((wish(), payment(), deposit("claim:1|payment")))
    bank = deposit("claim:1|payment").key
    pushed[bank] = msgspec.structs.replace(pushed[bank], voided=True)
    changed = (wish(), payment(14000), deposit("claim:1|payment"))

    assert ["Update", "Update"] == names(plan(changed, pushed, posted))


# --- order


def test_wishes_keep_their_order_and_voids_come_last_deposits_first() -> None:
    old = (wish(), payment(), deposit("claim:1|payment"))
    pushed, posted = taken(old)
    made = plan((wish("new|invoice"), wish("new|payment", kind=QuickBooksKind.PAYMENT)), pushed, posted)

    assert ["new|invoice", "new|payment"] == [one.desired.key for one in made.changes if isinstance(one, Create)]
    assert [QuickBooksKind.DEPOSIT, QuickBooksKind.PAYMENT, QuickBooksKind.INVOICE] == [
        one.pushed.kind for one in made.changes if isinstance(one, Void)
    ]


def test_a_receipt_is_voided_after_its_deposit_took_another_one_up() -> None:
    """A payment without a home found its session: the deposit is to hold the Payment instead of the SalesReceipt."""
    receipt = wish("unmatched:1|receipt", kind=QuickBooksKind.SALES_RECEIPT)
    pushed, posted = taken((wish(), receipt, deposit(receipt.key)))
    made = plan((wish(), payment(), deposit(payment().key)), pushed, posted)

    assert ["Create", "Update", "Void"] == names(made)


# --- the whole plan


def test_a_plan_is_named_by_what_it_would_do() -> None:
    assert plan(wish()).digest == plan(wish()).digest
    assert plan(wish()).digest != plan(wish(amount=1)).digest
    assert plan(wish()).digest != plan().digest


def test_the_name_of_a_plan_does_not_depend_on_quickbooks_ids() -> None:
    digests = set()
    for number in ("1", "77"):
        posted = {(QuickBooksKind.INVOICE, number): shown(wish(), number)}
        pushed = {wish().key: recorded(wish(), shown(wish(), number))}
        digests |= {
            (
                plan(wish(amount=1), pushed, posted).digest,
                plan((), pushed, posted).digest,
                plan(wish(), {}, posted).digest,
            )
        }

    assert 1 == len(digests)
    assert 3 == len(set(*digests))


def many(count: int, amount: int = 15000) -> tuple[DesiredEntry, ...]:
    return tuple(wish(f"charge:{n}|invoice", amount) for n in range(count))


@pytest.mark.parametrize(
    ("altered", "waits"), [(0, False), (10, False), (11, False), (20, False), (21, True), (100, True)]
)
def test_a_plan_that_changes_too_much_waits(altered: int, waits: bool) -> None:
    before = many(100)
    made = plan((*many(altered, 1), *before[altered:]), *taken(before))

    assert waits == bool(made.waits)
    assert altered == len(made.changes)


def test_few_changes_never_wait_however_small_the_practice() -> None:
    assert "" == plan((), *taken(many(10))).waits
    assert "" != plan((), *taken(many(11))).waits


def test_a_change_that_is_too_old_waits() -> None:
    limits = Limits(oldest=day("2025-10-01"))

    assert "" == plan(wish(when="2025-10-01"), limits=limits).waits
    assert "2025-09-30" in plan(wish(when="2025-09-30"), limits=limits).waits
    assert "" != plan((), *there(wish(when="2025-09-30")), limits=limits).waits
    assert "" != plan(wish(), *there(wish(when="2025-09-30")), limits=limits).waits


def test_a_first_plan_waits_where_it_should() -> None:
    limits = Limits(first_plan_waits=True)

    assert "first 1 entries" in plan(wish(), limits=limits).waits
    assert "" == plan((), limits=limits).waits
    assert "" == plan((wish(), wish("other")), *there(wish()), limits=limits).waits


def test_an_approval_names_the_plan_and_ends_the_waiting() -> None:
    limits = Limits(first_plan_waits=True)
    made = plan(wish(), limits=limits)
    approved = Decisions(approved=frozenset([made.digest]))

    assert made.waits.endswith(f"approve plan {made.digest}")
    assert "" == plan(wish(), limits=limits, decisions=approved).waits
    assert "" != plan(wish(amount=1), limits=limits, decisions=approved).waits


def test_questions_alone_do_not_wait() -> None:
    assert "" == plan(many(50), taken(many(50))[0], {}).waits


@given(facts=practices(), later=practices())
@settings(max_examples=25)
def test_when_a_plan_was_carried_out_the_next_one_is_empty(facts: tuple[Fact, ...], later: tuple[Fact, ...]) -> None:
    """Whatever the practice was before, writing every change of the plan makes QuickBooks as wished."""
    practice = rules()
    before, after = (
        desired_entries(keep_books(Facts.of(one), practice, day("2026-03-01")), practice, SECRET)
        for one in (facts, later)
    )
    pushed, posted = taken(before.entries)
    made = make_plan(after, pushed, posted, Limits(), rules=practice)
    references = {one.key: one.reference for one in after.entries}
    for change in made.changes:
        if isinstance(change, Create | Update):
            number = change.posted.quickbooks_id if isinstance(change, Update) else f"new {change.desired.key}"
            now = shown(change.desired, number, references)
            pushed[change.desired.key], posted[now.kind, number] = recorded(change.desired, now), now
        elif isinstance(change, Void):
            now = msgspec.structs.replace(change.posted, voided=True, amount=0, digest="voided", effects=())
            posted[now.kind, now.quickbooks_id] = now
            pushed[change.pushed.key] = msgspec.structs.replace(change.pushed, voided=True, posted_digest="voided")
    again = make_plan(after, pushed, posted, Limits(), rules=practice)

    assert [change for change in made.changes if isinstance(change, Hold)] == list(again.changes)
    assert all(change.reason is HoldReason.LINKED for change in again.changes)
