"""The work list as a bookkeeper uses it: by keyboard, with QuickBooks behind it, and within each person's rights."""

import re

import msgspec
import pytest

from hhs_sync.store.findings import Wanted
from hhs_sync.worklist import KeptFinding
from tests.stage import small
from tests.web.conftest import FOREIGN, OWN, PASSWORD, peopled, served_with_quickbooks

EVERY = ("open", "waiting", "decided", "closed")
EXACT = ("91.11", "92.22", "93.33")
PART = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def asked_folder(tmp_path_factory):
    """A practice after a turn, in which three payments name nobody, and one open visit answers to each."""
    folder = tmp_path_factory.mktemp("asked") / "stage"
    with peopled(folder, [small(0, clients=20, weeks=8)], mishaps=True) as made:
        inbox = folder / "inbox" / OWN
        with max((inbox / "sessions").glob("*.csv")).open("a") as sessions:
            for number, amount in enumerate(EXACT):
                sessions.write(
                    f"7900{number},2026-11-1{number + 6},10:00,H9{number},mkeene,90837,,1,{amount},,,,,,Completed,\n"
                )
        with max((inbox / "payments").glob("*.csv")).open("a") as payments:
            for number, amount in enumerate(EXACT):
                payments.write(f"P90000{number},Payment,2026-11-19,,{amount},Check,,99{number}1,,,\n")
        made.turn(OWN)
    return folder


@pytest.fixture
def asked(asked_folder, tmp_path):
    """The pages over a copy of it, with QuickBooks behind."""
    with served_with_quickbooks(asked_folder, tmp_path / "copy") as both:
        yield both


def sign_in(browser, site, name="bookkeeper"):
    browser.goto(f"{site.address}/sign-in")
    browser.fill("#name", name)
    browser.fill("#password", PASSWORD)
    browser.keyboard.press("Enter")
    browser.wait_for_url(f"{site.address}/")


def go(browser, site, query=""):
    browser.goto(f"{site.address}/exceptions{query}")
    browser.wait_for_selector("#work")


def open_current(browser):
    browser.keyboard.press("Enter")
    browser.wait_for_selector("#pane .question")


def decide(browser, *keys, wait="/exceptions?"):
    """Press keys; the last of them decides, and the list is asked for anew."""
    for key in keys[:-1]:
        type_or_press(browser, key)
    with browser.expect_response(lambda answer: wait in answer.url, timeout=60_000):
        type_or_press(browser, keys[-1])
    browser.wait_for_timeout(150)


def type_or_press(browser, key):
    if len(key) > 1 and key[0] == "“":
        browser.wait_for_selector("#act form input:focus")
        browser.keyboard.type(key[1:])
    else:
        browser.keyboard.press(key)


def rows(site, **wanted):
    return site.store.findings.rows(Wanted(**{"states": EVERY, **wanted}), limit=500)


def row_of(site, text, **wanted):
    (one,) = rows(site, text=text, **wanted)
    return one


def path_of(row, more=""):
    return f"/practice/{row.practice}/exception/{row.id}{more}"


# --- in a browser


def test_ten_questions_are_answered_by_keyboard_alone_and_one_of_them_posts(asked, browser):
    site, made = asked
    sign_in(browser, site)
    go(browser, site)
    before = {one.id: one for one in rows(site)}

    open_current(browser)
    for number in range(3):
        decide(browser, "c", f"“called about number {number}", "Enter")
        browser.keyboard.press("j")
    for when in ("t", "f", "m"):
        decide(browser, "w", f"“{when}", "Enter")
    for _ in range(2):
        decide(browser, "o", "“Lee", "Enter")
        browser.keyboard.press("j")
    browser.keyboard.press("Escape")
    browser.wait_for_selector("body:not(.open)")
    browser.keyboard.press("/")
    browser.keyboard.type("mat-03 93.33")
    browser.wait_for_selector("#work tbody tr[data-open]:only-child")
    browser.keyboard.press("Escape")
    browser.keyboard.press("j")
    open_current(browser)
    assert "✓ amount" in browser.inner_text(".suggestion")
    browser.keyboard.press("a")
    browser.wait_for_selector("#act .preview button.main:focus", timeout=60_000)
    assert re.search(r"Create\s+Payment", browser.inner_text("#act .preview"))
    decide(browser, "a")
    go(browser, site, "?q=cli-01")
    open_current(browser)
    decide(browser, "a", "“small change", "Enter")

    changed = {one.id: one for one in rows(site) if one.decided != before[one.id].decided}
    words = sorted(one.decided.partition(" (")[0].partition(":")[0].partition(" until")[0] for one in changed.values())
    assert [
        "accept",
        "assigned to Lee",
        "assigned to Lee",
        "match chosen",
        "note",
        "note",
        "note",
        "wait",
        "wait",
        "wait",
    ] == words
    paid = row_of(site, "93.33 mat-03")
    assert "decided" == paid.state

    assert 0 == made.turn(OWN).standing.to_write

    assert [] == rows(site, text="93.33 mat-03", states=("open", "waiting", "decided"))
    assert "93.33" in str([one.get("TotalAmt") for one in made.documents() if one["kind"] == "Payment"])
    sign_in(browser, site)  # A quarter of an hour has passed.
    go(browser, site, "?state=closed&q=93.33")
    assert "bookkeeper: choose match" in browser.inner_text("#work")


def with_clients_named(site):
    """The questions about the three payments, as they stand where the client is named and nothing speaks against it."""
    kept = [site.store.findings.one(OWN, one.id) for one in rows(site)]
    changed = []
    for one in kept:
        row, told = one.row, msgspec.json.decode(one.body, type=KeptFinding)
        if "check payment" in row.search and row.code == "MAT-03":
            named = msgspec.structs.replace(told.finding.candidates[0], agrees=("client", "amount"), differs=())
            finding = msgspec.structs.replace(told.finding, candidates=(named,))
            told, row = msgspec.structs.replace(told, finding=finding), msgspec.structs.replace(row, exact=True)
        changed.append((row, msgspec.json.encode(told)))
    site.store.findings.save(OWN, changed, lambda _: True)


def test_all_exact_suggestions_are_accepted_at_one_stroke_and_taken_back_at_another(asked, browser):
    site, _ = asked
    assert [] == rows(site, exact=True)  # The amount alone agrees: money that names nobody is looked at one by one.
    with_clients_named(site)
    sign_in(browser, site)
    go(browser, site, "?exact=1&q=check+payment")
    assert 3 == browser.locator("#work tbody tr[data-open]").count()

    browser.keyboard.press("Control+a")
    assert "3 selected, all of the filter · 276.66" in browser.inner_text("#picked")
    browser.keyboard.press("b")
    browser.wait_for_selector("#bulk button.main:focus")
    browser.keyboard.press("Enter")
    browser.wait_for_selector("#bulk h2:has-text('Accept the exact suggestion: 3 · 276.66')")
    browser.wait_for_selector("#bulk button.main:focus")
    decide(browser, "Enter")

    browser.wait_for_selector("#undo")
    assert 3 == len(rows(site, exact=True, states=("decided",)))
    decide(browser, "u")
    assert ["open"] * 3 == [one.state for one in rows(site, exact=True)]


def test_a_selection_tells_its_running_total_and_a_range_is_selected_by_shift(asked, browser):
    site, _ = asked
    sign_in(browser, site)
    go(browser, site, "?sort=amount&down=1")
    largest = site.store.findings.rows(Wanted(), order="amount", descending=True, limit=3)

    browser.keyboard.press("Space")
    browser.keyboard.press("Shift+ArrowDown")
    browser.keyboard.press("Shift+ArrowDown")

    total = sum(one.counted for one in largest) / 100
    assert f"3 selected · {total:,.2f}" in browser.inner_text("#picked")


def test_a_write_off_above_the_limit_waits_for_a_second_person(asked, browser):
    site, made = asked
    sign_in(browser, site)
    large = max(rows(site, code="CLI-02"), key=lambda one: one.amount)
    assert large.amount > 5000
    browser.goto(site.address + path_of(large))
    browser.keyboard.press("x")
    browser.click("text=Write off")
    browser.wait_for_selector("#f-amount")
    browser.fill("#f-amount", "60.00")
    browser.fill("#f-reason", "moved away")
    browser.keyboard.press("Enter")
    browser.wait_for_selector("#act .preview button.main:focus, #act .refused", timeout=60_000)
    with browser.expect_navigation():
        browser.keyboard.press("a")
    made.turn(OWN)
    waits = row_of(site, "cli-04", states=("open",))

    own = site.signed_in("bookkeeper").post(path_of(waits, "/decide"), {"act": "approve"})
    assert 403 == own.status_code
    second = site.signed_in("approver")
    seen = second.post(path_of(waits, "/decide"), {"act": "approve"}, headers=PART)
    (number,) = re.findall(r'name="seen" value="([^"]+)"', seen.text)
    assert "written off by decision" in seen.text
    done = second.post(path_of(waits, "/decide"), {"act": "approve", "seen": number}, headers=PART)
    assert 200 == done.status_code

    made.turn(OWN)
    assert [] == rows(site, text="cli-04", states=("open", "waiting", "decided"))
    with made.desk() as desk:
        assert [one for one in desk.store.pushes.pushed_entries(OWN) if one.startswith("write-off:")]


def test_a_name_is_mapped_once_and_its_rule_goes_with_the_decision(asked, browser):
    site, made = asked
    sign_in(browser, site)
    unknown = next(one for one in rows(site, code="SRC-04", states=("open",)) if "Payer" in one.says)
    browser.goto(site.address + path_of(unknown))
    browser.keyboard.press("m")
    browser.wait_for_selector("#f-choice")
    browser.select_option("#f-choice", "new payer")
    browser.keyboard.press("Tab")
    browser.click("#act button.main")
    browser.wait_for_selector("#act .preview button.main:focus", timeout=60_000)
    with browser.expect_navigation():
        browser.click("#act .preview button.main")
    file = made.folder / "mappings" / "harbor" / "decided.toml"
    assert "bookkeeper, 2026-11-21" in file.read_text()
    made.turn(OWN)
    assert [] == [one for one in rows(site, states=("open",)) if one.id == unknown.id]

    kept = site.store.findings.one(OWN, unknown.id)
    assert "closed" == kept.row.state


def test_a_question_that_was_closed_is_asked_again(asked, browser):
    site, made = asked
    go_to = row_of(site, "92.22 mat-03")
    person = site.signed_in("bookkeeper")
    seen = person.post(path_of(go_to, "/decide"), {"act": "choose_match", "suggestion": "1"}, headers=PART)
    (number,) = re.findall(r'name="seen" value="([^"]+)"', seen.text)
    person.post(path_of(go_to, "/decide"), {"act": "choose_match", "suggestion": "1", "seen": number})
    made.turn(OWN)
    assert "closed" == site.store.findings.one(OWN, go_to.id).row.state

    sign_in(browser, site)
    browser.goto(site.address + path_of(go_to))
    browser.fill("#again-why", "was it hers?")
    with browser.expect_navigation():
        browser.keyboard.press("Enter")

    assert "open" == site.store.findings.one(OWN, go_to.id).row.state
    made.turn(OWN)
    assert "open" == site.store.findings.one(OWN, go_to.id).row.state


# --- over plain HTTP


def test_a_decision_that_posts_is_never_stored_before_its_effects_were_shown(asked):
    site, _ = asked
    one = row_of(site, "91.11 mat-03")
    person = site.signed_in("bookkeeper")

    answer = {"act": "choose_match", "suggestion": "1"}
    seen = person.post(path_of(one, "/decide"), {"act": "choose_match", "suggestion": "1"}, headers=PART)

    assert "Will post" in seen.text or "Looking what it will post" in seen.text
    assert "open" == site.store.findings.one(OWN, one.id).row.state
    guessed = person.post(path_of(one, "/decide"), {**answer, "seen": "guessed"})
    assert "open" == site.store.findings.one(OWN, one.id).row.state
    assert 200 == guessed.status_code


def test_a_write_off_above_what_is_open_says_so_before_it_is_made(asked):
    site, _ = asked
    one = next(one for one in rows(site, code="CLI-01", states=("open",)) if one.items == 1 and one.amount < 4900)
    person = site.signed_in("bookkeeper")
    fields = {"act": "write_off", "amount": "49.00", "reason": "moved away"}

    seen = person.post(path_of(one, "/decide"), fields, headers=PART)
    while "/preview/" in seen.text:
        (number,) = re.findall(r"/preview/([^\"]+)\"", seen.text)
        seen = person.post(path_of(one, f"/preview/{number}"), fields, headers=PART)

    assert f"Only {one.amount / 100:.2f} is open: of the 49.00 no more than that is given up." in seen.text


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"act": "note", "reason": ""}, 422, "say why"),
        ({"act": "wait_until", "until": "yesterday"}, 422, "Write t"),
        ({"act": "wait_until", "until": "2020-01-01"}, 422, "after today"),
        ({"act": "write_off", "amount": "60.00", "reason": "x"}, 422, "makes no sense"),
        ({"act": "approve"}, 403, "role"),
        ({"act": "nonsense"}, 404, "no such"),
        ({"act": "choose_match"}, 422, "Name what it pays"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_with_what_to_do(shared_site, fields, status, says):
    one = rows(shared_site, code="MAT-03", practices=(OWN,))[0]

    answer = shared_site.signed_in("bookkeeper").post(path_of(one, "/decide"), fields)

    assert (status, True) == (answer.status_code, says in answer.text)


def test_nobody_sees_or_decides_anything_of_a_practice_in_which_he_has_no_role(shared_site):
    foreign = rows(shared_site, practices=(FOREIGN,))[0]
    person = shared_site.signed_in("bookkeeper")

    listed = person.get("/exceptions?state=all&practice=" + FOREIGN).text
    assert "data-open" not in listed
    assert foreign.id not in person.get("/exceptions?state=all").text
    for more in ("", "/act/note", "/find", "/raw?fact=x"):
        assert 404 == person.get(path_of(foreign, more)).status_code
    for more in ("/decide", "/undo", "/again", "/preview/x"):
        assert 404 == person.post(path_of(foreign, more), {"act": "note", "reason": "x"}).status_code
    bulk = person.post("/exceptions/bulk", {"act": "note", "reason": "x", "one": f"{FOREIGN}/{foreign.id}"})
    assert 422 == bulk.status_code


def test_raw_rows_hide_what_may_name_a_client_until_names_are_unlocked(shared_site):
    person = shared_site.signed_in("bookkeeper")
    denied = rows(shared_site, code="DEN", practices=(OWN,))[0]
    page = person.get(path_of(denied)).text
    links = [link.replace("&amp;", "&") for link in re.findall(r'hx-get="([^"]+/raw\?[^"]+)"', page)]
    assert len(links) >= 3

    texts = [person.get(link).text for link in links]

    assert any("CLP*" in text or "SVC*" in text for text in texts)
    assert not any("NM1*QC" in text for text in texts)
    assert any("hidden until names are unlocked" in text for text in texts)


def test_an_unknown_filter_counts_as_none_and_a_view_is_kept(shared_site):
    person = shared_site.signed_in("bookkeeper")
    everything = person.get("/exceptions").text

    assert person.get("/exceptions?group=ZZZ&severity=huge&age=9&sort=name").text.count(
        "data-open"
    ) == everything.count("data-open")
    person.post("/exceptions/view", {"name": "My denials", "query": "group=DEN&evil=1"})
    assert 'href="/exceptions?group=DEN"' in person.get("/exceptions").text
    person.post("/exceptions/view", {"name": "My denials", "forget": "1"})
    assert "My denials" not in person.get("/exceptions").text


def test_what_a_person_did_and_saw_stands_in_the_activity_without_names(shared_site):
    one = rows(shared_site, code="MAT-03", practices=(OWN,))[0]
    person = shared_site.signed_in("bookkeeper")
    person.get(path_of(one))
    person.post(path_of(one, "/decide"), {"act": "note", "reason": "looked at the slip"})

    told = [(entry.by, entry.what, entry.subject) for entry in shared_site.store.activity.read(OWN, limit=10)]

    assert ("bookkeeper", "note", one.id) in told
    assert ("bookkeeper", "saw an exception", one.id) in told
