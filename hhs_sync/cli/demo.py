"""`hhs-sync demo`: the whole program on two practices that do not exist."""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hhs_sync.cli import DONE, FAILED
from hhs_sync.cli.begin import TOKEN_KEY, lay_mappings, new_token_key
from hhs_sync.cli.shared import Stages, json_option, money, say_json, say_table

if TYPE_CHECKING:
    from hhs_sync.demo.play import Played

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.option(
    "--dir", "folder", type=click.Path(path_type=Path, file_okay=False), default="demo", show_default=True,
    help="The folder; one that a demo has made before goes on.",
)  # fmt: skip
@click.option("--seed", default=1, show_default=True, help="Another number makes up other practices.")
@click.option("--through", type=DAY, metavar="DATE", help="The last day of the story; without it, yesterday.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The simulator's port; without it, a free one.")
@click.option("--no-web", is_flag=True, help="End when all is done, without serving pages.")
@json_option
def demo(*, folder: Path, seed: int, through: dt.datetime | None, port: int, no_web: bool, as_json: bool) -> int:
    """Show the whole program on two made-up practices.

    Makes a folder with three months of their sessions, claims, remittances, card payouts and bank lines, starts a
    QuickBooks simulator, and runs the very same program on them as on any practice's files: it takes them in, keeps the
    books, posts to QuickBooks over HTTP and reports the exceptions. A second run in the same folder goes on.

    On a terminal it then serves the pages until Ctrl-C, with the simulator beside them.
    """
    from hhs_sync import logs
    from hhs_sync.demo import play
    from hhs_sync.office import Office, present

    started = time.monotonic()
    stages = Stages(quiet=as_json)
    logs.configure("warning")
    notes = play.notes_of(folder)
    if notes is None:
        stages.say("making up two practices")
        last = through.date() if through else play.yesterday(present())
        notes = play.make_folder(folder, seed, last, port or play.free_port())
        lay_mappings(folder / "mappings")
        (folder / TOKEN_KEY).write_bytes(new_token_key())
        (folder / TOKEN_KEY).chmod(0o600)
    stages.say("starting the QuickBooks simulator")
    with play.quickbooks(folder, notes.port) as simulator:
        office = Office.open(folder / "config.toml")
        try:
            played = [
                play.play(office, practice, stages.of(practice), folder / play.REPORTS) for practice in office.worked
            ]
        finally:
            office.close()
        calls = simulator.state.calls.summary()
        stages.done()
        seconds = time.monotonic() - started
        if as_json:
            say_json({"practices": [_as_told(one) for one in played], "calls": calls, "seconds": round(seconds, 1)})
        else:
            for one in played:
                _say(one)
            _say_what_next(folder, notes.port, seconds)
        if sys.stdout.isatty() and not (no_web or as_json):
            _serve(folder, simulator.base_url)
    return DONE if all(one.record.tied for one in played) else FAILED


def _serve(folder: Path, simulator: str) -> None:
    """The pages for a visitor, until Ctrl-C."""
    from hhs_sync.demo import play
    from hhs_sync.office import Office
    from hhs_sync.web.server import serve

    office = Office.open(folder / "config.toml")
    try:
        password = play.let_visitor_in(office)
        click.echo(f"\nQuickBooks, as simulated: {simulator}")

        def ready(address: str) -> None:
            click.echo(f"The pages: {address}   sign in as {play.VISITOR}, password {password}   (Ctrl-C stops)")

        serve(office, "127.0.0.1", 0, ready)
    finally:
        office.close()


def _say(one: Played) -> None:
    """One practice: what came in, what was posted, the money, the exceptions, and whether it ties."""
    report, summary = one.report, one.record.summary
    click.echo(f"\n{one.name} ({one.practice}, kept by {one.policy})")
    click.echo(
        f"  {one.documents} documents, {report.documents} of them new: {summary.sessions} sessions,"
        f" {summary.remittances} remittances, {summary.client_payments} client payments,"
        f" {summary.bank_lines} bank lines"
    )
    created = report.pushed.created if report.pushed else 0
    kinds = ", ".join(f"{count} {kind.value}" for kind, count in sorted(one.posted.items(), key=lambda each: -each[1]))
    click.echo(f"  {created} entries posted now; in QuickBooks: {kinds or 'nothing'}")
    say_table(
        ("No.", "Account", "QuickBooks", "Sub-ledger"),
        [
            (each.number, each.name, money(each.quickbooks), money(each.sub_ledger))
            for each in one.record.accounts
            if each.quickbooks or each.sub_ledger
        ],
        right=("QuickBooks", "Sub-ledger"),
        title="Money by account (credits negative)",
    )
    titles = {each.code: each.title for each in one.record.open_findings}
    say_table(
        ("Code", "Exception", "Number", "Money"),
        [(code, titles[code], str(count), money(amount)) for code, (count, amount) in one.exceptions.items()],
        right=("Number", "Money"),
        title="Exceptions",
    )
    tied = "TIED: QuickBooks holds what the sub-ledger says" if one.record.tied else "NOT TIED"
    click.echo(f"  {tied}, as of {one.record.as_of} ({report.seconds:.1f} s)")
    for path in one.files:
        click.echo(f"  {path}")


def _as_told(one: Played) -> dict[str, object]:
    return {
        "practice": one.practice,
        "policy": one.policy,
        "documents": one.documents,
        "documents_new": one.report.documents,
        "posted_now": one.report.pushed.written if one.report.pushed else 0,
        "posted": {kind.value: count for kind, count in one.posted.items()},
        "accounts": {each.number: each.quickbooks for each in one.record.accounts},
        "exceptions": {code: {"count": count, "cents": cents} for code, (count, cents) in one.exceptions.items()},
        "tied": one.record.tied,
        "seconds": round(one.report.seconds, 2),
        "files": [str(path) for path in one.files],
    }


def _say_what_next(folder: Path, port: int, seconds: float) -> None:
    click.echo(f"\nDone in {seconds:.0f} s. What to try next:")
    config = f"--config {folder / 'config.toml'}"
    tries = (
        (f"less {folder / 'README.md'}", "what went wrong on purpose, and the exception that tells it"),
        (f"hhs-sync exceptions {config}", "the work list; then `exceptions show ID`, `exceptions resolve ID --...`"),
        (f"hhs-sync report aging {config}", "who owes how much, and for how long"),
        (f"hhs-sync journal --practice {'harbor'} {config}", "the sub-ledger, for bean-check or any other program"),
        (f"hhs-sync users add YOU --role bookkeeper {config}", "who may sign in to the pages, then:"),
        (f"hhs-sync web {config}", "the pages: the work list, the evidence beside each question"),
        (f"hhs-sync simulator --port {port} --state {folder / 'quickbooks.db'} &", "the same companies again, then:"),
        (f"hhs-sync sync {config}", "nothing new: nothing is posted twice"),
    )
    width = max(len(command) for command, _ in tries)
    for command, says in tries:
        click.echo(f"  {command.ljust(width)}  # {says}")
