"""Who gets what: every declared route, by everybody, for one's own practice, for another's, and without a session.

The routes come from the program itself, so a page that is added later is walked as well.
"""

import re

import pytest

from hhs_sync.config.roles import Role
from hhs_sync.look import current_record
from hhs_sync.web.app import declared_routes
from hhs_sync.web.guard import NO_SUCH_PAGE
from hhs_sync.web.page import Page
from hhs_sync.web.rights import RIGHTS, Right
from hhs_sync.web.route import Route
from tests.web.conftest import FOREIGN, OWN

ROUTES = declared_routes()
NAMED = [pytest.param(route, id=f"{route.method} {route.path}") for route in ROUTES]
NOT_ALLOWED = "Your role does not allow this"
GUARDED = [one for one in NAMED if one.values[0].right.of_practice]
OF_PRACTICE = [one for one in NAMED if one.values[0].is_of_practice]


def path_of(route: Route, practice: str = OWN, value: str = "nothing") -> str:
    """The route's path, with a value in each place that is not the practice."""
    filled = route.path.replace("{practice}", practice)
    return re.sub(r"\{[^}]+\}", value, filled)


def ask(visitor, route: Route, path: str):
    return visitor.get(path) if route.method == "GET" else visitor.post(path)


@pytest.fixture(scope="module")
def secrets_of_the_other(shared_site):
    """Texts that stand on a page only when it shows something of the other practice."""
    desk = shared_site.office.desk(FOREIGN)
    record = current_record(desk)
    own = current_record(shared_site.office.desk(OWN))
    keys = {one.key for one in record.findings} - {one.key for one in own.findings}
    codes = set(record.client_codes.values()) - set(own.client_codes.values())

    assert keys
    assert codes
    return {desk.config.name, *keys, *codes}


@pytest.mark.parametrize("route", NAMED)
def test_without_a_session_nothing_but_the_sign_in_page_is_to_be_had(shared_site, route):
    answer = ask(shared_site.visitor(), route, path_of(route))

    if route.right is Right.ANYONE:
        assert answer.status_code in {200, 401, 404}
    elif route.method == "GET":
        assert 303 == answer.status_code
        assert answer.headers["location"].startswith("/sign-in")
    else:
        assert 401 == answer.status_code


@pytest.mark.parametrize("route", GUARDED)
@pytest.mark.parametrize("role", [*Role])
def test_a_role_gets_what_the_table_of_rights_says_and_nothing_else(shared_site, route, role):
    answer = ask(shared_site.entered(role.value), route, path_of(route))

    assert (route.right in RIGHTS[role]) == (NOT_ALLOWED not in answer.text)
    assert route.right in RIGHTS[role] or answer.status_code == 403
    assert NO_SUCH_PAGE not in answer.text


@pytest.mark.parametrize("route", OF_PRACTICE)
@pytest.mark.parametrize("role", [*Role])
def test_a_practice_one_has_no_role_in_does_not_exist(shared_site, route, role):
    visitor = shared_site.entered(role.value)
    foreign = ask(visitor, route, path_of(route, FOREIGN))
    invented = ask(visitor, route, path_of(route, "invented"))

    assert (404, 404) == (foreign.status_code, invented.status_code)
    assert NO_SUCH_PAGE in foreign.text
    assert foreign.text.replace(FOREIGN, "invented") == invented.text


def test_who_may_see_both_practices_does_see_them(shared_site, secrets_of_the_other):
    """Or the next test would look for what never stands anywhere."""
    page = shared_site.entered("dana").get("/exceptions").text

    assert [] != [one for one in secrets_of_the_other if one in page]


@pytest.mark.parametrize("route", [one for one in NAMED if one.values[0].method == "GET"])
def test_nobody_gets_anything_of_another_practice_by_any_address(shared_site, secrets_of_the_other, route):
    """Neither in lists over all practices, nor by asking in one's own practice for what is the other's."""
    visitor = shared_site.entered("own-everything")
    record = current_record(shared_site.office.desk(FOREIGN))
    finding = record.findings[0]
    values = ["nothing", finding.key, finding.short_id, finding.subject]
    documents = shared_site.store.documents.catalog(FOREIGN)
    paths = {path_of(route, OWN, value) for value in [*values, documents[0].digest] if value}
    paths |= {f"{path}?practice={FOREIGN}" for path in paths}

    for path in paths:
        answer = visitor.get(path)
        asked = answer.text.replace(finding.key, "") if finding.key in path else answer.text

        assert [] == [one for one in secrets_of_the_other if one in asked], path


@pytest.mark.parametrize(
    "route", [one for one in NAMED if one.values[0].method == "POST" and one.values[0].right is not Right.ANYONE]
)
def test_a_form_without_the_sessions_token_is_refused(shared_site, route):
    visitor = shared_site.entered("dana")
    answers = [
        visitor.post(path_of(route), {"csrf": token} if token else {}, token=False)
        for token in ("", "0" * 64, shared_site.entered("biller").csrf)
    ]

    assert [403, 403, 403] == [one.status_code for one in answers]
    assert all("out of date" in one.text for one in answers)


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_what_another_site_sends_is_refused_even_with_the_token(shared_site, headers):
    for path in ("/sign-in", "/sign-out"):
        assert 403 == shared_site.entered("dana").post(path, headers=headers).status_code


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/static/style.css", "/nowhere", "/practice/harbor", "/quickbooks/webhook"]
)
def test_every_answer_tells_the_browser_to_be_strict(shared_site, path):
    for answer in (
        shared_site.visitor().get(path),
        shared_site.visitor().post(path),
        shared_site.entered("dana").get(path),
    ):
        headers = answer.headers

        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "nosniff" == headers["X-Content-Type-Options"]
        assert "DENY" == headers["X-Frame-Options"]
        assert "Cache-Control" in headers
        assert "server" not in headers
    assert ("no-store" in answer.headers["Cache-Control"]) == (not path.startswith("/static"))


def test_a_route_without_a_right_and_one_that_shows_clients_unnoted_cannot_be_made():
    def show(page: Page):
        raise AssertionError

    with pytest.raises(AssertionError, match="must be noted"):
        Route(path="/clients", show=show, right=Right.SEE)
    with pytest.raises(AssertionError, match="which right"):
        Route(path="/clients", show=show, right="see")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Route(path="/clients", show=show)
    with pytest.raises(AssertionError, match="a right there"):
        Route(path="/practice/{practice}", show=show, right=Right.SIGNED_IN)


def test_more_than_a_route_takes_is_refused(shared_site):
    answer = shared_site.visitor().post("/sign-in", {"name": "x" * 20_000}, token=False)

    assert 413 == answer.status_code
