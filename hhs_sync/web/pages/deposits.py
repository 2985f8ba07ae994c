"""Deposits: money on its way, bank lines and what they are; one bank line with its parts."""

from __future__ import annotations

from starlette.responses import Response

from hhs_sync.facts.deposit import BankDeposit
from hhs_sync.web.grid import Cell, Grid, columns, day, money, of_practice, text
from hhs_sync.web.kept import record_of
from hhs_sync.web.listing import Listing
from hhs_sync.web.page import Page
from hhs_sync.web.pages.tie_out import fact_cell
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route

PATH = "/deposits"


def show_list(page: Page) -> Response:
    """Money that was told and is not at the bank; bank lines, the newest first."""
    listing = Listing.of(page)
    records = [(one, record) for one in listing.practices if (record := record_of(page, one))]
    several = len(page.practices) > 1
    lines = [
        (one, line)
        for one, record in records
        for line in record.bank_lines
        if listing.find in f"{line.sender} {line.what} {line.amount / 100:.2f}".lower()
        and (not listing.state or line.explained is (listing.state == "explained"))
    ]
    lines.sort(key=lambda each: (-each[1].date.toordinal(), each[1].key))
    transit = [(one, line) for one, record in records for line in record.in_transit]
    first = ("Practice",) if several else ()
    states = [("", "All"), ("open", "Nothing explains it"), ("explained", "Explained")]
    return page.render(
        "deposits.html",
        title="Deposits",
        says=f"{len(lines):,} bank lines; {money(sum(line.amount for _, line in transit)).text} on its way",
        **listing.filter(page, states),
        transit=Grid(
            title="Money on its way to the bank",
            columns=columns(*first, "Told on", "What", "From", "Expected by", "Amount", numbers=("Amount",)),
            rows=tuple(
                (*_name(page, one), day(line.date), text(line.what, fact_cell(one, line.key).href), text(line.sender),
                 day(line.expected), money(line.amount))
                for one, line in transit
            ),
            foot=(*(text("") for _ in range(3 + several)), text("Sum"),
                  money(sum(line.amount for _, line in transit))),
            empty="Nothing is on its way: all that was told is at the bank.",
        ),
        grid=Grid(
            title="Bank lines",
            columns=columns(*first, "Date", "What", "From", "Told by", "State", "Amount", numbers=("Amount",)),
            rows=tuple(
                (*_name(page, one), day(line.date, of_practice(one, "bank-line", line.key)),
                 text(line.what, of_practice(one, "bank-line", line.key)), text(line.sender), text(line.rule),
                 text("explained" if line.explained else "open", look="" if line.explained else "off"),
                 money(line.amount))
                for one, line in listing.shown(lines)
            ),
            empty="No bank line fits.",
            more=listing.more(len(lines)),
        ),
    )  # fmt: skip


def _name(page: Page, practice: str) -> tuple[Cell, ...]:
    return (text(page.config_of(practice).name),) if len(page.practices) > 1 else ()


def show_one(page: Page) -> Response:
    """One bank line: what the bank says, and the parts that make it up. The bank's own text may name a person."""
    key = str(page.parts["key"])
    record = record_of(page)
    line = next((one for one in record.bank_lines if one.key == key), None) if record else None
    beside = line.beside if line else ()
    known = page.store.readings.standing(page.practice, [key, *(line.parts if line else ()), *beside])
    if key not in known or not isinstance(one := known[key][0], BankDeposit):
        page.missing("bank line")
    source = known[key][1]
    parts = [(part, known[part][0]) for part in (line.parts if line else ()) if part in known]
    amounts = [getattr(fact, "amount_paid", getattr(fact, "amount", 0)) for _, fact in parts]
    others = [fact for other in beside if other in known and isinstance(fact := known[other][0], BankDeposit)]
    total = sum(amounts) - sum(other.amount for other in others)
    return page.render(
        "grids.html",
        title=f"Bank line of {one.date}, {money(one.amount).text}",
        says=line.what if line else "too old to be shown with its parts",
        back=("Deposits", PATH),
        facts=[
            ("Account", f"…{one.account[-4:]}"), ("Trace", one.trace or "–"),
            ("Told by", (line.rule if line else "") or "–"),
            ("The bank’s words", one.description if page.unlocked else "hidden until names are unlocked"),
        ],
        warning="" if line is None or line.explained else "Nothing explains this line yet: its money is in suspense.",
        grids=(
            Grid(
                title="What makes it up", columns=columns("Part", "Amount", numbers=("Amount",)),
                rows=(
                    *((fact_cell(page.practice, part), money(amount))
                      for (part, _), amount in zip(parts, amounts, strict=True)),
                    *((fact_cell(page.practice, other.key), money(-other.amount)) for other in others),
                ),
                foot=(text(f"Difference to the bank line: {money(one.amount - total).text}"), money(total))
                if parts else (),
                empty="Nothing so far.",
            ),
            Grid(title="Where it stands", columns=columns("Document", "Place"),
                 rows=((text(source.document_name, of_practice(page.practice, "document", source.document)),
                        text(source.place)),)),
        ),
    )  # fmt: skip


ROUTES = (
    Route(path=PATH, show=show_list, right=Right.SEE, audit="saw the deposits"),
    Route(path="/practice/{practice}/bank-line/{key:path}", show=show_one, right=Right.SEE, audit="saw a bank line",
          subject="key"),
)  # fmt: skip
