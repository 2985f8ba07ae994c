"""The keys to a company: renewed once, by one, written before used, and declared dead only when they are."""

import datetime as dt
import threading

import pytest
from cryptography.fernet import Fernet

from hhs_sync.errors import NotConnectedError, QuickBooksUnavailableError
from hhs_sync.quickbooks import tokens
from hhs_sync.quickbooks.simulator import Fault
from hhs_sync.store import Store
from tests.quickbooks.office import KEY, PRACTICE


def keeper_of(office, store=None):
    """A keeper as another process would have it."""
    return tokens.TokenKeeper(
        store or office.store, PRACTICE, office.sim.realm, office.app, [KEY], clock=office.now, sleep=office.sleep
    )


def stored(office):
    return tokens.load(office.store, PRACTICE, [KEY])


def refreshes(office):
    return office.sim.state.calls.by_label["oauth:token"]


@pytest.mark.parametrize("mode", ["reusable", "daily", "single-use"])
def test_a_rotated_token_is_the_one_that_is_stored(offices, mode):
    """However the server rotates: after a month of hourly renewals the connection lives."""
    office = offices(refresh_tokens=mode, new=True)
    keeper = keeper_of(office)
    for _ in range(30):
        office.sleep(25 * 3600)
        keeper.bearer()

    assert stored(office).refresh_token in office.sim.state.keys.refresh
    assert stored(office).access_token == keeper.bearer()
    assert 30 == refreshes(office)


def test_a_good_access_token_is_not_renewed(offices):
    office = offices(new=True)
    assert keeper_of(office).bearer() == keeper_of(office).bearer()
    assert 1 == refreshes(office)


def test_tokens_lie_encrypted_in_the_database(offices):
    office = offices(new=True)
    keeper_of(office).bearer()
    kept = stored(office)
    with office.store._database.read() as connection:
        rows = connection.exec_driver_sql("SELECT value FROM secrets").all()

    assert all(kept.refresh_token.encode() not in row[0] and kept.access_token.encode() not in row[0] for row in rows)
    with pytest.raises(Exception, match="key"):
        tokens.load(office.store, PRACTICE, [Fernet.generate_key()])


def test_trap_4_a_token_is_on_disk_before_anybody_uses_it(offices, monkeypatch):
    """Killed between the answer and the writing: nobody has used what is not stored."""
    office = offices(refresh_tokens="daily", new=True)
    office.sleep(25 * 3600)

    class Killed(BaseException):
        pass

    def killed(*_, **__):
        raise Killed

    monkeypatch.setattr(tokens, "keep", killed)
    keeper = keeper_of(office)
    with pytest.raises(Killed):
        keeper.bearer()
    monkeypatch.undo()

    assert keeper._tokens.access_token == ""
    assert keeper_of(office).bearer() == stored(office).access_token


def test_trap_4_where_the_old_token_died_with_the_killed_process_a_person_must_connect(offices):
    """Single use, and the answer lost: nothing can bring the new token back, and the finding says what to do."""
    office = offices(refresh_tokens="single-use", new=True)
    office.sim.state.faults.plan(Fault(what="token_lost", on="oauth:token"))
    with pytest.raises(QuickBooksUnavailableError):
        keeper_of(office).bearer()
    with pytest.raises(NotConnectedError, match="hhs-sync connect"):
        keeper_of(office).bearer()

    assert "hhs-sync connect" in tokens.connection(office.store, PRACTICE, [KEY], office.now()).because


def test_trap_4_where_the_old_token_has_a_grace_period_a_lost_answer_does_no_harm(offices):
    office = offices(refresh_tokens="daily", new=True)
    office.sleep(25 * 3600)
    office.sim.state.faults.plan(Fault(what="token_lost", on="oauth:token"))
    with pytest.raises(QuickBooksUnavailableError):
        keeper_of(office).bearer()

    assert keeper_of(office).bearer() == stored(office).access_token


def test_trap_5_of_two_workers_one_renews_and_the_other_takes_what_came(offices, tmp_path):
    """Single use: two refreshers would kill each other's token."""
    office = offices(refresh_tokens="single-use", new=True)
    first = keeper_of(office)
    refused = first.bearer()
    office.sim.state.calls.by_label.clear()
    with Store.open(f"sqlite:///{tmp_path}/store0.db") as other_store:
        keepers = [first, keeper_of(office, other_store)] * 3
        taken, barrier = [], threading.Barrier(len(keepers))

        def renew(keeper):
            barrier.wait()
            taken.append(keeper.renew(refused))

        threads = [threading.Thread(target=renew, args=(keeper,)) for keeper in keepers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert {stored(office).access_token} == set(taken)
    assert 1 == refreshes(office)


def test_what_another_process_stored_is_taken_before_the_connection_is_called_dead(offices):
    """Our refresh token died because someone rotated it: theirs is in the store."""
    office = offices(refresh_tokens="single-use", new=True)
    ours, theirs = keeper_of(office), keeper_of(office)
    refused = ours.bearer()
    theirs.renew(refused)

    assert stored(office).access_token == ours.renew(refused)


def test_a_refusal_out_of_the_blue_is_not_believed_at_once(offices, monkeypatch):
    """One long-running integration sees spurious refusals: asked again, the same token is good."""
    office = offices(new=True)
    keys = office.sim.state.keys
    kept = dict(keys.refresh)
    keys.refresh.clear()
    monkeypatch.setattr(office, "sleep", lambda _: keys.refresh.update(kept))

    assert keeper_of(office).bearer()
    assert 2 == refreshes(office)


def test_a_dead_connection_is_not_asked_about_again_until_somebody_connects(offices):
    office = offices(new=True)
    kept = dict(office.sim.state.keys.refresh)
    office.sim.state.keys.refresh.clear()
    for _ in range(3):
        with pytest.raises(NotConnectedError):
            keeper_of(office).bearer()
    assert 2 == refreshes(office)

    office.sim.state.keys.refresh.update(kept)
    tokens.keep_refresh_token(office.store, PRACTICE, office.sim.realm, next(iter(kept)), [KEY], office.now())

    assert keeper_of(office).bearer()
    assert tokens.connection(office.store, PRACTICE, [KEY], office.now()).connected


def test_the_reason_is_told_when_the_person_who_connected_has_left(offices):
    office = offices(new=True)
    office.sim.state.keys.left[office.sim.realm] = True

    with pytest.raises(NotConnectedError, match="user_not_in_realm"):
        keeper_of(office).bearer()


@pytest.mark.parametrize("what", ["server_error", "unavailable", "reset"])
def test_a_sign_in_service_that_is_down_kills_no_connection(offices, what):
    office = offices(new=True)
    office.sim.state.faults.plan(Fault(what=what, on="oauth:*"))
    with pytest.raises(QuickBooksUnavailableError):
        keeper_of(office).bearer()

    assert keeper_of(office).bearer()


def test_a_sign_in_service_that_hangs_is_given_up(offices, monkeypatch):
    monkeypatch.setattr(tokens, "TIMEOUT", (1.0, 0.2))
    office = offices(new=True)
    office.sim.state.faults.plan(Fault(what="hang", on="oauth:*", seconds=0.5))

    with pytest.raises(QuickBooksUnavailableError):
        keeper_of(office).bearer()


def test_a_practice_that_was_never_connected_says_so(offices):
    office = offices(new=True)
    office.store.secrets.remove(PRACTICE, tokens.SECRET)

    with pytest.raises(NotConnectedError, match="never been connected"):
        keeper_of(office).bearer()
    assert "never connected" == tokens.connection(office.store, PRACTICE, [KEY], office.now()).because


def test_a_connection_to_another_company_is_none(offices):
    office = offices(new=True)
    keeper = tokens.TokenKeeper(office.store, PRACTICE, "9341450000000002", office.app, [KEY], clock=office.now)

    with pytest.raises(NotConnectedError, match="another company"):
        keeper.bearer()


def test_the_days_left_are_told_for_both_ends(offices):
    """101 days from the last use, and five years from the connecting."""
    office = offices(new=True)
    keeper_of(office).bearer()
    office.sleep(10.5 * 86400)
    connection = tokens.connection(office.store, PRACTICE, [KEY], office.now())

    assert (True, 90, 1814) == (connection.connected, connection.refresh_days_left, connection.hard_days_left)


def test_the_moment_of_the_five_year_end_survives_answers_without_it(offices):
    office = offices(new=True)
    keeper_of(office).bearer()
    before = stored(office)

    class Answer:
        access_token, refresh_token, expires_in, x_refresh_token_expires_in = "a", "r", 3600, 8726400

    after = tokens.tokens_in(Answer(), office.sim.realm, office.now() + dt.timedelta(days=1), before=before)

    assert before.hard_until == after.hard_until
    assert before.connected_at == after.connected_at
