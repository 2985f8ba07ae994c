"""A list goes out as a CSV, is filled in, and comes back by the page: shown first, then stored, and stored once."""

import csv
import io

from hhs_sync.store.findings import Wanted
from tests.web.conftest import FOREIGN, OWN
from tests.web.test_taught import followed

PATH = "/exceptions/list"


def taken_away(person) -> list[dict[str, str]]:
    content = person.get(f"/report/exceptions/csv?practice={OWN}").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def brought_in(person, rows: list[dict[str, str]], name: str = "list.csv"):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return followed(person, person.post(PATH, files={"file": (name, out.getvalue().encode())}))


def decided(site, state: str) -> dict[str, str]:
    return {one.key: one.decided for one in site.store.findings.rows(Wanted(states=(state,)), limit=500)}


def test_a_list_is_shown_with_what_it_posts_then_stored_and_the_second_time_decides_nothing(site):
    person = site.entered("bookkeeper")
    rows = taken_away(person)
    waits = next(row for row in rows if row["Code"] == "DEP-01")
    waits |= {"New note": "called the payer", "New wait until": "2027-01-31"}
    accepted = next(row for row in rows if row["Code"] == "MAT-03")
    accepted |= {"Decision": "accept", "Reason": "petty"}
    given_up = next(row for row in rows if row["Code"] == "CLI-01" and row["Items"] == "1")
    given_up |= {"Decision": "write-off", "Decision amount": "1.00", "Reason": "moved away"}

    at, shown = brought_in(person, rows)
    assert "Store 4 decisions" in shown.text
    assert "together they will post" in shown.text
    assert {} == decided(site, "waiting")

    _, done = followed(person, person.post(at))
    assert "4 decisions are stored" in done.text
    assert waits["Key"] in decided(site, "waiting")
    assert "accept: petty" in decided(site, "closed")[accepted["Key"]]
    assert given_up["Key"] in decided(site, "decided")
    noted = site.store.activity.read(OWN, limit=30)
    assert {"note", "wait_until", "accept", "brought a filled-in list in"} <= {one.what for one in noted}

    _, again = brought_in(person, rows)
    assert "3 stored before" in again.text
    assert "MAT-03 is resolved already: bookkeeper: petty" in again.text
    assert "decides nothing that is not stored already" in again.text


def test_a_list_with_a_mistake_stores_nothing_and_says_which_row(site):
    person = site.entered("bookkeeper")
    rows = taken_away(person)
    rows[0] |= {"Decision": "throw away"}
    rows[1] |= {"New note": "fine"}

    at, shown = brought_in(person, rows)

    assert "list.csv, row 2" in shown.text
    assert "is no decision" in shown.text
    assert 409 == person.post(at).status_code


def test_a_list_decides_only_what_the_role_allows_and_only_where_there_is_one(site):
    bookkeeper, clinician, elsewhere = (site.entered(name) for name in ("bookkeeper", "clinician", "all-bookkeeper"))
    rows = taken_away(bookkeeper)
    row = next(row for row in rows if row["Code"] == "MAT-03")
    row |= {"New note": "seen", "Decision": "accept", "Reason": "petty"}
    _, shown = brought_in(clinician, rows)
    assert "your role does not allow “accept” there" in shown.text
    assert "your role does not allow “note”" not in shown.text

    foreign = elsewhere.get(f"/report/exceptions/csv?practice={FOREIGN}").content.decode("utf-8-sig")
    theirs = list(csv.DictReader(io.StringIO(foreign)))
    theirs[0] |= {"New note": "hello"}
    _, shown = brought_in(bookkeeper, theirs)
    assert "names no practice of these" in shown.text


def test_what_is_no_list_is_told(site):
    person = site.entered("bookkeeper")
    answer = person.post(PATH, files={"file": ("photo.csv", b"nothing,of,that")})

    assert 422 == person.get(answer.headers["Location"]).status_code
    assert 422 == person.post(PATH).status_code
