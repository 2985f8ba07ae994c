"""Bytes to transaction sets (ST to SE), each with its own delimiters and with what is odd about its envelopes.

What lies inside a set is neither split nor decoded before a reader asks for it, so memory follows the largest set and
not the file. A wrong count or a missing trailer is told with the set it stands next to; a set whose SE is missing was
cut off. Segments outside any ST and SE are given as a set without a kind, for there may be money in them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import ClassVar

import msgspec
from msgspec import Struct

from hhs_sync.x12.delimiters import JUNK, Delimiters, component_of, decode
from hhs_sync.x12.envelopes import Mark, marks

_BLANKS = b" \t\r\n\f\v\0"
_BLANK_CHARACTERS = " \t\f\v"


class TransactionSet(Struct, frozen=True, kw_only=True, dict=True):
    """One ST to SE; or segments that stand outside any (then `kind` is ""), or a TA1.

    `kind` is ST01; `body` what lies between the ST segment and SE, as received; `first_segment` the number in the
    file, from 1, of the ST segment; `start` and `body_start` the places of the set and of its body, in bytes from 0.
    `complete` is False when SE is missing; `problems` tells in plain words what is odd about the envelopes.
    """

    kind: str
    control_number: str
    version: str
    interchange_control_number: str
    test: bool
    delimiters: Delimiters
    body: bytes
    first_segment: int
    start: int
    body_start: int
    complete: bool
    problems: tuple[str, ...] = ()

    @property
    def body_segment(self) -> int:
        """The number in the file of the first segment of the body."""
        return self.first_segment + (1 if self.kind not in {"", "TA1"} else 0)

    def separators(self) -> tuple[str, str]:
        """Element and component separator; the latter as the data uses it, whatever ISA16 says."""
        return decode(self.delimiters.element), decode(component_of(self.body, self.delimiters))

    def segments(self) -> list[str]:
        """The segments of the body, in order; the first is number `body_segment` of the file.

        Line ends that are not terminators, and blanks before tags, belong to nobody and are left out. So is the last,
        unfinished element of a set that was cut off: half an amount is another amount.
        """
        body = self.body
        if self.delimiters.by_lines:
            terminator = "\0"
            body = self._terminators().sub(b"\0", body.replace(b"\0", b""))
            text = decode(body.translate(None, b"\r\n"))
        else:
            terminator = decode(self.delimiters.terminator)
            if b"\n" in body or b"\r" in body or b"\0" in body:
                body = body.translate(None, b"\r\n\0")
            text = decode(body)
        pieces = text.split(terminator)
        unfinished = pieces.pop()
        if (
            self.delimiters.by_lines
            or text[:1] in _BLANK_CHARACTERS
            or any(terminator + one in text for one in (terminator, *_BLANK_CHARACTERS))
        ):
            pieces = [bare for piece in pieces if (bare := piece.lstrip(_BLANK_CHARACTERS))]
        if unfinished.strip(_BLANK_CHARACTERS + "\x1a"):
            unfinished = unfinished.lstrip(_BLANK_CHARACTERS)
            pieces.append(unfinished.rpartition(decode(self.delimiters.element))[0])
        return pieces

    def place(self, segment: int) -> str:
        """Where a segment stands, by its number in the file: "segment 12, position 345" (bytes, from 1)."""
        index = segment - self.body_segment
        position = self._places[index] if 0 <= index < len(self._places) else self.start + 1
        return f"segment {segment}, position {position}"

    @cached_property
    def _places(self) -> list[int]:
        """For each segment of the body its place in the file."""
        found = []
        start = 0
        for end in [*(end.end() for end in self._terminators().finditer(self.body)), len(self.body)]:
            piece = self.body[start:end]
            if piece.strip(_BLANKS + self.delimiters.terminator):
                found.append(self.body_start + start + len(piece) - len(piece.lstrip(_BLANKS)) + 1)
            start = end
        return found

    def count(self) -> int:
        """How many segments the body holds."""
        return sum(1 for piece in self._terminators().split(self.body) if piece.strip(_BLANKS))

    def _terminators(self) -> re.Pattern[bytes]:
        by = self.delimiters
        return _line_ends(by.element) if by.by_lines else re.compile(re.escape(by.terminator))


def transaction_sets(content: bytes) -> Iterator[TransactionSet]:
    """Every transaction set of a file, in order, and what stands outside any as sets without a kind.

    Nothing is given when no delimiters can be made out.
    """
    if content[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        content = bytes(content).decode("utf-16", "replace").encode()
    envelopes = _Envelopes(content)
    for mark in marks(content):
        envelopes.meet(mark)
        yield from envelopes.done
        envelopes.done.clear()


class _Envelopes:
    """What lies open while one goes from mark to mark.

    A set waits until the next one begins, so that what GE and IEA say of it can still be told with it.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.done: list[TransactionSet] = []
        self.waiting: TransactionSet | None = None
        self.problems: list[str] = []
        self.segment = 1
        self.at = 0
        self.opened: Mark | None = None
        self.opened_segment = 0
        self.group: Mark | None = None
        self.groups = 0
        self.sets_in_group = 0
        self.closed = False

    def meet(self, mark: Mark) -> None:
        """Close what this mark closes, open what it opens."""
        if mark.tag == "TA1" and self.opened is not None:
            return
        if mark.tag != "ISA" and not (mark.tag == "SE" and self.opened is not None):
            self._take_what_is_not_closed(mark)
        self.MEETS[mark.tag](self, mark)
        self.at = mark.end
        if mark.end > mark.start:
            self.segment += 1

    def _open_interchange(self, mark: Mark) -> None:
        self.group = None
        self.groups = 0
        self.closed = not mark.header.elements
        if not mark.header.elements:
            self.problems.append("there is no ISA")
        elif len(mark.header.elements) != 17:
            self.problems.append(f"ISA has {len(mark.header.elements) - 1} elements and not 16")

    def _close_interchange(self, mark: Mark) -> None:
        """IEA: how many groups, and of which interchange."""
        self._close_open_group()
        self.closed = True
        if mark.header.elements:
            self._compare("IEA", mark.elements[1], self.groups, "functional groups")
            self._same("ISA and IEA", mark.header.control_number, mark.elements[2])

    def _end_interchange(self, _: Mark) -> None:
        self._close_open_group()
        if not self.closed:
            self.problems.append("IEA is missing")
        self._hand_out()
        self.problems.clear()

    def _open_group(self, mark: Mark) -> None:
        self._close_open_group()
        self._hand_out()
        self.group = mark
        self.groups += 1
        self.sets_in_group = 0

    def _close_group(self, mark: Mark) -> None:
        """GE: how many sets, and of which group."""
        if self.group is None:
            self.problems.append("GS is missing")
            return
        self._compare("GE", mark.elements[1], self.sets_in_group, "transaction sets")
        self._same("GS and GE", self.group.elements[6], mark.elements[2])
        self.group = None

    def _close_open_group(self) -> None:
        if self.group is not None:
            self.problems.append("GE is missing")
            self.group = None

    def _open_set(self, mark: Mark) -> None:
        self._hand_out()
        self.opened = mark
        self.opened_segment = self.segment
        self.sets_in_group += 1

    def _close_set(self, mark: Mark) -> None:
        """SE: the set is whole. Its count takes in ST and SE."""
        if self.opened is None:
            return
        self._same("ST and SE", self.opened.elements[2], mark.elements[2])
        told = _whole_number(mark.elements[1])
        made = self._make(self.opened, mark, complete=True)
        quick = made.body.count(made.delimiters.terminator)
        count = quick if quick + 2 == told else made.count()
        if count + 2 != told:
            self._compare("SE", mark.elements[1], count + 2, "segments")
        self.segment += count
        self.opened = None

    def _answer_interchange(self, mark: Mark) -> None:
        """TA1 answers an interchange of ours: a set by itself, of one segment."""
        self._hand_out()
        self.opened_segment = self.segment
        self.at = mark.start
        made = self._make(None, msgspec.structs.replace(mark, start=mark.end), complete=True)
        self.waiting = msgspec.structs.replace(made, kind="TA1")

    def _take_what_is_not_closed(self, mark: Mark) -> None:
        """A set whose SE does not come, or segments outside any set."""
        if self.opened is None and not self.content[self.at : mark.start].strip(
            JUNK + mark.header.delimiters.terminator
        ):
            return
        if self.opened is None:
            self._hand_out()
            self.opened_segment = self.segment
            self.problems.append("these segments stand outside any transaction set")
        else:
            self.problems.append("SE is missing: the transaction set was cut off")
        self.segment += self._make(self.opened, mark, complete=False).count()
        self.opened = None

    def _make(self, opened: Mark | None, end: Mark, *, complete: bool) -> TransactionSet:
        """The set from ST up to a mark; it waits."""
        elements = opened.elements if opened else end.header.elements[:0] + ("",) * 4
        group_version = self.group.elements[8].strip() if self.group else ""
        header = end.header
        self.waiting = TransactionSet(
            kind=elements[1].strip() or "?" if opened else "",
            control_number=elements[2].strip(),
            version=group_version or elements[3].strip() or (header.elements[12:13] or ("",))[0].strip(),
            interchange_control_number=header.control_number,
            test=header.test,
            delimiters=header.delimiters,
            body=self.content[self.at : end.start],
            first_segment=self.opened_segment,
            start=opened.start if opened else self.at,
            body_start=self.at,
            complete=complete,
        )
        return self.waiting

    def _hand_out(self) -> None:
        """Let the waiting set go, with all that was found odd since the one before."""
        if self.waiting is not None:
            self.done.append(msgspec.structs.replace(self.waiting, problems=tuple(self.problems)))
            self.waiting = None
            self.problems.clear()

    def _compare(self, tag: str, told: str, counted: int, what: str) -> None:
        if _whole_number(told) != counted:
            number = _whole_number(told)
            says = f"counts {number}" if number is not None else "does not count its"
            self.problems.append(f"{tag} {says} {what}; there are {counted}")

    def _same(self, tags: str, first: str, last: str) -> None:
        if first.strip() != last.strip():
            self.problems.append(f"the control numbers of {tags} differ")

    MEETS: ClassVar[Mapping[str, Callable[[_Envelopes, Mark], None]]] = {
        "ISA": _open_interchange,
        "GS": _open_group,
        "ST": _open_set,
        "SE": _close_set,
        "GE": _close_group,
        "IEA": _close_interchange,
        "TA1": _answer_interchange,
        "": _end_interchange,
    }


@lru_cache(maxsize=64)
def _line_ends(element: bytes) -> re.Pattern[bytes]:
    """Line ends, with the blanks around them, that end a segment: the next line begins with a tag.

    Where it does not, a line was wrapped and goes on.
    """
    blanks = rb"[ \t\f\v\0]*+"
    return re.compile(
        rb"(?<![ \t\r\n\f\v\0])"
        + blanks
        + rb"[\r\n][ \t\r\n\f\v\0]*+(?=[A-Z][A-Z0-9]{1,2}"
        + re.escape(element)
        + rb"|\Z)"
    )


def _whole_number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None
