"""Commands about a practice's QuickBooks company: connect, disconnect, setup, adopt."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hhs_sync.cli import ATTENTION, DONE, FAILED
from hhs_sync.cli.shared import (
    config_option,
    json_option,
    one_desk,
    one_practice_option,
    open_office,
    practice_argument,
    say_json,
    say_table,
)

if TYPE_CHECKING:
    from hhs_sync.office import Desk
    from hhs_sync.quickbooks.setup import SetupStep

LOCK_SECONDS = 60


@contextmanager
def _desk(config: Path, practice: str | None, doing: str) -> Iterator[Desk]:
    """The practice, with nobody else at work on it."""
    with open_office(config, logs="error") as office:
        desk = one_desk(office, practice)
        with office.store.lock(desk.practice, owner=f"{doing}, pid {os.getpid()}", wait_seconds=LOCK_SECONDS):
            yield desk


@click.command()
@config_option
@practice_argument
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening a browser with it.")
@click.option(
    "--refresh-token",
    help="Connect with a refresh token that you already have (the simulator's, a playground's): no browser is needed.",
)
def connect(config: Path, practice: str | None, no_browser: bool, refresh_token: str | None) -> int:
    """Connect a practice to its QuickBooks company.

    A browser opens Intuit's page; sign in there as somebody who may connect apps to the company. The answer comes back
    to this machine, and the tokens are kept encrypted in the database. Where the config does not name the company yet,
    the answer tells its number (realm), and what to write into the config.
    """
    from hhs_sync.quickbooks import connect as connecting
    from hhs_sync.quickbooks import tokens

    with _desk(config, practice, "connect") as desk:
        realm = desk.config.realm
        if not refresh_token:
            realm = connecting.connect(
                desk.store,
                desk.practice,
                realm,
                desk.app,
                desk.token_keys,
                show=_print_address if no_browser else _open_browser,
                at=desk.clock,
                others=_companies_of_others(desk),
            ).realm
        elif realm:
            tokens.keep_refresh_token(desk.store, desk.practice, realm, refresh_token, desk.token_keys, desk.clock())
        else:
            raise click.UsageError(
                f"Practice {desk.practice} has no realm in {config}, and a refresh token does not tell it. It is the"
                " company id that QuickBooks shows under Settings, Billing & subscription."
            )
        click.echo(f"Practice {desk.practice} is connected to company {realm}.")
        if not desk.config.realm:
            click.echo(f'Now write this into {config}, at practice {desk.practice}:\n\n    realm = "{realm}"\n')
        click.echo(f"Next: hhs-sync setup --practice {desk.practice}")
        return DONE if desk.config.realm else ATTENTION


def _companies_of_others(desk: Desk) -> frozenset[str]:
    """The companies of the other practices at the same server."""
    server = desk.config.quickbooks.api_base_url
    return frozenset(
        one.realm
        for one in desk.office.config.practices
        if one.id != desk.practice and one.realm and one.quickbooks.api_base_url == server
    )


def _print_address(address: str) -> None:
    click.echo("Open this address in a browser on this machine and sign in:", err=True)
    click.echo(address)


def _open_browser(address: str) -> None:
    if click.launch(address) != 0:
        _print_address(address)
    else:
        click.echo("A browser shows Intuit's page; waiting for its answer (Ctrl-C to give up).", err=True)


@click.command()
@config_option
@practice_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
def disconnect(config: Path, practice: str | None, yes: bool) -> int:
    """Give the connection back to Intuit and forget the tokens. What was posted stays."""
    from hhs_sync.quickbooks.connect import disconnect as give_back

    with _desk(config, practice, "disconnect") as desk:
        if not yes:
            click.confirm(f"Disconnect practice {desk.practice} from QuickBooks?", abort=True, err=True)
        revoked = give_back(desk.store, desk.practice, desk.app, desk.token_keys, desk.clock())
        click.echo(f"Practice {desk.practice} is disconnected: its tokens are forgotten here.")
        if not revoked:
            click.echo("Intuit could not be told; remove the app under Settings, Apps in QuickBooks as well.")
            return ATTENTION
    return DONE


@click.command()
@config_option
@one_practice_option
@click.option("--dry-run", is_flag=True, help="Show what would be made, and make nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def setup(config: Path, practice: str | None, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Make the accounts, items and classes that QuickBooks lacks. What is there is left as it is."""
    from hhs_sync.quickbooks import refresh
    from hhs_sync.quickbooks import setup as setting_up

    with _desk(config, practice, "setup") as desk:
        client = desk.call()
        refresh.refresh(client, desk.store, desk.practice, desk.rules, desk.clock())
        catalog = refresh.load_catalog(desk.store, desk.practice, desk.rules)
        steps = setting_up.plan_setup(desk.rules, catalog)
        to_make = [step for step in steps if step.to_make]
        if to_make and not dry_run:
            if not yes:
                _show(steps)
                click.confirm(f"Make these {len(to_make)} in QuickBooks?", abort=True, err=True)
            steps = setting_up.apply_setup(steps, client, desk.store, desk.practice, catalog)
        remarks = setting_up.check_company(desk.rules, catalog)
    if as_json:
        shown = [
            {"kind": one.kind, "number": one.number, "name": one.name, "id": one.quickbooks_id, "problem": one.problem}
            for one in steps
        ]
        say_json({"steps": shown, "made": 0 if dry_run else len(to_make), "attention": remarks})
    else:
        _show(steps)
        made = f"{len(to_make)} would be made" if dry_run else f"{len(to_make)} made"
        click.echo(f"{made}, {len(steps) - len(to_make)} were there.")
        for remark in remarks if not dry_run else ():
            click.echo(f"- {remark}")
    failed = any(step.problem for step in steps)
    return FAILED if failed and not dry_run else ATTENTION if remarks and not dry_run else DONE


def _show(steps: tuple[SetupStep, ...]) -> None:
    rows = [
        (step.kind, step.number, step.name, step.problem or (f"there ({step.quickbooks_id})" if step.quickbooks_id else
         "missing"))
        for step in steps
    ]  # fmt: skip
    say_table(("Kind", "Number", "Name", "In QuickBooks"), rows)


@click.command()
@config_option
@one_practice_option
@json_option
def adopt(config: Path, practice: str | None, as_json: bool) -> int:
    """Take entries in QuickBooks that bear our mark for ours again, after a database was restored from a backup."""
    from hhs_sync.look import books_of
    from hhs_sync.plan import desired_entries
    from hhs_sync.quickbooks import refresh
    from hhs_sync.quickbooks.adopt import adopt as take_for_ours

    with _desk(config, practice, "adopt") as desk:
        refresh.read_whole(desk.call(), desk.store, desk.practice, desk.rules)
        catalog = refresh.load_catalog(desk.store, desk.practice, desk.rules)
        desired = desired_entries(books_of(desk), desk.rules, desk.secret)
        adopted = take_for_ours(desk.store, desk.practice, desired.entries, catalog, desk.clock())
    if as_json:
        strays = [{"kind": one.kind.value, "id": one.quickbooks_id, "says": one.summary} for one in adopted.strays]
        say_json({"adopted": adopted.entries, "strays": strays})
    else:
        click.echo(f"{adopted.entries} entries are ours again.")
        for one in adopted.strays:
            click.echo(f"- ours, but of what is not known any more: {one.kind.value} {one.quickbooks_id} {one.summary}")
    return ATTENTION if adopted.strays else DONE
