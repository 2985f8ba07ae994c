"""What commands share: their common options, the open office, tables for people and JSON for programs."""

from __future__ import annotations

import contextlib
import functools
import getpass
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from hhs_sync.errors import ConfigError
from hhs_sync.money import format_money

if TYPE_CHECKING:
    from hhs_sync.money import Money
    from hhs_sync.office import Desk, Office

Function = TypeVar("Function", bound=Callable[..., Any])

CONFIG_NAME = "config.toml"
WIDTH_WITHOUT_TERMINAL = 160
"""Columns of a table that goes into a file or a pipe."""


def _complete_practice(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The practices of the config, for the shell's completion; none when the config can't be read."""
    from hhs_sync.config import load_config

    with contextlib.suppress(ConfigError, OSError):
        config = load_config(ctx.params.get("config") or CONFIG_NAME)
        return [one.id for one in config.practices if one.id.startswith(incomplete)]
    return []


def config_option(function: Function) -> Function:
    """`--config FILE`."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        default=CONFIG_NAME,
        show_default=True,
        envvar="HHS_SYNC_CONFIG",
        show_envvar=True,
        help="The config file.",
    )(function)


def json_option(function: Function) -> Function:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(function)


def by_option(does: str) -> Callable[[Function], Function]:
    """`--by NAME`: who answers for it; `does` says for what ("decides")."""
    return click.option(
        "--by", envvar="HHS_SYNC_USER", show_envvar=True, metavar="NAME", help=f"Who {does}; else the login name."
    )


def practice_option(function: Function) -> Function:
    """`--practice P`, where all practices are meant without it."""
    return click.option(
        "--practice", metavar="P", shell_complete=_complete_practice, help="Only this practice; without it, all."
    )(function)


def one_practice_option(function: Function) -> Function:
    """`--practice P`, which may be left out where the config has one practice only."""
    return click.option(
        "--practice",
        metavar="P",
        shell_complete=_complete_practice,
        help="The practice; needed where there are several.",
    )(function)


def practice_argument(function: Function) -> Function:
    """PRACTICE, or `--practice P` as everywhere: what is given comes as `practice`. Two that differ are refused."""

    @functools.wraps(function)
    def either(named: str | None, practice: str | None, **rest: object) -> object:
        if named and practice and named != practice:
            raise click.UsageError(f"Two practices are given, {named} and --practice {practice}: name one.")
        return function(practice=named or practice, **rest)

    argument = click.argument("named", metavar="[PRACTICE]", required=False, shell_complete=_complete_practice)
    return cast("Function", argument(one_practice_option(either)))


@contextlib.contextmanager
def open_office(config: Path, *, logs: str | None = None) -> Iterator[Office]:
    """The office, with logs as the config says (`logs` overrides the level): commands for people keep quiet."""
    from hhs_sync import logs as log_lines
    from hhs_sync.config import load_config
    from hhs_sync.office import Office
    from hhs_sync.store import Store

    if not config.exists():
        raise ConfigError(
            (f"{config}: no such config. Begin with `hhs-sync init DIR`, or name yours: --config or HHS_SYNC_CONFIG",)
        )
    loaded = load_config(config)
    log_lines.configure(logs or loaded.log.level, loaded.log.format)
    office = Office(loaded, Store.open(loaded.store.url))
    try:
        yield office
    finally:
        office.close()


def note_view(desks: Sequence[Desk], what: str, subject: str = "") -> None:
    """Write into the activity that somebody is about to see clients' data, as the pages do; on disk when it returns."""
    first = desks[0]
    first.store.activity.note(
        first.practice if len(desks) == 1 else None,
        at=first.clock(),
        by=os.environ.get("HHS_SYNC_USER") or getpass.getuser(),
        what=what,
        subject=subject,
        address="command line",
        details=None if len(desks) == 1 else {"practices": [one.practice for one in desks]},
    )


def desks(office: Office, practice: str | None) -> list[Desk]:
    """The practices that are meant: the named one, or all that may be worked."""
    if practice is not None:
        return [office.desk(practice)]
    found = [office.desk(one) for one in office.worked]
    if not found:
        raise ConfigError(
            (f"{office.config.path.name}: no practice may be worked yet: each needs its agreement_date (and an id)",)
        )
    return found


def one_desk(office: Office, practice: str | None) -> Desk:
    """The practice that is meant. Raises UsageError when that is not clear."""
    found = desks(office, practice)
    if len(found) > 1:
        raise click.UsageError(f"Which practice? --practice {' | '.join(one.practice for one in found)}")
    return found[0]


def say_json(value: Any) -> None:  # noqa: ANN401  Whatever JSON can hold.
    """Print a value as JSON, indented."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=2).decode())


def say_table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = (), title: str = ""
) -> None:
    """Print rows in columns; those named in `right` hold amounts and are set to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", no_wrap=column in right)
    for row in rows:
        table.add_row(*(_plain(cell) for cell in row))
    width = None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL
    Console(width=width, highlight=False).print(table)


def _plain(cell: str) -> str:
    """A text that rich does not take for its own markup."""
    from rich.markup import escape

    return escape(cell)


def money(amount: Money) -> str:
    """An amount as people read it."""
    return format_money(amount)


class Stages:
    """Tells on the standard error stream what is being done: in place on a terminal, else one line for each."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Say nothing when quiet."""
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._shown = 0
        self._last = ""

    def of(self, practice: str) -> Callable[[str], None]:
        """What a turn of this practice calls as it gets on."""

        def progress(stage: str) -> None:
            if stage:
                self.say(f"{practice}: {stage}")

        return progress

    def say(self, text: str) -> None:
        """Show what is being done now."""
        if self._quiet or text == self._last:
            return
        self._last = text
        if self._terminal:
            click.echo("\r" + text.ljust(self._shown), err=True, nl=False)
            self._shown = len(text)
        else:
            click.echo(text, err=True)

    def done(self) -> None:
        """Clear the line."""
        if self._terminal and self._shown:
            click.echo("\r" + " " * self._shown + "\r", err=True, nl=False)
            self._shown = 0
