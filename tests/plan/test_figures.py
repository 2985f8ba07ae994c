"""The sums beneath tie-out: ours told from others, accounts brought to QuickBooks' numbers."""

from __future__ import annotations

import msgspec

from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import Policy
from hhs_sync.plan import desired_entries
from hhs_sync.plan.figures import Figures
from tests.plan.entries import SECRET, rules
from tests.plan.mirror import shown, taken
from tests.plan.worked_example import books


def figures(policy: Policy = Policy.ACCRUAL, *, copy: bool = False) -> Figures:
    practice = rules(policy=policy)
    desired = desired_entries(books(), practice, SECRET)
    pushed, posted = taken(desired.entries)
    if copy:
        again = shown(desired.entries[0], "900")
        posted[again.kind, "900"] = again
    return Figures(entries=books().entries, desired=desired, pushed=pushed, posted=posted, rules=practice)


def test_both_receivables_are_one_account_of_quickbooks() -> None:
    made = figures()

    assert made.number(Account.AR_PAYER) == made.number(Account.AR_CLIENT) == "1100"
    assert 12000 == made.by_number(made.books)["1100"]
    assert 12000 == made.by_number(made.wished)["1100"] == made.shown["1100"]


def test_a_copy_of_an_entry_of_ours_is_somebody_elses() -> None:
    made = figures(copy=True)

    assert ["900"] == [one.quickbooks_id for one in made.others]
    assert 15000 == made.shown_others["1100"]


def test_under_cash_only_what_means_the_same_comes_from_the_books() -> None:
    made = figures(Policy.CASH)

    assert made.books[Account.BANK] == made.expected()[Account.BANK] == 100585
    assert -93900 == made.expected()[Account.REVENUE_COMMERCIAL] != made.books[Account.REVENUE_COMMERCIAL]
    assert 0 == made.expected()[Account.AR_CLIENT] != made.books[Account.AR_CLIENT]


def test_an_account_that_the_practice_does_not_map_goes_by_our_own_name() -> None:
    practice = rules()
    bare = type(practice)(practice=practice.practice)
    made = Figures(entries=(), desired=desired_entries(books("0"), practice, SECRET), pushed={}, posted={}, rules=bare)

    assert "Assets:Bank" == made.number(Account.BANK)


def test_what_an_entry_is_apart_by_on_several_accounts_is_one_sum() -> None:
    """An invoice of which 1.00 moved to another income account, and one with 0.50 more of a contractual adjustment."""
    made = figures()
    invoice = made.desired.entries[0].key
    made.ours[invoice] = msgspec.structs.replace(
        made.ours[invoice], effects=(("1100", 15000), ("4010", -14900), ("4030", -100), ("4910", -50), ("1190", 50))
    )

    assert (-100, 100) == tuple(made.differing(frozenset([one]))[0].amount for one in ("4010", "4030"))
    assert () == made.differing(frozenset(["4010", "4030"]))
    assert [(invoice, 50)] == [(one.about, one.amount) for one in made.differing(frozenset(["4010", "4030", "4910"]))]
    assert () == made.differing(frozenset(["6100"]))


def test_what_a_wish_does_to_some_accounts_is_told_of_these_alone() -> None:
    made = figures()
    wish = made.desired.entries[0]

    assert (15000, -15000, 0) == (
        made.wished_on(wish, frozenset(["1100"])),
        made.wished_on(wish, frozenset(["4010"])),
        made.wished_on(wish, frozenset(["1100", "4010"])),
    )


def test_what_is_on_its_way_is_counted_on_each_account() -> None:
    made = figures()
    first, second = (one.key for one in made.desired.entries[:2])
    for key in (first, second):
        del made.ours[key]
    made.on_their_way = frozenset([first, second])

    assert (30000, -30000, 0) == tuple(made.waiting(one) for one in ("1100", "4010", "6100"))
