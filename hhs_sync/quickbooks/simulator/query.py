r"""The query language: SELECT ... FROM Kind [WHERE ...] [ORDERBY ...] [STARTPOSITION n] [MAXRESULTS m].

Names ignore case, fields may be dotted (MetaData.LastUpdatedTime, Line.Id), conditions are joined by AND only, an
apostrophe inside a text is written \' and a backslash \\. At most 1000 rows come back, 100 unless asked, the first
row is 1. Members of a list that were made inactive are hidden unless a condition names Active.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from hhs_sync.quickbooks.simulator.clock import PACIFIC
from hhs_sync.quickbooks.simulator.company import UNIQUE_NAMES, Company
from hhs_sync.quickbooks.simulator.kind import Kind
from hhs_sync.quickbooks.simulator.kinds import BY_FOLDED_NAME
from hhs_sync.quickbooks.simulator.refusal import Refused
from hhs_sync.quickbooks.simulator.wire import Fields

ROWS_MAX = 1000
ROWS_DEFAULT = 100
TAX_CODE_EXTRA = 3
"""TaxCode answers three rows more than it was asked for."""

UNSEARCHABLE = {"PrivateNote", "Line", "CustomerMemo", "LinkedTxn", "CustomField"}
"""Attributes that no condition may name."""

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<word>[A-Za-z_][A-Za-z0-9_.]*)
      | (?P<number>[-+]?\d[\d.:TZ+\-]*)
      | (?P<sign><=|>=|!=|<>|[=<>(),*])
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")
_MOMENT = re.compile(r"^\d{4}-\d{2}-\d{2}T")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


class Condition(NamedTuple):
    """One comparison; `values` holds several for IN only."""

    field: str
    operator: str
    values: tuple[str, ...]


class Query(NamedTuple):
    """A statement, read."""

    kind: Kind
    fields: tuple[str, ...]
    """Empty for all."""
    counts: bool
    conditions: tuple[Condition, ...]
    order: tuple[tuple[str, bool], ...]
    """Field, and whether it descends."""
    start: int
    rows: int


def run(company: Company, statement: str) -> Fields:
    """The QueryResponse of a statement."""
    query = read(statement)
    found = _matching(company, query)
    if query.counts:
        return {"totalCount": sum(1 for _ in found)}
    rows = list(found)
    for field, descends in reversed(query.order):
        rows.sort(key=_sort_key(field), reverse=descends)
    if not query.order and query.kind.document:
        rows.reverse()
    most = query.rows + (TAX_CODE_EXTRA if query.kind.name == "TaxCode" else 0)
    page = rows[query.start - 1 : query.start - 1 + most]
    if not page:
        return {}
    shown = [query.kind.view(company, row) for row in page]
    if query.fields:
        shown = [_chosen(row, query.fields) for row in shown]
    return {query.kind.shown: shown, "startPosition": query.start, "maxResults": len(shown)}


def read(statement: str) -> Query:
    """The statement's parts; what cannot be read is refused (4000), what makes no sense too (4001)."""
    tokens = _Tokens(statement)
    tokens.expect("SELECT")
    fields, counts = _read_selection(tokens)
    tokens.expect("FROM")
    name = tokens.take_word("an entity")
    kind = BY_FOLDED_NAME.get(name.casefold())
    if kind is None:
        raise invalid(f"QueryValidationError: Entity {name} does not exist")
    conditions: list[Condition] = []
    if tokens.accept("WHERE"):
        conditions.append(_read_condition(tokens))
        while tokens.accept("AND"):
            conditions.append(_read_condition(tokens))
        if tokens.accept("OR"):
            raise unreadable("Encountered OR: conditions can be joined by AND only", statement)
    order = _read_order(tokens)
    start, rows = 1, ROWS_DEFAULT
    while not tokens.ended:
        if tokens.accept("STARTPOSITION"):
            start = tokens.take_count("STARTPOSITION")
        elif tokens.accept("MAXRESULTS"):
            rows = tokens.take_count("MAXRESULTS")
        elif tokens.accept("MINORVERSION"):
            tokens.take_count("MINORVERSION")
        elif tokens.accept("ORDERBY") or tokens.peek_is("ORDER"):
            raise unreadable("ORDERBY stands before STARTPOSITION and MAXRESULTS", statement)
        else:
            raise unreadable(f"Encountered {tokens.take()[1]}", statement)
    if start < 1:
        raise invalid("QueryValidationError: value STARTPOSITION should be greater than 0")
    if not 1 <= rows <= ROWS_MAX:
        raise invalid(f"QueryValidationError: value MAXRESULTS should be between 1 and {ROWS_MAX}")
    return Query(kind, fields, counts, tuple(conditions), order, start, rows)


def unreadable(why: str, statement: str) -> Refused:
    """4000: the statement is no query."""
    return Refused("4000", "Error parsing query", f"QueryParserError: {why} in: {statement}")


def invalid(why: str) -> Refused:
    """4001: the statement asks for what cannot be."""
    return Refused("4001", "Invalid query", why)


class _Tokens:
    """The words, texts, numbers and signs of a statement, taken one after the other."""

    def __init__(self, statement: str) -> None:
        self.statement = statement
        self.place = 0
        self.items: list[tuple[str, str]] = []
        place, end = 0, len(statement.rstrip())
        while place < end:
            match = _TOKEN.match(statement, place)
            if match is None or match.lastgroup is None:
                raise unreadable(f"Lexical error at position {place + 1}", statement)
            said = match.group(match.lastgroup)
            if match.lastgroup == "text":
                said = _ESCAPE.sub(r"\1", said[1:-1])
            self.items.append((match.lastgroup, said))
            place = match.end()

    @property
    def ended(self) -> bool:
        return self.place >= len(self.items)

    def peek_is(self, word: str) -> bool:
        return not self.ended and self.items[self.place][0] != "text" and self.items[self.place][1].upper() == word

    def accept(self, word: str) -> bool:
        if self.peek_is(word):
            self.place += 1
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.accept(word):
            raise unreadable(f"Expected {word}", self.statement)

    def take(self) -> tuple[str, str]:
        if self.ended:
            raise unreadable("The statement ends too early", self.statement)
        self.place += 1
        return self.items[self.place - 1]

    def take_word(self, what: str) -> str:
        sort, said = self.take()
        if sort != "word":
            raise unreadable(f"Expected {what}, found {said}", self.statement)
        return said

    def take_count(self, what: str) -> int:
        _, said = self.take()
        try:
            return int(said)
        except ValueError:
            raise unreadable(f"{what} needs a number, found {said}", self.statement) from None

    def take_value(self) -> str:
        sort, said = self.take()
        if sort == "sign":
            raise unreadable(f"Expected a value, found {said}", self.statement)
        return said


def _read_selection(tokens: _Tokens) -> tuple[tuple[str, ...], bool]:
    if tokens.accept("COUNT"):
        for sign in "(*)":
            tokens.expect(sign)
        return (), True
    fields = []
    everything = False
    while True:
        if tokens.accept("*"):
            everything = True
        else:
            fields.append(tokens.take_word("a field"))
            if tokens.accept("."):
                tokens.expect("*")
        if not tokens.accept(","):
            break
    return (() if everything else tuple(fields)), False


def _read_condition(tokens: _Tokens) -> Condition:
    field = tokens.take_word("a field")
    if field.split(".")[0] in UNSEARCHABLE:
        raise invalid(f"QueryValidationError: Property {field} is not queryable")
    if tokens.accept("IN"):
        tokens.expect("(")
        values = [tokens.take_value()]
        while tokens.accept(","):
            values.append(tokens.take_value())
        tokens.expect(")")
        return Condition(field, "IN", tuple(values))
    if tokens.accept("LIKE"):
        return Condition(field, "LIKE", (tokens.take_value(),))
    _, operator = tokens.take()
    if operator not in ("=", "!=", "<", ">", "<=", ">="):
        raise unreadable(f"{operator} is no operator", tokens.statement)
    return Condition(field, operator, (tokens.take_value(),))


def _read_order(tokens: _Tokens) -> tuple[tuple[str, bool], ...]:
    if not tokens.accept("ORDERBY"):
        if not tokens.accept("ORDER"):
            return ()
        tokens.expect("BY")
    order = []
    while True:
        field = tokens.take_word("a field")
        descends = tokens.accept("DESC")
        if not descends:
            tokens.accept("ASC")
        order.append((field, descends))
        if not tokens.accept(","):
            return tuple(order)


def _matching(company: Company, query: Query) -> Iterable[Fields]:
    tests = [_test(condition, query.kind) for condition in query.conditions]
    folded = {condition.field.casefold() for condition in query.conditions}
    hide_inactive = not query.kind.document and "active" not in folded
    computed = folded & {"balance", "balancewithjobs", "currentbalance", "currentbalancewithsubaccounts"}
    for fields in _candidates(company, query):
        if hide_inactive and fields.get("Active") is False:
            continue
        seen = query.kind.view(company, fields) if computed else fields
        if all(test(seen) for test in tests):
            yield fields


def _candidates(company: Company, query: Query) -> Iterable[Fields]:
    """The rows that can match at all: by an index where a condition names id, number, name or customer."""
    table = company.tables[query.kind.name]
    named = UNIQUE_NAMES.get(query.kind.name)
    for field, operator, values in query.conditions:
        if operator not in ("=", "IN"):
            continue
        lower = field.casefold()
        if lower == "id":
            return _found(table, sorted(set(values), key=_as_id))
        if lower == "docnumber":
            return _found(
                table, [found for value in values for found in company.numbers.get((query.kind.name, value), ())]
            )
        if named is not None and lower == named[1].casefold():
            holders = [company.names.get((named[0], value.casefold())) for value in values]
            return _found(table, [held[1] for held in holders if held is not None and held[0] == query.kind.name])
        if lower == "customerref":
            ids = [found for value in values for found in company.by_customer.get((query.kind.name, value), ())]
            return _found(table, sorted(ids, key=_as_id))
    return table.values()


def _as_id(object_id: str) -> tuple[int, str]:
    return (int(object_id) if object_id.isdigit() else 0, object_id)


def _found(table: dict[str, Fields], ids: Iterable[str]) -> list[Fields]:
    return [table[object_id] for object_id in ids if object_id in table]


def _test(condition: Condition, kind: Kind) -> Callable[[Fields], bool]:
    path = tuple(part.casefold() for part in condition.field.split("."))
    if condition.operator == "LIKE":
        pattern = re.compile(
            "".join(".*" if sign == "%" else re.escape(sign) for sign in condition.values[0]), re.IGNORECASE | re.DOTALL
        )
        return lambda fields: any(pattern.fullmatch(_shown(value)) for value in _values(fields, path))
    if condition.operator in ("=", "IN"):
        wanted = [_comparable(value) for value in condition.values]
        if path == ("id",):
            _refuse_no_id(condition, kind)
        return lambda fields: any(_equal(value, want) for value in _values(fields, path) for want in wanted)
    want = _comparable(condition.values[0])
    if condition.operator == "!=":
        return lambda fields: not any(_equal(value, want) for value in _values(fields, path))
    accepts = _ORDERINGS[condition.operator]
    return lambda fields: any(accepts(_compare(value, want)) for value in _values(fields, path))


def _refuse_no_id(condition: Condition, kind: Kind) -> None:
    """An id is a number, except that of a tax code."""
    for value in condition.values:
        if not value.isdigit() and kind.name != "TaxCode":
            raise invalid(f"QueryValidationError: Invalid value {value} for property Id")


_ORDERINGS: dict[str, Callable[[int], bool]] = {
    "<": lambda sign: sign < 0,
    ">": lambda sign: sign > 0,
    "<=": lambda sign: sign <= 0,
    ">=": lambda sign: sign >= 0,
}


def _values(fields: Any, path: tuple[str, ...]) -> list[Any]:
    """What stands under a dotted path, however its names are capitalised; a reference stands for its id."""
    if isinstance(fields, list):
        return [value for item in fields for value in _values(item, path)]
    if not path:
        if isinstance(fields, dict):
            return [fields["value"]] if "value" in fields else []
        return [fields]
    if not isinstance(fields, dict):
        return []
    for name, value in fields.items():
        if name.casefold() == path[0]:
            return _values(value, path[1:])
    return []


class _Comparable(NamedTuple):
    text: str
    number: Decimal | None
    moment: datetime | None


def _comparable(said: str) -> _Comparable:
    number = moment = None
    try:
        number = Decimal(said)
    except InvalidOperation:
        if _MOMENT.match(said):
            moment = _moment(said)
    return _Comparable(said.casefold(), number, moment)


def _moment(said: str) -> datetime | None:
    try:
        read_moment = datetime.fromisoformat(said)
    except ValueError:
        raise invalid(f"QueryValidationError: {said} is no date and time") from None
    if read_moment.tzinfo is None:
        return read_moment.replace(tzinfo=PACIFIC)
    return read_moment


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _equal(value: Any, want: _Comparable) -> bool:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return want.number is not None and value == want.number
    if want.moment is not None and isinstance(value, str):
        return _compare(value, want) == 0
    return _shown(value).casefold() == want.text


def _compare(value: Any, want: _Comparable) -> int:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        if want.number is None:
            raise invalid(f"QueryValidationError: {want.text} is no number")
        return (value > want.number) - (value < want.number)
    said = _shown(value)
    if want.moment is not None and _MOMENT.match(said):
        there = datetime.fromisoformat(said)
        return (there > want.moment) - (there < want.moment)
    if want.moment is not None and _DAY.match(said):
        return (said > want.text[:10]) - (said < want.text[:10])
    if said.isdigit() and want.number is not None:
        number = Decimal(said)
        return (number > want.number) - (number < want.number)
    if _MOMENT.match(said) and len(want.text) == 10:
        said = said[:10]
    folded = said.casefold()
    return (folded > want.text) - (folded < want.text)


def _sort_key(field: str) -> Callable[[Fields], tuple[int, Decimal, str]]:
    path = tuple(part.casefold() for part in field.split("."))

    def key(fields: Fields) -> tuple[int, Decimal, str]:
        values = _values(fields, path)
        if not values:
            return (0, Decimal(0), "")
        value = values[0]
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return (1, Decimal(value), "")
        said = _shown(value)
        if said.isdigit():
            return (1, Decimal(said), "")
        if _MOMENT.match(said):
            return (1, Decimal(str(datetime.fromisoformat(said).timestamp())), "")
        return (2, Decimal(0), said.casefold())

    return key


def _chosen(row: Fields, names: tuple[str, ...]) -> Fields:
    """Only the attributes asked for; QuickBooks adds domain and sparse, and keeps dotted ones nested."""
    wanted = {name.split(".")[0].casefold() for name in names}
    chosen = {name: value for name, value in row.items() if name.casefold() in wanted}
    return {**chosen, "domain": "QBO", "sparse": True}
