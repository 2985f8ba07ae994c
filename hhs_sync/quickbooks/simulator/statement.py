r"""What a query says: SELECT ... FROM Kind [WHERE ...] [ORDERBY ...] [STARTPOSITION n] [MAXRESULTS m].

Names ignore case, fields may be dotted (MetaData.LastUpdatedTime, Line.Id), conditions are joined by AND only, an
apostrophe inside a text is written \' and a backslash \\.
"""

import re
from typing import NamedTuple

from hhs_sync.quickbooks.simulator.kind import Kind
from hhs_sync.quickbooks.simulator.kinds import BY_FOLDED_NAME
from hhs_sync.quickbooks.simulator.refusal import Refused

ROWS_MAX = 1000
ROWS_DEFAULT = 100

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


def read(statement: str) -> Query:
    """The statement's parts; what cannot be read is refused (4000), what makes no sense too (4001)."""
    if not statement.strip():
        raise unreadable('Encountered "<EOF>" at line 0, column 0. Was expecting: "select" ...', statement)
    tokens = _Tokens(statement)
    tokens.expect("SELECT")
    fields, counts = _read_selection(tokens)
    tokens.expect("FROM")
    name = tokens.take_word("an entity")
    kind = BY_FOLDED_NAME.get(name.casefold())
    if kind is None:
        raise invalid(f"QueryValidationError: Metadata not found for Entity: {name}")
    conditions = _read_conditions(tokens)
    order = _read_order(tokens)
    start, rows = _read_page(tokens)
    return Query(kind, fields, counts, conditions, order, start, rows)


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
            field = tokens.take_word("a field")
            if field.endswith("."):
                tokens.expect("*")
            fields.append(field.rstrip("."))
        if not tokens.accept(","):
            break
    return (() if everything else tuple(fields)), False


def _read_conditions(tokens: _Tokens) -> tuple[Condition, ...]:
    conditions: list[Condition] = []
    if tokens.accept("WHERE"):
        conditions.append(_read_condition(tokens))
        while tokens.accept("AND"):
            conditions.append(_read_condition(tokens))
        if tokens.accept("OR"):
            raise unreadable("Encountered OR: conditions can be joined by AND only", tokens.statement)
    return tuple(conditions)


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


def _read_page(tokens: _Tokens) -> tuple[int, int]:
    """The first row and the number of rows, in either order."""
    start, rows = 1, ROWS_DEFAULT
    while not tokens.ended:
        if tokens.accept("STARTPOSITION"):
            start = tokens.take_count("STARTPOSITION")
        elif tokens.accept("MAXRESULTS"):
            rows = tokens.take_count("MAXRESULTS")
        elif tokens.accept("MINORVERSION"):
            tokens.take_count("MINORVERSION")
        elif tokens.accept("ORDERBY") or tokens.peek_is("ORDER"):
            raise unreadable("ORDERBY stands before STARTPOSITION and MAXRESULTS", tokens.statement)
        else:
            raise unreadable(f"Encountered {tokens.take()[1]}", tokens.statement)
    for number in (start, rows):
        if number < 1:
            raise invalid(f"QueryValidationError: value {number} is too small. Min allowed value is 1")
    if rows > ROWS_MAX:
        raise invalid(f"QueryValidationError: value {rows} is too large. Max allowed value is {ROWS_MAX}")
    return start, rows
