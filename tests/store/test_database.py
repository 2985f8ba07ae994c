import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from hhs_sync.errors import StoreError
from hhs_sync.store import Store, schema
from hhs_sync.store.database import Database, make_engine, parse_url, turn_key
from tests.facts.telling import document, moment

PRACTICE = "casco"


@pytest.fixture
def database(url):
    opened = Database(url)
    yield opened
    opened.close()


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_file_and_those_beside_it_are_its_owners_alone(tmp_path) -> None:
    before = os.umask(0o022)
    try:
        with Store.open(f"sqlite:///{tmp_path / 'new' / 'hhs.db'}") as store:
            store.documents.add(PRACTICE, [document("a")])
            modes = {path.name: mode(path) for path in (tmp_path / "new").iterdir()}
    finally:
        os.umask(before)

    assert {"hhs.db": 0o600, "hhs.db-wal": 0o600, "hhs.db-shm": 0o600} == modes
    assert 0o700 == mode(tmp_path / "new")


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path) -> None:
    file = tmp_path / "hhs.db"
    file.touch(mode=0o644)

    Store.open(f"sqlite:///{file}").close()

    assert 0o600 == mode(file)


def test_a_place_that_can_not_hold_a_file_is_told(tmp_path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match="can't be opened: File exists"):
        Store.open(f"sqlite:///{tmp_path / 'file' / 'hhs.db'}")


def test_sqlite_writes_ahead_and_waits_for_the_disk(tmp_path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'hhs.db'}")
    settings = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "temp_store")

    with database.read() as connection:
        actual = [connection.exec_driver_sql(f"PRAGMA {setting}").scalar() for setting in settings]
    database.close()

    assert ["wal", 2, 1, 30000, 2] == actual


def test_several_who_open_a_new_file_at_once_wait_for_each_other(tmp_path) -> None:
    # SQLite refuses the second of two changes to WAL without waiting: without care, one round in ten failed.
    failures = []

    def use(file: Path) -> None:
        engine = make_engine(parse_url(f"sqlite:///{file}"))
        try:
            with engine.connect() as connection, connection.begin():
                connection.exec_driver_sql("SELECT 1")
        except OperationalError as error:
            failures.append(error)
        engine.dispose()

    for number in range(30):
        threads = [threading.Thread(target=use, args=(tmp_path / f"{number}.db",)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [] == failures


def test_a_database_in_memory_works_as_well() -> None:
    with Store.open("sqlite://") as store:
        store.documents.add(PRACTICE, [document("a")])

        assert store.documents.has(PRACTICE, document("a").digest)


@pytest.mark.parametrize("wrong", ["", "hhs.db", "mysql://localhost/hhs", "sqlite+aiosqlite:///hhs.db"])
def test_a_url_that_names_no_database_of_ours_is_refused(wrong: str) -> None:
    with pytest.raises(StoreError):
        Store.open(wrong)


def test_a_postgres_that_does_not_answer_is_told_without_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        Store.open("postgresql://hhs:opensesame@127.0.0.1:1/hhs")

    assert "refused" in str(caught.value)
    assert "opensesame" not in str(caught.value)


def test_a_plain_postgres_url_is_opened_with_our_driver(postgres_url) -> None:
    with Store.open(postgres_url.replace("postgresql+psycopg://", "postgresql://")) as store:
        assert "0.0.0.0" == store.turn_key(PRACTICE)  # noqa: S104 - four counters, no address.


def test_a_database_of_a_newer_program_is_refused(own_url) -> None:
    database = Database(own_url)
    with database.write(PRACTICE) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()

    with pytest.raises(StoreError, match="newer version of this program"):
        Database(own_url)


def test_what_the_database_refuses_is_told_without_any_value(database) -> None:
    secret = "Jane Doe"
    row = {"practice": PRACTICE, "name": secret, "value": secret}

    with pytest.raises(StoreError) as caught, database.write(PRACTICE) as connection:
        connection.execute(schema.cursors.insert(), [row, row])

    told = str(caught.value)
    assert "cursors" in told
    assert secret not in told
    assert caught.value.__suppress_context__


def test_what_fails_half_way_leaves_nothing(database) -> None:
    row = {"practice": PRACTICE, "name": "place", "value": "1"}

    def fail() -> None:
        with database.write(PRACTICE) as connection:
            connection.execute(schema.cursors.insert().values(**row))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with database.read() as connection:
        assert [] == connection.execute(schema.cursors.select()).all()
        assert "0.0.0.0" == turn_key(connection, PRACTICE)  # noqa: S104 - four counters, no address.


def test_who_reads_sees_one_moment(store, url) -> None:
    other = Database(url)
    with other.read() as connection:
        before = turn_key(connection, PRACTICE)
        store.documents.add(PRACTICE, [document("a")])
        after = turn_key(connection, PRACTICE)
    other.close()

    assert before == after
    assert before != store.turn_key(PRACTICE)


def test_a_row_that_refers_to_nothing_is_refused(database) -> None:
    with pytest.raises(StoreError), database.write(PRACTICE) as connection:
        connection.execute(schema.document_contents.insert().values(document_id=77, content=b""))


def test_writers_of_one_practice_follow_each_other(url) -> None:
    stores = [Store.open(url) for _ in range(4)]
    threads = [
        threading.Thread(
            target=lambda store=store, number=number: [
                store.documents.add(PRACTICE, [document(f"{number}-{one}"), document(f"both-{one}")])
                for one in range(8)
            ]
        )
        for number, store in enumerate(stores)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [info.name for info in stores[0].documents.catalog(PRACTICE)]
    for store in stores:
        store.close()

    expected = [f"{number}-{one}.csv" for number in range(4) for one in range(8)] + [
        f"both-{one}.csv" for one in range(8)
    ]

    assert sorted(expected) == sorted(found)


# --- the turn key


def test_each_practice_has_a_turn_key_of_its_own(store) -> None:
    before = store.turn_key("casco")
    store.documents.add("bay", [document("a")])

    assert before == store.turn_key("casco")
    assert before != store.turn_key("bay")


def test_the_turn_key_stays_when_nothing_new_comes(store) -> None:
    store.documents.add(PRACTICE, [document("a")])
    before = store.turn_key(PRACTICE)

    store.documents.add(PRACTICE, [document("a")])
    store.documents.known(PRACTICE, "ehr", moment(1)).save()
    store.mirror.set_cursor(PRACTICE, "changes", "2026-03-02")
    store.secrets.drawn(PRACTICE, "references")
    store.reviews.save(PRACTICE, before, {"books": b""}, moment(1))
    store.activity.note(PRACTICE, at=moment(1), by="turn", what="nothing new")

    assert before == store.turn_key(PRACTICE)


# --- a quick start


def run(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.strip()


def test_opening_a_database_that_is_up_to_date_loads_no_alembic(tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'hhs.db'}"
    Store.open(url).close()

    loaded = run(
        f"import sys; from hhs_sync.store import Store; Store.open({url!r}).turn_key('casco')\n"
        "print([one for one in ('alembic', 'psycopg', 'cryptography') if one in sys.modules])"
    )

    assert "[]" == loaded
