"""Rules that people taught while answering exceptions: how often each was of use, and switching one off and on."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hhs_sync.cli import DONE
from hhs_sync.cli.resolve import in_words
from hhs_sync.cli.shared import (
    Stages,
    by_option,
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
    from hhs_sync.taught import TaughtRule


@click.command()
@config_option
@practice_option
@json_option
def taught(config: Path, practice: str | None, as_json: bool) -> int:
    """The rules that people taught ("always for this payer and code"), how often each came in, and its state."""
    from hhs_sync.taught import taught_rules

    with open_office(config, logs="error") as office:
        found = [(desk.practice, one) for desk in desks(office, practice) for one in taught_rules(desk)]
    if as_json:
        say_json([{"practice": who, **_as_told(one)} for who, one in found])
    elif found:
        rows = [
            (who, one.name, one.says, one.decision.by, f"{one.decision.at:%Y-%m-%d}", str(one.use.count),
             money(one.use.amount), _state(one))
            for who, one in found
        ]  # fmt: skip
        names = ("Practice", "Name", "Rule", "By", "On", "Came in", "Money", "State")
        say_table(names, rows, right=("Came in", "Money"))
        click.echo("To switch one: hhs-sync mappings switch NAME --practice P")
    else:
        click.echo("Nobody has taught a rule so far: hhs-sync exceptions resolve KEY --map CHOICE")
    return DONE


@click.command()
@click.argument("name", metavar="NAME")
@config_option
@one_practice_option
@click.option("--reason", default="", metavar="TEXT", help="Why; kept with the decision.")
@by_option("decides")
@click.option("--dry-run", is_flag=True, help="Show what it would post, and do nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def switch(
    *, name: str, config: Path, practice: str | None, reason: str, by: str | None, dry_run: bool, yes: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """Switch a taught rule off, or on again. NAME is as `mappings taught` shows it; a part of it is enough.

    What it would post is shown before it is asked for. It is a decision like any other: kept with who and when, and
    taken back by switching again.
    """
    from hhs_sync.preview import preview
    from hhs_sync.taught import switch as store_switch
    from hhs_sync.taught import switching, taught_rule

    with open_office(config, logs="error") as office:
        desk = one_desk(office, practice)
        rule, who, at = taught_rule(desk, name), by or getpass.getuser(), desk.clock()
        word = "off" if rule.is_on else "on"
        made, rules = switching(desk, rule, by=who, at=at, reason=reason)
        stages = Stages(quiet=as_json)
        seen = preview(desk, made, rule.decision.subject, rules=rules, progress=stages.say)
        stages.done()
        if not as_json:
            click.echo(f"{rule.says}: to be switched {word}")
            for line in in_words(seen, {}):
                click.echo(line)
        if not dry_run:
            if not yes:
                click.confirm(f"Switch it {word}?", abort=True, err=True)
            store_switch(desk, rule, by=who, at=at, reason=reason)
    if as_json:
        say_json({"stored": not dry_run, "to": word, "rule": _as_told(rule), "quickbooks": len(seen.written)})
    elif not dry_run:
        click.echo(f"Switched {word}. What follows is posted with the next turn: hhs-sync sync")
    return DONE


def _state(one: TaughtRule) -> str:
    if one.is_on:
        return "on"
    return f"off, by {one.off.by} on {one.off.at:%Y-%m-%d}" if one.off else "off: not in the file"


def _as_told(one: TaughtRule) -> dict[str, object]:
    return {
        "name": one.name, "rule": one.says, "toml": one.decision.rule, "by": one.decision.by, "at": one.decision.at,
        "count": one.use.count, "cents": one.use.amount, "on": one.is_on,
        "off_by": one.off.by if one.off else None, "off_at": one.off.at if one.off else None,
        "off_because": one.off.reason if one.off else None,
    }  # fmt: skip
