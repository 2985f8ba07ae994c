"""What each segment of an 835 says: the table of segments, and the payment, claim and line that lie open.

A segment that is not in the table says nothing about money and is passed over: payers add what they like. An amount
that should take part in a sum and cannot be read is a fault and damages the payment; an unreadable date, or an amount
that is only told, is a fault and no more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from hhs_sync.facts.remittance import ClaimPayment, ProviderAdjustment, ServiceLine
from hhs_sync.money import Money
from hhs_sync.x12.values import ValueUnreadableError, adjustments, cents, day, marked_day, procedure, remarks, units

FAULTS_MAX = 100
"""Of one payment no more faults than these are told one by one: it must be got anew anyway."""


class AnotherPaymentError(Exception):
    """A second BPR stands in one transaction set."""


class Payment:
    """A payment while it is read: what is known of it, and of the claim and the line that lie open."""

    def __init__(self, element: str, component: str, number: int) -> None:
        self.element = element
        self.component = component
        self.number = number
        self.faults: list[tuple[int, str]] = []
        self.damaged = False
        self.fields: dict[str, Any] = {}
        self.payer_ids: list[str] = []
        self.payee_ids: list[str] = []
        self.originator = ""
        self.party: list[str] | None = None
        self.claims: list[ClaimPayment] = []
        self.claim: dict[str, Any] | None = None
        self.lines: list[ServiceLine] = []
        self.line: dict[str, Any] | None = None
        self.provider_adjustments: list[ProviderAdjustment] = []

    def read(self, segments: list[str]) -> bool:
        """Read all segments of the payment. False when another payment (BPR) begins among them: then nothing counts."""
        element = self.element
        readers = self.READERS
        try:
            for number, segment in enumerate(segments, self.number):
                tag, _, rest = segment.partition(element)
                reader = readers.get(tag)
                if reader is not None:
                    self.number = number
                    reader(self, rest)
        except AnotherPaymentError:
            return False
        self._end_claim()
        if "handling" not in self.fields:
            self._damage("no BPR tells what was paid")
        return True

    # --- the payment, who pays and who is paid

    def _read_payment(self, rest: str) -> None:
        """BPR. Whatever its sign says, BPR03 D means that money leaves us."""
        if "handling" in self.fields:
            raise AnotherPaymentError
        parts = self._split(rest, 16)
        try:
            amount = cents(parts[1]) if parts[1].strip() else None
        except ValueUnreadableError:
            amount = None
        direction = parts[2].strip(" ")
        if amount is None:
            self._damage("BPR02 is not an amount of money")
        else:
            self.fields["amount_paid"] = -abs(amount) if direction == "D" else amount
        if direction not in {"C", "D", ""}:
            self._damage("BPR03 says neither that money comes (C) nor that it goes (D)")
        self.fields["handling"] = parts[0].strip()
        self.fields["payment_method"] = parts[3].strip()
        self.fields["payment_date"] = self._day(parts[15], "BPR16")
        self.originator = parts[9].strip()

    def _read_trace(self, rest: str) -> None:
        """TRN of the payment, the first one."""
        parts = self._split(rest, 4)
        if "eft_trace" not in self.fields:
            self.fields["eft_trace"] = parts[1].strip()
            self.fields["payer_trace_id"] = parts[2].strip()

    def _read_currency(self, rest: str) -> None:
        """CUR: amounts in another money than dollars are not ours to add up."""
        if self._split(rest, 2)[1].strip() not in {"USD", ""}:
            self._damage("CUR02 says that the amounts are not US dollars")

    def _read_party(self, rest: str) -> None:
        """N1*PR, N1*PE, before the first claim."""
        parts = self._split(rest, 4)
        self._meet_party(parts[0], parts[1], parts[3])

    def _meet_party(self, role: str, name: str, id_: str) -> None:
        if self.claims or self.claim is not None:
            return
        if role == "PR":
            self.party = self.payer_ids
            self.fields.setdefault("payer_name", name.strip())
        elif role == "PE":
            self.party = self.payee_ids
            self.fields.setdefault("payee_name", name.strip())
        else:
            self.party = None
            return
        self.party.append(id_.strip())

    # --- claims and their lines

    def _read_claim(self, rest: str) -> None:
        """CLP opens a claim payment. Amounts that are left out are zero."""
        self._end_claim()
        parts = rest.split(self.element)
        if len(parts) < 9:
            parts += [""] * 9
        try:
            charged, paid = cents(parts[2]), cents(parts[3])
        except ValueUnreadableError:
            charged, paid = self._money(parts[2], "CLP03"), self._money(parts[3], "CLP04")
        self.claim = claim = {
            "claim_number": parts[0],
            "claim_status": parts[1].strip(),
            "amount_charged": charged,
            "amount_paid": paid,
            "segment": self.number,
        }
        if parts[4]:
            try:
                claim["amount_patient"] = cents(parts[4])
            except ValueUnreadableError:
                # CLP05 takes no part in any sum: the claim stands without it.
                self._fault("CLP05 is not an amount of money")
        if parts[5]:
            claim["filing_indicator"] = parts[5]
        if parts[6]:
            claim["payer_claim_number"] = parts[6]
        if parts[8]:
            claim["frequency"] = parts[8]

    def _read_line(self, rest: str) -> None:
        """SVC opens a service line: what was paid (01), what was billed where that differs (06, 07)."""
        self._end_line()
        if self.claim is None:
            self._damage("a service line (SVC) outside any claim")
            return
        parts = rest.split(self.element)
        if len(parts) < 7:
            parts += [""] * 7
        try:
            charged, paid = cents(parts[1]), cents(parts[2])
        except ValueUnreadableError:
            charged, paid = self._money(parts[1], "SVC02"), self._money(parts[2], "SVC03")
        code, modifiers = procedure(parts[0], self.component)
        self.line = line = {
            "service_code": code,
            "modifiers": modifiers,
            "amount_charged": charged,
            "amount_paid": paid,
            "segment": self.number,
        }
        if parts[4] not in _ONE:
            line["units"] = units(parts[4])
        if parts[5]:
            line["billed_code"], line["billed_modifiers"] = procedure(parts[5], self.component)
        if parts[6]:
            line["units_billed"] = units(parts[6])

    def _read_adjustments(self, rest: str) -> None:
        """CAS, of the line if one lies open, else of the claim; several of them add up."""
        into = self.line or self.claim
        if into is None:
            self._damage("an adjustment (CAS) outside any claim")
            return
        try:
            found = adjustments(rest, self.element)
        except ValueUnreadableError:
            self._damage("an adjustment (CAS) whose amount is not an amount of money")
            return
        into["adjustments"] = into.get("adjustments", ()) + found

    def _read_name(self, rest: str) -> None:
        """NM1: the client, the insured, corrections, the clinician, the payer that the claim went on to."""
        reader = _NAMES.get(rest[:2])
        if reader is not None:
            parts = rest.split(self.element)
            if len(parts) < 9:
                parts += [""] * 9
            if self.claim is None:
                self._meet_party(parts[0], parts[2], parts[8])
            else:
                reader(self.claim, parts)

    def _read_reference(self, rest: str) -> None:
        """REF: 6R is our number of a line, F8 the payer's number of the claim corrected; else ids of the parties."""
        role, _, value = rest.partition(self.element)
        if self.line is not None:
            if role == "6R":
                self.line["line_key"] = value.partition(self.element)[0]
        elif self.claim is not None:
            if role == "F8":
                self.claim["original_payer_claim_number"] = value.partition(self.element)[0]
        elif self.party is not None and role in _PARTY_IDS:
            self.party.append(value.partition(self.element)[0].strip())

    def _read_date(self, rest: str) -> None:
        """DTM: days of service of the line or the claim; 405 is the end of the payer's work on the payment."""
        try:
            role, date = marked_day(rest, self.element)
        except ValueUnreadableError:
            self._fault("DTM02 is not a date")
            return
        into = self.line or self.claim
        if into is None:
            if role == "405":
                self.fields["production_date"] = date
        elif (field := _DATES.get(role)) is not None:
            into[field] = date

    def _read_amount(self, rest: str) -> None:
        """AMT*B6, what the contract allows for the line. Told, never part of a sum."""
        if self.line is not None and rest.startswith("B6"):
            try:
                self.line["amount_allowed"] = cents(rest.split(self.element)[1])
            except (ValueUnreadableError, IndexError):
                self._fault("AMT02 is not an amount of money")

    def _read_remark(self, rest: str) -> None:
        """LQ*HE, LQ*RX: a remark code of the line."""
        self._remark(remarks(rest, self.element, (1, 2)))

    def _read_outpatient_remarks(self, rest: str) -> None:
        """MOA03 to MOA07: remark codes of the claim."""
        self._remark(remarks(rest, self.element, (2, 7)))

    def _read_inpatient_remarks(self, rest: str) -> None:
        """MIA05 and MIA20 to MIA23: remark codes of the claim."""
        self._remark(remarks(rest, self.element, (4, 5), (19, 23)))

    def _remark(self, codes: tuple[str, ...]) -> None:
        into = self.line or self.claim
        if into is not None and codes:
            into["remark_codes"] = into.get("remark_codes", ()) + codes

    def _end_line(self) -> None:
        if self.line is not None:
            self.lines.append(ServiceLine(**self.line))
            self.line = None

    def _end_claim(self) -> None:
        self._end_line()
        if self.claim is not None:
            if self.lines:
                self.claim["lines"] = tuple(self.lines)
                self.lines.clear()
            self.claims.append(ClaimPayment(**self.claim))
            self.claim = None

    # --- outside any claim

    def _read_provider_adjustments(self, rest: str) -> None:
        """PLB: provider, end of the fiscal year, then pairs of a composite (code, reference) and an amount."""
        self._end_claim()
        parts = self._split(rest, 4)
        for index in range(2, len(parts), 2):
            composite, amount = [*parts[index : index + 2], ""][:2]
            if not composite and not amount:
                continue
            code, _, reference = composite.partition(self.component)
            self.provider_adjustments.append(
                ProviderAdjustment(
                    reason_code=code.strip(),
                    reference=reference.strip() or None,
                    amount=self._money(amount, f"PLB{index + 2:02}"),
                    provider_id=parts[0].strip() or None,
                    fiscal_year_end=parts[1].strip() or None,
                    segment=self.number,
                )
            )

    # --- values

    def _split(self, rest: str, at_least: int) -> list[str]:
        parts = rest.split(self.element)
        if len(parts) < at_least:
            parts += [""] * (at_least - len(parts))
        return parts

    def _money(self, text: str, element: str) -> Money:
        """An amount that takes part in the sums: without it the payment cannot be posted."""
        try:
            return cents(text)
        except ValueUnreadableError:
            self._damage(f"{element} is not an amount of money")
            return 0

    def _day(self, text: str, element: str) -> dt.date | None:
        try:
            return day(text)
        except ValueUnreadableError:
            self._fault(f"{element} is not a date")
            return None

    def _damage(self, problem: str) -> None:
        self.damaged = True
        self._fault(problem)

    def _fault(self, problem: str) -> None:
        if len(self.faults) < FAULTS_MAX:
            self.faults.append((self.number, problem))
        elif len(self.faults) == FAULTS_MAX:
            self.faults.append((self.number, "and more faults from here on, which are not told one by one"))

    READERS: ClassVar[Mapping[str, Callable[[Payment, str], None]]] = {
        "AMT": _read_amount,
        "BPR": _read_payment,
        "CAS": _read_adjustments,
        "CLP": _read_claim,
        "CUR": _read_currency,
        "DTM": _read_date,
        "LQ": _read_remark,
        "MIA": _read_inpatient_remarks,
        "MOA": _read_outpatient_remarks,
        "N1": _read_party,
        "NM1": _read_name,
        "PLB": _read_provider_adjustments,
        "REF": _read_reference,
        "SVC": _read_line,
        "TRN": _read_trace,
    }


_DATES = {"472": "date_first", "150": "date_first", "151": "date_last", "232": "date_first", "233": "date_last"}

_ONE = {"", "1"}

_PARTY_IDS = {"2U", "EO", "HI", "NF", "TJ", "PQ", "0B", "D3", "1C", "1D", "G2"}


def _name_client(claim: dict[str, Any], parts: list[str]) -> None:
    """NM1*QC: "LAST, FIRST", and the member number unless the insured's own stands there already."""
    last, first = parts[2].strip(), parts[3].strip()
    if last or first:
        claim["client_name"] = f"{last}, {first}" if last and first else last or first
    if parts[8]:
        claim.setdefault("member_id", parts[8])


def _name_insured(claim: dict[str, Any], parts: list[str]) -> None:
    if parts[8]:
        claim["member_id"] = parts[8]


def _name_corrected(claim: dict[str, Any], parts: list[str]) -> None:
    if parts[8]:
        claim["corrected_member_id"] = parts[8]


def _name_clinician(claim: dict[str, Any], parts: list[str]) -> None:
    if parts[7] == "XX" and parts[8]:
        claim["clinician_npi"] = parts[8]


def _name_next_payer(claim: dict[str, Any], parts: list[str]) -> None:
    claim["crossover_payer"] = parts[2].strip() or parts[8].strip() or None


def _name_party(_claim: dict[str, Any], _parts: list[str]) -> None:
    """NM1*PR within a claim names a corrected payer: nothing of the payment."""


_NAMES = {
    "QC": _name_client,
    "IL": _name_insured,
    "74": _name_corrected,
    "82": _name_clinician,
    "TT": _name_next_payer,
    "PR": _name_party,
    "PE": _name_party,
}
