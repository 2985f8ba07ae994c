"""The work itself: one turn, a past period, turn after turn, and how things stand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hhs_sync.cli import ATTENTION, DONE, FAILED
from hhs_sync.cli.shared import (
    Stages,
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
from hhs_sync.errors import HhsSyncError
from hhs_sync.logs import tellable

if TYPE_CHECKING:
    from hhs_sync.office import Desk
    from hhs_sync.sync import TurnReport

BUSY_SECONDS = 60.0
"""How long a command waits for the daemon to be done with a practice."""
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@config_option
@practice_option
@click.option("--dry-run", is_flag=True, help="Take in and look, print the plan, and write nothing to QuickBooks.")
@json_option
def sync(*, config: Path, practice: str | None, dry_run: bool, as_json: bool) -> int:
    """One turn: take documents in, match, keep the books, write to QuickBooks, tie out.

    Exit code 3 when exceptions are open or something waits; 1 when a practice could not be worked.
    """
    from hhs_sync.sync import Ask, turn

    stages = Stages(quiet=as_json)
    reports: list[TurnReport] = []
    failed: dict[str, str] = {}
    with open_office(config, logs="warning") as office:
        chosen = desks(office, practice)
        for desk in chosen:
            try:
                reports.append(
                    turn(
                        office,
                        desk.practice,
                        progress=stages.of(desk.practice),
                        ask=Ask.ALWAYS,
                        write=not dry_run,
                        wait_seconds=BUSY_SECONDS,
                    )
                )
            except HhsSyncError as error:
                failed[desk.practice] = tellable(error)
        stages.done()
        if as_json:
            say_json({"turns": reports, "failed": failed})
        else:
            for desk in chosen:
                if dry_run and desk.practice not in failed:
                    _say_plan(desk)
            for one in reports:
                _say_report(one)
    for who, why in failed.items():
        click.echo(f"{who}: failed: {why}", err=True)
    if failed:
        return FAILED
    return ATTENTION if any(one.needs_attention for one in reports) else DONE


def _say_report(one: TurnReport) -> None:
    """A turn in two or three lines."""
    standing = one.standing
    click.echo(
        f"{one.practice}: {one.documents} new documents, {one.versions} new facts"
        + (", nothing new to compute" if one.quiet else "")
        + f" ({one.seconds:.1f} s, {sum(one.calls.values())} calls to QuickBooks)"
    )
    if one.pushed is not None:
        counts = (
            ("created", one.pushed.created),
            ("updated", one.pushed.updated),
            ("voided", one.pushed.voided),
            ("adopted", one.pushed.adopted),
            ("refused", len(one.pushed.refused)),
            ("held", len(one.pushed.held)),
            ("unclear", one.pushed.unclear),
            ("to be tried later", one.pushed.later + one.pushed.pausing),
        )
        written = ", ".join(f"{count} {name}" for name, count in counts if count) or "nothing"
        plan = f" (plan {one.pushed.plan[:12]})" if one.pushed.written else ""
        click.echo(f"  QuickBooks: {written}{plan}")
        if one.pushed.stopped:
            click.echo(f"  QuickBooks: stopped early: {one.pushed.stopped}")
    for obstacle in one.obstacles:
        click.echo(f"  {obstacle.says}")
    if standing.waits:
        click.echo(f"  The plan waits: {standing.waits}")
    tied = "tied" if standing.tied else "NOT TIED"
    click.echo(f"  {tied}; {standing.open} exceptions open" + (f"; {standing.held} held" if standing.held else ""))


def _say_plan(desk: Desk) -> None:
    """The plan, change by change, kinds first."""
    from hhs_sync.cli.plan import say_plan
    from hhs_sync.look import look

    say_plan(look(desk).plan, desk.practice)


@click.command()
@config_option
@one_practice_option
@click.option(
    "--from", "first", type=DAY, required=True, metavar="DATE", help="The first day, as QuickBooks is to date it."
)
@click.option("--to", "last", type=DAY, required=True, metavar="DATE", help="The last day.")
@click.option("--source", metavar="S", help="Only what follows from documents of this connector (its name).")
@click.option(
    "--apply", "apply_", is_flag=False, flag_value="", metavar="[DIGEST]",
    help="Write it to QuickBooks; with the digest that was shown, only if it is still the same.",
)  # fmt: skip
@json_option
def backfill(
    *, config: Path, practice: str | None, first: dt.datetime, last: dt.datetime, source: str | None,
    apply_: str | None, as_json: bool,
) -> int:  # fmt: skip
    """Post a past period: entries dated from DATE to DATE, whatever their age.

    Without --apply, prints the plan and its digest. A daily sync posts nothing that is older than the practice's limit
    without approval; this command is the approval, for the period that it names. The first entries of a practice are
    written only when --apply names the digest.
    """
    from hhs_sync.backfill import Period, apply_backfill, plan_backfill
    from hhs_sync.cli.plan import plan_as_json, say_plan

    stages = Stages(quiet=as_json)
    if last < first:
        raise click.UsageError("--to lies before --from.")
    period = Period(first=first.date(), last=last.date(), source=source)
    with open_office(config, logs="warning") as office:
        desk = one_desk(office, practice)
        progress = stages.of(desk.practice)
        if apply_ is not None:
            plan, pushed = apply_backfill(desk, period, apply_, progress, BUSY_SECONDS)
        else:
            plan, pushed = plan_backfill(desk, period, progress, BUSY_SECONDS), None
    stages.done()
    if as_json:
        say_json({"plan": plan_as_json(plan), "pushed": pushed})
    else:
        say_plan(plan, desk.practice)
        if pushed is None:
            click.echo(f"Nothing was written. To write it, say the same with --apply {plan.digest[:12]}.")
        else:
            click.echo(
                f"{pushed.written} written, {pushed.adopted} adopted, {len(pushed.held)} held,"
                f" {len(pushed.refused)} refused."
            )
    if pushed is None:
        return DONE
    if pushed.stopped:
        click.echo(f"Stopped early: {pushed.stopped}", err=True)
        return FAILED
    return ATTENTION if pushed.held or pushed.refused or pushed.unclear else DONE


@click.command()
@config_option
@click.option("--once", is_flag=True, help="End after one turn of each practice.")
def run(*, config: Path, once: bool) -> int:
    """The service: turn after turn for every practice, until SIGTERM. SIGHUP reads config and mappings again."""
    from hhs_sync import daemon, logs
    from hhs_sync.config import load_config
    from hhs_sync.office import Office
    from hhs_sync.store import Store

    def load() -> Office:
        loaded = load_config(config)
        logs.configure(loaded.log.level, loaded.log.format)
        return Office(loaded, Store.open(loaded.store.url))

    return daemon.run(load, once=once)


@click.command()
@config_option
@practice_option
@json_option
def status(*, config: Path, practice: str | None, as_json: bool) -> int:
    """How each practice stands: last turn, connection, what waits. Asks nobody and computes nothing."""
    from hhs_sync.status import status_of

    with open_office(config, logs="error") as office:
        found = [status_of(office, one.id) for one in office.config.practices if practice in (None, one.id)]
    if practice is not None and not found:
        office.config.practice(practice)
    if as_json:
        say_json(found)
    else:
        rows = [
            (
                one.practice,
                one.because or ("connected" if one.connected else "not connected"),
                one.last_turn.strftime("%Y-%m-%d %H:%M") if one.last_turn else "never",
                str(one.documents),
                {None: "–", True: "tied", False: "NOT TIED"}[one.tied],
                str(one.open),
                money(one.open_amount),
                one.waits,
            )
            for one in found
        ]
        columns = ("Practice", "QuickBooks", "Last review (UTC)", "Documents", "Books", "Exceptions", "Money", "Waits")
        say_table(columns, rows, right=("Documents", "Exceptions", "Money"))
    return ATTENTION if any(one.needs_attention for one in found) else DONE
