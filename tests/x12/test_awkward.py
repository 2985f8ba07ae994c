"""Every remittance tells the same in every dress that payers, clearinghouses and mail programs put it in.

Each of our own cases is tidy; each dress makes it as untidy as files that were met. The figures must not change by a
cent, nothing may be lost, and nothing unreadable be told. `pytest -rP tests/x12/test_awkward.py` shows the table.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from hhs_sync.x12.write import write_remittances
from tests.x12.figures import figures
from tests.x12.made import ENVELOPE, REMITTANCES, remittances, unreadable

CASES = sorted((Path(__file__).parents[1] / "cases" / "x12").glob("*.835"))
TIDY = {
    **{path.stem: path.read_bytes() for path in CASES if path.stem != "crlf-two-isa"},
    **{name: write_remittances([one], ENVELOPE) for name, one in REMITTANCES.items()},
}
Dress = Callable[[bytes], bytes]


def bare(content: bytes) -> bytes:
    """Without line ends."""
    return content.replace(b"\r", b"").replace(b"\n", b"")


def isa_of(content: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """With other elements of ISA (they stand at their numbers)."""
    isa, terminator, rest = bare(content).partition(b"~")
    return b"*".join(change(isa.split(b"*"))) + terminator + rest


def other(element: bytes, component: bytes, terminator: bytes) -> Dress:
    """With other delimiters, which the data itself does not hold."""

    def dress(content: bytes) -> bytes:
        content = bare(content)
        assert not any(one in content for one in (element, component, terminator) if one not in b"~*:")
        return content.translate(bytes.maketrans(b"~*:", b"\x01\x02\x03")).replace(b"\x01", terminator).replace(
            b"\x02", element
        ).replace(b"\x03", component)  # fmt: skip

    return dress


def counts_wrong(content: bytes) -> bytes:
    return bare(content).replace(b"~GE*1*", b"~GE*7*").replace(b"~IEA*1*", b"~IEA*3*").replace(b"~SE*", b"~SE*9")


def from_set_on(content: bytes) -> bytes:
    """ST to SE alone."""
    content = bare(content)
    return content[content.index(b"ST*835") : content.rindex(b"~GE*") + 1]


DRESSES: dict[str, Dress] = {
    "as it is": bytes,
    "on one line": bare,
    "a line a segment": lambda content: bare(content).replace(b"~", b"~\n"),
    "CRLF behind each terminator": lambda content: bare(content).replace(b"~", b"~\r\n"),
    "blank lines and indentation": lambda content: bare(content).replace(b"~", b"~\n\n    \t"),
    "newline as terminator": lambda content: bare(content).replace(b"~", b"\n"),
    "CRLF as terminator": lambda content: bare(content).replace(b"~", b"\r\n"),
    "carriage return as terminator": lambda content: bare(content).replace(b"~", b"\r"),
    "newline before each terminator": lambda content: bare(content).replace(b"~", b"\n~"),
    "wrapped at 80 columns": lambda content: b"\r\n".join(
        bare(content)[start : start + 80] for start in range(0, len(bare(content)), 80)
    ),
    "pipes between elements": other(b"|", b":", b"~"),
    "plus signs between elements": other(b"+", b":", b"'"),
    "control characters as delimiters": other(b"\x1d", b"\x1f", b"\x1e"),
    "pipe as component separator": other(b"*", b"|", b"~"),
    "greater-than as component separator": other(b"*", b">", b"~"),
    "a two-byte separator": other(b"\xc2\xa7", b":", b"~"),
    "ISA without its padding": lambda content: isa_of(content, lambda isa: [one.strip() for one in isa]),
    "ISA padded with dots": lambda content: isa_of(
        content, lambda isa: [one.replace(b" ", b".") if at in (6, 8) else one for at, one in enumerate(isa)]
    ),
    "ISA16 another than in the data": lambda content: isa_of(content, lambda isa: [*isa[:16], b">"]),
    "ISA11 a U and version 4010": lambda content: isa_of(
        content, lambda isa: [*isa[:11], b"U", b"00401", *isa[13:]]
    ).replace(b"005010X221A1", b"004010X091A1"),
    "byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "UTF-16, as notepads save": lambda content: content.decode().encode("utf-16"),
    "NULs and Ctrl-Z behind the end": lambda content: content + b"\0\0\0\x1a",
    "blank lines before the beginning": lambda content: b"\r\n\r\n  " + content,
    "a mail's greeting before, a signature behind": lambda content: (
        b"Dear all, please find ISA below.\r\n\r\n" + content + b"\r\n-- \r\nSent by the clearinghouse\r\n"
    ),
    "counts that are wrong": counts_wrong,
    "without ISA, GS, GE and IEA": from_set_on,
    "GE and IEA missing": lambda content: bare(content)[: bare(content).rindex(b"~GE*") + 1],
}
OWN_DELIMITERS = {
    "pipes between elements": (b"|",),
    "plus signs between elements": (b"+", b"'"),
    "pipe as component separator": (b"|",),
    "greater-than as component separator": (b">",),
}
# In these dresses more is wrong than the dress: words stand outside the envelope, and are told as such.
TELLS = {"a mail's greeting before, a signature behind"}


def answers_rightly(dress: Dress, content: bytes) -> bool:
    return figures(remittances(dress(content))) | {"wrong_se01": 0} == figures(remittances(content)) | {"wrong_se01": 0}


@pytest.mark.parametrize("name", DRESSES)
def test_every_case_tells_the_same_in_this_dress(name: str) -> None:
    dress = DRESSES[name]
    right = [case for case, content in TIDY.items() if answers_rightly(dress, content)]
    told = [case for case, content in TIDY.items() if unreadable(dress(content)) and name not in TELLS]
    print(f"{name:48} {len(right):>3} of {len(TIDY)}")  # noqa: T201 - a person reads the table.

    assert [] == sorted(TIDY.keys() - right)
    assert [] == told


def test_every_published_file_tells_the_same_in_every_dress_that_fits_it(samples: Path) -> None:
    """A dress fits where the file has the usual delimiters, one interchange, and not the dress's own in its data."""
    files = [path for folder in ("835", "made") for path in sorted((samples / "x12" / folder).iterdir())]
    tidy = {path.name: content for path in files if is_tidy(content := path.read_bytes())}
    tried, wrong = 0, []
    for name, dress in DRESSES.items():
        for file, content in tidy.items():
            if name in OWN_DELIMITERS and any(one in content for one in OWN_DELIMITERS[name]):
                continue
            tried += 1
            wrong += [] if answers_rightly(dress, content) else [(name, file)]
    print(f"{tried} files, {len(wrong)} answered otherwise")  # noqa: T201

    assert [] == wrong
    assert 700 < tried


def is_tidy(content: bytes) -> bool:
    plain = bare(content)
    return plain[:4] == b"ISA*" and plain[104:106] == b":~" and plain.count(b"ISA") == 1 and b"~GE*" in plain


def test_interchanges_of_all_dresses_in_one_file_tell_the_sum_of_all() -> None:
    whole = [
        dress
        for name, dress in DRESSES.items()
        if not name.startswith(("UTF-16", "without ISA", "a mail", "GE and IEA"))
    ]
    content = next(iter(TIDY.values()))
    read = remittances(b"\r\n".join(dress(content) for dress in whole))

    assert len(whole) * figures(remittances(content))["bpr02"] == figures(read)["bpr02"]
    assert len(whole) == len(read)


def test_there_are_more_awkward_files_than_were_ever_compared() -> None:
    assert 144 < len(DRESSES) * len(TIDY)
