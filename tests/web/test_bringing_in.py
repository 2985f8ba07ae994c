"""Files and paper EOBs are brought in over the page: shown first, stored when somebody says so, and only once."""

import re
from pathlib import Path

import pytest

from hhs_sync.facts.remittance import Remittance
from hhs_sync.web.pages.paper import USE
from hhs_sync.web.paper import HEADINGS
from tests.web.conftest import FOREIGN, OWN
from tests.web.test_every_page import violations

OFX = "bank"
LINE = {
    "row_kind": "line", "row_claim_number": "K13-1", "row_status": "1", "row_service_date": "2026-10-01",
    "row_code": "90837", "row_modifiers": "", "row_units": "1", "row_charge": "150.00", "row_paid": "60.00",
    "row_allowed": "70.00", "row_adjustments": "CO-45 80.00; PR-3 10.00", "row_remarks": "", "row_reference": "",
}  # fmt: skip
PAYMENT = {"payer": "HARVARD PILGRIM", "date": "2026-10-18", "method": "CHK", "trace": "100234", "total": "60.00"}


@pytest.fixture
def paper(site):
    """A site whose practices have a source for paper."""
    config = site.office.config.path
    extra = '\n[[practices.connectors]]\nuse = "eob_csv"\nname = "paper"\npath = "inbox/eob"\n'
    text = config.read_text().partition("\n[web]")
    config.write_text(text[0] + extra + text[1] + text[2])
    (config.parent / "inbox" / "eob").mkdir(parents=True, exist_ok=True)
    from hhs_sync.config import load_config

    site.office.config = load_config(config)
    return site


def practice_with_paper(site) -> str:
    return next(one.id for one in site.office.config.practices if any(each.use == USE for each in one.connectors))


def upload(visitor, name: str, content: bytes, source: str):
    return visitor.post(f"/practice/{OWN}/upload", {"source": source}, files=[("file", (name, content))])


def source_of(site, use: str) -> str:
    return next(one.name for one in site.office.config.practice(OWN).connectors if one.use == use)


def test_a_file_is_shown_first_and_stored_when_one_says_so(site):
    file = min((site.office.config.path.parent / "inbox" / OWN / "835").glob("anthem-*.835"))
    content = file.read_bytes().replace(b"ST*835*0001~", b"ST*835*0009~")
    visitor, source = site.entered("biller"), source_of(site, "x12_folder")
    before = len(site.store.documents.catalog(OWN))

    looked = upload(visitor, "again.835", content, source)
    where = looked.headers["Location"]
    page = visitor.get(where)
    unstored = len(site.store.documents.catalog(OWN))
    stored = visitor.post(where)

    assert (303, 200, 303) == (looked.status_code, page.status_code, stored.status_code)
    assert "nothing is stored yet" in page.text
    assert re.search(r"remittance</td>\s*<td></td>\s*<td class=\"number\">1<", page.text.replace("\n", ""))
    assert (before, before + 1) == (unstored, len(site.store.documents.catalog(OWN)))
    assert "again.835" in visitor.get(stored.headers["Location"]).text
    noted = [one.what for one in site.store.activity.read(OWN, limit=5)]
    assert "brought files in" in noted


def test_what_is_stored_already_is_told_and_not_stored_again(site):
    file = min((site.office.config.path.parent / "inbox" / OWN / "835").glob("anthem-*.835"))
    visitor = site.entered("biller")

    page = visitor.get(upload(visitor, file.name, file.read_bytes(), source_of(site, "x12_folder")).headers["Location"])

    assert "we have it already" in page.text
    assert "All of it is stored already." in page.text


def test_what_a_source_cannot_read_is_told_with_its_place(site):
    visitor = site.entered("biller")
    content = b"Appointment ID,Date\r\n1,soon\r\n"

    page = visitor.get(upload(visitor, "x.csv", content, source_of(site, "sessions_csv")).headers["Location"])

    assert "not readable" in page.text


@pytest.mark.parametrize(
    ("fields", "files", "expected"),
    [({"source": "decisions"}, [("file", ("a", b"x"))], 422), ({"source": "nowhere"}, [("file", ("a", b"x"))], 422),
     ({"source": "bank"}, None, 422)],
)  # fmt: skip
def test_a_form_that_makes_no_sense_is_refused(site, fields, files, expected):
    assert expected == site.entered("biller").post(f"/practice/{OWN}/upload", fields, files=files).status_code


def test_nobody_sees_or_stores_what_another_one_looked_into(site):
    visitor, other = site.entered("biller"), site.entered("bookkeeper")
    where = upload(visitor, "x.csv", b"a\r\n1\r\n", source_of(site, "sessions_csv")).headers["Location"]

    assert (404, 404) == (other.get(where).status_code, other.post(where).status_code)
    assert 404 == visitor.get(where.replace(OWN, FOREIGN)).status_code


# --- paper


def test_the_headings_are_those_that_the_reader_of_paper_knows():
    text = (Path(__file__).parents[2] / "connectors" / "eob_csv.py").read_text()

    assert [] == [heading for heading in HEADINGS.values() if f'"{heading}"' not in text]


def test_a_paper_eob_that_adds_up_becomes_a_remittance(paper):
    practice = practice_with_paper(paper)
    visitor = paper.entered("all-biller")
    looked = visitor.post(f"/practice/{practice}/eob", {**PAYMENT, **LINE, "do": "check"})
    nothing = paper.store.documents.catalog(practice, "paper")
    stored = visitor.post(f"/practice/{practice}/eob", {**PAYMENT, **LINE, "do": "store"})
    again = visitor.post(f"/practice/{practice}/eob", {**PAYMENT, **LINE, "do": "store"})

    assert (200, 303, 422) == (looked.status_code, stored.status_code, again.status_code)
    assert "All three sums hold" in looked.text
    assert [] == nothing
    (document,) = paper.store.documents.catalog(practice, "paper")
    ((_, key, _),) = paper.store.readings.first_told_by(practice, document.digest, 9)
    ((remittance, _),) = paper.store.readings.standing(practice, [key]).values()
    assert isinstance(remittance, Remittance)
    assert (6000, "100234", 1, True) == (
        remittance.amount_paid, remittance.eft_trace, len(remittance.claim_payments), remittance.balances,
    )  # fmt: skip
    assert "stored already" in again.text


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"row_paid": "59.00"}, "is not what the line pays"),
        ({"total": "61.00"}, "are not the payment"),
        ({"row_adjustments": "CO-45"}, "cannot be read"),
        ({"row_charge": "", "row_paid": "", "row_adjustments": "", "row_claim_number": "", "row_service_date": "",
          "row_code": "", "row_units": "", "row_allowed": ""}, "Nothing is typed in yet"),
    ],
)  # fmt: skip
def test_a_paper_eob_that_does_not_add_up_is_not_stored_and_what_was_typed_stays(paper, changed, expected):
    practice = practice_with_paper(paper)
    page = paper.entered("all-biller").post(f"/practice/{practice}/eob", {**PAYMENT, **LINE, **changed, "do": "store"})

    assert 422 == page.status_code
    assert expected in page.text
    assert 'value="100234"' in page.text
    assert [] == paper.store.documents.catalog(practice, "paper")


def test_the_three_sums_are_shown_as_one_types(paper, browser):
    practice = practice_with_paper(paper)
    session = paper.entered("all-biller").session_id
    browser.context.add_cookies([{"name": "hhs-sync", "value": session, "url": paper.address}])
    browser.goto(f"{paper.address}/practice/{practice}/eob")
    assert [] == violations(browser)
    browser.fill("[name=payer]", "HARVARD PILGRIM")
    browser.fill("[name=date]", "2026-10-18")
    browser.fill("[name=trace]", "100234")
    browser.fill("[name=total]", "60.00")
    row = browser.locator("[data-row]").first
    for name in ("row_claim_number", "row_service_date", "row_code", "row_units", "row_charge", "row_adjustments"):
        row.locator(f"[name={name}]").fill(LINE[name])
    row.locator("[name=row_paid]").fill("59.00")

    assert "✗ 150.00 less 90.00 is 60.00, not 59.00: off by -1.00" == row.locator("[data-sum]").inner_text()
    assert browser.inner_text("[data-equation=payment]").startswith("✗")

    row.locator("[name=row_paid]").fill("60.00")

    assert ["✓", "✓", "✓"] == [one[0] for one in browser.locator("[data-equation]").all_inner_texts()]

    browser.click("text=Store")

    assert "EOB 100234.csv" == browser.inner_text("h1")


def test_rows_can_be_added_and_nothing_is_lost(paper):
    practice = practice_with_paper(paper)
    page = paper.entered("all-biller").post(f"/practice/{practice}/eob", {**PAYMENT, **LINE, "do": "more"})

    assert 5 == page.text.count("data-row")
    assert 'value="K13-1"' in page.text
