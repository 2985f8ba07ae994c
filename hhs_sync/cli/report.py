"""Reports: exceptions, aging, deposits and tie-out as tables, pages or data; the journal as plain text."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hhs_sync.cli import ATTENTION, DONE
from hhs_sync.cli.shared import (
    config_option,
    desks,
    json_option,
    money,
    one_desk,
    one_practice_option,
    open_office,
    practice_option,
    say_json,
    say_table,
)

if TYPE_CHECKING:
    from hhs_sync.reports import Table
    from hhs_sync.review import Record

NAMES = ("exceptions", "aging", "deposits", "tie-out")
FORMATS = ("html", "pdf", "xlsx", "csv", "json")
BINARY = frozenset({"pdf", "xlsx"})


@click.command()
@click.argument("name", type=click.Choice(NAMES))
@config_option
@practice_option
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="As a page, on paper, as a workbook, as a table, or as data."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file; else the standard output.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def report(*, name: str, config: Path, practice: str | None, form: str | None, out: Path | None, as_json: bool) -> int:
    """Print a report: exceptions, aging, deposits or tie-out. Without --format, as tables on the terminal."""
    from hhs_sync.cli.exceptions import record_of
    from hhs_sync.reports import report_tables, write_report
    from hhs_sync.reports.file import write_whole

    by_name = out.suffix.removeprefix(".") if out is not None and out.suffix.removeprefix(".") in FORMATS else None
    form = "json" if as_json else form or by_name
    with open_office(config, logs="error") as office:
        records = [record_of(desk) for desk in desks(office, practice)]
        made_at = office.clock()
    if form:
        pieces = write_report(name, form, records, made_at=made_at)
        if out is None:
            say_pieces(pieces, form)
        else:
            write_whole(out, pieces)
            click.echo(f"wrote {out}", err=True)
    else:
        for table in report_tables(name, records):
            show_table(table)
    return attention(name, records)


@click.command("tie-out")
@config_option
@practice_option
@json_option
def tie_out(*, config: Path, practice: str | None, as_json: bool) -> int:
    """Does QuickBooks hold what the sub-ledger says, account by account? Exit code 3 where it does not."""
    from hhs_sync.cli.exceptions import record_of

    with open_office(config, logs="error") as office:
        records = [record_of(desk) for desk in desks(office, practice)]
    if as_json:
        say_json(
            [
                {"practice": one.practice, "tied": one.tied, "controls": one.controls, "accounts": one.accounts}
                for one in records
            ]
        )
        return attention("tie-out", records)
    for one in records:
        click.echo(f"{one.name}: {'tied' if one.tied else 'NOT TIED'}, as of {one.as_of}")
        rows = [
            (
                account.number,
                account.name,
                money(account.sub_ledger),
                money(account.quickbooks),
                money(account.difference),
                money(account.waiting),
                money(account.others),
            )
            for account in one.accounts
        ]
        amounts = ("Sub-ledger", "QuickBooks", "Difference", "Waiting", "Not ours")
        say_table(("No.", "Account", *amounts), rows, right=amounts)
        controls = [
            (control.name, money(control.told), money(control.computed), money(control.difference))
            for control in one.controls
            if not control.name.endswith(" in QuickBooks")
        ]
        say_table(("Control", "Told", "Computed", "Difference"), controls, right=("Told", "Computed", "Difference"))
    return attention("tie-out", records)


@click.command()
@config_option
@one_practice_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file; else the standard output.")
@click.option("--check", is_flag=True, help="Only say whether it balances, and how many entries there are.")
def journal(*, config: Path, practice: str | None, out: Path | None, check: bool) -> int:
    """The sub-ledger as plain-text accounting, which other programs can check (bean-check accepts it).

    Clients stand in it by their codes only.
    """
    from hhs_sync.ledger.journal import plain_journal
    from hhs_sync.look import books_of
    from hhs_sync.reports.file import write_whole

    with open_office(config, logs="error") as office:
        desk = one_desk(office, practice)
        books = books_of(desk)
        pieces = plain_journal(books.entries, title=desk.config.name, client_codes=books.client_codes)
        if check:
            total = sum(line.amount for entry in books.entries for line in entry.lines)
            click.echo(f"{len(books.entries)} entries, off by {money(total)}")
        elif out is None:
            for piece in pieces:
                click.echo(piece, nl=False)
        else:
            write_whole(out, (piece.encode() for piece in pieces))
            click.echo(f"wrote {out}, {len(books.entries)} entries", err=True)
    return DONE


def attention(name: str, records: list[Record]) -> int:
    """Whether what a report shows needs a person."""
    if name == "tie-out":
        return DONE if all(one.tied for one in records) else ATTENTION
    if name == "exceptions":
        return ATTENTION if any(one.open_findings for one in records) else DONE
    return DONE


def show_table(table: Table) -> None:
    """One table of a report on the terminal."""
    from hhs_sync.reports import Kind, shown

    columns = table.on_paper()
    right = [column.name for _, column in columns if column.kind in (Kind.MONEY, Kind.COUNT)]
    rows = [tuple(shown(row[place], column.kind) for place, column in columns) for row in table.rows]
    say_table([column.name for _, column in columns], rows, right=right, title=table.title)


def say_pieces(pieces: Iterable[bytes], form: str) -> None:
    """Print a report as it comes. Raises UsageError for one that a terminal cannot show."""
    if form in BINARY and sys.stdout.isatty():
        raise click.UsageError(f"A {form} is no text: name a file with --out, or send it on with | or >.")
    for piece in pieces:
        click.echo(piece, nl=False)
