"""The command `hhs-sync simulator`: a QuickBooks company on this machine, until it is interrupted."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import click

from hhs_sync.quickbooks.simulator.settings import REALM, SimulatorSettings

PORT = 8075


@click.command("simulator")
@click.option("--port", default=PORT, show_default=True, help="The port on 127.0.0.1 to answer at; 0 takes a free one.")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="SQLite file that keeps the companies.")
@click.option("--seed-company", is_flag=True, help="Fill the companies like Intuit's sandbox company.")
@click.option("--realm", "realms", multiple=True, default=(REALM,), show_default=True, help="A company; repeatable.")
@click.option("--clock", "clock_start", help="The moment to start at, such as 2026-11-21T09:00:00-05:00.")
@click.option("--clock-ticks/--clock-stands", default=True, help="Whether the clock runs on from its start.")
@click.option(
    "--limits/--no-limits", default=False, help="Enforce 500 calls a minute, 10 a second, 40 batches a minute."
)
@click.option(
    "--refresh-tokens",
    type=click.Choice(["reusable", "daily", "single-use"]),
    default="reusable",
    show_default=True,
    help="How refresh tokens rotate.",
)
@click.option(
    "--request-ids",
    type=click.Choice(["replay", "ignored", "error"]),
    default="replay",
    show_default=True,
    help="What a repeated requestid gets.",
)
@click.option("--webhook-url", help="Where to post webhook events.")
@click.option("--record/--no-record", default=True, help="Keep every byte that comes in, for /simulator/received.")
def simulator(
    *,
    port: int,
    state: Path | None,
    seed_company: bool,
    realms: tuple[str, ...],
    clock_start: str | None,
    clock_ticks: bool,
    limits: bool,
    refresh_tokens: Literal["reusable", "daily", "single-use"],
    request_ids: Literal["replay", "ignored", "error"],
    webhook_url: str | None,
    record: bool,
) -> None:
    """Run a QuickBooks Online company on this machine.

    It speaks QuickBooks' own protocol, keeps real double-entry books, and holds nothing but what is sent to it.
    """
    from hhs_sync.quickbooks.simulator.server import serve  # noqa: PLC0415  --help should not load a web server.

    settings = SimulatorSettings(
        realms=realms,
        state_file=state,
        seed_company=seed_company,
        clock_start=_moment(clock_start),
        clock_ticks=clock_ticks,
        limits=limits,
        refresh_tokens=refresh_tokens,
        request_ids=request_ids,
        webhook_url=webhook_url,
        record_received=record,
    )
    serve(settings, port, lambda base_url: click.echo(_addresses(settings, base_url)))


def _addresses(settings: SimulatorSettings, base_url: str) -> str:
    """What a client needs to know, ready to be copied."""
    lines = [
        f"QuickBooks simulator at {base_url}/",
        f"  API            {base_url}/v3/company/{settings.realms[0]}/...",
        f"  discovery      {base_url}/.well-known/openid_configuration",
        f"  client id      {settings.client_id}",
        f"  client secret  {settings.client_secret}",
    ]
    for realm in settings.realms:
        token = settings.refresh_token if realm == settings.realms[0] else f"{settings.refresh_token}-{realm}"
        lines.append(f"  realm {realm}, refresh token {token}")
    lines.append(f"  calls, bytes, faults, clock: {base_url}/simulator/calls, received, faults, clock")
    lines.append("Press Ctrl-C to stop.")
    return "\n".join(lines)


def _moment(said: str | None) -> datetime | None:
    if said is None:
        return None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise click.BadParameter(f"{said} is no ISO date and time", param_hint="--clock") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
