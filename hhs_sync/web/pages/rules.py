"""The rules in force: those that people taught, with their use and a switch, and all that the mapping files say."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from starlette.responses import Response

from hhs_sync.errors import MappingError
from hhs_sync.mapping.rules import EARLIEST
from hhs_sync.taught import TaughtRule, taught_rules
from hhs_sync.web.grid import Grid, columns, money, number, text
from hhs_sync.web.page import Page
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route

if TYPE_CHECKING:
    from hhs_sync.mapping.rules import Rules

PATH = "/rules"


def show_rules(page: Page) -> Response:
    """One practice's rules, or what is wrong with them."""
    chosen = page.text("practice")
    practice = chosen if chosen in page.practices else page.practices[0] if page.practices else ""
    mistakes: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    taught: list[TaughtRule] = []
    if practice:
        desk = page.office.desk(practice)
        try:
            grids = _grids(desk.rules)
            taught = taught_rules(desk)
        except MappingError as error:
            mistakes = error.mistakes
    return page.render(
        "rules.html", practice=practice, practices=[(one, page.config_of(one).name) for one in page.practices],
        mistakes=mistakes, grids=grids, taught=taught,
    )  # fmt: skip


def _grids(rules: Rules) -> tuple[Grid, ...]:
    names = {one.id: one.name for one in rules.payers}
    payers = tuple(
        (text(one.name), text(one.id, look="small"), text(one.family.value), number(one.filing_limit_days),
         number(one.answer_days), text(one.where, look="small"))
        for one in rules.payers
    )  # fmt: skip
    reasons = tuple(
        (text(f"{one.group}-{one.code}", look="code"), text(one.says), text(names.get(one.payer or "", "any payer")),
         text(one.treatment.value.replace("_", " ")), text(_from(one.first)), text(one.where, look="small"))
        for one in rules.reasons
    )  # fmt: skip
    clinicians = tuple(
        (text(one.id), text(one.class_name), text(one.level or ""), text(one.where, look="small"))
        for one in rules.clinicians
    )  # fmt: skip
    rates = tuple(
        (text(names.get(one.payer, one.payer)), text(" ".join((one.code, *one.modifiers))),
         text(one.clinician or one.level or "anyone"), text(_from(one.first)), money(one.amount),
         text(one.where, look="small"))
        for one in rules.rates
    )  # fmt: skip
    days = ("Days to file", "Days to answer")
    return (
        Grid(title="Payers", columns=columns("Name", "Id", "Family", *days, "Stands in", numbers=days), rows=payers,
             empty="None is mapped."),
        Grid(title="Adjustments", columns=columns("Code", "Says", "Payer", "Treated as", "From", "Stands in"),
             rows=reasons, empty="None is decided: each adjustment is asked about."),
        Grid(title="Clinicians", columns=columns("In the practice system", "Class in QuickBooks", "Level", "Stands in"),
             rows=clinicians, empty="None is mapped."),
        Grid(title="Contract rates", columns=columns("Payer", "Code", "Clinician", "From", "Amount", "Stands in",
                                                     numbers=("Amount",)), rows=rates, empty="None is known."),
    )  # fmt: skip


def _from(first: dt.date) -> str:
    return "" if first == EARLIEST else str(first)


ROUTES = (Route(path=PATH, show=show_rules, right=Right.SEE, audit="saw the rules"),)
