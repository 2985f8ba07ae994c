"""The other direction: facts to X12 files, for tests and for the demo. Payers and clearinghouses write their own.

    envelope = Envelope(sender="MEDME", receiver="PINETREE", written_at=datetime(2026, 1, 9, 7, 30), control_number=1)
    content = write_remittances([remittance, ...], envelope)       # 835, one ST for each
    content = write_claims([claim, ...], envelope, biller)         # 837P, one ST for all
    content = write_277ca([acknowledgement, ...], envelope)        # the answer to a batch of claims

The facts are those that the readers give; what only a reader can know (`key`, `content_digest`, `segment`,
`imbalances`) may be left empty, and reading the file gives everything else back as it was:

    paid = balanced(Remittance(
        key="", content_digest="", amount_paid=0,      # `balanced` sets BPR02 to claims minus provider adjustments
        payer_name="MAINECARE SERVICES", payer_ids=("MEDME", "1010203040"), payer_trace_id="1010203040",
        payee_name="PINE TREE COUNSELING", payee_ids=("1234567893", "010203040"),    # NPI, then tax id
        payment_method="ACH", payment_date=date(2026, 1, 9), eft_trace="EFT0001",
        claim_payments=(ClaimPayment(
            claim_number="S1", claim_status="1", amount_charged=18000, amount_paid=11160, amount_patient=0,
            segment=0, lines=(ServiceLine(
                service_code="90837", amount_charged=18000, amount_paid=11160, line_key="S1L1", segment=0,
                date_first=date(2026, 1, 2), adjustments=(Adjustment("CO", "45", 6840),)),)),),
    ))

A remittance is written as it is told, so one that does not add up can be written too. What the guides require and no
fact holds (addresses, a birthday, a diagnosis) is filled in with the same invented values everywhere. No text may hold
a delimiter of the envelope.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import msgspec
from msgspec import Struct

from hhs_sync.facts.claim import Acknowledgement, Claim, ClaimLine, ClaimState
from hhs_sync.facts.remittance import Adjustment, ClaimPayment, ProviderAdjustment, Remittance, ServiceLine
from hhs_sync.money import Money

TRIPLETS_MAX = 6
"""So many adjustments a CAS may hold, and so many pairs a PLB."""

_ADDRESS = ("N3*1 MAIN ST", "N4*PORTLAND*ME*041010000")
_BIRTHDAY = "DMG*D8*19800101*U"
_DIAGNOSIS = "HI*ABK:R69"


class Envelope(Struct, frozen=True, kw_only=True):
    """Who sends the file to whom, and when; the numbers and delimiters of its one interchange.

    `line_end` is put behind each terminator ("" for one long line). Ids are at most 15 characters.
    """

    sender: str
    receiver: str
    written_at: dt.datetime
    control_number: int = 1
    test: bool = False
    element: str = "*"
    component: str = ":"
    terminator: str = "~"
    line_end: str = "\n"


class Biller(Struct, frozen=True, kw_only=True):
    """The practice as it stands on its claims: name, NPI, and tax id without hyphens."""

    name: str
    npi: str
    tax_id: str


def balanced(remittance: Remittance) -> Remittance:
    """The same with BPR02 as it must be: all CLP04 less all PLB. Zero pays by NON, as nothing will reach the bank."""
    claims = sum(claim.amount_paid for claim in remittance.claim_payments)
    amount = claims - sum(one.amount for one in remittance.provider_adjustments)
    method = "NON" if amount == 0 else remittance.payment_method or "ACH"
    handling = "H" if amount == 0 else remittance.handling or "I"
    return msgspec.structs.replace(remittance, amount_paid=amount, payment_method=method, handling=handling)


def write_remittances(remittances: Iterable[Remittance], envelope: Envelope) -> bytes:
    """An 835 (005010X221A1) with one transaction set for each remittance."""
    sets = [list(_remittance(one)) for one in remittances]
    return _interchange("HP", "835", "005010X221A1", sets, envelope)


def write_claims(claims: Iterable[Claim], envelope: Envelope, biller: Biller) -> bytes:
    """An 837P (005010X222A1) with all claims in one transaction set, each under its own subscriber."""
    return _interchange("HC", "837", "005010X222A1", [list(_claims(claims, envelope, biller))], envelope)


def write_277ca(acknowledgements: Iterable[Acknowledgement], envelope: Envelope) -> bytes:
    """A 277CA (005010X214): answers without a claim number stand for the batch, the others for their claims."""
    return _interchange("HN", "277", "005010X214", [list(_claim_status(acknowledgements, envelope))], envelope)


def _interchange(group: str, kind: str, version: str, sets: Sequence[Sequence[str]], envelope: Envelope) -> bytes:
    """Put the envelopes around the sets, count them, and put in the delimiters."""
    at = envelope.written_at
    number = f"{envelope.control_number:09}"
    st03 = "" if kind == "835" else f"*{version}"  # Not used in the 835.
    parties = f"ZZ*{envelope.sender:15.15}*ZZ*{envelope.receiver:15.15}"
    usage = "T" if envelope.test else "P"
    segments = [
        f"ISA*00*{'':10}*00*{'':10}*{parties}*{at:%y%m%d}*{at:%H%M}*^*00501*{number}*0*{usage}*:",
        f"GS*{group}*{envelope.sender}*{envelope.receiver}*{at:%Y%m%d}*{at:%H%M}*{envelope.control_number}*X*{version}",
    ]
    for count, body in enumerate(sets, 1):
        segments += [f"ST*{kind}*{count:04}{st03}", *body, f"SE*{len(body) + 2}*{count:04}"]
    segments += [f"GE*{len(sets)}*{envelope.control_number}", f"IEA*1*{number}"]
    table = str.maketrans({"*": envelope.element, ":": envelope.component})
    ending = envelope.terminator + envelope.line_end
    return "".join(segment.translate(table) + ending for segment in segments).encode()


# --- 835


def _remittance(one: Remittance) -> Iterator[str]:
    method = one.payment_method
    direction = "D" if one.amount_paid < 0 else "C"
    format_ = "CCP" if method == "ACH" else ""
    originator = one.payer_trace_id
    yield _segment(
        f"BPR*{one.handling or 'I'}*{_amount(abs(one.amount_paid))}*{direction}*{method}*{format_}", "", "", "", "",
        originator, "", "", "", "", "", _date(one.payment_date),
    )  # fmt: skip
    yield _segment("TRN*1", one.eft_trace, one.payer_trace_id)
    if one.production_date:
        yield f"DTM*405*{_date(one.production_date)}"
    yield _segment("N1*PR", one.payer_name)
    yield from _ADDRESS
    yield from (f"REF*2U*{id_}" for id_ in one.payer_ids if id_ != one.payer_trace_id)
    yield "PER*BL*EDI*TE*2075550100"
    npi, *others = one.payee_ids or ("",)
    yield _segment("N1*PE", one.payee_name, "XX" if npi else "", npi)
    yield from (f"REF*TJ*{id_}" for id_ in others)
    if one.claim_payments:
        yield "LX*1"
    for claim in one.claim_payments:
        yield from _claim_payment(claim)
    yield from _provider_adjustments(one.provider_adjustments)


def _claim_payment(claim: ClaimPayment) -> Iterator[str]:
    yield _segment(
        "CLP", claim.claim_number, claim.claim_status, _amount(claim.amount_charged), _amount(claim.amount_paid),
        _amount(claim.amount_patient) if claim.amount_patient else "", claim.filing_indicator or "",
        claim.payer_claim_number or "", "11" if claim.frequency else "", claim.frequency or "",
    )  # fmt: skip
    yield from _adjustments(claim.adjustments)
    if claim.client_name or claim.member_id:
        yield _person("NM1*QC*1", claim.client_name, "MI", claim.member_id)
    if claim.corrected_member_id:
        yield f"NM1*74*1******C*{claim.corrected_member_id}"
    if claim.clinician_npi:
        yield f"NM1*82*1******XX*{claim.clinician_npi}"
    if claim.crossover_payer:
        yield f"NM1*TT*2*{claim.crossover_payer}"
    if claim.remark_codes:
        yield _segment("MOA**", *claim.remark_codes[:5])
    if claim.original_payer_claim_number:
        yield f"REF*F8*{claim.original_payer_claim_number}"
    if claim.date_first:
        yield f"DTM*232*{_date(claim.date_first)}"
    if claim.date_last:
        yield f"DTM*233*{_date(claim.date_last)}"
    for line in claim.lines:
        yield from _service_line(line)


def _service_line(line: ServiceLine) -> Iterator[str]:
    billed = _procedure(line.billed_code, line.billed_modifiers) if line.billed_code else ""
    yield _segment(
        "SVC", _procedure(line.service_code, line.modifiers), _amount(line.amount_charged), _amount(line.amount_paid),
        "", line.units, billed, line.units_billed or "",
    )  # fmt: skip
    if line.date_last:
        yield f"DTM*150*{_date(line.date_first)}"
        yield f"DTM*151*{_date(line.date_last)}"
    elif line.date_first:
        yield f"DTM*472*{_date(line.date_first)}"
    yield from _adjustments(line.adjustments)
    if line.line_key:
        yield f"REF*6R*{line.line_key}"
    if line.amount_allowed is not None:
        yield f"AMT*B6*{_amount(line.amount_allowed)}"
    yield from (f"LQ*HE*{code}" for code in line.remark_codes)


def _adjustments(adjustments: Iterable[Adjustment]) -> Iterator[str]:
    """CAS, one group at a time, in the order given."""
    for group, members in groupby(adjustments, key=lambda one: one.group):
        same = list(members)
        for start in range(0, len(same), TRIPLETS_MAX):
            triplets = [
                f"{one.reason_code}*{_amount(one.amount)}*{one.quantity or ''}"
                for one in same[start : start + TRIPLETS_MAX]
            ]
            yield _segment(f"CAS*{group}", "*".join(triplets))


def _provider_adjustments(adjustments: Sequence[ProviderAdjustment]) -> Iterator[str]:
    """PLB, the pairs of one provider and year together."""
    for (provider, year), members in groupby(adjustments, key=lambda one: (one.provider_id, one.fiscal_year_end)):
        same = list(members)
        for start in range(0, len(same), TRIPLETS_MAX):
            pairs = [
                f"{one.reason_code}{f':{one.reference}' if one.reference else ''}*{_amount(one.amount)}"
                for one in same[start : start + TRIPLETS_MAX]
            ]
            yield _segment("PLB", provider or "", year or "", *pairs)


# --- 837P


def _claims(claims: Iterable[Claim], envelope: Envelope, biller: Biller) -> Iterator[str]:
    at = envelope.written_at
    yield f"BHT*0019*00*{envelope.control_number}*{at:%Y%m%d}*{at:%H%M}*CH"
    yield f"NM1*41*2*{biller.name}*****46*{envelope.sender}"
    yield "PER*IC*BILLING*TE*2075550102"
    yield f"NM1*40*2*{envelope.receiver}*****46*{envelope.receiver}"
    yield "HL*1**20*1"
    yield f"NM1*85*2*{biller.name}*****XX*{biller.npi}"
    yield from _ADDRESS
    yield f"REF*EI*{biller.tax_id}"
    for level, claim in enumerate(claims, 2):
        yield f"HL*{level}*1*22*0"
        yield _segment(f"SBR*{claim.payer_order}*18", "", "", "", "", "", "", claim.filing_indicator or "")
        yield _person("NM1*IL*1", claim.client_name, "MI", claim.member_id)
        yield from (*_ADDRESS, _BIRTHDAY)
        yield _segment(
            "NM1*PR*2", claim.payer_name, "", "", "", "", *(("PI", claim.payer_id) if claim.payer_id else ())
        )
        yield from _claim(claim)


def _claim(claim: Claim) -> Iterator[str]:
    yield f"CLM*{claim.claim_number}*{_amount(claim.amount_charged)}***11:B:{claim.frequency}*Y*A*Y*Y"
    if claim.original_payer_claim_number:
        yield f"REF*F8*{claim.original_payer_claim_number}"
    yield _DIAGNOSIS
    if claim.clinician_npi:
        yield f"NM1*82*1******XX*{claim.clinician_npi}"
    for prior, order in zip(claim.prior_payments, "PST", strict=False):
        yield f"SBR*{order}*18"
        if prior.amount_paid is not None:
            yield f"AMT*D*{_amount(prior.amount_paid)}"
        yield "OI***Y***Y"
        yield _person("NM1*IL*1", claim.client_name, "MI", claim.member_id)
        yield _segment(
            "NM1*PR*2", prior.payer_name, "", "", "", "", *(("PI", prior.payer_id) if prior.payer_id else ())
        )
    for number, line in enumerate(claim.lines, 1):
        yield f"LX*{number}"
        yield from _claim_line(line)


def _claim_line(line: ClaimLine) -> Iterator[str]:
    procedure = _procedure(line.service_code, line.modifiers)
    yield f"SV1*{procedure}*{_amount(line.amount_charged)}*UN*{line.units}***1"
    if line.date_first and line.date_last:
        yield f"DTP*472*RD8*{_date(line.date_first)}-{_date(line.date_last)}"
    elif line.date_first:
        yield f"DTP*472*D8*{_date(line.date_first)}"
    if line.line_key:
        yield f"REF*6R*{line.line_key}"
    if line.clinician_npi:
        yield f"NM1*82*1******XX*{line.clinician_npi}"


# --- 277CA


def _claim_status(acknowledgements: Iterable[Acknowledgement], envelope: Envelope) -> Iterator[str]:
    told = list(acknowledgements)
    at = envelope.written_at
    batch = next((one.batch_control_number for one in told if one.batch_control_number), "")
    yield f"BHT*0085*08*{envelope.control_number}*{at:%Y%m%d}*{at:%H%M}*TH"
    yield "HL*1**20*1"
    yield f"NM1*PR*2*{envelope.sender}*****PI*{envelope.sender}"
    yield f"TRN*1*{envelope.control_number}"
    yield f"DTP*050*D8*{at:%Y%m%d}"
    yield f"DTP*009*D8*{at:%Y%m%d}"
    yield "HL*2*1*21*1"
    yield f"NM1*41*2*{envelope.receiver}*****46*{envelope.receiver}"
    yield f"TRN*2*{batch}"
    yield from (segment for one in told if not one.claim_number for segment in _statuses(one))
    yield "HL*3*2*19*1"
    yield f"NM1*85*2*{envelope.receiver}*****46*{envelope.receiver}"
    for level, one in enumerate((one for one in told if one.claim_number), 4):
        yield f"HL*{level}*3*PT"
        yield "NM1*QC*1*CLIENT"
        yield f"TRN*2*{one.claim_number}"
        yield from _statuses(one)
        if one.payer_claim_number:
            yield f"REF*1K*{one.payer_claim_number}"


def _statuses(one: Acknowledgement) -> Iterator[str]:
    action = "U" if one.state is ClaimState.REJECTED else "WQ"
    amount = "" if one.amount_charged is None else _amount(one.amount_charged)
    for code in one.codes:
        yield _segment(f"STC*{code}", _date(one.date), action, amount)


# --- values


def _segment(*elements: str) -> str:
    """The elements, without the empty ones at the end."""
    return "*".join(elements).rstrip("*")


def _person(beginning: str, name: str | None, qualifier: str, id_: str | None) -> str:
    """NM1 of a person whose name is "LAST, FIRST"."""
    last, _, first = (name or "").partition(", ")
    return _segment(beginning, last, first, "", "", "", *((qualifier, id_) if id_ else ()))


def _procedure(code: str, modifiers: Sequence[str]) -> str:
    return ":".join(["HC", code, *modifiers])


def _amount(amount: Money) -> str:
    """As type R wants it: a minus only where negative, no surplus zeros: 12050 is "120.5", 10000 is "100"."""
    whole, cents = divmod(abs(amount), 100)
    text = f"{whole}.{cents:02}".rstrip("0").rstrip(".")
    return f"-{text}" if amount < 0 else text


def _date(date: dt.date | None) -> str:
    return f"{date:%Y%m%d}" if date else ""
