"""A receipt that a person changed and that lies in a deposit: the deposit lets go of it, and takes it up again."""

from __future__ import annotations

import msgspec

from hhs_sync.plan import make_plan
from hhs_sync.plan.changes import Create, Decisions, Hold, Limits, Plan, PushedEntry, Update
from hhs_sync.plan.desired import CustomerName, Desired, DesiredEntry, DesiredLine, DesiredLink, QuickBooksKind
from hhs_sync.plan.references import References
from tests.builders import day
from tests.plan.entries import SECRET, A, rules
from tests.plan.mirror import Posted, recorded, shown, taken

REFERENCES = References(SECRET)
ANTHEM = CustomerName("Anthem", "")
BOTH = Decisions(restored=frozenset(["payment:1", "payment:2"]))
FIRST = Decisions(restored=frozenset(["payment:1"]))


def payment(number: int, amount: int, waits_in: A = A.PAYER_CLEARING) -> DesiredEntry:
    key = f"payment:{number}"
    return DesiredEntry(
        key=key, kind=QuickBooksKind.PAYMENT, reference=REFERENCES.of(key), date=day("2025-12-07"), customer=ANTHEM,
        amount=amount, deposit_to=waits_in, effects=((waits_in, amount), (A.AR_PAYER, -amount)),
    )  # fmt: skip


def deposit(when: str = "2025-12-09") -> DesiredEntry:
    """100.00 at the bank: 60.00 and 45.00 that came, less 5.00 that the payer kept."""
    return DesiredEntry(
        key="deposit:1", kind=QuickBooksKind.DEPOSIT, reference=REFERENCES.of("deposit:1"), date=day(when),
        amount=10000, deposit_to=A.BANK, lines=(DesiredLine(account=A.RECOUPMENT, amount=-500),),
        links=(DesiredLink(entry="payment:1", amount=6000), DesiredLink(entry="payment:2", amount=4500)),
        effects=((A.BANK, 10000), (A.PAYER_CLEARING, -6000), (A.UNDEPOSITED, -4500), (A.RECOUPMENT, 500)),
    )  # fmt: skip


WISHES = (payment(1, 6000), payment(2, 4500, A.UNDEPOSITED), deposit())
APART = (DesiredLine(account=A.RECOUPMENT, amount=-500), DesiredLine(account=A.IN_TRANSIT, amount=6000))


def edited(*keys: str) -> tuple[dict[str, PushedEntry], Posted]:
    """All three in QuickBooks, some of them as a person left them."""
    pushed, posted = taken(WISHES)
    for key in keys:
        place = pushed[key].kind, pushed[key].quickbooks_id
        posted[place] = msgspec.structs.replace(posted[place], digest="by hand", content_digest="else")
    return pushed, posted


def plan(pushed: dict[str, PushedEntry], posted: Posted, decisions: Decisions, **how: object) -> Plan:
    limits = Limits(**how)
    return make_plan(Desired(entries=WISHES), pushed, posted, limits, rules=rules(), decisions=decisions)


def carry_out(made: Plan, pushed: dict[str, PushedEntry], posted: Posted) -> None:
    for change in made.changes:
        if isinstance(change, Create | Update):
            now = shown(change.desired, pushed[change.desired.key].quickbooks_id)
            pushed[change.desired.key], posted[now.kind, now.quickbooks_id] = recorded(change.desired, now), now


def names(made: Plan) -> list[str]:
    return [
        f"Hold {change.reason.name} {change.key}"
        if isinstance(change, Hold)
        else f"{type(change).__name__} {change.desired.key}"
        for change in made.changes
    ]


def test_the_deposit_lets_go_first_and_takes_the_receipt_up_again() -> None:
    pushed, posted = edited("payment:1")

    apart = plan(pushed, posted, FIRST)
    carry_out(apart, pushed, posted)
    together = plan(pushed, posted, FIRST)
    carry_out(together, pushed, posted)

    assert ["Hold NEEDS payment:1", "Update deposit:1"] == names(apart)
    assert ["Update payment:1", "Update deposit:1"] == names(together)
    assert WISHES[0] == together.changes[0].desired
    assert WISHES[2] == together.changes[1].desired
    assert () == plan(pushed, posted, FIRST).changes


def test_while_it_is_let_go_the_bank_stays_as_it_is_and_the_receipt_waits_once_more() -> None:
    let_go = plan(*edited("payment:1"), FIRST).changes[1].desired

    assert 10000 == let_go.amount == sum(one.amount for one in (*let_go.lines, *let_go.links))
    assert APART == let_go.lines
    assert (DesiredLink(entry="payment:2", amount=4500),) == let_go.links
    assert (*WISHES[2].effects, (A.PAYER_CLEARING, 6000), (A.IN_TRANSIT, -6000)) == let_go.effects


def test_two_receipts_of_one_deposit_are_let_go_together() -> None:
    pushed, posted = edited("payment:1", "payment:2")

    apart = plan(pushed, posted, BOTH)
    carry_out(apart, pushed, posted)

    assert (*APART, DesiredLine(account=A.IN_TRANSIT, amount=4500)) == apart.changes[2].desired.lines
    assert ["Update payment:1", "Update payment:2", "Update deposit:1"] == names(plan(pushed, posted, BOTH))


def test_a_second_answer_in_between_begins_anew_and_ends_well() -> None:
    pushed, posted = edited("payment:1", "payment:2")
    carry_out(plan(pushed, posted, FIRST), pushed, posted)

    rounds = []
    for _ in range(3):
        made = plan(pushed, posted, BOTH)
        rounds.append(names(made))
        carry_out(made, pushed, posted)

    assert ["Hold NEEDS payment:1", "Hold NEEDS payment:2", "Update deposit:1"] == rounds[0]
    assert [] == rounds[2]


def test_a_deposit_lets_go_of_nothing_that_nobody_answered() -> None:
    assert ["Hold EDITED payment:1"] == names(plan(*edited("payment:1"), Decisions()))


def test_a_receipt_that_is_as_we_left_it_stays_in_its_deposit() -> None:
    assert [] == names(plan(*taken(WISHES), FIRST))


def test_an_edit_that_was_adopted_stays_and_so_does_its_deposit() -> None:
    adopted = Decisions(adopted=frozenset(["payment:1"]))

    assert [] == names(plan(*edited("payment:1"), adopted))


def test_a_deposit_that_was_changed_too_waits_for_its_own_answer() -> None:
    """Nothing is written until somebody says what becomes of the deposit; restored, both are as we wish."""
    pushed, posted = edited("payment:1", "deposit:1")

    assert ["Hold NEEDS payment:1", "Hold EDITED deposit:1"] == names(plan(pushed, posted, FIRST))

    both = Decisions(restored=frozenset(["payment:1", "deposit:1"]))
    for _ in range(2):
        carry_out(plan(pushed, posted, both), pushed, posted)
    assert [] == names(plan(pushed, posted, both))


def test_where_the_deposit_stands_as_somebody_changed_it_the_question_is_asked_again() -> None:
    decided = Decisions(restored=frozenset(["payment:1"]), adopted=frozenset(["deposit:1"]))
    made = plan(*edited("payment:1", "deposit:1"), decided)

    assert ["Hold EDITED payment:1"] == names(made)
    assert "it cannot be put back: the deposit that holds it stands as somebody changed it" == made.changes[0].detail


def test_a_deposit_in_closed_books_lets_go_of_nothing() -> None:
    """The bank was quicker than the remittance: its day is closed, the payment's is not."""
    pushed, posted = taken((*WISHES[:2], deposit("2025-11-28")))
    place = QuickBooksKind.PAYMENT, pushed["payment:1"].quickbooks_id
    posted[place] = msgspec.structs.replace(posted[place], digest="by hand", content_digest="else")
    wishes = Desired(entries=(*WISHES[:2], deposit("2025-11-28")))
    limits = Limits(books_closed_through=day("2025-11-30"))
    made = make_plan(wishes, pushed, posted, limits, rules=rules(), decisions=FIRST)

    assert ["Hold NEEDS payment:1", "Hold CLOSED deposit:1"] == names(made)
