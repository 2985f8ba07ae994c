"""Signing in: the password, pauses, how sessions end, the second factor, names of clients."""

import datetime as dt

import pyotp
import pytest
from sqlalchemy import select

from hhs_sync.config.roles import Role
from hhs_sync.store import schema
from hhs_sync.store.users import Grant
from hhs_sync.web import passwords
from hhs_sync.web.second_factor import new_secret, sealed
from tests.web.conftest import OWN, PASSWORD

WRONG = "wrong password, quite"


def is_in(visitor) -> bool:
    return 200 == visitor.get("/account").status_code


# --- password and pauses


def test_the_right_password_opens_a_session_that_only_the_browser_knows(site):
    visitor = site.visitor()
    answer = visitor.sign_in("dana")
    cookie = answer.headers["set-cookie"]
    with site.store._database.read() as connection:
        (kept,) = connection.execute(select(schema.web_sessions)).all()

    assert (303, "/") == (answer.status_code, answer.headers["location"])
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/"))
    assert "Max-Age" not in cookie
    assert visitor.session_id not in repr(kept)
    assert is_in(visitor)
    assert not is_in(site.visitor())


def test_a_wrong_password_and_a_name_that_nobody_has_get_the_same_answer(site):
    site.store.users.set_disabled("biller", disabled=True)
    answers = [
        site.visitor().sign_in(name, password)
        for name, password in (("dana", WRONG), ("nobody", WRONG), ("biller", PASSWORD), ("dana", ""))
    ]

    assert [401] * 4 == [one.status_code for one in answers]
    assert 1 == len(
        {one.text.replace(name, "") for one, name in zip(answers, ("dana", "nobody", "biller", "dana"), strict=True)}
    )


def test_it_takes_as_long_to_refuse_nobody_as_to_refuse_somebody(monkeypatch):
    """Not by the clock, which a busy machine would make lie: the same hash is computed for both."""
    done = []
    verify = passwords._hasher.verify
    monkeypatch.setattr(
        type(passwords._hasher), "verify", lambda _, hash_, text: done.append(hash_) or verify(hash_, text)
    )
    somebodys = passwords.hashed(PASSWORD)

    assert passwords.matches(PASSWORD, somebodys)
    assert not passwords.matches(WRONG, somebodys)
    assert not passwords.matches("the password of nobody at all", None)
    assert [somebodys, somebodys, passwords.nobodys()] == done
    assert somebodys.split("$")[3] == passwords.nobodys().split("$")[3], "both cost the same"


@pytest.mark.parametrize("name", ["dana", "nobody"])
def test_who_fails_too_often_waits_longer_each_time_and_the_right_password_does_not_help(site, name):
    visitor = site.visitor()
    for _ in range(5):
        assert 401 == visitor.sign_in(name, WRONG).status_code

    assert 429 == visitor.sign_in(name).status_code
    assert "Try again in 1 minute." in site.visitor().sign_in(name).text

    site.clock.advance(31)
    assert 401 == visitor.sign_in(name, WRONG).status_code
    site.clock.advance(31)
    assert 429 == visitor.sign_in(name).status_code, "the second pause is a minute"
    site.clock.advance(30)
    assert (303 if name == "dana" else 401) == visitor.sign_in(name).status_code


def test_pauses_outlive_the_program_and_end_with_a_right_password(site):
    visitor = site.visitor()
    for _ in range(4):
        visitor.sign_in("dana", WRONG)
    visitor.sign_in("dana")
    for _ in range(4):
        assert 401 == visitor.sign_in("dana", WRONG).status_code
    with site.store._database.read() as connection:
        counts = connection.execute(select(schema.sign_in_failures)).mappings().all()

    assert sorted(row["count"] for row in counts) == [4, 8], "the name's were forgiven in between, the address's not"
    assert not any("dana" in repr(row) for row in counts)


def test_an_address_that_tries_many_names_waits_too(site):
    for number in range(20):
        assert 401 == site.visitor().sign_in(f"name{number}", WRONG).status_code

    assert 429 == site.visitor().sign_in("dana").status_code


def test_one_is_led_back_to_where_one_wanted_to_go_but_never_to_another_site(site):
    first = site.visitor().get("/account?a=1")

    assert "/sign-in?next=/account%3Fa%3D1" == first.headers["location"]
    for wanted, led in (
        ("/account?a=1", "/account?a=1"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil", "/"),
    ):
        answer = site.visitor().post("/sign-in", {"name": "dana", "password": PASSWORD, "next": wanted}, token=False)

        assert led == answer.headers["location"]


# --- how sessions end


def test_a_session_ends_by_rest_by_age_and_by_signing_out(site):
    resting, working, leaving = (site.signed_in("dana") for _ in range(3))
    leaving.post("/sign-out")

    assert not is_in(leaving)

    for _ in range(2):
        site.clock.advance(14 * 60)
        assert is_in(working)
    assert not is_in(resting)

    for _ in range(12 * 60 // 14):
        site.clock.advance(14 * 60)
        working.get("/account")
    assert not is_in(working), "after twelve hours, however busy"


def test_who_signs_in_once_more_leaves_no_session_behind(site):
    visitor = site.signed_in("dana")
    before = visitor.session_id
    visitor.sign_in("biller")
    left = site.visitor()
    left.http.cookies.set("hhs-sync", before)

    assert is_in(visitor)
    assert not is_in(left)


def test_what_changes_a_user_ends_the_users_sessions(site):
    changes = [
        lambda: site.store.users.set_password("biller", passwords.hashed(PASSWORD), site.clock.now()),
        lambda: site.store.users.set_grants("biller", [Grant(OWN, Role.BILLER)]),
        lambda: site.store.users.set_second_factor("biller", None),
        lambda: site.store.users.set_disabled("biller", disabled=True),
    ]
    other = site.signed_in("dana")
    for change in changes:
        visitor = site.signed_in("biller")
        change()

        assert not is_in(visitor)
    assert is_in(other)


def test_a_person_changes_the_own_password_and_stays_in_here_only(site):
    here, elsewhere = site.signed_in("biller"), site.signed_in("biller")
    new = "quite another long one"
    fields = {"current": PASSWORD, "new": new, "again": new}

    assert 401 == here.post("/account/password", {**fields, "current": WRONG}).status_code
    assert 422 == here.post("/account/password", {**fields, "again": "something else, long"}).status_code
    assert 422 == here.post("/account/password", {**fields, "new": "short", "again": "short"}).status_code
    assert 200 == here.post("/account/password", fields).status_code
    assert is_in(here)
    assert not is_in(elsewhere)
    assert 401 == site.visitor().sign_in("biller").status_code
    assert 303 == site.visitor().sign_in("biller", new).status_code


# --- the second factor


@pytest.fixture
def app(site):
    """What the phone of `approver` shows, who has a second factor."""
    secret = new_secret()
    site.store.users.set_second_factor("approver", sealed(site.office, secret))
    return pyotp.TOTP(secret)


def test_the_password_alone_opens_nothing_for_who_has_a_second_factor(site, app):
    visitor = site.visitor()

    assert "/second-factor" == visitor.sign_in("approver").headers["location"]
    for path in ("/", "/account", "/unlock"):
        assert "/second-factor" == visitor.get(path).headers["location"]
    assert 403 == visitor.get("/second-factor/set-up").status_code, "or it could be replaced without the phone"

    before = visitor.session_id
    answer = visitor.post("/second-factor", {"code": app.at(site.clock.now())})

    assert (303, "/") == (answer.status_code, answer.headers["location"])
    assert visitor.session_id != before
    assert is_in(visitor)


def test_a_code_is_taken_once_and_only_near_its_time(site, app):
    code = app.at(site.clock.now())
    first, again, late = (site.visitor() for _ in range(3))
    for visitor in (first, again, late):
        visitor.sign_in("approver")

    assert 303 == first.post("/second-factor", {"code": code}).status_code
    assert 401 == again.post("/second-factor", {"code": code}).status_code
    assert (
        401 == again.post("/second-factor", {"code": app.at(site.clock.now() - dt.timedelta(seconds=30))}).status_code
    )
    assert 401 == late.post("/second-factor", {"code": app.at(site.clock.now() + dt.timedelta(minutes=2))}).status_code
    site.clock.advance(30)
    assert 303 == again.post("/second-factor", {"code": app.at(site.clock.now())}).status_code


def test_codes_can_not_be_tried_one_after_the_other(site, app):
    visitor = site.visitor()
    visitor.sign_in("approver")
    for number in range(5):
        assert 401 == visitor.post("/second-factor", {"code": f"00000{number}"}).status_code

    assert 429 == visitor.post("/second-factor", {"code": app.at(site.clock.now())}).status_code


def test_a_second_factor_is_set_up_and_its_recovery_codes_work_once(site):
    visitor = site.signed_in("biller")
    page = visitor.get("/second-factor/set-up").text
    key = page.partition("<code>")[2].partition("</code>")[0].replace(" ", "")
    fields = {"code": pyotp.TOTP(key).at(site.clock.now()), "password": PASSWORD}

    assert 401 == visitor.post("/second-factor/set-up", {**fields, "password": WRONG}).status_code
    assert 422 == visitor.post("/second-factor/set-up", {**fields, "code": "000000"}).status_code

    done = visitor.post("/second-factor/set-up", fields)
    codes = [one.partition("</code>")[0] for one in done.text.split("<code>")[1:]]

    assert 10 == len(codes)
    assert is_in(visitor)
    assert key.encode() not in site.store.users.find("biller").second_factor

    for expected in (303, 401):
        other = site.visitor()
        other.sign_in("biller")

        assert expected == other.post("/second-factor", {"code": codes[0].lower()}).status_code
    assert 9 == site.store.users.recovery_codes_left("biller")


def test_a_role_that_needs_a_second_factor_gets_nowhere_without_one(site):
    site.office.config = site.office.config.model_copy(
        update={"web": site.office.config.web.model_copy(update={"second_factor_for": (Role.APPROVER,)})}
    )
    visitor = site.visitor()

    assert "/second-factor" == visitor.sign_in("approver").headers["location"]
    assert "/second-factor/set-up" == visitor.get("/second-factor").headers["location"]
    assert "/second-factor" == visitor.get("/").headers["location"]

    page = visitor.get("/second-factor/set-up").text
    key = page.partition("<code>")[2].partition("</code>")[0].replace(" ", "")

    assert 200 == visitor.post("/second-factor/set-up", {"code": pyotp.TOTP(key).at(site.clock.now())}).status_code
    assert is_in(visitor)
    assert 403 == visitor.post("/account/second-factor/remove", {"current": PASSWORD}).status_code
    assert "/" == site.visitor().sign_in("biller").headers["location"]


# --- names of clients


def test_names_are_shown_after_the_password_for_some_minutes_and_the_activity_tells(site):
    visitor = site.signed_in("biller")

    assert "Show names" in visitor.get("/").text
    assert 401 == visitor.post("/unlock", {"password": WRONG}).status_code
    assert "Show names" in visitor.get("/").text
    assert 303 == visitor.post("/unlock", {"password": PASSWORD}).status_code
    assert "Names of clients are shown until" in visitor.get("/").text

    site.clock.advance(10 * 60)

    assert "Show names" in visitor.get("/").text
    told = [(one.by, one.what) for one in site.store.activity.read(None, 3)]
    assert [("biller", "unlocked names of clients"), ("biller", "tried to unlock names of clients")] == told[:2]


def test_names_can_be_hidden_at_once_and_some_roles_never_see_them(site):
    visitor = site.signed_in("biller")
    visitor.post("/unlock", {"password": PASSWORD})
    visitor.post("/lock")

    assert "Show names" in visitor.get("/").text
    for role in ("read-only", "operator"):
        assert "Show names" not in site.entered(role).get("/").text
        assert 403 == site.entered(role).post("/unlock", {"password": PASSWORD}).status_code
