"""Undo: taking back what a file or a push posted, and taking that back."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hhs_sync.cli import ATTENTION, DONE, FAILED
from hhs_sync.cli.plan import change_as_json, in_a_line
from hhs_sync.cli.shared import (
    Stages,
    by_option,
    config_option,
    json_option,
    money,
    one_desk,
    one_practice_option,
    open_office,
    say_json,
    say_table,
)

if TYPE_CHECKING:
    from hhs_sync.findings.finding import Finding
    from hhs_sync.office import Desk
    from hhs_sync.undo import Applied, Undone

BUSY_SECONDS = 60.0
"""How long the command waits for the daemon to be done with the practice."""
SHOWN_MAX = 40
LISTED_MAX = 20


@click.command()
@config_option
@one_practice_option
@click.option("--source", metavar="FILE", help="Take back this document: its file name, or the start of its sha256.")
@click.option("--plan", metavar="DIGEST", help="Take back what came in for this push; --list shows the digests.")
@click.option("--list", "list_", is_flag=True, help="Show the last pushes, and what is taken back.")
@click.option("--take-back", is_flag=True, help="Take the undo itself back: the document counts again.")
@click.option(
    "--apply", "apply_", is_flag=False, flag_value="", metavar="[DIGEST]",
    help="Do it; with the digest that was shown, only if it is still the same.",
)  # fmt: skip
@click.option("--reason", default="", metavar="TEXT", help="Why; kept with the decision.")
@by_option("decides")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def undo(
    *, config: Path, practice: str | None, source: str | None, plan: str | None, list_: bool, take_back: bool,
    apply_: str | None, reason: str, by: str | None, yes: bool, as_json: bool,
) -> int:  # fmt: skip
    """Take back what a document or a push posted, in the books and in QuickBooks.

    The document stays stored and counts as never received; what it posted is voided, or corrected by opposite entries
    where books are closed. Nothing is deleted. Refused where a person changed, reconciled or linked an entry in
    QuickBooks. Without --apply, shows what would be reversed, and its digest. Exit code 3 when it is refused.
    """
    from hhs_sync.undo import Undo, UndoRefusedError
    from hhs_sync.undo.meant import Wanted

    if bool(source) + bool(plan) + list_ != 1:
        raise click.UsageError("Say what to take back: --source FILE or --plan DIGEST; or --list.")
    stages = Stages(quiet=as_json)
    with open_office(config, logs="error") as office:
        desk = one_desk(office, practice)
        if list_:
            return _say_list(desk, as_json=as_json)
        wanted = Wanted(source=source or "", plan=plan or "", back=take_back)
        work = Undo(desk, wanted, by=by or getpass.getuser(), reason=reason, progress=stages.of(desk.practice))
        expected = apply_
        if expected is None or not (expected or yes):
            seen = work.look(BUSY_SECONDS)
            stages.done()
            _say(seen, as_json=as_json)
            if expected is None or seen.against:
                return ATTENTION if seen.against else DONE
            click.confirm("Take it back so?" if not take_back else "Count it again?", abort=True, err=True)
            expected = seen.digest
        try:
            done = work.apply(expected, BUSY_SECONDS)
        except UndoRefusedError as error:
            stages.done()
            if as_json:
                say_json({"applied": False, "against": error.reasons})
            for one in () if as_json else error.reasons:
                click.echo(f"Refused: {one}.", err=True)
            return ATTENTION
        stages.done()
        return _say_done(done, desk, as_json=as_json)


def _say(seen: Undone, *, as_json: bool) -> None:
    """What would be done, and its digest."""
    if as_json:
        say_json({"applied": False, **_as_json(seen)})
        return
    for document in seen.documents:
        click.echo(
            f"{document.name} ({document.source}, {document.digest[:12]}, came in {document.received_at.date()})"
        )
    decided = len(seen.decisions) - len(seen.documents)
    if decided > 0:
        click.echo(f"and {decided} decisions")
    click.echo(
        f"In the sub-ledger {len(seen.removed)} entries go and {len(seen.added)} come; "
        f"in QuickBooks {len(seen.written)} entries change:"
    )
    for change in seen.written[:SHOWN_MAX]:
        click.echo(f"    {in_a_line(change)}")
    if len(seen.written) > SHOWN_MAX:
        click.echo(f"    and {len(seen.written) - SHOWN_MAX} more (--json shows all)")
    if seen.money:
        rows = [(number, name, money(amount)) for number, name, amount in seen.money]
        say_table(("No.", "Account", "Changes by"), rows, right=("Changes by",))
    _say_questions("New exception", seen.asked)
    _say_questions("No longer asked", seen.cleared)
    if seen.left:
        click.echo(f"{len(seen.left)} entries of that push stay: they follow from what came in before it.")
    for reason in seen.against:
        click.echo(f"Refused: {reason}.", err=True)
    if not seen.against:
        click.echo(
            f"Digest: {seen.digest[:12]}. Nothing was done; to do it, say the same with --apply {seen.digest[:12]}"
        )


def _say_questions(word: str, findings: Sequence[Finding]) -> None:
    for one in findings[:LISTED_MAX]:
        click.echo(f"{word}: {one.code} {one.says}")
    if len(findings) > LISTED_MAX:
        click.echo(f"{word}: and {len(findings) - LISTED_MAX} more")


def _say_done(done: Applied, desk: Desk, *, as_json: bool) -> int:
    pushed, standing = done.pushed, done.standing
    if as_json:
        say_json({"applied": True, **_as_json(done.undone), "pushed": pushed, "standing": standing})
    else:
        click.echo(
            f"{desk.practice}: {len(done.undone.removed)} entries taken out and {len(done.undone.added)} put in; "
            f"QuickBooks: {pushed.voided} voided, {pushed.updated} updated, {pushed.created} created."
        )
        tied = "tied" if standing.tied else "NOT TIED"
        click.echo(f"{tied}; {standing.open} exceptions open" + (f"; {standing.held} held" if standing.held else ""))
    if pushed.stopped:
        click.echo(f"Stopped early: {pushed.stopped}. The next sync goes on.", err=True)
        return FAILED
    return ATTENTION if pushed.held or pushed.refused or pushed.unclear else DONE


def _say_list(desk: Desk, *, as_json: bool) -> int:
    from hhs_sync.undo.meant import carried_out, taken_back

    pushes, gone = carried_out(desk), taken_back(desk)
    if as_json:
        say_json(
            {
                "pushes": [
                    {"plan": one.digest, "at": one.at, "by": one.by, "entries": len(one.entries)} for one in pushes
                ],
                "taken_back": [
                    {"document": one.digest, "name": one.name, "by": decision.by, "at": decision.at,
                     "reason": decision.reason}
                    for one, decision in gone
                ],
            }
        )  # fmt: skip
        return DONE
    rows = [(one.digest[:12], f"{one.at:%Y-%m-%d %H:%M}", one.by, str(len(one.entries))) for one in pushes[:LISTED_MAX]]
    say_table(("Plan", "Written (UTC)", "By", "Entries"), rows, right=("Entries",), title="The last pushes")
    taken = [
        (one.digest[:12], one.name, one.source, f"{decision.at:%Y-%m-%d}", decision.by, decision.reason)
        for one, decision in gone
    ]
    if taken:
        say_table(("Document", "File", "Source", "On", "By", "Why"), taken, title="Taken back")
    return DONE


def _as_json(seen: Undone) -> dict[str, Any]:
    return {
        "digest": seen.digest,
        "documents": [{"digest": one.digest, "name": one.name, "source": one.source} for one in seen.documents],
        "entries_out": len(seen.removed),
        "entries_in": len(seen.added),
        "quickbooks": [change_as_json(change) for change in seen.written],
        "money": [{"account": number, "name": name, "cents": amount} for number, name, amount in seen.money],
        "new_exceptions": [one.key for one in seen.asked],
        "gone_exceptions": [one.key for one in seen.cleared],
        "stay": len(seen.left),
        "against": seen.against,
    }
