"""Commands to begin with: `init` makes a folder to start from, `check` finds every mistake at once."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hhs_sync.cli import ATTENTION, DONE, USAGE
from hhs_sync.cli.shared import Stages, config_option, json_option, practice_option, say_json
from hhs_sync.errors import ConfigError, HhsSyncError

if TYPE_CHECKING:
    from hhs_sync.config import Config, PracticeConfig
    from hhs_sync.office import Office
    from hhs_sync.quickbooks.tokens import Connection

INBOXES = ("sessions", "835", "claims", "payments", "payouts", "balances", "bank", "coverage")
TOKEN_KEY = "token_key"  # noqa: S105  The name of a file.

STARTER = """# hhs_sync: which practices, where their files come in, which QuickBooks companies their books are kept in.
# Every key is explained in config.example.toml of the program's checkout; `hhs-sync check` finds every mistake.

[store]
url = "sqlite:///hhs_sync.db"                 # documents, pushes and mirror: back this file up

[quickbooks]
# Keys of your app at developer.intuit.com. Secrets are references, never the secret itself.
client_id = "put the client id of your app here"
client_secret = "env/INTUIT_CLIENT_SECRET"
token_key = "file/token_key"                  # made by init; without it the stored tokens can't be read
# To try everything against the simulator (hhs-sync simulator):
# api_base_url = "http://127.0.0.1:8075"
# discovery_url = "http://127.0.0.1:8075/.well-known/openid_configuration"
# client_id = "sim-client-id"
# client_secret = "sim-client-secret"

[[practices]]
id = "casco"                                  # short, in small letters; names the practice on the command line
name = "Casco Counseling"
policy = "cash"                               # cash: deposit summaries. accrual: full receivables
# agreement_date = 2026-01-02                 # the day of the business associate agreement; without it nothing is done
realm = ""                                    # the QuickBooks company; `hhs-sync connect` tells what to write here
mappings = "mappings"
# first_day = 2026-01-01                      # sessions before this day belong to the old system

[[practices.connectors]]
use = "sessions_csv"
name = "ehr"
path = "inbox/casco/sessions"
profile = "mappings/profiles/generic.toml"    # or simplepractice, therapynotes, ...

[[practices.connectors]]
use = "x12_folder"                            # 835 remittances
name = "clearinghouse"
path = "inbox/casco/835"

[[practices.connectors]]
use = "x12_folder"                            # 837P claims, 277CA and 999 answers
name = "claims"
path = "inbox/casco/claims"

[[practices.connectors]]
use = "client_payments_csv"
name = "desk"
path = "inbox/casco/payments"

[[practices.connectors]]
use = "payouts_csv"
name = "cards"
path = "inbox/casco/payouts"

[[practices.connectors]]
use = "processor_balances_csv"                # what the card processor says it holds; optional
name = "card-balances"
path = "inbox/casco/balances"

[[practices.connectors]]
use = "bank_ofx"                              # or bank_csv
name = "bank"
path = "inbox/casco/bank"

[[practices.connectors]]
use = "coverage_csv"
name = "coverage"
path = "inbox/casco/coverage"
"""


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def init(folder: Path) -> int:
    """Make DIR with a config, the standard mappings, inboxes and a key for the stored tokens.

    What is there already stays as it is, so that it may be run again after an update of the program: new mapping
    files are added.
    """
    made = [
        *lay_mappings(folder / "mappings"),
        *_write(folder / "config.toml", STARTER.encode()),
        *_write(folder / TOKEN_KEY, new_token_key(), private=True),
    ]
    for inbox in INBOXES:
        (folder / "inbox" / "casco" / inbox).mkdir(parents=True, exist_ok=True)
    for path in made:
        click.echo(f"made {path}")
    if not made:
        click.echo(f"{folder} had everything already; nothing was changed")
    click.echo("")
    click.echo(f"Next: put your practice into {folder / 'config.toml'}, then")
    click.echo(f"  hhs-sync check --config {folder / 'config.toml'}")
    return DONE


def lay_mappings(folder: Path) -> list[Path]:
    """Copy the standard mappings into a folder, leaving what is there; the files that were made."""
    return _copy(files("mappings"), folder)


def new_token_key() -> bytes:
    """A new Fernet key: 32 random bytes, in the spelling that cryptography asks for."""
    import base64

    return base64.urlsafe_b64encode(secrets.token_bytes(32)) + b"\n"


def _copy(source: Traversable, target: Path) -> list[Path]:
    made: list[Path] = []
    for one in sorted(source.iterdir(), key=lambda one: one.name):
        if one.is_dir() and not one.name.startswith("_"):
            made += _copy(one, target / one.name)
        elif one.name.endswith(".toml"):
            made += _write(target / one.name, one.read_bytes())
    return made


def _write(path: Path, content: bytes, *, private: bool = False) -> list[Path]:
    """Write a file that is not there yet; nothing when it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
    except FileExistsError:
        return []
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return [path]


@click.command()
@config_option
@practice_option
@click.option("--offline", is_flag=True, help="Do not ask QuickBooks.")
@json_option
def check(config: Path, practice: str | None, offline: bool, as_json: bool) -> int:
    """Check config, mappings, connectors, database and QuickBooks accounts; tell every mistake at once.

    Exit code 0 when all is well, 2 when something is wrong with config or mappings, 3 when QuickBooks needs attention.
    """
    from hhs_sync.cli.shared import open_office
    from hhs_sync.config import load_config

    stages = Stages(quiet=as_json)
    mistakes: list[str] = []
    attention: list[str] = []
    connections: dict[str, Connection] = {}
    try:
        loaded = load_config(config)
    except ConfigError as error:
        mistakes += error.mistakes
    else:
        chosen = [loaded.practice(practice)] if practice else [*loaded.practices]
        for one in chosen:
            stages.say(f"{one.id}: config and mappings")
            mistakes += _mistakes_of(loaded, one)
        mistakes += _mistakes_of_digest(loaded)
        if not chosen:
            attention.append(f"{config}: there is no [[practices]] yet")
        if not mistakes:
            with open_office(config, logs="error") as office:
                for one in chosen:
                    stages.say(f"{one.id}: QuickBooks")
                    attention += _attention_of(office, one, offline=offline)
                    connections |= _connection_of(office, one)
    stages.done()
    if as_json:
        say_json({"mistakes": mistakes, "attention": attention, "connections": connections})
    else:
        for text in (*mistakes, *attention, *_lasting(connections)):
            click.echo(text)
        if not mistakes and not attention:
            click.echo("Everything is in order.")
    return USAGE if mistakes else ATTENTION if attention else DONE


def _mistakes_of(config: Config, practice: PracticeConfig) -> list[str]:
    """What is wrong with a practice's mappings, connectors and references to secrets."""
    from hhs_sync.config import load_rules, open_connectors

    found: list[str] = []
    for look in (load_rules, open_connectors):
        try:
            look(practice)
        except ConfigError as error:
            found += error.mistakes
    for name in ("client_id", "client_secret", "token_key", "webhook_token"):
        secret = getattr(practice.quickbooks, name)
        if secret is not None:
            try:
                secret.reveal()
            except ConfigError as error:
                found += (f"{config.path.name}: [quickbooks] {name}: {said}" for said in error.mistakes)
    return list(dict.fromkeys(found))


def _mistakes_of_digest(config: Config) -> list[str]:
    """What is wrong with what the digest's mail server is reached by."""
    smtp = config.digest.smtp
    if smtp is None:
        return []
    where = f"{config.path.name}: [digest.smtp]"
    found = [f"{where} ca: there is no file {smtp.ca}"] if smtp.ca is not None and not smtp.ca.is_file() else []
    if smtp.password is not None:
        try:
            smtp.password.reveal()
        except ConfigError as error:
            found += (f"{where} password: {said}" for said in error.mistakes)
    return found


def _connection_of(office: Office, practice: PracticeConfig) -> dict[str, Connection]:
    """How a practice that can be worked is connected, by its id."""
    if practice.not_worked_because:
        return {}
    from hhs_sync.quickbooks import tokens

    desk = office.desk(practice.id)
    with contextlib.suppress(HhsSyncError):
        return {practice.id: tokens.connection(office.store, practice.id, desk.token_keys, desk.clock())}
    return {}


def _lasting(connections: dict[str, Connection]) -> Iterator[str]:
    """For how long each connection is good."""
    for practice, one in connections.items():
        if one.connected:
            end = "" if one.hard_days_left is None else f", and {one.hard_days_left} whatever is done"
            yield f"practice {practice}: connected to QuickBooks for {one.refresh_days_left} days without a sync{end}"


def _attention_of(office: Office, practice: PracticeConfig, *, offline: bool) -> list[str]:
    """What a person should see to before this practice can be worked, in the order in which one would."""
    who = f"practice {practice.id}"
    if practice.not_worked_because:
        return [practice.not_worked_because]
    found = [
        f"{who}: the folder {one.options['path']} of connector {one.name} is not there"
        for one in practice.connectors
        if "path" in one.options and not (one.base / str(one.options["path"])).is_dir()
    ]
    if offline:
        return found
    from hhs_sync.quickbooks import refresh, setup

    desk = office.desk(practice.id)
    try:
        with office.store.lock(desk.practice, owner=f"check, pid {os.getpid()}", wait_seconds=10):
            refresh.refresh(desk.call(), office.store, desk.practice, desk.rules, desk.clock())
            catalog = refresh.load_catalog(office.store, desk.practice, desk.rules)
        found += [f"{who}: QuickBooks: {said}" for said in setup.check_company(desk.rules, catalog)]
    except ConfigError as error:
        found += error.mistakes
    except HhsSyncError as error:
        found.append(f"{who}: QuickBooks: {error}")
    return found
