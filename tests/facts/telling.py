"""Small documents that tell of sessions, and random sequences of them, for the tests of what stands."""

import datetime as dt
from collections.abc import Iterable

from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from hhs_sync.facts.document import Covers, Document, Placed, Reading, Unreadable
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.session import Session

MONDAY = dt.date(2026, 3, 2)


def day(number: int) -> dt.date:
    """Day 1 is a Monday in March."""
    return MONDAY + dt.timedelta(days=number - 1)


def moment(number: int, hour: int = 12) -> dt.datetime:
    return dt.datetime.combine(day(number), dt.time(hour), tzinfo=dt.UTC)


def session(own_key: str, *, on: int = 1, fee: int = 150_00, source: str = "ehr") -> Session:
    return Session(
        key=f"session/{source}/{own_key}",
        date=day(on),
        client="c-1",
        clinician="d-1",
        service_code="90837",
        fee=fee,
    )


def document(
    content: str, *, as_of: int = 1, received: int | None = None, source: str = "ehr", name: str | None = None
) -> Document:
    return Document.of(
        source=source,
        name=name or f"{content}.csv",
        content=content.encode(),
        received_at=moment(as_of if received is None else received, 18),
        as_of=moment(as_of),
    )


def reading(
    facts: Iterable[Fact],
    *,
    covers: tuple[int, int] | None = None,
    unreadable: int = 0,
    kind: str = "session",
) -> Reading:
    return Reading(
        facts=tuple(Placed(fact=fact, place=f"line {line}") for line, fact in enumerate(facts, start=2)),
        covers=covers and Covers(kind=kind, first=day(covers[0]), last=day(covers[1])),
        unreadable=tuple(
            Unreadable(place=f"line {900 + line}", problem="the fee is no amount") for line in range(unreadable)
        ),
    )


class Telling(Struct, frozen=True):
    """A document and what a reader makes of it."""

    document: Document
    reading: Reading


@st.composite
def tellings(draw: st.DrawFn) -> list[Telling]:
    """Some documents of two sources, full exports and others, whose facts change, vanish and come back."""
    told = []
    for number in range(draw(st.integers(min_value=1, max_value=7))):
        source = draw(st.sampled_from(["ehr", "ehr", "old"]))
        shown = draw(
            st.dictionaries(
                st.sampled_from("abc"),
                st.tuples(st.integers(1, 6), st.sampled_from([100_00, 150_00])),
                max_size=3,
            )
        )
        covers = draw(st.none() | st.tuples(st.integers(1, 4), st.integers(3, 6)))
        as_of = draw(st.integers(1, 4))
        told.append(
            Telling(
                document(f"{number}", as_of=as_of, received=draw(st.integers(4, 6)), source=source),
                reading(
                    [session(key, on=on, fee=fee, source=source) for key, (on, fee) in shown.items()],
                    covers=covers,
                    unreadable=draw(st.sampled_from([0, 0, 0, 1])),
                ),
            )
        )
    return told


def moved(one: Telling, *, days: int) -> Telling:
    """The same bytes, brought in as of another day."""
    shift = dt.timedelta(days=days)
    return Telling(replace(one.document, as_of=one.document.as_of + shift), one.reading)
