"""Users, their sessions and failures, on both databases."""

import datetime as dt

import pytest

from hhs_sync.config.roles import Role
from hhs_sync.errors import StoreError
from hhs_sync.store.users import ALL, Grant
from hhs_sync.store.web_sessions import Failures, WebSession

AT = dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC)
GRANTS = (Grant("bay", Role.BILLER), Grant(ALL, Role.READ_ONLY))


def session(name: str, digest: str = "d1") -> WebSession:
    return WebSession(
        digest=digest, name=name, begun_at=AT, seen_at=AT, ends_at=AT + dt.timedelta(hours=12), complete=True
    )


@pytest.fixture
def dana(store):
    store.users.add("dana", "Dana Reed", "$argon2id$...", GRANTS, AT)
    store.web_sessions.begin(session("dana"))
    return store


def test_a_user_comes_back_as_added(dana):
    found = dana.users.find("dana")

    assert [found] == dana.users.all()
    assert (set(GRANTS), None, False, AT) == (set(found.grants), found.second_factor, found.disabled, found.made_at)
    assert {Role.BILLER, Role.READ_ONLY} == found.roles("bay")
    assert {Role.READ_ONLY} == found.roles("casco")
    assert dana.users.find("nobody") is None


def test_a_name_is_given_once(dana):
    with pytest.raises(StoreError, match="already"):
        dana.users.add("dana", "Another", "hash", (), AT)
    assert "Dana Reed" == dana.users.find("dana").display_name


@pytest.mark.parametrize(
    "change",
    [
        lambda users: users.set_password("dana", "another", AT),
        lambda users: users.set_grants("dana", [Grant("bay", Role.APPROVER)]),
        lambda users: users.set_disabled("dana", disabled=True),
        lambda users: users.set_second_factor("dana", b"sealed", ["c1"]),
    ],
    ids=["password", "roles", "disabled", "second factor"],
)
def test_each_change_of_a_user_ends_the_users_sessions(dana, change):
    dana.users.add("lee", "Lee", "hash", (), AT)
    dana.web_sessions.begin(session("lee", "d2"))
    change(dana.users)

    assert dana.web_sessions.find("d1") is None
    assert dana.web_sessions.find("d2") is not None


def test_the_session_that_changed_the_password_goes_on(dana):
    dana.web_sessions.begin(session("dana", "d2"))
    dana.users.set_password("dana", "another", AT, keep="d2")

    assert [None, "dana"] == [(found := dana.web_sessions.find(one)) and found.name for one in ("d1", "d2")]


def test_a_step_of_time_and_a_recovery_code_are_taken_once(dana):
    dana.users.set_second_factor("dana", b"sealed", ["c1", "c2"])

    assert [True, False, False, True] == [dana.users.take_step("dana", step, b"sealed") for step in (7, 7, 6, 8)]
    assert [True, False, False] == [dana.users.take_recovery_code("dana", code) for code in ("c1", "c1", "c9")]
    assert 1 == dana.users.recovery_codes_left("dana")


def test_a_session_remembers_what_its_user_did(dana):
    later = AT + dt.timedelta(minutes=5)
    dana.web_sessions.seen("d1", later)
    dana.web_sessions.unlock("d1", later)
    dana.web_sessions.enroll("d1", b"sealed")
    found = dana.web_sessions.find("d1")

    assert (later, later, b"sealed") == (found.seen_at, found.unlocked_until, found.enrolling)

    dana.web_sessions.unlock("d1", None)
    dana.web_sessions.end("d1")

    assert dana.web_sessions.find("d1") is None


def test_a_new_session_takes_away_the_one_before_and_those_that_are_over(dana):
    late = session("dana", "d3")
    dana.web_sessions.begin(session("dana", "d2"), instead_of="d1")
    after = AT + dt.timedelta(hours=13)
    dana.web_sessions.begin(
        WebSession(digest="d3", name="dana", begun_at=after, seen_at=after, ends_at=after, complete=late.complete)
    )

    assert [False, False, True] == [dana.web_sessions.find(one) is not None for one in ("d1", "d2", "d3")]


def test_failures_are_counted_forgiven_and_forgotten(store):
    early = AT - dt.timedelta(days=2)
    count = store.web_sessions.count_failure
    count("long ago", early, forget_before=early)
    for _ in range(3):
        count("name", AT, forget_before=AT - dt.timedelta(days=1))

    assert Failures(3, AT) == store.web_sessions.failures("name")
    assert Failures(0, None) == store.web_sessions.failures("long ago")

    store.web_sessions.forgive("name")

    assert Failures(0, None) == store.web_sessions.failures("name")
