"""Queries answered: which rows fit, in which order, and which page of them.

At most 1000 rows come back, 100 unless asked, the first row is 1. Members of a list that were made inactive are hidden
unless a condition names Active.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from hhs_sync.quickbooks.simulator import properties
from hhs_sync.quickbooks.simulator.clock import PACIFIC
from hhs_sync.quickbooks.simulator.company import UNIQUE_NAMES, Company
from hhs_sync.quickbooks.simulator.kind import Kind
from hhs_sync.quickbooks.simulator.statement import Condition, Query, invalid, read
from hhs_sync.quickbooks.simulator.wire import Fields

TAX_CODE_EXTRA = 3
"""TaxCode answers three rows more than it was asked for."""

STANDS_FOR = ("value", "Address", "FreeFormNumber", "URI")
"""What an object is compared by, where a condition names no more than the object."""

_MOMENT = re.compile(r"^\d{4}-\d{2}-\d{2}T")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def run(company: Company, statement: str) -> Fields:
    """The QueryResponse of a statement."""
    query = read(statement)
    if company.settings.unknown_properties == "refused":
        _refuse_unknown(company, query)
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


def _refuse_unknown(company: Company, query: Query) -> None:
    """Every attribute named is one that the kind has, by the table of properties or on an object that is there."""
    listed = properties.table().get(query.kind.name)
    if listed is None:
        return
    known = {name.casefold() for name in listed}
    conditions, order = (one.field for one in query.conditions), (field for field, _ in query.order)
    for field in (*query.fields, *conditions, *order):
        first = field.split(".")[0]
        rows = company.tables[query.kind.name].values()
        if first.casefold() not in known and not any(_values(row, (first.casefold(),)) for row in rows):
            raise invalid(f"QueryValidationError: Property {first} not found for Entity {query.kind.name}")


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
    """What stands under a dotted path, however its names are capitalised.

    A reference stands for its id, an e-mail address, a telephone number and a web address for themselves.
    """
    if isinstance(fields, list):
        return [value for item in fields for value in _values(item, path)]
    if not path:
        if isinstance(fields, dict):
            return [fields[name] for name in STANDS_FOR if name in fields]
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
