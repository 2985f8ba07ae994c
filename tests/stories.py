"""Stories: what came in to a practice, as documents in a folder of `tests/cases/books`, read by the real connectors.

A file named for a day ("2026-01-20-eobs.csv") came to be known on that day, all others each row on its own day.
`practice.toml` says how the practice keeps its books. Beside the documents stand the expected texts; after a change of
the books that is meant, `python -m tests.stories` writes them anew, and a person reads the difference.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from hhs_sync.books import Books, keep_books
from hhs_sync.connector import Settings, connector_class
from hhs_sync.facts.current import Facts
from hhs_sync.facts.document import Document, FactKey
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.resolution import ClosedPeriod
from hhs_sync.ledger.entry import Entry
from hhs_sync.ledger.period_close import clients_of, journal_digest, write_journal
from hhs_sync.mapping.rules import Policy, Rate, Rules, Shape
from hhs_sync.money import plain_money
from hhs_sync.plan import desired_entries
from hhs_sync.plan.desired import DesiredEntry
from tests.plan.entries import SECRET, rules

FOLDER = Path(__file__).parent / "cases" / "books"
STORIES = sorted(path.name for path in FOLDER.iterdir())
TODAY = dt.date(2025, 12, 31)
CONNECTORS = {
    "sessions": "sessions_csv",
    "coverage": "coverage_csv",
    "eobs": "eob_csv",
    "payments": "client_payments_csv",
    "payouts": "payouts_csv",
    "balances": "processor_balances_csv",
    "bank": "bank_csv",
    "decisions": "resolutions",
}
WAYS = {
    "coded": (Shape.CODED, Policy.ACCRUAL),
    "payer-batch": (Shape.PAYER_BATCH, Policy.ACCRUAL),
    "cash": (Shape.PAYER_BATCH, Policy.CASH),
}
DATED = re.compile(r"(?:(\d{4}-\d\d-\d\d)-)?(\w+)\.(?:csv|jsonl)")


def facts_of(story: str) -> Facts:
    """All that the documents of a story tell; a period is closed after the undated ones, before the others."""
    told: dict[str, list[Fact]] = {"": []}
    known: dict[FactKey, dt.date] = {}
    for path in sorted((FOLDER / story).iterdir()):
        named = DATED.fullmatch(path.name)
        if named is None:
            continue
        for fact in _read(path, named[2]):
            told.setdefault(named[1] or "", []).append(fact)
            if named[1]:
                known.setdefault(fact.key, dt.date.fromisoformat(named[1]))
    known = {key: day for key, day in known.items() if key not in {fact.key for fact in told[""]}}
    through = _settings(story).get("closed_through")
    closed = [_close(Facts.of(told[""]), rules_of(story), dt.date.fromisoformat(through))] if through else []
    return Facts.of([*(fact for day in sorted(told) for fact in told[day]), *closed], as_of=known)


def _settings(story: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / story / "practice.toml").read_text())


def _close(facts: Facts, rules: Rules, through: dt.date) -> ClosedPeriod:
    """The close of all days up to one, a week later, signed as the books stood."""
    day = through + dt.timedelta(days=7)
    books = keep_books(facts, rules, day)
    inside = [one for one in books.entries if one.date <= through]
    journal = write_journal(inside)
    return ClosedPeriod(
        key=f"closed_period/decisions/{through}",
        through=through,
        by="dana",
        at=dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC),
        journal=journal,
        journal_digest=journal_digest(journal),
        clients=clients_of(inside, books.session_clients),
    )


def rules_of(story: str, way: str = "coded") -> Rules:
    """How the practice of a story keeps its books."""
    settings = _settings(story)
    settings.pop("closed_through", None)
    rates = tuple(Rate(**one) for one in settings.pop("rates", ()))
    return msgspec.structs.replace(rules(*WAYS[way], **settings), rates=rates)


def books_of(story: str, way: str = "coded") -> Books:
    """The books of a story on the last day of the year."""
    return keep_books(facts_of(story), rules_of(story, way), TODAY)


def expected(story: str, name: str) -> str:
    """The text that stands beside the documents: "books", or one of the ways."""
    return (FOLDER / story / f"{name}.txt").read_text()


def difference(story: str, name: str, found: str) -> str:
    """What differs from the text that stands beside the documents; "" when nothing does."""
    return "\n".join(difflib.unified_diff(expected(story, name).splitlines(), found.splitlines(), lineterm=""))


def books_text(story: str) -> str:
    """The entries, and what stays open or waits for a person."""
    books = books_of(story)
    return "\n".join([*map(entry_text, books.entries), *questions(books), ""])


def documents_text(story: str, way: str) -> str:
    """What QuickBooks should hold, customers first."""
    desired = desired_entries(books_of(story, way), rules_of(story, way), SECRET)
    return "\n".join(
        [*(f"customer {one.display}" for one in desired.customers), "", *map(document_text, desired.entries)]
    )


def entry_text(entry: Entry) -> str:
    """An entry, nothing left out."""
    mark = f"{' held' * entry.held}{f' corrects {entry.corrects}' if entry.corrects else ''}"
    lines = [f"{entry.date} {entry.kind.value}{mark}  {entry.key}", f"    {entry.because}"]
    lines.append("    from " + ", ".join(f"{one.fact} {one.place}".strip() for one in entry.evidence))
    for line in entry.lines:
        about = "  ".join(str(one or "-") for one in (line.party, line.item, line.clinician))
        lines.append(f"    {line.account.value:<32}{plain_money(line.amount):>10}  {about}")
    return "\n".join(lines) + "\n"


def questions(books: Books) -> Iterator[str]:
    """What stays open, and what waits for a person."""
    for name in ("open_items", "credits", "unplaced", "taken", "held", "waiting_for_approval"):
        for one in getattr(books, name):
            yield f"{name}: {_plain(one)}"


def document_text(one: DesiredEntry) -> str:
    """A document for QuickBooks, nothing left out but its reference, which is drawn with the practice's secret."""
    place = " ".join(
        f"{word} {value.value}" for word, value in (("into", one.deposit_to), ("out of", one.paid_from)) if value
    )
    customer = one.customer.display if one.customer else "-"
    lines = [
        f"{one.date} {one.kind.value} {plain_money(one.amount)}  {customer}  {place}".rstrip(),
        f"    {one.key}",
        f"    memo {one.memo} | payee {one.payee or '-'} | tells {', '.join(one.renders)}",
    ]
    if one.needs:
        lines.append(f"    needs {', '.join(one.needs)}")
    for line in one.lines:
        about = f"{line.customer.display if line.customer else '-'}  {line.clinician or '-'}  {line.description}"
        lines.append(f"    line   {line.account.value:<32}{plain_money(line.amount):>10}  {about}".rstrip())
    lines.extend(f"    link   {link.entry:<32}{plain_money(link.amount):>10}" for link in one.links)
    lines.extend(f"    effect {account.value:<32}{plain_money(amount):>10}" for account, amount in one.effects)
    return "\n".join(lines) + "\n"


def _read(path: Path, kind: str) -> Iterator[Fact]:
    options = {} if kind == "decisions" else {"path": "."}
    if kind == "sessions":
        options["profile"] = "mappings/profiles/generic.toml"
    settings = Settings(name=kind, base=FOLDER.parents[2], options=options)
    noon = dt.datetime.combine(TODAY, dt.time(12), tzinfo=dt.UTC)
    content = path.read_bytes()
    document = Document.of(source=kind, name=path.name, content=content, received_at=noon, as_of=noon)
    reading = connector_class(CONNECTORS[kind])(settings).read(document)
    assert not reading.unreadable, f"{path}: {reading.unreadable}"
    yield from (one.fact for one in reading.facts)


def _plain(value: object) -> str:
    told = msgspec.to_builtins(value)
    return ", ".join(f"{name} {given}" for name, given in told.items() if given is not None)


if __name__ == "__main__":
    for name in STORIES:
        (FOLDER / name / "books.txt").write_text(books_text(name))
        for each in WAYS:
            (FOLDER / name / f"{each}.txt").write_text(documents_text(name, each))
