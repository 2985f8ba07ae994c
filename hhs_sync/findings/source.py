"""Files that are late, missing, cut off or unreadable (SRC-05), and sources that do not answer.

One question per document, however many of its rows could not be read. A remittance that was cut off is no remittance
yet: nothing later is asked about it or about its bank line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hhs_sync.findings.asking import ask
from hhs_sync.findings.finding import Finding, Severity
from hhs_sync.findings.situation import Situation
from hhs_sync.findings.words import counted, listed, usd
from hhs_sync.ledger.entry import Evidence
from hhs_sync.matching.acceptance import Standing

if TYPE_CHECKING:
    from hhs_sync.facts.document import Source, Unreadable

PLACES_MAX = 50


def unreadable(at: Situation) -> Iterator[Finding]:
    """Rows, segments or whole documents that no reader understood."""
    by_document: dict[tuple[str, str], list[tuple[Source, Unreadable]]] = defaultdict(list)
    for source, one in at.facts.unreadable:
        by_document[source.document, source.document_name].append((source, one))
    for (digest, name), rows in by_document.items():
        whole = any(one.whole_document for _, one in rows)
        what = "could not be read at all" if whole else f"holds {counted(len(rows), 'place')} that could not be read"
        problems = listed(f"{one.place}: {one.problem}" for _, one in rows)
        yield ask(
            at,
            "SRC-05",
            f"document/{digest[:16] or name}",
            f"{name} {what}: {problems}.",
            amount=sum(abs(one.amount or 0) for _, one in rows),
            since=min(
                at.facts.unreadable_on.get(digest) or at.seen_since("SRC-05", f"document/{digest[:16] or name}"),
                at.today,
            ),
            count=len(rows),
            sources=tuple(source for source, _ in rows[:PLACES_MAX]),
        )


def cut_off(at: Situation) -> Iterator[Finding]:
    """A remittance whose end is missing: never posted, asked for again."""
    for key, judged in at.books.judged.items():
        remittance = at.facts.remittances[key]
        if judged.standing is Standing.HELD and not remittance.complete:
            yield ask(
                at,
                "SRC-05",
                key,
                f"The remittance of {usd(remittance.amount_paid)} from {at.sender(remittance)} is cut off.",
                amount=remittance.amount_paid,
                since=at.remittance_known_on(key),
                payer=_payer(at, key),
                evidence=(Evidence(key),),
                covers=(key, *at.books.bank.banked.get(key, ())),
            )


def test_files(at: Situation) -> Iterator[Finding]:
    """A remittance marked as a test lies among real ones: its money is not posted, and somebody should know."""
    for key, judged in at.books.judged.items():
        if judged.standing is Standing.TEST:
            remittance = at.facts.remittances[key]
            yield ask(
                at,
                "SRC-05",
                key,
                f"A remittance of {usd(remittance.amount_paid)} from {at.sender(remittance)} is marked as a test, so "
                f"it is not posted.",
                amount=remittance.amount_paid,
                since=at.remittance_known_on(key),
                severity=Severity.MEDIUM,
                payer=_payer(at, key),
                evidence=(Evidence(key),),
                covers=(key,),
                action="Accept it if it is a test; if it is real, ask the sender for a file that is not marked so.",
            )


def troubles(at: Situation) -> Iterator[Finding]:
    """What the turn itself ran into: a source that does not answer, a file that did not come."""
    for one in at.troubles:
        if one.code == "SRC-05":
            since = min(one.since or at.seen_since("SRC-05", one.subject), at.today)
            yield ask(at, "SRC-05", one.subject, one.says, amount=one.amount, since=since, owner=one.owner)


def _payer(at: Situation, remittance: str) -> str | None:
    payer = at.payer_of(at.facts.remittances[remittance])
    return payer.id if payer else None


CHECKS = (unreadable, cut_off, test_files, troubles)
