"""TOML text to Rules, with every mistake at once, each with file and line.

The files of a mappings folder hold tables of rules; which file a table stands in does not matter:

    [[accounts]] [[payers]] [[payer_names]] [[services]] [[reasons]] [[provider_reasons]] [[clinicians]] [[rates]]
    [[processors]] [collections] [client_deposits]

A practice may have several folders, read one after the other: a later folder adds rows, and a row of the same identity
(the same payer id, the same reason from the same day on) replaces the earlier folder's. Within one folder a row that
stands twice is a mistake. Each row is made by one line of FIELDS per key; a rule that would need a condition is code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from msgspec import structs

from hhs_sync.errors import MappingError
from hhs_sync.mapping import values
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

Layer: TypeAlias = Mapping[str, str]
"""The files of one folder: name to text."""

RuleT = TypeVar("RuleT")


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
            "account": _Field(values.account, _REQUIRED),
            "number": _Field(values.text, _REQUIRED),
            "name": _Field(values.text, _REQUIRED),
            "type": _Field(values.text, _REQUIRED),
            "subtype": _Field(values.text),
            "item": _Field(values.text),
        },
        _single(LedgerAccount, "account"),
    ),
    "payers": _Row(
        {
            "id": _Field(values.text, _REQUIRED),
            "name": _Field(values.text, _REQUIRED),
            "family": _Field(values.words(PayerFamily), _REQUIRED),
            "names": _Field(values.texts),
            "ids": _Field(values.texts),
            "bank_texts": _Field(values.texts),
            "filing_limit_days": _Field(values.number),
            "answer_days": _Field(values.number),
            "sequestration": _Field(values.flag),
        },
        _single(Payer, "id"),
    ),
    "payer_names": _Row(
        {"payer": _Field(values.text, _REQUIRED), "names": _Field(values.texts, _REQUIRED)},
        lambda row: (((row["payer"], name.upper()), (row["payer"], name, row["where"])) for name in row["names"]),
    ),
    "services": _Row(
        {
            "code": _Field(values.text, _REQUIRED),
            "kind": _Field(values.one_of("session", "no_show", "other")),
            "minutes": _Field(values.number),
        },
        _single(Service, "code"),
    ),
    "reasons": _Row(
        {
            "groups": _Field(values.texts, _REQUIRED),
            "codes": _Field(values.texts, _REQUIRED),
            "treatment": _Field(values.words(Treatment), _REQUIRED),
            "says": _Field(values.text),
            "payer": _Field(values.text),
            "first": _Field(values.day),
        },
        _make_reasons,
    ),
    "provider_reasons": _Row(
        {
            "codes": _Field(values.texts, _REQUIRED),
            "account": _Field(values.account, _REQUIRED),
            "says": _Field(values.text),
            "payer": _Field(values.text),
            "first": _Field(values.day),
        },
        _make_provider_reasons,
    ),
    "clinicians": _Row(
        {
            "id": _Field(values.text, _REQUIRED),
            "class_name": _Field(values.text, _REQUIRED),
            "npi": _Field(values.text),
            "level": _Field(values.text),
            "names": _Field(values.texts),
        },
        _single(Clinician, "id"),
    ),
    "rates": _Row(
        {
            "payer": _Field(values.text, _REQUIRED),
            "clinician": _Field(values.text),
            "level": _Field(values.text),
            "first": _Field(values.day),
            "amounts": _Field(values.amounts, _REQUIRED),
        },
        _make_rates,
    ),
    "processors": _Row(
        {"text": _Field(values.text, _REQUIRED), "processor": _Field(values.text, _REQUIRED)},
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
        except values.WrongError as error:
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
            found.deposit_texts = tuple(one.upper() for one in values.texts(value))
        except values.WrongError as error:
            found.mistakes.append(f"{place}: {key} {error}")
