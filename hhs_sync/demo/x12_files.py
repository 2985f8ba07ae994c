"""The demo practice's X12: claims as they went out, their acknowledgements, and the remittances that came in."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from pathlib import Path

import msgspec

from hhs_sync.demo.draft import Advice, Bill, Draft
from hhs_sync.demo.files import evening, put
from hhs_sync.facts.claim import Acknowledgement, Claim, ClaimLine, ClaimState
from hhs_sync.facts.remittance import ProviderAdjustment, Remittance
from hhs_sync.x12.write import Biller, Envelope, balanced, write_277ca, write_claims, write_remittances

CLEARINGHOUSE = "DIRIGOCLEARING"
ACCEPTED, REJECTED = "A2:20", "A3:21:85"
"""Health care claim status: accepted into adjudication; returned for missing or invalid information."""


def write_x12(draft: Draft, inbox: Path) -> None:
    """Claims and their answers by billing day, remittances one file each."""
    by_day: dict[dt.date, list[Bill]] = defaultdict(list)
    for bill in draft.bills:
        if bill.order == "P" and bill.submitted <= draft.today and not draft.practice.comes_over:
            by_day[bill.submitted].append(bill)
    for number, (day, bills) in enumerate(sorted(by_day.items()), start=1):
        _write_claims(draft, inbox / "claims", day, bills, number)
    for number, advice in enumerate(draft.advices, start=1):
        if advice.received:
            name = f"{_short(advice)}-{advice.date:%Y%m%d}.835"
            put(inbox / "835" / name, _remittance_file(draft, advice, number, again=False), _morning(advice.date))
    for number, (advice, how) in enumerate(draft.copies, start=9001):
        later = min(advice.date + dt.timedelta(days=2), draft.today)
        content = _remittance_file(draft, advice, draft.advices.index(advice) + 1, again=False)
        if how == "sent again":
            content = _remittance_file(draft, advice, number, again=True)
        put(inbox / "835" / f"ERA_{number}_{later:%m%d}.edi", content, _morning(later))


def _short(advice: Advice) -> str:
    return advice.payer.id or advice.payer.payer_id.lower()


def _morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(11), dt.UTC)


def _remittance_file(draft: Draft, advice: Advice, number: int, *, again: bool) -> bytes:
    """One 835. Sent again, it comes two days later under another control number and trace."""
    day = min(advice.date + dt.timedelta(days=2), draft.today) if again else advice.date
    envelope = Envelope(
        sender=CLEARINGHOUSE,
        receiver=f"{draft.practice.id.upper()}",
        written_at=dt.datetime.combine(day, dt.time(6, 30)),
        control_number=number,
    )
    trace = f"{advice.trace}R" if again else advice.trace
    return write_remittances([_remittance(draft, advice, trace)], envelope)


def _remittance(draft: Draft, advice: Advice, trace: str) -> Remittance:
    practice, payer = draft.practice, advice.payer
    return balanced(
        Remittance(
            key="",
            content_digest="",
            amount_paid=0,
            payer_name=payer.remits_as,
            payer_ids=(payer.payer_id,),
            payer_trace_id=f"1{payer.tax_id}",
            payee_name=practice.name.upper(),
            payee_ids=(practice.npi, practice.tax_id),
            payment_method="ACH",
            payment_date=advice.date,
            production_date=advice.date,
            eft_trace=trace,
            claim_payments=tuple(advice.claims),
            provider_adjustments=tuple(
                one if one.provider_id else _provider(one, practice.npi, advice.date)
                for one in advice.provider_adjustments
            ),
        )
    )


def _provider(one: ProviderAdjustment, npi: str, day: dt.date) -> ProviderAdjustment:
    """A PLB names the provider and the end of its fiscal year."""
    return msgspec.structs.replace(one, provider_id=npi, fiscal_year_end=f"{day.year}1231")


def _write_claims(draft: Draft, folder: Path, day: dt.date, bills: list[Bill], number: int) -> None:
    """One 837P of a billing day, and the next day's answer to it."""
    practice = draft.practice
    sent = dt.datetime.combine(day, dt.time(19, 15))
    biller = Biller(name=practice.name.upper(), npi=practice.npi, tax_id=practice.tax_id)
    envelope = Envelope(
        sender=practice.id.upper(), receiver=CLEARINGHOUSE, written_at=sent, control_number=number
    )  # fmt: skip
    content = write_claims([_claim(bill) for bill in bills], envelope, biller)
    put(folder / f"claims-{day:%Y%m%d}.837", content, evening(day))
    answered = day + dt.timedelta(days=1)
    if answered > draft.today:
        return
    envelope = Envelope(
        sender=CLEARINGHOUSE,
        receiver=practice.id.upper(),
        written_at=dt.datetime.combine(answered, dt.time(4, 5)),
        control_number=number,
    )
    answers = [
        Acknowledgement(
            key="",
            kind="277CA",
            claim_number=bill.number,
            state=ClaimState.REJECTED if bill.rejected else ClaimState.ACCEPTED,
            codes=(REJECTED if bill.rejected else ACCEPTED,),
            date=answered,
            amount_charged=sum(visit.fee for visit in bill.visits),
            batch_control_number=str(number),
        )
        for bill in bills
    ]
    put(folder / f"claims-{day:%Y%m%d}.277ca", write_277ca(answers, envelope), _morning(answered))


def _claim(bill: Bill) -> Claim:
    client = bill.client
    return Claim(
        key="",
        claim_number=bill.number,
        date_submitted=bill.submitted,
        payer_name=bill.payer.name.upper(),
        payer_id=bill.payer.payer_id,
        payer_order=bill.order,
        filing_indicator=bill.payer.filing_indicator,
        frequency=bill.frequency,
        client_name=f"{client.last_name}, {client.first_name}",
        member_id=client.member_id,
        clinician_npi=client.clinician.npi,
        amount_charged=sum(visit.fee for visit in bill.visits),
        lines=tuple(
            ClaimLine(
                line_key=f"{bill.number}L{number}",
                service_code=visit.code,
                modifiers=visit.modifiers,
                amount_charged=visit.fee,
                date_first=visit.date,
                clinician_npi=client.clinician.npi,
            )
            for number, visit in enumerate(bill.visits, start=1)
        ),
    )
