"""A connector's own keys: typed, and every mistake told at once."""

from pathlib import Path

import pytest

from connectors.options import Options
from hhs_sync.connector import Settings
from hhs_sync.errors import ConfigError


def options(also: dict[str, object] | None = None, **given: object) -> Options:
    return Options(Settings(name="ehr", base=Path("/base"), options=given, where="c.toml:7"), also)


def told(read: Options) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as raised:
        read.done()
    return raised.value.mistakes


def test_each_kind_of_key_is_read_or_has_its_default() -> None:
    given = options(
        text="a",
        texts=["a", "b"],
        single="c",
        flag=True,
        number=3,
        choice="two",
        table={"x": "1", "y": ["2", "3"]},
        path="in",
    )

    assert ("a", "z") == (given.text("text"), given.text("absent", "z"))
    assert (("a", "b"), ("c",), ()) == (given.texts("texts"), given.texts("single"), given.texts("none"))
    assert (True, False) == (given.flag("flag", default=False), given.flag("unset", default=False))
    assert (3, 5) == (given.number("number", 0), given.number("five", 5))
    assert ("two", "one") == (given.choice("choice", ("one", "two")), given.choice("other", ("one", "two")))
    assert {"x": ("1",), "y": ("2", "3")} == given.table("table")
    assert Path("/base/in") == given.path("path")
    given.done()


def test_all_mistakes_are_told_at_once_with_the_place_in_the_config() -> None:
    given = options(text=1, texts=[1], flag="yes", number=-1, choice="x", table={"a": 1}, fils="*")
    given.text("text")
    given.texts("texts")
    given.flag("flag", default=True)
    given.number("number", 1)
    given.choice("choice", ("one", "two"))
    given.table("table")
    given.text("files", "*")
    given.path("path")

    at = "c.toml:7: connector ehr: "
    assert (
        at + "text must be a text in quotation marks",
        at + "texts must be a list of texts",
        at + "flag must be true or false",
        at + "number must be a whole number, zero or more",
        at + "choice must be one of: one, two",
        at + "table must be a table of texts or lists of texts",
        at + "path must be a text in quotation marks",
        at + "fils is no key of this connector; did you mean files?",
    ) == told(given)


def test_the_config_outranks_a_profile_key_by_key_within_its_tables_too() -> None:
    given = options({"covers": "nothing", "columns": {"fee": "Fee", "date": "Date"}}, columns={"fee": "Price"})

    assert "nothing" == given.choice("covers", ("everything", "nothing"))
    assert {"fee": ("Price",), "date": ("Date",)} == given.table("columns")


def test_a_readers_version_changes_with_what_it_reads_otherwise_and_not_with_where_from() -> None:
    version = options(path="in", decimal=".").version("1")

    assert version == options(path="elsewhere", files="*.csv", decimal=".").version("1")
    assert version != options(path="in", decimal=",").version("1")
    assert version != options(path="in", decimal=".").version("2")
