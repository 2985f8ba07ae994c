"""Find the envelope tags of a file: ISA, GS, ST, SE, GE, IEA (and TA1), each with its elements and its place.

    ISA  GS  ST ... SE  ST ... SE  GE  GS ... GE  IEA        and all of this again, as often as a file likes

Only these few tags behind a terminator are looked for; what lies between is neither split nor decoded. An interchange
ends with its IEA, or where the next ISA begins. A file may begin at GS, at ST or even at BPR: then there is no ISA.
"ISA" within a name is data: an ISA stands behind a terminator, or has the shape of one, element by element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from msgspec import Struct

from hhs_sync.x12.delimiters import HEAD, JUNK, Delimiters, InterchangeHeader, character_at, decode, read_header

ELEMENTS_MAX = 17
"""ISA has its tag and 16 elements; every mark is padded to this, so that any element can be asked for."""

_SEGMENT_MAX = 1000
"""An envelope segment has at most 106 bytes; what goes on for longer has lost its terminator and is cut here."""

_HEADLESS = re.compile(
    rb"(?<![A-Za-z0-9])(?:GS([^A-Za-z0-9\s,.'\"()/-]{1,4}?)[A-Z]{2}\1|ST([^A-Za-z0-9\s,.'\"()/-]{1,4}?)\d{3}\2"
    rb"|BPR([^A-Za-z0-9\s,.'\"()/-]{1,4}?)[A-Z0-9 ]{0,9}\3)"
)
_JUNK = re.compile(rb"[" + JUNK + rb"]*")
_ISA = re.compile(rb"I[\r\n]*S[\r\n]*A[\r\n]*(?![A-Za-z0-9 ])")


class Mark(Struct, frozen=True, kw_only=True, gc=False):
    """One envelope segment: its tag, its elements, and its place in the file in bytes from 0 (`end` is behind it).

    The mark that opens an interchange has the tag "ISA" even where no ISA stands there (`start` and `end` are then
    the same); the one that closes it, after all others, has the tag "".
    """

    tag: str
    elements: tuple[str, ...]
    start: int
    end: int
    header: InterchangeHeader


def marks(content: bytes) -> Iterator[Mark]:
    """All envelope segments of a file, in order; none when no delimiters can be made out."""
    at = 0
    shaped = -1
    before: Delimiters | None = None
    while True:
        junk = _JUNK.match(content, at)
        at = junk.end() if junk else at
        if shaped < at:
            shaped = _next_shaped(content, at)
        start = _start(content, at, shaped)
        if start < 0:
            return
        isa = _ISA.match(content, start)
        base = isa.end() - 3 if isa else start  # A wrapped line may part even the tag.
        header = read_header((b"ISA" if isa else b"") + content[base + (3 if isa else 0) : base + HEAD], before)
        at = start + 1
        if header is None:
            # Nothing can be made out here: look further on, but not beyond the next ISA.
            at = max(at, min(start + HEAD, shaped if shaped > start else len(content)))
            continue
        before = header.delimiters
        if shaped <= start:
            shaped = _next_shaped(content, at)
        for mark in _marks_of_interchange(content, start, base, shaped, header):
            yield mark
            at = max(at, mark.end)


def _marks_of_interchange(
    content: bytes, start: int, base: int, limit: int, header: InterchangeHeader
) -> Iterator[Mark]:
    """From ISA to IEA, or to the next ISA, or to the limit."""
    by = header.delimiters
    ends_isa = len(by.terminator) if header.elements else 0
    at = min(base + header.length, limit)
    yield Mark(tag="ISA", elements=_padded(header.elements), start=start, end=min(at + ends_isa, limit), header=header)
    first = _envelope_tag(by, b"").match(content, at, limit)
    others = _envelope_tag(by, _ends(by)).finditer(content, first.end() if first else at, limit)
    for found in chain([first] if first else [], others):
        place = found.start(1)
        end, behind = _end_of_segment(content, place, limit, by)
        tag = found[1].translate(None, b"\r\n").decode()
        if tag == "ISA":
            limit = place
            break
        text = content[found.end(1) : min(end, place + _SEGMENT_MAX)].translate(None, b"\r\n\0")
        elements = (tag, *(decode(element) for element in text.split(by.element)[1:]))
        yield Mark(tag=tag, elements=_padded(elements), start=place, end=behind, header=header)
        if tag == "IEA":
            limit = behind
            break
    yield Mark(tag="", elements=_padded(()), start=limit, end=limit, header=header)


def _start(content: bytes, at: int, shaped: int) -> int:
    """Where the next interchange begins: here, at an ISA, or at GS, ST or BPR before the next ISA. -1 for nowhere."""
    if _ISA.match(content, at):
        return at
    headless = _HEADLESS.search(content, at, shaped)
    if headless is not None:
        return headless.start()
    return shaped if shaped < len(content) else -1


def _next_shaped(content: bytes, at: int) -> int:
    """Where the next ISA stands that has the shape of one; the length of the file when there is none."""
    for found in _ISA.finditer(content, at):
        if _has_shape_of_isa(content[found.start() : found.start() + 250]):
            return found.start()
    return len(content)


def _has_shape_of_isa(text: bytes) -> bool:
    """Sixteen elements, of which the date, the time, the version and the short codes look as they should."""
    text = text.translate(None, b"\r\n")
    elements = text.split(character_at(text, 3) or b"*")
    if len(elements) < ELEMENTS_MAX:
        return False
    lengths = [len(element) for element in elements[:16]]
    return (
        lengths[1] == lengths[3] == lengths[5] == lengths[7] == 2
        and lengths[9:11] == [6, 4]
        and elements[9].isdigit()
        and elements[12].isdigit()
        and lengths[15] <= 1
        and max(lengths) <= 15
    )


def _end_of_segment(content: bytes, place: int, limit: int, by: Delimiters) -> tuple[int, int]:
    """Where the terminator of the segment that begins here stands, and what comes behind it."""
    if by.by_lines:
        found = re.compile(rb"[\r\n]").search(content, place, limit)
        return (found.start(), found.end()) if found else (limit, limit)
    end = content.find(by.terminator, place, limit)
    return (end, end + len(by.terminator)) if end >= 0 else (limit, limit)


def _ends(by: Delimiters) -> bytes:
    return rb"[\r\n]" if by.by_lines else re.escape(by.terminator)


@lru_cache(maxsize=64)
def _envelope_tag(by: Delimiters, behind: bytes) -> re.Pattern[bytes]:
    """An envelope's tag behind a terminator, line ends and blanks between them; a wrapped line may part the tag."""
    if by.by_lines:
        return re.compile(behind + rb"[ \t\0\x1a]*(ISA|ST|SE|GS|GE|IEA|TA1)" + re.escape(by.element))
    return re.compile(
        behind + rb"[ \t\r\n\0\f\v\x1a]*((?:S[\r\n]*[TE]|G[\r\n]*[SE]|I[\r\n]*[SE][\r\n]*A|T[\r\n]*A[\r\n]*1)[\r\n]*)"
        rb"(?=" + re.escape(by.element) + rb"|" + re.escape(by.terminator) + rb")"
    )


def _padded(elements: tuple[str, ...]) -> tuple[str, ...]:
    return elements + ("",) * (ELEMENTS_MAX - len(elements))
