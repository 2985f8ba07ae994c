"""The tie-out, and every figure of it down to the entries: account, months, entries, one entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from starlette.responses import Response

from hhs_sync.reports.sums import headline
from hhs_sync.review.chapter import AccountFigure, Booked, Part, TiedFigure, month_of
from hhs_sync.review.record import IN_QUICKBOOKS
from hhs_sync.web.books import books_of
from hhs_sync.web.charts import bars
from hhs_sync.web.grid import Cell, Grid, columns, day, money, number, of_practice, text
from hhs_sync.web.kept import record_of
from hhs_sync.web.listing import Listing
from hhs_sync.web.page import Page
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route

if TYPE_CHECKING:
    from hhs_sync.review.record import Record

PATH = "/tie-out"
ROWS = 120
"""Entries of a month on one page; the next ones are one click away."""


def show_tie_out(page: Page) -> Response:
    """Every practice: does QuickBooks hold what the sub-ledger says, account by account?"""
    listing = Listing.of(page)
    told = []
    for practice in listing.practices:
        record = record_of(page, practice)
        accounts = books_of(page, practice).accounts()
        grids = (
            *([_quickbooks(page, practice, accounts.quickbooks)] if accounts.quickbooks else []),
            _controls(record),
            _sub_ledger(page, practice, accounts.sub_ledger),
        )
        told.append((page.config_of(practice).name, record, headline(record) if record else "", grids))
    return page.render("tie_out.html", told=told, **{**listing.filter(page), "find": None})


def _quickbooks(page: Page, practice: str, figures: Sequence[TiedFigure]) -> Grid:
    rows = tuple(
        (
            text(one.number),
            text(one.name),
            money(one.sub_ledger, _see(page, practice, "account", one.number)),
            money(one.ours, _see(page, practice, "account", one.number, "written")),
            money(one.difference, _see(page, practice, "account", one.number), should_be_nothing=True),
            money(one.waiting),
            money(one.held, _see(page, practice, "account", one.number)),
            money(one.others, _see(page, practice, "account", one.number, "others")),
        )
        for one in figures
    )
    names = ("Sub-ledger", "Ours in QuickBooks", "Difference", "Of it, on its way", "Held back", "Others’ entries")
    return Grid(
        title="QuickBooks and sub-ledger",
        columns=columns("No.", "Account", *names, numbers=names),
        rows=rows,
        note="Debits positive. Each figure leads to what makes it up. Others’ entries are not ours to touch.",
    )


def _controls(record: Record | None) -> Grid:
    shown = [one for one in record.controls if not one.name.endswith(IN_QUICKBOOKS)] if record else []
    rows = tuple(
        (text(one.name), money(one.computed), money(one.told), money(one.difference, should_be_nothing=True),
         text("holds" if not one.difference else "; ".join(what for what, _ in one.details[:3]) or "does not hold"))
        for one in shown
    )  # fmt: skip
    names = ("Should be", "Is", "Difference")
    return Grid(title="Control totals", columns=columns("Control", *names, "Holds", numbers=names), rows=rows)


def _sub_ledger(page: Page, practice: str, figures: Sequence[AccountFigure]) -> Grid:
    rows = tuple(
        (text(one.number), text(one.name), text(one.account, look="quiet"),
         money(one.balance, _see(page, practice, "ledger", one.account)))
        for one in figures
    )  # fmt: skip
    total = sum(one.balance for one in figures)
    foot = (text("Sum"), text(""), text(""), money(total, should_be_nothing=True))
    names = columns("No.", "Name", "Account", "Balance", numbers=("Balance",))
    return Grid(title="Trial balance of the sub-ledger", columns=names, rows=rows, foot=foot)


def _see(page: Page, practice: str, *parts: str) -> str:
    """The address of a page with data of clients, for those who may see it."""
    return of_practice(practice, *parts) if page.may(Right.SEE, practice) else ""


def show_account(page: Page) -> Response:
    """One account of QuickBooks: what makes the difference, and the accounts of the sub-ledger that it holds."""
    figure = _figure(page)
    accounts = {one.account: one for one in books_of(page).accounts().sub_ledger}
    held = [accounts[name] for name in figure.accounts if name in accounts]
    rows = tuple(
        (text(one.account), number(sum(month.entries for month in one.months)),
         money(one.balance, of_practice(page.practice, "ledger", one.account)))
        for one in held
    )  # fmt: skip
    names = columns("Account of the sub-ledger", "Lines", "Balance", numbers=("Lines", "Balance"))
    return page.render(
        "grids.html",
        title=f"{figure.number} {figure.name}".strip(),
        says="",
        back=("Tie-out", PATH),
        facts=[
            ("Sub-ledger", money(figure.sub_ledger).text), ("Ours in QuickBooks", money(figure.ours).text),
            ("Difference", money(figure.difference).text), ("Others’ entries", money(figure.others).text),
        ],
        warning="",
        grids=(
            Grid(title="What the sub-ledger holds", columns=names, rows=rows),
            _parts("What makes the difference", figure.apart, "Nothing: the two agree to the cent."),
        ),
    )  # fmt: skip


def show_others(page: Page) -> Response:
    """Entries on the account that are not ours."""
    figure = _figure(page)
    return page.render(
        "grids.html",
        title=f"Others’ entries on {figure.number} {figure.name}",
        says="They are not ours to touch; they are told so that the account adds up.",
        back=(f"{figure.number} {figure.name}", of_practice(page.practice, "account", figure.number)),
        facts=[], warning="",
        grids=(_parts("", figure.others_entries, "There are none."),),
    )  # fmt: skip


def show_written(page: Page) -> Response:
    """Our documents in QuickBooks that touch the account."""
    figure = _figure(page)
    offset = _from(page)
    written = page.store.pushes.on_account(page.practice, figure.number, limit=ROWS + 1, offset=offset)
    rows = tuple(
        (
            day(one.date), text(one.kind.value), text(one.reference), text("voided" if one.voided else ""),
            money(one.amount),
            money(sum(amount for account, amount in one.effects if account == figure.number)),
        )
        for one in written[:ROWS]
    )  # fmt: skip
    here = of_practice(page.practice, "account", figure.number, "written")
    return page.render(
        "grids.html",
        title=f"Our documents on {figure.number} {figure.name}",
        says=f"Together {money(figure.ours).text} in QuickBooks",
        back=(f"{figure.number} {figure.name}", of_practice(page.practice, "account", figure.number)),
        facts=[], warning="",
        grids=(
            Grid(
                title="",
                columns=columns("Date", "Kind", "Number", "State", "Amount", "On this account",
                                numbers=("Amount", "On this account")),
                rows=rows,
                empty="Nothing of ours was written to it.",
                more=f"{here}?from={offset + ROWS}" if len(written) > ROWS else "",
            ),
        ),
    )  # fmt: skip


def _parts(title: str, parts: Sequence[Part], empty: str) -> Grid:
    rows = tuple((text(one.says or one.about), text(one.about if one.says else "", look="quiet"), money(one.amount))
                 for one in parts)  # fmt: skip
    foot = (text("Sum"), text(""), money(sum(one.amount for one in parts))) if len(parts) > 1 else ()
    return Grid(
        title=title, columns=columns("What", "Key", "Amount", numbers=("Amount",)), rows=rows, foot=foot, empty=empty
    )  # fmt: skip


def _figure(page: Page) -> TiedFigure:
    number_ = str(page.parts["number"])
    found = next((one for one in books_of(page).accounts().quickbooks if one.number == number_), None)
    return found or page.missing("account")


def show_ledger(page: Page) -> Response:
    """One account of the sub-ledger, month by month."""
    account = _account(page)
    balance = 0
    rows = []
    for one in account.months:
        balance += one.debit - one.credit
        here = of_practice(page.practice, "ledger", account.account, one.month)
        rows.append((text(one.month, here), number(one.entries), money(one.debit, here), money(one.credit, here),
                     money(balance)))  # fmt: skip
    names = ("Lines", "Debit", "Credit", "Balance")
    return page.render(
        "ledger.html",
        title=f"{account.number} {account.name}".strip(),
        says=account.account,
        back=("Tie-out", PATH),
        chart=bars(
            [(one.month, one.debit - one.credit) for one in account.months], title="Change in each month"
        ),
        grid=Grid(title="", columns=columns("Month", *names, numbers=names), rows=tuple(rows)),
    )  # fmt: skip


def show_month(page: Page) -> Response:
    """The lines of a month on one account."""
    account, month = _account(page), str(page.parts["month"])
    if month not in {one.month for one in account.months}:
        page.missing("month of this account")
    offset = _from(page)
    lines = [(one, line.amount, line.party) for one in books_of(page).entries(month) for line in one.lines
             if line.account == account.account]  # fmt: skip
    rows = tuple(
        (day(one.date), text(one.because, of_entry(page.practice, one)), text(party), money(amount))
        for one, amount, party in lines[offset : offset + ROWS]
    )
    total = sum(amount for _, amount, _ in lines)
    here = of_practice(page.practice, "ledger", account.account, month)
    return page.render(
        "grids.html",
        title=f"{account.number} {account.name}: {month}".strip(),
        says=f"{len(lines):,} lines, together {money(total).text}",
        back=(account.name, of_practice(page.practice, "ledger", account.account)),
        facts=[], warning="",
        grids=(
            Grid(
                title="", columns=columns("Date", "What", "Party", "Amount", numbers=("Amount",)), rows=rows,
                more=f"{here}?from={offset + ROWS}" if len(lines) > offset + ROWS else "",
                foot=(text("Sum"), text(""), text(""), money(total)),
                note="The sum is over all lines of the month." if len(lines) > ROWS else "",
            ),
        ),
    )  # fmt: skip


def _account(page: Page) -> AccountFigure:
    name = str(page.parts["account"])
    found = next((one for one in books_of(page).accounts().sub_ledger if one.account == name), None)
    return found or page.missing("account")


def of_entry(practice: str, one: Booked) -> str:
    """The address of an entry."""
    return of_practice(practice, "entry", month_of(one.date), one.key)


def show_entry(page: Page) -> Response:
    """One entry: its lines, what it rests on, and the documents in QuickBooks that tell it."""
    entry = books_of(page).entry(str(page.parts["month"]), str(page.parts["key"]))
    if entry is None:
        page.missing("entry")
    month = month_of(entry.date)
    lines = tuple(
        (text(one.account, of_practice(page.practice, "ledger", one.account, month)), text(one.party),
         fact_cell(page.practice, one.item), money(one.amount))
        for one in entry.lines
    )  # fmt: skip
    return page.render(
        "grids.html",
        title=entry.because,
        says=f"{entry.date}, {entry.kind.replace('-', ' ')}{', held back from QuickBooks' if entry.held else ''}",
        back=(f"Entries of {month}", of_practice(page.practice, "ledger", entry.lines[0].account, month)),
        facts=[("Entry", entry.key)], warning="",
        grids=(
            Grid(
                title="Lines", columns=columns("Account", "Party", "Concerns", "Amount", numbers=("Amount",)),
                rows=lines, foot=(text("Sum"), text(""), text(""), money(sum(one.amount for one in entry.lines))),
                note="Debits positive; an entry adds up to 0.00.",
            ),
            evidence_grid(page, entry.evidence),
            documents_grid(page, entry.documents),
        ),
    )  # fmt: skip


def evidence_grid(page: Page, evidence: Sequence[tuple[str, str]]) -> Grid:
    """Facts, each with the document that told it."""
    known = page.store.readings.standing(page.practice, [fact for fact, _ in evidence])
    return Grid(title="What it rests on", columns=columns("Fact", "Document", "Place"),
                rows=tuple(_evidence_rows(page, evidence, known)))  # fmt: skip


def _evidence_rows(page: Page, evidence: Sequence[tuple[str, str]], known: object) -> Iterator[tuple[Cell, ...]]:
    assert isinstance(known, dict)
    for fact, place in evidence:
        source = known[fact][1] if fact in known else None
        document = of_practice(page.practice, "document", source.document) if source else ""
        yield (fact_cell(page.practice, fact), text(source.document_name if source else "", document),
               text(place or (source.place if source else "")))  # fmt: skip


def fact_cell(practice: str, fact: str) -> Cell:
    """A fact's key, leading to its own page where it has one."""
    pages = {"session": "session", "remittance": "remittance", "bank_deposit": "bank-line"}
    kind = pages.get(fact.partition("/")[0])
    return text(fact, of_practice(practice, kind, fact.partition("#")[0]) if kind else "", look="small")


def documents_grid(page: Page, entries: Sequence[str]) -> Grid:
    """Documents in QuickBooks by our keys, as last written."""
    written = page.store.pushes.standing(page.practice, list(entries))
    rows = tuple(
        (day(one.date), text(one.kind.value), text(one.reference), text("voided" if one.voided else "written"),
         money(one.amount))
        for one in written
    )  # fmt: skip
    return Grid(
        title="In QuickBooks", columns=columns("Date", "Kind", "Number", "State", "Amount", numbers=("Amount",)),
        rows=rows, empty="Nothing of it was written to QuickBooks so far.",
    )  # fmt: skip


def _from(page: Page) -> int:
    said = page.text("from", most=9)
    return int(said) if said.isdecimal() else 0


_OF = "/practice/{practice}"

ROUTES = (
    Route(path=PATH, show=show_tie_out, right=Right.STANDING),
    Route(path=f"{_OF}/account/{{number}}", show=show_account, right=Right.SEE, audit="saw an account",
          subject="number"),
    Route(path=f"{_OF}/account/{{number}}/others", show=show_others, right=Right.SEE, audit="saw others' entries",
          subject="number"),
    Route(path=f"{_OF}/account/{{number}}/written", show=show_written, right=Right.SEE, audit="saw written documents",
          subject="number"),
    Route(path=f"{_OF}/ledger/{{account}}", show=show_ledger, right=Right.SEE, audit="saw an account's months",
          subject="account"),
    Route(path=f"{_OF}/ledger/{{account}}/{{month}}", show=show_month, right=Right.SEE,
          audit="saw an account's entries", subject="account"),
    Route(path=f"{_OF}/entry/{{month}}/{{key:path}}", show=show_entry, right=Right.SEE, audit="saw an entry",
          subject="key"),
)  # fmt: skip
