"""What a person is shown where a plan or a control stops: every field of it, for a wrong one sends people astray."""

from __future__ import annotations

import msgspec
import pytest

from hhs_sync.ledger.entry import EntryKind
from hhs_sync.mapping.rules import Policy
from hhs_sync.plan import make_plan
from hhs_sync.plan.changes import Adopt, Decisions, Hold, HoldReason, Limits, Plan, PostedEntry, PushedEntry, Void
from hhs_sync.plan.controls import control_totals
from hhs_sync.plan.desired import Desired, DesiredEntry, DesiredLink, QuickBooksKind
from hhs_sync.plan.figures import Item
from hhs_sync.plan.privacy import Guard, Roster
from tests.builders import day
from tests.plan.entries import A, HandBooks, entry, line, rules
from tests.plan.mirror import Posted, recorded, shown, taken
from tests.plan.test_compare import deposit, payment, wish
from tests.plan.test_controls import change, control, ground
from tests.plan.worked_example import books, session

CLOSED = Limits(books_closed_through=day("2025-12-07"))
SAYS_CLOSED = "the books are closed through 2025-12-07"


def plan(*wishes: DesiredEntry, pushed: dict[str, PushedEntry], posted: Posted, **how: object) -> Plan:
    return make_plan(Desired(entries=wishes), pushed, posted, how.pop("limits", Limits()), rules=rules(), **how)


def only(pushed: dict[str, PushedEntry], posted: Posted) -> tuple[PushedEntry, PostedEntry]:
    (before,), (there,) = pushed.values(), posted.values()
    return before, there


# --- holds


def test_an_edit_shows_the_wish_what_we_wrote_and_what_is_there() -> None:
    pushed, posted = taken([wish()])
    posted = {place: msgspec.structs.replace(one, digest="edited", voided=True) for place, one in posted.items()}
    before, there = only(pushed, posted)
    hold = Hold(
        key=wish().key, reason=HoldReason.EDITED, amount=15000, desired=wish(), pushed=before, posted=there,
        detail="voided there",
    )  # fmt: skip

    assert (hold,) == plan(wish(), pushed=pushed, posted=posted).changes


def test_a_deletion_shows_what_we_wrote() -> None:
    pushed, posted = taken([wish()])
    before, _ = only(pushed, posted)
    hold = Hold(key=wish().key, reason=HoldReason.DELETED, amount=15000, desired=wish(), pushed=before)

    assert (hold,) == plan(wish(), pushed=pushed, posted={}).changes


def test_closed_books_show_what_would_be_changed_and_since_when_they_are_closed() -> None:
    pushed, posted = taken([wish()])
    before, there = only(pushed, posted)
    new = Hold(key=wish().key, reason=HoldReason.CLOSED, amount=15000, desired=wish(), detail=SAYS_CLOSED)
    other = msgspec.structs.replace(new, amount=1, desired=wish(amount=1), pushed=before, posted=there)
    gone = msgspec.structs.replace(new, desired=None, pushed=before, posted=there)

    assert (new,) == plan(wish(), pushed={}, posted={}, limits=CLOSED).changes
    assert (other,) == plan(wish(amount=1), pushed=pushed, posted=posted, limits=CLOSED).changes
    assert (gone,) == plan(pushed=pushed, posted=posted, limits=CLOSED).changes


def test_a_pause_shows_what_it_is_about() -> None:
    pushed, posted = taken([wish()])
    before, there = only(pushed, posted)
    paused = {wish().key: (HoldReason.REFUSED, "6140 duplicate")}
    hold = Hold(
        key=wish().key, reason=HoldReason.REFUSED, amount=15000, pushed=before, posted=there, detail="6140 duplicate"
    )

    assert (hold,) == plan(pushed=pushed, posted=posted, paused=paused).changes


def test_two_that_bear_one_mark_show_the_first_of_them() -> None:
    one, two = shown(wish(), "1"), shown(wish(), "2")
    hold = Hold(
        key=wish().key, reason=HoldReason.UNCLEAR, amount=15000, desired=wish(), posted=one,
        detail="several entries bear its mark",
    )  # fmt: skip

    assert (hold,) == plan(wish(), pushed={}, posted={(one.kind, "1"): one, (two.kind, "2"): two}).changes


def test_what_bears_our_mark_is_adopted_as_it_is_there() -> None:
    there = shown(wish(), "1")

    assert (Adopt(desired=wish(), posted=there),) == plan(wish(), pushed={}, posted={(there.kind, "1"): there}).changes


def test_every_leak_is_named() -> None:
    guard = Guard(Roster.of(["Doe, Jane"], []), rules(), codes=["K1"])
    leaking = msgspec.structs.replace(wish(), memo="for Jane Doe", payee="Jane Doe")
    (hold,) = plan(leaking, pushed={}, posted={}, guard=guard).changes

    assert {"memo holds a client's name", "payee holds a client's name"} == set(hold.detail.split("; "))


def test_what_rests_on_a_held_entry_and_what_lies_in_a_deposit_say_so() -> None:
    needs = plan(wish(), payment(), pushed={}, posted={}, limits=CLOSED).changes[1]
    pushed, posted = taken((wish(), payment(), deposit(payment().key)))
    (linked,) = plan(wish(), payment(14000), deposit(payment().key), pushed=pushed, posted=posted).changes

    assert (HoldReason.CLOSED, SAYS_CLOSED) == (needs.reason, needs.detail)
    assert (HoldReason.LINKED, "a deposit holds it", 14000) == (linked.reason, linked.detail, linked.amount)
    unlinked = msgspec.structs.replace(wish("j", when="2025-12-31"), needs=(wish().key,))
    assert "an entry that it rests on is not in QuickBooks" == plan(
        wish(), unlinked, pushed={}, posted={}, limits=CLOSED
    ).changes[1].detail  # fmt: skip


def test_a_change_is_as_old_as_the_earliest_day_that_it_touches() -> None:
    pushed, posted = taken([wish(when="2025-12-20")])
    limits = Limits(oldest=day("2025-12-10"))
    earlier = plan(wish(when="2025-12-05"), pushed=pushed, posted=posted, limits=limits)
    later = plan(wish(when="2025-12-25"), pushed=pushed, posted=posted, limits=limits)

    assert f"a change is dated 2025-12-05, before 2025-12-10: approve plan {earlier.digest}" == earlier.waits
    assert "" == later.waits


def test_voids_go_from_deposits_back_to_what_they_held() -> None:
    wishes = (wish(), payment(), deposit(payment().key))
    made = plan(pushed=taken(wishes)[0], posted=taken(wishes)[1])

    assert [QuickBooksKind.DEPOSIT, QuickBooksKind.PAYMENT, QuickBooksKind.INVOICE] == [
        one.pushed.kind for one in made.changes if isinstance(one, Void)
    ]


def test_an_approved_plan_waits_no_more_and_another_does() -> None:
    first = plan(wish(), pushed={}, posted={}, limits=Limits(first_plan_waits=True))
    approved = Decisions(approved=frozenset([first.digest]))

    assert f"these would be the first 1 entries: approve plan {first.digest}" == first.waits
    assert "" == plan(wish(), pushed={}, posted={}, limits=Limits(first_plan_waits=True), decisions=approved).waits
    assert plan(wish(amount=1), pushed={}, posted={}, limits=Limits(first_plan_waits=True), decisions=approved).waits


# --- controls


def test_the_thirteen_have_names() -> None:
    assert [
        "1190 is zero, 1150 as booked", "receivables by customer", "payments to deposit", "card processors' balances",
        "client credits", "recoupments", "suspense", "bank lines", "remittances paid", "income and cost",
        "bridge from accrual to cash", "sessions explained", "entries written",
    ] == [one.name for one in control_totals(ground())]  # fmt: skip


def test_control_1_names_the_movement() -> None:
    made = control(1, spoil=lambda posted: change(posted, QuickBooksKind.CREDIT_MEMO, {"1190": 100}))

    assert "1190 is not zero" in {one.says for one in made.items}
    assert {100} == {one.amount for one in made.items if one.says == "1190 is not zero"}
    assert "claim-payment:remittance/era/1#K1" in {one.about for one in made.items}


def test_control_2_names_the_customers() -> None:
    made = control(2, spoil=lambda posted: change(posted, QuickBooksKind.INVOICE, {}, customer=""))

    assert (
        Item("", -15000, "owes another amount in QuickBooks"),
        Item("K8 Anthem", 15000, "owes another amount in QuickBooks"),
    ) == made.items


def test_control_5_names_the_client() -> None:
    refund = entry(
        "refund:refund/pay/r2", "2025-12-23", EntryKind.REFUND, line(A.CLIENT_CREDIT, "5", None, "x"),
        line(A.BANK, "-5", None, "x"),
    )  # fmt: skip
    made = control(5, msgspec.structs.replace(books(), entries=(*books().entries, refund)))

    assert (Item("", -500, "credit below zero"),) == made.items


def test_control_8_says_what_is_wrong_with_a_bank_line() -> None:
    stray = PostedEntry(
        kind=QuickBooksKind.DEPOSIT, quickbooks_id="900", sync_token="0", reference=None, date=day("2025-12-01"),
        amount=8500, digest="x", effects=(("1000", 8500), ("4010", -8500), ("1001", 0)),
    )  # fmt: skip

    def spoiled(posted: Posted) -> None:
        change(posted, QuickBooksKind.DEPOSIT, {"1000": -100})
        posted[stray.kind, "900"] = stray

    assert (
        Item("deposit:bank_deposit/bank/4321/1", 100, "not told by an entry of this amount"),
        Item("Deposit 900", -8500, "a deposit that is not of our making"),
    ) == control(8, spoil=spoiled).items[:2]


def test_control_9_says_what_the_bank_shows() -> None:
    kept = books("3")
    made = control_totals(msgspec.structs.replace(ground(kept), amounts_paid={"remittance/era/1": 8400}))[8]

    assert (
        Item("deposit:bank_deposit/bank/4321/1", -100, "the bank shows another amount than its remittances"),
    ) == made.items


@pytest.mark.parametrize(
    ("clinician", "about"), [("mk", "Income:Sessions:Commercial mk"), (None, "Income:Sessions:Commercial")]
)
def test_control_10_names_account_and_class(clinician: str | None, about: str) -> None:
    charged = entry(
        "charge:x", "2025-12-01", EntryKind.CHARGE, line(A.AR_PAYER, "150", "ANTH", session("K1"), "mk"),
        line(A.REVENUE_COMMERCIAL, "-150", None, session("K1"), clinician),
    )  # fmt: skip
    kept = HandBooks(entries=(charged,), session_revenue={session("K1"): A.REVENUE_COMMERCIAL})
    there = ground(kept)
    untold = msgspec.structs.replace(there.figures.desired, entries=())
    made = control_totals(ground(kept))[9]
    figures = type(there.figures)(entries=kept.entries, desired=untold, pushed={}, posted={}, rules=rules())
    apart = control_totals(msgspec.structs.replace(there, figures=figures))[9]

    assert made.holds
    assert Item(about, -15000, "class differs") in apart.items


def test_control_13_names_what_is_gone_changed_or_copied() -> None:
    def spoiled(posted: Posted) -> None:
        places = [place for place in posted if place[0] is QuickBooksKind.INVOICE]
        copied = posted[places[2]]
        del posted[places[0]]
        change(posted, QuickBooksKind.INVOICE, {}, amount=100)
        posted[copied.kind, "copy"] = msgspec.structs.replace(copied, quickbooks_id="copy")

    made = control(13, spoil=spoiled)

    assert (
        Item("charge:session/ehr/K8|invoice", 15000, "gone from QuickBooks"),
        Item("charge:session/ehr/K1|invoice", 14900, "another amount in QuickBooks"),
        Item("Invoice copy", -15000, "a copy bears our mark"),
    ) == made.items


def test_under_cash_the_controls_keep_their_numbers_and_names() -> None:
    assert [(7, "suspense"), (8, "bank lines"), (9, "remittances paid"), (10, "income and cost")] == [
        (one.number, one.name) for one in control_totals(ground(policy=Policy.CASH))
    ][:4]


def test_a_link_that_is_held_back_is_one_of_links_and_needs() -> None:
    linked = msgspec.structs.replace(wish("p", when="2025-12-31"), links=(DesiredLink(entry=wish().key, amount=1),))
    made = plan(wish(), linked, pushed={}, posted={}, limits=CLOSED)

    assert [HoldReason.CLOSED, HoldReason.NEEDS] == [one.reason for one in made.changes]


def test_a_recorded_void_is_no_standing_entry() -> None:
    """Two of two standing entries change; the voided ones do not make it few."""
    wishes = tuple(wish(f"charge:{n}|invoice") for n in range(20))
    pushed, posted = taken(wishes)
    voided = wish("charge:v|invoice")
    pushed[voided.key] = recorded(voided, shown(voided, "900"), voided=True)
    changed = tuple(wish(f"charge:{n}|invoice", 1) for n in range(20))

    assert plan(*changed, pushed=pushed, posted=posted).waits.startswith("20 of 20 entries would be changed or voided")
