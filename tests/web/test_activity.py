"""The activity page: who did what and who saw what, for those who may see that, of their own practices."""

from hhs_sync.config.roles import Role
from hhs_sync.store.users import Grant
from tests.web.conftest import FOREIGN, OWN


def rows(page: str) -> list[str]:
    """What stands in the column What, the newest first."""
    return [one.partition("</td>")[0] for one in page.split('<td class="what">')[1:]]


def test_it_tells_sign_ins_to_those_who_may_see_every_practice_and_views_to_each(site):
    site.signed_in("all-biller").get("/exceptions")
    site.entered("biller").get("/exceptions")
    everything = rows(site.entered("all-operator").get("/activity").text)
    own = rows(site.entered("operator").get("/activity").text)

    assert ["saw the work list", "saw the work list", "signed in"] == everything[:3]
    assert ["saw the work list", "saw the work list"] == own[:2]
    assert "signed in" not in own
    assert 403 == site.entered("biller").get("/activity").status_code


def test_nothing_is_told_of_a_practice_one_may_not_look_at(site):
    site.store.users.set_grants("stranger", [Grant(FOREIGN, Role.OPERATOR)])
    site.entered("biller").get("/exceptions")
    name = site.office.desk(OWN).config.name
    visitor = site.entered("stranger")

    assert name not in visitor.get("/activity").text
    assert "saw the work list" not in visitor.get(f"/activity?practice={OWN}").text


def test_it_is_searched_by_who_and_by_what_it_was_about_and_leafed_through(site):
    for number in range(103):
        site.store.activity.note(OWN, at=site.clock.now(), by="lee", what=f"did {number}", subject=f"s{number % 2}")
    visitor = site.entered("all-operator")
    first = visitor.get("/activity?by=lee").text
    older = first.partition('class="button" href="')[2].partition('"')[0].replace("&amp;", "&")

    assert ["did 102", 100] == [rows(first)[0], len(rows(first))]
    assert ["did 2", "did 1", "did 0"] == rows(visitor.get(older).text)
    assert ["did 102", "did 100"] == rows(visitor.get("/activity?about=s0").text)[:2]
    assert "Nothing like this was done." in visitor.get("/activity?by=nobody-at-all").text
    assert 200 == visitor.get("/activity?before=nonsense").status_code
