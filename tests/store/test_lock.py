import multiprocessing
import os
import signal
import stat
import threading
import time

import pytest
from sqlalchemy import text

from hhs_sync.errors import PracticeBusyError, StoreError
from hhs_sync.store import Store


def test_who_comes_second_is_told_who_is_at_work(store, url) -> None:
    with (
        Store.open(url) as other,
        store.lock("casco", owner="run, pid 12"),
        pytest.raises(PracticeBusyError, match="'casco' is being worked on by run, pid 12"),
        other.lock("casco", owner="sync"),
    ):
        pass


def test_one_process_can_not_work_twice_on_a_practice_either(store) -> None:
    with store.lock("casco", owner="run"), pytest.raises(PracticeBusyError), store.lock("casco", owner="run"):
        pass


def test_another_practice_may_be_worked_on_meanwhile(store, url) -> None:
    with Store.open(url) as other, store.lock("casco", owner="run"), other.lock("bay", owner="run") as held:
        held.verify()


def test_a_lock_that_was_let_go_can_be_taken(store, url) -> None:
    with Store.open(url) as other:
        with store.lock("casco", owner="run"):
            pass
        with pytest.raises(ZeroDivisionError), store.lock("casco", owner="run"):
            raise ZeroDivisionError
        with other.lock("casco", owner="sync") as held:
            held.verify()


def test_a_name_may_hold_what_no_file_name_can(store) -> None:
    name = "../token/9341 \N{SNOWMAN}"

    with store.lock(name, owner="run"), pytest.raises(PracticeBusyError), store.lock(name, owner="run"):
        pass


def test_who_waits_gets_the_lock_when_it_is_let_go(store, url) -> None:
    order = []

    def wait() -> None:
        with Store.open(url) as other, other.lock("casco", owner="sync", wait_seconds=20):
            order.append("second")

    with store.lock("casco", owner="run"):
        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.3)
        order.append("first")
    waiting.join()

    assert ["first", "second"] == order


def hold_for_ever(url: str, ready) -> None:
    with Store.open(url) as store, store.lock("casco", owner=f"pid {os.getpid()}"):
        ready.set()
        time.sleep(600)


def test_the_lock_of_a_killed_process_is_free(store, url) -> None:
    fresh = multiprocessing.get_context("spawn")
    ready = fresh.Event()
    process = fresh.Process(target=hold_for_ever, args=(url, ready))
    process.start()
    assert ready.wait(60)
    with pytest.raises(PracticeBusyError, match=f"pid {process.pid}"), store.lock("casco", owner="run"):
        pass

    os.kill(process.pid, signal.SIGKILL)
    process.join()

    with store.lock("casco", owner="run", wait_seconds=20) as held:
        held.verify()


def test_a_lock_that_postgres_has_forgotten_is_noticed(postgres_url) -> None:
    with Store.open(postgres_url) as store, store.lock("casco", owner="run") as held:
        with store._database.read() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'run'")
            )

        with pytest.raises(StoreError, match="the lock on 'casco' was lost"):
            held.verify()


def test_the_files_of_locks_are_their_owners_alone(tmp_path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'hhs.db'}") as store, store.lock("casco", owner="run"):
        folder = tmp_path / "hhs.db.locks"
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / "casco.lock")]

    assert [0o700, 0o600] == modes


def test_a_database_in_memory_has_locks_as_well() -> None:
    with Store.open("sqlite://") as store:
        with (
            store.lock("casco", owner="run"),
            pytest.raises(PracticeBusyError, match="run"),
            store.lock("casco", owner="sync"),
        ):
            pass
        with store.lock("casco", owner="sync") as held:
            held.verify()
