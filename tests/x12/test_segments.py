"""Every envelope that is in circulation tells the same payments, and what is odd about it is told."""

import re
import tracemalloc

import msgspec
import pytest

from hhs_sync.x12.reading import read_x12
from hhs_sync.x12.remittance import read_remittances
from hhs_sync.x12.segments import transaction_sets
from hhs_sync.x12.write import write_remittances
from tests.x12.made import ENVELOPE, REMITTANCES, remittance, remittances, unreadable

PAYMENTS = [REMITTANCES["a claim with a line"], REMITTANCES["a reversal, its correction, and what was taken back"]]
TIDY = write_remittances(PAYMENTS, ENVELOPE)
ONE_LINE = TIDY.replace(b"\n", b"")
PIPES = write_remittances(PAYMENTS[:1], msgspec.structs.replace(ENVELOPE, element="|", component=">", terminator="!"))


def told(content: bytes) -> list[tuple[object, ...]]:
    """What a file says of its payments, its places and envelopes left out."""
    return [(one.content_digest, one.amount_paid, one.complete, one.test) for one in remittances(content)]


def wrapped(content: bytes, width: int) -> bytes:
    return b"\r\n".join(content[start : start + width] for start in range(0, len(content), width))


def isa(content: bytes, **changes: bytes) -> bytes:
    """The file with elements of its ISA replaced, by number."""
    first, rest = content.split(b"~", 1)
    elements = first.split(b"*")
    for number, value in changes.items():
        elements[int(number.removeprefix("e"))] = value
    return b"*".join(elements) + b"~" + rest


UNTIDY = {
    "one long line": ONE_LINE,
    "padding of ISA lost": re.sub(rb" +\*", b"*", ONE_LINE[:106]) + ONE_LINE[106:],
    "padding of ISA dotted": ONE_LINE[:106].replace(b" ", b".") + ONE_LINE[106:],
    "newline before each terminator": TIDY.replace(b"~\n", b"\n~"),
    "newline as terminator": TIDY.replace(b"~\n", b"\n"),
    "CRLF as terminator": TIDY.replace(b"~\n", b"\r\n"),
    "CR as terminator": TIDY.replace(b"~\n", b"\r"),
    "CRLF behind each terminator": TIDY.replace(b"\n", b"\r\n"),
    "CR behind each terminator": TIDY.replace(b"\n", b"\r"),
    "blank lines": TIDY.replace(b"\n", b"\n\n"),
    "blank lines, newline as terminator": TIDY.replace(b"~\n", b"\n\n"),
    "indented": TIDY.replace(b"\n", b"\n    \t"),
    "terminators twice": ONE_LINE.replace(b"~", b"~~"),
    "lines wrapped at 80": wrapped(ONE_LINE, 80),
    "lines wrapped at 33": wrapped(ONE_LINE, 33),
    "lines wrapped within tags": wrapped(ONE_LINE, 7),
    "byte order mark": b"\xef\xbb\xbf" + TIDY,
    "UTF-16": TIDY.decode().encode("utf-16"),
    "NUL and Ctrl-Z behind the end": TIDY + b"\0\0\0\x1a",
    "NUL between segments": ONE_LINE.replace(b"~", b"~\0\0"),
    "blanks before the beginning": b" \r\n\r\n" + TIDY,
    "text before the beginning": b"Content-Type: application/edi-x12\r\n\r\n" + TIDY,
    "text behind the end": TIDY + b"-- end of transmission, 2 payments --\n",
    "last terminator missing": ONE_LINE[:-1],
    "ISA16 missing": ONE_LINE.replace(b"*P*:~", b"*P*~", 1),
    "ISA16 and its separator missing": ONE_LINE.replace(b"*P*:~", b"*P~", 1),
    "ISA16 disagrees with the data": ONE_LINE.replace(b"*P*:~", b"*P*>~", 1),
    "blank behind ISA16": ONE_LINE.replace(b"*P*:~", b"*P*: ~", 1),
    "one element of ISA too many": ONE_LINE.replace(b"*00*", b"*00**", 1),
    "ISA of 4010": isa(TIDY, e11=b"U", e12=b"00401"),
    "ISA cut short": b"ISA*00*~" + ONE_LINE[106:],
    "begins at GS": ONE_LINE[106:],
    "begins at ST": ONE_LINE[ONE_LINE.index(b"ST*835") :],
    "GS and GE missing": re.sub(rb"G[SE]\*[^~]*~", b"", ONE_LINE),
    "GE and IEA missing": ONE_LINE[: ONE_LINE.index(b"GE*2*1")],
    "separator of two bytes": ONE_LINE.replace(b"*", "§".encode()),
    "separator of one byte that is not ASCII": ONE_LINE.replace(b"*", b"\xa7"),
    "terminator of two bytes": ONE_LINE.replace(b"~", "¶".encode()),
    "other separators": ONE_LINE.replace(b"*", b"+").replace(b":", b"^").replace(b"~", b"'"),
    "control characters": ONE_LINE.replace(b"*", b"\x1d").replace(b":", b"\x1f").replace(b"~", b"\x1c"),
    "first terminator damaged": ONE_LINE[:105] + b"?" + ONE_LINE[106:],
    "first separator damaged": ONE_LINE[:3] + b"?" + ONE_LINE[4:],
    "wrong counts and numbers": re.sub(rb"(SE|GE|IEA)\*\d+\*\d+", rb"\1*7*7", ONE_LINE),
}


@pytest.mark.parametrize("content", UNTIDY.values(), ids=UNTIDY)
def test_an_untidy_envelope_tells_the_same_payments(content: bytes) -> None:
    assert told(TIDY) == told(content)
    assert [] == unreadable(content)


PROBLEMS = {
    "tidy": (TIDY, [(), ()]),
    "begins at GS": (UNTIDY["begins at GS"], [("there is no ISA",), ()]),
    "GE and IEA missing": (UNTIDY["GE and IEA missing"], [(), ("GE is missing", "IEA is missing")]),
    "GS and GE missing": (
        UNTIDY["GS and GE missing"],
        [(), ("IEA counts 1 functional groups; there are 0",)],
    ),
    "counts": (
        ONE_LINE.replace(b"SE*25*", b"SE*26*").replace(b"GE*2*", b"GE*3*").replace(b"IEA*1*", b"IEA**"),
        [
            ("SE counts 26 segments; there are 25",),
            ("GE counts 3 transaction sets; there are 2", "IEA does not count its functional groups; there are 1"),
        ],
    ),
    "numbers": (
        ONE_LINE.replace(b"*0001~", b"*0009~").replace(b"ST*835*0009", b"ST*835*0001").replace(b"GE*2*1", b"GE*2*8"),
        [("the control numbers of ST and SE differ",), ("the control numbers of GS and GE differ",)],
    ),
}


@pytest.mark.parametrize(("content", "problems"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_is_odd_about_an_envelope_is_told_with_the_set_beside_it(
    content: bytes, problems: list[tuple[str, ...]]
) -> None:
    assert problems == [one.envelope_problems for one in remittances(content)]


@pytest.mark.parametrize("between", [b"", b"\r\n", b"\0\0\x1a\n", b"\xef\xbb\xbf"], ids=repr)
def test_each_interchange_of_a_file_has_its_own_delimiters(between: bytes) -> None:
    content = between.join([ONE_LINE, PIPES, TIDY, UNTIDY["separator of two bytes"]])

    assert told(TIDY) + told(PIPES) + told(TIDY) + told(TIDY) == told(content)
    assert told(PIPES)[0][:2] == told(TIDY)[0][:2], "the same content under other delimiters is the same content"


def test_an_interchange_behind_one_that_was_cut_off_is_read() -> None:
    cut = ONE_LINE[: ONE_LINE.index(b"DTM*405") + 10]

    assert [False, *([True] * 2)] == [one.complete for one in remittances(cut + ONE_LINE)]
    assert [False, *([True] * 2)] == [one.complete for one in remittances(cut + b"\n" + TIDY)]


def test_isa_within_a_name_is_data() -> None:
    names = write_remittances([remittance(payer_name="ISA"), remittance(payer_name="VISA ISA*ISA")], ENVELOPE)

    assert ["ISA", "VISA ISA"] == [one.payer_name for one in remittances(names)]
    assert ["ISA", "VISA ISA"] == [one.payer_name for one in remittances(wrapped(names.replace(b"\n", b""), 41))]


def test_a_test_interchange_is_marked_and_never_the_same_fact_as_a_real_one() -> None:
    real = remittances(TIDY)
    tests = remittances(isa(TIDY, e15=b"T"))

    assert [(False, True), (False, True)] == [(one.test, other.test) for one, other in zip(real, tests, strict=True)]
    assert set() == {one.key for one in real} & {one.key for one in tests}
    assert [True, True] == [one.test for one in remittances(UNTIDY["ISA16 missing"].replace(b"*P*~", b"*T*~"))]
    assert [True, True] == [
        one.test for one in remittances(UNTIDY["one element of ISA too many"].replace(b"*P*", b"*T*"))
    ]


def test_utf_8_and_latin_1_may_stand_in_one_file() -> None:
    content = TIDY.replace(b"MAINECARE SERVICES", "MAINE SANTÉ".encode(), 1)
    content = content.replace(b"MAINECARE SERVICES", "MAINE SANTÉ".encode("latin-1"), 1)

    assert ["MAINE SANTÉ", "MAINE SANTÉ"] == [one.payer_name for one in remittances(content)]


@pytest.mark.parametrize("content", [ONE_LINE, TIDY, UNTIDY["newline as terminator"]], ids=["one line", "lines", "LF"])
def test_a_file_cut_off_anywhere_never_tells_a_payment_that_was_not_made(content: bytes) -> None:
    whole = remittances(content)
    paid = {one.content_digest: one.amount_paid for one in whole}
    for end in range(0, len(content), 1 if content is ONE_LINE else 11):
        for one in remittances(content[:end]):
            if one.complete:
                assert paid[one.content_digest] == one.amount_paid
            else:
                assert one.amount_paid in {0, *paid.values()}


def test_a_set_without_its_trailer_is_not_complete() -> None:
    content = re.sub(rb"SE\*[^~]*~", b"", ONE_LINE, count=1)

    assert [False, True] == [one.complete for one in remittances(content)]
    assert ("SE is missing: the transaction set was cut off",) == remittances(content)[0].envelope_problems


def test_payments_between_which_all_envelopes_were_lost_are_two() -> None:
    content = ONE_LINE[: ONE_LINE.index(b"SE*")] + ONE_LINE[ONE_LINE.index(b"BPR*", ONE_LINE.index(b"SE*")) :]

    read = remittances(content)

    assert [one.amount_paid for one in PAYMENTS] == [one.amount_paid for one in read]
    assert [False, False] == [one.complete for one in read]


@pytest.mark.parametrize("damage", [b"ST*", b"ST*835*", b"GS*", b"ISA*"])
def test_a_damaged_envelope_loses_no_payment(damage: bytes) -> None:
    content = ONE_LINE.replace(damage, damage.replace(b"S", b"?").replace(b"8", b"?"))

    assert [one.amount_paid for one in PAYMENTS] == [one.amount_paid for one in remittances(content)]


def test_every_place_is_the_number_and_the_position_of_its_segment() -> None:
    for content in (TIDY, UNTIDY["CRLF behind each terminator"], wrapped(ONE_LINE, 80), UNTIDY["blank lines"]):
        for one in transaction_sets(content):
            for number, segment in enumerate(one.segments(), one.body_segment):
                place = re.fullmatch(r"segment (\d+), position (\d+)", one.place(number))
                position = int(place[2]) - 1
                flat = content[position:].replace(b"\r", b"").replace(b"\n", b"")

                assert number == int(place[1])
                assert flat.startswith(segment.encode())


def test_segments_are_numbered_through_the_file() -> None:
    read = remittances(TIDY + TIDY)
    segments = (TIDY + TIDY).split(b"~\n")

    for one in read:
        for claim in one.claim_payments:
            assert segments[claim.segment - 1].startswith(b"CLP*" + claim.claim_number.encode())
        for plb in one.provider_adjustments:
            assert segments[plb.segment - 1].startswith(b"PLB*")
    assert [b"ST", b"ST", b"ST", b"ST"] == [segments[one.segment - 1][:2] for one in read]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\0" * 100,
        b"ISA",
        b"ISA*",
        b"date,client,MAIN ST,207,fee\n1,2,3,4,5\n",
        b"{}",
        b"\xff\xfe",
        b"GS*HP*",
    ],
    ids=repr,
)
def test_what_is_no_x12_is_one_row_for_the_whole_document(content: bytes) -> None:
    reading = read_x12(content, "era")

    assert () == reading.facts
    assert [True] == [row.whole_document for row in reading.unreadable]


def test_memory_follows_the_largest_payment_and_not_the_file() -> None:
    content = TIDY * 120

    def peak(copies: int) -> int:
        some = content[: len(TIDY) * copies]
        tracemalloc.start()
        for _ in read_remittances(some, "era"):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(10)  # What is remembered of values is remembered by now.

    assert peak(120) < 2 * peak(12)
