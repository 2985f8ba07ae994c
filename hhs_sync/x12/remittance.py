"""835 to Remittances: one transaction set is one payment and what it pays.

    BPR TRN ... N1*PR N1*PE          the payment, who pays, who is paid
    LX CLP CAS NM1 MOA REF DTM       a claim payment
       SVC DTM CAS REF AMT LQ        a service line of it
    PLB                              changes outside any claim

`remittance_segments.py` says what each segment means. An amount that cannot be read is told as `Unreadable` with its
place, and its payment is not `complete`: the cash of BPR02 is known, its claims are not to be posted. So it is with a
set that was cut off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise

from hhs_sync.facts.document import FactKey, Placed, Unreadable
from hhs_sync.facts.remittance import Remittance, imbalances
from hhs_sync.money import Money
from hhs_sync.x12.remittance_segments import Payment
from hhs_sync.x12.segments import TransactionSet, transaction_sets
from hhs_sync.x12.values import CENTS_MAX, ValueUnreadableError, cents, content_digest, readable_key


def read_remittances(content: bytes, source: str) -> Iterator[Placed | Unreadable]:
    """All payments of a file, one at a time, and what of it could not be understood. Other sets are passed over.

    `source` is the connector's name and part of each key. Never raises for wrong data.
    """
    found = False
    for one in transaction_sets(content):
        if holds_remittance(one):
            found = True
            yield from remittances_of(one, source)
    if not found:
        yield Unreadable(place="segment 1", problem="this file holds no 835 remittance", whole_document=True)


def holds_remittance(one: TransactionSet) -> bool:
    """True for an 835; also where ST is damaged or missing, if a payment (BPR) stands there. An 820 is none of ours."""
    if one.kind in {"835", "820"}:
        return one.kind == "835"
    if b"BPR" + one.delimiters.element not in one.body:
        return False
    begins = "BPR" + one.separators()[0]
    return any(segment.startswith(begins) for segment in one.segments())


def amount_in_rubble(one: TransactionSet) -> Money | None:
    """The cash that a stray BPR tells of whose delimiters are not those of its interchange; None when there is none."""
    found = _BPR_IN_RUBBLE.search(one.body)
    if found is None:
        return None
    try:
        amount = cents(found[2].decode())
    except ValueUnreadableError:
        return None
    return -abs(amount) if found[3] == b"D" else amount


_BPR_IN_RUBBLE = re.compile(rb"(?<![A-Za-z0-9])BPR([^A-Za-z0-9\s])[A-Z0-9 ]{0,9}\1([-+.0-9]{1,24})\1([A-Z]?)")


def remittances_of(one: TransactionSet, source: str) -> Iterator[Placed | Unreadable]:
    """The payment of one set. A second BPR within it begins another payment: the SE and ST between them were lost."""
    segments = one.segments()
    separators = one.separators()
    payment = Payment(*separators, one.body_segment)
    if payment.read(segments):
        yield from _told(payment, one, source, segments, one.first_segment, whole=one.complete and one.kind == "835")
        return
    starts = [index for index, segment in enumerate(segments) if segment.partition(separators[0])[0] == "BPR"]
    for start, end in pairwise([0, *starts[1:], len(segments)]):
        part = segments[start:end]
        payment = Payment(*separators, one.body_segment + start)
        payment.read(part)
        yield from _told(
            payment, one, source, part, one.body_segment + start if start else one.first_segment, whole=False
        )


def _told(
    payment: Payment, one: TransactionSet, source: str, segments: list[str], segment: int, *, whole: bool
) -> Iterator[Placed | Unreadable]:
    """What was read, beginning at a segment: its faults, then the remittance if it tells anything."""
    for number, problem in payment.faults:
        yield Unreadable(place=one.place(number), problem=problem)
    if payment.claims or "amount_paid" in payment.fields:
        digest = content_digest(segments, payment.element, payment.component)
        yield Placed(fact=_remittance(payment, one, source, segment, digest, whole=whole), place=one.place(segment))
    else:
        problem = "a remittance that tells neither an amount paid (BPR02) nor a claim (CLP)"
        yield Unreadable(place=one.place(segment), problem=problem)


def _remittance(
    payment: Payment, one: TransactionSet, source: str, segment: int, digest: str, *, whole: bool
) -> Remittance:
    """The payment as a fact. What is cut off or damaged is never the same payment as the one that is whole."""
    complete = whole and not payment.damaged
    claims = tuple(payment.claims)
    provider_adjustments = tuple(payment.provider_adjustments)
    fields = {"payer_name": "", "amount_paid": 0, **payment.fields}
    wrong = imbalances(fields["amount_paid"], claims, provider_adjustments, segment)
    if any(abs(one.difference) >= CENTS_MAX for one in wrong):
        # No sum of money is this large, and no database holds it: only the payment itself is kept.
        claims, provider_adjustments, complete = (), (), False
        wrong = imbalances(fields["amount_paid"], claims, provider_adjustments, segment)
    if not complete:
        digest = sha256(b"not whole " + digest.encode()).hexdigest()
    trace_id = fields.get("payer_trace_id", "")
    payer_ids = (*payment.payer_ids, trace_id, payment.originator)
    return Remittance(
        **fields,
        key=_key(source, trace_id, fields.get("eft_trace", ""), digest, test=one.test),
        payer_ids=tuple(dict.fromkeys(filter(None, payer_ids))),
        payee_ids=tuple(dict.fromkeys(filter(None, payment.payee_ids))),
        claim_payments=claims,
        provider_adjustments=provider_adjustments,
        imbalances=wrong,
        content_digest=digest,
        version=one.version,
        control_number=one.control_number,
        interchange_control_number=one.interchange_control_number,
        test=one.test,
        complete=complete,
        envelope_problems=one.problems,
        segment=segment,
    )


def _key(source: str, payer_trace_id: str, eft_trace: str, digest: str, *, test: bool) -> FactKey:
    """The payer's id and the trace to read it by; the digest, in which amount, date and payee are, to tell it apart."""
    readable = readable_key(f"{payer_trace_id}.{eft_trace}")
    return f"remittance/{source}/{readable}/{digest[:20]}{'/test' if test else ''}"
