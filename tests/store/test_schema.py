import threading

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import inspect, text

from hhs_sync.errors import StoreError
from hhs_sync.store import Store, migrate, schema
from hhs_sync.store.database import Database, make_engine, parse_url, revision_of
from hhs_sync.store.migrate import configure


def test_the_migrations_make_the_very_schema_that_the_program_uses(own_url) -> None:
    database = Database(own_url)

    with database.engine.connect() as connection:
        command.check(configure(connection))  # Raises when anything would have to be changed.
        tables = set(inspect(connection).get_table_names())
    database.close()

    assert schema.metadata.tables.keys() | {"alembic_version"} == tables


def test_a_column_that_no_migration_makes_would_be_seen(own_url) -> None:
    database = Database(own_url)
    with database.engine.connect() as connection, connection.begin():
        connection.execute(text("ALTER TABLE cursors ADD COLUMN surplus TEXT"))

    with database.engine.connect() as connection, pytest.raises(CommandError, match="surplus"):
        command.check(configure(connection))
    database.close()


def test_the_revision_that_needs_no_alembic_is_the_newest_one(own_url) -> None:
    database = Database(own_url)

    with database.engine.connect() as connection:
        heads = ScriptDirectory.from_config(configure(connection)).get_heads()
        assert schema.REVISION == revision_of(connection)
    database.close()

    assert [schema.REVISION] == heads


def test_two_who_start_at_once_make_the_schema_once(own_url) -> None:
    failures = []

    def start() -> None:
        try:
            Store.open(own_url).close()
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == failures


def test_a_migration_that_fails_leaves_the_database_as_it_was(own_url) -> None:
    engine = make_engine(parse_url(own_url))
    with engine.connect() as connection, connection.begin():
        connection.execute(text("CREATE TABLE secrets (surprise TEXT)"))

    with pytest.raises(StoreError):
        Database(own_url)

    with engine.connect() as connection:
        assert ["secrets"] == inspect(connection).get_table_names()
        assert revision_of(connection) is None
    engine.dispose()


def test_references_are_watched_but_while_tables_are_made_anew(tmp_path, monkeypatch) -> None:
    engine = make_engine(parse_url(f"sqlite:///{tmp_path / 'hhs.db'}"))
    watched = []

    def note(connection) -> None:
        watched.append(connection.exec_driver_sql("PRAGMA foreign_keys").scalar())

    monkeypatch.setattr(migrate, "run_migrations", note)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        note(connection)
    engine.dispose()

    assert [0, 1] == watched


def test_every_constraint_has_a_name_for_later_migrations() -> None:
    unnamed = [
        f"{table.name}: {constraint}"
        for table in schema.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None
    ]

    assert [] == unnamed
