"""Every page is reached by links from the first one, answers, and names no client."""

import re
from collections import deque
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from hhs_sync.demo.world import make_up
from tests.stage import THROUGH, small

PAGES_MAX = 260
OF_EACH_KIND = 10
"""Pages of one kind that are walked: the two hundredth bank line is built like the first."""


class Links(HTMLParser):
    def __init__(self, content: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag, attributes) -> None:
        if tag == "a" and (href := dict(attributes).get("href")):
            self.found.append(href)


def kind_of(path: str) -> str:
    """What sort of page: the path without ids, months and keys."""
    parts = path.split("/")
    if parts[1:2] == ["practice"]:
        return "/".join(parts[3:4] + parts[-1:] if parts[-1] in {"written", "others", "bytes"} else parts[3:4])
    return "/".join(parts[1:2])


def walk(site, name: str) -> dict[str, str]:
    """Every address that links lead to, with its text; no more than some of each kind."""
    visitor = site.entered(name)
    waiting, seen, kinds = deque(["/"]), {"/"}, {}
    found: dict[str, str] = {}
    while waiting and len(found) < PAGES_MAX:
        path = waiting.popleft()
        answer = visitor.get(path)
        assert answer.status_code in {200, 303}, f"{path}: {answer.status_code}"
        if not answer.headers.get("Content-Type", "").startswith("text/html") or "attachment" in answer.headers.get(
            "Content-Disposition", ""
        ):
            found[path] = ""
            continue
        found[path] = answer.text
        for href in Links(answer.text).found:
            whole = urljoin(path, href).partition("#")[0]
            if urlsplit(whole).netloc or whole in seen or not whole.startswith("/") or whole.startswith("/static"):
                continue
            seen.add(whole)
            kind = kind_of(urlsplit(whole).path)
            kinds[kind] = kinds.get(kind, 0) + 1
            if kinds[kind] <= OF_EACH_KIND:
                waiting.append(whole)
    return found


@pytest.fixture(scope="module")
def walked(shared_site):
    return walk(shared_site, "dana")


def test_every_link_leads_somewhere_and_every_kind_of_page_is_reached(walked):
    kinds = {kind_of(urlsplit(path).path) for path in walked}

    assert {
        "", "exceptions", "tie-out", "remittances", "deposits", "receivables", "reports", "report", "upload",
        "documents", "pushes", "account", "account/written", "account/others", "ledger", "entry", "remittance",
        "bank-line", "payer", "client", "session", "document",
    } <= kinds  # fmt: skip
    assert 60 < len(walked)


def test_no_page_names_a_client_while_names_are_locked(walked):
    drafts = [make_up(small(number, clients=20, weeks=10), 1, THROUGH) for number in (0, 1)]
    people = [one for draft in drafts for one in draft.clients]
    text = " ".join(re.sub(r"<[^>]+>", " ", content) for content in walked.values()).lower()
    words = set(re.findall(r"[a-z]+", text))

    assert 30 < len(people)
    assert [] == [one.last_name for one in people if one.last_name.lower() in words]
    assert [] == [one.member_id for one in people if one.member_id and one.member_id.lower() in text]


def test_a_page_weighs_little(walked):
    heavy = {path: len(content.encode()) for path, content in walked.items() if len(content.encode()) > 150_000}

    assert {} == heavy


def test_header_totals_equal_the_rows(shared_site):
    page = shared_site.entered("dana").get("/receivables").text
    total = re.search(r'<p class="quiet">(-?[\d,.]+) in all', page)
    assert total is not None
    feet = re.findall(r"<tfoot>.*?</tfoot>", page, re.DOTALL)
    sums = [re.findall(r">(-?[\d,]+\.\d\d)<", foot)[-1] for foot in feet]

    assert round(sum(float(one.replace(",", "")) for one in sums), 2) == float(total[1].replace(",", ""))
