import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hhs_sync.facts.claim import Claim
from hhs_sync.facts.current import Export, Facts, Stamp, Told, current_facts, gather, latest_export_by_day
from hhs_sync.facts.document import Covers, Source, Unreadable
from hhs_sync.facts.fact import write_fact
from hhs_sync.facts.remittance import Remittance
from tests.facts.telling import Telling, day, document, moment, reading, session, tellings


def facts_of(*told: tuple) -> Facts:
    return current_facts(gather(told))


# --- which version stands


def test_the_version_of_the_later_document_stands() -> None:
    before, after = session("1", fee=150_00), session("1", fee=160_00)

    facts = facts_of((document("b", as_of=2), reading([after])), (document("a", as_of=1), reading([before])))

    assert {before.key: after} == facts.sessions


def test_a_correction_that_is_taken_back_brings_the_first_version_back() -> None:
    first, corrected = session("1", fee=150_00), session("1", fee=160_00)

    facts = facts_of(
        (document("a", as_of=1), reading([first])),
        (document("b", as_of=2), reading([corrected])),
        (document("c", as_of=3), reading([first])),
    )

    assert first == facts.sessions[first.key]
    assert Source(document=document("a").digest, document_name="a.csv", place="line 2") == facts.sources[first.key]
    assert day(1) == facts.as_of[first.key]


def test_of_two_documents_of_one_moment_the_one_received_later_wins() -> None:
    early = document("a", as_of=3, received=3)
    late = document("b", as_of=3, received=4)

    facts = facts_of((late, reading([session("1", fee=2)])), (early, reading([session("1", fee=1)])))

    assert 2 == facts.sessions["session/ehr/1"].fee


def test_two_rows_of_one_key_in_one_document_give_one_version_whatever_their_order() -> None:
    rows = [session("1", fee=1), session("1", fee=2)]

    forward = facts_of((document("a"), reading(rows)))
    backward = facts_of((document("a"), reading(rows[::-1])))

    assert forward.sessions == backward.sessions


def test_facts_stand_in_the_order_of_their_keys() -> None:
    facts = facts_of((document("a"), reading([session("2"), session("10"), session("1")])))

    assert ["session/ehr/1", "session/ehr/10", "session/ehr/2"] == list(facts.sessions)


def test_a_document_whose_times_know_no_zone_is_our_mistake() -> None:
    naive = replace(document("a"), as_of=dt.datetime(2026, 3, 2))  # noqa: DTZ001

    with pytest.raises(AssertionError, match="time zone"):
        gather([(naive, reading([]))])


# --- what is withdrawn


def test_a_session_that_a_later_full_export_leaves_out_is_withdrawn() -> None:
    gone = session("1", on=3)

    facts = facts_of(
        (document("a", as_of=4), reading([gone, session("2", on=3)], covers=(1, 4))),
        (document("b", as_of=5), reading([session("2", on=3)], covers=(1, 5))),
    )

    assert {gone.key: gone} == facts.withdrawn
    assert ["session/ehr/2"] == list(facts.sessions)
    assert day(5) == facts.as_of[gone.key]
    assert document("a").digest == facts.sources[gone.key].document


def test_a_withdrawn_session_is_known_to_be_so_from_the_first_export_without_it() -> None:
    facts = facts_of(
        (document("a", as_of=4), reading([session("1", on=3)], covers=(1, 4))),
        (document("b", as_of=5), reading([], covers=(1, 5))),
        (document("c", as_of=6), reading([], covers=(1, 6))),
    )

    assert day(5) == facts.as_of["session/ehr/1"]


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (reading([], covers=(4, 9)), "it covers only later days"),
        (reading([], covers=(1, 2)), "it covers only earlier days"),
        (reading([]), "it covers nothing"),
        (reading([], covers=(1, 9), kind="client_payment"), "it covers another kind"),
        (reading([], covers=(1, 9), unreadable=1), "a row of it could not be read"),
    ],
)
def test_a_session_stays_when_the_later_document_can_not_tell(later, why: str) -> None:
    facts = facts_of((document("a", as_of=4), reading([session("1", on=3)])), (document("b", as_of=5), later))

    assert not facts.withdrawn, why


def test_an_export_of_another_source_withdraws_nothing() -> None:
    facts = facts_of(
        (document("a", as_of=4), reading([session("1", on=3)])),
        (document("b", as_of=5, source="old"), reading([], covers=(1, 9))),
    )

    assert not facts.withdrawn


def test_an_older_export_that_arrives_later_withdraws_nothing() -> None:
    facts = facts_of(
        (document("a", as_of=4), reading([session("1", on=3)], covers=(1, 4))),
        (document("b", as_of=3, received=9), reading([], covers=(1, 4))),
    )

    assert not facts.withdrawn


def test_a_session_that_is_shown_again_is_no_longer_withdrawn() -> None:
    facts = facts_of(
        (document("a", as_of=4), reading([session("1", on=3)], covers=(1, 4))),
        (document("b", as_of=5), reading([], covers=(1, 5))),
        (document("c", as_of=6), reading([session("1", on=3)])),
    )

    assert not facts.withdrawn
    assert ["session/ehr/1"] == list(facts.sessions)


def test_a_session_that_moved_out_of_the_covered_days_is_where_it_moved_to() -> None:
    facts = facts_of(
        (document("a", as_of=4), reading([session("1", on=3)], covers=(1, 4))),
        (document("b", as_of=5), reading([session("1", on=9)])),
        (document("c", as_of=6), reading([], covers=(1, 6))),
    )

    assert not facts.withdrawn
    assert day(9) == facts.sessions["session/ehr/1"].date


def test_a_claim_has_no_day_by_which_an_export_could_cover_it() -> None:
    claim = Claim(key="claim/ehr/1", claim_number="1", payer_name="Anthem", amount_charged=150_00)

    facts = facts_of(
        (document("a", as_of=4), reading([claim])), (document("b", as_of=5), reading([], covers=(1, 9), kind="claim"))
    )

    assert {claim.key: claim} == facts.claims


# --- what could not be read


def test_what_could_not_be_read_stands_with_its_place() -> None:
    facts = facts_of((document("a"), reading([], unreadable=2)))

    assert ["line 900", "line 901"] == [source.place for source, _ in facts.unreadable]
    assert {"a.csv"} == {source.document_name for source, _ in facts.unreadable}


def test_a_bad_row_is_told_once_although_each_day_exports_it_again() -> None:
    facts = facts_of(
        *((document(f"{on}", as_of=on), reading([], covers=(on - 3, on), unreadable=1)) for on in (4, 5, 6))
    )

    assert [document("6").digest] == [source.document for source, _ in facts.unreadable]


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (reading([]), "it is no full export"),
        (reading([], covers=(1, 3)), "it doesn't reach as far"),
        (reading([], covers=(5, 9)), "it begins later"),
        (reading([], covers=(1, 9), kind="client_payment"), "it is of another kind"),
    ],
)
def test_a_bad_row_stays_until_a_later_export_tells_the_same_days(later, why: str) -> None:
    facts = facts_of(
        (document("a", as_of=4), reading([], covers=(1, 4), unreadable=1)), (document("b", as_of=5), later)
    )

    assert 1 == len(facts.unreadable), why


def test_a_document_of_which_nothing_was_read_is_replaced_by_the_next_full_export() -> None:
    cut_off = replace(reading([]), unreadable=(Unreadable(place="line 1", problem="no heading", whole_document=True),))
    bad = document("bad", as_of=4), cut_off

    assert 1 == len(facts_of(bad).unreadable)
    assert 1 == len(facts_of(bad, (document("before", as_of=3), reading([], covers=(1, 3)))).unreadable)
    assert not facts_of(bad, (document("good", as_of=5), reading([], covers=(1, 5)))).unreadable


# --- every order, and a second opinion


@given(tellings(), st.randoms(use_true_random=False))
def test_what_stands_does_not_depend_on_the_order_of_arrival(told: list[Telling], chance: random.Random) -> None:
    shuffled = chance.sample(told, len(told))

    expected = current_facts(gather((one.document, one.reading) for one in told))
    actual = current_facts(gather((one.document, one.reading) for one in shuffled))

    assert expected == actual


@given(tellings())
def test_one_who_looks_at_each_fact_in_all_documents_comes_to_the_same(told: list[Telling]) -> None:
    facts = current_facts(gather((one.document, one.reading) for one in told))
    standing, withdrawn = looked_at_one_by_one(told)

    assert standing == facts.sessions
    assert withdrawn == facts.withdrawn
    assert (standing | withdrawn).keys() == facts.sources.keys()


def looked_at_one_by_one(told: list[Telling]) -> tuple[dict, dict]:
    in_order = sorted(told, key=lambda one: Stamp.of(one.document))
    standing, withdrawn = {}, {}
    for key in {placed.fact.key for one in told for placed in one.reading.facts}:
        fact, gone = None, False
        for one in in_order:
            shown = [placed.fact for placed in one.reading.facts if placed.fact.key == key]
            covers = one.reading.covers
            if shown:
                fact, gone = max(shown, key=write_fact), False
            elif fact is not None and covers is not None and not one.reading.unreadable:
                of_same_source = key.startswith(f"{covers.kind}/{one.document.source}/")
                gone = gone or (of_same_source and covers.first <= fact.date <= covers.last)
        (withdrawn if gone else standing)[key] = fact
    return standing, withdrawn


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=12))
def test_the_latest_export_of_a_day_is_the_last_of_those_that_cover_it(spans: list[tuple[int, int]]) -> None:
    exports = [
        Export(
            stamp=Stamp(moment(number), moment(number), "", "ehr", ""),
            covers=Covers(kind="session", first=day(first), last=day(last)),
        )
        for number, (first, last) in enumerate(spans, start=1)
    ]
    days = [day(number) for number in range(10)]
    expected = {}
    for one in days:
        covering = [export.stamp for export in exports if export.covers.first <= one <= export.covers.last]
        if covering:
            expected[one] = covering[-1]

    assert expected == latest_export_by_day(exports, days)


# --- facts for tests


def test_facts_of_a_test_are_known_on_their_own_day_unless_told_otherwise() -> None:
    remittance = Remittance(
        key="remittance/era/1", payer_name="Anthem", amount_paid=0, payment_date=day(4), content_digest=""
    )
    one = session("1", on=3)

    by_itself = Facts.of([one, remittance])
    told = Facts.of([one, remittance], as_of=day(9))
    by_key = Facts.of([one, remittance], as_of={one.key: day(8)})

    assert {one.key: day(3), remittance.key: day(4)} == by_itself.as_of
    assert {day(9)} == set(told.as_of.values())
    assert {one.key: day(8), remittance.key: day(4)} == by_key.as_of


def test_facts_of_a_test_may_be_withdrawn_or_unreadable() -> None:
    bad = Unreadable(place="line 7", problem="no date")

    facts = Facts.of([session("1")], withdrawn=[session("2")], unreadable=[bad], document_name="sessions.csv")

    assert ["session/ehr/1"] == list(facts.sessions)
    assert ["session/ehr/2"] == list(facts.withdrawn)
    assert {"sessions.csv"} == {source.document_name for source in facts.sources.values()}
    assert [bad] == [one for _, one in facts.unreadable]


def test_nothing_told_is_nothing_known() -> None:
    assert Facts() == current_facts(Told())
