"""The first page: its figures are those of the rows behind them."""

import re

import pytest

from hhs_sync.look import current_record
from hhs_sync.money import format_money
from hhs_sync.store.findings import Wanted
from hhs_sync.web.aging import LABEL, WIDTH_MAX, picture
from tests.web.conftest import FOREIGN, OWN


def figures(page: str) -> dict[str, tuple[str, str]]:
    """Name to count and amount, as they stand on the page."""
    name, number = r"<dt>.*?>?([A-Z][a-z ]+)(?:</a>)?</dt>", r"([\d,.-]+)</span>"
    found = re.findall(rf'{name}\s*<dd><span class="count">{number} <span class="sum">{number}', page)
    return {name: (count, amount) for name, count, amount in found}


@pytest.mark.parametrize(("who", "practices"), [("dana", (OWN, FOREIGN)), ("biller", (OWN,)), ("operator", (OWN,))])
def test_the_figures_are_sums_of_the_rows_of_the_practices_one_may_see(shared_site, who, practices):
    shown = figures(shared_site.entered(who).get("/").text)
    rows = shared_site.store.findings.rows(Wanted(practices=practices), limit=10_000)
    today = shared_site.clock.now().date()

    def told(some) -> tuple[str, str]:
        return f"{len(some):,}", format_money(sum(row.counted for row in some))

    assert told(rows) == shown["All open"]
    assert told([row for row in rows if row.due < today]) == shown["Overdue"]
    assert told([row for row in rows if row.due <= today]) == shown["Due by today"]


def test_money_in_transit_and_what_is_owed_are_the_records(shared_site):
    page = shared_site.entered("biller").get("/").text
    record = current_record(shared_site.office.desk(OWN))
    payers = sum(one.total for one in record.aging if not one.is_client)
    transit = sum(one.amount for one in record.in_transit)

    assert transit
    assert f'<td class="number">{format_money(transit)}</td></tr></tfoot>' in page
    assert f'Payers <strong class="number">{format_money(payers)}</strong>' in page


def test_each_figure_leads_to_its_rows_for_those_who_may_see_them(shared_site):
    links = re.findall(r'href="(/exceptions[^"]*)"', shared_site.entered("biller").get("/").text)

    assert links
    for link in links:
        assert 200 == shared_site.entered("biller").get(link.replace("&amp;", "&")).status_code
    assert 'href="/exceptions' not in shared_site.entered("operator").get("/").text


def test_one_practice_can_be_looked_at_alone_but_only_ones_own(shared_site):
    one = shared_site.entered("dana").get(f"/?practice={FOREIGN}").text
    name = shared_site.office.desk(FOREIGN).config.name

    assert f"Today at {name}" in one
    assert name not in shared_site.entered("biller").get(f"/?practice={FOREIGN}").text


def test_before_the_first_turn_the_page_says_so(site):
    with site.store._database.write(OWN) as connection:
        connection.exec_driver_sql("DELETE FROM reviews")
        connection.exec_driver_sql("DELETE FROM findings")
    page = site.entered("biller").get("/").text

    assert "No turn has been made yet." in page
    assert "Nothing to do." in page
    assert "Nobody owes anything." in page


def test_the_picture_is_to_scale_and_a_credit_has_no_bar():
    drawn = picture((40_000, 0, 0, 0, 0), (10_000, -500, 0, 0, 0))
    first, second, *_ = drawn.rows

    assert [WIDTH_MAX, WIDTH_MAX // 4] == [bar.width for bar in first.bars]
    assert [0, 0] == [bar.width for bar in second.bars]
    assert (40_000, 9_500, 49_500) == (drawn.payers, drawn.clients, drawn.total)
    assert all(LABEL + bar.width < drawn.width for row in drawn.rows for bar in row.bars)
    assert all(bar.y + drawn.bar_height <= drawn.height for row in drawn.rows for bar in row.bars)
