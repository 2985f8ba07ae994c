"""One story for each code of the exceptions report, in `tests/cases/exceptions`: documents in, row out, its clearing.

    title = "what happens"
    [asked]                       # as of this day the row is on the report, word for word
    today = 2025-11-06
    row = "BIL-01 150.00 | ..."
    [asked.documents]             # as they come in, read by the real connectors
    sessions = "..."
    [cleared]                     # what came in until this day takes it away
    today = 2025-11-10
    [cleared.documents]           # on top of the earlier ones; the later version of a fact stands
    sessions = "..."

A document named for a day ("2025-11-30-eobs") came to be known on that day, the others each row on its own day.
`[practice]` and `[[rates]]` say how the practice keeps its books. Under `[asked.quickbooks]` stands what QuickBooks has
become: everything that the books as of `written` wish for is there, then `edited` (amounts by entry), `deleted`,
`unclear`, `added` (a deposit typed in by hand), `closed`; `troubles` is what a turn ran into. Where it is not given
nothing is in QuickBooks yet.

`python -m tests.exceptions` writes the rows anew, and a person reads the difference.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from hhs_sync.connector import Settings, connector_class
from hhs_sync.facts.current import Facts
from hhs_sync.facts.document import Document, FactKey, Unreadable
from hhs_sync.facts.fact import Fact
from hhs_sync.findings.finding import Finding
from hhs_sync.findings.situation import Trouble
from hhs_sync.mapping.rules import Policy, Rate, Rules, Shape
from hhs_sync.money import format_money
from hhs_sync.plan.changes import HoldReason, PostedEntry, PushedEntry
from hhs_sync.plan.compare import Paused
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.review import Review, review
from tests.plan.entries import SECRET, rules
from tests.plan.mirror import Posted, taken

FOLDER = Path(__file__).parent / "cases" / "exceptions"
STORIES = {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}
CONNECTORS = {
    "sessions": "sessions_csv",
    "coverage": "coverage_csv",
    "eobs": "eob_csv",
    "x12": "x12_folder",
    "payments": "client_payments_csv",
    "payouts": "payouts_csv",
    "bank": "bank_csv",
    "decisions": "resolutions",
}
DATED = re.compile(r"(?:(\d{4}-\d\d-\d\d)-)?([a-z0-9]+?)(?:-\w+)?")


def asked(story: str) -> Finding:
    """The row of a story. Raises where there is none, or more than one."""
    (one,) = [one for one in _look(story, "asked").findings if one.code == story and one.is_open]
    return one


def still_asked(story: str) -> list[str]:
    """What is left of the question once its clearing came in; [] when it is cleared."""
    return [one.says for one in _look(story, "cleared").findings if one.code == story and one.is_open]


def told(story: str) -> dict[str, Any]:
    """What stands in the file."""
    return tomllib.loads(STORIES[story].read_text())


def row(one: Finding) -> str:
    """The row as a line: code, money and whose loss it would be, how pressing, what is held, who, by when, what."""
    held = f"{one.severity.value}, {one.effect.value}"
    return f"{one.code} {format_money(one.amount)} {one.at_stake} | {held} | {one.owner} | due {one.due} | {one.says}"


def _look(story: str, stage: str) -> Review:
    file = told(story)
    steps = ("asked",) if stage == "asked" else ("asked", "cleared")
    documents = [item for step in steps for item in file[step].get("documents", {}).items()]
    settings = file.get("practice", {})
    settings |= {
        "policy": Policy(settings.get("policy", "accrual")),
        "shape": Shape(settings.get("shape", "payer-batch")),
    }
    ruled = msgspec.structs.replace(rules(**settings), rates=tuple(Rate(**one) for one in file.get("rates", ())))
    if stage == "cleared" and "mapped" in file["cleared"]:
        ruled = _with_mapped(ruled, file["cleared"]["mapped"])
    quickbooks = file[stage].get("quickbooks", {})
    facts = _facts(documents)
    pushed: dict[str, PushedEntry] = {}
    posted: Posted = {}
    paused: dict[str, Paused] = {}
    if "written" in quickbooks:
        written = review(facts, ruled, {}, {}, quickbooks["written"], SECRET)
        pushed, posted = taken(written.desired.entries)
        for key, amount in quickbooks.get("edited", {}).items():
            place = (pushed[key].kind, pushed[key].quickbooks_id)
            posted[place] = msgspec.structs.replace(
                posted[place], amount=amount, digest="edited", content_digest="edited"
            )
        for key in quickbooks.get("deleted", ()):
            del posted[pushed[key].kind, pushed[key].quickbooks_id]
    for one in quickbooks.get("added", ()):
        typed = PostedEntry(
            kind=QuickBooksKind(one["kind"]), quickbooks_id=one["id"], sync_token="0", reference=None, date=one["date"],
            amount=one["amount"], digest="typed",
        )  # fmt: skip
        posted[typed.kind, typed.quickbooks_id] = typed
    for key in quickbooks.get("unclear", ()):
        paused[key] = (HoldReason.UNCLEAR, "the connection broke")
    return review(
        facts, ruled, pushed, posted, file[stage]["today"], SECRET, paused=paused,
        books_closed_through=quickbooks.get("closed"),
        troubles=[Trouble(**one) for one in quickbooks.get("troubles", ())],
    )  # fmt: skip


def _facts(documents: list[tuple[str, str]]) -> Facts:
    facts: dict[FactKey, Fact] = {}
    known: dict[FactKey, dt.date] = {}
    unreadable: list[Unreadable] = []
    for name, text in documents:
        named = DATED.fullmatch(name)
        assert named is not None, name
        document = _document(name, named[2], text)
        reading = _connector(named[2]).read(document)
        unreadable += reading.unreadable
        for one in reading.facts:
            facts[one.fact.key] = one.fact
            if named[1]:
                known[one.fact.key] = dt.date.fromisoformat(named[1])
    return Facts.of(facts.values(), as_of=known, unreadable=unreadable)


def _connector(kind: str) -> Any:
    options = {} if kind == "decisions" else {"path": "."}
    if kind == "sessions":
        options["profile"] = "mappings/profiles/generic.toml"
    return connector_class(CONNECTORS[kind])(Settings(name=kind, base=FOLDER.parents[2], options=options))


def _document(name: str, kind: str, text: str) -> Document:
    noon = dt.datetime(2025, 12, 31, 12, tzinfo=dt.UTC)
    return Document.of(source=kind, name=f"{name}.txt", content=text.encode(), received_at=noon, as_of=noon)


def _with_mapped(ruled: Rules, mapped: Mapping[str, str]) -> Rules:
    """The rules with other spellings of payers, by the payer's own id."""
    payers = tuple(
        msgspec.structs.replace(one, names=(*one.names, mapped[one.id])) if one.id in mapped else one
        for one in ruled.payers
    )
    return msgspec.structs.replace(ruled, payers=payers)


def _rewritten(story: str) -> str:
    """The file with the row that there is now."""
    line = f"row = {msgspec.json.encode(row(asked(story))).decode()}"
    return re.sub(r"(?m)^row = .*$", lambda _: line, STORIES[story].read_text())


if __name__ == "__main__":
    for code, path in STORIES.items():
        path.write_text(_rewritten(code))
