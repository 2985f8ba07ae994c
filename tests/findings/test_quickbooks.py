"""QBO-01 to QBO-05, and changes that wait (SRC-03): what stands between the plan and QuickBooks."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from hhs_sync.facts.resolution import ClosedPeriod, ResolutionKind
from hhs_sync.findings.finding import Owner, Severity
from hhs_sync.findings.situation import Control, Trouble
from hhs_sync.plan.changes import Create, Hold, HoldReason, Plan, PostedEntry, PushedEntry
from hhs_sync.plan.desired import Desired, DesiredEntry, QuickBooksKind
from tests.builders import bank, day, session
from tests.findings.looking import asked, look, only

WISH = DesiredEntry(
    key="charge:session/ehr/K1|invoice", kind=QuickBooksKind.INVOICE, reference="HHS-X", date=day("2025-10-31"),
    amount=15000, renders=("charge:session/ehr/K1",),
)  # fmt: skip
WROTE = PushedEntry(
    key=WISH.key, kind=WISH.kind, reference="HHS-X", quickbooks_id="7", desired_digest="d", posted_digest="p",
    amount=15000, date=WISH.date,
)  # fmt: skip


def posted(amount: int, **more) -> PostedEntry:
    settings = {"kind": QuickBooksKind.INVOICE, "quickbooks_id": "7", "reference": "HHS-X", **more}
    return PostedEntry(sync_token="1", date=day("2025-10-31"), amount=amount, digest="x", **settings)


def held(reason: HoldReason, **more) -> Plan:
    return Plan(changes=(Hold(key=WISH.key, reason=reason, amount=15000, desired=WISH, **more),))


def test_what_falls_into_a_closed_month_is_one_question_per_month() -> None:
    changes = [
        Hold(key=f"charge:session/ehr/K{n}|invoice", reason=HoldReason.CLOSED, amount=15000, desired=WISH)
        for n in (1, 2)
    ]
    one = only(look(session("K1", "2025-10-30"), today="2025-11-04", plan=Plan(changes=tuple(changes))), "QBO-01")

    assert ("closed/2025-10", 30000, 2, Owner.CPA.value) == (one.subject, one.amount, one.count, one.owner)
    assert ("session/ehr/K1",) == tuple(evidence.fact for evidence in one.evidence)


CLOSED_HERE = ClosedPeriod(
    key="closed_period/decisions/1", through=day("2025-10-31"), by="dana", at=dt.datetime(2025, 11, 4, tzinfo=dt.UTC)
)


@pytest.mark.parametrize(
    ("facts", "hold", "action"),
    [
        ((), {}, "Close the month here through the same day (hhs-sync close)"),
        ((CLOSED_HERE,), {}, "The month was signed with it: ask the accountant to open it"),
        ((), {"pushed": WROTE, "posted": posted(14000)}, "1 of these stands there otherwise: ask the accountant"),
    ],
)
def test_what_helps_in_a_closed_month_is_said(facts: tuple, hold: dict[str, object], action: str) -> None:
    plan = held(HoldReason.CLOSED, **hold)
    one = only(look(session("K1", "2025-10-30"), *facts, today="2025-11-04", plan=plan), "QBO-01")

    assert one.action.startswith(action)


def test_an_answer_that_was_lost_is_the_operators() -> None:
    one = only(look(session("K1", "2025-10-30"), today="2025-11-04", plan=held(HoldReason.UNCLEAR)), "QBO-02")

    assert ("The connection broke while an invoice of 150.00 was being written.", Owner.OPERATOR.value) == (
        one.says, one.owner,
    )  # fmt: skip


def test_a_change_by_hand_shows_both_amounts_and_what_it_concerns() -> None:
    plan = held(HoldReason.EDITED, pushed=WROTE, posted=posted(14000))
    one = only(look(session("K1", "2025-10-30"), today="2025-11-04", plan=plan), "QBO-03")

    assert "Someone changed an invoice in QuickBooks: we wrote 150.00, it shows 140.00 now." == one.says
    assert (1000, f"entry/{WISH.key}") == (one.amount, one.subject)


def test_a_change_of_anything_but_the_amount_has_the_whole_entry_at_stake() -> None:
    plan = held(HoldReason.EDITED, pushed=WROTE, posted=posted(15000))

    assert 15000 == only(look(session("K1", "2025-10-30"), today="2025-11-04", plan=plan), "QBO-03").amount


def test_why_an_edit_cannot_be_put_back_is_told() -> None:
    detail = "it cannot be put back: the deposit that holds it stands as somebody changed it"
    plan = held(HoldReason.EDITED, pushed=WROTE, posted=posted(14000), detail=detail)
    one = only(look(session("K1", "2025-10-30"), today="2025-11-04", plan=plan), "QBO-03")

    assert one.says.endswith(
        "shows 140.00 now. It cannot be put back: the deposit that holds it stands as somebody changed it."
    )


def test_a_deleted_entry_is_asked_about_since_it_was_first_seen() -> None:
    plan = held(HoldReason.DELETED, pushed=WROTE)
    key = f"casco:QBO-03:entry/{WISH.key}"
    found = look(session("K1", "2025-10-30"), today="2025-11-04", plan=plan, first_seen={key: day("2025-11-02")})

    assert (day("2025-11-02"), "Someone deleted an invoice of 150.00 in QuickBooks.") == (
        only(found, "QBO-03").since, only(found, "QBO-03").says,
    )  # fmt: skip
    assert [] == asked(look(session("K1", "2025-10-30"), today="2025-11-04"))


def test_one_refusal_of_many_entries_is_one_question() -> None:
    why = "Account is inactive (620)"
    changes = [
        Hold(key=f"charge:{n}|invoice", reason=HoldReason.REFUSED, amount=100, desired=WISH, detail=why)
        for n in range(5)
    ]  # fmt: skip
    one = only(look(session("K1", "2025-10-30"), today="2025-11-04", plan=Plan(changes=tuple(changes))), "QBO-04")

    assert (500, 5, "QuickBooks refuses 5 entries of 5.00: Account is inactive (620).") == (
        one.amount, one.count, one.says,
    )  # fmt: skip


def test_what_the_turn_found_missing_is_told_as_it_is() -> None:
    trouble = Trouble(code="QBO-04", subject="quickbooks", says="the connection is dead: connect again")

    assert "the connection is dead: connect again" == only(look(today="2025-11-04", troubles=(trouble,)), "QBO-04").says


def test_a_control_that_fails_is_critical_unless_the_rest_is_on_its_way() -> None:
    off = Control(name="2. receivables", told=10000, computed=15000, details=(("K7F3Q", -5000),))
    waits = Control(name="2. receivables", told=10000, computed=15000, waiting=-5000)

    one = only(look(today="2025-11-04", controls=(off,)), "QBO-05")
    assert (5000, Severity.CRITICAL) == (one.amount, one.severity)
    assert "2. receivables does not tie: 100.00 against 150.00 (K7F3Q -50.00)." == one.says
    assert [] == asked(look(today="2025-11-04", controls=(waits,)))


def test_a_deposit_typed_in_beside_ours_is_a_double() -> None:
    ours = DesiredEntry(
        key="deposit:x|deposit", kind=QuickBooksKind.DEPOSIT, reference="HHS-Y", date=day("2025-11-14"), amount=8500
    )
    typed = posted(8500, kind=QuickBooksKind.DEPOSIT, quickbooks_id="9", reference=None)
    typed = PostedEntry(
        kind=QuickBooksKind.DEPOSIT, quickbooks_id="9", sync_token="0", reference=None, date=day("2025-11-15"),
        amount=8500, digest="y",
    )  # fmt: skip
    line, second = bank("1", "2025-11-14", "85.00"), bank("2", "2025-11-14", "85.00")
    settings = {"today": "2025-11-17", "desired": Desired(entries=(ours,)), "posted": (typed,)}

    assert "double/9" == only(look(line, **settings), "QBO-05").subject
    assert [] == asked(look(line, second, **settings)), "two bank lines of that amount: two deposits may be right"


@pytest.mark.parametrize(
    ("was", "says", "at_stake"),
    [
        ({"amount": 14000}, "140.00 should become 150.00", 1000),
        ({"date": day("2025-10-24")}, "150.00 should be dated 2025-10-31", 15000),
        ({}, "150.00 should bear another customer or account", 15000),
    ],
)
def test_a_change_of_what_lies_in_a_deposit_says_what_becomes_of_it_and_how_it_is_let_through(
    was: dict[str, object], says: str, at_stake: int
) -> None:
    wrote = msgspec.structs.replace(WROTE, **was)
    linked = held(HoldReason.LINKED, pushed=wrote, detail="a deposit holds it")
    one = only(look(session("K1", "2025-10-30"), today="2025-11-04", plan=linked), "SRC-03")

    assert (f"An invoice of {says}, but a deposit holds it.", at_stake) == (one.says, one.amount)
    assert ResolutionKind.RESTORE_EDIT in one.answers
    assert ResolutionKind.APPROVE_PLAN not in one.answers
    assert "--restore-edit" in one.action


def test_a_plan_that_is_too_large_waits_for_a_person() -> None:
    large = Plan(changes=(Create(desired=WISH),), digest="abc", waits="these would be the first 1 entries")

    waits = only(look(session("K1", "2025-10-30"), today="2025-11-04", plan=large), "SRC-03")
    assert ("plan", (("abc",),)) == (waits.subject, tuple(candidate.targets for candidate in waits.candidates))
    assert ResolutionKind.APPROVE_PLAN in waits.answers


def test_an_entry_that_only_waits_for_another_one_asks_nothing_of_its_own() -> None:
    assert [] == asked(look(session("K1", "2025-10-30"), today="2025-11-04", plan=held(HoldReason.NEEDS)))
