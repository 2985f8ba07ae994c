"""The first steps of a turn: documents come in, are read into facts, and new clients get their codes.

A source that does not answer, or a reader that breaks, costs its own documents and no more: it becomes an `Obstacle`,
which the exceptions report shows with the day on which it was first met. What a reader of another version had read is
read again first, so that a turn never mixes two readings of one source.

A document that a person withdrew counts as never received: it stays stored, and reads as empty. That is another version
of its source's readings, so the whole source is read again, and each fact falls back to what other documents tell.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
import structlog
from msgspec import Struct

from hhs_sync.errors import HhsSyncError, StoreError
from hhs_sync.facts.current import current_facts, gather, with_more, without_source
from hhs_sync.facts.document import Digest, Document, Reading, Source, Unreadable
from hhs_sync.facts.resolution import ClientCode, Resolution, withdrawn
from hhs_sync.facts.resolution_text import DECISIONS, READER_VERSION, decision_document, decision_key
from hhs_sync.facts.resolution_text import read_resolution_document as read_decisions
from hhs_sync.logs import tellable

if TYPE_CHECKING:
    from hhs_sync.connector import Connector
    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.resolution_text import Decision
    from hhs_sync.office import Desk
    from hhs_sync.store import Store

log = structlog.get_logger(__name__)

# Digits and capitals without 0, O, 1 and I, which people read for each other; without vowels no word comes of it.
CODE_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"
CODE_LENGTH = 5

Progress = Callable[[str], None]
"""Called with what begins now, or with "" when that has got on a bit."""


class Obstacle(Struct, frozen=True, kw_only=True):
    """Something outside the facts that a turn ran into and a person must mend.

    `code` is the exception that asks about it: SRC-05 (a source or a file) or QBO-04 (QuickBooks is not ready);
    `subject` names it stably ("source/bank"), `since` is the day on which it was first met.
    """

    code: str
    subject: str
    says: str
    since: dt.date


class TakenIn(Struct, frozen=True, kw_only=True):
    """What a turn's fetch brought: new documents and versions of facts, documents read again, and what went wrong."""

    documents: int = 0
    versions: int = 0
    read_again: int = 0
    obstacles: tuple[Obstacle, ...] = ()


def take_in(desk: Desk, progress: Progress) -> TakenIn:
    """Fetch from every connector and read what is new, or what another version of its reader had read."""
    documents = versions = read_again = 0
    obstacles: list[Obstacle] = []
    undone = undone_decisions(desk)
    gone = withdrawn(undone)
    came_again: set[Digest] = set()
    for connector in desk.connectors:
        failed: list[str] = []
        reader = _Reader(connector, _of_source(gone, connector.name), failed)
        again = desk.store.documents.to_read_again(desk.practice, {connector.name: reader.version})
        stored_again = (desk.store.documents.read(desk.practice, digest) for digest in again)
        reread = _read(desk, reader, stored_again, progress)
        read_again += len(again)
        known = desk.store.documents.known(desk.practice, connector.name, desk.clock())
        fetched = _read(desk, reader, _fetched(connector.name, connector.fetch(known), failed), progress)
        came_again |= known.taken(gone.keys())
        known.save()
        documents += fetched[0]
        versions += reread[1] + fetched[1]
        if met := _note(desk, f"source/{connector.name}", failed):
            obstacles.append(met)
        progress("")
    obstacles.extend(_come_again(desk, undone, gone, came_again))
    if documents or read_again or obstacles:
        log.info(
            "taken in", practice=desk.practice, documents=documents, facts=versions, count=read_again,
            failed=len(obstacles),
        )  # fmt: skip
    return TakenIn(documents=documents, versions=versions, read_again=read_again, obstacles=tuple(obstacles))


def _fetched(source: str, documents: Iterable[Document], failed: list[str]) -> Iterator[Document]:
    """What a connector brings, until it fails: what came before stands."""
    try:
        yield from documents
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001  A connector may be anybody's code: it costs its own documents only.
        failed.append(f"the source {source} cannot be fetched: {_why(error)}")
        log.warning("a source failed", source=source, reason=_why(error))


class _Reader:
    """A connector's reader, to which some documents are as if they had never come. What breaks is told in `failed`."""

    def __init__(self, connector: Connector, gone: frozenset[Digest], failed: list[str]) -> None:
        self.connector = connector
        self.gone = gone
        self.failed = failed
        self.version = connector.reader_version
        if gone:
            whole = hashlib.sha256("".join(sorted(gone)).encode()).hexdigest()
            self.version = f"{connector.reader_version} without {whole[:16]}"

    def read(self, document: Document) -> Reading:
        """What a document tells. A reader that breaks leaves a document that nobody could read."""
        if document.digest in self.gone:
            return Reading()
        try:
            return self.connector.read(document)
        except Exception as error:
            # A reader never raises for wrong data: this is its bug, and not the practice's fault.
            log.exception("a reader broke", source=self.connector.name)
            self.failed.append(f"the reader of {self.connector.name} broke on a document ({type(error).__name__})")
            broken = Unreadable(place="", problem="the program's reader broke on this document", whole_document=True)
            return Reading(unreadable=(broken,))


def _read(desk: Desk, reader: _Reader, documents: Iterable[Document], progress: Progress) -> tuple[int, int]:
    """Read documents of one source and store what they tell; how many were new, and how many versions of facts."""

    def readings() -> Iterator[tuple[Document, Reading]]:
        for document in documents:
            yield document, reader.read(document)
            progress("")

    stored = desk.store.readings.store(desk.practice, readings(), reader.version)
    return stored.documents, stored.versions


def _why(error: Exception) -> str:
    """What to tell of a connector's failure: an operating system's words name a file, never a person's data."""
    if isinstance(error, OSError):
        return f"{error.strerror or type(error).__name__}{f': {error.filename}' if error.filename else ''}"
    return tellable(error) if isinstance(error, HhsSyncError) else f"its program broke ({type(error).__name__})"


def _note(desk: Desk, subject: str, failed: list[str]) -> Obstacle | None:
    return obstacle(desk, "SRC-05", subject, "; ".join(dict.fromkeys(failed)))


def obstacle(desk: Desk, code: str, subject: str, says: str) -> Obstacle | None:
    """An obstacle with the day on which it was first met; with nothing to say it is over, and forgotten."""
    name = _cursor(code, subject)
    since = desk.store.mirror.cursor(desk.practice, name)
    if not says:
        if since:
            desk.store.mirror.set_cursor(desk.practice, name, "")
        return None
    if not since:
        since = desk.today.isoformat()
        desk.store.mirror.set_cursor(desk.practice, name, since)
    return Obstacle(code=code, subject=subject, says=says, since=dt.date.fromisoformat(since))


def _cursor(code: str, subject: str) -> str:
    return f"obstacle {code} {subject}"


# --- what was taken back

UNDO = decision_key("resolution", "undo-")
"""How the keys of decisions begin that withdraw something, or take that back."""


def undone_decisions(desk: Desk) -> list[Resolution]:
    """Every decision to withdraw something, and to take that back."""
    told = desk.store.readings.starting_with(desk.practice, DECISIONS, UNDO)
    return [one for one in told if isinstance(one, Resolution)]


def facts_if(desk: Desk, decisions: Sequence[Resolution], progress: Progress) -> Facts:
    """The facts as they would be, had these been decided to withdraw documents or to take that back.

    Nothing is stored. The sources of which other documents would count are read again; `progress` is called for each
    document.
    """
    made = decision_document(decisions, name="this decision", at=desk.clock())
    told = with_more(desk.store.readings.told(desk.practice), gather([(made, read_decisions(made.content))]))
    before = undone_decisions(desk)
    now, then = withdrawn(before), withdrawn([*before, *decisions])
    for connector in desk.connectors:
        gone = _of_source(then, connector.name)
        if gone == _of_source(now, connector.name):
            continue
        reader = _Reader(connector, gone, [])
        readings: list[tuple[Document, Reading]] = []
        for one in desk.store.documents.catalog(desk.practice, connector.name):
            document = desk.store.documents.read(desk.practice, one.digest)
            readings.append((msgspec.structs.replace(document, content=b""), reader.read(document)))
            progress("")
        told = with_more(without_source(told, connector.name), gather(readings))
    return current_facts(told)


def _of_source(gone: Mapping[str, Resolution], source: str) -> frozenset[Digest]:
    return frozenset(subject for subject, one in gone.items() if one.account == source)


def _come_again(
    desk: Desk, undone: Iterable[Resolution], gone: Mapping[str, Resolution], came_again: Collection[Digest]
) -> Iterator[Obstacle]:
    """Withdrawn documents whose bytes were dropped in again: they are not read, and somebody should know."""
    for digest in sorted({one.subject for one in undone if one.account}):
        subject = f"document/{digest[:16]}"
        decision = gone.get(digest)
        says = ""
        if decision and (digest in came_again or desk.store.mirror.cursor(desk.practice, _cursor("SRC-05", subject))):
            name = desk.store.documents.name(desk.practice, digest)
            says = (
                f"{name} came in again, and is not read: {decision.by} took it back on {decision.at.date()}. "
                f"To count it after all: hhs-sync undo --practice {desk.practice} --source {digest[:12]} --take-back"
            )
        if met := obstacle(desk, "SRC-05", subject, says):
            yield met


# --- client codes


def draw_codes(desk: Desk, facts: Facts, draw: Callable[[str], str] = secrets.choice) -> Facts:
    """Give every client without a code one: random, unique, stored for good before anyone uses it.

    Returns the facts with the new codes among them, as reading them back would give. `draw` picks one of the letters.
    """
    taken = {one.code for one in facts.client_codes.values()}
    known = {one.client for one in facts.client_codes.values()}
    paying = {one.client for one in facts.client_payments.values() if one.client}
    clients = {one.client for one in facts.sessions.values() if one.client} | paying
    decisions = []
    for client in sorted(clients - known):
        code = next(code for code in iter(lambda: _draw(draw), "") if code not in taken)
        taken.add(code)
        # The client's id stands in the key: two drawings for one client can only be two versions of one fact.
        decisions.append(ClientCode(key=decision_key("client_code", client), client=client, code=code))
    if not decisions:
        return facts
    at = desk.clock()
    document = decision_document(decisions, name="client codes", at=at)
    _store_decisions(desk.store, desk.practice, document)
    log.info("client codes drawn", practice=desk.practice, count=len(decisions))
    return _with_codes(facts, decisions, document)


def decide(desk: Desk, decisions: Iterable[Decision], *, name: str) -> Document:
    """Store decisions that a person made, as a document like any other."""
    document = decision_document(decisions, name=name, at=desk.clock())
    _store_decisions(desk.store, desk.practice, document)
    return document


def _store_decisions(store: Store, practice: str, document: Document) -> None:
    store.readings.store(practice, [(document, read_decisions(document.content))], READER_VERSION)


def _draw(draw: Callable[[str], str]) -> str:
    """A code: letters and at least one digit, so that it is never taken for a word."""
    while True:
        code = "".join(draw(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        if any(letter.isdigit() for letter in code):
            return code


def _with_codes(facts: Facts, codes: Iterable[ClientCode], document: Document) -> Facts:
    """The same facts and these codes, each mapping in the order of its keys."""
    added = {code.key: code for code in codes}
    places = {key: f"line {line}" for line, key in enumerate(added, start=1)}
    sources = {
        key: Source(document=document.digest, document_name=document.name, place=place) for key, place in places.items()
    }
    return msgspec.structs.replace(
        facts,
        client_codes=dict(sorted({**facts.client_codes, **added}.items())),
        sources=dict(sorted({**facts.sources, **sources}.items())),
        as_of=dict(sorted({**facts.as_of, **dict.fromkeys(added, document.as_of.date())}.items())),
    )
