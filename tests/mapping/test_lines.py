"""Lines of a TOML text: each mistake in a file can be told where it stands."""

import pytest

from hhs_sync.mapping.lines import Lines, parse_toml

TEXT = '''# line 1
top = 1
dotted.key = 2

[[payers]]
id = "a"   # ids = "not a key"
names = [
    "one",   # ]
    "two",
]
text = """
[[payers]]
id = "inside a text"
"""
family = 'x # y'

[[payers]]
"id" = "b"
inline = { first = 1, second = [1, 2] }

[payers.deep]
x = 1
[[payers.rows]]
y = 2
[[payers.rows]]
y = 3
[other.table]
z = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("dotted", "key"), 3),
        (("payers",), 5),
        (("payers", 0), 5),
        (("payers", 0, "id"), 6),
        (("payers", 0, "names"), 7),
        (("payers", 0, "names", 1), 7),
        (("payers", 0, "text"), 11),
        (("payers", 0, "family"), 15),
        (("payers", 1), 17),
        (("payers", 1, "id"), 18),
        (("payers", 1, "inline", "second"), 19),
        (("payers", 1, "deep", "x"), 22),
        (("payers", 1, "rows", 0, "y"), 24),
        (("payers", 1, "rows", 1, "y"), 26),
        (("other", "table", "z"), 28),
        (("payers", 1, "absent"), 17),
        (("nowhere",), 1),
    ],
)
def test_every_key_has_its_line_or_that_of_what_is_around_it(path: tuple[str | int, ...], line: int) -> None:
    assert f"a.toml:{line}" == Lines(TEXT, "a.toml").where(path)


def test_the_walk_agrees_with_the_standard_reader_about_what_is_there() -> None:
    values, mistake = parse_toml(TEXT, "a.toml")

    assert "" == mistake
    assert "b" == values["payers"][1]["id"]
    assert 3 == values["payers"][1]["rows"][1]["y"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = 1\nb = \n", "x.toml:2: "),
        ('a = "1\n', "x.toml:1: "),
        ("a = 1\na = 2\n", "x.toml:2: "),
        ("a = [1,\n", "x.toml:2: "),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, told: str) -> None:
    values, mistake = parse_toml(text, "x.toml")

    assert {} == values
    assert mistake.startswith(told)
    assert "(at" not in mistake
