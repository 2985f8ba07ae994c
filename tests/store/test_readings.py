import itertools
import random
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import func, select

from hhs_sync.facts.current import Facts, Stamp, current_facts, gather
from hhs_sync.facts.document import Reading, Unreadable
from hhs_sync.facts.remittance import ClaimPayment, Remittance
from hhs_sync.store import Store, schema, sightings
from tests.facts.telling import Telling, day, document, moved, reading, session, tellings

PRACTICE = "casco"

numbers = itertools.count(1)


def count(store, table) -> int:
    with store._database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def take(store, *told, version="1", practice=PRACTICE):
    return store.readings.store(practice, told, version)


# --- each version once


def test_facts_come_back_with_every_field(store) -> None:
    remittance = Remittance(
        key="remittance/era/1",
        payer_name="Anthem",
        amount_paid=100_00,
        payment_date=date(2026, 3, 2),
        content_digest="",
        claim_payments=(
            ClaimPayment(claim_number="C1", claim_status="1", amount_charged=150_00, amount_paid=100_00, segment=9),
        ),
    )
    take(store, (document("a", source="era"), reading([remittance, session("1")])))

    facts = store.readings.load_facts(PRACTICE)

    assert {remittance.key: remittance} == facts.remittances
    assert {"session/ehr/1": session("1")} == facts.sessions
    assert ("a.csv", "line 3") == (facts.sources["session/ehr/1"].document_name, facts.sources["session/ehr/1"].place)
    assert day(1) == facts.as_of["session/ehr/1"]


def test_what_is_told_again_is_stored_once(store) -> None:
    for number in range(1, 4):
        stored = take(store, (document(f"{number}", as_of=number), reading([session("1"), session("2")])))

    assert (1, 0) == (stored.documents, stored.versions)
    assert 2 == count(store, schema.facts)


def test_a_version_that_comes_back_is_no_third_one(store) -> None:
    for number, fee in enumerate((1, 2, 1), start=1):
        take(store, (document(f"{number}", as_of=number), reading([session("1", fee=fee)])))

    assert 2 == count(store, schema.facts)
    assert 1 == store.readings.load_facts(PRACTICE).sessions["session/ehr/1"].fee


def test_the_history_of_a_fact_holds_each_version_with_its_first_and_last_document(store) -> None:
    for number, fee in enumerate((1, 2, 1), start=1):
        take(store, (document(f"{number}", as_of=number), reading([session("1", fee=fee), session("2")])))

    history = store.readings.history(PRACTICE, "session/ehr/1")

    assert [(1, "1.csv", "3.csv"), (2, "2.csv", "2.csv")] == [
        (version.fact.fee, version.first.name, version.last.name) for version in history
    ]


def test_an_older_document_that_arrives_later_becomes_the_first_to_have_told(store) -> None:
    take(store, (document("b", as_of=5), reading([session("9"), session("1")])))
    take(store, (document("a", as_of=3), reading([session("1")])))

    facts = store.readings.load_facts(PRACTICE)

    assert ("a.csv", "line 2") == (facts.sources["session/ehr/1"].document_name, facts.sources["session/ehr/1"].place)
    assert day(3) == facts.as_of["session/ehr/1"]


def test_a_document_read_twice_by_one_version_changes_nothing(store) -> None:
    one = document("a"), reading([session("1")], covers=(1, 3), unreadable=1)
    take(store, one)
    before = store.turn_key(PRACTICE)

    stored = take(store, one, one)

    assert (0, 0) == (stored.documents, stored.versions)
    assert before == store.turn_key(PRACTICE)


def test_the_turn_key_moves_with_every_new_reading(store) -> None:
    keys = [store.turn_key(PRACTICE)]
    for number in range(1, 4):
        take(store, (document(f"{number}", as_of=number), reading([session("1")])))
        keys.append(store.turn_key(PRACTICE))

    assert len(set(keys)) == len(keys)


def test_two_sources_may_tell_facts_of_one_key(store) -> None:
    take(store, (document("a", as_of=1), reading([session("1", fee=1)])))
    take(store, (document("b", as_of=2, source="old"), reading([session("1", fee=2)])))

    assert 2 == store.readings.load_facts(PRACTICE).sessions["session/ehr/1"].fee


def test_bytes_that_another_source_brought_in_first_are_that_ones_to_read(store) -> None:
    take(store, (document("a"), reading([session("1")])))

    take(store, (document("a", source="old"), reading([session("1", source="old")])))

    assert ["session/ehr/1"] == list(store.readings.load_facts(PRACTICE).sessions)


def test_readings_of_two_sources_in_one_call_are_our_mistake(store) -> None:
    with pytest.raises(AssertionError, match="one source"):
        take(store, (document("a"), reading([])), (document("b", source="old"), reading([])))


def test_each_practice_has_its_own_facts(store) -> None:
    take(store, (document("a"), reading([session("1")])), practice="casco")
    take(store, (document("b"), reading([session("2")])), practice="bay")

    assert ["session/ehr/1"] == list(store.readings.load_facts("casco").sessions)
    assert ["session/ehr/2"] == list(store.readings.load_facts("bay").sessions)
    assert Facts() == store.readings.load_facts("elsewhere")


@pytest.mark.parametrize("limit", ["FACTS_AT_ONCE", "BYTES_AT_ONCE", "DOCUMENTS_AT_ONCE"])
def test_readings_are_stored_as_they_come_a_part_at_a_time(store, monkeypatch, limit: str) -> None:
    monkeypatch.setattr(sightings, limit, 2)
    seen = []

    def coming():
        for number in range(1, 6):
            seen.append(len(store.documents.catalog(PRACTICE)))
            yield document(f"{number}", as_of=number), reading([session(f"{number}")])

    stored = store.readings.store(PRACTICE, coming(), "1")

    assert (5, 5) == (stored.documents, stored.versions)
    assert [0, 0, 2, 2, 4] == seen


def test_what_was_stored_before_a_source_broke_off_stays(store, monkeypatch) -> None:
    monkeypatch.setattr(sightings, "DOCUMENTS_AT_ONCE", 1)

    def coming():
        yield document("a"), reading([session("1")])
        raise TimeoutError

    with pytest.raises(TimeoutError):
        store.readings.store(PRACTICE, coming(), "1")

    assert ["session/ehr/1"] == list(store.readings.load_facts(PRACTICE).sessions)


def test_what_could_not_be_read_comes_back_with_amount_and_place(store) -> None:
    bad = Unreadable(place="segment 7", problem="CLP04 is no amount", amount=120_00)
    cut = Unreadable(place="segment 9", problem="the file ends here", whole_document=True)
    take(store, (document("a"), Reading(unreadable=(bad, cut))))

    assert [bad, cut] == [one for _, one in store.readings.load_facts(PRACTICE).unreadable]


# --- another version of the reader


def test_another_version_of_the_reader_counts_once_it_has_read_everything(store) -> None:
    told = [(document(f"{number}", as_of=number), reading([session(f"{number}", fee=1)])) for number in (1, 2)]
    take(store, *told, version="1")
    anew = [(one, replace(old, facts=reading([session(old.facts[0].fact.key[-1], fee=2)]).facts)) for one, old in told]

    take(store, anew[0], version="2")
    half_way = {fact.fee for fact in store.readings.load_facts(PRACTICE).sessions.values()}
    take(store, anew[1], version="2")
    done = {fact.fee for fact in store.readings.load_facts(PRACTICE).sessions.values()}

    assert {1} == half_way
    assert {2} == done
    assert (2, 1) == (count(store, schema.facts), count(store, schema.readers))


def test_what_another_version_no_longer_finds_is_gone(store) -> None:
    take(store, (document("a"), reading([session("1"), session("2")], covers=(1, 2), unreadable=1)), version="1")

    take(store, (document("a"), reading([session("2")])), version="2")

    told = store.readings.told(PRACTICE)
    assert ["session/ehr/2"] == [version.fact.key for version in told.versions]
    assert () == told.exports
    assert () == told.unreadable


def test_a_reader_that_changes_again_half_way_begins_anew(store) -> None:
    told = [(document(f"{number}", as_of=number), reading([session(f"{number}")])) for number in (1, 2)]
    take(store, *told, version="1")
    take(store, told[0], version="2")

    take(store, *told, version="3")

    assert 2 == len(store.readings.load_facts(PRACTICE).sessions)
    assert 1 == count(store, schema.readers)
    assert [] == store.documents.to_read_again(PRACTICE, {"ehr": "3"})


def test_who_goes_back_to_an_earlier_reader_half_way_finds_everything_as_it_was(store) -> None:
    told = [
        (document(f"{number}", as_of=number), reading([session(f"{number}")], covers=(1, 2), unreadable=1))
        for number in (1, 2)
    ]
    take(store, *told, version="1")
    before = store.readings.load_facts(PRACTICE)
    take(store, (told[0][0], reading([])), version="2")

    assert [told[0][0].digest] == store.documents.to_read_again(PRACTICE, {"ehr": "1"})
    take(store, told[0], version="1")

    assert before == store.readings.load_facts(PRACTICE)
    assert [] == store.documents.to_read_again(PRACTICE, {"ehr": "1"})
    take(store, (document("3", as_of=3), reading([session("3")])), version="1")
    assert "session/ehr/3" in store.readings.load_facts(PRACTICE).sessions


def test_other_sources_stand_while_one_is_read_anew(store) -> None:
    take(store, (document("a"), reading([session("1")])), version="1")
    take(store, (document("b", source="old"), reading([session("2", source="old")])), version="1")

    take(store, (document("a"), reading([session("3")])), version="2")

    assert ["session/ehr/3", "session/old/2"] == list(store.readings.load_facts(PRACTICE).sessions)


# --- every order, and the pure function as the judge


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def lasting_store(request, tmp_path_factory):
    """One store for many examples, each in a practice of its own."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('lasting') / 'hhs.db'}"
    else:
        url = request.getfixturevalue("postgres_server").create()
    with Store.open(url) as store:
        yield store


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(
    told=tellings(),
    again=st.lists(st.tuples(st.integers(0, 6), st.integers(-3, 3)), max_size=3),
    changed=st.booleans(),
    chance=st.randoms(use_true_random=False),
)
def test_the_store_tells_what_the_pure_function_tells_in_whatever_order_documents_come(
    lasting_store: Store,
    told: list[Telling],
    again: list[tuple[int, int]],
    changed: bool,
    chance: random.Random,
) -> None:
    practice = f"practice-{next(numbers)}"
    copies = [moved(told[which % len(told)], days=days) for which, days in again]
    arrivals = chance.sample([*told, *copies], len(told) + len(copies))
    by_digest = {one.document.digest: one.reading for one in told}

    while arrivals:
        take_some(lasting_store, practice, [arrivals.pop() for _ in range(min(chance.randint(1, 3), len(arrivals)))])
    read_again(lasting_store, practice, by_digest, "1")
    if changed:
        by_digest = {digest: without_last_fact(one) for digest, one in by_digest.items()}
        read_again(lasting_store, practice, by_digest, "2")

    earliest: dict = {}
    for one in [*told, *copies]:
        known = earliest.get(one.document.digest)
        if known is None or Stamp.of(one.document) < Stamp.of(known):
            earliest[one.document.digest] = one.document
    expected = current_facts(gather((one, by_digest[one.digest]) for one in earliest.values()))
    assert expected == lasting_store.readings.load_facts(practice)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(told=tellings(), which=st.integers(0, 6))
def test_a_document_that_is_read_as_empty_leaves_what_the_others_tell_and_comes_back(
    lasting_store: Store, told: list[Telling], which: int
) -> None:
    practice = f"practice-{next(numbers)}"
    by_digest = {one.document.digest: one.reading for one in told}
    gone = told[which % len(told)].document.digest
    take_some(lasting_store, practice, told)
    before = lasting_store.readings.load_facts(practice)

    read_again(lasting_store, practice, {**by_digest, gone: Reading()}, "1 without one")
    without = lasting_store.readings.load_facts(practice)
    read_again(lasting_store, practice, by_digest, "1")

    others = ((one.document, one.reading) for one in told if one.document.digest != gone)
    assert current_facts(gather(others)) == without
    assert before == lasting_store.readings.load_facts(practice)


def test_facts_are_found_by_how_their_keys_begin(store) -> None:
    take(store, (document("a"), reading([session("12"), session("1_3"), session("2")])))
    take(store, (document("b", source="old"), reading([session("14", source="old")])))

    assert ["session/ehr/12", "session/ehr/1_3"] == [
        one.key for one in store.readings.starting_with(PRACTICE, "ehr", "session/ehr/1")
    ]
    assert ["session/ehr/1_3"] == [one.key for one in store.readings.starting_with(PRACTICE, "ehr", "session/ehr/1_")]
    assert () == store.readings.starting_with("bay", "ehr", "session/")


def take_some(store: Store, practice: str, some: list[Telling]) -> None:
    for source in {one.document.source for one in some}:
        store.readings.store(
            practice, [(one.document, one.reading) for one in some if one.document.source == source], "1"
        )


def read_again(store: Store, practice: str, by_digest: dict, version: str) -> None:
    for source in ("ehr", "old"):
        digests = store.documents.to_read_again(practice, {source: version})
        pairs = [(store.documents.read(practice, digest), by_digest[digest]) for digest in digests]
        store.readings.store(practice, pairs, version)
        assert [] == store.documents.to_read_again(practice, {source: version})


def without_last_fact(one: Reading) -> Reading:
    return replace(one, facts=one.facts[:-1])


# --- for pages


def test_a_document_tells_what_it_was_the_first_to_tell_and_what_was_lost(store) -> None:
    first, second = document("a"), document("b")
    lost = Reading(facts=reading([session("3")]).facts, unreadable=(Unreadable(place="line 7", problem="no date"),))
    take(store, (first, reading([session("1"), session("2")])))
    take(store, (second, lost))

    assert ["session/ehr/1", "session/ehr/2"] == [
        key for _, key, _ in store.readings.first_told_by(PRACTICE, first.digest, 9)
    ]
    assert 1 == len(store.readings.first_told_by(PRACTICE, first.digest, 1))
    assert [] == store.readings.first_told_by("bay", first.digest, 9)
    assert [("line 7", "no date")] == store.readings.not_read_in(PRACTICE, second.digest, 9)
    assert [] == store.readings.not_read_in(PRACTICE, first.digest, 9)


# --- what came since


def told_since(store, *told):
    """What is known to be new after one document with a session, and then these."""
    take(store, (document("first", as_of=1), reading([session("1")])))
    extent = store.readings.extent(PRACTICE)
    for one in told:
        take(store, one)
    return store.readings.only_new_since(PRACTICE, extent)


def test_facts_that_came_since_are_told_with_their_kind(store) -> None:
    assert {"session/ehr/2": "session"} == told_since(store, (document("second", as_of=2), reading([session("2")])))


def test_nothing_came(store) -> None:
    assert {} == told_since(store)


@pytest.mark.parametrize(
    "later",
    [
        (document("second", as_of=2), reading([session("1"), session("2")])),
        (document("second", as_of=2), reading([session("1", fee=1)])),
        (document("second", as_of=2), reading([session("2"), session("2", fee=1)])),
        (replace(document("first", as_of=1), name="copy.csv"), reading([session("1")])),
        (document("second", as_of=2), Reading(unreadable=(Unreadable(place="line 2", problem="no date"),))),
        (document("second", as_of=2), reading([session("2")], covers=(1, 9))),
    ],
    ids=[
        "tells a fact again",
        "changes a fact",
        "tells a fact in two ways",
        "a copy",
        "not readable",
        "leaves facts out",
    ],
)
def test_what_may_change_what_stood_is_more_than_new(store, later) -> None:
    assert told_since(store, later) is None


def test_a_document_read_anew_is_more_than_new(store) -> None:
    take(store, (document("first", as_of=1), reading([session("1")])))
    extent = store.readings.extent(PRACTICE)
    take(store, (document("first", as_of=1), reading([session("1"), session("2")])), version="2")

    assert store.readings.only_new_since(PRACTICE, extent) is None
