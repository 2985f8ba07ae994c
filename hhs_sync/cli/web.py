"""`hhs-sync web`: serve the pages."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import click

from hhs_sync.cli import DONE
from hhs_sync.cli.shared import config_option, open_office


@click.command()
@config_option
@click.option("--host", help="The address to listen on; without it, the config's: this machine alone.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 takes a free one. Without it, the config's.")
@click.option("--behind-tls", is_flag=True, help="A proxy speaks TLS to browsers; as behind_tls in the config.")
def web(*, config: Path, host: str | None, port: int | None, behind_tls: bool) -> int:
    """Serve the pages for bookkeepers until told to stop (Ctrl-C, SIGTERM).

    They speak plain http. On this machine alone (127.0.0.1) that is fine; to be reached from elsewhere they belong
    behind a proxy that speaks TLS: docs/web.md shows how, with Caddy and with nginx.
    """
    from hhs_sync.daemon import notify
    from hhs_sync.web.server import serve

    with open_office(config) as office:
        if behind_tls:
            office.config = office.config.with_web(behind_tls=True)
        settings = office.config.web
        chosen = host or settings.host
        if not settings.behind_tls and not _is_this_machine(chosen):
            raise click.UsageError(
                f"On {chosen} passwords and clients' data would cross the network in the clear. Put a proxy that speaks"
                " TLS before the pages (docs/web.md shows Caddy and nginx), then say so: --behind-tls, or behind_tls ="
                " true under [web]. With the proxy on this machine, --host 127.0.0.1 is the better address."
            )
        if not office.store.users.all():
            click.echo("Nobody can sign in yet. The first: hhs-sync users add NAME --role bookkeeper", err=True)

        def ready(address: str) -> None:
            click.echo(f"The pages are at {address} (Ctrl-C stops).", err=True)
            notify("READY=1", f"STATUS=serving {address}")

        serve(office, chosen, settings.port if port is None else port, ready)
        notify("STOPPING=1")
    return DONE


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
