"""A taught rule: seen with its use, switched off and on again, on the page and on the command line."""

import re

import pytest

from hhs_sync import cli
from hhs_sync.facts.resolution import Resolution, ResolutionKind
from hhs_sync.store.findings import Wanted
from tests.web.conftest import OWN

PART = {"HX-Request": "true"}
SEEN = re.compile(r'name="seen" value="([^"]+)"')
NAME = re.compile(r'name="rule" value="([^"]+)"')


@pytest.fixture
def taught(site):
    """A site where the bookkeeper has mapped a payer that eight remittances named."""
    rows = site.store.findings.rows(Wanted(practices=(OWN,), code="SRC-04"), limit=100)
    row = next(one for one in rows if one.says.startswith("Payer") and one.amount)
    person = site.entered("bookkeeper")
    fields = {"act": "map", "choice": "new payer", "more": "commercial"}
    path = f"/practice/{OWN}/exception/{row.id}/decide"
    (seen,) = SEEN.findall(shown(person, person.post(path, fields, headers=PART), path))
    assert 200 == person.post(path, {**fields, "seen": seen}, headers=PART).status_code
    return site, person, row


def shown(person, answer, path):
    """What a preview comes to, once it is there."""
    assert 200 == answer.status_code, answer.text
    while not (found := SEEN.findall(answer.text)):
        (number,) = re.findall(r"/preview/([^\"]+)\"", answer.text)
        fields = dict(re.findall(r'name="(act|choice|more)" value="([^"]+)"', answer.text))
        answer = person.post(path.replace("/decide", f"/preview/{number}"), fields, headers=PART)
    assert found
    return answer.text


def followed(person, answer):
    """The page that a form leads to, once the work behind it is done."""
    assert 303 == answer.status_code, answer.text
    page = person.get(answer.headers["Location"])
    while "Look again" in page.text:
        page = person.get(answer.headers["Location"])
    return answer.headers["Location"], page


def text_of(site) -> str:
    return (site.office.config.practice(OWN).mappings[-1] / "decided.toml").read_text()


def decisions(site, kind: ResolutionKind) -> list[Resolution]:
    told = site.store.readings.of_kinds(OWN, ("resolution",))
    return [one for one in told if isinstance(one, Resolution) and one.kind is kind]


def test_a_taught_rule_is_listed_with_its_use_switched_off_and_on_again(taught):
    site, person, row = taught
    listed = person.get(f"/rules?practice={OWN}").text

    assert "is a payer of its own, commercial" in listed
    assert f'<td class="number">{row.items}</td><td class="number">{row.amount / 100:,.2f}</td>' in listed

    (name,) = NAME.findall(listed)
    site.clock.advance(60)
    path = f"/practice/{OWN}/rules/switch"
    at, preview = followed(person, person.post(path, {"rule": name, "reason": "they merged"}))
    assert "Switch this rule off?" in preview.text
    assert "payers" in text_of(site)

    assert 303 == person.post(at).status_code
    assert "[[payers]]" not in text_of(site)
    (off,) = decisions(site, ResolutionKind.TAKE_BACK)
    assert ("bookkeeper", "they merged") == (off.by, off.reason)
    listed = person.get(f"/rules?practice={OWN}").text
    assert "by bookkeeper" in listed
    assert "they merged" in listed

    site.clock.advance(60)
    at, preview = followed(person, person.post(path, {"rule": name}))
    assert "Switch this rule on again?" in preview.text
    assert 303 == person.post(at).status_code
    assert "[[payers]]" in text_of(site)
    assert "Switch off" in person.get(f"/rules?practice={OWN}").text
    noted = [one.what for one in site.store.activity.read(OWN, limit=30)]
    assert {"switched a rule off", "switched a rule on"} <= set(noted)


def test_who_may_not_teach_may_not_switch_either(taught):
    site, person, _ = taught
    (name,) = NAME.findall(person.get(f"/rules?practice={OWN}").text)
    biller = site.entered("biller")

    assert [] == NAME.findall(biller.get(f"/rules?practice={OWN}").text)
    assert 403 == biller.post(f"/practice/{OWN}/rules/switch", {"rule": name}).status_code


def test_a_rule_that_was_switched_meanwhile_is_left_alone(taught, capsys):
    site, person, _ = taught
    (name,) = NAME.findall(person.get(f"/rules?practice={OWN}").text)
    at, _ = followed(person, person.post(f"/practice/{OWN}/rules/switch", {"rule": name}))
    here = ["--practice", OWN, "--config", str(site.office.config.path)]
    assert 0 == cli.run(["mappings", "switch", name, "--yes", *here])
    assert "Switched off" in capsys.readouterr().out

    assert 409 == person.post(at).status_code

    cli.run(["mappings", "taught", *here])
    assert "off, by" in capsys.readouterr().out
    assert 0 == cli.run(["mappings", "switch", name, "--dry-run", *here])
    assert "to be switched on" in capsys.readouterr().out
    assert "[[payers]]" not in text_of(site)
