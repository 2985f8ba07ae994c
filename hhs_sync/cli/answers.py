"""`exceptions import`: what a bookkeeper filled into an exported list, shown first, then stored as decisions."""

from __future__ import annotations

import getpass
from collections import Counter, defaultdict
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hhs_sync.cli import ATTENTION, DONE, FAILED
from hhs_sync.cli.shared import (
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
    from hhs_sync.answers.decisions import Answered, Answers, Remark
    from hhs_sync.office import Desk


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--apply", "apply_", is_flag=True, help="Store the decisions; without it, they are only shown.")
@click.option(
    "--by", envvar="HHS_SYNC_USER", show_envvar=True, metavar="NAME", help="Who decides; else the login name."
)
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
    from hhs_sync.answers.decisions import read_answers
    from hhs_sync.answers.sheet import read_rows
    from hhs_sync.cli.exceptions import record_of

    with open_office(config, logs="error") as office:
        chosen = desks(office, practice)
        records = [record_of(desk) for desk in chosen]
        answers = read_answers(
            read_rows(_content(file), file.name),
            records,
            {desk.practice: desk.rules.practice.thresholds.approval_limit for desk in chosen},
            by=by or getpass.getuser(),
            at=office.clock(),
        )
        fresh = {desk.practice: _fresh(desk, answers.by_practice.get(desk.practice, ())) for desk in chosen}
        stored = apply_ and not answers.mistakes
        posted: list[str] = []
        for desk in chosen:
            if stored:
                _store(desk, fresh[desk.practice], file.name)
            elif not as_json:
                posted += _posted(desk, fresh[desk.practice])
    if as_json:
        say_json(_as_told(answers, fresh, stored=stored))
    else:
        _say(answers, fresh, posted, stored=stored)
    if answers.mistakes:
        return FAILED
    return ATTENTION if answers.gone else DONE


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise AnswersError(f"{file}: cannot be read: {error.strerror}") from None


def _fresh(desk: Desk, answers: tuple[Answered, ...]) -> list[Answered]:
    """Those that are not stored yet."""
    return [one for one in answers if not desk.store.readings.history(desk.practice, one.decision.key)]


def _store(desk: Desk, answers: list[Answered], name: str) -> None:
    """Keep the decisions: in each round one of each question, so that a row tells all that was decided about it."""
    from hhs_sync.deciding import store_decisions
    from hhs_sync.intake import decide
    from hhs_sync.store.findings import finding_id

    rounds: dict[int, list[Answered]] = defaultdict(list)
    met: Counter[str] = Counter()
    for one in answers:
        rounds[met[one.finding.key]].append(one)
        met[one.finding.key] += 1
    for part in rounds.values():
        kept = [(desk.store.findings.one(desk.practice, finding_id(one.finding.key)), one.decision) for one in part]
        store_decisions(desk, [(row, made) for row, made in kept if row is not None])
        if unkept := [made for row, made in kept if row is None]:
            decide(desk, unkept, name=f"decisions of {name}")
    for one in answers:
        desk.store.activity.note(
            desk.practice, at=one.decision.at, by=one.decision.by, what=one.decision.kind.value,
            subject=one.finding.key, details={"list": name},
        )  # fmt: skip


def _posted(desk: Desk, answers: list[Answered]) -> list[str]:
    """What the decisions together would post, for a person; nothing is said where none of them posts."""
    from hhs_sync.cli.resolve import in_words
    from hhs_sync.findings.decide import POSTS_NOTHING
    from hhs_sync.look import look
    from hhs_sync.preview import Preview, other_changes, other_entries, with_decision

    decisions = [one.decision for one in answers]
    if all(one.kind in POSTS_NOTHING for one in decisions):
        return []
    without = look(desk)
    decided = look(desk, change=lambda facts: reduce(with_decision, decisions, facts))
    added, removed = other_entries(without, decided)
    seen = Preview(added=added, removed=removed, written=other_changes(without, decided))
    return [f"{desk.config.name}: together they would post", *in_words(seen, without.record.client_codes)]


def _say(answers: Answers, fresh: dict[str, list[Answered]], posted: list[str], *, stored: bool) -> None:
    rows = [_in_a_row(one) for told in fresh.values() for one in told]
    if rows:
        say_table(("Row", "Id", "Code", "Decision", "What", "Money"), rows, right=("Money",))
    for line in posted:
        click.echo(line)
    for heading, remarks in (("Came too late:", answers.gone), ("Wrong:", answers.mistakes)):
        if remarks:
            click.echo(heading, err=True)
        for one in remarks:
            click.echo(f"  {one.place}: {one.says}", err=True)
    again = sum(len(told) for told in answers.by_practice.values()) - len(rows)
    counts = (
        (len(rows), "to store" if not stored else "stored"),
        (again, "stored before"),
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
    one = answer.decision
    word = one.kind.value.replace("_", " ")
    what = (str(one.until or ""), one.owner or "", " + ".join(one.targets), one.account or "", one.reason)
    shown = "" if one.amount is None else money(one.amount)
    return (answer.place.rpartition(", ")[2], answer.finding.short_id, answer.finding.code, word,
            ": ".join(part for part in what if part), shown)  # fmt: skip


def _as_told(answers: Answers, fresh: dict[str, list[Answered]], *, stored: bool) -> dict[str, object]:
    return {
        "stored": stored,
        "decisions": [
            {"place": one.place, "practice": practice, "finding": one.finding.key, "decision": one.decision}
            for practice, told in fresh.items()
            for one in told
        ],
        "stored_before": sum(map(len, answers.by_practice.values())) - sum(map(len, fresh.values())),
        "gone": [_remark(one) for one in answers.gone],
        "mistakes": [_remark(one) for one in answers.mistakes],
        "empty": answers.empty,
    }


def _remark(one: Remark) -> dict[str, str]:
    return {"place": one.place, "says": one.says}
