"""TOML text to Rules, with every mistake at once, each with file and line.

The files of a mappings folder hold tables of rules; which file a table stands in does not matter:

    [[accounts]] [[payers]] [[payer_names]] [[services]] [[reasons]] [[provider_reasons]] [[clinicians]] [[rates]]
    [[processors]] [collections] [client_deposits]

A practice may have several folders, read one after the other: a later folder adds rows, and a row of the same identity
(the same payer id, the same reason from the same day on) replaces the earlier folder's. Within one folder a row that
stands twice is a mistake. Each row is made by one line of FIELDS per key; a rule that would need a condition is code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple, TypeAlias, TypeVar

from msgspec import structs

from hhs_sync.errors import MappingError, MoneyError
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.check import check_rules
from hhs_sync.mapping.lines import KeyPath, Lines, parse_toml
from hhs_sync.mapping.rules import (
    Clinician,
    LedgerAccount,
    Payer,
    PayerFamily,
    Practice,
    ProviderReason,
    Rate,
    Reason,
    Rules,
    Service,
    Thresholds,
    Treatment,
)
from hhs_sync.mapping.thresholds import COLLECTIONS, read_thresholds
from hhs_sync.money import parse_money

Layer: TypeAlias = Mapping[str, str]
"""The files of one folder: name to text."""

RuleT = TypeVar("RuleT")
EnumT = TypeVar("EnumT", bound=Enum)


def read_rules(layers: Sequence[Layer], practice: Practice, thresholds: Mapping[str, Any] | None = None) -> Rules:
    """The rules of a practice from the files of its folders.

    `thresholds` are those that the practice's own section of the config names; they outrank `[collections]`. Raises
    MappingError with every mistake: of form, of values, and of rules that contradict each other (see check.py).
    """
    found = _Found()
    for layer in layers:
        found.begin_layer()
        for name in sorted(layer):
            _read_file(name, layer[name], found)
    limits = Thresholds(**{**found.thresholds, **(thresholds or {})})
    rules = Rules(
        practice=structs.replace(practice, thresholds=limits),
        payers=found.payers(),
        services=found.rules(Service),
        reasons=found.rules(Reason),
        provider_reasons=found.rules(ProviderReason),
        accounts=found.rules(LedgerAccount),
        clinicians=found.rules(Clinician),
        rates=found.rules(Rate),
        **found.texts,
    )
    mistakes = (*found.mistakes, *check_rules(rules))
    if mistakes:
        raise MappingError(mistakes)
    return rules


# --- values: each function turns what TOML gave into a value, or raises _WrongError with what it should have been


class _WrongError(Exception):
    """What a value should have been; `at` leads to it where it lies within the value of a key."""

    def __init__(self, said: str, at: KeyPath = ()) -> None:
        super().__init__(said)
        self.at = at


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _WrongError("must be a text in quotation marks")
    return value.strip()


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (_text(value),)
    if not isinstance(value, list):
        raise _WrongError('must be a list of texts: ["...", "..."]')
    return tuple(_text(one) for one in value)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _WrongError("must be a whole number, zero or more")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongError("must be true or false")
    return value


def _day(value: object) -> dt.date:
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise _WrongError("must be a day, without quotation marks: 2026-01-31")
    return value


def _amount(value: object) -> int:
    """Cents. A TOML number would be a float, so an amount stands in quotation marks."""
    try:
        return parse_money(value) if isinstance(value, str) else _no_amount()
    except MoneyError:
        return _no_amount()


def _no_amount() -> int:
    raise _WrongError('must be an amount in quotation marks: "125.00"')


def _words(kind: type[EnumT]) -> Callable[[object], EnumT]:
    def read(value: object) -> EnumT:
        for member in kind:
            if value == member.value:
                return member
        raise _WrongError("must be one of: " + ", ".join(str(member.value) for member in kind))

    return read


def _account(value: object) -> Account:
    if isinstance(value, str) and value in Account.__members__:
        return Account[value]
    raise _WrongError("is no account of the sub-ledger; there are: " + ", ".join(Account.__members__))


def _one_of(*words: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value in words:
            return str(value)
        raise _WrongError("must be one of: " + ", ".join(words))

    return read


def _amounts(value: object) -> dict[str, int]:
    if not isinstance(value, dict) or not value:
        raise _WrongError('must be a table of code = "amount"')
    amounts: dict[str, int] = {}
    for code, amount in value.items():
        try:
            amounts[code] = _amount(amount)
        except _WrongError as error:
            raise _WrongError(f"{code} {error}", (code,)) from None
    return amounts


# --- tables: which keys a row has, and the rules that it makes


class _Field(NamedTuple):
    read: Callable[[Any], Any]
    required: bool = False


class _Row(NamedTuple):
    """One table: its keys, and how a row's values become rules with their identities."""

    fields: Mapping[str, _Field]
    make: Callable[[dict[str, Any]], Iterable[tuple[tuple[object, ...], Any]]]


def _make_reasons(row: dict[str, Any]) -> Iterator[tuple[tuple[object, ...], Reason]]:
    """One row may speak for several groups and codes: each pair is a rule of its own."""
    groups, codes = row.pop("groups"), row.pop("codes")
    for group in groups:
        for code in codes:
            rule = Reason(group=group, code=code, **row)
            yield (rule.group, rule.code, rule.payer, rule.first), rule


def _make_provider_reasons(row: dict[str, Any]) -> Iterator[tuple[tuple[object, ...], ProviderReason]]:
    for code in row.pop("codes"):
        rule = ProviderReason(code=code, **row)
        yield (rule.code, rule.payer, rule.first), rule


def _make_rates(row: dict[str, Any]) -> Iterator[tuple[tuple[object, ...], Rate]]:
    """A fee schedule: "90837 95" is a code and its modifiers."""
    for key, amount in row.pop("amounts").items():
        code, *modifiers = key.upper().split()
        rule = Rate(code=code, modifiers=tuple(modifiers), amount=amount, **row)
        yield (rule.payer, rule.code, rule.modifiers, rule.clinician, rule.level, rule.first), rule


def _single(kind: Callable[..., RuleT], identity: str) -> Callable[[dict[str, Any]], Iterable[Any]]:
    def make(row: dict[str, Any]) -> Iterable[tuple[tuple[object, ...], RuleT]]:
        return (((row[identity],), kind(**row)),)

    return make


_REQUIRED = True

TABLES: dict[str, _Row] = {
    "accounts": _Row(
        {
            "account": _Field(_account, _REQUIRED),
            "number": _Field(_text, _REQUIRED),
            "name": _Field(_text, _REQUIRED),
            "type": _Field(_text, _REQUIRED),
            "subtype": _Field(_text),
            "item": _Field(_text),
        },
        _single(LedgerAccount, "account"),
    ),
    "payers": _Row(
        {
            "id": _Field(_text, _REQUIRED),
            "name": _Field(_text, _REQUIRED),
            "family": _Field(_words(PayerFamily), _REQUIRED),
            "names": _Field(_texts),
            "ids": _Field(_texts),
            "bank_texts": _Field(_texts),
            "filing_limit_days": _Field(_number),
            "answer_days": _Field(_number),
            "sequestration": _Field(_flag),
        },
        _single(Payer, "id"),
    ),
    "payer_names": _Row(
        {"payer": _Field(_text, _REQUIRED), "names": _Field(_texts, _REQUIRED)},
        lambda row: (((row["payer"], name.upper()), (row["payer"], name, row["where"])) for name in row["names"]),
    ),
    "services": _Row(
        {
            "code": _Field(_text, _REQUIRED),
            "kind": _Field(_one_of("session", "no_show", "other")),
            "minutes": _Field(_number),
        },
        _single(Service, "code"),
    ),
    "reasons": _Row(
        {
            "groups": _Field(_texts, _REQUIRED),
            "codes": _Field(_texts, _REQUIRED),
            "treatment": _Field(_words(Treatment), _REQUIRED),
            "says": _Field(_text),
            "payer": _Field(_text),
            "first": _Field(_day),
        },
        _make_reasons,
    ),
    "provider_reasons": _Row(
        {
            "codes": _Field(_texts, _REQUIRED),
            "account": _Field(_account, _REQUIRED),
            "says": _Field(_text),
            "payer": _Field(_text),
            "first": _Field(_day),
        },
        _make_provider_reasons,
    ),
    "clinicians": _Row(
        {
            "id": _Field(_text, _REQUIRED),
            "class_name": _Field(_text, _REQUIRED),
            "npi": _Field(_text),
            "level": _Field(_text),
            "names": _Field(_texts),
        },
        _single(Clinician, "id"),
    ),
    "rates": _Row(
        {
            "payer": _Field(_text, _REQUIRED),
            "clinician": _Field(_text),
            "level": _Field(_text),
            "first": _Field(_day),
            "amounts": _Field(_amounts, _REQUIRED),
        },
        _make_rates,
    ),
    "processors": _Row(
        {"text": _Field(_text, _REQUIRED), "processor": _Field(_text, _REQUIRED)},
        lambda row: (((row["text"],), (row["text"].upper(), row["processor"])),),
    ),
}

KINDS: dict[type, str] = {
    LedgerAccount: "accounts",
    Payer: "payers",
    Service: "services",
    Reason: "reasons",
    ProviderReason: "provider_reasons",
    Clinician: "clinicians",
    Rate: "rates",
}


class _Found:
    """What has been read so far, of all layers."""

    def __init__(self) -> None:
        self.mistakes: list[str] = []
        self.thresholds: dict[str, Any] = {}
        self.deposit_texts: tuple[str, ...] | None = None
        self._rules: dict[str, dict[tuple[object, ...], Any]] = {}
        self._places: dict[tuple[object, ...], str] = {}

    def begin_layer(self) -> None:
        """From here on a row that was read before is replaced, not doubled."""
        self._places = {}

    def add(self, table: str, identity: tuple[object, ...], rule: object, where: str) -> None:
        before = self._places.get((table, *identity))
        if before is not None:
            self.mistakes.append(f"{where}: the same row of [[{table}]] stands already at {before}")
            return
        self._places[(table, *identity)] = where
        self._rules.setdefault(table, {})[identity] = rule

    def rules(self, kind: type[RuleT]) -> tuple[RuleT, ...]:
        return tuple(self._rules.get(KINDS[kind], {}).values())

    def payers(self) -> tuple[Payer, ...]:
        """The payers, each with the further names that other tables give it."""
        known = {one.id: one for one in self.rules(Payer)}
        for payer, name, where in self._rules.get("payer_names", {}).values():
            if payer not in known:
                self.mistakes.append(f"{where}: there is no payer {payer}")
            else:
                known[payer] = structs.replace(known[payer], names=(*known[payer].names, name))
        return tuple(known.values())

    @property
    def texts(self) -> dict[str, Any]:
        """What bank lines say; left to the defaults of Rules where no file speaks of it."""
        found: dict[str, Any] = {}
        if "processors" in self._rules:
            found["processor_texts"] = tuple(self._rules["processors"].values())
        if self.deposit_texts is not None:
            found["client_deposit_texts"] = self.deposit_texts
        return found


def _read_file(name: str, text: str, found: _Found) -> None:
    values, mistake = parse_toml(text, name)
    if mistake:
        found.mistakes.append(mistake)
        return
    lines = Lines(text, name)
    for table, content in values.items():
        path: KeyPath = (table,)
        if table in TABLES:
            if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
                found.mistakes.append(f"{lines.where(path)}: write each row under a header of its own: [[{table}]]")
                continue
            for number, row in enumerate(content):
                _read_row(table, row, (table, number), lines, found)
        elif table == "collections" and isinstance(content, dict):
            limits, mistakes = read_thresholds(content, COLLECTIONS)
            found.thresholds.update(limits)
            found.mistakes += [f"{lines.where((table, key))}: {key} {problem}" for key, problem in mistakes]
        elif table == "client_deposits" and isinstance(content, dict):
            _read_deposit_texts(content, lines, found)
        else:
            known = ", ".join([*TABLES, "collections", "client_deposits"])
            found.mistakes.append(f"{lines.where(path)}: {table} is no table of rules; there are: {known}")


def _read_row(table: str, row: dict[str, Any], path: KeyPath, lines: Lines, found: _Found) -> None:
    fields = TABLES[table].fields
    given: dict[str, Any] = {}
    before = len(found.mistakes)
    for key, value in row.items():
        if key not in fields:
            known = ", ".join(fields)
            found.mistakes.append(f"{lines.where((*path, key))}: [[{table}]] has no key {key}; there are: {known}")
            continue
        try:
            given[key] = fields[key].read(value)
        except _WrongError as error:
            found.mistakes.append(f"{lines.where((*path, key, *error.at))}: {key} {error}")
    lacking = [key for key, field in fields.items() if field.required and key not in row]
    if lacking:
        found.mistakes.append(f"{lines.where(path)}: [[{table}]] lacks {', '.join(lacking)}")
    if len(found.mistakes) > before:
        return
    where = lines.where(path)
    if table != "processors":
        given["where"] = where
    for identity, rule in TABLES[table].make(given):
        found.add(table, identity, rule, where)


def _read_deposit_texts(content: dict[str, Any], lines: Lines, found: _Found) -> None:
    for key, value in content.items():
        place = lines.where(("client_deposits", key))
        if key != "texts":
            found.mistakes.append(f"{place}: [client_deposits] has no key {key}; there is: texts")
            continue
        try:
            found.deposit_texts = tuple(one.upper() for one in _texts(value))
        except _WrongError as error:
            found.mistakes.append(f"{place}: {key} {error}")
