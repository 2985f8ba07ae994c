"""Reading config.toml: every mistake at once, each with file and line; and what a practice's section leads to."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from hhs_sync.config.secret import REFERENCE
from hhs_sync.config.tables import (
    Config,
    DaemonConfig,
    DigestConfig,
    LogConfig,
    PracticeConfig,
    QuickBooksConfig,
    SmtpConfig,
    StoreConfig,
    Table,
    WebConfig,
)
from hhs_sync.connector import Connector, Settings, connector_class
from hhs_sync.errors import ConfigError, MappingError
from hhs_sync.facts.resolution_text import DECISIONS
from hhs_sync.mapping.lines import KeyPath, Lines, parse_toml
from hhs_sync.mapping.reader import read_rules
from hhs_sync.mapping.writer import DECIDED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hhs_sync.mapping.rules import Rules


def load_config(path: Path | str) -> Config:
    """Read the config. Raises ConfigError with every mistake, each with file and line."""
    path = Path(path).absolute()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError((f"{path}: the config can't be read: {type(error).__name__}",)) from None
    values, mistake = parse_toml(text, path.name)
    if mistake:
        raise ConfigError((mistake,))
    lines = Lines(text, path.name)
    prepared = _prepare(values, path.parent, lines)
    try:
        config = Config.model_validate({**prepared, "<path>": path}, context={"folder": path.parent})
    except ValidationError as error:
        raise ConfigError(_mistakes(error, values, lines)) from None
    mistakes = tuple(_contradictions(config, lines))
    if mistakes:
        raise ConfigError(mistakes)
    return config


def load_rules(practice: PracticeConfig, *, decided: str | None = None) -> Rules:
    """The practice's rules, from its mapping folders. Raises MappingError with every mistake, with file and line.

    `decided` stands in for the file of taught rules, to see what another one would do.
    """
    layers: list[Mapping[str, str]] = []
    mistakes: list[str] = []
    for folder in practice.mappings:
        try:
            layers.append({file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.toml"))})
        except (OSError, UnicodeDecodeError) as error:
            mistakes.append(f"{folder}: a file of this mappings folder can't be read: {type(error).__name__}")
        if not folder.is_dir():
            mistakes.append(f"{folder}: there is no such mappings folder")
    if mistakes:
        raise MappingError(tuple(mistakes))
    if decided is not None:
        layers[-1] = {**layers[-1], DECIDED: decided}
    return read_rules(layers, practice.as_rule(), practice.thresholds)


def open_connectors(practice: PracticeConfig) -> tuple[Connector, ...]:
    """The practice's connectors, ready to fetch, the program's own `decisions` last.

    Raises ConfigError with the mistakes of all of them.
    """
    opened: list[Connector] = []
    mistakes: list[str] = []
    for one in practice.connectors:
        try:
            opened.append(connector_class(one.use)(one.settings))
        except ConfigError as error:
            mistakes += [said if said.startswith(one.where) else f"{one.where}: {said}" for said in error.mistakes]
    if mistakes:
        raise ConfigError(tuple(mistakes))
    own = Settings(name=DECISIONS, base=Path(), options={}, time_zone=practice.time_zone)
    return (*opened, connector_class("resolutions")(own))


# --- before and after reading


def _prepare(values: dict[str, Any], folder: Path, lines: Lines) -> dict[str, Any]:
    """The values with what stands elsewhere put where it is needed: common QuickBooks keys, a connector's own keys."""
    prepared = {"store": {"url": "sqlite:///hhs_sync.db"}, "quickbooks": {}, **values}
    common = prepared["quickbooks"] if isinstance(prepared["quickbooks"], dict) else {}
    practices = values.get("practices", [])
    if not isinstance(practices, list):
        return prepared
    prepared["practices"] = [
        {
            **practice,
            "quickbooks": {**common, **own} if isinstance(own := practice.get("quickbooks", {}), dict) else own,
            "connectors": [
                _connector(table, folder, lines.where(("practices", number, "connectors", place)), practice)
                for place, table in enumerate(practice.get("connectors", []))
            ],
        }
        if isinstance(practice, dict)
        else practice
        for number, practice in enumerate(practices)
    ]
    return prepared


def _connector(table: object, folder: Path, where: str, practice: dict[str, Any]) -> object:
    if not isinstance(table, dict):
        return table
    named = {key: table[key] for key in ("use", "name") if key in table}
    options = {key: value for key, value in table.items() if key not in named}
    zone = str(practice.get("time_zone", "America/New_York"))
    return {**named, "options": options, "base": folder, "where": where, "time_zone": zone}


_TABLES: dict[tuple[str, ...], type[Table]] = {
    (): Config,
    ("store",): StoreConfig,
    ("quickbooks",): QuickBooksConfig,
    ("daemon",): DaemonConfig,
    ("digest",): DigestConfig,
    ("digest", "smtp"): SmtpConfig,
    ("log",): LogConfig,
    ("web",): WebConfig,
    ("practices",): PracticeConfig,
    ("practices", "quickbooks"): QuickBooksConfig,
}


def _mistakes(error: ValidationError, values: dict[str, Any], lines: Lines) -> tuple[str, ...]:
    """What pydantic found, in our words, each with its line; what is wrong with a common key is told once."""
    told: dict[str, int] = {}
    for one in error.errors(include_url=False, include_input=False):
        path: KeyPath = one["loc"]
        if len(path) == 4 and path[0] == "practices" and path[2] == "quickbooks":
            own = values["practices"][path[1]].get("quickbooks", {})
            if isinstance(own, dict) and path[3] not in own:
                path = ("quickbooks", path[3])
        where = lines.where(path)
        told[f"{where}: {_sentence(path, one['type'], one['msg'], one.get('ctx', {}))}"] = int(where.rsplit(":", 1)[1])
    return tuple(sorted(told, key=lambda said: told[said]))


def _sentence(path: KeyPath, kind: str, message: str, context: dict[str, Any]) -> str:
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "config")
    if kind == "extra_forbidden":
        table = _TABLES.get(tuple(part for part in path[:-1] if isinstance(part, str)))
        near = (
            difflib.get_close_matches(key, [field.alias or name for name, field in table.model_fields.items()])
            if table
            else []
        )
        return f"there is no key {key}" + (f"; did you mean {near[0]}?" if near else "")
    if kind == "missing":
        return f"{key} is missing"
    if kind in {"literal_error", "enum"}:
        return f"{key} must be {context.get('expected')}"
    if kind == "value_error":
        return f"{key}: {message.removeprefix('Value error, ')}"
    if kind == "string_pattern_mismatch":
        return f"{key} has a character that is not allowed there (allowed: {context.get('pattern')})"
    return f"{key}: {message}"


def _contradictions(config: Config, lines: Lines) -> list[str]:
    """What no key shows alone: names twice, one QuickBooks company for two practices, a password in the clear."""
    found: list[str] = []
    seen: dict[tuple[str, ...], str] = {}

    def once(said: str, where: str, *name: str) -> None:
        if name in seen:
            found.append(f"{where}: {said}, as at {seen[name]}")
        seen.setdefault(name, where)

    if REFERENCE.match(config.store.location.reference) is None and urlsplit(config.store.url).password:
        found.append(f'{lines.where(("store", "url"))}: url holds a password; write "env/NAME" and put the URL there')
    for number, practice in enumerate(config.practices):
        at: KeyPath = ("practices", number)
        once("this id stands twice", lines.where((*at, "id")), "id", practice.id)
        if practice.realm:
            server = practice.quickbooks.api_base_url
            once("this QuickBooks company stands twice", lines.where((*at, "realm")), "realm", practice.realm, server)
        for place, connector in enumerate(practice.connectors):
            where = lines.where((*at, "connectors", place, "name"))
            once("this connector's name stands twice in the practice", where, "connector", practice.id, connector.name)
            if connector.name == DECISIONS:
                found.append(f"{where}: the name {DECISIONS} is the program's own")
    return found
