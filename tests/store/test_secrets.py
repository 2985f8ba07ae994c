import threading

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from hhs_sync.errors import ConfigError, StoreError
from hhs_sync.store import Store, schema

PRACTICE = "casco"
KEY, OTHER = Fernet.generate_key(), Fernet.generate_key()


def test_a_key_is_drawn_once_and_the_same_ever_after(store, url) -> None:
    drawn = store.secrets.drawn(PRACTICE, "references")

    assert (1).to_bytes(32, "big") == drawn
    assert drawn == store.secrets.drawn(PRACTICE, "references")
    with Store.open(url) as other:
        assert drawn == other.secrets.drawn(PRACTICE, "references")


def test_each_name_and_each_practice_has_a_key_of_its_own(store) -> None:
    drawn = [store.secrets.drawn(practice, name) for practice in ("casco", "bay") for name in ("a", "b")]

    assert 4 == len(set(drawn))


def test_without_a_source_of_chance_given_keys_are_truly_random(tmp_path) -> None:
    drawn = []
    for number in range(2):
        with Store.open(f"sqlite:///{tmp_path / f'{number}.db'}") as store:
            drawn.append(store.secrets.drawn(PRACTICE, "references"))

    assert drawn[0] != drawn[1]
    assert [32, 32] == [len(one) for one in drawn]


def test_of_two_who_draw_at_once_both_get_the_same(url) -> None:
    stores = [Store.open(url) for _ in range(4)]
    drawn = []
    threads = [
        threading.Thread(target=lambda store=store: drawn.append(store.secrets.drawn(PRACTICE, "references")))
        for store in stores
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()

    assert 4 == len(drawn)
    assert 1 == len(set(drawn))


def test_a_token_comes_back_and_is_not_to_be_seen_in_the_database(store) -> None:
    store.secrets.write(PRACTICE, "quickbooks", b"refresh token 1", [KEY])
    store.secrets.write(PRACTICE, "quickbooks", b"refresh token 2", [KEY])

    with store._database.read() as connection:
        (value,) = connection.execute(select(schema.secrets.c.value)).scalars()

    assert b"refresh token 2" == store.secrets.read(PRACTICE, "quickbooks", [KEY])
    assert b"token" not in value


def test_there_may_be_no_such_secret(store) -> None:
    store.secrets.remove(PRACTICE, "quickbooks")

    assert store.secrets.read(PRACTICE, "quickbooks", [KEY]) is None


def test_a_removed_secret_is_gone(store) -> None:
    store.secrets.write(PRACTICE, "quickbooks", b"token", [KEY])
    store.secrets.write(PRACTICE, "stripe", b"token", [KEY])

    store.secrets.remove(PRACTICE, "quickbooks")

    assert store.secrets.read(PRACTICE, "quickbooks", [KEY]) is None
    assert b"token" == store.secrets.read(PRACTICE, "stripe", [KEY])


def test_a_new_key_takes_over_while_the_old_one_is_still_given(store) -> None:
    store.secrets.write("casco", "quickbooks", b"token 1", [KEY])
    store.secrets.write("bay", "quickbooks", b"token 2", [KEY])
    drawn = store.secrets.drawn("bay", "references")

    assert b"token 1" == store.secrets.read("casco", "quickbooks", [OTHER, KEY])
    assert 2 == store.secrets.encrypt_anew([OTHER, KEY])

    assert b"token 1" == store.secrets.read("casco", "quickbooks", [OTHER])
    assert b"token 2" == store.secrets.read("bay", "quickbooks", [OTHER])
    assert drawn == store.secrets.drawn("bay", "references")


def test_a_wrong_key_is_told_and_opens_nothing(store) -> None:
    store.secrets.write(PRACTICE, "quickbooks", b"token", [KEY])

    with pytest.raises(StoreError, match="can't be opened with the encryption key given"):
        store.secrets.read(PRACTICE, "quickbooks", [OTHER])


@pytest.mark.parametrize("keys", [[b"short"], []])
def test_what_is_no_key_is_a_mistake_of_the_set_up(store, keys) -> None:
    with pytest.raises(ConfigError, match="encryption key"):
        store.secrets.write(PRACTICE, "quickbooks", b"token", keys)
