"""`hhs-sync x12`: look at X12 files without any set-up. A door: the one module of this folder that reads files.

    hhs-sync x12 show FILE [--names] [--mappings FOLDER] [--json]     what a file says, in words
    hhs-sync x12 check FILE_OR_FOLDER... [--json]                     one line a file: what is in it, does it add up

Exit codes: 0 all is well, 1 a file could not be opened, 2 wrong usage, 3 something is cut off, unreadable or does not
add up.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from hhs_sync.facts.document import Placed, Reading, Unreadable
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.remittance import Remittance
from hhs_sync.money import Money, format_money
from hhs_sync.x12.reading import read_rows, read_x12
from hhs_sync.x12.reasons import reason_in_words
from hhs_sync.x12.show import Words, difference_in_words, show_fact, show_unreadable

DONE, FAILED, ATTENTION = 0, 1, 3
_OF_PERSONS = {"client_name", "member_id", "corrected_member_id"}


@click.group()
def x12() -> None:
    """Show an X12 file (835, 837P, 277CA, 999) in words, or check that it adds up.

    Needs no config and no database.
    """


@x12.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--names", is_flag=True, help="Show clients' names and member numbers too.")
@click.option(
    "--mappings", type=click.Path(path_type=Path, file_okay=False), help="Take reasons' words from this folder."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def show(file: Path, mappings: Path | None, *, names: bool, as_json: bool) -> int:
    """Print what FILE says: payments, claims, lines, reasons in plain words, and whether it adds up."""
    content = _content(file)
    if content is None:
        return FAILED
    words = _words(mappings) if mappings else reason_in_words
    if as_json:
        reading = read_x12(content, file.name)
        click.echo(
            _json({"facts": [_fact(one.fact, names=names) for one in reading.facts], "unreadable": reading.unreadable})
        )
        return ATTENTION if _needs_attention(reading) else DONE
    attention = False
    for row in read_rows(content, file.name):
        if isinstance(row, Unreadable):
            attention = True
            click.echo(show_unreadable(row))
        else:
            attention = attention or _is_odd(row.fact)
            click.echo(show_fact(row.fact, words=words, names=names))
        click.echo()
    return ATTENTION if attention else DONE


@x12.command()
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE_OR_FOLDER...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def check(paths: Sequence[Path], *, as_json: bool) -> int:
    """Say of each file what is in it and whether it adds up; of a folder, all files within."""
    code = DONE
    rows: list[dict[str, Any]] = []
    for file in _files(paths):
        content = _content(file)
        if content is None:
            code = FAILED
            continue
        row = _summary(file, content)
        rows.append(row)
        if not as_json:
            click.echo(_line(row))
            for problem in (*row["problems"], *row["notes"]):
                click.echo(f"    {problem}")
        if row["problems"] and code == DONE:
            code = ATTENTION
    if as_json:
        click.echo(_json(rows))
    return code


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith("."))
        else:
            yield path


def _content(file: Path) -> bytes | None:
    """The bytes of a file, `-` being the standard input; None, with a word of complaint, when it can't be opened."""
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        click.echo(f"{file}: {error.strerror or 'cannot be read'}", err=True)
        return None


def _summary(file: Path, content: bytes) -> dict[str, Any]:
    """What `check` tells of a file. `problems` need a person, `notes` do not."""
    kinds: Counter[str] = Counter()
    problems: list[str] = []
    notes: Counter[str] = Counter()
    cash: Money = 0
    claims = 0
    for row in read_rows(content, file.name):
        if isinstance(row, Unreadable):
            problems.append(show_unreadable(row))
            continue
        kinds[_kind(row)] += 1
        if isinstance(row.fact, Remittance):
            cash += row.fact.amount_paid
            claims += len(row.fact.claim_payments)
            problems += _problems(row.fact)
            notes.update(row.fact.envelope_problems)
            notes["a test, not to be posted (ISA15 T)"] += row.fact.test
    told = [f"! {note}{f' ({count} times)' if count > 1 else ''}" for note, count in notes.items() if count]
    return {
        "file": str(file),
        "kinds": dict(kinds),
        "claim_payments": claims,
        "cash": cash,
        "problems": problems,
        "notes": told,
    }


def _kind(row: Placed) -> str:
    return str(getattr(row.fact, "kind", type(row.fact).__name__.lower()))


def _problems(one: Remittance) -> Iterator[str]:
    if not one.complete:
        yield f"✗ segment {one.segment}: this payment is not whole"
    for wrong in one.imbalances:
        off = difference_in_words(wrong.difference)
        yield f"✗ segment {wrong.segment}: what this {wrong.level} tells as paid is {off}"


def _line(row: dict[str, Any]) -> str:
    told = [_counted(count, kind) for kind, count in row["kinds"].items()] or ["nothing"]
    if "remittance" in row["kinds"]:
        told += [_counted(row["claim_payments"], "claim payment"), format_money(row["cash"])]
    return f"{'✗' if row['problems'] else '✓'} {row['file']}: {', '.join(told)}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _needs_attention(reading: Reading) -> bool:
    return bool(reading.unreadable) or any(_is_odd(placed.fact) for placed in reading.facts)


def _is_odd(fact: Fact) -> bool:
    return isinstance(fact, Remittance) and not (fact.complete and fact.balances)


def _fact(fact: Fact, *, names: bool) -> Any:  # noqa: ANN401 - whatever JSON can hold.
    return _without_persons(msgspec.to_builtins(fact)) if not names else fact


def _without_persons(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold.
    if isinstance(value, dict):
        return {key: _without_persons(one) for key, one in value.items() if key not in _OF_PERSONS}
    if isinstance(value, list | tuple):
        return [_without_persons(one) for one in value]
    return value


def _json(value: Any) -> str:  # noqa: ANN401 - whatever JSON can hold.
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _words(folder: Path) -> Words:
    """Reasons in the words of a practice's adjustments.toml, ours where it has none."""
    try:
        rows = tomllib.loads((folder / "adjustments.toml").read_text(encoding="utf-8")).get("reasons", [])
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{folder / 'adjustments.toml'} cannot be read: {error}") from error
    said = {
        (group, code): row["says"]
        for row in rows
        if row.get("says") and "payer" not in row
        for group in row.get("groups", [])
        for code in row.get("codes", [])
    }
    return lambda group, code: said.get((group, code)) or reason_in_words(group, code)
