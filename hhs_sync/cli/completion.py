"""The line that makes a shell complete our commands, options and practices."""

from __future__ import annotations

import click

from hhs_sync.cli import DONE, cli


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print what makes SHELL complete commands. For bash: hhs-sync completion bash >> ~/.bashrc."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None, "the choices are shells that click knows"
    click.echo(found(cli, {}, "hhs-sync", "_HHS_SYNC_COMPLETE").source())
    return DONE
