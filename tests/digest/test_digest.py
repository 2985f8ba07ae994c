"""The digest tells how the books stand, and nothing about any client."""

import datetime as dt
import re
import zoneinfo
from pathlib import Path

import pytest

from hhs_sync.demo.cast import PRACTICES
from hhs_sync.demo.world import make_up
from hhs_sync.digest import Digest, in_text, make_digest
from hhs_sync.digest.delivery import in_html
from hhs_sync.office import Office
from hhs_sync.reports.exceptions import exceptions_page
from hhs_sync.review import Record
from hhs_sync.worklist import kept_record
from tests.stage import THROUGH

EASTERN = zoneinfo.ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def told(demo_folder: Path) -> tuple[Digest, dict[str, Record]]:
    office = Office.open(demo_folder / "config.toml")
    try:
        records = {one: kept_record(office.store, one) for one in office.worked}
        assert all(records.values())
        made_at = office.store.reviews.made_at("harbor")
        assert made_at is not None
        digest = make_digest(office, (made_at + dt.timedelta(hours=1)).astimezone(EASTERN))
        return digest, {name: one for name, one in records.items() if one}
    finally:
        office.close()


@pytest.fixture(scope="module")
def texts(told: tuple[Digest, dict[str, Record]]) -> str:
    return f"{told[0].subject}\n{in_text(told[0])}\n{in_html(told[0]).decode()}"


def test_it_tells_the_same_figures_as_the_report(told: tuple[Digest, dict[str, Record]], texts: str) -> None:
    digest, records = told

    assert ["harbor", "birch"] == [one.practice for one in digest.parts]
    for part in digest.parts:
        page = exceptions_page([records[part.practice]])
        assert (page.number, page.due_number, page.overdue_number) == (
            part.all_open.number, part.due.number, part.overdue.number,
        )  # fmt: skip
        assert page.amount == f"{part.all_open.amount / 100:,.2f}"
        assert part.all_open.number == sum(one.number for one in part.severities)
        assert page.amount in texts
        assert part.name in texts


def test_one_line_says_whether_one_has_to_open_it(told: tuple[Digest, dict[str, Record]]) -> None:
    number = sum(len(record.open_findings) for record in told[1].values())

    assert "all tied" in told[0].subject
    assert f"{number} open" in told[0].subject
    assert told[0].needs_attention


def test_nothing_about_any_client_stands_in_it(told: tuple[Digest, dict[str, Record]], texts: str) -> None:
    drafts = [make_up(one, 1, THROUGH) for one in PRACTICES]
    words = set(re.findall(r"[A-Za-z]+", texts.lower()))
    people = [one for draft in drafts for one in draft.clients]
    assert 50 < len(people)
    assert [] == [one.last_name for one in people if one.last_name.lower() in words]
    assert [] == [one.first_name for one in people if one.first_name.lower() in words]

    numbers = {one.member_id for one in people if one.member_id} | {one.id for one in people}
    numbers |= {one.number for draft in drafts for one in draft.bills}
    assert [] == [one for one in numbers if one in texts]

    findings = [one for record in told[1].values() for one in record.findings]
    codes = {code for record in told[1].values() for code in record.client_codes.values()}
    assert 20 < len(codes)
    assert [] == [code for code in codes if re.search(rf"\b{code}\b", texts)]
    assert [] == [one.key for one in findings if one.key in texts or one.says in texts or one.short_id in texts]


def test_no_date_stands_in_it_but_its_own_and_those_of_the_books(
    told: tuple[Digest, dict[str, Record]], texts: str
) -> None:
    days = {told[0].day.isoformat()} | {str(one.as_of) for one in told[1].values()}
    days |= {str(one.summary.next_remittance) for one in told[1].values()}
    days |= {f"{told[0].made_at:%Y-%m-%d}"}

    assert set() == set(re.findall(r"\d{4}-\d\d-\d\d", texts)) - days


def test_a_turn_that_is_late_and_a_practice_without_one_are_told(demo_folder: Path, tmp_path: Path) -> None:
    office = Office.open(demo_folder / "config.toml")
    try:
        made_at = office.store.reviews.made_at("harbor")
        assert made_at is not None
        late = make_digest(office, (made_at + dt.timedelta(hours=30)).astimezone(EASTERN))
    finally:
        office.close()

    assert "!! the last turn was 30 hours ago" in in_text(late)


def test_the_page_is_one_file_without_script(told: tuple[Digest, dict[str, Record]]) -> None:
    page = in_html(told[0]).decode()

    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert "url(" not in page
    assert [] == re.findall(r'(?:src|href)="(?!#)', page)
