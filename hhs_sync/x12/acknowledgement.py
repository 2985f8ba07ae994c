"""999, 997, TA1, 277CA and 277 to Acknowledgements: what became of a claim before, or instead of, a remittance.

    999    AK1 ( AK2 ( IK3 CTX IK4 ) IK5 ) AK9       the syntax of each set of a batch, then of the batch
    277CA  HL 20, 21, 19: STC                        a batch, its receiver or a provider as a whole
           HL PT: TRN*2 STC REF*1K ( SVC STC )       a claim, by our number (CLM01)
    277    the same at HL 22 and 23                  the state of a claim, when asked

A rejection here is no denial: the payer never took the claim in, and no remittance will come. The words for codes are
short and our own; the code itself stands beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from hhs_sync.facts.claim import Acknowledgement, ClaimState
from hhs_sync.facts.document import Placed, Unreadable
from hhs_sync.x12.claim_status import state_of, words_for
from hhs_sync.x12.segments import TransactionSet, transaction_sets
from hhs_sync.x12.syntax_words import element_in_words, segment_in_words, set_in_words
from hhs_sync.x12.values import ValueUnreadableError, cents, content_digest, day, readable_key

KINDS = {"999", "997", "277", "TA1"}

_SYNTAX_STATES = {
    "A": ClaimState.RECEIVED,
    "E": ClaimState.RECEIVED,
    "P": ClaimState.RECEIVED,
    "R": ClaimState.REJECTED,
    "M": ClaimState.REJECTED,
    "W": ClaimState.REJECTED,
    "X": ClaimState.REJECTED,
}
_SYNTAX_WORDS = {
    "A": "accepted",
    "E": "accepted, with errors noted",
    "P": "accepted in part",
    "R": "rejected",
    "M": "rejected: the message could not be authenticated",
    "W": "rejected: the message failed its checks",
    "X": "rejected: the message could not be decrypted",
}


def read_acknowledgements(content: bytes, source: str) -> Iterator[Placed | Unreadable]:
    """All answers of a file, and what of them could not be understood. Never raises for wrong data."""
    for one in transaction_sets(content):
        if one.kind in KINDS:
            yield from acknowledgements_of(one, source)


def acknowledgements_of(one: TransactionSet, source: str) -> Iterator[Placed | Unreadable]:
    """The answers of one set, in order."""
    reader = _ClaimStatus(one, source) if one.kind == "277" else _Syntax(one, source)
    for number, segment in enumerate(one.segments(), one.body_segment):
        reader.meet(number, segment)
        yield from reader.done
        reader.done.clear()
    reader.end()
    if not one.complete:
        reader.fault("the transaction set was cut off; what followed is missing")
    yield from reader.done


class _Answers:
    """What both kinds of answers share: going through the segments, and making facts."""

    READERS: ClassVar[Mapping[str, Callable[[Any, list[str]], None]]] = {}

    def __init__(self, one: TransactionSet, source: str) -> None:
        self.one = one
        self.source = source
        self.element, self.component = one.separators()
        self.number = one.body_segment
        self.done: list[Placed | Unreadable] = []
        self.content: list[str] = []

    def meet(self, number: int, segment: str) -> None:
        """Read one segment; what it closes is in `done` afterwards."""
        self.number = number
        tag, _, rest = segment.partition(self.element)
        reader = self.READERS.get(tag)
        if reader is not None:
            parts = rest.split(self.element)
            reader(self, parts + [""] * (12 - len(parts)))
        self.content.append(segment)

    def end(self) -> None:
        """The set ends."""

    def tell(self, kind: str, number: int, content: list[str], values: dict[str, Any]) -> None:
        """A new fact, named by what it is about and by a digest of its segments."""
        about = values.get("claim_number") or values.get("batch_control_number") or "batch"
        digest = content_digest(content, self.element, self.component)
        test = "/test" if self.one.test else ""
        key = f"acknowledgement/{self.source}/{kind}/{readable_key(about)}/{digest[:20]}{test}"
        fact = Acknowledgement(key=key, kind=kind, **values)
        self.done.append(Placed(fact=fact, place=self.one.place(number)))

    def fault(self, problem: str) -> None:
        """Something that could not be understood, at the segment read last."""
        self.done.append(Unreadable(place=self.one.place(self.number), problem=problem))


class _Syntax(_Answers):
    """999 and 997 (whose AK3, AK4, AK5 are the IK3, IK4, IK5 of the 999), and TA1."""

    def __init__(self, one: TransactionSet, source: str) -> None:
        super().__init__(one, source)
        self.group = ""
        self.set_ = ""
        self.set_segment = 0
        self.mistakes: list[str] = []
        self.claims: list[str] = []

    def _open_group(self, parts: list[str]) -> None:
        """AK1: the number (GS06) of the group that this answers."""
        self.group = parts[1].strip()

    def _open_set(self, parts: list[str]) -> None:
        """AK2: the number (ST02) of the set that this answers."""
        self.set_ = parts[1].strip()
        self.set_segment = self.number
        self.mistakes.clear()
        self.claims.clear()
        self.content = []

    def _read_segment(self, parts: list[str]) -> None:
        """IK3: the segment that is wrong, and its place in the set."""
        self.mistakes.append(f"segment {parts[0]} at place {parts[1]}: {segment_in_words(parts[3].strip())}")

    def _read_element(self, parts: list[str]) -> None:
        """IK4: the element of that segment. Its content (IK404) may hold a name and is left out."""
        place = parts[0].split(self.component)[0]
        self.mistakes.append(f"element {place}: {element_in_words(parts[2].strip())}")

    def _read_context(self, parts: list[str]) -> None:
        """CTX*CLM01:number names the claim that the mistake is in."""
        name, _, number = parts[0].partition(self.component)
        if name == "CLM01" and number:
            self.claims.append(number)

    def _close_set(self, parts: list[str]) -> None:
        """IK5: what becomes of the set; each claim that was named in a rejected set was rejected with it."""
        letter = parts[0].strip()
        whole = [set_in_words(code.strip()) for code in parts[1:6] if code.strip()]
        told = {
            "state": _SYNTAX_STATES.get(letter, ClaimState.PENDING),
            "codes": (":".join(["IK5", *(part.strip() for part in parts[:6] if part.strip())]),),
            "reason": "; ".join([_SYNTAX_WORDS.get(letter, "not told"), *whole, *self.mistakes]),
            "batch_control_number": self.group or None,
        }
        content = [self.group, *self.content]
        self.tell(self.one.kind, self.set_segment or self.number, content, told)
        if told["state"] is ClaimState.REJECTED:
            for number in dict.fromkeys(self.claims):
                self.tell(self.one.kind, self.set_segment, [*content, number], {"claim_number": number, **told})

    def _close_group(self, parts: list[str]) -> None:
        """AK9: what becomes of the whole group; how many sets were sent, received, accepted."""
        letter = parts[0].strip()
        counts = [part.strip() for part in parts[1:4]]
        self.tell(
            self.one.kind,
            self.number,
            ["AK9", self.group, *parts],
            {
                "state": _SYNTAX_STATES.get(letter, ClaimState.PENDING),
                "codes": (":".join(["AK9", letter, *counts]),),
                "reason": f"{_SYNTAX_WORDS.get(letter, 'not told')}: {counts[2] or '?'} of {counts[0] or '?'} sets",
                "batch_control_number": self.group or None,
            },
        )

    def _read_interchange(self, parts: list[str]) -> None:
        """TA1: what becomes of a whole interchange, by its number (ISA13)."""
        letter = parts[3].strip()
        self.tell(
            "TA1",
            self.number,
            ["TA1", *parts],
            {
                "state": _SYNTAX_STATES.get(letter, ClaimState.PENDING),
                "codes": (f"TA1:{letter}:{parts[4].strip()}",),
                "reason": f"interchange {_SYNTAX_WORDS.get(letter, 'not told')}",
                "batch_control_number": parts[0].strip() or None,
            },
        )

    READERS: ClassVar[Mapping[str, Callable[[Any, list[str]], None]]] = {
        "AK1": _open_group,
        "AK2": _open_set,
        "AK3": _read_segment,
        "AK4": _read_element,
        "AK5": _close_set,
        "AK9": _close_group,
        "CTX": _read_context,
        "IK3": _read_segment,
        "IK4": _read_element,
        "IK5": _close_set,
        "TA1": _read_interchange,
    }


class _ClaimStatus(_Answers):
    """277CA and 277: each level that has an STC gives one answer."""

    def __init__(self, one: TransactionSet, source: str) -> None:
        super().__init__(one, source)
        self.kind = "277" if "X212" in one.version else "277CA"
        self.batch: str | None = None
        self.of_claim = False
        self.within_line = False
        self.level_segment = 0
        self.values: dict[str, Any] = {}
        self.composites: list[str] = []
        self.actions: list[str] = []

    def _read_beginning(self, parts: list[str]) -> None:
        """BHT06: TH is the acknowledgement of claims, DG the answer to a question."""
        if parts[5].strip() == "DG":
            self.kind = "277"
        elif parts[5].strip() == "TH":
            self.kind = "277CA"

    def _open_level(self, parts: list[str]) -> None:
        self.end()
        self.of_claim = parts[2].strip() in {"PT", "22", "23"}

    def _read_trace(self, parts: list[str]) -> None:
        """TRN*2: our number: of the batch (BHT03 of the 837) at the receiver, of the claim (CLM01) at the client.

        A client may have several claims, each beginning with its TRN.
        """
        if parts[0].strip() != "2":
            return
        if self.of_claim:
            self.end()
            self.values["claim_number"] = parts[1]
            self.level_segment = self.number
        else:
            self.batch = parts[1].strip() or None

    def _read_status(self, parts: list[str]) -> None:
        """STC01, 10 and 11: category, status and entity; 02 the day; 03 U rejected, WQ accepted; 04 the charge."""
        self.composites += [part.strip() for part in (parts[0], parts[9], parts[10]) if part.strip()]
        self.actions.append(parts[2].strip())
        self.level_segment = self.level_segment or self.number
        if self.within_line:
            return
        try:
            self.values.setdefault("date", day(parts[1]))
            if parts[3].strip():
                self.values.setdefault("amount_charged", cents(parts[3]))
        except ValueUnreadableError:
            self.fault("STC02 is not a date, or STC04 not an amount of money")

    def _read_reference(self, parts: list[str]) -> None:
        """REF*1K: the payer's number of the claim."""
        if parts[0] == "1K" and not self.within_line:
            self.values["payer_claim_number"] = parts[1]

    def _open_line(self, _parts: list[str]) -> None:
        self.within_line = True

    def end(self) -> None:
        """The level ends: if it had an STC, that is an answer."""
        if self.composites:
            codes = [tuple(composite.split(self.component)) for composite in self.composites]
            values = {
                "state": state_of(codes, self.actions),
                "codes": tuple(":".join(code) for code in codes),
                "reason": "; ".join(dict.fromkeys(words_for(code) for code in codes)),
                "batch_control_number": self.batch,
                **self.values,
            }
            self.tell(self.kind, self.level_segment, [self.batch or "", *self.content], values)
        self.values = {}
        self.composites = []
        self.actions = []
        self.content = []
        self.within_line = False
        self.level_segment = 0

    READERS: ClassVar[Mapping[str, Callable[[Any, list[str]], None]]] = {
        "BHT": _read_beginning,
        "HL": _open_level,
        "REF": _read_reference,
        "STC": _read_status,
        "SVC": _open_line,
        "TRN": _read_trace,
    }
