"""Commands about the activity: who did what and who saw what. `hhs-sync audit list|verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hhs_sync.cli import ATTENTION, DONE
from hhs_sync.cli.shared import config_option, json_option, open_office, practice_option, say_json, say_table

if TYPE_CHECKING:
    from hhs_sync.store.activity import Activity


@click.group()
def audit() -> None:
    """Who did what and who saw what: every view of clients' data and every decision."""


@audit.command(name="list")
@config_option
@practice_option
@click.option("--by", metavar="USER", help="Only what this user or command did.")
@click.option("--subject", metavar="KEY", help="Only what was about this finding, client code or user.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="The newest so many.")
@json_option
def list_(*, config: Path, practice: str | None, by: str | None, subject: str | None, limit: int, as_json: bool) -> int:
    """Show the activity, the newest first."""
    with open_office(config, logs="error") as office:
        if practice is not None:
            office.config.practice(practice)
        rows = office.store.activity.read(practice, limit, by=by, subject=subject)
    if as_json:
        say_json(rows)
    elif not rows:
        click.echo("Nothing was done yet.")
    else:
        say_table(
            ("No.", "When (UTC)", "Who", "What", "Practice", "About", "From"),
            [_line(one) for one in rows],
            right=("No.",),
        )
    return DONE


@audit.command()
@config_option
@click.option(
    "--known", metavar="NUMBER:HASH",
    help="A row's number and hash as an earlier `verify` told them: the chain must still run through it.",
)  # fmt: skip
@json_option
def verify(*, config: Path, known: str | None, as_json: bool) -> int:
    """Go through the chain: each row holds the hash of the one before, so what was changed by hand is found.

    Exit code 3 when it is broken; the first row that does not hold is told. Note the newest number and hash away from
    this machine now and then, and give them with --known: only so is a chain found out that was made anew or cut off.
    """
    with open_office(config, logs="error") as office:
        found = office.store.activity.verify(_known(known))
    if as_json:
        say_json(found)
    elif found.broken is not None:
        click.echo(f"BROKEN at row {found.broken}: {found.because}. The {found.rows} rows before it hold.")
    else:
        click.echo(f"The chain holds: {found.rows} rows.")
        if found.rows:
            click.echo(f"Note this away from here: --known {found.rows}:{found.hash}")
    return DONE if found.broken is None else ATTENTION


def _known(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    number, _, hash_ = text.partition(":")
    if not number.isdecimal() or len(hash_) != 64:
        raise click.UsageError("--known is a number, a colon and a hash of 64 characters, as `verify` told them.")
    return int(number), hash_


def _line(one: Activity) -> tuple[str, ...]:
    at = f"{one.at:%Y-%m-%d %H:%M:%S}"
    return str(one.number), at, one.by, one.what, one.practice or "", one.subject, one.address
