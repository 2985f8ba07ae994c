"""The rules of the house that a program can check, over every file of the checkout.

The tables at the top are the rules; below them stand the tests, and under these the few functions that read code as
code. A new room (a module or folder directly under `hhs_sync`) is put on its floor in FLOORS: it may import whatever
lies below.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From the ground up. A room imports from the floors below it and from itself, never from its neighbours or from above.
FLOORS = (
    ("errors",),
    ("money", "days", "enumeration", "logs"),
    ("facts",),
    ("mapping",),
    ("matching", "x12", "connector"),
    ("ledger", "config"),
    ("receivables",),
    ("books",),
    ("plan",),
    ("findings", "store"),
    ("review", "quickbooks"),
    ("forward",),
    ("office",),
    ("intake",),
    ("standing", "answers"),
    ("worklist",),
    ("reports", "look", "deciding", "teaching"),
    ("writing", "onward"),
    ("sync",),
    ("backfill", "closing", "preview", "proof", "status"),
    ("undo", "digest", "taught", "filled_in"),
    ("web", "daemon"),
    ("demo",),
    ("cli",),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

# Thought: these rooms import only each other, and read neither clock, disk, network nor chance.
THOUGHT = {
    "errors", "money", "days", "enumeration", "facts", "mapping", "x12", "matching", "ledger", "receivables", "books",
    "plan", "findings", "review", "forward",
}  # fmt: skip

# A door that stands among thought, so that a person can use the room without the rest of the house: it may read files.
DOORS_IN_THOUGHT = {"hhs_sync/x12/command.py"}

# What thought may import from elsewhere: nothing in these looks outside the program.
HARMLESS = {
    "__future__", "abc", "bisect", "calendar", "codecs", "collections", "contextlib", "copy", "csv", "dataclasses",
    "datetime", "decimal", "enum", "fractions", "functools", "graphlib", "hashlib", "heapq", "html", "io", "itertools",
    "json", "keyword", "math", "msgspec", "operator", "re", "string", "struct", "sys", "textwrap", "tomllib", "types",
    "typing", "unicodedata", "zlib",
}  # fmt: skip

# What of the harmless is harmful: module and name, and built-in functions. The hash of a text differs from run to run.
HARMFUL = {
    ("codecs", "open"), ("io", "open"), ("io", "open_code"), ("io", "FileIO"), ("hashlib", "file_digest"),
    ("sys", "argv"), ("sys", "exit"), ("sys", "stderr"), ("sys", "stdin"), ("sys", "stdout"), ("sys", "path"),
    ("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today"),
}  # fmt: skip
HARMFUL_CALLS = {"__import__", "breakpoint", "eval", "exec", "hash", "id", "input", "open", "print"}
CLOCK_CALLS = {"now", "today", "utcnow"}

# The only module of thought that makes names for the outside: keyed hashes and their spelling stand nowhere else.
NAMER = "hhs_sync/plan/references.py"
NAMERS_OWN = {"base64", "hmac"}

# The only parts of the house that a connector may know.
CONNECTORS_MAY_IMPORT = {"connector", "errors", "facts", "money", "x12"}

# Libraries that one room alone holds, so that the rest of the house can't come to depend on them.
HELD_BY = {
    "alembic": "store",
    "intuitlib": "quickbooks",
    "psycopg": "store",
    "quickbooks": "quickbooks",
    "sqlalchemy": "store",
}

LINES_MAX = 600

# Words that would tie the project to where it was written or by what means, as the beginnings of their SHA-256: a list
# in clear would itself hold them.
FOREIGN = {
    "0c9a453fad61", "4ea91362a144", "a4aa2ac280bb", "8b5bb5eb9d75", "3ca29e55be4b", "8743857e3ea0",
    "789e46d79514", "c857d09db23e", "c70eca6b0f88", "7d3194f79e64", "60965168ce76", "3ea125d0bff3",
    "57de4cf40144", "053ea4804ef1", "487b91042c7c", "d737d85deb99",
}  # fmt: skip
WORD = re.compile(r"[a-z]+\.(?:com|io|org)\b|(?<![\w.-])[./]?[a-z]+")

# Published samples lie beside the checkout; only tests and measurements look there, and only if they are there.
SIBLING = "../shared"
SIBLING_ALLOWED_IN = ("tests/", "bench")


# --- the rules over the house as it stands


def test_every_room_stands_on_a_floor() -> None:
    homeless = sorted({room_of(path) for path in modules("hhs_sync")} - {""} - FLOOR_OF.keys())

    assert [] == homeless, "put it on its floor in FLOORS"


def test_arrows_run_downward_only() -> None:
    wrong = [
        f"{path}: {importing} imports {imported}"
        for path in modules("hhs_sync")
        for importing, imported in arrows(path, read(path))
        if not may_import(importing, imported)
    ]

    assert [] == wrong


def test_thought_reads_no_clock_disk_network_or_chance() -> None:
    wrong = [
        f"{path}:{place}"
        for path in modules("hhs_sync")
        if room_of(path) in THOUGHT and path not in DOORS_IN_THOUGHT
        for place in impurities(path, read(path))
    ]

    assert [] == wrong


def test_the_house_knows_connectors_and_mappings_only_as_data() -> None:
    wrong = [
        f"{path}: {name}"
        for path in modules("hhs_sync")
        for name in imported_names(path, read(path))
        if name.split(".")[0] in {"connectors", "mappings"}
    ]

    assert [] == wrong


def test_a_connector_knows_only_the_contract_the_facts_and_how_to_read_x12() -> None:
    wrong = [
        f"{path}: {name}"
        for path in modules("connectors")
        for name in imported_names(path, read(path))
        if not connector_may_import(name)
    ]

    assert [] == wrong


def test_mappings_hold_no_code() -> None:
    assert ["mappings/__init__.py"] == list(modules("mappings"))


def test_each_library_of_the_wire_and_of_the_store_stays_in_its_room() -> None:
    wrong = [
        f"{path}: {name}"
        for path in modules("hhs_sync", "connectors")
        for name in imported_names(path, read(path))
        if HELD_BY.get(name.split(".")[0], room_of(path)) != room_of(path)
    ]

    assert [] == wrong


def test_a_module_is_one_idea_that_fits_in_a_head() -> None:
    wrong = {
        path: count
        for path in texts()
        if path.endswith(".py") and (count := len(read(path).splitlines())) > LINES_MAX
    }  # fmt: skip

    assert {} == wrong


def test_a_module_opens_with_what_it_is_for() -> None:
    mute = [path for path in modules("hhs_sync", "connectors") if not ast.get_docstring(ast.parse(read(path)))]

    assert [] == mute


def test_no_file_says_where_or_by_what_means_it_was_written() -> None:
    assert [] == [place for path in texts() for place in foreign_words(path, read(path))]


# --- the rules catch what they are meant to catch


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("hhs_sync/facts/session.py", "from hhs_sync.ledger.entry import Entry"),
        ("hhs_sync/plan/accrual.py", "from hhs_sync import review"),
        ("hhs_sync/plan/accrual.py", "def f():\n    import hhs_sync.config"),
        ("hhs_sync/books.py", "from .store import documents"),
        ("hhs_sync/ledger/entry.py", "from ..plan.references import reference"),
        ("hhs_sync/review.py", "from hhs_sync.store.pushes import Push"),
        ("hhs_sync/daemon.py", "from hhs_sync.web.app import app"),
        ("hhs_sync/connector.py", "if TYPE_CHECKING:\n    from hhs_sync.store import documents"),
    ],
)
def test_an_arrow_that_runs_up_or_sideways_is_seen(path: str, source: str) -> None:
    assert not all(may_import(importing, imported) for importing, imported in arrows(path, source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("hhs_sync/facts/session.py", "from hhs_sync.facts.document import Digest\nfrom hhs_sync.money import Money"),
        ("hhs_sync/facts/session.py", "from . import document"),
        ("hhs_sync/sync.py", "from hhs_sync import __version__, review\nfrom hhs_sync.quickbooks import push"),
        ("hhs_sync/cli.py", "def demo():\n    from hhs_sync.demo import run"),
    ],
)
def test_an_arrow_that_runs_down_is_let_be(path: str, source: str) -> None:
    assert all(may_import(importing, imported) for importing, imported in arrows(path, source))


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "import os.path",
        "from pathlib import Path",
        "from random import choice",
        "import requests",
        "import zoneinfo",
        "import logging",
        "from sqlalchemy import select",
        "import hmac",
        "import base64",
        "import datetime\nx = datetime.datetime.now()",
        "from datetime import date\nx = date.today()",
        "from datetime import datetime as moment\nx = moment.utcnow()",
        "from dataclasses import field\nimport datetime\nx = field(default_factory=datetime.date.today)",
        "from io import open",
        "import sys\nsys.stdout.write('x')",
        "x = open('y').read()",
        "x = hash('y')",
        "import hashlib\nx = hashlib.blake2b(b'x', key=b'y')",
    ],
)
def test_thought_that_looks_outside_is_seen(source: str) -> None:
    assert [] != list(impurities("hhs_sync/plan/accrual.py", source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "hhs_sync/plan/references.py",
            "import hmac\nimport base64\nimport hashlib\nx = hashlib.blake2b(b'x', key=b'y')",
        ),
        ("hhs_sync/books.py", "import datetime\ndef keep_books(today: datetime.date): return today.year, self.today"),
        ("hhs_sync/books.py", "import hashlib, json, re, sys\nx = sys.intern('y')\nz = hashlib.sha256(b'')"),
        ("hhs_sync/books.py", "class A:\n    def open(self): return self.open()"),
    ],
)
def test_thought_that_stays_within_is_let_be(path: str, source: str) -> None:
    assert [] == list(impurities(path, source))


def test_a_connector_that_looks_into_the_house_is_seen() -> None:
    assert connector_may_import("hhs_sync.facts.session")
    assert connector_may_import("hhs_sync.connector")
    assert connector_may_import("connectors.profile")
    assert connector_may_import("requests")
    assert not connector_may_import("hhs_sync.store.documents")
    assert not connector_may_import("hhs_sync.mapping.rules")
    assert not connector_may_import("mappings")


def test_a_plug_in_imported_by_its_name_as_text_is_seen() -> None:
    assert ["connectors.stripe"] == list(
        imported_names("hhs_sync/sync.py", "x = importlib.import_module('connectors.stripe')")
    )


def test_a_foreign_word_is_seen() -> None:
    word = "/wo" + "rk"
    fine = "Fine: network, workplace, /workspace, a frame" + word

    assert [f"README.md:2: {word}"] == list(foreign_words("README.md", f"{fine}\nIn {word}/x."))
    assert [f"a.toml:1: {word}"] == list(foreign_words("a.toml", f'path = "file://{word}"'))


def test_the_samples_beside_the_checkout_are_for_tests_only() -> None:
    assert ["docs/a.md:1: ../shared"] == list(foreign_words("docs/a.md", "../shared/samples"))
    assert [] == list(foreign_words("tests/conftest.py", "../shared/samples"))


# --- reading code as code


def texts() -> Iterator[str]:
    """Every text file of the checkout, whether committed yet or not, as a path from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    for path in sorted(set(listed.split("\0"))):
        if path and (ROOT / path).is_file() and b"\0" not in (ROOT / path).read_bytes()[:8000]:
            yield path


def modules(*packages: str) -> Iterator[str]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix()


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def room_of(path: str) -> str:
    """`hhs_sync/plan/accrual.py` is in the room `plan`, `hhs_sync/books.py` is the room `books`; '' is the doorstep."""
    parts = path.removesuffix(".py").split("/")
    return "" if parts[0] != "hhs_sync" or parts[1] == "__init__" else parts[1]


def imported_names(path: str, source: str) -> Iterator[str]:
    """Every module or name that is imported anywhere in the source, in full: for `from a import b` it is `a.b`."""
    package = path.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1]] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and last_name(node.func) in {"import_module", "__import__"}:
            yield from (str(argument.value) for argument in node.args[:1] if isinstance(argument, ast.Constant))


def arrows(path: str, source: str) -> Iterator[tuple[str, str]]:
    """From room to room. A name that the doorstep itself gives (`__version__`) is no arrow."""
    for name in imported_names(path, source):
        house, _, inside = name.partition(".")
        room = inside.split(".")[0]
        if house == "hhs_sync" and room and not room.startswith("__"):
            yield room_of(path), room


def may_import(importing: str, imported: str) -> bool:
    if importing == imported:
        return True
    if importing not in FLOOR_OF or imported not in FLOOR_OF:
        return False
    return FLOOR_OF[imported] < FLOOR_OF[importing] and (importing not in THOUGHT or imported in THOUGHT)


def connector_may_import(name: str) -> bool:
    house, _, inside = name.partition(".")
    return house != "mappings" and (house != "hhs_sync" or inside.split(".")[0] in CONNECTORS_MAY_IMPORT)


def impurities(path: str, source: str) -> Iterator[str]:
    """Where a module of thought looks outside the program: `line: what`."""
    harmless = HARMLESS | (NAMERS_OWN if path == NAMER else set())
    for name in imported_names(path, source):
        module, _, member = name.partition(".")
        if module != "hhs_sync" and (module not in harmless or (module, member) in HARMFUL):
            yield f" imports {name}"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and (last_name(node.value), node.attr) in HARMFUL:
            yield f"{node.lineno}: {last_name(node.value)}.{node.attr}"
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in HARMFUL_CALLS:
                yield f"{node.lineno}: {called.id}()"
            if isinstance(called, ast.Attribute) and called.attr in CLOCK_CALLS:
                yield f"{node.lineno}: {called.attr}()"
            if (
                path != NAMER
                and last_name(called) in {"blake2b", "blake2s"}
                and any(k.arg == "key" for k in node.keywords)
            ):
                yield f"{node.lineno}: a keyed hash, which only {NAMER} makes"


def last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def foreign_words(path: str, text: str) -> Iterator[str]:
    lowered = text.lower()
    foreign = {word for word in set(WORD.findall(lowered)) if sha256(word.encode()).hexdigest()[:12] in FOREIGN}
    places = [(found.start(), found[0]) for found in WORD.finditer(lowered) if found[0] in foreign] if foreign else []
    if not path.startswith(SIBLING_ALLOWED_IN) and SIBLING in text:
        places.append((text.index(SIBLING), SIBLING))
    for start, word in places:
        yield f"{path}:{lowered.count(chr(10), 0, start) + 1}: {word}"
