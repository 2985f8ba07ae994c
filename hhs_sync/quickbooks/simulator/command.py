"""The command `hhs-sync simulator`: a QuickBooks company on this machine, until it is interrupted."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import click
import msgspec

from hhs_sync.quickbooks.simulator.settings import CLIENT_ID, CLIENT_SECRET, REALM, REFRESH_TOKEN, SimulatorSettings

PORT = 8075

DISPUTED = (
    "replay_refusals",
    "paid_documents",
    "parent_pays_children",
    "journal_receivable_lines",
    "links_bump_sync_token",
    "close_password",
    "custom_numbers",
    "duplicate_numbers",
    "unknown_properties",
    "deposit_line_id_strict",
    "retry_after",
    "throttle_shape",
    "access_token_seconds",
    "refresh_token_seconds",
    "refresh_token_hard_seconds",
    "refresh_grace_hours",
    "hang_seconds",
    "webhook_gather_seconds",
    "user_email",
)
"""Settings without an option of their own: what --set takes."""


@click.command(
    "simulator", epilog=f"Names for --set: {', '.join(DISPUTED)}. What each does is told in docs/simulator.md."
)
@click.option("--port", default=PORT, show_default=True, help="The port to answer at; 0 takes a free one.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to answer at; 0.0.0.0 lets others in."
)
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="SQLite file that keeps the companies.")
@click.option("--seed-company", is_flag=True, help="Fill the companies like Intuit's sandbox company.")
@click.option("--realm", "realms", multiple=True, default=(REALM,), show_default=True, help="A company; repeatable.")
@click.option("--client-id", default=CLIENT_ID, show_default=True, help="The application's client id.")
@click.option("--client-secret", default=CLIENT_SECRET, show_default=True, help="The application's client secret.")
@click.option("--refresh-token", default=REFRESH_TOKEN, show_default=True, help="The first company's refresh token.")
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
@click.option(
    "--webhook-format",
    type=click.Choice(["cloudevents", "classic"]),
    default="cloudevents",
    show_default=True,
    help="The shape of webhook events.",
)
@click.option(
    "--webhook-verifier-token",
    default="sim-verifier-token",
    show_default=True,
    help="The key that webhook events are signed with.",
)
@click.option("--fault-seed", type=int, help="Let chance make faults, the same ones each time from the same number.")
@click.option(
    "--fault-rate",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="The share of the calls that --fault-seed strikes.",
)
@click.option("--set", "chosen", multiple=True, metavar="NAME=VALUE", help="Any other setting; repeatable.")
@click.option("--record/--no-record", default=True, help="Keep every byte that comes in, for /simulator/received.")
def simulator(
    *,
    port: int,
    host: str,
    state: Path | None,
    clock_start: str | None,
    request_ids: Literal["replay", "ignored", "error"],
    fault_seed: int | None,
    fault_rate: float,
    chosen: tuple[str, ...],
    record: bool,
    **named: Any,
) -> None:
    """Run a QuickBooks Online company on this machine.

    It speaks QuickBooks' own protocol, keeps real double-entry books, and holds nothing but what is sent to it.
    """
    from hhs_sync.quickbooks.simulator.faults import Seed  # noqa: PLC0415  --help should not load all of it.
    from hhs_sync.quickbooks.simulator.server import serve  # noqa: PLC0415  As above.

    known = {
        **named,
        "state_file": state,
        "clock_start": _moment(clock_start),
        "request_ids": request_ids,
        "record_received": record,
    }
    settings = _settings(known, chosen)
    chance = None if fault_seed is None else Seed(seed=fault_seed, rate=fault_rate)
    try:
        serve(settings, port=port, host=host, chance=chance, announce=lambda url: click.echo(_addresses(settings, url)))
    except OSError as error:
        why = error.strerror or error
        raise click.ClickException(
            f"Nothing can listen at {host}:{port}: {why}. Choose another --port; 0 takes a free one."
        ) from error


def _settings(known: dict[str, Any], chosen: tuple[str, ...]) -> SimulatorSettings:
    """The settings of the options and of each --set."""
    for said in chosen:
        name, found, value = said.partition("=")
        name = name.strip().replace("-", "_")
        if not found or name not in DISPUTED:
            raise click.BadParameter(f"{said} is no NAME=VALUE with a NAME that --help lists", param_hint="--set")
        known[name] = value.strip()
    try:
        return msgspec.convert(known, SimulatorSettings, strict=False)
    except msgspec.ValidationError as error:
        raise click.BadParameter(str(error), param_hint="--set") from error


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
