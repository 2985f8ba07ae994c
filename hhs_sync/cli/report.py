"""Reports: exceptions, aging, deposits and tie-out as tables, pages or data; the journal as plain text."""

from __future__ import annotations

import sys
import zoneinfo
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
    note_view,
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

STATEMENT = "statement"
NAMES = ("exceptions", "aging", "deposits", "tie-out", STATEMENT)
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
    """Print a report. Without --format, as tables on the terminal.

    `statement` sets the accrual statement of the sub-ledger beside the cash statement, month by month.
    """
    from hhs_sync.cli.exceptions import record_of
    from hhs_sync.proof import with_statement
    from hhs_sync.reports import report_tables, write_report
    from hhs_sync.reports.file import write_whole

    by_name = out.suffix.removeprefix(".") if out is not None and out.suffix.removeprefix(".") in FORMATS else None
    form = "json" if as_json else form or by_name
    with open_office(config, logs="error") as office:
        made = with_statement if name == STATEMENT else record_of
        chosen = desks(office, practice)
        note_view(chosen, "took a report", name)
        records = [made(desk) for desk in chosen]
        made_at = office.clock().astimezone(zoneinfo.ZoneInfo(chosen[0].config.time_zone))
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
@click.option("--all", "whole", is_flag=True, help="Show every account and control, and the bridge, though all holds.")
@json_option
def tie_out(*, config: Path, practice: str | None, whole: bool, as_json: bool) -> int:
    """Does QuickBooks hold what the sub-ledger says? One line for each practice where it does, to the cent.

    Where it does not, the accounts and controls that differ, and the entries that make the difference; exit code 3.
    """
    from hhs_sync.cli.exceptions import record_of
    from hhs_sync.cli.tie_out import as_data, say_tie_out
    from hhs_sync.proof import tie_out_of, with_statement

    with open_office(config, logs="error") as office:
        chosen = desks(office, practice)
        records = [with_statement(desk) if whole or as_json else record_of(desk) for desk in chosen]
        exact = [tie_out_of(desk) if not record.tied else None for desk, record in zip(chosen, records, strict=True)]
    if as_json:
        say_json([as_data(record, tied) for record, tied in zip(records, exact, strict=True)])
    for record, tied in () if as_json else zip(records, exact, strict=True):
        say_tie_out(record, tied, whole=whole)
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
        if not check:
            note_view([desk], "took a report", "journal")
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
