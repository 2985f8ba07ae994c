"""On which line of a TOML text each key stands, so that a mistake can be told with its line.

The standard reader gives values without lines. This walks the text once more and notes where headers and keys stand;
it need not understand values, only where they end: a string or a bracket may run over several lines. A path is what one
would write to reach a value in what `tomllib` returns: ("practices", 0, "connectors", 1, "path").
"""

from __future__ import annotations

import re
import tomllib
from typing import Any, TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]

_AT_LINE = re.compile(r"\s*\((?:at line (\d+), column \d+|at end of document)\)$")
# A part of a dotted key: "quoted", 'literal' or bare.
_KEY_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.)?""")
# What matters within a value: the four kinds of string, comments, brackets.
_TOKEN = re.compile(r"""\"\"\"|'''|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\#[^\n]*|[\[\]{}]""")


def parse_toml(text: str, name: str) -> tuple[dict[str, Any], str]:
    """The values of a TOML text, or an empty table and what is wrong with it ("payers.toml:12: ...")."""
    try:
        return tomllib.loads(text), ""
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        found = _AT_LINE.search(said)
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        return {}, f"{name}:{line}: {_AT_LINE.sub('', said)}"


class Lines:
    """Where each key of one TOML text stands; a text that is not TOML gives whatever can be found."""

    def __init__(self, text: str, name: str) -> None:
        """Walk the text once."""
        self.name = name
        self._lines: dict[KeyPath, int] = {}
        self._lengths: dict[KeyPath, int] = {}
        self._walk(text.splitlines())

    def where(self, path: KeyPath) -> str:
        """The file and line of a path, or of the nearest thing around it that has a line: "payers.toml:12"."""
        for end in range(len(path), 0, -1):
            if path[:end] in self._lines:
                return f"{self.name}:{self._lines[path[:end]]}"
        return f"{self.name}:1"

    def _walk(self, lines: list[str]) -> None:
        table: KeyPath = ()
        number = 0
        while number < len(lines):
            line = lines[number].strip()
            here = number + 1
            if line.startswith("["):
                table = self._header(line, here)
            elif line and not line.startswith("#"):
                keys, rest = _keys(line)
                if rest.startswith("="):
                    for end in range(1, len(keys) + 1):
                        self._lines.setdefault((*table, *keys[:end]), here)
                    number = _end_of_value(lines, number, rest[1:])
            number += 1

    def _header(self, line: str, here: int) -> KeyPath:
        many = line.startswith("[[")
        keys, _ = _keys(line[2 if many else 1 :])
        path: KeyPath = ()
        for key in keys[:-1]:
            path = self._inside((*path, key))
        path = (*path, *keys[-1:])
        if many:
            count = self._lengths.get(path, 0)
            self._lengths[path] = count + 1
            self._lines.setdefault(path, here)
            path = (*path, count)
        self._lines.setdefault(path, here)
        return path

    def _inside(self, path: KeyPath) -> KeyPath:
        """The last table of an array of tables, or the table itself."""
        return (*path, self._lengths[path] - 1) if path in self._lengths else path


def _keys(text: str) -> tuple[list[str], str]:
    """The parts of a dotted key at the beginning of a text, and what follows it."""
    parts: list[str] = []
    place = 0
    while found := _KEY_PART.match(text, place):
        parts.append(next(part for part in found.groups()[:3] if part is not None))
        place = found.end()
        if not found[4]:
            break
    return parts, text[place:]


def _end_of_value(lines: list[str], number: int, text: str) -> int:
    """The number of the line on which a value ends that begins with this text on this line."""
    depth = 0
    fence = ""
    while True:
        depth, fence = _scan(text, depth, fence)
        if (depth <= 0 and not fence) or number + 1 >= len(lines):
            return number
        number += 1
        text = lines[number]


def _scan(text: str, depth: int, fence: str) -> tuple[int, str]:
    """How many brackets and which long string are still open at the end of a line."""
    place = 0
    while True:
        if fence:
            closed = text.find(fence, place)
            if closed < 0:
                return depth, fence
            place, fence = closed + 3, ""
        found = _TOKEN.search(text, place)
        if found is None:
            return depth, ""
        place = found.end()
        if found[0] in {'"""', "'''"}:
            fence = found[0]
        else:
            depth += (found[0] in "[{") - (found[0] in "]}")
