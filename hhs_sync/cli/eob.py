"""`hhs-sync eob`: an empty form for paper explanations of benefits, and what a filled-in one comes to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from hhs_sync.cli import ATTENTION, DONE, FAILED
from hhs_sync.connector import HasForm, Settings, connector_class
from hhs_sync.facts.document import Document
from hhs_sync.facts.remittance import Remittance
from hhs_sync.money import format_money
from hhs_sync.x12.show import show_fact, show_unreadable

_CONNECTOR = "eob_csv"


@click.group()
def eob() -> None:
    """Paper and portal explanations of benefits, typed into a workbook or CSV.

    They are read, checked and posted like an 835. Needs no config and no database.
    """


@eob.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def form(file: Path) -> int:
    """Write an empty form (XLSX) to FILE. An existing file is left alone."""
    kind: object = connector_class(_CONNECTOR)
    assert isinstance(kind, HasForm), "the connector of typed-in EOBs has a form"
    if file.suffix.lower() != ".xlsx":
        raise click.BadParameter(f"{file} must end in .xlsx: the form is a workbook", param_hint="FILE")
    try:
        with file.open("xb") as new:
            new.write(kind.empty_form())
    except FileExistsError:
        click.echo(f"{file} is there already and was left alone: name another file", err=True)
        return FAILED
    except OSError as error:
        click.echo(f"{file}: {error.strerror or 'cannot be written'}", err=True)
        return FAILED
    click.echo(f"{file}: type the EOB in (the second sheet says how), look at it with `hhs-sync eob show {file}`,")
    click.echo("then put it into the inbox of the practice's EOBs.")
    return DONE


@eob.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--names", is_flag=True, help="Show clients' names and member numbers too.")
def show(file: Path, *, names: bool) -> int:
    """Print what a filled-in form says, and whether every line, claim and payment adds up."""
    try:
        content = file.read_bytes()
    except OSError as error:
        click.echo(f"{file}: {error.strerror or 'cannot be read'}", err=True)
        return FAILED
    now = dt.datetime.now(dt.UTC)
    connector = connector_class(_CONNECTOR)(Settings(name="eob", base=file.parent, options={"path": "."}))
    document = Document.of(source="eob", name=file.name, content=content, received_at=now, as_of=now)
    reading = connector.read(document)
    told = [placed.fact for placed in reading.facts if isinstance(placed.fact, Remittance)]
    for fact in told:
        click.echo(show_fact(fact, names=names))
        click.echo()
    for row in reading.unreadable:
        click.echo(show_unreadable(row))
    if not told and not reading.unreadable:
        click.echo(f"{file}: the form is empty.")
        return ATTENTION
    sound = [fact for fact in told if fact.balances and fact.complete]
    total = sum(fact.amount_paid for fact in sound)
    click.echo(f"{len(sound)} of {len(told)} payments add up and can be posted: {format_money(total)}")
    return DONE if len(sound) == len(told) and not reading.unreadable else ATTENTION
