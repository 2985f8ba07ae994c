"""Every figure of the tie-out is what the page that it leads to adds up to; names are shown only once unlocked."""

import re
from html.parser import HTMLParser

import pytest

from hhs_sync.demo.world import make_up
from hhs_sync.money import parse_money
from tests.stage import THROUGH, small
from tests.web.conftest import FOREIGN, OWN, PASSWORD


class Tables(HTMLParser):
    """Each table of a page: its rows, each cell a text and where it leads."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tables: list[list[list[tuple[str, str]]]] = []
        self._text: list[str] | None = None
        self._href = ""
        self.feed(content)

    def handle_starttag(self, tag, attributes) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self._text, self._href = [], ""
        elif tag == "a" and self._text is not None:
            self._href = dict(attributes).get("href", "")

    def handle_data(self, data) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag) -> None:
        if tag in {"td", "th"} and self._text is not None:
            self.tables[-1][-1].append((" ".join("".join(self._text).split()), self._href))
            self._text = None


def column(table, name: str) -> list[tuple[str, str]]:
    place = [text for text, _ in table[0]].index(name)
    return [row[place] for row in table[1:]]


@pytest.fixture(scope="module")
def visitor(shared_site):
    return shared_site.entered("dana")


@pytest.fixture(scope="module")
def tie_out(visitor):
    return Tables(visitor.get("/tie-out").text).tables


def test_each_balance_of_the_sub_ledger_is_the_sum_of_its_months_and_each_month_of_its_lines(visitor, tie_out):
    balances = [cell for table in tie_out if "Balance" in dict(table[0]) for cell in column(table, "Balance")[:-1]]

    assert 20 < len(balances)
    for text, href in balances[::4]:
        months = Tables(visitor.get(href).text).tables[0]
        assert text == column(months, "Balance")[-1][0]
        month, where = column(months, "Month")[-1]
        debit, credit = (parse_money(column(months, name)[-1][0]) for name in ("Debit", "Credit"))
        page = visitor.get(where).text
        assert debit - credit == parse_money(re.search(r"together (-?[\d,.]+\d)", page)[1]), month
        lines = Tables(page).tables[0]
        amounts = [parse_money(cell) for cell, _ in column(lines, "Amount")]
        assert amounts[-1] == debit - credit
        if len(amounts) <= 200:
            assert amounts[-1] == sum(amounts[:-1])


def test_what_is_ours_in_quickbooks_is_the_sum_of_our_documents_there(visitor, tie_out):
    ours = [cell for table in tie_out if "Ours in QuickBooks" in dict(table[0])
            for cell in column(table, "Ours in QuickBooks")]  # fmt: skip

    assert 20 < len(ours)
    for text, href in ours[::3]:
        total, where = 0, href
        while where:
            page = visitor.get(where).text
            tables = Tables(page).tables
            total += sum(parse_money(cell) for cell, _ in column(tables[0], "On this account")) if tables else 0
            more = re.search(r'class="button" href="([^"]+)"', page)
            where = more[1].replace("&amp;", "&") if more else ""
        assert parse_money(text) == total, href


def test_a_session_ends_with_what_is_open_on_it(visitor):
    payers = Tables(visitor.get("/receivables").text).tables[0]
    _, href = column(payers, "Total")[0]
    items = Tables(visitor.get(href).text).tables[0]
    for (_, session), (amount, _) in list(zip(column(items, "Service"), column(items, "Amount"), strict=True))[:3]:
        story = Tables(visitor.get(session).text).tables
        ledger = next(table for table in story if "Payers then owe" in dict(table[0]))

        assert amount == column(ledger, "Payers then owe")[-1][0]


def test_who_may_see_totals_only_sees_figures_without_ways_into_them(shared_site):
    page = shared_site.entered("operator").get("/tie-out").text

    assert "Operating checking" in page
    assert "/ledger/" not in page
    assert "/account/" not in page


def test_names_are_shown_once_unlocked_and_not_before(site):
    visitor = site.entered("bookkeeper")
    clients = {one.last_name for one in make_up(small(0, clients=20, weeks=10), 1, THROUGH).clients}
    _, client = column(Tables(visitor.get("/receivables").text).tables[1], "Client")[0]
    _, session = column(Tables(visitor.get(client).text).tables[1], "Date")[-1]

    def named(path: str) -> bool:
        text = visitor.get(path).text.lower()
        return any(re.search(rf"\b{name.lower()}\b", text) for name in clients)

    assert (False, False) == (named(client), named(session))
    document = re.search(r'href="([^"]+/document/[^"]+)"', visitor.get("/documents").text)[1]
    assert 403 == visitor.get(f"{document}/bytes").status_code

    visitor.post("/unlock", {"password": PASSWORD, "next": "/"})

    assert named(client)
    assert 200 == visitor.get(f"{document}/bytes").status_code
    noted = {one.what for one in site.store.activity.read(OWN, limit=20)}
    assert {"saw a client's story", "took a document"} <= noted


@pytest.mark.parametrize("path", ["remittance/nothing", "bank-line/nothing", "client/ZZZZZ", "session/session/x",
                                  "ledger/Nowhere", "ledger/Assets:Bank/1999-01", "entry/2026-10/x", "account/0",
                                  "document/0", "payer/nobody", "upload/x"])  # fmt: skip
def test_what_is_not_there_is_said_so(visitor, path):
    assert 404 == visitor.get(f"/practice/{OWN}/{path}").status_code


def test_reports_are_taken_as_files_of_the_practices_one_may_see(shared_site):
    own, everything = shared_site.entered("bookkeeper"), shared_site.entered("all-bookkeeper")
    one = own.get("/report/exceptions/csv")
    both = everything.get("/report/exceptions/csv")

    assert 'attachment; filename="all-exceptions-2026-11-21.csv"' == one.headers["Content-Disposition"]
    assert "Birch Hollow" not in one.text
    assert "Birch Hollow" in both.text
    assert 404 == own.get(f"/report/exceptions/csv?practice={FOREIGN}").status_code
    assert own.get("/report/exceptions/pdf").content.startswith(b"%PDF-1.7")
    assert own.get("/report/aging/xlsx").content.startswith(b"PK")


def test_a_long_table_is_cut_and_says_so_and_its_sums_are_over_all(shared_site):
    from hhs_sync.web.grid import ROWS_MAX, Grid, columns, money, text
    from hhs_sync.web.render import environment

    rows = tuple((text(str(number)), money(number)) for number in range(1000))
    grid = Grid(title="x", columns=columns("a", "b", numbers=("b",)), rows=rows, foot=(text("Sum"), money(499_500)))
    page = environment().from_string('{% from "grid.html" import grid %}{{ grid(one) }}').render(one=grid)

    assert ROWS_MAX == page.count("<tr>") - 2
    assert f"The first {ROWS_MAX} of 1,000 rows" in page
    assert "4,995.00" in page


def test_who_sees_many_practices_is_shown_one_at_a_time(shared_site, monkeypatch):
    monkeypatch.setattr("hhs_sync.web.listing.MANY", 1)
    visitor = shared_site.entered("dana")
    for path in ("/tie-out", "/remittances", "/deposits", "/documents", "/receivables"):
        first, second = visitor.get(path).text, visitor.get(f"{path}?practice={FOREIGN}").text

        assert f"/practice/{FOREIGN}/" not in first, path
        assert f"/practice/{FOREIGN}/" in second, path
        assert "All 2" not in first
