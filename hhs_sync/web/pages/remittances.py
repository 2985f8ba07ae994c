"""Remittances: the list over all practices, and one with its three sums, its claims, its bank lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from starlette.responses import Response

from hhs_sync.facts.deposit import BankDeposit
from hhs_sync.facts.remittance import Remittance
from hhs_sync.review.chapter import RemittanceLine
from hhs_sync.web.books import books_of
from hhs_sync.web.grid import Cell, Grid, columns, day, money, number, of_practice, text
from hhs_sync.web.listing import Listing
from hhs_sync.web.page import Page
from hhs_sync.web.pages.tie_out import fact_cell
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route
from hhs_sync.x12.reasons import CLAIM_STATUS

if TYPE_CHECKING:
    from hhs_sync.facts.remittance import ClaimPayment

PATH = "/remittances"


def show_list(page: Page) -> Response:
    """Every remittance, the newest first; narrowed by practice, words and whether the money is at the bank."""
    listing = Listing.of(page)
    found = [
        (one, line)
        for one in listing.practices
        for line in books_of(page, one).remittances()
        if listing.find in f"{line.payer} {line.trace} {line.amount / 100:.2f}".lower() and _is(line, listing.state)
    ]
    found.sort(key=lambda each: (-(each[1].date or each[1].known_on).toordinal(), each[1].key))
    total = sum(line.amount for _, line in found)
    states = [("", "All"), ("transit", "Money not at the bank"), ("held", "Held"), ("banked", "At the bank")]
    return page.render(
        "list.html",
        title="Remittances",
        says=f"{len(found):,} remittances, together {money(total).text}",
        **listing.filter(page, states),
        grid=Grid(
            title="",
            columns=columns(*(("Practice",) if len(page.practices) > 1 else ()), "Paid on", "Payer", "Trace", "Claims",
                            "Amount", "State", "At the bank", numbers=("Claims", "Amount")),
            rows=tuple(_row(page, one, line) for one, line in listing.shown(found)),
            empty="No remittance fits. Without a filter: nothing has come in yet; files go into the inbox or Bring in.",
            more=listing.more(len(found)),
        ),
    )  # fmt: skip


def _bank_lines(page: Page, line: RemittanceLine) -> list[BankDeposit]:
    """The bank lines that a remittance came in, the first first."""
    known = page.store.readings.standing(page.practice, list(line.bank))
    facts = [known[key][0] for key in line.bank if key in known]
    return [one for one in facts if isinstance(one, BankDeposit)]


def _is(line: RemittanceLine, state: str) -> bool:
    if state == "transit":
        return line.state == "accepted" and line.amount > 0 and not line.bank
    if state == "held":
        return line.state != "accepted"
    return state != "banked" or bool(line.bank)


def _row(page: Page, practice: str, line: RemittanceLine) -> tuple[Cell, ...]:
    here = of_practice(practice, "remittance", line.key)
    banked = day(line.banked_on, of_practice(practice, "bank-line", line.bank[-1])) if line.bank else text("")
    return (
        *((text(page.config_of(practice).name),) if len(page.practices) > 1 else ()),
        day(line.date or line.known_on, here), text(line.payer, here), text(line.trace, look="small"),
        number(line.claims), money(line.amount, here),
        text(line.state, look="" if line.state == "accepted" else "off"), banked,
    )  # fmt: skip


def show_one(page: Page) -> Response:
    """One remittance: does it add up, what does it pay, where is the money?"""
    key = str(page.parts["key"])
    known = page.store.readings.standing(page.practice, [key])
    line = next((one for one in books_of(page).remittances() if one.key == key), None)
    if key not in known or line is None or not isinstance(one := known[key][0], Remittance):
        page.missing("remittance")
    source = known[key][1]
    claims = sum(claim.amount_paid for claim in one.claim_payments)
    kept = sum(adjustment.amount for adjustment in one.provider_adjustments)
    wrong = [f"{each.level} at segment {each.segment}, off by {money(each.difference).text}" for each in one.imbalances]
    rows = tuple(row for claim in one.claim_payments for row in _claim_rows(claim))
    names = ("Charge", "Adjusted", "Patient", "Paid")
    return page.render(
        "grids.html",
        title=f"{line.payer}, {money(one.amount_paid).text}",
        says=f"paid on {line.date or line.known_on}, trace {one.eft_trace or '–'}",
        back=("Remittances", PATH),
        facts=[("State", line.state), ("Method", one.payment_method or "–"),
               ("At the bank", str(line.banked_on or "not yet"))],
        warning=f"It does not add up: {'; '.join(wrong[:3])}." if wrong else line.why,
        grids=(
            Grid(
                title="The sums", slim=True, columns=columns("Sum", "Amount", numbers=("Amount",)),
                rows=(
                    (text("Claims paid"), money(claims)),
                    (text("Kept by the payer outside any claim"), money(-kept)),
                    (text("So it should pay"), money(claims - kept)),
                    (text("It pays"), money(one.amount_paid)),
                    (text("Difference"), money(one.amount_paid - claims + kept, should_be_nothing=True)),
                ),
            ),
            Grid(
                title="Claims", columns=columns("Claim", "Service", "Code", "Status", *names, "Reasons", numbers=names),
                rows=rows, foot=(text("Sum"), *(text("") for _ in range(3)),
                                 money(sum(claim.amount_charged for claim in one.claim_payments)),
                                 money(sum(a.amount for claim in one.claim_payments for a in claim.all_adjustments())),
                                 money(sum(claim.amount_patient for claim in one.claim_payments)), money(claims),
                                 text("")),
                empty="It pays no claim.",
            ),
            Grid(
                title="Outside any claim", columns=columns("Code", "Reference", "Lowers the payment by",
                                                          numbers=("Lowers the payment by",)),
                rows=tuple((text(each.reason_code), text(each.reference or ""), money(each.amount))
                           for each in one.provider_adjustments),
                empty="Nothing.",
            ),
            Grid(
                title="Where it stands", columns=columns("Document", "Place"),
                rows=((text(source.document_name, of_practice(page.practice, "document", source.document)),
                       text(source.place)),),
            ),
            Grid(
                title="At the bank", columns=columns("Bank line", "Date", "Amount", numbers=("Amount",)),
                rows=tuple((fact_cell(page.practice, bank.key), day(bank.date), money(bank.amount))
                           for bank in _bank_lines(page, line)),
                empty="Not at the bank yet.",
            ),
        ),
    )  # fmt: skip


def _claim_rows(claim: ClaimPayment) -> Iterator[tuple[Cell, ...]]:
    """A row for each line, or one for a claim without lines. No client's name is among it."""
    status = CLAIM_STATUS.get(claim.claim_status, claim.claim_status)
    if len(claim.lines) != 1:
        adjusted = sum(one.amount for one in claim.adjustments)
        if not claim.lines or adjusted:
            yield (
                text(claim.claim_number), day(claim.date_first), text("whole claim" if claim.lines else ""),
                text(status), money(claim.amount_charged), money(adjusted), money(claim.amount_patient),
                money(claim.amount_paid), text(_reasons(claim.adjustments), look="small"),
            )  # fmt: skip
    for line in claim.lines:
        both = line.adjustments if len(claim.lines) > 1 else (*claim.adjustments, *line.adjustments)
        patient = sum(one.amount for one in both if one.group == "PR")
        yield (
            text(claim.claim_number), day(line.date_first or claim.date_first),
            text(" ".join((line.service_code, *line.modifiers))), text(status), money(line.amount_charged),
            money(sum(one.amount for one in both)), money(patient), money(line.amount_paid),
            text(_reasons(both), look="small"),
        )  # fmt: skip


def _reasons(adjustments: object) -> str:
    assert isinstance(adjustments, tuple)
    return ", ".join(f"{one.group}-{one.reason_code} {money(one.amount).text}" for one in adjustments)


ROUTES = (
    Route(path=PATH, show=show_list, right=Right.SEE, audit="saw the remittances"),
    Route(path="/practice/{practice}/remittance/{key:path}", show=show_one, right=Right.SEE,
          audit="saw a remittance", subject="key"),
)  # fmt: skip
