"""Receivables: who owes, by age; a payer's open sessions; a client's and a session's whole story."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from starlette.responses import Response

from hhs_sync.facts.claim import Claim
from hhs_sync.facts.session import Session
from hhs_sync.money import Money
from hhs_sync.receivables.aging import BUCKET_NAMES, bucket
from hhs_sync.review.chapter import Booked, ClientStory, OpenLine
from hhs_sync.review.record import AgedParty, Record
from hhs_sync.store.findings import STATES, Wanted
from hhs_sync.web.aging import picture
from hhs_sync.web.books import books_of
from hhs_sync.web.evidence import gather
from hhs_sync.web.grid import Cell, Grid, columns, day, money, of_practice, text
from hhs_sync.web.kept import record_of
from hhs_sync.web.listing import Listing
from hhs_sync.web.page import Page
from hhs_sync.web.pages.tie_out import documents_grid, of_entry
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route
from hhs_sync.web.told import Names

PATH = "/receivables"
FINDINGS_MAX = 50
NAMED_FROM = 6
"""Sessions whose claims are asked for the client's name."""


def show_all(page: Page) -> Response:
    """Payers and clients who owe, by age."""
    listing = Listing.of(page)
    records = [(one, record) for one in listing.practices if (record := record_of(page, one))]
    payers, clients = (_by_age(records, clients=which) for which in (False, True))
    return page.render(
        "receivables.html",
        title="Receivables",
        says=f"{money(sum(payers) + sum(clients)).text} in all, by age in days since the party came to owe",
        **{**listing.filter(page), "find": None},
        aging=picture(payers, clients),
        grids=(_aged(page, records, clients=False), _aged(page, records, clients=True)),
    )


def _by_age(records: Sequence[tuple[str, Record]], *, clients: bool) -> list[Money]:
    aged = [one for _, record in records for one in record.aging if one.is_client is clients]
    return [sum(one.buckets[place] for one in aged) for place in range(len(BUCKET_NAMES))]


def _aged(page: Page, records: Sequence[tuple[str, Record]], *, clients: bool) -> Grid:
    shown = [(practice, record, one) for practice, record in records for one in record.aging
             if one.is_client is clients]  # fmt: skip
    shown.sort(key=lambda each: -each[2].total)
    several = len(page.practices) > 1
    rows = tuple(
        (
            *((text(record.name),) if several else ()), _party(practice, record, one),
            *(money(amount) for amount in one.buckets), money(one.total, _party(practice, record, one).href),
        )
        for practice, record, one in shown
    )  # fmt: skip
    sums = _by_age(records, clients=clients)
    what = "Client" if clients else "Payer"
    return Grid(
        title="Clients" if clients else "Payers",
        columns=columns(*(("Practice",) if several else ()), what, *BUCKET_NAMES, "Total",
                        numbers=(*BUCKET_NAMES, "Total")),
        rows=rows,
        foot=(*((text(""),) if several else ()), text("Sum"), *(money(one) for one in sums), money(sum(sums))),
        note="Credits are negative.",
        empty="Nobody owes anything.",
    )  # fmt: skip


def _party(practice: str, record: Record, one: AgedParty) -> Cell:
    if one.is_client:
        code = record.code_of(one.party)
        return text(code, of_practice(practice, "client", code))
    return text(one.name, of_practice(practice, "payer", one.party))


def show_payer(page: Page) -> Response:
    """What one payer owes, session by session, the oldest first."""
    record, payer = record_of(page), str(page.parts["payer"])
    items = [one for one in books_of(page).open_items() if not one.is_client and one.party == payer]
    name = record.payers.get(payer, "") if record else ""
    if record is None or not (name or items):
        page.missing("payer")
    return page.render(
        "grids.html", title=name or payer, says=f"owes {money(sum(one.amount for one in items)).text}",
        back=("Receivables", PATH), facts=[], warning="", grids=(_open(page, items, record.as_of),),
    )  # fmt: skip


def _open(page: Page, items: Sequence[OpenLine], as_of: dt.date) -> Grid:
    rows = tuple(
        (
            day(one.service_date, of_practice(page.practice, "session", one.session)),
            text(one.code, of_practice(page.practice, "client", one.code)), day(one.since),
            text(BUCKET_NAMES[bucket((as_of - one.since).days)]), money(one.amount),
        )
        for one in sorted(items, key=lambda one: (one.since, one.session))
    )  # fmt: skip
    return Grid(
        title="", columns=columns("Service", "Client", "Owed since", "Age", "Amount", numbers=("Amount",)), rows=rows,
        foot=(*(text("") for _ in range(3)), text("Sum"), money(sum(one.amount for one in items))),
        empty="Nothing is open.",
    )  # fmt: skip


def show_client(page: Page) -> Response:
    """A client's whole story: sessions, money, what is open, and the questions about it."""
    code = str(page.parts["code"])
    story = books_of(page).client(code)
    if story is None:
        page.missing("client")
    owed = sum(one.open_client for one in story.sessions)
    return page.render(
        "grids.html",
        title=f"Client {code}",
        says=f"owes {money(owed).text}; payers owe {money(sum(one.open_payers for one in story.sessions)).text}",
        back=("Receivables", PATH),
        facts=_person(page, story) if page.unlocked else [],
        warning="",
        grids=(_questions(page, code), _sessions(page, story), _money(story)),
    )


def _person(page: Page, story: ClientStory) -> list[tuple[str, str]]:
    """Who the client is, for whoever has unlocked names: the name as the latest claims told it."""
    books = books_of(page)
    latest = [books.session(one.key, one.date) for one in story.sessions[:NAMED_FROM]]
    claims = [key for one in latest if one is not None for key in one.trail.claims]
    return [("Name", _name(page, claims)), ("Practice’s own id", story.client)]


def _name(page: Page, claims: Sequence[str]) -> str:
    told = (fact for fact, _ in page.store.readings.standing(page.practice, claims).values())
    return next((one.client_name for one in told if isinstance(one, Claim) and one.client_name), "not told by a claim")


def _sessions(page: Page, story: ClientStory) -> Grid:
    rows = tuple(
        (
            day(one.date, of_practice(page.practice, "session", one.key)), text(one.clinician), text(one.payer),
            text(one.state.replace("_", " ")), money(one.fee), money(one.open_payers), money(one.open_client),
        )
        for one in story.sessions
    )  # fmt: skip
    names = ("Fee", "Payers owe", "Client owes")
    return Grid(title="Sessions", columns=columns("Date", "Clinician", "Payer", "State", *names, numbers=names),
                rows=rows, foot=(
                    text("Sum"), text(""), text(""), text(""), money(sum(one.fee for one in story.sessions)),
                    money(sum(one.open_payers for one in story.sessions)),
                    money(sum(one.open_client for one in story.sessions)),
                ))  # fmt: skip


def _money(story: ClientStory) -> Grid:
    rows = tuple((day(one.date), text(one.what), text(one.key, look="small"), money(one.amount)) for one in story.money)
    foot = (text("Sum"), text(""), text(""), money(sum(one.amount for one in story.money)))
    return Grid(title="Paid by the client", columns=columns("Date", "What", "Key", "Amount", numbers=("Amount",)),
                rows=rows, foot=foot, empty="Nothing so far.")  # fmt: skip


def _questions(page: Page, words: str) -> Grid:
    """The open questions in which a client's code or a session's key stands."""
    wanted = Wanted(practices=(page.practice,), states=tuple(one for one in STATES if one != "closed"), text=words)
    rows = tuple(
        (day(one.due), text(one.code, look="code"), text(one.says, of_practice(page.practice, "exception", one.id)),
         text(one.owner), money(one.amount))
        for one in page.store.findings.rows(wanted, limit=FINDINGS_MAX)
    )  # fmt: skip
    return Grid(title="Open questions", columns=columns("Due", "Code", "What", "Owner", "Money", numbers=("Money",)),
                rows=rows, empty="None.")  # fmt: skip


def show_session(page: Page) -> Response:
    """A session's whole story, from billing to the bank to QuickBooks: each source, each entry, each document."""
    key = str(page.parts["key"])
    known = page.store.readings.standing(page.practice, [key])
    record = record_of(page)
    if key not in known or record is None or not isinstance(session := known[key][0], Session):
        page.missing("session")
    books = books_of(page)
    story = books.session(key, session.date)
    if story is None:
        page.missing("session in the books; it may have come in since the last turn")
    entries = [one for month in story.months for one in books.entries(month)
               if any(line.item == key for line in one.lines)]  # fmt: skip
    names = Names(payers=record.payers, clinicians=record.clinicians)
    return page.render(
        "session.html",
        title=f"Session of {session.date}",
        code=story.code,
        person=_name(page, story.trail.claims) if page.unlocked else "",
        client=of_practice(page.practice, "client", story.code),
        back=("Receivables", PATH),
        shown=gather(page.store, page.practice, story.trail, names),
        entries=_entries(page, key, entries),
        documents=documents_grid(page, [document for one in entries for document in one.documents]),
    )


def _entries(page: Page, session: str, entries: Sequence[Booked]) -> Grid:
    """Each entry with what it did to what payers and the client owe on the session."""
    rows, payer_owes, client_owes = [], 0, 0
    for one in sorted(entries, key=lambda each: each.date):
        of_session = [line for line in one.lines if line.item == session]
        by_payer = sum(line.amount for line in of_session if line.account == "Assets:Receivable:Payers")
        by_client = sum(line.amount for line in of_session if line.account == "Assets:Receivable:Clients")
        payer_owes, client_owes = payer_owes + by_payer, client_owes + by_client
        rows.append((day(one.date), text(one.because, of_entry(page.practice, one)), money(by_payer), money(by_client),
                     money(payer_owes), money(client_owes)))  # fmt: skip
    names = ("Payers", "Client", "Payers then owe", "Client then owes")
    return Grid(title="In the sub-ledger", columns=columns("Date", "What", *names, numbers=names), rows=tuple(rows),
                empty="Nothing is booked for it.")  # fmt: skip


_OF = "/practice/{practice}"

ROUTES = (
    Route(path=PATH, show=show_all, right=Right.SEE, audit="saw the receivables"),
    Route(path=f"{_OF}/payer/{{payer}}", show=show_payer, right=Right.SEE, audit="saw what a payer owes",
          subject="payer"),
    Route(path=f"{_OF}/client/{{code}}", show=show_client, right=Right.SEE, audit="saw a client's story",
          subject="code"),
    Route(path=f"{_OF}/session/{{key:path}}", show=show_session, right=Right.SEE, audit="saw a session's story",
          subject="key"),
)  # fmt: skip
