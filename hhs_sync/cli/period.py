"""Closing a period, and opening it again."""

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path

import click

from hhs_sync.cli import ATTENTION, DONE
from hhs_sync.cli.shared import (
    by_option,
    config_option,
    json_option,
    one_desk,
    one_practice_option,
    open_office,
    say_json,
)

BUSY_SECONDS = 60.0
"""How long the command waits for the daemon to be done with the practice."""
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@config_option
@one_practice_option
@click.option("--through", required=True, type=DAY, metavar="DATE", help="The last day of the period.")
@click.option("--override", metavar="REASON", help="Close although something stands against it; the reason is kept.")
@click.option("--reopen", metavar="REASON", help="Open the period again instead, and all that follow it.")
@by_option("signs")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def close(
    *,
    config: Path,
    practice: str | None,
    through: dt.datetime,
    override: str | None,
    reopen: str | None,
    by: str | None,
    yes: bool,
    as_json: bool,
) -> int:
    """Close the books through a day: its journal is signed and stands.

    Refused while the controls do not hold, critical exceptions are open, or QuickBooks lacks entries of the period.
    What comes later about closed days is posted on the first open one, marked as a correction of its month; so is what
    came too late for a month that QuickBooks had closed already.
    """
    from hhs_sync import closing

    day = through.date()
    who = by or getpass.getuser()
    with open_office(config, logs="error") as office:
        desk = one_desk(office, practice)
        if not yes:
            question = f"Open the books of {desk.practice} again from {day}?" if reopen else (
                f"Close the books of {desk.practice} through {day}? Its journal stands then."
            )  # fmt: skip
            click.confirm(question, abort=True, err=True)
        if reopen:
            period = closing.reopen(desk, day, by=who, reason=reopen, wait_seconds=BUSY_SECONDS)
        else:
            try:
                period = closing.close(
                    desk, day, by=who, reason=override or "", override=override is not None, wait_seconds=BUSY_SECONDS
                )
            except closing.NotClosableError as error:
                if as_json:
                    say_json({"closed": False, "through": day, "against": error.reasons})
                for reason in () if as_json else error.reasons:
                    click.echo(f"Not closed: {reason}", err=True)
                return ATTENTION
    if as_json:
        say_json({"closed": not period.reopened, "through": day, "journal": period.journal_digest})
    elif reopen:
        click.echo(f"The books are open again: the close through {day}, and every later one, no longer counts.")
    else:
        entries = len(period.journal.splitlines())
        click.echo(f"Closed through {day}: {entries} entries signed by {who}, journal {period.journal_digest[:12]}.")
        if period.reason:
            click.echo(f"Kept with it: {period.reason}.")
    return DONE
