"""The tie-out for a person: one line where all holds, else what differs and by which entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from hhs_sync.cli.shared import money, say_table

if TYPE_CHECKING:
    from hhs_sync.plan.figures import Item
    from hhs_sync.plan.tie_out import TieOut
    from hhs_sync.review import Record

    Exact = tuple[TieOut, dict[str, str]]

ITEMS_SHOWN = 30
"""Entries of one difference that are shown without --all."""


def say_tie_out(record: Record, exact: Exact | None, *, whole: bool) -> None:
    """One practice."""
    controls = [one for one in record.controls if not _of_account(one.name)]
    if record.tied:
        numbered = sum(one.name[:1].isdigit() for one in controls)
        click.echo(
            f"{record.practice}: tied to the cent, {len(record.accounts)} accounts, {numbered} controls,"
            f" as of {record.as_of}"
        )
    else:
        off = [one for one in record.accounts if one.difference]
        waiting = sum(one.difference == one.waiting for one in off)
        click.echo(
            f"{record.practice}: NOT TIED, {len(off)} accounts differ ({waiting} of them by what is on its way or held"
            f" with a question of its own), as of {record.as_of}"
        )
    accounts = [one for one in record.accounts if whole or one.difference]
    if accounts:
        amounts = ("Sub-ledger", "QuickBooks", "Difference", "On its way", "Not ours")
        rows = [
            (
                one.number,
                one.name,
                *map(money, (one.sub_ledger, one.quickbooks, one.difference, one.waiting, one.others)),
            )
            for one in accounts
        ]
        say_table(("No.", "Account", *amounts), rows, right=amounts)
    failing = [one for one in controls if whole or one.difference or one.details]
    if failing:
        totals = [(one.name, money(one.computed), money(one.told), money(one.difference)) for one in failing]
        columns = ("Should be", "Is", "Difference")
        say_table(("Control", *columns), totals, right=columns)
    if exact is not None:
        _say_items(*exact, whole=whole)
    if whole:
        _say_bridge(record)


def as_data(record: Record, exact: Exact | None) -> dict[str, Any]:
    """The same for a program."""
    found = {
        "practice": record.practice,
        "as_of": record.as_of,
        "tied": record.tied,
        "controls": record.controls,
        "accounts": record.accounts,
        "differences": [],
        "statement": [
            {"month": one.month, "accrual": one.accrual, "cash": one.cash, "lines": one.lines, "bridge": one.steps,
             "unexplained": one.off}
            for one in record.statement
        ],
    }  # fmt: skip
    if exact is not None:
        found["differences"] = [
            {"where": where, "what": what, "cents": amount, "why": why}
            for where, items in _differences(*exact)
            for what, amount, why in items
        ]
    return found


def _say_items(tied: TieOut, names: dict[str, str], *, whole: bool) -> None:
    """The entries that make each difference, each with what is missing."""
    for where, items in _differences(tied, names):
        shown = items if whole else items[:ITEMS_SHOWN]
        rows = [(what, money(amount), why) for what, amount, why in shown]
        say_table(("Entry", "Missing in QuickBooks", "Why"), rows, right=("Missing in QuickBooks",), title=where)
        if len(items) > len(shown):
            click.echo(f"and {len(items) - len(shown)} more (--all shows them)")


def _differences(tied: TieOut, names: dict[str, str]) -> Iterable[tuple[str, list[tuple[str, int, str]]]]:
    """What differs, and the things that make it: what each is called, cents, and why."""
    places: list[tuple[str, tuple[Item, ...]]] = [
        *((f"{one.number} {one.name}", one.items) for one in tied.accounts),
        *((f"Control {one.number}: {one.name}", one.items) for one in tied.controls),
    ]
    for where, items in places:
        if items:
            yield where, [(names.get(one.about, one.about), one.amount, one.says) for one in items]


def _say_bridge(record: Record) -> None:
    """From cash net income to accrual net income, over all months."""
    steps: dict[tuple[str, str], int] = {}
    for month in record.statement:
        for one in month.steps:
            steps[one.number, one.name] = steps.get((one.number, one.name), 0) + one.amount
    accrual = sum(one.accrual for one in record.statement)
    cash = sum(one.cash for one in record.statement)
    rows = [
        ("", "Net income, cash", money(cash)),
        *((number, name, money(amount)) for (number, name), amount in sorted(steps.items()) if amount),
        ("", "Net income, accrual", money(accrual)),
    ]
    say_table(("No.", "", "Amount"), rows, right=("Amount",), title="Bridge from cash to accrual")
    if off := accrual - cash - sum(steps.values()):
        click.echo(f"Unexplained: {money(off)}")


def _of_account(name: str) -> bool:
    from hhs_sync.review.record import IN_QUICKBOOKS

    return name.endswith(IN_QUICKBOOKS)
