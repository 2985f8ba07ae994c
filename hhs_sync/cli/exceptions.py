"""The exceptions on the command line: the list, one in full, and its resolution."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hhs_sync.cli import ATTENTION, DONE
from hhs_sync.cli.answers import import_answers
from hhs_sync.cli.resolve import resolve
from hhs_sync.cli.shared import (
    config_option,
    desks,
    json_option,
    money,
    note_view,
    open_office,
    practice_option,
    say_json,
    say_table,
)
from hhs_sync.errors import HhsSyncError

if TYPE_CHECKING:
    from hhs_sync.findings.finding import Finding
    from hhs_sync.office import Desk, Office
    from hhs_sync.review import Record

MARKS = {"critical": "!!!", "high": "!!", "medium": "!", "low": ""}


@click.group(invoke_without_command=True)
@config_option
@practice_option
@click.option("--code", metavar="CODE", help="Only this code (DEN-01), or this group (DEN).")
@click.option("--owner", metavar="OWNER", help="Only those that this owner answers.")
@click.option("--all", "everything", is_flag=True, help="Those that wait or are resolved, too.")
@json_option
@click.pass_context
def exceptions(
    ctx: click.Context, *, config: Path, practice: str | None, code: str | None, owner: str | None, everything: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """The exceptions: what a person should look at. Without a command, the list in the order of due dates."""
    if ctx.invoked_subcommand is not None:
        return DONE
    return list_exceptions(config, practice, code, owner, everything=everything, as_json=as_json)


@exceptions.command("list")
@config_option
@practice_option
@click.option("--code", metavar="CODE", help="Only this code (DEN-01), or this group (DEN).")
@click.option("--owner", metavar="OWNER", help="Only those that this owner answers.")
@click.option("--all", "everything", is_flag=True, help="Those that wait or are resolved, too.")
@json_option
def list_command(
    *, config: Path, practice: str | None, code: str | None, owner: str | None, everything: bool, as_json: bool
) -> int:
    """The open exceptions of all practices, the most urgent first. Exit code 3 when there are any."""
    return list_exceptions(config, practice, code, owner, everything=everything, as_json=as_json)


def list_exceptions(
    config: Path, practice: str | None, code: str | None, owner: str | None, *, everything: bool, as_json: bool
) -> int:
    """Print the list."""
    with open_office(config, logs="error") as office:
        chosen = desks(office, practice)
        note_view(chosen, "saw the work list")
        rows = [
            (record, finding)
            for desk in chosen
            for record in [record_of(desk)]
            for finding in (record.findings if everything else record.open_findings)
            if (code is None or code.upper() in (finding.code, finding.group))
            and (owner is None or finding.owner.casefold() == owner.casefold())
        ]
    rows.sort(key=lambda row: (row[1].due, row[1].severity.order, -row[1].amount, row[1].key))
    if as_json:
        say_json([as_told(record, finding) for record, finding in rows])
    elif not rows:
        click.echo("Nothing to do.")
    else:
        columns = ("Due", "", "Code", "What", "Payer", "Client", "Money", "Owner", "Id")
        say_table(columns, [_row(record, finding) for record, finding in rows], right=("Money",))
        total = sum(finding.amount for _, finding in rows if finding.parent is None)
        click.echo(f"{len(rows)} exceptions, {money(total)}. One of them in full: hhs-sync exceptions show ID")
    return ATTENTION if any(finding.is_open for _, finding in rows) else DONE


def _row(record: Record, finding: Finding) -> tuple[str, ...]:
    return (
        finding.due.isoformat(),
        MARKS[finding.severity.value],
        finding.code,
        finding.says,
        record.payers.get(finding.payer or "", finding.payer or ""),
        record.code_of(finding.client),
        money(finding.amount),
        finding.owner,
        finding.short_id,
    )


@exceptions.command()
@click.argument("key", metavar="KEY")
@config_option
@practice_option
@json_option
def show(key: str, config: Path, practice: str | None, as_json: bool) -> int:
    """One exception in full. KEY is its id as the list shows it (its beginning is enough), or its whole key."""
    with open_office(config, logs="error") as office:
        desk, record, finding = find(office, practice, key)
        note_view([desk], "saw an exception", finding.key)
    if as_json:
        say_json(as_told(record, finding))
    else:
        for line in in_words(record, finding):
            click.echo(line)
    return DONE


def record_of(desk: Desk) -> Record:
    """The practice's last review if it still holds, else a new look."""
    from hhs_sync.look import current_record

    return current_record(desk)


def find(office: Office, practice: str | None, key: str, *, closed: bool = False) -> tuple[Desk, Record, Finding]:
    """The one exception that is meant; with `closed` also a gone one. Raises HhsSyncError for none, or several."""
    found = [
        (desk, record, finding)
        for desk in desks(office, practice)
        for record in [record_of(desk)]
        for finding in (*record.findings, *((one.finding for one in record.cleared if one.finding) if closed else ()))
        if finding.key == key or finding.short_id.startswith(key.lower())
    ]
    if not found:
        raise HhsSyncError(f"there is no exception {key!r} (any more): `hhs-sync exceptions --all` lists them")
    if len({finding.key for _, _, finding in found}) > 1:
        raise HhsSyncError(f"{key!r} begins the id of {len(found)} exceptions: give more of it")
    return found[0]


def as_told(record: Record, finding: Finding) -> dict[str, object]:
    """An exception as JSON, with the client's code in place of the client."""
    import msgspec

    told: dict[str, object] = msgspec.to_builtins(finding)
    told["client"] = record.code_of(finding.client) or None
    return {"id": finding.short_id, **told}


def in_words(record: Record, finding: Finding) -> Iterator[str]:
    """What happened, the numbers, the evidence, the candidates, and what one can decide."""
    from hhs_sync.cli.resolve import OPTION_OF

    yield f"{finding.code} · {finding.title} · {finding.severity.value} · {finding.state.value}"
    yield ""
    yield finding.says
    yield ""
    about = (
        ("Money", f"{money(finding.amount)} {finding.at_stake}" if finding.amount else ""),
        ("Payer", record.payers.get(finding.payer or "", finding.payer or "")),
        ("Client", record.code_of(finding.client)),
        ("Clinician", record.clinicians.get(finding.clinician or "", finding.clinician or "")),
        ("Service", ", ".join(day.isoformat() for day in finding.service_dates[:6])),
        ("Due", f"{finding.due} (asked since {finding.since})"),
        ("Deadline", finding.deadline.isoformat() if finding.deadline else ""),
        ("Owner", finding.owner),
        ("Posting", finding.effect.value),
    )
    yield from (f"  {name:<10} {text}" for name, text in about if text)
    if finding.numbers:
        yield "\nNumbers"
        yield from (f"  {money(amount):>14}  {name}" for name, amount in finding.numbers)
    if finding.count > 1 and finding.parts:
        yield f"\n{finding.count} wait for the same answer"
        yield from (f"  {money(one.amount):>14}  {one.date}  {one.fact}" for one in finding.parts[:12])
        if len(finding.parts) > 12:
            yield f"  and {len(finding.parts) - 12} more (--json shows them)"
    if finding.evidence or finding.sources:
        yield "\nEvidence"
        for one in finding.evidence[:12]:
            source = record.sources.get(one.fact)
            where = f"{source.document_name} {one.place or source.place}".strip() if source else one.place
            yield f"  {one.fact}  {where}"
        if len(finding.evidence) > 12:
            yield f"  and {len(finding.evidence) - 12} more"
        yield from (f"  {one.document_name} {one.place}" for one in finding.sources[:12])
    for number, candidate in enumerate(finding.candidates, start=1):
        yield f"\nSuggestion {number}: {', '.join(candidate.targets)}  {money(candidate.amount)}"
        yield from (f"  agrees   {text}" for text in candidate.agrees)
        yield from (f"  differs  {text}" for text in candidate.differs)
    yield f"\nTo do     {finding.action}"
    yield f"Goes away when {finding.clears_when}."
    yield from (f"Note: {note}" for note in finding.notes)
    if finding.answers:
        yield "\nDecide with hhs-sync exceptions resolve " + finding.short_id
        yield "  " + "  ".join(f"{OPTION_OF[kind]}" for kind in finding.answers if kind in OPTION_OF)


exceptions.add_command(resolve)
exceptions.add_command(import_answers)
