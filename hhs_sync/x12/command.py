"""`hhs-sync x12`: look at X12 files without any set-up. A door: the one module of this folder that reads files.

    hhs-sync x12 show FILE [--names] [--mappings FOLDER] [--json]     what a file says, in words
    hhs-sync x12 check FILE_OR_FOLDER... [--json]                     one line a file: what is in it, does it add up

Exit codes: 0 all is well, 1 a file could not be opened, 2 wrong usage, 3 something is cut off, unreadable or does not
add up.
"""

from __future__ import annotations

import mmap
import os
import stat
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import indent
from typing import Any, cast

import click
import msgspec

from hhs_sync.facts.document import Placed, Unreadable
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.remittance import Remittance
from hhs_sync.money import Money, format_money
from hhs_sync.x12.reading import read_rows
from hhs_sync.x12.reasons import reason_in_words
from hhs_sync.x12.show import Words, difference_in_words, show_fact, show_unreadable

DONE, FAILED, ATTENTION = 0, 1, 3
PROBLEMS_SHOWN_MAX = 10
"""Of one file: when so much is wrong, a person gets the file anew."""
_OF_PERSONS = {"client_name", "member_id", "corrected_member_id"}


@click.group()
def x12() -> None:
    """Show an X12 file (835, 837P, 277CA, 999) in words, or check that it adds up.

    Needs no config and no database.
    """


@x12.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--names", is_flag=True, help="Show clients' names and member numbers too.")
@click.option(
    "--mappings", type=click.Path(path_type=Path, file_okay=False), help="Take reasons' words from this folder."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs; amounts are in cents.")
def show(file: Path, mappings: Path | None, *, names: bool, as_json: bool) -> int:
    """Print what FILE says: payments, claims, lines, reasons, and what adds up.

    FILE may be - for the standard input. Large files are printed as they are read.
    """
    if file.is_dir():
        raise click.UsageError(f"{file} is a folder: name one of its files, or use `hhs-sync x12 check {file}`")
    words = _words(mappings) if mappings else reason_in_words
    with _opened(file) as content:
        if content is None:
            return FAILED
        rows = read_rows(content, file.name)
        attention = _show_json(rows, names=names) if as_json else _show_text(rows, words, names=names)
    return ATTENTION if attention else DONE


def _show_text(rows: Iterable[Placed | Unreadable], words: Words, *, names: bool) -> bool:
    """Every row for a person; True when one needs attention."""
    attention = False
    for row in rows:
        attention = attention or _is_odd(row)
        click.echo(
            show_unreadable(row) if isinstance(row, Unreadable) else show_fact(row.fact, words=words, names=names)
        )
        click.echo()
    return attention


def _show_json(rows: Iterable[Placed | Unreadable], *, names: bool) -> bool:
    """Every fact as it is read, then what could not be; True when something needs attention."""
    attention = False
    unreadable: list[Unreadable] = []
    between = "\n"
    click.echo('{\n  "facts": [', nl=False)
    for row in rows:
        attention = attention or _is_odd(row)
        if isinstance(row, Unreadable):
            unreadable.append(row)
        else:
            click.echo(between + indent(_json(_fact(row.fact, names=names)), "    "), nl=False)
            between = ",\n"
    click.echo(f'\n  ],\n  "unreadable": {indent(_json(unreadable), "  ").lstrip()}\n}}')
    return attention


@x12.command()
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE_OR_FOLDER...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs; amounts are in cents.")
def check(paths: Sequence[Path], *, as_json: bool) -> int:
    """Say of each file what is in it and whether it adds up.

    Of a folder all files are checked, those in folders within it too. A tick means that nothing needs a person; notes
    (!) tell what is odd and does no harm.
    """
    failed = False
    rows: list[dict[str, Any]] = []
    for file in _files(paths):
        with _opened(file) as content:
            if content is None:
                failed = True
                continue
            row = _summary(file, content)
        rows.append(row)
        if not as_json:
            _tell(row)
    if not rows and not failed:
        click.echo("There is no file in what was named.", err=True)
        failed = True
    if as_json:
        click.echo(_json(rows))
    elif len(rows) > 1:
        click.echo(_total(rows))
    return FAILED if failed else ATTENTION if any(row["problems"] for row in rows) else DONE


def _tell(row: dict[str, Any]) -> None:
    """One file's line, its problems (the first ones, where there are many) and its notes."""
    click.echo(_line(row))
    for problem in row["problems"][:PROBLEMS_SHOWN_MAX]:
        click.echo(f"    {problem}")
    more = len(row["problems"]) - PROBLEMS_SHOWN_MAX
    if more > 0:
        click.echo(f"    ✗ and {more} more: hhs-sync x12 show {row['file']}")
    for note in row["notes"]:
        click.echo(f"    {note}")


def _total(rows: Sequence[dict[str, Any]]) -> str:
    odd = sum(1 for row in rows if row["problems"])
    payments = sum(row["kinds"].get("remittance", 0) for row in rows)
    cash = sum(row["cash"] for row in rows)
    look = f"{odd} {'needs' if odd == 1 else 'need'} a look" if odd else "all in order"
    told = f"{len(rows)} files: {look}"
    return f"{told}; {_counted(payments, 'payment')}, {format_money(cash)}" if payments else told


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith("."))
        else:
            yield path


@contextmanager
def _opened(file: Path) -> Iterator[bytes | None]:
    """The bytes of a file, `-` being the standard input; None, with a word of complaint, when it can't be opened.

    A file is mapped and not read, so that memory follows its largest payment. Nothing here looks at a mapping in any
    way that bytes would not bear.
    """
    if str(file) == "-":
        yield sys.stdin.buffer.read()
        return
    try:
        opened = file.open("rb")
    except OSError as error:
        click.echo(f"{file}: {error.strerror or 'cannot be read'}", err=True)
        yield None
        return
    with opened:
        about = os.fstat(opened.fileno())
        if not (stat.S_ISREG(about.st_mode) and about.st_size):
            yield opened.read()
            return
        # Never closed by hand: where somebody has seen enough (`| head`), a search may still hold on to it.
        yield cast("bytes", mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))


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
    named = {claim.segment: f"claim {claim.claim_number}" for claim in one.claim_payments} if one.imbalances else {}
    for claim in one.claim_payments if one.imbalances else ():
        for line in claim.lines:
            named[line.segment] = f"claim {claim.claim_number}, {line.date_first or 'no date'} {line.service_code}"
    for wrong in one.imbalances:
        off = difference_in_words(wrong.difference)
        about = f" ({named[wrong.segment]})" if wrong.segment in named and wrong.level != "payment" else ""
        yield f"✗ segment {wrong.segment}{about}: what this {wrong.level} tells as paid is {off}"


def _line(row: dict[str, Any]) -> str:
    told = [_counted(count, kind) for kind, count in row["kinds"].items()] or ["nothing"]
    if "remittance" in row["kinds"]:
        told += [_counted(row["claim_payments"], "claim payment"), format_money(row["cash"])]
    return f"{'✗' if row['problems'] else '✓'} {row['file']}: {', '.join(told)}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _is_odd(row: Placed | Unreadable) -> bool:
    if isinstance(row, Unreadable):
        return True
    return isinstance(row.fact, Remittance) and not (row.fact.complete and row.fact.balances)


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
