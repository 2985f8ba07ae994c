"""`digest`: how the books stand, in counts and sums that may be mailed."""

from __future__ import annotations

from pathlib import Path

import click

from hhs_sync.cli import ATTENTION, DONE
from hhs_sync.cli.shared import config_option, open_office, say_json


@click.command()
@config_option
@click.option("--send", is_flag=True, help="Deliver it now, to the folder and the mail server of [digest].")
@click.option(
    "--format", "form", type=click.Choice(("text", "html", "json")), default="text", show_default=True,
    help="What to print; what is delivered holds text and HTML.",
)  # fmt: skip
def digest(*, config: Path, send: bool, form: str) -> int:
    """Print the daily digest, or deliver it with --send. The service delivers it once a day at the time in [digest].

    It holds counts, sums and days, and nothing about any client. Exit code 3 when somebody should look.
    """
    from hhs_sync.digest import in_text, make_digest
    from hhs_sync.digest.delivery import deliver, in_html, reader_now

    with open_office(config, logs="error") as office:
        made = make_digest(office, reader_now(office))
        told = deliver(office) if send else ()
    if send:
        for line in told:
            click.echo(line)
    elif form == "json":
        say_json(made)
    else:
        click.echo(in_text(made) if form == "text" else in_html(made), nl=False)
    return ATTENTION if made.needs_attention else DONE
