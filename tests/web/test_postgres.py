"""The pages over PostgreSQL: every address answers, signing in works, the activity is one chain."""

import contextlib
import datetime as dt

import pytest

from hhs_sync.cli.begin import new_token_key
from hhs_sync.office import Office
from hhs_sync.quickbooks.simulator import DrivenClock
from hhs_sync.web.app import declared_routes
from hhs_sync.web.rights import Right
from hhs_sync.web.server import running_server
from tests.stage import NOON
from tests.web.conftest import NO_SECOND_FACTOR, OWN, Site, people
from tests.web.test_guard import path_of

CONFIG = """
[store]
url = "env/HHS_SYNC_DATABASE"
[quickbooks]
token_key = "file/token_key"
[[practices]]
id = "harbor"
name = "Harbor Light Counseling"
agreement_date = 2026-01-02
mappings = ["mappings"]
"""


@pytest.fixture
def empty_site(postgres_url, tmp_path, monkeypatch):
    """A practice to which nothing has come yet."""
    monkeypatch.setenv("HHS_SYNC_DATABASE", postgres_url)
    (tmp_path / "mappings").mkdir()
    (tmp_path / "token_key").write_bytes(new_token_key())
    (tmp_path / "config.toml").write_text(CONFIG + NO_SECOND_FACTOR)
    clock = DrivenClock(NOON + dt.timedelta(hours=1))
    office = Office.open(tmp_path / "config.toml", clock=clock.now)
    people(office.store, NOON)
    with running_server(office) as address, contextlib.closing(Site(address, office, clock)) as made:
        yield made
    office.close()


def test_every_page_answers_before_anything_has_come_in(empty_site):
    visitor = empty_site.signed_in("dana")
    wrong = {}
    for route in declared_routes():
        if route.method == "GET" and route.right is not Right.ANYONE:
            answer = visitor.get(path_of(route, OWN))
            wrong |= {route.path: answer.status_code} if answer.status_code >= 500 else {}

    assert {} == wrong
    assert None is empty_site.store.activity.verify().broken


def test_failures_pause_and_sessions_end_there_too(empty_site):
    visitor = empty_site.visitor()
    for _ in range(5):
        assert 401 == visitor.sign_in("biller", "wrong password, quite").status_code
    assert 429 == visitor.sign_in("biller").status_code

    empty_site.clock.advance(31)

    assert 303 == visitor.sign_in("biller").status_code
    assert 200 == visitor.get("/account").status_code

    empty_site.store.users.set_disabled("biller", disabled=True)

    assert 303 == visitor.get("/account").status_code
