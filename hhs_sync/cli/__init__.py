"""The command line: `hhs-sync COMMAND ...`.

Each command stands in a module of its own kind and is imported only when it is called, so that `--help` is quick.
Reports go to the standard output, as text for people or with `--json` for programs; progress and complaints go to the
standard error stream. Exit codes:

    0   done
    1   failed: the world did not answer (database, QuickBooks, a file)
    2   wrong usage, or a config or mapping that can't be used
    3   done, but something needs a person's attention
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click

from hhs_sync import __version__
from hhs_sync.errors import ConfigError, HhsSyncError

DONE, FAILED, USAGE, ATTENTION = 0, 1, 2, 3
INTERRUPTED = 130

# Under which headings the commands stand in the help: the command, where it is, what it does.
COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "Begin": {
        "demo": ("hhs_sync.cli.demo:demo", "Show the whole program on two made-up practices."),
        "init": ("hhs_sync.cli.begin:init", "Make a folder with config, mappings and inboxes to start from."),
        "check": ("hhs_sync.cli.begin:check", "Check config, mappings, database and QuickBooks: all mistakes at once."),
        "connect": ("hhs_sync.cli.company:connect", "Connect a practice to its QuickBooks company."),
        "disconnect": ("hhs_sync.cli.company:disconnect", "Give the connection back to Intuit and forget it."),
        "setup": ("hhs_sync.cli.company:setup", "Make the accounts, items and classes that QuickBooks lacks."),
        "adopt": ("hhs_sync.cli.company:adopt", "Know our entries again after a restored backup."),
    },
    "Work": {
        "sync": ("hhs_sync.cli.work:sync", "One turn: take in, match, keep books, post to QuickBooks, tie out."),
        "backfill": ("hhs_sync.cli.work:backfill", "Post a past period, after showing what would be posted."),
        "run": ("hhs_sync.cli.work:run", "The service: turn after turn, until told to stop."),
        "status": ("hhs_sync.cli.work:status", "How each practice stands, without touching anything."),
        "plan": ("hhs_sync.cli.plan:plan", "What waits to be written to QuickBooks, and approving it."),
        "undo": ("hhs_sync.cli.undo:undo", "Take back what a file or a push posted."),
    },
    "Look and decide": {
        "exceptions": ("hhs_sync.cli.exceptions:exceptions", "The exceptions: list, show, and resolve them."),
        "report": ("hhs_sync.cli.report:report", "Reports: exceptions, aging, deposits, tie-out."),
        "digest": ("hhs_sync.cli.digest:digest", "The daily digest: counts and sums, nothing about clients."),
        "tie-out": ("hhs_sync.cli.report:tie_out", "Do sub-ledger and QuickBooks agree, account by account?"),
        "journal": ("hhs_sync.cli.report:journal", "The sub-ledger as plain-text accounting."),
        "close": ("hhs_sync.cli.period:close", "Close a month: its journal is signed and stands."),
        "mappings": ("hhs_sync.cli.mappings:mappings", "Check the mapping rules; what has none yet."),
    },
    "Pages": {
        "web": ("hhs_sync.cli.web:web", "Serve the pages: work list, evidence, decisions, reports."),
        "users": ("hhs_sync.cli.users:users", "Who may sign in to the pages, and what they may do there."),
        "audit": ("hhs_sync.cli.audit:audit", "Who did what and who saw what; whether that record holds."),
    },
    "Tools": {
        "simulator": ("hhs_sync.quickbooks.simulator.command:simulator", "Run a QuickBooks company on this machine."),
        "x12": ("hhs_sync.x12.command:x12", "Show an X12 file (835, 837P, 277CA, 999) in words."),
        "eob": ("hhs_sync.cli.eob:eob", "A form for paper EOBs, and what a filled-in one comes to."),
        "completion": ("hhs_sync.cli.completion:completion", "Print the line that makes the shell complete commands."),
    },
}


class Commands(click.Group):
    """Commands by name, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the help."""
        del ctx
        return [name for named in COMMANDS.values() for name in named]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command. None when there is none of this name."""
        del ctx
        for named in COMMANDS.values():
            if cmd_name in named:
                module, _, name = named[cmd_name][0].partition(":")
                command = getattr(importlib.import_module(module), name)
                assert isinstance(command, click.Command), "what COMMANDS names is a command"
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was meant, or say which ones are like it."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(
                error.command_name, possibilities=self.list_commands(ctx), ctx=ctx
            ) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        del ctx
        for heading, named in COMMANDS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, says) for name, (_, says) in named.items()])


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Each command explains itself: hhs-sync COMMAND --help",
)
@click.version_option(__version__, prog_name="hhs-sync", message="%(prog)s %(version)s")
def cli() -> None:
    """Keeps a behavioral health practice's books in QuickBooks.

    Sessions, remittances and payments come in as files; tied-out QuickBooks entries go out, and what a person must
    decide becomes an exception.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and end the process with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code. What went wrong is told on the standard error stream."""
    try:
        code = cli.main(arguments, prog_name="hhs-sync", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return INTERRUPTED
    except ConfigError as error:
        for mistake in error.mistakes:
            click.echo(mistake, err=True)
        click.echo(f"{_counted(len(error.mistakes))} to mend; nothing was done.", err=True)
        return USAGE
    except HhsSyncError as error:
        click.echo(f"Failed: {error}", err=True)
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has seen enough (`| head`).
        sys.stderr.close()
        return DONE
    return code if isinstance(code, int) else DONE


def _counted(mistakes: int) -> str:
    return "One mistake" if mistakes == 1 else f"{mistakes} mistakes"
