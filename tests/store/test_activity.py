from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from sqlalchemy import text

from hhs_sync.errors import StoreError
from hhs_sync.store import Store, schema
from hhs_sync.store.database import make_engine, parse_url
from hhs_sync.store.migrate import configure
from tests.facts.telling import moment

PRACTICE = "casco"
OLD_ROW = """INSERT INTO activity (practice, at, "by", what, details) VALUES ('casco', :at, 'rd', 'x', '{}')"""
PUT_IN = """INSERT INTO activity SELECT 7, at, "by", what, practice, subject, address, details, hash FROM activity
            WHERE id = 2"""


def test_what_was_done_is_told_the_newest_first(store) -> None:
    for number in range(1, 6):
        store.activity.note(PRACTICE, at=moment(number), by="turn", what="pushed", details={"entries": number})
    store.activity.note("bay", at=moment(9), by="rd", what="approved a plan")

    newest = store.activity.read(PRACTICE, limit=2)
    older = store.activity.read(PRACTICE, limit=10, before=newest[-1].number)

    assert [5, 4] == [one.details["entries"] for one in newest]
    assert [3, 2, 1] == [one.details["entries"] for one in older]
    assert (moment(5), "turn", "pushed") == (newest[0].at, newest[0].by, newest[0].what)


@pytest.mark.parametrize(
    "change", [schema.activity.update().values(by="nobody"), schema.activity.delete()], ids=["change", "removal"]
)
def test_the_database_refuses_to_change_what_was_done(store, change) -> None:
    store.activity.note(PRACTICE, at=moment(1), by="rd", what="approved a plan")

    with pytest.raises(StoreError), store._database.write(PRACTICE) as connection:
        connection.execute(change)

    assert ["rd"] == [one.by for one in store.activity.read(PRACTICE)]


def by_hand(store, statement: str) -> None:
    """As somebody would who knows the database: past the triggers."""
    with store._database.engine.connect() as connection, connection.begin():
        if store._database.is_sqlite:
            connection.execute(text("DROP TRIGGER IF EXISTS activity_refuses_update"))
            connection.execute(text("DROP TRIGGER IF EXISTS activity_refuses_delete"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


def fill(store, rows: int = 6) -> None:
    for number in range(1, rows + 1):
        store.activity.note(PRACTICE, at=moment(number), by="rd", what="saw a finding", subject=f"f{number}")


def test_the_chain_holds_while_nobody_touches_it(store, monkeypatch) -> None:
    monkeypatch.setattr("hhs_sync.store.activity.AT_ONCE", 2)
    fill(store, 5)
    found = store.activity.verify()
    newest = store.activity.read(None, 1)[0]

    assert (5, newest.hash, None) == (found.rows, found.hash, found.broken)
    assert None is store.activity.verify(known=(5, newest.hash)).broken


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE activity SET \"by\" = 'lee' WHERE id = 3", 3),
        ("UPDATE activity SET at = '2020-01-01T00:00:00+00:00' WHERE id = 1", 1),
        ("UPDATE activity SET practice = NULL WHERE id = 6", 6),
        ("DELETE FROM activity WHERE id = 4", 5),
        ("UPDATE activity SET hash = 'x' WHERE id = 2", 2),
        (
            PUT_IN,
            7,
        ),
    ],
    ids=["who", "when", "whose", "taken out", "hash", "put in"],
)
def test_a_row_changed_by_hand_is_found(store, statement, broken) -> None:
    fill(store)
    by_hand(store, statement)
    found = store.activity.verify()

    assert broken == found.broken
    assert found.because


def test_what_was_noted_elsewhere_finds_a_chain_that_was_cut_off_or_made_anew(store) -> None:
    fill(store)
    known = 6, store.activity.read(None, 1)[0].hash
    by_hand(store, "DELETE FROM activity WHERE id > 4")

    assert None is store.activity.verify().broken
    assert 5 == store.activity.verify(known).broken

    fill(store, 3)

    assert None is store.activity.verify().broken
    assert 6 == store.activity.verify(known).broken


def test_many_writers_at_once_make_one_chain(store) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: fill(store, 5), range(4)))

    assert (20, None) == ((found := store.activity.verify()).rows, found.broken)


def test_rows_are_found_by_who_and_by_what_they_are_about(store) -> None:
    fill(store, 3)
    store.activity.note(None, at=moment(9), by="lee", what="signed in", address="10.0.0.7")
    (newest,) = store.activity.read(None, by="lee")

    assert (None, "10.0.0.7", "") == (newest.practice, newest.address, newest.subject)
    assert [2] == [one.number for one in store.activity.read(PRACTICE, subject="f2")]


def test_what_an_older_program_noted_is_chained_too(own_url) -> None:
    engine = make_engine(parse_url(own_url))
    with engine.connect() as connection:
        connection.execution_options(writes=True)
        with connection.begin():
            command.upgrade(configure(connection), "0001")
            connection.execute(text("INSERT INTO practices (practice) VALUES ('casco')"))
            for number in (1, 2, 3):
                row = {"at": moment(number).isoformat()}
                connection.execute(text(OLD_ROW), row)
    engine.dispose()
    with Store.open(own_url) as store:
        store.activity.note(None, at=moment(4), by="rd", what="y")

        assert (4, None) == ((found := store.activity.verify()).rows, found.broken)
        assert [moment(4), moment(3), moment(2), moment(1)] == [one.at for one in store.activity.read(None)]
        with pytest.raises(StoreError), store._database.write(None) as connection:
            connection.execute(schema.activity.delete())


def test_what_was_seen_of_several_practices_is_found_for_each(store) -> None:
    for details in ({"practices": ["casco", "bay"]}, {"practices": "*"}, {"practices": ["casco-two"]}, {}):
        store.activity.note(None, at=moment(1), by="rd", what="saw the work list", details=details)
    store.activity.note("bay", at=moment(2), by="rd", what="saw a finding")

    assert [2, 1] == [one.number for one in store.activity.among(["casco"])]
    assert [5, 2, 1] == [one.number for one in store.activity.among(["bay"])]
    assert [5, 4, 3, 2, 1] == [one.number for one in store.activity.among(["bay"], of_none=True)]
    assert [4, 3] == [one.number for one in store.activity.among(["bay"], 2, 5, of_none=True)]
    assert [] == store.activity.among(["bay"], by="lee")
