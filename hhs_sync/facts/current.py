"""Every version of every fact in, the facts that stand out.

A fact has versions, one for each distinct text in which documents showed it. Among them

    the version stands that the latest document showed          A, B, A comes back to A
    and is withdrawn when a later full export leaves it out     unless a later document shows it again

"Latest" is the order of `Stamp`: by the moment whose state a document tells, then by when it was received, then by its
digest. So the outcome follows from the documents alone, never from the order in which they came in. A document that
one could not read whole withdraws nothing: what it seems to leave out may stand in the row that was unreadable.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from itertools import chain
from typing import TypeVar

from msgspec import Struct

from hhs_sync.facts.claim import Acknowledgement, Claim
from hhs_sync.facts.coverage import Coverage
from hhs_sync.facts.deposit import BankDeposit
from hhs_sync.facts.document import Covers, Digest, Document, FactKey, Reading, Source, Unreadable
from hhs_sync.facts.fact import Fact, date_of, kind_of, write_fact
from hhs_sync.facts.payment import ClientPayment, Dispute, Payout, ProcessorBalance, Refund
from hhs_sync.facts.remittance import Remittance
from hhs_sync.facts.resolution import ClientCode, ClosedPeriod, Resolution, counting
from hhs_sync.facts.session import Session

FactType = TypeVar("FactType")


class Facts(Struct, frozen=True, kw_only=True):
    """What stands: one mapping per kind from a fact's key to the fact, in the order of the keys.

    `sources` and `as_of` tell, for every fact here and in `withdrawn`, the place in the first document that showed
    the version that stands, and the day on which that came to be known (of a withdrawn fact: the day of the export
    that first left it out). `unreadable` is what no later full export has replaced. `copies` are documents that came
    in a second time under another name or from another source, once for each further name.
    """

    sessions: Mapping[FactKey, Session] = {}
    claims: Mapping[FactKey, Claim] = {}
    acknowledgements: Mapping[FactKey, Acknowledgement] = {}
    coverages: Mapping[FactKey, Coverage] = {}
    remittances: Mapping[FactKey, Remittance] = {}
    client_payments: Mapping[FactKey, ClientPayment] = {}
    refunds: Mapping[FactKey, Refund] = {}
    disputes: Mapping[FactKey, Dispute] = {}
    payouts: Mapping[FactKey, Payout] = {}
    processor_balances: Mapping[FactKey, ProcessorBalance] = {}
    bank_deposits: Mapping[FactKey, BankDeposit] = {}
    resolutions: Mapping[FactKey, Resolution] = {}
    client_codes: Mapping[FactKey, ClientCode] = {}
    closed_periods: Mapping[FactKey, ClosedPeriod] = {}

    sources: Mapping[FactKey, Source] = {}
    as_of: Mapping[FactKey, dt.date] = {}
    withdrawn: Mapping[FactKey, Fact] = {}
    unreadable: tuple[tuple[Source, Unreadable], ...] = ()
    unreadable_on: Mapping[Digest, dt.date] = {}
    """The day whose state each document tells in which something could not be read."""
    copies: tuple[Copy, ...] = ()

    @staticmethod
    def of(
        facts: Iterable[Fact],
        *,
        withdrawn: Iterable[Fact] = (),
        unreadable: Iterable[Unreadable] = (),
        as_of: dt.date | Mapping[FactKey, dt.date] | None = None,
        document_name: str = "document",
    ) -> Facts:
        """Facts as one document tells them, one place after the other ("line 1"): for tests and small tools.

        `as_of` is the day on which they came to be known, for all or by key; else each is known on its own day, a
        remittance on its payment date. The last of several facts with one key stands.
        """
        standing = {fact.key: fact for fact in facts}
        gone = {fact.key: fact for fact in withdrawn}
        places = enumerate(chain(standing, gone), start=1)
        days = {fact.key: known_on(fact, as_of) for fact in chain(standing.values(), gone.values())}
        return sort_by_kind(
            in_order(standing),
            sources={key: source_of_test(document_name, f"line {line}") for line, key in places},
            as_of=days,
            withdrawn=in_order(gone),
            unreadable=tuple((source_of_test(document_name, one.place), one) for one in unreadable),
            unreadable_on={"": as_of} if isinstance(as_of, dt.date) else {},
        )


class Copy(Struct, frozen=True, kw_only=True, order=True, gc=False):
    """A document that was seen again under another name (`copy_name`), or brought in by another source."""

    document: Digest
    document_name: str
    copy_name: str
    copy_source: str


class Stamp(Struct, frozen=True, order=True, gc=False):
    """When and by what something was told. The greater stamp is the later one, whenever it arrived here."""

    as_of: dt.datetime
    received_at: dt.datetime
    digest: Digest
    source: str
    name: str

    @staticmethod
    def of(document: Document) -> Stamp:
        """The stamp of a document, whose times must know their time zone."""
        assert document.as_of.tzinfo is not None, "a document's as_of has a time zone"
        assert document.received_at.tzinfo is not None, "a document's received_at has a time zone"
        return Stamp(document.as_of, document.received_at, document.digest, document.source, document.name)


class Version(Struct, frozen=True, kw_only=True, gc=False):
    """One text of one fact, with the first and the last document that showed it; `place` is the one in the first."""

    fact: Fact
    place: str
    first: Stamp
    last: Stamp


class Export(Struct, frozen=True, kw_only=True, gc=False):
    """A full export. `whole` is False where rows of it could not be read."""

    stamp: Stamp
    covers: Covers
    whole: bool = True


class Told(Struct, frozen=True, kw_only=True):
    """All that documents told: what `current_facts` chooses from."""

    versions: tuple[Version, ...] = ()
    exports: tuple[Export, ...] = ()
    unreadable: tuple[tuple[Stamp, Unreadable], ...] = ()
    copies: tuple[Copy, ...] = ()


def current_facts(told: Told) -> Facts:
    """Choose the version of each fact that stands, and tell which facts are withdrawn."""
    chosen: dict[FactKey, Version] = {}
    for version in told.versions:
        other = chosen.get(version.fact.key)
        if other is None or outranks(version, other):
            chosen[version.fact.key] = version
    withdrawn_on = withdrawals(chosen, told.exports)
    days: dict[FactKey, dt.date] = {}
    sources: dict[FactKey, Source] = {}
    standing: dict[FactKey, Fact] = {}
    for key in sorted(chosen):
        version = chosen[key]
        first = version.first
        days[key] = withdrawn_on[key] if key in withdrawn_on else first.as_of.date()
        sources[key] = Source(document=first.digest, document_name=first.name, place=version.place)
        if key not in withdrawn_on:
            standing[key] = version.fact
    return sort_by_kind(
        standing,
        sources=sources,
        as_of=days,
        withdrawn={key: chosen[key].fact for key in sorted(withdrawn_on)},
        unreadable=still_unreadable(told),
        unreadable_on={stamp.digest: stamp.as_of.date() for stamp, _ in told.unreadable},
        copies=tuple(sorted(told.copies)),
    )


def outranks(version: Version, other: Version) -> bool:
    """True when this version stands rather than the other one of the same fact.

    Two rows of one document may tell one fact in two ways. Their text decides then: any choice would do, as long as it
    is the same each time.
    """
    if version.last != other.last:
        return version.last > other.last
    if version.first != other.first:
        return version.first > other.first
    return write_fact(version.fact) > write_fact(other.fact)


def gather(readings: Iterable[tuple[Document, Reading]]) -> Told:
    """Bring readings together: each distinct version once, with the first and the last document that showed it."""
    versions: dict[tuple[str, bytes], Version] = {}
    exports: list[Export] = []
    unreadable: list[tuple[Stamp, Unreadable]] = []
    for document, reading in readings:
        stamp = Stamp.of(document)
        for placed in reading.facts:
            told_as = (document.source, write_fact(placed.fact))
            shown = Version(fact=placed.fact, place=placed.place, first=stamp, last=stamp)
            other = versions.get(told_as)
            versions[told_as] = shown if other is None else widen(other, shown)
        if reading.covers is not None:
            exports.append(Export(stamp=stamp, covers=reading.covers, whole=not reading.unreadable))
        unreadable.extend((stamp, one) for one in reading.unreadable)
    return Told(versions=tuple(versions.values()), exports=tuple(exports), unreadable=tuple(unreadable))


def without_source(told: Told, source: str) -> Told:
    """All that documents told, but for what came from one source."""
    return Told(
        versions=tuple(one for one in told.versions if one.first.source != source),
        exports=tuple(one for one in told.exports if one.stamp.source != source),
        unreadable=tuple(one for one in told.unreadable if one[0].source != source),
        copies=told.copies,
    )


def with_more(told: Told, more: Told) -> Told:
    """What two sets of documents told that have none in common."""
    return Told(
        versions=(*told.versions, *more.versions),
        exports=(*told.exports, *more.exports),
        unreadable=(*told.unreadable, *more.unreadable),
        copies=(*told.copies, *more.copies),
    )


def widen(known: Version, shown: Version) -> Version:
    """One version that spans from the earlier to the later of two showings of the same text."""
    earlier = known if known.first <= shown.first else shown
    return Version(
        fact=known.fact,
        place=earlier.place,
        first=earlier.first,
        last=max(known.last, shown.last),
    )


def withdrawals(chosen: Mapping[FactKey, Version], exports: Iterable[Export]) -> dict[FactKey, dt.date]:
    """The facts that a full export later than their last showing leaves out, each with the day of the first such."""
    by_source: defaultdict[tuple[str, str], list[Export]] = defaultdict(list)
    for export in exports:
        if export.whole:
            by_source[export.stamp.source, export.covers.kind].append(export)
    newest = {told_by: max(export.stamp for export in told) for told_by, told in by_source.items()}
    dated: defaultdict[tuple[str, str], list[tuple[dt.date, FactKey]]] = defaultdict(list)
    for key, version in chosen.items():
        told_by = (version.last.source, kind_of(version.fact))
        # Nearly every fact stands in the newest export, or is of a kind that no export covers.
        if told_by in newest and version.last < newest[told_by]:
            day = date_of(version.fact)
            if day is not None:
                dated[told_by].append((day, key))
    withdrawn: dict[FactKey, dt.date] = {}
    for told_by, facts in dated.items():
        told = sorted(by_source[told_by], key=lambda export: export.stamp)
        latest = latest_export_by_day(told, {day for day, _ in facts})
        for day, key in facts:
            last = chosen[key].last
            if day in latest and last < latest[day]:
                withdrawn[key] = next(
                    export.stamp.as_of.date()
                    for export in told
                    if last < export.stamp and export.covers.first <= day <= export.covers.last
                )
    return withdrawn


def latest_export_by_day(exports: list[Export], days: Iterable[dt.date]) -> dict[dt.date, Stamp]:
    """For each day, the latest of the exports (given in order) that cover it.

    The days are walked forward with a heap of the exports that have begun, latest on top. One that has ended lies there
    until it comes to the top: seven years of daily exports cost a few thousand steps, not their product.
    """
    begin = sorted(range(len(exports)), key=lambda index: exports[index].covers.first, reverse=True)
    begun: list[int] = []
    latest: dict[dt.date, Stamp] = {}
    for day in sorted(days):
        while begin and exports[begin[-1]].covers.first <= day:
            heappush(begun, -begin.pop())
        while begun and exports[-begun[0]].covers.last < day:
            heappop(begun)
        if begun:
            latest[day] = exports[-begun[0]].stamp
    return latest


def still_unreadable(told: Told) -> tuple[tuple[Source, Unreadable], ...]:
    """What could not be read, but for what a later full export tells anew.

    A full export replaces an earlier one of its source and kind when it reaches at least as far and begins before the
    other's end, so that a window of days that rolls on doesn't leave the same bad row behind each day. A document
    of which nothing could be read is replaced by any later full export of its source.
    """
    covers = {export.stamp.digest: export.covers for export in told.exports}
    by_source: defaultdict[str, list[Export]] = defaultdict(list)
    for export in told.exports:
        by_source[export.stamp.source].append(export)

    def is_replaced(stamp: Stamp, *, whole_document: bool) -> bool:
        own = covers.get(stamp.digest)
        later = (export.covers for export in by_source[stamp.source] if stamp < export.stamp)
        if own is None:
            return whole_document and any(True for _ in later)
        return any(one.kind == own.kind and one.first <= own.last <= one.last for one in later)

    replaced: dict[tuple[Digest, bool], bool] = {}
    standing = []
    for stamp, one in sorted(told.unreadable, key=lambda pair: pair[0]):
        document = (stamp.digest, one.whole_document)
        if document not in replaced:
            replaced[document] = is_replaced(stamp, whole_document=one.whole_document)
        if not replaced[document]:
            source = Source(document=stamp.digest, document_name=stamp.name, place=one.place)
            standing.append((source, one))
    return tuple(standing)


def sort_by_kind(
    facts: Mapping[FactKey, Fact],
    *,
    sources: Mapping[FactKey, Source],
    as_of: Mapping[FactKey, dt.date],
    withdrawn: Mapping[FactKey, Fact],
    unreadable: tuple[tuple[Source, Unreadable], ...],
    unreadable_on: Mapping[Digest, dt.date],
    copies: tuple[Copy, ...] = (),
) -> Facts:
    """Put each fact, in the order given, into the mapping of its kind."""
    by_kind: defaultdict[type, dict[FactKey, Fact]] = defaultdict(dict)
    for key, fact in facts.items():
        by_kind[type(fact)][key] = fact

    def only(kind: type[FactType]) -> Mapping[FactKey, FactType]:
        return by_kind[kind]  # type: ignore[return-value]    # The dict of a type holds facts of that type alone.

    return Facts(
        sessions=only(Session),
        claims=only(Claim),
        acknowledgements=only(Acknowledgement),
        coverages=only(Coverage),
        remittances=only(Remittance),
        client_payments=only(ClientPayment),
        refunds=only(Refund),
        disputes=only(Dispute),
        payouts=only(Payout),
        processor_balances=only(ProcessorBalance),
        bank_deposits=only(BankDeposit),
        resolutions=in_order({one.key: one for one in counting(only(Resolution).values())}),
        client_codes=only(ClientCode),
        closed_periods=only(ClosedPeriod),
        sources=sources,
        as_of=as_of,
        withdrawn=withdrawn,
        unreadable=unreadable,
        unreadable_on=unreadable_on,
        copies=copies,
    )


def in_order(facts: Mapping[FactKey, FactType]) -> dict[FactKey, FactType]:
    """The same mapping in the order of its keys."""
    return {key: facts[key] for key in sorted(facts)}


def known_on(fact: Fact, as_of: dt.date | Mapping[FactKey, dt.date] | None) -> dt.date:
    """The day on which a fact of `Facts.of` came to be known."""
    if isinstance(as_of, dt.date):
        return as_of
    if as_of is not None and fact.key in as_of:
        return as_of[fact.key]
    if isinstance(fact, Remittance):
        return fact.payment_date or fact.production_date or dt.date.min
    if isinstance(fact, Resolution | ClosedPeriod):
        return fact.at.date()
    if isinstance(fact, Claim):
        return fact.date_submitted or dt.date.min
    if isinstance(fact, Acknowledgement):
        return fact.date or dt.date.min
    return date_of(fact) or dt.date.min


def source_of_test(document_name: str, place: str) -> Source:
    """A place in a document that exists only by name."""
    return Source(document="", document_name=document_name, place=place)
