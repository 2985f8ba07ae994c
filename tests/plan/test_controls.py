"""The thirteen controls: each holds on the worked example, and each fails on the fault that it is there for."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from hhs_sync.ledger.entry import EntryKind
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import Policy, Shape
from hhs_sync.plan import desired_entries
from hhs_sync.plan.changes import PostedEntry
from hhs_sync.plan.controls import CONTROLS, Control, Ground, control_totals
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.plan.figures import Figures, Item
from hhs_sync.receivables.open_items import OpenItem
from tests.builders import day
from tests.plan.entries import SECRET, A, HandBooks, entry, line, rules
from tests.plan.mirror import Posted, shown, taken
from tests.plan.worked_example import books, session

ITEMS = tuple(
    OpenItem(session(name), Account.AR_CLIENT, f"c-{name}", amount, day("2025-12-01"), day("2025-12-01"))
    for name, amount in [("K4", 2500), ("K5", 2500), ("K6", 1000), ("K7", 2500), ("K8", 2500), ("K13", 1000)]
)
PAID = {
    f"remittance/era/{name}": amount
    for name, amount in [
        ("1", 8500), ("2", 0), ("4", 8500), ("5", 7500), ("6", 8500), ("11", 9408), ("13", 8500), ("7", 1500), ("8", 0),
        ("12", 2400), ("14", 0), ("10", 8628), ("9", 8500),
    ]
}  # fmt: skip


def ground(
    kept: HandBooks | None = None,
    policy: Policy = Policy.ACCRUAL,
    spoil: Callable[[Posted], object] | None = None,
    shape: Shape = Shape.CODED,
    items: tuple[OpenItem, ...] | None = ITEMS,
) -> Ground:
    practice, kept = rules(shape, policy), kept or books()
    desired = desired_entries(kept, practice, SECRET)
    pushed, posted = taken(desired.entries)
    if spoil:
        spoil(posted)
    figures = Figures(entries=kept.entries, desired=desired, pushed=pushed, posted=posted, rules=practice)
    return Ground(kept, figures, PAID, items)


def control(number: int, *how: object, **more: object) -> Control:
    made = CONTROLS[number - 1](ground(*how, **more))
    assert made is not None
    assert number == made.number
    return made


def change(posted: Posted, kind: QuickBooksKind, effects: dict[str, int], number: int = 0, **more: object) -> None:
    """A person's hand on the first entry of a kind."""
    place = [place for place in posted if place[0] is kind][number]
    sums = dict(posted[place].effects)
    for account, amount in effects.items():
        sums[account] = sums.get(account, 0) + amount
    posted[place] = msgspec.structs.replace(posted[place], effects=tuple(sums.items()), **more)


@pytest.mark.parametrize("shape", Shape)
def test_all_thirteen_hold_under_full_receivables(shape: Shape) -> None:
    made = control_totals(ground(shape=shape))

    assert list(range(1, 14)) == [one.number for one in made]
    assert [] == [one for one in made if not one.holds]


def test_the_cash_policy_knows_those_that_are_not_about_receivables() -> None:
    made = control_totals(ground(policy=Policy.CASH))

    assert [7, 8, 9, 10, 12, 13] == [one.number for one in made]
    assert [] == [one for one in made if not one.holds]


def test_controls_without_their_data_are_left_out() -> None:
    bare = ground()
    made = control_totals(Ground(bare.books, bare.figures))

    assert {9, 12}.isdisjoint(one.number for one in made)


def test_1_sees_a_movement_that_was_told_in_part() -> None:
    def lost(posted: Posted) -> None:
        del posted[next(place for place, one in posted.items() if ("1190", -2500) in one.effects)]

    made = control(1, spoil=lost)

    assert -2500 == made.difference
    assert "claim-payment:remittance/era/1#K1" in {one.about for one in made.items}


def test_1_sees_two_faults_that_cancel_out() -> None:
    def crossed(posted: Posted) -> None:
        change(posted, QuickBooksKind.CREDIT_MEMO, {"1190": 100})
        change(posted, QuickBooksKind.CREDIT_MEMO, {"1190": -100}, 1)

    made = control(1, spoil=crossed)

    assert 0 == made.difference
    assert not made.holds


def test_2_sees_a_debt_that_moved_to_another_customer() -> None:
    made = control(2, spoil=lambda posted: change(posted, QuickBooksKind.INVOICE, {}, customer="Somebody"))

    assert 0 == made.difference
    assert {("K8 Anthem", 15000), ("Somebody", -15000)} == {(one.about, one.amount) for one in made.items}


def test_2_knows_whose_debt_a_journal_entry_restores() -> None:
    dispute = entry(
        "dispute:dispute/1", "2025-12-22", EntryKind.DISPUTE, line(A.CARD_STRIPE, "-100", "c-K2", "dispute/1"),
        line(A.AR_CLIENT, "100", "c-K2", session("K2"), "mk"),
    )  # fmt: skip
    kept = msgspec.structs.replace(books("0"), entries=(*books("0").entries, dispute))

    assert control(2, kept).holds


@pytest.mark.parametrize(
    ("number", "account", "other"),
    [(3, "1200", "1000"), (4, "1210", "6100"), (5, "2200", "1000"), (6, "2300", "1000"), (7, "2400", "1000")],
)
def test_3_to_7_see_an_amount_that_was_changed(number: int, account: str, other: str) -> None:
    def moved(posted: Posted) -> None:
        place = next(place for place, one in posted.items() if any(touched == account for touched, _ in one.effects))
        kind = [one for one in posted if one[0] is place[0]]
        change(posted, place[0], {account: 100, other: -100}, kind.index(place))

    made = control(number, spoil=moved)

    assert -100 == made.difference
    assert 1 == len(made.items)


def test_5_sees_a_credit_below_zero() -> None:
    refund = entry(
        "refund:refund/pay/r2", "2025-12-23", EntryKind.REFUND, line(A.CLIENT_CREDIT, "5", "c-K2", "x"),
        line(A.BANK, "-5", "c-K2", "x"),
    )  # fmt: skip
    kept = msgspec.structs.replace(books(), entries=(*books().entries, refund))
    made = control(5, kept)

    assert 0 == made.difference
    assert [("c-K2", -500)] == [(one.about, one.amount) for one in made.items]


def test_8_sees_a_bank_line_that_nothing_tells_and_a_deposit_of_somebody_else() -> None:
    stray = PostedEntry(
        kind=QuickBooksKind.DEPOSIT, quickbooks_id="900", sync_token="0", reference=None, date=day("2025-12-01"),
        amount=8500, digest="x", effects=(("1000", 8500), ("4010", -8500)),
    )  # fmt: skip

    def spoiled(posted: Posted) -> None:
        del posted[next(place for place in posted if place[0] is QuickBooksKind.DEPOSIT)]
        posted[stray.kind, "900"] = stray

    made = control(8, spoil=spoiled)

    assert {
        ("deposit:bank_deposit/bank/4321/1", 8500, "not told by an entry of this amount"),
        ("Deposit 900", -8500, "a deposit that is not of our making"),
    } <= {(one.about, one.amount, one.says) for one in made.items}
    assert [] == [one for one in made.items if not one.amount]


def test_8_looks_on_after_a_line_that_came_to_nothing() -> None:
    nothing = entry("deposit:b0", "2025-11-01", EntryKind.CORRECTION, line(A.BANK, "85"), line(A.BANK, "-85"))
    untold = entry("deposit:b1", "2025-11-02", EntryKind.BANK_SUSPENSE, line(A.BANK, "60"), line(A.SUSPENSE, "-60"))
    kept = HandBooks(entries=(nothing, untold))
    whole = ground(kept)
    whole.figures.ours.clear()
    made = CONTROLS[7](whole)

    assert made is not None
    assert [("deposit:b1", 6000)] == [(one.about, one.amount) for one in made.items]


def test_9_sees_a_bank_line_that_is_not_what_its_remittances_paid() -> None:
    kept = books("3")
    wrong = Ground(kept, ground(kept).figures, {"remittance/era/1": 8400})
    made = CONTROLS[8](wrong)

    assert made is not None
    assert -100 == made.difference
    assert ["deposit:bank_deposit/bank/4321/1"] == [one.about for one in made.items]


def test_9_counts_what_is_still_on_its_way() -> None:
    kept = books("3")
    unbanked = msgspec.structs.replace(kept, entries=tuple(one for one in kept.entries if not one.amount_on(A.BANK)))
    made = CONTROLS[8](Ground(unbanked, ground(unbanked).figures, {"remittance/era/1": 8500}))

    assert made is not None
    assert made.holds
    assert 8500 == made.found


def test_9_takes_a_deposit_for_what_a_later_correction_says_it_was() -> None:
    """After a close: the money of the first line was not that of the remittance, which came with another line."""
    first = entry("deposit:b1", "2025-11-20", EntryKind.REMITTANCE_DEPOSIT, line(A.BANK, "85"), line(A.SUSPENSE, "-85"),
                  facts=("b1", "remittance/era/1"))  # fmt: skip
    other = entry("correction:2025-12-01:deposit:b1", "2025-12-01", EntryKind.BANK_CORRECTION, line(A.SUSPENSE, "85"),
                  line(A.SUSPENSE, "-85"), facts=("b1",))  # fmt: skip
    second = entry("deposit:b2", "2025-12-01", EntryKind.REMITTANCE_DEPOSIT, line(A.BANK, "85"),
                   line(A.SUSPENSE, "-85"), facts=("b2", "remittance/era/1"))  # fmt: skip
    kept = HandBooks(entries=(first, other, second))
    made = CONTROLS[8](Ground(kept, ground(kept).figures, {"remittance/era/1": 8500}))

    assert made is not None
    assert (True, 8500) == (made.holds, made.found)


def test_9_looks_on_after_a_line_that_was_taken_back() -> None:
    lines = [
        entry(f"deposit:b{number}", "2025-11-20", EntryKind.REMITTANCE_DEPOSIT, *amounts,
              facts=(f"b{number}", f"remittance/era/{number}"))
        for number, amounts in (
            (1, (line(A.BANK, "85"), line(A.BANK, "-85"))), (2, (line(A.BANK, "84"), line(A.SUSPENSE, "-84"))),
        )
    ]  # fmt: skip
    kept = HandBooks(entries=tuple(lines))
    made = CONTROLS[8](Ground(kept, ground(kept).figures, {"remittance/era/1": 0, "remittance/era/2": 8500}))

    assert made is not None
    assert [("deposit:b2", 100)] == [(one.about, one.amount) for one in made.items]


def test_9_leaves_out_a_line_that_was_signed_and_taken_back_after_the_close() -> None:
    told = entry("deposit:b1", "2025-11-20", EntryKind.REMITTANCE_DEPOSIT, line(A.BANK, "85"), line(A.SUSPENSE, "-85"),
                 facts=("b1", "remittance/era/1"))  # fmt: skip
    back = entry("opposite:2025-12-01:deposit:b1", "2025-12-01", EntryKind.CORRECTION, line(A.BANK, "-85"),
                 line(A.SUSPENSE, "85"), facts=("b1", "remittance/era/1"))  # fmt: skip
    kept = HandBooks(entries=(told, back))
    made = CONTROLS[8](Ground(kept, ground(kept).figures, {"remittance/era/1": 8500}))

    assert made is not None
    assert (True, 8500) == (made.holds, made.found)


def test_10_sees_income_on_another_account() -> None:
    made = control(10, spoil=lambda posted: change(posted, QuickBooksKind.INVOICE, {"4010": 100, "1100": -100}))

    assert -100 == made.difference
    assert ["charge:session/ehr/K8|invoice"] == [one.about for one in made.items]


def test_10_sees_income_under_another_clinician() -> None:
    whole = ground()
    other = tuple(
        msgspec.structs.replace(
            one, lines=tuple(msgspec.structs.replace(x, clinician="ro") if x.clinician else x for x in one.lines)
        )
        if one.key == "charge:session/ehr/K8|invoice"
        else one
        for one in whole.figures.desired.entries
    )
    whole.figures.desired = msgspec.structs.replace(whole.figures.desired, entries=other)
    made = CONTROLS[9](whole)

    assert made is not None
    assert 0 == made.difference
    assert {-15000, 15000} == {one.amount for one in made.items}


def test_11_is_what_is_owed_and_on_its_way() -> None:
    """Accrual net income 1,125.85 less cash net income 1,005.85 is the closing receivable of 120.00."""
    made = control(11)

    assert (12000, 12000) == (made.expected, made.found)


def test_11_names_the_bank_line_that_the_deposit_summaries_do_not_tell() -> None:
    whole = ground()
    left_out = "deposit:bank_deposit/bank/4321/slip1"
    kept = msgspec.structs.replace(books(), entries=tuple(one for one in books().entries if one.key != left_out))
    made = CONTROLS[10](Ground(kept, whole.figures, PAID, ITEMS))

    assert made is not None
    assert (-13000, [(left_out, 13000)]) == (made.difference, [(one.about, one.amount) for one in made.items])


def test_11_names_a_bank_line_of_another_amount_by_what_it_is_apart() -> None:
    """The books say 15.00 more than the summaries that follow from them tell: only that line is named."""
    kept = books()
    more = tuple(
        msgspec.structs.replace(one, lines=(*one.lines, line(A.BANK, "15"), line(A.SUSPENSE, "-15")))
        if one.key == "deposit:bank_deposit/bank/4321/slip1"
        else one
        for one in kept.entries
    )
    made = CONTROLS[10](Ground(kept, ground(msgspec.structs.replace(kept, entries=more)).figures, PAID, ITEMS))

    assert made is not None
    assert [("deposit:bank_deposit/bank/4321/slip1", 1500, "another amount in the deposit summaries")] == [
        (one.about, one.amount, one.says) for one in made.items
    ]


def test_12_sees_a_session_that_its_open_items_do_not_explain() -> None:
    made = control(12, items=ITEMS[1:])

    assert 2500 == made.difference
    assert [Item(session("K4"), 2500, "open items do not explain it")] == list(made.items)


def test_12_sees_an_open_item_that_nothing_was_charged_for() -> None:
    stranger = OpenItem("session/ehr/X", Account.AR_CLIENT, "c-X", 700, day("2025-12-01"), day("2025-12-01"))
    made = control(12, items=(*ITEMS, stranger))

    assert [("session/ehr/X", -700)] == [(one.about, one.amount) for one in made.items]


def test_13_sees_deletions_edits_and_copies() -> None:
    def spoiled(posted: Posted) -> None:
        del posted[next(place for place in posted if place[0] is QuickBooksKind.TRANSFER)]
        change(posted, QuickBooksKind.PURCHASE, {}, amount=999)
        wish = desired_entries(books(), rules(), SECRET).entries[0]
        posted[wish.kind, "900"] = shown(wish, "900")

    made = control(13, spoil=spoiled)

    assert ["a copy bears our mark", "another amount in QuickBooks", "gone from QuickBooks"] == sorted(
        one.says for one in made.items
    )


@pytest.mark.parametrize("voided", [True, False])
def test_13_does_not_miss_what_a_person_took_back_before_we_did(*, voided: bool) -> None:
    whole = ground()
    key = next(one.key for one in whole.figures.desired.entries if one.kind is QuickBooksKind.TRANSFER)
    left = tuple(one for one in whole.figures.desired.entries if one.key != key)
    whole.figures.desired = msgspec.structs.replace(whole.figures.desired, entries=left)
    there = whole.figures.ours.pop(key)
    if voided:
        whole.figures.ours[key] = msgspec.structs.replace(there, amount=0, voided=True)
    made = CONTROLS[12](whole)

    assert made is not None
    assert made.holds


def test_13_looks_on_after_what_was_voided_and_says_by_how_much_an_entry_is_apart() -> None:
    whole = ground()
    pushed = dict(whole.figures.pushed)
    first, *_, last = pushed
    pushed[first] = msgspec.structs.replace(pushed[first], voided=True)
    whole.figures.pushed = pushed
    del whole.figures.ours[first]
    whole.figures.ours[last] = msgspec.structs.replace(whole.figures.ours[last], amount=pushed[last].amount - 700)
    made = CONTROLS[12](whole)

    assert made is not None
    assert [Item(last, 700, "another amount in QuickBooks")] == list(made.items)


def test_13_sees_what_was_voided_and_stands_again() -> None:
    whole = ground()
    pushed = dict(whole.figures.pushed)
    first = next(iter(pushed))
    pushed[first] = msgspec.structs.replace(pushed[first], voided=True)
    whole.figures.pushed = pushed
    made = CONTROLS[12](whole)

    assert made is not None
    assert [(first, -pushed[first].amount)] == [(one.about, one.amount) for one in made.items]


def test_13_does_not_count_customers_or_what_was_voided() -> None:
    whole = ground()
    pushed = dict(whole.figures.pushed)
    key = "charge:session/ehr/K8|invoice"
    voided = msgspec.structs.replace(pushed[key], voided=True)
    pushed[key] = voided
    pushed["customer:K1"] = msgspec.structs.replace(
        voided, key="customer:K1", kind=QuickBooksKind.CUSTOMER, voided=False
    )
    whole.figures.pushed = pushed
    whole.figures.ours[key] = msgspec.structs.replace(whole.figures.ours[key], amount=0, voided=True)
    made = CONTROLS[12](whole)

    assert made is not None
    assert made.holds
