"""The questions of each practice's last review, one row each: what the work list shows, filters, sorts and sums.

A row stands in two tables: what lists need in `findings`, and the finding itself, which only its own page reads, in
`finding_bodies`. A review writes the rows that changed and no others. What a person decides is noted on its row at
once, so that the list tells it before the next turn has counted it; the decision itself is a document like any other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, select

from hhs_sync.errors import StoreError
from hhs_sync.money import Money
from hhs_sync.store import schema
from hhs_sync.store.bulk import insert
from hhs_sync.store.database import Database
from hhs_sync.store.documents import parts

OPEN, WAITING, DECIDED, CLOSED = "open", "waiting", "decided", "closed"
STATES = (OPEN, WAITING, DECIDED, CLOSED)
SEVERITIES = range(4)
ID_LENGTH = 12
SHORT = 7
"""The beginning of an id that people see and type."""
SEARCH_MAX = 600
"""Letters of a row that are searched: PostgreSQL takes 2,700 bytes into an index, and a letter is four at most."""
FEW = 500
"""So many rows are found by their ids; where words leave more, the next page of them is near in any order."""
ORDERS = ("due", "severity", "amount", "since", "code", "payer", "owner", "practice")


class FindingRow(Struct, frozen=True, kw_only=True):
    """One line of the work list.

    `client` is the client's code, `payer_name` and `clinician` are as people call them, `service` the day or days in
    words. `severity` is 0 for the most pressing; `exact` says that one suggestion alone fits in every respect;
    `counted` is the part of `amount` (cents) that no other row counts; `decided` says in words what a person has
    answered since the last turn.
    """

    practice: str
    id: str
    key: str
    code: str
    severity: int
    state: str
    due: dt.date
    since: dt.date
    owner: str
    payer: str = ""
    payer_name: str = ""
    client: str = ""
    clinician: str = ""
    service: str = ""
    amount: Money
    counted: Money
    items: int = 1
    exact: bool = False
    says: str
    decided: str = ""
    search: str = ""


class Wanted(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which rows. Empty means all of them. `practices` is what the person may see: an empty tuple shows nothing.

    `code` is a code or the group that it begins with; `payer` a payer's id; `before` and `after` bound the day on which
    the question arose; `due` is the last due day. Each word of `text` must stand somewhere in the row.
    Where `ids` are given, the rows of `practices` with these ids are wanted, and nothing else counts.
    """

    practices: tuple[str, ...] | None = None
    states: tuple[str, ...] = (OPEN,)
    owners: tuple[str, ...] = ()
    code: str = ""
    payer: str = ""
    severity: int | None = None
    after: dt.date | None = None
    before: dt.date | None = None
    due: dt.date | None = None
    exact: bool | None = None
    text: str = ""
    ids: tuple[str, ...] | None = None


class Sum(Struct, frozen=True):
    """How many rows of a severity, and their money in cents."""

    severity: int
    count: int
    amount: Money


class Pressing(Struct, frozen=True):
    """How many questions of a practice are open and their money in cents, and the same of those due by certain days."""

    count: int
    amount: Money
    due: tuple[tuple[int, Money], ...]


class Kept(Struct, frozen=True):
    """A finding as it is kept: its row, its body, and what was decided about it since (JSON)."""

    row: FindingRow
    body: bytes
    decisions: bytes | None


def finding_id(key: str) -> str:
    """The name of a finding in addresses and rows."""
    return hashlib.sha256(key.encode()).hexdigest()[:ID_LENGTH]


class Findings:
    """The work lists of all practices."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def narrowed(self, wanted: Wanted) -> Wanted:
        """The same question by ids, where its words leave few rows: they are looked for once for list and sums."""
        if not wanted.text.split():
            return wanted
        table = schema.findings
        query = select(table.c.practice, table.c.id).where(self._matches(wanted)).limit(FEW + 1)
        with self._database.read() as connection:
            found = connection.execute(query).all()
        if len(found) > FEW:
            return wanted
        return Wanted(practices=tuple({one.practice for one in found}), ids=tuple(one.id for one in found))

    def rows(
        self, wanted: Wanted, *, order: str = "due", descending: bool = False, limit: int = 100, offset: int = 0
    ) -> list[FindingRow]:
        """The rows that are wanted, in order: by due date, severity and money unless told otherwise."""
        table = schema.findings
        query = select(*[table.c[name] for name in FindingRow.__struct_fields__]).where(self._matches(wanted))
        query = query.order_by(*_order(order, descending=descending)).limit(limit).offset(offset)
        with self._database.read() as connection:
            return [_row(one) for one in connection.execute(query)]

    def sums(self, wanted: Wanted) -> list[Sum]:
        """How many rows are wanted and their money, by severity, the most pressing first."""
        table = schema.findings
        # Sums beside each other are one walk over the index; grouped, the database would sort the rows first.
        columns = [
            one
            for severity in SEVERITIES
            for one in (
                func.count().filter(table.c.severity == severity),
                func.sum(table.c.counted).filter(table.c.severity == severity),
            )
        ]
        with self._database.read() as connection:
            found = connection.execute(select(*columns).where(self._matches(wanted))).one()
        told = zip(SEVERITIES, found[::2], found[1::2], strict=True)
        return [Sum(severity, count, int(amount)) for severity, count, amount in told if count]

    def pressing(self, practices: Iterable[str], days: Sequence[dt.date]) -> dict[str, Pressing]:
        """What is open in each of these practices, and what of it is due by each of these days."""
        table = schema.findings
        columns: list[ColumnElement[Any]] = [func.count(), func.sum(table.c.counted)]
        for day in days:
            is_due = table.c.due <= day.isoformat()
            columns += [func.sum(case((is_due, 1), else_=0)), func.sum(case((is_due, table.c.counted), else_=0))]
        wanted = (table.c.state == OPEN) & table.c.practice.in_(list(practices))
        query = select(table.c.practice, *columns).where(wanted).group_by(table.c.practice)
        with self._database.read() as connection:
            return {
                practice: Pressing(
                    int(count), int(amount), tuple(zip(map(int, due[::2]), map(int, due[1::2]), strict=True))
                )
                for practice, count, amount, *due in connection.execute(query)
            }

    def choices(self, practices: Iterable[str]) -> dict[str, dict[str, str]]:
        """The owners and the payers (by id) of the last reviews of these practices, and what each is called."""
        table = schema.finding_choices
        query = select(table.c.kind, table.c.value, table.c.name).distinct()
        found: dict[str, dict[str, str]] = {"owner": {}, "payer": {}}
        with self._database.read() as connection:
            for kind, value, name in connection.execute(query.where(table.c.practice.in_(list(practices)))):
                found[kind][value] = name
        return found

    def one(self, practice: str, name: str) -> Kept | None:
        """One finding by its id or the beginning of it; None when there is none. Raises StoreError for several."""
        table = schema.findings
        query = (
            select(table.c.id)
            .where(table.c.practice == practice, table.c.id.startswith(name.lower(), autoescape=True))
            .limit(2)
        )
        with self._database.read() as connection:
            found = connection.execute(query).scalars().all()
            if len(found) > 1:
                raise StoreError(f"{name!r} begins the id of several exceptions: give more of it")
            return _kept(connection, practice, found[0]) if found else None

    def bodies(self, practice: str) -> list[bytes]:
        """Every finding of the practice's last review, as JSON."""
        table = schema.finding_bodies
        query = select(table.c.body).where(table.c.practice == practice)
        with self._database.read() as connection:
            return [zlib.decompress(body) for body in connection.execute(query).scalars()]

    def save(self, practice: str, found: Sequence[tuple[FindingRow, bytes]], is_known: Callable[[bytes], bool]) -> int:
        """Take these for all there is; tell how many rows were added, changed or removed.

        `is_known` tells of noted decisions whether this review has counted them all: a person may have decided while it
        was made, and that row stays as it was left until the next one.
        """
        with self._database.write(practice) as connection:
            return save(connection, practice, found, is_known)

    def note(self, row: FindingRow, decisions: bytes) -> None:
        """Keep a row as decisions have left it, and the decisions; the next review that knows them writes it anew."""
        table, bodies = schema.findings, schema.finding_bodies
        changed = {name: _plain(getattr(row, name)) for name in ("state", "due", "owner", "decided")}
        with self._database.write(row.practice) as connection:
            mine = (table.c.practice == row.practice) & (table.c.id == row.id)
            connection.execute(table.update().where(mine).values(**changed, digest=""))
            mine = (bodies.c.practice == row.practice) & (bodies.c.id == row.id)
            connection.execute(bodies.update().where(mine).values(decisions=decisions))

    def _matches(self, wanted: Wanted) -> ColumnElement[bool]:
        """The condition for the rows that are wanted. Named by ids they are looked up by the key, and nothing else."""
        table = schema.findings
        if wanted.ids is not None:
            return table.c.practice.in_(wanted.practices or ()) & table.c.id.in_(wanted.ids)
        said: list[ColumnElement[bool]] = [table.c.state.in_(wanted.states)]
        if wanted.practices is not None:
            said.append(table.c.practice.in_(wanted.practices))
        if wanted.owners:
            said.append(table.c.owner.in_(wanted.owners))
        if wanted.code:
            code = wanted.code.upper()
            said.append(table.c.code.between(code, code + "~"))
        said.extend(
            table.c[name] == value
            for name in ("payer", "severity", "exact")
            if (value := getattr(wanted, name)) not in ("", None)
        )
        if wanted.after is not None:
            said.append(table.c.since >= wanted.after.isoformat())
        if wanted.before is not None:
            said.append(table.c.since <= wanted.before.isoformat())
        if wanted.due is not None:
            said.append(table.c.due <= wanted.due.isoformat())
        # Both find a text within another without the patterns of LIKE, which take three times as long.
        place = func.instr if self._database.is_sqlite else func.strpos
        said.extend(place(table.c.search, word) > 0 for word in wanted.text.lower().split())
        return and_(*said)


def save(
    connection: Connection,
    practice: str,
    found: Sequence[tuple[FindingRow, bytes]],
    is_known: Callable[[bytes], bool],
) -> int:
    """Write what differs within the caller's transaction."""
    table, bodies = schema.findings, schema.finding_bodies
    known = select(table.c.id, table.c.digest).where(table.c.practice == practice)
    before = {row.id: row.digest for row in connection.execute(known)}
    noted = select(bodies.c.id, bodies.c.decisions).where(
        bodies.c.practice == practice, bodies.c.decisions.is_not(None)
    )
    waiting = {name for name, decisions in connection.execute(noted) if not is_known(decisions)}
    digests = {row.id: _digest(row, body) for row, body in found}
    changed = [(row, body) for row, body in found if before.get(row.id) != digests[row.id] and row.id not in waiting]
    gone = before.keys() - digests.keys() - waiting
    for part in parts({*gone, *(row.id for row, _ in changed)}):
        for one in (table, bodies):
            connection.execute(one.delete().where(one.c.practice == practice, one.c.id.in_(part)))
    names = FindingRow.__struct_fields__
    insert(
        connection,
        table,
        (*names, "digest"),
        [(*(_plain(getattr(row, name)) for name in names), digests[row.id]) for row, _ in changed],
    )
    insert(
        connection,
        bodies,
        ("practice", "id", "body"),
        [(practice, row.id, zlib.compress(body, 1)) for row, body in changed],
    )
    if changed or gone:
        _save_choices(connection, practice, [row for row, _ in found])
    return len(changed) + len(gone)


def _save_choices(connection: Connection, practice: str, rows: Sequence[FindingRow]) -> None:
    """What the filters offer."""
    table = schema.finding_choices
    offered = {("owner", row.owner, row.owner) for row in rows}
    offered |= {("payer", row.payer, row.payer_name) for row in rows if row.payer}
    connection.execute(table.delete().where(table.c.practice == practice))
    insert(connection, table, ("practice", "kind", "value", "name"), [(practice, *one) for one in sorted(offered)])


def _order(order: str, *, descending: bool) -> list[ColumnElement[Any]]:
    """The columns to sort by: the one asked for, then those of the work list."""
    table = schema.findings
    asked = {"payer": "payer_name"}.get(order, order)
    first = table.c[asked] if order in ORDERS else table.c.due
    rest = [table.c.due, table.c.severity, table.c.amount.desc(), table.c.practice, table.c.id]
    return [first.desc() if descending else first, *(one for one in rest if one is not first)]


def _kept(connection: Connection, practice: str, name: str) -> Kept:
    table, bodies = schema.findings, schema.finding_bodies
    row = connection.execute(select(table).where(table.c.practice == practice, table.c.id == name)).one()
    body = connection.execute(select(bodies).where(bodies.c.practice == practice, bodies.c.id == name)).one()
    return Kept(_row(row), zlib.decompress(body.body), body.decisions)


def _row(row: Row[Any]) -> FindingRow:
    told = {name: getattr(row, name) for name in FindingRow.__struct_fields__}
    return FindingRow(
        **{**told, "due": dt.date.fromisoformat(row.due), "since": dt.date.fromisoformat(row.since)}
    )  # fmt: skip


def _plain(value: object) -> object:
    """A value as it is stored: days are ISO texts."""
    return value.isoformat() if isinstance(value, dt.date) else value


def _digest(row: FindingRow, body: bytes) -> str:
    told = "\x00".join(str(getattr(row, name)) for name in FindingRow.__struct_fields__)
    return hashlib.sha256(told.encode() + b"\x00" + body).hexdigest()[:32]
