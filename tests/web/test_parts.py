"""A grouped question and what it is about, row by row."""

import re

from playwright.sync_api import expect

from hhs_sync.money import format_money
from hhs_sync.store.findings import Wanted
from hhs_sync.web.pages import parts
from tests.web.conftest import OWN

AMOUNT = re.compile(r'<td class="number">([\d,]+\.\d\d)</td>')
LINK = re.compile(r'href="(/practice/harbor/(?:session|remittance)/[^"]+)"')


def grouped(site):
    """A payer whom nobody mapped, with several sessions that wait for it."""
    rows = site.store.findings.rows(Wanted(practices=(OWN,), code="SRC-04"), limit=100)
    return next(one for one in rows if one.says.startswith("Payer") and one.items > 2)


def test_the_pages_of_a_group_hold_each_of_its_parts_once_and_add_up_to_its_money(shared_site, monkeypatch):
    monkeypatch.setattr(parts, "ROWS", 2)
    row = grouped(shared_site)
    visitor = shared_site.entered("bookkeeper")
    here = f"/practice/{OWN}/exception/{row.id}"
    amounts, links = [], []
    for start in range(0, row.items, 2):
        shown = visitor.get(f"{here}/parts?from={start}", headers={"HX-Request": "true"}).text
        amounts += AMOUNT.findall(shown)
        links += LINK.findall(shown)

    assert row.items == len(amounts)
    assert len(set(links)) == len(links) > 1
    assert row.amount == sum(int(re.sub(r"\D", "", one)) for one in amounts)
    assert f"of {row.items}, {format_money(row.amount)} in all" in shown
    assert 200 == visitor.get(links[0]).status_code


def test_the_question_shows_the_first_of_its_parts_and_the_next_ones_by_a_button(shared_site, monkeypatch, browser):
    monkeypatch.setattr(parts, "ROWS", 2)
    row = grouped(shared_site)
    visitor = shared_site.entered("bookkeeper")
    browser.context.add_cookies([{"name": "hhs-sync", "value": visitor.session_id, "url": shared_site.address}])
    browser.goto(f"{shared_site.address}/practice/{OWN}/exception/{row.id}")

    assert f"{row.items} wait for the same answer" == browser.inner_text(".parts h3")
    assert browser.inner_text("#parts").startswith(f"1–2 of {row.items}")

    browser.focus("#parts button")
    browser.keyboard.press("Enter")
    browser.wait_for_selector(f"#parts p:has-text('3–4 of {row.items}')")


def test_a_question_about_one_thing_has_no_list_of_parts(shared_site):
    row = next(one for one in shared_site.store.findings.rows(Wanted(practices=(OWN,)), limit=100) if one.items == 1)

    shown = shared_site.entered("bookkeeper").get(f"/practice/{OWN}/exception/{row.id}").text
    assert "wait for the same answer" not in shown


def test_magnified_to_twice_the_size_a_question_that_is_opened_is_in_sight_and_so_is_the_money(shared_site, browser):
    visitor = shared_site.entered("bookkeeper")
    browser.context.add_cookies([{"name": "hhs-sync", "value": visitor.session_id, "url": shared_site.address}])
    browser.set_viewport_size({"width": 640, "height": 400})
    browser.goto(f"{shared_site.address}/exceptions")
    browser.wait_for_selector("#work")
    right = browser.evaluate("document.querySelector('#work tbody td.number').getBoundingClientRect().right")
    assert right <= 640

    browser.keyboard.press("Enter")
    expect(browser.locator("#pane .question h2")).to_be_in_viewport(ratio=1)
