"""`exceptions import`: what a bookkeeper filled into an exported list, shown first, then stored as decisions."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hhs_sync.cli import ATTENTION, DONE, FAILED
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
from hhs_sync.errors import AnswersError

if TYPE_CHECKING:
    from hhs_sync.answers.decisions import Answered, Remark
    from hhs_sync.filled_in import FilledIn
    from hhs_sync.office import Desk


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--apply", "apply_", is_flag=True, help="Store the decisions; without it, they are only shown.")
@by_option("decides")
@config_option
@practice_option
@json_option
def import_answers(
    *, file: Path, apply_: bool, by: str | None, config: Path, practice: str | None, as_json: bool
) -> int:
    """Read back notes, owners, days to wait until and decisions from FILE, a filled-in CSV or XLSX.

    Export it with `hhs-sync report exceptions --format xlsx` (or csv), fill in the empty columns, save it as XLSX or
    CSV. The same file read twice decides once. While a row is wrong nothing is stored; questions that have cleared
    since are told, and no matter. Exit code 1 with mistakes, 3 where a row came too late.
    """
    from hhs_sync.filled_in import read_list, store_list

    with open_office(config, logs="error") as office:
        chosen = desks(office, practice)
        seen = read_list(chosen, _content(file), file.name, by=by or getpass.getuser(), at=office.clock())
        stored = apply_ and not seen.answers.mistakes
        posted: list[str] = []
        for desk in chosen:
            if stored:
                store_list(desk, seen.fresh[desk.practice], file.name)
            elif not as_json:
                posted += _posted(desk, seen.fresh[desk.practice])
    if as_json:
        say_json(_as_told(seen, stored=stored))
    else:
        _say(seen, posted, stored=stored)
    if seen.answers.mistakes:
        return FAILED
    return ATTENTION if seen.answers.gone else DONE


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise AnswersError(f"{file}: cannot be read: {error.strerror}") from None


def _posted(desk: Desk, answers: Sequence[Answered]) -> list[str]:
    """What the decisions together would post, for a person; nothing is said where none of them posts."""
    from hhs_sync.cli.resolve import in_words
    from hhs_sync.filled_in import would_post
    from hhs_sync.look import current_record

    seen = would_post(desk, answers)
    if seen is None:
        return []
    codes = current_record(desk).client_codes
    return [f"{desk.config.name}: together they would post", *in_words(seen, codes)]


def _say(seen: FilledIn, posted: list[str], *, stored: bool) -> None:
    answers = seen.answers
    rows = [_in_a_row(one) for told in seen.fresh.values() for one in told]
    if rows:
        say_table(("Row", "Id", "Code", "Decision", "What", "Money"), rows, right=("Money",))
    for line in posted:
        click.echo(line)
    for heading, remarks in (("Came too late:", answers.gone), ("Wrong:", answers.mistakes)):
        if remarks:
            click.echo(heading, err=True)
        for one in remarks:
            click.echo(f"  {one.place}: {one.says}", err=True)
    counts = (
        (len(rows), "to store" if not stored else "stored"),
        (seen.stored_before, "stored before"),
        (len(answers.gone), "too late"),
        (len(answers.mistakes), "wrong"),
        (answers.empty, "rows left empty"),
    )
    click.echo(", ".join(f"{count} {what}" for count, what in counts if count) + ".")
    if answers.mistakes:
        click.echo("Nothing is stored while a row is wrong: mend the file and read it again.", err=True)
    elif rows and not stored:
        click.echo("Nothing was stored. To store it, say the same with --apply.")
    elif rows:
        click.echo("What posts is posted with the next turn: hhs-sync sync")


def _in_a_row(answer: Answered) -> tuple[str, ...]:
    from hhs_sync.filled_in import in_a_word

    word, what = in_a_word(answer)
    shown = "" if answer.decision.amount is None else money(answer.decision.amount)
    return answer.place.rpartition(", ")[2], answer.finding.short_id, answer.finding.code, word, what, shown


def _as_told(seen: FilledIn, *, stored: bool) -> dict[str, object]:
    return {
        "stored": stored,
        "decisions": [
            {"place": one.place, "practice": practice, "finding": one.finding.key, "decision": one.decision}
            for practice, told in seen.fresh.items()
            for one in told
        ],
        "stored_before": seen.stored_before,
        "gone": [_remark(one) for one in seen.answers.gone],
        "mistakes": [_remark(one) for one in seen.answers.mistakes],
        "empty": seen.answers.empty,
    }


def _remark(one: Remark) -> dict[str, str]:
    return {"place": one.place, "says": one.says}
