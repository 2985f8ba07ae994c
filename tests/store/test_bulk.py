import pytest
from sqlalchemy import Column, LargeBinary, Text, select

from hhs_sync.store import schema
from hhs_sync.store.bulk import allocate, insert, stage, temporary

PRACTICE = "casco"

staged_things = temporary("staged_things", Column("name", Text), Column("value", LargeBinary))


@pytest.fixture
def connection(store):
    with store._database.write(PRACTICE) as opened:
        yield opened


def test_rows_come_back_as_they_went_in(connection) -> None:
    awkward = ["", "a\tb\nc\\d", "\\N", "Ä ☃ 'x' \"y\" %s ?", '{"a":1}']
    rows = [(PRACTICE, f"{number}", text) for number, text in enumerate(awkward)]

    insert(connection, schema.cursors, ("practice", "name", "value"), rows)

    query = select(schema.cursors.c.value).order_by(schema.cursors.c.name)
    assert awkward == list(connection.execute(query).scalars())


def test_nothing_to_insert_is_fine(connection) -> None:
    insert(connection, schema.cursors, ("practice", "name", "value"), [])

    assert [] == connection.execute(select(schema.cursors)).all()


def test_what_is_staged_takes_the_place_of_what_was_staged_before(connection) -> None:
    stage(connection, staged_things, [("a", b"\x00\xff"), ("b", None)])
    stage(connection, staged_things, [("c", b"\\x00")])

    assert [("c", b"\\x00")] == [tuple(row) for row in connection.execute(select(staged_things))]


def test_allocated_numbers_are_new_and_go_on_after_those_given(connection) -> None:
    first = list(allocate(connection, schema.readers, 2))
    columns = ("id", "practice", "source", "version")
    insert(connection, schema.readers, columns, [(number, PRACTICE, "ehr", "1") for number in first])

    second = list(allocate(connection, schema.readers, 3))

    assert 5 == len({*first, *second})
    assert max(first) < min(second)
    assert [] == list(allocate(connection, schema.readers, 0))
