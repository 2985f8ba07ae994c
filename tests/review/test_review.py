"""One look at a practice, and the record that is kept of it."""

from __future__ import annotations

import msgspec

from hhs_sync.facts.current import Facts
from hhs_sync.facts.resolution import ClientCode, ResolutionKind
from hhs_sync.findings.finding import FindingState
from hhs_sync.mapping.rules import Policy, Shape
from hhs_sync.plan.changes import Hold, HoldReason
from hhs_sync.review import Review, read_record, review, write_record
from tests.builders import bank, claim, client_payment, day, decide, remittance, remittance_key, session, session_key
from tests.plan.entries import SECRET, rules
from tests.plan.mirror import taken
from tests.test_worked_example import STEPS

SESSION = session("K1", "2025-11-03")
PAID = remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 40, PR-3 25"))
BANKED = bank("1", "2025-11-14", "85.00", "ACH ANTHEM TRACE1")
RULES = rules(Shape.PAYER_BATCH)


def look(*facts, today: str = "2025-11-17", pushed=None, posted=None, practice=RULES, **more) -> Review:
    return review(Facts.of(facts), practice, pushed or {}, posted or {}, day(today), SECRET, **more)


def worked_example():
    codes = [
        ClientCode(key=f"client_code/decisions/{n}", client=f"c-K{n}", code=f"CODE{n}") for n in range(1, 14)
    ]  # fmt: skip
    return [*codes, *(fact for step in STEPS for fact in step[1])]


def test_the_same_arguments_give_the_same_review() -> None:
    assert look(SESSION, PAID, BANKED) == look(SESSION, PAID, BANKED)


def test_before_anything_is_written_nothing_ties_and_nobody_is_asked_why() -> None:
    seen = look(SESSION, PAID, BANKED)

    assert (False, None) == (seen.record.tied, seen.record.tied_on)
    assert "QBO-05" not in {one.code for one in seen.findings}
    assert all(one.difference == one.waiting for one in seen.record.accounts)


def test_once_everything_is_written_all_ties_under_both_policies() -> None:
    for policy in Policy:
        practice = rules(Shape.CODED, policy)
        first = look(*worked_example(), today="2025-12-31", practice=practice)
        pushed, posted = taken(first.desired.entries)
        seen = look(*worked_example(), today="2025-12-31", pushed=pushed, posted=posted, practice=practice)

        assert ((), True, day("2025-12-31")) == (seen.plan.changes, seen.record.tied, seen.record.tied_on), policy
        assert [] == [one.name for one in seen.controls if one.difference], policy


def test_an_edit_by_hand_is_one_question_and_not_also_a_total_that_fails() -> None:
    first = look(SESSION, PAID, BANKED)
    pushed, posted = taken(first.desired.entries)
    place, entry = next((place, one) for place, one in posted.items() if place[0].value == "Invoice")
    edited = msgspec.structs.replace(
        entry, amount=1, digest="edited", content_digest="", effects=tuple((number, 0) for number, _ in entry.effects)
    )
    seen = look(SESSION, PAID, BANKED, pushed=pushed, posted={**posted, place: edited})

    assert {"QBO-03"} == {one.code for one in seen.findings if one.group == "QBO"}
    assert not seen.record.tied


def test_an_entry_that_nobody_accounts_for_fails_a_total() -> None:
    first = look(SESSION, PAID, BANKED)
    pushed, posted = taken(first.desired.entries)
    place, entry = next(iter(posted.items()))
    wrong = msgspec.structs.replace(entry, effects=tuple((number, amount * 2) for number, amount in entry.effects))
    seen = look(SESSION, PAID, BANKED, pushed=pushed, posted={**posted, place: wrong})

    assert "QBO-05" in {one.code for one in seen.findings}, "its digest is as we wrote it, its figures are not"


def test_decisions_about_quickbooks_reach_the_plan() -> None:
    first = look(SESSION, PAID, BANKED)
    pushed, posted = taken(first.desired.entries)
    place, entry = next((place, one) for place, one in posted.items() if place[0].value == "Invoice")
    edited = {**posted, place: msgspec.structs.replace(entry, amount=1, digest="edited", content_digest="")}
    (held,) = [
        one for one in look(SESSION, PAID, BANKED, pushed=pushed, posted=edited).plan.changes if isinstance(one, Hold)
    ]

    adopted = decide("1", ResolutionKind.ADOPT_EDIT, held.key, "2025-11-17")
    restored = decide("1", ResolutionKind.RESTORE_EDIT, held.key, "2025-11-17")
    assert () == look(SESSION, PAID, BANKED, adopted, pushed=pushed, posted=edited).plan.changes
    (change,) = look(SESSION, PAID, BANKED, restored, pushed=pushed, posted=edited).plan.changes
    assert not isinstance(change, Hold)


def test_what_may_not_be_tried_is_held_with_its_words() -> None:
    wish = look(SESSION).desired.entries[0]
    seen = look(SESSION, paused={wish.key: (HoldReason.REFUSED, "Account is inactive (620)")})

    assert "QuickBooks refuses 1 entry of 150.00: Account is inactive (620)." in [one.says for one in seen.findings]


def test_a_record_is_json_both_ways_and_an_older_one_is_dropped() -> None:
    record = look(SESSION, PAID, BANKED, client_payment("ch", "2025-11-05", "12.00")).record

    assert record == read_record(write_record(record))
    assert read_record(None) is None
    assert read_record(b"{}") is None
    assert read_record(write_record(msgspec.structs.replace(record, version=0))) is None


def test_what_went_away_is_told_with_the_rule_or_the_person() -> None:
    unpaid = look(SESSION, today="2025-12-04")
    assert "BIL-04" in {one.code for one in unpaid.findings}
    paid = look(SESSION, PAID, BANKED, today="2025-12-05", previous=unpaid.record)
    assert ["rule: a remittance names the claim"] == [
        one.closed_by for one in paid.record.cleared if one.code == "BIL-04"
    ]

    unbilled = session("K2", "2025-11-03", claim_number=None)
    before = look(unbilled, today="2025-11-10")
    decision = decide("1", ResolutionKind.DO_NOT_BILL, session_key("K2"), "2025-11-11", reason="supervision")
    after = look(unbilled, decision, today="2025-11-11", previous=before.record)
    assert [("BIL-01", "dana: do not bill, supervision", day("2025-11-11"))] == [
        (one.code, one.closed_by, one.closed_on) for one in after.record.cleared if one.code != "SRC-04"
    ]


def test_what_went_away_is_listed_for_a_week_and_not_when_it_is_back() -> None:
    before = look(SESSION, today="2025-12-04")
    gone = look(SESSION, PAID, BANKED, today="2025-12-05", previous=before.record)

    def cleared(today: str, *facts) -> list[str]:
        return [one.code for one in look(*facts, today=today, previous=gone.record).record.cleared]

    assert "BIL-04" in cleared("2025-12-12", SESSION, PAID, BANKED)
    assert "BIL-04" not in cleared("2025-12-13", SESSION, PAID, BANKED)
    assert "BIL-04" not in cleared("2025-12-06", SESSION)


def test_an_accepted_question_is_kept_resolved_and_can_be_asked_again() -> None:
    unbilled = session("K2", "2025-11-03", "40.00", claim_number=None)
    key = look(unbilled, today="2025-11-10").findings[0].key
    accepted = decide("1", ResolutionKind.ACCEPT, key, "2025-11-10", reason="a gift", amount=4000)
    seen = look(unbilled, accepted, today="2025-11-11")

    assert [FindingState.RESOLVED] == [one.state for one in seen.findings if one.key == key]
    assert ["dana: a gift"] == [one.closed_by for one in seen.record.cleared]
    again = decide("2", ResolutionKind.REOPEN, key, "2025-11-12")
    assert key in {one.key for one in look(unbilled, accepted, again, today="2025-11-12").record.open_findings}


def test_a_question_about_quickbooks_keeps_the_day_on_which_it_was_first_asked() -> None:
    wish = look(SESSION).desired.entries[0]
    paused = {wish.key: (HoldReason.UNCLEAR, "")}
    first = look(SESSION, today="2025-11-17", paused=paused)
    later = look(SESSION, today="2025-11-20", paused=paused, previous=first.record)

    assert {day("2025-11-17")} == {one.since for one in later.findings if one.code == "QBO-02"}


def test_figures_add_up_to_the_books() -> None:
    record = look(
        SESSION, session("K2", "2025-09-01", "130.00", payer=None, client="c-2"), PAID,
        client_payment("77", "2025-11-05", "30.00", client="c-2", session="K2"), today="2025-11-17",
    ).record  # fmt: skip
    balances = {one.account: one.amount for one in record.balances}

    assert balances["Assets:Receivable:Payers"] + balances["Assets:Receivable:Clients"] == sum(
        one.total for one in record.aging
    )
    assert balances["Assets:Clearing:Payers"] + balances["Assets:Clearing:ChecksAndCash"] == sum(
        one.amount for one in record.in_transit
    )
    assert (2, 28000, 1, 8500, 1, 3000) == (
        record.summary.sessions, record.summary.charged, record.summary.remittances, record.summary.remitted,
        record.summary.client_payments, record.summary.collected,
    )  # fmt: skip


def test_bank_lines_say_what_they_are_without_the_banks_words() -> None:
    lines = [
        BANKED,
        bank("2", "2025-11-15", "60.00", "ZELLE FROM JANE DOE"),
        bank("3", "2025-11-16", "-20.00", "RENT"),
        bank("4", "2025-11-07", "61.00", "HPHC CLAIMS"),
    ]
    told = {one.key[-1]: (one.what, one.sender, one.explained) for one in look(SESSION, PAID, *lines).record.bank_lines}

    assert {
        "1": ("remittance", "Anthem", True),
        "2": ("waits for its remittance", "unknown", False),
        "3": ("money that left", "", True),
        "4": ("nothing tells what it is: in suspense", "Harvard Pilgrim", False),
    } == told
    assert b"JANE" not in write_record(look(SESSION, PAID, *lines).record)


def test_a_bank_line_that_is_a_part_of_a_payment_names_the_others() -> None:
    lines = [bank("1", "2025-11-14", "60.00", "ANTHEM"), bank("2", "2025-11-17", "25.00", "ANTHEM")]
    told = {one.key[-1]: one for one in look(SESSION, PAID, *lines).record.bank_lines}

    assert ("a part of a remittance, which came in 2 bank lines", "Anthem") == (told["1"].what, told["1"].sender)
    assert ((lines[1].key,), (lines[0].key,)) == (told["1"].beside, told["2"].beside)


def test_the_next_remittance_is_expected_by_the_payers_rhythm() -> None:
    weekly = [
        remittance(str(n), when, "10.00", claim(f"X{n}", "10", "10"), payer="MCARE")
        for n, when in enumerate(("2025-10-29", "2025-11-05", "2025-11-12"))
    ]
    summary = look(*weekly, today="2025-11-17").record.summary

    assert ("MaineCare", day("2025-11-19")) == (summary.next_payer, summary.next_remittance)


def test_the_record_knows_where_open_questions_were_told() -> None:
    record = look(SESSION, remittance("1", "2025-11-14", "85.00", claim("ZZ", "150", "85", "CO-45 65")), BANKED).record

    assert "line 2" == record.sources[remittance_key("1")].place
