"""Taking back what a document or a push posted: shown, asked once with the amount, done; and the statement."""

import re

import pytest

from hhs_sync.undo import Undo
from hhs_sync.undo.meant import Wanted
from tests.stage import small
from tests.web.conftest import OWN, peopled, served_with_quickbooks
from tests.web.test_taught import followed

PATH = f"/practice/{OWN}/undo"
FILE = "anthem-20261022.835"


@pytest.fixture(scope="module")
def synced_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undo") / "stage"
    with peopled(folder, [small(clients=6)]) as made:
        made.turn(OWN)
    return folder


@pytest.fixture
def synced(synced_folder, tmp_path):
    """The pages over a practice that is tied, with QuickBooks behind."""
    with served_with_quickbooks(synced_folder, tmp_path / "copy") as both:
        yield both


def digest_of(site, name: str) -> str:
    return next(one.digest for one in site.store.documents.catalog(OWN) if one.name == name)


def test_a_document_is_taken_back_with_its_amount_shown_first_and_counted_again(synced):
    site, made = synced
    approver = site.entered("approver")
    before = made.documents()
    fields = {"source": digest_of(site, FILE), "reason": "sent to us by mistake"}
    at, run = followed(approver, approver.post(PATH, fields))
    assert FILE in run.text
    (amount,) = set(re.findall(r'Take it back: <span class="money">([\d,.]+)</span>\?', run.text))
    assert "0.00" != amount
    assert before == made.documents()

    _, done = followed(approver, approver.post(at))
    assert "Tied" in done.text
    assert before != made.documents()
    assert FILE in approver.get(PATH).text.partition("Taken back")[2]
    noted = [(one.by, one.what) for one in site.store.activity.read(OWN, limit=20)]
    assert {("approver", "undo"), ("approver", "took back"), ("approver", "looked what an undo would do")} <= set(noted)

    site.clock.advance(300)
    at, run = followed(approver, approver.post(PATH, {**fields, "back": "1"}))
    assert "Count it again?" in run.text
    _, done = followed(approver, approver.post(at))
    assert "Tied" in done.text


def test_what_somebody_took_back_meanwhile_is_not_taken_back_twice(synced):
    site, made = synced
    approver = site.entered("approver")
    at, _ = followed(approver, approver.post(PATH, {"source": digest_of(site, FILE)}))
    with made.desk(OWN) as desk:
        Undo(desk, Wanted(source=FILE), by="ada", reason="", progress=lambda _: None).apply("", 1)
    before = made.documents()

    _, page = followed(approver, approver.post(at))

    assert 409 == page.status_code
    assert "was taken back already" in page.text
    assert before == made.documents()


def test_an_operator_sees_what_it_does_without_the_sentences_about_clients(synced):
    site, _ = synced
    operator = site.entered("operator")
    (plan, *_) = re.findall(r'name="plan" value="(\w+)"', operator.get(PATH).text)

    _, run = followed(operator, operator.post(PATH, {"plan": plan}))

    assert "In QuickBooks" in run.text
    assert "questions come" in run.text
    assert "Entries of the sub-ledger" not in run.text


@pytest.mark.parametrize("role", ["bookkeeper", "biller", "clinician", "read-only"])
def test_who_is_neither_approver_nor_operator_takes_nothing_back(shared_site, role):
    person = shared_site.entered(role)

    assert 403 == person.get(PATH).status_code
    assert 403 == person.post(PATH, {"source": "0" * 64}).status_code


def test_the_dialog_is_worked_by_keyboard(synced, browser):
    site, made = synced
    approver = site.entered("approver")
    browser.context.add_cookies([{"name": "hhs-sync", "value": approver.session_id, "url": site.address}])
    browser.goto(f"{site.address}{PATH}?source={digest_of(site, FILE)}")
    before = made.documents()
    browser.focus("tr.current button")
    browser.keyboard.press("Enter")
    browser.wait_for_selector("button[popovertarget=sure]")
    browser.focus("button[popovertarget=sure]")
    browser.keyboard.press("Enter")
    browser.wait_for_selector("#sure button.main:focus")
    browser.keyboard.press("Escape")
    browser.wait_for_selector("#sure", state="hidden")
    assert before == made.documents()

    browser.keyboard.press("Enter")
    browser.wait_for_selector("#sure button.main:focus")
    browser.keyboard.press("Enter")
    browser.wait_for_selector("h1:text-is('Done')", timeout=60_000)
    assert before != made.documents()


# --- accrual against cash


def test_the_statement_is_the_one_of_the_command_line_for_all_months_or_one(shared_site):
    person = shared_site.entered("read-only")
    path = f"/practice/{OWN}/statement"
    shown = person.get(path)
    while "Look again" in shown.text:
        shown = person.get(path)
    months = re.findall(r"<option>(\d{4}-\d\d)</option>", shown.text)
    assert len(months) > 1

    one = person.get(f"{path}?month={months[0]}").text
    body = one.partition("<tbody>")[2].partition("</tbody>")[0]
    assert [months[0]] == re.findall(r"<td>(\d{4}-\d\d)</td>", body)
    assert "0.00" in body

    csv = person.get(f"{path}/csv?month={months[0]}")
    assert f'filename="{OWN}-statement-{months[0]}.csv"' in csv.headers["Content-Disposition"]
    assert months[1] not in csv.text
    assert 404 == person.get(f"{path}?month=1999-01").status_code
    assert 404 == person.get(f"{path}/exe").status_code
