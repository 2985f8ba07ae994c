"""Column profiles: how one practice system's export of sessions is written.

A profile is a TOML file in `mappings/profiles/`; `generic.toml` there documents every key. It is data: which heading
holds which field, which words mean which state. What a practice's own config says outranks it.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from connectors.table import Column, heading_key
from hhs_sync.errors import ConfigError
from hhs_sync.facts.session import SessionState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.options import Options
    from hhs_sync.connector import Settings

FIELDS = (
    "key",
    "date",
    "starts_at",
    "client",
    "clinician",
    "service_code",
    "modifiers",
    "units",
    "fee",
    "discount",
    "payer",
    "secondary_payer",
    "claim_number",
    "line_key",
    "invoice",
    "state",
    "billed_on",
)
"""The fields that a profile may give a heading."""

NEVER_NEEDED = ("invoice",)
"""The fields whose column may be absent from any file, whatever the profile says."""

NEEDED = ("date", "client", "clinician", "service_code", "fee")
"""The fields without which an export is not one of sessions."""

_STATES = {state.value: state for state in SessionState}
_NOTE = re.compile(r"\bnotes?\b|\bnarrative\b", re.IGNORECASE)
_ABOUT_NOTE = re.compile(r"\b(status|signed|date|type|id|locked|due|completed)\b", re.IGNORECASE)


class Profile:
    """What a profile says, checked. Mistakes go to the options that it was read through."""

    def __init__(self, options: Options) -> None:
        """Read the profile's keys."""
        options.text("about", "")
        self._optional = (*options.texts("optional"), *NEVER_NEEDED)
        named = options.table("columns")
        self.joined = options.table("joined")
        self.states = _states(options)
        self.private_pay = frozenset(word.strip().lower() for word in options.texts("private_pay")) | {""}
        self.fee_per_unit = options.flag("fee_per_unit", default=False)
        self._notes = frozenset(map(heading_key, options.texts("notes")))
        self.columns = self._columns(named)
        _check_fields(options, named, self.joined)
        state = options.text("state", "")
        self.state = _STATES.get(state)
        if state and self.state is None:
            options.wrong("state", "must be one of: " + ", ".join(_STATES))
        if "state" not in named and self.state is None:
            options.wrong("columns", "names no heading for state; without one, `state` must say what every row is")

    def is_note(self, heading: str) -> bool:
        """True for a column of clinical notes, which is never needed for billing."""
        spaced = re.sub(r"[_-]", " ", heading)
        clinical = _NOTE.search(spaced) is not None and _ABOUT_NOTE.search(spaced) is None
        return clinical or heading_key(heading) in self._notes

    def _columns(self, named: Mapping[str, tuple[str, ...]]) -> tuple[Column, ...]:
        """Every field of a session with its headings; then the columns that are joined."""
        of_fields = [
            Column(field, named.get(field, ()), field in named and field not in self._optional) for field in FIELDS
        ]
        of_joined = [
            Column(joined_part(field, place), (heading,), required=True)
            for field, headings in self.joined.items()
            for place, heading in enumerate(headings)
        ]
        return (*of_fields, *of_joined)


def joined_part(field: str, place: int) -> str:
    """The name of a column that is a part of a field."""
    return f"{field} part {place}"


def load_profile(settings: Settings) -> dict[str, Any]:
    """The keys of the profile that the config names. Raises ConfigError when there is none."""
    name = settings.options.get("profile")
    if not isinstance(name, str):
        raise ConfigError((f'{settings.where}: connector {settings.name}: profile must name a file: "mappings/...",',))
    path = settings.base / name
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError((f"{settings.where}: the profile {name} can't be read: {type(error).__name__}",)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError((f"{path.name}: {error}",)) from None


def _states(options: Options) -> dict[str, SessionState]:
    words: dict[str, SessionState] = {}
    for state, many in options.table("states").items():
        if state not in _STATES:
            options.wrong("states", f"names {state}; there are: {', '.join(_STATES)}")
            continue
        for word in many:
            if words.setdefault(word.strip().lower(), _STATES[state]) is not _STATES[state]:
                options.wrong("states", f"gives {word!r} two meanings")
    return words


def _check_fields(options: Options, named: Mapping[str, object], joined: Mapping[str, object]) -> None:
    for field in {*named, *joined} - set(FIELDS):
        options.wrong("columns", f"names {field}, which is no field; there are: {', '.join(FIELDS)}")
    for field in named.keys() & joined.keys():
        options.wrong("joined", f"and columns both name {field}")
    for field in NEEDED:
        if field not in named and field not in joined:
            options.wrong("columns", f"names no heading for {field}")
