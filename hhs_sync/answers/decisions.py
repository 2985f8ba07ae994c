"""From filled-in rows to decisions: what would be stored, what has gone away since, and what is wrong with which row.

A list decides much at once, so it may decide less than a person who looks at one question: nothing in matters of law,
no refund, nothing above the limit from which a second person must approve. Such rows are told, and decided alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from hhs_sync.answers import ABOUT, AMOUNT, DECISION, EXPORTED, ID, KEY, NOTE, OWNER, REASON, TO_FILL_IN, WAIT
from hhs_sync.answers.cells import plain, read_day, read_id
from hhs_sync.errors import MoneyError
from hhs_sync.facts.resolution import Resolution, ResolutionKind
from hhs_sync.facts.resolution_text import decision_key
from hhs_sync.findings.catalogue import QUESTIONS
from hhs_sync.findings.decide import REASONS, Answer, decision, never_in_bulk, suggested
from hhs_sync.money import parse_money
from hhs_sync.store.findings import finding_id

if TYPE_CHECKING:
    from hhs_sync.answers.sheet import Row
    from hhs_sync.facts.document import FactKey
    from hhs_sync.findings.finding import Finding
    from hhs_sync.money import Money
    from hhs_sync.review.record import Record

_R = ResolutionKind

WORDS: Mapping[str, ResolutionKind] = {
    "accept": _R.ACCEPT,
    "reopen": _R.REOPEN,
    "match": _R.CHOOSE_MATCH,
    "write-off": _R.WRITE_OFF,
    "adjust": _R.ADJUST,
    "bill-client": _R.BILL_CLIENT,
    "set-reason": _R.SET_REASON,
    "virtual-card": _R.VIRTUAL_CARD,
    "unclaimed": _R.UNCLAIMED,
    "do-not-bill": _R.DO_NOT_BILL,
    "cancel-charge": _R.CANCEL_CHARGE,
    "old-system": _R.OLD_SYSTEM,
    "notice-given": _R.NOTICE_GIVEN,
    "restore-edit": _R.RESTORE_EDIT,
    "adopt-edit": _R.ADOPT_EDIT,
}
"""The decisions that a list may tell, by the words of `hhs-sync exceptions resolve`."""

_WITH_AMOUNT = {_R.WRITE_OFF, _R.ADJUST, _R.BILL_CLIENT}
_WITH_ABOUT = {
    _R.CHOOSE_MATCH: "the number of a suggestion, or keys",
    _R.ADJUST: "courtesy or administrative",
    _R.SET_REASON: ", ".join(REASONS),
    _R.VIRTUAL_CARD: "the card processor",
}
_MAY_HAVE_ABOUT = {*_WITH_ABOUT, _R.OLD_SYSTEM}
_OF_CLOSED_ONES = {_R.REOPEN, _R.NOTE}


class Answered(Struct, frozen=True):
    """One decision of one row, with the question that it answers."""

    place: str
    finding: Finding
    decision: Resolution


class GoneError(Exception):
    """The question of a row is not asked any more."""


class Remark(Struct, frozen=True):
    """Something to tell about a row: where it stands, and what."""

    place: str
    says: str


class Answers(Struct, frozen=True, kw_only=True):
    """What a list comes to: decisions by practice, rows whose question is gone, mistakes, and rows left empty."""

    by_practice: Mapping[str, tuple[Answered, ...]]
    gone: tuple[Remark, ...]
    mistakes: tuple[Remark, ...]
    empty: int


def read_answers(
    rows: Iterable[Row], records: Sequence[Record], limits: Mapping[str, Money], *, by: str, at: dt.datetime
) -> Answers:
    """Make decisions of the rows. `limits` are approval limits by practice in cents; `by` is who decides, `at` when."""
    known = _Known(records)
    answers: dict[str, list[Answered]] = {}
    gone: list[Remark] = []
    mistakes: list[Remark] = []
    seen: dict[str, str] = {}
    empty = 0
    for row in rows:
        cells = {name: plain(row.cells.get(name) or "") for name in (KEY, ID, EXPORTED, *TO_FILL_IN)}
        if not any(cells[name] for name in TO_FILL_IN):
            empty += 1
            continue
        try:
            finding = known.finding(cells)
            _once(finding, row.place, seen)
            decisions = tuple(_decisions(finding, cells, limits[finding.practice], by, at))
        except GoneError as error:
            gone.append(Remark(row.place, str(error)))
        except ValueError as error:
            mistakes.append(Remark(row.place, str(error)))
        else:
            told = answers.setdefault(finding.practice, [])
            told += [Answered(row.place, finding, one) for one in decisions]
    by_practice = {practice: tuple(told) for practice, told in answers.items()}
    return Answers(by_practice=by_practice, gone=tuple(gone), mistakes=tuple(mistakes), empty=empty)


def _once(finding: Finding, place: str, seen: dict[str, str]) -> None:
    """Raises ValueError when two rows answer one question."""
    if finding.key in seen:
        raise ValueError(f"the same exception is answered in {seen[finding.key]} already")
    seen[finding.key] = place


class _Known:
    """The questions that stand, by key and by id."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._practices = {one.practice for one in records}
        self._by_key = {one.key: one for record in records for one in record.findings}
        self._by_id = {one.short_id: one for one in self._by_key.values()}
        self._cleared = {one.key: one for record in records for one in record.cleared}

    def finding(self, cells: Mapping[str, str]) -> Finding:
        """The question of a row. Raises GoneError when it is gone, ValueError when there never was such a one."""
        key = cells[KEY]
        if not key:
            short = read_id(cells[ID])
            if short in self._by_id:
                return self._by_id[short]
            raise ValueError(f"there is no exception with the id {short}: keep the column {KEY} to say which was meant")
        if key in self._by_key:
            return self._by_key[key]
        if key in self._cleared:
            gone = self._cleared[key]
            raise GoneError(f"{gone.code} has cleared since, on {gone.closed_on} ({gone.closed_by})")
        practice, code, _ = (*key.split(":", 2), "", "")[:3]
        if practice not in self._practices:
            raise ValueError(f"the key names no practice of these: {', '.join(sorted(self._practices))}")
        if code in QUESTIONS and cells[EXPORTED]:
            raise GoneError(f"{code} is not asked any more")
        raise ValueError("there is no exception with this key: it was changed, or is of another database")


def _decisions(
    finding: Finding, cells: Mapping[str, str], limit: Money, by: str, at: dt.datetime
) -> Iterator[Resolution]:
    """Every decision of a row. Raises ValueError, with what to write instead, when one makes no sense."""
    if cells[WAIT] and cells[DECISION]:
        raise ValueError(f"either {WAIT} or {DECISION}, not both")
    if (cells[ABOUT] or cells[AMOUNT]) and not cells[DECISION]:
        raise ValueError(f"{AMOUNT} or {ABOUT} without a {DECISION}")
    if cells[REASON] and not (cells[DECISION] or cells[WAIT] or cells[OWNER]):
        raise ValueError(f"{REASON} without a decision: a mere remark goes into {NOTE}")
    for answer in _answers(finding, cells):
        if not finding.is_open and answer.kind not in _OF_CLOSED_ONES:
            raise GoneError(f"{finding.code} is {finding.state.value} already: {finding.closed_by}")
        made = decision(finding, answer, key=_key(finding, answer, cells[EXPORTED]), by=by, at=at)
        if why := never_in_bulk(answer.kind, finding, limit, answer.amount):
            raise ValueError(f"{why}: exceptions resolve {finding.short_id}")
        yield made


def _key(finding: Finding, answer: Answer, mark: str) -> FactKey:
    """A key that the same answer in the same export makes again; it ends with the finding's, as all decisions do."""
    said = sha256(msgspec.json.encode((answer, mark))).hexdigest()[:16]
    return decision_key("resolution", f"list{said}-{finding_id(finding.key)}")


def _answers(finding: Finding, cells: Mapping[str, str]) -> Iterator[Answer]:
    """What the columns of a row say, one by one."""
    if cells[NOTE]:
        yield Answer(kind=_R.NOTE, reason=cells[NOTE])
    if cells[OWNER]:
        yield Answer(kind=_R.ASSIGN, owner=cells[OWNER], reason=cells[REASON])
    if cells[WAIT]:
        yield Answer(kind=_R.WAIT_UNTIL, until=read_day(cells[WAIT]), reason=cells[REASON])
    if cells[DECISION]:
        yield _answer(finding, cells)


def _answer(finding: Finding, cells: Mapping[str, str]) -> Answer:
    kind, about = _kind(finding, cells[DECISION]), cells[ABOUT]
    if kind in _WITH_ABOUT and not about:
        raise ValueError(f"{cells[DECISION]} needs {ABOUT}: {_WITH_ABOUT[kind]}")
    if about and kind not in _MAY_HAVE_ABOUT:
        raise ValueError(f"{cells[DECISION]} takes no {ABOUT}: a remark goes into {REASON}")
    if kind is _R.CHOOSE_MATCH and about.isdecimal():
        return msgspec.structs.replace(suggested(finding, int(about)), reason=cells[REASON])
    targets = tuple(about.split()) if kind is _R.CHOOSE_MATCH else ()
    account = None if targets else about or None
    return Answer(kind=kind, targets=targets, amount=_amount(kind, cells), account=account, reason=cells[REASON])


def _kind(finding: Finding, said: str) -> ResolutionKind:
    kind = WORDS.get("-".join(said.lower().replace("_", " ").split()))
    makes_sense = [word for word, one in WORDS.items() if one in finding.answers]
    if kind is None:
        raise ValueError(f"“{said[:30]}” is no decision; for {finding.code} these make sense: {', '.join(makes_sense)}")
    if kind is not _R.REOPEN and kind not in finding.answers:
        raise ValueError(f"{said} does not fit {finding.code}; these make sense: {', '.join(makes_sense)}")
    return kind


def _amount(kind: ResolutionKind, cells: Mapping[str, str]) -> Money | None:
    if kind not in _WITH_AMOUNT:
        if cells[AMOUNT]:
            raise ValueError(f"{cells[DECISION]} takes no {AMOUNT}")
        return None
    if not cells[AMOUNT]:
        raise ValueError(f"{cells[DECISION]} needs {AMOUNT}")
    try:
        return parse_money(cells[AMOUNT])
    except MoneyError as error:
        raise ValueError(str(error)) from None
