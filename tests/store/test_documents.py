import zlib

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from hhs_sync.connector import Known
from hhs_sync.errors import StoreError
from hhs_sync.facts.current import Copy
from hhs_sync.store import documents, schema
from hhs_sync.store.documents import parts
from tests.facts.telling import document, moment, reading, session

PRACTICE = "casco"


def count(store, table) -> int:
    with store._database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_document_comes_back_as_it_was_received(store) -> None:
    received = document("Ärzte,\x00\n" * 1000, as_of=2, received=3, name="Sitzungen.csv")

    assert (received.digest,) == store.documents.add(PRACTICE, [received])
    assert received == store.documents.read(PRACTICE, received.digest)


def test_a_document_lies_compressed(store) -> None:
    received = document("the same line again\n" * 1000)
    store.documents.add(PRACTICE, [received])

    with store._database.read() as connection:
        content = connection.execute(select(schema.document_contents.c.content)).scalar_one()

    assert len(content) < len(received.content) / 50
    assert received.content == zlib.decompress(content)


def test_the_same_bytes_are_stored_once(store) -> None:
    first = document("a")

    assert (first.digest,) == store.documents.add(PRACTICE, [first, first])
    assert () == store.documents.add(PRACTICE, [replace(first, name="a (1).csv"), replace(first, source="other")])
    assert 1 == count(store, schema.document_contents)


def test_another_name_or_source_of_the_same_bytes_is_noted_once(store) -> None:
    first = document("a")
    store.documents.add(PRACTICE, [first])
    for _ in range(2):
        store.documents.add(PRACTICE, [replace(first, name="a (1).csv"), replace(first, source="other"), first])

    copies = store.readings.load_facts(PRACTICE).copies

    expected = [("a (1).csv", "ehr"), ("a.csv", "other")]
    assert [
        Copy(document=first.digest, document_name="a.csv", copy_name=name, copy_source=source)
        for name, source in expected
    ] == list(copies)


def test_each_practice_has_its_own_documents(store) -> None:
    store.documents.add("casco", [document("a")])

    assert not store.documents.has("bay", document("a").digest)
    assert (document("a").digest,) == store.documents.add("bay", [document("a")])


def test_a_copy_made_later_does_not_make_an_old_document_new(store) -> None:
    first = document("a", as_of=2)
    store.documents.add(PRACTICE, [first])

    store.documents.add(PRACTICE, [document("a", as_of=9, name="a (1).csv")])

    assert first == store.documents.read(PRACTICE, first.digest)


def test_a_document_takes_the_earlier_moment_that_its_source_tells(store) -> None:
    first = document("a", as_of=2)
    store.documents.add(PRACTICE, [document("a", as_of=9, name="a (1).csv"), first])

    assert first == store.documents.read(PRACTICE, first.digest)
    assert ["a (1).csv"] == [copy.copy_name for copy in store.readings.load_facts(PRACTICE).copies]


def test_an_earlier_moment_has_the_documents_of_the_source_read_anew(store) -> None:
    late, other = document("a", as_of=9), document("b", as_of=3)
    store.readings.store(PRACTICE, [(late, reading([])), (other, reading([]))], "1")
    assert [] == store.documents.to_read_again(PRACTICE, {"ehr": "1"})

    store.documents.add(PRACTICE, [document("a", as_of=2)])

    assert [late.digest, other.digest] == store.documents.to_read_again(PRACTICE, {"ehr": "1"})


def test_more_documents_than_fit_into_one_statement_are_told_apart(store) -> None:
    many = [document(f"{number}") for number in range(1203)]

    assert 1203 == len(store.documents.add(PRACTICE, many))
    assert () == store.documents.add(PRACTICE, many)


def test_many_bytes_are_stored_a_part_at_a_time(store, monkeypatch) -> None:
    monkeypatch.setattr(documents, "BYTES_AT_ONCE", 5)
    many = [document(f"{number}") for number in range(20)]

    new = store.documents.add(PRACTICE, iter(many))

    assert [one.digest for one in many] == list(new)
    assert 20 == len(store.documents.catalog(PRACTICE))


def test_a_document_that_is_not_there_is_told(store) -> None:
    with pytest.raises(StoreError, match="there is no document 0123"):
        store.documents.read(PRACTICE, "0123")


def test_damaged_bytes_are_told(store) -> None:
    store.documents.add(PRACTICE, [document("a")])
    with store._database.write(PRACTICE) as connection:
        connection.execute(schema.document_contents.update().values(content=zlib.compress(b"b")))

    with pytest.raises(StoreError, match="damaged"):
        store.documents.read(PRACTICE, document("a").digest)


def test_the_catalog_tells_every_document_from_the_earliest_on(store) -> None:
    store.readings.store(PRACTICE, [(document("b", as_of=2), reading([])), (document("a", as_of=1), reading([]))], "7")
    store.documents.add(PRACTICE, [document("c", as_of=3, source="clearinghouse")])

    every = store.documents.catalog(PRACTICE)

    assert [("a.csv", "7"), ("b.csv", "7"), ("c.csv", None)] == [(one.name, one.reader_version) for one in every]
    assert [moment(1), moment(2), moment(3)] == [one.as_of for one in every]
    assert [1, 1, 1] == [one.size for one in every]
    assert ["c.csv"] == [one.name for one in store.documents.catalog(PRACTICE, "clearinghouse")]


def test_a_document_that_nobody_has_read_is_to_be_read(store) -> None:
    store.documents.add(PRACTICE, [document("b", as_of=2), document("a", as_of=1)])

    assert [document("a").digest, document("b").digest] == store.documents.to_read_again(PRACTICE, {"ehr": "1"})
    assert [] == store.documents.to_read_again(PRACTICE, {"other": "1"})


def test_a_document_that_another_version_has_read_is_to_be_read(store) -> None:
    store.readings.store(PRACTICE, [(document("a"), reading([session("1")]))], "1")

    assert [] == store.documents.to_read_again(PRACTICE, {"ehr": "1"})
    assert [document("a").digest] == store.documents.to_read_again(PRACTICE, {"ehr": "2"})


# --- files taken


def test_what_a_connector_is_told_keeps_its_contract(store) -> None:
    known: Known = store.documents.known(PRACTICE, "ehr", moment(1))

    assert moment(1) == known.now


def test_a_file_is_known_once_its_document_is_stored(store) -> None:
    known = store.documents.known(PRACTICE, "ehr", moment(1))
    known.remember_file("inbox/a.csv", 1, 17, document("a").digest)
    store.documents.add(PRACTICE, [document("a")])
    known.save()

    later = store.documents.known(PRACTICE, "ehr", moment(2))

    assert later.has_file("inbox/a.csv", 1, 17)
    assert later.has_document(document("a").digest)
    assert not later.has_file("inbox/a.csv", 2, 17)
    assert not later.has_file("inbox/a.csv", 1, 18)
    assert not later.has_file("inbox/b.csv", 1, 17)
    assert not later.has_document(document("b").digest)
    assert not store.documents.known(PRACTICE, "other", moment(2)).has_file("inbox/a.csv", 1, 17)
    assert not store.documents.known("bay", "ehr", moment(2)).has_file("inbox/a.csv", 1, 17)


def test_a_file_whose_document_was_never_stored_is_taken_again(store) -> None:
    known = store.documents.known(PRACTICE, "ehr", moment(1))
    known.remember_file("inbox/a.csv", 1, 17, document("a").digest)
    known.save()

    assert not store.documents.known(PRACTICE, "ehr", moment(2)).has_file("inbox/a.csv", 1, 17)


def test_a_file_with_other_content_than_before_is_known_by_its_new_one(store) -> None:
    store.documents.add(PRACTICE, [document("a"), document("b")])
    for size, content in ((1, "a"), (2, "b")):
        known = store.documents.known(PRACTICE, "ehr", moment(size))
        known.remember_file("inbox/a.csv", size, 17, document(content).digest)
        known.save()

    later = store.documents.known(PRACTICE, "ehr", moment(3))

    assert later.has_file("inbox/a.csv", 2, 17)
    assert not later.has_file("inbox/a.csv", 1, 17)


def test_a_renamed_file_is_noted_as_a_copy(store) -> None:
    store.documents.add(PRACTICE, [document("a", name="a.csv")])
    known = store.documents.known(PRACTICE, "ehr", moment(1))
    known.remember_file("inbox/a.csv", 1, 17, document("a").digest)
    known.remember_file("inbox/renamed.csv", 1, 18, document("a").digest)
    known.save()

    assert ["renamed.csv"] == [copy.copy_name for copy in store.readings.load_facts(PRACTICE).copies]


def test_parts_hold_every_value_once_and_in_order() -> None:
    values = [*range(7, 0, -1), 3]

    assert [[1, 2, 3], [4, 5, 6], [7]] == list(parts(values, size=3))
    assert [] == list(parts([]))
