"""A practice that lives: every document that ever came in, in the order in which it came.

Time moves forward only. Each document tells the state of the moment at which it came, so a correction is a later
document about the same fact. What the program makes of it all is asked for by `facts` and `books`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property

import msgspec

from hhs_sync.books import Books, keep_books
from hhs_sync.facts.current import Facts, current_facts, gather
from hhs_sync.facts.document import Covers, Document, Placed, Reading
from hhs_sync.facts.fact import Fact, write_fact
from hhs_sync.facts.resolution import ClosedPeriod
from hhs_sync.ledger.period_close import clients_of, journal_digest, write_journal
from hhs_sync.mapping.rules import Rules

FIRST_DAY = dt.date(2025, 9, 1)
Telling = tuple[Document, Reading]


class Practice:
    """All documents of one practice, and the day it is."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.today = FIRST_DAY
        self.tellings: list[Telling] = []

    def wait(self, days: int) -> None:
        """Let days pass."""
        self.today += dt.timedelta(days=days)
        self._forget()

    def tell(self, *told: Fact, source: str = "any", covers: Covers | None = None) -> None:
        """Bring in a document that tells these facts."""
        content = b"\n".join([str(len(self.tellings)).encode(), *(write_fact(one) for one in told)])
        now = self.now()
        document = Document.of(
            source=source, name=f"{len(self.tellings)}.txt", content=content, received_at=now, as_of=now
        )
        placed = tuple(Placed(fact=one, place=f"line {line}") for line, one in enumerate(told, start=1))
        self.tellings.append((document, Reading(facts=placed, covers=covers)))
        self._forget()

    def tell_again(self, number: int) -> None:
        """The same bytes under another name, later."""
        document, reading = self.tellings[number]
        now = self.now()
        again = msgspec.structs.replace(document, name=f"copy of {document.name}", received_at=now, as_of=now)
        self.tellings.append((again, reading))
        self._forget()

    def now(self) -> dt.datetime:
        """Every document has a moment of its own."""
        noon = dt.datetime.combine(self.today, dt.time(12), tzinfo=dt.UTC)
        return noon + dt.timedelta(seconds=len(self.tellings))

    def close(self, through: dt.date, after: dt.date | None, *, reopened: bool = False) -> ClosedPeriod:
        """Sign everything up to a day; or open it again."""
        inside = [one for one in self.books.entries if one.date <= through and (after is None or one.date > after)]
        journal = "" if reopened else write_journal(inside)
        close = ClosedPeriod(
            key=f"closed_period/decisions/{len(self.tellings)}",
            through=through,
            by="dana",
            at=self.now(),
            journal=journal,
            journal_digest=journal_digest(journal),
            clients=clients_of(() if reopened else inside, self.books.session_clients),
            reopened=reopened,
        )
        self.tell(close)
        return close

    @cached_property
    def facts(self) -> Facts:
        """What stands now."""
        return facts_of(self.tellings)

    @cached_property
    def books(self) -> Books:
        """The books as of today."""
        return keep_books(self.facts, self.rules, self.today)

    def _forget(self) -> None:
        self.__dict__.pop("facts", None)
        self.__dict__.pop("books", None)


def facts_of(tellings: Iterable[Telling]) -> Facts:
    """What stands after these documents."""
    return current_facts(gather(tellings))
