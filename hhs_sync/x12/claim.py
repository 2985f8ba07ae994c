"""837P to Claims: what was billed, to whom, line by line.

    HL 20  NM1*85                     who bills
    HL 22  SBR NM1*IL NM1*PR          the subscriber, and the payer who is asked
    HL 23  PAT NM1*QC                 the client, where that is not the subscriber
    CLM    REF*F8 NM1*82              the claim
      SBR  AMT*D NM1*PR               another payer, and what that one paid
      LX SV1 DTP*472 REF*6R NM1*82    a line

Dental and institutional claims are read too, but for their lines (SV2, SV3). A claim without a readable charge is told
as `Unreadable` and left out; so is the last claim of a set that was cut off, for it may have had more lines.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from hhs_sync.facts.claim import Claim, ClaimLine, PriorPayment
from hhs_sync.facts.document import Placed, Unreadable
from hhs_sync.x12.segments import TransactionSet, transaction_sets
from hhs_sync.x12.values import ValueUnreadableError, cents, content_digest, day, days, procedure, readable_key, units

_PAYER_ORDER = "PSTABCDEFGHU"
"""SBR01: primary, secondary, tertiary, then the fourth to the eleventh; U is unknown."""


def read_claims(content: bytes, source: str) -> Iterator[Placed | Unreadable]:
    """All claims of a file's 837 sets, and what of them could not be understood. Never raises for wrong data."""
    for one in transaction_sets(content):
        if one.kind == "837":
            yield from claims_of(one, source)


def claims_of(one: TransactionSet, source: str) -> Iterator[Placed | Unreadable]:
    """The claims of one set, in order."""
    reader = _Claims(one, source)
    for number, segment in enumerate(one.segments(), one.body_segment):
        reader.meet(number, segment)
        yield from reader.done
        reader.done.clear()
    if one.complete:
        reader.end_claim()
    else:
        reader.cut_off()
    yield from reader.done


class _Claims:
    """What lies open while one goes through a set: the levels above, the claim, its line, another payer."""

    def __init__(self, one: TransactionSet, source: str) -> None:
        self.one = one
        self.source = source
        self.element, self.component = one.separators()
        self.number = one.body_segment
        self.done: list[Placed | Unreadable] = []
        self.submitted: dict[str, Any] = {}
        self.biller: dict[str, Any] = {}
        self.subscriber: dict[str, Any] = {}
        self.patient: dict[str, Any] = {}
        self.claim: dict[str, Any] | None = None
        self.first_segment = 0
        self.content: list[str] = []
        self.charge_is_known = True
        self.lines: list[ClaimLine] = []
        self.line: dict[str, Any] | None = None
        self.others: list[dict[str, Any]] = []

    def meet(self, number: int, segment: str) -> None:
        """Read one segment; what it closes is in `done` afterwards."""
        self.number = number
        tag, _, rest = segment.partition(self.element)
        if self.claim is not None and tag not in {"HL", "CLM"}:
            self.content.append(segment)
        reader = self.READERS.get(tag)
        if reader is not None:
            parts = rest.split(self.element)
            reader(self, parts + [""] * (9 - len(parts)))

    def _read_beginning(self, parts: list[str]) -> None:
        """BHT04: the day on which the batch was made."""
        self.submitted = {"date_submitted": self._day(parts[3], "BHT04")}

    def _read_level(self, parts: list[str]) -> None:
        """HL: a new biller, subscriber or patient ends the claim before and forgets what lay below."""
        self.end_claim()
        if parts[2] == "20":
            self.biller = {}
        if parts[2] in {"20", "22"}:
            self.subscriber = {}
        self.patient = {}

    def _read_subscriber(self, parts: list[str]) -> None:
        """SBR: before the claim the payer asked, within it another payer."""
        if self.claim is not None:
            self._end_line()
            self.others.append({"order": parts[0].strip()})
            return
        self.subscriber["payer_order"] = parts[0].strip() or "P"
        self.subscriber["filing_indicator"] = parts[8].strip() or None

    def _read_name(self, parts: list[str]) -> None:
        """NM1: by its role, and by what lies open."""
        role, name, id_ = parts[0], parts[2].strip(), parts[8].strip()
        person = f"{name}, {parts[3].strip()}" if name and parts[3].strip() else name
        if role == "82" and parts[7] == "XX" and id_:
            into = self.line or self.claim
            if into is not None:
                into["clinician_npi"] = id_
        elif role == "PR" and self.claim is not None:
            if self.others:
                self.others[-1] |= {"payer_name": name, "payer_id": id_ or None}
        elif self.claim is not None:
            return
        elif role == "PR":
            self.subscriber |= {"payer_name": name, "payer_id": id_ or None}
        elif role == "85":
            self.biller["billing_npi"] = id_ or None
        elif role == "IL":
            self.subscriber |= {"client_name": person or None, "member_id": id_ or None}
        elif role == "QC":
            self.patient = {"client_name": person or None}

    def _read_claim(self, parts: list[str]) -> None:
        """CLM opens a claim: its number, its charge, and the frequency in CLM05."""
        self.end_claim()
        self.first_segment = self.number
        composite = parts[4].split(self.component)
        charge = self._cents(parts[1], "CLM02")
        self.charge_is_known = charge is not None
        self.claim = {"claim_number": parts[0], "amount_charged": charge}
        if len(composite) > 2 and composite[2].strip():
            self.claim["frequency"] = composite[2].strip()
        self.content = [self.element.join(parts)]

    def _read_reference(self, parts: list[str]) -> None:
        if self.line is not None:
            if parts[0] == "6R":
                self.line["line_key"] = parts[1]
        elif self.claim is not None and parts[0] == "F8" and not self.others:
            self.claim["original_payer_claim_number"] = parts[1]

    def _read_amount(self, parts: list[str]) -> None:
        """AMT*D: what the other payer paid."""
        if self.others and self.line is None and parts[0] == "D":
            self.others[-1]["amount_paid"] = self._cents(parts[1], "AMT02")

    def _read_line_number(self, _parts: list[str]) -> None:
        self._end_line()

    def _read_service(self, parts: list[str]) -> None:
        """SV1: the procedure, its charge and its units."""
        self._end_line()
        charge = self._cents(parts[1], "SV102")
        if self.claim is not None and charge is not None:
            code, modifiers = procedure(parts[0], self.component)
            self.line = {"service_code": code, "modifiers": modifiers, "amount_charged": charge}
            if parts[3].strip():
                self.line["units"] = units(parts[3])

    def _read_date(self, parts: list[str]) -> None:
        """DTP*472: the days of service of the line."""
        if parts[0] == "472" and self.line is not None:
            try:
                self.line["date_first"], self.line["date_last"] = days(parts[2])
            except ValueUnreadableError:
                self._fault("DTP03 is not a date")

    def _end_line(self) -> None:
        if self.line is not None:
            self.lines.append(ClaimLine(**self.line))
            self.line = None

    def end_claim(self) -> None:
        """The open claim, if there is one, is whole."""
        self._end_line()
        if self.claim is not None and self.charge_is_known:
            values = {
                "payer_name": "",
                **self.submitted,
                **self.biller,
                **self.subscriber,
                **self.patient,
                **self.claim,
            }
            order = values.get("payer_order", "P")
            claim = Claim(
                **values,
                key=self._key(values),
                lines=tuple(self.lines),
                prior_payments=tuple(_prior_payments(self.others, order)),
                test=self.one.test,
            )
            self.done.append(Placed(fact=claim, place=self.one.place(self.first_segment)))
        self._forget_claim()

    def cut_off(self) -> None:
        """The set ended without SE: the claim that lies open may lack lines."""
        self.number = self.first_segment or self.one.first_segment
        self._fault("the transaction set was cut off here; what followed is missing")
        self._forget_claim()

    def _forget_claim(self) -> None:
        self.claim = None
        self.line = None
        self.lines.clear()
        self.others.clear()

    def _key(self, values: Mapping[str, Any]) -> str:
        """Our number to read it by; the digest of all that was billed, to tell a replacement from its original."""
        above = [values.get(name) or "" for name in ("billing_npi", "payer_order", "payer_name", "payer_id")]
        client = [values.get(name) or "" for name in ("client_name", "member_id")]
        digest = content_digest([*above, *client, *self.content], self.element, self.component)
        test = "/test" if self.one.test else ""
        return f"claim/{self.source}/{readable_key(values['claim_number'])}/{digest[:20]}{test}"

    def _cents(self, text: str, element: str) -> int | None:
        try:
            return cents(text)
        except ValueUnreadableError:
            self._fault(f"{element} is not an amount of money")
            return None

    def _day(self, text: str, element: str) -> dt.date | None:
        try:
            return day(text)
        except ValueUnreadableError:
            self._fault(f"{element} is not a date")
            return None

    def _fault(self, problem: str) -> None:
        self.done.append(Unreadable(place=self.one.place(self.number), problem=problem))

    READERS: ClassVar[Mapping[str, Callable[[_Claims, list[str]], None]]] = {
        "AMT": _read_amount,
        "BHT": _read_beginning,
        "CLM": _read_claim,
        "DTP": _read_date,
        "HL": _read_level,
        "LX": _read_line_number,
        "NM1": _read_name,
        "REF": _read_reference,
        "SBR": _read_subscriber,
        "SV1": _read_service,
    }


def _prior_payments(others: list[dict[str, Any]], order: str) -> Iterator[PriorPayment]:
    """Of the other payers those that come before the one asked, or that have paid already."""
    for other in others:
        earlier = _PAYER_ORDER.find(other.pop("order") or "U") < _PAYER_ORDER.find(order)
        if earlier or "amount_paid" in other:
            yield PriorPayment(**{"payer_name": "", **other})
