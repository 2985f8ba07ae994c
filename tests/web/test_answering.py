"""How requests are answered whatever happens: routes of a practice, faults, and what must be noted."""

import contextlib

import pytest
from starlette.responses import PlainTextResponse

from hhs_sync.errors import HhsSyncError, StoreError
from hhs_sync.web.page import Page
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route
from hhs_sync.web.server import running_server
from tests.web.conftest import FOREIGN, OWN, Site


def show(page: Page):
    names = page.shows_names_of(page.practice)
    return PlainTextResponse(f"{page.practice} {page.desk.config.name} {page.parts['thing']} names={names}")


def everywhere(page: Page):
    return PlainTextResponse(" ".join(page.practices) + f" names={page.unlocked}")


def decide(page: Page):
    if page.text("noted"):
        page.note("decided", subject="this", details={"count": 1})
    return PlainTextResponse("done")


def fail(page: Page):
    raise {"store": StoreError, "ours": HhsSyncError, "bug": ZeroDivisionError}[str(page.parts["thing"])](
        "Anna Berger, born 1990"
    )


PROBES = (
    Route(
        path="/practice/{practice}/thing/{thing:path}", show=show, right=Right.SEE, audit="saw a thing", subject="thing"
    ),
    Route(path="/practice/{practice}/decide", show=decide, right=Right.DECIDE, method="POST"),
    Route(path="/things", show=everywhere, right=Right.SEE, audit="saw all things"),
    Route(path="/fail/{thing}", show=fail, right=Right.STANDING),
    Route(path="/large", show=everywhere, right=Right.STANDING, method="POST", body_max=2_000_000),
    Route(path="/tick", show=everywhere, right=Right.STANDING, polled=True),
)


@pytest.fixture
def probed(site, monkeypatch):
    """The site's office, served with these routes."""
    monkeypatch.setattr("hhs_sync.web.app.declared_routes", lambda: PROBES)
    with running_server(site.office) as address, contextlib.closing(Site(address, site.office, site.clock)) as made:
        yield made


def noted(site):
    (newest,) = site.store.activity.read(None, 1)
    return newest


def test_a_page_of_a_practice_is_noted_before_it_is_shown(probed):
    answer = probed.entered("biller").get(f"/practice/{OWN}/thing/ehr/appointment/1")
    newest = noted(probed)

    assert "harbor Harbor" in answer.text
    assert ("biller", "saw a thing", OWN, "ehr/appointment/1") == (
        newest.by,
        newest.what,
        newest.practice,
        newest.subject,
    )
    assert "127.0.0.1" == newest.address


@pytest.mark.parametrize(
    ("who", "practice", "status"),
    [
        ("biller", OWN, 200), ("biller", FOREIGN, 404), ("biller", "invented", 404), ("operator", OWN, 403),
        ("all-biller", FOREIGN, 200), ("stranger", OWN, 404), ("all-operator", FOREIGN, 403),
    ],
)  # fmt: skip
def test_a_practice_is_there_for_those_with_a_role_in_it(probed, who, practice, status):
    before = noted(probed).number
    answer = probed.entered(who).get(f"/practice/{practice}/thing/1")

    assert status == answer.status_code
    assert (noted(probed).number > before) == (status == 200)


def test_a_page_over_all_practices_is_about_those_one_may_see(probed):
    assert OWN == probed.entered("biller").get("/things").text.split(" names")[0]
    assert f"{OWN} {FOREIGN}" == probed.entered("all-biller").get("/things").text.split(" names")[0]
    assert 403 == probed.entered("operator").get("/things").status_code
    assert 403 == probed.entered("stranger").get("/things").status_code


def test_a_page_over_several_practices_is_noted_for_each_of_them(probed):
    probed.entered("all-biller").get("/things")
    of_all = noted(probed)
    probed.entered("biller").get("/things")
    of_one = noted(probed)
    own = [one.by for one in probed.store.activity.among([OWN]) if one.what == "saw all things"]
    foreign = [one.by for one in probed.store.activity.among([FOREIGN]) if one.what == "saw all things"]

    assert (None, {"practices": "*"}) == (of_all.practice, of_all.details)
    assert (OWN, {}) == (of_one.practice, of_one.details)
    assert ["biller", "all-biller"] == own
    assert ["all-biller"] == foreign


def test_what_was_done_unnoted_is_a_fault_of_ours_and_not_passed_over(probed):
    visitor = probed.entered("biller")

    assert 200 == visitor.post(f"/practice/{OWN}/decide", {"noted": "yes"}).status_code
    assert {"count": 1} == noted(probed).details
    assert 500 == visitor.post(f"/practice/{OWN}/decide").status_code


@pytest.mark.parametrize(("what", "status", "told"), [("store", 503, True), ("ours", 500, True), ("bug", 500, False)])
def test_a_fault_is_a_page_and_the_text_of_a_bug_is_not_on_it(probed, what, status, told):
    answer = probed.entered("biller").get(f"/fail/{what}")

    assert status == answer.status_code
    assert told == ("Anna Berger" in answer.text)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_names_stay_hidden_where_one_of_the_practices_does_not_allow_them(probed):
    users, until = probed.store.users, probed.clock.now().replace(year=2030)
    grants = {one.name: one.grants for one in users.all()}
    users.set_grants("stranger", [*grants["biller"], *grants["all-read-only"]])
    visitor = probed.entered("stranger")
    with_names = [one.digest for one in [probed.store.web_sessions.find(digest) for digest in _digests(probed)] if one]
    for digest in with_names:
        probed.store.web_sessions.unlock(digest, until)

    assert "names=True" in visitor.get(f"/practice/{OWN}/thing/1").text
    assert "names=False" in visitor.get(f"/practice/{FOREIGN}/thing/1").text
    assert "names=False" in visitor.get("/things").text


def _digests(site):
    from sqlalchemy import select

    from hhs_sync.store import schema

    with site.store._database.read() as connection:
        return list(connection.execute(select(schema.web_sessions.c.digest)).scalars())


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(probed):
    visitor = probed.entered("biller")
    for _ in range(3):
        probed.clock.advance(6 * 60)
        last = visitor.get("/tick").status_code

    assert 303 == last


def test_large_bodies_are_read_of_those_only_who_are_signed_in(probed):
    inside, outside = probed.entered("biller"), probed.visitor()

    assert 200 == inside.post("/large", {"text": "x" * 900_000}).status_code
    assert 413 == inside.post("/large", {"text": "x" * 2_100_000}).status_code
    assert 413 == outside.post("/large", {"text": "x" * 900_000}).status_code
    assert 401 == outside.post("/large", {"text": "x"}).status_code


def test_htmx_is_sent_to_the_sign_in_page_as_a_whole(probed):
    answer = probed.visitor().get("/things", headers={"HX-Request": "true"})

    assert (401, "/sign-in") == (answer.status_code, answer.headers["HX-Redirect"])
