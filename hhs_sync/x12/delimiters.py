"""Find out what separates the parts of one interchange.

An ISA segment should be 106 bytes long and say its delimiters at fixed places. Where it does, and GS and ST behind it
agree, it is taken at its word. But padding gets lost, lines get wrapped, and ISA16 may disagree with the data; then:

    element separator     the character behind ISA (or GS, or ST, where a file has no ISA)
    segment terminator    what stands before the tags of the segments that follow; ISA's word settles a tie
    component separator   ISA16, unless the first composite of the data shows another

Each interchange of a file has its own. Everything here works on bytes, for a separator may be one byte (Latin-1) or
several (UTF-8); newline as a terminator means CR, LF or both.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from functools import lru_cache
from itertools import islice

from msgspec import Struct

HEAD = 1500
"""How many bytes at the start of an interchange are looked at: ISA, GS, ST and BPR with their parties fit easily."""

VOTES_MAX = 12
"""So many segments are asked what ends them; among them a few that end in a point or a bracket do not matter."""

JUNK = b" \t\r\n\f\v\0\x1a\xef\xbb\xbf"
"""What may stand between interchanges and means nothing: blanks, line ends, NUL and Ctrl-Z padding, a UTF-8 mark."""

_ELEMENTS_OF_ISA = 16
_BEHIND_TAGS = re.compile(rb"[^A-Za-z0-9](?:GS|ST|BPR|BHT|TRN|CLP|NM1)([^A-Za-z0-9\s])")
_HEADER_TAGS = rb"(?:ISA|GS|ST|SE|BPR|BHT|TRN|REF|DTM|DTP|CUR|N1|N3|N4|NM1|PER|HL|LX|CLP|SVC|AK1|AK2|PRV|TA1)"
_COMPONENTS = b":>^|\\<!;&+\x1c\x1d\x1e\x1f"


class Delimiters(Struct, frozen=True, kw_only=True):
    """The delimiters of one interchange, as bytes; a newline as terminator stands for CR, LF or both."""

    element: bytes
    component: bytes
    terminator: bytes

    @property
    def by_lines(self) -> bool:
        """True when each segment stands on its own line and nothing else ends it."""
        return self.terminator == b"\n"


class InterchangeHeader(Struct, frozen=True, kw_only=True):
    """What the ISA segment says, and the number of bytes up to its terminator.

    `elements` begins with "ISA"; it is empty where the interchange begins at GS or ST without an ISA.
    """

    delimiters: Delimiters
    elements: tuple[str, ...]
    length: int

    @property
    def control_number(self) -> str:
        """ISA13."""
        return self.elements[13].strip() if len(self.elements) > 13 else ""

    @property
    def test(self) -> bool:
        """True when ISA15, the last element but one, says that this is a test (T)."""
        return "T" in {element.strip() for element in self.elements[-2:]}


def read_header(head: bytes, before: Delimiters | None = None) -> InterchangeHeader | None:
    """Read the start of an interchange, which begins at ISA, GS, ST or BPR. None when no delimiters can be made out.

    Where no ISA stands and nothing shows the terminator, that of the interchange before is tried.
    """
    by_the_book = _read_isa_by_the_book(head)
    if by_the_book is not None:
        return by_the_book
    tag = 3 if head[:3] in {b"ISA", b"BPR"} else 2
    element = character_at(head, tag)
    used = _captured(_BEHIND_TAGS, head[tag:])
    if used and element not in used:
        element = max(used, key=lambda one: used[one])
    if not element or element.isalnum() or element.isspace():
        return None
    if head[:3] == b"ISA":
        return _read_isa(head, element)
    terminator = _terminator(head, element, b"")
    delimiters = Delimiters(element=element, component=b":", terminator=terminator)
    if not terminator and before is not None and before.element == element:
        delimiters = before
    return InterchangeHeader(delimiters=delimiters, elements=(), length=0) if delimiters.terminator else None


def _read_isa_by_the_book(head: bytes) -> InterchangeHeader | None:
    """An ISA of 106 bytes whose delimiters are the ones that GS and ST behind it use; None for any other."""
    element, component, terminator = head[3:4], head[104:105], head[105:106]
    if head[103:104] != element or head.count(element, 0, 105) != _ELEMENTS_OF_ISA or not element.isascii():
        return None
    group_at = len(head) - len(head[106:].lstrip())
    group_ends = head.find(terminator, group_at)
    set_begins = head[group_ends + 1 : group_ends + 40].lstrip()
    if (
        not head.startswith(b"GS" + element, group_at)
        or not set_begins.startswith(b"ST" + element)
        or any(one.isalnum() or one.isspace() or not one.isascii() for one in (element, component, terminator))
    ):
        return None
    delimiters = Delimiters(element=element, component=component, terminator=terminator)
    elements = tuple(decode(head[:105]).split(element.decode()))
    return InterchangeHeader(delimiters=delimiters, elements=elements, length=105)


def _read_isa(head: bytes, element: bytes) -> InterchangeHeader | None:
    """Count 16 separators, or as many as there are before GS begins; then see what ends the segment."""
    tags = (found for found in _before_tags(element).finditer(head, 3) if found[1] != element[-1:])
    limit = next((found.end() for found in tags), len(head))
    last = 3
    for _ in range(_ELEMENTS_OF_ISA - 1):
        found = head.find(element, last + len(element), limit)
        if found < 0:
            break
        last = found
    component, said = _what_ends_isa(head[last + len(element) : limit])
    terminator = _terminator(head[last:], element, said)
    if not terminator:
        return None
    if component in {b"", terminator, element} or component.isalnum():
        component = b":"
    ends = re.compile(rb"[\r\n]" if terminator == b"\n" else re.escape(terminator)).search(head, last + 1, limit)
    length = ends.start() if ends else limit
    texts = [decode(part) for part in head[:length].translate(None, b"\r\n\0").split(element)]
    delimiters = Delimiters(element=element, component=component, terminator=terminator)
    return InterchangeHeader(delimiters=delimiters, elements=tuple(texts), length=length)


def _what_ends_isa(behind: bytes) -> tuple[bytes, bytes]:
    """ISA16 and the terminator as ISA gives them, of what stands between the 16th separator and the next tag.

    A wrapped line may stand before ISA16, a blank or a newline before the terminator; a newline is the terminator
    itself when nothing else stands there.
    """
    spoken = behind.lstrip(b"\r\n \0")
    component = character_at(spoken, 0)
    ending = spoken[len(component) :]
    said = character_at(ending.lstrip(), 0) or ending.strip(b" ")[:1]
    return component, said


def _terminator(text: bytes, element: bytes, said: bytes) -> bytes:
    """What stands before the tags that follow; what ISA said where the vote is a tie or nothing follows."""
    votes = _captured(_before_tags(element), text)
    of_element = votes.pop(element, 0)
    if said == element and of_element >= max(votes.values(), default=0):
        return b""  # What both parts and ends segments can't be told apart.
    if said in votes:
        votes[said] += 1
    ends = max(votes, key=lambda one: (votes[one], one == said)) if votes else said
    return b"\n" if ends in {b"\r", b"\n"} else ends


def _captured(pattern: re.Pattern[bytes], text: bytes) -> Counter[bytes]:
    """How often the pattern captures each character, characters of several bytes included."""
    found = islice(pattern.finditer(text), VOTES_MAX)
    return Counter(whole_character(text, one.start(1)) for one in found)


@lru_cache(maxsize=64)
def _before_tags(element: bytes) -> re.Pattern[bytes]:
    """Captures what stands before the tag of a segment, line ends and indentation aside."""
    return re.compile(rb"([^A-Za-z0-9 \t\0])[ \t\r\n\f\v\0]*(?=" + _HEADER_TAGS + re.escape(element) + rb")")


def component_of(segments: bytes, delimiters: Delimiters) -> bytes:
    """The component separator that the data uses: what follows the qualifier of its first composite.

    ISA16 stands unless the data shows one of the usual separators in its place.
    """
    found = _first_composite(delimiters.element).search(segments)
    if found is None or found[1] in {delimiters.element[:1], delimiters.component[:1]}:
        return delimiters.component
    return found[1] if found[1] in _COMPONENTS else delimiters.component


@lru_cache(maxsize=64)
def _first_composite(element: bytes) -> re.Pattern[bytes]:
    by = re.escape(element)
    return re.compile(
        rb"(?:SVC"
        + by
        + rb"|SV1"
        + by
        + rb"|STC"
        + by
        + rb"|PLB"
        + by
        + rb"[A-Za-z0-9]*"
        + by
        + rb"[0-9]*"
        + by
        + rb")"
        rb"[A-Z0-9]{2}([^A-Za-z0-9\s])"
    )


def character_at(text: bytes, place: int) -> bytes:
    """The whole character that begins at a place: one byte, or the bytes of one UTF-8 sequence."""
    lead = text[place : place + 1]
    length = 1 if lead < b"\xc2" else 2 if lead < b"\xe0" else 3 if lead < b"\xf0" else 4
    sequence = text[place : place + length]
    return sequence if length == 1 or _is_utf8(sequence) else lead


def whole_character(text: bytes, place: int) -> bytes:
    """The whole character to which the byte at a place belongs."""
    if text[place] < 0x80:
        return text[place : place + 1]
    for back in range(min(4, place + 1)):
        sequence = character_at(text, place - back)
        if len(sequence) > back:
            return sequence
    return text[place : place + 1]


def _is_utf8(sequence: bytes) -> bool:
    try:
        sequence.decode()
    except UnicodeDecodeError:
        return False
    return True


def decode(text: bytes) -> str:
    """UTF-8; each byte that is not becomes the Latin-1 character of its number, for payers mix the two."""
    return text.decode("utf-8", "latin-1-bytes")


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("latin-1-bytes", _as_latin_1)
