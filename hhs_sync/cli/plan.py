"""The plan: what is about to be written to QuickBooks, and approving one that waits."""

from __future__ import annotations

import getpass
import secrets
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hhs_sync.cli import ATTENTION, DONE
from hhs_sync.cli.shared import (
    by_option,
    config_option,
    desks,
    json_option,
    money,
    open_office,
    practice_option,
    say_json,
    say_table,
)
from hhs_sync.errors import HhsSyncError
from hhs_sync.plan.changes import Hold

if TYPE_CHECKING:
    from hhs_sync.plan.changes import Change, Plan

SHOWN_MAX = 60


@click.group(invoke_without_command=True)
@config_option
@practice_option
@json_option
@click.pass_context
def plan(ctx: click.Context, *, config: Path, practice: str | None, as_json: bool) -> int:
    """What would be written to QuickBooks now, from what is stored; nothing is asked or written."""
    if ctx.invoked_subcommand is not None:
        return DONE
    from hhs_sync.look import look

    waits = False
    with open_office(config, logs="error") as office:
        found = [(desk.practice, look(desk).plan) for desk in desks(office, practice)]
    if as_json:
        say_json({who: plan_as_json(one) for who, one in found})
    for who, one in found:
        waits = waits or bool(one.waits)
        if not as_json:
            say_plan(one, who)
    return ATTENTION if waits else DONE


@plan.command()
@click.argument("digest", metavar="DIGEST")
@config_option
@practice_option
@click.option("--reason", default="", metavar="TEXT", help="Why; kept with the decision.")
@by_option("approves")
@click.option("--yes", is_flag=True, help="Do not ask.")
def approve(*, digest: str, config: Path, practice: str | None, reason: str, by: str | None, yes: bool) -> int:
    """Approve the plan that waits. DIGEST is as the plan shows it; its first eight characters are enough.

    The approval holds for just this plan: if anything in it changes, it waits again.
    """
    from hhs_sync.facts.resolution import Resolution, ResolutionKind
    from hhs_sync.facts.resolution_text import decision_key
    from hhs_sync.intake import decide
    from hhs_sync.look import look

    if len(digest) < 8:
        raise click.UsageError("Give at least eight characters of the digest.")
    with open_office(config, logs="error") as office:
        for desk in desks(office, practice):
            waiting = look(desk).plan
            if not waiting.waits or not waiting.digest.startswith(digest):
                continue
            say_plan(waiting, desk.practice)
            if not yes:
                click.confirm("Approve this plan?", abort=True, err=True)
            at, who = desk.clock(), by or getpass.getuser()
            decision = Resolution(
                key=decision_key("resolution", f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"),
                kind=ResolutionKind.APPROVE_PLAN,
                subject=waiting.digest,
                by=who,
                at=at,
                reason=reason,
            )
            decide(desk, [decision], name=f"plan approved by {who}")
            desk.store.activity.note(
                desk.practice, at=at, by=who, what="plan approved", details={"plan": waiting.digest}
            )
            click.echo("Approved. It is written with the next turn: hhs-sync sync")
            return DONE
    raise HhsSyncError(f"no plan with the digest {digest} waits: `hhs-sync plan` shows what does")


def say_plan(waiting: Plan, practice: str) -> None:
    """A plan for a person: counts by kind of change and of entry, then each change."""
    from hhs_sync.backfill import date_of

    if not waiting.changes:
        click.echo(f"{practice}: QuickBooks holds everything as it should; nothing to write.")
        return
    counts = Counter((_verb(change), _kind(change)) for change in waiting.changes)
    click.echo(f"{practice}: " + ", ".join(f"{_verb_and_kind(*one)} {count}" for one, count in sorted(counts.items())))
    rows = [
        (_verb(change), _kind(change), str(date_of(change) or ""), money(_amount(change)), _who(change), _why(change))
        for change in waiting.changes[:SHOWN_MAX]
    ]
    say_table(("Change", "Entry", "Date", "Amount", "Customer", "Why it waits"), rows, right=("Amount",))
    if len(waiting.changes) > SHOWN_MAX:
        click.echo(f"and {len(waiting.changes) - SHOWN_MAX} more (--json shows all)")
    click.echo(f"Digest of the plan: {waiting.digest}")
    if waiting.waits:
        click.echo(f"It waits for approval: {waiting.waits.partition(': approve plan')[0]}")
        click.echo(f"  hhs-sync plan approve {waiting.digest[:12]}")


def plan_as_json(waiting: Plan) -> dict[str, Any]:
    """A plan for a program. Keys of ours stay in the house: entries are named by their references."""
    return {
        "digest": waiting.digest,
        "waits": waiting.waits,
        "changes": [change_as_json(change) for change in waiting.changes],
    }


def change_as_json(change: Change) -> dict[str, Any]:
    """A change for a program."""
    from hhs_sync.backfill import date_of

    return {
        "change": _verb(change),
        "kind": _kind(change),
        "date": date_of(change),
        "cents": _amount(change),
        "customer": _who(change),
        "reference": about.reference if (about := _about(change)) else "",
        "why": _why(change),
    }


def in_a_line(change: Change) -> str:
    """A change in a few words: "create CreditMemo 20.00 K7F3Q Anthem"."""
    return f"{_verb(change)} {_kind(change)} {money(_amount(change))} {_who(change)}".rstrip()


def _about(change: Change) -> Any:  # noqa: ANN401  A wish, or what was pushed.
    return getattr(change, "desired", None) or getattr(change, "pushed", None)


def _verb(change: Change) -> str:
    return type(change).__name__.lower()


def _verb_and_kind(verb: str, kind: str) -> str:
    return f"{verb} {kind}"


def _kind(change: Change) -> str:
    about = _about(change)
    return about.kind.value if about else ""


def _amount(change: Change) -> int:
    about = _about(change)
    return about.amount if about else 0


def _who(change: Change) -> str:
    customer = getattr(_about(change), "customer", None)
    return customer.display if customer else ""


def _why(change: Change) -> str:
    if not isinstance(change, Hold):
        return ""
    return f"{change.reason.value}: {change.detail}" if change.detail else change.reason.value
